"""What can go wrong in local inference.

ModelError
├── ModelMissing     a weights file or its sidecar is not there
├── ModelMismatch    the weights are not the ones that the sidecar describes
└── PictureUnreadable  the picture cannot be decoded, or is larger than we accept
"""


class ModelError(Exception):
    """Root of this package's errors; the message says what to do."""


class ModelMissing(ModelError):
    """A weights file or its sidecar is not there."""


class ModelMismatch(ModelError):
    """The weights are not the ones that the sidecar describes."""


class PictureUnreadable(ModelError):
    """The picture cannot be decoded, or is larger than we accept."""
