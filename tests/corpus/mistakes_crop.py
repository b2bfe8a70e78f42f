"""Mistakes in TODO 2, `CropAndConcat`."""

from .build import Body, Edit, Mistake, Replace

CROP = "contracting_x = torchvision.transforms.functional.center_crop(contracting_x, [h, w])"
CAT = "return torch.cat([x, contracting_x], dim=1)"


def wrong(name: str, word: str, *edits: Edit) -> Mistake:
    return Mistake(name, ("crop_and_concat",), f"crop_and_concat.{word}", edits)


def crop(new: str) -> Edit:
    return Replace("unet.py", CROP, new)


def cat(new: str) -> Edit:
    return Replace("unet.py", CAT, new)


def body(new: str) -> Edit:
    return Body("unet.py", "CropAndConcat.forward", new)


MISTAKES = (
    wrong("cat-order", "order", cat("return torch.cat([contracting_x, x], dim=1)")),
    wrong(
        "cat-order-whole",
        "order",
        body("""
            skip = torchvision.transforms.CenterCrop(x.shape[-2:])(contracting_x)
            out = torch.concat((skip, x), 1)
            return out
        """),
    ),
    wrong("cat-axis-0", "axis", cat("return torch.cat([x, contracting_x])")),
    wrong("cat-axis-2", "axis", cat("return torch.cat([x, contracting_x], dim=2)")),
    wrong("cat-axis-3", "axis", cat("return torch.cat((x, contracting_x), dim=-1)")),
    wrong("crop-missing", "not_cropped", body("return torch.cat([x, contracting_x], dim=1)")),
    wrong("crop-result-lost", "not_cropped", crop(CROP.removeprefix("contracting_x = "))),
    wrong("crop-corner", "corner", crop("contracting_x = contracting_x[:, :, :h, :w]")),
    wrong("crop-corner-far", "corner", crop("contracting_x = contracting_x[..., -h:, -w:]")),
    wrong(
        "crop-corner-functional",
        "corner",
        crop("contracting_x = torchvision.transforms.functional.crop(contracting_x, 0, 0, h, w)"),
    ),
    wrong(
        "crop-interpolates",
        "resized",
        crop('contracting_x = nn.functional.interpolate(contracting_x, size=(h, w), mode="bilinear")'),
    ),
    wrong(
        "crop-resizes",
        "resized",
        crop("contracting_x = torchvision.transforms.functional.resize(contracting_x, [h, w])"),
    ),
    wrong(
        "crop-pads-x",
        "padded",
        body("""
            dy = contracting_x.size(2) - x.size(2)
            dx = contracting_x.size(3) - x.size(3)
            x = nn.functional.pad(x, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
            return torch.cat([x, contracting_x], dim=1)
        """),
    ),
    wrong(
        "crop-pads-x-center-crop",
        "padded",
        body("""
            size = list(contracting_x.shape[2:])
            x = torchvision.transforms.functional.center_crop(x, size)  # grows x with zeros
            return torch.cat([x, contracting_x], dim=1)
        """),
    ),
    wrong(
        "crop-x",
        "wrong_tensor",
        body("""
            b, c, h, w = x.shape
            x = torchvision.transforms.functional.center_crop(x, [h, w])
            return torch.cat([x, contracting_x], dim=1)
        """),
    ),
    wrong(
        "crop-x-twice",
        "wrong_tensor",
        crop("contracting_x = torchvision.transforms.functional.center_crop(x, [h, w])"),
    ),
    wrong("cat-adds", "added", cat("return x + contracting_x")),
    wrong("cat-adds-torch", "added", cat("return torch.add(x, contracting_x)")),
    wrong("crop-width-height", "height_width", crop(CROP.replace("[h, w]", "[w, h]"))),
    wrong(
        "crop-shape-misread",
        "height_width",
        Replace("unet.py", "b, c, h, w = x.shape", "b, c, w, h = x.shape"),
    ),
    wrong("skip-is-x", "skip_dropped", cat("return torch.cat([x, x], dim=1)")),
    wrong("skip-unused", "skip_dropped", cat("return x")),
    wrong("skip-only", "x_dropped", cat("return torch.cat([contracting_x, contracting_x], dim=1)")),
    wrong("crop-returns-nothing", "nothing_returned", cat("x = torch.cat([x, contracting_x], dim=1)")),
)
