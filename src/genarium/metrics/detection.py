"""Anomaly detection: thresholds from normal images held out from fitting, and how well scores separate."""

import math

import torch
from sklearn.metrics import average_precision_score, roc_auc_score
from torch import Tensor

from genarium.errors import UserError
from genarium.metrics.result import Result


def threshold(normal: Tensor, alarm_rate: float) -> float:
    """Conformal threshold: the ceil((N + 1)(1 - alarm_rate))-th smallest score of N normal images that no model was
    fitted to. A further normal image exceeds it with a probability of at most `alarm_rate` (Vovk et al., 2005; Bates et
    al., arXiv:2104.08279, eq. 2). (N,) -> a score; UserError where N is too small for the rate.

    >>> threshold(torch.arange(1.0, 20.0), alarm_rate=0.05)  # of 20 exchangeable images one is the largest
    19.0
    """
    if not 0 < alarm_rate < 1:
        raise UserError(
            f"an alarm rate of {alarm_rate:g} leaves no threshold: choose one between 0 and 1, such as 0.05"
        )
    rank = math.ceil((len(normal) + 1) * (1 - alarm_rate) - 1e-9)
    if rank > len(normal):
        least = math.ceil(1000 / (len(normal) + 1)) / 1000
        raise UserError(
            f"{len(normal)} held-out normal images are too few for an alarm rate of {alarm_rate:g}: choose {least:g} or"
            " more, or hold out more images"
        )
    return normal.double().sort().values[rank - 1].item()


def separation(*, normal: Tensor, anomalous: Tensor) -> Result:
    """AUROC and average precision of scores that are to be high at anomalous images, without any threshold.
    (N,) and (M,) -> `auroc`, `average_precision`

    >>> separation(normal=torch.tensor([0.0, 2.0]), anomalous=torch.tensor([1.0, 3.0])).values  # 3 of 4 pairs in order
    {'auroc': 0.75, 'average_precision': 0.8333333333333333}
    """
    scores = torch.cat([normal, anomalous]).double().numpy()
    truth = torch.cat([torch.zeros(len(normal)), torch.ones(len(anomalous))]).numpy()
    return Result(
        {
            "auroc": float(roc_auc_score(truth, scores)),
            "average_precision": float(average_precision_score(truth, scores)),
        }
    )


def alarms(*, normal: Tensor, anomalous: Tensor, above: float) -> Result:
    """Shares of images whose score is above the threshold. (N,) and (M,) -> `false_alarm_rate`, `detection_rate`

    >>> alarms(normal=torch.tensor([0.0, 2.0]), anomalous=torch.tensor([1.0, 3.0]), above=2.0).values
    {'false_alarm_rate': 0.0, 'detection_rate': 0.5}
    """
    rates = {"false_alarm_rate": normal, "detection_rate": anomalous}
    return Result({name: (scores > above).double().mean().item() for name, scores in rates.items()})
