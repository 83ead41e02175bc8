"""What an editor types: every verb with real files, a real (tiny) model, and honest exit codes."""

from __future__ import annotations

import csv
import json
import os

import pytest
from conftest import CORPUS, ROOT
from shell import INBOX, UNREADABLE, hashes, one_of_each, run

from nlp.cli import main

pytestmark = pytest.mark.usefixtures("tiny_model_in_use")


def test_sorting_the_sample_inbox_answers_for_every_article(capsys):
    assert main(["sort", str(INBOX), "--json"]) == 0
    out, err = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert len(rows) == 22
    assert len({row["id"] for row in rows}) == 22
    assert sum(row["duplicate_of"] is not None for row in rows) == 1
    assert err.count("跳过") == UNREADABLE and "另存为 .docx" in err
    assert main(["sort", str(INBOX), "--json"]) == 0
    assert capsys.readouterr().out == out


def test_the_table_names_columns_and_the_last_line_counts(capsys):
    assert main(["sort", str(INBOX)]) == 0
    out, err = capsys.readouterr()
    assert "（" in out and "%" in out
    assert err.strip().splitlines()[-1].startswith("共 22 篇")


def test_the_issue_file_is_written_once_and_corrections_are_kept(tmp_path, capsys):
    inbox, path = one_of_each(tmp_path / "来稿"), tmp_path / "第46期.md"
    before = hashes(inbox)
    assert main(["sort", str(inbox), "-o", str(path)]) == 0
    first = path.read_bytes()
    assert "期号: 46" in first.decode() and "# 标准化" in first.decode()
    assert main(["sort", str(inbox), "-o", str(path)]) == 0
    assert path.read_bytes() == first and "没有变化" in capsys.readouterr().err
    path.write_bytes(first + "\n改过\n".encode())
    assert main(["sort", str(inbox), "-o", str(path)]) == 1
    assert path.read_bytes().endswith("改过\n".encode()) and "--force" in capsys.readouterr().err
    assert main(["sort", str(inbox), "-o", str(path), "--force"]) == 0
    assert path.read_bytes() == first
    assert hashes(inbox) == before


def test_folders_hold_copies_of_every_original_and_a_manifest(tmp_path):
    before, target = hashes(INBOX), tmp_path / "分栏"
    assert main(["sort", str(INBOX), "--folders", str(target)]) == 0
    copied = hashes(target)
    assert hashes(INBOX) == before
    readable = {name: digest for name, digest in before.items() if not name.endswith((".doc", ".csv", ".xlsx", ".jsonl"))}
    scans = {digest for name, digest in before.items() if "扫描" in name}
    assert set(readable.values()) - scans <= set(copied.values())
    with (target / "分栏清单.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 22
    for row in rows:
        assert not row["文件"] or (target / row["文件"]).is_file()
    assert main(["sort", str(INBOX), "--folders", str(target)]) == 0
    assert hashes(target) == copied


def test_the_id_of_a_row_is_never_taken_for_a_path(tmp_path):
    rows = tmp_path / "in" / "rows.jsonl"
    rows.parent.mkdir()
    (tmp_path / "secret.txt").write_text("不该被复制", encoding="utf-8")
    lines = [{"id": i, "title": f"标准发布{k}", "body": "国家标准发布。"} for k, i in enumerate(["../secret.txt", "长" * 150])]
    rows.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    for source, name in ((rows, "one"), (rows.parent, "folder")):
        assert main(["sort", str(source), "--folders", str(tmp_path / name)]) == 0
        texts = [p.read_text(encoding="utf-8") for p in (tmp_path / name).rglob("*.txt")]
        assert len(texts) == 2 and not any("不该被复制" in text for text in texts)


def test_another_newsroom_gets_its_own_name_for_the_home_column(tmp_path, capsys):
    text = (ROOT / "nlp" / "house.toml").read_text(encoding="utf-8")
    house = tmp_path / "wuxi.toml"
    house.write_text(text.replace("聚焦常州", "聚焦无锡").replace('city = "常州"', 'city = "无锡"'), encoding="utf-8")
    article = tmp_path / "a.txt"
    article.write_text("无锡市出台办法\n\n无锡市今天出台办法，无锡企业受益。", encoding="utf-8")
    assert main(["sort", str(article), "--house", str(house), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    assert "聚焦无锡" in scores and "聚焦常州" not in scores
    assert main(["sort", str(article), "--house", str(house), "-o", str(tmp_path / "x.md")]) == 0


def test_standard_input_and_a_single_file_can_be_sorted(tmp_path):
    line = json.dumps({"id": "7", "title": "新国家标准发布", "body": "国家标准正式发布。", "column": "行业新闻"})
    done = run("sort", "-", "--json", stdin=(line + "\n{broken\n").encode())
    assert done.returncode == 0
    assert json.loads(done.stdout)["id"] == "7"
    assert "2" in done.stderr
    assert "Traceback" not in done.stderr and "Warning" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["sort", "没有这个文件夹"], 1),
        (["sort", str(INBOX), "--model", "没有"], 1),
        (["sort", str(INBOX), "--house", "没有.toml"], 1),
        (["evaluate", str(INBOX)], 1),
        (["use", "没有"], 1),
        (["sort"], 2),
        (["无此命令"], 2),
        ([], 2),
    ],
)
def test_mistakes_get_one_line_and_the_right_exit_code(arguments, code, capsys):
    if code == 2:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
    else:
        assert main(arguments) == code
        errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("错误：")]
        assert len(errors) == 1


