"""Figures about what came back for the first page of the back office."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from foundation.office.tiles import Tile
from notifications.models import MailboxPlace, ReturnedMessage
from notifications.returns.mailbox import PEC, RETURNS

MOST = 999  # counted no further
QUIET = timedelta(hours=1)  # in which a mailbox is read several times


def tiles(user: Any) -> list[Tile]:
    """What people answered, what else is to be looked at, and a mailbox that is not read; nothing where there is none."""
    if not user.has_perm("notifications.view_returnedmessage"):
        return []
    address = reverse("admin:notifications_returnedmessage_changelist")
    open_ones = ReturnedMessage.objects.visible_to(user).open().order_by()
    answers, others = (rows[: MOST + 1].count() for rows in (open_ones.answers(), open_ones.problems()))
    found = []
    if answers:
        found.append(
            Tile(
                title=_("Answers to our notices"),
                value=_shown(answers),
                hint=_("People wrote, and nobody has looked yet"),
                url=f"{address}?work=answers",
                tone="bad",
            )
        )
    if others:
        found.append(
            Tile(
                title=_("Returned messages"),
                value=_shown(others),
                hint=_("Refused, complained of or not to be read: a person decides"),
                url=f"{address}?work=problems",
                tone="bad",
            )
        )
    return [*found, *_unread_mailboxes(address)]


def _shown(number: int) -> str:
    return f"{MOST}+" if number > MOST else str(number)


def _unread_mailboxes(address: str) -> list[Tile]:
    """One for each mailbox that the last round could not read, or that no round has read for an hour."""
    ours = [name for name, url in ((RETURNS, settings.RETURNS_IMAP_URL), (PEC, settings.PEC_IMAP_URL)) if url]
    names = {RETURNS: _("Mailbox of returns"), PEC: _("Mailbox of certified e-mail")}
    found, now = [], timezone.now()
    for place in MailboxPlace.objects.filter(name__in=ours).order_by("name") if ours else ():
        if not place.problem and place.read_at is not None and place.read_at > now - QUIET:
            continue
        when = date_format(timezone.localtime(place.read_at), "SHORT_DATETIME_FORMAT") if place.read_at else "–"
        hint = _("Last read: %(when)s. %(problem)s") % {"when": when, "problem": place.problem}
        found.append(Tile(title=names[place.name], value=_("not read"), hint=hint.strip(), url=address, tone="bad"))
    return found
