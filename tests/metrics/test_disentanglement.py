"""Disentanglement scores: high for codes that are the factors, low for codes that ignore or mix them."""

import numpy as np
import pytest

from genarium.errors import UserError
from genarium.evaluation.codes import fixed_factor_scores
from genarium.metrics.active_units import zero_inactive
from genarium.metrics.checks import DoesNotFit
from genarium.metrics.dci import dci
from genarium.metrics.factors import equal_frequency_bins
from genarium.metrics.fixed_factor_groups import groups_with_a_fixed_factor
from genarium.metrics.mig import mutual_information_gap
from genarium.metrics.probes import Labeled, knn_accuracy, linear_probe
from genarium.metrics.sap import separated_attribute_predictability

N = 2000
rng = np.random.default_rng(0)
FACTORS = {"petals": rng.integers(0, 5, N), "hue": rng.integers(0, 8, N), "size": rng.random(N)}
PERFECT = np.stack([FACTORS["hue"] * 1.0, FACTORS["size"], -2.0 * FACTORS["petals"], rng.normal(size=N)], axis=1)
RANDOM = rng.normal(size=(N, 4))
# every latent is an even mixture of all factors
MIXED = (
    (PERFECT[:, :3] - PERFECT[:, :3].mean(0))
    / PERFECT[:, :3].std(0)
    @ np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1]])
)


def all_scores(codes: np.ndarray) -> dict[str, float]:
    found = (
        mutual_information_gap(codes=codes, factors=FACTORS, bins=20)
        | separated_attribute_predictability(codes=codes, factors=FACTORS, seed=0)
        | dci(codes=codes, factors=FACTORS, trees=20, seed=0)
        | fixed_factor_scores(
            codes=codes, factors=FACTORS, groups=300, size=64, bins=5, active=np.ones(4, dtype=bool), seed=0
        )
    )
    return found.values


@pytest.fixture(scope="module")
def scores() -> dict[str, dict[str, float]]:
    return {"perfect": all_scores(PERFECT), "random": all_scores(RANDOM), "mixed": all_scores(MIXED)}


def test_mig_of_a_perfect_code_is_high_and_of_a_random_code_zero(scores):
    assert scores["perfect"]["mig"] > 0.9
    assert scores["random"]["mig"] < 0.03
    assert scores["mixed"]["mig"] < 0.4


def test_mig_names_the_factor_that_is_missed():
    codes = PERFECT.copy()
    codes[:, 0] = RANDOM[:, 0]
    found = mutual_information_gap(codes=codes, factors=FACTORS, bins=20)
    assert found["mig/hue"] < 0.03 < 0.9 < found["mig/petals"]
    assert found["mig"] == pytest.approx(np.mean([found[f"mig/{name}"] for name in FACTORS]))


def test_an_outlier_does_not_change_mig():
    codes = PERFECT.copy()
    codes[0] *= 1e6
    whole, moved = (mutual_information_gap(codes=z, factors=FACTORS, bins=20)["mig"] for z in (PERFECT, codes))
    assert moved == pytest.approx(whole, abs=0.01) and moved > 0.9


def test_a_latent_that_follows_a_factor_by_a_hair_carries_nothing_where_it_is_not_active():
    hair = 1e-4 * PERFECT[:, :3]
    codes = np.concatenate([PERFECT[:, :3], hair], axis=1)
    active = np.arange(6) < 3
    whole, silent = ({**scores_of(z)} for z in (codes, zero_inactive(codes, active)))
    assert whole["mig"] < 0.05 and whole["sap"] < 0.05  # two latents know each factor
    assert silent["mig"] > 0.9 and silent["sap"] > 0.75 and silent["dci_completeness"] > 0.9


def scores_of(codes: np.ndarray) -> dict[str, float]:
    return (
        mutual_information_gap(codes=codes, factors=FACTORS, bins=20)
        | separated_attribute_predictability(codes=codes, factors=FACTORS, seed=0)
        | dci(codes=codes, factors=FACTORS, trees=5, seed=0)
    ).values


def test_intervals_hold_equally_many_and_equal_values_share_one():
    assert np.bincount(equal_frequency_bins(rng.normal(size=100), 5)).tolist() == [20] * 5
    assert len(set(equal_frequency_bins(np.array([1.0, 1, 1, 1, 7, 7, 9]), 4)[:4])) == 1
    assert set(equal_frequency_bins(np.ones(9), 4)) == {0}


def test_intervention_scores_are_learned_and_tested_on_other_images():
    """Codes that know every image by heart, and no factor, are at chance."""
    heart = np.eye(400)[rng.permutation(400)] * 10
    factors = {"a": rng.integers(0, 2, 400), "b": rng.integers(0, 2, 400)}
    found = fixed_factor_scores(
        codes=heart, factors=factors, groups=400, size=4, bins=5, active=np.ones(400, dtype=bool), seed=0
    )
    assert found["beta_vae_score"] == pytest.approx(0.5, abs=0.1)
    assert found["factor_vae_score"] == pytest.approx(0.5, abs=0.1)


