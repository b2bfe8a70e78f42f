"""The shape of a body as one smooth function of space, zero on its surface, negative inside.

The front is +x, the left is +y, z is up, the ground is z = 0; metres. The body is symmetric: every
function takes the distance from the middle, |y|, as y. Parts are joined by rounded maxima and
minima (fields.py), so no choice of the measures tears a hole.
"""

import numpy as np

from assets.make.cars.fields import ramp, smooth_curve, smooth_max, smooth_min
from assets.make.cars.kinds import KINDS

LOW_ROOFS = ("sedan", "coupe", "hatch")
BOXES = ("suv", "van", "hatch", "pickup")
THREE_BOXES = ("sedan", "coupe")


class Body:
    """Measures drawn from a kind's ranges, and the surface that they make."""

    def __init__(self, kind: str, rng: np.random.Generator):
        ranges = KINDS[kind]
        low, boxy, pickup = kind in LOW_ROOFS, kind in BOXES, kind == "pickup"
        self.kind, self.doors, self.is_pickup = kind, ranges.doors, pickup
        self.length, self.width = rng.uniform(*ranges.length), rng.uniform(*ranges.width)
        self.height = rng.uniform(*ranges.height)
        self.half = self.width / 2
        wheelbase = self.length * rng.uniform(*ranges.wheelbase)
        self.front_axle, self.rear_axle = wheelbase / 2, -wheelbase / 2
        self.front = self.front_axle + rng.uniform(*ranges.front_overhang)
        self.rear = self.front - self.length
        self.wheel_radius = rng.uniform(*ranges.wheel_radius)
        self.clearance = ranges.clearance
        self.nose, self.cowl = rng.uniform(*ranges.nose), rng.uniform(*ranges.cowl)
        self.cowl_x = self.front_axle - rng.uniform(*ranges.cowl_setback)
        self.boot = rng.uniform(*ranges.boot)
        self.screen_angle = np.radians(rng.uniform(*ranges.windscreen))
        self.rear_angle = np.radians(rng.uniform(*ranges.rear_glass))
        boot_length = rng.uniform(*ranges.boot_length)
        self.boot_x = self.cowl_x - rng.uniform(2.25, 2.45) if pickup else self.rear + boot_length
        self.arch = self.wheel_radius + rng.uniform(0.045, 0.065) + 0.02 * (kind in ("suv", "pickup"))
        self.lean = np.radians(rng.uniform(17, 24) if low else rng.uniform(11, 17))
        self.screen_bow, self.crown = rng.uniform(0.18, 0.28), rng.uniform(0.07, 0.11)
        self.front_bow = rng.uniform(0.22, 0.32) if pickup else rng.uniform(0.20, 0.34)
        self.rear_bow = 0.04 if pickup else rng.uniform(0.10, 0.2)
        self.front_slope = rng.uniform(0.18, 0.38)
        self.rear_slope = 0.02 if pickup else rng.uniform(0.08, 0.25)
        self.roof_x = self.cowl_x - (
            1.5 if kind == "van"
            else (self.height - self.cowl) / np.tan(self.screen_angle) + rng.uniform(0.25, 0.45)
        )  # fmt: skip
        self.roof_bend = rng.uniform(0.025, 0.045) if low else rng.uniform(0.008, 0.02)
        self.crease, self.crease_z = rng.uniform(0.010, 0.018), rng.uniform(-0.20, -0.12)
        self.crease_tilt = rng.uniform(-0.02, 0.03)
        self.sill_crease = self.clearance + rng.uniform(0.2, 0.28)
        self.flare = rng.uniform(0.01, 0.03) if boxy else rng.uniform(0.006, 0.02)
        self.shoulder = rng.uniform(0.015, 0.035)
        self.bumper = self.clearance + rng.uniform(0.28, 0.34)
        self.roof_rounding = rng.uniform(0.16, 0.26) if low else rng.uniform(0.10, 0.18)
        self.front_rounding = rng.uniform(0.22, 0.32) if pickup else rng.uniform(0.30, 0.42)
        self.rear_rounding = 0.16 if pickup else rng.uniform(0.3, 0.42)
        self.shoulder_rounding = rng.uniform(0.10, 0.2)
        self.is_clad = kind == "suv" and rng.random() < 0.6
        self.bonnet_rise = rng.uniform(0.42, 0.58)  # where the raised middle of the bonnet ends
        self.chin = rng.uniform(0.01, 0.03)  # how far the lip under the front stands out
        self.spoiler = rng.uniform(0.10, 0.20) if boxy and not pickup else 0.0
        self.ducktail = rng.uniform(0.01, 0.035) if kind in THREE_BOXES else 0.0
        self.deck = self._deck_line(rng)

    def _deck_line(self, rng: np.random.Generator):
        """Height of the bonnet, the waist and the boot along x."""
        if self.is_pickup:
            return smooth_curve(
                [(self.front + 0.3, self.nose - 0.06), (self.front - 0.1, self.nose),
                 (self.cowl_x, self.cowl), (self.cowl_x - 1.0, self.cowl - 0.02),
                 (self.boot_x, self.boot - 0.02), (self.boot_x - 0.05, self.boot), (self.rear, self.boot)],
                0.03,
            )  # fmt: skip
        nose_x = self.front - 0.1
        middle = (
            0.45 * nose_x + 0.55 * self.cowl_x,
            self.nose + (self.cowl - self.nose) * rng.uniform(0.62, 0.72),
        )
        return smooth_curve(
            [(self.front + 0.3, self.nose - 0.06), (nose_x, self.nose + 0.03), middle,
             (self.cowl_x, self.cowl), (self.cowl_x - 0.9, self.cowl + 0.3 * (self.boot - self.cowl)),
             (self.boot_x, self.boot), (self.rear + 0.08, self.boot - 0.03 * (self.kind in THREE_BOXES)),
             (self.rear - 0.4, self.boot - 0.12)],
            0.07,
        )  # fmt: skip

    def waist(self, x):
        """Height where the windows begin."""
        return self.deck(x) - self.crown * 0.75

    def side(self, x, z):
        """Half the width of the lower body."""
        waist = self.waist(x)
        widest = self.clearance + 0.48 * (waist - self.clearance)
        width = self.half - 0.252 * np.maximum(z - widest, 0) ** 2 / np.maximum(waist - widest, 0.3)
        width = width - 0.35 * np.maximum(widest - z, 0) ** 2
        off = z - (waist + self.crease_z + self.crease_tilt * (x - self.front_axle))
        width = width + self.crease * (np.exp(-np.sqrt(off * off + 6e-5) / 0.07) - 0.5)
        width = width + 0.010 * np.exp(-(((z - self.sill_crease) / 0.05) ** 2))
        width = width - 0.09 * np.maximum(x - self.front_axle, 0) ** 2
        width = width - 0.07 * np.maximum(self.rear_axle - x, 0) ** 2
        for axle in (self.front_axle, self.rear_axle):
            radius = np.hypot(x - axle, z - self.wheel_radius)
            width = width + self.flare * (1 - ramp(self.arch + 0.02, self.arch + 0.13, radius))
        return width

    def cabin_side(self, x, z):
        """Half the width of the cabin at the windows."""
        above = np.maximum(z - self.waist(x), 0)
        plan = 0.018 * (x - (self.cowl_x + self.boot_x) / 2) ** 2
        return self.half - self.shoulder - 0.03 - above * np.tan(self.lean) - 0.10 * above**2 - plan

    def front_end(self, y, z):
        """x of the nose."""
        above = np.maximum(z - self.bumper - 0.05, 0)
        below = np.maximum(self.bumper - 0.12 - z, 0)
        lip = self.chin * np.exp(-(((z - self.clearance - 0.13) / 0.03) ** 2))
        # Beyond the lamps the corners sweep back faster: a bow alone looks like a bathtub from above.
        corner = 0.5 * np.maximum(y - 0.62 * self.half, 0) ** 2
        return (
            self.front - self.front_bow * y * y - corner - self.front_slope * above**1.3 - 0.35 * below + lip
        )

    def rear_end(self, y, z):
        """x of the tail."""
        step = self.bumper + 0.12
        low = 0.45 * np.maximum(step - 0.22 - z, 0)
        tail = self.ducktail * np.exp(-(((z - self.boot + 0.05) / 0.05) ** 2))
        rising = 0.05 * ramp(step, step + 0.05, z) + self.rear_slope * np.maximum(z - step, 0)
        return self.rear + self.rear_bow * y * y + rising + low - tail

    def windscreen(self, x, y, z):
        bowed = x - self.cowl_x + self.screen_bow * y * y
        return bowed * np.sin(self.screen_angle) + (z - self.cowl) * np.cos(self.screen_angle)

    def rear_window(self, x, y, z):
        above = z - self.boot
        back = -(x - self.boot_x - 0.9 * self.rear_bow * y * y) * np.sin(self.rear_angle)
        over = self.spoiler * np.exp(-(((z - self.height + 0.08) / 0.05) ** 2))  # the lip above the window
        return back + above * np.cos(self.rear_angle) + 0.05 * above**2 - over

    def roof_z(self, x, y=0.0):
        return self.height - self.roof_bend * (x - self.roof_x) ** 2 - 0.05 * y * y

    def roof(self, x, y, z):
        return z - self.roof_z(x, y)

    def cabin(self, x, y, z):
        shape = smooth_max(self.windscreen(x, y, z), self.rear_window(x, y, z), 0.08)
        shape = smooth_max(shape, self.roof(x, y, z), 0.20)
        shape = smooth_max(shape, (y - self.cabin_side(x, z)) * np.cos(self.lean), self.roof_rounding)
        shape = np.maximum(shape, self.deck(x) - 0.22 - z)
        shape = smooth_max(shape, (self.rear_end(y, z) - x - self.spoiler) * 0.95, 0.10)
        return smooth_max(shape, (x - self.front_end(y, z)) * 0.93, 0.1)

    def deck_z(self, x, y):
        """Height of bonnet, waist and boot at a distance from the middle."""
        rise = 0.012 * (
            1 - ramp(self.bonnet_rise - 0.05, self.bonnet_rise + 0.03, y + 0.12 * (x - self.cowl_x))
        )
        return self.deck(x) - 1.1 * self.crown * y * y + rise * ramp(self.cowl_x - 0.1, self.cowl_x + 0.15, x)

    def lower(self, x, y, z):
        shape = y - self.side(x, z)
        shape = smooth_max(shape, (z - self.deck_z(x, y)) * 0.97, self.shoulder_rounding)
        shape = smooth_max(shape, (x - self.front_end(y, z)) * 0.93, self.front_rounding)
        shape = smooth_max(shape, (self.rear_end(y, z) - x) * 0.95, self.rear_rounding)
        floor = self.clearance + 0.08 * ramp(self.front_axle + 0.3, self.front, x)
        floor = floor + 0.14 * (1 - ramp(self.rear, self.rear_axle - 0.3, x))
        return smooth_max(shape, floor - z, 0.06)

    def bed(self, x, y, z):
        """The pickup's load bed, to be cut out."""
        ends = np.maximum(x - (self.boot_x - 0.06), self.rear + 0.17 - x)
        box = smooth_max(ends, y - (self.side(x, z) - 0.10), 0.05)
        return smooth_max(box, self.wheel_radius + self.arch + 0.05 - z, 0.05)

    def __call__(self, x, y, z):
        shape = smooth_min(self.lower(x, y, z), self.cabin(x, y, z), 0.05)
        for axle in (self.front_axle, self.rear_axle):
            wheel_well = np.hypot(x - axle, z - self.wheel_radius) - self.arch
            shape = smooth_max(shape, -np.maximum(wheel_well, (self.half - 0.36) - y), 0.02)
        return smooth_max(shape, -self.bed(x, y, z), 0.03) if self.is_pickup else shape

    def below_deck(self, x, y, z):
        """Height above the deck line, negative on flanks and ends: where lamps are placed."""
        return z - self.deck(x) + 1.1 * self.crown * y * y

    def z_on_top(self, x, y) -> np.ndarray:
        """Height of the surface above each (x, |y|): where something is put on the roof."""
        x, y = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        low, high = np.full(x.shape, 0.55 * self.height), np.full(x.shape, self.height + 0.1)
        for _ in range(40):
            middle = (low + high) / 2
            inside = self(x, y, middle) < 0
            low, high = np.where(inside, middle, low), np.where(inside, high, middle)
        return low

    def x_at_end(self, y: float, z: float, end: int) -> float:
        """x of the surface at the front (end=1) or the back (-1): where something is screwed on."""
        outside, inside = (self.front + 0.2, 0.0) if end > 0 else (self.rear - 0.2, 0.0)
        xs = np.linspace(outside, inside, 1200)
        hit = np.argmax(self(xs, np.full_like(xs, abs(y)), np.full_like(xs, z)) < 0)
        return float(xs[hit])

    def y_at_side(self, x: float, z: float) -> float:
        """|y| of the surface at the flank."""
        ys = np.linspace(self.half + 0.1, 0.3, 1200)
        return float(ys[np.argmax(self(np.full_like(ys, x), ys, np.full_like(ys, z)) < 0)])
