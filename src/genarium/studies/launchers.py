"""Hydra's launchers of other packages: what each needs, and how it starts all workers at once."""

from dataclasses import dataclass

from genarium.studies.extras import require


@dataclass(frozen=True)
class LauncherSetup:
    """`extra` of the package that brings `modules`; `words` set it up for `{workers}` workers, before the user's."""

    extra: str
    modules: tuple[str, ...]
    words: tuple[str, ...]
    is_cluster: bool = False


SUBMITIT = ("hydra_plugins.hydra_submitit_launcher", "submitit")
LAUNCHERS = {
    "joblib": LauncherSetup(
        "joblib", ("hydra_plugins.hydra_joblib_launcher", "joblib"), ("hydra.launcher.n_jobs={workers}",)
    ),
    "submitit_local": LauncherSetup("slurm", SUBMITIT, ("hydra.launcher.timeout_min=1_000_000",)),
    "submitit_slurm": LauncherSetup(
        "slurm", SUBMITIT,
        (
            "hydra.launcher.name=genarium", "hydra.launcher.cpus_per_task=1",
            "hydra.launcher.max_num_timeout=1_000",  # a worker that reaches its time limit is queued again
        ),
        is_cluster=True,
    ),
    "ray": LauncherSetup(
        "ray", ("hydra_plugins.hydra_ray_launcher", "ray"),
        (
            "+hydra.launcher.ray.init.object_store_memory=null",  # a cluster that exists takes no size
            "+hydra.launcher.ray.init.log_to_driver=false", "+hydra.launcher.ray.init.logging_level=40",
        ),
        is_cluster=True,
    ),
}  # fmt: skip


def require_launcher(name: str) -> None:
    """UserError where the packages of hydra/launcher=`name` are not installed."""
    if launcher := LAUNCHERS.get(name):
        require(f"hydra/launcher={name}", launcher.modules, launcher.extra)


def is_cluster(name: str) -> bool:
    """Whether hydra/launcher=`name` shares out the processors itself."""
    return name in LAUNCHERS and LAUNCHERS[name].is_cluster


def words_of(name: str, workers: int) -> list[str]:
    """Words that set up hydra/launcher=`name`."""
    launcher = LAUNCHERS.get(name)
    return [word.format(workers=workers) for word in launcher.words] if launcher else []
