"""What each key of the configuration may be: the one table, by a pattern of the key or by its last word.

A key that is not here has the type of what is shipped. A new number gets its least value here.
"""

from fnmatch import fnmatchcase

from genarium.config.rules import Rule, above, at_least, named, one_of, whole

ANYTHING, NUMBER, TEXT, PATH, SWITCH = map(Rule, ("anything", "number", "text", "path", "switch"))
SEED = whole(0, 2**32 - 1)  # what numpy and scikit-learn take
PART = at_least(0, 1)
COLOR = whole(0, 255)
SPLIT = one_of("train", "val", "test")

PATTERNS = {
    **named("name group logger.*.project logger.*.name logger.*.group logger.*.job_type logger.*.experiment", TEXT),
    **named("callbacks.*.monitor hydra.sweep.subdir", TEXT),
    **named("run data.path data.path_a data.path_b data.root data.cache hydra.run.dir hydra.sweep.dir", PATH),
    **named("init resume evaluation.extractor.weights", Rule("path", null=True)),
    "checkpoint": one_of("last", "best"),
    "objective": ANYTHING,
    **named("constraints base", Rule("texts")),
    "storage": Rule("text", null=True),
    "space.*": TEXT,
    "direction": one_of("auto", "minimize", "maximize"),
    "workers": ANYTHING,
    "algorithm": one_of("tpe", "gp", "cmaes", "qmc", "random", "grid", "nsga2"),
    "pruner": one_of("none", "hyperband", "median", "wilcoxon"),
    "data.factor": TEXT,
    "model.discriminator.layers": whole(0),
    "model.weights.*": at_least(0),
    "data.crop": one_of("center", "squash"),
    "data.variant": one_of("png", "jpg"),
    "data.labels": one_of("folders", "none"),
    "data.split_folders": one_of("auto", "above", "below", "none"),
    "data.white": Rule("number", above=0, null=True),
    **named("data.background data.*.background", COLOR),
    **named("data.splits data.*.splits *.checksums.*", TEXT),
    "data.*.side": whole(1),
    "model.likelihood.binary": SWITCH,
    "model.penalty*.k": at_least(0),
    "model.penalty*.p": at_least(1),
    "*.optimizer.betas": Rule("number", least=0, below=1),
    "callbacks.*.mode": one_of("min", "max"),
    **named("evaluation.reference_split evaluation.heldout_split", SPLIT),
    **named("evaluation.num_samples *.kernel.subset_size *.probes.train", whole(2)),
    "evaluation.metrics.lpips.net": one_of("alex", "vgg", "squeeze"),
    **named("evaluation.metrics.modes.learning_rate evaluation.metrics.factor_reader.learning_rate", above(0)),
    "evaluation.metrics.maps.method": one_of("tsne", "pca"),
    "evaluation.metrics.maps.images": whole(4),
    "evaluation.metrics.anomalies.alarm_rate": Rule("number", above=0, below=1),
    "evaluation.metrics.anomalies.scores": one_of("error", "negative_elbo", "features", "discriminator"),
    "evaluation.metrics.translations.fit": whole(10),
    "evaluation.metrics.translations.noise": at_least(0),
    "logger.wandb.mode": one_of("auto", "online", "offline"),
    "logger.wandb.tags": Rule("texts"),
    "logger.mlflow.tracking_uri": Rule("text", null=True),
    **named("trainer.devices trainer.strategy", ANYTHING),  # Lightning says what is wrong
    "trainer.deterministic": one_of(True, False, "warn"),
    "trainer.precision": Rule("text", null=True),
}
"""The first that fits the whole key."""

LEAVES = {
    **named("total_images images batch_size count resolution channels people", whole(1)),
    **named("classes latent_dim width max_width layers rows_per_step levels", whole(1)),
    **named(
        "kernels kernel_dim feature_dim label_dim out_dim in_dim size dim slots group interval pieces blur_side",
        whole(1),
    ),
    **named("discriminator_steps every patience latents pairs starts", whole(1)),
    **named("bins bounds samples components categories categorical_dims", whole(1)),
    **named("over period num_nodes k density_k chunk trees groups subsets subset_size splits max_side shape", whole(1)),
    **named("power factor blur_side strokes out_channels places", whole(1)),
    **named("depth blocks downsamplings continuous_dims warmup hold taps", whole(0)),
    **named("steps fit", whole(2)),
    **named("trials seeds runs_per_device", whole(1)),
    **named("seed dataset_seed", SEED),
    **named("train_count val_count labels_per_class", whole(1, null=True)),
    **named("val_fraction test_fraction fraction probability side decay target rise stroke_width", PART),
    **named("scale scales min_scale temperature half_life range radius turns init_std clip_value deviation", above(0)),
    "sampling_rate": above(0),
    **named("inverse_regularization", above(0)),
    "perplexity": at_least(1),
    **named("lr ema_half_life weight regularizer_weight beta gamma", at_least(0)),
    **named("capacity commitment slope min_usage margin lambda_k alpha", at_least(0)),
    **named(
        "sd weight_decay negative_slope off_diagonal diagonal active_threshold adversarial_weight distance_weight"
        " pixel_weight surround_weight",
        at_least(0),
    ),
    **named("class_weight information_weight label_weight pt_weight free_bits", at_least(0)),
    **named("start stop theta psi source_value target_value", NUMBER),
    **named("source_class target_class", ANYTHING),
    "grad_clip": above(0, endless=True),
    "max_unreadable": whole(0, null=True),
    "attention_size": whole(1, null=True),
    "fill": at_least(-1, 1),
    "uniform": at_least(0, 1),
    "height": whole(1, null=True),
    "imbalance": at_least(1),
    "validation": whole(1, 59_999),
    "noise": at_least(0),
}
"""By the last word of a key."""


def rule_of(key: str) -> Rule | None:
    """Rule of a key's value, or None where only its type is known."""
    found = next((rule for pattern, rule in PATTERNS.items() if fnmatchcase(key, pattern)), None)
    return found or LEAVES.get(key.rpartition(".")[2])
