"""Which rule sets this station knows: those that came with the program, the profile's, and the orders of 2021."""

from config.rules.reading import load_all, load_history
from config.rules.ruleset import RuleSet
from config.settings import Settings
from station.recorded import Recorded


def known_by(digest: str, settings: Settings) -> RuleSet | None:
    """The rule set whose file has that SHA-256; None when it is not here.

    Raises:
        RuleSetUnreadable: a rule set is damaged.
    """
    if not digest:
        return None
    sets = (*load_all(settings.trust.rule_sets), *load_history())
    return next((each for each in sets if each.digest == digest), None)


def gone(recorded: Recorded) -> str:
    """Why a record cannot be judged again: its rule set is not here."""
    if not recorded.rule_set:
        return "No rule set was in force then; there is nothing to judge by."
    name = f"{recorded.rule_set} no. {recorded.rule_set_number}"
    if not recorded.rule_set_digest:
        return f"The record does not say which file {name} was; an older version wrote it."
    return f"The rule set {name} of that digest is gone; get its file from the EOC and name it in the profile."
