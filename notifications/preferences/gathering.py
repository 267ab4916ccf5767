"""Command: what was planned for the same person at the same moment, by the same way, goes as one message."""

from datetime import datetime

from django.db import connection, transaction

from notifications.digest_kinds import DEADLINES_DIGEST
from notifications.kinds import KINDS

# By e-mail and in the reserved area; a text to a telephone has no room for several, and letters have pages of their own.
GATHER = """
    WITH planned AS (
        SELECT notice.id, notice.customer_id, notice.channel, notice.address, notice.language, notice.send_after,
               notice.expires_at, notice.kind, notice.words,
               count(*) OVER (PARTITION BY notice.customer_id, notice.channel, notice.address, notice.language,
                                           notice.send_after) AS number
        FROM notifications_notice AS notice
        WHERE notice.state = 'queued' AND notice.channel IN ('email', 'inbox') AND notice.send_after >= %(planned_at)s
          AND notice.created_at = %(planned_at)s AND notice.kind = ANY(%(kinds)s) AND notice.subject = ''
          AND notice.digest_id IS NULL
          AND NOT EXISTS (
              SELECT FROM notifications_noticepreference AS preference
              WHERE preference.customer_id = notice.customer_id AND NOT preference.digest
          )
    ),
    gathered AS (
        SELECT customer_id, channel, address, language, send_after, array_agg(id) AS ids,
               %(kind)s || ':' || min(id) || ':' || channel AS once, max(expires_at) AS expires_at,
               jsonb_build_object('items', jsonb_agg(words || jsonb_build_object('kind', kind) ORDER BY id)) AS words
        FROM planned
        WHERE number > 1
        GROUP BY customer_id, channel, address, language, send_after
    ),
    carrying AS (
        INSERT INTO notifications_notice (kind, channel, once, customer_id, address, language, words, subject, body_text,
                                          body_html, is_promotional, state, attempts, message_id, problem, created_at,
                                          send_after, expires_at)
        SELECT %(kind)s, channel, once, customer_id, address, language, words, '', '', '', false, 'queued', 0,
               '', '', %(planned_at)s, send_after, expires_at
        FROM gathered
        ON CONFLICT (once) DO NOTHING
        RETURNING id, once
    )
    UPDATE notifications_notice AS notice SET digest_id = carrying.id
    FROM gathered JOIN carrying ON carrying.once = gathered.once
    WHERE notice.id = ANY(gathered.ids) AND notice.state = 'queued' AND notice.digest_id IS NULL
"""


@transaction.atomic
def gather_deadlines(*, planned_at: datetime) -> int:
    """Let one message carry the deadlines that were planned at the moment for one person; returns how many are carried.

    Each remains a notice of its own, with its own key and evidence; who does not want it gets them one by one.
    """
    with connection.cursor() as cursor:
        codes = [kind.code for kind in KINDS.values() if kind.nearest]
        cursor.execute(GATHER, {"planned_at": planned_at, "kinds": codes, "kind": DEADLINES_DIGEST.code})
        return cursor.rowcount
