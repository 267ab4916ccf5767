"""Rule: what can be answered before a request is written, from what is known of the customer. No clock, no database.

The sentences are made in the reader's language when they are asked for. Where each leads, the page that shows them says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from contact_center.models import Contact, Topic
from customers.claim_steps import answer_due_on, steps_of
from customers.due import Due, cover_of
from customers.models import Claim, ContactPoint, Document, Policy
from foundation.dates import moment_in_full, written_day, written_moment
from foundation.office.read_only import euro
from foundation.telephones import shown_number


class About(StrEnum):
    """What an answer is about; the page leads from each to the room where the rest of it is."""

    POLICY = "policy"
    CLAIM = "claim"
    DOCUMENT = "document"
    REQUEST = "request"
    DATA = "data"
    NOTHING = "nothing"


# What is looked for, by the area of the topic; what was asked already is looked for in each.
LOOKED_FOR: dict[str, frozenset[About]] = {
    Topic.Area.PAYMENTS: frozenset({About.POLICY}),
    Topic.Area.POLICIES: frozenset({About.POLICY}),
    Topic.Area.CLAIMS: frozenset({About.CLAIM}),
    Topic.Area.PERSONAL_DATA: frozenset({About.DATA}),
}
# Topics of which the answer is a paper, by their codes.
OF_PAPERS = frozenset({"policy-documents", "policy-risk-certificate"})


def looked_for(topic: Topic) -> frozenset[About]:
    """What is looked for to answer a topic."""
    papers = frozenset({About.DOCUMENT}) if topic.code in OF_PAPERS else frozenset()
    return LOOKED_FOR.get(topic.area, frozenset()) | papers


def asks_policy(topic: Topic) -> bool:
    """Whether the answer depends on the policy."""
    return bool(looked_for(topic) & {About.POLICY, About.CLAIM})


@dataclass(frozen=True)
class Answer:
    """An answer in words: a title, a sentence, and the key of the row that it is about."""

    about: About
    title: str
    text: str
    pk: int | None = None
    is_late: bool = False


def about_due(due: Due) -> Answer:
    """What is to be paid and by when, or when a policy ends; and until when it covers."""
    policy = due.policy
    named = {"product": _named(policy), "amount": euro(due.amount), "day": written_day(due.on, "il")}
    until = {"day": written_day(due.cover_until, "del")}
    if due.is_expiry:
        title = _("%(product)s expires on %(day)s") % named
        if policy.tacit_renewal:
            text = _("It renews by itself, unless one of us gives notice.")
        else:
            text = _("It does not renew by itself. You are covered until the end of %(day)s.") % until
    else:
        sentence = (
            _("%(product)s: %(amount)s were due by %(day)s")
            if due.is_late
            else _("%(product)s: %(amount)s by %(day)s")
        )
        title = sentence % named
        if due.is_covered:
            text = _("The instalment is to be paid. You are covered until the end of %(day)s.") % until
        else:
            text = _("The cover stopped at the end of %(day)s: it starts again the day after you pay.") % until
    return Answer(About.POLICY, title, text, policy.pk, is_late=due.is_late)


def about_policy(policy: Policy, *, today: date, renewed_until: date | None = None) -> Answer:
    """How a policy stands on which nothing is due; `renewed_until` is the last day of the renewal that was paid."""
    named = {"product": _named(policy)}
    if policy.state == Policy.State.SUSPENDED and policy.suspended_on:
        title = _("%(product)s is suspended") % named
        text = _("It has not covered since %(day)s.") % {"day": written_day(policy.suspended_on, "dal")}
    elif policy.state == Policy.State.ACTIVE and renewed_until is not None and renewed_until >= today:
        day = written_day(renewed_until, "al")
        title = _("%(product)s: the renewal is paid, you are covered until %(day)s") % {**named, "day": day}
        text = _("The new contract is on its way.")
    elif policy.state == Policy.State.ACTIVE and policy.ends_on >= today:
        title = _("%(product)s is in force until %(day)s") % {**named, "day": written_day(policy.ends_on, "al")}
        text = _("Nothing is to be paid for it in the next two months.")
    else:
        title = _("%(product)s is over") % named
        text = _("It covered until %(day)s.") % {"day": written_day(cover_of(policy), "al")}
    return Answer(About.POLICY, title, text, policy.pk)


def about_claim(claim: Claim, *, today: date) -> Answer:
    """At which step a claim is, by when we owe the next one, who follows it and who assesses it."""
    step = next((each for each in steps_of(claim) if each.is_now), None)
    title = _("Claim %(number)s: %(state)s") % {"number": claim.number, "state": claim.get_state_display()}
    by, sentences = answer_due_on(claim), []
    if by is not None:
        late = _("We owed you an offer or the reasons for a refusal by %(day)s, and are late.")
        owed = _("You get an offer, or the reasons for a refusal, by %(day)s.")
        sentences.append((late if by < today else owed) % {"day": written_day(by, "il")})
    elif step is not None:
        sentences.append(_("The next step: %(step)s.") % {"step": step.name})
    elif claim.paid_on is not None:
        sentences.append(
            _("%(amount)s paid on %(day)s.")
            % {"amount": euro(claim.paid_amount), "day": written_day(claim.paid_on, "il")}
        )
    if claim.adjuster:
        phone = f", {shown_number(claim.adjuster_phone)}" if claim.adjuster_phone else ""
        sentences.append(_("Followed by %(name)s%(phone)s.") % {"name": claim.adjuster, "phone": phone})
    if claim.assessor:
        sentences.append(_("Assessor appointed: %(assessor)s.") % {"assessor": claim.assessor})
    is_late = by is not None and by < today
    return Answer(About.CLAIM, title, " ".join(sentences) or _("It is closed."), claim.pk, is_late=is_late)


def about_document(document: Document) -> Answer:
    """A paper that is here already."""
    text = _("It is among your documents: dated %(day)s.") % {"day": written_day(document.dated_on)}
    return Answer(About.DOCUMENT, document.title, text, document.pk)


def about_request(contact: Contact, *, now: datetime) -> Answer:
    """What was asked already and is not answered yet."""
    title = _("You have asked already: %(number)s, “%(subject)s”") % {
        "number": contact.number,
        "subject": contact.subject or contact.topic or contact.get_kind_display(),
    }
    is_late = contact.due_at is not None and contact.due_at < now
    call_back = getattr(contact, "call_back", None)
    if call_back is not None and call_back.starts_at == contact.due_at and not is_late:
        text = _("We call you: %(when)s.") % {"when": moment_in_full(call_back.starts_at)}
    elif contact.state == Contact.State.WAITING:
        text = _("We wrote to you and wait for your answer: you can give it there.")
    elif contact.due_at is None:
        text = _("Somebody of the customer service is working on it.")
    else:
        sentence = _("The answer was due by %(when)s: we are late.") if is_late else _("The answer comes by %(when)s.")
        text = sentence % {"when": written_moment(contact.due_at, "il")}
    return Answer(About.REQUEST, title, text, contact.pk, is_late=is_late)


def about_data(points: Sequence[ContactPoint]) -> Answer:
    """How we reach the customer, as we hold it."""
    held = [shown_number(each.value) if each.kind == ContactPoint.Kind.PHONE else each.value for each in points]
    title = _("We reach you here")
    return Answer(About.DATA, title, ", ".join(held) or _("We have no number or address of yours."))


def nothing_found(area: str) -> Answer | None:
    """What to say where what was looked for is not there; None where that would say nothing."""
    if area == Topic.Area.PAYMENTS:
        text = _("When something is, you find it here with its amount, until it is paid.")
        return Answer(About.NOTHING, _("Nothing is due in the next two months."), text)
    return None


def _named(policy: Policy) -> str:
    """A policy as its holder knows it."""
    return " · ".join(filter(None, [policy.product, policy.plate]))
