"""The text made once for many is, letter for letter, the one that is made for each."""

from datetime import date
from uuid import uuid4

import pytest
from django.utils import timezone

from customers.tests.factories import CustomerFactory
from notifications.rendering import UnknownWord, render
from promotions.kinds import PROMOTION
from promotions.offers import mail_merge
from promotions.offers.mail_merge import MailMerge, leaves_alone
from promotions.offers.texts import words_of
from promotions.tests.factories import PromotionFactory

pytestmark = pytest.mark.django_db

NAMES = [
    "Maria Rossi",
    "Niccolò D'Amico",
    "Rossi & Figli S.n.c.",
    "Œuvre <b>forte</b>",
    "https://altrove.example/",
    "Una riga\nUn'altra",
    "",
    " Spazi  intorno ",
    "Bar “Sport” – Lucca",
]


@pytest.fixture
def promotion():
    return PromotionFactory(approved=True, channels=["email", "sms"], sms_text="Casa: 10% in meno.")


def words(promotion, name="Maria Rossi", channel="email", allowed_on=date(2026, 1, 8)):
    customer = CustomerFactory.build(pk=17, company_name=name, first_name="", last_name="")
    return words_of(promotion, channel=channel, customer=customer, key=uuid4(), allowed_on=allowed_on)


def whole(given, language="it", channel="email"):
    return render(PROMOTION, given, language=language, channel=channel, at=timezone.now())


def merged(texts, given, language="it", channel="email"):
    return texts.wording_of(given, language=language, channel=channel, at=timezone.now())


@pytest.mark.parametrize("channel", ["email", "sms", "inbox"])
@pytest.mark.parametrize("language", ["it", "en"])
def test_each_person_reads_what_would_have_been_made_for_them_alone(promotion, language, channel):
    texts = MailMerge()
    for name in NAMES:
        for allowed_on in (date(2026, 1, 8), date(2026, 3, 11), None):
            given = words(promotion, name, channel, allowed_on)
            assert merged(texts, given, language, channel) == whole(given, language, channel)


def test_what_many_share_is_made_once(promotion, monkeypatch):
    made = []
    monkeypatch.setattr(
        mail_merge, "render", lambda *given, **how: made.append(how["channel"]) or render(*given, **how)
    )
    texts = MailMerge()
    for name in ("Maria Rossi", "Ugo Bianchi", "Ada Neri"):
        merged(texts, words(promotion, name))
    assert len(made) == 1
    merged(texts, words(promotion, allowed_on=date(2026, 3, 11)))
    assert len(made) == 2, "another day is another text"


def test_no_more_texts_are_kept_than_days_of_some_years(promotion, monkeypatch):
    monkeypatch.setattr(mail_merge, "MOST_KEPT", 2)
    texts = MailMerge()
    for day in range(1, 8):
        merged(texts, words(promotion, allowed_on=date(2026, 1, day)))
    assert len(texts._kept) <= 2


def test_a_word_that_was_left_out_is_named(promotion):
    given = words(promotion)
    del given["sender"]
    with pytest.raises(UnknownWord, match="sender"):
        merged(MailMerge(), given)


@pytest.mark.parametrize(
    ("source", "is_left_alone"),
    [
        ("Gentile {{ name }}, {{ text }} {% if link %}{{ link }}{% endif %}", True),
        ('{% if basis == "similar" %}{{ text }}{% endif %}{{ stop_url }}', True),
        ("{{ allowed_on|written_day }}", True),
        ("{{ name|date }}", False),
        ('{% if name == "Rossi" %}Ciao{% endif %}', False),
        ("{% for sign in name %}{{ sign }}{% endfor %}", False),
        ("{% if link and text %}{{ link }}{% endif %}", False),
    ],
)
def test_an_approved_text_that_does_more_than_print_is_made_for_each(source, is_left_alone):
    assert leaves_alone(source) is is_left_alone
