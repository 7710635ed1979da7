"""Controls that no network learns, judged as an evaluation judges a model, and what each model minimized."""

from genarium.config import compose
from genarium.errors import UserError
from genarium.evaluation.anomalies import judged, rows_of
from genarium.training.build import built
from genarium.uses import anomaly_baselines
from genarium.uses.anomaly import Score


def opened(config):
    data = built(config.data.module, "data.module")
    data.setup()
    return data


def train_images(data):
    return data.pictures(data.split_indices("train")).images


def of_baseline(score: Score, data) -> dict[str, float]:
    """What a score without a network gives, which is its own objective."""
    settings = compose.composed(["run=none"], "evaluate").evaluation
    rows = rows_of(data, settings.num_samples)
    numbers = judged(score, data, rows, settings.metrics.anomalies.alarm_rate, data.device).values
    return {**numbers, "loss_auroc": numbers["auroc"]}


def pca(config, seed: int) -> dict[str, float]:
    """As many principal components as the code has numbers."""
    data = opened(config)
    return of_baseline(anomaly_baselines.pca_error(train_images(data), config.model.latent_dim, seed), data)


def isolation_forest(config, seed: int) -> dict[str, float]:
    data = opened(config)
    return of_baseline(anomaly_baselines.isolation_forest(train_images(data), seed), data)


def ink(config, seed: int) -> dict[str, float]:
    return of_baseline(anomaly_baselines.ink, opened(config))


def loss_auroc(run) -> float:
    """By what the model minimized: of a VAE the negative ELBO, of an autoencoder the squared error. As the evaluation
    of the other measures left it in result.json."""
    numbers = run.result().get("numbers", {})
    for name in ("auroc/negative_elbo/test", "auroc/error/test"):
        if name in numbers:
            return numbers[name]["value"]
    raise UserError("loss_auroc: anomalies were not measured")
