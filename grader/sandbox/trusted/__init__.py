"""The grader's side of the boundary: starts a worker, asks it, supervises it, and ends it for certain.

Not in here: torch, and anything of untrusted/. Start reading at sandbox.py.
"""

from grader.sandbox.protocol.limits import Limits
from grader.sandbox.trusted.answers import Answer, GivenUp, SandboxLost, WorkerFailed
from grader.sandbox.trusted.budget import Budget
from grader.sandbox.trusted.sandbox import Sandbox
from grader.sandbox.trusted.worker import Worker

__all__ = ["Answer", "Budget", "GivenUp", "Limits", "Sandbox", "SandboxLost", "Worker", "WorkerFailed"]
