"""From words to a configuration: what there is to choose, and what is refused."""

import pytest
import yaml
from omegaconf import OmegaConf

from genarium.config import compose, conf_groups, roots
from genarium.errors import UserError
from small import REPOSITORY


def test_the_choices_of_a_group_are_its_files_with_their_first_lines():
    found = conf_groups.choices("model")
    files = {file.stem: file for file in (REPOSITORY / "conf/model").glob("*.yaml")}
    assert found.keys() == files.keys() - {"base"}
    assert all(files[name].read_text().splitlines()[0] == f"# {line}" for name, line in found.items())


def test_every_group_is_named_once_model_first_and_inner_groups_after_theirs():
    groups = conf_groups.groups()
    assert len(groups) == len(set(groups)) and groups[0] == "model"
    assert groups.index("model/penalty") < groups.index("data")
    assert set(conf_groups.parts("model")) == {name.partition("/")[2] for name in groups if name.startswith("model/")}


@pytest.mark.parametrize("model", ["ae", "gumbel_vae", "progan", "dirac_gan"])
def test_a_model_composes_checks_and_resolves(model):
    """Tests of the zoos compose every one."""
    config = compose.checked([f"model={model}", "name=run"])
    resolved = OmegaConf.to_container(config, resolve=True)
    assert resolved["choices"]["model"] == model and resolved["model"]["_target_"].startswith("genarium.models.")
    assert set(config) == roots.KNOWN["train"]


@pytest.mark.parametrize("group", ["data", "trainer", "callbacks", "logger"])
def test_every_option_of_the_other_groups_composes(group):
    for option in conf_groups.choices(group):
        whole = compose.with_hydra([f"{group}={option}", "name=run"])
        assert whole.hydra.runtime.choices[group] == option and compose.without_hydra(whole, "train")[group] is not None


def test_a_word_wins_over_the_yaml_and_what_follows_from_it_follows():
    config = compose.checked(["model=vae", "name=run", "data.batch_size=7", "total_images=1000"])
    assert config.data.module.batch_size == 7
    assert config.model.optimizers.vae.lr_schedule.over == 1000


def test_what_is_composed_is_ones_own():
    one = compose.composed(["model=vae", "name=run"])
    one.model.beta = 77
    assert compose.composed(["model=vae", "name=run"]).model.beta != 77


@pytest.mark.parametrize(
    ("word", "whether"),
    [
        ("model=vae", True),
        ("+model/penalty=r1", True),
        ("~logger", True),
        ("model.beta=4", False),
        ("seed=3", False),
        ("modle=vae", False),
    ],
)
def test_a_choice_is_a_word_whose_key_is_a_group(word, whether):
    assert conf_groups.is_choice(word) == whether


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["model="], "there is no model ''"),
        (["model=null"], "there is no model 'null'"),
        (["model/penalty=base"], "there is no model/penalty 'base'"),
        (["model={beta: 2}"], "write its keys one by one, model.beta=2"),
        (["~model"], "'model' is needed"),
        (["model.encoder.deeper.width=2"], "no key 'deeper' in model.encoder"),
        (["trainer.max_steps=3"], "the budget is total_images="),
        (["+nothing=1"], "there is no key 'nothing'"),
        (["=1"], "write key=value"),
        (["vae"], "write model=vae"),
        (["model/=vae"], "'model/' is no key"),
        ([f"{'x' * 3000}=1"], "is no key"),
        (["model=[vae]"], "there is no model '[vae]'; did you mean vae"),
        (["model=vae data=garden"], "there is no model 'vae data=garden'"),
        (["model=vae,"], "there is no model 'vae,'; did you mean vae"),
        ([f"model={'x' * 3000}"], "genarium list model shows them"),
        (["+model=vae"], "write model/encoder=… without +"),
        (["++model=vae"], "write model=… without +"),
        (["+seed=3"], "write seed=… without +"),
        (["~nothing"], "leave ~nothing out"),
        (["model@elsewhere=vae"], "write model=…, without @"),
        (["model/encoder@model.encoder=mlp"], "write model/encoder=…, without @"),
        (["model/generator=dcgan"], "no group 'model/generator' in model=vae, which has model/decoder, model/encoder"),
        (["model/nothing=x"], "no group 'model/nothing' in model=vae"),
        (["callbacks/samples=none"], "set a key, callbacks.KEY=…"),
        (["resolution=32"], "did you mean data.resolution?"),
        (["lr=1e-3"], "did you mean model.optimizers.vae.optimizer.lr?"),
        (["choices.model=dcgan"], "set model=…"),
        (["seed=first(1)"], "seed must be a whole number"),
        ([f"seed={'9' * 5000}"], "seed must be a whole number"),
        ([f"model.beta={'[' * 200}{']' * 200}"], "too many brackets"),
    ],
)
def test_words_that_do_not_fit_are_one_sentence(words, said):
    with pytest.raises(UserError) as error:
        compose.composed(words)
    assert said in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("total_images={first: 1}", "total_images holds keys: it must be a whole number, 1 or more"),
        ("model.beta={start: 0}", "model.beta holds keys: it must be a number, 0 or more"),
        ("model.encoder=mlp", "write model/encoder=mlp"),
        ("model.encoder=nothing", "set model.encoder.channels=…"),
        ("total_images=${nothing}", "total_images cannot be worked out (Interpolation key 'nothing' not found)"),
        ("name=${name}", "name cannot be worked out"),
    ],
)
def test_keys_in_the_place_of_a_value_and_the_reverse_are_one_sentence(word, said):
    with pytest.raises(UserError) as error:
        compose.checked([word])
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_run_without_a_key_says_so_in_its_name():
    assert (
        "negative_slope=none"
        in compose.composed(["model=dcgan", "~model.discriminator.encoder.activation.negative_slope"]).name
    )


@pytest.mark.parametrize(
    ("name", "word", "said"),
    [
        ("train", "evaluation=offline", "no key 'evaluation' here: it is one of genarium evaluate"),
        ("train", "evaluation.num_samples=3", "no key 'evaluation' here: it is one of genarium evaluate"),
        ("evaluate", "model=vae", "no key 'model' here: it is one of genarium train"),
        ("evaluate", "model/generator=unet", "no key 'model' here: it is one of genarium train"),
    ],
)
def test_a_word_of_another_command_is_said_to_be(name, word, said):
    """Hydra knows the option, and not the group."""
    with pytest.raises(UserError) as error:
        compose.composed([word], name)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_missing_word_is_named():
    with pytest.raises(UserError, match=r"say data\.path="):
        compose.checked(["data=folder"])


def test_the_configuration_of_a_run_is_read_as_it_was_written(tmp_path):
    config = compose.composed(["model=ae", "name=run"])
    OmegaConf.resolve(config)
    config.data.cache = config.data.module.cache = str(tmp_path)
    (tmp_path / "config.yaml").write_text(OmegaConf.to_yaml(config))
    assert OmegaConf.to_container(compose.load(tmp_path / "config.yaml")) == yaml.safe_load(OmegaConf.to_yaml(config))
