"""The grader's command line: `python -m grader --help`. Next file: commands/line.py."""

from grader.entry import enter

if __name__ == "__main__":
    enter("grader.commands.line")
