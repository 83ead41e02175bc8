"""The house stands: imports only go down the floors, and `import nlp` stays light."""

from __future__ import annotations

import ast
import subprocess
import sys

from conftest import ROOT

FLOORS = [
    {"bulletin", "errors"},
    {"documents", "text", "home", "stylesheet", "taste"},
    {
        "reading", "issues", "published", "wordfile", "paging", "encoder", "duplicates", "filing", "importance", "baseline",
        "picture", "plaintext", "packing", "sentences", "rouge",
    },
    {"archive", "graph", "passages", "peers"},
    {"labelled", "references"},
    {"classifier", "evaluation", "sorting", "selection", "summarizer", "typeset", "pretraining", "salience", "agreement"},
    {"finetuning", "export", "shortlist"},
    {"training", "drafting"},
    {"cli"},
]  # fmt: skip


def imports_of(tree: ast.AST) -> set[str]:
    """The modules of nlp that a module imports, at its top or inside its functions."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            names |= {node.module.split(".")[0]} if node.module else {a.name for a in node.names}
    return names


def test_imports_only_go_down_the_floors():
    floor = {name: i for i, names in enumerate(FLOORS) for name in names}
    for path in sorted((ROOT / "nlp").rglob("*.py")):
        module = path.relative_to(ROOT / "nlp").parts[0].removesuffix(".py")
        if module == "__init__":
            continue
        assert module in floor, f"{module} stands on no floor"
        for name in imports_of(ast.parse(path.read_text(encoding="utf-8"))) & set(floor) - {module}:
            below = floor[name] < floor[module] or (floor[module] <= 1 and floor[name] <= 1)
            assert below, f"{module} imports {name}"


def test_nothing_in_the_package_reads_or_writes_pickles():
    for path in sorted((ROOT / "nlp").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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
    heavy = ["torch", "transformers", "datasets", "sklearn", "numpy", "docx", "jieba", "matplotlib"]
    code = f"import sys, nlp.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\nassert not set({heavy}) & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert "sort" in done.stdout.decode()
