"""A model file that is not for the lab's network: which name is wrong in it, and what to do."""

from grader.lab.state_dict import Shapes
from grader.language import N_, _

# {prefix of every name: (who writes it, what to save instead)}
WRAPPED = N_(
    {
        "module._orig_mod.": (
            "nn.DataParallel and torch.compile write",
            "model.module._orig_mod.state_dict()",
        ),
        "_orig_mod.module.": (
            "torch.compile and nn.DataParallel write",
            "model._orig_mod.module.state_dict()",
        ),
        "module.": ("nn.DataParallel writes", "model.module.state_dict()"),
        "_orig_mod.": ("torch.compile writes", "model._orig_mod.state_dict()"),
    }
)
INSTEAD = N_("name the lab's own, assets/model.pth")
OWN = N_("or name the lab's own, assets/model.pth")
OTHER = N_("it holds the weights of another network")


def fault_of_file(found: Shapes, expected: Shapes) -> str | None:
    """One sentence, with the name that is wrong in the file and the remedy; None where none is.

    It is about the file alone: no TODO of a student's is to blame for it.
    """
    if found == expected:
        return None
    prefix = _common_prefix(found, expected)
    if prefix is not None:
        who, instead = WRAPPED.get(
            prefix, (N_("a network within another one has"), N_("the inner network's state_dict()"))
        )
        return _("its names begin with {prefix!r} ({found}), as {who} them: save {instead}, {own}").format(
            prefix=prefix, found=next(iter(found)), who=_(who), instead=_(instead), own=_(OWN)
        )
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    if not missing and not extra:
        name = next(name for name in expected if found[name] != expected[name])
        shapes = _("shape {found} in it, not {expected}").format(
            found=tuple(found[name]), expected=tuple(expected[name])
        )
        return _("{other} ({name} has {shapes}): {instead}").format(
            other=_(OTHER), name=name, shapes=shapes, instead=_(INSTEAD)
        )
    if not missing:
        return _(
            "it holds {extra} beside the network's weights: save model.state_dict() alone, {own}"
        ).format(extra=_listed(extra), own=_(OWN))
    if len(missing) == len(expected):
        names = _("its first name is {found}, and not {expected}").format(
            found=next(iter(found), _("none")), expected=next(iter(expected))
        )
        return f"{_(OTHER)} ({names}): {_(INSTEAD)}"
    beside = _(", and {extra} stands in it instead").format(extra=_listed(extra)) if extra else ""
    return _("{other} ({missing} is missing{beside}): {instead}").format(
        other=_(OTHER), missing=_listed(missing), beside=beside, instead=_(INSTEAD)
    )


def _common_prefix(found: Shapes, expected: Shapes) -> str | None:
    """What stands before each of the network's names, where that is all that is wrong."""
    first = next(iter(expected))
    for name in found:
        prefix = name.removesuffix(first)
        if prefix and prefix != name and found == {prefix + key: shape for key, shape in expected.items()}:
            return prefix
    return None


def _listed(names: list[str]) -> str:
    return (
        names[0]
        if len(names) == 1
        else _("{some} and {count} more").format(some=names[0], count=len(names) - 1)
    )
