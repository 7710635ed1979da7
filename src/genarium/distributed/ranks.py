"""Environment variables that hold a process's rank: kept for `genarium rank`, removed for every other command.

Schedulers number their tasks in the same variables, and a task that trains alone must not take its number for a rank.
Imports neither torch nor Lightning, which read these variables as they are imported.
"""

import os

NAMES = (
    "RANK", "LOCAL_RANK", "NODE_RANK", "GROUP_RANK", "ROLE_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR",
    "MASTER_PORT", "SLURM_PROCID", "SLURM_LOCALID", "SLURM_NODEID", "JSM_NAMESPACE_RANK", "JSM_NAMESPACE_LOCAL_RANK",
)  # fmt: skip
"""Variables that torch and Lightning read as rank, world size and rendezvous of a process."""


def forget() -> None:
    """Remove rank variables, so that this process is the first of its run."""
    for name in NAMES:
        os.environ.pop(name, None)


def started_by_a_run() -> bool:
    """Whether a run started this process as one of its ranks."""
    return any(name in os.environ for name in ("LOCAL_RANK", "NODE_RANK"))
