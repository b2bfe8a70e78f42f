"""Clones of a class's repositories: a folder for each, called by the assignment and the student's login.

`gh classroom clone student-repos` makes SLUG-submissions/SLUG-LOGIN; both parts may hold dashes. Of a clone
only the work tree is read: what .git says is the student's claim.
"""

from collections.abc import Sequence

from grader.collection.hand_in import HandIn, Source, Student
from grader.collection.listing import Item

NAME = "github"
SUBMISSIONS = "-submissions"


def fits(items: Sequence[Item], folder: str) -> bool:
    """Whether most of these are clones, or are called so; an archive of clones has no .git any more."""
    slug = folder.removesuffix(SUBMISSIONS) + "-"
    named = [folder.endswith(SUBMISSIONS) and item.is_folder and item.name.startswith(slug) for item in items]
    return bool(items) and 2 * sum(_is_clone(one) or is_named for one, is_named in zip(items, named)) > len(
        items
    )


def hand_ins(
    items: Sequence[Item], folder: str, logins: Sequence[str] = ()
) -> tuple[list[HandIn], list[Item]]:
    """(the hand-ins; what is no folder). folder: what the clones lie in; logins: those on the roster."""
    clones = [item for item in items if item.is_folder]
    slug = _slug([clone.name for clone in clones], folder, {login.casefold() for login in logins})
    return [_hand_in(clone, slug) for clone in clones], [item for item in items if not item.is_folder]


def _is_clone(item: Item) -> bool:
    return item.is_folder and (item.path / ".git").exists()


def _slug(names: Sequence[str], folder: str, logins: set[str]) -> str:
    """What stands before every login: by the folder's name, by the roster, else all that names share."""
    named = folder.removesuffix(SUBMISSIONS) + "-"
    if folder.endswith(SUBMISSIONS) and all(name.startswith(named) for name in names):
        return named
    shared = _shared(names) if len(names) > 1 else ""
    starts = [shared[: at + 1] for at, char in enumerate(shared) if char == "-"]
    known = [sum(name[len(start) :].casefold() in logins for name in names) for start in starts]
    if any(known):
        return starts[known.index(max(known))]
    return starts[-1] if starts else ""


def _shared(names: Sequence[str]) -> str:
    """The beginning that all have."""
    first, last = min(names), max(names)
    same = [one == other for one, other in zip(first, last)]
    return first[: same.index(False)] if False in same else first[: len(same)]


def _hand_in(clone: Item, slug: str) -> HandIn:
    login = clone.name[len(slug) :] or clone.name
    return HandIn(
        key=login,
        student=Student(ids={"login": login}),
        sources=(Source(clone.path, clone.name),),
        platform=NAME,
        ids={"login": login, "repository": clone.path.name},
    )
