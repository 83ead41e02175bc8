"""subao evaluate --highlights and --sentences, as an editor types them."""

from __future__ import annotations

import json

import pytest
from conftest import CORPUS

from nlp.cli import main

SAMPLE = CORPUS / "issues" / "第12期.md"


def test_the_choice_is_measured_on_an_issue_file_and_stands_beside_the_baselines(capsys):
    assert main(["evaluate", "--highlights", str(SAMPLE)]) == 0
    text = capsys.readouterr().out
    assert main(["evaluate", "--highlights", str(SAMPLE), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["n"], facts["chosen"], facts["k"], facts["readers"]) == (1, 5, None, None)
    assert set(facts["systems"]) == {"tool", "random", "first", "one_per_column", "longest", "centrality"}
    assert facts["systems"]["tool"]["hits_per_k"] == facts["systems"]["tool"]["r_precision"]
    assert facts["signature"] == text.strip().splitlines()[-1]
    assert f"{facts['systems']['tool']['hits']:.2f}" in text and "中心度" in text


def test_issues_with_readers_are_compared_with_them_and_k_can_be_set(tmp_path, capsys):
    articles = [{"column": "标准化", "title": f"第{i}号标准发布", "body": "标准今天发布。" * i} for i in range(1, 9)]
    titles = [article["title"] for article in articles]
    rows = [{"articles": articles, "chosen": titles[:3], "readers": [titles[:3], titles[1:4]]}] * 2
    path = tmp_path / "issues.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    assert main(["evaluate", "--highlights", str(path), "--k", "2", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["n"], facts["k"], facts["readers"]["hits"]) == (2, 2, 2)
    assert facts["systems"]["first"]["hits"] == 2 and facts["difference"]["p"] > 0


def test_sentences_are_measured_against_titles_with_lead_textrank_and_oracle(tmp_path, capsys):
    lines = (CORPUS / "articles.jsonl").read_text(encoding="utf-8").splitlines()[:6]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines) + "\n{broken\n", encoding="utf-8")
    assert main(["evaluate", "--sentences", str(path)]) == 0
    text, err = capsys.readouterr()
    assert "6 篇" in text and "首句" in text and "p = " in text and "第 7 行" in err
    assert main(["evaluate", "--sentences", str(path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["n"] == 6 and list(facts["systems"]) == ["tool", "lead", "textrank", "oracle"]
    best = facts["systems"]["oracle"]
    for figures in facts["systems"].values():
        assert figures["rouge1"] + figures["rouge2"] <= best["rouge1"] + best["rouge2"] + 0.02  # the tool may cut differently
    assert facts["hard"]["n"] < 6 and set(facts["difference"]) == {"rouge1", "rouge2", "rougeL"}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "要写明其中一个：DATA --highlights --sentences"),
        (["x.jsonl", "--highlights", "y.md"], 2, "--highlights 与 DATA 不能同时用"),
        (["--highlights", "y.md", "--sentences", "z.jsonl"], 2, "--sentences 与 --highlights 不能同时用"),
        (["--highlights", str(SAMPLE), "--picture", "x.svg"], 1, "--picture 只用于量分栏"),
        (["--sentences", str(SAMPLE), "--k", "3"], 1, "--k 只和 --highlights 一起用"),
        (["--highlights", "没有.md"], 1, "没有.md：没有这个文件"),
        (["--sentences", str(SAMPLE)], 1, "不是 .jsonl 或 .parquet 文件"),
    ],
)
def test_mistakes_get_one_line_with_the_way_out(arguments, code, says, capsys):
    if code == 2:
        with pytest.raises(SystemExit) as caught:
            main(["evaluate", *arguments])
        assert caught.value.code == 2
    else:
        assert main(["evaluate", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == "" and says in err and err.count("\n") == 1
