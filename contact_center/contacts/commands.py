"""Commands of the people who answer: take, reply, wait, escalate, wrap up. Each locks the contact first."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.agents.states import agent_of, refuse_uncoded
from contact_center.contacts import fitting, kinds
from contact_center.models import (
    Agent,
    CallBack,
    Contact,
    ContactEvent,
    FrozenPeriod,
    Message,
    Team,
    Topic,
    WrapUpCode,
)
from contact_center.models.frozen import CORRECTS_FROZEN
from customers.access import record_access
from customers.models import Agency, Customer, Document, Operation, User
from foundation.files.accepted import CheckedFile
from foundation.refusals import Refused
from notifications.operations import start_operation
from notifications.services import is_enrolled, queue_notice, tell_customer

from .attachments import keep_attachments
from .correspondence import Recipient, choices_for, is_only_stated, recipient_of, stated_address
from .drafts import discard_answer, discard_note
from .enclosures import as_attachments, enclosed, fits_a_mail
from .links import show_answer_to_followers
from .mentions import note_mentions
from .moves import locked, move_contact, note_event, save_with_event, thread_of
from .opening import claim_url, tracking_url
from .reopening import close_as_before, is_still_resolved, reopening_of
from .satisfaction import ask_satisfaction

Kind, State = ContactEvent.Kind, Contact.State
OTHERWISE = (
    Contact.Channel.POST,
    Contact.Channel.PHONE,
    Contact.Channel.VISIT,
)  # how an answer is given without us sending it
KEEPS_CODES = "contact_center.change_wrapupcode"  # the permission to manage the codes


@transaction.atomic
def take(contact: Contact, *, by: User) -> Contact:
    """Make the contact one's own; Refused when somebody else has it already."""
    agent, contact = agent_of(by), locked(contact)
    if contact.owner_id not in (None, agent.pk):
        raise Refused(_("%(name)s has taken it already.") % {"name": contact.owner}, code="taken_already")
    _take(contact, agent, by)
    return contact


@transaction.atomic
def take_next(*, by: User) -> Contact | None:
    """Take the most urgent contact, and of these the one that is due first, among those waiting that suit the agent; None when none does.

    Those of the agent's team come first; an agent of the first level who finds nothing there helps the other teams of that level.
    A contact suits an agent who is of the line's teams and serves it, has the skill that its line and its topic ask for, and
    speaks the language of its writer (`serving.lacks`); what is not recorded asks nothing. Two agents at once get two
    contacts: a row that another is taking is passed over, never waited for. A call-back is not taken before its hour.
    Refused while a call waits for their code, of a line on which that comes first, and when the agent has as many contacts in hand
    as they carry at once.
    """
    agent = agent_of(by)
    refuse_uncoded(agent)
    _refuse_full(agent)
    suited = fitting.waiting().that_suit(fitting.serves_of([agent.pk])[agent.pk], fitting.asks_now())
    suited = suited.in_order_of_work().select_for_update(skip_locked=True)
    for contacts in fitting.in_turn(agent, suited):
        contact = contacts.first()
        if contact is not None:
            _take(contact, agent, by)
            return contact
    return None


def _refuse_full(agent: Agent) -> None:
    """Refused with as many contacts in hand as the agent carries at once. One request of an agent at a time is counted."""
    if agent.capacity is None:
        return
    Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    in_hand = Contact.objects.in_hand_of(agent).order_by().count()
    if in_hand >= agent.capacity:
        raise Refused(
            ngettext(
                "You have %(count)d open contact, and carry %(capacity)d at most: answer it or pass it on first.",
                "You have %(count)d open contacts, and carry %(capacity)d at most: answer or pass on one of them first.",
                in_hand,
            )
            % {"count": in_hand, "capacity": agent.capacity},
            code="full",
        )


def _refuse_closed(contact: Contact) -> None:
    if contact.state == State.CLOSED:
        raise Refused(_("%(number)s is closed: reopen it first.") % {"number": contact.number}, code="closed")


