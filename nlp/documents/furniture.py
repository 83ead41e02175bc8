"""Page furniture: what a page or a screen puts around a text and nobody wrote as part of it.

A line goes only if all of it is furniture; the text's own sentences are never shortened, but for an
editor's credit in brackets at their end.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

FORM_LINES = 12  # how far down the form over a notice reaches
FORM_REST = 12  # characters of a form's line that are left for the next one
REPEATED = 8  # characters of a numbered line that may be there twice
CREDIT_LINES = 8  # 编辑：, 审核： end an article; further up they may be a speaker

_BUTTON = (
    r"打印(?:本页|此页|文章|正文)?|关闭(?:窗口|本页|页面)?|返回(?:顶部|首页|列表|上一页|目录)?|收藏(?:本页|本文)?"
    r"|字体|字号|大|中|小|默认|A[+-]?|纠错|我要纠错|举报|分享(?:本文|文章)?(?:到|至)?|复制链接|微信|微博|新浪微博"
    r"|腾讯微博|QQ|QQ空间|QQ好友|朋友圈|人人网|豆瓣|点赞|在看|赞|转发|评论|保护视力色|听全文|朗读|繁体|简体"
)
# No two parts of this pattern may match the same text in two ways: on long lines that takes for ever.
_BETWEEN = r"[\s|｜/·、\[\]【】（）()<>《》:：]*"
_FURNITURE = re.compile(
    rf"""{_BETWEEN}(?:(?:{_BUTTON}){_BETWEEN})+
    |[\[【（(]?\s*(?:字体|字号|分享(?:本文)?(?:到|至)?|打印|视力保护色?)\s*[:：].{{0,60}}
    |(?:请?(?:用|使用|打开))?(?:手机|微信)?[“"]?扫一扫.{{0,40}}
    |扫描?(?:下方|上方)?(?:二维码|码(?:关注|阅读|分享|查看|下载|观看)).{{0,30}}
    |(?:请?关注|搜索)(?:微信)?公众号\s*[:：].{{0,20}} | 分享让更多人看到 | （此件(?:公开|主动公开|依申请公开)(?:发布)?）
    |(?:原文(?:链接|地址|网址)?\s*[:：]\s*)?(?:https?://|www\.)[!-~]+
    |(?:长按|点击|识别).{{0,6}}(?:二维码|阅读原文|蓝字).{{0,20}} | 阅读原文
    |[—\-–·\s]*(?:END|完|全文完|（完）|\(完\))[—\-–·\s]*
    |(?:上|下)一(?:篇|条|页|则)\s*(?:[:：].*|[>»]*|没有了)
    |(?:当前位置|您(?:现在)?(?:的|所在的?)位置|当前的?位置|所在位置)\s*[:：]?.{{0,80}} | 首页\s*[>›»].{{0,80}}
    |(?:浏览|阅读|点击|访问)(?:次数|量|数|率)?\s*[:：]\s*[\d,万+]*\s*次?
    |(?:版权所有|Copyright|©|技术支持[:：]|网站标识码|.{{0,20}}ICP[备证]|.{{0,12}}公网安备).{{0,120}}
    |(?:特别)?(?:声明|免责声明)[:：].{{0,200}}(?:转载|侵权|版权|立场|本网|来源).{{0,200}}""",
    re.X | re.I,
)
_CREDIT_WORD = (
    r"(?:(?:责任|本期|本版|值班|网络|网页|文字|执行|实习|视觉)?\s*编\s*辑|责\s*编|编\s*审|(?:初|复|终|二|三)审"
    r"|审\s*核(?:人)?|校\s*对|排\s*版|美\s*编|监\s*制|签\s*发(?:人)?|供\s*稿人|供\s*稿(?=\s*[:：]\s*\S{1,5}$))"
)
_CREDIT = re.compile(rf"[（(【\[]?\s*{_CREDIT_WORD}\s*[:：/丨|].{{0,60}}")
_CREDIT_TAIL = re.compile(rf"\s*[（(【\[]\s*{_CREDIT_WORD}\s*[:：][^（()）【】]{{1,30}}[）)】\]]\s*$")
_FORM = re.compile(
    r"(?:政策类型|政策层级|关键字|主题分类|组配分类|体裁分类|公文种类|有效性|发文字号|索引号)\s*[:：][^。]{0,150}|来源\s*[:：]\s*(?:https?://|www\.)[!-~]+"
)
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")
_FORM_GOES_ON = re.compile(r"关键字\s*[:：].*[;；]")  # it was too long for its line
_THE_END = re.compile(r"\s*[（(](?:全文)?完[）)]\s*$")
_MORE = re.compile(
    r"[【\[]?(?:相关(?:阅读|新闻|链接|报道|文章|推荐|信息)|延伸阅读|推荐阅读|热门推荐|猜你喜欢|更多(?:新闻|精彩))[】\]]?\s*[:：]?"
    r"(?:\s*1\s*[.．、]\s*\S.{0,80})?"  # or the first of them on the same line
)
_DASH = r"[-—–―－·•]"
_PAGE = re.compile(
    rf"(?:{_DASH}|\s)*(?:第\s*)?(\d{{1,4}})(?:\s*页)?(?:[,，\s]*[/共]\s*\d{{1,4}}(?:\s*页)?)?(?:{_DASH}|\s)*"
)
_MARKED_PAGE = re.compile(rf"{_DASH}.*{_DASH}|第\s*\d{{1,4}}\s*页.{{0,12}}|\d{{1,4}}\s*/\s*\d{{1,4}}\s*页?")


def blank_furniture(lines: list[str]) -> list[str]:
    """Return the lines with furniture made blank and editors' credits cut off; places are kept.

    >>> blank_furniture(["正文。（责任编辑：张三）", "打印本页 关闭窗口", "— 3 —"])
    ['正文。', '', '']
    """
    kept = ["" if _is_furniture(line) else line for line in lines]
    for i in _repeated(kept):
        kept[i] = ""
    form = [i for i, line in enumerate(kept) if line.strip()][:FORM_LINES]
    for i, following in zip(form, [*form[1:], None], strict=False):
        if _FORM.fullmatch(kept[i].strip()):
            if following is not None and _FORM_GOES_ON.fullmatch(kept[i].strip()) and len(kept[following].strip()) < FORM_REST:
                kept[following] = ""
            kept[i] = ""
    for i in _page_numbers(kept):
        kept[i] = ""
    tail = [i for i, line in enumerate(kept) if line.strip()][-CREDIT_LINES:]
    for i in tail:
        line = kept[i].strip()
        if _MORE.fullmatch(line) and not any(re.search("[。！？]$", kept[j].strip()) for j in tail if j > i):
            return kept[:i] + [""] * (len(kept) - i)
        kept[i] = kept[i][:-20] + _THE_END.sub("", kept[i][-20:])
        if len(line) <= 80 and _CREDIT.fullmatch(line) and not line.endswith(("。", "？", "！")):
            kept[i] = ""
        elif "编" in line[-40:] or "审" in line[-40:]:
            kept[i] = kept[i][: len(kept[i]) - len(line[-60:])] + _CREDIT_TAIL.sub("", line[-60:])
    return kept


def _repeated(lines: list[str]) -> Iterator[int]:
    """Find the numbered lines that say only how the one before or behind them begins: headings laid over themselves."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    before = ""
    for i, following in zip(filled, [*filled[1:], None], strict=False):
        line = lines[i].strip()
        after = lines[following].strip() if following is not None else ""
        if len(line) >= REPEATED and _NUMBERED.match(line) and (before.startswith(line) or (after.startswith(line) and after != line)):
            yield i
        else:
            before = line


def _is_furniture(line: str) -> bool:
    line = line.strip()
    return 0 < len(line) <= 200 and bool(_FURNITURE.fullmatch(line)) and not line.endswith(("。", "；"))


def _page_numbers(lines: list[str]) -> list[int]:
    """Find the lines that number pages: marked as such (— 3 —), or bare numbers each one more than the last."""
    marked, bare = [], []
    for i, line in enumerate(lines):
        if len(line) <= 40 and (match := _PAGE.fullmatch(line.strip())):
            if _MARKED_PAGE.fullmatch(line.strip()):
                marked.append(i)
            else:
                bare.append((i, int(match[1])))
    runs = all(later - earlier == 1 for (_, earlier), (_, later) in itertools.pairwise(bare))
    return marked + [i for i, number in bare if runs and number < 1000]
