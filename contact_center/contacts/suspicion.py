"""Rule: what in a request's words deserves an agent's glance before an answer. Nothing is turned away for it."""

import re
from collections import Counter

from contact_center.models import WebFormRequest

MOST_LINKS = 3
SAME_LINES = 5  # the same line this often
SAME_CHARACTER = 60  # one character this often in a row
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_RUN = re.compile(rf"(\S)\1{{{SAME_CHARACTER - 1},}}")


def suspicion_of(*, name: str, subject: str, text: str) -> str:
    """Why the words look like a machine's, as a `WebFormRequest.Suspicion`; empty for almost everybody."""
    Suspicion = WebFormRequest.Suspicion
    if _LINK.search(name) or len(_LINK.findall(f"{subject}\n{text}")) > MOST_LINKS:
        return Suspicion.LINKS
    lines = Counter(line.strip().lower() for line in text.splitlines() if len(line.strip()) > 1)
    if _RUN.search(text) or (lines and max(lines.values()) >= SAME_LINES):
        return Suspicion.REPETITION
    return Suspicion.NONE
