"""What the walkthrough's cells call: the student's files, the figures, the checks.

This runs in the student's kernel, beside the student's code, so nothing here is trusted and nothing knows an
answer: the checks' numbers come from a process of their own (grader/grading/interpreter.py).

The source is solution/walkthrough.ipynb. Its cells are named after their section (todo-2, todo-2-skip);
those of the extensions, ext-..., stand right before the last one, `closing`. The figures are in figures.py
and scenes.py. Not in here: a point; `grader.check` asks for those.
"""

from grader.sandbox.untrusted import uncompiled

uncompiled.import_torchvision()  # a student's own import of it then takes 87 MB and a second less

from grader.notebook import figures, scenes, slider  # noqa: E402
from grader.notebook.lab import Lab  # noqa: E402
from grader.notebook.memory import keep_nothing_large  # noqa: E402

keep_nothing_large()

__all__ = ["Lab", "figures", "scenes", "slider"]
