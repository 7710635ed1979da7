"""Who may import whom: the plan of the house, held by walking every import of the package."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "genarium"
LOW = {"errors", "distributed", "protocols", "files", "pixels"}
"""What every room may use: errors, processes that share a batch, types, atomic files, bytes of images."""
TRAINING = {f"training.{name}" for name in ("module", "optimizer_spec", "schedules")}
RUNS = {"runs", "config"}
MAY_IMPORT = {
    "files": {"errors"},
    "distributed": {"errors"},
    "losses": LOW | {"distributions"},
    "distributions": LOW,
    "transforms": LOW,
    "networks": LOW,
    "metrics": LOW,
    "data": LOW | {"runs.run"},
    "plots": LOW,
    "runs": LOW | {"config"},
    "config": LOW | {"runs"},
    "models": LOW | TRAINING | {"losses", "distributions", "transforms"},
    "evaluation": LOW | {"metrics", "runs"},
    "callbacks": LOW | {"metrics", "evaluation", "plots", "runs", "training"},
    "reports": LOW | RUNS | {"metrics.catalog"},
    "studies": LOW | RUNS | {"metrics.catalog"},
}


def imported(path: Path) -> set[str]:
    """Modules of the package that a file imports, dotted, without `genarium.`"""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "genarium":
            head = node.module.split(".")[1:]
            found |= {".".join([*head, alias.name]) for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[2] for alias in node.names if alias.name.startswith("genarium.")}
    return found


def within(module: str, room: str) -> bool:
    return module == room or module.startswith(f"{room}.")


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_rooms_import_only_what_the_plan_allows(room):
    assert list((SRC / room).rglob("*.py"))
    for path in (SRC / room).rglob("*.py"):
        wrong = [found for found in imported(path) if not any(within(found, ok) for ok in MAY_IMPORT[room] | {room})]
        assert not wrong, (path, wrong)


@pytest.mark.parametrize("room", ["reports", "studies", "config", "files"])
def test_what_answers_at_once_needs_no_torch(room):
    for path in (SRC / room).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        modules += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in modules if name.split(".")[0] in ("torch", "pytorch_lightning")], path
