"""Whether Weights & Biases takes runs from here: its settings, its server by way of any proxy, its key.

What a user wrote wrongly is a UserError before a run's folder is made; whatever else stands in the way is a reason to
stay offline.
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import requests
import wandb
import wandb.errors as wandb_errors
from pydantic import ValidationError

from genarium.errors import UserError, nearest

MODES = ("auto", "online", "offline")
OF_WANDB = {
    "online": "", "run": "", "shared": "", "offline": "offline", "dryrun": "offline", "disabled": "disabled",
}  # fmt: skip
"""The modes that the variable WANDB_MODE may name, by what they mean here."""
LONGEST = 128  # letters of a name that W&B's server takes
LONGEST_TAG = 64
PATIENCE = (3.0, 5.0)  # seconds to connect, and to answer
UNFIT = "/\\#?%:"  # letters that no project's name has
UNRESOLVED = re.compile(r"Failed to resolve '[^']*' \(\[Errno -?\d+\] (.*)\)$")
"""urllib3's words for a host without an address; which host, the sentence says."""


def check(logger: Mapping[str, object]) -> None:
    """UserError where the run's logger cannot be begun as it is configured: asked before the run has a folder."""
    mode, project = logger["mode"], str(logger["project"])
    if mode not in MODES:
        raise UserError(f"logger.wandb.mode={mode}: choose auto, online or offline{nearest(str(mode), MODES)}")
    if len(project) > LONGEST or set(UNFIT) & set(project) or not project:
        raise UserError(f"logger.wandb.project={project}: W&B takes 1 to {LONGEST} letters, none of {' '.join(UNFIT)}")
    for tag in tags(logger["tags"]):
        if not 0 < len(tag) <= LONGEST_TAG:
            raise UserError(f"logger.wandb.tags has '{tag}': W&B takes tags of 1 to {LONGEST_TAG} letters")
    settings()
    if mode == "online" and (why := reason()):
        raise UserError(
            f"logger.wandb.mode=online, but {why}; choose logger.wandb.mode=auto to stay offline where it must"
        )


def tags(given: Any) -> list[str]:
    """Tags as a list of texts, from one tag, several or none."""
    if given is None:
        return []
    return [str(tag) for tag in ([given] if isinstance(given, str | int | float) else given)]


def fitted(name: object) -> str:
    """`name` as W&B's server takes it: begin and end of a longer one."""
    text, half = str(name), LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[: half - 1]}…{text[-half:]}"


def settings() -> wandb.Settings:
    """W&B's settings of this process, with what its own variables say; UserError where it refuses one."""
    mode = os.environ.get("WANDB_MODE")
    if mode and mode not in OF_WANDB:
        raise UserError(f"WANDB_MODE={mode}: choose online, offline or disabled{nearest(mode, OF_WANDB)}")
    try:
        return wandb.setup().settings
    except (ValidationError, wandb_errors.Error) as error:
        raise UserError(f"W&B refuses its settings ({said(error)}): mend its variables, or set logger=none") from None


def reason() -> str:
    """'' where W&B takes runs, else why not. Asked once in a process, for every job of a sweep."""
    mode = os.environ.get("WANDB_MODE") or settings().mode
    if OF_WANDB[mode]:
        return f"WANDB_MODE={mode}"
    try:
        known = wandb.login(prompt=False, verify=False)
    except (wandb_errors.Error, ValueError) as error:
        return f"the key is refused: {said(error)}"
    why = unreachable(address(), settings().api_key if known else None)
    return why or ("" if known else "no API key: run `wandb login`")


def address() -> str:
    """Address of W&B's server."""
    return (os.environ.get("WANDB_BASE_URL") or settings().base_url).rstrip("/")


def called(address: str) -> str:
    """Name of a server in a sentence: W&B's own one has had several addresses, one's own is known by its host."""
    own = wandb.Settings.model_fields["base_url"].default.rstrip("/")
    return "the W&B server" if address == own else address.partition("://")[2]


def entity() -> str:
    """Who owns what this account makes, where nothing else is said."""
    return settings().entity or wandb.Api().default_entity or ""


def sweep() -> str:
    """Id of the W&B sweep whose agent started this process, else ''."""
    return os.environ.get("WANDB_SWEEP_ID", "")


def proxies() -> dict[str, Any]:
    """ALL_PROXY as settings of W&B's program, which reads HTTP_PROXY and HTTPS_PROXY alone."""
    known = requests.utils.get_environ_proxies(address())
    every = known.get("all", "")
    if not every.startswith("http"):
        return {}
    return {f"{kind}_proxy": every for kind in ("http", "https") if kind not in known}


@cache
def unreachable(address: str, key: str | None) -> str:
    """'' where the server answers, and knows `key`; else what is wrong. Proxies are those of the environment
    (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY)."""
    host = called(address)
    try:
        answer = requests.post(
            f"{address}/graphql",
            json={"query": "query Viewer { viewer { id } }"},
            auth=("api", key) if key else None,
            timeout=PATIENCE,
            verify=certificates(),
        )
    except requests.exceptions.ProxyError as error:
        return f"the proxy does not lead to {host}: {cause(error)}"
    except requests.exceptions.SSLError as error:
        return f"the certificate of {host} is refused: {cause(error)}"
    except (requests.exceptions.RequestException, OSError, ValueError) as error:
        return f"{host} cannot be reached: {cause(error)}"
    if answer.status_code == 407 or answer.status_code >= 500:
        return f"{host} answers {answer.status_code} {answer.reason}"
    if key and (answer.status_code in (401, 403) or not knows(answer)):
        return "the key is refused: run `wandb login --relogin`"
    return ""


def knows(answer: requests.Response) -> bool:
    """Whether the server accepts the key."""
    try:
        return bool(answer.json()["data"]["viewer"])
    except (ValueError, KeyError, TypeError):
        return False


def certificates() -> bool | str:
    """Those that W&B's own program trusts too."""
    if getattr(settings(), "insecure_disable_ssl", False):
        return False
    return os.environ.get("SSL_CERT_FILE") or True


def cause(error: BaseException) -> str:
    """The innermost reason of a failed request, in a few words."""
    while isinstance(inner := getattr(error, "reason", None) or next(iter(error.args), None), BaseException):
        error = inner
    last = said(error).rpartition(": ")[2] or type(error).__name__
    return UNRESOLVED.sub(r"\1", last)


def said(error: BaseException) -> str:
    return " ".join(str(error).split())
