"""Who may import whom: the plan of the house, held by walking the imports."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[1] / "src" / "genarium"
LEAVES = {"errors", "noise", "processes", "runs", "facts", "grid", "places", "pixels", "randomness"}
"""Small files at the top that know no room."""
MAY_IMPORT = {
    "losses": {"errors", "noise", "processes", "pixels"},
    "networks": {"errors", "noise", "processes"},
    "metrics": {"errors", "pixels"},
    "data": {"errors", "places", "runs", "once"},
    "reports": {"errors", "places", "runs"},
    "models": {"losses", "module", "protocols", "noise", "processes", "errors"},
    "evaluation": {"metrics", "protocols", "errors", "facts", "noise", "runs", "once"},
    "callbacks": {"metrics", "evaluation", "protocols", "module", *LEAVES},
}


def imported(path: Path) -> set[str]:
    """First names below `genarium` that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "genarium":
            rest = node.module.split(".")[1:]
            found |= {rest[0]} if rest else {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("genarium.")}
    return found


def test_rooms_import_only_what_the_plan_allows():
    for room, allowed in MAY_IMPORT.items():
        for path in (SRC / room).rglob("*.py"):
            assert imported(path) <= allowed | {room}, path


def test_every_room_of_the_plan_exists():
    assert all(any((SRC / room).glob("*.py")) for room in MAY_IMPORT)


def test_reports_need_no_torch():
    for path in (SRC / "reports").rglob("*.py"):
        imports = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import)]
        names = {alias.name for node in imports for alias in node.names}
        assert not any(name.startswith(("torch", "pytorch_lightning")) for name in names), path
