"""Mistakes in TODO 4, `preprocess` and `predict_mask`."""

from .build import Body, Edit, Mistake, Replace

RESIZE = 'image = torchvision.transforms.functional.resize(image.convert("RGB"), list(INPUT_SIZE))'
TO_TENSOR = "return torchvision.transforms.functional.to_tensor(image).unsqueeze(0)"
INTERPOLATE = 'scores = nn.functional.interpolate(scores, size=(image.height, image.width), mode="bilinear")'
MASK = "mask = torch.sigmoid(scores[0, 0]) > threshold"
RETURN = "return mask.cpu().numpy().astype(np.uint8)"


def wrong(name: str, word: str, *edits: Edit) -> Mistake:
    return Mistake(name, ("inference",), f"inference.{word}", edits)


def line(old: str, new: str) -> Edit:
    return Replace("infer.py", old, new)


def preprocess(new: str) -> Edit:
    return Body("infer.py", "preprocess", new)


def predict(new: str) -> Edit:
    return Body("infer.py", "predict_mask", new)


MISTAKES = (
    # preprocess
    wrong("resize-short-side", "short_side", line("list(INPUT_SIZE))", "[572])")),
    wrong(
        "resize-short-side-compose",
        "short_side",
        preprocess("""
            from torchvision import transforms
            steps = transforms.Compose([transforms.Resize(572), transforms.ToTensor()])
            return steps(image.convert("RGB"))[None]
        """),
    ),
    wrong(
        "values-not-scaled",
        "not_scaled",
        line(TO_TENSOR, "return torchvision.transforms.functional.pil_to_tensor(image).unsqueeze(0).float()"),
    ),
    wrong(
        "values-not-scaled-numpy",
        "not_scaled",
        preprocess("""
            pixels = np.array(image.convert("RGB").resize((572, 572)), dtype=np.float32)
            return torch.from_numpy(pixels).permute(2, 0, 1).unsqueeze(0)
        """),
    ),
    wrong(
        "imagenet-statistics",
        "imagenet",
        preprocess("""
            from torchvision import transforms
            steps = transforms.Compose([
                transforms.Resize(INPUT_SIZE),
                transforms.ToTensor(),
                transforms.Normalize(mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225]),
            ])
            return steps(image.convert("RGB")).unsqueeze(0)
        """),
    ),
    wrong("channels-bgr", "bgr", line(TO_TENSOR, TO_TENSOR + "[:, [2, 1, 0]]")),
    wrong("channels-bgr-flip", "bgr", line(TO_TENSOR, TO_TENSOR + ".flip(1)")),
    wrong("rgb-not-converted", "not_converted", line('resize(image.convert("RGB")', "resize(image")),
    wrong(
        "rgb-grey-only",  # a picture with alpha keeps its fourth channel
        "not_converted",
        line(
            RESIZE,
            'if image.mode == "L":\n        image = image.convert("RGB")\n    '
            + RESIZE.replace('.convert("RGB")', ""),
        ),
    ),
    wrong("grey-picture", "greyscale", line('resize(image.convert("RGB")', 'resize(image.convert("L")')),
    wrong(
        "grey-picture-three-channels",
        "greyscale",
        line('resize(image.convert("RGB")', 'resize(image.convert("L").convert("RGB")'),
    ),
    wrong("batch-axis-missing", "batch_axis", line(TO_TENSOR, TO_TENSOR.removesuffix(".unsqueeze(0)"))),
    wrong(
        "preprocess-returns-nothing",
        "nothing_returned",
        line(TO_TENSOR, TO_TENSOR.replace("return", "image =")),
    ),
    wrong(
        "resize-nearest",
        "nearest_picture",
        line("list(INPUT_SIZE))", "list(INPUT_SIZE), torchvision.transforms.InterpolationMode.NEAREST)"),
    ),
    wrong(
        "resize-nearest-pillow",
        "nearest_picture",
        line(RESIZE, 'image = image.convert("RGB").resize((572, 572), Image.NEAREST)'),
    ),
    wrong(
        "resize-nearest-interpolate",  # what interpolate does if no mode is named
        "nearest_picture",
        preprocess("""
            tensor = torchvision.transforms.functional.to_tensor(image.convert("RGB"))[None]
            return nn.functional.interpolate(tensor, size=INPUT_SIZE)
        """),
    ),
    wrong(
        "resize-box",  # enlarged, it repeats pixels
        "nearest_picture",
        line(RESIZE, 'image = image.convert("RGB").resize((572, 572), Image.BOX)'),
    ),
    # predict_mask: size
    wrong("size-not-restored", "not_resized_back", line("        " + INTERPOLATE + "\n", "")),
    wrong("size-nearest", "nearest", line(INTERPOLATE, INTERPOLATE.replace("bilinear", "nearest"))),
    wrong(
        "size-nearest-default",
        "nearest",
        line(INTERPOLATE, "scores = nn.functional.interpolate(scores, (image.height, image.width))"),
    ),
    wrong(
        "size-width-height",
        "size",
        line("size=(image.height, image.width)", "size=(image.width, image.height)"),
    ),
    wrong("size-width-height-pil", "size", line("size=(image.height, image.width)", "size=image.size")),
    wrong("size-fixed", "other_size", line("size=(image.height, image.width)", "size=INPUT_SIZE")),
    wrong("mask-transposed", "transposed", line(RETURN, RETURN.replace(".cpu()", ".T.cpu()"))),
    # predict_mask: sigmoid and threshold
    wrong("sigmoid-missing", "sigmoid_missing", line(MASK, "mask = scores[0, 0] > threshold")),
    wrong(
        "sigmoid-twice",
        "sigmoid_twice",
        line(MASK, MASK.replace("scores[0, 0]", "torch.sigmoid(scores[0, 0])")),
    ),
    wrong(
        "sigmoid-twice-lines",
        "sigmoid_twice",
        line(
            "scores = model(preprocess(image).to(device))",
            "scores = model(preprocess(image).to(device)).sigmoid()",
        ),
    ),
    wrong("threshold-side", "threshold_side", line("> threshold", "< threshold")),
    wrong("threshold-ignored", "threshold_ignored", line("> threshold", "> 0.5")),
    wrong(
        "threshold-ignored-round",
        "threshold_ignored",
        line(MASK, "mask = torch.sigmoid(scores[0, 0]).round()"),
    ),
    wrong("threshold-ignored-scores", "threshold_ignored", line(MASK, "mask = scores[0, 0] > 0")),
    wrong(
        "mask-inverted", "inverted", line("torch.sigmoid(scores[0, 0])", "1 - torch.sigmoid(scores[0, 0])")
    ),
    # Unsure: `1 - mask` differs from `< threshold` only where the probability is the threshold.
    wrong("mask-inverted-last", "inverted", line(RETURN, "return 1 - mask.cpu().numpy().astype(np.uint8)")),
    wrong(
        "threshold-before-interpolation",
        "threshold_first",
        predict("""
            model.eval()
            device = next(model.parameters()).device
            with torch.no_grad():
                mask = (torch.sigmoid(model(preprocess(image).to(device))) > threshold).float()
                mask = nn.functional.interpolate(mask, size=(image.height, image.width), mode="bilinear")
            return mask[0, 0].cpu().numpy().astype(np.uint8)
        """),
    ),
    wrong(
        "threshold-before-pil-resize",
        "threshold_first",
        predict("""
            model.eval()
            device = next(model.parameters()).device
            with torch.no_grad():
                mask = torch.sigmoid(model(preprocess(image).to(device)))[0, 0] > threshold
            small = Image.fromarray(mask.cpu().numpy().astype(np.uint8))
            return np.array(small.resize(image.size, Image.Resampling.NEAREST))
        """),
    ),
    # predict_mask: values and type
    wrong("mask-255", "values_255", line(RETURN, "return mask.cpu().numpy().astype(np.uint8) * 255")),
    wrong(
        "mask-255-where",
        "values_255",
        line(RETURN, "return np.where(mask.cpu().numpy(), 255, 0).astype(np.uint8)"),
    ),
    wrong("mask-bool", "bool", line(RETURN, "return mask.cpu().numpy()")),
    wrong("mask-float", "float", line(RETURN, "return mask.float().cpu().numpy()")),
    wrong("mask-tensor", "tensor", line(RETURN, "return mask.cpu().to(torch.uint8)")),
    wrong("mask-extra-axis", "axes", line("scores[0, 0]", "scores[0]")),
    wrong("predict-returns-nothing", "nothing_returned", line(RETURN, RETURN.replace("return", "mask ="))),
    Mistake(
        "preprocess-without-picture",
        ("inference",),
        "submission.argument_missing",
        (line("model(preprocess(image)", "model(preprocess()"),),
    ),
    # predict_mask: the network's state
    wrong("training-mode", "training_mode", line("    model.eval()\n", "")),
    wrong("training-mode-train", "training_mode", line("model.eval()", "model.train()")),
    wrong(
        "gradients-kept",
        "gradients",
        predict("""
            model.eval()
            device = next(model.parameters()).device
            scores = model(preprocess(image).to(device))
            scores = nn.functional.interpolate(scores, size=(image.height, image.width), mode="bilinear")
            mask = torch.sigmoid(scores[0, 0]).detach() > threshold
            return mask.cpu().numpy().astype(np.uint8)
        """),
    ),
    wrong(
        "gradients-enabled", "gradients", line("with torch.inference_mode():", "with torch.enable_grad():")
    ),
)
