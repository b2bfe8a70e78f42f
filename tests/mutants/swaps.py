"""What a mutant puts in the place of a call or a text, or adds to a call's arguments."""

ACTIVATIONS = (
    "ReLU6",
    "LeakyReLU",
    "GELU",
    "SiLU",
    "ELU",
    "Softplus",
    "Tanh",
    "Sigmoid",
    "Hardtanh",
    "PReLU",
    "Identity",
    "Dropout",
)
SWAPS = {
    "ReLU": ACTIVATIONS,
    "Conv2d": ("ConvTranspose2d", "LazyConv2d", "MaxPool2d"),
    "ConvTranspose2d": ("Conv2d", "Identity"),
    "MaxPool2d": ("AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d", "MaxPool1d", "Upsample", "Identity"),
    "Sequential": ("ModuleList", "Identity"),
    "cat": ("stack", "hstack", "vstack", "dstack", "add"),
    "center_crop": ("resize",),
    "resize": ("center_crop",),
    "to_tensor": ("pil_to_tensor",),
    "unsqueeze": ("squeeze", "flatten", "select"),
    "eval": ("train", "parameters"),
    "inference_mode": ("no_grad", "enable_grad", "set_grad_enabled"),
    "interpolate": ("adaptive_avg_pool2d", "adaptive_max_pool2d"),
    "sigmoid": ("tanh", "relu", "softmax", "exp", "logit", "sign"),
    "uint8": ("int8", "bool_", "float32", "int64"),
    "height": ("width",),
    "width": ("height",),
    "shape": ("size", "ndim"),
    "cpu": ("detach", "clone", "bool"),
    "numpy": ("tolist",),
}
TEXTS = {
    "RGB": ("L", "RGBA", "BGR", "HSV", "YCbCr"),
    "bilinear": ("nearest", "nearest-exact", "bicubic", "area", ""),
}
KEYWORDS = {
    "Conv2d": ("bias=False", "stride=2", "dilation=2", "groups=2", "padding_mode='reflect'"),
    "ConvTranspose2d": ("bias=False", "dilation=2", "output_padding=1"),
    "MaxPool2d": ("stride=1", "padding=1", "ceil_mode=True", "dilation=2"),
    "ReLU": ("inplace=True",),
    "interpolate": ("align_corners=True", "antialias=True"),
    "resize": ("interpolation=0", "antialias=False"),
    "cat": ("out=None",),
}
