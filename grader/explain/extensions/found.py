"""What a finder of an extension returns: a mistake's word, with facts for its hint if it has any, or None; and what a check said."""

from collections.abc import Mapping

from grader.language import _

Found = str | tuple[str, Mapping[str, object]] | None


def says(error: BaseException, template: str) -> bool:
    """Whether a check's message is this one: its beginning, up to the first value, in the present language."""
    return str(error).startswith(_(template).partition("{")[0])
