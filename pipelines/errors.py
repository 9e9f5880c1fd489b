"""Errors with one purpose each: the sentence a reader sees.

`user_message` is one plain sentence without PHI that says what to do; `detail` is for the
operator's log and holds no PHI either. Pages catch `ChartroomError` in `components/guard`,
the command line at its door; nobody else does unless they can do better.
"""

from __future__ import annotations


class ChartroomError(Exception):
    """Anything a user can be told about in one sentence."""

    def __init__(self, user_message: str, detail: str = "") -> None:
        super().__init__(user_message)
        self.user_message = user_message
        self.detail = detail


class NotFound(ChartroomError):
    """What was named is not here (a patient, a log entry, a file)."""


class StoreInUse(ChartroomError):
    """Another process owns the chart store."""


class NothingLoaded(ChartroomError):
    """Not one resource of the given files could be taken in.

    `report` is the LoadReport all the same: what was counted, and every refusal by name.
    """

    report: object = None


class LoadStopped(ChartroomError):
    """A load was stopped by its user; what it says is in is in.

    `report` is the LoadReport of what came in until then.
    """

    report: object = None


class AccessRefused(ChartroomError):
    """This reader may not open this chart."""


class ModelUnavailable(ChartroomError):
    """The model gave no whole answer; the embedded engine answers instead."""


class ModelStopped(ChartroomError):
    """The reader ended the model's answer; what was verified until then is kept."""


class RedactionRefused(ChartroomError):
    """PHI was left after the re-scan, or a layer that must run is missing: nothing leaves."""
