"""How wide a line of type is: Chinese characters one em, Latin ones as Times New Roman has them.

Knows characters, no page. LibreOffice's stand-in for the font has the same widths.
"""

from __future__ import annotations

import re

_AFM = (  # thousandths of an em for the characters from the space to the tilde
    "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 500 278 278 564 564 564 444 "
    "921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 667 556 611 722 722 944 722 722 611 333 278 333 469 500 "
    "333 444 500 444 500 444 333 500 500 278 278 500 278 778 500 500 500 500 333 389 278 500 500 722 500 500 444 480 200 480 541"
)
_LATIN = {chr(32 + i): int(width) / 1000 for i, width in enumerate(_AFM.split())}
_SEAM = re.compile(r"(?<=[0-9A-Za-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])")
DOUBT = 0.12  # ems that a Latin letter or a figure may be wider, where another font stands in
SEAM = 0.25  # the space that Word and LibreOffice put between Chinese and Latin


def ems(text: str) -> float:
    """About how many Chinese characters' width a line of text takes: ``ems("AI 芯片") -> 3.305``."""
    return round(sum(_LATIN.get(character, 1.0) for character in text) + SEAM * len(_SEAM.findall(text)), 3)


def at_most(text: str) -> float:
    """How wide a line may come out: ``at_most("5G") -> 1.462``."""
    return round(ems(text) + DOUBT * sum(character.isascii() and character.isalnum() for character in text), 3)
