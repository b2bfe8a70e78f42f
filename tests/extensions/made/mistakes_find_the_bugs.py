"""Known mistakes in find_the_bugs.py."""

from .build import Mistake

MISTAKES = (
    Mistake(
        "bugs-plain-list",
        "find_the_bugs.unregistered",
        (
            (
                "nn.ModuleList([Up(e, d), Up(d, c), Up(c, b), Up(b, a)])",
                "[Up(e, d), Up(d, c), Up(c, b), Up(b, a)]",
            ),
            (
                "nn.ModuleList([DoubleConv(a, b), DoubleConv(b, c), DoubleConv(c, d), DoubleConv(d, e)])",
                "[DoubleConv(a, b), DoubleConv(b, c), DoubleConv(c, d), DoubleConv(d, e)]",
            ),
        ),
    ),
    Mistake(
        "bugs-shared-batchnorm",
        "find_the_bugs.shared_batchnorm",
        (
            (
                "        self.layers = nn.Sequential(\n",
                "        norm = nn.BatchNorm2d(out_channels)\n        self.layers = nn.Sequential(\n",
            ),
            (
                "            nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),\n            nn.BatchNorm2d(out_channels),\n",
                "            nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),\n            norm,\n",
            ),
            (
                "            nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1),\n            nn.BatchNorm2d(out_channels),\n",
                "            nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1),\n            norm,\n",
            ),
        ),
    ),
    Mistake(
        "bugs-built-lazily",
        "find_the_bugs.built_in_forward",
        (
            (
                "        self.outc = nn.Conv2d(a, out_channels, kernel_size=1)\n",
                "        self.out_channels, self.outc = out_channels, None\n",
            ),
            (
                "        return self.softmax(self.outc(x))\n",
                "        self.outc = self.outc or nn.Conv2d(x.shape[1], self.out_channels, kernel_size=1)\n        return self.softmax(self.outc(x))\n",
            ),
        ),
    ),
    Mistake(
        "bugs-new-each-call",
        "find_the_bugs.built_each_call",
        (
            (
                "        return self.softmax(self.outc(x))\n",
                "        return self.softmax(nn.Conv2d(16, self.outc.out_channels, 1)(x))\n",
            ),
        ),
    ),
    Mistake(
        "bugs-skip-remembered",
        "find_the_bugs.skip_kept",
        (
            (
                "        return self.conv(torch.cat([skip, self.up(x)], dim=1))\n",
                "        if not hasattr(self, 'skip'):\n            self.skip = skip\n        return self.conv(torch.cat([self.skip, self.up(x)], dim=1))\n",
            ),
        ),
    ),
    Mistake(
        "bugs-relu",
        "find_the_bugs.relu",
        (
            (
                "            nn.ReLU6(),\n            nn.Conv2d(out_channels",
                "            nn.ReLU(),\n            nn.Conv2d(out_channels",
            ),
            ("            nn.ReLU6(),\n        )", "            nn.ReLU(),\n        )"),
        ),
    ),
    Mistake(
        "bugs-softmax-dim",
        "find_the_bugs.softmax_axis",
        (("        self.softmax = nn.Softmax2d()\n", "        self.softmax = nn.Softmax(dim=-1)\n"),),
    ),
    Mistake(
        "bugs-no-softmax",
        "find_the_bugs.softmax_missing",
        (("        return self.softmax(self.outc(x))\n", "        return self.outc(x)\n"),),
    ),
    Mistake(
        "bugs-up-sampling",
        "find_the_bugs.up_sampling",
        (
            (
                "        self.up = nn.ConvTranspose2d(in_channels, out_channels, kernel_size=2, stride=2)\n",
                "        self.up = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(in_channels, out_channels, 1))\n",
            ),
        ),
    ),
    Mistake(
        "bugs-skip-unused",
        "find_the_bugs.skip_dropped",
        (("torch.cat([skip, self.up(x)], dim=1)", "torch.cat([self.up(x), self.up(x)], dim=1)"),),
    ),
    Mistake(
        "bugs-comments",
        "find_the_bugs.comments",
        (
            (
                '"x1": "expanding", "x2": "skip"}\n    ### END SOLUTION',
                '"x1": "skip", "x2": "expanding"}\n    ### END SOLUTION',
            ),
        ),
    ),
)
