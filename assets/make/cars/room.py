"""What is chosen at random about a studio: the word on its wall, its tones, its light. No bpy here."""

import math
from dataclasses import dataclass

import numpy as np

# Made up: no make of cars, and no model.
WORDS = ("AXIS", "OVAL", "DEPOT 9", "TURN", "LUMEN", "VENTIS", "NORDA", "ALTRO", "HALLE 3", "MOTORLAB",
         "ROTUNDE", "KESTRIN", "AUTOHALLE", "TURNTABLE", "NORDWIND", "CARROUSEL")  # fmt: skip
# Blender's own face (None), and two that it brings; the strokes of its Inter overlap, and tear when filled.
FACES = (None, None, "DejaVuSansMono.woff2", "Noto Sans CJK Regular.woff2")


@dataclass(frozen=True)
class Showroom:
    """What is chosen at random about a studio."""

    word: str
    font: str | None
    bold: float
    spacing: float
    slant: float
    word_height: float
    word_place: float  # along the wall, radians
    ink: float
    band_height: float
    band: tuple[float, float, float]  # linear colour of the lower wall and of the floor's edge
    floor: tuple[float, float, float]
    stains: float
    has_kerb: bool
    light: float
    side_light: float
    warmth: float
    world: float
    exposure: float  # stops
    panels: float  # angle of the table's seams


def draw_showroom(rng: np.random.Generator) -> Showroom:
    grey = rng.uniform(0.30, 0.46)
    band = (grey * rng.uniform(0.95, 1.01), grey, grey * rng.uniform(0.99, 1.11))
    tone, warm = grey * rng.uniform(0.95, 1.2), rng.uniform(0.02, 0.16) * (rng.random() < 0.65)
    return Showroom(
        word="" if rng.random() < 0.15 else str(rng.choice(WORDS)),
        font=FACES[rng.integers(len(FACES))],
        bold=rng.uniform(0.0, 0.03),
        spacing=rng.uniform(1.0, 1.25),
        slant=rng.choice([0.0, 0.0, 0.0, 0.2]),
        word_height=rng.uniform(1.05, 1.5),
        word_place=rng.uniform(-0.06, 0.06),
        ink=rng.uniform(0.035, 0.09),
        band_height=rng.uniform(1.10, 1.32),
        band=band,
        floor=(tone * (1 + warm * 0.5), tone, tone * (1 - warm)),
        stains=rng.uniform(0.0, 0.35),
        has_kerb=bool(rng.random() < 0.35),
        light=rng.uniform(0.92, 1.12),
        side_light=rng.uniform(0.6, 1.3),
        warmth=rng.normal(0, 0.02),
        world=rng.uniform(0.36, 0.48),
        exposure=rng.normal(0.0, 0.06),
        panels=rng.uniform(0, math.pi / 4),
    )
