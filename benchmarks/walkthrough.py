"""How long the walkthrough runs, cell by cell, and how much memory it takes with all it starts.

    python -m benchmarks.walkthrough [FOLDER] [--save FILE.ipynb]

FOLDER holds walkthrough.ipynb, unet.py and infer.py; without it, the solution. Nothing there is written.
"""

import argparse
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

from grader.lab.paths import SOLUTION


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=SOLUTION)
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    notebook = nbformat.read(options.folder / "walkthrough.ipynb", as_version=4)
    peak, stop = [0], threading.Event()
    threading.Thread(target=watch, args=(peak, stop), daemon=True).start()
    started: dict[int, float] = {}
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(options.folder)}})
    client.on_cell_execute = lambda cell, cell_index: started.setdefault(cell_index, time.perf_counter())
    client.on_cell_executed = lambda cell, cell_index, execute_reply: print(
        f"{time.perf_counter() - started[cell_index]:7.1f} s  {cell.id}", flush=True
    )
    begin = time.perf_counter()
    client.execute()
    stop.set()
    print(f"{time.perf_counter() - begin:7.1f} s  all, the kernel's start included")
    print(f"{peak[0] / 1e9:7.2f} GB the most at one time (PSS)")
    if options.save:
        nbformat.write(notebook, options.save)


def watch(peak: list[int], stop: threading.Event) -> None:
    """The proportional memory of this process and its descendants, four times a second."""
    while not stop.wait(0.25):
        total = 0
        for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            try:
                total += process.memory_full_info().pss
            except psutil.Error:
                continue
        peak[0] = max(peak[0], total)


if __name__ == "__main__":
    main()
