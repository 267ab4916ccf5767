"""The language in which the pages are read, chosen in the profile or with the preferences."""

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

KEPT = 31_536_000  # seconds: a year


def in_language(answer: HttpResponse, language: str) -> HttpResponse:
    """The answer, from which on the pages are in the language, on this device for a year."""
    translation.activate(language)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=KEPT,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return answer
