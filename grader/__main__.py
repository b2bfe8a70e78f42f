"""The grader's command line: `python -m grader --help`. Next file: commands/line.py."""

import sys

from grader.entry import enter

if __name__ == "__main__":
    # The doctor comes without the command line's own packages, too.
    enter("grader.doctor.examine" if sys.argv[1:] == ["doctor"] else "grader.commands.line")
