"""Rule: why a person got a notice, or did not, in one sentence that staff can read out and the person reads themselves."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.dates import written_day, written_moment
from notifications.channels import Channel
from notifications.kinds import NoticeKind
from notifications.models import Notice
from notifications.preferences.groups import Group

State = Notice.State


class Way(Enum):
    """What is known of another way to the person, when the notice was written."""

    TAKEN = "taken"  # the same matter went, or goes, that way too
    FAILED = "failed"  # refused there, or come back
    UNOPENED = "unopened"  # lies in the reserved area, and was never opened
    OFF = "off"  # switched off by the person
    STOPPED = "stopped"  # nothing goes to the address any more
    MISSING = "missing"  # no address, no reserved area
    UNUSED = "unused"  # it was there, and not needed


@dataclass(frozen=True, slots=True)
class Facts:
    """A notice as the sentence needs it. `moment` is when it was sent, or else when it is to leave.

    `problem` is why it was refused or withheld. `held_until` is the end of the quiet hours it waited for, `together` how many
    deadlines went in one message with it, itself included. `basis` and `allowed_on` are a promotion's: what allows it, since when.
    """

    what: str
    kind: NoticeKind | None
    state: str
    channel: str
    moment: datetime
    now: datetime
    address: str = ""
    problem: str = ""
    came_back: bool = False
    is_served: bool = True
    held_until: datetime | None = None
    together: int = 0
    email: Way = Way.UNUSED
    inbox: Way = Way.UNUSED
    is_off: bool = False
    off_on: date | None = None
    basis: str = ""
    allowed_on: date | None = None


def sentence(facts: Facts) -> str:
    """One sentence: what became of it, by what it was owed, and why this way and no other."""
    happened = _happened(facts)
    if facts.state == State.WITHHELD:
        return f"{happened}."
    parts = [f"{happened}, {_because(facts)}"]
    if why := _why_this_way(facts):
        parts.append(why)
    return "; ".join(parts) + "."


# --- What became of it
def _way(facts: Facts) -> str:
    words = {"address": facts.address}
    return {
        Channel.EMAIL: _("by e-mail to %(address)s") % words,
        Channel.SMS: _("by text message to %(address)s") % words,
        Channel.PEC: _("by PEC to %(address)s") % words,
        Channel.INBOX: _("in your reserved area"),
        Channel.PUSH: _("on your app"),
        Channel.POST: _("by post or PEC, by hand"),
    }[Channel(facts.channel)]


def _happened(facts: Facts) -> str:
    words = {
        "what": f"“{facts.what}”",
        "way": _way(facts),
        "moment": written_moment(facts.moment, "il"),
        "problem": facts.problem.rstrip("."),
    }
    match facts.state:
        case State.SENT:
            return _("We wrote you %(what)s %(way)s on %(moment)s") % words + _together(facts) + _afterwards(facts)
        case State.SENDING:
            return _("%(what)s is being sent %(way)s") % words
        case State.IN_DOUBT:
            return _("%(what)s may have gone %(way)s, and one of us finds out whether it did") % words
        case State.REFUSED:
            return _("%(what)s could not be delivered %(way)s (%(problem)s)") % words
        case State.WITHHELD:
            return _("%(what)s was not sent %(way)s (%(problem)s)") % words
    return _waiting(facts, words) + _together(facts)


def _waiting(facts: Facts, words: dict[str, str]) -> str:
    if facts.channel == Channel.POST:
        return _("%(what)s waits for one of us to send it by post or PEC") % words
    if not facts.is_served:
        return _("%(what)s waits to be sent %(way)s, which is not in service") % words
    if facts.held_until is not None and facts.held_until > facts.now:
        words["moment"] = written_moment(facts.held_until, "il")
        return _("%(what)s waits for the end of the quiet hours on %(moment)s, and then goes %(way)s") % words
    if facts.moment > facts.now:
        return _("%(what)s leaves %(way)s on %(moment)s") % words
    return _("%(what)s is about to leave %(way)s") % words


def _together(facts: Facts) -> str:
    if facts.together < 2:
        return ""
    return _(", in one message that lists %(number)d deadlines") % {"number": facts.together}


def _afterwards(facts: Facts) -> str:
    found = ""
    if facts.held_until is not None:
        time = date_format(timezone.localtime(facts.held_until), "H:i")
        found += _(", after the quiet hours that ended at %(time)s") % {"time": time}
    return found + (_(", and it came back") if facts.came_back else "")


# --- By what it was owed
def _because(facts: Facts) -> str:
    kind = facts.kind
    if kind is None:
        return _("because it was owed to you at the time")
    if kind.is_promotional:
        return _because_of_consent(facts)
    if kind.gathers:
        return _("because these deadlines of your policies are near or past")
    if kind.required_by:
        return _("because %(duty)s") % {"duty": kind.required_by}
    if kind.is_chosen:
        group = Group(kind.group).label
        return _("because you get what is about “%(group)s” as long as you do not switch it off") % {"group": group}
    return _("because it was owed to you")


def _because_of_consent(facts: Facts) -> str:
    if facts.basis == "similar":
        return _(
            "because it offers what is similar to what you have, and you did not object (art. 130 of the privacy code)"
        )
    if facts.allowed_on is None:
        return _("because you consented to such offers")
    return _("because you consented to such offers on %(day)s") % {"day": written_day(facts.allowed_on, "il")}


# --- Why this way
def _why_this_way(facts: Facts) -> str:
    if facts.channel == Channel.EMAIL:
        return _why_email(facts)
    if facts.kind is not None and facts.channel in facts.kind.channels and facts.channel != Channel.INBOX:
        return ""  # the only way it ever takes
    reasons = [_no_email(facts)]
    if facts.channel == Channel.INBOX:
        reasons = [_("it went by e-mail too")] if facts.email is Way.TAKEN else reasons
    else:
        reasons.append(_no_inbox(facts))
    return _(" and ").join(reason for reason in reasons if reason)


def _why_email(facts: Facts) -> str:
    if facts.is_off:
        return _("you switched e-mails about it off, but nothing else reaches you")
    if facts.email is Way.FAILED:
        return _("at an earlier address it did not reach you")
    if facts.inbox is Way.TAKEN:
        return _("it is in your reserved area too")
    return _("you have no reserved area in which to read it") if facts.inbox is Way.MISSING else ""


def _no_email(facts: Facts) -> str:
    match facts.email:
        case Way.OFF if facts.off_on is not None:
            return _("not by e-mail, which you switched off on %(day)s") % {"day": written_day(facts.off_on, "il")}
        case Way.OFF:
            return _("not by e-mail, which you switched off")
        case Way.MISSING:
            return _("not by e-mail, because we have no address of yours")
        case Way.STOPPED:
            return _("not by e-mail, because nothing is sent to your address any more")
        case Way.FAILED:
            return _("by e-mail it did not reach you")
    return ""


def _no_inbox(facts: Facts) -> str:
    match facts.inbox:
        case Way.MISSING:
            return _("you have no reserved area in which to read it")
        case Way.UNOPENED:
            return _("in your reserved area it was not opened")
    return ""
