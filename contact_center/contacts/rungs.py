"""Commands and queries: warn the people concerned that the term of a contact comes near, or is past; docs/decisions/rungs-of-alert.md.

A round asks what is owed: of all rungs that a contact has reached (`due/rungs.py`) and that were not raised for its present term, the
last one for each of those it warns. The earlier ones are written as raised for nobody, so that a night without a worker costs one
message and not three.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.contacts import kinds
from contact_center.due.rungs import reached_until
from contact_center.due.targets import Book, Target
from contact_center.models import Agent, CallBack, Contact, RaisedRung, Team, TermRung
from contact_center.models.contact import ContactQuerySet
from contact_center.models.term_rung import RungConcerns, RungMoment, Warned
from customers import roles
from customers.models import User
from foundation.dates import ROME, written_moment
from foundation.sorting import Folded
from notifications.models import Notice
from notifications.services import queue_notice

log = logging.getLogger(__name__)

RAISING = 0x56_43_52  # the advisory lock of the round: two at once would send two messages about the same
MOST = 2_000  # contacts of one round; the next one goes on
OLDEST = timedelta(days=60)  # terms that are past for longer warn nobody any more
AWAY_DAYS = 3  # as with complaints: staff sign in once a day, and whoever has not for longer is taken to be away
LISTED = 20  # contacts that one message names


def raise_rungs(now: datetime) -> int:
    """Warn of what was reached and not raised for the present term; returns of how many contacts somebody was warned.

    Each person gets one message for the round, written with what was raised in one transaction. Contacts that somebody is
    just changing are left to the next round, and all of it while another round is at work.
    """
    with transaction.atomic():
        if not _take_turn():
            return 0
        rungs = list(TermRung.objects.valid_on(timezone.localdate(now)).filter(is_active=True).order_by("pk"))
        reach = Reach(now)
        owed = sorted(_owed(rungs, reach))[:MOST]
        contacts = _locked(owed) if owed else []
        already = set(RaisedRung.objects.filter(contact__in=contacts).values_list("contact", "rung", "due_at"))
        people, raised = People(now), []
        for contact in contacts:
            raised += _raised_of(contact, rungs, reach, people, already)
        RaisedRung.objects.bulk_create(raised)
        people.write(now)
        return len({each.contact_id for each in raised if each.warned != Warned.NOBODY})


def _take_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [RAISING])
        return bool(cursor.fetchone()[0])


# --- What is owed ---------------------------------------------------------------------------------------------------
class Reach:
    """Up to which terms the rungs have been reached at a moment, by the targets in force."""

    def __init__(self, now: datetime) -> None:
        self.now, self.book = now, Book()
        self._known: dict[tuple[int, int], datetime | None] = {}

    def _until(self, rung: TermRung, target: Target | None) -> datetime | None:
        key = (rung.pk, id(target))  # the book holds its targets for as long as this holds the book
        if key not in self._known:
            self._known[key] = reached_until(rung.moment, rung.amount, target, self.now)
        return self._known[key]

    def of_contact(self, rung: TermRung, contact: Contact) -> datetime | None:
        """The latest term of which the contact's rung has been reached."""
        since = (contact.escalated_at if contact.level == 2 else None) or contact.started_at
        target = self.book.target(contact.kind, contact.level, since)
        return self._until(rung, target or self._targets(contact.kind, contact.level)[0])

    def furthest(self, rung: TermRung, kind: str, level: int) -> datetime | None:
        """The same of any contact of the kind and level: what the database is asked for, before each is looked at."""
        found = [until for each in self._targets(kind, level) if (until := self._until(rung, each)) is not None]
        return max(found, default=None)

    def _targets(self, kind: str, level: int) -> Sequence[Target | None]:
        """Those of the kind and level, whenever in force, the newest first; a single None where there is none."""
        return self.book.targets.get((kind, level)) or [None]


