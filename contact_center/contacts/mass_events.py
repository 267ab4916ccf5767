"""Mass events: declare one and end it, join contacts to it, part them again, and find the open ones that may be about it."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.models import Contact, ContactEvent, JoinedContact, MassEvent, Message
from customers.models import User
from foundation.refusals import Refused

from .moves import locked, note_event

State = MassEvent.State
MOST_AT_ONCE = 2_000  # joined by one press: the next press takes the next ones


def _locked_event(event: MassEvent) -> MassEvent:
    return MassEvent.objects.select_for_update().get(pk=event.pk)


@transaction.atomic
def declare_event(event: MassEvent, *, by: User) -> MassEvent:
    """Show it to visitors and agents from `begins_at` on. Refused where it is declared already, for words that lack their
    English, and for an end that is past.
    """
    event = _locked_event(event)
    if event.state != State.DRAFT:
        raise Refused(_("“%(event)s” was declared already.") % {"event": event}, code="declared_already")
    if not (event.name_en.strip() and event.words_en.strip()):
        raise Refused(
            _("Write the title and the words for visitors in English too: customers read it in their language."),
            code="no_english",
        )
    if event.ends_at is not None and event.ends_at <= timezone.now():
        raise Refused(_("Its end is past already: correct it, or leave it empty."), code="past_its_end")
    event.state, event.declared_by, event.declared_at = State.ACTIVE, by, timezone.now()
    event.version += 1
    event.save()
    return event


@transaction.atomic
def end_event(event: MassEvent) -> MassEvent:
    """Show it to nobody any more; the contacts that were joined to it remain so. Refused where it is not active."""
    event = _locked_event(event)
    if event.state != State.ACTIVE:
        raise Refused(_("“%(event)s” is not active.") % {"event": event}, code="not_active")
    event.state, event.over_at = State.OVER, timezone.now()
    event.version += 1
    event.save()
    return event


def end_past_events() -> int:
    """End the events whose moment has come; returns how many."""
    past = list(MassEvent.objects.past_their_end(timezone.now()))
    ended = 0
    for event in past:
        try:
            end_event(event)
        except Refused:  # somebody ended it meanwhile
            continue
        ended += 1
    return ended


@transaction.atomic
def join_to_event(contact: Contact, *, event: MassEvent, by: User) -> JoinedContact:
    """Record that the contact is about the event. Joined to it already, it remains so.

    Refused for an event that is not active, and for a contact of another event: it is parted from that first.
    """
    contact = locked(contact)
    standing = JoinedContact.objects.standing().select_related("event").filter(contact=contact).first()
    if standing is not None and standing.event_id == event.pk:
        return standing
    if standing is not None:
        raise Refused(
            _("%(number)s is about “%(event)s” already: part it from that first.")
            % {"number": contact.number, "event": standing.event},
            code="of_another_event",
            field="event",
        )
    if not MassEvent.objects.filter(pk=event.pk, state=State.ACTIVE).exists():
        raise Refused(_("“%(event)s” is not active.") % {"event": event}, code="not_active", field="event")
    joined = JoinedContact.objects.create(event=event, contact=contact, joined_by=by, joined_at=timezone.now())
    note_event(contact, ContactEvent.Kind.JOINED, by=by, event=event.name)
    return joined


@transaction.atomic
def part_from_event(contact: Contact, *, by: User, why: str) -> JoinedContact:
    """Record that the contact is not about the event after all. Refused without a reason, and where it is about none."""
    contact = locked(contact)
    joined = JoinedContact.objects.standing().select_for_update(of=("self",)).select_related("event")
    standing = joined.filter(contact=contact).first()
    if standing is None:
        raise Refused(_("%(number)s is about no mass event.") % {"number": contact.number}, code="of_no_event")
    if not (why := why.strip()):
        raise Refused(_("Write why: the history keeps it."), code="no_reason", field="why")
    standing.parted_by, standing.parted_at, standing.why_parted = by, timezone.now(), why
    standing.save(update_fields=["parted_by", "parted_at", "why_parted"])
    note_event(contact, ContactEvent.Kind.PARTED, by=by, event=standing.event.name, why=why)
    return standing


def suggested_contacts(event: MassEvent, among: QuerySet[Contact]) -> QuerySet[Contact]:
    """The open contacts of `among` that may be about the event, as a suggestion and no more.

    From customers, since the event began and before its end; with one of its topics, or with one of its phrases in the subject
    or in what was written; where the event has provinces and the person is known, of one of these. Left out is what is joined
    to an event, and what was parted from this one. An event with neither topics nor phrases suggests none.
    """
    written = Message.objects.filter(contact=OuterRef("pk"), direction=Message.Direction.INBOUND)
    about = Q(topic__in=list(event.topics.values_list("pk", flat=True)))
    for phrase in event.phrases:
        about |= Q(subject__icontains=phrase) | Q(Exists(written.filter(text__icontains=phrase)))
    joined = JoinedContact.objects.filter(contact=OuterRef("pk")).filter(Q(parted_at__isnull=True) | Q(event=event))
    found = among.filter(
        ~Exists(joined),
        about,
        state__in=Contact.OPEN_STATES,
        direction=Contact.Direction.INBOUND,
        started_at__gte=event.begins_at,
    )
    if event.ends_at is not None:
        found = found.filter(started_at__lt=event.ends_at)
    if event.provinces:
        found = found.filter(Q(customer__isnull=True) | Q(customer__province__in=event.provinces))
    return found


@transaction.atomic
def join_suggested(event: MassEvent, *, by: User) -> int:
    """Join the contacts that are suggested and that the user may see, MOST_AT_ONCE at most; returns how many.

    Refused for an event that is not active.
    """
    event = _locked_event(event)
    if event.state != State.ACTIVE:
        raise Refused(_("“%(event)s” is not active.") % {"event": event}, code="not_active")
    reach = Contact.objects.filter(pk__in=suggested_contacts(event, Contact.objects.visible_to(by)).values("pk"))
    pks = list(reach.order_by("pk").select_for_update().values_list("pk", flat=True)[:MOST_AT_ONCE])
    # Asked once more under the locks: a colleague may have joined one a moment ago.
    taken = set(JoinedContact.objects.standing().filter(contact__in=pks).values_list("contact", flat=True))
    found, now = [pk for pk in pks if pk not in taken], timezone.now()
    JoinedContact.objects.bulk_create(
        [JoinedContact(event=event, contact_id=pk, joined_by=by, joined_at=now) for pk in found]
    )
    kind, details = ContactEvent.Kind.JOINED, {"event": event.name}
    ContactEvent.objects.bulk_create(
        [ContactEvent(contact_id=pk, kind=kind, by=by, details=details, at=now) for pk in found]
    )
    return len(found)
