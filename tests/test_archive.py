"""Issue files on disk: what is one is read, what is none or broken is said in one line."""

from __future__ import annotations

import pytest

from nlp.bulletin import Article, Issue
from nlp.errors import SubaoError
from nlp.house import load_house
from nlp.issue import markdown as issues
from nlp.issue.archive import issue_files, read_issue, read_issues

HOUSE = load_house()
TEXT = issues.write(Issue((Article("新标准发布", "正文。", column="标准化"),), number="7"), HOUSE)


def test_a_folder_gives_its_issue_files_and_leaves_other_notes_alone(tmp_path):
    (tmp_path / "存档").mkdir()
    (tmp_path / "存档" / "第7期.md").write_text("\ufeff" + TEXT, encoding="utf-8")
    (tmp_path / "README.md").write_text("# 说明\n", encoding="utf-8")
    assert [file.name for file in issue_files(tmp_path)] == ["第7期.md"]
    found = list(read_issues(tmp_path, HOUSE, pytest.fail))
    assert found[0][1].number == "7" and found[0][1].articles[0].title == "新标准发布"


def test_one_broken_issue_does_not_stop_the_others(tmp_path):
    (tmp_path / "a.md").write_text("---\n期号: 1\n---\n# 没有的栏目\n", encoding="utf-8")
    (tmp_path / "b.md").write_text(TEXT, encoding="utf-8")
    said: list[SubaoError] = []
    assert len(list(read_issues(tmp_path, HOUSE, said.append))) == 1
    assert len(said) == 1 and "第 4 行" in str(said[0]) and "标准化" in str(said[0])


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [("没有.md", None, "没有这个文件"), ("gbk.md", "标准化" * 9, "另存为 UTF-8"), ("夹.md", "", "打不开")],
)
def test_what_cannot_be_opened_gets_one_line(tmp_path, name, data, says):
    file = tmp_path / name
    if data == "":
        file.mkdir()
    elif data:
        file.write_bytes(data.encode("gbk"))
    with pytest.raises(SubaoError, match=says) as caught:
        read_issue(file, HOUSE)
    assert "\n" not in str(caught.value)


def test_a_story_told_twice_is_no_training_article(tmp_path):
    from nlp.training.data import read_labelled

    twice = Issue((Article("新标准发布", "正文。", column="标准化"), Article("又一篇", "正文。", column="不收录", duplicate_of="新标准发布")))
    (tmp_path / "a.md").write_text(issues.write(twice, HOUSE), encoding="utf-8")
    assert [article.title for article in read_labelled([tmp_path / "a.md"], pytest.fail)] == ["新标准发布"]
