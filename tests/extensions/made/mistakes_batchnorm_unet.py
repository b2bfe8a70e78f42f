"""Known mistakes in batchnorm_unet.py."""

from .build import Mistake

MISTAKES = (
    Mistake(
        "batchnorm-skip-last",
        "batchnorm_unet.concat_order",
        (("torch.cat([skip, x], dim=1)", "torch.cat([x, skip], dim=1)"),),
    ),
    Mistake(
        "batchnorm-pad-side",
        "batchnorm_unet.padding_side",
        (
            (
                "(right // 2, right - right // 2, below // 2, below - below // 2)",
                "(right - right // 2, right // 2, below - below // 2, below // 2)",
            ),
        ),
    ),
    Mistake(
        "batchnorm-pad-swapped",
        "batchnorm_unet.padding_axes",
        (
            (
                "(right // 2, right - right // 2, below // 2, below - below // 2)",
                "(below // 2, below - below // 2, right // 2, right - right // 2)",
            ),
        ),
    ),
    Mistake(
        "batchnorm-skip-cropped",
        "batchnorm_unet.skip_cropped",
        (
            (
                "        x = nn.functional.pad(x, (right // 2, right - right // 2, below // 2, below - below // 2))\n",
                "        skip = skip[:, :, below // 2 : below // 2 + x.shape[-2], right // 2 : right // 2 + x.shape[-1]]\n",
            ),
        ),
    ),
    Mistake(
        "batchnorm-bias",
        "batchnorm_unet.bias",
        (
            (
                "kernel_size=3, padding=1, bias=bias),\n            nn.BatchNorm2d(mid_channels)",
                "kernel_size=3, padding=1),\n            nn.BatchNorm2d(mid_channels)",
            ),
            (
                "kernel_size=3, padding=1, bias=bias),\n            nn.BatchNorm2d(out_channels)",
                "kernel_size=3, padding=1),\n            nn.BatchNorm2d(out_channels)",
            ),
        ),
    ),
    Mistake(
        "batchnorm-mid-channels",
        "batchnorm_unet.mid_channels",
        (("            mid_channels = mid_channels or in_channels // 2\n", "            pass\n"),),
    ),
    Mistake(
        "batchnorm-align-corners",
        "batchnorm_unet.align_corners",
        (('mode="bilinear", align_corners=True)', 'mode="bilinear", align_corners=False)'),),
    ),
    Mistake(
        "batchnorm-relu-first",
        "batchnorm_unet.relu_before_norm",
        (
            (
                "            nn.BatchNorm2d(out_channels),\n            nn.ReLU(inplace=True),\n",
                "            nn.ReLU(inplace=True),\n            nn.BatchNorm2d(out_channels),\n",
            ),
        ),
    ),
    Mistake(
        "batchnorm-statistics-twice",
        "batchnorm_unet.statistics_twice",
        (
            (
                "            block, *maps, use_reentrant=False, context_fn=lambda: (nullcontext(), kept_statistics(block))\n",
                "            block, *maps, use_reentrant=False\n",
            ),
        ),
    ),
    Mistake(
        "batchnorm-reentrant",
        "batchnorm_unet.reentrant",
        (
            (
                "            block, *maps, use_reentrant=False, context_fn=lambda: (nullcontext(), kept_statistics(block))\n",
                "            block, *maps, use_reentrant=True\n",
            ),
        ),
    ),
    Mistake(
        "batchnorm-published-checkpointing",
        "batchnorm_unet.checkpoint_not_callable",
        (("        self.checkpointing = True\n", "        self.inc = torch.utils.checkpoint(self.inc)\n"),),
    ),
    Mistake(
        "batchnorm-checkpointing-ignored",
        "batchnorm_unet.not_checkpointed",
        (
            (
                "        if not self.checkpointing:\n            return block(*maps)\n",
                "        if True:\n            return block(*maps)\n",
            ),
        ),
    ),
    Mistake(
        "batchnorm-momentum-zero",
        "batchnorm_unet.batches_counted_twice",
        (
            (
                "        norm._buffers.update({name: buffer.clone() for name, buffer in buffers.items()})\n    try:",
                "        norm.momentum = 0.0\n    try:",
            ),
            ("            norm._buffers.update(buffers)\n", "            norm.momentum = 0.1\n"),
        ),
    ),
    Mistake(
        "batchnorm-older-without-sigmoid",
        "batchnorm_unet.older_scores",
        (("        return torch.sigmoid(x) if self.older else x\n", "        return x\n"),),
    ),
)
