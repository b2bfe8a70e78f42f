"""Right answers to TODO 4, in the ways that students write them."""

from .build import Answer, Append, Body, Edit, Replace
from .mistakes_infer import INTERPOLATE, MASK, RESIZE, RETURN, TO_TENSOR


def line(old: str, new: str, count: int | None = 1) -> Edit:
    return Replace("infer.py", old, new, count)


def preprocess(new: str) -> Edit:
    return Body("infer.py", "preprocess", new)


def predict(new: str) -> Edit:
    return Body("infer.py", "predict_mask", new)


def pillow(filter: str) -> Edit:
    chosen = f", Image.Resampling.{filter}" if filter else ""
    return line(RESIZE, f'image = image.convert("RGB").resize((572, 572){chosen})')


def as_tensor(how: str) -> Edit:
    """The picture becomes a tensor first, and is resized then."""
    return preprocess(f"""
        from torchvision.transforms import functional as TF
        tensor = TF.to_tensor(image.convert("RGB"))
        return TF.resize(tensor, list(INPUT_SIZE), {how}).clamp(0, 1).unsqueeze(0)
    """)


def interpolated(how: str) -> Edit:
    return preprocess(f"""
        tensor = torchvision.transforms.functional.to_tensor(image.convert("RGB"))[None]
        return nn.functional.interpolate(tensor, size=INPUT_SIZE, {how})
    """)


MODE = line(
    "from PIL import Image\n", "from PIL import Image\nfrom torchvision.transforms import InterpolationMode\n"
)

