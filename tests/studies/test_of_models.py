"""What the table of models says of studies is what their rows say."""

from genarium.studies import of_models
from genarium.studies.results import FILE, JobRow, text
from genarium.studies.study_file import read

STUDY = """
title: A study
claim: More is better.
source: none
base: [model=ae]
arms: {plain: [], large: [model.latent_dim=8], other: [model=vae], mean: {program: "mean.py:mean"}}
data: {garden: [data=garden]}
seeds: 3
measures: {psnr: {}}
expectations: [arms.large better than arms.plain on psnr]
budgets: {full: [total_images=100], smoke: [total_images=10]}
"""


def test_a_models_number_is_of_its_plainest_arm_with_its_t_interval(tmp_path):
    """By hand: 20, 21, 22 have mean 21 and a 95 % half width of 4.303 · 1/√3 = 2.48."""
    folder = tmp_path / "sizes"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY)
    (folder / "mean.py").write_text("def mean(config, seed):\n    return {'psnr': 1.0}\n")
    values = {"plain": (20.0, 21.0, 22.0), "large": (30.0, 31.0, 32.0), "mean": (1.0, 1.0, 1.0)}
    rows = [
        JobRow("garden", arm, seed, f"{arm}{seed}", "finished", values={"psnr": value})
        for arm, found in values.items()
        for seed, value in enumerate(found)
    ]
    assert read(folder).arms
    (folder / FILE).write_text(text(rows, ["psnr"]))
    assert (
        of_models.found("ae", tmp_path) == "psnr 21.0 ± 2.5 (3 seeds, garden: [sizes](../../experiments/sizes)/plain)"
    )
    assert of_models.found("vae", tmp_path) == ""
