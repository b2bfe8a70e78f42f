"""Weights that do not fit a network: which TODO and layer, what was expected and what was found."""

from grader.language import _

Shapes = dict[str, list[int]]
MOST = 4  # names that are listed


def first_misfit(found: Shapes, expected: Shapes) -> str | None:
    """One sentence about the first weight of the network that differs in name or shape from the model file.

    None if all are the same.
    """
    missing = [key for key in expected if key not in found]
    extra = [key for key in found if key not in expected]
    if missing:
        return _of_missing(missing[0], extra, found, expected[missing[0]])
    for key, shape in expected.items():
        if found[key] != shape:
            return _("{place}: expected {key} of shape {shape}, not {found}").format(
                place=_where(key), key=key, shape=tuple(shape), found=tuple(found[key])
            )
    if extra:
        return _too_many(extra[0])
    return None


def _where(key: str) -> str:
    """The place of a weight: the blocks are TODO 1, and the rest of the network was given."""
    layer = key.split(".")[0]
    return f"TODO 1, {layer}" if layer.endswith("conv") or "_conv" in layer else layer


def _listed(names: list[str]) -> str:
    return ", ".join([*names[:MOST], *(["..."] if len(names) > MOST else [])])


def _too_many(key: str) -> str:
    return _("{place}: {key} is not in the model file. Is there a layer too many?").format(
        place=_where(key), key=key
    )


def _of_missing(key: str, extra: list[str], found: Shapes, expected_shape: list[int]) -> str:
    layer, *rest = key.split(".")
    beside = [other for other in extra if other.split(".")[0] == layer]
    if not any(other.split(".")[0] == layer for other in found):
        others = list(dict.fromkeys(other.split(".")[0] for other in extra))
        if others:
            return _(
                "{place}: the weights need a layer {layer}, which your network does not have; it has {others}"
            ).format(place=_where(key), layer=layer, others=_listed(others))
        return _(
            "{place}: {layer} has no weights. Is it still empty, or is `self.` missing before it?"
        ).format(place=_where(key), layer=layer)
    if beside and len(found[beside[0]]) == 1 and len(expected_shape) > 1:  # of a normalisation
        return _too_many(beside[0])
    if beside and len(rest) == 2 and beside[0].split(".")[1].isdigit() and rest[0].isdigit():
        return _(
            "{place}: expected a convolution at index {index} of the Sequential ({key}), not at "
            "index {seen} ({beside})"
        ).format(place=_where(key), index=rest[0], key=key, seen=beside[0].split(".")[1], beside=beside[0])
    if beside:
        return _("{place}: expected the key {key}, not {beside}").format(
            place=_where(key), key=key, beside=beside[0]
        )
    return _("{place}: {key} is missing. Is a convolution missing, or its bias?").format(
        place=_where(key), key=key
    )
