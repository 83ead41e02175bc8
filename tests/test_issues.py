"""Issue files: what is written is read back, what an editor does to the file is understood or named with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.bulletin import REJECTED, RESERVE, Article, Issue
from nlp.errors import SubaoError
from nlp.house import load_house
from nlp.issue.markdown import BadIssueFile, parse, write
from nlp.text.characters import normalise

HOUSE = load_house()
HEADINGS = (*HOUSE.column_names, RESERVE, REJECTED)

GOLDEN = Issue(
    number="46",
    date="2022-05-31",
    institution="江苏中科智能科学技术应用研究院",
    highlights=("常州出台智造计划", "标准“体检”"),
    articles=(
        Article(
            "标准“体检”",
            "第一段。\n### 小标题\n第二段。\n# 不是栏目\n（来源：正文里的话）",
            source="知识产权报",
            date="2022-05-15",
            path="来稿/b.docx",
            column="标准化",
            doubt="标准化 41%，次选 知识产权 38%",
        ),
        Article("常州出台智造计划", "只有一段。", source="常州日报", column="聚焦常州"),
        Article("标准体检", "只有一段。", column=REJECTED, duplicate_of="标准“体检”", path="a -- b.txt"),
    ),
)
GOLDEN_TEXT = """\
---
期号: 46
日期: 2022-05-31
编印: 江苏中科智能科学技术应用研究院
# 换栏目：把一篇文章（从“## 标题”到下一个“## ”之前）剪下来，贴到另一个“# 栏目”下面；不登的贴到“# 备选”下面。
# 核对过的，删去“请核对”那一行；改了标题，“本期重点”里也照改。存盘以后运行 subao issue，就得到 Word 文件。
---

# 本期重点

- 常州出台智造计划
- 标准“体检”

# 政策法规

# 各地动态

# 行业新闻

# 产品市场

# 知识产权

# 标准化

## 标准“体检”

<!-- 请核对: 标准化 41%，次选 知识产权 38% -->
<!-- 文件: 来稿/b.docx -->

第一段。

### 小标题

第二段。

\\# 不是栏目

\\（来源：正文里的话）

（来源：知识产权报，2022-05-15）

# 聚焦常州

## 常州出台智造计划

只有一段。

（来源：常州日报）

# 备选

# 不收录

## 标准体检

<!-- 重复: 标准“体检” -->
<!-- 文件: "a -- b.txt" -->

只有一段。
"""


def test_an_issue_is_written_as_the_editor_expects_it():
    assert write(GOLDEN, HOUSE) == GOLDEN_TEXT


def test_the_golden_file_is_read_back():
    assert parse(GOLDEN_TEXT, HOUSE) == GOLDEN


PIECES = [
    *"#＃\\-—（）:：，<>!'\"* 　\t\n\r、文é\u0301\u200b\ufeff\x85\u2028\U0001f600",
    *["\n# 政策法规\n", "\n## 题", "\n### 小标题\n", "\n#### 四", "\n###\n", "\\# x", "\n---\n", "\n\n", "\n- 一", "1. ", "\n| 甲 | 乙 |", "|\n|"],
    *["<!-- 文件: a -->", "<!-- 重复", " -->", "（来源：甲，2022-05-15）", "\n(来源:乙)", "（来源：）", "，2022-05-15", "正文。"],
]
TEXT = st.lists(st.sampled_from(PIECES) | st.characters(codec="utf-8"), max_size=8).map("".join)


def settled(text: str) -> str:
    """The form that reading gives: normalise until nothing changes (removing a mark can join two characters)."""
    while (again := normalise(text)) != text:
        text = again
    return text


BODY = TEXT.map(settled)
LINE = BODY.map(lambda text: settled(text.replace("\n", " ")))
DATE = st.sampled_from(["", "2022-05-15", "1999-12-31"])
ARTICLE = st.builds(
    Article, LINE, BODY, LINE, DATE, path=TEXT, column=st.sampled_from(HEADINGS), doubt=TEXT, duplicate_of=TEXT,
    fresh=st.booleans(),
)  # fmt: skip
ISSUE = st.builds(
    Issue,
    articles=st.lists(ARTICLE, max_size=3).map(lambda a: tuple(sorted(a, key=lambda x: HEADINGS.index(x.column)))),
    number=LINE,
    date=DATE,
    institution=TEXT,
    highlights=st.lists(LINE.filter(bool), max_size=3).map(tuple),
)


@given(ISSUE)
def test_any_issue_comes_back_as_it_was_written(issue: Issue):
    assert parse(write(issue, HOUSE), HOUSE) == issue


@given(ISSUE)
def test_windows_line_ends_a_mark_at_the_start_and_trailing_spaces_change_nothing(issue: Issue):
    text = "\ufeff" + write(issue, HOUSE).replace("\n", " \t\r\n")
    assert parse(text, HOUSE) == issue


@given(TEXT, st.integers(0, len(GOLDEN_TEXT)), st.integers(0, 40))
def test_a_damaged_file_is_read_or_refused_with_a_line_number(text: str, start: int, length: int):
    try:
        parse(GOLDEN_TEXT[:start] + text + GOLDEN_TEXT[start + length :], HOUSE, "第46期.md")
    except BadIssueFile as error:
        assert str(error).startswith(f"第46期.md 第 {error.line} 行：") and "\n" not in str(error)


def test_articles_are_grouped_by_column_and_keep_their_order_within_it():
    placed = [("一", REJECTED), ("二", "标准化"), ("三", REJECTED)]
    issue = Issue(tuple(Article(title, "", column=column) for title, column in placed))
    assert [a.title for a in parse(write(issue, HOUSE), HOUSE).articles] == ["二", "一", "三"]


SLOPPY = """\
---
期号：第46期
日期：2022年5月31日
---
#本期重点
* 甲
1. 乙
丙
＃ 政策法规：
##甲
正文一。
　　正文二。
###小标题
正文三。
（来源: 科技部，2022年5月5日）


