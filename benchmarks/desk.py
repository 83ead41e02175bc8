"""The desk with a large issue in a real Chromium: seconds until it can be used, milliseconds a key takes, nothing lost.

    python benchmarks/desk.py [--n 300] [--keys 40] [--kills 50] [--writes 200] [--seed 13]

The articles are 800-character windows of corpus/, drafted by ``subao draft``. A key counts from its press to the paint
after the server has answered that the step is on the disk. Needs playwright and Debian's chromium (else only the parts
without a browser run).
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import os
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
SLOW = 2000  # milliseconds between two keys of an editor who reads: long enough for the model to go on
PRESSED = """() => { window.pressed = []; addEventListener("keydown", () => {
  const begin = performance.now(), selected = document.querySelector(".row[aria-selected=true]");
  const look = () => document.querySelector(".row[aria-selected=true]") === selected || !document.querySelector(".paper textarea.title")
    ? requestAnimationFrame(look) : requestAnimationFrame(() => pressed.push(performance.now() - begin));
  requestAnimationFrame(look);
}, true); }"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("n", 300), ("keys", 40), ("kills", 50), ("writes", 200), ("seed", 13)):
        parser.add_argument(f"--{name}", type=int, default=default)
    arguments = parser.parse_args()
    print(f"{arguments.n} 篇 × 800 字；{platform.machine()}，{os.cpu_count()} 核，负载 {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        issue = drafted(Path(folder), arguments.n)
        with_browser(issue, arguments.keys)
        small = drafted(Path(folder, "small"), 12)
        two_tabs(small, arguments.writes)
        kills(small, arguments.kills, random.Random(arguments.seed))


def drafted(folder: Path, n: int) -> Path:
    """A folder 第46期 with n articles."""
    rows = [json.loads(line) for line in (ROOT / "corpus/articles.jsonl").read_text(encoding="utf-8").splitlines()]
    text = "\n".join(row["body"] for row in rows)
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    step = max(1, (len(text) - 800) // n)
    for k in range(n):
        title = f"{rows[k % len(rows)]['title']}（{k}）"
        (inbox / f"{k:05}.txt").write_text(f"{title}\n\n{text[k * step : k * step + 800]}\n", encoding="utf-8")
    run = [sys.executable, "-m", "nlp.cli", "draft", str(inbox), "-o", str(folder / "第46期"), "--limit", str(n)]
    subprocess.run(run, cwd=ROOT, check=True, capture_output=True)
    return folder / "第46期"


class Served:
    """``subao review`` in a process of its own."""

    def __init__(self, place: Path) -> None:
        self.begin = time.perf_counter()
        command = [sys.executable, "-m", "nlp.cli", "review", str(place), "--no-browser"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        self.port, self.token = re.search(r":(\d+)/\?token=(\S+)", self.address).groups()

    def caller(self):
        """A function that calls the server: path, body -> status, answer."""
        connection = http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=60)
        headers = {"X-Token": self.token, "Origin": f"http://127.0.0.1:{self.port}"}

        def call(path: str, body: dict | None = None) -> tuple[int, dict]:
            connection.request("GET" if body is None else "POST", path, body and json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

        return call

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def with_browser(place: Path, keys: int) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if not chromium:
        print("没有 playwright 或 chromium：浏览器里的部分没有量")
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, timeout=120_000)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(120_000)
        page.goto("about:blank")
        served = Served(place)
        up = time.perf_counter() - served.begin
        page.goto(served.address)
        page.wait_for_selector("body[data-ready]")
        usable = time.perf_counter() - served.begin
        painted = page.evaluate("performance.now()") / 1000
        print(f"打开：服务 {up:.2f} 秒起来，页面再 {painted:.2f} 秒可用；从运行 subao review 到可用 {usable:.2f} 秒（浏览器已开着）")
        told(f"一键（模型还有稿要读，接连按，{keys} 次）", measure(page, keys))
        told(f"一键（模型正读着，隔 {SLOW / 1000:g} 秒一次，{keys // 2} 次）", measure(page, keys // 2, SLOW))
        page.wait_for_function("() => !document.getElementById('left-text').textContent.includes('模型在读')", timeout=600_000)
        told(f"一键（平时，{keys} 次）", measure(page, keys))
        browser.close()
        served.end()


def measure(page, keys: int, rest: int = 30) -> list[float]:
    """Milliseconds from the press of a key that moves an article to the paint of the next one."""
    page.evaluate(PRESSED)
    for n in range(keys):
        page.keyboard.press(str(1 + n % 7))
        page.wait_for_function("n => pressed.length > n", arg=n)
        page.wait_for_timeout(rest)
    return page.evaluate("pressed")


def told(what: str, values: list[float]) -> None:
    ordered = sorted(values)
    print(f"{what}：中位数 {statistics.median(ordered):.0f} 毫秒，九成五以内 {ordered[math.ceil(0.95 * len(ordered)) - 1]:.0f}，最多 {ordered[-1]:.0f}")


def two_tabs(place: Path, writes: int) -> None:
    """Two windows write in turn as fast as they can, each from the version it last saw."""
    served = Served(place)
    keys = [row["key"] for row in served.caller()("/api/issue")[1]["articles"][:2]]
    refused, lost = [], []

    def tab(key: str) -> None:
        call, version, done = served.caller(), "", 0
        while done < writes // 2:
            status, answer = call("/api/act", {"version": version, "do": "edit", "key": key, "field": "source", "to": f"第{done}次"})
            version = answer["version"]
            if status == 409:
                refused.append(key)
                if done and call(f"/api/article?key={key}")[1]["source"] != f"第{done - 1}次":
                    lost.append(key)
            else:
                done += 1

    tabs = [threading.Thread(target=tab, args=(key,)) for key in keys]
    begin = time.perf_counter()
    for thread in tabs:
        thread.start()
    for thread in tabs:
        thread.join()
    sources = [served.caller()(f"/api/article?key={key}")[1]["source"] for key in keys]
    lost += [key for key, source in zip(keys, sources, strict=True) if source != f"第{writes // 2 - 1}次"]
    print(f"两个窗口交替写 {writes} 次（{time.perf_counter() - begin:.1f} 秒）：丢 {len(lost)} 次，409 {len(refused)} 次")
    served.end()


def kills(place: Path, times: int, chance: random.Random) -> None:
    """Kill -9 while it writes as fast as it can, at random moments; what was answered must be in the file."""
    lost = answered = 0
    for n in range(times):
        served = Served(place)
        call = served.caller()
        state = call("/api/issue")[1]
        key, version = state["articles"][0]["key"], state["version"]
        killer = threading.Timer(chance.uniform(0, 0.4), served.process.kill)
        done, running = 0, False
        try:
            while True:
                action = {"version": version, "do": "edit", "key": key, "field": "source", "to": f"{n}回第{done + 1}次"}
                status, answer = call("/api/act", action)
                assert status == 200, answer
                done, version = done + 1, answer["version"]
                if not running:
                    running = True
                    killer.start()
        except (OSError, http.client.HTTPException, ValueError):
            pass
        served.end()
        text = next(place.glob("第*期.md")).read_text(encoding="utf-8")
        written = max((int(found) for found in re.findall(rf"来源：{n}回第(\d+)次", text)), default=0)
        lost += max(0, done - written)
        answered += done
    print(f"kill -9 {times} 次：答应过 {answered} 步，丢 {lost} 步")


if __name__ == "__main__":
    main()
