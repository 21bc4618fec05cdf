"""The exceptions of report-qa.

ReportQAError
├── BadInputError            what the caller gave cannot be used; the message names the field and the mend
│   ├── UnreadableFileError  a file is refused, with the reason
│   └── ConfigurationError   a setting is wrong
├── NotFoundError            no report or job has this id
├── LockedError              another process writes to this data directory
├── StorageError             the disk is full or a database is damaged
│   └── StorageAwayError     the database cannot be reached now; try again
├── IndexMismatchError       the index was made with another model; `report-qa reindex` mends it
├── UnreachableError         another server cannot be reached, or does not send what it should
└── ProviderError            a language model could not be asked
"""


class ReportQAError(Exception):
    """Root of all errors this project raises on purpose."""


class BadInputError(ReportQAError):
    """What the caller gave cannot be used."""


class UnreadableFileError(BadInputError):
    """A file is refused; the message says why and what would help."""


class ConfigurationError(BadInputError):
    """A setting is unknown or wrong."""


class NotFoundError(ReportQAError):
    """No report or job has this id."""


class LockedError(ReportQAError):
    """Another process holds the writer's lock."""


class StorageError(ReportQAError):
    """The catalogue cannot be written or read."""


class StorageAwayError(StorageError):
    """The database cannot be reached, or has no connection free; it may be back in a moment."""


class IndexMismatchError(ReportQAError):
    """The stored vectors belong to another embedding model."""


class UnreachableError(ReportQAError):
    """Another server cannot be reached, or does not send what it should."""


class ProviderError(ReportQAError):
    """A language model could not be asked."""
