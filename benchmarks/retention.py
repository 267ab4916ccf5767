"""The night of personal data: the retention over years of accesses, notices and calls, and the unusual accesses of a day."""

import resource
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models.access import UnusualRule
from customers.sensitive.unusual import find_unusual
from vittoria_care.privacy.periods import days_in_force
from vittoria_care.privacy.retention import past, ruled, run_retention

from . import data
from .measure import Row, Scale, at_most, median_seconds, say, seconds_of
from .people import person_with_role
from .plans import read_whole, statements_of

ACCESSES = 5_000_000  # of two years, beside 642,141 customers, and in proportion
NOTICES = 1_000_000  # of ten years
READERS = 400  # people who open files
KEPT = 731  # days of an access
GROWN = (
    "customers_accesslog",
    "customers_unusualaccess",
    "notifications_notice",
    "contact_center_call",
    "contact_center_contact",
)
WHOLE, QUIET = 60, 30  # seconds of a night, and of one with nothing to do
SECONDS_OF_A_DAY = 10
QUERIES = 10


def measure(scale: Scale) -> Iterator[Row]:
    """A night with a day of rows past their period, the same night once more, the unusual accesses, and their page."""
    fill(scale)
    where = f"{data.count('customers_accesslog'):,} accesses, {data.count('notifications_notice'):,} notices, {scale.calls:,} calls"
    before = _peak_mb()
    first, night = _night()
    yield at_most(f"retention of a night: {where}, {first:,} rows go", night, "s", WHOLE, aim=f"under {WHOLE} s")
    yield at_most("retention: memory that it adds", _peak_mb() - before, "MB", 100, aim="flat: under 100 MB")
    _second, quiet = _night()
    yield at_most("retention: the same night again", quiet, "s", QUIET, aim=f"under {QUIET} s")
    yield _rules_read_whole()
    yield from _unusual()


def _night() -> tuple[int, float]:
    """How many rows a night lets go, and its seconds."""
    numbers: dict[str, dict[str, int]] = {}
    seconds = seconds_of(lambda: numbers.update(run_retention().numbers))
    return sum(each["gone"] for each in numbers.values()), seconds


def _rules_read_whole() -> Row:
    """The growing tables that the search of a rule reads from one end to the other: none should be."""
    now, days, found = timezone.now(), days_in_force(), set[str]()
    for rule in ruled():
        asked = past(rule, now, days).order_by().values_list("pk", flat=True)
        [statement] = statements_of(partial(list, asked))
        found |= set(read_whole(statement)) & set(GROWN)
    if found:
        say(f"read whole: {', '.join(sorted(found))}")
    return at_most("retention: growing tables read whole", len(found), "", 0, aim="none")


def _unusual() -> Iterator[Row]:
    day = timezone.localdate() - timedelta(days=1)
    seconds = seconds_of(lambda: find_unusual(day))
    yield at_most("unusual accesses of a day", seconds, "s", SECONDS_OF_A_DAY, aim=f"under {SECONDS_OF_A_DAY} s")
    yield _none_read_whole("unusual accesses of a day", lambda: find_unusual(day))
    client = Client()
    client.force_login(person_with_role(roles.DATA_OFFICER))
    address = reverse("admin:customers_unusualaccess_changelist")
    assert client.get(address).status_code == 200, "the page opens"
    page, bare = median_seconds(lambda: client.get(address), lambda: client.get("/bare-page/"))
    name = "the page of unusual accesses"
    yield Row(f"{name}: against a bare signed-in page", page * 1000, "ms", bare * 1000)
    queries = len(statements_of(lambda: client.get(address)))
    yield at_most(f"{name}: queries", queries, "", QUERIES, aim=f"at most {QUERIES}")
    yield _none_read_whole(name, lambda: client.get(address))


def _none_read_whole(name: str, action: Callable[[], object]) -> Row:
    """The growing tables that an action reads from one end to the other: none should be."""
    statements = [each for each in statements_of(action) if each.startswith("SELECT")]
    found = sorted({table for each in statements for table in read_whole(each)} & set(GROWN))
    if found:
        say(f"read whole: {', '.join(found)}")
    return at_most(f"{name}: growing tables read whole", len(found), "", 0, aim="none")


