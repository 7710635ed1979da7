"""Maps of a data set in the plane: how well neighbors there are of one class, and were neighbors before."""

import numpy as np
from sklearn.manifold import trustworthiness as share_of_true_neighbors
from sklearn.neighbors import NearestNeighbors

from genarium.metrics.checks import DoesNotFit
from genarium.metrics.result import Result


def map_knn_accuracy(*, points: np.ndarray, labels: np.ndarray, k: int) -> Result:
    """Leave-one-out accuracy of the vote of the k nearest other points; ties go to the smaller label. (N, D), (N,)

    >>> map_knn_accuracy(points=np.array([[0.0], [1.0], [9.0], [10.0]]), labels=np.array([0, 0, 1, 0]), k=1).values
    {'map_knn_accuracy': 0.5}
    """
    check_neighbors(len(points), k)
    near = labels[NearestNeighbors(n_neighbors=k).fit(points).kneighbors(return_distance=False)]
    votes = (near[:, :, None] == np.unique(labels)).sum(1)
    return Result({"map_knn_accuracy": float((np.unique(labels)[votes.argmax(1)] == labels).mean())})


def trustworthiness(*, points: np.ndarray, originals: np.ndarray, k: int) -> Result:
    """Trustworthiness (Venna & Kaski, Neural Networks 19 (2006), eq. 1) of a map `points` (N, D) of `originals` (N, F):
    1 less what is charged for each of the k nearest neighbors on the map that is none among the originals, by its rank
    there.

    >>> curve = np.arange(20.0)[:, None] ** 1.5  # no two points are equally far from a third
    >>> trustworthiness(points=2 * curve, originals=curve, k=5).values
    {'trustworthiness': 1.0}
    """
    check_neighbors(len(points), k)
    return Result({"trustworthiness": float(share_of_true_neighbors(originals, points, n_neighbors=k))})


def check_neighbors(count: int, k: int) -> None:
    """DoesNotFit where `count` points have no k neighbors that are less than half of them."""
    if not 1 <= k < count / 2:
        raise DoesNotFit(f"{count} points are too few for {k} neighbors of each", "k", max(1, (count - 1) // 2))
