"""The same attacks, and the probe, on a grader that is an ordinary user's, or root's in a container."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.lab.paths import LAB

pytestmark = pytest.mark.trust
# What is aimed at files, processes and the network depends on whose the grader is; time and marks do not.
CHOSEN = "full and (reads or writes or processes or network)"
# Where Python lies in root's own folder, others get a file system in which they can enter it.
ENTERED = """
set -e
mount --bind "$1" "$2"; mount -t tmpfs -o mode=755 tmpfs /root
mkdir -p "$1"; mount --bind "$2" "$1"; shift 2
exec "$@"
"""


def entered(command: list[str], folder: Path) -> list[str]:
    """The command, where everybody can read Python."""
    home = Path(sys.base_prefix)
    if home.is_relative_to("/root") and (Path("/root").stat().st_mode & 0o5) == 0:
        folder.mkdir(exist_ok=True)
        return ["unshare", "--mount", "sh", "-c", ENTERED, "sh", str(home), str(folder), *command]
    return command


def as_ordinary_user(command: list[str], folder: Path) -> list[str]:
    """The command, as nobody's."""
    if os.geteuid() != 0:
        return command
    return entered(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command], folder)


def in_a_container(command: list[str], folder: Path) -> list[str]:
    """The command, as root of something like Docker's."""
    return entered([sys.executable, str(Path(__file__).with_name("container.py")), *command], folder)


WHO = [as_ordinary_user]
if os.geteuid() == 0:
    WHO.append(in_a_container)


@pytest.fixture
def place():
    """A folder that everybody can reach: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.mark.parametrize("who", WHO)
def test_the_attacks_get_no_further(who, place, tmp_path):
    options = ["-p", "no:cacheprovider", f"--basetemp={place}/base", "-m", "trust or not trust", "-k", CHOSEN]
    command = [sys.executable, "-m", "pytest", "--tb=short", *options, "tests/attacks/test_attacks.py"]
    ran = subprocess.run(
        who(command, tmp_path / "home"),
        cwd=LAB,
        env=os.environ
        | {"PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": "/tmp", "HOME": str(place), "PYTHONPATH": str(LAB)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    assert ran.stdout.count(".") >= 80


PROBES = """
import json, sys
from grader.sandbox.trusted import Sandbox
found = {}
for name, without in (("all", ()), ("landlock", ("landlock",)), ("seccomp", ("seccomp",))):
    with Sandbox(calls="tests.sandbox.asked", without=without) as sandbox:
        with sandbox.worker({"unet.py": b"def f(x): return 2 * x"}) as worker:
            worker.call("ping")
        found[name] = sandbox.isolation
with Sandbox(calls="tests.sandbox.asked", without=("landlock",), isolation="full") as sandbox:
    with sandbox.worker({"unet.py": b"import math\\ndef f(x): return 2 * x"}) as worker:
        worker.call("ping")
    found["no_open"] = sandbox.isolation
print(json.dumps(found))
"""


@pytest.mark.parametrize("who", WHO)
def test_a_probe_finds_what_each_layer_holds(who, tmp_path):
    ran = subprocess.run(
        who([sys.executable, "-c", PROBES], tmp_path / "home"),
        cwd=LAB,
        env=os.environ | {"PYTHONPATH": str(LAB)},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    found, has_own_user = json.loads(ran.stdout), who is in_a_container
    assert found["all"]["level"] == "full"
    assert found["all"]["missing"] == ([] if has_own_user else ["no uid"])
    opened = {
        name: {way for way, how in found[name]["probe"].items() if how == "open"}
        for name in ("landlock", "seccomp")
    }
    # Command lines can be read by everybody, and sockets need no file.
    assert opened["landlock"] == {"read_files", "read_grader"}
    assert opened["seccomp"] >= {"network", "new_process", "other_program"}
    assert {found[name]["level"] for name in opened} == {"process-only"}
    assert found["no_open"]["level"] == "full"
    assert found["no_open"]["layers"]["no_open"] is True
