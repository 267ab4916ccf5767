"""The words that texts may use: what each means, and invented facts to try a text with.

`WORDS` has an entry for each word of a kind of notice, those that are worked out (`NoticeKind.derive`) included. Its values are
tried one after the other, so that a text is made in each of its branches before anybody approves it; the first is what a
preview shows. `OF_KIND` is for a word that is something else in one kind. Nobody and nothing in here exists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.kinds import NoticeKind

MOST_TOGETHER = 96  # made of each text with all its words varied together; beyond that two at a time
LINK = "https://example.invalid/prova/0000"  # a secret address is never a real one here


@dataclass(frozen=True)
class Word:
    """A word: what it means, for whoever writes texts, and the values it is tried with."""

    label: Any
    values: tuple[Any, ...] = ()


def _day(day: int, month: int = 1, year: int = 2027) -> date:
    return date(year, month, day)


WORDS: dict[str, Word] = {
    "about": Word(_("what the operation is about: the policy or the claim"), ("polizza P-2027-0042", "")),
    "accepted_on": Word(_("the day on which the offer was accepted; nothing where it was not"), (None, _day(20))),
    "action_label": Word(_("the label of the button of the e-mail"), ("Apri la pagina",)),
    "action_url": Word(_("the address behind the button of the e-mail"), (LINK,)),
    "address": Word(_("the address where something did not arrive"), ("maria.rossi@example.com", "")),
    "adjuster": Word(_("who settles the claim"), ("dott.ssa Nora Pavan", "")),
    "adjuster_phone": Word(_("the telephone of whoever settles the claim"), ("+39 02 5550 1401", "")),
    "agency": Word(_("the agency that reported it for the customer; nothing where it did not"), ("", "Agenzia Pavia")),
    "allowed_on": Word(_("the day on which the person agreed to advertising"), (_day(10), None)),
    "alert_count": Word(_("how many figures left their limits"), (1, 3)),
    "alerts": Word(_("the figures that left their limits, and why"), ("Abbandono, tutte le linee: sopra i limiti",)),
    "amount": Word(_("the sum, in euro"), (Decimal("1240.50"), Decimal("620"))),
    "annual": Word(_("whether the contract lasts a year"), (True, False)),
    "answer": Word(_("what the person who worked on it wrote"), ("L’indirizzo è stato aggiornato.", "")),
    "answer_days": Word(_("the days for the answer; nothing where the law gives none")),
    "answer_by": Word(_("the day by which the answer is asked for"), (_day(22),)),
    "answers": Word(_("whether an answer is expected"), (True, False)),
    "article": Word(_("the article of law that the intermediary is asked by"), ("art. 10-ter Reg. ISVAP 24/2008",)),
    "asked_on": Word(_("the day on which the intermediary was asked"), (_day(12),)),
    "assessor": Word(_("the assessor, where one was appointed"), ("Studio Actis", "")),
    "basis": Word(_("why advertising may be sent: consent, similar"), ("consent", "similar")),
    "begun_on": Word(_("the day on which the payment was begun"), (_day(8),)),
    "by_desk": Word(_("whether the customer service asked for it for the customer"), (False, True)),
    "by_phone": Word(_("whether the report was made by telephone"), (False, True)),
    "called_on": Word(_("the day of the telephone call; nothing where the person wrote"), (_day(2), None)),
    "capacity": Word(_("by which right somebody acts: guardian, heir, attorney"), ("tutore",)),
    "cause": Word(
        _("why the entry was cancelled: request, double, mistake, another code"), ("request", "double", "mistake")
    ),
    "channel": Word(_("the channel: email, sms, inbox"), ("email", "inbox", "sms")),
    "claim_id": Word(_("the claim, as its page is found"), (17,)),
    "code": Word(_("the code to be entered"), ("000000",)),
    "complainant": Word(_("who complained"), ("Maria Rossi",)),
    "complaint_url": Word(_("the page where a complaint is written"), ("https://example.invalid/reclami/",)),
    "complete_on": Word(_("the day on which the file of the claim was complete"), (_day(11), None)),
    "contact_url": Word(_("the page with the ways to reach us"), ("https://example.invalid/contatti/",)),
    "contacts": Word(
        _("the contacts and their terms, line by line"), ("C-00000042: scadenza 12 gennaio 2027, ore 16:30",)
    ),
    "controller": Word(_("who answers for the personal data"), ("Vittoria Assicurazioni S.p.A.",)),
    "cover_ends_on": Word(_("the last day on which the cover lasts")),
    "customer": Word(_("the customer for whom somebody acts"), ("Officine Rossi S.r.l.",)),
    "dated_on": Word(_("the day of the certificate"), (_day(20, 11, 2026),)),
    "day": Word(_("the day on which the opinion was given, in words"), ("il 9 gennaio 2027",)),
    "days": Word(_("how many days"), (7, 1)),
    "deadlines": Word(_("the paragraphs about the deadlines, one below the other")),
    "days_late": Word(_("how many days the term is past; nothing where it is not"), (0, 1, 3)),
    "days_left": Word(_("how many days are left; nothing where none is"), (5, 1, 0)),
    "document": Word(_("the document that is asked for"), ("la fattura della riparazione",)),
    "due_at": Word(_("until when we answer, in words"), ("giovedì 14 gennaio 2027, ore 12:00", "")),
    "due_on": Word(_("the day on which it is due"), (_day(1), _day(11, 2))),
    "email": Word(_("an e-mail address"), ("luca.bianchi@example.com",)),
    "ends_on": Word(_("the last day"), (_day(31, 12, 2026), _day(8))),
    "enquiry": Word(_("what the intermediary is asked"), ("Quando è stata consegnata la polizza?",)),
    "facts": Word(_("what was asked for, line by line"), ("Nuovo indirizzo: via Verdi 3, 20121 Milano",)),
    "failed_on": Word(_("the day on which the payment failed"), (_day(8),)),
    "first_on": Word(_("the day of the first deadline")),
    "files": Word(_("how many files were sent"), (2, 1, 0)),
    "goes": Word(_("what is erased, one entry for each"), (["Numeri di telefono", "Preferenze"], [])),
    "grace_days": Word(_("the days of grace of the contract"), (15, 0)),
    "handler": Word(_("who follows the complaint"), ("dott. Aldo Neri", "")),
    "has_grace": Word(_("whether there are days of grace")),
    "how_many": Word(_("how many deadlines the message lists")),
    "hours": Word(_("how many hours"), (48, 1)),
    "instalment_id": Word(_("the instalment to be paid; nothing where it is none"), (17, None)),
    "intermediary": Word(_("the intermediary whose conduct is concerned"), ("Agenzia Milano Centro",)),
    "is_first": Word(_("whether it is the first premium"), (False, True)),
    "is_late": Word(_("whether the day has passed"), (False, True)),
    "is_life": Word(_("whether it is a life contract")),
    "is_motor": Word(_("whether it is a motor liability contract")),
    "is_moved": Word(_("whether it was moved to another hour"), (False, True)),
    "is_compliance": Word(_("whether a decision is to be complied with, not an appeal answered"), (False, True)),
    "is_open": Word(_("whether it is still open"), (True, False)),
    "is_renewal": Word(_("whether a renewal was being paid, and no instalment")),
    "is_over": Word(_("whether the term is over"), (False, True)),
    "kind": Word(_("what was damaged in the claim: property, injury"), ("property", "injury")),
    "late_count": Word(_("how many of the contacts are past their term"), (0, 1, 3)),
    "latest_on": Word(_("the last day for our answer"), (_day(8, 3),)),
    "letter": Word(
        _("the whole answer letter, with the paragraphs that the law asks for"),
        ("Gentile Cliente,\n\nabbiamo letto…",),
    ),
    "line": Word(_("the line of business, by its number"), ("10", "8", "I")),
    "link": Word(_("the address of the offer")),
    "minutes": Word(_("how many minutes"), (10, 1)),
    "name": Word(_("the name by which the person is addressed"), ("Maria Rossi", "")),
    "new": Word(_("the new address to sign in with"), ("maria.nuova@example.com",)),
    "note": Word(_("a note of the officer"), ("Per conoscenza.", "")),
    "number": Word(_("the number to be quoted"), ("R-2027-000123",)),
    "occurred_on": Word(_("the day of the event"), (_day(2, 12, 2026), _day(11, 12, 2026))),
    "offer_days": Word(_("the days that the law gives for an offer; nothing where it gives none"), (60, None)),
    "offer_due_on": Word(_("the last day for the offer; nothing while the file is not complete")),
    "offer_id": Word(_("the offer of renewal to be paid; nothing where it is none"), (None, 17)),
    "offered_amount": Word(_("the sum that was offered; nothing where it is not known"), (Decimal("1240.50"), None)),
    "offered_on": Word(_("the day of the offer; nothing where it is not known"), (_day(8), None)),
    "old": Word(_("the earlier address to sign in with"), ("maria.prima@example.com",)),
    "other": Word(_("the number of the other entry, of a double"), ("2027/12", "")),
    "pay_url": Word(_("the page where what is due is seen and paid")),
    "paid_by": Word(_("the last day for the payment; nothing where the law gives none")),
    "paid_on": Word(_("the day of the payment"), (_day(11),)),
    "phone": Word(_("the telephone number that is called"), ("+39 333 000 0000",)),
    "plate": Word(_("the plate; nothing where there is none"), ("AB123CD", "")),
    "policy": Word(_("the number of the policy"), ("P-2027-0042",)),
    "premium": Word(_("the yearly premium, in euro; nothing where it is not known"), (Decimal("1240.50"), None)),
    "problem": Word(
        _("what went wrong, in the words of the mail server or of the post"), ("550 mailbox unavailable",)
    ),
    "protocol": Word(_("the number given by IVASS or by the Arbiter"), ("0123456/26",)),
    "product": Word(_("the name of the product"), ("Strada Sicura",)),
    "purpose": Word(_("what a consent is for"), ("Promozioni della mia agenzia",)),
    "reader": Word(_("who read the answer before it went out"), ("Livia Sartori",)),
    "reason": Word(_("the reason, in the words of whoever decided"), ("Il contratto è in vigore.", "")),
    "received_on": Word(_("the day on which it was received"), (_day(8, 1),)),
    "refunded_on": Word(_("the day of the refund"), (_day(20),)),
    "refused_on": Word(_("the day of the refusal; nothing where it is not known"), (_day(8), None)),
    "remark": Word(_("what is to be written otherwise"), ("Manca l’articolo delle condizioni.",)),
    "renewal_until": Word(
        _("the last day of the renewed contract; nothing where it is no renewal"), (None, _day(31, 12))
    ),
    "repairer": Word(_("the affiliated repairer"), ("Carrozzeria del Ponte", "")),
    "represented": Word(_("the person for whom the complaint is made"), ("Maria Rossi",)),
    "request": Word(_("the number of the request as which it goes on"), ("C-2027-000120", "")),
    "rights": Word(_("what somebody may do"), ("vedere polizze e sinistri",)),
    "sender": Word(_("who sends the advertising"), ("Agenzia Milano Centro",)),
    "sign_in_with": Word(_("the address to sign in with, partly hidden"), ("m…@example.com",)),
    "signed_by_both": Word(_("whether both drivers signed the accident form"), (False, True)),
    "skipped_offer": Word(_("whether the offer was not announced before"), (False, True)),
    "skipped_taken": Word(_("whether the taking in charge was not announced before"), (False, True)),
    "starts_on": Word(_("the first day of the renewed contract"), (_day(1),)),
    "stays": Word(_("what is kept, one entry for each"), (["Polizze, fino al 2037"], [])),
    "stop_url": Word(_("the address that ends the advertising"), ("https://example.invalid/basta/0000",)),
    "subject": Word(_("the subject that was written"), ("Cambio di indirizzo", "")),
    "sum_insured": Word(_("the sum insured, in euro; nothing where it is not known"), (Decimal("25000.00"), None)),
    "suspended_from": Word(_("the first day without cover")),
    "text": Word(_("the text that was written"), ("Gentile Cliente, ecco la risposta.",)),
    "then": Word(_("what happens next"), ("Ci lavora una persona: rispondiamo entro due giorni.",)),
    "title": Word(_("the title of the letter"), ("Risposta al reclamo",)),
    "tries": Word(_("how many times nobody answered our call"), (3, 1)),
    "until": Word(_("until when, in words"), ("31 gennaio 2027", "")),
    "valid_until": Word(_("the last day on which the offer may be accepted"), (_day(15),)),
    "value": Word(
        _("the value of the life position, in euro; nothing where it is not known"), (Decimal("18250.40"), None)
    ),
    "valued_on": Word(_("the day of the value"), (_day(8),)),
    "visit_on": Word(_("the day of the visit"), (_day(14),)),
    "visit_place": Word(_("the place of the visit; nothing where it is not known"), ("via Verdi 3, 20121 Milano", "")),
    "waits": Word(_("what has to end before, one entry for each"), (["Il sinistro S-2027-9 è aperto"], [])),
    "way": Word(_("how the money was given back"), ("bonifico sul conto da cui è partito",)),
    "what": Word(_("what was asked for"), ("Cambio di indirizzo",)),
    "warned_count": Word(_("how many contacts the message lists"), (1, 4)),
    "when": Word(_("when, in words"), ("martedì 12 gennaio 2027, ore 10:00",)),
    "who": Word(_("the person who did it"), ("Luca Bianchi", "")),
    "why": Word(_("why it is asked for"), ("Serve per calcolare il danno.", "")),
    "withdrawn_on": Word(_("the day on which it was withdrawn"), (_day(11),)),
    "withdraws": Word(_("whether it can still be taken back"), (True, False)),
    "writer": Word(_("who wrote the answer"), ("Aldo Neri",)),
}

_POLICY = {"policy": "P-2027-0042", "product": "Strada Sicura", "plate": "AB123CD", "line": "10"}
_HOUSE = {"policy": "P-2027-0108", "product": "Casa Serena", "plate": "", "line": "8"}
_ENDING = {"ends_on": "2027-01-31", "premium": "1240.50", "annual": True, "grace_days": 15}
_OWING = {"amount": "310.20", "due_on": "2027-01-11", "is_first": False, "instalment_id": 17}
# As they are stored: the facts of each deadline, with the code of its kind.
DEADLINES = (
    [
        {"kind": "policy-expiring", **_POLICY, **_ENDING},
        {"kind": "instalment-due", **_HOUSE, **_OWING},
    ],
    [
        {"kind": "instalment-overdue", **_POLICY, **_OWING},
        {"kind": "grace-ending", **_POLICY, **_ENDING, "offer_id": None},
        {"kind": "policy-expiry-reminder", **_HOUSE, **_ENDING},
    ],
)

OF_KIND: dict[tuple[str, str], tuple[Any, ...]] = {
    ("deadlines-digest", "items"): DEADLINES,
    ("request-agency-copy", "customer"): ("Maria Rossi",),
    ("account-mail", "subject"): ("Conferma il Suo indirizzo",),
    ("consent-confirm", "channel"): ("e-mail",),
    ("erasure-asked", "due_on"): ("11 febbraio 2027",),
    ("erasure-lengthened", "due_on"): ("11 aprile 2027",),
    ("erasure-refused", "reason"): ("Il contratto è in vigore.",),
    ("erasure-lengthened", "reason"): ("Le richieste sono molte.",),
    ("payment-to-refund", "reason"): ("paid_twice", "paid_elsewhere", "amount_changed", "not_as_asked", "not_owed"),
    ("promotion", "subject"): ("La casa, protetta d’inverno",),
    ("promotion", "name"): ("Maria Rossi",),
    ("text-test", "subject"): ("Oggetto della prova",),
    ("renewal-offered", "until"): (_day(31, 12),),
    ("claim-refused", "reason"): ("Il danno è precedente alla polizza.", ""),
    ("claim-offered", "amount"): (Decimal("1240.50"), None),
    ("payment-failed", "reason"): ("Carta scaduta", ""),
    **{
        (code, "line"): ("800 016 611", "")
        for code in (
            "address-asked",
            "address-changed",
            "address-back",
            "address-undone",
            "phone-changed",
            "email-changed",
            "data-changed",
            "phone-retired",
            "email-retired",
            "access-suspended",
            "access-reopened",
        )
    },
    ("data-changed", "what"): ("è stato aggiunto un numero di telefono: •••567",),
    ("access-suspended", "reason"): ("chiesto dal cliente per telefono",),
    **{
        (code, "until"): ("31 gennaio 2027, ore 18:00",)
        for code in ("address-changed", "address-new", "call-back-booked")
    },
    **{(code, "until"): ("31 gennaio 2027",) for code in ("acting-ending",)},
    **{
        (code, "who"): ("Luca Bianchi",)
        for code in ("people-invitation", "people-joined", "people-changed", "people-left")
    },
    **{(code, "who"): ("Luca Bianchi",) for code in ("acting-for-you", "acting-for-you-ended")},
}
ALWAYS = {"action_url", "action_label"}


def words_of(kind: NoticeKind) -> frozenset[str]:
    """Every word that a text of the kind may use: those that its notices are given, those worked out, and the button's."""
    return frozenset(usual_facts(kind)) - kind.unnamed


