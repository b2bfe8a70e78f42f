"""Random elastic deformation: new training pictures out of few, with masks that still fit.

O. Ronneberger, P. Fischer and T. Brox, "U-Net" (2015), section 3.1: "We generate smooth
deformations using random displacement vectors on a coarse 3 by 3 grid. The displacements are
sampled from a Gaussian distribution with 10 pixels standard deviation. Per-pixel displacements
are then computed using bicubic interpolation."

Left open there and settled here: the grid's outer points lie on the picture's outermost pixels,
the picture is read bilinearly and the mask at the nearest pixel, and beyond the border the picture
is mirrored.

Fill the places marked TODO E2. Next file: weight_map.py.
"""

import torch
from torch import nn


def displacements(
    count: int, height: int, width: int, sigma: float, grid: int, generator: torch.Generator | None
) -> torch.Tensor:
    """One smooth random field per picture: -> (count, 2, height, width), float32.

    Units: pixels; channel 0 points down, channel 1 to the right. At the points of the grid the
    standard deviation is sigma. Drawn on the generator's device (without one: on the CPU).
    """
    # TODO E2: draw the vectors of the coarse grid and interpolate them to every pixel, so that
    # the grid's corners are the picture's corner pixels.
    ### BEGIN SOLUTION
    device = generator.device if generator else "cpu"
    coarse = sigma * torch.randn(count, 2, grid, grid, generator=generator, device=device)
    return nn.functional.interpolate(coarse, size=(height, width), mode="bicubic", align_corners=True)
    ### END SOLUTION


def warp(pictures: torch.Tensor, field: torch.Tensor, mode: str) -> torch.Tensor:
    """Every pixel p takes the value that the picture has at p + field(p): (N, C, H, W) -> the same.

    Shapes: field (N, 2, H, W), in pixels, as `displacements` gives it; mode "bilinear" or "nearest".
    A place beyond the border is mirrored back inside; the border pixel itself is not repeated. The type
    is kept; the arithmetic is float32, which holds labels up to 2^24 exactly.
    """
    height, width = pictures.shape[-2:]
    # TODO E2: turn the field into the places to read and read them with grid_sample. In which
    # units, and in which order of x and y, does grid_sample want them? What does -1 stand for?
    ### BEGIN SOLUTION
    rows = torch.arange(height, device=field.device)[:, None] + field[:, 0]
    columns = torch.arange(width, device=field.device) + field[:, 1]
    # With align_corners, -1 and 1 are the centres of the outermost pixels, as in the coarse grid.
    # A side of one pixel has both in one place; mirroring leads every displacement back to it.
    x, y = (2 * place / max(side - 1, 1) - 1 for place, side in ((columns, width), (rows, height)))
    read = nn.functional.grid_sample(
        pictures.to(x.dtype), torch.stack([x, y], -1), mode, padding_mode="reflection", align_corners=True
    )
    return read.to(pictures.dtype)
    ### END SOLUTION


def elastic_deform(
    image: torch.Tensor,
    mask: torch.Tensor,
    sigma: float = 10.0,
    grid: int = 3,
    generator: torch.Generator | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The picture and its mask, deformed alike; in a batch, each pair differently.

    Shapes: image (C, H, W) or (N, C, H, W), float; mask (H, W) or (N, H, W), with or without a
    channel axis, of any type: no value appears that was not in it. Both come back as they went in
    (shape, type, device). The same state of a CPU generator gives the same deformation everywhere.
    Units: sigma in pixels; 0 changes nothing.
    Raises: ValueError if the image is not float or the mask's height, width or number differ from it.
    """
    pictures = image if image.dim() == 4 else image[None]
    count, (height, width) = len(pictures), image.shape[-2:]
    fits = mask.shape[-2:] == image.shape[-2:] and (image.dim() == 3 or len(mask) == count)
    if not (fits and image.is_floating_point() and image.dim() in (3, 4)):
        raise ValueError(
            f"expected a float image (C, H, W) or (N, C, H, W) and a mask of the same size, "
            f"not {image.dtype} {tuple(image.shape)} and {tuple(mask.shape)}"
        )
    # TODO E2: draw one field per picture, warp picture and mask with it, and give both back in
    # the shapes and types in which they came. Which mode keeps a mask of 0 and 1 binary?
    ### BEGIN SOLUTION
    if sigma == 0:  # not even a rounding
        return image.clone(), mask.clone()
    field = displacements(count, height, width, sigma, grid, generator).to(image.device)
    deformed_image = warp(pictures, field, "bilinear")
    deformed_mask = warp(mask.reshape(count, -1, height, width), field, "nearest")
    return deformed_image.reshape(image.shape), deformed_mask.reshape(mask.shape)
    ### END SOLUTION
