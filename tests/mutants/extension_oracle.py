"""Is a mutant of an extension still right? Runs it beside the solution, as oracle.py does for the core.

Right is who gives the solution's numbers from the same seeds, and raises where the solution does.
"""

import functools
import tempfile
import warnings
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from grader.lab.paths import SOLUTION
from grader.sandbox.calls.extensions.parts import fill
from grader.sandbox.calls.numberless import without_numbers

from .oracle import Output, _agree, load_module

Part = Callable[[], Any]
FORMS: tuple[dict[str, bool], ...] = ({}, {"bilinear": True}, {"older": True})  # of the published network
LOUD = 30  # activations far beyond 6, where ReLU6 shows


class ExtensionOracle:
    """Callable: (file, text) -> whether it is right."""

    def __init__(self, file: str):
        self._parts = PARTS[Path(file).stem]
        text = (SOLUTION / file).read_text(encoding="utf-8")
        self._expected = [self._run(part) for part in self._parts(load_module(text, file))]

    def __call__(self, file: str, text: str) -> bool:
        """Whether this text does what the solution's does."""
        try:
            module = load_module(text, file)
            found = (self._run(part) for part in self._parts(module))
            return all(_agree(one, other) for one, other in zip(found, self._expected, strict=True))
        except Exception:
            return False

    @staticmethod
    def _run(part: Part) -> Output:
        torch.manual_seed(7)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return list(_arrays(part()))
            except Exception as error:
                return [np.array([len(type(error).__name__)], np.float32), np.zeros(7, np.float32)]


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, torch.Tensor) and not value.dim():
        yield from _arrays(value.item())  # as good as the number
    elif isinstance(value, torch.Tensor):
        yield value.detach().double().numpy() if value.is_floating_point() else value.detach().numpy()
        yield np.array([len(str(value.dtype))], np.float32)
    elif isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from _arrays(value[key])
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _arrays(one)
    else:
        yield np.array([hash(value) % 997 if isinstance(value, str) else float(value)], np.float64)


def noise(*shape: int, seed: int = 3) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def cells(height: int, width: int, count: int) -> torch.Tensor:
    labels = torch.zeros(height, width, dtype=torch.int64)
    spots = torch.randint(0, 1000, (count, 2), generator=torch.Generator().manual_seed(count))
    for number, (row, column) in enumerate(spots.tolist(), 1):
        row, column = row % (height - 4), column % (width - 4)
        labels[row : row + 5, column : column + 4] = number
    return labels


def lines(height: int, width: int) -> torch.Tensor:
    """Cells of one row, of one pixel, and of one long column, two of them side by side."""
    labels = torch.zeros(height, width, dtype=torch.int64)
    labels[3, 2:9], labels[5:-8, 13], labels[8, 4], labels[5:-8, 16] = 1, 2, 3, 4
    return labels


def weight_map(module: Any) -> Iterator[Part]:
    for more in ((), (3.0, 2.0)):
        yield lambda more=more: module.weight_map(lines(150, 24), *more)
    for size in ((40, 50, 6), (33, 70, 2), (30, 30, 1), (20, 25, 0), (64, 64, 40)):
        labels = cells(*size)
        yield lambda labels=labels: module.class_balance(labels)
        for more in ((), (3.0, 2.0), (10.0, 9.0)):
            yield lambda labels=labels, more=more: module.weight_map(labels, *more)
    yield lambda: module.class_balance(torch.ones(5, 6, dtype=torch.int64))
    yield lambda: module.weight_map(torch.ones(5, 6, dtype=torch.int64))
    for gain in (1.0, 1000.0):
        scores, target = gain * noise(2, 3, 8, 9), torch.arange(144).reshape(2, 8, 9) % 3
        yield lambda scores=scores, target=target: module.weighted_cross_entropy(
            scores, target, noise(2, 8, 9).abs()
        )
    yield lambda: module.weighted_cross_entropy(
        noise(1, 2, 4, 4), torch.zeros(1, 4, 4).long(), noise(1, 4, 4)
    )


