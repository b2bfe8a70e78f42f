"""The program of the process that reads one archive: little memory, seconds of a processor, no new files.

`python -I -S reader.py '{"root", "packages", "path", "where", "extensions", "language"}'` with the archive as
its stdin. Its answer on stdout is one line of JSON, `{"files": [[name, size], ...], "notes": [...]}` with the
files' bytes behind it, or `{"refused": message}`.
"""

import json
import os
import sys
from typing import Any

CPU_S = 2
MEMORY_BYTES = 64 << 20  # beside what Python has taken before it starts to read
# 7z and RAR unpack all that stands before a file; their programs make dictionaries of up to 64 MB
CPU_S_SOLID = 8
MEMORY_BYTES_SOLID = 512 << 20
FILE_BYTES_SOLID = 1 << 20  # an old RAR's comment is unpacked by way of a temporary file
OPEN_FILES = 16


def main(facts: dict[str, Any]) -> None:
    """Read, and answer."""
    sys.path[:0] = [facts["root"]]
    sys.path += facts["packages"]
    from grader.intake import tars, zips  # noqa: F401  (before the limits, which are for what they read)
    from grader.intake.archive import is_solid, read_archive
    from grader.intake.refusal import NotGradable
    from grader.language import use

    use(facts["language"])
    answer, contents = os.fdopen(os.dup(1), "wb"), b""
    with answer, os.fdopen(0, "rb", closefd=False) as archive:
        solid = is_solid(archive)
        if solid:
            from grader.intake import rars, sevenzips

            rars.prepare()
            sevenzips.prepare()
            limit(CPU_S_SOLID, MEMORY_BYTES_SOLID, FILE_BYTES_SOLID)
        else:
            limit(CPU_S, MEMORY_BYTES)
        try:
            found = read_archive(archive, facts["where"], facts["extensions"], facts["path"])
            sizes = [[name, len(content)] for name, content in found.files.items()]
            head: dict[str, object] = {"files": sizes, "notes": found.notes}
            contents = b"".join(found.files.values())
        except NotGradable as error:
            head = {"refused": str(error)}
        answer.write(json.dumps(head).encode("ascii") + b"\n" + contents)


def limit(cpu_s: int, memory_bytes: int, file_bytes: int = 0) -> None:
    """Take away what reading an archive does not need, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: budgets and the wall clock remain
        return
    wanted = {
        "RLIMIT_CPU": (cpu_s, cpu_s + 1),
        "RLIMIT_NOFILE": (OPEN_FILES, OPEN_FILES),
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_FSIZE": (file_bytes, file_bytes),
    }
    if sys.platform == "linux":  # macOS does not keep to it
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        wanted["RLIMIT_AS"] = (taken + memory_bytes, taken + memory_bytes)
    for name, (soft, hard) in wanted.items():
        kind = getattr(resource, name)
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
