"""Cuts the Chinese font of the pictures out of Noto Sans CJK: `python -m assets.make.font FONT.ttc`.

It gets ASCII, some signs, and every character that stands in the catalogues of the rooms that draw or in the
words of assets/make: run it after one of them has got a new character. In Debian and Ubuntu the package
fonts-noto-cjk has the font, as /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc.
"""

from pathlib import Path
from typing import Annotated

import typer

from assets.make import extensions_words
from grader.language.catalogue import parsed
from grader.pictures.font import FONTS
from grader.release.translations import folder_of

ROOMS = ("pictures", "notebook")  # whose texts are drawn
SIMPLIFIED = 2  # the font of the collection
SIGNS = "·×—…→≤≥"


def characters() -> set[str]:
    """All that the font has to have."""
    said = [chr(code) for code in range(32, 127)] + [SIGNS]
    for room in ROOMS:
        texts = parsed((folder_of("zh") / f"{room}.po").read_text(encoding="utf-8"))
        said += [one for english, chinese in texts.items() if english for one in chinese]
    said += extensions_words.CHINESE.values()
    return {one for text in said for one in text if one.isprintable()}


def main(
    font: Annotated[Path, typer.Argument(help="Noto Sans CJK, Regular, as a collection (.ttc).")],
) -> None:
    """Write grader/pictures/fonts/."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    whole = TTFont(font, fontNumber=SIMPLIFIED)
    options = subset.Options(layout_features=[], hinting=False, desubroutinize=True, name_IDs=["*"])
    cut = subset.Subsetter(options)
    cut.populate(text="".join(sorted(characters())))
    cut.subset(whole)
    whole["head"].modified = whole["head"].created  # the same characters make the same file
    whole.recalcTimestamp = False
    whole.save(FONTS["zh"])
    print(f"{FONTS['zh']}: {FONTS['zh'].stat().st_size // 1000} kB")


if __name__ == "__main__":
    typer.run(main)
