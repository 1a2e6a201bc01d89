"""The orders that may come into force at this station: the program's, the profile's, and installed ones.

What is installed while the kiosk runs counts at once; what is damaged never replaces what is good.
"""

import logging
from datetime import datetime
from pathlib import Path

from config.rules.cases import failing_cases
from config.rules.errors import RuleError
from config.rules.installed import INDEX, find, keep, load_installed
from config.rules.reading import SHIPPED, load_all, load_history
from config.rules.ruleset import RuleSet, in_force
from config.settings import Settings
from station.errors import CannotStart
from station.paths import paths_of

_log = logging.getLogger(__name__)


def load_rule_sets(settings: Settings) -> tuple[RuleSet, ...]:
    """Every rule set that may come into force here.

    Raises:
        RuleSetUnreadable: a rule set is damaged.
        CannotStart: one for this place fails its own cases.
    """
    place = settings.checkpoint
    came, taken = load_all(settings.trust.rule_sets), load_installed(paths_of(settings).rules)
    sets = tuple({each.digest: each for each in (*came, *(one.rules for one in taken))}.values())
    for each in sets:
        wrong = failing_cases(each) if place.code in each.places else ()
        if wrong:
            raise CannotStart(f"rule set {each.id} fails its own cases and is not taken into force: {wrong[0]}")
    return sets


def keep_rule_sets(settings: Settings) -> None:
    """Store the sets that are no installed ones, so that their verdicts can be replayed after an update.

    Raises:
        RuleSetUnreadable: one of them is damaged.
        OSError: the folder cannot be written.
    """
    for path in (SHIPPED, *settings.trust.rule_sets):
        for file in sorted(path.glob("*.json")) if path.is_dir() else (path,):
            keep(file, paths_of(settings).rules)


def rule_set_of(digest: str, settings: Settings) -> RuleSet | None:
    """The rule set whose file has that SHA-256, to replay a verdict; None when it is not here any more.

    Raises:
        RuleSetUnreadable: a rule set is damaged.
    """
    if not digest:
        return None
    if (kept := find(digest, paths_of(settings).rules)) is not None:
        return kept
    sets = (*load_all(settings.trust.rule_sets), *load_history())
    return next((each for each in sets if each.digest == digest), None)


class Orders:
    """The order of the moment at this place. Asked by one thread."""

    def __init__(self, settings: Settings) -> None:
        """Load everything.

        Raises:
            RuleSetUnreadable, CannotStart: see `load_rule_sets`.
        """
        self._settings = settings
        self._index = paths_of(settings).rules / INDEX
        self._seen = _stamp(self._index)
        self._sets = load_rule_sets(settings)

    def in_force(self, at: datetime) -> RuleSet | None:
        """The set that counts at a moment; orders change, and are installed, while a kiosk runs."""
        stamp = _stamp(self._index)
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._sets = load_rule_sets(self._settings)
            except (RuleError, CannotStart) as error:
                _log.error("the orders before stay in force: %s", error)
        place = self._settings.checkpoint
        return in_force(self._sets, place.code, place.direction, at)


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is replaced; None while it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