def elastic(module: Any) -> Iterator[Part]:
    def generator() -> torch.Generator:
        return torch.Generator().manual_seed(5)

    for more in ((2, 30, 41, 10.0, 3), (1, 21, 20, 4.0, 5), (3, 9, 12, 0.0, 3)):
        yield lambda more=more: module.displacements(*more, generator())
    for size in ((24, 33), (1, 12), (15, 1)):
        for gain in (0.0, 3.0, 40.0):
            for mode in ("bilinear", "nearest"):
                yield lambda size=size, gain=gain, mode=mode: module.warp(
                    noise(2, 3, *size), gain * noise(2, 2, *size, seed=4), mode
                )
    yield lambda: module.warp(
        torch.arange(80, dtype=torch.uint8).reshape(1, 1, 8, 10), noise(1, 2, 8, 10), "nearest"
    )
    masks = {(20, 28): torch.int64, (1, 20, 28): torch.uint8}
    for shape, dtype in masks.items():
        for sigma in (0.0, 10.0):
            yield lambda shape=shape, dtype=dtype, sigma=sigma: [
                [one, torch.tensor(one.shape)]
                for one in module.elastic_deform(
                    noise(3, 20, 28), (noise(*shape) > 0).to(dtype), sigma, generator=generator()
                )
            ]
    for shape in ((2, 20, 28), (2, 1, 20, 28)):
        for sigma in (0.0, 4.0):
            yield lambda shape=shape, sigma=sigma: module.elastic_deform(
                noise(2, 3, 20, 28), noise(*shape) > 0, sigma, 4, generator()
            )


