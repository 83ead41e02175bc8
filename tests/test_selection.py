"""What one issue can hold: the strongest of each column stay, nothing is dropped, and every move has its reason."""

from __future__ import annotations

from dataclasses import replace

from nlp.bulletin import REJECTED, RESERVE, Article, Issue
from nlp.highlights.features import importance
from nlp.house import load_house
from nlp.issue.selection import Selection, select, set_aside_earlier
from nlp.issue.stories import find_stories

HOUSE = load_house()
STORY = "市场监管总局发布通知，部署开展企业标准“领跑者”活动，全年新增二百项。各地要建立台账，按季度通报进展，年底组织评估。"


def article(column: str, n: int, body: str = "") -> Article:
    return Article(f"{column}第{n}篇", body or f"{column}的第{n}篇正文，" + "内容各不相同。" * n, path=f"{column}{n}", column=column)


def issue_of(**counts: int) -> Issue:
    return Issue(tuple(article(column, n) for column, count in counts.items() for n in range(1, count + 1)))


def set_aside(issue: Issue, printed: list[tuple[str, Article]]) -> Selection:
    """What ``set_aside_earlier`` moves, after the articles were compared with what was printed."""
    found = find_stories(issue.articles, printed).earlier
    return set_aside_earlier(issue, {issue.articles[i].path: one for i, one in found.items()}, HOUSE)


def columns(issue: Issue) -> dict[str, int]:
    return {name: sum(a.column == name for a in issue.articles) for name in (*HOUSE.column_names, RESERVE, REJECTED)}


def test_every_column_keeps_its_best_before_any_keeps_a_second():
    chosen = select(issue_of(政策法规=9, 各地动态=30, 标准化=1, 不收录=4), HOUSE, 6)
    found = columns(chosen.issue)
    assert found["标准化"] == 1 and found["政策法规"] + found["各地动态"] == 5
    assert abs(found["政策法规"] - found["各地动态"]) == 1
    assert found[RESERVE] == 34 and found[REJECTED] == 4


def test_the_important_articles_stay_and_all_are_kept_somewhere():
    issue = issue_of(政策法规=12)
    strong = {a.path for a in sorted(issue.articles, key=lambda a: -importance(a, HOUSE))[:3]}
    chosen = select(issue, HOUSE, 3)
    assert {a.path for a in chosen.issue.articles if a.column == "政策法规"} == strong
    assert [a.path for a in chosen.issue.articles] == [a.path for a in issue.articles]
    assert set(chosen.reasons) == {a.path for a in issue.articles} - strong
    assert all("政策法规有 12 篇，本期留 3 篇" in reason for reason in chosen.reasons.values())


def test_an_issue_within_the_limit_stays_as_it_is():
    issue = issue_of(政策法规=3, 知识产权=2, 不收录=2)
    assert select(issue, HOUSE, 5).issue == issue
    assert not select(issue, HOUSE, 5).reasons


def test_stories_of_earlier_issues_wait_with_the_place_where_they_stood():
    fresh = article("标准化", 1)
    again = replace(article("标准化", 2), title="企业标准领跑者活动启动", body="本报讯 " + STORY)
    issue = Issue((fresh, again))
    done = set_aside(issue, [("第44期", Article("部署企业标准领跑者活动", STORY, column="标准化"))])
    assert [a.column for a in done.issue.articles] == ["标准化", RESERVE]
    assert done.issue.articles[1].duplicate_of == "第44期 部署企业标准领跑者活动"
    assert done.reasons == {again.path: "第44期已登过《部署企业标准领跑者活动》"}


def test_a_shorter_version_of_a_printed_story_is_found_too_and_a_look_alike_is_not():
    printed = [("第44期", Article("部署企业标准领跑者活动", STORY + "有关负责人介绍，活动分三个阶段进行，首批涉及四十个行业。", column="标准化"))]
    short = replace(article("标准化", 1), body=STORY)
    other = replace(article("标准化", 2), body=STORY.replace("二百项", "三百项"))
    done = set_aside(Issue((short, other)), printed)
    assert [a.column for a in done.issue.articles] == [RESERVE, "标准化"]


def test_without_earlier_issues_nothing_is_moved():
    issue = issue_of(政策法规=2, 不收录=1)
    assert set_aside(issue, []).issue == issue


def test_what_is_fixed_stays_and_counts():
    issue = issue_of(政策法规=4, 标准化=2)
    weakest = [i for i, a in enumerate(issue.articles) if a.column == "政策法规"][:2]
    chosen = select(issue, HOUSE, 3, fixed=weakest)
    assert all(chosen.issue.articles[i].column == "政策法规" for i in weakest)
    assert columns(chosen.issue)["标准化"] == 1 and columns(chosen.issue)[RESERVE] == 3
    assert columns(select(issue, HOUSE, 1, fixed=weakest).issue)[RESERVE] == 4
