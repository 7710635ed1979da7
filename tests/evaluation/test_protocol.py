"""What a number depends on is in its protocol, and nothing else is; what cannot be had is named beside what can."""

import copy
import math

import numpy as np
import pytest
import torch
from omegaconf import OmegaConf
from pixels import Pixels
from test_parts import untrained

from genarium.commands.keep_numbers import keep
from genarium.config import compose
from genarium.data import source
from genarium.errors import UserError
from genarium.evaluation.evaluate import Evaluation
from genarium.evaluation.measures import SPLITS
from genarium.evaluation.samplers import DefaultSampler, GaussianMixtureSampler, PriorSampler, StandardNormalSampler
from genarium.protocols import Encodes
from genarium.runs.run import Run

FD, COUNT = "fd/pixels/24_train", 24
ALL = ["samples", "memorization", "reconstructions", "codes"]


@pytest.fixture(scope="module")
def settings() -> dict:
    words = ["run=x", "evaluation=quick", "evaluation.metrics.likelihood.samples=2"]
    return OmegaConf.to_container(compose.composed(words, "evaluate").evaluation.metrics)


@pytest.fixture(scope="module")
def vae():
    return untrained("vae")


@pytest.fixture(scope="module")
def ae():
    return untrained("ae")


@pytest.fixture
def measure(settings):
    def call(pair, *parts: str, sampler=None, checkpoint: str = "last", extractor=None, **changes):
        own = {
            "num_samples": COUNT,
            "reference_split": "train",
            "heldout_split": "val",
            "seed": 1,
            "metrics": settings,
        } | changes
        made = Evaluation(extractor or Pixels(), sampler or DefaultSampler(0), list(parts or ALL), **own)
        return made.measure(*pair, checkpoint=checkpoint)

    return call


def changed(settings: dict, key: str, value: object) -> dict:
    made, (group, name) = copy.deepcopy(settings), key.split(".")
    made[group][name] = value
    return made


def of(book, name: str) -> dict:
    return book.protocols[book.numbers[name]["protocol"]]


def test_a_protocol_says_which_images_weights_machine_and_source(vae, measure):
    book = measure(vae)
    for name in book.numbers:
        terms = of(book, name)
        assert {"rows", "real", "split", "checkpoint", "images_seen", "device", "tf32", "code", "versions"} <= set(
            terms
        )
        assert terms["device"] == "cpu" and terms["tf32"] is False and terms["checkpoint"] == "last"
    assert of(book, "active_units/val")["codes"] == {"active_threshold": 0.01}
    trained = of(book, "linear_probe_accuracy/val")["probes"]["trained_on"]
    assert trained["split"] == "train" and trained["real"] == 255 and len(trained["rows"]) == 10
    assert of(book, "psnr/val")["rows"] != of(book, FD)["rows"]


@pytest.mark.parametrize(
    ("key", "value", "moved"),
    [
        ("manifold.k", 4, {"precision", "recall"}),
        ("manifold.density_k", 4, {"density", "coverage"}),
        ("kernel.subsets", 7, {"kd", "kd_std"}),
        ("factors.bins", 7, {"mig", "factor_vae_score", "beta_vae_score"}),
        ("factors.trees", 3, {"dci_disentanglement", "dci_completeness", "dci_informativeness"}),
        ("probes.k", 2, {"knn_accuracy"}),
        ("likelihood.samples", 3, {"negative_log_likelihood", "negative_elbo", "bits_per_dimension"}),
    ],
)
def test_a_setting_is_in_the_protocol_of_its_own_numbers_alone(key, value, moved, vae, measure, settings):
    parts = ("samples",) if key.split(".")[0] in ("manifold", "kernel") else ("codes",)
    before, after = measure(vae, *parts), measure(vae, *parts, metrics=changed(settings, key, value))
    differ = {name for name in before.numbers if before.numbers[name]["protocol"] != after.numbers[name]["protocol"]}
    named = {name.split("/")[0] for name in differ}
    assert named <= moved and named | {name.split("/")[0] for name in before.left_out} >= moved


def test_other_rows_are_another_protocol(vae, measure):
    model, data = vae
    few = untrained("vae", "data.val_count=8")[1]
    book, other = (
        measure((model, data), "reconstructions", num_samples=8),
        measure((model, few), "reconstructions", num_samples=8),
    )
    assert of(book, "mse/val")["rows"] == of(other, "mse/val")["rows"]  # the same eight, evenly spread
    shifted = measure((model, few), "reconstructions", num_samples=7)
    assert of(shifted, "mse/val")["rows"] != of(other, "mse/val")["rows"]


