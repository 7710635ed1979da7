"""SLURM on one node: munged, slurmctld and slurmd of Debian's slurm-wlm, in a temporary folder."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun")
CONFIG = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={controller}
SlurmdPort={daemon}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=100000,bf_interval=2
SlurmdParameters=config_overrides
KillWait=5
InactiveLimit=0
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=4000 State=UNKNOWN
PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""
"""A requeued job waits for `cred_expire` seconds, two minutes where nothing is said."""


def why_none() -> str:
    """Why SLURM cannot be started here, '' where it can."""
    if lacking := [name for name in PROGRAMS if not shutil.which(name, path=search_path())]:
        return f"no {', '.join(lacking)} (Debian: apt-get install slurm-wlm munge)"
    return "" if os.geteuid() == 0 else "slurmd runs jobs as root only"


def search_path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@contextmanager
def slurm_node(cpus: int = 2) -> Iterator[dict[str, str]]:
    """A node of `cpus` processors that takes jobs. -> the variables that sbatch and its kin find it by."""
    with ExitStack() as stack:
        # munged refuses a folder that others may write to, and a socket's path has at most 107 bytes
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slurm-", ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        config = folder / "slurm.conf"
        (folder / "state").mkdir()
        (folder / "spool").mkdir()
        key = folder / "munge.key"
        key.write_bytes(os.urandom(64))
        key.chmod(0o400)
        numbers = dict(zip(("controller", "daemon"), free_ports(2), strict=True))
        config.write_text(CONFIG.format(host=socket.gethostname().split(".")[0], folder=folder, cpus=cpus, **numbers))
        variables = {"SLURM_CONF": str(config)}
        munge = folder / "munge"
        stack.enter_context(
            daemon(
                "munged", "--foreground", f"--key-file={key}", f"--socket={munge}.socket", f"--pid-file={munge}.pid",
                f"--log-file={munge}.log", f"--seed-file={munge}.seed", "--num-threads=1", log=folder / "munged.log",
            )
        )  # fmt: skip
        until((folder / "munge.socket").exists, "munged opened no socket", folder)
        for name in ("slurmctld", "slurmd"):
            stack.enter_context(daemon(name, "-D", "-f", str(config), log=folder / f"{name}.out", **variables))
        until(lambda: "idle" in asked("sinfo", "-h", "-o", "%T", **variables), "the node took no jobs", folder)
        stack.callback(asked, "scancel", "--signal=KILL", "--full", "--me", **variables)
        yield variables


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextmanager
def daemon(program: str, *args: str, log: Path, **variables: str) -> Iterator[None]:
    """`program` in the foreground, ended with the block."""
    path = shutil.which(program, path=search_path())
    with log.open("wb") as file:
        process = subprocess.Popen([str(path), *args], stdout=file, stderr=file, env=os.environ | variables)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def asked(*command: str, **variables: str) -> str:
    """What a command of SLURM answers."""
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | variables, timeout=60)
    return done.stdout


def until(condition: Callable[[], bool], otherwise: str, folder: Path, seconds: float = 30) -> None:
    """Waits for `condition`; the logs of `folder` are in the error."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            logs = "\n".join(f"{log.name}:\n{log.read_text(errors='replace')[-2000:]}" for log in folder.glob("*.log"))
            raise AssertionError(f"{otherwise} within {seconds:g} s\n{logs}")
        time.sleep(0.05)
