"""The program of the sandbox's process: imports torch once, then forks workers, or is one itself.

`python -I -c TEXT` with the text of this file; the first frame on stdin is JSON: {"root", "packages",
"calls", "model", "device", "socket", "walk", "language"}. So neither the arguments nor a module's path tell a
student's code where the lab's folder is. Results go to stdout. Where forking is safe this becomes the
zygote: it never runs a student's code, it holds no secret, and it forks one child for each job that comes
over the socket.
"""

import importlib
import json
import os
import shutil
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, spec_from_loader
from queue import SimpleQueue
from types import ModuleType
from typing import Any

JSON = dict[str, Any]


class LabModules(MetaPathFinder, InspectLoader):
    """Imports the lab's modules from `root`, under names of files that do not say where that is."""

    def __init__(self, root: str):
        self.root = root

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where there is such a file."""
        name = fullname.replace(".", "/")
        for file, package in ((f"{name}/__init__.py", True), (f"{name}.py", False)):
            if self.root and os.path.isfile(os.path.join(self.root, file)):
                return spec_from_loader(fullname, self, origin=file, is_package=package)
        if self.root and os.path.isdir(os.path.join(self.root, name)):  # a folder without __init__.py
            return spec_from_loader(fullname, self, is_package=True)
        return None

    def get_source(self, fullname: str) -> str:
        """The module's text."""
        spec = self.find_spec(fullname)
        if spec is None:
            raise ImportError(f"no {fullname}", name=fullname)
        if spec.origin is None:
            return ""
        with open(os.path.join(self.root, spec.origin), "rb") as file:
            return decode_source(file.read())

    def exec_module(self, module: ModuleType) -> None:
        """Run it; its code knows a path below the lab's folder, and not the folder's own."""
        spec = module.__spec__
        name = "" if spec is None else spec.origin or ""
        exec(compile(self.get_source(module.__name__), name, "exec", dont_inherit=True), vars(module))


def main() -> None:
    """Read the options, get ready, and serve. Returns only where there is nothing to serve."""
    requests, results = _private_pipes()
    options = _options(requests)
    if options is None:
        return
    lab = LabModules(options.pop("root"))
    sys.meta_path.append(lab)
    sys.path += [folder for folder in options["packages"] if folder not in sys.path]
    from grader.sandbox.untrusted import uncompiled

    uncompiled.import_torchvision()
    from grader.language import use
    from grader.sandbox.protocol.limits import Confinement, Limits
    from grader.sandbox.untrusted import landlock, probe, serve, warm  # torch and what calls may need, once
    from grader.sandbox.untrusted.confine import Layer, confine

    use(options["language"], os.path.join(lab.root, "grader", "language"))  # while its files can be read
    device = warm.choose_device(options["device"])
    weights, facts = warm.prepare(options.pop("model"))
    asked = importlib.import_module(options["calls"])
    calls = asked.CALLS
    if options["walk"] and hasattr(asked, "walk"):
        warm.import_what_is_used_by(asked.walk)
    warm.settle()
    obstacle: str | None = "not asked for"
    if options["socket"] is not None:
        from grader.sandbox.untrusted import zygote  # not on Windows, which has nothing of what it imports

        obstacle = zygote.obstacle(device)
    linux = sys.platform == "linux"
    readable = landlock.readable(lab.root) if linux else []
    sys.meta_path.remove(lab)  # a student's `import solution` finds nothing
    lab.root = ""
    hello = warm.versions() | {
        "device": device,
        "model": facts,
        "fork": obstacle is None,
        "obstacle": obstacle,
    }
    serve.write(results, serve.pack({"hello": hello}))

    def serve_from(read_frame: Callable[[], bytes], answers: int, prepare: serve.Prepare) -> None:
        serve.serve(read_frame, answers, prepare, probe.probe, calls, weights, device)

    if options["socket"] is not None and obstacle is None:
        import socket

        for fd in (requests, results):
            os.close(fd)
        zygote.Zygote(socket.socket(fileno=options["socket"]), serve_from, readable).run()
    if options["socket"] is not None:
        os.close(options["socket"])

    def prepare(job: JSON) -> dict[str, Layer]:
        limits, asked = Limits(**job["limits"]), Confinement(**job["confinement"])
        if linux and device == "cpu" and "seccomp" not in asked.without:
            folder = os.getcwd()  # it could not be removed later, if the grader is killed
            os.chdir("/")
            shutil.rmtree(folder, ignore_errors=True)
            tempfile.tempdir = folder  # else it looks for a place to write, and finds none
            # Some libraries insist on a folder of theirs; any that is there will do.
            os.environ.update(MPLCONFIGDIR="/", TORCHINDUCTOR_CACHE_DIR="/")
        paths = [*readable, f"/proc/{os.getpid()}"]
        return confine(limits, asked, paths, folder=None, on_cpu=device == "cpu")

    try:
        serve_from(_frames_from(requests), results, prepare)
    except Exception as error:
        print(error, flush=True)
    finally:  # not through the student's atexit handlers and threads
        os._exit(1)


def _options(requests: int) -> JSON | None:
    """The first frame: a length, then JSON. None where the grader went away before it."""
    text = _read(requests, 8)
    if len(text) < 8:
        return None
    (size,) = struct.unpack("<Q", text)
    text = _read(requests, size)
    return dict(json.loads(text)) if len(text) == size else None


def _read(fd: int, size: int) -> bytes:
    text = b""
    while len(text) < size and (part := os.read(fd, size - len(text))):
        text += part
    return text


def _private_pipes() -> tuple[int, int]:
    """Takes stdin and stdout away from everybody else: stdin is empty then, stdout goes where stderr goes."""
    requests, results = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, results


def _frames_from(requests: int) -> Callable[[], bytes]:
    """A reader of frames: the first one here, so that one thread alone is there to be confined.

    The others in a thread of its own, so that this process ends with the grader also while it is busy.
    """
    from grader.sandbox.protocol.frames import read_frame

    arrived: SimpleQueue[bytes] = SimpleQueue()
    folder, reads = os.getcwd(), 0

    def read() -> None:
        try:
            while True:
                arrived.put(read_frame(requests))
        except (EOFError, OSError):
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os._exit(0)

    def next_frame() -> bytes:
        nonlocal reads
        reads += 1
        if reads == 1:
            try:
                return read_frame(requests)
            except EOFError:
                shutil.rmtree(folder, ignore_errors=True)
                os._exit(0)
        if reads == 2:
            threading.Thread(target=read, daemon=True).start()
        return arrived.get()

    return next_frame


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:  # the grader went away before the first word
        shutil.rmtree(os.getcwd(), ignore_errors=True)