def test_samplers_are_fitted_to_training_images_whatever_is_compared(ae, measure):
    told = {
        split: of(measure(ae, "samples", reference_split=split), f"fd/pixels/24_{split}")["sampler"] for split in SPLITS
    }
    assert len(set(told.values())) == 1 and "255 codes of train (" in told["test"]


def test_a_copier_is_found_though_few_training_images_are_compared(vae, measure):
    """24 of 255 are compared, and each copy is of another image than these."""
    model, data = vae
    rows = data.split_indices("train")
    compared = rows[np.arange(COUNT) * len(rows) // COUNT]
    others = np.setdiff1d(rows, compared)[:COUNT]

    class Copier(type(model)):
        def sample(self, count, generator=None):
            return data.pictures(others[:count], torch.device("cpu")).images

    copier = copy.copy(model)
    copier.__class__ = Copier
    for split in ("train", "test"):
        book = measure((copier, data), "memorization", reference_split=split)
        found = {name.split("/")[0]: entry["value"] for name, entry in book.numbers.items()}
        assert found["nn_distance_ratio"] < 1e-3 and found["ct_probability"] == 1 and found["authenticity"] == 0
        assert of(book, "ct_probability/pixels/24_train")["real"] == len(rows)
        assert of(book, "ct_probability/pixels/24_train")["heldout"]["split"] == "val"


def test_features_of_the_compared_images_are_not_made_again_for_the_search(vae, measure):
    extractor = Pixels(side=3)
    measure(vae, "samples", "memorization", extractor=extractor)
    assert extractor.seen == COUNT + 255 + COUNT  # generated, all training images, held-out ones


def test_a_damaged_cache_is_made_anew(vae, measure, cache):
    extractor = Pixels(side=2)
    before = set((cache / "features").glob("*")) if (cache / "features").exists() else set()
    whole = measure(vae, "samples", extractor=extractor)
    (made,) = set((cache / "features").glob("*")) - before
    for damage in (b"", made.read_bytes()[:100], b"no archive"):
        made.write_bytes(damage)
        assert measure(vae, "samples", extractor=extractor).numbers == whole.numbers


def test_what_does_not_fit_is_left_out_with_the_key_that_makes_it_fit_and_the_others_stand(ae, measure, settings):
    book = measure(ae, "samples", num_samples=5)
    assert {"fd/pixels/5_train", "precision/pixels/5_train", "kd/pixels/5_train"} <= set(book.numbers)
    why = book.left_out["density/pixels/5_train"]
    key, _, value = why.rpartition("set ")[2].partition("=")
    assert key == "evaluation.metrics.manifold.density_k"
    again = measure(
        ae, "samples", num_samples=5, metrics=changed(settings, key.removeprefix("evaluation.metrics."), int(value))
    )
    assert "density/pixels/5_train" in again.numbers and not again.left_out
    compose.checked(["run=x", f"{key}={value}"], "evaluate")


def test_too_few_codes_for_a_density_leave_out_the_samples_alone_and_the_remedy_works(measure):
    pair = untrained("ae", "model.latent_dim=300")
    book = measure(pair, "samples", "memorization", "reconstructions")
    assert "mse/val" in book.numbers and FD not in book.numbers
    why = book.left_out[FD]
    assert "255 codes are too few for gaussian in 300 dimensions: choose sampler=standard_normal" in why
    assert {"kd/pixels/24_train", "recall/pixels/24_train", "ct_probability/pixels/24_train"} <= set(book.left_out)
    assert f"{FD}/standard_normal" in measure(pair, "samples", sampler=StandardNormalSampler()).numbers


def test_a_model_that_draws_nan_still_has_its_reconstructions(vae, measure):
    model, data = vae
    broken = copy.copy(model)
    broken.sample = lambda count, generator=None: torch.full((count, 3, 16, 16), math.nan)
    book = measure((broken, data))
    assert "NaN" in book.left_out[FD] and "psnr/val" in book.numbers and "rate/val" in book.numbers


def test_one_held_out_image_and_none(vae, measure):
    model, _ = vae
    one = untrained("vae", "data.val_count=1")[1]
    book = measure((model, one))
    assert {"psnr/val", FD, "ct_probability/pixels/24_train", "rate/val"} <= set(book.numbers)
    assert {"mig/val", "active_units/val"} <= set(book.left_out)
    none = untrained("vae", "data.val_fraction=0")[1]
    book = measure((model, none))
    assert FD in book.numbers and "no images in its split 'val'" in book.left_out["ct_probability/pixels/24_train"]
    assert "no images in its split 'val'" in book.left_out["reconstructions/val"]


def test_modes_that_cannot_be_judged_leave_the_distances_alone(vae, measure, monkeypatch):
    def refuse(*args):
        raise UserError("too small to tell")

    monkeypatch.setattr("genarium.evaluation.generated.mode_classifier", refuse)
    book = measure(vae, "samples", "modes")
    assert FD in book.numbers and book.left_out == dict.fromkeys(
        ("modes_covered/24", "mode_coverage/24", "modes_kl/24"), "too small to tell"
    )


def test_a_defect_of_ours_is_not_taken_for_a_number_that_cannot_be_had(vae, measure, monkeypatch):
    def broken(**sides):
        raise TypeError("a defect")

    monkeypatch.setattr("genarium.evaluation.samples.vendi_score", broken)
    with pytest.raises(TypeError, match="a defect"):
        measure(vae, "samples")


def test_a_perfect_autoencoder_has_an_infinite_psnr_and_finite_others(ae, measure):
    model, data = ae
    perfect = copy.copy(model)
    perfect.reconstruct = lambda x: x
    book = measure((perfect, data), "reconstructions")
    assert book.numbers["psnr/val"]["value"] == math.inf
    assert book.numbers["ssim/val"]["value"] == pytest.approx(1) and book.numbers["mse/val"]["value"] == 0


def test_numbers_of_the_best_checkpoint_stand_beside_those_of_the_last(vae, measure, tmp_path):
    last, best = measure(vae, "samples"), measure(vae, "samples", checkpoint="best")
    assert of(best, f"{FD}/best")["checkpoint"] == "best" and not set(last.numbers) & set(best.numbers)
    run = Run(tmp_path)
    keep(run, last)
    keep(run, best)
    assert {FD, f"{FD}/best"} <= set(run.result()["numbers"])


def test_a_number_of_another_state_is_not_replaced_in_silence(vae, measure, tmp_path, capsys):
    model, data = vae
    run, before = Run(tmp_path), measure(vae, "reconstructions")
    keep(run, before)
    keep(run, before)
    assert capsys.readouterr().err == ""
    later = copy.copy(model)
    later.images_seen = 64
    keep(run, measure((later, data), "reconstructions"))
    assert "images_seen 0 -> 64" in capsys.readouterr().err
    assert set(run.result()["protocols"]) == {entry["protocol"] for entry in run.result()["numbers"].values()}


def test_what_is_left_out_is_kept_until_it_is_measured(ae, measure, settings, tmp_path):
    run = Run(tmp_path)
    keep(run, measure(ae, "samples", num_samples=5))
    assert "density/pixels/5_train" in run.result()["left_out"]
    keep(run, measure(ae, "samples", num_samples=5, metrics=changed(settings, "manifold.density_k", 2)))
    assert "density/pixels/5_train" not in run.result()["left_out"]


def test_the_floor_of_a_fitted_covariance_follows_the_codes_scale():
    class Identity(torch.nn.Module):
        latent_dim = 2

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(1))

        encode = decode = staticmethod(lambda x: x)

    codes = torch.randn(500, 2, generator=torch.Generator().manual_seed(0)) * torch.tensor([1.0, 0.1])
    drawn = {}
    for scale in (1.0, 1e-4):
        sampler = GaussianMixtureSampler(components=2, seed=0)
        sampler.fit(Identity(), [codes * scale])
        drawn[scale] = torch.cat(list(sampler.chunks(Identity(), 50, torch.Generator().manual_seed(0))))
    torch.testing.assert_close(drawn[1e-4] * 1e4, drawn[1.0], rtol=1e-3, atol=1e-4)


def test_a_chosen_sampler_that_a_model_cannot_have_is_refused_before_the_work(ae, measure):
    assert isinstance(ae[0], Encodes)
    extractor = Pixels()
    with pytest.raises(Exception, match="sampler=gaussian"):
        measure(ae, sampler=PriorSampler(), extractor=extractor)
    assert extractor.seen == 0


def test_an_evaluation_knows_the_splits_of_the_data_room():
    assert SPLITS == source.SPLITS
