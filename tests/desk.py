"""A desk for tests: a small issue on the disk, the real server on a port of its own, and a caller that has the token."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from pathlib import Path
from urllib.parse import quote

from nlp.bulletin import Article, Issue
from nlp.desk.archive import Archive
from nlp.desk.desk import Desk
from nlp.desk.issue_file import IssueFile
from nlp.desk.opinions import Opinions
from nlp.desk.server import Server
from nlp.errors import SubaoError
from nlp.house import load_house
from nlp.issue import markdown
from nlp.issue.folder import Place

HOUSE = load_house()
ARTICLES = (
    Article("省里印发中试平台建设办法", "近日，省科技厅印发《中试平台建设办法》。办法提出，三年建成60个平台。", "江淮科技报", "2022-05-11", "a.txt", "政策法规"),
    Article("临江县开出首张数据资产凭证", "临江县近日开出首张数据资产凭证。企业凭它贷到800万元。", "临江日报", "2022-05-12", "b.txt", "各地动态",
            doubt="各地动态 52%，次选 行业新闻 40%"),
    Article("齿轮厂换上自研磨床", "一家齿轮厂换上自研磨床。精度提高一个等级，成本降三成。", "", "", "c.txt", "产品市场"),
    Article("专利快速预审扩围", "快速预审新增三个产业。平均审查周期缩短到15天。", "知产周刊", "2022-05-13", "d.txt", "知识产权"),
    Article("半程马拉松开跑", "周日清晨，五千人参加半程马拉松。", "", "", "e.txt", "不收录"),
)  # fmt: skip
LEADS = (ARTICLES[0].title, ARTICLES[3].title)


def write_issue(folder: Path, articles=ARTICLES, leads=LEADS) -> Path:
    """An issue file without a draft behind it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "第46期.md"
    file.write_text(markdown.write(Issue(tuple(articles), "46", "2022-05-15", "", tuple(leads)), HOUSE), encoding="utf-8")
    return file


def no_model():
    raise SubaoError("没有模型")


@contextlib.contextmanager
def served(file: Path, open_model=no_model, archive: Path | None = None, **more):
    """The desk of an issue file, answering until the block ends."""
    desk = Desk(
        IssueFile(Place.of(file), HOUSE), HOUSE, Opinions(open_model), Archive(archive, HOUSE, file),
        more.pop("inbox", file.parent / "来稿"), **more,
    )  # fmt: skip
    server = Server(desk)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield Caller(server.server_port, server.token)
    finally:
        server.shutdown()
        server.server_close()
        desk.close()


class Caller:
    """What the page does, without the page: calls with the token, on one connection."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def call(self, method: str, path: str, body: bytes | None = None, **headers: str | None) -> tuple[int, bytes, dict]:
        """Status, body and headers of one answer; a header given as None is left out."""
        own = {"Host": f"127.0.0.1:{self.port}", "Origin": f"http://127.0.0.1:{self.port}", "X-Token": self.token}
        sent = own | {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.putrequest(method, quote(path, safe="/?=&%"), skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            if value is not None:
                self.connection.putheader(name, value)
        if body is not None:
            self.connection.putheader("Content-Length", str(len(body)))
        self.connection.endheaders(body)
        answer = self.connection.getresponse()
        data = answer.read()
        return answer.status, data, dict(answer.getheaders())

    def get(self, path: str, **query: str) -> dict:
        """A reading that must succeed."""
        path += "?" + "&".join(f"{key}={quote(value)}" for key, value in query.items()) if query else ""
        status, data, _ = self.call("GET", path)
        assert status == 200, (status, data.decode())
        return json.loads(data)

    def post(self, path: str, value: dict) -> tuple[int, dict]:
        """Status and answer of a writing."""
        status, data, _ = self.call("POST", path, json.dumps(value).encode())
        return status, json.loads(data)

    def act(self, **action) -> dict:
        """One action on the version that stands, which must succeed."""
        status, answer = self.post("/api/act", {"version": self.get("/api/issue")["version"], **action})
        assert status == 200, answer
        return answer
