"""One run: its state, and one step of it.

Every random choice comes from the seed and the number of the step, so on a processor a run of
--steps that was stopped goes on bit for bit. Next files: batches.py, network.py, norm.py, schedule.py.
"""

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from assets.make.training.batches import Batches
from assets.make.training.network import Make, is_mixed, optimiser_of, step_loss, to_train, unet
from assets.make.training.norm import calibrate_norms, freeze_norms, restore_norms
from assets.make.training.schedule import FROZEN_AT, decay, rate

CALIBRATION = 60  # batches over which the norms' statistics are taken before they stay
CALMER = 0.7  # of the strongly recoloured pictures, from then on
CLIP = 1.0  # the gradient's greatest norm: one odd batch moves no more


@dataclass(frozen=True)
class Options:
    """What a run is made with; the same to go on with it."""

    seed: int = 0
    rate: float = 1e-3  # the highest; with weights to start from and no norms, relative to each tensor
    strong: float = 0.45  # share of pictures whose colours change much
    calibration: int = CALIBRATION
    norms: bool = False  # whether weights to start from get norms again


@dataclass
class Run:
    """The network, the mean over its weights, and what goes with them."""

    options: Options
    batches: Batches
    device: torch.device
    make: Make = unet
    init: Path | None = None
    compiled: bool = False
    step: int = 0
    averaged_steps: int | None = None  # None until the statistics stay
    losses: list[float | torch.Tensor] = field(default_factory=list)  # since the last look

    def __post_init__(self) -> None:
        self.mixed = is_mixed(self.device)
        self.model = to_train(self.make, self.init, self.options.seed, self.device)
        if self.init and self.options.norms:
            batches = self._some_batches("norms")
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
                restore_norms(self.model, batches)
        self.averaged = copy.deepcopy(self.model)
        self._optimiser = optimiser_of(self.model, relative=bool(self.init) and not self.options.norms)
        self._loss = torch.compile(step_loss, dynamic=False) if self.compiled else step_loss

    @property
    def network(self) -> nn.Module:
        """What would be kept if the run ended here."""
        return self.model if self.averaged_steps is None else self.averaged

    def one_step(self, done: float) -> None:
        """The next step, `done` of the run lying behind."""
        if done >= FROZEN_AT and self.averaged_steps is None:
            self._freeze()
        frozen = self.averaged_steps is not None
        self.model.train()
        if frozen:
            freeze_norms(self.model)
        for group in self._optimiser.param_groups:
            group["lr"] = self.options.rate * rate(done, self.step) * group["scale"]
        x, target = self.batches.at(self.step, self.options.strong * (CALMER if frozen else 1))
        loss = self._loss(self.model, x, target, self.mixed)
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self._optimiser.step()
        if frozen:
            self._average()
        self.losses.append(loss.detach())
        self.step += 1

    def mean_loss(self) -> float:
        """Since the last look; starts the next stretch. Waits for the device."""
        mean = sum(map(float, self.losses)) / max(1, len(self.losses))
        self.losses = []
        return mean

    def _some_batches(self, purpose: str) -> list[torch.Tensor]:
        """All before the first is used: pictures are made in full precision."""
        return [
            self.batches.at(number, self.options.strong, purpose)[0]
            for number in range(self.options.calibration)
        ]

    def _freeze(self) -> None:
        batches = self._some_batches("calibration")
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            calibrate_norms(self.model, batches)
        self.averaged.load_state_dict(self.model.state_dict())
        self.averaged_steps = 0

    @torch.no_grad()
    def _average(self) -> None:
        share = 1 - decay(self.averaged_steps)
        torch._foreach_lerp_(list(self.averaged.parameters()), list(self.model.parameters()), share)
        self.averaged_steps += 1

    def state_dict(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "step": self.step,
            "averaged_steps": self.averaged_steps,
            "losses": [float(loss) for loss in self.losses],
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.step, self.averaged_steps = state["step"], state["averaged_steps"]
        self.losses = list(state["losses"])
