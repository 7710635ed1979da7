"""Generated pages are current, and the catalog of metrics knows every number that an evaluation gives."""

import ast

import pytest

from genarium import docs
from genarium.config import zoo
from genarium.config.conf_groups import choices
from genarium.evaluation.generated import COPIES, MODES, OTHER_NETWORKS
from genarium.evaluation.samples import GIVES
from genarium.metrics import catalog
from small import REPOSITORY

SRC = REPOSITORY / "src/genarium"
FID_FAMILY = {"frechet": "fid", "kernel": "kid", "kernel_std": "kid_std"}


@pytest.mark.parametrize("path", docs.PAGES, ids=lambda path: path.parent.name)
def test_a_generated_page_is_current(path):
    assert path.read_text(encoding="utf-8") == docs.PAGES[path](), "run `make docs`"


def test_the_page_of_models_has_each_with_its_papers():
    page = docs.models()
    for name in choices("model"):
        assert f"[{name}]({name}.yaml)" in page
    assert "[arXiv:1802.05957](https://arxiv.org/abs/1802.05957)" in page
    assert "`discriminator_steps: 1`: 5 in the paper" in page
    assert all(line.count(" | ") == 6 for line in page.splitlines() if line.startswith("| ["))


def keys_of_results() -> set[str]:
    """Names in every `Result({…})` of the metrics and of the evaluation."""
    found = set()
    for path in [*(SRC / "metrics").glob("*.py"), *(SRC / "evaluation").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Result":
                dicts = [arg for arg in node.args if isinstance(arg, ast.Dict)]
                found |= {key.value for part in dicts for key in part.keys if isinstance(key, ast.Constant)}
    return found


def test_the_catalog_knows_every_number():
    names = keys_of_results() | {*GIVES, *COPIES, *MODES}
    assert {"psnr", "frechet", "negative_log_likelihood"} <= names
    known = {FID_FAMILY.get(name, name) for name in names}
    known |= {OTHER_NETWORKS[name] for name in names & set(OTHER_NETWORKS)}
    assert not known - set(catalog.CATALOG)


def test_names_are_unique_and_every_entry_is_whole():
    rows = [metric for group in catalog.GROUPS.values() for metric in group]
    assert len(rows) == len(catalog.CATALOG)
    for metric in rows:
        assert metric.better in (catalog.LOWER, catalog.HIGHER, catalog.NEITHER)
        assert metric.range and metric.definition and metric.source
        if metric.source.endswith(".py"):
            assert (SRC / metric.source).exists()


@pytest.mark.parametrize(
    ("number", "better"),
    [
        ("fd/efficientnet_lite0/2k_train", "lower"), ("selection/kd/efficientnet_lite0/500_val", "lower"),
        ("mig/hue/val", "higher"), ("psnr/val/best", "higher"), ("val/loss", "lower"), ("rate/val", "neither"),
        ("train/generator/adversarial", "neither"), ("fid/inception/10k_train/gmm10", "lower"),
    ],
)  # fmt: skip
def test_a_reported_number_has_its_metrics_direction(number, better):
    assert catalog.better(number) == better


def test_a_variant_of_a_variant_is_of_its_roots_family():
    assert zoo.card("sagan").lineage == ("sagan", "sngan", "gan")
    assert {card.family for card in zoo.cards()} == set(zoo.FAMILIES)
