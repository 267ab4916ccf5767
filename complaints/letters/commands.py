"""Commands: write a text of letters, submit it, approve it, send it back, withdraw it, and set its last day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.letters.checking import problems_of, problems_of_reasons
from complaints.letters.codes import CODES, LANGUAGES, LetterCode
from complaints.letters.texts import is_owed
from complaints.models.letter_text import LetterText, LetterTextEvent
from customers.models import User
from foundation.dates import written_day
from foundation.refusals import Refused

State = LetterText.State


def code_of(code: str, language: str) -> LetterCode:
    """The text of this code; Refused where there is no such text."""
    if code not in CODES or language not in LANGUAGES:
        raise Refused(_("There is no such text."), code="no_such_text")
    return CODES[code]


@transaction.atomic
def write_text(
    *,
    code: str,
    language: str,
    body: str,
    change_note: str,
    reason_codes: Sequence[str] = (),
    source: str = "",
    is_verified: bool = False,
    wanted_from: date | None = None,
    by: User,
) -> LetterText:
    """Keep a draft as the next version of the text; with `reason_codes` for complaints about any of these alone.

    Refused when somebody is writing one already, for a first day that is past, and with everything that is wrong with it
    and its reasons.
    """
    text = LetterText(
        code=code,
        language=language,
        body=body,
        reason_codes=list(reason_codes),
        change_note=change_note,
        source=source,
        is_verified=is_verified,
        wanted_from=wanted_from,
        written_by=by,
        last_written_by=by,
    )
    _check(text)
    versions = LetterText.objects.of(code, language)
    if (other := versions.open().select_related("last_written_by").first()) is not None:
        raise Refused(
            _("%(name)s is writing version %(number)d: go on from there, or have it withdrawn.")
            % {"name": other.last_written_by, "number": other.number},
            code="written_already",
        )
    newest = versions.select_for_update().first()
    text.number = newest.number + 1 if newest else 1
    try:
        with transaction.atomic():
            text.save()
    except IntegrityError as error:  # two began it at the same moment
        raise Refused(
            _("Somebody else has begun this text just now: look at the list."), code="written_already"
        ) from error
    return text


@transaction.atomic
def rewrite_text(text: LetterText, *, by: User, **changes: Any) -> LetterText:
    """Change a draft. Refused once it was submitted, and as `write_text` is."""
    text = locked(text)
    if text.state != State.DRAFT:
        raise Refused(_("Only a draft can be changed: have it sent back first."), code="wrong_state")
    for name, value in changes.items():
        setattr(text, name, value)
    text.last_written_by = by
    _check(text)
    _save(text)
    return text


@transaction.atomic
def submit_text(text: LetterText, *, by: User) -> LetterText:
    """Hand a draft to the people who approve; from here on it remains as it is. What it must have is asked again."""
    text = locked(text)
    _check(text)
    return _move(text, State.SUBMITTED, by=by)


@transaction.atomic
def send_back(text: LetterText, *, words: str, by: User) -> LetterText:
    """Give it back to its writer as a draft, with what has to change."""
    return _move(locked(text), State.DRAFT, by=by, words=words)


@transaction.atomic
def approve_text(text: LetterText, *, by: User) -> LetterText:
    """Let it count: from the day that its writer wanted, or from today. Letters of earlier days remain as they are.

    Refused to the people who wrote any of it, and when, asked again, something is wrong with it.
    """
    text, today = locked(text), timezone.localdate()
    if text.is_own(by):
        raise Refused(_("Somebody else approves what you wrote."), code="own_words")
    if text.can_become(State.APPROVED):
        text.approved_by, text.approved_at = by, timezone.now()
        text.valid_from = max(text.wanted_from or today, today)
        _check_words(text, on=text.valid_from)
    return _move(text, State.APPROVED, by=by)


@transaction.atomic
def withdraw_text(text: LetterText, *, words: str, by: User) -> LetterText:
    """Give a draft up, or let an approved text that has not begun never begin.

    Refused for one that has begun: letters name it. It is given a last day, or another version takes its place.
    """
    text = locked(text)
    if text.state == State.APPROVED and text.valid_from is not None and text.valid_from <= timezone.localdate():
        raise Refused(
            _("Letters were made of it: set its last day, or have another version approved."), code="has_begun"
        )
    return _move(text, State.WITHDRAWN, by=by, words=words)


@transaction.atomic
def end_text(text: LetterText, *, valid_to: date, words: str, by: User) -> LetterText:
    """Set the last day of an approved text; from the next day on the version before it counts again, or none.

    Refused for a day that is past or before its first, where it has a last day already, and for a text that the letters owe
    when no other one would count on the next day for all complaints; where one for some reasons ends, that one counts.
    """
    text, today = locked(text), timezone.localdate()
    if text.state != State.APPROVED or text.valid_from is None:
        raise Refused(_("Only an approved text has a last day."), code="wrong_state")
    if text.valid_to is not None:
        raise Refused(
            _("Its last day is set already: it is %(day)s.") % {"day": written_day(text.valid_to, "il")}, code="ended"
        )
    if valid_to < max(today, text.valid_from):
        raise Refused(_("The last day is today or later, and not before the first."), code="past", field="valid_to")
    code, after = CODES.get(text.code), valid_to + timedelta(days=1)
    others = LetterText.objects.of(text.code, text.language).in_force(after).for_all().exclude(pk=text.pk)
    if code is not None and is_owed(code, on=after) and not others.exists():
        raise Refused(
            _("Letters must contain this text, and no other version counts on %(day)s: have one approved first.")
            % {"day": written_day(after, "il")},
            code="owed",
            field="valid_to",
        )
    text.valid_to = valid_to
    _save(text)
    LetterTextEvent.objects.create(
        text=text, old=text.state, new=text.state, ends_on=valid_to, words=words[:1_000], by=by
    )
    return text


def locked(text: LetterText) -> LetterText:
    """The text as it is now, locked until the end of the transaction."""
    return LetterText.objects.select_for_update(of=("self",)).get(pk=text.pk)


def _check(text: LetterText) -> None:
    """Refuse a first day that is past, and what is wrong with the text or its reasons, all of it at once."""
    today = timezone.localdate()
    if text.wanted_from is not None and text.wanted_from < today:
        raise Refused(
            _("The first day is past: letters of that day have been made."), code="past", field="wanted_from"
        )
    _check_words(text, on=text.wanted_from or today)


def _check_words(text: LetterText, *, on: date) -> None:
    code = code_of(text.code, text.language)
    if wrong := problems_of_reasons(code, text.reason_codes):
        raise Refused(" ".join(wrong), code="wrong_reasons", field="reason_codes")
    if found := problems_of(code, text.body, language=text.language, on=on):
        raise Refused(" ".join(map(str, found)), code="not_allowed", field="body")


def _move(text: LetterText, to: str, *, by: User, words: str = "") -> LetterText:
    """Change the state of a locked row as `NEXT` allows, with its event; Refused otherwise."""
    old = text.state
    if not text.can_become(to):
        raise Refused(
            _("This text is %(state)s: this cannot be done any more.") % {"state": text.get_state_display()},
            code="wrong_state",
        )
    text.state = to
    _save(text)
    LetterTextEvent.objects.create(text=text, old=old, new=to, words=words[:1_000], by=by)
    return text


def _save(text: LetterText) -> None:
    text.version += 1
    text.save()
