"""Right answers to the extensions in other styles."""

from .build import Answer

TILES = (
    "paper_unet",
    (
        (
            "    step = tile - SMALLEST  # a multiple of STRIDE: every tile is pooled on the same grid as the whole\n",
            "    step = STRIDE * max(1, tile // 3 // STRIDE)  # tiles that overlap by two thirds\n"
            "    wide = np.pad(image.cpu().numpy(), ((0, 0), (92, tile + 92), (92, tile + 92)), mode='reflect')\n"
            "    wide = torch.from_numpy(wide)\n",
        ),
        (
            "from itertools import pairwise, product\n",
            "from itertools import pairwise, product\n\nimport numpy as np\n",
        ),
        (
            "        rows = mirrored(top - BORDER, top + tile + BORDER, height).to(image.device)\n"
            "        columns = mirrored(left - BORDER, left + tile + BORDER, width).to(image.device)\n"
            "        seen = model(image[None, :, rows[:, None], columns].to(device))[0]\n",
            "        seen = model(wide[None, :, top : top + tile + 184, left : left + tile + 184].to(device))[0]\n",
        ),
    ),
)

ANSWERS = (
    Answer("tiles-of-a-padded-picture", *TILES),
    Answer(
        "he-by-pytorch",
        "paper_unet",
        (
            (
                "        incoming = layer.weight[0].numel() if isinstance(layer, nn.Conv2d) else layer.in_channels\n"
                "        nn.init.normal_(layer.weight, std=(2 / incoming) ** 0.5)\n        nn.init.zeros_(layer.bias)\n",
                "        if isinstance(layer, nn.Conv2d):\n"
                "            nn.init.kaiming_normal_(layer.weight, nonlinearity='relu')\n"
                "        else:\n"
                "            layer.weight.data = torch.randn(layer.weight.shape) * (2 / layer.weight.shape[0]) ** 0.5\n"
                "        layer.bias.data.fill_(0)\n",
            ),
        ),
    ),
    Answer(
        "block-of-a-class",
        "paper_unet",
        (
            (
                "    return nn.Sequential(\n        nn.Conv2d(in_channels, out_channels, kernel_size=3),\n        nn.ReLU(),\n"
                "        nn.Conv2d(out_channels, out_channels, kernel_size=3),\n        nn.ReLU(),\n    )\n",
                "    class Block(nn.Module):\n"
                "        def __init__(self):\n"
                "            super().__init__()\n"
                "            self.a = nn.Conv2d(in_channels, out_channels, 3, padding='valid')\n"
                "            self.b = nn.Conv2d(out_channels, out_channels, 3)\n\n"
                "        def forward(self, x):\n"
                "            return self.b(self.a(x).relu()).clamp_min(0)\n\n"
                "    return Block()\n",
            ),
        ),
    ),
    Answer(
        "field-in-units-of-grid-sample",
        "elastic",
        (
            (
                "    rows = torch.arange(height, device=field.device)[:, None] + field[:, 0]\n"
                "    columns = torch.arange(width, device=field.device) + field[:, 1]\n",
                "    rest = torch.eye(2, 3, device=field.device).expand(len(field), 2, 3)\n"
                "    rest = nn.functional.affine_grid(rest, [len(field), 1, height, width], align_corners=True)\n"
                "    x = rest[..., 0] + field[:, 1] * 2 / max(width - 1, 1)\n"
                "    y = rest[..., 1] + field[:, 0] * 2 / max(height - 1, 1)\n",
            ),
            (
                "    x, y = (2 * place / max(side - 1, 1) - 1 for place, side in ((columns, width), (rows, height)))\n",
                "",
            ),
        ),
    ),
    Answer(
        "two-fields-drawn-one-after-the-other",
        "elastic",
        (
            (
                "    coarse = sigma * torch.randn(count, 2, grid, grid, generator=generator, device=device)\n",
                "    down, right = (torch.randn(count, 1, grid, grid, generator=generator) for _ in range(2))\n"
                "    coarse = (sigma * torch.cat([down, right], 1)).to(device)\n",
            ),
        ),
    ),
    Answer(
        "cells-in-one-stack",
        "weight_map",
        (
            (
                "        second[near] = torch.minimum(second[near], torch.maximum(nearest[near], distance))\n"
                "        nearest[near] = torch.minimum(nearest[near], distance)\n",
                "        three = torch.stack([nearest[near], second[near], distance]).sort(0).values\n"
                "        nearest[near], second[near] = three[0], three[1]\n",
            ),
        ),
    ),
    Answer(
        "loss-by-log-soft-max",
        "weight_map",
        (
            (
                '    return (weights * nn.functional.cross_entropy(scores, target.long(), reduction="none")).sum()\n',
                "    chosen = scores.log_softmax(1).gather(1, target.long().unsqueeze(1)).squeeze(1)\n"
                "    return -(chosen * weights).sum()\n",
            ),
        ),
    ),
    Answer(
        "statistics-put-back-afterwards",
        "batchnorm_unet",
        (
            (
                "    for norm, buffers in zip(norms, originals):\n"
                "        norm._buffers.update({name: buffer.clone() for name, buffer in buffers.items()})\n",
                "    before = [{name: buffer.clone() for name, buffer in one.items()} for one in originals]\n",
            ),
            (
                "        for norm, buffers in zip(norms, originals):\n            norm._buffers.update(buffers)\n",
                "        for norm, buffers in zip(norms, before):\n"
                "            for name, buffer in norm.named_buffers():\n"
                "                buffer.data = buffers[name]\n",
            ),
        ),
    ),
    Answer(
        "path-written-out",
        "batchnorm_unet",
        (
            (
                "        skips = [self.run_block(self.inc, x)]\n"
                "        for down in (self.down1, self.down2, self.down3, self.down4):\n"
                "            skips.append(self.run_block(down, skips[-1]))\n"
                "        x = skips.pop()\n"
                "        for up in (self.up1, self.up2, self.up3, self.up4):\n"
                "            x = self.run_block(up, x, skips.pop())\n"
                "        x = self.run_block(self.outc, x)\n",
                "        run = self.run_block\n"
                "        a = run(self.inc, x)\n"
                "        b = run(self.down1, a)\n"
                "        c = run(self.down2, b)\n"
                "        d = run(self.down3, c)\n"
                "        x = run(self.up2, run(self.up1, run(self.down4, d), d), c)\n"
                "        x = self.outc(run(self.up4, run(self.up3, x, b), a))\n",
            ),
        ),
    ),
    Answer(
        "functional-soft-max-and-named-levels",
        "find_the_bugs",
        (
            ("        self.softmax = nn.Softmax2d()\n", ""),
            (
                "        return self.softmax(self.outc(x))\n",
                "        return torch.softmax(self.outc(x), dim=1)\n",
            ),
            (
                "nn.ModuleList([Up(e, d), Up(d, c), Up(c, b), Up(b, a)])",
                "nn.Sequential(Up(e, d), Up(d, c), Up(c, b), Up(b, a))",
            ),
            ("            nn.ReLU6(),\n        )", "            nn.Hardtanh(0.0, 6.0),\n        )"),
        ),
    ),
    Answer(
        "soft-plus-and-soft-max",
        "train",
        (
            (
                "        return nn.functional.binary_cross_entropy_with_logits(scores[:, 0], target.to(scores.dtype))\n",
                "        scores = scores[:, 0]\n"
                "        return (nn.functional.softplus(scores) - scores * (target > 0)).mean()\n",
            ),
            (
                "    return nn.functional.cross_entropy(scores, target.long())\n",
                "    return -scores.log_softmax(1).gather(1, target.long()[:, None]).mean()\n",
            ),
        ),
    ),
    Answer(
        "everything-in-one-state",
        "train",
        (
            (
                '        return {\n            "model": self.model.state_dict(),\n'
                '            "optimiser": self.optimiser.state_dict(),\n            "step": self.step,\n'
                '            "losses": self.losses,\n            "dices": self.dices,\n        }\n',
                "        return {'all': [self.model.state_dict(), self.optimiser.state_dict(), self.losses, self.dices]}\n",
            ),
            (
                '        self.model.load_state_dict(state["model"])\n'
                '        self.optimiser.load_state_dict(state["optimiser"])\n'
                '        self.step, self.losses, self.dices = state["step"], state["losses"], state["dices"]\n',
                "        weights, optimiser, self.losses, self.dices = state['all']\n"
                "        self.model.load_state_dict(weights)\n"
                "        self.optimiser.load_state_dict(optimiser)\n"
                "        self.step = len(self.losses)\n",
            ),
            ("        self.optimiser.zero_grad()\n", "        self.model.zero_grad(set_to_none=False)\n"),
        ),
    ),
)  # fmt: skip