def _take(contact: Contact, agent: Agent, by: User) -> None:
    if contact.owner_id == agent.pk and contact.state == State.IN_PROGRESS:
        return
    _refuse_closed(contact)
    if contact.state == State.WAITING:
        note_event(contact, Kind.RESUMED, by=by)
    move_contact(contact, to=State.IN_PROGRESS)
    # Whoever takes it once its hour has come is calling: it is announced to nobody else.
    due = CallBack.objects.not_begun().filter(contact=contact, starts_at__lte=timezone.now())
    CallBack.objects.filter(pk__in=due.values("pk")).update(begun_at=timezone.now())
    contact.owner = agent
    contact.agent = contact.agent or agent
    save_with_event(contact, Kind.TAKEN, by=by, agent=agent.code)
    if contact.operation is not None:
        start_operation(contact.operation, by=by)


@transaction.atomic
def release(contact: Contact, *, by: User) -> Contact:
    """Put the contact back in the queue of its team, for whoever takes it next. Refused for one that is closed."""
    contact = locked(contact)
    _refuse_closed(contact)
    move_contact(contact, to=State.OPEN)
    contact.owner = None
    CallBack.objects.filter(contact=contact).update(rang_at=None, begun_at=None)  # announced to the team now
    save_with_event(contact, Kind.RELEASED, by=by)
    return contact


@transaction.atomic
def release_by_system(contact: Contact, *, why: str) -> Contact:
    """Put the contact back in the queue of its team when a program finds that its agent does not come to it (`why`)."""
    contact = locked(contact)
    _refuse_closed(contact)
    if contact.state == State.WAITING:
        note_event(contact, Kind.RESUMED, by=None)
    move_contact(contact, to=State.OPEN)
    agent, contact.owner = contact.owner, None
    save_with_event(contact, Kind.RELEASED, by=None, why=why, agent=agent.code if agent else "")
    return contact


@transaction.atomic
def assign(contact: Contact, *, to: Agent, by: User) -> Contact:
    """Give the contact to another agent, who finds it among their own; it goes to their team if that is of its level.

    Refused for an agent who has left, and for a contact that is closed.
    """
    contact = locked(contact)
    _refuse_closed(contact)
    if not to.is_active:
        raise Refused(_("%(name)s does not answer any more.") % {"name": to}, code="agent_not_active", field="agent")
    contact.owner = to
    if to.team is not None and to.team.level == contact.level:
        contact.team = to.team
    CallBack.objects.filter(contact=contact).update(rang_at=None, begun_at=None)  # announced to whoever has it now
    save_with_event(contact, Kind.ASSIGNED, by=by, agent=to.code)
    return contact


def can_be_answered(contact: Contact) -> bool:
    """Whether there is an address to write to, or a customer who has one."""
    return bool(stated_address(contact)) or contact.customer_id is not None


