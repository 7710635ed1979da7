"""Whoever types another name of a model, an option, a group or a key is answered with today's."""

import re
from pathlib import Path

import pytest

from genarium.config import former_names
from genarium.config.compose import composed
from genarium.config.conf_groups import choices, conf_dir
from genarium.errors import UserError

ASKED = """
wgan=wgan w-gan=wgan W_GAN=wgan wasserstein_gan=wgan WassersteinGAN=wgan WGAN-GP=wgan_gp wgangp=wgan_gp
sn-gan=sngan SNGAN=sngan spectral_norm=sngan gan_sn=sngan cvae=cvae conditional_vae=cvae c-vae=cvae m2=cvae
vqvae=vq_vae VQ-VAE=vq_vae vq=vq_vae dae=ae_denoising denoising_autoencoder=ae_denoising denoising=ae_denoising
bigan=ali BiGAN=ali adversarially_learned_inference=ali pggan=progan pg-gan=progan progressive_gan=progan
progressive=progan pgan=progan ac-gan=acgan ACGAN=acgan auxiliary_classifier_gan=acgan dc_gan=dcgan DCGAN=dcgan
betavae=beta_vae β-vae=beta_vae btcvae=beta_tc_vae tcvae=beta_tc_vae
beta-tcvae=beta_tc_vae betatc_vae=beta_tc_vae iwae=iwae iw_vae=iwae miwae=miwae sagan=sagan SA-GAN=sagan
self_attention_gan=sagan ttur=gan_ttur rgan=gan_rpgan_r1_r2 rpgan=gan_rpgan_r1_r2 r3gan=gan_rpgan_r1_r2
cbvae=cb_vae continuous_bernoulli=cb_vae cyclical=vae_cyclical_annealing rsgan-gp=rsgan_gp r2gan=gan_r2
rsgan=rsgan relativistic_gan=rsgan fgan-kl=fgan_kl f_gan_pearson=fgan_pearson wgan-lp=wgan_lp
lsgan=lsgan ls-gan=lsgan least_squares_gan=lsgan info-gan=infogan InfoGAN=infogan
hinge=gan_hinge hinge_gan=gan_hinge geometric_gan=gan_hinge contractive=ae_contractive cae=ae_contractive
contractive_ae=ae_contractive sae=ae_sparse_kl sparse_ae=ae_sparse_kl sparse_autoencoder=ae_sparse_kl aae=aae
adversarial_autoencoder=aae wae=wae_mmd wasserstein_ae=wae_mmd wasserstein_autoencoder=wae_mmd rae=rae_gp
raegp=rae_gp rae-l2=rae_l2 mmd_vae=info_vae infovae=info_vae dip-vae=dip_vae_i dipvae=dip_vae_i DIP-VAE-II=dip_vae_ii
ladder=ladder_vae lvae=ladder_vae vampprior=vampprior_vae vamp=vampprior_vae vae-gan=vae_gan vaegan=vae_gan
VAE/GAN=vae_gan be-gan=began boundary_equilibrium_gan=began eb_gan=ebgan energy_based_gan=ebgan lap-gan=lapgan
laplacian_gan=lapgan co-gan=cogan coupled_gan=cogan pac-gan=pacgan pacgan2=pacgan dra_gan=dragan
conditional_gan=cgan c-gan=cgan projection=projection_gan projection_discriminator=projection_gan
factorvae=factor_vae nsgan=gan_nonsaturating ns_gan=gan_nonsaturating nonsaturating=gan_nonsaturating vanilla_gan=gan
minimax=gan r1=gan_r1 experience_replay=gan_replay sgan=gan_semisupervised semi_supervised_gan=gan_semisupervised
free_bits=vae_free_bits kl_annealing=vae_kl_annealing annealed_vae=beta_vae_capacity burgess=beta_vae_capacity
concrete_vae=gumbel_vae gumbel_softmax=gumbel_vae categorical_vae=gumbel_vae debiasing_vae=db_vae dbvae=db_vae
dirac=dirac_gan pca=ae_linear autoencoder=ae conv_autoencoder=ae lstm_vae=vae_recurrent lstm_ae=ae_recurrent
variational_autoencoder=vae feature_matching=gan_feature_matching diffaug=gan_diffaugment
instance_noise=gan_instance_noise ra-lsgan=ralsgan RaLSGAN=ralsgan relativistic_average_least_squares_gan=ralsgan
Pix2Pix=pix2pix pix-2-pix=pix2pix cycle_gan=cyclegan CycleGAN=cyclegan cycle-gan=cyclegan contrastive=cut SRGAN=srgan
sr_gan=srgan srresnet=sr_l1 super_resolution=sr_l1 inpaint=inpainting colourization=colorization colorize=colorization
context-encoder=context_encoder
minibatch_discrimination=gan_minibatch_discrimination label_smoothing=gan_label_smoothing mlp_vae=vae_mlp
"""
"""Typed -> the model meant; names of papers and of pythae, mimicry, PyTorch-GAN, disentanglement_lib."""


