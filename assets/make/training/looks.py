"""A look at how good a network is while it trains: on the choosing part, on the device."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from assets.make.geometry import Geometry
from assets.make.training.chance import Chance
from assets.make.training.compositions import Compositions
from assets.make.training.pictures import Pictures, pictures

AT_ONCE = 4  # pictures


@dataclass(frozen=True)
class Look:
    """How good the masks of one set are."""

    dice: float  # mean over the pictures
    worst: float
    iou: float  # over all pixels of all pictures


@torch.inference_mode()
def look(model: nn.Module, part: Pictures, geometry: Geometry, mixed: bool) -> Look:
    """Of pictures squashed to what the geometry has for them; in bfloat16 where mixed."""
    model.eval()
    overlaps, totals = [], []
    for images, masks in zip(part.images.split(AT_ONCE), part.masks.split(AT_ONCE)):
        x = geometry.framed(images.float() / 255).contiguous(memory_format=torch.channels_last)
        with torch.autocast(x.device.type, torch.bfloat16, enabled=mixed):
            scores = model(x).float()
        guess, truth = F.interpolate(scores, masks.shape[2:], mode="bilinear") > 0, masks > 127
        overlaps.append((guess & truth).sum((1, 2, 3)))
        totals.append(guess.sum((1, 2, 3)) + truth.sum((1, 2, 3)))
    overlap, total = torch.cat(overlaps).double().cpu(), torch.cat(totals).double().cpu()
    dice = torch.where(total > 0, 2 * overlap / total.clamp(min=1), 1.0)
    union = float(total.sum() - overlap.sum())
    return Look(float(dice.mean()), float(dice.min()), float(overlap.sum()) / union if union else 1.0)


def some_compositions(
    compositions: Compositions, count: int, seed: int, device: torch.device, name: str = "compositions"
) -> Pictures:
    """So many compositions of one car or two, the same for the same seed, as pictures."""
    made = [
        compositions.make(Chance(f"look/{seed}/{i}", torch.device("cpu")), 1 + i % 2) for i in range(count)
    ]
    images, masks = (torch.stack(part).mul(255).round().byte().cpu().numpy() for part in zip(*made))
    return pictures(name, images.transpose(0, 2, 3, 1), masks[:, 0], device)
