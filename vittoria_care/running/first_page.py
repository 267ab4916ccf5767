"""The first page of an administrator: whether the system works, which periodic tasks do not, which accounts to review."""

import shutil
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.accounts_to_review import UNUSED_DAYS, unused_accounts
from customers.models import User
from foundation.models import ApiKey, Heartbeat
from foundation.office.tiles import Begin, OnFirstPage, ShortList, ShortRow, Tile
from vittoria_care.running import health

MAY = "customers.add_user"
MOST = 999
ROOM = 5 * 1024**3  # bytes free below which the disk is a concern
CHECKS = {
    "database": gettext_lazy("Database"),
    "migrations": gettext_lazy("Structure of the database"),
    "clock": gettext_lazy("Clock of this machine"),
    "notices": gettext_lazy("Notices still to be sent"),
    "beat": gettext_lazy("Periodic work and workers"),
    "broker": gettext_lazy("Queue of the workers"),
}
# What somebody asks about by name: rounds and runs that bring or send something.
ROUNDS = {
    "fetch-returns": gettext_lazy("Round of the mailboxes"),
    "deliver-notices": gettext_lazy("Sending of notices"),
    "refresh-figures": gettext_lazy("Figures"),
    "draw-quality-sample": gettext_lazy("Quality samples"),
}


def on_first_page(user: Any) -> list[OnFirstPage]:
    """For people who manage the accounts; nothing for others, nor for a superuser without that work."""
    if user.is_superuser or not user.has_perm(MAY):
        return []
    return [
        Begin(_("Add a person"), "person_add", reverse("admin:customers_user_add")),
        Begin(_("See the API keys"), "key", reverse("admin:foundation_apikey_changelist")),
        Begin(
            _("Set the hours of service"), "calendar_month", reverse("admin:contact_center_servicecalendar_changelist")
        ),
        _health(),
        _tasks(),
        _accounts(),
        _keys(),
    ]


def _health() -> ShortList:
    found = health.readiness()
    rows = [
        ShortRow(str(name), _words(key, found[key]), tone="" if found[key]["ok"] else "bad")
        for key, name in CHECKS.items()
        if key in found
    ]
    folder = settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR
    free = shutil.disk_usage(folder).free
    room = _("%(size)s GB free") % {"size": number_format(free / 1024**3, 1)}
    rows.append(ShortRow(_("Disk"), room, tone="bad" if free < ROOM else ""))
    return ShortList(title=_("Health of the system"), rows=tuple(rows), empty="")


def _words(key: str, found: dict[str, Any]) -> str:
    """What a check found, in a few words."""
    if key == "notices" and "oldest_owed_seconds" in found:
        late = found["oldest_owed_seconds"]
        return _("the oldest is %(seconds)d s late") % {"seconds": late} if late else _("none is late")
    if key == "beat" and found.get("last_seen_seconds") is not None:
        return _("last seen %(seconds)d s ago") % {"seconds": found["last_seen_seconds"]}
    return _("works") if found["ok"] else _("does not work: manage.py doctor says why")


def _tasks() -> ShortList:
    """What ended badly, then when the rounds that people ask about last ran."""
    known = {each.name: each for each in Heartbeat.objects.filter(name__in=settings.CELERY_BEAT_SCHEDULE)}
    failed = [each for each in known.values() if each.ok is False]
    rows = [ShortRow(str(ROUNDS.get(each.name, each.name)), _("ended badly"), tone="bad") for each in failed]
    for name, words in ROUNDS.items():
        if name not in settings.CELERY_BEAT_SCHEDULE or (name in known and known[name].ok is False):
            continue
        began = timezone.localtime(known[name].began_at) if name in known else None
        detail = date_format(began, "d/m/Y H:i") if began else _("never yet")
        rows.append(ShortRow(str(words), detail, tone="" if began else "warn"))
    return ShortList(title=_("Periodic tasks"), rows=tuple(rows), empty=_("Nothing has run yet."))


def _accounts() -> Tile:
    number = unused_accounts(User.objects.all(), timezone.now()).order_by()[: MOST + 1].count()
    return Tile(
        title=_("Accounts to review"),
        value=f"{MOST}+" if number > MOST else str(number),
        hint=_("of staff, not used for %(days)d days") % {"days": UNUSED_DAYS}
        if number
        else _("Every account of staff is in use"),
        url=reverse("admin:customers_user_changelist") + "?work=unused",
        tone="warn" if number else "good",
    )


def _keys() -> Tile:
    number = ApiKey.objects.in_use(timezone.now()).count()
    return Tile(
        title=_("API keys in force"),
        value=str(number),
        hint=ngettext("%(count)d program may come in", "%(count)d programs may come in", number) % {"count": number},
        url=reverse("admin:foundation_apikey_changelist"),
    )
