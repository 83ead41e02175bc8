"""The confusion matrix as a picture: what the editors chose against what the model chose.

It draws labels and counts to .png or .svg; it knows no articles, no models and no other figures.
"""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ..errors import SubaoError, system_reason

FONTS = [  # with Chinese glyphs, on Windows, macOS and Linux; the first one found is used
    "Microsoft YaHei", "SimHei", "SimSun", "DengXian", "PingFang SC", "Hiragino Sans GB", "STHeiti", "Heiti SC",
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Droid Sans Fallback", "Noto Sans CJK JP", "Noto Serif CJK SC", "Arial Unicode MS",
]  # fmt: skip
RIGHT, WRONG = "#31688e", "#c8703a"  # a row's share on the diagonal, and beside it
INK, FAINT = "#2b2f33", "#8a9097"
CELL = 0.68  # inches
LABEL, COUNT, SHARE, TITLE = 10, 10.5, 6.5, 13  # points


def confusion_picture(
    truth: Sequence[str], predicted: Sequence[str], labels: Sequence[str], path: str | Path, title: str
) -> Path:
    """Draw counts, a row for each label of the editors, a column for each of the model, coloured by the row's share.

    The suffix of ``path`` decides: .png needs a Chinese font, .svg keeps text as text and needs none. Labels that
    are not among ``labels`` follow them; N and the accuracy follow the title. The same input gives the same bytes.
    Returns the path.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in (".png", ".svg"):
        raise SubaoError(f"{path}：只能画成 .png 或 .svg；请改文件名的后缀")
    import matplotlib

    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # silent about the fonts that are not there
    if kind == ".png" and not _has_font():
        raise SubaoError(f"{path}：这台电脑没有中文字体，画不出 .png；请安装 fonts-noto-cjk，或改用 .svg")
    labels = [*labels, *dict.fromkeys(label for label in (*truth, *predicted) if label not in labels)]
    settings = {"font.family": [*FONTS, "DejaVu Sans"], "svg.fonttype": "none", "svg.hashsalt": "subao"}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # .svg without a font, a rare character
        figure = _draw(Counter(zip(truth, predicted, strict=True)), labels, title)
        metadata = {"Date": None} if kind == ".svg" else {"Software": None}
        try:
            figure.savefig(path, format=kind[1:], dpi=min(200, 9000 / max(figure.get_size_inches())), metadata=metadata)
        except OSError as error:
            raise SubaoError(f"{path}：写不了图片（{system_reason(error)}）；请检查文件夹，或关掉正打开它的程序") from error
    return path


def _has_font() -> bool:
    """Whether one of FONTS is here, also one installed since matplotlib made its list."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    def found() -> bool:
        return not {font.name for font in fontManager.ttflist}.isdisjoint(FONTS)

    if not found():
        for file in sorted(set(findSystemFonts()) - {font.fname for font in fontManager.ttflist}):
            try:
                fontManager.addfont(file)
            except (OSError, RuntimeError):  # not a font that FreeType reads
                continue
    return found()


def _draw(cells: Counter, labels: list[str], title: str):
    """The figure; lengths are in cells, the matrix lies from (0, 0) to (n, n), y downwards."""
    from matplotlib.colors import to_rgb
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    n = len(labels)
    rows = [sum(cells[label, other] for other in labels) for label in labels]
    columns = [sum(cells[other, label] for other in labels) for label in labels]
    longest = max(map(_length, labels))
    slanted = longest > 0.95
    total, agreed = sum(rows), sum(cells[label, label] for label in labels)
    heading = f"{title}　N = {total}" + (f"，准确率 {agreed / total:.1%}" if total else "")
    left, right = max(longest, _length("编辑＼模型")) + 0.35, max(1.1, 0.75 * longest if slanted else 0)
    top, bottom = (0.75 * longest if slanted else 0.45) + 1.1, 0.75
    across, down = max(left + n + right, _length(heading) * TITLE / LABEL + 0.5), top + n + bottom

    figure = Figure(figsize=(across * CELL, down * CELL), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1), xlim=(-left, across - left), ylim=(n + bottom, -top))
    axes.set_axis_off()

    def write(x: float, y: float, text: str, size: float = LABEL, color: str = INK, **more) -> None:
        axes.text(x, y, text, size=size, color=color, parse_math=False, **{"ha": "center", "va": "center", **more})

    for i, row in enumerate(labels):
        for j, column in enumerate(labels):
            count = cells[row, column]
            share = count / rows[i] if rows[i] else 0.0
            tint = to_rgb(RIGHT if i == j else WRONG)
            strength = share**0.55  # a few per cent must still show
            color = [0.965 * (1 - strength) + part * strength for part in tint]
            axes.add_patch(Rectangle((j + 0.02, i + 0.02), 0.96, 0.96, facecolor=color, edgecolor="none"))
            ink = "white" if strength > 0.6 else INK
            if i == j and rows[i]:
                write(j + 0.5, i + 0.42, str(count), COUNT, ink, weight="bold")
                write(j + 0.5, i + 0.76, f"{share:.0%}", SHARE, ink)
            elif count:
                write(j + 0.5, i + 0.5, str(count), COUNT, ink)
        write(-0.15, i + 0.5, row, ha="right")
        write(n + 0.55, i + 0.5, str(rows[i]), color=FAINT)
        if slanted:
            write(i + 0.5, -0.12, row, ha="left", va="bottom", rotation=45, rotation_mode="anchor")
        else:
            write(i + 0.5, -0.3, row)
        write(i + 0.5, n + 0.35, str(columns[i]), color=FAINT)
    write(-0.15, -0.3, "编辑＼模型", 8, FAINT, ha="right")
    for x, y in ((n + 0.55, -0.3), (-0.15, n + 0.35)):
        write(x, y, "N", 8, FAINT, ha="right" if x < 0 else "center")
    write(n + 0.55, n + 0.35, str(total), color=FAINT)
    write(0.2 - left, 0.45 - top, heading, TITLE, ha="left")
    return figure


def _length(text: str) -> float:
    """About how many cells wide a label is."""
    return sum(1.0 if ord(c) > 0x2E7F else 0.6 for c in text) * LABEL / 72 / CELL
