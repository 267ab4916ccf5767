"""A promotion to many people while everything is killed (`benchmarks/faults.py` makes the faults): who must be written to, and who not.

The people are made by a rule of their own (`expected`), not by the query that is being tested. While the promotion goes, some
of them end it by the page of the link, and claims are taken in charge whose notices must not wait behind advertising.
"""

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from testbed.smtp_sink import ACCEPT, Fault

from .breaking import PATIENCE, RememberingSink, Site
from .measure import Failed, say

PEOPLE, LEAST = 20_000, 1_000
HELD_OUT = 10  # percent
CLAIMS, CLAIM_EACH = 60, 1.0  # claims, and the seconds between two
CLAIMS_OF_MANY, CLAIM_OF_MANY_EACH = 180, 10.0
LONG = 3_600.0  # seconds for what is done to a whole portfolio at once
IN_FORCE = 60.0  # seconds after which an unsubscription must hold
QUICK = 10.0  # seconds within which a claim's notice must have left, as the median
SHOWN_AFTER = 8.0  # seconds without mail after which the work is asked for again, as beat does each minute
LEAST_FAULTS, FOR_TWENTY = 3, 8_000
SLOW_SERVER, BRISK_SERVER = (
    0.004,
    0.0005,
)  # seconds in which the mail server answers a message, of few people and of many
MANY = 50_000
SLOW_PROVIDER, SLOW_FOR = 4.0, 24.0  # seconds for a message while the mail server is slow, and for how long it is
TAIL = 500  # messages between two looks at whether it is over
CODE = "GUASTI-"
ADDRESS = "@campagna.example"

KINDS = (  # the remainder by fifty, or by twenty, of a person's number: what they are, and why they are left out
    (20, 0, "no_consent"),
    (20, 1, "opted_out"),
    (50, 2, "minor"),
    (50, 3, "paused"),
    (50, 4, "suppressed"),
    (50, 6, "no_address"),
    (50, 7, "no_consent"),  # given and never confirmed
)


def expected(number: int) -> str:
    """Rule: why the person of this number must be left out; "" where they may be written to."""
    return next((why for by, rest, why in KINDS if number % by == rest), "")


def make_people(site: Site, count: int) -> None:
    """So many customers of an agency of their own, with what makes them eligible or not."""
    site.inside(
        "fill",
        as_owner=True,
        wait=LONG,
        tables=FILLED,
        statements=[statement.replace("{them}", THEM) for statement in PEOPLE_MADE],
        values={"count": count, "code": CODE, "address": ADDRESS},
    )


FILLED = (
    "customers_agency",
    "customers_customer",
    "customers_contactpoint",
    "customers_consent",
    "notifications_suppressedaddress",
    "promotions_contactpause",
)
THEM = "(SELECT id, substr(code, length(%(code)s) + 1)::int AS n FROM customers_customer WHERE code LIKE %(code)s || '%%')"
PEOPLE_MADE = (
    """INSERT INTO customers_agency (code, name, rui_number, address, postal_code, city, province, phone, email, pec, is_active)
       VALUES ('GUASTI', 'Agenzia dei guasti', '', '', '', '', '', '', '', '', true)""",
    """INSERT INTO customers_customer (code, kind, first_name, last_name, company_name, tax_code, vat_number, birth_date, segment,
                                       agency_id, address, postal_code, city, province, country, language, search_key,
                                       created_at, updated_at)
       SELECT %(code)s || n, 'person', 'Prova', 'Guasti ' || n, '', '', '',
              CASE WHEN n %% 50 = 2 THEN current_date - 3000 ELSE date '1980-01-01' END, 'private',
              (SELECT id FROM customers_agency WHERE code = 'GUASTI'), '', '', '', '', 'IT', 'it', 'guasti ' || n, now(), now()
       FROM generate_series(1, %(count)s) AS n""",
    """INSERT INTO customers_contactpoint (customer_id, kind, value, stated, created_at)
       SELECT id, 'email', n || %(address)s, '', now() FROM {them} AS people WHERE n %% 50 <> 6""",
    """INSERT INTO customers_consent (customer_id, purpose, channel, event, text_version, source, evidence, recorded_at)
       SELECT id, 'agency_promotions', 'email', step.event, '2026-01', 'portal', '', now() - interval '1 year' + step.after
       FROM {them} AS people CROSS JOIN LATERAL (VALUES
           ('given', interval '0'), ('confirmed', interval '1 hour'), ('withdrawn', interval '90 days')
       ) AS step (event, after)
       WHERE n %% 20 <> 0 AND (step.event <> 'withdrawn' OR n %% 20 = 1) AND (step.event = 'given' OR n %% 50 <> 7)""",
    """INSERT INTO notifications_suppressedaddress (channel, address, reason, detail, since)
       SELECT 'email', n || %(address)s, 'no_mailbox', '', now() FROM {them} AS people WHERE n %% 50 = 4""",
    """INSERT INTO promotions_contactpause (customer_id, ground, until, set_by_id, set_at)
       SELECT id, 'asked', current_date + 30, (SELECT min(id) FROM customers_user), now() FROM {them} AS people
       WHERE n %% 50 = 3""",
)

