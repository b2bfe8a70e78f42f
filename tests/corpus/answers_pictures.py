"""Right answers in predict_mask: what is done between the picture and the network changes nothing."""

from .build import Answer
from .mistakes_infer import line
from .mistakes_pictures import ABOVE, CALL, handed, imported, mended

TENSOR = "torchvision.transforms.functional.to_tensor"

ANSWERS = (
    Answer("hands-rgb", (handed('image.convert("RGB")'),)),
    Answer("hands-rgba", (handed('image.convert("RGBA")'),)),
    Answer("hands-copy", (handed("image.copy()"),)),
    Answer("hands-array-again", (handed('Image.fromarray(np.array(image.convert("RGB")))'),)),
    Answer("hands-by-name", (handed("image=image"),)),
    Answer("hands-same-size", (handed("image.resize(image.size)"),)),
    Answer("hands-turned-as-exif-says", (imported("ImageOps"), handed("ImageOps.exif_transpose(image)"))),
    *(
        Answer(
            f"hands-resized-{name.lower()}",
            (handed(f'image.convert("RGB").resize((572, 572), Image.Resampling.{name})'),),
        )
        for name in ("BILINEAR", "HAMMING", "BICUBIC", "LANCZOS")
    ),
    Answer(
        "hands-resized-by-torchvision",
        (handed('torchvision.transforms.functional.resize(image.convert("RGB"), list(INPUT_SIZE))'),),
    ),
    Answer(
        "preprocess-called-twice",
        (line(ABOVE, '    print("input", preprocess(image).shape)\n' + ABOVE),),
    ),
    Answer(
        "preprocess-of-preprocessed",
        (handed("torchvision.transforms.functional.to_pil_image(preprocess(image)[0])"),),
    ),
    Answer("picture-loaded-first", (line(ABOVE, "    image.load()\n" + ABOVE),)),
    Answer("tensor-made-contiguous", (mended("preprocess(image).float().contiguous().clone()"),)),
    Answer("tensor-clamped", (mended("preprocess(image).clamp(0, 1)"),)),
    Answer("tensor-resized-again", (mended("nn.functional.interpolate(preprocess(image), INPUT_SIZE)"),)),
    Answer("tensor-shaped-again", (mended("preprocess(image)[0].unsqueeze(0)"),)),
    *(
        Answer(
            f"tensor-interpolated-{name}",
            (mended(f'nn.functional.interpolate({TENSOR}(image.convert("RGB"))[None], INPUT_SIZE, {how})'),),
        )
        for name, how in (
            ("bilinear", 'mode="bilinear"'),
            ("corners", 'mode="bilinear", align_corners=True'),
            ("bicubic", 'mode="bicubic"'),
            ("smoothed", 'mode="bilinear", antialias=True'),
        )
    ),
    Answer(
        "steps-in-predict-mask",
        (
            line(CALL, "preprocess(picture)"),
            line(ABOVE, '    picture = image if image.mode == "RGB" else image.convert("RGB")\n' + ABOVE),
        ),
    ),
)
