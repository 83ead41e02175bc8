"""An archive answered in parts: wherever it is cut and whoever is killed, the answers are those of one process."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from conftest import CORPUS, ROOT
from shell import run
from test_install import run_without

from nlp.cli import main
from nlp.errors import SubaoError, UnreadableFile
from nlp.house import load_house
from nlp.model.classifier import ColumnClassifier
from nlp.model.decision import DecisionLayer
from nlp.model.folder import CARD, DECISION, signature
from nlp.scale.asking import pack, unpack
from nlp.scale.parts import cut, find_sources, read
from nlp.scale.plan import LIST, Job, settle
from nlp.scale.work import do_part

HOUSE = load_house()
LINES = (CORPUS / "articles.jsonl").read_text(encoding="utf-8").splitlines()[::20]
POISON = [
    "", '{"title": "没有完', '{"title": ["甲"]}', '{"id": "空", "source": "某报"}', "[]", '{"title": "\\ud800半个字"}',
    json.dumps({"id": "长", "body": "字" * 1_000_001}, ensure_ascii=False), "{" + "字" * (4 << 20),
]  # fmt: skip


@pytest.fixture
def archive(tmp_path):
    """Articles with lines among them that are none, and no end of line after the last one."""
    mixed = [line for i, line in enumerate(LINES) for line in (line, *POISON[i : i + 1])]
    path = tmp_path / "存档.jsonl"
    path.write_text("\n".join(mixed), encoding="utf-8-sig")
    return path


def rows_of(path, rows) -> list:
    """What stands in the parts of an archive, in order."""
    found = []
    for i, source in enumerate(sources := find_sources([str(path)], pytest.fail)):
        for part in cut(source, i, rows):
            found += [str(row) if isinstance(row, UnreadableFile) else row for row in read(sources[part.source], part)]
    return found


def made(folder, archive, model, **settings) -> bytes:
    """The parts of an archive, made one after the other in this process, as one text."""
    job = Job(**{"asks": "columns", "model": signature(model, "onnx"), "house": HOUSE, "form": "jsonl", "rows": 1000} | settings)
    plan = settle(folder, job, find_sources([str(archive)], pytest.fail))
    for task in plan.missing():
        assert not do_part(pack(model), task).failure
    plan.sweep()
    return b"".join(path.read_bytes() for path in sorted(folder.glob("part-*")))


@pytest.mark.parametrize("rows", [1, 2, 5, 1000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_wherever_an_archive_is_cut_its_articles_are_those_of_one_reading(archive, encoding, rows):
    from nlp.documents.articles import read_articles

    archive.write_text(archive.read_text(encoding="utf-8-sig"), encoding=encoding)
    refused = []
    whole = read_articles(archive, refused.append)
    found = rows_of(archive, rows)
    assert [row for row in found if not isinstance(row, str)] == whole
    assert len(found) == len(whole) + len(refused) and len(refused) == 6


@pytest.mark.parametrize("rows", [1, 3, 1000])
@pytest.mark.parametrize("group", [4, 1000])
def test_parquet_says_what_json_lines_say(tmp_path, rows, group):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    (tmp_path / "a.jsonl").write_text("\n".join(LINES), encoding="utf-8")
    table = arrow.Table.from_pylist([json.loads(line) for line in LINES])
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=group)
    assert rows_of(tmp_path / "a.parquet", rows) == rows_of(tmp_path / "a.jsonl", 1000)


def test_bytes_that_are_no_text_cost_parquet_one_row(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = arrow.array([b"\xe7\x94\xb2", b"\xff\xfe", b"\xe4\xb8\x99"], arrow.binary()).view(arrow.string())
    parquet.write_table(arrow.table({"title": texts}), tmp_path / "a.parquet")
    first, bad, last = rows_of(tmp_path / "a.parquet", 2)
    assert (first.title, last.title) == ("甲", "丙") and "第 2 行" not in bad and "UTF-8" in bad


@pytest.mark.parametrize("rows", [3, 1000])
def test_answers_are_those_of_plain_sort_and_a_bad_article_is_one_row(archive, tiny_model, tmp_path, rows, capfd):
    lines = made(tmp_path / "结果", archive, tiny_model, rows=rows).decode().splitlines(keepends=True)
    assert main(["sort", str(archive), "--json", "--model", str(tiny_model)]) == 0
    plain = [json.loads(line) | {"duplicate_of": None} for line in capfd.readouterr().out.splitlines()]
    answers = [json.loads(line) for line in lines]
    assert [answer for answer in answers if "error" not in answer] == plain
    bad = {answer["id"]: answer["error"] for answer in answers if "error" in answer}
    assert list(bad) == ["4", "6", "8", "10", "长", "16"] and "100 万字" in bad["长"]


def test_both_forms_say_the_same(archive, tiny_model, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    for asks in ("columns", "sentences"):
        lines = made(tmp_path / f"{asks}-jsonl", archive, tiny_model, asks=asks, sentences=2).decode().splitlines()
        made(tmp_path / f"{asks}-parquet", archive, tiny_model, asks=asks, sentences=2, form="parquet")
        table = parquet.read_table(tmp_path / f"{asks}-parquet" / "part-000000.parquet").to_pylist()
        for line, row in zip(lines, table, strict=True):
            answer = json.loads(line)
            assert answer == {name: row[name] for name in answer}
            assert all(row[name] is None for name in row.keys() - answer.keys())


def test_key_sentences_are_spans_of_the_body_as_it_is_read(archive, tiny_model, tmp_path):
    answers = map(json.loads, made(tmp_path / "结果", archive, tiny_model, asks="sentences", rows=4, sentences=2).splitlines())
    for row, answer in zip(rows_of(archive, 1000), answers, strict=True):
        assert ("error" in answer) == isinstance(row, str)
        assert all(row.body[s["start"] : s["end"]] == s["text"] for s in answer.get("sentences", ()))


def test_what_stands_is_not_made_again(archive, tiny_model, tmp_path):
    folder = tmp_path / "结果"
    whole = made(folder, archive, tiny_model, rows=4)
    times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    (folder / "part-000001.jsonl").unlink()
    (folder / ".half.tmp").write_bytes(b"half")
    assert made(folder, archive, tiny_model, rows=4) == whole
    changed = {path.name for path in folder.iterdir() if path.stat().st_mtime_ns != times[path.name]}
    assert changed == {"part-000001.jsonl"}


def test_another_job_does_not_enter_the_folder(archive, tiny_model, tmp_path):
    folder = tmp_path / "结果"
    made(folder, archive, tiny_model)
    for settings, says in (({"rows": 7}, "--rows"), ({"form": "parquet"}, "格式"), ({"asks": "sentences"}, "做的事")):
        with pytest.raises(SubaoError, match=says):
            made(folder, archive, tiny_model, **settings)
    archive.write_text(archive.read_text(encoding="utf-8") + "\n{}", encoding="utf-8")
    with pytest.raises(SubaoError, match="来稿的文件换过或改过"):
        made(folder, archive, tiny_model)
    (folder / LIST).write_text("{", encoding="utf-8")
    with pytest.raises(SubaoError, match="已损坏"):
        made(folder, archive, tiny_model)
    (folder / LIST).unlink()
    with pytest.raises(SubaoError, match="已有别的文件"):
        made(folder, archive, tiny_model)


def test_a_list_without_a_part_binds_nobody(archive, tiny_model, tmp_path):
    settle(tmp_path / "结果", Job("columns", "另一个", HOUSE, "jsonl", 1000), find_sources([str(archive)], pytest.fail))
    assert made(tmp_path / "结果", archive, tiny_model)


def test_what_a_newsroom_learnt_travels_with_the_model_below(tiny_model, corpus, tmp_path):
    whole = ColumnClassifier.load(tiny_model)
    weights, bias = whole.encoder.head()
    layer = DecisionLayer(whole.labels, weights[::-1].copy(), np.eye(len(bias), dtype=np.float32), bias)
    layer.save(tmp_path / "学到的" / DECISION)
    parent = {"folder": str(tiny_model), "signature": signature(tiny_model)}
    (tmp_path / "学到的" / CARD).write_text(json.dumps({"parent": parent, "threshold": 0.7}), encoding="utf-8")
    here = ColumnClassifier.load(tmp_path / "学到的").predict(corpus[:9])
    model = pack(tmp_path / "学到的")
    shutil.rmtree(tmp_path / "学到的")
    there = unpack(model, HOUSE)
    assert [there.predict([article])[0] for article in corpus[:9]] == here


def test_a_machine_with_another_program_makes_nothing(archive, tiny_model, tmp_path):
    from dataclasses import replace

    plan = settle(tmp_path / "结果", Job("columns", "m", HOUSE, "jsonl", 1000), find_sources([str(archive)], pytest.fail))
    done = do_part(pack(tiny_model), replace(plan.missing()[0], program="0.0"))
    assert "请在每台机器上装同一份" in done.failure and not list((tmp_path / "结果").glob("part-*"))


WRONG = [
    (["--ray"], "-o DIR"),
    (["--ray", "10.0.0.1", "-o", "r"], "如 10.0.0.1:6379"),
    (["--ray", "127.0.0.1:1", "-o", "r"], "连不上"),
    (["--ray", "-o", "来稿/r"], "不能放在来稿"),
    (["--ray", "-o", "r", "--engine", "torch"], "--engine torch"),
    (["--ray", "auto", "--workers", "2", "-o", "r"], "--workers 只管本机"),
    (["--workers", "2"], "要与 --ray 一起用"),
    (["另一个.jsonl"], "要与 --ray 一起用"),
    (["没有.jsonl", "--ray", "-o", "r"], "找不到 没有.jsonl"),
]


@pytest.mark.parametrize(("options", "says"), WRONG)
def test_a_mistake_is_one_line(options, says, tiny_model_in_use, tmp_path, monkeypatch, capsys):
    (tmp_path / "来稿").mkdir()
    (tmp_path / "来稿" / "a.jsonl").write_text(LINES[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    if importlib.util.find_spec("ray") is None:
        if {"127.0.0.1:1", "10.0.0.1"} & set(options):
            pytest.skip('ray 没有安装：pip install ".[scale]"')
        monkeypatch.setattr("nlp.cli.archive.need", lambda *names, extra: None)  # what is wrong here is seen before Ray is
    assert main(["sort", "来稿", *options]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("错误：") and says in last


def test_without_ray_the_line_says_how_to_get_it(tmp_path):
    (tmp_path / "a.jsonl").write_text(LINES[0], encoding="utf-8")
    verbs = [[verb, "a.jsonl", "--ray", "-o", "r"] for verb in ("sort", "highlights")]
    for code, (line,) in run_without(["ray"], verbs, tmp_path):
        assert code == 1 and line.startswith("错误：缺少 ray") and line.endswith('pip install ".[scale]"')


KILLED = """
import os, signal, sys
from pathlib import Path
from nlp.cli import main
from nlp.scale import processes

