"""One answer to all contacts of a mass event: written, looked at on real contacts, sent to each once by a worker.

Each contact is answered by the commands by which an agent would answer it (`reply`, `wrap_up`), in a transaction with the row that
remembers it: whatever dies in between, none is answered twice and none is forgotten.
"""

import logging
import re
from dataclasses import dataclass
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.agents.states import agent_of
from contact_center.models import CallBack, Contact, JoinedContact, MassAnswer, MassEvent, Message, Topic, WrapUpCode
from customers.models import Customer, User
from customers.sensitive.restricted import is_restricted
from foundation.masking import names_hidden, seen_text
from foundation.refusals import Refused

from .commands import reply, wrap_up
from .correspondence import language_of

logger = logging.getLogger(__name__)

State, Result = MassAnswer.State, JoinedContact.Result
PLACES = ("name", "number")  # what a text may ask to have filled in
_PLACE = re.compile(r"\{([^{}]*)\}")
TASK = "contact_center.tasks.answer_together"
LONGEST_REASON = 300
AT_A_TIME = 25  # answered by one task, which then sends for the next


# --- The text -----------------------------------------------------------------------------------------------------
def unknown_places(text: str) -> list[str]:
    """What stands in braces in the text and is none of PLACES, as written."""
    return list(dict.fromkeys(found[0] for found in _PLACE.finditer(text) if found[1] not in PLACES))


def filled_text(text: str, *, name: str, number: str) -> str:
    """The text with the person's name and the contact's number in their places; a name with braces in it fills nothing."""
    values = {"name": name, "number": number}
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def text_for(answer: MassAnswer, contact: Contact) -> str:
    """The answer as the contact's person gets it, in the language of the conversation."""
    language = language_of(contact)
    with translation.override(language):
        nobody = _("customer")
    name = contact.customer.letter_name if contact.customer else contact.stated_name
    return filled_text(
        answer.text_en if language == "en" else answer.text, name=name.strip() or nobody, number=contact.number
    )


# --- Who gets it --------------------------------------------------------------------------------------------------
def _answered() -> Exists:
    return Exists(Message.objects.filter(contact=OuterRef("contact"), direction=Message.Direction.OUTBOUND))


def _to_call_back() -> Exists:
    return Exists(CallBack.objects.to_make().filter(contact=OuterRef("contact")))


def joined_to_write_to(event: MassEvent) -> QuerySet[JoinedContact]:
    """The contacts of the event that get a written answer: still joined, open, come in writing, never answered, not to be called back."""
    open_ones = JoinedContact.objects.standing().filter(event=event, contact__state__in=Contact.OPEN_STATES)
    return open_ones.exclude(contact__channel=Contact.Channel.PHONE).filter(~_answered(), ~_to_call_back())


def joined_to_code(event: MassEvent) -> QuerySet[JoinedContact]:
    """The calls of the event that only get the code: over, not coded by anybody, and with no call owed to the person."""
    calls = JoinedContact.objects.standing().filter(event=event, contact__channel=Contact.Channel.PHONE)
    is_over = Q(contact__call__isnull=True) | Q(contact__call__ended_at__isnull=False)
    return calls.filter(is_over, ~_to_call_back(), contact__wrap_up__isnull=True).exclude(
        ~Q(contact__outcome=""), contact__state=Contact.State.CLOSED
    )


@dataclass(frozen=True)
class Preview:
    """The answer as one real contact would get it."""

    contact: Contact
    text: str


def previews(answer: MassAnswer, *, reader: User, most: int = 3) -> list[Preview]:
    """The answer on the first contacts that get it and that the reader may see, but for files that ask a reason.

    A reader who is shown no names reads it without the person's.
    """
    within = Contact.objects.visible_to(reader).filter(pk__in=joined_to_write_to(answer.event).values("contact"))
    shut = Customer.objects.filter(is_restricted(), pk=OuterRef("customer"))
    contacts = within.filter(~Exists(shut)).select_related("customer", "person", "web_form", "entry").order_by("pk")
    return [
        Preview(each, seen_text(reader, text_for(answer, each), names=names_hidden(reader, each)))
        for each in contacts[:most]
    ]


# --- Commands -----------------------------------------------------------------------------------------------------
def _checked(text: str, *, field: str) -> str:
    text = text.strip()
    if unknown := unknown_places(text):
        raise Refused(
            _("%(places)s cannot be filled in: write {name} or {number}.") % {"places": ", ".join(unknown)},
            code="unknown_place",
            field=field,
        )
    return text


@transaction.atomic
def write_answer(
    event: MassEvent, *, text: str, text_en: str, code: WrapUpCode, by: User, topic: Topic | None = None
) -> MassAnswer:
    """Write the answer to the event's contacts, to be looked at before it is sent.

    Refused for a place to be filled in that is none of PLACES, for a code that would leave contacts open, while another answer is
    being prepared or sent, and for an event that was never declared.
    """
    event = MassEvent.objects.select_for_update().get(pk=event.pk)
    if event.state == MassEvent.State.DRAFT:
        raise Refused(_("“%(event)s” is not active.") % {"event": event}, code="not_active")
    if event.answers.filter(state__in=(State.DRAFT, State.SENDING)).exists():
        raise Refused(
            _("Another answer is being prepared or sent: send or withdraw that first."), code="answer_under_way"
        )
    if code.keeps_open:
        raise Refused(
            _("“%(code)s” leaves a contact open: choose a code that closes it.") % {"code": code},
            code="code_keeps_open",
            field="code",
        )
    return MassAnswer.objects.create(
        event=event,
        text=_checked(text, field="text"),
        text_en=_checked(text_en, field="text_en"),
        code=code,
        topic=topic,
        written_by=by,
        written_at=timezone.now(),
    )


