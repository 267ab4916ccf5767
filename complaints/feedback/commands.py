"""Commands: take an opinion, give it its theme, answer it, make a request or a complaint of it, close it, and back again.

Every change of state goes through `_move`, which asks `Feedback.NEXT` and `Feedback.BACK`; every command writes an event.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.feedback.rules import LONGEST_FEEDBACK, MOST_IN_A_DAY
from complaints.models import Complaint, Feedback, FeedbackEvent, FeedbackTheme, ThemeMeasure
from complaints.models.feedback import CHOSEN_OUTCOMES
from complaints.services.registering import Statement, register_complaint
from complaints.triage.recording import record_decision
from contact_center.contacts.opening import open_request
from contact_center.contacts.suspicion import suspicion_of
from contact_center.due.targets import due_at
from contact_center.models import Contact, WebFormRequest
from customers.models import Customer, User
from foundation.dates import written_day
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text
from notifications.kinds import NoticeKind
from notifications.models import Notice
from notifications.services import email_of, is_enrolled, queue_notice, tell_customer

State, Source, Outcome, Kind, Reach = (
    Feedback.State,
    Feedback.Source,
    Feedback.Outcome,
    FeedbackEvent.Kind,
    Feedback.Reach,
)
COMPLAINT_WAYS = frozenset({Source.APP, Source.PORTAL, Source.SITE})  # the sources by which complaints come as well
OWN_PAGE = "portal_feedback"  # of an app further up
CHANNELS = {Source.APP: Contact.Channel.APP, Source.PORTAL: Contact.Channel.PORTAL}


@dataclass(frozen=True)
class Given:
    """An opinion as it was given, and whether this call wrote it."""

    feedback: Feedback
    is_new: bool


# --- Taking it ------------------------------------------------------------------------------------------------------
@transaction.atomic
def send_feedback(
    *,
    rating: int,
    submission_key: uuid.UUID,
    customer: Customer | None = None,
    text: str = "",
    source: str = Source.APP,
    platform: str = "",
    app_version: str = "",
    address: str = "",
    language: str = "",
    privacy_version: str = "",
) -> Given:
    """Keep what somebody thinks: a rating from 1 to 5 and, if they like, words. The same `submission_key` again keeps nothing.

    With words, and somebody to write to, it is acknowledged at once; stars alone are kept and closed, for there is nothing
    to answer. `address` is the e-mail address that a person typed on the site: it gets the thanks and the answer, and
    never the person's own words. Refused beyond MOST_IN_A_DAY of a customer in a day ("many_today"), for another rating
    ("no_rating"), and for a text beyond LONGEST_FEEDBACK characters ("text_too_long").
    """
    if customer is not None:
        Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
    before = Feedback.objects.filter(source=source, external_id=str(submission_key)).first()
    if before is not None:
        return Given(before, is_new=False)
    if not 1 <= rating <= 5:
        raise Refused(_("Choose from 1 to 5."), code="no_rating", field="rating")
    text = clean_text(text)
    if len(text) > LONGEST_FEEDBACK:
        words = {"most": LONGEST_FEEDBACK, "n": len(text)}
        raise Refused(
            _("There is room for %(most)d characters, and you wrote %(n)d: send us a request for the rest.") % words,
            code="text_too_long",
            field="text",
        )
    now = timezone.now()
    if customer is not None:
        lately = now - timedelta(days=1)
        if Feedback.objects.filter(customer=customer, received_at__gt=lately).count() >= MOST_IN_A_DAY:
            raise Refused(
                _("Thank you: we have many opinions of yours of today. Write again tomorrow."), code="many_today"
            )
    feedback = Feedback(
        source=source,
        external_id=str(submission_key),
        customer=customer,
        address="" if customer else address,
        language=language or (customer.language if customer else "it"),
        privacy_version=privacy_version,
        rating=rating,
        text=text,
        platform=clean_line(platform)[:30],
        app_version=clean_line(app_version)[:30],
        suspicion=suspicion_of(name="", subject="", text=text),
        received_at=now,
    )
    feedback.reach = Reach.KNOWN if can_be_written_to(feedback) else Reach.NONE
    try:
        with transaction.atomic():
            receive(feedback)
    except IntegrityError:
        # The same at the same moment, of somebody we do not know; anything else the database refuses is a bug.
        before = Feedback.objects.filter(source=source, external_id=str(submission_key)).first()
        if before is None:
            raise
        return Given(before, is_new=False)
    if feedback.text and not feedback.suspicion:
        _acknowledge(feedback)
    return Given(feedback, is_new=True)


def receive(feedback: Feedback) -> Feedback:
    """Store a new opinion with its first event: what has words waits for an answer, stars alone are closed."""
    if feedback.text:
        feedback.due_at = due_at(kind=Contact.Kind.FEEDBACK, level=1, since=feedback.received_at)
    else:
        feedback.state, feedback.outcome = State.CLOSED, Outcome.ONLY_STARS
        feedback.closed_at = max(feedback.received_at, timezone.now())
    feedback.save(force_insert=True)
    write_event(feedback, Kind.RECEIVED, by=None, at=feedback.received_at)
    return feedback


def can_be_written_to(feedback: Feedback) -> bool:
    """Whether a notice of ours would reach whoever gave it: a typed address, or the customer's own address or reserved area."""
    customer = feedback.customer
    return bool(feedback.address) or (customer is not None and bool(email_of(customer) or is_enrolled(customer)))