@transaction.atomic
def reply(
    contact: Contact,
    *,
    text: str,
    by: User,
    then: str = "",
    to: str = "",
    files: Sequence[CheckedFile] = (),
    documents: Sequence[Document] = (),
    copies_agency: bool = False,
    code: WrapUpCode | None = None,
    topic: Topic | None = None,
) -> Message:
    """Answer the customer in writing; the notice leaves by itself. `then` is "" (go on), or "waiting" for their answer.

    `to` is one of the addresses of `correspondence.choices_for`; left out, `correspondence.recipient_of` says where it
    goes. An answer that does not go to the address the contact came from is not shown on its tracking page, which is
    open to whoever has that mailbox. `files`, and `documents` of the customer's, are files of the message, and attachments of
    the e-mail where they are small enough. `copies_agency` sends the words alone to the customer's agency. With a `code` the
    contact is wrapped up in the same transaction (`wrap_up`), about `topic`. What its writer had kept as a draft is forgotten.

    Refused without an address to answer to, when the only one is stated by a writer who
    was named since and nobody chose it, when `to` is none of the choices, when the contact is closed, for documents to an
    address that is not the customer's, for files that nothing could carry, for a copy where `agency_to_copy` finds none, and
    as `wrap_up` refuses.
    """
    contact = locked(contact)
    _refuse_closed(contact)
    if not can_be_answered(contact):
        raise Refused(
            _("There is no address to answer to: say who the customer is, or write the address in the contact."),
            code="no_address",
        )
    choices = choices_for(contact)
    if to and to not in {choice.address for choice in choices}:
        raise Refused(
            _("%(address)s is not an address of this contact: choose again where the answer goes.") % {"address": to},
            code="address_not_of_contact",
            field="to",
        )
    recipient, is_doubtful = recipient_of(contact, to=to), is_only_stated(contact, choices)
    if is_doubtful and not recipient.address:
        raise Refused(
            _("The address was only stated by the writer and is none of the customer's: choose it to answer there."),
            code="address_only_stated",
        )
    if (
        documents
        and recipient.address
        and not any(each.is_known for each in choices if each.address == recipient.address)
    ):
        raise Refused(
            _("Documents of the customer's go to an address of the customer's alone: choose another, or send none."),
            code="documents_to_a_stranger",
            field="documents",
        )
    agency = _agency_for_copy(contact) if copies_agency else None
    _take_to_answer(contact, by, goes_on=then != State.WAITING)
    message = Message.objects.create(
        contact=contact,
        direction=Message.Direction.OUTBOUND,
        author=by,
        text=text,
        sent_to=recipient.address if is_doubtful else "",
    )
    with enclosed(contact, files, documents, by=by) as enclosures:
        details: dict[str, str | int] = {"to": message.sent_to} if is_doubtful else {}
        if enclosures:
            details["files"] = len(enclosures)
        if agency is not None:
            details["copy_to"] = agency.code
        note_event(contact, Kind.REPLIED, by=by, message=message.pk, **details)
        _send_answer(contact, message, recipient, enclosures)
        show_answer_to_followers(contact, message, recipient)
        if agency is not None:
            _send_copy(contact, message, agency)
        if then == State.WAITING and contact.state != State.WAITING:
            move_contact(contact, to=State.WAITING)
            save_with_event(contact, Kind.PAUSED, by=by)
        else:
            contact.version += 1
            contact.save(update_fields=["version"])
        if code is not None:
            wrap_up(contact, code=code, topic=topic, by=by)
        discard_answer(contact, by=by)
        keep_attachments(message, enclosures)  # last: what the database undoes, no folder knows of
    return message


def _send_answer(contact: Contact, message: Message, recipient: Recipient, enclosures: Sequence[CheckedFile]) -> None:
    """Owe the answer to the person: by e-mail, and in the reserved area if they have one."""
    form = getattr(contact, "web_form", None)
    is_tracked = form is not None and message.sent_to in ("", form.email)
    has_area = contact.customer is not None and is_enrolled(contact.customer)
    if not (is_tracked or has_area or fits_a_mail(enclosures)):
        raise Refused(
            _(
                "Together the files are too large for an e-mail, and the person has no page to fetch them from: send fewer."
            ),
            code="files_too_large",
            field="files",
        )
    words: dict[str, str | int] = {
        "number": contact.number,
        "subject": contact.subject,
        "text": message.text,
        "files": len(enclosures),
    }
    if form and is_tracked:
        with translation.override(recipient.language):
            words |= {"action_url": tracking_url(form), "action_label": _("Read and answer")}
    elif contact.claim_id and has_area:
        with translation.override(recipient.language):
            words |= {"action_url": claim_url(contact.claim_id), "action_label": _("Read and answer")}
    once = f"request-answered:{message.pk}"
    if contact.customer is not None:
        tell_customer(
            kinds.REQUEST_ANSWERED,
            once=once,
            words=words,
            customer=contact.customer,
            address=recipient.address,
            language=recipient.language,
            attachments=as_attachments(enclosures),
            thread=thread_of(contact),
        )
    else:
        queue_notice(
            kinds.REQUEST_ANSWERED,
            once=f"{once}:email",
            words=words,
            address=recipient.address,
            language=recipient.language,
            attachments=as_attachments(enclosures),
            thread=thread_of(contact),
        )


