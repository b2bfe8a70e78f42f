"""Mistakes in TODO 3, `UNet.forward`, and in the given pooling layers."""

from .build import Body, Child, Edit, Mistake, Replace

CONTRACTING = """
contracting_1 = self.down_conv1(x)
contracting_2 = self.down_conv2(self.down_sample1(contracting_1))
contracting_3 = self.down_conv3(self.down_sample2(contracting_2))
contracting_4 = self.down_conv4(self.down_sample3(contracting_3))
x = self.middle_conv(self.down_sample4(contracting_4))
"""
EXPANDING = """
x = self.up_conv1(self.concat1(self.up_sample1(x), contracting_4))
x = self.up_conv2(self.concat2(self.up_sample2(x), contracting_3))
x = self.up_conv3(self.concat3(self.up_sample3(x), contracting_2))
x = self.up_conv4(self.concat4(self.up_sample4(x), contracting_1))
return self.final_conv(x)
"""
LOOPS = """
skips = []
for level in range(1, 5):
    x = getattr(self, f"down_conv{level}")(x)
    skips.append(x)
    x = getattr(self, f"down_sample{level}")(x)
x = self.middle_conv(x)
for level in range(1, 5):
    x = getattr(self, f"up_sample{level}")(x)
    x = getattr(self, f"concat{level}")(x, skips[4 - level])
    x = getattr(self, f"up_conv{level}")(x)
return self.final_conv(x)
"""
FIRST = "contracting_1 = self.down_conv1(x)"
LAST = "return self.final_conv(x)"


def wrong(name: str, word: str, *edits: Edit) -> Mistake:
    return Mistake(name, ("forward",), f"forward.{word}", edits)


def of_the_way(name: str, word: str, *edits: Edit) -> Mistake:
    """Kept maps arrive where they should, whatever is wrong with them: the points of shape and skips stay."""
    return Mistake(name, ("forward",), f"forward.{word}", edits, keeps=13)


def returning(name: str, word: str, last: str, keeps: int = 17) -> Mistake:
    """The way down and up is right, and what becomes of it at the end is not: one mistake, one charge."""
    return Mistake(name, ("forward",), f"forward.{word}", (line(LAST, last),), keeps=keeps)


def line(old: str, new: str) -> Edit:
    return Replace("unet.py", old, new)


def body(*parts: str) -> Edit:
    return Body("unet.py", "UNet.forward", "".join(parts))


def loops(old: str, new: str) -> Edit:
    """A forward in loops with one place changed."""
    return body(Replace("unet.py", old, new).apply(LOOPS))


