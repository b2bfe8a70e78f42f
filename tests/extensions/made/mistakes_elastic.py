"""Known mistakes in elastic.py."""

from .build import Mistake

MISTAKES = (
    Mistake(
        "elastic-grid-ignored",
        "elastic.grid_ignored",
        (("torch.randn(count, 2, grid, grid,", "torch.randn(count, 2, 3, 3,"),),
    ),
    Mistake(
        "elastic-grid-inside",
        "elastic.grid_inside",
        (('mode="bicubic", align_corners=True)', 'mode="bicubic")'),),
    ),
    Mistake(
        "elastic-last-pixel-repeated",
        "elastic.border_repeated",
        (('padding_mode="reflection"', 'padding_mode="border"'),),
    ),
    Mistake(
        "elastic-bilinear-field",
        "elastic.bilinear_field",
        (('mode="bicubic", align_corners=True)', 'mode="bilinear", align_corners=True)'),),
    ),
    Mistake(
        "elastic-nearest-forgotten",
        "elastic.mask_interpolated",
        (('field, "nearest")', 'field, "bilinear")'),),
    ),
    Mistake(
        "elastic-two-fields",
        "elastic.two_fields",
        (
            (
                '    deformed_mask = warp(mask.reshape(count, -1, height, width), field, "nearest")\n',
                '    field = displacements(count, height, width, sigma, grid, generator).to(image.device)\n    deformed_mask = warp(mask.reshape(count, -1, height, width), field, "nearest")\n',
            ),
        ),
    ),
    Mistake(
        "elastic-mask-not-deformed",
        "elastic.mask_not_deformed",
        (
            (
                '    deformed_mask = warp(mask.reshape(count, -1, height, width), field, "nearest")\n',
                "    deformed_mask = mask\n",
            ),
        ),
    ),
    Mistake(
        "elastic-xy-swapped", "elastic.xy_swapped", (("torch.stack([x, y], -1)", "torch.stack([y, x], -1)"),)
    ),
    Mistake(
        "elastic-field-in-grid-units",
        "elastic.not_pixels",
        (
            (
                "    rows = torch.arange(height, device=field.device)[:, None] + field[:, 0]\n    columns = torch.arange(width, device=field.device) + field[:, 1]\n",
                "    rows = torch.arange(height, device=field.device)[:, None] + field[:, 0] * (height - 1) / 2\n    columns = torch.arange(width, device=field.device) + field[:, 1] * (width - 1) / 2\n",
            ),
        ),
    ),
    Mistake(
        "elastic-align-corners",
        "elastic.align_corners",
        (
            (
                'padding_mode="reflection", align_corners=True\n',
                'padding_mode="reflection", align_corners=False\n',
            ),
        ),
    ),
    Mistake(
        "elastic-uniform",
        "elastic.uniform",
        (
            (
                "sigma * torch.randn(count, 2, grid, grid, generator=generator, device=device)",
                "sigma * (2 * torch.rand(count, 2, grid, grid, generator=generator, device=device) - 1)",
            ),
        ),
    ),
    Mistake("elastic-positive", "elastic.rand", (("sigma * torch.randn(", "sigma * torch.rand("),)),
    Mistake(
        "elastic-unseeded",
        "elastic.generator_ignored",
        (("grid, grid, generator=generator, device=device)", "grid, grid, device=device)"),),
    ),
    Mistake(
        "elastic-zeros-outside",
        "elastic.border_zero",
        (('padding_mode="reflection"', 'padding_mode="zeros"'),),
    ),
    Mistake(
        "elastic-one-field-per-batch",
        "elastic.one_field_per_batch",
        (
            (
                "torch.randn(count, 2, grid, grid, generator=generator, device=device)",
                "torch.randn(1, 2, grid, grid, generator=generator, device=device).expand(count, -1, -1, -1)",
            ),
        ),
    ),
    Mistake(
        "elastic-noise",
        "elastic.no_coarse_grid",
        (
            (
                "    coarse = sigma * torch.randn(count, 2, grid, grid,",
                "    coarse = sigma * torch.randn(count, 2, height, width,",
            ),
        ),
    ),
)