def _peak_mb() -> float:
    """The greatest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


# --- What there is ----------------------------------------------------------------------------------------------------
def fill(scale: Scale) -> None:
    """Two years and a day of accesses, ten years of notices, ten of calls, those of which the night forgot long ago emptied."""
    data.portfolio(scale)
    data.calls(scale.calls, scale)
    accesses = ACCESSES * scale.customers // 642_141
    if data.count("customers_accesslog") < accesses // 2:
        _readers()
        _accesses(accesses, scale)
        _found_unusual()
        _notices(NOTICES * scale.customers // 642_141, scale)
    _forgotten_before()


def _readers() -> None:
    say("people who open files")
    data.execute(
        "INSERT INTO customers_user (email, password, first_name, last_name, language, is_active, is_staff, is_superuser, "
        "date_joined) SELECT 'lettore-' || n || '@bench.example', '!', 'Anna', 'Lettore ' || n, 'it', true, true, false, now() "
        "FROM generate_series(1, %(readers)s) AS n ON CONFLICT DO NOTHING",
        {"readers": READERS},
    )
    data.execute(
        "INSERT INTO customers_user_groups (user_id, group_id) SELECT u.id, g.id FROM customers_user u, auth_group g "
        "WHERE u.email LIKE 'lettore-%%' AND g.name = %(role)s ON CONFLICT DO NOTHING",
        {"role": roles.AGENT},
    )


def _accesses(number: int, scale: Scale) -> None:
    say(f"accesses: {number:,} over {KEPT + 1} days")
    with data.bare("customers_accesslog"):
        data.execute(
            """
            WITH readers AS (SELECT array_agg(id ORDER BY id) AS ids FROM customers_user WHERE email LIKE 'lettore-%%')
            INSERT INTO customers_accesslog (user_id, customer_id, what, reason_kind, reason, at)
            SELECT readers.ids[1 + mod(n * 7919, cardinality(readers.ids))], 1 + mod(n * 104729, %(customers)s), 'customer',
                   CASE mod(n, 50) WHEN 0 THEN 'other' ELSE '' END, CASE mod(n, 50) WHEN 0 THEN 'verifica' ELSE '' END,
                   date_trunc('day', now()) - (%(days)s + 1) * interval '1 day' + n * (((%(days)s + 1) * interval '1 day') / %(number)s)
            FROM generate_series(1::bigint, %(number)s) AS n, readers
            """,
            {"number": number, "customers": scale.customers, "days": KEPT},
        )


def _found_unusual() -> None:
    say("what was found unusual in two years")
    data.execute(
        "INSERT INTO customers_unusualaccess (day, user_id, rule, number, found_at, note) SELECT current_date - n, u.id, %(rule)s, 20, "
        "now() - n * interval '1 day', '' FROM generate_series(2, %(days)s) AS n, "
        "(SELECT id FROM customers_user WHERE email LIKE 'lettore-%%' ORDER BY id LIMIT 20) AS u ON CONFLICT DO NOTHING",
        {"days": KEPT - 1, "rule": UnusualRule.MANY.value},
    )


def _notices(number: int, scale: Scale) -> None:
    say(f"notices: {number:,} over ten years")
    with data.bare("notifications_notice"):
        data.execute(
            """
            INSERT INTO notifications_notice (kind, channel, once, customer_id, address, language, words, subject, body_text,
                                              body_html, is_promotional, state, attempts, message_id, problem, receipt, mailbox,
                                              thread, created_at, send_after, sent_at)
            SELECT kind, 'email', 'bench:' || n, 1 + mod(n * 104729, %(customers)s), CASE WHEN forgotten THEN '–' ELSE 'a@bench.example' END,
                   'it', '{}', CASE WHEN forgotten THEN '–' ELSE 'Avviso' END, CASE WHEN forgotten THEN '–' ELSE 'Gentile Cliente, …' END,
                   '', false, 'sent', 1, '', '', '', '', '', at, at, at
            FROM (SELECT *, at < now() - CASE kind WHEN 'account-mail' THEN interval '366 days'
                         WHEN 'request-received' THEN interval '732 days' ELSE interval '3660 days' END AS forgotten
                  FROM (SELECT n, CASE mod(n, 10) WHEN 0 THEN 'account-mail' WHEN 1 THEN 'request-received' ELSE 'policy-expiring' END AS kind,
                               date_trunc('day', now()) - 3650 * interval '1 day' + n * (3650 * interval '1 day' / %(number)s) AS at
                  FROM generate_series(1::bigint, %(number)s) AS n) AS drawn) AS aged
            """,
            {"number": number, "customers": scale.customers},
        )


def _forgotten_before() -> None:
    """What earlier nights emptied: all past its period but the rows of the last day."""
    say("what the nights before have forgotten")
    with data.bare("contact_center_call", "contact_center_contact"):
        data.execute(
            "UPDATE contact_center_call SET caller = '', caller_stated = '' WHERE queued_at < now() - interval '732 days' "
            "AND (caller <> '' OR caller_stated <> '')"
        )
        data.execute(
            "UPDATE contact_center_contact SET address = CASE address WHEN '' THEN '' ELSE 'forgotten:' || id END "
            "WHERE started_at < now() - interval '732 days' AND address NOT LIKE 'forgotten:%%'"
        )
    data.vacuum(*GROWN)
