"""What is chosen at random about a car: its kind with the ranges of its measures, and its paint."""

from dataclasses import dataclass

import numpy as np

Range = tuple[float, float]


@dataclass(frozen=True)
class Kind:
    """Ranges in metres and degrees, as measured on cars of the road."""

    length: Range
    width: Range
    height: Range
    wheelbase: Range  # as a share of the length
    front_overhang: Range
    wheel_radius: Range
    clearance: float
    nose: Range  # height of the bonnet's front edge
    cowl: Range  # height of the bonnet at the windscreen
    cowl_setback: Range  # how far the windscreen stands behind the front axle
    windscreen: Range  # degrees from the horizontal
    boot: Range  # height of the waist at the back
    rear_glass: Range  # degrees
    boot_length: Range
    doors: int = 4


KINDS = {
    "sedan": Kind((4.55, 4.95), (1.78, 1.87), (1.43, 1.49), (0.575, 0.59), (0.88, 0.95), (0.32, 0.34), 0.17,
                  (0.72, 0.78), (0.96, 1.0), (0.40, 0.5), (27, 31), (1.02, 1.09), (24, 31), (0.42, 0.62)),
    "coupe": Kind((4.4, 4.75), (1.80, 1.90), (1.29, 1.38), (0.575, 0.60), (0.85, 0.95), (0.33, 0.35), 0.14,
                  (0.68, 0.73), (0.90, 0.95), (0.45, 0.6), (25, 29), (0.98, 1.04), (19, 24), (0.22, 0.36), 2),
    "hatch": Kind((3.95, 4.4), (1.72, 1.81), (1.46, 1.54), (0.60, 0.62), (0.80, 0.88), (0.30, 0.325), 0.16,
                  (0.76, 0.82), (0.98, 1.03), (0.30, 0.42), (30, 35), (1.04, 1.10), (50, 62), (0.10, 0.16)),
    "suv": Kind((4.45, 4.95), (1.84, 1.96), (1.65, 1.80), (0.575, 0.60), (0.86, 0.95), (0.355, 0.385), 0.21,
                (0.92, 1.0), (1.12, 1.18), (0.38, 0.48), (33, 38), (1.16, 1.22), (58, 70), (0.10, 0.15)),
    "van": Kind((4.9, 5.15), (1.95, 2.0), (1.74, 1.80), (0.585, 0.60), (0.92, 0.98), (0.335, 0.355), 0.17,
                (0.84, 0.90), (1.08, 1.13), (0.10, 0.22), (29, 33), (1.10, 1.15), (70, 77), (0.08, 0.12)),
    "pickup": Kind((5.4, 5.8), (1.92, 2.02), (1.85, 1.93), (0.60, 0.625), (0.88, 0.96), (0.39, 0.42), 0.26,
                   (1.06, 1.12), (1.23, 1.28), (0.38, 0.48), (38, 42), (1.26, 1.31), (80, 84), (0, 0)),
}  # fmt: skip


@dataclass(frozen=True)
class Paint:
    """Colour as linear RGB; weight: how often it is seen on the road."""

    colour: tuple[float, float, float]
    metallic: float
    roughness: float
    weight: float


PAINTS = {
    "white": Paint((0.80, 0.80, 0.79), 0, 0.35, 18),
    "silver": Paint((0.52, 0.53, 0.54), 0.75, 0.32, 15),
    "grey": Paint((0.13, 0.135, 0.14), 0.6, 0.32, 13),
    "black": Paint((0.008, 0.008, 0.009), 0.1, 0.25, 17),
    "charcoal": Paint((0.04, 0.042, 0.045), 0.5, 0.3, 9),
    "red": Paint((0.36, 0.012, 0.014), 0.25, 0.3, 7),
    "maroon": Paint((0.12, 0.008, 0.012), 0.4, 0.3, 4),
    "blue": Paint((0.016, 0.06, 0.24), 0.4, 0.3, 6),
    "navy": Paint((0.008, 0.018, 0.06), 0.4, 0.3, 4),
    "sky": Paint((0.18, 0.30, 0.42), 0.5, 0.3, 2),
    "beige": Paint((0.46, 0.41, 0.33), 0.6, 0.33, 4),
    "brown": Paint((0.09, 0.055, 0.035), 0.5, 0.3, 2),
    "green": Paint((0.02, 0.075, 0.04), 0.4, 0.3, 2),
    "orange": Paint((0.60, 0.15, 0.015), 0.2, 0.3, 1),
    "gold": Paint((0.38, 0.30, 0.17), 0.65, 0.33, 1),
}


def draw_kind(rng: np.random.Generator) -> str:
    return list(KINDS)[rng.integers(len(KINDS))]


def draw_paint(rng: np.random.Generator) -> str:
    weights = np.array([paint.weight for paint in PAINTS.values()])
    return list(PAINTS)[rng.choice(len(PAINTS), p=weights / weights.sum())]
