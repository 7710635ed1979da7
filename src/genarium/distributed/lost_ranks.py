"""DDP whose processes end together: when one is lost, the others stop, and the first prints the reason."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from pytorch_lightning.strategies import DDPStrategy
from pytorch_lightning.strategies.launchers.subprocess_script import _SubprocessScriptLauncher

LOST = "one of the run's processes was lost (killed, out of memory, or its device failed)"
LOOK, GRACE = 0.5, 30.0
"""Seconds between two polls of the other processes, and until a process that hangs after a loss is ended."""


def lost(error: BaseException) -> bool:
    """Whether `error` means that another process was lost."""
    return isinstance(error, dist.DistError) or (isinstance(error, RuntimeError) and "gloo" in str(error))


class Together(DDPStrategy):
    """DDP strategy whose processes Lightning starts and Genarium watches.

    Lightning's own watch kills the first process, and with it a sweep, before the reason is printed.
    """

    def _configure_launcher(self) -> None:
        assert self.cluster_environment is not None
        self._launcher = Launcher(self.cluster_environment, self.num_processes, self.num_nodes)


class Launcher(_SubprocessScriptLauncher):
    def launch(self, function: Callable, *args: Any, trainer: Any = None, **kwargs: Any) -> Any:
        self.cluster_environment.validate_settings(num_devices=self.num_processes, num_nodes=self.num_nodes)
        if not self.cluster_environment.creates_processes_externally:
            self._call_children_scripts()
        if "OMP_NUM_THREADS" not in os.environ:
            torch.set_num_threads(max(1, (os.cpu_count() or 1) // self.num_processes))
        watch = Watch(self.procs)
        watch.start()
        try:
            return function(*args, **kwargs)
        finally:
            watch.over.set()


class Watch(threading.Thread):
    """Watchdog: ends all processes when the first waits for a lost one, and the others once the first is over."""

    def __init__(self, others: list[subprocess.Popen]) -> None:
        super().__init__(daemon=True)
        self.others, self.over = others, threading.Event()

    def run(self) -> None:
        while not self.over.wait(LOOK):
            if any(other.poll() for other in self.others) and not self.over.wait(GRACE):
                print(f"genarium: {LOST}, and the first one waits for it: ended", file=sys.stderr, flush=True)
                self.end()
                os.kill(os.getpid(), signal.SIGKILL)
        for other in self.others:
            try:
                other.wait(GRACE)
            except subprocess.TimeoutExpired:
                self.end()

    def end(self) -> None:
        for other in self.others:
            other.kill()
