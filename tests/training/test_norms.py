"""Norms fold away exactly."""

import torch
from small import Small
from torch import nn

from assets.make.training.norm import (
    add_norms,
    calibrate_norms,
    folded_state_dict,
    freeze_norms,
    restore_norms,
)


def test_folded_weights_compute_what_the_network_with_norms_computes():
    torch.manual_seed(0)
    model, plain = Small(), Small()
    add_norms(model)
    for norm in (layer for layer in model.modules() if isinstance(layer, nn.BatchNorm2d)):
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    calibrate_norms(model, torch.rand(5, 2, 3, 16, 16))
    plain.load_state_dict(folded_state_dict(model))
    x = torch.rand(2, 3, 16, 16)
    assert torch.allclose(model.eval()(x), plain(x), atol=1e-5)
    assert not torch.allclose(model.train()(x), plain(x), atol=1e-2)


def test_calibrated_statistics_are_the_mean_over_the_batches():
    model = Small()
    add_norms(model)
    batches = torch.rand(4, 2, 3, 16, 16)
    calibrate_norms(model, batches)
    outputs = model.down_conv1[0](batches.flatten(0, 1)).unflatten(0, (4, 2))
    assert torch.allclose(model.down_conv1[1].running_mean, outputs.mean(dim=(0, 1, 3, 4)), atol=1e-5)
    before = model.down_conv1[1].running_mean.clone()
    model.train()
    freeze_norms(model)
    model(10 * batches[0])
    assert torch.equal(model.down_conv1[1].running_mean, before)


def test_norms_put_back_change_nothing():
    torch.manual_seed(0)
    model, plain = Small(), Small()
    plain.load_state_dict(model.state_dict())
    batches = torch.rand(3, 2, 3, 16, 16)
    restore_norms(model, batches)
    assert any(isinstance(layer, nn.BatchNorm2d) for layer in model.modules())
    x = torch.rand(2, 3, 16, 16)
    assert torch.allclose(model.eval()(x), plain(x), atol=1e-5)
    norm = model.down_conv1[1]
    assert torch.allclose(norm.running_mean, norm.bias)
    folded = folded_state_dict(model)
    assert torch.allclose(folded["down_conv1.0.weight"], plain.down_conv1[0].weight, atol=1e-6)
    for batch in batches:  # while it learns, each batch has its own statistics: near those of all
        assert torch.allclose(model.train()(batch), plain(batch), atol=0.2)
