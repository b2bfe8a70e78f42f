"""Every kind of save is noticed, once it is whole, whatever an editor does to the file."""

import os
import threading
import time
from contextlib import suppress

import pytest

from grader.trying.saves import Saves

UNET, OTHER = b"class UNet:\n    pass\n", b"class UNet:\n    x = 1\n"
PATIENCE_S = 20.0  # how long a busy machine may take; not what is promised


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "unet.py").write_bytes(UNET)
    return folder


def after(folder, save):
    """What is seen after a save."""
    found = []
    with Saves(folder) as saves:
        waiting = threading.Thread(target=lambda: found.append(saves.wait()), daemon=True)
        waiting.start()
        save()
        waiting.join(PATIENCE_S)
    assert found, "the save was not noticed"
    return found[0]


def replace(folder):
    (folder / ".unet.py.swp").write_bytes(OTHER)
    os.replace(folder / ".unet.py.swp", folder / "unet.py")


def delete_and_write(folder):
    (folder / "unet.py").unlink()
    time.sleep(0.1)
    (folder / "unet.py").write_bytes(OTHER)


def write_in_halves(folder):
    with (folder / "unet.py").open("wb", buffering=0) as file:
        file.write(OTHER[:12])
        time.sleep(0.15)
        file.write(OTHER[12:])


def make_the_folder_anew(folder):
    os.rename(folder, folder.with_name("old"))
    folder.mkdir()
    (folder / "unet.py").write_bytes(OTHER)


@pytest.mark.parametrize(
    "save",
    [
        lambda folder: (folder / "unet.py").write_bytes(OTHER),
        replace,
        delete_and_write,
        write_in_halves,
        make_the_folder_anew,
    ],
    ids=["written", "replaced", "deleted and written", "in halves", "folder anew"],
)
def test_a_save_is_seen_as_it_is_in_the_end(folder, save):
    assert after(folder, lambda: save(folder)) == {"unet.py": OTHER}


def test_a_file_that_stays_away_is_said_and_so_is_one_that_stays_broken(folder):
    gone = after(folder, (folder / "unet.py").unlink)
    assert isinstance(gone, str)
    assert "no unet.py" in gone
    broken = after(folder, lambda: (folder / "unet.py").write_bytes(b"class UNet(\n"))
    assert broken == {"unet.py": b"class UNet(\n"}


def test_nothing_is_said_where_nothing_has_changed(folder):
    with Saves(folder) as saves:
        os.utime(folder / "unet.py")
        (folder / "notes.txt").write_text("x")
        time.sleep(0.6)
        assert not saves.has_changed()
        (folder / "unet.py").write_bytes(OTHER)
        until = time.monotonic() + PATIENCE_S
        while not saves.has_changed() and time.monotonic() < until:
            time.sleep(0.02)
        assert saves.has_changed()
    with suppress(OSError):
        (folder / "notes.txt").unlink()
