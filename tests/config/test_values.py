"""A value that cannot be is refused by its key, with what it may be; words are taken as they were typed."""

import subprocess
import sys

import pytest
from omegaconf import OmegaConf

from genarium.config import compose, conf_groups, trainer_keys, values
from genarium.config.grammar import in_shell, parse
from genarium.config.overrides import readable
from genarium.config.ranges import rule_of
from genarium.config.rules import Rule, shown
from genarium.errors import UserError
from small import environment


def shipped() -> list[tuple[str, object]]:
    """(key, value) of every plain value in every YAML of conf, by the key that sets it."""
    found = []
    for file in sorted(conf_groups.conf_dir().rglob("*.yaml")):
        group = file.parent.relative_to(conf_groups.conf_dir()).parts
        if group and not conf_groups.is_group(group[0]):
            continue
        content = OmegaConf.to_container(OmegaConf.load(file))
        content.pop("defaults", None)
        content.pop("hydra", None)
        found += [(".".join([*group, key]), value) for key, value in values.leaves(content)]
    return found


SHIPPED = shipped()


def refused(key: str, value: object, default: object) -> str:
    with pytest.raises(UserError) as error:
        values.check_value(key, value, default)
    assert str(error.value).startswith(f"{key}=")
    return str(error.value)


def test_every_switch_of_the_configuration_refuses_no_and_off_and_numbers():
    switches = [(key, value) for key, value in SHIPPED if isinstance(value, bool) and not key.endswith("_partial_")]
    assert len({key for key, _ in switches}) >= 7
    for key, value in switches:
        for wrong in ("no", "off", "None", 0, 1.5, None):
            assert "true" in refused(key, wrong, value)


def test_every_number_of_the_configuration_has_a_range_that_holds_it_and_a_value_below_it():
    numbers = [(key, value) for key, value in SHIPPED if type(value) in (int, float)]
    assert len(numbers) > 200
    free = {"start", "stop", "theta", "psi", "source_value", "target_value"}  # may be any number
    unknown = sorted({key for key, _ in numbers if not rule_of(key)})
    assert not unknown, f"say in ranges.py what these may be: {', '.join(unknown)}"
    for key, value in numbers:
        rule = rule_of(key)
        assert rule
        values.check_value(key, value, value)
        if rule.kind == "anything":
            continue
        refused(key, "abc", value)
        refused(key, float("nan"), value)
        if key.rpartition(".")[2] not in free:
            refused(key, -(2**40), value)
        if rule.kind == "whole":
            refused(key, 2.5, value)


