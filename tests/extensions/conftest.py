"""Networks of the extensions with few channels, so that a test takes no time."""

import pytest
import torch
from torch import nn

from solution.extensions import batchnorm_unet, paper_unet


@pytest.fixture
def narrow_batchnorm_unet(monkeypatch):
    """The popular network has few channels meanwhile."""
    monkeypatch.setattr(batchnorm_unet, "CHANNELS", (4, 8, 16, 32, 64))


@pytest.fixture
def narrow_paper_unet(monkeypatch):
    """The paper's network with few channels and biases that are not 0, in eval mode."""
    monkeypatch.setattr(paper_unet, "CHANNELS", (4, 8, 16, 32, 64))
    torch.manual_seed(1)
    model = paper_unet.UNet(3, 2)
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(parameter, std=0.1)
    return model.eval()