def owed_to(rung: TermRung, reach: Reach) -> ContactQuerySet:
    """The contacts that may have reached the rung without its having been raised for their present term."""
    reached, last = Q(pk__in=[]), reach.now - OLDEST
    for kind in rung.kinds or Contact.Kind.values:
        for level in [rung.level] if rung.level else [1, 2]:
            if (until := reach.furthest(rung, kind, level)) is not None:
                reached |= Q(kind=kind, level=level, due_at__lte=until)
                last = max(last, until)
    raised = RaisedRung.objects.filter(contact=OuterRef("pk"), rung=rung, due_at=OuterRef("due_at"))
    running = _running(Contact.objects.order_by()).filter(reached, ~Exists(raised))
    running = running.filter(due_at__gt=reach.now - OLDEST, due_at__lte=last)  # the stretch of the index of terms
    concerns = _concerns(rung)
    if concerns == RungConcerns.ALL:
        return running
    is_call_back = Exists(CallBack.objects.booked().filter(contact=OuterRef("pk")))
    return running.filter(is_call_back if concerns == RungConcerns.CALL_BACKS else ~is_call_back)


def _concerns(rung: TermRung) -> str:
    """Which contacts the rung is for; of an agreed hour no share can be left, so a share is never for call-backs."""
    return RungConcerns.REQUESTS if rung.moment == RungMoment.SHARE_LEFT else rung.concerns


def _running(contacts: ContactQuerySet) -> ContactQuerySet:
    """Those of which the term runs: open, and not waiting for the customer."""
    return contacts.open().exclude(state=Contact.State.WAITING)


def _owed(rungs: Iterable[TermRung], reach: Reach) -> set[int]:
    found: set[int] = set()
    for rung in rungs:
        found.update(owed_to(rung, reach).order_by("due_at", "pk").values_list("pk", flat=True)[:MOST])
    return found


def _locked(ids: list[int]) -> list[Contact]:
    """Those of the contacts whose term still runs, held until the end of the round; without those that somebody is changing."""
    rows = _running(Contact.objects.filter(pk__in=ids)).select_for_update(of=("self",), skip_locked=True)
    booked = CallBack.objects.booked().filter(contact=OuterRef("pk"))
    return list(
        rows.select_related("team__lead", "owner__user", "owner__team__lead")
        .annotate(has_call_back=Exists(booked))
        .order_by("due_at", "pk")
    )


def is_for(rung: TermRung, contact: Contact, *, has_call_back: bool) -> bool:
    """Rule: whether the rung is for the contact."""
    if (rung.kinds and contact.kind not in rung.kinds) or (rung.level and contact.level != rung.level):
        return False
    concerns = _concerns(rung)
    return concerns == RungConcerns.ALL or (concerns == RungConcerns.CALL_BACKS) == has_call_back


def _raised_of(
    contact: Contact, rungs: Iterable[TermRung], reach: Reach, people: "People", already: set[tuple]
) -> list[RaisedRung]:
    """What is to be written for the contact: the last rung for each of those it warns, the earlier ones for nobody."""
    due_at = contact.due_at
    if due_at is None or due_at <= reach.now - OLDEST:
        return []
    reached: dict[str, list[tuple[datetime, TermRung]]] = {}
    for rung in rungs:
        until = reach.of_contact(rung, contact)
        if until is not None and due_at <= until and is_for(rung, contact, has_call_back=contact.has_call_back):  # type: ignore[attr-defined]  # annotated
            reached.setdefault(rung.warns, []).append((until, rung))
    rows = []
    for warns, those in reached.items():
        last = min(those, key=lambda each: (each[0], each[1].pk))[1]
        for _until, rung in those:
            if (contact.pk, rung.pk, due_at) in already:
                continue
            warned = people.warn(contact, warns) if rung == last else Warned.NOBODY
            rows.append(RaisedRung(contact=contact, rung=rung, due_at=due_at, warned=warned, raised_at=reach.now))
    return rows


