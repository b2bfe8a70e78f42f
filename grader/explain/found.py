"""What a finder gives: the cause of a mistake, and the facts that its hint names; None for an unknown one."""

from typing import Any

Found = tuple[str, dict[str, Any]] | None
