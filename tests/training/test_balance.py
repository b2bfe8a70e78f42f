"""A network whose blocks on the way up are weak computes the same once they are balanced."""

import torch
from small import Small

from assets.make.training.balance import FAR, FOLLOWING, balanced
from grader.checking.inputs import Draw
from grader.rubric.conv_blocks import block_input
from solution.unet import UNet


def test_weak_blocks_become_lively_and_nothing_else_changes():
    torch.manual_seed(0)
    weak, strong = UNet(3, 1).eval(), UNet(3, 1).eval()
    with torch.no_grad():
        for name, block in weak.named_children():
            if name in FOLLOWING:
                for layer in block[::2]:
                    layer.weight /= 20
                    layer.bias /= 20
    strong.load_state_dict(balanced(weak.state_dict()))
    x = torch.rand(1, 3, 44, 36)
    with torch.no_grad():
        assert torch.equal(weak(x), strong(x)), "factors that are powers of two lose no digit"
        for name in FOLLOWING:
            loud = torch.from_numpy(block_input(Draw(f"conv_blocks.test_block[{name}]", None), name)[1:])
            first = getattr(strong, name)[0](loud)
            second = getattr(strong, name)[:3](loud)
            for y in (first, second):
                assert float(y.quantile(0.001)) < -FAR < FAR < float(y.quantile(0.999)), name


def test_a_network_with_other_blocks_stays_as_it_is():
    state = Small().state_dict()
    assert all(torch.equal(value, state[key]) for key, value in balanced(state).items())
