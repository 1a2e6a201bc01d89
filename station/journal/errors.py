"""What can go wrong with the store.

JournalError
├── KeyRefused      what holds the key can be read by others, or holds no key
├── KeyLocked       a supervisor has not entered the passphrase yet
├── KeyLost         there is a journal, and its key is not there or is another one
├── JournalFull     the disk is full: nothing was saved
├── JournalFaulty   the disk failed, or the chain does not hold
│   └── JournalDamaged  pages or rows do not hold: what is readable can be salvaged
├── JournalBusy     another program writes this journal
├── FactRefused     a fact lacks a field, or has one that is too long
├── PassphraseWrong the passphrase does not open the key
├── ExportRefused   a sealed export cannot be written
└── RecordUnreadable  a record does not hold what is asked of it
"""


class JournalError(Exception):
    """Root of this package's errors; the message says what to do."""


class KeyRefused(JournalError):
    """What holds the key can be read by others, or holds no key."""


class KeyLocked(JournalError):
    """A supervisor has not entered the passphrase yet."""


class KeyLost(JournalError):
    """There is a journal, and its key is not there or is another one."""


class JournalFull(JournalError):
    """The disk is full: nothing was saved."""


class JournalFaulty(JournalError):
    """The disk failed, or the chain does not hold."""


class JournalDamaged(JournalFaulty):
    """Pages or rows do not hold: what is readable can be salvaged."""


class JournalBusy(JournalError):
    """Another program writes this journal."""


class RecordUnreadable(JournalError):
    """A record does not hold what is asked of it; the message says why and what to do."""


class FactRefused(JournalError):
    """A fact lacks a field, or has one that is too long."""


class PassphraseWrong(JournalError):
    """The passphrase does not open the key."""


class ExportRefused(JournalError):
    """A sealed export cannot be written."""
