"""A message that carries several deadlines: asked just before it goes for each of them, and what becomes of it is theirs.

A carried notice waits (`Notice.digest`) until the message that carries it has gone; then it has gone, at the same moment,
to the same address. What is refused, withheld or put in doubt is moved with it (`notifications.moves`); a report of
arrival and the opening in the reserved area count for each (`notifications.services`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from notifications.deadlines import no_longer_owed as deadlines_no_longer_owed
from notifications.models import Notice
from notifications.moves import move_notices
from notifications.preferences.asking import choices_about, reasons_to_withhold
from notifications.preferences.queries import Chosen
from notifications.rendering import UnknownWord

State = Notice.State

# The ordinary end, as `delivery` records it: no event. The text of each was stored when the message was made ready.
SETTLE = """
    UPDATE notifications_notice AS carried
    SET state = 'sent', sent_at = digest.sent_at, claimed_at = digest.claimed_at, receipt = digest.receipt,
        attempts = digest.attempts, address = digest.address, arrival = digest.arrival, read_at = digest.read_at,
        problem = ''
    FROM notifications_notice AS digest
    WHERE carried.digest_id IS NOT NULL AND carried.state = 'queued' AND carried.subject <> ''
      AND digest.id = carried.digest_id AND digest.state = 'sent'
"""


def settle_carried(digest_ids: Iterable[int] | None = None) -> int:
    """Write down of what these messages carried (or any) that it has gone with them; returns how many notices."""
    ids = None if digest_ids is None else list(digest_ids)
    if ids is not None and not ids:
        return 0
    with connection.cursor() as cursor:
        if ids is None:
            cursor.execute(SETTLE)
        else:
            cursor.execute(SETTLE + " AND digest.id = ANY(%(ids)s)", {"ids": ids})
        return cursor.rowcount


def no_longer_owed(notices: list[Notice], now: datetime) -> dict[int, str]:
    """Why some of these messages do not go after all: less than two of the deadlines that they carry are still to be announced.

    What is not owed any more, or comes too late, is withheld by itself and left out. One deadline alone goes in a message
    of its own, and so do all of them once the person does not want them together, or once the facts changed after the
    text was made.
    """
    carried: dict[int, list[Notice]] = defaultdict(list)
    waiting = Notice.objects.filter(digest__in=[each.pk for each in notices], state=State.QUEUED)
    for each in waiting.select_related("customer").order_by("pk"):
        assert each.digest_id is not None, "they were found by it"
        carried[each.digest_id].append(each)
    everyone = [each for those in carried.values() for each in those]
    chosen = choices_about(notices)
    _withhold(everyone, chosen, now)
    still = set(
        Notice.objects.filter(pk__in=[each.pk for each in everyone], state=State.QUEUED).values_list("pk", flat=True)
    )
    reasons: dict[int, str] = {}
    for digest in notices:
        left = [each for each in carried[digest.pk] if each.pk in still]
        items = [{**(each.words or {}), "kind": each.kind} for each in left]
        if digest.customer_id in chosen and not chosen[digest.customer_id].digest:
            reasons[digest.pk] = _("The customer wants one message for each deadline.")
        elif not left:
            reasons[digest.pk] = _("None of the deadlines is owed any more.")
        elif len(left) == 1:
            reasons[digest.pk] = _("Only one deadline is left: it goes by itself.")
        elif digest.is_rendered and items != (digest.words or {}).get("items"):
            reasons[digest.pk] = _("What it announces has changed in the meantime.")
        elif not digest.is_rendered and not _make_ready(digest, left, items):
            reasons[digest.pk] = _("Not every deadline fits into one message: each goes by itself.")
        if digest.pk in reasons:
            Notice.objects.filter(pk__in=[each.pk for each in left], state=State.QUEUED).update(digest=None)
    return reasons


def _withhold(carried: list[Notice], chosen: Mapping[int, Chosen], now: datetime) -> None:
    reasons = {
        each.pk: _("It came too late: the event it announces is past.") for each in carried if not each.is_of_use(now)
    }
    asked = [each for each in carried if each.pk not in reasons]
    reasons |= deadlines_no_longer_owed(asked, now)
    reasons |= reasons_to_withhold([each for each in asked if each.pk not in reasons], chosen, now)
    for reason in set(reasons.values()):
        those = [pk for pk, given in reasons.items() if given == reason]
        move_notices(those, old=State.QUEUED, new=State.WITHHELD, at=now, detail=reason, problem=reason)


def _make_ready(digest: Notice, carried: list[Notice], items: list[dict[str, Any]]) -> bool:
    """Store what the message says of each deadline, and the own text of each; False where one has no text."""
    try:
        made = [(each, each.make_wording()) for each in carried if not each.is_rendered]
    except (UnknownWord, ValueError):
        return False
    for each, wording in made:
        each.subject, each.body_text, each.body_html = wording.subject, wording.text, wording.html
    Notice.objects.bulk_update([each for each, _wording in made], ["subject", "body_text", "body_html"])
    digest.words = {"items": items}
    Notice.objects.filter(pk=digest.pk, state=State.QUEUED, subject="").update(words=digest.words)
    return True
