"""Former names of models, options, groups and keys, with today's, for suggestions."""

import re

OPTIONS = {
    "model": (
        "gan_dcgan=dcgan gan_lsgan=lsgan gan_wasserstein=wgan gan_wasserstein_gp=wgan_gp gan_spectral=sngan "
        "gan_self_attention=sagan gan_energy=ebgan gan_boundary=began gan_auxiliary=acgan "
        "gan_conditional=cgan gan_projection=projection_gan gan_coupled=cogan gan_laplacian=lapgan "
        "gan_info=infogan gan_pac=pacgan gan_progressive=progan gan_dragan=dragan gan_ali=ali "
        "gan_minibatch=gan_minibatch_discrimination gan_minibatch_deviation=gan_minibatch_stddev "
        "gan_r3=gan_rpgan_r1_r2 vae_beta=beta_vae vae_beta_tc=beta_tc_vae vae_capacity=beta_vae_capacity "
        "vae_factor=factor_vae vae_dip_i=dip_vae_i vae_dip_ii=dip_vae_ii vae_info=info_vae vae_iwae=iwae "
        "vae_miwae=miwae vae_vamp=vampprior_vae vae_vq=vq_vae vae_conditional=cvae vae_debiasing=db_vae "
        "vae_ladder=ladder_vae vae_gumbel=gumbel_vae vae_annealed=vae_kl_annealing ae_adversarial=aae "
        "ae_wae=wae_mmd ae_rae_l2=rae_l2 ae_rae_gp=rae_gp gan_dirac=dirac_gan"
    ),
    "model/adversarial_loss": "boundary=began energy_margin=ebgan smoothed=label_smoothing",
    "model/augmentation": "plain=none",
    "model/penalty": "gradient=wgan_gp",
    "model/corruption": "clean=none low_resolution=downsample grey=grayscale",
    "model/discriminator": (
        "telling=auxiliary labelled=conditional code=latent_mlp joint=image_latent line=dirac boundary=began "
        "energy=ebgan guessing=infogan dcgan_plain=dcgan_no_norm minibatch=minibatch_discrimination "
        "minibatch_deviation=minibatch_stddev minibatch_mlp=minibatch_discrimination_mlp "
        "dcgan_features=features"
    ),
    "model/generator": (
        "labelled=conditional mlp_unbounded=mlp_linear_output dcgan_unbounded=dcgan_linear_output point=dirac "
        "boundary=began dcgan_plain=dcgan_no_norm"
    ),
    "model/encoder": (
        "map=conv_grid conv_plain=conv_no_norm resnet_plain=resnet_no_norm recurrent_plain=recurrent_no_norm"
    ),
    "model/decoder": "map=conv_grid conv_plain=conv_no_norm resnet_plain=resnet_no_norm",
    "model/prior": "uniform_categories=uniform_categorical vamp=vampprior",
    "model/likelihood": "discretised_logistic=discretized_logistic",
    "sampler": "natural=default",
    "callbacks": "select=best_by_fd sparse=infrequent points=toy_2d",
}
"""Group -> former=today, of its options."""

GROUPS = {"model/game": "model/adversarial_loss", "model/view": "model/augmentation"}

KEYS = {
    "": "images=total_images",
    "model": (
        "weight=regularizer_weight adversarial=adversarial_weight code=code_activation other=second_domain "
        "players=optimizers game=adversarial_loss view=augmentation pull_weight=pt_weight "
        "categories=categorical_dims numbers=continuous_dims reach=range"
    ),
    "model.optimizers.*": "learning_rate=lr_schedule clip=grad_clip average=ema_half_life",
    "model.schedules": "grown=growth weight=regularizer_weight",
    "model.adversarial_loss": "diversity=gamma rate=lambda_k",
    "model.penalty": "reach=range",
    "model.corruption": "share=probability",
    "model.likelihood": "smallest=min_scale",
    "model.codebook": "least=min_usage",
    "model.code_prior": "largest=max_side",
    "model.prior": "spread=init_std",
    "model.generator": "widest=max_width",
    "model.discriminator": "widest=max_width categories=categorical_dims numbers=continuous_dims",
    "model.encoder": "halvings=downsamplings rows=rows_per_step",
    "model.decoder": "halvings=downsamplings rows=rows_per_step",
    "data": (
        "plot=dataset_seed stacking=dataset_seed binarise=binarize val_share=val_fraction test_share=test_fraction"
    ),
    "evaluation": "parts=measures count=num_samples split=reference_split held_out=heldout_split",
    "callbacks": "places=parameters",
    "callbacks.traversals": "reach=range",
}
"""What holds it (* is any player) -> former=today, of its keys."""


def option_now(group: str, option: str) -> str | None:
    """Today's name of a former option of `group`, in any case and with any separators, or None."""
    former = {compact(name): now for name, now in table(OPTIONS.get(group, "")).items()}
    return former.get(compact(option))


def key_now(holder: str, key: str) -> str | None:
    """Today's name of a former `key` of what `holder` names, dotted, or None."""
    if holder.startswith("model.optimizers."):
        holder = "model.optimizers.*"
    return table(KEYS.get(holder, "")).get(key)


def compact(text: str) -> str:
    """Letters and digits alone, small."""
    return re.sub(r"[^a-z0-9]+", "", text.lower().replace("β", "beta"))


def table(words: str) -> dict[str, str]:
    return dict(word.split("=") for word in words.split())
