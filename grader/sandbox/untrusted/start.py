"""The program of the sandbox's process: imports torch once, then forks workers, or is one itself.

`python -I start.py '{"root", "calls", "model", "device", "socket"}'` with requests on stdin and
results on stdout. Where forking is safe it becomes the zygote: it never runs a student's code,
it holds no secret, and it forks one child for each job that comes over the socket.
"""

import importlib
import json
import os
import queue
import shutil
import sys
import threading


def main(options: dict) -> None:
    requests, results = _private_pipes()
    sys.path.append(options["root"])
    sys.path += [folder for folder in options["packages"] if folder not in sys.path]
    from grader.sandbox.protocol.limits import Limits
    from grader.sandbox.untrusted import serve, warm  # torch and all that calls may need, once
    from grader.sandbox.untrusted.confine import confine

    device = warm.choose_device(options["device"])
    weights, facts = warm.prepare(options["model"])
    calls = importlib.import_module(options["calls"]).CALLS
    sys.path.remove(options["root"])  # a student's `import solution` finds nothing
    if options["socket"] is None:
        obstacle = "not asked for"
    else:
        from grader.sandbox.untrusted import zygote  # not on Windows, which has nothing of what it imports

        obstacle = zygote.obstacle(device)
    hello = warm.versions() | {
        "device": device,
        "model": facts,
        "fork": obstacle is None,
        "obstacle": obstacle,
    }
    serve.write(results, serve.pack({"hello": hello}))
    if obstacle is None:
        for fd in (requests, results):
            os.close(fd)
        zygote.run(options["socket"], lambda *pipes: serve.serve(*pipes, calls, weights, device))
    if options["socket"] is not None:
        os.close(options["socket"])

    def prepare(job: dict) -> dict:
        return confine(Limits(**job["limits"]), forked=False, with_memory=device == "cpu")

    try:
        serve.serve(_frames_from(requests), results, prepare, calls, weights, device)
    finally:  # not through the student's atexit handlers and threads
        os._exit(1)


def _private_pipes() -> tuple[int, int]:
    """Takes stdin and stdout away from everybody else: stdin is empty then, stdout goes where stderr goes."""
    requests, results = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, results


def _frames_from(requests: int):
    """Reads in a thread of its own, so that this process ends with the grader also while it is busy."""
    from grader.sandbox.protocol.frames import read_frame

    arrived, folder = queue.SimpleQueue(), os.getcwd()

    def read() -> None:
        try:
            while True:
                arrived.put(read_frame(requests))
        except (EOFError, OSError):
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return arrived.get


if __name__ == "__main__":
    try:
        main(json.loads(sys.argv[1]))
    except BrokenPipeError:  # the grader went away before the first word
        shutil.rmtree(os.getcwd(), ignore_errors=True)
