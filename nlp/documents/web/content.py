"""Which part of a page is its article: the smallest that holds nearly all of its sentences.

What is known to stand beside an article (readers' comments, other news, statements) does not count.
"""

from __future__ import annotations

import re

from .blocks import Block

MOST = 0.85  # a part that holds this share of the sentences holds the article
NAMED = 0.5  # one that calls itself the article needs less

_CONTENT = re.compile(
    r"zoom|ucap-content|trs_(?:ue)?editor|js_content|arti(?:cle)?[-_]?(?:content|body|text|bd)|artibody|rm_txt_con"
    r"|(?:pages|post|news|detail|main|text|view|txt|art)[-_]?(?:content|text|body|con)"
    r"|content[-_]?(?:text|main|body|detail|article)|detail|all-txt|entry-content",
    re.I,
)
_BESIDE = re.compile(  # in a class or id
    r"comment|cmt|pinglun|reply|dialog|recommend|tuijian|relat|xiangguan|statement|sheng?ming|disclaim|copyright|login|toolbar"
    r"|side-?(?:bar|box|r)|right-?bar|_rbar|hot-?(?:news|list|topic)|rank(?:ing)?(?:-|_|$)|member|advert|(?:^|[-_ ])ads?(?:[-_ ]|$)"
    r"|player|subscribe|popup|modal|breadcrumb|crumbs|footer|guess|author-?(?:info|card|meta)|share|qrcode|article-other",
    re.I,
)
_NOT_TEXT = re.compile(
    r"\s*(?:[【\[（(]?(?:免责|特别|版权|郑重|本网|风险|重要)?\s*(?:声明|提示|免责条款)[】\]）)]?\s*[:：]|【?原标题】?\s*[:：]|请自觉遵守互联网|登录超时|登录后才"
    r"|(?:更多|如需).{0,20}(?:请关注|请点击|请下载)|(?:本文|文章).{0,6}(?:仅代表|系).{0,4}作者.{0,60}(?:立场|观点|无关)|转载请注明|未经.{0,12}授权.{0,12}(?:不得|禁止|严禁)"
    r"|本文来自.{0,30}(?:不代表|自媒体)|.{0,20}(?:浏览|阅读)[:：]?\s*\d+.{0,12}收藏|投稿邮箱|举报邮箱|\S{0,8}客服电话)"
)


def mark_beside(blocks: list[Block], spans: dict, title: str) -> None:
    """Mark the lines that are none of the article: what stands beside it by name, the title again, statements."""
    whole = sum(block.weight for block in blocks)
    for element, (start, end) in spans.items():
        if element.tag == "aside" or _BESIDE.search(f"{element.get('class', '')} {element.get('id', '')}"):
            inside = blocks[start:end]
            if inside and sum(block.weight for block in inside) < 0.4 * whole and not _holds_text(element):
                for block in inside:
                    block.void = True
    key = _key(title)
    for block in blocks:
        if (_NOT_TEXT.match(block.text) and len(block.text) < 300) or (key and _key(block.text) == key):
            block.void = True


def _holds_text(element) -> bool:
    """Tell whether a part holds, or lies in, one that calls itself the article's text by an unmistakable name."""
    names = ("js_content", "artibody", "trs_editor", "ucap-content", "articlecontent", "article-content", "rm_txt_con")
    for part in element.iter():
        if isinstance(part.tag, str):
            name = f"{part.get('class', '')} {part.get('id', '')}".lower()
            if any(n in name for n in names):
                return True
    return False


def find_content(body, blocks: list[Block], spans: dict):
    """Find the smallest element that holds nearly all of the page's sentences."""
    totals = [0]
    for block in blocks:
        totals.append(totals[-1] + block.weight)

    def weight(element) -> int:
        start, end = spans.get(element, (0, 0))
        return totals[min(end, len(blocks))] - totals[min(start, len(blocks))]

    node, whole = body, weight(body)
    named = [e for e in spans if e.tag == "article" or _CONTENT.search(f"{e.get('id', '')} {e.get('class', '')}")]
    named = [e for e in named if weight(e) >= NAMED * whole > 0]
    if named:
        node, whole = (best := min(named, key=weight)), weight(best)
    while whole:
        inner = [e for e in node if e in spans and weight(e) >= MOST * whole and spans[e][1] - spans[e][0] > 1]
        if not inner:
            break
        node = inner[0]
    return node


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
