"""An issue's folder: the register is read back, corrections are logged once, and a killed write leaves it consistent."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import openpyxl
import pytest
from killed import killed_everywhere, needs_fork

from nlp.bulletin import REJECTED, RESERVE, Article, Issue, Picture
from nlp.house import load_house
from nlp.issue import history
from nlp.issue.corrections import FIELDS, read_corrections
from nlp.issue.folder import Place, Standing, read_register, read_standing, write_standing
from nlp.issue.identity import key_of
from nlp.issue.markdown import write
from nlp.issue.memory import Memory, Record
from nlp.issue.register import HEADER
from nlp.issue.sheet import sheet_bytes

HOUSE = load_house()
NAMES = ("甲", "乙", "丙", "丁", "戊")


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


def made() -> tuple[Issue, Memory]:
    columns = ("政策法规", "政策法规", "政策法规", RESERVE, REJECTED)
    articles = tuple(
        Article(f"=第{name}篇", f"{name}市今天发布第{name}号通知。", "报", "2024-05-10", f"{name}.txt", column)
        for name, column in zip(NAMES, columns, strict=True)
    )
    records = tuple(
        Record(key_of(a), a.path, a.title, a.body, a.source, a.date, label="政策法规" if a.column != REJECTED else REJECTED,
               second="标准化", confidence=0.9, column=a.column) for a in articles
    )  # fmt: skip
    return Issue(articles, "46", "2024-05-31", "院", (articles[0].title,)), Memory(records, limit=20, model="m")


@pytest.fixture
def standing(tmp_path) -> Standing:
    issue, memory = made()
    place = Place(tmp_path / "第46期" / "第46期.md")
    return write_standing(Standing(place, Issue(), Memory(), None), issue, HOUSE, "起草", memory=memory).standing


def in_excel(standing: Standing, name: str, **cells: object) -> None:
    path = standing.place.registers[0]
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows(min_row=2):
        if row[1].value == f"=第{name}篇":
            for heading, value in cells.items():
                row[HEADER.index(heading)].value = value
    book.save(path)


def in_csv(standing: Standing, **decisions: str) -> None:
    path = standing.place.registers[1]
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    for row in rows[1:]:
        row[HEADER.index("登")] = decisions.get(row[1][-2], row[HEADER.index("登")])
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_bytes(text.getvalue().encode("gb18030"))  # as Excel in Chinese saves it


def take(standing: Standing) -> tuple[Standing, str]:
    now = read_standing(standing.place, HOUSE)
    taken = read_register(now, HOUSE)
    return write_standing(now, taken.issue, HOUSE, "校对", memory=taken.memory).standing, "\n".join(taken.lines)


def columns(standing: Standing) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for article in standing.issue.articles:
        found.setdefault(article.column, []).append(article.title[2])
    return found


def test_what_was_changed_in_excel_is_taken_with_a_line_for_each(standing):
    in_excel(standing, "甲", 栏目="标准化")
    in_excel(standing, "丙", 次序=1, 重点=1)
    in_excel(standing, "丁", 登="登")
    after, lines = take(standing)
    assert columns(after) == {"政策法规": ["丙", "乙", "丁"], "标准化": ["甲"], REJECTED: ["戊"]}
    assert after.issue.highlights == ("=第丙篇", "=第甲篇")
    for said in ("《=第甲篇》政策法规→标准化", "《=第丙篇》排到政策法规第 1", "《=第丙篇》列入本期重点", "《=第丁篇》备选→政策法规"):
        assert said in lines
    assert take(after) == (after, "")  # taken once, and the register is renewed
    book = openpyxl.load_workbook(after.place.registers[0])
    assert [row[2] for row in book.active.iter_rows(values_only=True)][1:5] == ["政策法规"] * 3 + ["标准化"]
    assert read_standing(standing.place, HOUSE).issue == after.issue


def test_a_csv_from_excel_in_chinese_is_read_back_too(standing):
    in_csv(standing, 乙="不登", 甲="备选")
    after, lines = take(standing)
    assert columns(after) == {"政策法规": ["丙"], RESERVE: ["丁", "甲"], REJECTED: ["戊", "乙"]}
    assert after.issue.highlights == () and "也从本期重点里去掉" in lines


def test_where_the_issue_file_was_changed_too_the_file_wins_and_nothing_is_lost(standing):
    in_excel(standing, "甲", 栏目="标准化", 登="登")
    in_excel(standing, "乙", 栏目="标准化")
    edited = tuple(replace(a, column="知识产权") if "甲" in a.title else a for a in standing.issue.articles)
    edited = replace(standing.issue, articles=(*edited[1:3], edited[0], *edited[3:]))
    standing.place.file.write_text(write(edited, HOUSE), encoding="utf-8")
    changed = standing.place.registers[0].read_bytes()
    after, lines = take(standing)
    assert columns(after)["知识产权"] == ["甲"] and columns(after)["标准化"] == ["乙"]
    assert "两处都改了：稿件文件“知识产权”，清单“标准化”；按稿件文件" in lines
    assert changed in [path.read_bytes() for path in (standing.place.folder / "历史").rglob("*.xlsx")]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"栏目": "财经"}, "栏目“财经”看不懂"),
        ({"登": "也许"}, "登“也许”看不懂"),
        ({"次序": "前面"}, "次序“前面”看不懂"),
        ({"重点": "很"}, "重点“很”看不懂"),
    ],
)
def test_what_is_not_understood_is_told_and_changes_nothing(standing, cells, words):
    in_excel(standing, "乙", **cells)
    after, lines = take(standing)
    assert after.issue == standing.issue and words in lines and lines.count("\n") == 0


def test_a_rejected_article_needs_a_column_to_be_printed(standing):
    in_excel(standing, "戊", 登="登")
    after, lines = take(standing)
    assert after.issue == standing.issue and "没有写登在哪一栏" in lines
    in_excel(after, "戊", 登="登", 栏目="行业新闻")
    assert columns(take(after)[0])["行业新闻"] == ["戊"]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 broken", sheet_bytes(["a"], [["b"]], (), {})])
def test_a_register_that_cannot_be_read_is_told_and_kept(standing, damage):
    standing.place.registers[0].write_bytes(damage)
    after, lines = take(standing)
    assert after.issue == standing.issue and "稿件清单.xlsx" in lines and "没有采用" in lines
    assert damage in [path.read_bytes() for path in (standing.place.folder / "历史").rglob("*.xlsx")]


def test_a_register_of_an_earlier_write_is_no_edit(standing):
    old = standing.place.registers[0].read_bytes()
    moved = replace(standing.issue, articles=tuple(replace(a, column="标准化") for a in standing.issue.articles[:3]) + standing.issue.articles[3:])
    write_standing(standing, moved, HOUSE, "移动")
    standing.place.registers[0].write_bytes(old)
    after, lines = take(standing)
    assert after.issue == moved and lines == ""


def test_the_register_is_the_same_bytes_again_and_runs_no_formula(standing):
    first = standing.place.registers[0].read_bytes()
    write_standing(standing, replace(standing.issue, date=""), HOUSE, "改")
    now = read_standing(standing.place, HOUSE)
    write_standing(now, standing.issue, HOUSE, "改")
    assert standing.place.registers[0].read_bytes() == first
    cell = openpyxl.load_workbook(standing.place.registers[0]).active["B2"]
    assert (cell.data_type, cell.value) == ("s", "=第甲篇")
    assert "'=第甲篇" in standing.place.registers[1].read_text(encoding="utf-8-sig")


def test_corrections_are_logged_once_and_a_correction_taken_back_is_said(standing):
    log = standing.place.corrections
    moved = replace(standing.issue, articles=(*standing.issue.articles[1:3], replace(standing.issue.articles[0], column="标准化"), *standing.issue.articles[3:]))
    once = write_standing(standing, moved, HOUSE, "移动").standing
    write_standing(once, replace(moved, date="2024-06-01"), HOUSE, "改日期")
    (row,) = read_corrections(log)
    assert set(row) == set(FIELDS) and (row["from"], row["to"], row["issue"], row["model"]) == ("政策法规", "标准化", "46", "m")
    assert (row["title"], row["body"], row["confidence"], row["second"]) == ("=第甲篇", "甲市今天发布第甲号通知。", 0.9, "标准化")
    log.write_bytes(log.read_bytes() + b'{"time": "cut o')  # a line that a killed run left
    write_standing(read_standing(standing.place, HOUSE), standing.issue, HOUSE, "移回")
    assert [(r["from"], r["to"]) for r in read_corrections(log)] == [("政策法规", "标准化"), ("政策法规", "政策法规")]


def test_what_waits_or_is_deleted_is_no_correction_but_a_column_written_for_it_is(standing):
    fewer = replace(standing.issue, articles=(replace(standing.issue.articles[3], column=RESERVE), standing.issue.articles[4]), highlights=())
    write_standing(standing, fewer, HOUSE, "删")
    assert read_corrections(standing.place.corrections) == []
    in_excel(read_standing(standing.place, HOUSE), "丁", 栏目="知识产权")
    after, _ = take(standing)
    assert [r["to"] for r in read_corrections(standing.place.corrections)] == ["知识产权"]
    assert take(after)[1] == "" and after.memory.records[3].wanted == "知识产权"


def test_a_file_that_moved_on_is_not_written(standing):
    standing.place.file.write_text(standing.text.replace("期号: 46", "期号: 47"), encoding="utf-8")
    with pytest.raises(history.Changed):
        write_standing(standing, replace(standing.issue, date=""), HOUSE, "改")
    assert read_standing(standing.place, HOUSE).issue.number == "47"


def test_the_place_of_an_issue_is_its_file_or_its_folder(standing, tmp_path):
    place = standing.place
    assert Place.of(place.file) == Place.of(place.folder) == place
    (place.folder / "第45期.md").write_text("---\n---\n", encoding="utf-8")
    assert Place.of(place.folder) == place
    with pytest.raises(Exception, match="subao draft"):
        Place.of(tmp_path)


def test_a_drafts_pictures_are_laid_beside_the_issue(tmp_path, monkeypatch, tiny_model_in_use):
    from nlp.cli import main
    from nlp.documents import articles as reading

    png = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
    real = reading.make_article

    def with_picture(document, path, row=None):
        article = real(document, path, row)
        return replace(article, body=article.body + "\n![图一](图/abc.png)", pictures=(Picture("abc.png", png, "图一"),))

    monkeypatch.setattr(reading, "make_article", with_picture)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "来稿").mkdir()
    (tmp_path / "来稿" / "a.txt").write_text("某市发布新标准\n\n某市今天发布一项地方标准，规定了验收方法。\n", encoding="utf-8")
    assert main(["draft", str(tmp_path / "来稿"), "-o", str(tmp_path / "第46期")]) == 0
    assert (tmp_path / "第46期" / "图" / "abc.png").read_bytes() == png
    assert "![图一](图/abc.png)" in (tmp_path / "第46期" / "第46期.md").read_text(encoding="utf-8")


SETTING = """
from dataclasses import replace
from nlp.house import load_house
from nlp.issue.folder import Place, read_standing, write_standing
house = load_house()
import openpyxl, nlp.issue.sheet
standing = read_standing(Place.of(begin), house)
new = replace(standing.issue, articles=(replace(standing.issue.articles[0], column="标准化"), *standing.issue.articles[1:]), highlights=())
memory = replace(standing.memory, limit=9)
"""
WORK = 'write_standing(read_standing(Place.of(folder), house), new, house, "改", memory=memory)'


@needs_fork
def test_killed_at_any_write_the_folder_is_whole_and_the_next_write_finishes_it(standing, tmp_path):
    (tmp_path / "begin").parent.mkdir(exist_ok=True)
    standing.place.folder.rename(tmp_path / "begin")
    folders = killed_everywhere(tmp_path / "begin", SETTING, WORK)
    assert len(folders) > 20
    end = read_standing(Place.of(folders[-1]), HOUSE)
    assert (end.memory.limit, columns(end)["标准化"]) == (9, ["甲"])
    for folder in folders:
        now = read_standing(Place.of(folder), HOUSE)  # every file is whole
        assert now.issue in (standing.issue, end.issue) and now.memory in (standing.memory, end.memory)
        assert now.memory == standing.memory or now.issue == end.issue  # the memory never knows more than the file
        assert read_register(now, HOUSE).issue == now.issue
        after = write_standing(now, end.issue, HOUSE, "改", memory=end.memory).standing
        assert (after.issue, after.memory) == (end.issue, end.memory)
        assert [json.loads(line)["to"] for line in after.place.corrections.read_text(encoding="utf-8").splitlines()] == ["标准化"]
        for path in end.place.registers:
            assert (folder / path.name).read_bytes() == path.read_bytes()
