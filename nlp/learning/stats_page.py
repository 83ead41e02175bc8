"""The same counts as one page with pictures: HTML and SVG, no script, nothing from elsewhere.

Knows counts and where to draw them; refuses to know files and articles.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .stats import BY, Item, Line, Stats, count, remarks, table

BAR, LABEL, ROW, SHOWN = 360, 132, 24, 12  # of a picture: the longest bar, the names, a row, rows at most
WIDTH = LABEL + BAR + 90
COLOURS = {"printed": "#31688e", "reserve": "#9ab7c9", "rejected": "#d9dde0"}
WRONG, INK, FAINT = "#c8703a", "#2b2f33", "#5c646b"
_STYLE = (
    "body{font-family:sans-serif;color:#2b2f33;max-width:62em;margin:1.5em auto;padding:0 1em}h1{font-size:1.4em}h2{font-size:1.1em;margin:1.6em 0 .4em}"
    "table{border-collapse:collapse}td,th{padding:.2em .7em;text-align:right;border-bottom:1px solid #d9dde0}td:first-child,th:first-child{text-align:left}"
    ".row{display:flex;flex-wrap:wrap;gap:2em}svg{max-width:100%;height:auto}"
)


def page(items: Sequence[Item], house, title: str = "来稿统计", whole: bool = True) -> str:
    """An HTML page (``whole=False``: only what stands in its body) of all three tables and their pictures."""
    found = {by: count(items, by, house) for by in BY}
    parts = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(line)}</p>" for line in remarks(found["column"]))]
    parts.append('<div class="row">')
    parts += [f"<div><h2>{escape(name)}</h2>\n{_svg(drawn, height)}</div>" for name, (drawn, height) in _pictures(found).items()]
    parts.append("</div>")
    for by, name in BY.items():
        parts += [f"<h2>按{name}</h2>", _table(found[by])]
    body = "\n".join(parts)
    if not whole:
        return body
    return f'<!DOCTYPE html>\n<html lang="zh"><head><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n'


def _table(found: Stats) -> str:
    header, *rows = table(found)
    lines = ["<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in header) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    return "<table>\n" + "\n".join(lines) + "\n</table>"


def picture(items: Sequence[Item], house) -> str:
    """The four pictures as one SVG, two by two."""
    found = {by: count(items, by, house) for by in BY}
    drawn = list(_pictures(found).items())
    parts, top = [], 0
    for pair in (drawn[:2], drawn[2:]):
        for i, (name, (shapes, _)) in enumerate(pair):
            head = f'<text x="0" y="18" font-size="15" fill="{INK}">{escape(name)}</text>'
            parts.append(f'<g transform="translate({i * WIDTH},{top})">{head}<g transform="translate(0,{ROW + 4})">{"".join(shapes)}</g></g>')
        top += ROW + 24 + max(height for _, (_, height) in pair)
    return _svg(parts, top, 2 * WIDTH)


def _pictures(found: dict[str, Stats]) -> dict[str, tuple[list[str], int]]:
    """Each picture's name, its shapes and its height."""
    return {
        "各栏收到和登出": _bars(found["column"].lines), "各月收到和登出": _bars(found["month"].lines),
        "登得最多的来源": _bars(found["source"].lines), "改得最多的栏目": _confusions(found["column"]),
    }  # fmt: skip


def _bars(lines: Sequence[Line]) -> tuple[list[str], int]:
    """A bar for each name: printed, kept back, rejected."""
    shown = sorted(lines, key=lambda line: -line.printed)[:SHOWN]
    shown = [line for line in lines if line in shown]
    longest = max([line.printed + line.reserve + line.rejected for line in shown], default=0) or 1
    parts = []
    for i, line in enumerate(shown):
        left, y = float(LABEL), i * ROW
        parts.append(_label(line.name, y))
        for fate, colour in COLOURS.items():
            width = BAR * getattr(line, fate) / longest
            parts.append(f'<rect x="{left:.1f}" y="{y + 4}" width="{width:.1f}" height="{ROW - 8}" fill="{colour}"/>')
            left += width
        rate = f"，{100 * line.accepted:.0f}%" if line.accepted is not None else ""
        parts.append(_text(left + 6, y, f"登 {line.printed}{rate}"))
    legend, y = [], len(shown) * ROW
    for i, (name, colour) in enumerate(zip(("登出", "备选", "不收录"), COLOURS.values(), strict=True)):
        legend.append(f'<rect x="{LABEL + 80 * i}" y="{y + 8}" width="12" height="12" fill="{colour}"/>' + _text(LABEL + 80 * i + 18, y + 2, name))
    return parts + legend, len(shown) * ROW + 28


def _confusions(found: Stats) -> tuple[list[str], int]:
    """A bar for each pair of columns that the newsroom corrected."""
    shown = found.confused[:SHOWN]
    if not shown:
        return [_text(0, 0, "没有改过栏目的稿件")], ROW
    parts = []
    for i, (tool, ours, n) in enumerate(shown):
        width = (BAR - 60) * n / shown[0][2]
        parts += [_label(f"{tool} → {ours}", i * ROW, 60)]
        parts += [f'<rect x="{LABEL + 60}" y="{i * ROW + 4}" width="{width:.1f}" height="{ROW - 8}" fill="{WRONG}"/>', _text(LABEL + 66 + width, i * ROW, f"{n} 篇")]
    return parts, len(shown) * ROW


def _svg(parts: Sequence[str], height: int, width: int = 0) -> str:
    width = width or WIDTH
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">' + "\n".join(parts) + "</svg>"


def _label(name: str, y: int, more: int = 0) -> str:
    short = name if len(name) <= 9 + more // 6 else name[: 8 + more // 6] + "…"
    return f'<text x="{LABEL + more - 8}" y="{y + 17}" font-size="13" text-anchor="end" fill="{INK}">{escape(short)}</text>'


def _text(x: float, y: int, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y + 17}" font-size="12" fill="{FAINT}">{escape(text)}</text>'