def _acknowledge(feedback: Feedback) -> None:
    """Thank whoever gave it, where something reaches them."""
    notice = _inform(kinds.FEEDBACK_RECEIVED, feedback, once=f"feedback-received:{feedback.pk}", is_typed=True)
    if notice is None or notice.state == Notice.State.WITHHELD:
        return
    feedback.acknowledged_at = timezone.now()
    moved = _move(feedback, to=State.ACKNOWLEDGED)
    write_event(feedback, Kind.ACKNOWLEDGED, by=None, notice=notice, **moved)


def _inform(kind: NoticeKind, feedback: Feedback, *, once: str, is_typed: bool = False, **words: Any) -> Notice | None:
    """Queue a notice to whoever gave the opinion; None where nothing reaches them. Their own words are never quoted.

    `is_typed`: sent by itself, so that beyond a few a day to one typed address it is withheld.
    """
    language = feedback.customer.language if feedback.customer else feedback.language
    with translation.override(language):
        given = {"day": written_day(feedback.received_on, "il"), **words}
        if feedback.customer is not None and is_enrolled(feedback.customer):
            given |= {"action_url": settings.SITE_URL + reverse(OWN_PAGE), "action_label": _("Your opinions")}
    thread = f"feedback:{feedback.pk}"
    if feedback.customer is not None:
        queued = tell_customer(
            kind, once=once, words=given, customer=feedback.customer, language=language, thread=thread
        )
        return next(iter(queued), None)
    if not feedback.address:
        return None
    return queue_notice(
        kind,
        once=f"{once}:email",
        words=given,
        address=feedback.address,
        language=language,
        thread=thread,
        is_typed=is_typed,
    )


# --- Its theme ------------------------------------------------------------------------------------------------------
@transaction.atomic
def theme_feedback(feedback: Feedback, *, theme: FeedbackTheme | None, by: User, suggested: str = "") -> Feedback:
    """Give the opinion its theme, another one, or none. `suggested` is the code that was suggested, for the record.

    Refused for a theme that is not in force today ("theme_ended"), unless the opinion has it already.
    """
    feedback = locked(feedback)
    if theme == feedback.theme:
        return feedback
    if theme is not None and not theme.is_valid_on(timezone.localdate()):
        raise Refused(
            _("“%(theme)s” is not in use any more: choose another theme.") % {"theme": theme},
            code="theme_ended",
            field="theme",
        )
    before, feedback.theme = feedback.theme, theme
    _save(feedback)
    codes: dict[str, Any] = {"from": before.code if before else "", "to": theme.code if theme else ""}
    write_event(feedback, Kind.THEMED, by=by, suggested=suggested, **codes)
    return feedback


