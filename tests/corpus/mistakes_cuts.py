"""More mistakes in TODO 2: offsets that go wrong, maps that are shrunk, and what torch refuses."""

from .build import Edit, Mistake
from .mistakes_crop import body, cat, crop


def wrong(name: str, word: str, *edits: Edit) -> Mistake:
    cause = word if "." in word else f"crop_and_concat.{word}"
    return Mistake(name, ("crop_and_concat",), cause, edits)


SLICES = """
h, w = x.shape[2:]
{offsets}
return torch.cat([x, contracting_x[:, :, {rows}, {columns}]], dim=1)
"""


def slices(top: str, left: str, rows: str, columns: str) -> Edit:
    return body(SLICES.format(offsets=f"top = {top}\nleft = {left}", rows=rows, columns=columns))


HEIGHT, WIDTH = "contracting_x.shape[2]", "contracting_x.shape[3]"

MISTAKES = (
    wrong(
        "offsets-swapped",
        "empty",
        slices(f"(h - {HEIGHT}) // 2", f"(w - {WIDTH}) // 2", "top : top + h", "left : left + w"),
    ),
    wrong(
        "offsets-minus-zero",
        "minus_zero",
        slices(f"({HEIGHT} - h) // 2", f"({WIDTH} - w) // 2", "top:-top", "left:-left"),
    ),
    wrong(
        "offsets-same-both-sides",  # with odd differences a row too many
        "odd_row",
        slices(
            f"({HEIGHT} - h) // 2", f"({WIDTH} - w) // 2", f"top : {HEIGHT} - top", f"left : {WIDTH} - left"
        ),
    ),
    wrong(
        "shrunk-nearest",
        "resized",
        crop("contracting_x = nn.functional.interpolate(contracting_x, size=(h, w))"),
    ),
    wrong(
        "shrunk-average",
        "resized",
        crop("contracting_x = nn.functional.adaptive_avg_pool2d(contracting_x, (h, w))"),
    ),
    wrong(
        "shrunk-maximum",
        "resized",
        crop("contracting_x = nn.functional.adaptive_max_pool2d(contracting_x, (h, w))"),
    ),
    wrong(
        "padded-and-skip-first",  # first what comes first, then the order
        "padded",
        body("""
            dy = contracting_x.size(2) - x.size(2)
            dx = contracting_x.size(3) - x.size(3)
            x = nn.functional.pad(x, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
            return torch.cat([contracting_x, x], dim=1)
        """),
    ),
    wrong("cat-squeezed", "axes", cat("return torch.cat([x, contracting_x], dim=1).squeeze()")),
    wrong("cat-squeezed-first", "axes", cat("return torch.cat([x, contracting_x], dim=1).squeeze(0)")),
    wrong("cat-two-arguments", "submission.cat_arguments", cat("return torch.cat(x, contracting_x, dim=1)")),
    wrong("cat-misspelt", "submission.name_near", cat("return torch.cta([x, contracting_x], dim=1)")),
    wrong("crop-undefined", "submission.undefined_near", cat("return torch.cat([x, contracted_x], dim=1)")),
    wrong("crop-cuda", "submission.no_gpu", cat("return torch.cat([x.cuda(), contracting_x.cuda()], dim=1)")),
    wrong("crop-sizes-unpacked", "submission.unpacking", crop("h, w = x.shape")),
)
