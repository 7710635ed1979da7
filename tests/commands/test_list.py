"""genarium list: every group, wildcards, families, needs, BibTeX, on 80 columns."""

import re

import pytest
from omegaconf import OmegaConf

from genarium.commands import list as listing
from genarium.config import references, zoo
from genarium.config.compose import composed
from genarium.config.conf_groups import choices, groups
from genarium.errors import UserError

CARDS = zoo.cards()


@pytest.fixture
def shown(capsys):
    """What `genarium list words` prints."""

    def run(*words: str) -> str:
        listing.main(list(words))
        return capsys.readouterr().out

    return run


@pytest.mark.parametrize("group", groups())
def test_every_option_of_every_group_is_listed_within_80_columns(shown, group):
    printed = shown(group)
    names = re.findall(r"^  (\w+)  ", printed, re.M)
    assert set(names) == set(choices(group)) and len(names) == len(set(names))
    assert max(map(len, printed.splitlines())) <= 80


def test_models_stand_by_family_with_papers_and_needs(shown):
    sections = dict(part.split("\n", 1) for part in shown("models").split("\n\n"))
    gans = sections["Generative adversarial networks"]
    for name in ("ali", "dirac_gan", "vae_gan", "dcgan"):
        assert f"  {name} " in gans
    assert "  factor_vae " in sections["Variational autoencoders"] and "  aae " in sections["Autoencoders"]
    assert "Gulrajani et al., arXiv:1704.00028" in gans
    entry = gans[gans.index("  acgan ") :].split("\n  ", 3)
    assert "needs classes" in "\n".join(entry[:4])


@pytest.mark.parametrize(
    ("word", "inside", "outside"),
    [
        ("model/*gan*", {"dcgan", "vae_gan"}, {"vae", "ali", "projection"}),
        ("models/*gan*", {"dcgan"}, {"vae"}),
        ("*wgan*", {"wgan", "wgan_gp"}, {"dcgan"}),
        ("wgan", {"wgan"}, {"wgan_gp"}),
        ("model/wgan", {"wgan"}, {"wgan_gp"}),
        ("model/discriminator/*", {"dcgan", "projection"}, {"vae"}),
        ("model/*/dcgan*", {"dcgan_no_norm", "dcgan_linear_output"}, {"mlp"}),
        ("data/mnist*", {"mnist", "mnist_stacked"}, {"garden"}),
        ("call*/*", {"infrequent"}, {"vae"}),
    ],
)
def test_wildcards_choose_among_options(shown, word, inside, outside):
    names = set(re.findall(r"^  (\w+)  ", shown(word), re.M))
    assert inside <= names and not outside & names


@pytest.mark.parametrize("word", ["nothing", "model/*zzz*", "data/vae", "-x"])
def test_what_names_nothing_is_refused_in_one_sentence(word):
    with pytest.raises(UserError, match="there is no"):
        listing.main([word])


def test_the_overview_names_the_other_groups(shown):
    printed = shown()
    assert "  garden " in printed and "  dcgan " in printed and "model/encoder" in printed and "sampler" in printed


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_paper_of_a_model_has_a_bibtex_entry(card):
    assert card.papers
    for paper in card.papers:
        entry = references.entries()[references.key(paper)]
        surname = re.match(r"(?:van den )?[^\W\d_]+(?:-[^\W\d_]+)*", paper)[0]
        plain = re.sub(r"\{\\o\}", "ø", entry)
        assert re.search(rf"author = \{{{surname},", plain), (paper, entry)
        assert "title = {" in entry and re.search(r"year = \{\d{4}\}", entry)


def test_every_entry_is_of_a_paper_that_a_model_names():
    assert set(references.entries()) == {references.key(paper) for card in CARDS for paper in card.papers}


def test_bibtex_prints_the_papers_of_what_is_chosen_once(shown):
    printed = shown("sagan", "gan_r1", "dirac_gan", "--bibtex")
    assert printed.count("@misc{") == 3 and printed.count("arXiv:1801.04406") == 1
    assert shown("--bibtex").count("\n@") + 1 == len(references.entries())
    with pytest.raises(UserError, match="no entry"):
        listing.main(["trainer", "--bibtex"])


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_a_model_needs_classes_where_its_configuration_asks_for_them(card):
    config = composed([f"model={card.name}", "data=garden"])
    asked = "${data.classes}" in OmegaConf.to_yaml(config.model)
    assert ("classes" in card.needs) == asked
    steps = config.model.get("discriminator_steps", 1)
    assert (f"{steps} critic steps" in card.needs) == (steps > 1)


@pytest.mark.parametrize(
    ("model", "key", "refused", "taken"),
    [
        ("cogan", "data.resolution", 8, 16),
        ("lapgan", "data.resolution", 16, 32),
        ("ae_recurrent", "data.resolution", 14, 16),
        ("vae_recurrent", "data.resolution", 14, 16),
    ],
)
def test_sizes_that_a_model_needs_are_those_that_it_takes(model, key, refused, taken):
    from genarium.training.build import built

    make = lambda size: built(composed([f"model={model}", "data=garden", f"{key}={size}"]).model, "model")
    assert any("px" in need for need in zoo.card(model).needs)
    make(taken)
    with pytest.raises(UserError):
        make(refused)
