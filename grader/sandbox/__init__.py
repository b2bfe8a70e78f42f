"""The boundary between the trusted grader and a student's code. Start reading at sandbox.py.

Trusted side (numpy, no torch): sandbox, caller, channel, frames, printed. Student's side (torch):
start, worker, sources, failure, model_file, limits, and the questions in calls.
"""

from grader.sandbox.caller import Answer, SandboxLost, Worker, WorkerFailed
from grader.sandbox.limits import Limits
from grader.sandbox.sandbox import Sandbox

__all__ = ["Answer", "Limits", "Sandbox", "SandboxLost", "Worker", "WorkerFailed"]
