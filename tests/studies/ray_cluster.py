"""A Ray cluster of one head node with few resources, in processes of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from slurm_node import free_ports, until


def why_none() -> str:
    """Why Ray cannot be started here, '' where it can."""
    return "" if find_spec("ray") else "Ray is not installed: pip install 'genarium[ray]'"


@contextmanager
def ray_cluster(cpus: int = 2) -> Iterator[dict[str, str]]:
    """A cluster of `cpus` processors. -> the variables that ray.init finds it by."""
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # the paths of its sockets have at most 107 bytes
    [port] = free_ports(1)
    own = {"RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0", "RAY_TMPDIR": folder}
    command = [
        sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block", f"--port={port}",
        f"--num-cpus={cpus}", "--num-gpus=0", "--include-dashboard=false", f"--temp-dir={folder}",
        "--object-store-memory=80000000",
    ]  # fmt: skip
    log = Path(folder, "ray.log")
    with log.open("wb") as file:
        head = subprocess.Popen(command, stdout=file, stderr=file, env=os.environ | own, start_new_session=True)
    try:
        until(lambda: "Ray runtime started" in log.read_text(), "the head node did not start", Path(folder), 60)
        yield own | {"RAY_ADDRESS": f"127.0.0.1:{port}"}
    finally:
        head.terminate()  # `--block` ends the node's processes with it
        try:
            head.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(head.pid, 9)
            head.wait()
        shutil.rmtree(folder, ignore_errors=True)