def ours(pid):
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            child, parent = int(path.parent.name), int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            yield child
            yield from ours(child)

def workers():
    names = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in ours(os.getpid())}
    return [pid for pid, name in names.items() if name.startswith((b"ray::IDLE", b"ray::do_part"))]

def make(plan, model, address, count, progress):
    made = []
    def strike(done):
        made.append(done)
        if len(made) in (2, 9):
            (found := workers())[0]
            for pid in found:
                os.kill(pid, signal.SIGKILL)
        if len(made) == 16:
            os.kill(os.getpid(), signal.SIGKILL)
    return whole(plan, model, address, count, strike)

whole, processes.make = processes.make, make
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason='没有装 Ray；要试请运行 pip install ".[scale]"')
@pytest.mark.skipif(sys.platform != "linux", reason="从 /proc 里找进程")
def test_two_processes_killed_on_the_way_and_their_master_too_leave_what_one_process_says(archive, tiny_model, tmp_path):
    command = ["sort", str(archive), "--model", str(tiny_model), "-o", str(tmp_path / "结果")]
    command += ["--ray", "--workers", "2", "--rows", "1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    killed = subprocess.run([sys.executable, "-c", KILLED, *command], cwd=ROOT, capture_output=True, env=environment)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    stand = {path: path.stat().st_mtime_ns for path in (tmp_path / "结果").glob("part-*")}
    assert 16 <= len(stand) < 22  # an orphan may lay down the part it has in hand a moment later
    done = run(*command)
    assert done.returncode == 0, done.stderr
    assert "没有重做" in done.stderr and "写好 0 份" not in done.stderr
    assert {path: path.stat().st_mtime_ns for path in stand} == stand
    assert {path.suffix for path in (tmp_path / "结果").iterdir()} == {".jsonl", ".json"}
    found = b"".join(path.read_bytes() for path in sorted((tmp_path / "结果").glob("part-*")))
    assert found == made(tmp_path / "一个进程", archive, tiny_model)