# Claims of the demonstration's customers that wait to be taken in charge.
CLAIMS_MADE = """
    INSERT INTO customers_claim (number, report_number, policy_id, customer_id, kind, description, place, signed_by_both,
                                 occurred_on, reported_on, adjuster, adjuster_phone, assessor, repairer, state, created_at,
                                 updated_at)
    SELECT 'GUASTI-' || policy.id, '', policy.id, policy.holder_id, 'property', '', '', false, current_date - 2,
           current_date - 1, '', '', '', '', 'reported', now(), now()
    FROM customers_policy AS policy
    WHERE policy.state = 'active' AND EXISTS (
        SELECT FROM customers_contactpoint AS point
        LEFT JOIN notifications_suppressedaddress AS muted ON muted.address = point.value AND muted.lifted_at IS NULL
        WHERE point.customer_id = policy.holder_id AND point.kind = 'email' AND muted.id IS NULL
    )
    ORDER BY policy.id LIMIT %(claims)s RETURNING id
"""


@dataclass
class Made:
    """A fault that was made: after how many messages, how many processes it may have caught sending, and the silence after it."""

    name: str
    after: int
    caught: int
    silent: float


@dataclass(slots=True)
class Person:
    """What was found of one person in the end, and how often a message of theirs was taken, at which moments."""

    number: int
    state: str
    reason: str
    notice: int
    notice_state: str
    taken: Sequence[float] = ()
    ended_at: float | None = None


# --- The faults -----------------------------------------------------------------------------------------------------
def worker_process_killed(site: Site, sink: RememberingSink) -> int:
    """The process that sends promotions."""
    return site.kill_of("-Q promotions", first=1, most=1)


def worker_killed(site: Site, sink: RememberingSink) -> int:
    """The worker of promotions with its process."""
    return max(0, site.kill_of("-Q promotions") - 1)


def all_workers_killed(site: Site, sink: RememberingSink) -> int:
    """Both workers with their processes; what was being sent may be of either."""
    return site.kill_worker()


def paused_and_resumed(site: Site, sink: RememberingSink) -> int:
    """A person holds it up for five seconds."""
    site.inside("halt_campaign", seconds=5)
    return 0


def provider_slow(site: Site, sink: RememberingSink) -> int:
    """The mail server takes seconds for each message, for a while."""
    before = list(sink.faults)
    sink.faults[:] = [Fault(ACCEPT, "250 2.0.0 taken", delay=SLOW_PROVIDER)]
    time.sleep(SLOW_FOR)
    sink.faults[:] = before
    return 0


def _of_site(kill: Callable[[Site], int]) -> Callable[[Site, RememberingSink], int]:
    """A fault that is the installation's alone."""

    def fault(site: Site, sink: RememberingSink) -> int:
        return kill(site)

    fault.__name__ = kill.__name__
    return fault


TWENTY = (
    *[worker_process_killed] * 3,
    *[worker_killed] * 2,
    *[all_workers_killed] * 2,
    *[_of_site(Site.kill_database)] * 3,
    *[_of_site(Site.kill_broker)] * 2,
    *[_of_site(Site.empty_broker)] * 2,
    _of_site(Site.kill_web),
    _of_site(Site.kill_beat),
    *[provider_slow] * 2,
    *[paused_and_resumed] * 2,
)