def agency_to_copy(contact: Contact) -> Agency | None:
    """The agency that may have a copy of an answer: the customer's, if it is active and has an address.

    None where the customer asked for something as their own affair, which their agency does not see either.
    """
    agency = contact.customer.agency if contact.customer is not None else None
    is_private = contact.operation is not None and contact.operation.is_private
    return agency if agency is not None and agency.is_active and agency.email and not is_private else None


def _agency_for_copy(contact: Contact) -> Agency:
    agency = agency_to_copy(contact)
    if agency is None:
        raise Refused(
            _("There is no agency to send a copy to: the customer has none, or it has no address."),
            code="no_agency",
            field="copies_agency",
        )
    return agency


def _send_copy(contact: Contact, message: Message, agency: Agency) -> None:
    """Owe the agency the words of the answer; files never go with it, for they may be what it is not to see."""
    queue_notice(
        kinds.AGENCY_COPY,
        once=f"request-agency-copy:{message.pk}",
        words={
            "number": contact.number,
            "subject": contact.subject,
            "customer": str(contact.customer),
            "text": message.text,
        },
        address=agency.email,
        language="it",
        thread=f"{thread_of(contact)}:agency",
    )


def _take_to_answer(contact: Contact, by: User, *, goes_on: bool) -> None:
    """Take for the writer what nobody has; what somebody has remains theirs, and is no longer waiting if the work goes on."""
    if contact.state == State.OPEN and contact.owner is None:
        _take(contact, agent_of(by), by)
    elif contact.state == State.OPEN or (contact.state == State.WAITING and goes_on):
        kind = Kind.RESUMED if contact.state == State.WAITING else Kind.TAKEN
        move_contact(contact, to=State.IN_PROGRESS)
        save_with_event(contact, kind, by=by, agent=contact.owner.code if contact.owner else "")


@transaction.atomic
def record_reply(contact: Contact, *, text: str, way: str, by: User) -> Message:
    """Write down an answer that was given otherwise: by a letter that was posted, by telephone, in person. Nothing is sent.

    `way` is one of OTHERWISE. What nobody has becomes the writer's, as with `reply`. Refused for another way, and for a
    contact that is closed.
    """
    contact = locked(contact)
    _refuse_closed(contact)
    if way not in OTHERWISE:
        raise Refused(_("Say how the answer was given."), code="no_way", field="way")
    _take_to_answer(contact, by, goes_on=True)
    message = Message.objects.create(contact=contact, direction=Message.Direction.OUTBOUND, author=by, text=text)
    note_event(contact, Kind.REPLIED, by=by, message=message.pk, way=str(way))
    contact.version += 1
    contact.save(update_fields=["version"])
    return message


@transaction.atomic
def wait(contact: Contact, *, by: User) -> Contact:
    """Stop the clock until the customer answers."""
    contact = locked(contact)
    if contact.state == State.WAITING:
        raise Refused(_("%(number)s is waiting already.") % {"number": contact.number}, code="waiting_already")
    move_contact(contact, to=State.WAITING)
    save_with_event(contact, Kind.PAUSED, by=by)
    return contact


@transaction.atomic
def resume(contact: Contact, *, by: User) -> Contact:
    """Go on without the customer's answer; the time waited is not counted."""
    contact = locked(contact)
    if contact.state != State.WAITING:
        raise Refused(_("%(number)s is not waiting.") % {"number": contact.number}, code="not_waiting")
    move_contact(contact, to=State.IN_PROGRESS if contact.owner_id else State.OPEN)
    save_with_event(contact, Kind.RESUMED, by=by)
    return contact


