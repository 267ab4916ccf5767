"""Notices of the last weeks, of several kinds and states, and the log of accesses to customers' files.

They have the kinds, the keys and the texts of the real ones, so that the nightly plan finds them and adds only what is
missing.
"""

import datetime
from collections.abc import Mapping, Set
from random import Random
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext

from complaints.kinds import ANSWERED
from complaints.kinds import RECEIVED as COMPLAINT_RECEIVED
from complaints.letters import compose
from complaints.models import Complaint, ComplaintLetter
from complaints.terms import ANSWER_DAYS
from contact_center.contacts.kinds import REQUEST_ANSWERED, REQUEST_RECEIVED
from contact_center.contacts.opening import tracking_url
from contact_center.models import Contact, Message, WebFormRequest
from customers import roles
from customers.models import AccessLog, Claim, Customer, Instalment, Policy, ReservedAreaAccount
from customers.rami import MOTOR_LIABILITY
from foundation.dates import moment_in_full
from notifications.kinds import CLAIM_TAKEN_IN_CHARGE, INSTALMENT_DUE, INSTALMENT_OVERDUE, POLICY_EXPIRING, NoticeKind
from notifications.models import Notice, NoticeEvent, SuppressedAddress
from notifications.rendering import render

from .organisation import Organisation
from .profiles import Plan
from .sign_ins import CUSTOMERS

State, Channel = Notice.State, Notice.Channel
ANNOUNCED_AHEAD = 35  # days before the expiry
PROVED_SINCE = 120  # days: the expiries of so long are announced, for the proof that they were
SOLVED_AFTER = 3  # days, in which somebody sees to what did not arrive
LOOKS = ("customer", "policy", "claim", "contact", "complaint")
MAILBOXES = {
    email for _label, email in CUSTOMERS.values()
}  # of the customers who sign in: none of their notices failed
# Nobody is there, which mutes the address; and what is nobody's fault but the receiver's, or ours, and mutes none.
REFUSALS = (
    "550 5.1.1 casella inesistente",
    "550 5.7.1 messaggio respinto dalle regole del destinatario",
    "Rinunciato dopo 11 tentativi: 452 4.2.2 casella piena",
)
REASONS = ("chiamata in corso", "richiesta scritta", "pratica di secondo livello", "reclamo", "")