def test_evaluate_prints_a_table_and_the_same_facts_as_json(tmp_path, capsys):
    picture, errors = tmp_path / "m.svg", tmp_path / "e.csv"
    data = str(CORPUS / "articles.jsonl")
    assert main(["evaluate", data, "--picture", str(picture), "--errors", str(errors)]) == 0
    text = capsys.readouterr().out
    assert main(["evaluate", data, "--json", "--against", os.environ["SUBAO_MODEL"]]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert {"n", "accuracy", "macro_f1", "interval", "columns", "ece", "threshold", "baselines", "signature"} <= set(facts)
    assert facts["n"] == 80 and f"{facts['accuracy']:.1%}"[:-1] in text
    assert facts["against"]["p"] == 1
    assert "标准化" in picture.read_text(encoding="utf-8")
    with errors.open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == round((1 - facts["accuracy"]) * 80)


def test_a_model_in_use_is_remembered(tiny_model, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("SUBAO_MODEL")
    rows = (CORPUS / "articles.jsonl").read_text(encoding="utf-8").splitlines()[::9]  # what the two are compared on
    (tmp_path / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setattr("nlp.learning.comparing.corpus", lambda: tmp_path / "a.jsonl")
    assert main(["use", str(tiny_model), "--anyway"]) == 0
    assert str(tiny_model) in capsys.readouterr().out
    assert main(["use", "--shipped"]) == 0
    assert "columns" in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["draft", "sort", "highlights", "issue", "read", "evaluate", "stats", "learn", "train", "use"])
def test_every_help_ends_with_an_example_that_parses(verb, capsys):
    from nlp.cli import build_parser

    with pytest.raises(SystemExit) as caught:
        main([verb, "--help"])
    assert caught.value.code == 0
    example = capsys.readouterr().out.strip().splitlines()[-1].split()
    assert example[:2] == ["subao", verb]
    assert build_parser().parse_args(example[1:]).run


def test_the_shipped_model_sorts_the_inbox_almost_as_an_editor_would(monkeypatch, capsys):
    monkeypatch.delenv("SUBAO_MODEL")
    key = json.loads((ROOT / "tests" / "inbox-key.json").read_text(encoding="utf-8"))
    assert main(["sort", str(INBOX), "--json"]) == 0
    rows = {row["id"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(rows) == set(key)
    right = sum(rows[i]["column"] == column for i, column in key.items())
    assert right >= 17, {i: rows[i]["column"] for i, column in key.items() if rows[i]["column"] != column}