# --- Answering ------------------------------------------------------------------------------------------------------
@transaction.atomic
def answer_feedback(feedback: Feedback, *, text: str, by: User, posted_on: date | None = None) -> Feedback:
    """Answer the opinion, or write once more to somebody who was answered; the first answer stops the clock.

    A customer, or whoever left an address, gets the answer as a notice. Of a review at a store the text is kept, with the
    day on which it was posted there, if it was. Refused where nobody can be written to ("no_address"), and for what is
    closed, or became a request or a complaint ("wrong_state").
    """
    feedback = locked(feedback)
    text = clean_text(text)
    if not text:
        raise Refused(_("Write the answer."), code="no_text", field="text")
    if feedback.state != State.ANSWERED:
        _refuse_unless(feedback, State.ANSWERED)
    now = timezone.now()
    notice = None
    if not feedback.is_at_a_store:
        number = feedback.events.filter(kind=Kind.ANSWERED).count() + 1
        once = f"feedback-answered:{feedback.pk}:{number}"
        notice = _inform(kinds.FEEDBACK_ANSWERED, feedback, once=once, text=text)
        if notice is None:
            raise Refused(
                _("Nobody can be written to: no address is known. Close it with what came of it."), code="no_address"
            )
    feedback.answer, feedback.answered_by = text, by
    feedback.answered_at = feedback.answered_at or now
    moved = _move(feedback, to=State.ANSWERED) if feedback.state != State.ANSWERED else _saved(feedback)
    write_event(feedback, Kind.ANSWERED, by=by, notice=notice, text=text, **moved)
    if posted_on is not None:
        return record_posted(feedback, on=posted_on, by=by)
    return feedback


@transaction.atomic
def record_posted(feedback: Feedback, *, on: date, by: User) -> Feedback:
    """Enter the day on which the answer was posted at the store, or another day where the first was a slip.

    Refused for what is no review at a store or has no answer ("not_at_a_store", "no_answer"), for a day before the review
    or after today ("wrong_day").
    """
    feedback = locked(feedback)
    if not feedback.is_at_a_store:
        raise Refused(_("This is no review at a store."), code="not_at_a_store")
    if feedback.answered_at is None:
        raise Refused(_("Write the answer first."), code="no_answer")
    if not feedback.received_on <= on <= timezone.localdate():
        raise Refused(_("The day lies before the review, or after today."), code="wrong_day", field="posted_on")
    before, feedback.posted_on = feedback.posted_on, on
    _save(feedback)
    write_event(feedback, Kind.POSTED, by=by, on=on.isoformat(), before=before.isoformat() if before else "")
    return feedback


# --- Becoming a request or a complaint --------------------------------------------------------------------------------
@transaction.atomic
def make_contact(feedback: Feedback, *, by: User) -> Contact:
    """Open a request of the opinion in the first level's queue, as of the moment when it was given.

    Whoever gave it is informed of its number. Refused without words ("no_words"), where nobody can be answered
    ("no_address"), and for what is closed or became something already ("wrong_state").
    """
    feedback = locked(feedback)
    _refuse_unless(feedback, State.CONTACT)
    _refuse_without_words(feedback)
    customer = feedback.customer
    email = feedback.address or (email_of(customer) if customer else "")
    if not can_be_written_to(feedback):
        raise Refused(
            _("Nobody can be written to: no address is known. A request without one could not be answered."),
            code="no_address",
        )
    # Made a request, taken back and made one again: each time it is a request of its own.
    number = feedback.events.filter(kind=Kind.CONTACT).count()
    opened = open_request(
        form=WebFormRequest.Form.OPEN,
        kind=Contact.Kind.FEEDBACK,
        channel=CHANNELS.get(Source(feedback.source), Contact.Channel.SITE_FORM),
        submission_key=uuid.uuid5(uuid.NAMESPACE_URL, f"feedback:{feedback.pk}:{number}"),
        name=customer.letter_name if customer else "",
        email=email,
        subject=subject_of(feedback),
        text=feedback.text,
        privacy_version=feedback.privacy_version,
        customer=customer,
        language=customer.language if customer else feedback.language,
        at=feedback.received_at,
    )
    feedback.contact = opened.contact
    moved = _move(feedback, to=State.CONTACT)
    write_event(feedback, Kind.CONTACT, by=by, contact=opened.contact.number, **moved)
    return opened.contact


