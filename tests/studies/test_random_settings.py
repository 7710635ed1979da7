"""Random settings of studies: those that stand in a study file are those that its program draws."""

import importlib.util

import pytest
import yaml

from small import REPOSITORY

FILES = sorted((REPOSITORY / "experiments").glob("*/settings.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_settings_of_a_study_are_those_that_its_program_draws_and_all_differ(path):
    spec = importlib.util.spec_from_file_location(path.parent.name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    held = yaml.safe_load((path.parent / "study.yaml").read_text(encoding="utf-8"))["data"]
    assert module.drawn() == held
    assert len({tuple(words) for words in held.values()}) == len(held)
