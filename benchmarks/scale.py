"""An archive by several processes beside one: seconds, memory, equal answers; and what kill -9 leaves of the result.

    python benchmarks/scale.py DATA.jsonl|DATA.parquet … [--n 20000] [--workers 2] [--model DIR] [--kills]

The first ``--n`` articles of DATA are written into one JSONL file. Plain ``subao sort --json`` and ``subao sort --ray`` read
it one after the other; answers are compared line by line, ``duplicate_of`` left aside. ``--kills``: a worker at five
moments, the whole program at three, each in a folder of its own, over the first ``--kill-n`` articles. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKER = (b"ray::IDLE", b"ray::do_part")  # without work, and with it


def below(pid: int) -> dict[int, bytes]:
    """The processes that descend from one, with their names."""
    parents, names = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            names[int(path.name)] = (path / "cmdline").read_bytes()
        except OSError:
            continue
    found, waiting = {}, [pid]
    while waiting:
        above = waiting.pop()
        children = [child for child, parent in parents.items() if parent == above]
        found |= {child: names[child] for child in children}
        waiting += children
    return found


def busy(pid: int) -> float:
    """The seconds that a process has had on a core; 0 if it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> int:
    """The memory of a process that no other shares, in bytes; 0 if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Private_"))


class Run:
    """A command at work: its seconds, those on a core with all below it, and the most memory of it and of each Ray worker."""

    def __init__(self, command: list[str], output: Path | None = None) -> None:
        with open(output or os.devnull, "wb") as file:
            self.begin = time.perf_counter()
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.DEVNULL)
        self.most: dict[int, int] = {}
        self.busy: dict[int, float] = {}
        self.workers: set[int] = set()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def _watch(self) -> None:
        while self.process.poll() is None:
            family = below(self.process.pid) | {self.process.pid: b""}
            self.workers |= (working := {pid for pid, name in family.items() if name.startswith(WORKER)})
            for pid in family:
                self.busy[pid] = max(self.busy.get(pid, 0.0), busy(pid))
            for pid in working | {self.process.pid}:
                self.most[pid] = max(self.most.get(pid, 0), memory(pid))
            time.sleep(1)

    def wait(self) -> float:
        code = self.process.wait()
        seconds = time.perf_counter() - self.begin
        self.thread.join()
        if code:
            raise SystemExit(f"退出码 {code}：{self.process.args}")
        return seconds


def rows_of(paths: list[Path]) -> Iterator[dict]:
    for path in paths:
        if path.suffix == ".parquet":
            import pyarrow.parquet as parquet

            for batch in parquet.ParquetFile(path).iter_batches(1000):
                yield from batch.to_pylist()
        else:
            with path.open(encoding="utf-8") as file:
                yield from map(json.loads, file)


def write_archive(path: Path, data: list[Path], n: int) -> int:
    """The first n articles of the data as JSONL; how many there are."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, row in zip(range(1, n + 1), rows_of(data), strict=False):
            kept = {"id": str(count), **{name: row.get(name) or "" for name in ("title", "body", "source")}}
            file.write(json.dumps(kept, ensure_ascii=False) + "\n")
    return count


def parts_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*"))


def answers(lines: Iterator[bytes]) -> Iterator[dict]:
    for line in lines:
        answer = json.loads(line)
        if "error" not in answer:
            yield answer | {"duplicate_of": None}