@transaction.atomic
def make_complaint(feedback: Feedback, *, by: User, **stated: Any) -> Complaint:
    """Register the opinion as a complaint, received on the day when it was given; `stated` overrides what is read from it.

    The law's term runs from that day, not from today. Refused without words: a complaint is made in writing
    ("no_words"; Reg. ISVAP 24/2008, art. 2); for what is closed or became something already ("wrong_state").
    """
    feedback = locked(feedback)
    _refuse_unless(feedback, State.COMPLAINT)
    _refuse_without_words(feedback)
    statement = statement_from(feedback)
    statement = Statement(**{**vars(statement), **stated, "received_on": feedback.received_on})
    number = feedback.events.filter(kind=Kind.COMPLAINT).count()
    complaint = register_complaint(
        statement,
        by=by,
        submission_key=uuid.uuid5(uuid.NAMESPACE_URL, f"feedback-complaint:{feedback.pk}:{number}"),
        feedback=feedback.pk,
    )
    feedback.complaint = complaint
    moved = _move(feedback, to=State.COMPLAINT)
    write_event(feedback, Kind.COMPLAINT, by=by, complaint=complaint.number, **moved)
    record_decision(feedback=feedback, written_on=feedback.received_on, is_complaint=True, complaint=complaint, by=by)
    return complaint


def statement_from(feedback: Feedback) -> Statement:
    """What the register needs from an opinion: the complainant, the matter, and the day of receipt in Italy."""
    customer = feedback.customer
    return Statement(
        complainant_name=str(customer) if customer else "",
        subject=subject_of(feedback),
        text=feedback.text,
        received_on=feedback.received_on,
        received_by=feedback.source
        if feedback.source in COMPLAINT_WAYS
        else "",  # a review of a store is none of our ways
        address=feedback.address,
        language=customer.language if customer else feedback.language,
        province=customer.province if customer else "",
        customer=customer,
    )


def subject_of(feedback: Feedback) -> str:
    """The first words of an opinion, as the subject of what it becomes."""
    return " ".join(feedback.text.split())[:80]


@transaction.atomic
def take_back(feedback: Feedback, *, by: User) -> Feedback:
    """Take back that the opinion became a request or a complaint: it is again what it was before.

    Refused while the request or the complaint stands ("stands"): first the entry of the register is cancelled, or the
    contact is closed with a code for what is no contact.
    """
    feedback = locked(feedback)
    if feedback.state not in (State.CONTACT, State.COMPLAINT):
        raise Refused(_("It became neither a request nor a complaint."), code="wrong_state")
    if not is_void(feedback):
        raise Refused(
            _("The request or the complaint stands: cancel the complaint, or close the contact as none, first."),
            code="stands",
        )
    of: dict[str, Any] = {"complaint": feedback.complaint.number} if feedback.complaint else {}
    if feedback.state == State.COMPLAINT:
        feedback.complaint = None
    else:
        of = {"contact": feedback.contact.number} if feedback.contact else {}
        feedback.contact = None
    moved = _move(feedback, to=feedback.earlier_state, is_back=True)
    write_event(feedback, Kind.TAKEN_BACK, by=by, **of, **moved)
    return feedback


def is_void(feedback: Feedback) -> bool:
    """Whether what the opinion became turned out to be none: the complaint was cancelled, the contact counts for nothing."""
    if feedback.state == State.COMPLAINT:
        return feedback.complaint is not None and feedback.complaint.state == Complaint.State.CANCELLED
    contact = feedback.contact
    return contact is not None and contact.state == Contact.State.CLOSED and not contact.in_base


