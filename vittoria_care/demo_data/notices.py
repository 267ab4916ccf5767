"""Notices of the last weeks, of several kinds and fates, and who opened whose file."""

import datetime
from decimal import Decimal
from random import Random

from complaints.models import Complaint
from contact_center.models import Contact
from customers import roles
from customers.models import AccessLog, Claim, Customer, Instalment, Policy
from notifications.models import Notice

from .organisation import Organisation
from .people import PREFIX
from .profiles import Plan

State, Channel = Notice.State, Notice.Channel
GREETING = "Gentile {name},\n\n{text}\n\nVittoria Care – Servizio clienti"
# Kind, channel, subject; the text is put together where the facts are.
EXPIRY, INSTALMENT, CLAIM_TAKEN = "policy_expiring", "instalment_due", "claim_taken_in_charge"
RECEIVED, COMPLAINT_ANSWER, PROMOTION = "request_received", "complaint_answered", "agency_promotion"
LOOKS = ("customer", "policy", "claim", "contact", "complaint")
REASONS = ("chiamata in corso", "richiesta scritta", "pratica di secondo livello", "reclamo", "")


def make_notices(plan: Plan, customers: list[Customer], contacts: list[Contact], complaints: list[Complaint]) -> int:
    """Expiries, instalments, claims taken in charge, requests, complaints answered and promotions; returns how many."""
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
    today = plan.today
    policies = Policy.objects.filter(holder__in=by_id, state="active", ends_on__range=(today, today + _days(34)))
    for policy in policies.order_by("ends_on", "pk")[:limit]:
        text = f"la polizza {policy.number} ({policy.product}) scade il {_date(policy.ends_on)}: il premio per il rinnovo è {_euro(policy.premium)}."
        maker.add(
            EXPIRY,
            f"policy-expiring:{policy.pk}:{policy.ends_on}",
            policy.holder_id,
            "La sua polizza sta per scadere",
            text,
            rng.random() * 6,
        )
    instalments = Instalment.objects.unpaid().filter(
        policy__holder__in=by_id, due_on__range=(today - _days(20), today + _days(15))
    )
    for each in instalments.select_related("policy").order_by("due_on", "pk")[:limit]:
        text = f"il {_date(each.due_on)} scade la rata di {_euro(each.amount)} della polizza {each.policy.number} ({each.policy.product})."
        maker.add(
            INSTALMENT, f"instalment-due:{each.pk}", each.policy.holder_id, "Rata in scadenza", text, rng.random() * 10
        )
    claims = Claim.objects.filter(customer__in=by_id).exclude(state="reported").order_by("-reported_on", "-pk")
    for claim in claims[: limit // 2]:
        text = f"il sinistro {claim.number} è stato preso in carico. Liquidatore: {claim.adjuster}, telefono {claim.adjuster_phone}."
        text += f" Perito: {claim.assessor}." if claim.assessor else ""
        text += f" Riparatore convenzionato: {claim.repairer}." if claim.repairer else ""
        maker.add(
            CLAIM_TAKEN,
            f"claim-taken:{claim.pk}",
            claim.customer_id,
            f"Sinistro {claim.number} preso in carico",
            text,
            (today - claim.reported_on).days,
        )
    for contact in [each for each in contacts if each.customer_id][-limit:]:
        text = f"abbiamo ricevuto la sua richiesta {contact.number} e le risponderemo entro due giorni lavorativi."
        age = (plan.as_of - contact.started_at).total_seconds() / 86_400
        maker.add(
            RECEIVED,
            f"request-received:{contact.pk}",
            contact.customer_id,
            f"Richiesta {contact.number} ricevuta",
            text,
            age,
        )
    for complaint in [each for each in complaints if each.state == "answered"][-limit // 4 :]:
        age = (plan.as_of - complaint.answered_at).total_seconds() / 86_400
        maker.add(
            COMPLAINT_ANSWER,
            f"complaint-answer:{complaint.pk}",
            complaint.customer_id,
            f"Risposta al reclamo {complaint.number}",
            complaint.answer,
            age,
        )
    for customer in rng.sample(customers, min(len(customers), limit // 2)):
        text = "fino a fine mese, per chi aggiunge la protezione della casa alla polizza auto, la prima mensilità è in omaggio."
        maker.add(
            PROMOTION,
            f"promotion:{PREFIX}1:{customer.pk}",
            customer.pk,
            "Una proposta dalla sua agenzia",
            text,
            9 + rng.random(),
            promotional=True,
        )
    return len(Notice.objects.bulk_create(maker.made))


class _Maker:
    """Makes notices with a fate that fits their age."""

    def __init__(self, plan: Plan, rng: Random, customers: dict[int, Customer], points: dict[tuple[int, str], str]):
        self.plan, self.rng, self.customers, self.points = plan, rng, customers, points
        self.made: list[Notice] = []

    def add(
        self, kind: str, once: str, customer_id: int, subject: str, text: str, age: float, *, promotional: bool = False
    ) -> None:
        """One notice, `age` days old."""
        rng, now = self.rng, self.plan.as_of
        customer = self.customers.get(customer_id)
        if customer is None:
            return
        channel = rng.choices((Channel.EMAIL, Channel.SMS, Channel.INBOX, Channel.PUSH), (62, 14, 18, 6))[0]
        address = self.points.get((customer_id, "phone" if channel == Channel.SMS else "email"), "")
        if channel == Channel.PUSH:
            address = f"demo-device-{customer_id}"
        elif channel == Channel.INBOX or not address:
            channel, address = Channel.INBOX, ""
        created = now - datetime.timedelta(days=max(0.01, age))
        notice = Notice(
            kind=kind,
            channel=channel,
            once=f"demo:{once}",
            customer=customer,
            address=address,
            subject=subject,
            body_text=GREETING.format(name=customer.first_name or customer.company_name, text=text),
            is_promotional=promotional,
            created_at=created,
            send_after=created,
        )
        self._fate(notice, created)
        self.made.append(notice)

    def _fate(self, notice: Notice, created: datetime.datetime) -> None:
        rng, now = self.rng, self.plan.as_of
        chance = rng.random()
        if chance < 0.04:  # held back until tomorrow morning: quiet hours
            notice.send_after = (now + _days(1)).replace(hour=9, minute=0, second=0, microsecond=0)
        elif chance < 0.065 and notice.channel != Channel.INBOX:
            notice.state, notice.attempts, notice.claimed_at = State.REFUSED, 1, created
            notice.problem = (
                "550 5.1.1 casella inesistente" if notice.channel == Channel.EMAIL else "numero non raggiungibile"
            )
        elif chance < 0.08 and notice.channel != Channel.INBOX:
            notice.state, notice.attempts, notice.claimed_at = State.IN_DOUBT, 1, created
            notice.problem = "il processo si è interrotto durante l'invio"
        elif chance < (0.3 if notice.is_promotional else 0.085):
            notice.state = State.WITHHELD
            notice.problem = "consenso revocato" if notice.is_promotional else "indirizzo escluso dopo rifiuti"
        else:
            notice.state, notice.attempts = State.SENT, 1 if rng.random() < 0.96 else 2
            notice.claimed_at = min(created + datetime.timedelta(seconds=2), now)
            notice.sent_at = min(created + datetime.timedelta(seconds=4), now)
            notice.message_id = (
                f"<{notice.once.replace(':', '.')}@vittoria-care.example>" if notice.channel == Channel.EMAIL else ""
            )
            read = notice.sent_at + datetime.timedelta(hours=rng.random() * 30)
            if rng.random() < 0.55 and read < now:
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


def _date(day: datetime.date) -> str:
    return f"{day:%d/%m/%Y}"


def _euro(amount: Decimal) -> str:
    """An amount as Italians write it: 1.234,50 euro."""
    return f"{amount:,.2f} euro".translate(str.maketrans(",.", ".,"))
