"""Reads a profile into settings; an error names file, table and key."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource

from config.settings import Settings


class ProfileError(Exception):
    """A profile is missing or wrong; the message names file, table and key and says what to do."""


def shipped_profiles() -> tuple[str, ...]:
    """Names of the profiles that come with the program."""
    folder = resources.files("config") / "profiles"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def _environment() -> dict[str, Any]:
    """Tables out of DAAN_TABLE__KEY variables, and lists of tables out of DAAN_TABLE in JSON."""
    found = EnvSettingsSource(Settings)()
    return {table: values for table, values in found.items() if isinstance(values, dict | list | tuple)}


def load(profile: str, overrides: dict[str, Any] | None = None) -> Settings:
    """Settings from a shipped profile's name or the path of a TOML file.

    Args:
        profile: `demo`, `tha_chatchai`, … or a path ending in `.toml`.
        overrides: table -> key -> value, laid over the profile (command-line options); a list of tables, such as
            `readers`, takes the place of the profile's.

    Raises:
        ProfileError: there is no such profile, it is not TOML, or a key is unknown or out of range.
    """
    if profile.endswith(".toml"):
        path = Path(profile)
        if not path.is_file():
            raise ProfileError(f"there is no profile file {profile}; give the path of a TOML file")
        text = path.read_text(encoding="utf-8")
    else:
        if profile not in shipped_profiles():
            raise ProfileError(f"there is no profile {profile!r}; choose one of {', '.join(shipped_profiles())}")
        text = (resources.files("config") / "profiles" / f"{profile}.toml").read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"profile {profile} is not TOML: {error}; correct that line") from error
    for layer in (_environment(), overrides or {}):
        for table, values in layer.items():
            tables[table] = {**tables.get(table, {}), **values} if isinstance(values, dict) else values
    try:
        return Settings(**tables)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ProfileError(f"profile {profile}, key {where}: {first['msg']}; correct it and start again") from error
