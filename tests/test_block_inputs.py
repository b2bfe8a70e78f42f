"""The inputs of the blocks show an activation that is cut off, layer by layer, with the trained weights."""

import weakref

import numpy as np
import pytest
import torch
from corpus.build import solution
from mutants.oracle import load_module
from torch import nn

from grader.checking.as_a_whole import is_right_as_a_whole, whole_inputs
from grader.checking.inputs import Draw
from grader.compare import Mismatch
from grader.implementations import Implementation
from grader.lab.paths import MODEL
from grader.lab.plan import BLOCK_CHANNELS_IN
from grader.rubric.conv_blocks import assert_same_each, block_input

FAR = 60.0  # ten times what ReLU6 lets through, and as far below zero
OTHERS = (nn.ReLU6, nn.LeakyReLU, nn.GELU, nn.SiLU, nn.ELU, nn.Identity)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    with torch.device("meta"):
        network = load_module(solution()["unet.py"], "unet.py").UNet(3, 1)
    network.load_state_dict({k: v.float() for k, v in torch.load(MODEL).items()}, assign=True)
    return network.eval().requires_grad_(False)


def before_activations(module: nn.Module, x: np.ndarray) -> dict[str, torch.Tensor]:
    """What goes into each ReLU."""
    seen: dict[str, torch.Tensor] = {}
    relus = {name: one for name, one in module.named_modules() if isinstance(one, nn.ReLU)}
    hooks = [
        one.register_forward_pre_hook(lambda _, given, name=name: seen.__setitem__(name, given[0]))
        for name, one in relus.items()
    ]
    module(torch.from_numpy(x))
    for hook in hooks:
        hook.remove()
    assert seen.keys() == relus.keys()
    return seen


@pytest.mark.parametrize("secret", [None, "a secret", "another"])
@pytest.mark.parametrize("name", BLOCK_CHANNELS_IN)
def test_every_activation_of_a_block_is_driven_far_beyond_6_and_below_0(network, name, secret):
    x = block_input(Draw(f"conv_blocks.test_block[{name}]", secret), name)
    seen = before_activations(getattr(network, name), x)
    assert len(seen) == 2
    for values in seen.values():
        assert values.max() > FAR
        assert values.min() < -FAR
        assert (values > FAR).float().mean() > 0.001
        assert (values < -FAR).float().mean() > 0.001


def test_every_activation_of_the_whole_network_is_too(network):
    seen = before_activations(network, whole_inputs(Draw("as a whole"))[1])
    assert len(seen) == 2 * len(BLOCK_CHANNELS_IN)
    for name, values in seen.items():
        assert values.max() > 40, name
        assert values.min() < -40, name


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("name", BLOCK_CHANNELS_IN)
def test_another_activation_in_one_place_shows(network, name, other):
    x = block_input(Draw(f"conv_blocks.test_block[{name}]"), name)
    block = getattr(network, name)
    expected = block(torch.from_numpy(x)).numpy()
    for place in (1, 3):
        layers = list(block)
        layers[place] = other()
        seen = nn.Sequential(*layers)(torch.from_numpy(x)).numpy()
        with pytest.raises(Mismatch):
            assert_same_each(seen, expected, "the output")


@pytest.mark.parametrize(
    "answer", [({}, {"y": np.zeros((1, 1, 2, 2), np.float32)}), ({"fault": "x", "text": "x"}, {})]
)
def test_what_is_known_of_a_network_goes_with_it(answer):
    reference = Implementation(lambda call, data, tensors: ({}, {"y": tensors["x"]}))
    student = Implementation(lambda *_: answer)
    gone = weakref.ref(student)
    for _ in range(2):
        assert not is_right_as_a_whole(student, reference, Draw("x"))
    del student
    assert gone() is None
