"""A later inbox into an issue that an editor worked on: what was decided stays, and no article is lost in silence."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.bulletin import REJECTED, RESERVE, Article, Issue, Prediction
from nlp.errors import SubaoError
from nlp.house import load_house
from nlp.issue.checks import check
from nlp.issue.draft import Facts, draft, remember
from nlp.issue.identity import alike, key_of, letters, same_articles
from nlp.issue.markdown import parse, write
from nlp.issue.memory import Memory, dump, load
from nlp.issue.merge import Merged, merge, unknown_articles
from nlp.issue.sorting import Sorted

HOUSE = load_house()
WORDS = ["标准", "专利", "工厂", "机器人", "电池", "园区", "企业", "平台", "项目", "试点", "检测", "数据", "港口", "氢能", "农机", "软件", "材料", "船舶", "阀门", "刀具", "仪器", "光伏"]


def article(n: int, **facts) -> Article:
    """An article that shares hardly a phrase with any other."""
    chance = random.Random(n)
    body = "\n".join(f"{''.join(chance.sample(WORDS, 12))}第{n}号共{n * 7 + k}项。" for k in range(3))
    return replace(Article(f"{''.join(chance.sample(WORDS, 4))}第{n}篇", body, "某报", "2024-05-10", f"{n}.txt"), **facts)


def predicted(came: Article) -> Prediction:
    column = HOUSE.column_names[len(letters(came.title)) % 3]
    return Prediction(came, {column: 0.9, REJECTED: 0.1} if "第4篇" not in came.title else {column: 0.5, REJECTED: 0.4}, "第4篇" in came.title)


INBOX = [article(n) for n in range(8)]


def begun(limit: int = 6, inbox=INBOX) -> tuple[Issue, Memory]:
    found = Sorted([predicted(a) for a in inbox], {})
    return remember(draft(found, HOUSE, limit, number="46"), found, HOUSE, Facts(limit, "m"))


def merged(issue: Issue, memory: Memory, inbox, limit: int = 6, **more) -> Merged:
    predictions = {a.path: predicted(a) for a in unknown_articles(memory, inbox)}
    return merge(issue, memory, inbox, predictions, HOUSE, Facts(limit, "m"), **more)


def titles(issue: Issue, *columns: str) -> list[str]:
    return [a.title for a in issue.articles if not columns or a.column in columns]


def test_the_same_inbox_again_changes_nothing():
    issue, memory = begun()
    again = merged(issue, memory, INBOX[::-1])
    assert again.issue == issue and again.memory == memory
    assert again.report.last_line() == "新增 0 篇，更新 0 篇，保留 8 篇，撤下 0 篇"


def test_a_late_article_is_placed_and_marked_and_all_decisions_stand():
    issue, memory = begun(limit=20)
    done = list(issue.articles)
    done[0] = replace(done[0], title="编辑改的标题", body=done[0].body + "\n编辑加的一段。", column="标准化")
    done[1] = replace(done[1], column=RESERVE)
    deleted = done.pop(2)
    done = sorted(done[::-1], key=lambda a: (*HOUSE.column_names, RESERVE, REJECTED).index(a.column))
    edited = replace(issue, articles=tuple(done), highlights=("编辑改的标题",), date="2024-06-01")
    late = article(20)
    after = merged(edited, memory, [late, *INBOX], limit=20)
    new = [a for a in after.issue.articles if a.fresh]
    assert [a.title for a in new] == [late.title] and new[0].column == predicted(late).column
    assert [a for a in after.issue.articles if not a.fresh] == list(edited.articles)
    assert (after.issue.highlights, after.issue.date) == (edited.highlights, edited.date)
    report = after.report
    assert [a.title for a, _ in report.added] == [late.title] and report.kept == 7
    assert [title for title, _ in report.withdrawn] == [deleted.title]
    assert set(report.edited) >= {"编辑改的标题", done[-1].title}
    again = merged(after.issue, after.memory, [late, *INBOX], limit=20)
    assert again.issue == after.issue and again.report.last_line() == "新增 0 篇，更新 0 篇，保留 8 篇，撤下 0 篇"


def test_a_full_issue_takes_late_articles_under_reserve():
    issue, memory = begun(limit=6)
    after = merged(issue, memory, [*INBOX, article(20), article(21)])
    assert {a.column for a in after.issue.articles if a.fresh} == {RESERVE} and after.issue.highlights == issue.highlights
    assert all(why for _, why in after.report.added)


def test_articles_are_known_by_content_wherever_they_lie():
    issue, memory = begun()
    moved = [replace(a, path=f"新/{n}.txt") for n, a in enumerate(INBOX[::-1])]
    after = merged(issue, memory, moved)
    assert titles(after.issue) == titles(issue) and after.report.kept == 8 and not after.report.added
    assert {a.path for a in after.issue.articles} == {a.path for a in moved}


def test_a_changed_source_is_pointed_out_once_and_never_taken_over():
    issue, memory = begun()
    inbox = [replace(INBOX[0], body=INBOX[0].body.replace("共0项", "共900项")), *INBOX[1:]]
    after = merged(issue, memory, inbox)
    assert after.issue == issue
    (title, why), = after.report.updated
    assert title == INBOX[0].title and "共0项" in why and "共900项" in why and "没有采用" in why
    assert not merged(issue, after.memory, inbox).report.updated
    assert not merged(issue, after.memory, INBOX).report.updated
    taken = [replace(a, body=inbox[0].body) if a.title == title else a for a in issue.articles]
    assert not merged(replace(issue, articles=tuple(taken)), memory, inbox).report.updated  # the editor took it over


def test_another_article_under_an_old_name_is_new():
    issue, memory = begun(limit=20)
    after = merged(issue, memory, [article(30, path="0.txt"), *INBOX[1:]], limit=20)
    assert [a.title for a, _ in after.report.added] == [article(30).title]
    assert [title for title, _ in after.report.withdrawn] == [INBOX[0].title] and INBOX[0].title in titles(after.issue)


def test_a_gone_source_is_pointed_out_once_and_its_article_stays():
    issue, memory = begun()
    after = merged(issue, memory, INBOX[1:])
    assert after.issue == issue and after.report.last_line() == "新增 0 篇，更新 0 篇，保留 7 篇，撤下 1 篇"
    assert not merged(issue, after.memory, INBOX[1:]).report.withdrawn
    back = merged(issue, after.memory, INBOX)
    assert merged(issue, back.memory, INBOX[1:]).report.withdrawn


def test_a_copy_of_what_stands_there_is_no_second_article():
    issue, memory = begun(limit=20)
    copy = replace(INBOX[1], title="换个题目" + INBOX[1].title, body=INBOX[1].body + "\n又加了一句话作为结尾。" * 3, path="副本.txt")
    after = merged(issue, memory, [*INBOX, copy], limit=20)
    new = next(a for a in after.issue.articles if a.fresh)
    assert (new.column, new.duplicate_of) == (REJECTED, INBOX[1].title) and "更全" in after.report.added[0][1]


def test_another_limit_moves_only_what_nobody_touched():
    issue, memory = begun(limit=20)
    kept = issue.articles[0]
    edited = replace(issue, articles=(replace(kept, title="编辑改的标题"), *issue.articles[1:]), highlights=())
    after = merged(edited, memory, INBOX, limit=1)
    assert titles(after.issue, *HOUSE.column_names) == ["编辑改的标题"] and len(after.report.updated) == 7
    back = merged(after.issue, after.memory, INBOX, limit=20)
    assert sorted(titles(back.issue, *HOUSE.column_names)) == sorted(titles(edited, *HOUSE.column_names))


def test_what_the_archive_printed_waits_unless_an_editor_has_been_there():
    issue, memory = begun(limit=20)
    edited = replace(issue, articles=(replace(issue.articles[0], title="编辑改的标题"), *issue.articles[1:]))
    printed = [("第45期", replace(a, column="标准化")) for a in issue.articles[:2]]
    after = merged(edited, memory, INBOX, limit=20, earlier=printed)
    assert titles(after.issue, RESERVE) == [issue.articles[1].title] and "编辑改的标题" in titles(after.issue, *HOUSE.column_names)
    assert any("编辑改的标题" in line for line in after.report.lines)
    again = merged(after.issue, after.memory, INBOX, limit=20, earlier=printed)
    assert again.issue == after.issue and not any("登过" in line for line in again.report.lines)


def test_untouched_highlights_follow_the_articles_and_a_date_is_set():
    issue, memory = begun(limit=20)
    after = merged(issue, memory, [*INBOX, *(article(n) for n in range(20, 32))], limit=20, date="2024-06-15")
    assert len(after.issue.highlights) > len(issue.highlights) and after.issue.date == "2024-06-15"
    assert set(after.issue.highlights) <= set(titles(after.issue, *HOUSE.column_names))


def test_without_its_memory_only_the_memory_is_lost():
    issue, memory = begun(limit=20)
    edited = list(issue.articles)
    edited[0] = replace(edited[0], title="编辑改的标题", column="标准化")
    edited = replace(issue, articles=tuple(sorted(edited, key=lambda a: HOUSE.column_names.index(a.column))))
    after = merged(edited, Memory(), INBOX, limit=20)
    assert after.issue == edited and len(after.memory.records) == 8
    assert {record.id for record in after.memory.records} == {record.id for record in memory.records}
    assert merged(edited, after.memory, INBOX, limit=20).issue == edited


def test_the_memory_is_readable_and_a_broken_one_is_empty():
    _, memory = begun()
    assert load(dump(memory)) == memory and INBOX[0].title in dump(memory).decode()
    for broken in (None, b"", b"{", b"[]", b'{"records": [{"id": 1}, 2]}', b'{"limit": "x"}', b"\xff"):
        assert load(broken) == Memory()


def test_a_look_alike_under_another_name_is_another_article():
    one = article(1)
    other = replace(one, title=one.title.replace("第1篇", "第9篇"), body=one.body.replace("第1号", "第9号"), path="9.txt")
    assert alike(one, other) > 0.5 and same_articles([one], [other]) == {}
    assert same_articles([one], [other], edited=True) == {0: 0}
    assert same_articles([one, other], [other, one]) == {0: 1, 1: 0}


EDITS = ["delete", "cut", "swap", "retitle", "lose heading", "lose mark", "double", "move", "rewrite", "garbage", "blank"]


def edit(text: str, kind: str, chance: random.Random) -> str:
    """One thing that people do to a file, on purpose or by a slip."""
    lines = text.split("\n")
    heads = [i for i, line in enumerate(lines) if line.startswith("## ")]
    at = chance.choice(heads) if heads else len(lines) - 1
    after = next((i for i in range(at + 1, len(lines)) if lines[i].startswith("#")), len(lines))
    block, other = lines[at:after], chance.choice(heads) if heads else at
    i, j = sorted(chance.choices(range(len(lines)), k=2))
    if kind == "delete":
        lines[at:after] = []
    elif kind == "cut":
        lines[i : min(j, i + chance.randint(1, 12))] = []
    elif kind == "swap":
        lines[i], lines[j] = lines[j], lines[i]
    elif kind == "retitle":
        lines[at] = "## " + "".join(chance.sample(WORDS, 3))
    elif kind == "lose heading":
        lines[at] = lines[at].removeprefix("## ")
    elif kind == "lose mark":
        lines = [line for n, line in enumerate(lines) if not (at < n < after and line.startswith("<!--"))]
    elif kind == "double":
        lines[at:at] = block
    elif kind == "move":
        lines[at:after] = []
        lines[min(other, len(lines)) : min(other, len(lines))] = block
    elif kind == "rewrite":
        lines[at + 1 : after] = ["", "".join(chance.sample(WORDS, 9)) + "。", ""]
    elif kind == "garbage":
        lines[i] = chance.choice(["##", "# 标准化", "（来源：甲）", "文字", "- 一", "<!-- 新到 -->", "\\"])
    else:
        lines[i] = ""
    return "\n".join(lines)


@settings(max_examples=int(os.environ.get("SUBAO_EXAMPLES", "40")), deadline=None)
@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_no_article_is_lost_in_silence_whatever_happens_to_the_file(kinds, chance):
    """After any edits and a merge each article of the draft is in the file, or is named on the screen."""
    issue, memory = begun(limit=5)
    text = write(issue, HOUSE)
    for kind in kinds:
        text = edit(text, kind, chance)
    try:
        edited = parse(text, HOUSE)
    except SubaoError:
        return  # the file is refused with its line, and stays as it is
    inbox = [*INBOX, article(40)]
    after = merged(edited, memory, inbox, limit=5)
    said = "\n".join((*after.report.overview(), *(remark.text for remark in check(write(after.issue, HOUSE), HOUSE, after.memory))))
    here = letters(write(after.issue, HOUSE))
    for one in inbox:
        whole = all(letters(line) in here for line in one.body.split("\n"))
        records = {record.id for record in after.memory.of(after.issue.articles).values()}
        assert whole or key_of(one) in records or one.title in said, one.title
    for one in edited.articles:  # and nothing that the editor wrote
        assert letters(one.title) in here and letters(one.body) in here


@pytest.mark.parametrize("kind", EDITS)
def test_each_kind_of_edit_changes_the_file(kind):
    text = write(begun()[0], HOUSE)
    assert any(edit(text, kind, random.Random(n)) != text for n in range(5))


def test_what_is_late_stands_by_its_level_between_those_that_the_editor_left_in_another_order():
    def policy(n: int, title: str) -> Article:
        return replace(article(n), title=title)

    def told(came: Article) -> Prediction:
        return Prediction(came, {HOUSE.column_names[0]: 0.9, REJECTED: 0.1})

    begin = [policy(21, "国务院印发某某规划"), policy(22, "江苏印发某某办法"), policy(23, "某县出台某某措施")]
    found = Sorted([told(a) for a in begin], {})
    issue, memory = remember(draft(found, HOUSE, 20, number="46"), found, HOUSE, Facts(20, "m"))
    assert titles(issue) == [a.title for a in begin]
    issue = replace(issue, articles=tuple(issue.articles[i] for i in (2, 0, 1)))  # the county leads: the editor's order
    late = [policy(24, "浙江印发某某方案"), policy(25, "科技部部署某某工作"), policy(26, "习近平主持召开某某会议")]
    after = merge(issue, memory, [*begin, *late], {a.path: told(a) for a in late}, HOUSE, Facts(20, "m")).issue
    assert [a.title for a in after.articles if not a.fresh] == titles(issue)
    assert titles(after)[:4] == [late[2].title, begin[2].title, begin[0].title, late[1].title]
    assert set(titles(after)[4:]) == {begin[1].title, late[0].title}
