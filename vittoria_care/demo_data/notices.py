"""Notices of the last weeks, of several kinds and fates, and who opened whose file.

Those about policies and claims have the kinds, the keys and the texts of the real ones, so that the nightly plan finds
them told and adds only what is missing.
"""

import datetime
from collections.abc import Mapping
from random import Random
from typing import Any

from complaints.models import Complaint
from contact_center.models import Contact
from customers import roles
from customers.models import AccessLog, Claim, Customer, Instalment, Policy
from notifications.kinds import CLAIM_TAKEN_IN_CHARGE, INSTALMENT_DUE, INSTALMENT_OVERDUE, POLICY_EXPIRING, NoticeKind
from notifications.models import Notice, NoticeEvent, SuppressedAddress
from notifications.rendering import render

from .organisation import Organisation
from .profiles import Plan

State, Channel = Notice.State, Notice.Channel
GREETING = "Gentile {name},\n\n{text}\n\nVittoria Care – Servizio clienti"
RECEIVED, COMPLAINT_ANSWER = "request-received", "complaint-answer"
LOOKS = ("customer", "policy", "claim", "contact", "complaint")
REASONS = ("chiamata in corso", "richiesta scritta", "pratica di secondo livello", "reclamo", "")


def make_notices(plan: Plan, customers: list[Customer], contacts: list[Contact], complaints: list[Complaint]) -> int:
    """Expiries, instalments, claims taken in charge, requests received, complaints answered; returns how many."""
    rng = plan.stream("notices")
    by_id = {customer.pk: customer for customer in customers}
    points = {
        (customer, kind): value
        for customer, kind, value in Customer.objects.filter(pk__in=by_id)
        .order_by("contact_points__pk")
        .values_list("pk", "contact_points__kind", "contact_points__value")
    }
    maker = _Maker(plan, rng, by_id, points)
    limit = max(20, plan.written // 3)
    _about_policies(maker, plan, limit)
    claims = Claim.objects.filter(customer__in=by_id).exclude(state="reported").select_related("policy")
    for claim in claims.order_by("-reported_on", "-pk")[: limit // 2]:
        words = {
            **_policy(claim.policy),
            **{name: getattr(claim, name) for name in ("number", "occurred_on", "adjuster", "adjuster_phone")},
            **{name: getattr(claim, name) for name in ("assessor", "repairer", "kind", "signed_by_both")},
            "complete_on": claim.complete_on,
        }
        maker.say(
            CLAIM_TAKEN_IN_CHARGE, str(claim.pk), claim.customer_id, words, (plan.today - claim.reported_on).days
        )
    for contact in [each for each in contacts if each.customer_id][-limit:]:
        text = f"abbiamo ricevuto la sua richiesta {contact.number} e le risponderemo entro due giorni lavorativi."
        age = (plan.as_of - contact.started_at).total_seconds() / 86_400
        subject = f"Richiesta {contact.number} ricevuta"
        maker.add(
            RECEIVED, str(contact.pk), contact.customer_id, subject, maker.letter(contact.customer_id, text), age
        )
    for complaint in [each for each in complaints if each.state == "answered"][-limit // 4 :]:
        text = maker.letter(complaint.customer_id, complaint.answer)
        age = (plan.as_of - complaint.answered_at).total_seconds() / 86_400
        subject = f"Risposta al reclamo {complaint.number}"
        maker.add(COMPLAINT_ANSWER, str(complaint.pk), complaint.customer_id, subject, text, age)
    made = Notice.objects.bulk_create(maker.made)
    _what_happened(made)
    return len(made)


def _what_happened(notices: list[Notice]) -> None:
    """The events of those that did not go the ordinary way, and the addresses that turned out not to exist."""
    troubled = [notice for notice in notices if notice.state in (State.REFUSED, State.IN_DOUBT, State.WITHHELD)]
    NoticeEvent.objects.bulk_create(
        NoticeEvent(
            notice=notice,
            old=State.QUEUED if notice.state == State.WITHHELD else State.SENDING,
            new=notice.state,
            detail=notice.problem,
            at=notice.created_at,
        )
        for notice in troubled
    )
    refused = {notice.address: notice for notice in troubled if notice.state == State.REFUSED}
    SuppressedAddress.objects.bulk_create(
        SuppressedAddress(
            channel=notice.channel,
            address=address,
            reason=SuppressedAddress.Reason.NO_SUCH_MAILBOX,
            detail=notice.problem,
            since=notice.created_at,
        )
        for address, notice in refused.items()
    )


def _about_policies(maker: "_Maker", plan: Plan, limit: int) -> None:
    """What fell into the windows of the alerts in the last days; some of it was not told yet."""
    rng, today, by_id = maker.rng, plan.today, maker.customers
    policies = Policy.objects.filter(holder__in=by_id, state="active", ends_on__range=(today, today + _days(34)))
    told = policies.filter(ramo="10") | policies.filter(tacit_renewal=False, ramo__in=[str(n) for n in range(1, 19)])
    for policy in told.order_by("ends_on", "pk")[:limit]:
        names = ("ends_on", "premium", "annual", "grace_days")
        words = _policy(policy) | {name: getattr(policy, name) for name in names}
        about = f"{policy.pk}:{policy.ends_on}"
        maker.say(POLICY_EXPIRING, about, policy.holder_id, words, rng.random() * 6)
    unpaid = Instalment.objects.unpaid().filter(policy__holder__in=by_id, policy__state="active")
    for kind, first, last in ((INSTALMENT_DUE, 0, 9), (INSTALMENT_OVERDUE, -15, -8)):
        due = unpaid.filter(due_on__range=(today + _days(first), today + _days(last))).select_related("policy")
        for each in due.order_by("due_on", "pk")[:limit]:
            policy = each.policy
            words = _policy(policy) | {"due_on": each.due_on, "amount": each.amount, "is_first": False}
            maker.say(kind, f"{each.pk}:{each.due_on}", policy.holder_id, words, rng.random() * 3)


def _policy(policy: Policy) -> dict[str, Any]:
    return {"policy": policy.number, "product": policy.product, "plate": policy.plate, "line": policy.ramo}


class _Maker:
    """Makes notices with a fate that fits their age."""

    def __init__(self, plan: Plan, rng: Random, customers: dict[int, Customer], points: dict[tuple[int, str], str]):
        self.plan, self.rng, self.customers, self.points = plan, rng, customers, points
        self.made: list[Notice] = []

    def say(self, kind: NoticeKind, about: str, customer_id: int, words: Mapping[str, Any], age: float) -> None:
        """One notice of a real kind, `age` days old, in the words of its text."""
        customer = self.customers.get(customer_id)
        if customer is None:
            return
        said = render(kind, words, language=customer.language)
        self.add(kind.code, about, customer_id, said.subject, said.text, age, html=said.html)

    def letter(self, customer_id: int, text: str) -> str:
        """A text with its greeting."""
        customer = self.customers.get(customer_id)
        return GREETING.format(name=(customer.first_name or customer.company_name) if customer else "", text=text)

    def add(
        self, kind: str, about: str, customer_id: int, subject: str, text: str, age: float, *, html: str = ""
    ) -> None:
        """One notice, `age` days old: by e-mail to who has an address, or in the reserved area."""
        rng, now = self.rng, self.plan.as_of
        customer = self.customers.get(customer_id)
        if customer is None:
            return
        address = self.points.get((customer_id, "email"), "")
        channel = Channel.EMAIL if address and rng.random() < 0.75 else Channel.INBOX
        created = now - datetime.timedelta(days=max(0.01, age))
        notice = Notice(
            kind=kind,
            channel=channel,
            once=f"{kind}:{about}:{channel.value}",
            customer=customer,
            language=customer.language,
            address=address if channel == Channel.EMAIL else "",
            subject=subject,
            body_text=text,
            body_html=html if channel == Channel.EMAIL else "",
            created_at=created,
            send_after=created,
        )
        self._fate(notice, created)
        self.made.append(notice)

    def _fate(self, notice: Notice, created: datetime.datetime) -> None:
        rng, now = self.rng, self.plan.as_of
        chance = rng.random()
        if notice.channel == Channel.EMAIL and chance >= 0.04:
            notice.message_id = f"<{notice.once.replace(':', '.')}@vittoria-care.example>"
        if chance < 0.04:  # held back until tomorrow morning: quiet hours
            notice.send_after = (now + _days(1)).replace(hour=9, minute=0, second=0, microsecond=0)
        elif chance < 0.065 and notice.channel != Channel.INBOX:
            notice.state, notice.attempts, notice.claimed_at = State.REFUSED, 1, created
            notice.problem = "550 5.1.1 casella inesistente"
        elif chance < 0.08 and notice.channel != Channel.INBOX:
            notice.state, notice.attempts, notice.claimed_at = State.IN_DOUBT, 1, created
            notice.problem = "il processo si è interrotto durante l'invio"
        elif chance < 0.11:
            notice.state = State.WITHHELD
            notice.problem = "indirizzo escluso dopo rifiuti"
        else:
            notice.state, notice.attempts = State.SENT, 1 if rng.random() < 0.96 else 2
            notice.claimed_at = min(created + datetime.timedelta(seconds=2), now)
            notice.sent_at = min(created + datetime.timedelta(seconds=4), now)
            read = notice.sent_at + datetime.timedelta(hours=rng.random() * 30)
            if notice.channel == Channel.INBOX and rng.random() < 0.55 and read < now:
                notice.read_at = read


def make_access_log(plan: Plan, organisation: Organisation, customers: list[Customer]) -> int:
    """Who opened whose file in the last month, and why; returns how many times."""
    rng = plan.stream("access")
    readers = [agent.user for agent in organisation.agents if agent.user]
    readers += [organisation.staff[role] for role in (roles.SPECIALIST, roles.COMPLAINT_OFFICER, roles.MANAGER)]
    made = []
    for number in range(max(40, plan.written // 2)):
        at = plan.as_of - datetime.timedelta(days=rng.random() ** 1.5 * 30)
        at = at.replace(hour=rng.randint(8, 18), minute=rng.randrange(60), microsecond=0)
        customer = customers[number % 3] if number < 9 else rng.choice(customers)
        made.append(
            AccessLog(
                user=rng.choice(readers),
                customer=customer,
                what=rng.choice(LOOKS),
                reason=rng.choice(REASONS),
                at=min(at, plan.as_of),
            )
        )
    return len(AccessLog.objects.bulk_create(made))


def _days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)