@transaction.atomic
def link_customer(contact: Contact, *, customer: Customer, by: User) -> Contact:
    """Record who the person is; that their file was opened is written down, though they had been named already.

    It proves nothing about them: their addresses remain as verified as they were.
    """
    contact = locked(contact)
    record_access(by, customer.pk, what=f"contact {contact.number}")
    if contact.customer_id == customer.pk:
        return contact
    earlier, contact.customer = contact.customer_id, customer
    _name_in_call_back(contact, customer)
    save_with_event(contact, Kind.IDENTIFIED, by=by, customer=customer.pk, earlier=earlier)
    return contact


def _name_in_call_back(contact: Contact, customer: Customer) -> None:
    """A call-back of somebody unknown is the customer's from now on, unless they have another at that hour."""
    unnamed = CallBack.objects.select_for_update().filter(contact=contact, customer__isnull=True).first()
    if unnamed is None:
        return
    same_hour = CallBack.objects.booked().filter(customer=customer, starts_at=unnamed.starts_at)
    if unnamed.cancelled_at is not None or not same_hour.exists():
        unnamed.customer = customer
        unnamed.save(update_fields=["customer"])


@transaction.atomic
def add_note(contact: Contact, *, text: str, by: User) -> Message:
    """Write something for colleagues; it never leaves the house. Those it mentions find it in their queue (`mentions`)."""
    contact = locked(contact)
    message = Message.objects.create(contact=contact, direction=Message.Direction.NOTE, author=by, text=text)
    note_mentions(message, by=by)
    discard_note(contact, by=by)
    contact.version += 1
    contact.save(update_fields=["version"])
    return message


@transaction.atomic
def escalate(contact: Contact, *, team: Team, reason: str, by: User, text: str = "") -> Contact:
    """Hand it to a second-level team, with the reason the first level could not resolve it; the second level's clock begins.

    From one second-level team to another that clock goes on: the customer waits all the same. Refused for a team of the
    first level or that has it already, for a closed contact, and without one of the reasons (`Contact.Escalation`).
    """
    contact = locked(contact)
    if team.level != 2:
        raise Refused(
            _("%(team)s is not a second-level team.") % {"team": team}, code="not_second_level", field="team"
        )
    if reason not in Contact.Escalation.values or reason in ("", Contact.Escalation.NOT_STATED):
        raise Refused(_("Say why the first level could not resolve it."), code="no_reason", field="reason")
    _refuse_closed(contact)
    if contact.level == 2 and contact.team_id == team.pk:
        raise Refused(_("%(team)s has it already.") % {"team": team}, code="has_it_already", field="team")
    if contact.state == State.WAITING:
        note_event(contact, Kind.RESUMED, by=by)
    move_contact(contact, to=State.OPEN)
    came_from = contact.team.code if contact.team else ""
    contact.level, contact.escalation = 2, reason
    contact.escalated_at = contact.escalated_at or timezone.now()
    contact.team, contact.owner = team, None
    if text:
        note = Message.objects.create(contact=contact, direction=Message.Direction.NOTE, author=by, text=text)
        note_mentions(note, by=by)
    save_with_event(contact, Kind.ESCALATED, by=by, team=team.code, reason=reason, from_team=came_from)
    return contact


