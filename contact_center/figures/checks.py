"""The settings that a start refuses, with the reason."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from contact_center.catalogue import FORMULAS


def check_figures_settings(**_kwargs: Any) -> list[CheckMessage]:
    """The service-level formula must be one that exists, and no threshold may be negative."""
    found: list[CheckMessage] = []
    if settings.SERVICE_LEVEL_FORMULA not in FORMULAS:
        found.append(
            Error(
                f"SERVICE_LEVEL_FORMULA is {settings.SERVICE_LEVEL_FORMULA!r}; it can be {', '.join(FORMULAS)}.",
                id="contact_center.E001",
            )
        )
    found += [
        Error(f"{name} is {getattr(settings, name)}; it cannot be negative.", id="contact_center.E002")
        for name in ("SERVICE_LEVEL_SECONDS", "SHORT_ABANDON_SECONDS", "REPEAT_CONTACT_DAYS")
        if getattr(settings, name) < 0
    ]
    return found


def check_call_settings(**_kwargs: Any) -> list[CheckMessage]:
    """Events are kept, and calls remain open, for some time at least."""
    return [
        Error(f"{name} is {getattr(settings, name)}; it must be 1 or more.", id="contact_center.E003")
        for name in ("CALL_EVENT_DAYS", "CALL_OPEN_HOURS")
        if getattr(settings, name) < 1
    ]
