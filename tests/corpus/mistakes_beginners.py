"""Mistakes that somebody made who tried the lab as a new student: in all TODOs, one at a time."""

from .build import Body, Child, Edit, Mistake, Replace
from .mistakes_blocks import FIRST, RELU, SECOND, block
from .mistakes_crop import body as crop
from .mistakes_forward import CONTRACTING, EXPANDING
from .mistakes_infer import INTERPOLATE, MASK, RETURN, TO_TENSOR, preprocess

TODOS = {"b": "conv_blocks", "c": "crop_and_concat", "f": "forward", "i": "inference"}
SIZES = "h, w = x.shape[2:]\nH, W = contracting_x.shape[2:]\n"
CENTRED = "torchvision.transforms.functional.center_crop(contracting_x, [h, w])"
CUT = "return torch.cat([x, contracting_x[:, :, {rows}, {columns}]], dim=1)"
NUMBERS = 'np.array(image.convert("RGB").resize((572, 572)), dtype=np.float32) / 255'
ONE_DIMENSION = "nn.Conv1d({i}, {o}, 3, padding=1)"
FORWARD = '    def forward(self, x: torch.Tensor) -> torch.Tensor:\n        """(N, in'
INDENTED = FORWARD.replace("    ", "        ", 1).replace("\n        ", "\n            ")
BIG = "self.up_conv1(self.concat1(self.up_sample1(x), contracting_4))"
RESTORED = "scores = torchvision.transforms.functional.center_crop(scores, [image.height, image.width])"
WHOLE = "return (torchvision.transforms.functional.pil_to_tensor(image) // 255).float()[None]"
TENSOR = f"x = {NUMBERS}\nreturn torch.from_numpy(x)"


def wrong(name: str, todo: str, cause: str, *edits: Edit) -> Mistake:
    """cause: a word of the TODO's own, or the whole."""
    whole = cause if "." in cause else f"{TODOS[todo]}.{cause}"
    return Mistake(f"beginner-{name}", (TODOS[todo],), whole, edits)


def way(old: str, new: str) -> Edit:
    return Body("unet.py", "UNet.forward", Replace("unet.py", old, new).apply(CONTRACTING + EXPANDING))


def infer(old: str, new: str) -> Edit:
    return Replace("infer.py", old, new)


