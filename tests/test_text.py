"""Text is UTF-8 whatever the locale says: every read and write of it names its encoding."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from small import environment

SRC = Path(__file__).parents[1] / "src" / "genarium"
TEXT = {"read_text", "write_text", "open", "TextIOWrapper"}
BINARY = {"Image", "tarfile", "zipfile", "gzip", "Run", "cls", "Packed", "webbrowser", "os"}
"""Whose `open` opens no text file."""


def unnamed(path: Path) -> list[str]:
    """Places where text is read or written in whatever encoding the locale has."""
    found, tree = [], ast.parse(path.read_text(encoding="utf-8"))
    own = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}  # an `open` of one's own
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        owner = getattr(getattr(node.func, "value", None), "id", "")
        words = {word.arg for word in node.keywords}
        plain = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if isinstance(node.func, ast.Name) and name in own:
            continue
        binary = any("b" in mode and set(mode) <= set("rwxab+") for mode in plain)
        if name in TEXT and owner not in BINARY and not binary and "encoding" not in words and "utf-8" not in plain:
            found.append(f"{path.name}:{node.lineno}")
        if name in ("run", "Popen", "check_output") and "text" in words and "encoding" not in words:
            found.append(f"{path.name}:{node.lineno}")
    return found


def test_every_read_and_write_of_text_names_its_encoding():
    assert not [place for path in sorted(SRC.rglob("*.py")) for place in unnamed(path)]


def test_the_search_finds_what_it_looks_for(tmp_path):
    file = tmp_path / "x.py"
    file.write_text("open('a')\nopen('a', 'rb')\np.read_text()\np.open('w', encoding='utf-8')\n", encoding="utf-8")
    assert unnamed(file) == ["x.py:1", "x.py:3"]


def test_a_terminal_without_utf_8_shows_what_it_can(tmp_path):
    bare = environment() | {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
    for words, told in ((["list", "models"], "beta-VAE"), (["--help"], "Examples"), (["train", "model=vea"], "vae")):
        made = subprocess.run(
            [sys.executable, "-m", "genarium.cli", *words], cwd=tmp_path, env=bare, capture_output=True
        )
        assert told.encode() in made.stdout + made.stderr
        assert b"Traceback" not in made.stderr
    odd = os.fsdecode(b"model=v\xffa")
    made = subprocess.run([sys.executable, "-m", "genarium.cli", "train", odd], env=environment(), capture_output=True)
    assert b"there is no model 'v?a'" in made.stderr and made.returncode == 2