def make_notices(plan: Plan, customers: list[Customer], contacts: list[Contact], complaints: list[Complaint]) -> int:
    """Expiries, instalments, claims taken in charge, requests received, complaints answered; returns how many."""
    rng, limit = plan.stream("notices"), max(20, plan.written // 3)
    expiring = _expiring(plan.today, limit)
    by_id = {customer.pk: customer for customer in customers}
    by_id |= Customer.objects.in_bulk([policy.holder_id for policy in expiring])
    points = {
        (customer, kind): value
        for customer, kind, value in Customer.objects.filter(pk__in=by_id)
        .order_by("contact_points__pk")
        .values_list("pk", "contact_points__kind", "contact_points__value")
    }
    accounts = ReservedAreaAccount.objects.filter(state="enrolled", user__is_active=True)
    maker = _Maker(plan, rng, by_id, points, set(accounts.values_list("customer", flat=True)))
    _about_policies(maker, plan, expiring, limit)
    claims = Claim.objects.filter(customer__in=by_id).exclude(state="reported").select_related("policy")
    for claim in claims.order_by("-reported_on", "-pk")[: limit // 2]:
        words = {
            **_policy(claim.policy),
            **{name: getattr(claim, name) for name in ("number", "occurred_on", "adjuster", "adjuster_phone")},
            **{name: getattr(claim, name) for name in ("assessor", "repairer", "kind", "signed_by_both")},
            "complete_on": claim.complete_on,
        }
        maker.add(
            CLAIM_TAKEN_IN_CHARGE, str(claim.pk), claim.customer_id, words, (plan.today - claim.reported_on).days
        )
    _about_requests(maker, [each for each in contacts if each.customer_id][-limit:])
    _about_complaints(maker, [each for each in complaints if each.customer_id], limit // 4)
    made = Notice.objects.bulk_create(maker.made)
    _what_happened(made)
    return len(made)


def _what_happened(notices: list[Notice]) -> None:
    """Make the events of the notices that were not sent, and the addresses that turned out not to exist."""
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
    nobody = [each for each in troubled if each.state == State.REFUSED and each.problem == REFUSALS[0]]
    refused = {notice.address: notice for notice in nobody}
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


def _expiring(today: datetime.date, limit: int) -> list[Policy]:
    """Policies that expire soon, and others that did in the last months."""
    policies = Policy.objects.filter(state__in=("active", "expired")).order_by("-ends_on", "pk")
    policies = policies.filter(ramo=MOTOR_LIABILITY) | policies.filter(
        tacit_renewal=False, ramo__in=[str(n) for n in range(1, 19)]
    )
    soon = policies.filter(ends_on__range=(today, today + _days(ANNOUNCED_AHEAD)))
    past = policies.filter(ends_on__range=(today - _days(PROVED_SINCE), today - _days(1)))
    return [*soon[:limit], *past[:limit]]


def _about_policies(maker: "_Maker", plan: Plan, expiring: list[Policy], limit: int) -> None:
    """Make the alerts of the last months, before the thirtieth day as the law wants them; some of what is due has none yet."""
    rng, today, by_id = maker.rng, plan.today, maker.customers
    for policy in expiring:
        names = ("ends_on", "premium", "annual", "grace_days")
        words = _policy(policy) | {name: getattr(policy, name) for name in names}
        about = f"{policy.pk}:{policy.ends_on}"
        age = ANNOUNCED_AHEAD + rng.random() * 3 - (policy.ends_on - today).days
        maker.add(POLICY_EXPIRING, about, policy.holder_id, words, age, is_over=age > SOLVED_AFTER)
    unpaid = Instalment.objects.unpaid().filter(policy__holder__in=by_id, policy__state="active")
    for kind, first, last in ((INSTALMENT_DUE, 0, 9), (INSTALMENT_OVERDUE, -15, -8)):
        due = unpaid.filter(due_on__range=(today + _days(first), today + _days(last))).select_related("policy")
        for each in due.order_by("due_on", "pk")[:limit]:
            policy = each.policy
            words = _policy(policy) | {"due_on": each.due_on, "amount": each.amount, "is_first": False}
            maker.add(kind, f"{each.pk}:{each.due_on}", policy.holder_id, words, rng.random() * 3)


def _about_requests(maker: "_Maker", contacts: list[Contact]) -> None:
    """Make the acknowledgements and the answers."""
    by_id = {contact.pk: contact for contact in contacts}
    for form in WebFormRequest.objects.filter(contact__in=by_id).order_by("contact"):
        contact = by_id[form.contact_id]
        assert contact.customer_id is not None  # make_notices passes those of a customer
        with translation.override(maker.customers[contact.customer_id].language):
            words = {
                "number": contact.number,
                "subject": contact.subject,
                "name": form.name,
                "due_at": moment_in_full(contact.due_at),
                "answers": form.form != WebFormRequest.Form.CONSIDERATION,
                "action_url": tracking_url(form),
                "action_label": gettext("Follow your request"),
            }
        age = maker.age_of(contact.started_at)
        maker.add(REQUEST_RECEIVED, str(contact.pk), contact.customer_id, words, age, address=form.email)
    answers = Message.objects.filter(contact__in=by_id, direction=Message.Direction.OUTBOUND).order_by(
        "written_at", "pk"
    )
    for message in answers:
        contact = by_id[message.contact_id]
        words = {"number": contact.number, "subject": contact.subject, "text": message.text, "files": 0}
        maker.add(REQUEST_ANSWERED, str(message.pk), contact.customer_id, words, maker.age_of(message.written_at))


def _about_complaints(maker: "_Maker", complaints: list[Complaint], limit: int) -> None:
    """Make the receipts of open complaints, and the letters of the latest answers."""
    for complaint in [each for each in complaints if each.is_open][-limit:]:
        words = {
            "number": complaint.number,
            "name": complaint.complainant_name,
            "subject": complaint.subject,
            "received_on": complaint.first_received_on,
            "due_on": complaint.first_received_on + _days(ANSWER_DAYS),
            "is_over": complaint.first_received_on + _days(ANSWER_DAYS) < timezone.localdate(complaint.registered_at),
            "handler": "",
        }
        age = maker.age_of(complaint.registered_at)
        maker.add(COMPLAINT_RECEIVED, str(complaint.pk), complaint.customer_id, words, age)
    known = {complaint.pk: complaint for complaint in complaints}
    letters = ComplaintLetter.objects.filter(complaint__in=known).select_related("by").order_by("made_at", "pk")
    for kept in letters[:limit]:
        complaint = known[kept.complaint_id]
        letter = compose(
            complaint,
            outcome=complaint.outcome,
            answer=complaint.answer,
            reasons=complaint.reasons,
            on=timezone.localdate(kept.made_at),
            signed_by=str(kept.by),
            carrying=[*kept.paragraphs, *kept.frame],
        )
        words = {"number": complaint.number, "name": complaint.complainant_name, "letter": letter.text}
        stem = f"complaint-answer:{complaint.pk}"
        maker.add(ANSWERED, str(complaint.pk), complaint.customer_id, words, maker.age_of(kept.made_at), once=stem)


def _policy(policy: Policy) -> dict[str, Any]:
    return {"policy": policy.number, "product": policy.product, "plate": policy.plate, "line": policy.ramo}


class _Maker:
    """Makes notices with a state that fits their age."""

    def __init__(
        self,
        plan: Plan,
        rng: Random,
        customers: dict[int, Customer],
        points: dict[tuple[int, str], str],
        enrolled: Set[int] = frozenset(),
    ):
        self.plan, self.rng, self.customers, self.points = plan, rng, customers, points
        self.enrolled = enrolled
        self.made: list[Notice] = []

    def age_of(self, moment: datetime.datetime) -> float:
        """How many days ago it was."""
        return (self.plan.as_of - moment).total_seconds() / 86_400

    def add(
        self,
        kind: NoticeKind,
        about: str,
        customer_id: int | None,
        words: Mapping[str, Any],
        age: float,
        *,
        address: str = "",
        once: str = "",
        is_over: bool = False,
    ) -> None:
        """One notice of a real kind, `age` days old, in the words of its text: by e-mail, in the reserved area, or, to some
        companies, by certified e-mail.

        `address` takes the place of the customer's own, `once` that of the usual beginning of the key. What `is_over` arrived:
        somebody has seen to its troubles. Customers whom neither way reaches are left to the nightly plan, which lists them for
        a person to write to.
        """
        rng, now = self.rng, self.plan.as_of
        customer = self.customers.get(customer_id) if customer_id else None
        if customer is None:
            return
        address = address or self.points.get((customer.pk, "email"), "")
        is_enrolled, chance = customer.pk in self.enrolled, rng.random()
        if not address and not is_enrolled:
            return
        channel = Channel.EMAIL if address and (chance < 0.75 or not is_enrolled) else Channel.INBOX
        pec = self.points.get((customer.pk, "pec"), "")
        if pec and Channel.PEC in kind.rungs and chance < 0.4 and not is_over:
            channel, address = Channel.PEC, pec
        text = render(kind, words, language=customer.language, channel=channel)
        created = now - datetime.timedelta(days=max(0.01, age))
        notice = Notice(
            kind=kind.code,
            channel=channel,
            once=f"{once or f'{kind.code}:{about}'}:{channel.value}",
            customer=customer,
            language=customer.language,
            address="" if channel == Channel.INBOX else address,
            subject=text.subject,
            body_text=text.text,
            body_html=text.html,
            created_at=created,
            send_after=created,
        )
        self._set_state(notice, created, is_over=is_over)
        self.made.append(notice)

    def _set_state(self, notice: Notice, created: datetime.datetime, *, is_over: bool = False) -> None:
        rng, now = self.rng, self.plan.as_of
        chance = rng.random()
        if notice.address in MAILBOXES or is_over:
            chance = max(chance, 0.11)
        if notice.channel == Channel.EMAIL and chance >= 0.04:
            notice.message_id = f"<{notice.once.replace(':', '.')}@vittoria-care.example>"
        if chance < 0.04:  # held back until tomorrow morning: quiet hours
            notice.send_after = (now + _days(1)).replace(hour=9, minute=0, second=0, microsecond=0)
        elif chance < 0.065 and notice.channel != Channel.INBOX:
            notice.state, notice.attempts, notice.claimed_at = State.REFUSED, 1, created
            notice.problem = REFUSALS[len(self.made) % len(REFUSALS)]
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
            if notice.channel == Channel.INBOX and (rng.random() < 0.55 or is_over) and read < now:
                notice.read_at = read


def make_access_log(plan: Plan, organisation: Organisation, customers: list[Customer]) -> int:
    """Log accesses to customers' files in the last month, with reasons; returns how many."""
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
