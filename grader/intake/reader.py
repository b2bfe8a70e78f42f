"""The program of the process that reads one archive: little memory, two seconds of a processor, no new files.

`python -I -S reader.py '{"root", "where", "extensions"}'` with the archive as its stdin. Its answer on
stdout is one line of JSON, `{"files": [[name, size], ...], "notes": [...]}` with the files' bytes behind it,
or `{"refused": message}`.
"""

import json
import os
import sys

CPU_S = 2
MEMORY_BYTES = 64 << 20  # beside what Python has taken before it starts to read
OPEN_FILES = 16


def main(facts: dict[str, object]) -> None:
    """Read, and answer."""
    sys.path.insert(0, str(facts["root"]))
    from grader.intake import tars, zips  # noqa: F401  (before the limits, which are for what they read)
    from grader.intake.archive import read_archive
    from grader.intake.refusal import NotGradable

    extensions = facts["extensions"]
    assert isinstance(extensions, list)
    answer, contents = os.fdopen(os.dup(1), "wb"), b""
    with answer, os.fdopen(0, "rb", closefd=False) as archive:
        limit()
        try:
            found = read_archive(archive, str(facts["where"]), extensions)
            sizes = [[name, len(content)] for name, content in found.files.items()]
            head: dict[str, object] = {"files": sizes, "notes": found.notes}
            contents = b"".join(found.files.values())
        except NotGradable as error:
            head = {"refused": str(error)}
        answer.write(json.dumps(head).encode("ascii") + b"\n" + contents)


def limit() -> None:
    """Take away what reading an archive does not need, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: budgets and the wall clock remain
        return
    wanted = {
        "RLIMIT_CPU": (CPU_S, CPU_S + 1),
        "RLIMIT_NOFILE": (OPEN_FILES, OPEN_FILES),
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_FSIZE": (0, 0),
    }
    if sys.platform == "linux":  # macOS does not keep to it
        with open("/proc/self/statm", encoding="ascii") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        wanted["RLIMIT_AS"] = (taken + MEMORY_BYTES, taken + MEMORY_BYTES)
    for name, (soft, hard) in wanted.items():
        kind = getattr(resource, name)
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
