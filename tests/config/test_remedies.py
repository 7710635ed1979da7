"""Remedies that sentences name can be typed: their groups, options and keys exist in conf."""

import ast
import re
import shlex

import pytest
import yaml

from genarium.config import compose, conf_groups, trainer_keys, values
from genarium.config.grammar import parse
from genarium.training.module import Module
from small import REPOSITORY

SRC = REPOSITORY / "src" / "genarium"
HOLE = "\u241f"
"""In the place of what a sentence fills in."""
REMEDY = re.compile(rf"(?<![\w./-])(\+?[a-z][\w/]*(?:\.[a-z]\w*)*)=([\w./-]*)({HOLE}|…|\[|')?")
PLACEHOLDERS = {"PLAYER", "NAME", "KEY", "FOLDER"}


def sentences() -> list[tuple[str, str]]:
    """(place, text) of every sentence that is raised to a user, holes where it fills something in."""
    found = []
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", getattr(getattr(node, "func", None), "attr", ""))
            if isinstance(node, ast.Call) and name in ("UserError", "Diverged") and node.args:
                found.append((f"{path.relative_to(SRC)}:{node.lineno}", text_of(node.args[0])))
    return found


def text_of(node: ast.AST) -> str:
    """The text of an expression of strings."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) if isinstance(part, ast.Constant) else HOLE for part in node.values)
    if isinstance(node, ast.BinOp):
        return text_of(node.left) + text_of(node.right)
    return HOLE


def keys() -> set[str]:
    """Every dotted key of conf, groups of keys among them."""
    found = set()
    for file in conf_groups.conf_dir().rglob("*.yaml"):
        group = file.parent.relative_to(conf_groups.conf_dir()).parts
        content = yaml.safe_load(text := file.read_text(encoding="utf-8"))
        group = tuple(re.findall(r"^# @package ([a-z]\w*)$", text, re.M)) or group
        for key, _ in values.leaves({name: value for name, value in content.items() if name != "defaults"}):
            parts = [*group, *key.split(".")]
            found |= {".".join(parts[: place + 1]) for place in range(len(parts))}
    return found


KEYS = keys()
REMEDIES = [(place, *match.groups()) for place, text in sentences() for match in REMEDY.finditer(text)]


def test_remedies_are_found_at_all():
    assert len({place for place, *_ in REMEDIES}) > 40


@pytest.mark.parametrize(("place", "key", "value", "open_end"), REMEDIES)
def test_the_option_or_key_that_a_sentence_names_exists(place, key, value, open_end):
    key = key.lstrip("+")
    if conf_groups.is_choice(f"{key}=x"):
        option = value.rstrip(".")
        assert open_end or not option or option in conf_groups.choices(key), f"{place}: {key}={option}"
    elif "." in key and not PLACEHOLDERS & set(key.split(".")):
        assert key in KEYS, f"{place}: {key}"


def test_remedies_for_keys_of_lightning_exist():
    for remedy in trainer_keys.INSTEAD.values():
        for key, *_ in REMEDY.findall(remedy):
            if "PLAYER" not in key and "NAME" not in remedy:
                assert key in KEYS or conf_groups.is_choice(f"{key}=x"), key


def test_every_player_has_the_keys_that_a_divergence_advises():
    files = [file for file in (conf_groups.conf_dir() / "model").glob("*.yaml")]
    seen = 0
    for file in files:
        players = yaml.safe_load(file.read_text(encoding="utf-8")).get("optimizers", {})
        for name, player in players.items():
            if "_target_" in player:
                seen += 1
                assert "grad_clip" in player and "lr" in player["optimizer"], f"{file.name}: {name}"
    assert seen > 10


def test_the_advice_after_a_divergence_can_be_typed_as_it_stands():
    for model, player in (("dcgan", "discriminator"), ("ae", "autoencoder")):
        said = str(Module.diverged(type("Model", (), {"images_seen": 64})(), "train/loss = nan", player))
        typed = re.findall(r"model\.optimizers\.[\w.]+(?:=\d+)?", said)
        assert len(typed) == 2
        words = [word if "=" in word else f"{word}=1e-4" for word in typed]
        config = compose.checked([f"model={model}", *words])
        assert config.model.optimizers[player].grad_clip == 1


def test_what_a_shell_is_given_is_quoted():
    for place, text in sentences():
        if f"resume={HOLE}" in text or f"run={HOLE}" in text:
            source = (SRC / place.partition(":")[0]).read_text(encoding="utf-8")
            assert "shlex" in source, f"{place}: a folder's name may have spaces"
    assert parse(f"name={shlex.quote('x')}").value() == "x"
