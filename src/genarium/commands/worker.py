"""One worker of a sweep: trains the jobs that its input names; started by `genarium train -m`, never by hand."""

import os
import sys

from genarium.errors import UserError
from genarium.studies.jobs import Job


def help_text() -> str:
    return "genarium worker: started by `genarium train -m`, never by hand"


def main(args: list[str]) -> None:
    if args or sys.stdin.isatty():
        raise UserError("genarium worker is started by `genarium train -m`, never by hand")
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a run prints is no answer
    from genarium.commands.run_job import run_job

    for line in sys.stdin:
        print(run_job(Job.from_line(line)).as_line(), file=answers, flush=True)
