"""The grade of one hand-in, as tables and platforms take it: from a report, or from somebody's absence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from grader.collection.hand_in import HandIn, Student
from grader.language import _


@dataclass(frozen=True)
class Grade:
    """What one hand-in earned.

    hand_in: None for who handed in nothing; then `absent` says who that is.
    score: None where there is no grade, which is not zero; platforms' cells then stay as they are.
    raw_score: before it was lowered for being late.
    todos: {TODO or extension: its points}.
    page, text: the feedback for the student, as a file and as plain text.
    status: graded, not gradable, needs a human, nothing handed in.
    """

    hand_in: HandIn | None
    score: Decimal | None
    max_score: Decimal
    page: Path | None = None
    absent: Student | None = None
    raw_score: Decimal | None = None
    bonus: Decimal = Decimal(0)
    todos: Mapping[str, Decimal] = field(default_factory=dict)
    status: str = "graded"
    late: str = ""
    reason: str = ""
    text: str = ""

    @property
    def students(self) -> tuple[Student, ...]:
        """Everybody whom it is the grade of."""
        if self.hand_in is not None:
            return self.hand_in.students
        return (self.absent,) if self.absent is not None else ()

    @property
    def lateness(self) -> str:
        """What being late costs, in a sentence; nothing for who was in time or has no score."""
        if not self.late or self.score is None or self.raw_score is None:
            return ""
        if self.score == self.raw_score:
            return _("Handed in {late}.").format(late=self.late)
        return _("Handed in {late}: {score} of these {raw_score} points count.").format(
            late=self.late, score=plain(self.score), raw_score=plain(self.raw_score)
        )

    @property
    def summary(self) -> list[str]:
        """What was earned, in a few lines."""
        if self.score is None:
            return [_("no grade"), *filter(None, [self.reason])]
        total = _("{score} of {max_score} points").format(
            score=plain(self.score), max_score=plain(self.max_score)
        )
        if self.raw_score is not None and self.raw_score != self.score:
            total += _(", {raw_score} before it was lowered for being late").format(
                raw_score=plain(self.raw_score)
            )
        return [total, *(f"{todo}: {plain(points)}" for todo, points in self.todos.items())]


def plain(number: Decimal) -> str:
    """A number without zeros behind it and without an exponent: 8.5, 100."""
    return f"{number.normalize():f}"
