"""What answers a check: a submission, the solution, or the solution's frozen answers.

Not in here: what an answer is compared with (rubric/), and how a process is kept apart (sandbox/).
"""

from grader.implementations.answering import Answering, Tensors, request_key
from grader.implementations.frozen import EXPECTED, Frozen, StaleAnswers
from grader.implementations.implementation import Implementation, Picture, ServedMask, SubmissionFault
from grader.implementations.in_worker import InWorker
from grader.implementations.recording import Recording
from grader.implementations.reference import live_solution, reference_for, solution_files

__all__ = [
    "EXPECTED",
    "Answering",
    "Frozen",
    "Implementation",
    "InWorker",
    "Picture",
    "Recording",
    "ServedMask",
    "StaleAnswers",
    "SubmissionFault",
    "Tensors",
    "live_solution",
    "reference_for",
    "request_key",
    "solution_files",
]
