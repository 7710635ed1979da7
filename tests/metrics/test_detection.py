"""Anomaly detection: separation against closed forms, and the guarantee of the threshold."""

import itertools
import math

import pytest
import torch

from genarium.errors import UserError
from genarium.metrics.detection import alarms, separation, threshold


def test_auroc_of_shifted_gaussians_is_the_normal_distribution_of_the_shift():
    normal, anomalous = torch.randn(4000), torch.randn(4000) + 1.5
    expected = 0.5 * (1 + math.erf(1.5 / 2))  # Phi(d / sqrt 2)
    assert separation(normal=normal, anomalous=anomalous)["auroc"] == pytest.approx(expected, abs=0.01)


def test_scores_that_say_nothing_have_half_the_auroc_and_the_share_of_anomalies_as_precision():
    numbers = separation(normal=torch.zeros(30), anomalous=torch.zeros(10))
    assert numbers.values == {"auroc": 0.5, "average_precision": 0.25}


def test_a_further_normal_image_exceeds_the_threshold_as_often_as_the_rate_says():
    raised = [  # each of 5 exchangeable scores in turn is the further one
        alarms(normal=order[4:], anomalous=order[4:], above=threshold(order[:4], 0.2))["false_alarm_rate"]
        for order in map(torch.tensor, itertools.permutations([1.0, 2.0, 3.0, 4.0, 5.0]))
    ]
    assert sum(raised) / len(raised) == pytest.approx(0.2)


def test_the_threshold_of_a_rate_takes_enough_normal_images():
    assert threshold(torch.arange(19.0), 0.05) == 18
    with pytest.raises(UserError, match=r"18 held-out .* too few for an alarm rate of 0\.05: choose 0\.053 or more"):
        threshold(torch.arange(18.0), 0.05)
    assert threshold(torch.arange(18.0), 0.053) == 17
