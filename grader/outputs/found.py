"""What is said of a mask, wherever one is shown: how much of the picture is car, and when that is none."""

from grader.language import N_, _

LEAST = 0.01  # of the picture; a car that one would take a picture of covers ten times as much
NEXT_TO_NONE = N_(
    "Next to no car was found in it. Is there one, seen from outside and not too small? If TODO 1 to 4 are "
    "right, nothing in your code is to blame."
)


def said(share: float, name: str, agreement: str = "") -> str:
    """How much of a picture is car, in one line."""
    return _("{share:.1f} % of {name} is car{agreement}").format(
        share=100 * share, name=name, agreement=agreement
    )


def is_next_to_none(share: float) -> bool:
    """Whether there is hardly any car in the picture, for all that was found."""
    return share < LEAST
