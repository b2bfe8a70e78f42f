"""The studio's command with Blender: the same pixels for a seed, also after a kill. Needs `make studio`."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.lab.paths import LAB

pytestmark = pytest.mark.studio
COMMAND = [sys.executable, "-m", "assets.make.cars", "--seed", "8", "--cars", "1", "--views", "4",
           "--size", "96x64", "--samples", "1", "--out"]  # fmt: skip
LIMIT_S = 120


def run(out, *options: str) -> subprocess.CompletedProcess:
    command = [*COMMAND, str(out), *options]
    return subprocess.run(command, cwd=LAB, capture_output=True, text=True, timeout=LIMIT_S)


def files_of(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run without a stop."""
    out = tmp_path_factory.mktemp("whole") / "cars"
    done = run(out)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"4 pictures drawn, 4 in {out}\n"
    assert "4 of 4, " in done.stderr
    return out


def test_pictures_masks_and_metadata_belong_together(whole):
    with (whole / "metadata.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == sorted(path.name for path in (whole / "images").iterdir())
    views = sorted(int(row["view"]) for row in rows)
    assert set(np.diff(views)) == {4}
    for row in rows:
        name = row["image"].removesuffix(".jpg")
        assert name == f"{row['car']}_{int(row['view']):02d}"
        with Image.open(whole / "images" / row["image"]) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (96, 64))
        masks = []
        for suffix in (".gif", ".png"):
            with Image.open(whole / "masks" / f"{name}_mask{suffix}") as mask:
                masks.append(np.asarray(mask.convert("L")))
        assert np.array_equal(*masks)
        assert set(np.unique(masks[0])) == {0, 255}
        assert (masks[0] > 0).sum() == int(row["car_pixels"])


def test_killed_and_resumed_gives_the_same_files(whole, tmp_path):
    """Killed as soon as the first photograph lies there, then resumed: bit for bit what one run draws."""
    out = tmp_path / "cars"
    process = subprocess.Popen(
        [*COMMAND, str(out)], cwd=LAB, stderr=subprocess.DEVNULL, start_new_session=True
    )
    until = time.monotonic() + LIMIT_S
    while not list(out.glob("images/*.jpg")):
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for path in out.glob("images/*.jpg"):
        Image.open(path).load()
    again = run(out)
    assert again.returncode == 2
    assert "already holds pictures: add --resume" in again.stderr
    resumed = run(out, "--resume")
    assert resumed.returncode == 0, resumed.stderr
    left = {name: content for name, content in files_of(out).items() if not name.endswith(".part")}
    assert left == files_of(whole)


def test_two_cars_at_once_are_the_same_cars(whole, tmp_path):
    done = run(tmp_path / "cars", "--cars", "2", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"8 pictures drawn, 8 in {tmp_path / 'cars'}\n"
    assert "8 of 8, " in done.stderr
    alone, together = files_of(whole), files_of(tmp_path / "cars")
    rows, header = (set(alone.pop("metadata.csv").splitlines()), together["metadata.csv"].splitlines()[0])
    assert header in rows
    assert len(rows - {header}) == 4
    assert rows < set(together.pop("metadata.csv").splitlines())
    assert len(together) == 2 * len(alone) - 1  # one settings.json
    assert all(together[name] == content for name, content in alone.items())


def drawing_processes(parent: int) -> list[int]:
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("of_all", "with_signal", "status", "said"),
    [
        (False, signal.SIGKILL, 2, "error: a drawing process was lost: fewer --jobs"),
        (True, signal.SIGINT, 130, "stopped; the same command with --resume goes on"),
    ],
)
def test_several_cars_at_once_end_in_one_line(tmp_path, of_all, with_signal, status, said):
    """A drawing process that is killed ends all of them, as Ctrl-C does: no traceback, nobody left behind."""
    command = [*COMMAND, str(tmp_path / "cars"), "--cars", "4", "--jobs", "2"]
    process = subprocess.Popen(command, cwd=LAB, stderr=subprocess.PIPE, text=True, start_new_session=True)
    until = time.monotonic() + LIMIT_S
    while len(drawing_processes(process.pid)) < 2 or not list((tmp_path / "cars").glob("images/*.jpg")):
        assert process.poll() is None, "the run ended before it could be stopped"
        assert time.monotonic() < until
        time.sleep(0.05)
    if of_all:
        os.killpg(process.pid, with_signal)
    else:
        os.kill(drawing_processes(process.pid)[0], with_signal)
    _, printed = process.communicate(timeout=LIMIT_S)
    lines = [line for line in printed.splitlines() if " min left" not in line]
    assert process.returncode == status
    assert len(lines) == 1, printed
    assert said in lines[0]
    while time.monotonic() < until and has_members(process.pid):
        time.sleep(0.05)  # Python's own helper ends as soon as it sees that nobody is left
    assert not has_members(process.pid)
