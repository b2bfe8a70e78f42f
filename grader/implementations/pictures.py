"""A picture as a request to a worker."""

import numpy as np
from PIL import Image

from grader.implementations.answering import Facts, Tensors

Picture = bytes | Image.Image  # the bytes of a file, or an image


def request(picture: Picture) -> tuple[Facts, Tensors]:
    """A file as it is, an image by its pixels, so that no encoder's version matters: (data, tensors)."""
    if isinstance(picture, bytes):
        return {"mode": None}, {"picture": np.frombuffer(picture, np.uint8)}
    tensors = {"picture": np.frombuffer(picture.tobytes(), np.uint8)}
    if picture.mode == "P":
        tensors["palette"] = np.array(picture.getpalette(), np.uint8)
    return {"mode": picture.mode, "size": list(picture.size)}, tensors
