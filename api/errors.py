"""What HTTP itself can refuse; the tree of :mod:`rag.errors` goes on here.

ReportQAError
├── UnauthorizedError     the key is missing or wrong
├── ForbiddenScopeError   the key does not allow this
├── ForeignOriginError    a page of another origin wants to change something
├── UnknownHostError      the Host header names a machine this server does not answer for
├── BodyTooLargeError     more bytes than are read
├── SlowClientError       the body takes too long to arrive
├── RateLimitError        this client asked too often
├── BusyError             too many questions are waiting already
├── NotReadyError         the service cannot answer yet
├── ClientGoneError       nobody waits for the answer any more
└── (BadInputError)
    └── MissingFileError  the upload has no field "file"
"""

from __future__ import annotations

from rag.errors import BadInputError, ReportQAError


class UnauthorizedError(ReportQAError):
    """The key is missing or wrong."""


class ForbiddenScopeError(ReportQAError):
    """The key does not allow this."""


class ForeignOriginError(ReportQAError):
    """A page of another origin wants to change something."""


class UnknownHostError(ReportQAError):
    """The Host header names a machine this server does not answer for."""


class BodyTooLargeError(ReportQAError):
    """The body has more bytes than are read."""


class SlowClientError(ReportQAError):
    """The body takes too long to arrive."""


class RateLimitError(ReportQAError):
    """This client asked too often; it may come back after ``retry_after`` seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        """Say what happened, and when to come back."""
        super().__init__(message)
        self.retry_after = retry_after


class BusyError(ReportQAError):
    """Too many questions are waiting already."""


class NotReadyError(ReportQAError):
    """The service cannot answer yet."""


class ClientGoneError(ReportQAError):
    """Nobody waits for the answer any more."""


class MissingFileError(BadInputError):
    """The upload has no field "file"."""
