"""Is a mutant still right? Runs it beside the solution, and asks nothing of the grader.

Right is who gives the solution's numbers: the whole network with the trained weights at several sizes and in
both modes, UNet(1, 2), CropAndConcat by itself, and preprocess and predict_mask on seven pictures made here.
Of these two, right is also who gives in all of them what the solution would by one of the other readings of
TODO 4 (grader/lab/readings.py); predict_mask is run with the solution's preprocess.
Mutants run in this process: they are the solution's own lines, a little changed.
"""

import contextlib
import io
import types
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from corpus.build import solution
from PIL import Image, ImageDraw
from torch import nn

from grader.lab.paths import SOLUTION
from grader.lab.readings import FILTERS, MASKS, SMALLER
from grader.sandbox.calls.readings import read_as, scores_as

TOLERANCE = 2e-4  # of the spread of the solution's values; on one machine equal operations give equal bits
# Height and width of the whole network's inputs: nothing cropped, one row at the deepest level, and more.
SIZES = ((48, 64), (56, 88), (92, 76), (61, 107))
CROPS = (((4, 6), (4, 6)), ((4, 6), (8, 10)), ((6, 5), (8, 17)), ((5, 7), (6, 12)), ((3, 3), (10, 4)))
PICTURES = (
    ("RGB", 200, 130),
    ("RGB", 90, 160),
    ("RGB", 572, 572),
    ("L", 120, 80),
    ("RGBA", 75, 100),
    ("P", 64, 64),
    ("1", 50, 40),
)
Output = list[np.ndarray]


class Oracle:
    """Callable: a mutant -> whether it is right."""

    def __init__(self, weights: Path):
        self._weights = {name: value.float() for name, value in torch.load(weights).items()}
        self._pictures = [picture(i, *one) for i, one in enumerate(PICTURES)]
        texts = solution()
        self._network = [part() for part in self._of_network(load_module(texts["unet.py"], "unet.py"))]
        self._infer = load_module(texts["infer.py"], "infer.py")
        self._preprocess = self._infer.preprocess
        self._tensors = [list(self._preprocessed(self._infer, reading)) for reading in (None, *FILTERS)]
        self._masks = [list(self._masked(self._infer, reading)) for reading in (None, *MASKS, SMALLER)]

    def __call__(self, file: str, text: str) -> bool:
        """Whether this text of a file does what the solution's does."""
        try:
            module = load_module(text, file)
            if file == "unet.py":
                return all(
                    _agree(part(), want) for part, want in zip(self._of_network(module), self._network)
                )
            return all(
                _is_one_of(seen, readings)
                for seen, readings in (
                    (self._preprocessed(module), self._tensors),
                    (self._masked(module), self._masks),
                )
            )
        except Exception:
            return False

    def _of_network(self, unet: Any) -> Iterator[Callable[[], Output]]:
        generator = np.random.RandomState(5)  # the solution first: both draw the same

        def crop(small: tuple[int, int], large: tuple[int, int]) -> Output:
            x, contracting_x = (_noise(generator, 2, 3 + i, *size) for i, size in enumerate((small, large)))
            before = contracting_x.clone(), x.clone()
            y = unet.CropAndConcat()(x, contracting_x)
            return [y.numpy(), (before[0] - contracting_x).numpy(), (before[1] - x).numpy()]

        def scores(channels: tuple[int, int], x: torch.Tensor) -> Output:
            found = []
            network = self._loaded(unet, channels)
            for training in (False, True):
                network.train(training)
                given = x.clone()
                found += [network(given).numpy(), (given - x).numpy()]
            return found

        for small, large in CROPS:
            yield _without_gradients(lambda small=small, large=large: crop(small, large))
        for channels, sizes in (((1, 2), SIZES[:1]), ((3, 1), SIZES)):
            for size in sizes:
                for gain in (0.5, 20.0):
                    x = gain * _noise(generator, 1, channels[0], *size)
                    yield _without_gradients(lambda channels=channels, x=x: scores(channels, x))

    def _loaded(self, unet: Any, channels: tuple[int, int]) -> nn.Module:
        weights = dict(self._weights)
        weights["down_conv1.0.weight"] = weights["down_conv1.0.weight"][:, : channels[0]]
        for name in ("final_conv.weight", "final_conv.bias"):
            weights[name] = torch.cat([weights[name] * (1 + i) for i in range(channels[1])])
        with torch.device("meta"):
            network: nn.Module = unet.UNet(*channels)
        network.load_state_dict(weights, assign=True)
        return network

    def _preprocessed(self, infer: Any, reading: str | None = None) -> Iterator[Output]:
        for image in self._pictures:
            with read_as(reading):
                yield [infer.preprocess(image.copy()).numpy()]

    def _masked(self, infer: Any, reading: str | None = None) -> Iterator[Output]:
        vars(infer)["preprocess"] = self._preprocess  # of whatever it is handed
        for image in self._pictures:
            network, found = Tiny(reading), []
            for threshold in ((), (0.2,), (0.9,)):
                network.train()
                with read_as(reading):
                    mask = infer.predict_mask(network, image.copy(), *threshold)
                if type(mask) is not np.ndarray or mask.dtype != np.uint8:
                    raise TypeError(type(mask))
                found.append(mask)
            yield [*found, *network.seen]


class Tiny(nn.Module):
    """A network that notes how it is used; its scores follow from its input."""

    def __init__(self, reading: str | None) -> None:
        super().__init__()
        self.reading = reading
        self.weight = nn.Parameter(torch.tensor([[9.0, -7.0, 5.0]]).reshape(1, 3, 1, 1))
        self.seen: Output = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append(np.array([self.training, torch.is_grad_enabled()], np.float32))
        small = nn.functional.avg_pool2d(x, 11)
        return scores_as(self.reading, nn.functional.conv2d(small, self.weight) - 3.1)


def picture(seed: int, mode: str, width: int, height: int) -> Image.Image:
    """Coloured discs on a slope."""
    generator = np.random.RandomState(seed)
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    pen = ImageDraw.Draw(image)
    for _ in range(9):
        x, y = generator.randint(width), generator.randint(height)
        r = generator.randint(3, 2 + min(width, height) // 2)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tuple(map(int, generator.randint(256, size=3))))
    return image.convert(mode)


def load_module(text: str, file: str) -> types.ModuleType:
    """A file of a submission, run in this process."""
    module = types.ModuleType(Path(file).stem)
    module.__file__ = str(SOLUTION / file)
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text, file, "exec"), module.__dict__)
    return module


def _noise(generator: np.random.RandomState, *shape: int) -> torch.Tensor:
    return torch.from_numpy(generator.standard_normal(shape).astype(np.float32))


def _without_gradients(part: Callable[[], Output]) -> Callable[[], Output]:
    def run() -> Output:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return part()

    return run


def _is_one_of(seen: Iterator[Output], readings: list[list[Output]]) -> bool:
    """Whether all that is seen is what one of the readings gives."""
    left = list(readings)
    for at, one in enumerate(seen):
        left = [reading for reading in left if _agree(one, reading[at])]
        if not left:
            return False
    return True


def _agree(seen: Output, expected: Output) -> bool:
    if len(seen) != len(expected):
        return False
    for one, other in zip(seen, expected):
        if one.shape != other.shape or one.dtype != other.dtype:
            return False
        spread = float(other.astype(np.float64).std()) or 1e-3
        if not np.allclose(one, other, rtol=0, atol=TOLERANCE * spread):
            return False
    return True
