"""Samples that no network drew, and the Parzen window estimate of any samples."""

import torch
from sklearn.cluster import MiniBatchKMeans

from genarium.metrics.parzen import parzen_log_likelihood, parzen_scale
from genarium.training.build import built
from genarium.training.checkpoint import restore

SAMPLES, HELD_OUT = 10_000, 1_000
SCALES = torch.logspace(-1, 0, 10)


def images(data, split: str, count: int | None = None) -> torch.Tensor:
    """Gray values in [0, 1], (N, D)."""
    rows = data.split_indices(split)[:count]
    return (data.pictures(rows).images.flatten(1) + 1) / 2


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def estimate(samples: torch.Tensor, data) -> float:
    """The scale is chosen on held-out images, the estimate is of the test set."""
    sigma = parzen_scale(generated=samples, real=images(data, "val", HELD_OUT), scales=SCALES)
    return parzen_log_likelihood(generated=samples, real=images(data, "test"), sigma=sigma)["parzen_log_likelihood"]


def truth(config, seed: int) -> dict[str, float]:
    """Training images: samples of the true distribution."""
    data = opened(config)
    train = images(data, "train")
    chosen = torch.randperm(len(train), generator=torch.Generator().manual_seed(seed))[:SAMPLES]
    return {"parzen_log_likelihood": estimate(train[chosen], data)}


def kmeans(config, seed: int) -> dict[str, float]:
    """Centroids of the training images, at least five images to each."""
    data = opened(config)
    train = images(data, "train")
    count = min(SAMPLES, len(train) // 5)
    found = MiniBatchKMeans(count, batch_size=4_096, n_init=1, max_iter=5, random_state=seed).fit(train.numpy())
    return {"parzen_log_likelihood": estimate(torch.from_numpy(found.cluster_centers_).float(), data)}


def of_run(run) -> float:
    """Samples of a trained model."""
    from genarium.config import compose

    model, data = restore(run), opened(compose.load(run.config))
    with model.evaluating(0), torch.no_grad():
        samples = model.sample(SAMPLES, torch.Generator().manual_seed(0)).flatten(1)
    return estimate((samples + 1) / 2, data)
