"""A launcher or storage whose packages are not installed is one sentence with the command that installs them."""

import tomllib

import pytest

from genarium.errors import UserError
from genarium.studies import extras, launchers
from genarium.studies.storage import storage_of
from small import REPOSITORY


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        ("joblib", "package hydra-joblib-launcher", "joblib"),
        ("submitit_local", "packages hydra-submitit-launcher and submitit", "slurm"),
        ("submitit_slurm", "packages hydra-submitit-launcher and submitit", "slurm"),
        ("ray", "packages hydra-ray-launcher and ray", "ray"),
    ],
)
def test_a_launcher_that_is_not_installed_names_its_packages_and_its_extra(name, package, extra, monkeypatch):
    gone = {"hydra_plugins", "submitit", "ray"}
    found = extras.find_spec
    monkeypatch.setattr(extras, "find_spec", lambda module: found(module) if module.split(".")[0] not in gone else None)
    with pytest.raises(UserError) as error:
        launchers.require_launcher(name)
    assert str(error.value) == f"hydra/launcher={name} needs the {package}: pip install 'genarium[{extra}]'"


def test_a_database_without_its_driver_names_it(monkeypatch, tmp_path):
    found = extras.find_spec
    monkeypatch.setattr(extras, "find_spec", lambda module: None if module == "psycopg" else found(module))
    with pytest.raises(UserError, match=r"needs the package psycopg\[binary\]: pip install 'genarium\[postgresql\]'"):
        storage_of(tmp_path, "postgresql://me@host/sweeps")
    assert storage_of(tmp_path, f"sqlite:///{tmp_path}/sweeps.db").get_all_studies() == []
    assert storage_of(tmp_path, None).get_all_studies() == []


@pytest.mark.parametrize("name", ["workers", "basic"])
def test_what_comes_with_genarium_needs_no_package_and_no_setting(name, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda module: None)
    launchers.require_launcher(name)
    assert launchers.words_of(name, 2) == [] and not launchers.is_cluster(name)


def test_every_extra_that_a_sentence_names_is_one_of_the_package():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, launcher in launchers.LAUNCHERS.items():
        offered = " ".join(project["optional-dependencies"][launcher.extra])
        assert extras.PACKAGES[launcher.modules[0]] in offered, name
    assert extras.PACKAGES["psycopg"] in " ".join(project["optional-dependencies"]["postgresql"])
