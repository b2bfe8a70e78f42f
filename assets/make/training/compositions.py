"""Cars, cut out by their masks, on backgrounds: made on the device, and never written to a disk."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from assets.make.training.chance import Chance
from assets.make.training.degradation import gaussian
from assets.make.training.pictures import Pictures
from assets.make.training.placing import Placement, how_many, place
from assets.make.training.windows import cut
from grader.errors import LabError

MARGIN = 3  # px around a car that are cut out with it, for its soft edge
STUDIO = 0.55  # mean brightness at which a car is taken to have been lit
TURNED = (0.86, 0.06, 0.02, 0.06)  # how often a composition is turned by 0 to 3 quarters

Where = tuple[slice, slice, slice]  # channels, rows, columns


class Compositions:
    """Endlessly many pictures of frame x frame px from these cars and these backgrounds.

    A background may have cars of its own, as a street has: they stay in the mask.
    """

    def __init__(self, cars: Sequence[Pictures], backgrounds: Sequence[Pictures], frame: int):
        self.cars, self.backgrounds, self.frame = cars, backgrounds, frame
        self.cut_out = [[i for i, box in enumerate(part.boxes) if box] for part in cars]  # can be
        if not backgrounds or not all(self.cut_out):
            raise LabError("compositions need backgrounds, and cars in every folder of pairs")

    def make(self, chance: Chance, cars: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """(3, frame, frame) and (1, frame, frame), in [0, 1]; with so many cars, else with some or none."""
        numbers = chance.numbers
        x, mask = self._background(chance)
        placed = []
        for _ in range(how_many(numbers) if cars is None else cars):
            which = numbers.randrange(len(self.cars))
            car = numbers.choice(self.cut_out[which])
            left, top, right, bottom = self.cars[which].boxes[car]
            _, height, width = self.cars[which].images[car].shape
            proportions = (right - left) / (bottom - top) * height / width  # once squashed to a square
            placed.append((place(proportions, self.frame, numbers), which, car))
        for placement, which, car in sorted(placed, key=lambda entry: entry[0].width):  # the nearest last
            x, mask = _paste(x, mask, *_cut_out(self.cars[which], car, placement), placement)
        turns = numbers.choices(range(4), TURNED)[0] if cars is None else 0
        return torch.rot90(x, turns, (1, 2)), torch.rot90(mask, turns, (1, 2))

    def _background(self, chance: Chance) -> tuple[torch.Tensor, torch.Tensor]:
        """Half of one to all of it, mirrored every second time."""
        numbers = chance.numbers
        part = numbers.choice(self.backgrounds)
        i = numbers.randrange(len(part))
        shares = [numbers.uniform(0.5, 1.0)] * 2
        shares[numbers.randrange(2)] *= numbers.uniform(0.8, 1.0)
        centre = [numbers.uniform(-1, 1) * (1 - share) for share in shares]
        mirror = numbers.choice((-1, 1))
        window = torch.tensor([[[mirror * shares[0], 0, centre[0]], [0, shares[1], centre[1]]]])
        both = torch.cat([part.images[i : i + 1], part.masks[i : i + 1]], 1)
        seen = cut(both, window, self.frame)[0]
        return seen[:3], seen[3:]


def _cut_out(part: Pictures, i: int, placement: Placement) -> tuple[torch.Tensor, torch.Tensor]:
    """The car (3, h, w) and its mask (1, h, w), at the size at which it is placed."""
    left, top, right, bottom = part.boxes[i]
    rows, columns = slice(max(0, top - MARGIN), bottom + MARGIN), slice(max(0, left - MARGIN), right + MARGIN)
    both = torch.cat([part.images[i, :, rows, columns], part.masks[i, :, rows, columns]])[None].float() / 255
    both = F.interpolate(both, (placement.height, placement.width), mode="bilinear", antialias=True)[0]
    if placement.mirrored:
        both = both.flip(2)
    return both[:3], both[3:]


def _paste(
    x: torch.Tensor, mask: torch.Tensor, car: torch.Tensor, shape: torch.Tensor, placement: Placement
) -> tuple[torch.Tensor, torch.Tensor]:
    frame = x.shape[1]
    to, of = _overlap(placement.top, placement.left, placement.height, placement.width, frame)
    car = _lit(car, shape, x[to], placement)
    if placement.shadow:
        x = x * (1 - placement.shadow * _shadow(shape, placement, frame))
    cover = gaussian(F.pad(shape, (1, 1, 1, 1))[None], torch.tensor([placement.softened]))[0, :, 1:-1, 1:-1]
    cover = ((cover - placement.slimmed) / (1 - placement.slimmed)).clamp(0, 1)
    x, mask = x.clone(), mask.clone()
    x[to] = torch.lerp(x[to], car[of], cover[of])
    mask[to] = torch.maximum(mask[to], shape[of])
    return x, mask


def _overlap(top: int, left: int, height: int, width: int, frame: int) -> tuple[Where, Where]:
    """Where a patch lies in the frame, and which part of the patch that is."""
    here, there = [], []
    for start, length in ((top, height), (left, width)):
        first = min(frame, max(0, start))
        last = max(first, min(frame, start + length))
        here.append(slice(first, last))
        there.append(slice(first - start, last - start))
    return (slice(None), *here), (slice(None), *there)


def _lit(car: torch.Tensor, shape: torch.Tensor, around: torch.Tensor, placement: Placement) -> torch.Tensor:
    """The car in the light of its surroundings: no longer that of a bright studio."""
    colour = around.mean((1, 2), keepdim=True) + 0.02
    brightness = colour.mean()
    gain = (brightness / STUDIO).clamp(0.3, 1.5) ** placement.light
    return (car * gain * (colour / brightness).clamp(0.5, 2) ** placement.tint).clamp(0, 1)


def _shadow(shape: torch.Tensor, placement: Placement, frame: int) -> torch.Tensor:
    """(1, frame, frame), 1 where it is darkest: the car's shape, flat on the ground, blurred."""
    height = max(2, round(0.3 * placement.height))
    flat = F.interpolate(shape[None], (height, placement.width), mode="bilinear", antialias=True)[0]
    top = placement.top + placement.height - round(0.8 * height)
    left = placement.left + round(placement.shadow_shift * placement.width)
    to, of = _overlap(top, left, height, placement.width, frame)
    ground = shape.new_zeros(1, frame, frame)
    ground[to] = flat[of]
    step = max(1, min(frame // 4, placement.width // 60))  # wide shadows are blurred at fewer pixels
    small = F.avg_pool2d(ground[None], step, ceil_mode=True, count_include_pad=False)
    return F.interpolate(gaussian(small, torch.tensor([1.5])), (frame, frame), mode="bilinear")[0]
