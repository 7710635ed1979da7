"""README, CONTRIBUTING and their like: what they quote, link to and name is there, and their Python runs."""

import re

import pytest

from genarium.config.conf_groups import conf_dir
from small import REPOSITORY
from test_architecture import LOW, MAY_IMPORT

PAGES = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += [conf_dir() / "model/README.md", REPOSITORY / "src/genarium/metrics/README.md"]


def blocks(page, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


def test_the_run_in_ten_lines_of_python_runs(here, capsys):
    (program,) = blocks(REPOSITORY / "README.md", "python")
    assert len([line for line in program.splitlines() if line]) <= 12
    exec(compile(program, "README.md", "exec"), {})
    assert "torch.Size([64, 64])" in capsys.readouterr().out and (here / "samples.png").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "/".join(page.parts[-2:]))
def test_every_link_within_the_repository_leads_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.name)
def test_a_quoted_yaml_is_the_file_that_the_page_names(page):
    for block in blocks(page, "yaml"):
        texts = [file.read_text(encoding="utf-8") for file in conf_dir().rglob("*.yaml")]
        assert block in texts or block.startswith("# example"), block


@pytest.mark.parametrize("page", PAGES[:2], ids=lambda page: page.name)
def test_every_path_of_the_package_that_a_page_names_exists(page):
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|conf|tests|experiments)/[\w/.]+|[a-z_]+/[\w/]*\.py)`", text)
    places = [REPOSITORY, REPOSITORY / "src/genarium"]
    assert not [name for name in named if not any((place / name).exists() for place in places)]


def test_the_table_of_imports_is_the_one_that_is_held():
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told = {room: set(rooms.split(", ")) - {"nothing"} for room, rooms in re.findall(r"^(\w+) +-> (.+)$", text, re.M)}
    assert told == {room: allowed - LOW for room, allowed in MAY_IMPORT.items() if room not in LOW}


def test_the_citation_names_the_version_of_the_package():
    version = re.search(r'^version = "(.*)"', (REPOSITORY / "pyproject.toml").read_text(), re.M)[1]
    assert f"version: {version}\n" in (REPOSITORY / "CITATION.cff").read_text()
    assert f"## {version}" in (REPOSITORY / "CHANGELOG.md").read_text()
