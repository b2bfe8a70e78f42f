"""Starts the sandbox's process: a fresh Python with an environment and file descriptors of its own."""

import importlib.util
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.language import _, current
from grader.sandbox.trusted.answers import SandboxLost
from grader.sandbox.trusted.channel import ProcessChannel

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / "grader/sandbox/untrusted/start.py"
PACKAGES = ("torch", "torchvision", "numpy", "PIL", "safetensors")
KEPT_VARIABLES = ["LD_LIBRARY_PATH"]
if os.name == "nt":  # nothing starts without them, and DLLs are found on the PATH
    KEPT_VARIABLES += ["PATH", "SYSTEMROOT", "NUMBER_OF_PROCESSORS"]


def launch(
    calls: str, model: Path | None, device: str, fork: bool, walk: bool = False
) -> tuple[ProcessChannel, socket.socket | None]:
    """(pipes, socket for asking it to fork); returns at once. Raises SandboxLost.

    walk: import all that calls may use, for workers that can open no file.
    """
    # Its home and working directory: the one place where files are written, if they can be at all.
    try:
        folder = tempfile.TemporaryDirectory(prefix="unet-lab-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SandboxLost(_("there is no place for temporary files: {error}").format(error=error)) from None
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) if fork else (None, None)
    options = {
        "root": str(ROOT),
        "packages": _package_folders(),
        "calls": calls,
        "model": None if model is None else str(Path(model).resolve()),
        "device": device,
        "socket": theirs.fileno() if theirs else None,
        "walk": walk,
        "language": current(),
    }
    posix: dict[str, Any] = {}
    if os.name == "posix":  # a session of its own: Ctrl-C is the grader's business
        posix = {"start_new_session": True, "pass_fds": [theirs.fileno()] if theirs else []}
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", PROGRAM.read_text(encoding="utf-8")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=_environment(device, folder.name),
            cwd=folder.name,
            **posix,
        )
    except OSError as error:
        folder.cleanup()
        if ours is not None:
            ours.close()
        raise SandboxLost(_("no process could be started: {error}").format(error=error)) from None
    finally:
        if theirs is not None:
            theirs.close()
    channel, text = ProcessChannel(process, folder), json.dumps(options).encode()
    channel.send(
        struct.pack("<Q", len(text)) + text
    )  # not as an argument: those can be read by a student's code
    return channel, ours


def _environment(device: str, folder: str) -> dict[str, str]:
    """Nothing of the grader's own environment but what the system needs to find torch."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    fixed = {"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
    # Threads that wait sleep: on a busy machine, spinning ones take the processor from those they wait for.
    fixed["OMP_WAIT_POLICY"] = "PASSIVE"
    # Large pages where the C library can ask for them: a fork copies fewer entries, and first uses cost less.
    fixed |= {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    # The last two: libraries that insist on a folder of theirs take one that is there, also read-only.
    names = ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "TORCHINDUCTOR_CACHE_DIR")
    places = dict.fromkeys(names, folder)
    # Without a GPU in sight, or asked about it in a way that leaves the process fit to fork.
    gpu = {"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"}
    return fixed | places | kept | gpu


def _package_folders() -> list[str]:
    """Where this Python finds torch and the others: `python -I` does not look in a user's own folder."""
    specs = [importlib.util.find_spec(name) for name in PACKAGES]
    return sorted({str(Path(spec.origin).parents[1]) for spec in specs if spec is not None and spec.origin})