BLOCKS = (
    wrong(
        "pooling-in-block", "b", "resizes", block("down_conv2", FIRST, RELU, SECOND, RELU, "nn.MaxPool2d(2)")
    ),
    wrong(
        "upsample-in-block",
        "b",
        "resizes",
        block("up_conv2", FIRST, RELU, SECOND, RELU, "nn.Upsample(scale_factor=2)"),
    ),
    wrong(
        "transposed-in-block",
        "b",
        "other_convolution",
        block("up_conv1", "nn.ConvTranspose2d({i}, {o}, 3, padding=1)", RELU, SECOND, RELU),
    ),
    wrong("conv1d", "b", "other_convolution", block("down_conv2", ONE_DIMENSION, RELU, SECOND, RELU)),
    wrong("block-copied", "b", "channels", Replace("unet.py", "nn.Conv2d(256, 512,", "nn.Conv2d(128, 512,")),
    wrong("relu-in-the-wrong-place", "b", "relu_missing", block("down_conv2", FIRST, RELU, RELU, SECOND)),
    wrong(
        "block-is-a-list",
        "b",
        "in_a_list",
        Child("down_conv2", "[nn.Conv2d(64, 128, 3, padding=1), nn.ReLU()]"),
    ),
    wrong(
        "block-is-a-module-list",
        "b",
        "submission.only_keeps",
        Child(
            "down_conv2",
            "nn.ModuleList([nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(), "
            "nn.Conv2d(128, 128, 3, padding=1), nn.ReLU()])",
        ),
    ),
)
CROP = (
    wrong(
        "stacked",
        "c",
        "submission.stack",
        crop(f"h, w = x.shape[2:]\nreturn torch.stack([x, {CENTRED}], dim=1)"),
    ),
    wrong(
        "square",
        "c",
        "square",
        crop(f"h = x.shape[2]\nreturn torch.cat([x, {CENTRED}], 1)".replace(", w]", ", h]")),
    ),
    wrong(
        "half-of-the-large-one",
        "c",
        "over_the_edge",
        crop(SIZES + CUT.format(rows="H // 2 : H // 2 + h", columns="W // 2 : W // 2 + w")),
    ),
    wrong(
        "offset-of-the-rows-twice",
        "c",
        "offset",
        crop(SIZES + "top = (H - h) // 2\n" + CUT.format(rows="top : top + h", columns="top : top + w")),
    ),
    wrong(
        "division-with-a-point",
        "c",
        "submission.whole_numbers",
        crop(SIZES + "top = (H - h) / 2\n" + CUT.format(rows="top : top + h", columns="top : top + w")),
    ),
    wrong(
        "cut-along-the-batch",
        "c",
        "cut_axes",
        crop(
            SIZES + "top, left = (H - h) // 2, (W - w) // 2\n"
            "return torch.cat([x, contracting_x[top : top + h, left : left + w]], dim=1)"
        ),
    ),
    wrong("multiplied", "c", "mixed", crop(f"h, w = x.shape[2:]\nreturn x * {CENTRED}[:, : x.shape[1]]")),
    wrong("two-come-back", "c", "not_a_tensor", crop(f"h, w = x.shape[2:]\nreturn x, {CENTRED}")),
)
WAY = (
    wrong("input-pooled", "f", "order", way("self.down_sample1(contracting_1)", "self.down_sample1(x)")),
    wrong("without-self", "f", "submission.self_needed", way("self.down_conv1(x)", "down_conv1(x)")),
    wrong("not-called", "f", "submission.not_called", way("self.down_conv1(x)", "self.down_conv1")),
    wrong(
        "two-maps-for-a-block",
        "f",
        "submission.argument_extra",
        way(BIG, "self.up_conv1(x, contracting_4)"),
    ),
    wrong(
        "sigmoid-in-the-middle",
        "f",
        "in_between",
        way("(self.down_sample4(contracting_4))", "(self.down_sample4(contracting_4)).sigmoid()"),
    ),
    wrong("layer-returned", "f", "not_a_tensor", way("return self.final_conv(x)", "return self.final_conv")),
    wrong("forward-indented", "f", "submission.no_forward", Replace("unet.py", FORWARD, INDENTED)),
)
PREPROCESS = (
    wrong("rows-and-columns", "i", "input_transposed", preprocess(f"{TENSOR}.permute(2, 1, 0)[None]")),
    wrong("reshaped", "i", "reshaped", preprocess(f"{TENSOR}.reshape(1, 3, 572, 572)")),
    wrong(
        "axis-in-the-second-place", "i", "batch_axis_place", infer(TO_TENSOR, TO_TENSOR.replace("(0)", "(1)"))
    ),
    wrong("picture-as-it-is", "i", "submission.picture_to_tensor", preprocess("return torch.tensor(image)")),
    wrong("divided-twice", "i", "scaled_twice", infer(TO_TENSOR, TO_TENSOR + " / 255")),
    wrong(
        "divided-to-whole-numbers",
        "i",
        "whole_numbers",
        infer(TO_TENSOR, WHOLE),
    ),
    wrong("other-size", "i", "input_size", infer("list(INPUT_SIZE))", "[512, 512])")),
    wrong("cut-out", "i", "not_whole", infer("functional.resize(image", "functional.center_crop(image")),
    wrong(
        "made-square",
        "i",
        "not_whole",
        preprocess("""
            image = image.convert("RGB")
            square = Image.new("RGB", (max(image.size), max(image.size)))
            square.paste(image)
            return torchvision.transforms.functional.to_tensor(square.resize((572, 572)))[None]
        """),
    ),
)
PREDICT = (
    wrong(
        "shape-of-a-picture",
        "i",
        "submission.of_another",
        infer("size=(image.height, image.width)", "size=image.shape[:2]"),
    ),
    wrong("type-of-an-array", "i", "submission.of_another", infer(RETURN, "return mask.astype(np.uint8)")),
    wrong(
        "one-map-resized",
        "i",
        "submission.interpolate_axes",
        infer("interpolate(scores,", "interpolate(scores[0, 0],"),
    ),
    wrong(
        "context-not-called",
        "i",
        "submission.with_not_called",
        infer("torch.inference_mode():", "torch.no_grad:"),
    ),
    wrong("uint8-of-nobody", "i", "submission.undefined_near", infer("np.uint8)\n", "uint8)\n")),
    wrong(
        "functional-of-nobody",
        "i",
        "submission.undefined_near",
        infer("nn.functional.interpolate", "F.interpolate"),
    ),
    wrong("evaluation-not-called", "i", "training_mode", infer("model.eval()", "model.eval")),
    wrong(
        "padded-back",
        "i",
        "padded_back",
        infer(INTERPOLATE, RESTORED),
    ),
    wrong(
        "softmax-of-one",
        "i",
        "threshold_ignored",
        infer(MASK, MASK.replace("sigmoid(scores[0, 0])", "softmax(scores, 1)[0, 0]")),
    ),
)
MISTAKES = (*BLOCKS, *CROP, *WAY, *PREPROCESS, *PREDICT)
