"""Workers of a sweep: processes of one model each, which take the next job whenever they are free."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from genarium.studies.jobs import FAILED, IN_USE, Job, Outcome

Told = Callable[[Job, Outcome | None], None]
"""Called when a job begins, with None, and when it ends."""
ELSEWHERE = 1.0  # seconds between two looks at a run that another sweep trains
LOST = "its worker was lost twice (killed, or out of memory)"


class Worker:
    """One process, `genarium worker`, which reads jobs from its input and answers each with an outcome."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        """What its runs print goes to the end of `log`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "genarium.cli", "worker"]
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command, env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file,
                encoding="utf-8", start_new_session=True,  # Ctrl-C is for the sweep, which ends its workers
            )  # fmt: skip

        assert self.process.stdin and self.process.stdout
        self.jobs, self.answers = self.process.stdin, self.process.stdout

    def run(self, job: Job) -> Outcome | None:
        """None where the process ended before its answer."""
        try:
            self.jobs.write(job.as_line() + "\n")
            self.jobs.flush()
            line = self.answers.readline()
        except (BrokenPipeError, ValueError):
            return None
        return Outcome.from_line(line) if line else None

    def close(self) -> None:
        self.jobs.close()
        self.process.wait()

    def end(self) -> None:
        """SIGTERM: a run is saved first."""
        self.process.terminate()


class Crew:
    """Workers, each with an environment of its own (threads, device)."""

    def __init__(self, environments: Sequence[Mapping[str, str]], logs: Path) -> None:
        """`logs` is the folder of a file for each worker, of what its runs print."""
        self.environments, self.logs = environments, logs
        self.workers: dict[int, Worker] = {}
        self.waiting: deque[Job] = deque()
        self.ended = False
        self.errors: list[BaseException] = []
        self.guard = threading.Lock()

    def run(self, jobs: Sequence[Job], tell: Told) -> None:
        """Every job, in order, to its end; a run that another sweep trains is waited for. Ctrl-C and SIGTERM end the
        workers, whose runs are saved, and are raised as KeyboardInterrupt and SystemExit; what keeps a worker from its
        jobs, such as a full disk, is raised once the others are done."""
        before = signal.signal(signal.SIGTERM, exit_by_signal)
        try:
            self.run_all(jobs, tell)
        finally:
            signal.signal(signal.SIGTERM, before)

    def run_all(self, jobs: Sequence[Job], tell: Told) -> None:
        self.waiting = deque(jobs)
        numbers = range(min(len(self.environments), len(jobs)))
        threads = [threading.Thread(target=self.serve, args=(number, tell), daemon=True) for number in numbers]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)
        except BaseException:
            with self.guard:
                self.ended = True
            for worker in list(self.workers.values()):
                worker.end()
            for thread in threads:
                thread.join()
            raise
        if self.errors:
            raise self.errors[0]

    def serve(self, number: int, tell: Told) -> None:
        """One worker's jobs, until none waits."""
        try:
            while job := self.next_job():
                tell(job, None)
                outcome = self.attempt(number, job)
                if outcome and outcome.status == IN_USE:
                    with self.guard:
                        self.waiting.append(job)
                    time.sleep(ELSEWHERE)
                elif outcome:
                    tell(job, outcome)
            if number in self.workers and not self.ended:
                self.workers.pop(number).close()
        except Exception as error:
            self.errors.append(error)

    def next_job(self) -> Job | None:
        with self.guard:
            return self.waiting.popleft() if self.waiting and not self.ended else None

    def attempt(self, number: int, job: Job) -> Outcome | None:
        """What came of `job`; None where the sweep was ended meanwhile. A worker that is lost takes nothing along: the
        run goes on once more, in a new one."""
        for _ in range(2):
            worker = self.worker(number)
            outcome = worker.run(job) if worker else None
            if outcome or self.ended:
                return outcome
            self.workers.pop(number).process.wait()
        return Outcome(FAILED, LOST)

    def worker(self, number: int) -> Worker | None:
        """That of this number, started where there is none; None once the sweep is ended."""
        with self.guard:
            if self.ended:
                return None
            if number not in self.workers:
                self.workers[number] = Worker(self.environments[number], self.logs / f"{number}.log")
            return self.workers[number]


def exit_by_signal(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
