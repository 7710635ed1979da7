"""Who may import whom: the plan of the house, held by walking every import of the package."""

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "genarium"
LOW = {"errors", "distributed", "protocols", "files", "luma", "pixels"}
"""What every room may use: errors, processes that share a batch, types, atomic files, luma and bytes of images."""
TRAINING = {f"training.{name}" for name in ("module", "optimizer_spec", "schedules", "steps")}
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
    "training": LOW | RUNS | {"data.content", "callbacks.checkpoints", "callbacks.run_recorder"},
    "uses": LOW | {"distributions", "losses", "metrics"},
    "evaluation": LOW | {"metrics", "networks.efficientnet_lite", "runs", "uses"},
    "callbacks": LOW | {"metrics", "evaluation", "plots", "runs", "training"},
    "reports": LOW | RUNS | {"metrics.catalog"},
    "studies": LOW | RUNS | {"metrics.catalog", "reports"},
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


TOP_LEVEL = {
    "__init__.py",
    "api.py",
    "cli.py",
    "docs.py",
    "errors.py",
    "luma.py",
    "pixels.py",
    "protocols.py",
    "py.typed",
}
"""Files that lie in no room: the package's face, the command line, the writer of generated pages, what all use."""


def public_classes(path: Path) -> set[str]:
    """Classes that a file defines, nested ones too, and types that it names by an assignment at its top level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    types = {target.id for target in targets if isinstance(target, ast.Name) and is_type_name(target.id)}
    return {name for name in classes | types if not name.startswith("_")}


def is_type_name(name: str) -> bool:
    """Whether an assigned name is written as a type's: CamelCase; constants are in capitals, one letter is a number."""
    return name[0].isupper() and not name.isupper()


def test_a_class_name_stands_for_one_class():
    places: dict[str, list[Path]] = {}
    for path in SRC.rglob("*.py"):
        for name in public_classes(path):
            places.setdefault(name, []).append(path.relative_to(SRC))
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_only_the_named_files_lie_outside_of_rooms():
    assert {path.name for path in SRC.iterdir() if path.is_file()} == TOP_LEVEL


def test_every_room_has_its_rule_but_those_that_may_import_anything():
    rooms = {path.name for path in SRC.iterdir() if list(path.glob("*.py"))}
    assert rooms - MAY_IMPORT.keys() == {"bench", "commands"}


@pytest.mark.parametrize("file", ["errors.py", "luma.py", "pixels.py", "protocols.py"])
def test_what_every_room_uses_imports_nothing_of_the_package(file):
    assert not imported(SRC / file)


def test_only_the_command_line_and_the_api_import_commands():
    entries = {SRC / "cli.py", SRC / "api.py"}
    for path in set(SRC.rglob("*.py")) - entries - set((SRC / "commands").rglob("*.py")):
        assert not [module for module in imported(path) if within(module, "commands")], path


def test_only_commands_and_the_packages_face_import_the_api():
    faces = {SRC / "__init__.py", SRC / "api.py"}
    for path in set(SRC.rglob("*.py")) - faces - set((SRC / "commands").rglob("*.py")):
        assert not [module for module in imported(path) if within(module, "api")], path
