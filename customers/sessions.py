"""The sessions in which a person is signed in, on pages and in the app: listed, followed and ended.

A session is a row of Django's; the sign-in library keeps one beside it for what a person should see of it (`UserSession`).
To end a session deletes both: its cookie, or its token in an app, opens nothing from the next request on.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from customers.models import KnownDevice, User
from foundation.network_address import UNKNOWN

ROW = "session_row"  # in the session: the key of its row, which stays when the session gets another key
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - stands for an address that cannot be read: the column wants one
KNOWN_DAYS = 180  # a device that nobody used for so long is forgotten
MOST_AT_ONCE = 5_000  # rows that one statement of the night deletes


def live_sessions(user: User, *, idle_since: Any = None) -> QuerySet[UserSession]:
    """The user's sessions that still open something, the last used first.

    Pages where nothing was done since the moment `idle_since` are over, though their row is still there; an app's limits are its own.
    """
    stored = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    found = UserSession.objects.filter(Exists(stored), user=user).order_by("-last_seen_at", "-pk")
    if idle_since is None:
        return found
    return found.exclude(last_seen_at__lt=idle_since, data__app__isnull=True)


def ended_sessions(users: Iterable[int], *, now: datetime, idle_since: datetime | None) -> dict[int, datetime]:
    """Those of the users who are signed in nowhere any more, each with the moment until which they were, as far as is known.

    Pages where nothing was done since `idle_since` are over, as for `live_sessions`: they lasted as long after their last use as
    that is ago.
    """
    users = set(users)
    stored = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    rows = UserSession.objects.filter(user__in=users).annotate(is_stored=Exists(stored))
    idle = now - idle_since if idle_since is not None else None
    ended = dict.fromkeys(users, now)
    for user_id, last_seen_at, is_stored in rows.order_by("last_seen_at").values_list(
        "user", "last_seen_at", "is_stored"
    ):
        over = idle is not None and last_seen_at + idle < now
        if is_stored and not over:
            ended.pop(user_id, None)
        elif user_id in ended:
            ended[user_id] = last_seen_at + idle if idle is not None and over else now
    return ended


def begin_session(user: User, *, session_key: str, address: str, user_agent: str, is_app: bool) -> int:
    """Note that the user signed in by this session; returns the key of its row."""
    now = timezone.now()
    row, _is_new = UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={
            "user": user,
            "ip": _stored(address),
            "user_agent": _cut(user_agent),
            "created_at": now,
            "last_seen_at": now,
            "data": {"app": True} if is_app else {},
        },
    )
    return row.pk


def note_seen(pk: int | None, *, address: str, user_agent: str) -> bool:
    """Note that the session of this row is in use now, from this address; False where there is no such row."""
    seen = {"last_seen_at": timezone.now(), "ip": _stored(address), "user_agent": _cut(user_agent)}
    return bool(UserSession.objects.filter(pk=pk).update(**seen))


def give_key(pk: int, session_key: str) -> None:
    """Note that the session of this row goes on under another key."""
    UserSession.objects.filter(pk=pk).update(session_key=session_key)


def go_on_alone(request: HttpRequest, user: User) -> None:
    """Let the session of a request go on after a change that ends the user's sessions: all others are over.

    It gets another key, which its row follows.
    """
    update_session_auth_hash(request, user)
    row = request.session.get(ROW)
    end_other_sessions(user, but=row)
    if row is not None:
        give_key(row, str(request.session.session_key))


@transaction.atomic
def end_session(user: User, pk: int) -> bool:
    """End this session of the user; False when it is nobody's, somebody else's, or over already."""
    return bool(_end(UserSession.objects.select_for_update().filter(user=user, pk=pk)))


@transaction.atomic
def end_other_sessions(user: User, *, but: int | None = None) -> int:
    """End all sessions of the user but that of the row `but`; returns how many there were."""
    return _end(UserSession.objects.select_for_update().filter(user=user).exclude(pk=but))


def _end(rows: Iterable[UserSession]) -> int:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    ended = list(rows)
    for row in ended:
        store(row.session_key).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in ended]).delete()
    return len(ended)


def forget_ended() -> int:
    """Delete sessions that are over, what was kept of them, and devices nobody used for KNOWN_DAYS; returns how many rows.

    Asks what is over, not what ended since yesterday, and can run twice. Some thousand rows at a time.
    """
    now = timezone.now()
    stored = Session.objects.filter(session_key=OuterRef("session_key"))
    over: tuple[QuerySet[Any], ...] = (
        Session.objects.filter(expire_date__lt=now),
        UserSession.objects.filter(~Exists(stored)),
        KnownDevice.objects.filter(last_used_at__lt=now - timedelta(days=KNOWN_DAYS)),
    )
    return sum(_delete_all(rows) for rows in over)


def _delete_all(rows: QuerySet[Any]) -> int:
    gone = 0
    while some := list(rows.order_by().values_list("pk", flat=True)[:MOST_AT_ONCE]):
        rows.model._default_manager.filter(pk__in=some).delete()
        gone += len(some)
    return gone


def _stored(address: str) -> str:
    return NO_ADDRESS if not address or address == UNKNOWN else address


def _cut(user_agent: str) -> str:
    return user_agent[: UserSession._meta.get_field("user_agent").max_length]