@transaction.atomic
def withdraw_answer(answer: MassAnswer) -> MassAnswer:
    """Give the answer up before it is sent. Refused once sending began."""
    answer = MassAnswer.objects.select_for_update().get(pk=answer.pk)
    _refuse_unless_draft(answer)
    answer.state, answer.ended_at = State.WITHDRAWN, timezone.now()
    answer.version += 1
    answer.save()
    return answer


@transaction.atomic
def send_answer(answer: MassAnswer, *, by: User) -> int:
    """Owe the answer to the contacts that are to get it now, and wake the worker; returns how many.

    Whoever sends it answers as an agent: refused for a user who is none, where nobody would get it, and once sending began.
    """
    agent_of(by)
    answer = MassAnswer.objects.select_for_update().get(pk=answer.pk)
    _refuse_unless_draft(answer)
    owed = [*joined_to_write_to(answer.event).values_list("pk", flat=True)]
    owed += joined_to_code(answer.event).values_list("pk", flat=True)
    if not owed:
        raise Refused(_("There is no contact that would get it: nothing was sent."), code="nobody_gets_it")
    JoinedContact.objects.filter(pk__in=owed).update(answer=answer, result=Result.OWED, why_left_out="")
    answer.state, answer.sent_by, answer.begun_at = State.SENDING, by, timezone.now()
    answer.version += 1
    answer.save()
    wake_worker(answer.pk)
    return len(owed)


def wake_worker(answer_id: int) -> None:
    """Have a worker go on with it after the commit; what a lost wake-up leaves, the sweep of each minute finds."""
    transaction.on_commit(partial(current_app.send_task, TASK, args=[answer_id]), robust=True)


def _refuse_unless_draft(answer: MassAnswer) -> None:
    if answer.state != State.DRAFT:
        raise Refused(
            _("This answer is “%(state)s”: nothing was done.") % {"state": answer.get_state_display()},
            code="not_in_this_state",
        )


# --- The worker's part --------------------------------------------------------------------------------------------
def answer_some(answer_id: int, *, most: int = AT_A_TIME) -> bool:
    """Answer the next contacts that it is owed to; whether some may be left. Two workers at once take different ones."""
    for _place in range(most):
        if not _answer_next(answer_id):
            _end(answer_id)
            return False
    return True


@transaction.atomic
def _answer_next(answer_id: int) -> bool:
    """Answer one contact, or leave it out with the reason; False where none is left that nobody is at.

    The contact is locked first, then its row: as everybody locks them.
    """
    owed = JoinedContact.objects.filter(answer=answer_id, result=Result.OWED)
    contacts = Contact.objects.filter(pk__in=owed.values("contact")).order_by("pk")
    contact = contacts.select_for_update(skip_locked=True).first()
    if contact is None:
        return False
    row = owed.select_for_update().filter(contact=contact).first()
    if row is None:  # another worker was at it until a moment ago
        return True
    answer = MassAnswer.objects.select_related("event", "code", "topic", "sent_by").get(pk=answer_id)
    try:
        with transaction.atomic():
            _refuse_if_changed(row, contact)
            _answer(answer, contact)
    except Refused as refusal:
        row.result, row.why_left_out = Result.LEFT_OUT, str(refusal)[:LONGEST_REASON]
    except Exception:  # one contact must not keep the others from their answer: it is reported, and the log says why
        logger.exception("Answer %s could not be given to %s", answer_id, contact.number)
        row.result, row.why_left_out = (
            Result.LEFT_OUT,
            _("An error of ours: whoever runs the system finds it in the log."),
        )
    else:
        row.result, row.why_left_out = Result.DONE, ""
    row.save(update_fields=["result", "why_left_out"])
    return True


def _refuse_if_changed(row: JoinedContact, contact: Contact) -> None:
    """What was true when it was sent is asked again: a person may have worked on the contact since."""
    if row.parted_at is not None:
        raise Refused(_("It was parted from the event meanwhile."), code="parted")
    if CallBack.objects.to_make().filter(contact=contact).exists():
        raise Refused(_("A call-back was agreed on meanwhile."), code="call_back_to_make")
    if contact.channel == Contact.Channel.PHONE:
        if contact.wrap_up_id:
            raise Refused(_("It was coded meanwhile."), code="coded_already")
        return
    if contact.state == Contact.State.CLOSED:
        raise Refused(_("It was closed meanwhile."), code="closed")
    if contact.messages.filter(direction=Message.Direction.OUTBOUND).exists():
        raise Refused(_("Somebody answered it meanwhile."), code="answered_already")


def _answer(answer: MassAnswer, contact: Contact) -> None:
    by, topic = answer.sent_by, None if contact.topic_id else answer.topic
    assert by is not None, "an answer that is being sent has a sender (mass_answer_sent_by_somebody)"
    if contact.channel == Contact.Channel.PHONE:
        wrap_up(contact, code=answer.code, topic=topic, by=by)
    else:
        reply(contact, text=text_for(answer, contact), by=by, code=answer.code, topic=topic)


@transaction.atomic
def _end(answer_id: int) -> None:
    """Sending has ended where it is owed to nobody any more; another worker may still be at one."""
    answer = MassAnswer.objects.select_for_update().get(pk=answer_id)
    owed = JoinedContact.objects.filter(answer=answer_id, result=Result.OWED)
    if answer.state == State.SENDING and not owed.exists():
        answer.state, answer.ended_at = State.DONE, timezone.now()
        answer.version += 1
        answer.save()


def answers_under_way() -> list[int]:
    """The answers that a worker has to go on with."""
    return list(MassAnswer.objects.filter(state=State.SENDING).order_by("pk").values_list("pk", flat=True))
