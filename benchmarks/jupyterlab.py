"""The walkthrough as a student has it: in JupyterLab in a browser, cell by cell, files edited beside it.

    python -m benchmarks.jupyterlab OUT [--lang zh] [--chromium /usr/bin/chromium]

OUT gets a student's copy of the lab, and a screenshot of every cell. Before the checks of a TODO its answers
are written into the student's files, as an editor would save them; whoever reads OUT afterwards has seen the
solution. The threshold's slider is moved with the arrow keys, and what it says before and after is printed;
exit status 1 if it says the same. Prints the seconds of each cell, the most memory that JupyterLab with all
it started held at one time meanwhile, and its processor's time; the browser is not counted.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from grader.lab.paths import LAB, SOLUTION

# {cell: file that is finished right before it}. A student writes TODO by TODO; two saves show the same.
WRITTEN = {"todo-1-block": "unet.py", "todo-4-preprocess": "infer.py"}
RUN = "() => window.jupyterapp.commands.execute('notebook:run-cell')"
NEXT = "() => window.jupyterapp.commands.execute('notebook:move-cursor-down')"
CELL = """() => {
  const cell = window.jupyterapp.shell.currentWidget.content.activeCell;
  cell.node.scrollIntoView({block: 'start'});
  return [cell.model.id, cell.model.type];
}"""
COUNT = "() => window.jupyterapp.shell.currentWidget?.content?.widgets?.length ?? 0"
SLIDER = ".jp-OutputArea-output input[type=range]"
SAID = f"() => document.querySelector('{SLIDER}').closest('div').querySelector('.said').textContent"
MOVES = 20  # key strokes, each of 0.01
KERNEL = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--lang", default="en")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    options = parser.parse_args()
    copy, shots = options.out.resolve() / "lab", options.out.resolve() / "screens"
    shots.mkdir(parents=True, exist_ok=True)
    command = ["-m", "grader", "export", "student", str(copy), "--lang", options.lang]
    subprocess.run([sys.executable, *command], cwd=LAB, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    words = [
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--port={port}",
        "--IdentityProvider.token=",
        "--expose-app-in-browser",
    ]
    words += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    environment = {name: value for name, value in os.environ.items() if name != "UNET_LAB_LANG"}
    server = subprocess.Popen([sys.executable, *words], cwd=copy, env=environment, stderr=subprocess.DEVNULL)
    peak, stop = [0], threading.Event()
    threading.Thread(target=watch, args=(server.pid, peak, stop), daemon=True).start()
    try:
        wait_for(port)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            read(page, peak, f"http://127.0.0.1:{port}/lab/tree/student/walkthrough.ipynb", copy, shots)
            browser.close()
    finally:
        stop.set()
        server.terminate()
        used = os.wait4(server.pid, 0)[2]  # with all that ended before it
    print(f"{used.ru_utime + used.ru_stime:7.1f} processor seconds, without the browser")
    print(f"{max(peak) / 1e9:7.2f} GB the most at one time (PSS), without the browser")


def read(page: Page, peak: list[int], address: str, copy: Path, shots: Path) -> None:
    """Go from the first cell to the last; run each, look at it. peak: gets a number for each."""
    page.goto(address)
    page.wait_for_function(
        "() => window.jupyterapp?.shell?.currentWidget?.content?.widgets?.length > 10", timeout=60_000
    )
    page.wait_for_function(f"() => ({KERNEL})() === 'idle'", timeout=60_000)
    started = time.perf_counter()
    total, moved = 0.0, False
    for number in range(page.evaluate(COUNT)):
        id, kind = page.evaluate(CELL)
        if id in WRITTEN:
            shutil.copy(SOLUTION / WRITTEN[id], copy / "student" / WRITTEN[id])
        if kind == "code":
            busy = time.perf_counter()
            peak.append(0)
            page.evaluate(RUN)
            total += (seconds := time.perf_counter() - busy)
            print(f"{seconds:7.1f} s {peak[-1] / 1e9:6.2f} GB  {id}", flush=True)
        page.evaluate(CELL)
        page.wait_for_timeout(250)  # for what is drawn
        page.screenshot(path=shots / f"{number:02d}-{id}.png")
        if page.query_selector(SLIDER) and not moved:
            moved = True
            move_slider(page, shots / f"{number:02d}-{id}-moved.png")
        page.evaluate(NEXT)
    if not moved:
        raise SystemExit("no cell showed a slider")
    print(f"{total:7.1f} s  all cells; with the screenshots {time.perf_counter() - started:.1f} s")


def move_slider(page: Page, shot: Path) -> None:
    """As who has no mouse does."""
    before = page.evaluate(SAID)
    page.focus(SLIDER)
    for _ in range(MOVES):
        page.keyboard.press("ArrowRight")
    after = page.evaluate(SAID)
    page.screenshot(path=shot)
    page.keyboard.press("Escape")  # the cell has the keys again
    print(f"          the slider: {before!r}, then {after!r}", flush=True)
    if before == after:
        raise SystemExit("the slider changed nothing")


def watch(pid: int, peak: list[int], stop: threading.Event) -> None:
    """The proportional memory of the server and all it started, four times a second."""
    while not stop.wait(0.25):
        total = 0
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        peak[-1] = max(peak[-1], total)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int, seconds: float = 60) -> None:
    """Until somebody listens. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nobody listens on {port}")


if __name__ == "__main__":
    main()
