"""An event that concerns many and goes on, one that is over and was answered, and two requests that are one matter."""

from datetime import timedelta

from contact_center.models import Contact, ContactEvent, ContactLink, JoinedContact, MassAnswer, MassEvent, Message
from customers import roles

from .organisation import Organisation
from .profiles import Plan

JOINED_NOW, JOINED_BEFORE = 5, 12
HAIL = "claims-report"

Kind, State = ContactEvent.Kind, Contact.State


def make_mass_events(plan: Plan, organisation: Organisation) -> None:
    """Hail, active since two days before, with open requests joined; an outage of the month before, with answered ones."""
    manager = organisation.staff[roles.MANAGER]
    noon = plan.as_of.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    hail = MassEvent.objects.create(
        name="Grandine in provincia di Cuneo e Asti",
        name_en="Hail in the provinces of Cuneo and Asti",
        words=(
            "Riceviamo molte denunce per la grandine di questi giorni e rispondiamo a tutte, nell’ordine di arrivo.\n"
            "Non serve scrivere di nuovo: per denunciare il danno bastano alcune fotografie, nell’area riservata."
        ),
        words_en=(
            "We are receiving many reports about the hail of these days, and answer all of them in the order of arrival.\n"
            "There is no need to write again: to report the damage a few photographs are enough, in the reserved area."
        ),
        guidance="Chiedere targa, luogo e fotografie. Non promettere il giorno della perizia.",
        begins_at=noon - timedelta(days=2),
        provinces=["CN", "AT"],
        phrases=["grandine", "chicchi"],
        state=MassEvent.State.ACTIVE,
        declared_by=manager,
        declared_at=noon - timedelta(days=2) + timedelta(hours=1),
    )
    hail.topics.add(organisation.topics[HAIL])
    outage = MassEvent.objects.create(
        name="Area riservata non raggiungibile",
        name_en="Reserved area out of reach",
        words="L’area riservata non è raggiungibile. Stiamo lavorando perché torni presto.",
        words_en="The reserved area cannot be reached. We are working on it.",
        guidance="Offrire di rispondere al telefono. Le ricevute si possono inviare per e-mail.",
        begins_at=noon - timedelta(days=33),
        phrases=["area riservata", "accedere"],
        state=MassEvent.State.OVER,
        declared_by=manager,
        declared_at=noon - timedelta(days=33),
        over_at=noon - timedelta(days=32),
    )
    written = Contact.objects.exclude(channel=Contact.Channel.PHONE).filter(direction=Contact.Direction.INBOUND)
    open_ones = written.filter(state=State.OPEN, operation=None, call_back=None).order_by("pk")
    _join(hail, list(open_ones[:JOINED_NOW]), organisation)
    closed = written.filter(state=State.CLOSED, messages__direction="outbound", past=None).distinct().order_by("pk")
    _answered(outage, _join(outage, list(closed[:JOINED_BEFORE]), organisation), organisation)
    _one_matter(organisation)


def _join(event: MassEvent, contacts: list[Contact], organisation: Organisation) -> list[JoinedContact]:
    agent = organisation.staff[roles.AGENT]
    assert event.declared_at is not None
    joined_at = event.declared_at + timedelta(hours=1)
    ContactEvent.objects.bulk_create(
        ContactEvent(contact=each, kind=Kind.JOINED, by=agent, details={"event": event.name}, at=joined_at)
        for each in contacts
    )
    return JoinedContact.objects.bulk_create(
        JoinedContact(event=event, contact=each, joined_by=agent, joined_at=joined_at) for each in contacts
    )


def _answered(event: MassEvent, rows: list[JoinedContact], organisation: Organisation) -> None:
    """An answer that went to all but one, which somebody had answered meanwhile."""
    code, specialist = organisation.codes.get("risolto"), organisation.staff[roles.SPECIALIST]
    if code is None or event.over_at is None or not rows:
        return
    answer = MassAnswer.objects.create(
        event=event,
        text="Gentile {name}, l’area riservata è di nuovo raggiungibile. La Sua richiesta {number} è conclusa.",
        text_en="Dear {name}, the reserved area can be reached again. Your request {number} is closed.",
        code=code,
        state=MassAnswer.State.DONE,
        written_by=specialist,
        written_at=event.over_at,
        sent_by=specialist,
        begun_at=event.over_at + timedelta(minutes=10),
        ended_at=event.over_at + timedelta(minutes=12),
    )
    pks = [each.pk for each in rows]
    JoinedContact.objects.filter(pk__in=pks).update(answer=answer, result=JoinedContact.Result.DONE)
    JoinedContact.objects.filter(pk=pks[0]).update(
        result=JoinedContact.Result.LEFT_OUT, why_left_out="Nel frattempo qualcuno ha risposto."
    )


def _one_matter(organisation: Organisation) -> None:
    """Two open requests of one customer: the later follows the earlier one."""
    agent = organisation.staff[roles.AGENT]
    open_ones = Contact.objects.filter(state=State.OPEN, customer__isnull=False, operation=None, call_back=None)
    open_ones = open_ones.exclude(channel=Contact.Channel.PHONE).exclude(kind=Contact.Kind.CLAIM_REPORT)
    main = open_ones.filter(joined_to=None).order_by("-pk").first()
    if main is None:
        return
    other = Contact.objects.create(
        channel=main.channel,
        customer=main.customer,
        address=main.address,
        subject=main.subject,
        topic=main.topic,
        team=main.team,
        started_at=main.started_at + timedelta(minutes=7),
        state=State.CLOSED,
        outcome=Contact.Outcome.JOINED,
        closed_at=main.started_at + timedelta(minutes=40),
    )
    Message.objects.create(
        contact=other,
        direction=Message.Direction.INBOUND,
        text="Scrivo di nuovo perché non so se la mia richiesta è arrivata.",
        written_at=other.started_at,
    )
    at = main.started_at + timedelta(minutes=40)
    ContactLink.objects.create(main=main, other=other, is_same_person=True, linked_by=agent, linked_at=at)
    ContactEvent.objects.bulk_create(
        [
            ContactEvent(contact=other, kind=Kind.OPENED, details={"channel": other.channel}, at=other.started_at),
            ContactEvent(contact=main, kind=Kind.JOINED, by=agent, details={"other_contact": other.number}, at=at),
            ContactEvent(contact=other, kind=Kind.JOINED, by=agent, details={"other_contact": main.number}, at=at),
        ]
    )
