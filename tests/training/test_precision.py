"""Half precision: what the scale multiplies is divided again before anything looks at it."""

import pytest

from genarium.errors import UserError
from genarium.runs.run import Run
from genarium.training.precision import settled
from small import small_run

SCALER = (
    "+trainer.plugins=[{_target_: pytorch_lightning.plugins.MixedPrecision, precision: 16-mixed, device: cpu,"
    " scaler: {_target_: torch.amp.GradScaler, device: cpu, init_scale: %s}}]"
)
BRIEF = ["callbacks.terms.every=64", *(f"callbacks.{name}=null" for name in ("validate", "rates", "traversals"))]
PENALIZED = ["model/penalty=r1", "model/discriminator=dcgan_no_norm", "model.optimizers.discriminator.grad_clip=1e9"]


def numbers(run: Run, name: str) -> list[float]:
    return [value for _, found, value in run.rows() if found == name]


def scaled(model: str, folder, scale: float, *words: str, images: int = 320) -> Run:
    words = (*words, *BRIEF, SCALER % scale, "trainer.precision=null")
    return small_run(model, folder / str(scale), *words, images=images)


@pytest.mark.parametrize("model, player, words", [("vae", "vae", []), ("dcgan", "discriminator", PENALIZED)])
def test_a_scale_changes_no_norm_and_no_term(model, player, words, tmp_path):
    small, large = (scaled(model, tmp_path, scale, *words) for scale in (4.0, 1024.0))
    plain = small_run(model, tmp_path / "plain", *words, *BRIEF, images=320)
    norm = f"gradient_norm/{player}"
    for run in (small, large):
        assert run.result()["precision"] == "16-mixed"
        assert numbers(run, norm)[:3] == pytest.approx(numbers(plain, norm)[:3], rel=0.3)
    if words:
        assert numbers(large, "train/discriminator/penalty")[0] == pytest.approx(
            numbers(plain, "train/discriminator/penalty")[0], rel=0.05
        )


def test_steps_that_the_scaler_leaves_out_are_no_divergence(tmp_path):
    run = scaled("vae", tmp_path, 2.0**20, images=640)  # overflows until it was halved several times
    assert run.result()["status"] == "finished"
    norms = numbers(run, "gradient_norm/vae")
    assert 0 < len(norms) < len(numbers(run, "train/loss"))  # none of the first steps, which were not taken


@pytest.mark.parametrize("asked", ["bf16-true", "64-true", "16-true", "64", "transformer-engine", "half"])
def test_precisions_of_weights_are_refused_in_a_sentence(asked):
    with pytest.raises(UserError, match=rf"trainer.precision={asked}: choose auto, 32-true, bf16-mixed or 16-mixed"):
        settled(asked, "cpu")


def test_half_precision_is_refused_on_a_cpu_where_lightning_would_take_another_in_silence():
    with pytest.raises(UserError, match="choose bf16-mixed or 32-true"):
        settled("16-mixed", "cpu")
    assert settled(32, "cpu") == "32-true" and settled("16", "gpu") == "16-mixed" and settled(None, "cpu") is None


def test_a_precision_is_refused_before_a_run_is_written(tmp_path):
    with pytest.raises(UserError, match="bf16-mixed"):
        small_run("vae", tmp_path / "run", "trainer.precision=bf16-true")
    assert not Run(tmp_path / "run").config.exists()
