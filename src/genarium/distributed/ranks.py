"""Which of several processes this is: only `genarium rank` is one. Schedulers number their tasks too, and a task that
trains alone must not take its number for a rank. No torch, no Lightning: both read these names as they are imported."""

import os

NAMES = (
    "RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "ROLE_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR",
    "MASTER_PORT", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_NODEID", "JSM_NAMESPACE_RANK", "JSM_NAMESPACE_LOCAL_RANK",
)  # fmt: skip
"""What torch and Lightning take for the place of a process among others, and for where these meet."""


def forget() -> None:
    """This process is the first of its run, whatever its scheduler calls it."""
    for name in NAMES:
        os.environ.pop(name, None)


def started_by_a_run() -> bool:
    """Whether this process was given a place among those of a run."""
    return any(name in os.environ for name in ("LOCAL_RANK", "NODE_RANK"))
