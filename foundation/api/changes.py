"""What has changed in a list since an earlier answer, by the database's own account: no clock is asked, and none is believed.

Every row carries the number of the transaction that wrote it last (`xmin`), and a snapshot of the database says below which
number all transactions had ended when it was taken. A row from there on comes to the caller: also one whose transaction had
begun before the last answer and ended after it, which a time or a counter in the row would lose. While a transaction goes on,
what was written since it began comes again with each answer: twice the same row harms nobody, a row left out does.

The transactions under way are not asked for one by one: a snapshot does not name what a savepoint wrote
(https://www.postgresql.org/docs/current/functions-info.html, pg_snapshot_xip).
"""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import connection
from django.db.models import BooleanField, F, Func, Model, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ValidationError

PARAMETER = "changed_since"
SALT = "foundation.api.changes"
LONGEST = 2_000  # characters of a token
ROUND = 2**32  # numbers of transactions begin again after so many
REMEMBERED = 2**30  # transactions back that can still be told apart with certainty
SEEN_NOW = """
    SELECT pg_snapshot_xmin(s)::text::bigint, system_identifier::text, timeline_id
    FROM pg_current_snapshot() AS s, pg_control_system(), pg_control_checkpoint()
"""


class ChangesForgotten(APIException):
    """The token is of another database, or so old that what changed since then cannot be said."""

    status_code = 410
    default_code = "changes_forgotten"
    default_detail = _("What changed since then is not known any more: read the whole list again.")


@dataclass(frozen=True)
class Moment:
    """A moment as the database saw it: of which database, and the first transaction that had not ended."""

    database: str
    first_not_ended: int

    def token(self) -> str:
        """What the caller keeps and sends back: signed, and of no meaning to them."""
        return signing.dumps([self.database, self.first_not_ended], salt=SALT)


def moment_now() -> Moment:
    """The moment before anything is read: what is written from here on is in the next answer. One query."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN_NOW)
        return as_moment(cursor.fetchone())


def as_moment(row: tuple[int, str, int]) -> Moment:
    """What SEEN_NOW answered."""
    first_not_ended, system, timeline = row
    return Moment(f"{system}.{timeline}", first_not_ended)


def moment_of(token: str, *, now: Moment) -> Moment:
    """The moment that a token names. ValidationError for what is no token of ours, ChangesForgotten for one of no use."""
    try:
        database, first_not_ended = signing.loads(token[:LONGEST], salt=SALT)
    except signing.BadSignature:
        sentence = _("Send the word that an earlier answer gave as “changes”, whole and unchanged.")
        raise ValidationError({PARAMETER: [sentence]}, code="changes_unknown") from None
    if database != now.database or not 0 <= now.first_not_ended - first_not_ended < REMEMBERED:
        raise ChangesForgotten
    return Moment(database, first_not_ended)


class ChangedSince(Func):
    """Whether the row with this key was written by a transaction that the moment had not seen the end of."""

    output_field = BooleanField()

    def __init__(self, key: Combinable, moment: Moment) -> None:
        super().__init__(key)
        self.moment = moment

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **more: Any) -> Any:
        """The condition on the row's system column."""
        (key,) = self.get_source_expressions()
        written_by = f"{compiler.quote_name_unless_alias(key.alias)}.xmin"
        return f"age({written_by}) <= age(%s::xid)", [str(self.moment.first_not_ended % ROUND)]


def changed_since(rows: QuerySet, moment: Moment) -> QuerySet:
    """The keys of those of the rows that were written since the moment."""
    model: type[Model] = rows.model
    return rows.order_by().filter(ChangedSince(F(model._meta.pk.attname), moment))
