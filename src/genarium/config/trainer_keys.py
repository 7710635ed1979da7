"""Which keys of Lightning's Trainer may be set, and what takes the place of the others here."""

from collections.abc import Iterable

from genarium.errors import UserError, nearest

ALLOWED = {
    "_target_", "accelerator", "devices", "num_nodes", "strategy", "precision", "deterministic", "plugins", "benchmark",
    "detect_anomaly", "profiler",
}  # fmt: skip
INSTEAD = {
    "max_epochs min_epochs max_steps min_steps max_time": "the budget is total_images=…, in images seen",
    "fast_dev_run limit_train_batches overfit_batches": "set total_images=…, the budget, or data.train_count=…",
    "limit_val_batches limit_test_batches limit_predict_batches num_sanity_val_steps": "set callbacks.validate.count=…",
    "val_check_interval check_val_every_n_epoch": "set callbacks.validate.every=…, in images seen",
    "gradient_clip_val gradient_clip_algorithm": "set model.optimizers.PLAYER.grad_clip=…, of each player its own",
    "accumulate_grad_batches": "the images of one step are data.batch_size=…",
    "enable_checkpointing": "set callbacks.checkpoints.every=…, in images seen, or callbacks.checkpoints=none",
    "log_every_n_steps": "set callbacks.terms.every=…, in images seen",
    "enable_progress_bar": "the bar is left out by callbacks.progress=none",
    "enable_model_summary": "the number of parameters is in result.json",
    "callbacks": "choose callbacks=…, or set callbacks.NAME=none",
    "logger": "choose logger=wandb, tensorboard, mlflow, trackio or none",
    "default_root_dir": "a run's folder is hydra.run.dir=…",
    "sync_batchnorm": "BatchNorm sees the whole batch under trainer=ddp",
    "use_distributed_sampler reload_dataloaders_every_n_epochs": "batches are the data room's: data.batch_size=…",
}
"""Keys of Lightning's, and what does here what they would."""


def check(keys: Iterable[object]) -> None:
    """Refuse keys that are not to be set."""
    for key in map(str, keys):
        if key not in ALLOWED:
            refuse(key)
            raise UserError(f"there is no key '{key}' in trainer{nearest(key, ALLOWED - {'_target_'})}")


def refuse(key: str) -> None:
    """UserError, with Genarium's own word, for a key of Lightning's that would do nothing here."""
    for keys, remedy in INSTEAD.items():
        if key in keys.split():
            raise UserError(f"trainer.{key} does nothing here: {remedy}")