#聚焦 常州
## 乙
<!--请核对：聚焦常州 41%-->
正文。
# 政策法规
## 丙
正文。
"""


def test_what_an_editor_types_without_care_is_understood():
    assert parse(SLOPPY, HOUSE) == Issue(
        number="46",
        date="2022-05-31",
        highlights=("甲", "乙", "丙"),
        articles=(
            Article("甲", "正文一。\n正文二。\n### 小标题\n正文三。", "科技部", "2022-05-05", column="政策法规"),
            Article("丙", "正文。", column="政策法规"),
            Article("乙", "正文。", column="聚焦常州", doubt="聚焦常州 41%"),
        ),
    )


def test_front_matter_may_be_missing():
    assert parse("# 标准化\n## 题\n文。", HOUSE) == Issue((Article("题", "文。", column="标准化"),))


def test_front_matter_is_yaml_for_other_programs():
    yaml = pytest.importorskip("yaml")
    issue = Issue(number="第1期: a # b", date="2022-05-31", institution='"甲"\n-->乙\u2028\\')
    front = write(issue, HOUSE).split("---\n")[1]
    assert yaml.load(front, yaml.BaseLoader) == {"期号": issue.number, "日期": issue.date, "编印": issue.institution}


def test_a_blank_line_in_a_body_is_kept_and_one_between_paragraphs_is_not_added():
    article = Article("题", "一\n二\n\n三", column="标准化")
    text = write(Issue((article,)), HOUSE)
    assert "一\n\n二\n\n\n三" in text
    assert parse(text.replace("一\n\n二", "一\n二"), HOUSE).articles == (article,)


def test_only_the_last_line_of_an_article_is_its_source():
    article = parse("# 标准化\n## 题\n（来源：甲）\n正文。\n\n（来源：乙，）\n\n", HOUSE).articles[0]
    assert (article.body, article.source, article.date) == ("（来源：甲）\n正文。", "乙", "")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# 政策法规\n\n# 政策\n", 3, ["“政策”", "政策法规、各地动态", "不收录"]),
        ("开头的话\n# 政策法规\n", 1, ["开头的话"]),
        ("\n\n# 政策法规\n没有标题的话\n", 4, ["没有标题的话", "## "]),
        ("## 没有栏目\n正文\n", 1, ["没有栏目", "栏目"]),
        ("# 本期重点\n## 甲\n", 2, ["甲"]),
        ("---\n期号: 46\n# 政策法规\n", 3, ["# 政策法规"]),
        ("---\n期号: 46\n", 1, ["没有结束"]),
        ("---\n编者: 王\n---\n", 2, ["编者", "期号、日期、编印"]),
        ("# 标准化\n## 题\n<!-- 请核实: 标准化 -->\n", 3, ["请核实", "请核对"]),
        ("# 标准化\n## 题\n#话题#\n", 3, ["话题#", "\\"]),
    ],
)
def test_a_mistake_is_named_with_file_line_and_way_out(text: str, line: int, words: list[str]):
    with pytest.raises(BadIssueFile) as caught:
        parse(text, HOUSE, "第46期.md")
    assert str(caught.value).startswith(f"第46期.md 第 {line} 行：") and "；" in str(caught.value)
    assert all(word in str(caught.value) for word in words)


def test_an_article_without_a_column_of_the_house_is_not_written():
    with pytest.raises(SubaoError, match=r"没有归栏.*政策法规"):
        write(Issue((Article("没有归栏", ""),)), HOUSE)
