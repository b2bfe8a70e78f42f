"""The program of the process that unpacks a class's download; see unpacking.py.

`python -I -S unpacker.py '{"root", "packages", "path", "where", "out", "free_bytes", "language"}'` with the
archive as its stdin. Its answer on stdout is one line of JSON, {"refused": message or null}.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

CPU_S, CPU_S_PER_GB = 120, 60  # of what is to be read; a slow laptop unpacks a gigabyte in twenty seconds
MEMORY_BYTES = 1 << 30  # a list of 200,000 members takes a third of it


def main(facts: dict[str, Any]) -> None:
    """Unpack, and answer."""
    sys.path[:0] = [facts["root"]]
    sys.path += facts["packages"]
    from grader.collection.members import Unpacking
    from grader.intake.archive import is_solid
    from grader.intake.budgets import MAX_ARCHIVE_BYTES
    from grader.intake.reader import limit
    from grader.intake.refusal import NotGradable, shown
    from grader.language import _, use

    use(facts["language"])

    with os.fdopen(os.dup(1), "wb") as answer, os.fdopen(0, "rb", closefd=False) as archive:
        if is_solid(archive):
            from grader.intake import rars, sevenzips

            rars.prepare()
            sevenzips.prepare()
        cpu_s = CPU_S + (archive.seek(0, 2) >> 30) * CPU_S_PER_GB
        archive.seek(0)
        limit(cpu_s, MEMORY_BYTES, MAX_ARCHIVE_BYTES + 2)
        refused = None
        try:
            Unpacking(archive, facts["where"], Path(facts["out"]), facts["free_bytes"]).run(facts["path"])
        except NotGradable as error:
            refused = str(error)
        except OSError as error:
            refused = _("{where} cannot be unpacked: {reason}").format(
                where=facts["where"], reason=error.strerror or error
            )
        except Exception as error:  # the readers raise nearly anything when a file lies
            said = _("{where} is damaged, or no archive of its kind ({error}): download it again")
            what = f"{type(error).__name__}: {shown(str(error), 80)}"
            refused = said.format(where=facts["where"], error=what)
        answer.write(json.dumps({"refused": refused}).encode("ascii") + b"\n")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