ANSWERS = (
    Answer(
        "compose",
        (
            preprocess("""
                from torchvision import transforms
                steps = transforms.Compose([transforms.Resize((572, 572)), transforms.ToTensor()])
                return steps(image.convert("RGB")).unsqueeze(0)
            """),
        ),
    ),
    Answer(
        "transforms-v2",
        (
            preprocess("""
                from torchvision.transforms import v2
                steps = v2.Compose([
                    v2.RGB(),
                    v2.Resize(INPUT_SIZE),
                    v2.ToImage(),
                    v2.ToDtype(torch.float32, scale=True),
                ])
                return steps(image)[None].as_subclass(torch.Tensor)
            """),
        ),
    ),
    Answer(
        "numpy-route",
        (
            preprocess("""
                height, width = INPUT_SIZE
                small = image.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
                pixels = np.asarray(small).astype(np.float32) / 255
                return torch.from_numpy(pixels).permute(2, 0, 1).unsqueeze(0)
            """),
        ),
    ),
    Answer(
        "numpy-transpose",
        (
            preprocess("""
                if image.mode != "RGB":
                    image = image.convert("RGB")
                pixels = np.array(image.resize((572, 572), Image.BILINEAR), dtype=np.float32)
                pixels /= 255.0
                return torch.tensor(pixels.transpose(2, 0, 1)[np.newaxis])
            """),
        ),
    ),
    *(
        Answer(f"resize-by-pillow-{name.lower()}", (pillow(name),))
        for name in ("BICUBIC", "LANCZOS", "HAMMING")
    ),
    Answer("resize-by-pillow", (pillow(""),)),  # bicubic, without asking for it
    Answer(
        "resize-interpolation-named",
        (line("list(INPUT_SIZE))", "list(INPUT_SIZE), interpolation=InterpolationMode.BICUBIC)"), MODE),
    ),
    Answer("resize-as-tensor-without-antialias", (as_tensor("antialias=False"),)),
    Answer("resize-as-tensor-bicubic", (as_tensor("InterpolationMode.BICUBIC"), MODE)),
    Answer("resize-by-interpolate", (interpolated('mode="bilinear"'),)),
    Answer("resize-by-interpolate-corners", (interpolated('mode="bilinear", align_corners=True'),)),
    Answer("resize-by-interpolate-bicubic", (interpolated('mode="bicubic"'),)),
    Answer("resize-by-interpolate-antialias", (interpolated('mode="bicubic", antialias=True'),)),
    Answer(
        "batch-axis-if-needed",
        (line("model(preprocess(image)", "model(preprocess(image).reshape(1, 3, *INPUT_SIZE)"),),
    ),
    Answer(
        "picture-prepared-in-predict-mask",
        (
            line(
                "scores = model(preprocess(image).to(device))",
                "small = image.convert('RGB').resize((572, 572))\n"
                "        tensor = torchvision.transforms.functional.to_tensor(small)\n"
                "        scores = model(tensor[None].to(device))",
            ),
        ),
    ),
    Answer(
        "probabilities-by-pillow",
        (
            predict("""
                model.eval()
                with torch.no_grad():
                    scores = model(preprocess(image).to(next(model.parameters()).device))
                car = Image.fromarray(torch.sigmoid(scores)[0, 0].cpu().numpy())
                return (np.array(car.resize(image.size, Image.BILINEAR)) > threshold).astype(np.uint8)
            """),
        ),
    ),
    Answer(
        "probabilities-with-corners",
        (
            line(
                "scores = model(preprocess(image).to(device))",
                "scores = model(preprocess(image).to(device)).sigmoid()",
            ),
            line(INTERPOLATE, INTERPOLATE[:-1] + ", align_corners=True)"),
            line(MASK, "mask = scores[0, 0] > threshold"),
        ),
    ),
    Answer(
        "scores-by-resize",
        (
            line(
                INTERPOLATE,
                "scores = torchvision.transforms.functional.resize(scores, [image.height, image.width])",
            ),
        ),
    ),
    Answer(
        "batch-by-stack",
        (line(TO_TENSOR, "return torch.stack([torchvision.transforms.functional.to_tensor(image)])"),),
    ),
    Answer("size-as-tuple", (line(RESIZE, RESIZE.replace("list(INPUT_SIZE)", "INPUT_SIZE")),)),
    Answer("no-grad", (line("torch.inference_mode()", "torch.no_grad()"),)),
    Answer(
        "no-grad-decorator",
        (
            line("def predict_mask(", "@torch.no_grad()\ndef predict_mask("),
            predict("""
                model.eval()
                scores = model(preprocess(image).to(next(model.parameters()).device))
                w, h = image.size
                scores = nn.functional.interpolate(scores, (h, w), mode="bilinear", align_corners=False)
                return (scores.sigmoid() > threshold).squeeze(0).squeeze(0).byte().cpu().numpy()
            """),
        ),
    ),
    Answer("align-corners-explicit", (line(INTERPOLATE, INTERPOLATE[:-1] + ", align_corners=False)"),)),
    Answer(
        "upsample-layer",
        (line(INTERPOLATE, 'scores = nn.Upsample(size=image.size[::-1], mode="bilinear")(scores)'),),
    ),
    Answer(
        "mode-restored",
        (
            predict("""
                was_training = model.training
                model.eval()
                try:
                    with torch.no_grad():
                        scores = model(preprocess(image).to(next(model.parameters()).device)).float().cpu()
                finally:
                    model.train(was_training)
                scores = nn.functional.interpolate(scores, size=(image.height, image.width), mode="bilinear")
                return (torch.sigmoid(scores) > threshold).numpy()[0, 0].astype("uint8")
            """),
        ),
    ),
    Answer(
        "logit-threshold",
        (
            line("import numpy as np\n", "import math\n\nimport numpy as np\n"),
            line(MASK, "mask = scores[0, 0] > math.log(threshold / (1 - threshold))"),
        ),
    ),
    Answer(
        "mask-antialiased",
        (line('mode="bilinear")', 'mode="bilinear", antialias=True)'),),
    ),
    Answer("torch-where", (line(RETURN, "return torch.where(mask, 1, 0).to(torch.uint8).cpu().numpy()"),)),
    Answer("mask-byte", (line(RETURN, "return mask.byte().cpu().numpy()"),)),
    Answer("mask-numpy-where", (line(RETURN, "return np.where(mask.cpu().numpy(), 1, 0).astype(np.uint8)"),)),
    Answer("mask-int", (line(MASK, "mask = torch.sigmoid(scores)[0].squeeze().gt(threshold).int()"),)),
    Answer(
        "mask-filled",
        (
            line(
                RETURN,
                "filled = np.zeros((image.height, image.width), dtype=np.uint8)\n"
                "    filled[mask.cpu().numpy()] = 1\n"
                "    return filled",
            ),
        ),
    ),
    Answer("numpy-sigmoid", (line(MASK, "mask = 1 / (1 + torch.exp(-scores[0, 0])) > threshold"),)),
    Answer(
        "device-chosen",
        (
            line(
                "device = next(model.parameters()).device",
                'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")\n'
                "    model = model.to(device)",
            ),
        ),
    ),
    Answer(
        "print-in-infer",
        (line("    model.eval()\n", '    model.eval()\n    print("图片", image.size, image.mode)\n'),),
    ),
    Answer(
        "helpers-in-infer",
        (
            line(
                "def predict_mask(",
                "def _probability(scores, size):\n"
                '    scores = nn.functional.interpolate(scores, size=size, mode="bilinear")\n'
                "    return torch.sigmoid(scores)[0, 0]\n\n\n"
                "def predict_mask(",
            ),
            line("        " + INTERPOLATE + "\n", ""),
            line(MASK, "mask = _probability(scores, (image.height, image.width)) > threshold"),
        ),
    ),
    Answer(
        "infer-main-block",
        (
            Append(
                "infer.py",
                """

                if __name__ == "__main__":
                    from unet import UNet

                    model = UNet(3, 1)
                    model.load_state_dict(torch.load("model.pth"))
                    print(predict_mask(model, Image.open("car.jpg")).mean())
                """,
            ),
        ),
    ),
)

# An instructor may mark these either way: each differs from the solution in a rounding or on an edge.
DEBATABLE = (
    Answer("threshold-included", (line("> threshold", ">= threshold"),)),
    Answer(
        "sigmoid-before-interpolation",
        (
            line(
                "scores = model(preprocess(image).to(device))",
                "scores = torch.sigmoid(model(preprocess(image).to(device)))",
            ),
            line(MASK, "mask = scores[0, 0] > threshold"),
        ),
    ),
    Answer(
        "resize-as-tensor",  # the resized values are not rounded to bytes
        (
            preprocess("""
                from torchvision.transforms import functional as TF
                tensor = TF.to_tensor(image.convert("RGB"))
                return TF.resize(tensor, list(INPUT_SIZE), antialias=True).unsqueeze(0)
            """),
        ),
    ),
    Answer("align-corners-true", (line(INTERPOLATE, INTERPOLATE[:-1] + ", align_corners=True)"),)),
)