def break_while_it_goes(
    site: Site, sink: RememberingSink, *, total: int, chance: random.Random, patience: float
) -> list[Made]:
    """Make the faults at moments drawn by lot, and see the rest go; Failed when nothing moves for `patience` seconds.

    All twenty from FOR_TWENTY messages on, fewer of fewer: the worker sends hundreds while one is being made.
    """
    faults = list(TWENTY)
    chance.shuffle(faults)
    del faults[max(LEAST_FAULTS, min(len(TWENTY), len(TWENTY) * total // FOR_TWENTY)) :]
    moments = sorted(chance.uniform(0.02, 0.85) for _fault in faults)
    made = []
    start = ours_of(sink)
    for moment, fault in zip(moments, faults, strict=True):
        _go_on(site, sink, until=start + round(moment * total), patience=patience)
        if is_over(site):
            raise Failed("It was over before the last fault: take more people.")
        before, at = ours_of(sink), time.time()
        caught = _made(fault, site, sink)
        _go_on(site, sink, until=before + 1 if is_over(site) else ours_of(sink) + 1, patience=patience)
        made.append(Made(fault.__name__.replace("_", " "), before - start, caught, time.time() - at))
        say(f"{before - start:7,} taken: {made[-1].name}, silent for {made[-1].silent:.1f} s")
    while not is_over(site):
        _go_on(site, sink, until=ours_of(sink) + TAIL, patience=patience)
    return made


def _made(fault: Callable[[Site, RememberingSink], int], site: Site, sink: RememberingSink) -> int:
    """Make the fault; where what it kills is not back yet after the last one, a little later."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return fault(site, sink)
        except Failed:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def ours_of(sink: RememberingSink) -> int:
    """How many messages the mail server has taken."""
    return len(sink.accepted)


def is_over(site: Site) -> bool:
    """Whether nothing of it is left to send."""
    return site.ask(LEFT)[0][0] == 0


LEFT = """
    SELECT (SELECT count(*) FROM promotions_promotion WHERE name = 'Campagna dei guasti' AND state NOT IN ('finished', 'stopped'))
           + (SELECT count(*) FROM notifications_notice WHERE state = 'queued' AND channel = 'email' AND kind = 'promotion')
"""


IN_DOUBT = "SELECT id FROM notifications_notice WHERE state = 'in_doubt'"


def _go_on(site: Site, sink: RememberingSink, *, until: int, patience: float) -> None:
    """Wait for so many messages. After some seconds of silence the work is asked for, as beat does each minute."""
    seen, since, asked = ours_of(sink), time.monotonic(), time.monotonic()
    while ours_of(sink) < until:
        time.sleep(0.05)
        now = time.monotonic()
        if ours_of(sink) != seen:
            seen, since, asked = ours_of(sink), now, now
            continue
        if now - asked > SHOWN_AFTER:
            if is_over(site):
                return
            try:
                site.inside("wake_campaign")
            except Failed as error:  # the database, or the broker, is not back yet
                say(str(error)[-200:])
            asked = time.monotonic()
        if now - since > patience:
            raise Failed(f"Nothing has moved for {patience:.0f} seconds, at {seen}.")


# --- What was found -------------------------------------------------------------------------------------------------
FOUND = """
    SELECT people.n, coalesce(recipient.state, ''), coalesce(recipient.reason, ''), coalesce(notice.id, 0),
           coalesce(notice.state, ''), people.id
    FROM {them} AS people
    LEFT JOIN promotions_recipient AS recipient ON recipient.customer_id = people.id
    LEFT JOIN notifications_notice AS notice ON notice.id = recipient.notice_id
"""


def people_of(site: Site, sink: RememberingSink, ended: Sequence[tuple[int, float]]) -> Iterator[Person]:
    """Every person with what became of them, by the database and by the mail server. `ended`: customer and moment of an unsubscription."""
    taken: dict[int, tuple[float, ...]] = {}
    for (at, _id), number in zip(list(sink.accepted), sink.numbers, strict=True):
        taken[number] = (*taken.get(number, ()), at)
    ends = dict(ended)
    for n, state, reason, notice, notice_state, customer in site.ask(FOUND.replace("{them}", THEM), {"code": CODE}):
        yield Person(n, state, reason, notice, notice_state, taken.get(notice, ()), ends.get(customer))


@dataclass(frozen=True)
class Count:
    """What must be nothing, and what is for information."""

    twice: int
    without_consent: int
    unexplained: int
    sent: int
    held_out: int
    left_out: Counter[str]
    withheld: int
    after_the_end: list[float]  # seconds from an unsubscription to a message of the same person, all of them


def count(people: Iterable[Person]) -> Count:
    """Rule: hold what was found against what the rule of the people says.

    Without consent: a message to whom the rule leaves out, or IN_FORCE after the person ended it. Unexplained: everybody who
    is neither sent exactly once, nor held out, nor left out for the reason of the rule, nor left out or withheld because they
    ended it meanwhile.
    """
    left_out: Counter[str] = Counter()
    twice = without = unexplained = sent = held_out = withheld = 0
    after: list[float] = []
    for person in people:
        wanted = expected(person.number)
        twice += len(person.taken) > 1
        late = [at - person.ended_at for at in person.taken if person.ended_at is not None and at > person.ended_at]
        after += late
        without += bool(person.taken) and (wanted != "" or any(each > IN_FORCE for each in late))
        if person.taken:
            sent += 1
            unexplained += wanted != "" or person.state != "written" or person.notice_state != "sent"
        elif person.state == "held_out":
            held_out += 1
            unexplained += wanted != ""
        elif person.state == "excluded":
            left_out[person.reason] += 1
            ended_it = person.ended_at is not None and person.reason == "opted_out"
            unexplained += person.reason != wanted and not ended_it
        else:
            withheld += 1
            unexplained += not (person.notice_state == "withheld" and person.ended_at is not None)
    return Count(twice, without, unexplained, sent, held_out, left_out, withheld, after)


def quantiles(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Median, 99th percentile and the greatest; infinite where there are none."""
    if not seconds:
        return (float("inf"),) * 3
    ordered = sorted(seconds)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], ordered[-1]
