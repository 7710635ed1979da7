"""A PostgreSQL server of Debian's, in a temporary folder, behind a Unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def program(name: str) -> str | None:
    """Path of a program of PostgreSQL, which Debian keeps out of the search path."""
    folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return shutil.which(name, path=os.pathsep.join([*folders, os.environ.get("PATH", "")]))


def why_none() -> str:
    """Why no server can be started here, '' where one can."""
    if lacking := [name for name in ("initdb", "pg_ctl") if not program(name)]:
        return f"no {', '.join(lacking)} (Debian: apt-get install postgresql)"
    return "" if unprivileged() else "PostgreSQL refuses to run as root, and there is no user nobody or postgres"


def unprivileged() -> str:
    """Name of the user that the server runs as."""
    names = {user.pw_name: user.pw_uid for user in pwd.getpwall()}
    if os.geteuid():
        return pwd.getpwuid(os.geteuid()).pw_name
    return next((name for name in ("postgres", "nobody") if name in names), "")


@contextmanager
def postgres_server() -> Iterator[str]:
    """A server that lasts as long as the block. -> its address, postgresql://…"""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path has at most 107 bytes
    shutil.chown(folder, unprivileged())
    data = str(folder / "data")
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=30"
    try:
        run("initdb", "--auth=trust", "--username=genarium", "--no-sync", "--pgdata", data, folder=folder)
        run("pg_ctl", "start", "--wait", "--silent", f"--pgdata={data}", f"--options={options}",
            f"--log={folder / 'log'}", folder=folder)  # fmt: skip
        try:
            yield f"postgresql://genarium@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "--mode=immediate", "--silent", f"--pgdata={data}", folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(name: str, *args: str, folder: Path) -> None:
    """A program of PostgreSQL, to its end, as a user without privileges."""
    user = unprivileged() if os.geteuid() == 0 else None
    groups = [] if user else None
    done = subprocess.run(
        [str(program(name)), *args], cwd=folder, user=user, extra_groups=groups, timeout=60, text=True,
        stdin=subprocess.DEVNULL, stdout=(folder / "out").open("a"), stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, (folder / "out").read_text()
