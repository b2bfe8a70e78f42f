"""The pieces of a mask. No bpy here."""

import numpy as np

# Of the car's pixels. In a small picture an aerial is thinner than a pixel and falls apart into dashes; the
# smallest part of a car that could come off, a mirror, is three times as large.
SPECK = 1.5e-3


def bodies(mask: np.ndarray) -> list[np.ndarray]:
    """The connected pieces of a mask (H, W), the largest first, each bool (H, W).

    Pixels touch at sides and at corners. Runs of pixels in a row are joined with those of the row above.
    """
    runs = _runs(mask)
    parent = list(range(len(runs)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    above, here, row = [], [], -1
    for i, (y, start, end) in enumerate(runs):
        if y != row:
            above, here, row = (here if y == row + 1 else []), [], y
        for j in above:
            if runs[j][1] <= end and start <= runs[j][2]:  # ends are exclusive: equal means a corner
                parent[root(i)] = root(j)
        here.append(i)
    pieces: dict[int, np.ndarray] = {}
    for i, (y, start, end) in enumerate(runs):
        pieces.setdefault(root(i), np.zeros(mask.shape, bool))[y, start:end] = True
    return sorted(pieces.values(), key=lambda piece: -int(piece.sum()))


def _runs(mask: np.ndarray) -> list[tuple[int, int, int]]:
    """(row, first column, column after the last) of every run of pixels, row by row."""
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return list(zip(rows.tolist(), starts.tolist(), ends.tolist()))


def without_specks(mask: np.ndarray) -> np.ndarray:
    """The mask without pieces that are too small to be seen."""
    least = SPECK * mask.sum()
    pieces = [piece for piece in bodies(mask) if piece.sum() >= least]
    return np.any(pieces, axis=0) if pieces else mask
