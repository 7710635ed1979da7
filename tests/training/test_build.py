"""What a run is made of, built from its configuration: data that fit the model, or a sentence."""

import pytest
from hydra.errors import InstantiationException
from omegaconf import DictConfig, OmegaConf

from genarium.errors import UserError
from genarium.training.build import built, position, prepare
from small import configured

UNPAIRED = ["data/domains=negative", "data.unpaired=true"]


def resolved(model: str, *overrides: str) -> DictConfig:
    config = configured(model, "total_images=64", *overrides)
    OmegaConf.resolve(config)
    return config


def test_data_and_model_come_ready_for_the_first_batch_and_data_are_shown_before_the_model_is_tried():
    shown = []
    data, model = prepare(resolved("vae"), look=shown.append)
    assert shown == [data] and data.budget == 64
    batch = next(iter(data.train_dataloader()))
    assert model.terms(batch)["loss"].shape == (32,)
    assert model.images_seen == 0 and not model.averages  # its rehearsal took no step


@pytest.mark.parametrize(
    ("model", "words", "said"),
    [
        ("vae", ["data.labels_per_class=2"], "vae learns nothing from labels: leave data.labels_per_class=none"),
        ("cgan", ["data.labels_per_class=2"], "cgan needs the label of every image"),
        ("vae", ["data.classes=5"], "garden has 6 classes here: set data.classes=6"),
        ("vae", ["data.batch_size=100000"], "larger than the set"),
        ("pix2pix", UNPAIRED, "pix2pix learns from pairs, .*: set data.unpaired=false, or choose model=cyclegan or"),
        ("pix2pix_l1", ["data/domains=classes"], "pix2pix_l1 learns from pairs, .* in none: choose model=cyclegan or"),
    ],
)
def test_data_that_do_not_fit_are_refused_in_a_sentence(model, words, said):
    with pytest.raises(UserError, match=said):
        prepare(resolved(model, *words))


def test_a_game_alone_may_be_played_without_pairs():
    _, model = prepare(resolved("pix2pix", *UNPAIRED, "model/discriminator_input=target", "model.distance_weight=0"))
    assert not model.needs_pairs and prepare(resolved("pix2pix", "data/domains=negative"))[1].needs_pairs


def test_a_conditional_model_is_given_the_classes_of_its_training_images():
    data, model = prepare(resolved("cvae", "data.imbalance=8"))
    assert sum(data.class_counts) == len(data.split_indices("train"))
    assert model.class_prior.share.argmax() == max(range(6), key=lambda k: data.class_counts[k])


@pytest.mark.parametrize(
    ("seen", "budget", "size", "batch"),
    [(0, 64, 32, 0), (32, 64, 32, 1), (64, 64, 32, 2), (48, 100, 10, 4), (10, 100, 32, 1), (99, 100, 32, 3)],
)
def test_a_resumed_run_has_as_many_batches_left_as_its_budget_needs(seen, budget, size, batch):
    """Also where earlier batches had another size."""
    assert position(seen, budget, size) == batch
    left = -(-budget // size) - batch
    assert (left - 1) * size < budget - seen <= left * size


def test_a_sentence_of_a_part_is_told_as_it_is_and_any_other_error_names_its_keys():
    with pytest.raises(UserError, match=r"^a Laplacian pyramid .*choose data\.resolution="):
        built(resolved("lapgan", "model.generator.levels=3").model, "model")
    with pytest.raises(UserError, match=r"cannot build the run: .* check the keys of `data\.module`") as error:
        built(OmegaConf.create({"_target_": "datetime.date", "year": 0, "month": 1, "day": 1}), "data.module")
    assert not isinstance(error.value.__cause__, InstantiationException)


def test_extra_arguments_are_handed_on():
    assert built(OmegaConf.create({"_target_": "datetime.date", "year": 2000}), "x", month=2, day=3).month == 2
