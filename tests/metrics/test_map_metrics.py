"""Numbers of maps, against scikit-learn's cross-validation and against what a turn leaves alone."""

import numpy as np
import pytest
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from genarium.evaluation.maps import judged
from genarium.metrics.checks import DoesNotFit
from genarium.metrics.maps import map_knn_accuracy, trustworthiness

POINTS = np.random.default_rng(0).normal(size=(60, 2))
LABELS = (POINTS[:, 0] > 0).astype(int) + 2 * (POINTS[:, 1] > 0.5)


def test_the_vote_of_neighbors_is_leave_one_out_cross_validation():
    expected = cross_val_score(KNeighborsClassifier(5), POINTS, LABELS, cv=LeaveOneOut()).mean()
    assert map_knn_accuracy(points=POINTS, labels=LABELS, k=5)["map_knn_accuracy"] == pytest.approx(expected)
    assert 0.5 < expected < 1


def test_a_map_that_only_turns_is_trusted_and_one_that_shuffles_is_not():
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(2, 2)))[0]
    assert trustworthiness(points=3 * POINTS @ turn + 1, originals=POINTS, k=5)["trustworthiness"] == 1
    shuffled = np.random.default_rng(2).permutation(POINTS)
    assert trustworthiness(points=shuffled, originals=POINTS, k=5)["trustworthiness"] < 0.65


@pytest.mark.parametrize("find", [map_knn_accuracy, trustworthiness])
def test_more_neighbors_than_half_of_the_points_are_refused_with_a_number_that_fits(find):
    other = {"labels": LABELS[:9]} if find is map_knn_accuracy else {"originals": POINTS[:9]}
    with pytest.raises(DoesNotFit, match="choose k=4"):
        find(points=POINTS[:9], **other, k=5)
    find(points=POINTS[:9], **other, k=4)


def test_without_classes_a_map_is_judged_by_its_images_alone():
    assert set(judged(POINTS, POINTS, None, 5).values) == {"trustworthiness"}
    assert set(judged(POINTS, POINTS, LABELS, 5).values) == {"trustworthiness", "map_knn_accuracy"}
