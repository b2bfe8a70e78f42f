"""What answers a check: a submission, the solution, or the solution's frozen answers.

Not in here: what an answer is compared with (rubric/), and how a process is kept apart (sandbox/).
"""

from grader.implementations import claims
from grader.implementations.answering import Answering, Array, Facts, Tensors, request_key
from grader.implementations.fault import ReferenceFault, SubmissionFault
from grader.implementations.frozen import EXPECTED, Frozen, StaleAnswers
from grader.implementations.implementation import Implementation
from grader.implementations.in_worker import InWorker
from grader.implementations.pictures import Picture
from grader.implementations.recording import Recording
from grader.implementations.reference import Reference, live_solution, reference_for, solution_files
from grader.implementations.served_mask import ServedMask

__all__ = [
    "EXPECTED",
    "Answering",
    "Array",
    "Facts",
    "Frozen",
    "Implementation",
    "InWorker",
    "Picture",
    "Recording",
    "Reference",
    "ReferenceFault",
    "ServedMask",
    "StaleAnswers",
    "SubmissionFault",
    "Tensors",
    "claims",
    "live_solution",
    "reference_for",
    "request_key",
    "solution_files",
]
