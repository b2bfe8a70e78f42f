"""One class from the results of its shards: the same as if it had been graded in one piece."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from grader.batch.results import Results
from grader.batch.session import Finished, finish
from grader.batch.shards import Part, digest, read_part
from grader.batch.work import Outcome
from grader.collection.hand_in import Collection
from grader.errors import LabError
from grader.grading.scoring import total_points
from grader.lab.files import NotWritten, replacing
from grader.language import _
from grader.platforms.returning import Returning
from grader.text import one_line


def merge(folders: Sequence[Path], out: Path, resume: bool, returning: Returning) -> Finished:
    """Raises LabError where the folders are not the shards, all of them, of one class graded alike."""
    if out.resolve() in {folder.resolve() for folder in folders}:
        raise LabError(_("{out} is one of the shards: name another folder for the class").format(out=out))
    parts = {folder: read_part(folder) for folder in folders}
    _refuse_others(parts)
    collection = _together(list(parts.values()))
    results = Results(out)
    with results.opened(resume):
        returning.check(Decimal(sum(total_points().values())))
        outcomes: dict[str, Outcome] = {}
        for folder, part in parts.items():
            outcomes |= _taken(Results(folder), part, results)
        first = next(iter(parts.values()))
        shown = {one.key: one.name for one in collection.hand_ins}
        return finish(collection, shown, outcomes, results, first.rule, first.terms, returning)


def _together(parts: Sequence[Part]) -> Collection:
    hand_ins = sorted((one for part in parts for one in part.collection.hand_ins), key=lambda one: one.key)
    absent = next(part.collection.absent for part in parts if part.shard.number == 1)
    return replace(parts[0].collection, hand_ins=tuple(hand_ins), absent=absent)


def _taken(shard: Results, part: Part, results: Results) -> dict[str, Outcome]:
    """{key: what came of it}; copies each report behind its page."""
    found = {}
    for one in part.collection.hand_ins:
        if one.key in part.troubles:
            found[one.key] = Outcome(one.key, "needs a human", tuple(part.troubles[one.key]))
            continue
        before, report = results.before(one.key), shard.report_file(one.key)
        if not report.is_file():
            raise LabError(
                _("{report} is missing: grade shard {shard} again with --resume").format(
                    report=report, shard=part.shard
                )
            )
        now = shard.before(one.key)
        for source, target in (
            (shard.page(one.key), results.page(one.key)),
            (report, results.report_file(one.key)),
        ):
            if source.is_file():
                _copy(source, target)
        why = ("new",) if before is None or now is None else tuple(before.changes(now))
        found[one.key] = Outcome(one.key, "graded" if why else "kept", why)
    return found


def _copy(source: Path, target: Path) -> None:
    with replacing(target) as part:
        try:
            shutil.copyfile(source, part)
        except OSError as error:
            raise NotWritten(
                _("{source} cannot be copied: {reason}").format(source=source, reason=error.strerror or error)
            ) from None


def _refuse_others(parts: dict[Path, Part]) -> None:
    """Raise LabError unless these are all shards of one class, graded alike."""
    (first_folder, first), *others = parts.items()
    for folder, part in others:
        for what, one, other in _terms(first, part):
            if one != other:
                raise LabError(
                    _(
                        "{folder} and {first_folder} do not belong together: {what} is {other} in the one, "
                        "and {one} in the other"
                    ).format(
                        folder=folder,
                        first_folder=first_folder,
                        what=what,
                        other=one_line(str(other)),
                        one=one_line(str(one)),
                    )
                )
    numbers = [part.shard.number for part in parts.values()]
    if twice := {number for number in numbers if numbers.count(number) > 1}:
        raise LabError(
            _("shard {twice}/{of_all} is given twice").format(twice=min(twice), of_all=first.shard.of_all)
        )
    if lacking := sorted(set(range(1, first.shard.of_all + 1)) - set(numbers)):
        raise LabError(
            _("shard {lacking}/{of_all} is missing ({count} in all)").format(
                lacking=lacking[0], of_all=first.shard.of_all, count=len(lacking)
            )
        )
    if digest(one for part in parts.values() for one in part.collection.hand_ins) != first.keys:
        raise LabError(_("the shards together are not the class: grade those again that are damaged"))


def _terms(one: Part, other: Part) -> list[tuple[str, object, object]]:
    """(what, in the one, in the other) of all that has to be equal; the likeliest first."""
    told = [
        (_("the number of shards"), one.shard.of_all, other.shard.of_all),
        (_("the lab's version"), one.lab, other.lab),
        (_("the language"), one.language, other.language),
        (_("the kind of inputs"), one.terms.inputs["kind"], other.terms.inputs["kind"]),
        (_("the secret"), one.terms.inputs["fingerprint"], other.terms.inputs["fingerprint"]),
    ]
    for name in sorted({*one.terms.graded_by, *other.terms.graded_by}):
        told.append(
            (
                _("the digest of {name}").format(name=name),
                one.terms.graded_by.get(name),
                other.terms.graded_by.get(name),
            )
        )
    told += [
        (_("the class"), one.keys, other.keys),
        (_("the platform"), one.collection.platform, other.collection.platform),
        (_("the deadline"), one.rule.deadline, other.rule.deadline),
        ("--late-factor", one.rule.factor, other.rule.factor),
        ("--extra-time", dict(one.rule.more), dict(other.rule.more)),
    ]
    return told