def first_named(group: str, word: str) -> str:
    """The option that is composed for a word, or that the sentence about it names first."""
    if word in choices(group):
        return word
    with pytest.raises(UserError) as refused:
        composed([f"{group}={word}"])
    sentence = str(refused.value)
    found = re.search(r"(?:it is|did you mean) (\S+?)(?: now| or |\?|$)", sentence)
    return found[1] if found else sentence


@pytest.mark.parametrize("pair", ASKED.split())
def test_an_acronym_or_another_spelling_finds_its_model_first(pair):
    word, _, model = pair.rpartition("=")
    assert first_named("model", word) == model


def test_at_least_sixty_are_asked():
    assert len({pair.partition("=")[0] for pair in ASKED.split()}) >= 60


FORMER = [
    (group, former, now) for group, words in former_names.OPTIONS.items()
    for former, now in former_names.table(words).items()
]  # fmt: skip


@pytest.mark.parametrize(("group", "former", "now"), FORMER)
def test_a_former_option_is_answered_with_the_one_of_today_which_exists(group, former, now):
    assert now in choices(group)
    for word in (former, former.upper(), former.replace("_", "-")):
        if word not in choices(group):
            assert former_names.option_now(group, word) == now


@pytest.mark.parametrize("former", ["gan_spectral", "GAN_SPECTRAL", "gan-spectral", "GanSpectral"])
def test_a_former_name_is_known_in_any_case_and_with_any_separator(former):
    with pytest.raises(UserError, match=f"there is no model '{former}': it is sngan now"):
        composed([f"model={former}"])


@pytest.mark.parametrize(("former", "now"), former_names.GROUPS.items())
def test_a_former_group_is_answered_with_the_one_of_today(former, now):
    assert (conf_dir() / now).is_dir()
    with pytest.raises(UserError, match=f"it is {now} now"):
        composed(["model=dcgan", f"{former}=hinge"])


KEYS = [
    (holder, former, now) for holder, words in former_names.KEYS.items()
    for former, now in former_names.table(words).items()
]  # fmt: skip


@pytest.mark.parametrize(("holder", "former", "now"), KEYS)
def test_a_former_key_is_answered_with_the_one_of_today_which_exists(holder, former, now):
    assert former_names.key_now(holder.replace("*", "generator"), former) == now
    assert any(re.search(rf"\b{now}:", file.read_text(encoding="utf-8")) for file in files_of(holder)), (holder, now)


def files_of(holder: str) -> list[Path]:
    """The YAMLs that write the keys of a dotted holder: of the deepest group that it names."""
    place = conf_dir()
    for part in holder.split("."):
        place = place / part if part and (place / part).is_dir() else place
    return sorted(place.glob("*.yaml"))


@pytest.mark.parametrize(
    ("words", "now"),
    [
        (["images=10"], "total_images"),
        (["model=dcgan", "model.players.generator.average=5"], "optimizers"),
        (["model=dcgan", "model.optimizers.generator.average=5"], "ema_half_life"),
        (["data.plot=1"], "dataset_seed"),
    ],
)
def test_a_former_key_on_the_command_line_is_answered_in_one_sentence(words, now):
    with pytest.raises(UserError, match=f"it is {now} now"):
        composed(words)
