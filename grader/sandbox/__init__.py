"""The boundary between the trusted grader and a student's code. Start reading at sandbox.py.

Trusted side (numpy, no torch): sandbox, caller, channel, answers, frames, printed. The other side
(torch): start, warm, forking, and with a student's code in it worker, sources, failure, calls.
"""

from grader.sandbox.answers import Answer, SandboxLost, WorkerFailed
from grader.sandbox.caller import Worker
from grader.sandbox.limits import Limits
from grader.sandbox.sandbox import Sandbox

__all__ = ["Answer", "Limits", "Sandbox", "SandboxLost", "Worker", "WorkerFailed"]
