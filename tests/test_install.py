"""The everyday install is enough for the everyday verbs, and what needs more says so in one line."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from conftest import CORPUS, ROOT
from shell import one_of_each

import nlp
from nlp.errors import need

ONLY_FOR_TRAINING = ["torch", "transformers", "datasets", "accelerate", "safetensors", "scipy", "sklearn", "onnx", "pyarrow", "pandas"]


def run_without(libraries, verbs, cwd) -> list[dict]:
    """Run verbs one after the other in a process that lacks the libraries: exit code and last line on stderr of each."""
    code = f"""if True:
        import contextlib, io, json, sys
        from importlib.machinery import PathFinder
        sys.path.insert(0, {str(ROOT)!r})

        class Without(PathFinder):
            @classmethod
            def find_spec(cls, name, path=None, target=None):
                return None if name.partition(".")[0] in {libraries} else PathFinder.find_spec(name, path, target)

        sys.meta_path = [Without if finder is PathFinder else finder for finder in sys.meta_path]
        from nlp.cli import main
        for verb in {verbs}:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as err:
                sys.stdout.reconfigure = sys.stderr.reconfigure = lambda **_: None
                code = main(verb)
            print(json.dumps([code, err.getvalue().strip().splitlines()[-1:]]))
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_verb_of_an_editor_works_without_the_libraries_of_training(tmp_path):
    rows = (CORPUS / "articles.jsonl").read_text(encoding="utf-8").splitlines()[::60]
    (tmp_path / "a.jsonl").write_text("\n".join(rows), encoding="utf-8")
    verbs = [
        ["draft", str(one_of_each(tmp_path / "来稿")), "-o", "第46期"],
        ["highlights", "第46期/第46期.md", "--write", "--k", "1"],
        ["issue", "第46期/第46期.md", "-o", "印.docx"],
        ["read", "印.docx", "-o", "存档"],
        ["evaluate", "a.jsonl", "--picture", "a.svg", "--against", str(ROOT / "models" / "columns")],
        ["evaluate", "--sentences", "a.jsonl", "--json"],
    ]
    for verb, (code, last) in zip(verbs, run_without(ONLY_FOR_TRAINING, verbs, tmp_path), strict=True):
        assert code == 0, (verb, last)


def test_what_needs_torch_says_so_in_one_line_with_the_command(tmp_path):
    verbs = [
        ["train", "--output", "m"],
        ["sort", str(CORPUS / "inbox" / "里下河半马.txt"), "--engine", "torch"],
        ["evaluate", "a.jsonl", "--baseline", "a.jsonl"],
        ["evaluate", "--sentences", "a.parquet"],
    ]
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    (tmp_path / "a.jsonl").write_text('{"title": "甲", "body": "乙", "column": "标准化"}', encoding="utf-8")
    for code, (line,) in run_without(ONLY_FOR_TRAINING, verbs, tmp_path):
        assert code == 1 and line.startswith("错误：缺少 ") and line.endswith('pip install ".[train]"'), line
    assert not (tmp_path / "m").exists()


def test_nothing_is_missing_where_it_is_there():
    need("json", "numpy")


def test_every_room_and_every_file_beside_the_code_is_in_the_wheel():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = set(re.findall(r'"(nlp[\w.]*)"', text.split("packages = [")[1].split("]")[0]))
    rooms = {".".join(file.parent.relative_to(ROOT).parts) for file in (ROOT / "nlp").rglob("__init__.py")}
    assert listed == rooms | {"nlp.models", "nlp.corpus"}
    lines = re.findall(r'^"?(nlp[\w.]*)"? = \[(.*)\]$', text, re.M)
    packed = {file for room, line in lines if room in rooms for pattern in re.findall(r'"(.+?)"', line) for file in ROOT.joinpath(*room.split(".")).glob(pattern)}
    beside = {file for file in (ROOT / "nlp").rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc")}
    assert beside <= packed
    assert f'version = "{nlp.__version__}"' in text