# --- Closing --------------------------------------------------------------------------------------------------------
@transaction.atomic
def close_feedback(feedback: Feedback, *, outcome: str, words: str, by: User) -> Feedback:
    """Close the opinion with what came of it: one of the outcomes that people choose, and words.

    Refused for another outcome ("no_outcome"), without words unless it cannot be interpreted ("no_words"), for
    "answered" where nobody answered ("not_answered"), for "went on" where it became nothing ("nothing_became").
    """
    feedback = locked(feedback)
    _refuse_unless(feedback, State.CLOSED)
    words = clean_text(words)
    if outcome not in CHOSEN_OUTCOMES:
        raise Refused(_("Choose what came of it."), code="no_outcome", field="outcome")
    if not words and outcome != Outcome.UNCLEAR:
        raise Refused(_("Write in a few words what came of it."), code="no_words", field="words")
    if outcome == Outcome.ANSWERED and feedback.answered_at is None:
        raise Refused(_("Nobody has answered it yet."), code="not_answered", field="outcome")
    if outcome == Outcome.WENT_ON and not (feedback.contact_id or feedback.complaint_id):
        raise Refused(_("It became neither a request nor a complaint."), code="nothing_became", field="outcome")
    feedback.outcome, feedback.outcome_words = outcome, words
    feedback.closed_at, feedback.closed_by = timezone.now(), by
    moved = _move(feedback, to=State.CLOSED)
    write_event(feedback, Kind.CLOSED, by=by, outcome=outcome, words=words, **moved)
    return feedback


@transaction.atomic
def reopen_feedback(feedback: Feedback, *, by: User) -> Feedback:
    """Open a closed opinion again, in the state its facts speak of; the history keeps what came of it. Refused otherwise."""
    feedback = locked(feedback)
    if feedback.state != State.CLOSED:
        raise Refused(_("It is not closed."), code="wrong_state")
    outcome = feedback.outcome
    feedback.outcome, feedback.outcome_words = Outcome.OPEN, ""
    feedback.closed_at = feedback.closed_by = None
    moved = _move(feedback, to=feedback.earlier_state, is_back=True)
    write_event(feedback, Kind.REOPENED, by=by, outcome=outcome, **moved)
    return feedback


# --- What they share ------------------------------------------------------------------------------------------------
def locked(feedback: Feedback) -> Feedback:
    """The opinion as it is now, locked until the transaction ends."""
    joined = Feedback.objects.select_for_update(of=("self",)).select_related(
        "customer", "theme", "contact", "complaint"
    )
    return joined.get(pk=feedback.pk)


def write_event(
    feedback: Feedback,
    kind: str,
    *,
    by: User | None,
    notice: Notice | None = None,
    at: datetime | None = None,
    **details: Any,
) -> FeedbackEvent:
    """Add one line to the opinion's history; details without a value are left out."""
    stated = {name: value for name, value in details.items() if value not in (None, "", [])}
    return FeedbackEvent.objects.create(
        feedback=feedback, kind=kind, by=by, notice=notice, details=stated, at=at or timezone.now()
    )


def _move(feedback: Feedback, *, to: str, is_back: bool = False) -> dict[str, Any]:
    """Change the state of a locked row as `Feedback.NEXT` (or `BACK`) allows, save it, and return both states for the event."""
    _refuse_unless(feedback, to, is_back=is_back)
    before, feedback.state = feedback.state, to
    _save(feedback)
    return {"from": str(before), "to": str(to)}


def _refuse_unless(feedback: Feedback, state: str, *, is_back: bool = False) -> None:
    if not (feedback.can_go_back_to(state) if is_back else feedback.can_become(state)):
        words = {"state": feedback.get_state_display(), "wanted": State(state).label}
        raise Refused(_("It is “%(state)s”: it cannot become “%(wanted)s”.") % words, code="wrong_state")


def _refuse_without_words(feedback: Feedback) -> None:
    if not feedback.text:
        raise Refused(_("It has no words: only what was written can be followed."), code="no_words")


def _save(feedback: Feedback) -> None:
    feedback.version += 1
    feedback.save()


def _saved(feedback: Feedback) -> dict[str, Any]:
    _save(feedback)
    return {}


# --- How well themes are suggested ----------------------------------------------------------------------------------
def record_measure(*, tested_from: date, **counts: int) -> ThemeMeasure:
    """Keep a measure of the suggestion, for the pages that state it."""
    return ThemeMeasure.objects.create(tested_from=tested_from, **counts)
