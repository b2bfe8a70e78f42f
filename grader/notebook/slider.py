"""The threshold's slider: HTML that draws the mask anew while it is moved, with nothing to install.

Where a front end runs no scripts, nothing shows; the figure above it has the masks of some thresholds.
"""

import base64
import io
import json
from itertools import count
from pathlib import Path

import IPython.display
import numpy as np
from PIL import Image

from grader.language import _
from grader.notebook.scenes import sigmoid
from grader.pictures.panel import EXTRA, MISSING

PAGE = Path(__file__).with_suffix(".html")
_numbers = count(1)


def show_slider(picture: np.ndarray, scores: np.ndarray, truth: np.ndarray, start: float = 0.5) -> None:
    """The picture under the mask that a threshold makes, and where that differs from the exact one.

    Shapes: picture (572, 572, 3) in [0, 1]; scores (560, 560); truth (H, W), 0 or 1.
    """
    IPython.display.display(IPython.display.HTML(page(picture, scores, truth, start)))  # type: ignore[no-untyped-call]


def page(picture: np.ndarray, scores: np.ndarray, truth: np.ndarray, start: float = 0.5) -> str:
    """The same as text. Probabilities are told apart in steps of 1 / 255."""
    height, width = scores.shape
    size = (width, height)  # as predict_mask has it, the scores cover the whole picture
    exact = Image.fromarray(truth.astype(np.uint8) * 255).resize(size, Image.Resampling.BOX)
    shown = Image.fromarray((255 * picture).astype(np.uint8)).resize(size, Image.Resampling.BOX)
    maps = np.zeros((height, width, 3), np.uint8)
    maps[..., 0] = np.round(255 * sigmoid(scores))
    maps[..., 1] = np.asarray(exact)
    given = {
        "picture": _address(shown, "jpeg"),
        "maps": _address(Image.fromarray(maps), "png"),
        "colors": [None, MISSING, EXTRA, None],
        "words": {
            "threshold": _("threshold"),
            "picture": _("The mask of this threshold on the picture"),
            "said": _(
                "Orange: {extra} pixels too many. Blue: {missing} missed. IoU with the exact mask {iou}"
            ),
        },
    }
    text = PAGE.read_text(encoding="utf-8").replace("START", f"{start:g}")
    return text.replace("NAME", f"unet-lab-threshold-{next(_numbers)}").replace("GIVEN", json.dumps(given))


def _address(picture: Image.Image, kind: str) -> str:
    data = io.BytesIO()
    picture.save(data, kind)
    return f"data:image/{kind};base64,{base64.b64encode(data.getvalue()).decode()}"