# --- The people -----------------------------------------------------------------------------------------------------
@dataclass
class People:
    """Who is warned, and of what, in one round."""

    now: datetime
    of: dict[int, tuple[User, dict[int, Contact]]] = field(default_factory=dict)
    nobody_for: list[Contact] = field(default_factory=list)

    def warn(self, contact: Contact, warns: str) -> str:
        """Note the contact for the people of the rung, or for those who stand in for them; returns who it was.

        Where nobody has the contact its team is warned in place of an owner. For whoever is away, the leader of the team is;
        for a leader, the managers.
        """
        team = contact.team or (contact.owner.team if contact.owner else None)
        for warned in self._ladder(contact, warns):
            users = self._users(warned, contact, team)
            if users:
                for user in users:
                    self.of.setdefault(user.pk, (user, {}))[1][contact.pk] = contact
                return warned
        self.nobody_for.append(contact)
        return Warned.NOBODY

    def _ladder(self, contact: Contact, warns: str) -> list[Warned]:
        if warns == Warned.OWNER and contact.owner is None:
            warns = Warned.TEAM
        above = [Warned.LEAD, Warned.MANAGERS]
        return above[above.index(Warned(warns)) :] if warns in above else [Warned(warns), *above]

    def _users(self, warned: Warned, contact: Contact, team: Team | None) -> list[User]:
        if warned == Warned.OWNER:
            return self._present(contact.owner)
        if warned == Warned.TEAM:
            return self._members.get(team.pk, []) if team else []
        if warned == Warned.LEAD:
            return [team.lead] if team and team.lead and not is_away(team.lead, self.now) else []
        return self._managers

    def _present(self, agent: Agent | None) -> list[User]:
        user = agent.user if agent is not None and agent.is_active else None
        return [user] if user is not None and not is_away(user, self.now) else []

    @cached_property
    def _members(self) -> dict[int, list[User]]:
        """The people of every team who are here."""
        members: dict[int, list[User]] = {}
        agents = Agent.objects.filter(is_active=True, team__isnull=False, user__is_active=True)
        for agent in agents.select_related("user").order_by("pk"):
            assert agent.team_id is not None, "as asked"
            if present := self._present(agent):
                members.setdefault(agent.team_id, []).extend(present)
        return members

    @cached_property
    def _managers(self) -> list[User]:
        managers = User.objects.filter(is_active=True, groups__name=roles.MANAGER)
        return list(managers.order_by(Folded("last_name"), "pk"))

    def write(self, now: datetime) -> None:
        """Owe each of them one message about all that was noted for them."""
        if self.nobody_for:
            log.warning(
                "nobody to warn about the terms of %d contacts, such as %s: there is no manager",
                len(self.nobody_for),
                self.nobody_for[0].number,
            )
        for user, contacts in self.of.values():
            with translation.override(user.language or "it"):
                words = _words_of(list(contacts.values()), now)
            queue_notice(kinds.CONTACT_TERMS, once=_key(user, now), words=words, user=user)


def is_away(user: User, now: datetime) -> bool:
    """Whether the person has not signed in for some days, or does not work here any more."""
    return not user.is_active or now - (user.last_login or user.date_joined) > timedelta(days=AWAY_DAYS)


def _key(user: User, now: datetime) -> str:
    """The key of the message to one person in one round."""
    return f"{kinds.CONTACT_TERMS.code}:{user.pk}:{now.isoformat()}"


def _words_of(contacts: list[Contact], now: datetime) -> dict[str, object]:
    """The words of the message: numbers and terms, and nothing about the people whose contacts they are."""
    lines = [_line(each, now) for each in contacts[:LISTED]]
    if (left := len(contacts) - LISTED) > 0:
        lines.append(ngettext("and %(n)d other contact", "and %(n)d other contacts", left) % {"n": left})
    late = sum(each.due_at is not None and each.due_at < now for each in contacts)
    return {
        "warned_count": len(contacts),
        "late_count": late,
        "contacts": "\n".join(lines),
        "action_url": settings.SITE_URL
        + reverse("admin:contact_center_contact_changelist")
        + "?work=open&part=warned",
        "action_label": _("Open the queue"),
    }


def _line(contact: Contact, now: datetime) -> str:
    assert contact.due_at is not None, "without a term it reaches no rung"
    words = _("%(number)s: was due on %(when)s") if contact.due_at < now else _("%(number)s: due on %(when)s")
    return words % {"number": contact.number, "when": written_moment(contact.due_at)}


