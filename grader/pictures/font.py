"""The font of what is written into pictures: the libraries' own, and for Chinese one that lies beside this.

It has the characters that are drawn and no others; assets/make/font.py cuts it out of Noto Sans CJK.
"""

from pathlib import Path

from grader.language import current

FONTS = {"zh": Path(__file__).parent / "fonts" / "NotoSansCJKsc-Lab.otf"}


def font_file() -> Path | None:
    """For the present language; None where the fonts of Pillow and matplotlib have all it needs."""
    return FONTS.get(current())