MISTAKES = (
    # The skip connections
    wrong(
        "skip-after-pooling",
        "skip_after_pooling",
        body(
            """
contracting_1 = self.down_sample1(self.down_conv1(x))
contracting_2 = self.down_sample2(self.down_conv2(contracting_1))
contracting_3 = self.down_sample3(self.down_conv3(contracting_2))
contracting_4 = self.down_sample4(self.down_conv4(contracting_3))
x = self.middle_conv(contracting_4)
""",
            EXPANDING,
        ),
    ),
    wrong(
        "skip-after-pooling-loop",
        "skip_after_pooling",
        loops(
            '    skips.append(x)\n    x = getattr(self, f"down_sample{level}")(x)\n',
            '    x = getattr(self, f"down_sample{level}")(x)\n    skips.append(x)\n',
        ),
    ),
    wrong(
        "skip-levels-exchanged",
        "wrong_level",
        line("self.up_sample3(x), contracting_2", "self.up_sample3(x), contracting_1"),
        line("self.up_sample4(x), contracting_1", "self.up_sample4(x), contracting_2"),
    ),
    Mistake(
        "skip-levels-not-reversed",
        ("forward",),
        "forward.wrong_level",
        (loops("skips[4 - level]", "skips[level - 1]"),),
        keeps=12,
    ),
    wrong(
        "concat-arguments-once",
        "concat_arguments",
        line(
            "self.concat2(self.up_sample2(x), contracting_3)",
            "self.concat2(contracting_3, self.up_sample2(x))",
        ),
    ),
    wrong(
        "concat-arguments-everywhere",
        "concat_arguments",
        loops("(x, skips[4 - level])", "(skips[4 - level], x)"),
    ),
    wrong("forward-skip-doubled", "skip_dropped", loops("(x, skips[4 - level])", "(x, x)")),
    wrong(
        "forward-skip-unused",
        "skip_dropped",
        line("self.concat1(self.up_sample1(x), contracting_4)", "self.up_sample1(x)"),
    ),
    wrong(
        "forward-skip-zeros",
        "skip_dropped",
        line("self.up_sample4(x), contracting_1", "self.up_sample4(x), torch.zeros_like(contracting_1)"),
    ),
    # The stages
    of_the_way(
        "stage-middle-skipped",
        "stage_skipped",
        line("x = self.middle_conv(self.down_sample4(", "x = (self.down_sample4("),
    ),
    wrong(
        "stage-down-conv-skipped",
        "stage_skipped",
        line("self.down_conv3(self.down_sample2(contracting_2))", "self.down_sample2(contracting_2)"),
    ),
    of_the_way(
        "stage-up-conv-skipped",
        "stage_skipped",
        line(
            "x = self.up_conv2(self.concat2(self.up_sample2(x), contracting_3))",
            "x = self.concat2(self.up_sample2(x), contracting_3)",
        ),
    ),
    wrong(
        "stage-up-sample-skipped",  # runs: the scores come out at half the size
        "stage_skipped",
        line("x = self.up_conv4(self.concat4(self.up_sample4(x), contracting_1))", "x = self.up_conv4(x)"),
    ),
    wrong(
        "stage-pooling-skipped", "stage_skipped", line("self.down_sample4(contracting_4)", "contracting_4")
    ),
    of_the_way(
        "stage-middle-twice",
        "used_twice",
        line(
            "x = self.middle_conv(self.down_sample4(contracting_4))",
            "x = self.middle_conv(self.middle_conv(self.down_sample4(contracting_4)))",
        ),
    ),
    wrong(
        "stage-pooling-twice",
        "used_twice",
        line("self.down_sample4(contracting_4)", "self.down_sample4(self.down_sample4(contracting_4))"),
    ),
    wrong(
        "stage-down-conv-twice",
        "used_twice",
        line("contracting_4 = self.down_conv4(", "contracting_4 = self.down_conv3("),
    ),
    of_the_way(
        "order-pooling-first",
        "order",
        body(
            """
contracting_1 = self.down_conv1(self.down_sample1(x))
contracting_2 = self.down_conv2(self.down_sample2(contracting_1))
contracting_3 = self.down_conv3(self.down_sample3(contracting_2))
contracting_4 = self.down_conv4(self.down_sample4(contracting_3))
x = self.middle_conv(contracting_4)
""",
            EXPANDING,
        ),
    ),
    wrong(
        "order-one-level",
        "order",
        line(
            "self.down_conv2(self.down_sample1(contracting_1))",
            "self.down_sample1(self.down_conv2(contracting_1))",
        ),
    ),
    of_the_way(
        "order-up-convs",
        "order",
        line("x = self.up_conv1(self.concat1(", "x = self.up_conv2(self.concat1("),
        line("x = self.up_conv2(self.concat2(", "x = self.up_conv1(self.concat2("),
    ),
    # Another operation in its place
    of_the_way(
        "pooling-average",
        "other_operation",
        line("self.down_sample1(contracting_1)", "nn.functional.avg_pool2d(contracting_1, 2)"),
    ),
    of_the_way(
        "pooling-average-given-layer",
        "other_operation",
        Replace("unet.py", "nn.MaxPool2d(2)", "nn.AvgPool2d(2)", 4),
    ),
    of_the_way(
        "pooling-average-one-layer", "other_operation", Child("down_sample3", "nn.AvgPool2d(kernel_size=2)")
    ),
    of_the_way(
        "pooling-strides",
        "other_operation",
        line("self.down_sample2(contracting_2)", "contracting_2[:, :, ::2, ::2]"),
    ),
    of_the_way(
        "up-sample-by-interpolate",
        "other_operation",
        line("self.up_sample4(x)", "nn.functional.interpolate(x, scale_factor=2)"),
    ),
    of_the_way(
        "up-sample-by-interpolate-channels",
        "other_operation",
        line("self.up_sample1(x)", 'nn.functional.interpolate(x[:, :512], scale_factor=2, mode="bilinear")'),
    ),
    wrong(
        "concat-adds",
        "other_operation",
        line("self.concat3(self.up_sample3(x), contracting_2)", "self.up_sample3(x) + contracting_2"),
    ),
    # Given layers that forward uses, and that __init__ no longer makes
    wrong(
        "given-pooling-missing",
        "given_layer_missing",
        line("        self.down_sample1 = nn.MaxPool2d(2)\n", ""),
    ),
    wrong(
        "given-concat-missing", "given_layer_missing", line("        self.concat3 = CropAndConcat()\n", "")
    ),
    wrong("given-pooling-ruined", "given_layer_missing", Child("down_sample2", "2")),
    wrong("given-concat-ruined", "given_layer_missing", Child("concat4", "None")),
    *(
        wrong(
            f"given-pooling-rounds-up-{level}",
            "other_operation",
            Child(f"down_sample{level}", "nn.MaxPool2d(2, ceil_mode=True)"),
        )
        for level in range(1, 5)
    ),
    # The end
    returning("end-sigmoid", "activation", "return torch.sigmoid(self.final_conv(x))", keeps=21),
    returning("end-relu", "activation", "return nn.functional.relu(self.final_conv(x))", keeps=21),
    returning("end-softmax", "activation", "return self.final_conv(x).softmax(dim=1)", keeps=21),
    returning("end-features", "features_returned", "return x"),
    returning(
        "end-features-unused-scores", "features_returned", "scores = self.final_conv(x)\n        return x"
    ),
    returning("end-nothing", "nothing_returned", "x = self.final_conv(x)"),
    returning("end-nothing-printed", "nothing_returned", "print(self.final_conv(x).shape)"),
    returning("end-tuple", "not_a_tensor", "return self.final_conv(x), x"),
    returning("end-comma", "not_a_tensor", "return self.final_conv(x),"),
    returning("end-dictionary", "not_a_tensor", 'return {"out": self.final_conv(x)}'),
    returning("end-list", "not_a_tensor", "return self.final_conv(x).tolist()"),
    returning("end-array", "not_a_tensor", "return self.final_conv(x).detach().numpy()"),
    returning("end-squeezed", "activation", "return self.final_conv(x).squeeze()"),
    returning("end-flat", "activation", "return self.final_conv(x).flatten()"),
    returning("end-argmax", "activation", "return self.final_conv(x).argmax(dim=1)"),
    # Side effects
    wrong("random-dropout", "random", line(LAST, "return self.final_conv(nn.functional.dropout(x, 0.5))")),
    of_the_way(
        "random-noise",
        "random",
        line(FIRST, "x = x + 0.01 * torch.randn_like(x)\n        " + FIRST),
    ),
    of_the_way("in-place-scaled", "in_place", line(FIRST, "x.mul_(2.0)\n        " + FIRST)),
    of_the_way("in-place-centred", "in_place", line(FIRST, "x -= 0.5\n        " + FIRST)),
    of_the_way(
        "in-place-relu",  # the scores of a picture in [0, 1] stay right
        "in_place",
        line(FIRST, "x = nn.functional.relu(x, inplace=True)\n        " + FIRST),
    ),
)
