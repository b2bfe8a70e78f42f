"""Calls whose import leaves a thread behind, as some libraries do: the process must not fork then."""

import threading

from tests.sandbox.asked import CALLS

threading.Thread(target=threading.Event().wait, daemon=True).start()

__all__ = ["CALLS"]