def test_what_is_shipped_fits():
    for key, value in SHIPPED:
        values.check_value(key, value, value)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["data.flip=no"], "data.flip=no: must be true or false"),
        (["total_images=1e4"], "total_images=10000.0: must be a whole number, 1 or more, such as 10000"),
        (["seed=4294967296"], "seed=4294967296: must be a whole number, 0 to 4294967295"),
        (["callbacks.validate.seed=-1"], "callbacks.validate.seed=-1: must be a whole number, 0 to 4294967295"),
        (["model.beta=inf"], "model.beta=inf: must be a number, 0 or more"),
        (["model.optimizers.vae.grad_clip=0"], "must be a number, more than 0, or inf"),
        (["model=gan", "model.optimizers.generator.optimizer.betas=[0.5,1.0]"], "0 or more and less than 1"),
        (["data=folder", "data.path=x", "data.background=[0,0]"], "such as 'data.background=[255,255,255]'"),
        (["data.train_count=0"], "must be a whole number, 1 or more, or none"),
        (["callbacks.checkpoints.mode=maximum"], "must be min or max; did you mean max?"),
        (["model.encoder=5"], "model.encoder=5: holds keys, and is no value"),
        (["logger.wandb.tags=a"], "must be a list"),
        (["name="], "name=: must be text"),
        (["data=folder"], "say data.path=…: it is needed"),
        (
            ["model={latent_dim: 8, optimizers: {vae: {grad_clip: 1.5}}}"],
            "model.latent_dim=8 model.optimizers.vae.grad_clip=1.5",
        ),
        (["callbacks=null"], "there is no callbacks 'null'"),
        (["+trainer.max_epochs=3"], "trainer.max_epochs does nothing here: the budget is total_images=…"),
        (["trainer.gradient_clip_val=1"], "model.optimizers.PLAYER.grad_clip=…"),
        (["+trainer.maxepochs=3"], "there is no key 'maxepochs' in trainer"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_is_one_sentence_with_the_key_and_what_it_may_be(words, told):
    with pytest.raises(UserError, match=None) as error:
        compose.checked(words)
    assert told in str(error.value)


def test_evaluations_and_samplers_are_checked_the_same_way():
    for words, told in (
        ["evaluation.seed=-1", "0 to 4294967295"],
        ["evaluation.num_samples=1", "2 or more"],
        ["sampler.seed=4294967296", "0 to 4294967295"],
        ["evaluation.heldout_split=valid", "did you mean val"],
        ["evaluation.metrics.manifold.k=0", "1 or more"],
        ["checkpoint=first", "last or best"],
        ["evaluation.measures=samples", "must be a list"],
    ):
        with pytest.raises(UserError) as error:
            compose.checked(["run=x", words], "evaluate")
        assert told in str(error.value)


@pytest.mark.parametrize(
    "name",
    ["7", "1e3", "1_000", "null", "true", "007", "a b", "C#", "x,y", "k=v", "it's", "{x}", "Blüten", "50%", "[old]"],
)
def test_a_name_is_the_text_that_was_typed(name):
    config = compose.checked(
        [f"name={name}", f"group={name}", f"logger.wandb.tags=[{name}]" if "," not in name else "seed=0"]
    )
    assert (config.name, config.group) == (name, name)
    assert config.logger.wandb.name == name
    if "," not in name and "[" not in name:
        assert list(config.logger.wandb.tags) == [name]


def test_names_and_paths_in_a_sweep_are_as_typed_each():
    (override,) = [parse(readable("name=1e3,007,a b", sweep=True))]
    assert [parse(f"name={value}").value() for value in override.sweep_string_iterator()] == ["1e3", "007", "a b"]


def test_a_leading_tilde_is_the_home_in_every_path(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    config = compose.checked(["data=folder", "data.path=~/a b", "data.root=~", "data.cache=~/c"])
    assert (config.data.path, config.data.root, config.data.cache) == (
        f"{tmp_path}/a b",
        str(tmp_path),
        f"{tmp_path}/c",
    )
    assert compose.checked(["run=~/runs/x=1,y"], "evaluate").run == f"{tmp_path}/runs/x=1,y"


@pytest.mark.parametrize("text", ["b03/Blüten", "it's", 'a"b', "cash$5", "back\\slash", "!new", "a, [b] {c}: (d) #e"])
def test_the_word_that_a_sentence_shows_can_be_pasted_into_a_shell(text):
    shown = in_shell("data.crop", text)
    typed = subprocess.run(["bash", "-c", f"printf %s {shown}"], capture_output=True, text=True, check=True).stdout
    assert parse(typed).value() == text


def test_a_misspelled_name_is_answered_before_torch_is_imported(here):
    (here / "run").mkdir()
    (here / "run/config.yaml").touch()
    ask = (
        "import sys\nfrom genarium import cli\nsys.argv = ['genarium', *sys.argv[1:]]\n"
        "try:\n    cli.main()\nexcept SystemExit as end:\n    print(end.code, 'torch' in sys.modules)\n"
    )
    for words in (
        ["train", "model=vea"],
        ["train", "-m", "seed=0,1", "model.betta=1"],
        ["trian"],
        ["train", "data.flip=no"],
        ["train", "init=nope"],
        ["train", "-m", "model=ae,vae", "init=nope"],
        ["evaluate", "run", "evaluation/metrics=x"],
        ["evaluate", "run", "hydra.run.dir=x"],
        ["detect", "run", "in=nope"],
        ["edit", "run", "attribute=hue", "in=nope"],
        ["compress", "run", "in=nope", "out=x.vq"],
    ):
        made = subprocess.run([sys.executable, "-c", ask, *words], env=environment(), capture_output=True, text=True)
        assert made.stdout.split() == ["2", "False"], (words, made.stderr)
        assert made.stderr.startswith("genarium: ") and made.stderr.count("\n") == 1, made.stderr


def test_every_key_of_a_shipped_trainer_may_be_set():
    keys = {key.split(".")[1] for key, _ in SHIPPED if key.startswith("trainer.")}
    assert keys <= trainer_keys.ALLOWED


def test_a_rule_says_what_it_lets_through():
    assert Rule("whole", least=1, most=3).meaning == "a whole number, 1 to 3"
    assert Rule("number", above=0).meaning == "a number, more than 0"
    assert not Rule("whole", least=0).fits(True)
    assert Rule("number", least=0).fits(3)


@pytest.mark.parametrize(
    "key",
    ["callbacks.samples", "data.train_count", "data.white", "model.discriminator.network.encoder.attention_size"],
)
def test_none_is_the_word_of_absence_in_overrides_and_in_errors(key):
    whole = compose.checked(["model=sagan", f"{key}=none"])
    assert OmegaConf.select(whole, key, default="missing") is None
    assert shown(None) == "none"
