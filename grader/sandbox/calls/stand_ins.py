"""Stand-ins for everything that the student's forward and predict_mask call.

With stand-ins for the blocks, the result of forward depends on every edge of its wiring and on
nothing that the student wrote elsewhere. No stand-in does what it stands for: a block is
|1x1 convolution|, a concat mixes its two inputs without cropping or concatenating. Pooling is
the network's own, so that a functional max_pool2d is as right as the given layer.
"""

import torch
from torch import nn

from grader.lab.plan import CONCATS, DOWN_SAMPLES
from grader.sandbox.calls.call import Tensors
from grader.sandbox.calls.recorder import Compute, Recorded, Recorder


def block(weight: torch.Tensor) -> Compute:
    """|1x1 convolution|; weight (K, C + 1), the last column is the bias."""
    return lambda x: nn.functional.conv2d(x, weight[:, :-1, None, None], weight[:, -1]).abs()


def final(weight: torch.Tensor) -> Compute:
    """A 1x1 convolution, without the absolute value: an activation after it must show."""
    return lambda x: nn.functional.conv2d(x, weight[:, :-1, None, None], weight[:, -1])


def up_sampling(weight: torch.Tensor) -> Compute:
    """Twice the size: every pixel becomes four, each mixed in its own way; weight (C, K, 2, 2)."""
    return lambda x: nn.functional.conv_transpose2d(x, weight, stride=2)


def concat(weight: torch.Tensor) -> Compute:
    """|A x + B y|, y the contracting map averaged down to the size of x; weight (C, 2 C)."""
    half = weight.shape[1] // 2

    def mix(x: torch.Tensor, contracting_x: torch.Tensor) -> torch.Tensor:
        contracting_x = nn.functional.adaptive_avg_pool2d(contracting_x, (x.shape[-2], x.shape[-1]))
        a, b = weight[:, :half, None, None], weight[:, half:, None, None]
        return (nn.functional.conv2d(x, a) + nn.functional.conv2d(contracting_x, b)).abs()

    return mix


def install(network: nn.Module, weights: Tensors, recorder: Recorder) -> None:
    """Replace what the children compute, in place: a forward may hold them in a list of its own.

    A block that is missing is supplied, since TODO 1 answers for it. A pooling or a concat was given: where
    __init__ came to its end without it, forward has to do without it.
    """
    is_complete = not network.__dict__.get("_lab_error")
    for name, weight in {**weights, **dict.fromkeys(CONCATS, weights["concat"])}.items():
        if name == "concat":
            continue
        kind = (
            up_sampling
            if name.startswith("up_sample")
            else concat
            if name in CONCATS
            else final
            if name == "final_conv"
            else block
        )
        child = getattr(network, name, None)
        if not isinstance(child, nn.Module):
            if name in CONCATS and is_complete and type(child).__name__ != "CropAndConcat":
                continue
            network.__dict__.pop(name, None)
            child = nn.Identity()
            setattr(network, name, child)
        recorder.replace(child, name, kind(weight))
    for name in DOWN_SAMPLES:
        child = getattr(network, name, None)
        if not isinstance(child, nn.Module):
            if is_complete:
                continue
            child = nn.MaxPool2d(2)
            setattr(network, name, child)
        recorder.replace(child, name, child.forward)


def record_forward(network: nn.Module, x: torch.Tensor, weights: Tensors) -> Recorded:
    """Run the student's forward on x among stand-ins, and note its graph as far as it gets."""
    recorder = Recorder(x)
    install(network, weights, recorder)
    network.eval()
    recorded, before = recorder.recorded, x.clone()
    try:
        with torch.no_grad(), recorder:
            output = network(x)
        recorded.output_node = recorder.node_of.get(id(output))
    except Exception:
        pass  # what stopped it is the answer to another call
    recorded.input_changed = not torch.equal(before, x)
    return recorded


class Served(nn.Module):
    """A network with known scores (logits); a strict one changes them in training mode or with gradients."""

    def __init__(self, scores: torch.Tensor, strict: bool):
        super().__init__()
        self.strict = strict
        self.anchor = nn.Parameter(torch.zeros(()))
        self.scores = scores
        self.calls, self.was_training, self.had_gradients = 0, False, False
        self.seen: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The known scores, after noting how the network was run."""
        if x.dim() != 4:
            raise ValueError(f"expected an input of shape (N, 3, H, W), not {tuple(x.shape)}")
        self.calls += 1
        self.seen = x.detach().clone()
        self.was_training |= self.training
        self.had_gradients |= torch.is_grad_enabled()
        scores = self.scores.clone()
        if self.strict and self.training:
            scores = scores.flip(-1)
        if self.strict and torch.is_grad_enabled():
            scores = scores.flip(-2)
        return scores + self.anchor  # with gradients it needs .detach() before .numpy(), as a real one does
