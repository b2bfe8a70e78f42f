"""Training of the lab's network: phases, one step, what a checkpoint holds.

Every random choice comes from the seed and the number of the step, so a run that was stopped
goes on bit for bit. Next files: pairs.py, norm.py, measure.py.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from assets.make.measure import dice_of_pairs
from assets.make.norm import add_norms, calibrate_norms, freeze_norms
from assets.make.pairs import Pair, sample
from grader.lab.files import replacing
from solution.unet import UNet


@dataclass(frozen=True)
class Phase:
    """One stretch of training with its own warm-up and cosine decay."""

    steps: int
    size: int  # of the network's input, px
    scales: tuple[float, float]  # of the picture, relative to 572 px
    peak_rate: float
    batch: int
    variation: float = 1.0  # of colour, light, noise: none to full
    close_ups: float = 0.0  # share of the first steps that see the car and its surroundings only

    def rate(self, step: int) -> float:
        """The learning rate: linear warm-up over a twentieth, then half a cosine to a fiftieth."""
        warm = max(1, self.steps // 20)
        if step < warm:
            return self.peak_rate * (step + 1) / warm
        done = (step - warm) / max(1, self.steps - warm)
        return self.peak_rate * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))


def he_initialise(model: nn.Module) -> None:
    """Normal weights with standard deviation sqrt(2 / N), N = fan-in, no bias. Source: section 3."""
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.kaiming_normal_(
                layer.weight, mode="fan_in" if isinstance(layer, nn.Conv2d) else "fan_out"
            )
            nn.init.zeros_(layer.bias)


def loss_of(scores: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy plus 1 - soft Dice, of (N, 1, H, W) scores and targets in [0, 1]."""
    probability = torch.sigmoid(scores)
    overlap = (probability * target).sum()
    soft_dice = (2 * overlap + 1) / (probability.sum() + target.sum() + 1)
    return nn.functional.binary_cross_entropy_with_logits(scores, target) + 1 - soft_dice


def turns(shares: Sequence[int]) -> list[int]:
    """One round, in which set i has shares[i] turns, evenly spread: [3, 2] -> [0, 1, 0, 1, 0]."""
    at = [((turn + 0.5) / share, which) for which, share in enumerate(shares) for turn in range(share)]
    return [which for _, which in sorted(at)]


class Training:
    """The state that a checkpoint holds, and one step of it.

    What is measured and kept in the end is a mean over the weights of the last steps, the newest weighing
    most (by 1 - decay): steps on one picture each are noisy, their mean is not.
    """

    def __init__(
        self,
        sets: list[list[Pair]],
        phases: list[Phase],
        seed: int,
        init: Path | None,
        device: torch.device,
        decay: float = 0.0,
        clip: float = 1.0,
        shares: Sequence[int] | None = None,
    ):
        torch.manual_seed(seed)
        self.sets, self.phases, self.seed, self.device = sets, phases, seed, device
        self.turns = turns(shares or [1] * len(sets))
        self.clip = clip  # the gradient's greatest norm
        self.model = UNet(3, 1)
        he_initialise(self.model)
        if init:
            self.model.load_state_dict(torch.load(init, weights_only=True))
        else:
            add_norms(self.model)
        self.model.to(device, memory_format=torch.channels_last)
        self.averaged = AveragedModel(self.model, multi_avg_fn=get_ema_multi_avg_fn(decay))
        self.optimiser = torch.optim.AdamW(self.model.parameters(), lr=0.0, weight_decay=1e-4, fused=True)
        self.step, self.minutes, self.log = 0, 0.0, []

    @property
    def steps(self) -> int:
        return sum(phase.steps for phase in self.phases)

    def phase(self) -> tuple[Phase, int]:
        """The phase that this step belongs to, and the number of the step within it."""
        at = self.step
        for phase in self.phases:
            if at < phase.steps:
                return phase, at
            at -= phase.steps
        raise IndexError(f"there is no step {self.step}")

    def pair(self, number: int) -> Pair:
        """The number-th pair of an endless series: from each set when its turn comes, in shuffled rounds
        of its own, so that a small set weighs as much as its share and not as its size."""
        before, at = divmod(number, len(self.turns))
        which = self.turns[at]
        own = self.sets[which]
        taken = before * self.turns.count(which) + self.turns[:at].count(which)
        around, at = divmod(taken, len(own))
        return own[random.Random(f"{self.seed}/{around}").sample(range(len(own)), len(own))[at]]

    def one_step(self) -> float:
        phase, at = self.phase()
        rng = random.Random(f"{self.seed}:{self.step}")
        close_up = rng.random() < phase.close_ups * (1 - (at / phase.steps) ** 2)
        batch = [
            sample(
                self.pair(self.step * phase.batch + i),
                phase.size,
                phase.scales,
                rng,
                close_up,
                phase.variation,
            )
            for i in range(phase.batch)
        ]
        x, target = (torch.stack(part).to(self.device) for part in zip(*batch))
        if self.step == self.phases[0].steps:
            self.calibrate()
        for group in self.optimiser.param_groups:
            group["lr"] = phase.rate(at)
        self.model.train()
        if self.step >= self.phases[0].steps:
            freeze_norms(self.model)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            scores = self.model(x.contiguous(memory_format=torch.channels_last))
        loss = loss_of(scores.float(), target)
        self.optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.clip)
        self.optimiser.step()
        self.averaged.update_parameters(self.model)
        self.step += 1
        return float(loss.detach())

    def calibrate(self) -> None:
        """The statistics of whole pictures, before they are frozen."""
        phase = self.phases[-1]
        rng = random.Random(f"{self.seed}/calibration")
        pairs = [pair for own in self.sets for pair in rng.sample(own, min(32, len(own)))]
        pictures = (sample(pair, phase.size, phase.scales, rng)[0][None].to(self.device) for pair in pairs)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            calibrate_norms(self.model, (x.contiguous(memory_format=torch.channels_last) for x in pictures))

    @property
    def mixed(self) -> bool:
        """Whether the processor computes in bfloat16 itself."""
        return self.device.type == "cuda" or torch.ops.mkldnn._is_mkldnn_bf16_supported()

    def validate(self, pairs: list[Pair]) -> float:
        """Mean Dice, in the precision of training (faster, and the same to 0.001)."""
        self.averaged.eval()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            scores = dice_of_pairs(self.averaged, pairs)
        return sum(scores.values()) / len(scores)

    def save(self, path: Path) -> None:
        state = {
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "minutes": self.minutes,
            "log": self.log,
        }
        with replacing(path) as part:
            torch.save(state, part)

    def load(self, path: Path) -> None:
        state = torch.load(path, weights_only=True, map_location=self.device)
        self.model.load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.minutes, self.log = state["step"], state["minutes"], state["log"]
