"""Calls about elastic.py."""

import torch

from grader.language import _
from grader.sandbox.calls.call import Answer, Code, Facts, Tensors
from grader.sandbox.calls.extensions.parts import part_of
from grader.sandbox.calls.network import Fault, as_tensor


def elastic_deform(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """elastic_deform of image and mask. A seed of None: no generator; the global one is seeded with 0."""
    deform = part_of(code, "elastic", "elastic_deform")
    torch.manual_seed(0)
    generator = None if data["seed"] is None else torch.Generator().manual_seed(data["seed"])
    image, mask = tensors["image"], tensors["mask"]
    made = deform(image, mask, sigma=data["sigma"], grid=data["grid"], generator=generator)
    if not isinstance(made, tuple | list) or len(made) != 2:
        raise Fault(
            "not_a_pair",
            _("elastic_deform returns {type}, not (image, mask)").format(type=type(made).__name__),
        )
    return {}, {"image": as_tensor(made[0], "elastic_deform"), "mask": as_tensor(made[1], "elastic_deform")}


def elastic_displacements(code: Code, data: Facts, tensors: Tensors) -> Answer:
    """`displacements` of so many pictures."""
    made = part_of(code, "elastic", "displacements")(
        data["count"],
        data["height"],
        data["width"],
        data["sigma"],
        data["grid"],
        torch.Generator().manual_seed(data["seed"]),
    )
    return {}, {"y": as_tensor(made, "displacements")}


CALLS = (elastic_deform, elastic_displacements)
