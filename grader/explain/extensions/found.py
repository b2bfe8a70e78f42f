"""What a finder of an extension returns: a mistake's word, with facts for its hint if it has any, or None."""

from collections.abc import Mapping

Found = str | tuple[str, Mapping[str, object]] | None