def label_of(word: str) -> str:
    """What the word means; the word itself in plain letters where nobody has written it down."""
    return str(WORDS[word].label) if word in WORDS else word.replace("_", " ")


def usual_facts(kind: NoticeKind) -> dict[str, Any]:
    """The facts that a preview shows where no real ones are chosen, with what follows from them."""
    return kind.read({word: values[0] for word, values in _values_of(kind).items()})


def facts_of(kind: NoticeKind) -> Iterator[dict[str, Any]]:
    """Facts for every case: all values of all words together where that is a matter of dozens, else two at a time."""
    values = _values_of(kind)
    usual = {word: given[0] for word, given in values.items()}
    several = {word: given for word, given in values.items() if len(given) > 1}
    number = 1
    for given in several.values():
        number *= len(given)
    if number <= MOST_TOGETHER:
        for chosen in product(*several.values()):
            yield kind.read(usual | dict(zip(several, chosen, strict=True)))
        return
    yield kind.read(usual)
    for word, given in several.items():
        for value in given[1:]:
            yield kind.read(usual | {word: value})
    for (one, ones), (other, others) in combinations(several.items(), 2):
        for value, beside in product(ones[1:], others[1:]):
            yield kind.read(usual | {one: value, other: beside})


def in_words(facts: Mapping[str, Any], usual: Mapping[str, Any]) -> str:
    """How facts differ from the usual ones, for whoever has to find the case: “plate = (nothing), line = 8”."""
    differing = [
        (word, value) for word, value in facts.items() if value != usual.get(word) and word in WORDS.keys() - ALWAYS
    ]
    given = [(word, value) for word, value in differing if WORDS[word].values]
    shown = (f"{word} = {_shown(value)}" for word, value in given)
    return ", ".join(shown) or str(_("the usual facts"))


def _shown(value: Any) -> str:
    if value is True or value is False:
        return str(_("yes")) if value else str(_("no"))
    return str(value) if value not in ("", None, []) else str(_("(nothing)"))


def _values_of(kind: NoticeKind) -> dict[str, tuple[Any, ...]]:
    return {word: _values(kind, word) for word in sorted(kind.needs)} | {
        word: WORDS[word].values for word in sorted(ALWAYS)
    }


def _values(kind: NoticeKind, word: str) -> tuple[Any, ...]:
    if (own := OF_KIND.get((kind.code, word))) is not None:
        return own
    if word in WORDS and WORDS[word].values:
        return WORDS[word].values
    if word in kind.dates:
        return (_day(1), _day(11, 2))
    return (Decimal("1240.50"),) if word in kind.amounts else (word.replace("_", " "),)
