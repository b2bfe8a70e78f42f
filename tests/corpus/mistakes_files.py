"""Unfilled TODOs as the student's template has them, and files that do not load."""

from .build import Append, Body, Child, Edit, Mistake, Remove, Replace
from .mistakes_blocks import PLAN
from .mistakes_forward import CONTRACTING, EXPANDING

IMPORTS = "from torch import nn\n"
TODO = '''

def todo(what: str):
    """Marks a place to fill: put your own layers there instead of the call."""
    raise NotImplementedError(what)
'''
FUNCTION = Replace("unet.py", IMPORTS, IMPORTS + TODO)
CROP = Body(
    "unet.py",
    "CropAndConcat.forward",
    'b, c, h, w = x.shape\nraise NotImplementedError("TODO 2: crop, then concatenate")',
)
CONTRACTING_HOLE = 'raise NotImplementedError("TODO 3: the contracting path")\n'
EXPANDING_HOLE = 'raise NotImplementedError("TODO 3: the expanding path")\n'
FORWARD = Body("unet.py", "UNet.forward", CONTRACTING_HOLE + EXPANDING_HOLE)
PREPROCESS = Body("infer.py", "preprocess", 'raise NotImplementedError("TODO 4: preprocess the picture")')
PREDICT = Body("infer.py", "predict_mask", 'raise NotImplementedError("TODO 4: predict the mask")')
UNET = ("conv_blocks", "crop_and_concat", "forward")


def hole(name: str) -> Edit:
    made = "nn.Conv2d" if name == "final_conv" else "nn.Sequential"
    return Child(name, f'{made}(\n    todo("TODO 1: {name}"),\n)')


BLOCKS = (FUNCTION, *(hole(name) for name in [*PLAN, "final_conv"]))

MISTAKES = (
    # Unsure: with a hole in __init__ the network cannot be made; `forward` keeps its points only if
    # the grader runs it on an object whose __init__ it did not need.
    Mistake("unfilled-one-block", ("conv_blocks",), "conv_blocks.unfilled", (FUNCTION, hole("down_conv3"))),
    Mistake("unfilled-final-conv", ("conv_blocks",), "conv_blocks.unfilled", (FUNCTION, hole("final_conv"))),
    Mistake("unfilled-blocks", ("conv_blocks",), "conv_blocks.unfilled", BLOCKS),
    # The older template's hole: an empty nn.Sequential() is silently the identity.
    Mistake(
        "unfilled-empty-block",
        ("conv_blocks",),
        "conv_blocks.unfilled",
        (Child("up_conv2", "nn.Sequential()"),),
    ),
    Mistake("unfilled-crop", ("crop_and_concat",), "crop_and_concat.unfilled", (CROP,)),
    Mistake(
        "unfilled-contracting",
        ("forward",),
        "forward.unfilled",
        (Body("unet.py", "UNet.forward", CONTRACTING_HOLE + EXPANDING),),
    ),
    Mistake(
        "unfilled-expanding",
        ("forward",),
        "forward.half_written",
        (Body("unet.py", "UNet.forward", CONTRACTING + EXPANDING_HOLE),),
    ),
    Mistake("unfilled-preprocess", ("inference",), "inference.unfilled", (PREPROCESS,)),
    Mistake("unfilled-predict-mask", ("inference",), "inference.unfilled", (PREDICT,)),
    Mistake(
        "unfilled-everything",
        (*UNET, "inference"),
        "conv_blocks.unfilled",
        (*BLOCKS, CROP, FORWARD, PREPROCESS, PREDICT),
        also=("crop_and_concat.unfilled", "forward.unfilled", "inference.unfilled"),
    ),
    # Unsure, as above: the children cannot be assigned, but `forward` itself is right.
    Mistake(
        "super-init-missing",
        ("conv_blocks",),
        "submission.super_missing",
        (Replace("unet.py", "        super().__init__()\n", ""),),
    ),
    Mistake(
        "super-init-not-called",
        ("conv_blocks",),
        "submission.super_missing",
        (Replace("unet.py", "super().__init__()", "super().__init__"),),
    ),
    # Classes and functions
    Mistake(
        "unet-missing", ("conv_blocks", "forward"), "submission.class_missing", (Remove("unet.py", "UNet"),)
    ),
    Mistake(
        "unet-renamed",
        ("conv_blocks", "forward"),
        "submission.class_renamed",
        (Replace("unet.py", "class UNet(", "class Unet("),),
    ),
    Mistake(
        "unet-renamed-capitals",
        ("conv_blocks", "forward"),
        "submission.class_renamed",
        (Replace("unet.py", "class UNet(", "class UNET("),),
    ),
    Mistake(
        "crop-and-concat-renamed",
        ("crop_and_concat",),
        "submission.class_renamed",
        (Replace("unet.py", "CropAndConcat", "CropConcat", None),),
    ),
    Mistake(
        "crop-and-concat-missing",
        ("crop_and_concat",),
        "submission.class_missing",
        (Remove("unet.py", "CropAndConcat"),),
    ),
    Mistake(
        "preprocess-missing",
        ("inference",),
        "submission.function_missing",
        (Remove("infer.py", "preprocess"),),
    ),
    Mistake(
        "predict-mask-missing",
        ("inference",),
        "submission.function_missing",
        (Remove("infer.py", "predict_mask"),),
    ),
    Mistake(
        "predict-mask-renamed",
        ("inference",),
        "submission.function_missing",
        (Replace("infer.py", "def predict_mask(", "def predict("),),
    ),
    # Files that do not load
    Mistake(
        "syntax-bracket",
        UNET,
        "submission.syntax_error",
        (
            Replace(
                "unet.py",
                "return torch.cat([x, contracting_x], dim=1)",
                "return torch.cat([x, contracting_x, dim=1)",
            ),
        ),
    ),
    Mistake(
        "syntax-indentation",
        UNET,
        "submission.syntax_error",
        (Replace("unet.py", "        return self.final_conv(x)", "       return self.final_conv(x)"),),
    ),
    Mistake(
        "syntax-infer",
        ("inference",),
        "submission.syntax_error",
        (Replace("infer.py", "with torch.inference_mode():", "with torch.inference_mode()"),),
    ),
    Mistake(
        "import-not-installed",
        UNET,
        "submission.import_error",
        (Replace("unet.py", IMPORTS, IMPORTS + "import segmentation_models_pytorch as smp\n"),),
    ),
    Mistake(
        "import-name-unknown",
        UNET,
        "submission.import_error",
        (Replace("unet.py", IMPORTS, "from torch import nn, relu7\n"),),
    ),
    Mistake(
        "import-infer",
        ("inference",),
        "submission.import_error",
        (Replace("infer.py", IMPORTS, IMPORTS + "from skimage.transform import resize\n"),),
    ),
    Mistake("import-raises", UNET, "submission.import_raises", (Append("unet.py", "\n\nmodel = UNet(3)\n"),)),
    Mistake(
        "import-raises-name",
        UNET,
        "submission.undefined_near",
        (Replace("unet.py", "class CropAndConcat(nn.Module):", "class CropAndConcat(Module):"),),
    ),
    Mistake(
        "import-raises-infer",
        ("inference",),
        "submission.import_raises",
        (Append("infer.py", '\n\nprint(preprocess(Image.open("no-such-car.png")).shape)\n'),),
    ),
)
