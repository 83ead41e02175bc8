"""The desk: every action stands in the issue file when it is answered, and only this machine's own page gets in."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import replace

import pytest
from conftest import ROOT
from desk import ARTICLES, HOUSE, LEADS, Caller, served, write_issue
from shell import hashes

from nlp.bulletin import Issue, Prediction
from nlp.issue.markdown import parse

PAGE = ROOT / "nlp" / "desk" / "page"


@pytest.fixture
def file(tmp_path):
    return write_issue(tmp_path / "第46期")


@pytest.fixture
def caller(file):
    with served(file) as caller:
        yield caller


def standing(file) -> Issue:
    return parse(file.read_text(encoding="utf-8"), HOUSE)


def titles(file, column: str) -> list[str]:
    return [article.title for article in standing(file).articles if article.column == column]


# Who gets in


HOSTS = {
    "127.0.0.1:{port}": True, "localhost:{port}": True, "127.0.0.1": False, "localhost": False, "127.0.0.1:1": False,
    "evil.example:{port}": False, "127.0.0.1.evil.example:{port}": False, "[::1]:{port}": False, "0.0.0.0:{port}": False,
    "127.0.0.1:{port}, evil.example": False, "": False, None: False,
}  # fmt: skip
ORIGINS = {"http://127.0.0.1:{port}": True, "https://evil.example": False, "null": False, None: False}


def test_it_listens_on_this_machine_only_and_takes_twelve_hosts_and_four_origins_as_it_should(file, caller):
    before = file.read_bytes()
    action = b'{"version": "x", "do": "accept", "key": "a.txt"}'
    for host, fits in HOSTS.items():
        sent = host and host.format(port=caller.port)
        assert (caller.call("GET", "/api/issue", Host=sent)[0] == 200) is fits, host
        assert (caller.call("POST", "/api/act", action, Host=sent)[0] == 409) is fits, host
    for origin, fits in ORIGINS.items():
        status = caller.call("POST", "/api/act", action, Origin=origin and origin.format(port=caller.port))[0]
        assert status == (409 if fits else 403), origin
    assert file.read_bytes() == before


def test_two_host_lines_are_nobodys(caller):
    caller.connection.putrequest("GET", "/api/issue", skip_host=True)
    for host in (f"127.0.0.1:{caller.port}", "evil.example"):
        caller.connection.putheader("Host", host)
    caller.connection.putheader("X-Token", caller.token)
    caller.connection.endheaders()
    assert caller.connection.getresponse().status == 403


def test_without_the_token_nothing_of_the_issue_is_shown_and_nothing_is_done(file, caller):
    before = file.read_bytes()
    for path in ("/", "/?token=", "/?token=x", "/api/issue", "/api/house", "/api/article?key=a.txt", "/api/find?q=x"):
        status, data, _ = caller.call("GET", path, X_Token=None)
        assert status == 403 and "平台" not in data.decode(), path
    for path in ("/api/act", "/api/undo", "/api/file", "/api/print", "/api/merge"):
        assert caller.call("POST", path, b"{}", X_Token="x")[0] == 403, path
    assert caller.call("GET", f"/?token={caller.token}", X_Token=None)[0] == 200
    assert file.read_bytes() == before


def test_reading_never_writes(file, caller):
    before = hashes(file.parent)
    for path in ("/api/house", "/api/issue", "/api/state", "/api/article?key=a.txt", "/api/why?key=a.txt", "/api/same?key=a.txt",
                 "/api/find?q=x", "/api/check", "/api/picture?name=../第46期.md", "/api/statistics", "/api/act", "/api/undo", "/nowhere"):  # fmt: skip
        caller.call("GET", path)
    assert hashes(file.parent) == before
    assert not (file.parent / "历史").exists()


def test_the_page_runs_no_script_but_its_own_and_fetches_nothing_from_the_net(caller):
    _, page, headers = caller.call("GET", f"/?token={caller.token}")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", page.decode())
    for path in PAGE.iterdir():
        text = path.read_text(encoding="utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"https?://|//[a-z]+\.|@import", text), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\(|new Function|DOMParser", text), path.name


def test_broken_requests_are_answered_in_a_line(file, caller):
    before = file.read_bytes()
    for body in (b"", b"[]", b"{", b"null", b'{"version": 1}', b"[" * 100_000, b"\xff\xfe", b'{"version": "x", "do": "accept"}'):
        status, data, _ = caller.call("POST", "/api/act", body)
        assert status in (400, 409, 422) and b"Traceback" not in data, body[:20]
    assert caller.call("POST", "/api/act", None, Content_Length="99999999999")[0] == 422
    assert caller.call("POST", "/api/nothing", b"{}")[0] == 404
    assert caller.call("GET", "/api/article?key=nobody")[0] == 404
    assert caller.call("GET", "/api/article")[0] == 404
    assert file.read_bytes() == before


# What an editor does


def test_a_key_moves_an_article_and_takes_the_mark_away(file, caller):
    answer = caller.act(do="place", key="b.txt", column="行业新闻")
    assert titles(file, "行业新闻") == [ARTICLES[1].title]
    assert not standing(file).articles[1].doubt and answer["key"] == "b.txt"
    assert answer["version"] == caller.get("/api/state")["version"]


def test_accepting_leaves_the_article_where_it_is_without_its_marks(file, caller):
    caller.act(do="accept", key="b.txt")
    assert standing(file).articles == tuple(replace(a, doubt="") for a in ARTICLES)


def test_what_is_not_printed_any_more_leads_no_more(file, caller):
    caller.act(do="place", key="d.txt", column="备选")
    assert standing(file).highlights == LEADS[:1]
    caller.act(do="place", key="d.txt", column="知识产权")
    assert standing(file).highlights == LEADS[:1]


def test_dragging_puts_an_article_before_another_or_at_the_end(file, caller):
    caller.act(do="place", key="d.txt", column="政策法规", before="a.txt")
    caller.act(do="place", key="c.txt", column="政策法规", before=None)
    assert titles(file, "政策法规") == [ARTICLES[3].title, ARTICLES[0].title, ARTICLES[2].title]
    caller.act(do="place", key="c.txt", column="政策法规", before="a.txt")
    assert titles(file, "政策法规") == [ARTICLES[3].title, ARTICLES[2].title, ARTICLES[0].title]
    caller.act(do="place", key="d.txt", column="政策法规", before=None)
    assert titles(file, "政策法规") == [ARTICLES[2].title, ARTICLES[0].title, ARTICLES[3].title]
    assert standing(file).highlights == LEADS


def test_highlights_come_go_and_change_places(file, caller):
    caller.act(do="highlight", key="c.txt", on=True)
    assert standing(file).highlights == (*LEADS, ARTICLES[2].title)
    caller.act(do="order-highlights", titles=[ARTICLES[2].title, *LEADS])
    assert standing(file).highlights == (ARTICLES[2].title, *LEADS)
    caller.act(do="highlight", key="a.txt", on=False)
    assert standing(file).highlights == (ARTICLES[2].title, LEADS[1])
    for refused in ({"do": "highlight", "key": "e.txt", "on": True}, {"do": "order-highlights", "titles": ["别的"]}):
        assert caller.post("/api/act", {"version": caller.get("/api/issue")["version"], **refused})[0] == 422


def test_a_key_sentence_is_picked_by_its_number_and_stands_in_the_file(file, caller):
    caller.act(do="sentence", key="a.txt", number=1)
    assert standing(file).articles[0].key_sentence == "办法提出，三年建成60个平台。"
    assert caller.get("/api/issue")["highlights"][0]["sentence"] == "办法提出，三年建成60个平台。"
    caller.act(do="edit", key="a.txt", field="body", to="全改了。")
    assert standing(file).articles[0].key_sentence == ""


def test_titles_sources_dates_and_texts_are_edited_and_the_highlights_follow(file, caller):
    caller.act(do="edit", key="a.txt", field="title", to="  新的\n标题 ")
    caller.act(do="edit", key="a.txt", field="source", to="新报")
    caller.act(do="edit", key="a.txt", field="date", to="2022年5月9日")
    caller.act(do="edit", key="a.txt", field="body", to="# 一行\n（来源：甲）\n<!-- 文件: x -->")
    article = standing(file).articles[0]
    assert (article.title, article.source, article.date) == ("新的 标题", "新报", "2022-05-09")
    assert article.body == "# 一行\n（来源：甲）\n<!-- 文件: x -->"
    assert standing(file).highlights == ("新的 标题", LEADS[1])
    for field, to in (("title", " "), ("date", "昨天"), ("path", "../x")):
        assert caller.post("/api/act", {"version": caller.get("/api/issue")["version"], "do": "edit", "key": "a.txt", "field": field, "to": to})[0] == 422
    caller.act(do="edit-issue", field="number", to="第四十七期")
    caller.act(do="edit-issue", field="date", to="2022-06-01")
    assert (standing(file).number, standing(file).date) == ("47", "2022-06-01")


def test_an_article_without_a_file_keeps_its_place_on_the_page_when_it_is_edited(tmp_path):
    file = write_issue(tmp_path, [replace(article, path="") for article in ARTICLES])
    with served(file) as caller:
        key = caller.get("/api/issue")["articles"][2]["key"]
        answer = caller.act(do="edit", key=key, field="title", to="磨床")
        assert answer["key"] != key and caller.get("/api/article", key=answer["key"])["title"] == "磨床"


def test_undo_to_the_beginning_and_redo_to_the_end_give_the_same_bytes(file, caller):
    texts = [file.read_bytes()]
    for action in (
        {"do": "place", "key": "a.txt", "column": "标准化"}, {"do": "accept", "key": "b.txt"}, {"do": "highlight", "key": "c.txt", "on": True},
        {"do": "edit", "key": "d.txt", "field": "title", "to": "改"},
    ):  # fmt: skip
        caller.act(**action)
        texts.append(file.read_bytes())
    assert len(set(texts)) == 5
    for text in texts[-2::-1]:
        status, answer = caller.post("/api/undo", {"version": caller.get("/api/state")["version"]})
        assert status == 200 and file.read_bytes() == text
    assert not answer["undo"] and answer["redo"] and caller.post("/api/undo", {"version": answer["version"]})[0] == 422
    for text in texts[1:]:
        status, answer = caller.post("/api/redo", {"version": caller.get("/api/state")["version"]})
        assert status == 200 and file.read_bytes() == text
    assert answer["undo"] and not answer["redo"]


# Nothing is lost


def test_another_programs_change_is_never_written_over(file, caller):
    seen = caller.get("/api/issue")["version"]
    theirs = file.read_text(encoding="utf-8").replace("半程马拉松开跑", "马拉松（编辑改）")
    file.write_text(theirs, encoding="utf-8")
    for path, action in (("/api/act", {"do": "place", "key": "a.txt", "column": "标准化"}), ("/api/undo", {}), ("/api/redo", {})):
        status, answer = caller.post(path, {"version": seen, **action})
        assert status == 409 and answer["version"] == caller.get("/api/state")["version"] != seen
    assert file.read_text(encoding="utf-8") == theirs
    caller.act(do="place", key="a.txt", column="标准化")
    assert titles(file, "标准化") == [ARTICLES[0].title] and titles(file, "不收录") == ["马拉松（编辑改）"]


def test_a_file_broken_in_an_editor_is_told_with_its_line_and_left_alone(file, caller):
    seen = caller.get("/api/issue")["version"]
    broken = file.read_text(encoding="utf-8").replace("# 产品市场", "# 产品市长")
    file.write_text(broken, encoding="utf-8")
    status, data, _ = caller.call("GET", "/api/issue")
    assert status == 422 and re.search(r"第 \d+ 行：没有“产品市长”这个栏目", data.decode())
    assert caller.post("/api/act", {"version": seen, "do": "accept", "key": "b.txt"})[0] == 422
    assert file.read_text(encoding="utf-8") == broken


def test_two_tabs_of_one_issue_lose_nothing_in_interleaved_writes(file, caller):
    refusals = []

    def tab(key: str) -> None:
        mine, version = Caller(caller.port, caller.token), ""
        for n in range(15):
            while True:
                status, answer = mine.post("/api/act", {"version": version, "do": "edit", "key": key, "field": "source", "to": f"来源{n}"})
                if status == 200:
                    version = answer["version"]
                    break
                assert status == 409, answer
                refusals.append(key)
                version = answer["version"]
                shown = mine.get("/api/article", key=key)["source"]
                assert n == 0 or shown == f"来源{n - 1}", "an answered write is gone"

    tabs = [threading.Thread(target=tab, args=(key,)) for key in ("a.txt", "d.txt")]
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    assert [a.source for a in standing(file).articles if a.path in ("a.txt", "d.txt")] == ["来源14"] * 2
    assert refusals


def test_what_was_answered_is_in_the_file_whenever_the_desk_is_killed(tmp_path):
    for n in range(2):
        file = write_issue(tmp_path / str(n))
        answered = killed_at_work(file, 0.02 + 0.05 * n)
        written = int(re.search(r"来源：第(\d+)次", file.read_text(encoding="utf-8"))[1])
        assert 0 < answered <= written <= answered + 1


def killed_at_work(file, seconds: float) -> int:
    """Run ``subao review`` in a process of its own, write as fast as it answers, kill -9 so many seconds after the first
    answer: how many writes it answered."""
    command = [sys.executable, "-m", "nlp.cli", "review", str(file), "--no-browser", "--model", str(file.parent / "none")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        port, token = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\?token=(\S+)\n", process.stdout.readline()).groups()
        caller, answered = Caller(int(port), token), 0
        version = caller.get("/api/state")["version"]
        killer = threading.Timer(seconds, os.kill, (process.pid, signal.SIGKILL))
        try:
            while True:
                status, answer = caller.post("/api/act", {
                    "version": version, "do": "edit", "key": "a.txt", "field": "source", "to": f"第{answered + 1}次",
                })  # fmt: skip
                assert status == 200, answer
                answered, version = answered + 1, answer["version"]
                if answered == 1:
                    killer.start()
        except (ConnectionError, OSError, ValueError):
            return answered
        except Exception as error:  # a half answer is no answer
            if type(error).__module__ == "http.client":
                return answered
            raise


def test_dropped_files_lie_in_the_inbox_under_safe_names_beside_what_is_there(file, tmp_path):
    from urllib.parse import quote

    inbox = tmp_path / "来稿"
    inbox.mkdir()
    (inbox / "稿.txt").write_text("原来的", encoding="utf-8")
    with served(file, inbox=inbox) as caller:
        for name, lies in (("稿.txt", "稿_2.txt"), ("../../etc/passwd", "passwd"), ("..\\x.txt", "x.txt"), ("CON", "_CON"), ("稿.txt", "稿_2.txt")):
            status, _, _ = caller.call("POST", "/api/file", "新来的".encode(), X_Name=quote(name))
            assert status == 200 and (inbox / lies).read_text(encoding="utf-8") == "新来的", name
        assert caller.call("POST", "/api/file", b"x")[0] == 400
    assert (inbox / "稿.txt").read_text(encoding="utf-8") == "原来的" and len(list(inbox.iterdir())) == 5


class Reader:
    """A model that puts everything into 标准化."""

    signature, linear = "0000000", None

    def predict(self, articles):
        return [Prediction(a, {"标准化": 0.6, "行业新闻": 0.4}, doubtful=True) for a in articles]


def test_dropped_files_are_merged_as_late_articles_and_what_was_decided_stands(file):
    with served(file, Reader) as caller:
        caller.act(do="place", key="a.txt", column="聚焦常州")
        text = "永川轴承检测中心投用\n\n永川区日前建成轴承检测中心，首批33台设备到位，面向全区230家企业开放。\n\n（来源：永川日报，2022-05-20）\n"
        assert caller.call("POST", "/api/file", text.encode(), X_Name="late.txt")[0] == 200
        status, answer = caller.post("/api/merge", {})
        assert status == 200 and "新增 1 篇" in answer["lines"][-1]
        late = [a for a in standing(file).articles if a.fresh]
        assert [(a.title, a.source, a.column, a.path) for a in late] == [("永川轴承检测中心投用", "永川日报", "标准化", "late.txt")]
        assert {a.path: a.column for a in standing(file).articles if not a.fresh} == {a.path: a.column for a in ARTICLES} | {"a.txt": "聚焦常州"}
        assert "新增 0 篇" in caller.post("/api/merge", {})[1]["lines"][-1]
        caller.act(do="accept", key="late.txt")
        assert not any(a.fresh for a in standing(file).articles) and len(standing(file).articles) == 6


def test_the_word_file_is_set_after_slips_are_told_and_never_over_the_editors_own(file, caller, monkeypatch, tmp_path):
    from docx import Document

    monkeypatch.setenv("PATH", str(tmp_path))  # without LibreOffice, which takes seconds
    word = write_issue(file.parent, leads=(*LEADS, "早已撤下的一篇稿子")).with_suffix(".docx")
    status, answer = caller.post("/api/print", {})
    assert status == 200 and answer["stopped"] and not word.exists()
    assert caller.post("/api/print", {"anyway": True})[1]["lines"][-1].startswith("写好")
    assert any(ARTICLES[0].title in p.text for p in Document(word).paragraphs)
    document = Document(word)
    document.add_paragraph("手工加的")
    document.save(word)
    mine = word.read_bytes()
    status, answer = caller.post("/api/print", {"anyway": True})
    assert status == 422 and "手工改过" in answer["error"] and word.read_bytes() == mine


# What the model thinks


def test_the_grounds_of_a_decision_are_sentences_and_words_of_the_article(file):
    from nlp.model.classifier import ColumnClassifier
    from nlp.model.folder import shipped_model

    with served(file, lambda: ColumnClassifier.load(shipped_model(), HOUSE)) as caller:
        why = caller.get("/api/why", key="d.txt")
        article = caller.get("/api/article", key="d.txt")
    assert len(why["choices"]) == 2 and why["choices"][0]["share"] >= why["choices"][1]["share"]
    pieces = [piece for line in article["paragraphs"] for piece in line]
    assert "".join(piece["text"] for piece in pieces) == ARTICLES[3].body
    assert {number for number, _ in why["sentences"]} <= {piece["sentence"] for piece in pieces}
    assert all(word in ARTICLES[3].title + ARTICLES[3].body for word in why["words"])


def test_leaving_out_the_sentence_that_carries_the_decision_costs_most():
    from nlp.desk.explain import grounds, heavy_words

    class Patents:  # sure of 知识产权 as long as 专利 stands there
        linear = None

        def predict(self, articles):
            return [Prediction(a, {"知识产权": p, "行业新闻": 1 - p}) for a in articles for p in [0.9 if "专利" in a.body else 0.2]]

    article = replace(ARTICLES[3], body="今天天气很好。他们获得了专利授权。大家都很高兴。")
    reader = Patents()
    found = grounds(reader, article, reader.predict([article])[0])
    assert [number for number, _ in found.sentences] == [1] and found.title == 0
    assert heavy_words(["专利", "授权", "的", "2022", "专利"], {"专利": 0.4, "授权": 0.1, "20": 9}) == ["专利", "授权"]


def test_the_same_story_is_laid_beside(tmp_path):
    body = "临江县近日开出首张数据资产凭证，一家做工业软件的企业凭它从银行贷到800万元。县里说，今年要再开三十张，覆盖装备、化工和食品三个产业。"
    copy = replace(ARTICLES[1], title="数据也能贷款", path="f.txt", body=f"本报讯 {body}")
    with served(write_issue(tmp_path, [*ARTICLES[:1], replace(ARTICLES[1], body=body), *ARTICLES[2:], copy])) as caller:
        assert [other["key"] for other in caller.get("/api/same", key="b.txt")] == ["f.txt"]
        assert caller.get("/api/same", key="a.txt") == []


# The verb


def test_review_without_a_place_opens_the_newest_issue_below_or_says_that_there_is_none(tmp_path):
    from nlp.cli.review import newest_issue
    from nlp.errors import SubaoError

    with pytest.raises(SubaoError, match=r"没有找到.*subao draft"):
        newest_issue(tmp_path)
    for name in ("第9期", "第46期", "稿件/第45期", "第50期（空）"):
        (tmp_path / name).mkdir(parents=True)
        if "空" not in name:
            write_issue(tmp_path / name)
    assert newest_issue(tmp_path).name == "第46期"
    assert newest_issue(tmp_path / "第9期").name == "第9期"