@transaction.atomic
def wrap_up(contact: Contact, *, code: WrapUpCode, by: User, topic: Topic | None = None) -> Contact:
    """Record what came of it, by a code: the outcome follows from the code, and the contact is closed unless to be called back.

    What is to be called back remains with its owner; what nobody has goes to the agent who codes it, for no queue would
    show it. The code that a customer had confirmed before writing
    once more, given again without an answer in between, leaves it counted as it was.

    Refused without a topic where the code needs one, for a code that is not of the contact's line, or that is not valid
    any more, for a contact that is closed and coded (`correct_code` is for that), for one that follows another
    (`links`), for one to be called back that nobody has when the
    person who codes it is no agent, and for one that carries an operation which has not ended.
    """
    contact = locked(contact)
    if contact.state == State.CLOSED and contact.wrap_up_id:
        raise Refused(
            _("%(number)s has been wrapped up already, as “%(code)s”: correct the code if it is wrong.")
            % {"number": contact.number, "code": contact.wrap_up},
            code="coded_already",
        )
    if contact.outcome == Contact.Outcome.JOINED:
        raise Refused(
            _("%(number)s follows another contact, and counts as that one: code that, or part the two.")
            % {"number": contact.number},
            code="joined",
        )
    if not code.keeps_open:
        _refuse_open_operation(contact)
    _check_code(contact, code)
    _set_topic(contact, code, topic)
    event = None if code.keeps_open else reopening_of(contact)
    if event is not None and is_still_resolved(event, code):
        return close_as_before(contact, event, code=code, by=by)
    contact.wrap_up = code
    if code.keeps_open:
        if contact.state == State.WAITING:
            note_event(contact, Kind.RESUMED, by=by)
        if contact.state != State.IN_PROGRESS:
            move_contact(contact, to=State.IN_PROGRESS)
        if contact.owner_id is None:
            _own_to_call_back(contact, by)
        save_with_event(contact, Kind.CODED, by=by, code=code.code, keeps_open=True)
        return contact
    contact.outcome = code.outcome
    if contact.state != State.CLOSED:
        _close(contact, code=code, by=by)
    else:
        save_with_event(contact, Kind.CODED, by=by, code=code.code)
    return contact


def _refuse_open_operation(contact: Contact) -> None:
    """What a customer asked to have done does not remain open behind a closed contact."""
    if contact.operation is not None and contact.operation.state in Operation.OPEN_STATES:
        raise Refused(
            _("%(number)s carries %(operation)s, which is still open: carry it out or refuse it.")
            % {"number": contact.number, "operation": contact.operation.number},
            code="operation_open",
        )


@transaction.atomic
def close_by_system(contact: Contact, *, code: WrapUpCode) -> Contact:
    """Close an open contact by a code when a program has settled it: nobody here is named for it.

    It counts for the level it has come to. Refused while its operation is open.
    """
    contact = locked(contact)
    _refuse_closed(contact)
    _refuse_open_operation(contact)
    if contact.state == State.WAITING:
        note_event(contact, Kind.RESUMED, by=None)
    contact.wrap_up, contact.outcome = code, code.outcome
    _close(contact, code=code, by=None)
    return contact


def _set_topic(contact: Contact, code: WrapUpCode, topic: Topic | None) -> None:
    contact.topic = topic or contact.topic
    if code.needs_topic and contact.topic is None:
        raise Refused(_("Choose a topic: this code needs one."), code="no_topic")


def may_correct_code(contact: Contact, user: User, agent: Agent | None = None) -> bool:
    """Whether the user may correct the code of a closed contact: a person who manages the codes always, others for some days.

    The agent who has the contact or answered it may for CODE_CORRECTION_DAYS after it was closed. `agent` is the user's, where
    the caller has it.
    """
    if contact.state != State.CLOSED or contact.closed_at is None or not contact.wrap_up_id:
        return False
    if user.has_perm(KEEPS_CODES):
        return True
    agent = agent or Agent.objects.of_user(user)
    is_theirs = agent is not None and agent.pk in (contact.owner_id, contact.agent_id)
    return is_theirs and timezone.now() <= contact.closed_at + timedelta(days=settings.CODE_CORRECTION_DAYS)


def frozen_for(contact: Contact, user: User) -> FrozenPeriod | None:
    """The frozen period in which the contact counts, unless the user may correct what is frozen."""
    if user.has_perm(CORRECTS_FROZEN):
        return None
    return FrozenPeriod.objects.standing().holding(contact.day).select_related("frozen_by").first()


