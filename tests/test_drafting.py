"""From a sorted inbox to an issue: what is printed, what waits, what leads, and the reason for each."""

from __future__ import annotations

from nlp.bulletin import REJECTED, RESERVE, Article, Prediction
from nlp.house import load_house
from nlp.issue.draft import Facts, draft, last_line, overview, remember
from nlp.issue.register import HEADER, register_rows
from nlp.issue.sorting import Sorted

HOUSE = load_house()


def predicted(n: int, column: str, doubtful: bool = False) -> Prediction:
    rest = "行业新闻" if column != "行业新闻" else "产品市场"
    body = f"{column}的第{n}篇正文。" + f"第{n}个项目投资{n}亿元，比上年增长{n}.5%。" * 3
    return Prediction(Article(f"{column}第{n}篇", body, path=f"{n}.txt"), {column: 0.8, rest: 0.2}, doubtful)


INBOX = Sorted(
    [predicted(n, column, n == 3) for n, column in enumerate(["政策法规"] * 4 + ["标准化"] * 3 + [REJECTED, "标准化"])],
    copies={8: 6},
)


def test_every_article_of_the_inbox_is_somewhere_and_has_its_row():
    made = draft(INBOX, HOUSE, 4, number="46", date="2024-05-15")
    assert (made.issue.number, made.issue.date) == ("46", "2024-05-15")
    assert sorted(a.path for a in made.issue.articles) == [f"{n}.txt" for n in range(9)]
    assert len(made.printed) == 4 and {a.column for a in made.printed} == {"政策法规", "标准化"}
    issue, memory = remember(made, INBOX, HOUSE, Facts(4, "m", (("坏.pdf", "有密码"),)))
    assert [a.path for a in issue.articles] == [record.path for record in memory.records]
    rows = register_rows(issue, memory, HOUSE)[1]
    assert all(len(row) == len(HEADER) for row in rows) and len(rows) == 10
    rows = [dict(zip(HEADER, row, strict=True)) for row in rows]
    place = {row["来稿"]: row["安排"] for row in rows}
    assert sum(p in ("本期", "本期重点") for p in place.values()) == 4
    assert sum(p == RESERVE for p in place.values()) == 3
    assert (place["7.txt"], place["8.txt"], place["坏.pdf"]) == (REJECTED, "重复", "读不出")
    why = {row["来稿"]: row["理由"] for row in rows}
    assert all(why[path] for path, where in place.items() if where in (RESERVE, REJECTED, "重复", "本期重点"))
    assert "是同一篇" in why["8.txt"] and rows[-1]["说明"] == "有密码"


def test_the_highlights_are_printed_articles_with_their_reasons():
    made = draft(INBOX, HOUSE, 6)
    assert made.issue.highlights == tuple(choice.article.title for choice in made.choices)
    assert len(made.choices) == 2 and all(choice.reasons for choice in made.choices)
    lines = overview(made, HOUSE)
    assert lines[0] == "本期重点（2）" and "政策法规（3）" in lines


def test_the_last_line_counts_all_that_was_left_out():
    line = last_line(draft(INBOX, HOUSE, 4), 2, 4)
    for part in ("来稿 9 篇，登 4 篇", "3 篇进备选（一期最多 4 篇）", "1 篇与刊物无关", "1 篇重复", "2 个文件或行读不出"):
        assert part in line
    assert "以前登过" not in line


def test_what_an_earlier_issue_printed_is_not_printed_again():
    old = INBOX.predictions[0].article
    made = draft(INBOX, HOUSE, 20, earlier=[("第45期", old)])
    assert made.told_before == 1 and old.path not in {a.path for a in made.printed}
    assert made.reasons[old.path] == f"第45期已登过《{old.title}》"
    assert "1 篇以前登过" in last_line(made, 0, 20)
