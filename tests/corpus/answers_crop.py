"""Right answers to TODO 2, in the ways that students write them."""

from .build import Answer, Body, Edit, Replace
from .mistakes_crop import CAT, CROP


def line(old: str, new: str, count: int | None = 1) -> Edit:
    return Replace("unet.py", old, new, count)


def crop_and_concat(new: str) -> Edit:
    return Body("unet.py", "CropAndConcat.forward", new)


ANSWERS = (
    Answer(
        "center-crop-class",
        (line(CROP, "contracting_x = torchvision.transforms.CenterCrop((h, w))(contracting_x)"),),
    ),
    Answer(
        "center-crop-v2",
        (
            line(
                "import torchvision.transforms.functional\n",
                "import torchvision.transforms.functional\nimport torchvision.transforms.v2.functional\n",
            ),
            line(
                CROP,
                CROP.replace("transforms.functional", "transforms.v2.functional").replace(
                    "[h, w]", "x.shape[-2:]"
                ),
            ),
        ),
    ),
    Answer(
        "slices-rounded-as-torchvision",
        (
            crop_and_concat("""
                h, w = x.shape[2:]
                top = round((contracting_x.shape[2] - h) / 2)
                left = round((contracting_x.shape[3] - w) / 2)
                return torch.cat([x, contracting_x[:, :, top : top + h, left : left + w]], dim=1)
            """),
        ),
    ),
    Answer(
        "crop-by-narrow",
        (
            crop_and_concat("""
                for axis in (2, 3):
                    spare = contracting_x.size(axis) - x.size(axis)
                    contracting_x = contracting_x.narrow(axis, int(round(spare / 2.0)), x.size(axis))
                return torch.concat((x, contracting_x), dim=-3)
            """),
        ),
    ),
    Answer(
        "crop-by-negative-padding",
        (
            crop_and_concat("""
                dh, dw = contracting_x.size(2) - x.size(2), contracting_x.size(3) - x.size(3)
                t, l = round(dh / 2), round(dw / 2)
                skip = nn.functional.pad(contracting_x, (-l, l - dw, -t, t - dh))
                return torch.hstack([x, skip])
            """),
        ),
    ),
    Answer(
        "crop-into-empty-tensor",
        (
            line(
                CAT,
                "out = x.new_empty(b, c + contracting_x.size(1), h, w)\n"
                "        out[:, :c] = x\n        out[:, c:] = contracting_x\n        return out",
            ),
        ),
    ),
    Answer(
        "walrus",
        (
            crop_and_concat("""
                from torchvision.transforms import functional as TF
                if (size := list(x.shape[-2:])) != list(contracting_x.shape[-2:]):
                    contracting_x = TF.center_crop(contracting_x, size)
                return torch.cat(tensors=(x, contracting_x), dim=1)
            """),
        ),
    ),
    Answer(
        "match-statement",
        (
            crop_and_concat("""
                match x.shape:
                    case (_, _, h, w):
                        skip = torchvision.transforms.functional.center_crop(contracting_x, (h, w))
                    case other:
                        raise ValueError(f"expected four axes, not {other}")
                return torch.cat((x, skip), 1)
            """),
        ),
    ),
)

# An instructor may mark these either way: each differs from the solution in a pixel or a rounding.
DEBATABLE = (
    Answer(
        "slices-floor-division",  # torchvision rounds an odd difference of 3, 7, 11... up, // rounds it down
        (
            crop_and_concat("""
                h, w = x.shape[2:]
                top = (contracting_x.shape[2] - h) // 2
                left = (contracting_x.shape[3] - w) // 2
                return torch.cat([x, contracting_x[:, :, top : top + h, left : left + w]], dim=1)
            """),
        ),
    ),
)
