"""Packages that only some launchers and storages need: extras of the package, named in one sentence where absent."""

from importlib.util import find_spec

from genarium.errors import UserError

PACKAGES = {
    "hydra_plugins.hydra_joblib_launcher": "hydra-joblib-launcher",
    "hydra_plugins.hydra_submitit_launcher": "hydra-submitit-launcher",
    "hydra_plugins.hydra_ray_launcher": "hydra-ray-launcher",
    "psycopg": "psycopg[binary]",
}
"""Module -> its package, where that has another name."""


def require_storage(address: str) -> None:
    """UserError where the driver of a database's `address` is not installed."""
    if address.startswith("postgresql:"):
        require("storage=postgresql://…", ("sqlalchemy", "psycopg"), "postgresql")


def require(what: str, modules: tuple[str, ...], extra: str) -> None:
    lacking = [PACKAGES.get(module, module) for module in modules if not is_there(module)]
    if lacking:
        count = "the package" if len(lacking) == 1 else "the packages"
        raise UserError(f"{what} needs {count} {' and '.join(lacking)}: pip install 'genarium[{extra}]'")


def is_there(module: str) -> bool:
    """Whether it can be imported, without importing it."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
