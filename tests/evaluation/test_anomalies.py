"""Anomalies as a part of an evaluation: against scikit-learn, and a threshold that sees no test image."""

import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from sklearn.metrics import average_precision_score, roc_auc_score

from genarium.config import compose
from genarium.errors import UserError
from genarium.evaluation.evaluate import Evaluation
from genarium.studies.objective import SearchObjective
from small import untrained

WORDS = ["run=x", "evaluation.extractor=none", "evaluation.measures=[anomalies]"]
NORMAL = ["data.only=[0,1,2]", "data.val_fraction=0.4"]


def evaluation(*words: str) -> Evaluation:
    return instantiate(compose.composed([*WORDS, *words], "evaluate").evaluation)


def errors(model, data, split: str) -> tuple[np.ndarray, np.ndarray]:
    """(squared error (n,), label (n,)) of each image of a split."""
    batch = data.pictures(data.split_indices(split))
    with torch.no_grad():
        again = model.eval().reconstruct(batch.images)
    return (again - batch.images).double().square().flatten(1).sum(1).numpy(), batch.labels.numpy()


def test_anomalies_are_told_as_scikit_learn_has_it_and_alarms_keep_to_held_out_normal_images():
    model, data = untrained("ae_mlp", *NORMAL)
    book = evaluation("evaluation.metrics.anomalies.alarm_rate=0.2").measure(model, data)
    found = {name: entry["value"] for name, entry in book.numbers.items()}
    (error, label), (held, _) = errors(model, data, "test"), errors(model, data, "val")
    anomalous = label > 2
    above = np.quantile(held, 0.8, method="higher")
    assert found["auroc/error/test"] == pytest.approx(roc_auc_score(anomalous, error))
    assert found["average_precision/error/test"] == pytest.approx(average_precision_score(anomalous, error))
    assert found["false_alarm_rate/error/test"] == pytest.approx((error[~anomalous] > above).mean(), abs=0.04)
    terms = book.protocols[book.numbers["auroc/error/test"]["protocol"]]
    assert terms["split"] == "test" and terms["threshold"]["split"] == "val"


def test_the_threshold_of_an_evaluation_never_sees_test_images():
    model, data = untrained("ae_mlp", *NORMAL)
    seen = []
    split_of = {row: split for split in ("train", "val", "test") for row in data.split_indices(split).tolist()}
    pictures = data.pictures
    data.pictures = lambda rows, device=None: (
        seen.append({split_of[row] for row in rows.tolist()}) or pictures(rows, device)
    )
    evaluation().measure(model, data)
    assert {"val"} in seen and {"test"} in seen and all(len(splits) == 1 for splits in seen)


@pytest.mark.parametrize("name, words, scores", [
    ("vae_mlp", [], {"error", "negative_elbo"}),
    ("gan", [], {"discriminator"}),
    ("vae_mlp", ["evaluation.metrics.anomalies.scores=[negative_elbo]"], {"negative_elbo"}),
])  # fmt: skip
def test_a_model_is_judged_by_each_score_that_it_offers_and_that_is_asked_for(name, words, scores):
    book = evaluation(*words).measure(*untrained(name, *NORMAL))
    assert {number.split("/")[1] for number in book.numbers} == scores
    assert {number.split("/")[0] for number in book.numbers} == {
        "auroc", "average_precision", "false_alarm_rate", "detection_rate"
    }  # fmt: skip


def test_no_score_depends_on_which_others_are_measured():
    model, data = untrained("vae_mlp", *NORMAL)
    alone = evaluation("evaluation.metrics.anomalies.scores=[negative_elbo]").measure(model, data)
    among = evaluation().measure(model, data)
    assert alone.numbers == {name: among.numbers[name] for name in alone.numbers}


@pytest.mark.parametrize("words, scores, why", [
    ([], "[error]", "not known (data.only=none): train with data.only=[0]"),
    (["data.only=[0,1,2,3,4,5]"], "[error]", "no test image is anomalous"),
    (NORMAL, "[discriminator]", "gives no score of evaluation.metrics.anomalies.scores=['discriminator']: it gives er"),
    (["data.only=[0]", "data.val_count=2"], "[error]", "2 held-out normal images are too few"),
])  # fmt: skip
def test_what_cannot_be_judged_is_left_out_with_its_reason(words, scores, why):
    book = evaluation(f"evaluation.metrics.anomalies.scores={scores}").measure(*untrained("ae_mlp", *words))
    assert not book.numbers and book.left_out
    assert all(why in reason and name.endswith("/test") for name, reason in book.left_out.items())


def test_no_search_follows_the_scores_of_test_images():
    with pytest.raises(UserError, match="anomalies are test images, which no search may see"):
        SearchObjective.read("auroc/error/val")
