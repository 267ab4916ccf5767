"""What buttons say in Italian: the infinitive, or a noun or an answer of the list below; never one form here and another there."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin

from foundation.office.commands import WithCommands

ROOT = Path(settings.BASE_DIR)
BUTTON = re.compile(
    r"<button\b.*?</button>|<a\b[^>]*class=\"[^\"]*(?:\bbtn\b|\bvc-command\b)[^>]*>.*?</a>|"
    r"{%\s*element button.*?{%\s*endelement\s*%}",
    re.DOTALL,
)
TEXT = re.compile(r"{%\s*translate\s+(?:\"([^\"]+)\"|'([^']+)')|{%\s*blocktranslate[^%]*?%}(.*?){%", re.DOTALL)
INFINITIVE = re.compile(
    r"Far |[\w’]+(?:are|ere|ire|arre|orre|arsi|ersi|irsi|arci|erci|armi|ermi|irmi|arlo|irlo|arle|erlo)\b[,:]?"
)

# The first words of buttons that begin with no verb: what one comes to, or what one says by pressing.
NOUNS = frozenset(
    re.findall(
        r"\S+",
        "Accesso Alla All’area Altri Che Chi Chiamate Colleghi Come Contatti Ctrl Esaminato I Indietro Iscrizione La Messaggi "
        "Meno Nessuna Nuova Operatori Pagamento Per Più Precedenti Ricevuta Rimborso Ritirato Secondo Senza Spediti Spedito Successive "
        "Termini Tutte Tutti Un Versioni",
    )
)
ANSWERS = frozenset(re.findall(r"\S+", "Accetto Acconsento Desidero Li L’ho Non Preferisco Scelgo Solo Sono Sì È"))


def _catalogue(place: str) -> gettext.GNUTranslations:
    with (ROOT / place / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def _labels() -> set[str]:
    """The texts inside the buttons of the templates, and the names of the commands of the back office."""
    found: set[str] = set()
    for template in sorted((ROOT / "templates").rglob("*.html")):
        for button in BUTTON.finditer(template.read_text()):
            for text in TEXT.finditer(button[0]):
                found.add(text[1] or text[2] or re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", text[3]).strip())
    for page in admin.site._registry.values():
        if isinstance(page, WithCommands):
            labels = [each.label for each in (*page.commands, *page.list_commands)]
            found |= {label._args[0] for label in labels if hasattr(label, "_args")}  # as it is in the source
    return found


def _italian() -> dict[str, str]:
    """The Italian of each label that has one: of our catalogue, or of the one for what packages say."""
    ours = _catalogue("locale/it")
    ours.add_fallback(_catalogue("locale/packages/it"))
    said = {label: ours.gettext(label) for label in _labels()}
    return {label: text for label, text in said.items() if text != label}


def test_there_are_buttons_to_look_at():
    assert len(_italian()) > 150


def test_every_button_begins_with_an_infinitive_or_with_a_word_of_the_list():
    other = {
        italian
        for italian in _italian().values()
        if not INFINITIVE.match(italian) and italian.split()[0].strip(",:") not in NOUNS | ANSWERS
    }
    assert sorted(other) == [], "the infinitive (“Salvare”), or a noun added to the list"


@pytest.mark.parametrize(
    ("english", "italian"), [("Save", "Salvare"), ("Send", "Inviare"), ("Cancel", "Annullare"), ("Sign out", "Uscire")]
)
def test_the_same_button_says_the_same_in_every_catalogue(english, italian):
    assert _catalogue("locale/packages/it").gettext(english) in (italian, english)
    assert _catalogue("locale/it").gettext(english) in (italian, english)
