"""Workers on this machine: processes that serve a queue, each with its share of the cores or its own GPU."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from genarium.errors import UserError
from genarium.files.atomic import write_atomically

PAUSE = 0.1  # seconds between two looks at the workers
GIVEN_UP = 3  # losses in a row with which a worker's place is given up
QUICK = 10.0  # seconds; a worker that lived longer is replaced however often
REFUSED = 2  # exit code of what a sentence explains
SHARED = "workers.json"


def share(queue: Path, environments: list[dict[str, str]]) -> None:
    """Write in which folder workers start, and the environment of each, for whoever starts them."""
    write_atomically(queue / SHARED, json.dumps({"folder": str(Path.cwd()), "environments": environments}).encode())


def settle(queue: Path, number: int) -> bool:
    """Make this process that worker; False where nothing is said of its threads, as where SLURM shares them out."""
    held = json.loads((queue / SHARED).read_text(encoding="utf-8"))
    os.chdir(held["folder"])
    environments = held["environments"]
    os.environ.update(environments[number % len(environments)] if environments else {})
    return bool(environments)


def log_of(queue: Path, number: int) -> Path:
    """File of what a worker prints."""
    folder = queue / "workers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{number}.log"


class Crew:
    """Processes `genarium worker QUEUE NUMBER`. SIGTERM and Ctrl-C end them, with their runs saved, and are raised as
    SystemExit and KeyboardInterrupt."""

    def __init__(self, queue: Path, size: int) -> None:
        self.queue, self.size = queue, size
        self.workers: dict[int, subprocess.Popen] = {}
        self.began: dict[int, float] = {}
        self.losses: dict[int, int] = {}

    def run(self) -> None:
        """Until every worker has found nothing more to do."""
        before = signal.signal(signal.SIGTERM, exit_by_signal)
        try:
            for number in range(self.size):
                self.start(number)
            while self.workers:
                for number in list(self.workers):
                    self.look_after(number)
                time.sleep(PAUSE)
        finally:
            for process in self.workers.values():
                process.terminate()
            for process in self.workers.values():
                process.wait()
            signal.signal(signal.SIGTERM, before)

    def start(self, number: int) -> None:
        log = log_of(self.queue, number)
        command = [sys.executable, "-m", "genarium.cli", "worker", str(self.queue), str(number)]
        with log.open("ab") as file:
            self.workers[number] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                start_new_session=True,  # Ctrl-C is for the sweep, which ends its workers
            )  # fmt: skip
        self.began[number] = time.monotonic()

    def look_after(self, number: int) -> None:
        """Replace a worker that was lost, unless it is lost again and again."""
        code = self.workers[number].poll()
        if code is None:
            return
        quick = time.monotonic() - self.began[number] < QUICK
        self.losses[number] = self.losses.get(number, 0) + 1 if quick else 1
        del self.workers[number]
        if code == REFUSED:
            raise UserError(self.last_words(number))
        if code != 0 and self.losses[number] < GIVEN_UP:
            self.start(number)

    def last_words(self, number: int) -> str:
        """The sentence that a worker ended with."""
        lines = log_of(self.queue, number).read_text(encoding="utf-8", errors="replace").splitlines()
        said = [line.removeprefix("genarium: ") for line in lines if line.startswith("genarium: ")]
        return said[-1] if said else f"a worker ended: see {log_of(self.queue, number)}"


def exit_by_signal(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
