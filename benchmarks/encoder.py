"""The whole table of what the encoder is worth: titles, columns, speed and size, each beside its peers.

    python benchmarks/encoder.py DATA_DIR [--columns TRAIN.jsonl] [--base DIR] [--work DIR] [--only PARTS] [-- options]

DATA_DIR holds the public titles: ``thucnews_titles/`` and ``fewclue_tnews/``. TRAIN.jsonl are the labelled articles of
the five folds; without it they are left out. ``--base`` is for every training; what stands after ``--`` goes to folds.py,
e.g. ``-- --with corpus --epochs 4``; paths in these two are seen from the repository. PARTS are some of
thucnews,tnews,columns,speed,size. With --work the folds go on where they stopped, but titles are not trained over a
finished model: repeat a run with --only what is missing.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TITLES = {"thucnews": "thucnews_titles", "tnews": "fewclue_tnews"}  # the folders of DATA_DIR
PARTS = (*TITLES, "columns", "speed", "size")
LARGEST = 120  # MB that models/ may take in all


def run(script: str, *arguments: str | Path) -> bool:
    """Run one benchmark of this folder, its lines as they come; whether it went well."""
    command = [sys.executable, "-u", f"benchmarks/{script}.py", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def sizes() -> bool:
    """Print the size of each model folder and of models/ in all; whether that is small enough."""
    models = ROOT / "models"
    sums = {
        folder.name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
        for folder in (*sorted(filter(Path.is_dir, models.iterdir())), models)
    }
    print("，".join(f"{name}/ {size:.1f} MB" for name, size in sums.items()) + f"（最多 {LARGEST} MB）", flush=True)
    return sums[models.name] <= LARGEST


def measure(part: str, arguments: argparse.Namespace, work: Path, options: list[str]) -> bool:
    """Do one of ``PARTS``, its models under ``work``; whether it went well."""
    base = ["--base", arguments.base] if arguments.base else []
    if part == "size":
        return sizes()
    if part == "speed":
        return run("speed")
    if part in TITLES:
        return run("titles", part, arguments.data.resolve() / TITLES[part], "--work", work / part, *base)
    if not arguments.columns:
        print("没有给 --columns TRAIN.jsonl，这一部分略去", flush=True)
        return True
    kept = "--work", work / part, "--json", work / "folds.json"
    return run("folds", arguments.columns.resolve(), *kept, *options, *base)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA_DIR")
    parser.add_argument("--columns", type=Path, default=None, metavar="TRAIN.jsonl")
    parser.add_argument("--base", default="", metavar="DIR")
    parser.add_argument("--work", type=Path, default=None, metavar="DIR")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PARTS")
    cut = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    arguments, options = parser.parse_args(sys.argv[1:cut]), sys.argv[cut + 1 :]
    parts = arguments.only.split(",")
    if not set(parts) <= set(PARTS):
        parser.error(f"--only 只能写 {','.join(PARTS)} 里的几个")
    failed = []
    with tempfile.TemporaryDirectory() as temporary:
        for part in parts:
            print(f"== {part}", flush=True)
            if not measure(part, arguments, (arguments.work or Path(temporary)).resolve(), options):
                failed.append(part)
    print(f"没有做成：{'、'.join(failed)}" if failed else "全部做完")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
