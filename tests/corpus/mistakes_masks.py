"""More mistakes in TODO 4: each function pays for itself, and a hint belongs to its own message."""

from .build import Edit, Mistake
from .mistakes_infer import INTERPOLATE, MASK, RETURN, TO_TENSOR, line, predict, preprocess


def wrong(name: str, word: str, *edits: Edit, also: tuple[str, ...] = ()) -> Mistake:
    cause = word if "." in word else f"inference.{word}"
    return Mistake(name, ("inference",), cause, edits, tuple(f"inference.{one}" for one in also))


MISTAKES = (
    wrong(
        "channels-last",
        "channels_last",
        preprocess("""
            pixels = np.array(image.convert("RGB").resize((572, 572)), dtype=np.float32) / 255
            return torch.from_numpy(pixels)[None]
        """),
    ),
    wrong("preprocess-double", "input_type", line(TO_TENSOR, TO_TENSOR + ".double()")),
    wrong("preprocess-asks", "submission.asks", line(TO_TENSOR, "input()\n    " + TO_TENSOR)),
    wrong(
        "preprocess-opens",
        "submission.reads_file",
        line(TO_TENSOR, 'Image.open("car.jpg")\n    ' + TO_TENSOR),
    ),
    wrong(
        "predict-squeezes", "input_batch_axis", line("model(preprocess(image)", "model(preprocess(image)[0]")
    ),
    wrong(
        "predict-unsqueezes", "input_axes", line("model(preprocess(image)", "model(preprocess(image)[None]")
    ),
    wrong(
        "predict-cuda",
        "submission.no_gpu",
        line("    model.eval()\n", "    model.eval()\n    model.cuda()\n"),
    ),
    wrong("mask-int64", "integer", line(RETURN, "return mask.cpu().numpy().astype(int)")),
    wrong(
        "mask-probabilities",
        "probabilities",
        line(MASK, "mask = 255 * torch.sigmoid(scores[0, 0])"),
        also=("threshold_ignored",),
    ),
    wrong("mask-list", "not_array", line(RETURN, "return mask.int().tolist()")),
    wrong("mask-picture", "not_array", line(RETURN, "return Image.fromarray(mask.cpu().numpy())")),
    wrong(
        "mask-one-column-wider",
        "other_size",
        line("size=(image.height, image.width)", "size=(image.height, image.width + 1)"),
    ),
    # Two at once, in one function: each message has its own hint
    wrong(
        "mask-int64-and-side",
        "integer",
        line(RETURN, "return mask.cpu().numpy().astype(int)"),
        line("> threshold", "< threshold"),
        also=("threshold_side",),
    ),
    wrong(
        "mask-bool-and-nearest",
        "bool",
        line(RETURN, "return mask.cpu().numpy()"),
        line(INTERPOLATE, INTERPOLATE.replace("bilinear", "nearest")),
        also=("nearest",),
    ),
    wrong(
        "mask-255-in-training-mode",
        "values_255",
        line(RETURN, "return mask.cpu().numpy().astype(np.uint8) * 255"),
        line("    model.eval()\n", ""),
        also=("training_mode",),
    ),
    wrong(
        "both-functions",
        "batch_axis",
        line(TO_TENSOR, TO_TENSOR.removesuffix(".unsqueeze(0)")),
        line("> threshold", "> 0.5"),
        also=("threshold_ignored",),
    ),
    wrong(
        "unfilled-preprocess-wrong-mask",
        "unfilled",
        preprocess('raise NotImplementedError("TODO 4: preprocess the picture")'),
        line("torch.sigmoid(scores[0, 0])", "scores[0, 0]"),
        also=("sigmoid_missing",),
    ),
    wrong(
        "predict-image-attribute",
        "submission.name_near",
        predict("""
            model.eval()
            with torch.no_grad():
                scores = model(preprocess(image))
            scores = nn.functional.interpolate(scores, size=(image.Height, image.width), mode="bilinear")
            return (torch.sigmoid(scores)[0, 0] > threshold).numpy().astype(np.uint8)
        """),
    ),
)
