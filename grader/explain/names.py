"""Names that the lab's tasks need, to offer the nearest one where a student's is not there."""

import difflib

LAYERS = ("Conv2d", "ConvTranspose2d", "ReLU", "Sequential", "MaxPool2d", "Module", "ModuleList", "Identity")
FUNCTIONS = ("interpolate", "relu", "sigmoid", "max_pool2d", "pad", "conv2d")
TORCH = (
    "cat",
    "concat",
    "sigmoid",
    "relu",
    "no_grad",
    "inference_mode",
    "Tensor",
    "tensor",
    "from_numpy",
    "stack",
)
TENSOR = (
    "shape",
    "size",
    "unsqueeze",
    "squeeze",
    "sigmoid",
    "numpy",
    "detach",
    "cpu",
    "float",
    "to",
    "permute",
)
NAMES: dict[str, tuple[str, ...]] = {
    "torch.nn": LAYERS,
    "torch.nn.functional": FUNCTIONS,
    "torch": TORCH,
    "Tensor": (*TENSOR, "permute", "byte", "int", "reshape", "view", "flatten"),
    "Image": ("convert", "resize", "size", "width", "height", "mode"),
    "ndarray": ("shape", "astype", "squeeze", "reshape", "transpose"),
    "argument": (
        *("in_channels", "out_channels", "kernel_size", "padding", "stride", "dilation", "groups", "bias"),
        *("dim", "size", "mode", "scale_factor", "align_corners", "inplace", "padding_mode"),
    ),
    # What a bare name may have been meant to be
    "": (
        *(
            "in_channels",
            "out_channels",
            "contracting_x",
            "self",
            "torch",
            "nn",
            "image",
            "model",
            "threshold",
        ),
        *("preprocess", "torchvision", "np", "Image", *(f"nn.{name}" for name in LAYERS)),
        *("np.uint8", "np.float32"),
    ),
}
SHORT = {"F": "nn.functional", "TF": "torchvision.transforms.functional"}  # names that many import so
OWN = {
    "Tensor": {
        "dim",
        "shape",
        "unsqueeze",
        "squeeze",
        "permute",
        "detach",
        "cpu",
        "numpy",
        "sigmoid",
        "float",
        "to",
    },
    "ndarray": {"astype", "transpose", "copy", "tolist", "ndim"},
    "Image": {"convert", "resize", "width", "height", "mode"},
}


def nearest(name: str, where: str) -> str | None:
    """The name there that differs in capitals, or in a letter or two; None where there is none."""
    known = NAMES.get(where, ())
    if where == "" and name in SHORT:
        return SHORT[name]
    by_last = {one.rpartition(".")[2].lower(): one for one in reversed(known)}
    cutoff = 0.6 if len(name) < 5 else 0.75  # two letters exchanged in `cat` leave little of it
    close = difflib.get_close_matches(name.lower(), by_last, n=1, cutoff=cutoff)
    return by_last[close[0]] if close and by_last[close[0]] != name else None


def who_has(name: str, where: str) -> str | None:
    """Another kind of what pictures and maps are held in that does have an attribute of this name."""
    return next((kind for kind, names in OWN.items() if kind != where and name in names), None)
