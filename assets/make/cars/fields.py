"""The mathematics of smooth shapes: functions whose zero is a surface, negative inside.

Everything works on arrays of any shape that broadcast; units are metres.
"""

from collections.abc import Callable

import numpy as np

Curve = Callable[[np.ndarray], np.ndarray]


def smooth_max(a, b, width: float):
    """max(a, b), rounded where they differ by less than `width`. A cubic, so that the second
    derivative is continuous: reflections on the rounding have no kink."""
    share = np.maximum(width - np.abs(a - b), 0) / width
    return np.maximum(a, b) + share**3 * (width / 6)


def smooth_min(a, b, width: float):
    return -smooth_max(-a, -b, width)


def ramp(low: float, high: float, x):
    """0 below low, 1 above high, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def smooth_curve(points: list[tuple[float, float]], sigma: float) -> Curve:
    """The polyline through points (x, value), blurred along x by a Gaussian, straight on at both ends."""
    nodes = np.array(sorted(points))
    step = 0.01
    x = np.arange(nodes[0, 0] - 1, nodes[-1, 0] + 1, step)
    slopes = np.diff(nodes[:, 1]) / np.diff(nodes[:, 0])
    y = np.interp(x, nodes[:, 0], nodes[:, 1])
    y = np.where(x < nodes[0, 0], nodes[0, 1] + slopes[0] * (x - nodes[0, 0]), y)
    y = np.where(x > nodes[-1, 0], nodes[-1, 1] + slopes[-1] * (x - nodes[-1, 0]), y)
    kernel = np.exp(-0.5 * (np.arange(-4 * sigma, 4 * sigma + step / 2, step) / sigma) ** 2)
    kernel /= kernel.sum()
    y = np.convolve(np.pad(y, len(kernel) // 2, mode="edge"), kernel, "valid")[: len(x)]
    return lambda at: np.interp(at, x, y).astype(np.float32)


def polygon(points: list[tuple[float, float]], u, v, radius: float = 0.0):
    """Signed distance of (u, v) to a polygon whose corners are rounded by `radius`."""
    corners = np.array(points, float)
    if radius:
        corners = _shrunk(corners, radius)
    nearest = np.full(np.shape(u), np.inf)
    sign = np.ones(np.shape(u))
    for start, end in zip(corners, np.roll(corners, -1, axis=0)):
        edge = end - start
        from_u, from_v = u - start[0], v - start[1]
        t = np.clip((from_u * edge[0] + from_v * edge[1]) / (edge @ edge), 0, 1)
        nearest = np.minimum(nearest, (from_u - edge[0] * t) ** 2 + (from_v - edge[1] * t) ** 2)
        above, below, left = v >= start[1], v < end[1], edge[0] * from_v > edge[1] * from_u
        sign = np.where((above & below & left) | (~above & ~below & ~left), -sign, sign)
    return sign * np.sqrt(nearest) - radius


def _shrunk(corners: np.ndarray, by: float) -> np.ndarray:
    """The polygon (N, 2) with every side moved inwards."""
    following = np.roll(corners, -1, axis=0)
    edges = following - corners
    area = np.sum(corners[:, 0] * following[:, 1] - following[:, 0] * corners[:, 1])
    inward = np.stack([-edges[:, 1], edges[:, 0]], 1) / np.linalg.norm(edges, axis=1, keepdims=True)
    inward *= np.sign(area)
    before = np.roll(inward, 1, axis=0)
    return corners + by * (before + inward) / (1 + np.sum(before * inward, axis=1, keepdims=True))