def compare(archive: Path, n: int, arguments: argparse.Namespace, folder: Path) -> None:
    sort = [sys.executable, "-m", "nlp.cli", "sort", str(archive), *(["--model", arguments.model] if arguments.model else [])]
    plain = Run([*sort, "--json"], folder / "plain.jsonl")
    one = plain.wait()
    on_cores = sum(plain.busy.values())
    print(f"subao sort --json：{one:.1f} 秒，{n / one:.1f} 篇/秒；核上 {on_cores:.1f} 秒，每核每秒 {n / on_cores:.1f} 篇；"
          f"内存 {plain.most[plain.process.pid] / 1e6:.0f} MB", flush=True)  # fmt: skip
    dealt = Run([*sort, "--ray", "--workers", str(arguments.workers), "-o", str(folder / "ray")])
    several = dealt.wait()
    most = sorted((dealt.most[pid] for pid in dealt.workers), reverse=True)[: arguments.workers]
    print(f"--ray，{arguments.workers} 个进程：{several:.1f} 秒，{n / several:.1f} 篇/秒，是不用 Ray 的 {several / one:.3f} 倍；"
          f"核上 {sum(dealt.busy.values()):.1f} 秒，是 {sum(dealt.busy.values()) / on_cores:.3f} 倍；"
          f"每个进程的内存 {'、'.join(f'{m / 1e6:.0f} MB' for m in most)}，主进程 {dealt.most[dealt.process.pid] / 1e6:.0f} MB")  # fmt: skip
    with (folder / "plain.jsonl").open("rb") as file:
        left = list(answers(file))
    right = list(answers(line for path in parts_of(folder / "ray") for line in path.read_bytes().splitlines()))
    size = archive.stat().st_size, sum(path.stat().st_size for path in parts_of(folder / "ray"))
    same = "相同" if left == right else "不同"
    print(f"回答 {len(left)} 与 {len(right)} 篇，{same}；来稿 {size[0] / 1e6:.1f} MB，结果 {size[1] / 1e6:.1f} MB", flush=True)


def kill(archive: Path, arguments: argparse.Namespace, folder: Path) -> None:
    """Kill at moments spread over the work and compare what stands at the end with the undisturbed result."""
    command = [sys.executable, "-m", "nlp.cli", "sort", str(archive), "--rows", "25"]
    command += ["--ray", "--workers", str(arguments.workers)]
    command += ["--model", arguments.model] if arguments.model else []
    begin = time.perf_counter()
    Run([*command, "-o", str(folder / "whole")]).wait()
    whole = [path.read_bytes() for path in parts_of(folder / "whole")]
    print(f"不受打扰：{len(whole)} 份，{time.perf_counter() - begin:.1f} 秒", flush=True)
    for whom, moments in (("一个工作进程", 5), ("主程序", 3)):
        for moment in range(moments):
            place = folder / f"{whom}{moment}"
            at = (2 * moment + 1) * len(whole) // (2 * moments)
            run = Run([*command, "-o", str(place)])
            while len(parts_of(place)) < at:
                time.sleep(0.05)
            if whom == "主程序":
                os.kill(run.process.pid, signal.SIGKILL)
                run.process.wait()
                run.thread.join()
                stand = {path.name: path.stat().st_mtime_ns for path in parts_of(place)}
                Run([*command, "-o", str(place)]).wait()
                kept = all((place / name).stat().st_mtime_ns == changed for name, changed in stand.items())
            else:
                while not (working := [pid for pid, name in below(run.process.pid).items() if name.startswith(WORKER[1])]):
                    time.sleep(0.01)
                os.kill(working[0], signal.SIGKILL)
                stand, kept = {}, True
                run.wait()
            same = [path.read_bytes() for path in parts_of(place)] == whole
            print(f"写好 {at} 份时 kill -9 {whom}：{'相同' if same else '不同'}"
                  + (f"，已写好的 {len(stand)} 份{'没有' if kept else '又'}重做" if stand else ""), flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path, metavar="DATA")
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--model", default=None)
    parser.add_argument("--kills", action="store_true", help="only kill -9, no comparison")
    parser.add_argument("--kill-n", type=int, default=600)
    arguments = parser.parse_args()
    print(f"{platform.machine()}，{len(os.sched_getaffinity(0))} 核")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "archive.jsonl")
        n = write_archive(archive, arguments.data, arguments.kill_n if arguments.kills else arguments.n)
        print(f"{n} 篇", flush=True)
        kill(archive, arguments, Path(folder)) if arguments.kills else compare(archive, n, arguments, Path(folder))


if __name__ == "__main__":
    main()
