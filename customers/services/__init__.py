"""The commands on the records themselves."""

from .consents import record_consent
from .language import choose_language

__all__ = ["choose_language", "record_consent"]