def why_frozen(contact: Contact, frozen: FrozenPeriod) -> str:
    """The sentence that refuses a correction in a frozen period."""
    return _(
        "%(number)s counts in the period from %(start)s to %(end)s, which %(by)s froze on %(when)s: only a person who may unfreeze it"
        " can correct the code."
    ) % {"number": contact.number, **frozen.words}


@transaction.atomic
def correct_code(contact: Contact, *, code: WrapUpCode, by: User, why: str, topic: Topic | None = None) -> Contact:
    """Correct a wrong wrap-up code: the outcome and the figures follow, the history shows by whom, when and from what.

    It remains closed; the customer is asked about it if it is now one that counts. Refused without a reason (`why`), for a
    contact that is open or not coded, for the code it has, for one that would keep it open, as `wrap_up` does for a code that does not fit, for a
    user whom `may_correct_code` does not allow it, and in a frozen period for whoever may not unfreeze it.
    """
    contact = locked(contact)
    if contact.state != State.CLOSED or contact.wrap_up is None:
        raise Refused(_("%(number)s is not closed and coded.") % {"number": contact.number}, code="not_coded")
    if code.pk == contact.wrap_up_id and (topic is None or topic.pk == contact.topic_id):
        raise Refused(_("%(number)s has been wrapped up already.") % {"number": contact.number}, code="coded_already")
    if (frozen := frozen_for(contact, by)) is not None:
        raise Refused(why_frozen(contact, frozen), code="frozen")
    if not may_correct_code(contact, by):
        raise Refused(
            _("You can no longer correct the code of %(number)s: ask the person who manages the codes.")
            % {"number": contact.number},
            code="too_late_to_correct",
        )
    if not (why := why.strip()):
        raise Refused(_("Write why the code is corrected: the history keeps it."), code="no_reason", field="why")
    if code.keeps_open:
        raise Refused(
            _("“%(code)s” leaves a contact open: reopen %(number)s instead.")
            % {"code": code, "number": contact.number},
            code="code_keeps_open",
        )
    _check_code(contact, code)
    before = {"from_code": contact.wrap_up.code, "from_outcome": contact.outcome}
    if topic is not None and contact.topic is not None and topic.pk != contact.topic_id:
        before["from_topic"] = contact.topic.code
    _set_topic(contact, code, topic)
    contact.wrap_up, contact.outcome = code, code.outcome
    save_with_event(contact, Kind.CORRECTED, by=by, code=code.code, outcome=code.outcome, why=why, **before)
    ask_satisfaction(contact)
    return contact


def _own_to_call_back(contact: Contact, by: User) -> None:
    try:
        agent = agent_of(by)
    except Refused as refusal:
        raise Refused(
            _("%(number)s is not assigned to anybody, and only an agent can call back: assign it first.")
            % {"number": contact.number},
            code=refusal.code,
        ) from refusal
    contact.owner, contact.agent = agent, contact.agent or agent
    note_event(contact, Kind.TAKEN, by=by, agent=agent.code)


def _close(contact: Contact, *, code: WrapUpCode, by: User | None) -> None:
    """Close what was still open, and owe the question whether it was resolved."""
    move_contact(contact, to=State.CLOSED)
    note_event(contact, Kind.CODED, by=by, code=code.code)
    save_with_event(contact, Kind.CLOSED, by=by, outcome=code.outcome)
    ask_satisfaction(contact)


def _check_code(contact: Contact, code: WrapUpCode) -> None:
    today = timezone.localdate()
    if not WrapUpCode.objects.valid_on(today).filter(pk=code.pk).exists():
        raise Refused(
            _("The code “%(code)s” is no longer in use.") % {"code": code}, code="code_not_valid", field="code"
        )
    lines = set(code.lines.values_list("pk", flat=True))
    if lines and contact.line_id not in lines:
        raise Refused(
            _("The code “%(code)s” is not for this line.") % {"code": code}, code="code_not_of_line", field="code"
        )
