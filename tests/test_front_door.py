"""The front door: a small set of public names, found lazily, and the README's Python that works as it stands."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from conftest import CORPUS, ROOT
from shell import one_of_each

import nlp
from nlp import Article, SubaoError, parse_issue, read_articles, read_published, write_issue

NAMES = ["Article", "ColumnClassifier", "Issue", "SubaoError", "choose_highlights", "draft", "evaluate", "key_sentences", "load_house", "parse_issue", "read_articles", "read_published", "typeset", "write_issue"]


def test_importing_the_package_loads_no_library_and_every_name_is_there():
    code = """if True:
        import sys
        before = set(sys.modules)
        import nlp
        new = {name.partition(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names
        assert new == {"nlp"}, new
        from nlp import *
        print(*sorted(name for name in globals() if name in nlp.__all__ and callable(globals()[name])))
        assert not {"torch", "transformers", "datasets", "sklearn"} & set(sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == NAMES, done.stderr


def test_what_is_not_public_is_missing_as_in_any_module():
    with pytest.raises(AttributeError, match="module 'nlp' has no attribute 'sorting'"):
        nlp.sorting  # noqa: B018
    assert set(NAMES) <= set(dir(nlp))


def test_the_python_of_the_readme_works_as_it_stands(tmp_path, monkeypatch, capsys):
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    assert len(block.strip().splitlines()) <= 10
    one_of_each(tmp_path / "corpus" / "inbox")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})
    assert "政策法规" in capsys.readouterr().out
    assert (tmp_path / "第46期.docx").read_bytes().startswith(b"PK")
    issue = parse_issue((tmp_path / "第46期.md").read_text(encoding="utf-8"))
    assert issue.number == "46" and len(issue.highlights) >= 1


def test_without_on_error_the_first_file_that_cannot_be_read_is_raised(tmp_path):
    (tmp_path / "a.txt").write_text("常州发布新政\n\n正文一句话。", encoding="utf-8")
    assert [article.title for article in read_articles(tmp_path)] == ["常州发布新政"]
    (tmp_path / "b.pdf").write_bytes(b"no pdf")
    with pytest.raises(SubaoError, match=r"b\.pdf"):
        read_articles(tmp_path)
    told = []
    assert len(read_articles(tmp_path, told.append)) == len(told) == 1


def test_an_issue_comes_back_as_it_was_written_and_a_missing_one_is_said():
    issue = parse_issue((CORPUS / "issues" / "第12期.md").read_text(encoding="utf-8"))
    assert parse_issue(write_issue(issue)) == issue
    with pytest.raises(SubaoError, match="没有这个文件"):
        read_published("没有的一期.docx")


def test_highlights_need_no_model_and_take_one(tiny_model):
    issue = parse_issue((CORPUS / "issues" / "第12期.md").read_text(encoding="utf-8"))
    (chosen,) = nlp.choose_highlights(issue.articles, k=1, must=[issue.articles[3].title])
    assert chosen.article is issue.articles[3] and chosen.reasons
    (best,) = nlp.key_sentences(issue.articles[0], classifier=nlp.ColumnClassifier.load(tiny_model))
    assert issue.articles[0].body[best.start : best.end] == best.sentence


def test_labelled_articles_are_measured_with_the_model_in_use(corpus, tiny_model_in_use):
    found = nlp.evaluate(corpus[:20])
    assert found.n == 20 and 0 <= found.accuracy <= 1 and "model:" in found.signature
    with pytest.raises(SubaoError, match="1 篇没有栏目，如《甲》"):
        nlp.evaluate([Article("甲", "乙")])
