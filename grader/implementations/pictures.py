"""A picture as a request to a worker."""

import numpy as np
from PIL import Image

from grader.implementations.answering import Facts, Tensors

Picture = bytes | Image.Image  # the bytes of a file, or an image


MOST_KEPT = 16
_KEPT: dict[int, tuple[Picture, tuple[Facts, Tensors]]] = {}  # by id, which is no other's while it is kept


def request(picture: Picture) -> tuple[Facts, Tensors]:
    """A file as it is, an image by its pixels, so that no encoder's version matters: (data, tensors).

    Made once: no picture is changed after it is drawn.
    """
    if id(picture) not in _KEPT:
        _KEPT[id(picture)] = picture, _request(picture)
        while len(_KEPT) > MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
    data, tensors = _KEPT[id(picture)][1]
    return dict(data), dict(tensors)


def _request(picture: Picture) -> tuple[Facts, Tensors]:
    if isinstance(picture, bytes):
        return {"mode": None}, {"picture": np.frombuffer(picture, np.uint8)}
    tensors = {"picture": np.frombuffer(picture.tobytes(), np.uint8)}
    if picture.mode == "P":
        tensors["palette"] = np.frombuffer(bytes(picture.getpalette() or ()), np.uint8)
    return {"mode": picture.mode, "size": list(picture.size)}, tensors
