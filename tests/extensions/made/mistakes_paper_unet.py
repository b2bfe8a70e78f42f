"""Known mistakes in paper_unet.py."""

from .build import Mistake

MISTAKES = (
    Mistake(
        "paper-mirror-edge",
        "paper_unet.edge_repeated",
        (
            ("    period = max(1, 2 * size - 2)\n", "    period = 2 * size\n"),
            (
                "    return torch.minimum(phase, period - phase)\n",
                "    return torch.minimum(phase, period - 1 - phase)\n",
            ),
        ),
    ),
    Mistake(
        "paper-zero-border",
        "paper_unet.border_zero",
        (
            (
                "        seen = model(image[None, :, rows[:, None], columns].to(device))[0]\n",
                "        patch = nn.functional.pad(image, (BORDER, BORDER + tile, BORDER, BORDER + tile))\n        patch = patch[None, :, top : top + tile + 2 * BORDER, left : left + tile + 2 * BORDER]\n        seen = model(patch.to(device))[0]\n",
            ),
        ),
    ),
    Mistake("paper-step-tile", "paper_unet.step", (("    step = tile - SMALLEST  #", "    step = tile  #"),)),
    Mistake(
        "paper-no-border",
        "paper_unet.border_forgotten",
        (
            (
                "        rows = mirrored(top - BORDER, top + tile + BORDER, height)",
                "        rows = mirrored(top, top + tile + 2 * BORDER, height)",
            ),
            (
                "        columns = mirrored(left - BORDER, left + tile + BORDER, width)",
                "        columns = mirrored(left, left + tile + 2 * BORDER, width)",
            ),
        ),
    ),
    Mistake(
        "paper-one-reflection",
        "paper_unet.reflected_once",
        (
            (
                "    period = max(1, 2 * size - 2)\n    phase = torch.arange(start, stop) % period\n    return torch.minimum(phase, period - phase)\n",
                "    place = torch.arange(start, stop).abs()\n    return torch.where(place < size, place, 2 * size - 2 - place)\n",
            ),
        ),
    ),
    Mistake(
        "paper-fan-transposed",
        "paper_unet.he_up_convolution",
        (
            (
                "        incoming = layer.weight[0].numel() if isinstance(layer, nn.Conv2d) else layer.in_channels\n",
                "        incoming = layer.weight[0].numel()\n",
            ),
        ),
    ),
    Mistake(
        "paper-he-without-2",
        "paper_unet.he_gain",
        (("std=(2 / incoming) ** 0.5)", "std=(1 / incoming) ** 0.5)"),),
    ),
    Mistake(
        "paper-default-init",
        "paper_unet.he_missing",
        (
            (
                "        nn.init.normal_(layer.weight, std=(2 / incoming) ** 0.5)\n        nn.init.zeros_(layer.bias)\n",
                "        pass\n",
            ),
        ),
    ),
    Mistake(
        "paper-fan-out",
        "paper_unet.he_fan_out",
        (
            (
                "layer.weight[0].numel() if isinstance(layer, nn.Conv2d)",
                "layer.out_channels * 9 if isinstance(layer, nn.Conv2d)",
            ),
        ),
    ),
    Mistake(
        "paper-padded",
        "paper_unet.padding",
        (
            (
                "        nn.Conv2d(in_channels, out_channels, kernel_size=3),\n",
                "        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),\n",
            ),
            (
                "        nn.Conv2d(out_channels, out_channels, kernel_size=3),\n",
                "        nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1),\n",
            ),
        ),
    ),
    Mistake(
        "paper-crop-corner",
        "paper_unet.crop_corner",
        (
            (
                "            top, left = (contracting_x.shape[-2] - height) // 2, (contracting_x.shape[-1] - width) // 2\n",
                "            top, left = 0, 0\n",
            ),
        ),
    ),
    Mistake(
        "paper-skip-first",
        "paper_unet.concat_order",
        (("torch.cat([x, contracting_x], dim=1)", "torch.cat([contracting_x, x], dim=1)"),),
    ),
    Mistake(
        "paper-last-relu",
        "paper_unet.final_activation",
        (("        return self.final_conv(x)\n", "        return torch.relu(self.final_conv(x))\n"),),
    ),
)