def test_sap_of_a_perfect_code_is_high_and_of_a_random_code_zero(scores):
    assert scores["perfect"]["sap"] > 0.75
    assert scores["random"]["sap"] < 0.05


def test_dci_of_a_perfect_code_is_high_and_a_mixture_informs_without_disentangling(scores):
    perfect, mixed, random = scores["perfect"], scores["mixed"], scores["random"]
    assert min(perfect[f"dci_{part}"] for part in ("disentanglement", "completeness", "informativeness")) > 0.9
    assert random["dci_informativeness"] < 0.3 and random["dci_disentanglement"] < 0.1
    assert mixed["dci_disentanglement"] < 0.4 and mixed["dci_informativeness"] > 0.6


def test_intervention_scores_of_a_perfect_code_are_high_and_of_a_random_code_are_chance(scores):
    assert scores["perfect"]["factor_vae_score"] == 1 and scores["perfect"]["beta_vae_score"] > 0.97
    for name in ("factor_vae_score", "beta_vae_score"):
        assert scores["random"][name] == pytest.approx(1 / 3, abs=0.12)


def test_groups_share_the_value_of_their_factor_and_only_of_that_one():
    groups = groups_with_a_fixed_factor(FACTORS, groups=30, size=40, bins=5, seed=1)
    names = list(FACTORS)
    for members, fixed in zip(groups.members, groups.fixed, strict=True):
        assert len(set(members)) == 40
        for index, name in enumerate(names):
            spread = FACTORS[name][members].std() / FACTORS[name].std()
            assert (spread < 0.3) == (index == fixed)


def test_a_size_that_fits_one_factor_alone_is_refused_with_one_that_fits_all():
    few = {"rare": np.arange(60) % 30, "common": np.arange(60) % 2}
    sizes = {"groups": 10, "bins": 5, "active": np.ones(4, dtype=bool), "seed": 0}
    with pytest.raises(DoesNotFit, match="the factor rare has 8 images") as refused:
        fixed_factor_scores(codes=RANDOM[:60], factors=few, size=8, **sizes)
    with pytest.raises(DoesNotFit, match="no pairs"):
        fixed_factor_scores(codes=RANDOM[:60], factors=few, size=1, **sizes)
    assert refused.value.name == "size" and 1 <= refused.value.value <= 2


def test_a_code_without_active_latents_scores_zero_and_says_so():
    found = fixed_factor_scores(
        codes=RANDOM, factors=FACTORS, groups=60, size=8, bins=5, active=np.zeros(4, dtype=bool), seed=0
    )
    assert found["factor_vae_score"] == 0 and "no latent is active" in found.warnings[0]


def test_factors_that_cannot_be_used_are_an_error():
    with pytest.raises(UserError, match="data=garden"):
        mutual_information_gap(codes=RANDOM, factors={}, bins=5)
    with pytest.raises(UserError, match="not all the same"):
        mutual_information_gap(codes=RANDOM, factors={"hue": np.zeros(N)}, bins=5)
    with pytest.raises(UserError, match="two or more latents"):
        mutual_information_gap(codes=RANDOM[:, :1], factors=FACTORS, bins=5)
    with pytest.raises(UserError, match="choose size="):
        groups_with_a_fixed_factor(FACTORS, groups=3, size=N, bins=5, seed=0)


def test_probes_read_separated_classes_and_are_at_chance_on_noise():
    labels = FACTORS["petals"]
    codes = np.eye(5)[labels] + 0.1 * rng.normal(size=(N, 5))
    for given, low, high in ((codes, 0.99, 1.0), (RANDOM, 0.1, 0.3)):
        train, test = Labeled(given[:1000], labels[:1000]), Labeled(given[1000:], labels[1000:])
        linear = linear_probe(train=train, test=test, inverse_regularization=1.0)
        assert low <= linear["linear_probe_accuracy"] <= high
        assert low <= knn_accuracy(train=train, test=test, k=5)["knn_accuracy"] <= high
        assert linear["majority_class_accuracy"] == pytest.approx(0.2, abs=0.05)


def test_a_linear_probe_misses_what_neighbors_see():
    angle = rng.uniform(0, 2 * np.pi, 800)
    labels = rng.integers(0, 2, 800)
    rings = np.stack([np.cos(angle), np.sin(angle)], 1) * (1 + labels[:, None])
    train, test = Labeled(rings[:400], labels[:400]), Labeled(rings[400:], labels[400:])
    assert linear_probe(train=train, test=test, inverse_regularization=1.0)["linear_probe_accuracy"] < 0.65
    assert knn_accuracy(train=train, test=test, k=3)["knn_accuracy"] > 0.97


def test_probes_say_which_classes_cannot_be_known_and_need_two():
    train, test = Labeled(RANDOM[:4], np.array([0, 1, 0, 1])), Labeled(RANDOM[4:6], np.array([0, 7]))
    assert "1 classes" in knn_accuracy(train=train, test=test, k=1).warnings[0]
    with pytest.raises(UserError, match="two or more classes"):
        knn_accuracy(train=Labeled(RANDOM[:4], np.zeros(4)), test=test, k=1)
