"""The studio's command with Blender: the same pixels for a seed, also after a kill. Needs `make studio`."""

import csv
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from grader.paths import LAB

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
