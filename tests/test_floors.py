"""The house stands: imports only go down the floors, and `import nlp` stays light."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

from conftest import ROOT

FLOORS = [  # rooms and the modules of the ground; what stands on one line does not import its neighbours
    {"errors"},
    {"bulletin"},
    {"house"},
    {"text"},
    {"duplicates", "files", "office"},
    {"documents", "model"},
    {"published", "highlights", "word"},
    {"issue"},
    {"evaluation", "scale"},
    {"training"},
    {"api"},
    {"learning"},
    {"desk"},
    {"cli"},
    {"bundle"},
]


@functools.cache
def modules() -> dict[Path, ast.Module]:
    """Every module of the package, parsed once."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "nlp").rglob("*.py"))}


def imports_of(tree: ast.AST, package: tuple[str, ...]) -> set[str]:
    """The rooms of nlp that a module of ``package`` imports, at its top or inside its functions."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            target = (*base, *(node.module or "").split(".")) if node.module else base
            names |= {target[1]} if len(target) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            names |= {module.split(".")[1] for module in modules if module.startswith("nlp.")}
    return names


def test_imports_only_go_down_the_floors():
    floor = {name: i for i, names in enumerate(FLOORS) for name in names}
    for path, tree in modules().items():
        parts = path.relative_to(ROOT).with_suffix("").parts
        room = parts[1]
        if room == "__init__":
            continue
        assert room in floor, f"{room} stands on no floor"
        for name in imports_of(tree, parts[:-1]) - {room, "__version__"}:
            assert name in floor, f"{path} imports {name}, which is no room"
            assert floor[name] < floor[room], f"{path} imports {name}"


def test_nothing_in_the_package_reads_or_writes_pickles():
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names = {a.name for a in node.names} | {getattr(node, "module", None) or ""}
                assert not names & {"pickle", "joblib", "marshal", "shelve", "dill"}, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                keywords = {k.arg: getattr(k.value, "value", None) for k in node.keywords}
                if ast.unparse(node.func) == "torch.load":
                    assert keywords.get("weights_only") is True, path
                assert keywords.get("allow_pickle") is not True, path
                assert keywords.get("trust_remote_code") is not True, path


def test_help_needs_no_torch_and_no_other_heavy_library():
    heavy = ["torch", "transformers", "datasets", "sklearn", "numpy", "docx", "jieba", "matplotlib", "ray", "pyarrow"]
    code = f"import sys, nlp.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\nassert not set({heavy}) & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert "sort" in done.stdout.decode()
