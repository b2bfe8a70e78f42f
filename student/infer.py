"""From a picture to the network's input, and from the network's scores to a mask.

Fill the places marked TODO 4, then run `python try.py --model model.pth`.
`plot_image_and_mask` at the end is given.
"""

import numpy as np
import torch
import torchvision.transforms.functional
from PIL import Image
from torch import nn

INPUT_SIZE = (572, 572)  # height and width of the network's input, as in figure 1


def preprocess(image: Image.Image) -> torch.Tensor:
    """A picture of any size and mode -> (1, 3, 572, 572), float32, RGB in [0, 1]."""
    # TODO 4: preprocess the picture. Convert it to RGB, resize it (bilinear) to INPUT_SIZE, both
    # sides, whatever its shape, turn it into a tensor in [0, 1] and add the batch axis.
    raise NotImplementedError("TODO 4: preprocess the picture")


def predict_mask(model: nn.Module, image: Image.Image, threshold: float = 0.5) -> np.ndarray:
    """The mask of the car: (H, W), uint8, 1 where the probability exceeds threshold, else 0.

    H and W are the picture's own height and width, not the network's.
    """
    # TODO 4: predict the mask. Put the model in evaluation mode, run it on the preprocessed
    # picture without gradients, interpolate its scores (bilinear) to the picture's own size,
    # and only then apply the sigmoid and the threshold. The model may be on a GPU.
    raise NotImplementedError("TODO 4: predict the mask")


def plot_image_and_mask(image: Image.Image, mask: np.ndarray) -> Image.Image:
    """Given: the picture, the mask, and the mask laid over the picture, side by side.

    mask is (H, W), 0 or 1, of the picture's own size. In the third tile the car is bright and
    the background dark. Tiles are at most 600 pixels on their longer side.
    """
    if mask.shape != (image.height, image.width):
        raise ValueError(f"expected a mask of shape {(image.height, image.width)}, not {mask.shape}")
    scale = min(1, 600 / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    picture = image.convert("RGB").resize(size)
    cover = Image.fromarray((mask > 0).astype(np.uint8) * 255).resize(size)
    dark = Image.blend(picture, Image.new("RGB", size, (12, 22, 48)), 0.78)
    plot = Image.new("RGB", (3 * size[0] + 20, size[1]), "white")
    for i, tile in enumerate([picture, cover, Image.composite(picture, dark, cover)]):
        plot.paste(tile, (i * (size[0] + 10), 0))
    return plot


if __name__ == "__main__":
    print("Nothing happens here. Check it with: python try.py --model model.pth")
