"""Public title benchmarks through the product's own road: JSONL, ``train.py``, ``subao evaluate``.

    python benchmarks/titles.py thucnews DIR [--work DIR] [train.py options]
    python benchmarks/titles.py tnews DIR [--work DIR] [train.py options]

DIR of thucnews holds train.txt, dev.txt (title<TAB>class) and class.txt; DIR of tnews train_0..4.json and dev_0..4.json
(FewCLUE), whose five splits are trained apart and averaged. The linear baseline is fitted on the same rows.
Options after the folder, such as ``--base DIR --epochs 3``, go to train.py.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def thucnews(folder: Path) -> list[tuple[list[dict], list[dict]]]:
    """The one split: (training rows, dev rows) with title and column."""
    names = (folder / "class.txt").read_text(encoding="utf-8").split()
    parts = []
    for part in ("train", "dev"):
        lines = (folder / f"{part}.txt").read_text(encoding="utf-8").splitlines()
        pairs = (line.rsplit("\t", 1) for line in lines)
        parts.append([{"title": title, "column": names[int(number)]} for title, number in pairs])
    return [(parts[0], parts[1])]


def tnews(folder: Path) -> list[tuple[list[dict], list[dict]]]:
    """The five few-shot splits."""

    def rows(name: str) -> list[dict]:
        found = map(json.loads, (folder / name).read_text(encoding="utf-8").splitlines())
        return [{"title": row["sentence"], "column": row["label_desc"]} for row in found]

    return [(rows(f"train_{i}.json"), rows(f"dev_{i}.json")) for i in range(5)]


def measure(training: list[dict], dev: list[dict], work: Path, options: list[str]) -> dict:
    """Train on one split and evaluate; return the JSON of ``subao evaluate`` with the seconds of training."""
    work.mkdir(parents=True, exist_ok=True)
    for name, rows in (("train", training), ("dev", dev)):
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (work / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    model = work / "model"
    begin = time.perf_counter()
    command = [sys.executable, "train.py", "--data", str(work / "train.jsonl"), "--output", str(model), *options]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - begin
    command = [sys.executable, "-m", "nlp.cli", "evaluate", str(work / "dev.jsonl"), "--model", str(model), "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    return json.loads(done.stdout) | {"seconds": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("thucnews", "tnews"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, default=None, help="keep the models there")
    arguments, options = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        found = []
        for i, (training, dev) in enumerate(globals()[arguments.task](arguments.folder)):
            figures = measure(training, dev, work / str(i), options)
            found.append(figures)
            low, high = figures["interval"]["accuracy"]
            print(
                f"{arguments.task} {i}：训练 {len(training)}，N {figures['n']}，准确率 {figures['accuracy']:.2%} [{low:.2%}, {high:.2%}]，"
                f"宏平均 F1 {figures['macro_f1']:.2%}；训练 {figures['seconds']:.0f} 秒；"
                + "，".join(f"{name} {b['accuracy']:.2%}" for name, b in figures["baselines"].items()),
                flush=True,
            )
    if len(found) > 1:
        mean = statistics.mean(f["accuracy"] for f in found)
        others = {name: statistics.mean(f["baselines"][name]["accuracy"] for f in found) for name in found[0]["baselines"]}
        print(f"{len(found)} 份平均：准确率 {mean:.2%}；" + "，".join(f"{name} {value:.2%}" for name, value in others.items()))
    print(f"{platform.machine()}，Python {platform.python_version()}")


if __name__ == "__main__":
    main()
