"""What can go wrong with a rule set.

RuleError
├── RuleSetUnreadable   the file is missing or is no rule set; the message names file and place
└── RuleSetRefused      it is a rule set that may not be taken into force; the message says why
"""


class RuleError(Exception):
    """Root of this package's errors; the message says what to do."""


class RuleSetUnreadable(RuleError):
    """The file is missing or is no rule set."""


class RuleSetRefused(RuleError):
    """The set may not be taken into force."""
