"""More mistakes in TODO 3: layers that the lab's network does not have, skips that something happened to."""

from .build import Child, Edit, Mistake, Replace
from .mistakes_forward import FIRST, LAST, line, loops


def wrong(name: str, word: str, *edits: Edit) -> Mistake:
    cause = word if "." in word else f"forward.{word}"
    return Mistake(name, ("forward",), cause, edits)


def with_layer(made: str) -> Edit:
    """One more layer in __init__."""
    return Child("final_conv", f"nn.Conv2d(64, out_channels, kernel_size=1)\n{made}")


MISTAKES = (
    # Layers of one's own
    wrong(
        "layer-batch-norm",
        "extra_layer",
        with_layer("self.norm = nn.BatchNorm2d(64)"),
        line(FIRST, "contracting_1 = self.norm(self.down_conv1(x))"),
    ),
    wrong(
        "layer-convolution",
        "extra_layer",
        with_layer("self.extra = nn.Sequential(nn.Conv2d(64, 64, 3, padding=1), nn.ReLU())"),
        line(LAST, "return self.final_conv(self.extra(x))"),
    ),
    wrong("layer-unused", "extra_weights", with_layer("self.norm = nn.BatchNorm2d(64)")),
    wrong("layer-misspelt", "attribute_near", line("self.down_conv3(", "self.down_covn3(")),
    wrong("layer-unknown", "attribute", line(LAST, "return self.out(self.final_conv(x))")),
    # What only the lab's own sizes say
    wrong(
        "channels-joined-again",
        "channels",
        line(
            "x = self.up_conv1(self.concat1(self.up_sample1(x), contracting_4))",
            "x = self.up_conv1(torch.cat([self.concat1(self.up_sample1(x), contracting_4)] * 2, dim=1))",
        ),
    ),
    wrong(
        "features-flattened",
        "wrong_axes",
        line("self.down_sample4(contracting_4)", "self.down_sample4(contracting_4).flatten(1)"),
    ),
    # Skips that something happened to
    wrong(
        "skip-pooled-and-enlarged",
        "skip_after_pooling",
        line(
            "self.up_sample2(x), contracting_3",
            "self.up_sample2(x), nn.functional.interpolate(self.down_sample3(contracting_3), scale_factor=2)",
        ),
    ),
    wrong(
        "skip-sliced-from-another-level",
        "wrong_level",
        line("self.up_sample4(x), contracting_1", "self.up_sample4(x), contracting_2[:, :64]"),
    ),
    wrong(
        "skip-scaled",
        "skip_changed",
        line("self.up_sample3(x), contracting_2", "self.up_sample3(x), 2 * contracting_2"),
    ),
    wrong(
        "skip-cut-before-concat",
        "skip_changed",
        line("self.up_sample3(x), contracting_2", "self.up_sample3(x), contracting_2[:, :, :8, :8]"),
    ),
    # The end
    wrong("end-sigmoid-method", "activation", line(LAST, "return self.final_conv(x).sigmoid()")),
    wrong("end-threshold", "activation", line(LAST, "return (self.final_conv(x) > 0).float()")),
    # Half of it
    wrong(
        "half-written-loop",
        "half_written",
        loops("return self.final_conv(x)", 'raise NotImplementedError("TODO 3: the expanding path")'),
    ),
    # What Python and torch refuse
    wrong(
        "forward-one-argument",
        "submission.argument_missing",
        line(
            "self.concat1(self.up_sample1(x), contracting_4)",
            "self.concat1([self.up_sample1(x), contracting_4])",
        ),
    ),
    wrong(
        "forward-undefined",
        "submission.undefined",
        line("self.up_sample4(x), contracting_1", "self.up_sample4(x), skip_1"),
    ),
    wrong("forward-nothing-kept", "submission.none", loops("skips.append(x)", "skips = skips.append(x)")),
    wrong("forward-exits", "submission.exits", line(FIRST, "exit()\n        " + FIRST)),
    wrong(
        "given-layer-renamed",
        "given_layer_missing",
        Replace("unet.py", "self.concat2 = Crop", "self.concat_2 = Crop"),
    ),
)
