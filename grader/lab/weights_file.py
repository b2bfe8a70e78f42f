"""A model file that is not for the lab's network: which name is wrong in it, and what to do."""

from grader.lab.state_dict import Shapes

# {prefix of every name: (who writes it, what to save instead)}
WRAPPED = {
    "module._orig_mod.": ("nn.DataParallel and torch.compile write", "model.module._orig_mod.state_dict()"),
    "_orig_mod.module.": ("torch.compile and nn.DataParallel write", "model._orig_mod.module.state_dict()"),
    "module.": ("nn.DataParallel writes", "model.module.state_dict()"),
    "_orig_mod.": ("torch.compile writes", "model._orig_mod.state_dict()"),
}
INSTEAD = "name the lab's own, assets/model.pth"
OWN = f"or {INSTEAD}"
OTHER = "it holds the weights of another network"


def fault_of_file(found: Shapes, expected: Shapes) -> str | None:
    """One sentence, with the name that is wrong in the file and the remedy; None where none is.

    It is about the file alone: no TODO of a student's is to blame for it.
    """
    if found == expected:
        return None
    prefix = _common_prefix(found, expected)
    if prefix is not None:
        who, instead = WRAPPED.get(
            prefix, ("a network within another one has", "the inner network's state_dict()")
        )
        return f"its names begin with {prefix!r} ({next(iter(found))}), as {who} them: save {instead}, {OWN}"
    missing = [name for name in expected if name not in found]
    extra = [name for name in found if name not in expected]
    if not missing and not extra:
        name = next(name for name in expected if found[name] != expected[name])
        shapes = f"shape {tuple(found[name])} in it, not {tuple(expected[name])}"
        return f"{OTHER} ({name} has {shapes}): {INSTEAD}"
    if not missing:
        return f"it holds {_listed(extra)} beside the network's weights: save model.state_dict() alone, {OWN}"
    if len(missing) == len(expected):
        names = f"its first name is {next(iter(found), 'none')}, and not {next(iter(expected))}"
        return f"{OTHER} ({names}): {INSTEAD}"
    beside = f", and {_listed(extra)} stands in it instead" if extra else ""
    return f"{OTHER} ({_listed(missing)} is missing{beside}): {INSTEAD}"


def _common_prefix(found: Shapes, expected: Shapes) -> str | None:
    """What stands before each of the network's names, where that is all that is wrong."""
    first = next(iter(expected))
    for name in found:
        prefix = name.removesuffix(first)
        if prefix and prefix != name and found == {prefix + key: shape for key, shape in expected.items()}:
            return prefix
    return None


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
