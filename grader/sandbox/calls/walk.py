"""A walk through what calls use of torch, so that all of it is imported: later no file may be opened.

Only where that is so (`no_open` in confine.py): it takes a second or two, which nobody else should wait.
"""

import io

import torch
import torch.utils.checkpoint
from torch import nn

from grader.sandbox.calls.trace import graph_digest


class _Small(nn.Module):
    """A layer of each kind that a U-Net has."""

    def __init__(self) -> None:
        super().__init__()
        self.down, self.norm, self.up = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ConvTranspose2d(4, 4, 2, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Concatenated scores (logits)."""
        x = nn.functional.relu(self.norm(self.down(x)))
        up = self.up(nn.functional.max_pool2d(x, 2))
        return torch.cat([x[..., : up.shape[-2], : up.shape[-1]], up], 1)


def walk() -> None:
    """Trace a network, train it for a step with each optimiser and a checkpoint, save and load it."""
    graph_digest(_Small().eval(), 32, 32)
    model, x = _Small(), torch.ones(1, 3, 16, 16)
    for optimiser in (torch.optim.SGD(model.parameters(), lr=0.1), torch.optim.Adam(model.parameters())):
        optimiser.zero_grad()
        torch.utils.checkpoint.checkpoint(model, x, use_reentrant=False).sum().backward()
        optimiser.step()
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    torch.load(io.BytesIO(buffer.getvalue()), weights_only=True)
