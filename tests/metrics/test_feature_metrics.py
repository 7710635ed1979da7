"""Kernel distance, Inception Score, precision to coverage, diversity, memorization, per class: on made features."""

import math

import pytest
import torch
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_kid import KEY_METRIC_KID_MEAN, KEY_METRIC_KID_STD, kid_features_to_metric
from torch_fidelity.metric_prc import KEY_METRIC_PRECISION, KEY_METRIC_RECALL, prc_features_to_metric

from genarium.errors import UserError
from genarium.metrics import kernel_distance as kernel
from genarium.metrics import neighbors
from genarium.metrics.inception_score import inception_score
from genarium.metrics.intra_fd import frechet_per_class, intra_class_frechet
from genarium.metrics.kernel_distance import kernel_distance
from genarium.metrics.mean_pairwise_distance import mean_pairwise_distance
from genarium.metrics.memorization import memorization
from genarium.metrics.precision_recall import manifold
from genarium.metrics.vendi_score import vendi_score


def normal(count: int, width: int = 8, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, width, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("subset_size", [30, 90], ids=["small_subsets", "subsets_near_the_set"])
def test_kernel_distance_equals_torch_fidelity(subset_size):
    generated, real = normal(120, seed=1) * 1.5 + 0.5, normal(100, seed=2)
    found = kernel_distance(generated=generated, real=real, subsets=9, subset_size=subset_size, seed=7)
    theirs = kid_features_to_metric(
        generated.double(), real.double(), kid_subsets=9, kid_subset_size=subset_size, rng_seed=7, verbose=False
    )
    assert found["kernel"] == pytest.approx(theirs[KEY_METRIC_KID_MEAN], rel=1e-5)
    assert found["kernel_std"] == pytest.approx(theirs[KEY_METRIC_KID_STD], rel=1e-5)


def test_kernel_distance_is_the_same_by_one_matrix_and_by_subsets():
    x, y = normal(50), normal(40, seed=1)
    picks_x, picks_y = (torch.from_numpy(picks) for picks in kernel._draw(50, 40, 6, 20, 0))
    one = kernel._sums_of_one_matrix(x, y, picks_x, picks_y, chunk=7)
    each = [kernel._kernel(x[i], y[j]).double().sum() for i, j in zip(picks_x, picks_y, strict=True)]
    torch.testing.assert_close(one, torch.stack(each))


def test_kernel_distance_is_zero_in_the_mean_for_one_distribution_and_large_for_noise():
    settings = {"subsets": 20, "subset_size": 200, "seed": 0}
    same = kernel_distance(generated=normal(600), real=normal(600, seed=1), **settings)
    noise = kernel_distance(generated=normal(600) * 3, real=normal(600, seed=1), **settings)
    assert abs(same["kernel"]) < 0.02 < 1 < noise["kernel"]
    assert same["kernel_std"] > 0


def test_kernel_distance_follows_its_seed_and_leaves_numpys_alone():
    import numpy as np

    def run(seed):
        return kernel_distance(generated=normal(60), real=normal(60, seed=1), subsets=3, subset_size=20, seed=seed)

    state = np.random.get_state()[1].tolist()  # noqa: NPY002 - the state that must not be touched
    assert run(0) == run(0) != run(1)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_a_kernel_subset_larger_than_the_set_is_an_error_that_names_the_remedy():
    with pytest.raises(UserError, match="choose subset_size=50"):
        kernel_distance(generated=normal(50), real=normal(500), subsets=2, subset_size=51, seed=0)


def test_inception_score_is_one_for_equal_predictions_and_the_class_count_for_sure_and_even_ones():
    equal = inception_score(logits=torch.zeros(100, 10), splits=1, seed=0)
    sure = inception_score(logits=100 * torch.eye(10).repeat(10, 1), splits=1, seed=0)
    assert equal["inception_score"] == pytest.approx(1)
    assert sure["inception_score"] == pytest.approx(10)
    assert equal.warnings == ()


def test_inception_score_equals_torch_fidelity_and_says_when_images_cannot_cover_the_classes():
    logits = normal(60, 20)
    found = inception_score(logits=logits, splits=10, seed=2020)
    assert tuple(found.values.values()) == tuple(isc_features_to_metric(logits).values())
    assert "20 classes" in found.warnings[0]
    with pytest.raises(UserError, match="choose splits=60"):
        inception_score(logits=logits, splits=61, seed=0)


def shares(generated: torch.Tensor, real: torch.Tensor):
    return manifold(generated=generated, real=real, k=3, density_k=5)


def test_precision_and_recall_equal_torch_fidelity():
    generated, real = normal(150, seed=1) * 0.7, normal(130, seed=2)
    found = shares(generated, real)
    theirs = prc_features_to_metric(generated, real, prc_neighborhood=3, verbose=False)
    assert found["precision"] == pytest.approx(theirs[KEY_METRIC_PRECISION]) != found["recall"]
    assert found["recall"] == pytest.approx(theirs[KEY_METRIC_RECALL])
    assert "150 generated and 130 real" in found.warnings[0]


def test_a_collapsed_generator_has_high_precision_and_low_recall_and_a_noisy_one_the_reverse():
    real = normal(300, width=4)
    collapsed = real[:1] + 0.01 * normal(300, width=4, seed=1)
    noisy = normal(300, width=4, seed=2) * 6
    of_collapsed, of_noisy = shares(collapsed, real), shares(noisy, real)
    assert of_collapsed["precision"] > 0.95 and of_collapsed["recall"] < 0.05
    assert of_noisy["precision"] < 0.2 and of_noisy["recall"] > 0.8
    assert of_collapsed["coverage"] < 0.1 and of_noisy["density"] < 0.1


def test_density_and_coverage_are_about_one_for_equal_distributions_and_zero_for_disjoint_ones():
    real, other = normal(800, width=4), normal(800, width=4, seed=1)
    same = shares(other, real)
    assert same["density"] == pytest.approx(1, abs=0.1)
    # Naeem et al., eq. 9: 1 - (N-1)...(N-k) / (2N-1)...(2N-k) = 1 - 2^-k at large N
    assert same["coverage"] == pytest.approx(1 - 2**-5, abs=0.03)
    assert set(shares(other + 100, real).values.values()) == {0}


def test_an_outlier_among_the_reals_raises_precision_but_hardly_density():
    real = torch.cat([normal(300, width=4), 10 * torch.ones(1, 4)])
    far = normal(301, width=4, seed=3) * 0.1 + 7
    found = shares(far, real)
    assert found["precision"] == 1 and found["density"] < 0.4


def test_distances_in_pieces_give_the_same_numbers(monkeypatch):
    real, generated = normal(130), normal(110, seed=1)

    def numbers():
        return (
            shares(generated, real)
            | mean_pairwise_distance(generated=generated)
            | memorization(generated=generated, train=real, heldout=normal(30, seed=2))
        ).values

    whole = numbers()
    monkeypatch.setattr(neighbors, "ELEMENTS", 2000)
    assert numbers() == pytest.approx(whole, rel=1e-6)


def test_more_neighbors_than_images_leave_out_the_numbers_of_that_k_alone():
    found = shares(normal(5), normal(5, seed=1))
    assert set(found.values) == {"precision", "recall"} and set(found.left_out) == {"density", "coverage"}
    assert "5 images have no 5-th neighbor; choose density_k=4" in str(found.left_out["density"])
    assert set(shares(normal(2), normal(9)).left_out) == {"precision", "recall"}


def test_identical_images_are_inside_one_another_however_long_their_features():
    x = (normal(1) + 1000).repeat(30, 1)
    assert set(shares(x, x).values.values()) <= {1.0, 6.0} and shares(x, x)["coverage"] == 1
    assert mean_pairwise_distance(generated=x)["mean_pairwise_distance"] == 0


def test_vendi_counts_the_different_images():
    basis = torch.eye(8)
    assert vendi_score(generated=basis.repeat(4, 1))["vendi_score"] == pytest.approx(8, rel=1e-4)
    assert vendi_score(generated=basis[:5])["vendi_score"] == pytest.approx(5, rel=1e-4)
    assert vendi_score(generated=torch.ones(6, 8))["vendi_score"] == pytest.approx(1, rel=1e-3)


def test_vendi_takes_images_without_any_feature_for_one_more_kind():
    assert vendi_score(generated=torch.zeros(6, 8))["vendi_score"] == pytest.approx(1)
    assert vendi_score(generated=torch.cat([torch.zeros(2, 8), torch.eye(8)[:2], torch.eye(8)[:2]]))["vendi_score"] == (
        pytest.approx(3)
    )


def test_mean_distance_is_over_pairs_of_different_images():
    corners = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
    assert mean_pairwise_distance(generated=corners)["mean_pairwise_distance"] == pytest.approx((3 + 4 + 5) / 3)


def test_copies_of_training_images_are_found_and_new_images_are_not():
    train, heldout = normal(400, width=4), normal(300, width=4, seed=1)
    copies = memorization(generated=train[:200], train=train, heldout=heldout)
    new = memorization(generated=normal(300, width=4, seed=2), train=train, heldout=heldout)
    assert copies["nn_distance_ratio"] == 0 and copies["ct_probability"] == 1 and copies["authenticity"] == 0
    assert new["nn_distance_ratio"] == pytest.approx(1, abs=0.15)
    assert new["ct_probability"] == pytest.approx(0.5, abs=0.06)
    assert 0.4 < new["authenticity"] < 0.7
    assert copies.warnings == new.warnings == ()


def test_one_held_out_image_is_enough_and_copies_of_it_leave_out_the_ratio_alone():
    train = normal(50)
    assert set(memorization(generated=normal(1, seed=1), train=train, heldout=normal(1, seed=2)).values) == {
        "nn_distance_ratio", "ct_probability", "authenticity",
    }  # fmt: skip
    found = memorization(generated=train[:2], train=train, heldout=train[:1])
    assert set(found.values) == {"ct_probability", "authenticity"} and "no scale" in str(
        found.left_out["nn_distance_ratio"]
    )


def test_held_out_images_that_were_trained_on_are_said():
    train = normal(50)
    found = memorization(generated=normal(20, seed=1), train=train, heldout=train[:3])
    assert "3 of 3 held-out images" in found.warnings[0]


def test_intra_class_distance_sees_classes_that_the_whole_set_hides():
    real = torch.cat([normal(200, width=3) - 4, normal(200, width=3, seed=1) + 4])
    labels = torch.arange(2).repeat_interleave(200)
    right = {"generated": real, "real": real, "real_labels": labels}
    assert intra_class_frechet(generated_labels=labels, **right)["intra_fd"] == pytest.approx(0, abs=1e-5)
    swapped = intra_class_frechet(generated_labels=1 - labels, **right)["intra_fd"]
    assert swapped == pytest.approx(3 * 8**2, rel=0.1)
    assert set(frechet_per_class(generated_labels=labels, **right)) == {0, 1}


def test_the_mean_over_classes_stands_beside_the_distance_of_each():
    real = normal(80, width=3)
    labels = torch.arange(2).repeat_interleave(40)
    sides = {"generated": real + labels[:, None], "generated_labels": labels, "real": real, "real_labels": labels}
    found = intra_class_frechet(**sides, names=("still", "moved"))
    assert found["intra_fd/still"] == pytest.approx(0, abs=1e-5)
    assert found["intra_fd/moved"] == pytest.approx(3, rel=1e-4)
    assert found["intra_fd"] == pytest.approx(1.5, rel=1e-4)
    assert set(intra_class_frechet(**sides).values) == {"intra_fd", "intra_fd/0", "intra_fd/1"}


def test_classes_without_images_are_left_out_and_said():
    x, labels = normal(9, width=2), torch.tensor([0, 0, 0, 0, 1, 1, 1, 1, 5])
    found = intra_class_frechet(generated=x, generated_labels=labels, real=x, real_labels=labels)
    assert "1 of 3 classes" in found.warnings[0] and "5" in found.warnings[0]
    with pytest.raises(UserError, match="no class"):
        intra_class_frechet(generated=x[-1:], generated_labels=labels[-1:], real=x, real_labels=labels)
    assert math.isfinite(found["intra_fd"])
