"""The confusion matrix as a picture: what stands in it, and what it says when it cannot be drawn."""

import warnings
import xml.etree.ElementTree as ElementTree

import pytest

from nlp.errors import SubaoError
from nlp.evaluation import confusion as picture
from nlp.evaluation.confusion import confusion_picture

TRUTH = ["政策法规", "政策法规", "政策法规", "标准化", "标准化"]
GIVEN = ["政策法规", "政策法规", "标准化", "标准化", "标准化"]
LABELS = ["政策法规", "标准化"]


def texts(path):
    return [element.text for element in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")]


@pytest.fixture
def chinese_font():
    if not picture._has_font():
        pytest.skip("no Chinese font here")


def test_an_svg_holds_labels_and_counts_as_text(tmp_path):
    confusion_picture(TRUTH, GIVEN, LABELS, tmp_path / "混淆.svg", "第46期")
    found = texts(tmp_path / "混淆.svg")
    assert found.count("政策法规") == found.count("标准化") == 2  # a row and a column
    # 政策法规 2 1 | 3     标准化 0 2 | 2     columns 2 3 | 5
    assert sorted(t for t in found if t.isdigit()) == sorted("213" "22" "235")
    assert "67%" in found and "100%" in found
    assert "第46期　N = 5，准确率 80.0%" in found


def test_rows_are_the_editors_and_columns_the_model(tmp_path):
    confusion_picture(["甲"] * 7, ["乙"] * 7, ["甲", "乙"], tmp_path / "a.svg", "t")
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    place = {"甲": [], "乙": [], "7": []}
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        if element.text in place:
            place[element.text].append((float(element.get("x")), float(element.get("y"))))
    row, column = max(place["甲"], key=lambda at: at[1]), max(place["乙"])  # 甲 of the rows, 乙 of the columns
    assert any(abs(x - column[0]) < 2 and abs(y - row[1]) < 4 for x, y in place["7"])


def test_a_png_is_drawn(tmp_path, chinese_font):
    path = tmp_path / "a.PNG"
    assert confusion_picture(TRUTH, GIVEN, LABELS, path, "第46期") == path
    assert (tmp_path / "a.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_the_same_input_gives_the_same_bytes(tmp_path, kind, chinese_font):
    for name in ("one", "two"):
        confusion_picture(TRUTH, GIVEN, LABELS, tmp_path / f"{name}.{kind}", "第46期")
    assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes()


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_nothing_is_said_about_glyphs_and_fonts(tmp_path, kind, chinese_font, capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        confusion_picture(["栏目🙂", "$x$ & <b>"], ["栏目🙂"] * 2, ["栏目🙂"], tmp_path / f"a.{kind}", "$标题_1 <&>")
    assert capfd.readouterr() == ("", "")


def test_labels_are_shown_as_they_are_written(tmp_path):
    confusion_picture(["$x_1$ & <b>"], ["另一个很长很长的栏目"], [], tmp_path / "a.svg", "t")
    assert {"$x_1$ & <b>", "另一个很长很长的栏目"} <= set(texts(tmp_path / "a.svg"))


def test_labels_that_were_not_named_follow_the_named_ones(tmp_path):
    confusion_picture(["综合", "甲"], ["甲", "甲"], ["甲"], tmp_path / "a.svg", "t")
    found = texts(tmp_path / "a.svg")
    assert found.index("甲") < found.index("综合")


def test_without_a_chinese_font_a_png_is_refused_and_an_svg_drawn(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(picture, "FONTS", ["No Such Font"])
    with pytest.raises(SubaoError, match=r"a\.png：.*中文字体.*fonts-noto-cjk.*\.svg"):
        confusion_picture(TRUTH, GIVEN, LABELS, tmp_path / "a.png", "第46期")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        confusion_picture(TRUTH, GIVEN, LABELS, tmp_path / "a.svg", "第46期")
    assert "政策法规" in texts(tmp_path / "a.svg")
    assert capfd.readouterr() == ("", "")


def test_a_font_installed_since_the_last_time_is_found(monkeypatch, chinese_font):
    from matplotlib.font_manager import fontManager

    chinese = {font.fname for font in fontManager.ttflist if font.name in picture.FONTS}
    monkeypatch.setattr(fontManager, "ttflist", [f for f in fontManager.ttflist if f.fname not in chinese])
    assert picture._has_font()


@pytest.mark.parametrize("name", ["a.jpg", "a", "a.svg.txt"])
def test_another_suffix_is_refused(tmp_path, name):
    with pytest.raises(SubaoError, match=r"只能画成 .png 或 .svg"):
        confusion_picture(TRUTH, GIVEN, LABELS, tmp_path / name, "t")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SubaoError, match=r"a.svg：写不了图片"):
        confusion_picture(TRUTH, GIVEN, LABELS, tmp_path / "没有" / "a.svg", "t")
