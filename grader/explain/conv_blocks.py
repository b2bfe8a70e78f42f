"""Mistakes in the blocks: the layers that the submission names, beside those of the reference."""

from typing import Any

from grader.explain.found import Found
from grader.implementations import Implementation, SubmissionFault, claims
from grader.implementations.claims import Layer
from grader.lab.plan import UP_SAMPLES, meant_layers

NORMS = {
    "BatchNorm2d": "batch_norm",
    "InstanceNorm2d": "instance_norm",
    "GroupNorm": "batch_norm",
    "LayerNorm": "batch_norm",
}
SETTINGS = ("kernel_size", "stride", "dilation", "groups", "padding", "padding_mode")


def find(student: Implementation, reference: Implementation, check: str, error: BaseException) -> Found:
    """The mistake behind a failed check of the blocks, if it is a known one."""
    if isinstance(error, SubmissionFault) and error.kind in ("block_missing", "other_network"):
        return _of_names(error)
    names, channels = [check.removeprefix("block_")], (3, 1)
    if check == "given_layers":
        names = list(UP_SAMPLES)
    elif check == "other_channels":
        names, channels = ["down_conv1", "final_conv"], (1, 2)
    for name in names:
        found = difference(student.layers(name, channels), reference.layers(name, channels), name)
        if found and check == "given_layers":
            return "conv_blocks.up_sample", {"name": name}
        if found:
            return found
    return _of_keys(error) if check != "given_layers" else None


def convolutions(layers: list[Layer]) -> list[Layer]:
    """The convolutions among the layers of a block, of any kind."""
    return [layer for layer in layers if layer["type"].startswith("Conv")]


def difference(seen: list[Layer], expected: list[Layer], name: str) -> Found:
    """The first known mistake in the layers of one block."""
    known = {layer["type"] for layer in expected} | {"Identity"}
    convs, wanted = convolutions(seen), convolutions(expected)
    if not seen:
        return "conv_blocks.unfilled", {}
    if seen[-1]["type"] == "a hook":
        return ("conv_blocks.final_activation", {}) if name == "final_conv" else None
    for layer in seen:
        if layer["type"] in NORMS:
            return f"conv_blocks.{NORMS[layer['type']]}", {"name": name, "found": layer["type"]}
        if "Dropout" in layer["type"]:
            return "conv_blocks.dropout", {"name": name, "found": layer["type"]}
    if len(convs) != len(wanted):
        word = "conv_missing" if len(convs) < len(wanted) else "conv_extra"
        return f"conv_blocks.{word}", {"name": name, "expected": len(wanted), "found": len(convs)}
    for number, (conv, want) in enumerate(zip(convs, wanted), start=1):
        if conv["type"] != want["type"]:
            facts = {"name": name, "number": number, "found": conv["type"], "expected": want["type"]}
            return "conv_blocks.other_convolution", facts
        found = _of_settings(conv, want, name, number)
        if found:
            return found
    others = [
        layer["type"] for layer in seen if not layer["type"].startswith("Conv") and layer["type"] not in known
    ]
    resizing = [one for one in others if "Pool" in one or "Upsample" in one]
    if resizing and name != "final_conv":
        return "conv_blocks.resizes", {"name": name, "found": resizing[0]}
    if others:
        if name == "final_conv":
            return "conv_blocks.final_activation", {}
        return "conv_blocks.activation", {"name": name, "found": others[0]}
    return _of_activations(seen, expected, name)


def _of_settings(conv: Layer, want: Layer, name: str, number: int) -> Found:
    facts = {"name": name, "number": number}
    channels = [f"{layer['in_channels']} -> {layer['out_channels']}" for layer in (conv, want)]
    if name == "final_conv" and conv["out_channels"] != want["out_channels"]:
        return "conv_blocks.out_channels", {}
    if name == "down_conv1" and number == 1 and conv["in_channels"] != want["in_channels"]:
        return "conv_blocks.in_channels", {}
    if channels[0] != channels[1]:
        facts |= {"found": channels[0], "expected": channels[1]}
        if name == "final_conv":
            return "conv_blocks.final_channels", facts
        return ("conv_blocks.channels" if number == 1 else "conv_blocks.channels_second"), facts
    for setting in SETTINGS:
        seen, expected = (_plain(layer.get(setting)) for layer in (conv, want))
        if setting == "padding" and seen == "same":
            continue
        if seen != expected:
            word = setting.removesuffix("_size")
            word = f"final_{word}" if name == "final_conv" and word in ("kernel", "padding") else word
            return f"conv_blocks.{word}", facts | {"found": seen, "expected": expected}
    return None if conv["bias"] else ("conv_blocks.bias", facts)


def _of_names(error: SubmissionFault) -> Found:
    """A layer that is not there under its name: perhaps it is a local variable, or has another name."""
    if error.kind == "other_network":
        return "submission.other_network", {}
    name, own = str(error.facts["name"]), claims.texts(error.facts.get("own"))
    if error.facts.get("is_local") is True:
        return "conv_blocks.self_missing", {"name": name}
    there = claims.word(error.facts.get("there"))
    if there in ("list", "tuple"):
        return "conv_blocks.in_a_list", {"name": name, "found": there}
    near = next(iter(meant_layers(own, [name])), None)
    if near:
        return "conv_blocks.name_near", {"name": name, "near": claims.word(near)}
    if own:
        return "conv_blocks.other_names", {"name": name, "own": claims.word(", ".join(own[:4]))}
    return "conv_blocks.block_missing", {"name": name}


def _plain(value: Any) -> Any:
    """3 for [3, 3]."""
    return value[0] if isinstance(value, list | tuple) and len(set(value)) == 1 else value


def _of_activations(seen: list[Layer], expected: list[Layer], name: str) -> Found:
    """Which convolution is not followed by what follows it in the reference.

    Only an nn.Sequential runs its layers as they are listed; what a class of the student's own does cannot
    be seen here.
    """
    if not all(layer["in_sequence"] for layer in seen):
        return None

    def followers(layers: list[Layer]) -> list[list[str]]:
        real = [layer["type"] for layer in layers if layer["type"] != "Identity"]
        return [real[i + 1 : i + 2] for i, kind in enumerate(real) if kind.startswith("Conv")]

    for number, (after, want) in enumerate(zip(followers(seen), followers(expected)), start=1):
        if after != want and want:
            return "conv_blocks.relu_missing", {"name": name, "number": number}
        if after and not want:
            return "conv_blocks.final_activation", {}
    return None


def _of_keys(error: BaseException) -> Found:
    """Where the layers are right and the weights do not fit, the layers have other names."""
    if not (isinstance(error, SubmissionFault) and error.kind == "does_not_fit"):
        return None
    missing = [key for key in error.facts["expected"] if key not in error.facts["found"]]
    extra = [key for key in error.facts["found"] if key not in error.facts["expected"]]
    name = error.facts["name"]
    if not missing or not extra:
        return None
    return "conv_blocks.keys", {"expected": f"{name}.{missing[0]}", "found": f"{name}.{extra[0]}"}