# --- Asked before a message leaves ----------------------------------------------------------------------------------
def no_longer_near(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of these messages are not true any more, by the id of the notice: nothing that they name is still to be done."""
    rounds = {notice.pk: _round_of(notice) for notice in notices}
    found = RaisedRung.objects.filter(raised_at__in={at for at in rounds.values() if at is not None}).select_related(
        "contact"
    )
    raised: dict[datetime, list[RaisedRung]] = {}
    for each in found:
        raised.setdefault(each.raised_at, []).append(each)
    reasons = {}
    for notice in notices:
        at = rounds[notice.pk]
        named = [each for each in raised.get(at, []) if each.contact.number in notice.body_text] if at else []
        if named and not any(_stands(each) for each in named):
            reasons[notice.pk] = _("The contacts were dealt with meanwhile, or have another term.")
    return reasons


def _round_of(notice: Notice) -> datetime | None:
    try:
        return datetime.fromisoformat(notice.once.split(":", 2)[2])
    except (IndexError, ValueError):
        return None


def _stands(raised: RaisedRung) -> bool:
    """Whether the term of which it warned still runs."""
    state = raised.contact.state
    runs = state in Contact.OPEN_STATES and state != Contact.State.WAITING
    return runs and raised.contact.due_at == raised.due_at


# --- What is shown --------------------------------------------------------------------------------------------------
def warned_of(contacts: ContactQuerySet, who: Q | None = None) -> ContactQuerySet:
    """Those of the contacts of whose present term somebody was warned; `who` narrows to some of the warnings."""
    raised = RaisedRung.objects.filter(contact=OuterRef("pk"), due_at=OuterRef("due_at"))
    raised = raised.exclude(warned=Warned.NOBODY) if who is None else raised.filter(who)
    return _running(contacts).filter(Exists(raised))


def warnings_to(user: User, contacts: ContactQuerySet) -> ContactQuerySet:
    """Those of the contacts of which the user was warned: as their owner, with their team, as its leader or as a manager."""
    ways = [
        (Q(owner__user=user), Warned.OWNER),
        (Q(team__lead=user) | Q(team__isnull=True, owner__team__lead=user), Warned.LEAD),
    ]
    agent = Agent.objects.of_user(user)
    if agent is not None and agent.team_id is not None:
        of_team = Q(team=agent.team_id) | Q(team__isnull=True, owner__team=agent.team_id)
        ways.append((of_team, Warned.TEAM))
    if user.has_role([roles.MANAGER]):
        ways.append((Q(), Warned.MANAGERS))
    raised = RaisedRung.objects.filter(contact=OuterRef("pk"), due_at=OuterRef("due_at"))
    concerned = Q(pk__in=[])
    for theirs, warned in ways:
        concerned |= theirs & Q(Exists(raised.filter(warned=warned)))
    return _running(contacts).filter(concerned)


def last_warning() -> Subquery:
    """The last warning about a contact's present term, as `warning_shown` reads it: a column of the list, for no query more."""
    raised = RaisedRung.objects.filter(contact=OuterRef("pk"), due_at=OuterRef("due_at"))
    newest = raised.exclude(warned=Warned.NOBODY).order_by("-pk")
    return Subquery(newest.values(json=JSONObject(warned="warned", at="raised_at"))[:1])


def warning_shown(contact: Contact, found: dict[str, str] | None) -> str:
    """That warning in words; nothing of a contact without one, or that is closed."""
    if not found or contact.state not in Contact.OPEN_STATES:
        return ""
    return warning_words(found["warned"], datetime.fromisoformat(found["at"]))


def warnings_of(contact: Contact) -> list[tuple[str, str]]:
    """All warnings about the contact's present term, the oldest first: what was said, and by which rung."""
    if contact.due_at is None:
        return []
    rows = RaisedRung.objects.filter(contact=contact, due_at=contact.due_at).exclude(warned=Warned.NOBODY)
    return [
        (warning_words(each.warned, each.raised_at), str(each.rung))
        for each in rows.select_related("rung").order_by("raised_at", "pk")
    ]


def warning_words(warned: str, raised_at: datetime) -> str:
    """Whom a rung warned and when: “team warned at 16:30”, with the day where it is not today's."""
    at = raised_at.astimezone(ROME)
    is_today = at.date() == timezone.localdate()
    when = {"time": date_format(at, "H:i"), "day": date_format(at, "j/m")}
    words = {
        Warned.OWNER: _("owner warned at %(time)s") if is_today else _("owner warned on %(day)s at %(time)s"),
        Warned.TEAM: _("team warned at %(time)s") if is_today else _("team warned on %(day)s at %(time)s"),
        Warned.LEAD: _("team leader warned at %(time)s")
        if is_today
        else _("team leader warned on %(day)s at %(time)s"),
        Warned.MANAGERS: _("managers warned at %(time)s") if is_today else _("managers warned on %(day)s at %(time)s"),
    }
    return words[Warned(warned)] % when
