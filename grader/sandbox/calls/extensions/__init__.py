"""What a worker can be asked about the extensions, one file for each; as in unet.py, none of it is an answer.

The files are those of grader/lab/extensions.py; the CALLS of each are what can be asked.
Not in here: an answer.
"""

from grader.lab.extensions import modules
from grader.sandbox.calls.call import Call

CALLS: tuple[Call, ...] = tuple(call for one in modules(__name__).values() for call in one.CALLS)
