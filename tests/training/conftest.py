"""Pairs to train on, and a training that takes no time."""

import numpy as np
import pytest
import torch
from PIL import Image
from small import Small

from assets.make import training as training_script
from assets.make.pairs import find_pairs
from assets.make.training import Phase, Training


@pytest.fixture
def folder(tmp_path):
    """Twelve pairs of six cars, in the three layouts of masks."""
    for part in ("images", "masks"):
        (tmp_path / "set" / part).mkdir(parents=True)
    source = np.random.RandomState(0)
    for car in range(6):
        for view in ("01", "02"):
            name = f"car{car}_{view}"
            Image.fromarray(source.randint(256, size=(40, 60, 3)).astype(np.uint8)).save(
                tmp_path / "set" / "images" / f"{name}.jpg"
            )
            mask = Image.fromarray(np.uint8(255) * (source.rand(40, 60) > 0.5))
            end = (".png", "_mask.png", "_mask.gif")[car % 3]
            mask.save(tmp_path / "set" / "masks" / f"{name}{end}")
    return tmp_path / "set"


@pytest.fixture
def make_training(folder, monkeypatch):
    monkeypatch.setattr(training_script, "UNet", Small)
    phases = [
        Phase(3, 16, (0.1, 0.3), 1e-2, 2),
        Phase(3, 16, (0.1, 0.3), 1e-2, 1),
        Phase(2, 32, (0.05, 0.06), 1e-3, 1),
    ]

    def make(seed: int = 0, decay: float = 0.7, clip: float = 1.0) -> Training:
        return Training([find_pairs(folder)], phases, seed, None, torch.device("cpu"), decay, clip)

    return make