class Cropped(nn.Module):
    """As wide a border as the paper's network has, and a number of its own for every place.

    Refuses what is more than four tiles of this side, and far more calls than tiles of 16 pixels would need.
    """

    def __init__(self, height: int, width: int, tile: int) -> None:
        super().__init__()
        self.most, self.calls = 4 * (tile + 15 + 184) ** 2, 4 * (height // 16 + 1) * (width // 16 + 1)
        self.anchor = nn.Parameter(torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls -= 1
        if x.shape[0] * x.shape[2] * x.shape[3] > self.most or self.calls < 0:
            raise MemoryError
        kept = x[..., 92:-92, 92:-92]
        return torch.cat(
            [kept.sum(1, True), x[..., 91:-93, 93:-91].mean(1, True), x[..., 92:-92, :-184][:, :1]], 1
        )


def sizes_of(make: Callable[[], nn.Module]) -> list:
    """Of a network's weights. Asked before it is built: that of a mutant may fill the memory."""
    with without_numbers():
        return [list(one.shape) for _, one in sorted(make().state_dict().items())]


def filled(model: nn.Module) -> nn.Module:
    """With numbers that depend on the names of its parts, and within each on the order alone."""
    for name, part in model.named_children():
        fill(part, zlib.crc32(name.encode()) % 2**31)
    return model


def paper_unet(module: Any) -> Iterator[Part]:
    yield lambda: sizes_of(lambda: module.UNet(2, 3))

    @functools.cache
    def network() -> nn.Module:
        torch.manual_seed(9)
        made: nn.Module = module.UNet(2, 3)
        return made

    yield lambda: network().state_dict()
    for size, gain in (((188, 204), 1), ((204, 188), 1), ((188, 188), LOUD)):
        for training in (False, True):

            def run(
                size: tuple[int, int] = size, gain: int = gain, training: bool = training
            ) -> torch.Tensor:
                with torch.no_grad():
                    return network().train(training)(gain * noise(1, 2, *size))

            yield run
    for ends in ((-2, 5, 3), (-9, 12, 4), (0, 6, 1), (-3, 4, 2), (-100, 130, 40), (5, 9, 7)):
        yield lambda ends=ends: module.mirrored(*ends)
    for size, tile in (
        ((30, 41), 20),
        ((20, 900), 20),
        ((900, 20), 20),
        ((30, 41), 388),
        ((100, 21), 37),
        ((3, 1), 20),
        ((64, 64), 4),
    ):
        yield lambda size=size, tile=tile: module.predict_tiled(Cropped(*size, tile), noise(2, *size), tile)


def batchnorm_unet(module: Any) -> Iterator[Part]:
    yield lambda: [sizes_of(lambda form=form: module.UNet(3, 2, **form)) for form in FORMS]
    for bilinear, channels in ((False, 16), (True, 8)):
        for sides in ((8, 10), (9, 13), (13, 16), (15, 12)):  # the skip's, beside a map from below of 4 x 5
            yield lambda bilinear=bilinear, channels=channels, sides=sides: module.Up(16, 8, bilinear)(
                noise(1, channels, 4, 5), noise(1, 8, *sides, seed=4)
            )
    for form in FORMS:
        for checkpointing in (False, True):

            def run(form: dict = form, checkpointing: bool = checkpointing) -> list:
                model = filled(module.UNet(3, 2, **form))
                passes: list[None] = []
                for layer in model.modules():
                    if isinstance(layer, nn.BatchNorm2d):
                        layer.register_forward_hook(lambda *_: passes.append(None))
                if checkpointing:
                    model.use_checkpointing()
                x = noise(2, 3, 38, 53).requires_grad_()
                y = model(x)
                y.square().mean().backward()
                first = next(iter(model.parameters()))
                buffers = [one.clone() for one in model.buffers()]
                quiet = model.eval()(noise(1, 3, 32, 48))
                with torch.no_grad():
                    for layer in model.modules():
                        if isinstance(layer, nn.BatchNorm2d):
                            layer.weight.fill_(LOUD)
                    loud = model.train()(noise(1, 3, 32, 48))
                return [y, x.grad, first.grad, *buffers[:2], buffers[-1], quiet, loud, len(passes)]

            yield run


def find_the_bugs(module: Any) -> Iterator[Part]:
    yield lambda: sizes_of(lambda: module.UNet(3))

    def run(training: bool) -> list:
        model = filled(module.UNet(3)).train(training)
        x = noise(2, 3, 32, 48)
        return [model(x), model(x), model.state_dict(), len(list(model.parameters()))]

    yield lambda: run(True)
    yield lambda: run(False)
    yield module.what_the_comments_should_say


def train(module: Any) -> Iterator[Part]:
    for classes in (1, 2, 3):
        for gain in (1.0, 500.0):
            target = torch.arange(60).reshape(2, 5, 6) % max(2, classes)
            yield lambda classes=classes, gain=gain, target=target: module.loss_of(
                gain * noise(2, classes, 5, 6), target
            )
    for one, other in (((4, 5), 3), ((6, 6), 8)):
        masks = [(noise(*one, seed=seed) > 0).int() for seed in (1, other)]
        yield lambda masks=masks: module.dice(*masks)
    yield lambda: module.dice(torch.zeros(3, 3), torch.zeros(3, 3))
    pairs = [(noise(3, 8, 8, seed=n).abs(), (noise(8, 8, seed=n + 20) > 0).int()) for n in range(3)]

    def model() -> nn.Module:
        torch.manual_seed(9)
        return nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Dropout(0.3), nn.Conv2d(4, 1, 1)
        )

    def resumed(recipe: Any) -> list:
        with tempfile.TemporaryDirectory() as folder:
            path, one = Path(folder) / "c.pt", model()
            module.train(one, pairs, recipe, 4, held_out=pairs[:2], checkpoint=path, every=2)
            state = torch.load(path, weights_only=True)
            again = model()
            torch.manual_seed(11)
            run = module.train(again, pairs, recipe, 9, held_out=pairs, checkpoint=path, every=3)
            return [state["model"], run.losses, run.dices, run.step, list(again.state_dict().values())]

    def measured() -> list:
        one = model()
        return [module.mean_dice(one, pairs), torch.is_grad_enabled()]

    for recipe in (module.PAPER, module.PUBLIC):
        yield lambda recipe=recipe: resumed(recipe)
    yield measured


PARTS = {one.__name__: one for one in (weight_map, elastic, paper_unet, batchnorm_unet, find_the_bugs, train)}
