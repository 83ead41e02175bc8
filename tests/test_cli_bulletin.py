"""The road of an issue as an editor walks it: draft, correct by hand, Word file, read back; nothing lost on the way."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import CORPUS
from shell import INBOX, UNREADABLE, hashes

from nlp.bulletin import REJECTED, RESERVE
from nlp.cli import main
from nlp.house import load_house
from nlp.issue import markdown as issues

SAMPLE = CORPUS / "issues" / "第12期.md"
HOUSE = load_house()
pytestmark = pytest.mark.usefixtures("tiny_model_in_use")


@pytest.fixture(autouse=True)
def without_libreoffice(monkeypatch, tmp_path):
    """Pages are found in test_paging; here they would cost seconds a test."""
    monkeypatch.setenv("PATH", str(tmp_path))


def parsed(path: Path):
    return issues.parse(path.read_text(encoding="utf-8"), HOUSE, str(path))


@pytest.fixture
def one(tmp_path) -> Path:
    """An inbox of one article: for what needs an inbox, and not the whole sample."""
    (tmp_path / "来稿").mkdir()
    (tmp_path / "来稿" / "一篇.txt").write_text("某市发布新标准\n\n某市今天发布一项地方标准。\n", encoding="utf-8")
    return tmp_path / "来稿"


@pytest.fixture
def small(tmp_path) -> Path:
    """The first five articles of the sample issue as an issue of their own, the first and the third its highlights."""
    issue = parsed(SAMPLE)
    articles = issue.articles[:5]
    path = tmp_path / "a.md"
    path.write_text(issues.write(replace(issue, articles=articles, highlights=(articles[0].title, articles[2].title)), HOUSE), encoding="utf-8")
    return path


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "稿件清单.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# draft -----------------------------------------------------------------------------------------


DRAFT = ("draft", str(INBOX), "--date", "2024-05-15", "--limit", "9")


@pytest.fixture(scope="module")
def drafted(tiny_model, tmp_path_factory):
    """The sample inbox drafted once: the folder, what was printed, what was said on stderr."""
    folder = tmp_path_factory.mktemp("drafted") / "第46期"
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")) as out:
        patch.setenv("SUBAO_MODEL", str(tiny_model))
        patch.setenv("PATH", str(folder))
        with contextlib.redirect_stderr(io.TextIOWrapper(io.BytesIO(), "utf-8")) as err:
            assert main([*DRAFT, "-o", str(folder)]) == 0
    for stream in (out, err):
        stream.seek(0)
    return folder, out.read(), err.read()


def test_a_draft_is_an_issue_file_a_word_file_and_a_manifest_that_lose_nothing(drafted):
    folder, out, err = drafted
    assert "更新域" in err  # how the contents get their numbers without LibreOffice
    assert {path.name for path in folder.iterdir()} == {"第46期.md", "第46期.docx", "稿件清单.xlsx", "稿件清单.csv", ".速报"}
    issue = parsed(folder / "第46期.md")
    assert (issue.number, issue.date, len(issue.articles)) == ("46", "2024-05-15", 22)
    printed = [a for a in issue.articles if a.column not in (RESERVE, REJECTED)]
    assert len(printed) <= 9 and len(issue.highlights) == max(1, round(len(printed) / 3))
    assert set(issue.highlights) <= {a.title for a in printed}
    rows = rows_of(folder)
    assert len(rows) == 22 + UNREADABLE and {row["来稿"] for row in rows} >= {a.path for a in issue.articles}
    assert all(row["理由"] for row in rows if row["安排"] in (RESERVE, REJECTED, "重复", "本期重点"))
    assert sum(row["安排"] == "本期重点" for row in rows) == len(issue.highlights)
    last = out.strip().splitlines()[-1]
    assert f"来稿 22 篇，登 {len(printed)} 篇" in last and "1 篇重复" in last and f"{UNREADABLE} 个文件或行读不出" in last
    assert "第46期.docx" in last and err.count("跳过") == UNREADABLE and "下一步" in err
    assert all(a.title in out for a in issue.articles)


def test_a_second_draft_writes_nothing_and_corrections_by_hand_stay(drafted, tmp_path, capsys):
    before, folder = hashes(INBOX), tmp_path / "out"
    shutil.copytree(drafted[0], folder)
    first = hashes(folder)
    assert main(["draft", str(INBOX), "-o", str(folder)]) == 0  # the same number at a re-run
    assert hashes(folder) == first and "没有变化" in capsys.readouterr().out
    path = folder / "第46期.md"
    path.write_text(path.read_text(encoding="utf-8").replace("日期: 2024-05-15", "日期: 2024-06-01"), encoding="utf-8")
    corrected = hashes(folder)
    assert corrected["第46期.md"] != first["第46期.md"]
    assert main(["draft", str(INBOX), "-o", str(folder)]) == 0
    assert hashes(folder)["第46期.md"] == corrected["第46期.md"] and "保留 22 篇" in capsys.readouterr().out
    assert main([*DRAFT, "-o", str(folder), "--force"]) == 0
    assert {name: text for name, text in hashes(folder).items() if "历史" not in name} == first
    assert corrected["第46期.md"] in hashes(folder / "历史").values()
    assert hashes(INBOX) == before


def test_without_a_number_none_is_invented(one, tmp_path):
    assert main(["draft", str(one), "-o", str(tmp_path / "草稿")]) == 0
    assert parsed(tmp_path / "草稿" / "本期.md").number == ""
    assert parsed(tmp_path / "草稿" / "本期.md").date == ""


@pytest.mark.parametrize(("folder", "number"), [("第４６期", ""), ("第四十六期", ""), ("x", "46"), ("y", "四十六")])
def test_a_number_may_be_written_in_any_figures(one, tmp_path, folder, number):
    assert main(["draft", str(one), "-o", str(tmp_path / folder), *(["--number", number] if number else [])]) == 0
    assert parsed(tmp_path / folder / "第46期.md").number == "46"


def test_stories_of_the_archive_wait_and_are_named(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("SUBAO_MODEL")  # the shipped model finds both worth printing
    article = parsed(SAMPLE).articles[0]
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "旧.txt").write_text(f"{article.title}\n\n{article.body}\n", encoding="utf-8")
    (inbox / "新.txt").write_text("某市发布新标准\n\n某市今天发布一项地方标准，规定了充电桩的验收方法。\n", encoding="utf-8")
    folder = tmp_path / "第48期"
    assert main(["draft", str(inbox), "-o", str(folder), "--archive", str(SAMPLE.parent)]) == 0
    old = next(a for a in parsed(folder / "第48期.md").articles if a.title == article.title)
    assert old.column == RESERVE and old.duplicate_of == f"第12期 {article.title}"
    assert "以前登过" in capsys.readouterr().out
    assert main(["draft", str(inbox), "-o", str(tmp_path / "x"), "--archive", str(tmp_path / "没有")]) == 1


# issue, read -----------------------------------------------------------------------------------


def test_the_sample_issue_comes_out_as_word_and_reads_back_the_same(tmp_path, capsys):
    word = tmp_path / "第12期.docx"
    assert main(["issue", str(SAMPLE), "-o", str(word)]) == 0
    assert main(["issue", str(SAMPLE), "-o", str(word)]) == 0
    assert "没有变化" in capsys.readouterr().err
    assert main(["read", str(word), "-o", str(tmp_path / "存档")]) == 0
    issue, again = parsed(SAMPLE), parsed(tmp_path / "存档" / "第12期.md")
    assert (again.number, again.date, again.institution) == (issue.number, issue.date, issue.institution)
    assert again.highlights == issue.highlights
    facts = [
        [(a.column, a.title, a.body, a.source) for a in each.articles if a.column in HOUSE.column_names]
        for each in (issue, again)
    ]
    assert facts[0] == facts[1] and not any(a.date for a in again.articles)  # this house prints no days
    assert "版权及" in (tmp_path / "存档" / "第12期.未归入.txt").read_text(encoding="utf-8")


def test_reading_again_is_silent_and_other_content_is_refused(tmp_path, capsys):
    word, shelf = tmp_path / "a.docx", tmp_path / "存档"
    assert main(["issue", str(SAMPLE), "-o", str(word)]) == 0
    (tmp_path / "坏.docx").write_bytes(b"not a zip")
    assert main(["read", str(word), str(tmp_path / "坏.docx"), "-o", str(shelf)]) == 0
    first = hashes(shelf)
    assert "跳过" in capsys.readouterr().err
    assert main(["read", str(word), "-o", str(shelf)]) == 0
    assert hashes(shelf) == first
    (shelf / "第12期.md").write_text("改过\n", encoding="utf-8")
    assert main(["read", str(word), "-o", str(shelf)]) == 1
    assert (shelf / "第12期.md").read_text(encoding="utf-8") == "改过\n"
    assert main(["read", str(word), "-o", str(shelf), "--force"]) == 0
    assert hashes(shelf) == first


def test_read_issues_are_labelled_data(tmp_path):
    from nlp.training.data import read_labelled

    said: list[str] = []
    articles = read_labelled([SAMPLE], said.append)
    assert {a.column for a in articles} == {*HOUSE.column_names, REJECTED}
    assert len(said) == 1 and "1 篇" in said[0]  # 备选 is no label


def test_word_that_the_editor_changed_is_not_overwritten(tmp_path, capsys):
    word = tmp_path / "x.docx"
    assert main(["issue", str(SAMPLE), "-o", str(word)]) == 0
    with zipfile.ZipFile(word, "a") as archive:
        archive.writestr("added", b"by hand")
    changed = word.read_bytes()
    assert main(["issue", str(SAMPLE), "-o", str(word)]) == 1
    assert word.read_bytes() == changed and "--force" in capsys.readouterr().err


def test_a_word_file_that_nobody_changed_follows_the_corrected_issue_file(tmp_path):
    path = tmp_path / "第12期.md"
    path.write_bytes(SAMPLE.read_bytes())
    assert main(["issue", str(path)]) == 0
    first = path.with_suffix(".docx").read_bytes()
    path.write_text(path.read_text(encoding="utf-8").replace("期号: 12", "期号: 13"), encoding="utf-8")
    assert main(["issue", str(path)]) == 0
    assert path.with_suffix(".docx").read_bytes() != first


def test_what_is_still_open_is_said_before_printing(tmp_path, capsys):
    draft = tmp_path / "a.md"
    text = SAMPLE.read_text(encoding="utf-8").replace("期号: 12", "期号:").replace("# 本期重点\n", "# 本期重点\n\n- 没有这一篇\n")
    draft.write_text(text, encoding="utf-8")
    assert main(["issue", str(draft)]) == 1
    err = capsys.readouterr().err
    assert "期号空着" in err and "没有这一篇" in err and "请核对" in err and "--anyway" in err
    assert not (tmp_path / "a.docx").exists() and "<!-- 提醒: 本期重点里的“没有这一篇”" in draft.read_text(encoding="utf-8")
    assert main(["issue", str(draft), "--anyway"]) == 0
    assert (tmp_path / "a.docx").is_file()


def test_the_word_file_of_another_issue_is_not_overwritten(tmp_path, capsys):
    other = tmp_path / "第46期.md"
    other.write_text(SAMPLE.read_text(encoding="utf-8").replace("期号: 12", "期号: 46"), encoding="utf-8")
    assert main(["issue", str(other)]) == 0
    before = hashes(tmp_path)
    assert main(["issue", str(SAMPLE), "-o", str(tmp_path / "第46期.docx")]) == 1
    assert main(["issue", str(other), "-o", str(other), "--force"]) == 1
    assert "写 .docx 文件名" in capsys.readouterr().err and hashes(tmp_path) == before


def test_two_bulletins_of_one_number_are_not_laid_over_each_other(tmp_path, capsys):
    for name, title in (("a", "甲"), ("b", "乙")):
        text = SAMPLE.read_text(encoding="utf-8").replace("江西：老家底里生长新动能", f"{title}：老家底里生长新动能")
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
        assert main(["issue", str(tmp_path / f"{name}.md")]) == 0
    shelf = tmp_path / "存档"
    assert main(["read", str(tmp_path / "a.docx"), str(tmp_path / "b.docx"), "-o", str(shelf), "--force"]) == 0
    assert "甲：" in (shelf / "第12期.md").read_text(encoding="utf-8")
    assert "期号与" in capsys.readouterr().err
    assert main(["read", str(shelf), "-o", str(shelf)]) == 1  # what was read is no bulletin


def test_a_draft_laid_into_its_inbox_is_no_article_of_it_and_hides_none(tmp_path):
    inbox = tmp_path / "来稿"
    (inbox / "01_科技局").mkdir(parents=True)
    (inbox / "01_科技局" / "a.txt").write_text("某市发布新标准\n\n某市今天发布一项地方标准，规定了验收方法。\n", encoding="utf-8")
    (inbox / "b.txt").write_text("某企业发布机器人\n\n某企业今天发布一款焊接机器人，重复定位精度高。\n", encoding="utf-8")
    assert main(["draft", str(inbox), "-o", str(inbox)]) == 0
    first = hashes(inbox)
    assert main(["draft", str(inbox), "-o", str(inbox)]) == 0
    assert hashes(inbox) == first


def test_the_issue_in_the_making_is_no_earlier_issue(drafted, tmp_path, capsys):
    shutil.copytree(drafted[0], tmp_path / "第46期")
    (tmp_path / "存档").mkdir()
    (tmp_path / "存档" / "副本.md").write_bytes((tmp_path / "第46期" / "第46期.md").read_bytes())
    assert main(["draft", str(INBOX), "-o", str(tmp_path / "第46期"), "--archive", str(tmp_path / "存档")]) == 0
    out, err = capsys.readouterr()
    assert "以前登过" not in out and "就是这一期" in err and "没有变化" in out


def test_a_house_whose_columns_the_model_does_not_know_is_told_before_the_work(tmp_path, capsys):
    house = tmp_path / "h.toml"
    house.write_text('name = "快报"\ninstitution = "某院"\n[[column]]\nname = "要闻"\n', encoding="utf-8-sig")
    assert main(["draft", str(INBOX), "-o", str(tmp_path / "x"), "--house", str(house)]) == 1
    assert "subao train" in capsys.readouterr().err and not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "line", ["name = 4.0", 'name = "报"\n[[column]]\nname = "要闻"\n[[column]]\nname = "要闻"', 'name = "报"\n[[column]]\nname = "备选"']
)
def test_a_house_file_that_cannot_be_is_one_line(tmp_path, line, capsys):
    house = tmp_path / "h.toml"
    house.write_text(f'institution = "某院"\n{line}\n', encoding="utf-8")
    assert main(["issue", str(SAMPLE), "-o", str(tmp_path / "x.docx"), "--house", str(house)]) == 1
    assert "刊物设定文件" in capsys.readouterr().err


def test_a_damaged_file_in_the_way_of_the_word_file_is_kept(tmp_path, capsys):
    assert main(["issue", str(SAMPLE), "-o", str(tmp_path / "x.docx")]) == 0
    data = bytearray((tmp_path / "x.docx").read_bytes())
    data[200:260] = b"\0" * 60
    (tmp_path / "x.docx").write_bytes(data)
    assert main(["issue", str(SAMPLE), "-o", str(tmp_path / "x.docx")]) == 1
    assert (tmp_path / "x.docx").read_bytes() == data and "没有覆盖" in capsys.readouterr().err


# highlights ------------------------------------------------------------------------------------


def test_highlights_are_spans_of_the_issue_in_its_order(small, capsys):
    assert main(["highlights", str(small), "--json", "--k", "4", "--sentences", "2"]) == 0
    found = json.loads(capsys.readouterr().out)["highlights"]
    articles = {a.title: a for a in parsed(small).articles}
    order = list(articles)
    assert len(found) == 4
    assert [order.index(h["title"]) for h in found] == sorted(order.index(h["title"]) for h in found)
    for highlight in found:
        body = articles[highlight["title"]].body
        assert body[highlight["start"] : highlight["end"]] == highlight["sentence"]
        assert highlight["reasons"] and highlight["column"] == articles[highlight["title"]].column
        assert all(body[s["start"] : s["end"]] == s["text"] for s in highlight["sentences"])


def test_highlights_can_be_written_into_the_file_and_old_ones_are_named(small, capsys):
    before = parsed(small)
    assert main(["highlights", str(small), "--write", "--k", "1"]) == 0
    out, err = capsys.readouterr()
    after = parsed(small)
    assert [f"- {title}" for title in after.highlights] == out.splitlines()[:1]
    assert after.articles == before.articles
    gone = set(before.highlights) - set(after.highlights)
    assert gone and gone == {t for t in before.highlights if t in err}


def test_the_list_can_be_pasted_and_gives_reasons(capsys):
    assert main(["highlights", str(SAMPLE)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("- ") for line in out) == 5
    assert sum(line.startswith("  理由：") for line in out) == 5 and any(line.startswith("  要点：") for line in out)


def test_the_editor_names_what_must_lead_and_what_never_may(small, capsys):
    printed = [a.title for a in parsed(small).articles if a.column in HOUSE.column_names]
    assert main(["highlights", str(small), "--json"]) == 0
    usual = [h["title"] for h in json.loads(capsys.readouterr().out)["highlights"]]
    wanted = next(title for title in printed if title not in usual)
    named = ["--must", wanted[:8], "--never", usual[0], "--never", usual[1]]
    assert main(["highlights", str(small), "--json", *named]) == 0
    found = json.loads(capsys.readouterr().out)["highlights"]
    chosen = [h["title"] for h in found]
    assert len(chosen) == len(usual) == 2 and not {*usual} & {*chosen} and chosen == [t for t in printed if t in chosen]
    assert [h["title"] for h in found if h["reasons"][0] == "编辑指定"] == [wanted]
    assert main(["highlights", str(small), "--write", *named]) == 0
    assert list(parsed(small).highlights) == chosen and "理由：编辑指定；" in capsys.readouterr().out


def test_where_everything_is_barred_or_named_wrongly_the_file_stays(tmp_path, capsys):
    path = tmp_path / "a.md"
    path.write_text("# 备选\n\n## 备选的一篇\n\n正文。\n\n# 政策法规\n\n## 仅此一篇\n\n正文。\n", encoding="utf-8")
    before = hashes(tmp_path)
    for named, says in (
        (["--never", "仅此"], "请少写几个 --never"),
        (["--must", "备选"], "请先在稿件文件里把它移到"),
        (["--must", "一篇"], "（仅此一篇；备选的一篇）"),
        (["--must", "仅此一篇", "--never", "仅此一篇"], "去掉其中一个"),
    ):
        assert main(["highlights", str(path), "--write", *named]) == 1
        out, err = capsys.readouterr()
        assert out == "" and says in err and err.count("\n") == 1
    assert hashes(tmp_path) == before
    assert main(["highlights", str(path), "--must", "仅此", "--k", "9"]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["issue", "没有.md"], 1, "没有这个文件"),
        (["issue", str(SAMPLE), "--template", "没有.docx", "-o", "x.docx"], 1, "打不开模板"),
        (["issue", str(CORPUS / "README.md"), "-o", "x.docx"], 1, "行："),
        (["highlights", str(SAMPLE), "--k", "0"], 2, "1 或更大"),
        (["draft", str(INBOX)], 2, "缺少 -o"),
        (["draft", str(INBOX), "-o", "x", "--date", "五月"], 2, "2022-05-15"),
        (["draft", str(INBOX), "-o", "x", "--number", "春季号"], 1, "--number"),
        (["read", "没有.docx", "-o", "x"], 1, "没有读出一期"),
    ],
)
def test_mistakes_get_one_line_and_nothing_is_written(arguments, code, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with contextlib.nullcontext() if code == 1 else pytest.raises(SystemExit, match=f"^{code}$"):
        assert main(arguments) == code
    assert says in capsys.readouterr().err
    assert not list(tmp_path.glob("x*"))


def test_a_template_that_is_no_word_file_is_refused_by_name(tmp_path, capsys):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        archive.writestr("word/document.xml", "x")
    template = tmp_path / "模板.docx"
    template.write_bytes(bomb.getvalue())
    assert main(["issue", str(SAMPLE), "-o", str(tmp_path / "x.docx"), "--template", str(template)]) == 1
    assert "模板" in capsys.readouterr().err and not (tmp_path / "x.docx").exists()
