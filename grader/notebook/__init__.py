"""What the walkthrough's cells call: the student's files, the figures, the checks.

This runs in the student's kernel, beside the student's code, so nothing here is trusted, and nothing here
knows an answer: the checks' numbers come from a process of their own (grader/fresh.py).
"""

from grader.notebook import figures, scenes
from grader.notebook.lab import Lab

__all__ = ["Lab", "figures", "scenes"]
