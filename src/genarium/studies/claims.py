"""Claims of jobs: whoever holds one works on it; the system frees it when its holder ends, however it ends."""

from pathlib import Path

from filelock import FileLock, Timeout

from genarium.files.lock import held

LOSSES = 5
"""How often in a row, its run no further each time, a job may lose its worker without a word (killed, out of memory)
before it counts as failed."""

PEEK = 0.1  # seconds: whoever only looks lets go at once


class Claim:
    """Claim of one job among processes that share a folder, on one machine or several."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock, self.count = FileLock(folder / f"{name}.lock"), folder / f"{name}.begun"

    @property
    def existed(self) -> bool:
        """Whether anybody of this file system ever held it."""
        return Path(self.lock.lock_file).exists()

    def take(self) -> bool:
        """Whether it is ours now: not where another process holds it."""
        try:
            self.lock.acquire(timeout=PEEK, poll_interval=PEEK / 10)
        except Timeout:
            return False
        return True

    def is_held(self) -> bool:
        """Whether a process holds it now."""
        return held(Path(self.lock.lock_file))

    def begin(self, reached: str) -> bool:
        """Note a beginning, and how far its run has come; False where earlier ones were lost there too often."""
        before = self.count.read_text(encoding="utf-8").splitlines() if self.count.exists() else []
        with self.count.open("a", encoding="utf-8") as file:
            file.write(f"{reached}\n")
        return before[-LOSSES:] != [reached] * LOSSES

    def forget(self) -> None:
        """Forget earlier losses, where nobody holds it: somebody asks for it anew."""
        if not self.is_held():
            self.count.unlink(missing_ok=True)

    def end(self) -> None:
        """Give it back, after a beginning that ended in words: with a result, or by being told to stop."""
        self.count.unlink(missing_ok=True)
        self.lock.release()
