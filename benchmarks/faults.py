"""Faults, really made: processes killed while notices, calls, complaints and payments go through a whole installation.

Runs alone as well: `python -m benchmarks.faults --part 0.1 --only notices calls`. It starts an installation of its own in
a temporary folder, with servers of its own, and leaves nothing behind. Moments are drawn by --seed.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import sys
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from testbed.smtp_sink import ACCEPT, BODY, CONNECT, DATA, DROP, EHLO, HANG, MAIL, RCPT, Fault

from . import campaign_faults
from .breaking import RememberingSink, Site, folder_for_all, number_of
from .measure import Failed, Row, Scale, at_most, say, table
from .payment_faults import PAYMENTS, Plan, compared, plan_of

NOTICES, CALLS, COMPLAINTS, REQUESTS, MISBEHAVING = 20_000, 1_000, 200, 500, 100
IN_BENCH = 0.1  # of these numbers, beside the other subjects
EACH_FAULT = 3  # times, at full scale
WORKER_PROCESSES = 2
SLOW_SERVER = 0.004  # seconds in which the mail server answers a message: as long a moment for a kill to fall into
QUIET = 240.0  # seconds without any progress after which a run is given up
PATIENT = 900.0  # the same for a promotion, whose workers begin again at the lowest priority
AWAY = 20.0  # seconds without a broker
SLOWEST = 2.0  # seconds that a command may take meanwhile


def measure(
    scale: Scale, *, part: float = 0.0, seed: int = 1, only: Sequence[str] = (), people: int = 0
) -> Iterator[Row]:
    """Break an installation in each of the ways; `part` of the numbers at full scale.

    Among the other subjects it is a small trial, so that the whole fits into an hour; alone it is whole.
    """
    part = part or IN_BENCH * min(1.0, scale.customers / Scale().customers)
    folder = folder_for_all()
    try:
        with RememberingSink(faults=[Fault(ACCEPT, "250 2.0.0 taken", delay=SLOW_SERVER)]) as sink:
            address = f"smtp://127.0.0.1:{sink.port}"
            # What a killed process had open lies in TMPDIR: it goes with the rest.
            environment = {"TMPDIR": str(folder), "API_KEY_PER_MINUTE": "0", "NOTICES_PER_HOUR": "0"}
            environment["PROMOTIONS_AT_ALL_HOURS"] = "true"
            with Site(folder, EMAIL_URL=address, **environment) as site:
                say("the installation runs")
                _settle(site)
                for name, way in WAYS.items():
                    if not only or name in only:
                        say(f"faults: {name}")
                        share = people / campaign_faults.PEOPLE if people and name == "campaign" else part
                        yield from way(site, sink, share, random.Random(seed))  # noqa: S311 - moments, no secrets
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settle(site: Site) -> None:
    """Let the notices go that the invented data brought."""
    site.ask("UPDATE notifications_notice SET state = 'withheld', problem = 'not of this' WHERE state = 'queued'")


# --- Notices ------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Made:
    """A fault that was made: when, after how many notices, and how many processes it may have caught sending."""

    name: str
    at: float
    after: int
    caught: int
    silent: float = 0.0
    doubts: int = 0


def notices(site: Site, sink: RememberingSink, part: float, chance: random.Random) -> Iterator[Row]:
    """Queue notices, and kill one thing after the other while they go."""
    count = round(NOTICES * part)
    began = time.monotonic()
    wanted = queue(site, count, "faults")
    ended = site.worker_ends()
    site.inside("wake")
    made = _break_while_they_go(site, sink, wanted, _moments(round(EACH_FAULT * part) or 1, chance))
    _until(lambda: not _left(site, "queued"), lambda: len(sink.accepted))
    time.sleep(3)
    doubts = _flag(site, wanted)
    ended = site.worker_ends() - ended
    seconds = time.monotonic() - began
    once = Counter(number for number in sink.numbers if number in wanted)
    twice_before = {number: times for number, times in once.items() if times > 1}
    for fault, number in _blame(made, doubts):
        fault.doubts += 1
        if number in twice_before:
            say(f"notice {number} went {twice_before[number]} times: {fault.name}")
    decided = site.inside("decide", went=sorted(once), ids=sorted(wanted))
    _until(lambda: not _left(site, "queued", "sending"), lambda: len(sink.accepted))
    once = Counter(number for number in sink.numbers if number in wanted)
    states = dict(site.ask(STATES, [list(wanted)]))
    lost = [number for number in wanted if not once[number]]
    twice = {number: times for number, times in once.items() if times > 1}
    for number, times in twice.items():
        say(f"notice {number} was taken {times} times")
    show(
        ["fault", "after", "no mail for", "may have caught", "in doubt"],
        [[each.name, each.after, f"{each.silent:.1f} s", each.caught, each.doubts] for each in made],
    )
    show(
        ["wanted", "sent once", "lost", "twice", "worker gave up", "in doubt", "in doubt once decided", "seconds"],
        [
            [
                count,
                sum(times == 1 for times in once.values()),
                len(lost),
                len(twice),
                ended,
                decided,
                states.get("in_doubt", 0),
                f"{seconds:.0f}",
            ]
        ],
    )
    caught = sum(each.caught for each in made) + ended * WORKER_PROCESSES
    name = f"notices, {count:,}, {len(made)} faults"
    yield Row(f"{name}: lost", len(lost), "", 0, "none", not lost)
    yield Row(f"{name}: taken twice", len(twice), "", 0, "none", not twice)
    yield at_most(f"{name}: in doubt", decided, "", caught, aim="at most one for each process that was sending")
    left = count - states.get("sent", 0)
    yield Row(f"{name}: not sent once a person has decided", left, "", 0, "none", not left)
    yield Row(f"{name}: until all had gone", seconds, "s")


STATES = "SELECT state, count(*) FROM notifications_notice WHERE id = ANY(%s) GROUP BY 1"


def queue(site: Site, count: int, name: str) -> set[int]:
    """Owe so many notices; their numbers."""
    rows = site.ask(
        "INSERT INTO notifications_notice (kind, channel, once, address, language, subject, body_text, body_html, "
        "is_promotional, state, attempts, message_id, problem, created_at, send_after) "
        "SELECT 'faults', 'email', %(name)s || ':' || n, %(name)s || '.' || n || '@guasti.example', 'it', 'Prova', "
        "'Testo', '', false, 'queued', 0, '', '', now(), now() FROM generate_series(1, %(count)s) AS n RETURNING id",
        {"name": name, "count": count},
    )
    return {number for (number,) in rows}


def _moments(times: int, chance: random.Random) -> list[tuple[float, str]]:
    """Each fault so many times, in any order, at moments given as a part of all notices."""
    names = [name for name in FAULTS for _time in range(times)]
    chance.shuffle(names)
    return list(zip(sorted(chance.uniform(0.02, 0.95) for _name in names), names, strict=True))


def _break_while_they_go(
    site: Site, sink: RememberingSink, wanted: set[int], moments: list[tuple[float, str]]
) -> list[Made]:
    made: list[Made] = []
    with ExitStack() as stack:
        for moment, name in moments:
            _reach(moment * len(wanted), lambda: len(sink.accepted), 0.005)
            before = len(sink.accepted)
            at = time.time()
            if name == "two beats":
                stack.enter_context(site.second_beat())
                caught = 0
            else:
                caught = FAULTS[name](site)
            made.append(Made(name, at, before, caught))
            say(f"{before:6,} taken: {name}")
        _reach(0.99 * len(wanted), lambda: len(sink.accepted))
    for each in made:
        later = [at for at, _id in sink.accepted if at > each.at + 0.25]
        each.silent = max(0.0, min(later, default=each.at) - each.at - 0.25)
    return made


FAULTS: dict[str, Callable[[Site], int]] = {
    "worker process killed": Site.kill_worker_process,
    "worker killed": Site.kill_worker,
    "database killed": Site.kill_database,
    "broker killed": Site.kill_broker,
    "broker emptied": Site.empty_broker,
    "web killed": Site.kill_web,
    "beat killed": Site.kill_beat,
    "two beats": lambda site: 0,
}


def _blame(made: list[Made], doubts: list[tuple[int, float]]) -> Iterator[tuple[Made, int]]:
    """The notices in doubt, each with the first fault after it was claimed."""
    for number, claimed in doubts:
        if after := [each for each in made if each.at >= claimed - 0.1 and each.caught]:
            yield min(after, key=lambda each: each.at), number


def _flag(site: Site, wanted: set[int]) -> list[tuple[int, float]]:
    """Put in doubt the notices that no process sends any more, without waiting a quarter of an hour; number and moment."""
    site.inside("flag", seconds=2)
    rows = site.ask("SELECT id, extract(epoch FROM claimed_at) FROM notifications_notice WHERE state = 'in_doubt'")
    return [(number, float(at)) for number, at in rows if number in wanted]


def _left(site: Site, *states: str) -> int:
    return site.ask("SELECT count(*) FROM notifications_notice WHERE state = ANY(%s)", [list(states)])[0][0]


def _until(reached: Callable[[], bool], progress: Callable[[], int], pause: float = 0.3) -> None:
    """Wait; Failed when for QUIET seconds nothing has moved."""
    seen, since = progress(), time.monotonic()
    while not reached():
        if (now := progress()) != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > QUIET:
            raise Failed(f"Nothing has moved for {QUIET:.0f} seconds, at {seen}.")
        time.sleep(pause)


def _reach(number: float, progress: Callable[[], int], pause: float = 0.3) -> None:
    """Wait until the progress has come to the number; Failed when for QUIET seconds nothing has moved."""
    _until(lambda: progress() >= number, progress, pause)


# --- Calls --------------------------------------------------------------------------------------------------------
def calls(site: Site, sink: RememberingSink, part: float, chance: random.Random) -> Iterator[Row]:
    """Send the events of calls as a platform does, again until they are acknowledged, while servers are killed."""
    count = max(50, round(CALLS * part))
    key = site.manage("create_api_key", "--name", "Guasti", "--source", "guasti", "--scopes", "calls:write").split()[
        -1
    ]
    agents = [code for (code,) in site.ask("SELECT code FROM contact_center_agent WHERE is_active ORDER BY 1 LIMIT 8")]
    lines = [code for (code,) in site.ask("SELECT code FROM contact_center_tollfreeline ORDER BY 1")]
    calls_sent = {f"guasti-{n}": _events_of(n, chance, agents, lines) for n in range(count)}
    platform = Platform(f"{site.url}/api/v1/calls/events/", key)
    began = time.monotonic()
    senders = [
        threading.Thread(target=platform.send, args=(list(calls_sent.items())[turn::4],), daemon=True)
        for turn in range(4)
    ]
    for sender in senders:
        sender.start()
    total = sum(map(len, calls_sent.values()))
    faults = [Site.kill_web, Site.kill_database, Site.empty_broker]
    for moment, fault in zip(sorted(chance.uniform(0.1, 0.9) for _f in faults), faults, strict=True):
        _reach(moment * total, lambda: platform.acknowledged, 0.005)
        say(f"{platform.acknowledged:6,} events acknowledged: {fault.__doc__}")
        fault(site)
    _until(lambda: not any(each.is_alive() for each in senders), lambda: platform.acknowledged)
    seconds = time.monotonic() - began
    yield from _compare(site, calls_sent, platform, seconds)


def _events_of(
    number: int, chance: random.Random, agents: Sequence[str], lines: Sequence[str]
) -> list[dict[str, str]]:
    """The events of one call: answered and ended, with a hold in some, or given up by the caller."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30, seconds=chance.randrange(600))
    agent, wait, talk = chance.choice(agents), chance.randrange(3, 60), chance.randrange(20, 400)
    steps: list[tuple[int, str, dict[str, str]]] = [
        (0, "queued", {"line": chance.choice(lines), "caller": f"+3933312{number:05}"}),
    ]
    if chance.random() < 0.2:
        steps.append((wait, "ended", {"reason": "abandoned"}))
    else:
        steps += [(wait - 2, "ringing", {"agent": agent}), (wait, "answered", {"agent": agent})]
        if chance.random() < 0.3:
            steps += [(wait + 5, "held", {"agent": agent}), (wait + 15, "resumed", {"agent": agent})]
        steps.append((wait + talk, "ended", {"reason": "completed"}))
    return [
        {
            "call_id": f"guasti-{number}",
            "event_id": f"guasti-{number}-{place}",
            "event": kind,
            "at": (at + timedelta(seconds=second)).isoformat(),
            **facts,
        }
        for place, (second, kind, facts) in enumerate(steps)
    ]


class Platform:
    """A telephone platform: sends one event in a request, and sends again what was not answered with 2xx."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.headers = url, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.acknowledged = self.again = self.refused = 0
        self.slowest = 0.0
        self._lock = threading.Lock()

    def send(self, calls: Sequence[tuple[str, list[dict[str, str]]]]) -> None:
        """Send the events of calls, in the order of each call."""
        for _call, events in calls:
            for event in events:
                began = time.monotonic()
                while not self._post(event):
                    self.again += 1
                    time.sleep(0.2)
                    if time.monotonic() - began > QUIET:
                        return
                with self._lock:
                    self.acknowledged += 1
                    self.slowest = max(self.slowest, time.monotonic() - began)

    def _post(self, event: dict[str, str]) -> bool:
        request = urllib.request.Request(self.url, json.dumps(event).encode(), self.headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=15) as answer:  # noqa: S310 - our own loopback address
                self.refused += json.load(answer)["refused"]
                return True
        except (OSError, http.client.HTTPException, ValueError):
            return False


def _compare(
    site: Site, calls_sent: dict[str, list[dict[str, str]]], platform: Platform, seconds: float
) -> Iterator[Row]:
    """Compare each call that was sent with the one that is stored."""
    from contact_center.calls.events import Event, fold

    stored = site.ask(
        "SELECT call.external_id, line.code, coalesce(agent.code, ''), call.queued_at, call.answered_at, call.ended_at, "
        "call.wait_seconds, call.talk_seconds, call.hold_seconds, call.disposition, call.contact_id "
        "FROM contact_center_call call JOIN contact_center_tollfreeline line ON line.id = call.line_id "
        "LEFT JOIN contact_center_agent agent ON agent.id = call.agent_id WHERE call.source = 'guasti'"
    )
    by_key = {row[0]: row[1:] for row in stored}
    wrong = []
    for key, events in calls_sent.items():
        kept = [
            Event(
                key=each["event_id"],
                kind=each["event"],
                at=datetime.fromisoformat(each["at"]),
                line=each.get("line", ""),
                agent=each.get("agent", ""),
                caller=each.get("caller", ""),
                reason=each.get("reason", ""),
            )
            for each in events
        ]
        call = fold(key, kept)
        assert call is not None  # the first event names a line
        right = (
            call.line,
            call.agent,
            call.queued_at,
            call.answered_at,
            call.ended_at,
            call.wait_seconds,
            call.talk_seconds or 0,
            call.hold_seconds or 0,
            call.disposition,
        )
        if by_key.get(key, ())[:-1] != right or (by_key[key][-1] is None) != (call.answered_at is None):
            wrong.append(key)
            say(f"{key}: sent {right}, stored {by_key.get(key)}")
    sent = sum(map(len, calls_sent.values()))
    events = site.ask("SELECT count(*) FROM contact_center_callevent WHERE source = 'guasti'")[0][0]
    contacts = [row[-1] for row in stored if row[-1] is not None]
    orphans = site.ask(
        "SELECT count(*) FROM contact_center_contact contact WHERE channel = 'phone' AND address LIKE '+3933312%' AND "
        "NOT EXISTS (SELECT FROM contact_center_call call WHERE call.contact_id = contact.id)"
    )[0][0]
    double = len(stored) - len(by_key) + len(contacts) - len(set(contacts)) + orphans + max(0, events - sent)
    show(
        [
            "calls sent",
            "stored",
            "as sent",
            "double",
            "events",
            "acknowledged",
            "kept",
            "sent again",
            "slowest",
            "seconds",
        ],
        [
            [
                len(calls_sent),
                len(stored),
                len(calls_sent) - len(wrong),
                double,
                sent,
                platform.acknowledged,
                events,
                platform.again,
                f"{platform.slowest:.1f} s",
                f"{seconds:.0f}",
            ]
        ],
    )
    name = f"calls, {len(calls_sent):,}, web and database killed, broker emptied"
    lost = platform.acknowledged - events
    yield Row(f"{name}: acknowledged events lost", max(0, lost), "", 0, "none", lost <= 0)
    yield Row(f"{name}: not stored as sent", len(wrong), "", 0, "none", not wrong)
    yield Row(f"{name}: double", double, "", 0, "none", not double)
    yield Row(f"{name}: longest until an event was taken", platform.slowest, "s")


# --- Complaints ---------------------------------------------------------------------------------------------------
def complaints(site: Site, sink: RememberingSink, part: float, chance: random.Random) -> Iterator[Row]:
    """Register complaints in four processes while the database is killed; each goes on until its own are taken."""
    count = max(40, round(COMPLAINTS * part) // 4 * 4)
    keys = [str(uuid.uuid4()) for _complaint in range(count)]
    there = "SELECT count(*) FROM complaints_complaint WHERE subject = 'Prova'"
    began = time.monotonic()
    registering = [site.begin("register", keys=keys[turn::4], seconds=QUIET, pause=4 / count) for turn in range(4)]
    for moment in sorted(chance.uniform(0.1, 0.9) for _kill in range(2)):
        _reach(moment * count, lambda: site.ask(there)[0][0], 0.005)
        say(f"{site.ask(there)[0][0]:6,} registered: {Site.kill_database.__doc__}")
        site.kill_database()
    answers = [site.answer_of(each) for each in registering]
    seconds = time.monotonic() - began
    numbers = {key: number for answer in answers for key, number in answer["numbers"].items()}
    rows = site.ask(
        "SELECT submission_key::text, sequence, (SELECT count(*) FROM complaints_complaintevent event "
        "WHERE event.complaint_id = complaint.id), (SELECT count(*) FROM notifications_notice notice "
        "WHERE notice.once LIKE 'complaint-received:' || complaint.id || ':%%') "
        "FROM complaints_complaint complaint WHERE subject = 'Prova'",
        [],
    )
    gaps = site.ask(
        "SELECT coalesce(sum(year.last_number - (SELECT count(*) FROM complaints_complaint complaint "
        "WHERE complaint.year_id = year.year)), 0) FROM complaints_registeryear year"
    )[0][0]
    kept = {key: number for key, number, _events, _notices in rows}
    half = sum(events != 1 or notices != 1 for _key, _number, events, notices in rows)
    lost = sum(kept.get(key) != number for key, number in numbers.items())
    show(
        [
            "complaints",
            "acknowledged",
            "registered",
            "lost",
            "gaps in the numbers",
            "half done",
            "tried again",
            "seconds",
        ],
        [
            [
                count,
                len(numbers),
                len(rows),
                lost,
                gaps,
                half,
                sum(answer["failures"] for answer in answers),
                f"{seconds:.0f}",
            ]
        ],
    )
    name = f"complaints, {count}, database killed twice"
    yield Row(
        f"{name}: lost, double or half done",
        lost + abs(len(rows) - count) + half,
        "",
        0,
        "none",
        not lost and len(rows) == count and not half,
    )
    yield Row(f"{name}: gaps in the register's numbers", gaps, "", 0, "none", not gaps)


# --- Without a broker -----------------------------------------------------------------------------------------------
def broker_away(site: Site, sink: RememberingSink, part: float, chance: random.Random) -> Iterator[Row]:
    """Open requests while the broker first hangs and then is not there; all are acknowledged once it is back."""
    count = max(50, round(REQUESTS * part))
    before = len(sink.accepted)
    asking = site.begin("ask", count=count, seconds=AWAY)
    time.sleep(2)
    with site.hanging_broker():
        began = time.monotonic()
        signed_in = site.inside("sign_in")
        time.sleep(max(0.0, AWAY / 2 - (time.monotonic() - began)))
    site.keep_broker_away(AWAY / 2)
    answer = site.answer_of(asking)
    began = time.monotonic()
    _reach(count, lambda: len(site.ask(ACKNOWLEDGED)))
    late = time.monotonic() - began
    sent = site.ask(ACKNOWLEDGED)
    taken = Counter(number_of(message_id) for _at, message_id in sink.accepted[before:])
    lost = count - sum(taken[number] > 0 for (number,) in sent)
    twice = sum(taken[number] > 1 for (number,) in sent)
    slowest = max(answer["taken"])
    show(
        ["requests", "failed", "slowest", "median", "acknowledged", "lost", "twice", "all acknowledged after"],
        [
            [
                count,
                answer["failed"],
                f"{slowest:.2f} s",
                f"{sorted(answer['taken'])[count // 2] * 1000:.0f} ms",
                len(sent),
                lost,
                twice,
                f"{late:.0f} s",
            ]
        ],
    )
    name = f"requests, {count}, broker away for {AWAY:.0f} s"
    bad = answer["failed"] + lost + twice
    yield Row(f"{name}: failed, lost or acknowledged twice", bad, "", 0, "none", not bad)
    failed = not signed_in["ok"]
    yield Row(f"{name}: sign-ins that failed", int(failed), "", 0, "none", not failed)
    yield at_most(f"{name}: slowest command", slowest, "s", SLOWEST, aim=f"under {SLOWEST:.0f} s")


ACKNOWLEDGED = """
    SELECT id FROM notifications_notice
    WHERE kind = 'request-received' AND address LIKE 'richiesta.%@guasti.example' AND state = 'sent'
"""


# --- Payments -------------------------------------------------------------------------------------------------------
def payments(site: Site, sink: RememberingSink, part: float, chance: random.Random) -> Iterator[Row]:
    """Pay while web, worker and database are killed, and confirmations come twice, late, out of order, of another amount."""
    count = max(60, round(PAYMENTS * part))
    rows = site.ask(
        "INSERT INTO customers_instalment (policy_id, due_on, amount) "
        "SELECT id, current_date + 1500, 100 + id %% 400 FROM customers_policy WHERE state = 'active' ORDER BY id "
        "LIMIT %(count)s RETURNING id",
        {"count": count},
    )
    plan = Plan([number for (number,) in rows])
    began = time.monotonic()
    beginning = [
        site.begin("begin_payments", instalments=plan.instalments[turn::4], seconds=QUIET) for turn in range(4)
    ]
    plan.begun = [each for begun in beginning for each in site.answer_of(begun)]
    # Some people pay twice after a false failure page: their first attempt is over for us, and not for the provider.
    again = [each["instalment"] for each in plan.begun[: count // 6]]
    site.ask(
        "UPDATE customers_payment SET state = 'expired', ended_at = now() WHERE instalment_id = ANY(%s) AND state = 'open'",
        [again],
    )
    plan.begun += site.inside("begin_payments", instalments=again, seconds=QUIET)
    plan.at_agency = {each["instalment"] for each in plan.begun[count // 6 : count // 5]}
    site.ask("UPDATE customers_instalment SET paid_on = current_date WHERE id = ANY(%s)", [list(plan.at_agency)])
    news = plan_of(plan, chance)
    url = f"{site.url}/pagamenti/conferme/sandbox/"
    sending = [site.begin("confirm_payments", news=news[turn::4], url=url, seconds=QUIET) for turn in range(4)]
    faults = [Site.kill_web, Site.kill_database, Site.kill_worker, Site.kill_database, Site.kill_web]
    for moment, fault in zip(sorted(chance.uniform(0.05, 0.9) for _f in faults), faults, strict=True):
        _reach(moment * plan.different, lambda: site.ask(HEARD)[0][0], 0.005)
        say(f"{site.ask(HEARD)[0][0]:6,} confirmations kept: {fault.__doc__}")
        fault(site)
    answers = [site.answer_of(each) for each in sending]
    seconds = time.monotonic() - began
    found = compared(site, plan)
    sent_again = sum(each["again"] for each in answers)
    heads = ["attempts", "confirmations", "sent again", *found, "seconds"]
    show(heads, [[len(plan.begun), len(news), sent_again, *found.values(), f"{seconds:.0f}"]])
    name = f"payments, {count}, {len(faults)} kills, confirmed twice, late, out of order, of another amount"
    left = sum(len(each["left"]) for each in answers)
    yield Row(f"{name}: confirmations never taken", left, "", 0, "none", not left)
    for what in ("booked twice", "lost", "unexplained", "second payments not on the list of refunds"):
        yield Row(f"{name}: {what}", found[what], "", 0, "none", not found[what])


HEARD = "SELECT count(*) FROM customers_paymentevent WHERE event_id LIKE 'guasti-%%'"


# --- A promotion ----------------------------------------------------------------------------------------------------
def campaign(site: Site, sink: RememberingSink, part: float, chance: random.Random) -> Iterator[Row]:
    """Send a promotion while twenty things are killed, people end it, and claims are taken in charge."""
    many = max(campaign_faults.LEAST, round(campaign_faults.PEOPLE * part))
    began = time.monotonic()
    campaign_faults.make_people(site, many)
    say(f"{many:,} people are made, in {time.monotonic() - began:.0f} s")
    is_large = many > campaign_faults.MANY
    number_of_claims = campaign_faults.CLAIMS_OF_MANY if is_large else campaign_faults.CLAIMS
    claims = [number for (number,) in site.ask(campaign_faults.CLAIMS_MADE, {"claims": number_of_claims})]
    sink.accepted.clear()
    usual = list(sink.faults)
    delay = campaign_faults.BRISK_SERVER if is_large else campaign_faults.SLOW_SERVER
    sink.faults[:] = [Fault(ACCEPT, "250 2.0.0 taken", delay=delay)]
    over = site.folder / "var" / "campaign-over"
    began = time.monotonic()
    promotion = site.inside("begin_campaign", wait=campaign_faults.LONG, held_out=campaign_faults.HELD_OUT)
    drawn = time.monotonic() - began
    say(f"the audience of {many:,} is drawn, in {drawn:.0f} s")
    ending = site.begin("unsubscribe_meanwhile", promotion=promotion, most=many // 20, until=str(over), pause=1.0)
    pause = campaign_faults.CLAIM_OF_MANY_EACH if is_large else campaign_faults.CLAIM_EACH
    claiming = site.begin("claims_meanwhile", claims=claims, until=str(over), pause=pause)
    total = site.ask(
        "SELECT count(*) FROM promotions_recipient WHERE promotion_id = %s AND state = 'waiting'", [promotion]
    )
    try:
        made = campaign_faults.break_while_it_goes(site, sink, total=total[0][0], chance=chance, patience=PATIENT)
    finally:
        over.touch()
    ended, owed = site.answer_of(ending), site.answer_of(claiming)
    time.sleep(3)
    site.inside("flag", seconds=2)
    doubts = {number for (number,) in site.ask(campaign_faults.IN_DOUBT)}
    decided = site.inside("decide", went=sorted(doubts & set(sink.numbers)), ids=sorted(doubts))
    site.inside("wake_campaign")
    _until(lambda: campaign_faults.is_over(site), lambda: len(sink.accepted))
    time.sleep(2)
    seconds = time.monotonic() - began
    sink.faults[:] = usual
    found = campaign_faults.count(campaign_faults.people_of(site, sink, ended))
    sent_at = {number: at for (at, _id), number in zip(list(sink.accepted), sink.numbers, strict=True)}
    waited = [sent_at[number] - at for number, at in owed if number in sent_at]
    show(
        ["fault", "after", "may have caught", "next mail after"],
        [[each.name, each.after, each.caught, f"{each.silent:.1f} s"] for each in made],
    )
    show(["left out because", "people"], sorted(found.left_out.items()))
    latest = max(found.after_the_end, default=0.0)
    show(
        [
            "wanted",
            "sent",
            "held out",
            "left out",
            "withheld",
            "in doubt",
            "ended meanwhile",
            "of these written to after",
            "seconds",
        ],
        [
            [
                many,
                found.sent,
                found.held_out,
                found.left_out.total(),
                found.withheld,
                len(doubts),
                len(ended),
                len(found.after_the_end),
                f"{seconds:.0f}",
            ]
        ],
    )
    name = f"a promotion to {many:,}, {len(made)} faults"
    yield Row(f"{name}: written to twice", found.twice, "", 0, "none", not found.twice)
    yield Row(f"{name}: written to without a consent", found.without_consent, "", 0, "none", not found.without_consent)
    yield Row(f"{name}: unexplained", found.unexplained, "", 0, "none", not found.unexplained)
    caught = sum(each.caught for each in made)
    yield at_most(f"{name}: in doubt", decided, "", caught, aim="at most one for each process that was sending")
    yield at_most(
        f"{name}: {len(ended)} unsubscriptions, the latest message after one",
        latest,
        "s",
        campaign_faults.IN_FORCE,
        aim="within 60 seconds",
    )
    median, most, longest = campaign_faults.quantiles(waited)
    lost = len(owed) - len(waited)
    yield Row(f"{name}: notices of {len(owed)} claims meanwhile that never left", lost, "", 0, "none", not lost)
    yield at_most(
        f"{name}: a claim's notice leaves after (median)", median, "s", campaign_faults.QUICK, aim="within seconds"
    )
    yield Row(f"{name}: … 99th percentile; the faults fall on these too", most, "s")
    yield Row(f"{name}: … the longest", longest, "s")
    yield Row(f"{name}: the audience drawn", drawn, "s")
    yield Row(f"{name}: messages a second, faults included", found.sent / (seconds - drawn), "/s")


# --- A mail server that misbehaves ----------------------------------------------------------------------------------
MISBEHAVIOURS: dict[str, Fault] = {
    "slow at the beginning": Fault(CONNECT, HANG),
    "slow at a recipient": Fault(RCPT, HANG),
    "slow after the message": Fault(ACCEPT, HANG),
    "451 at the sender": Fault(MAIL, "451 4.3.0 try later"),
    "451 at the recipient": Fault(RCPT, "451 4.2.1 try later"),
    "451 before the message": Fault(DATA, "451 4.3.0 try later"),
    "451 after the message": Fault(ACCEPT, "451 4.3.0 try later"),
    "421 at the recipient": Fault(RCPT, "421 4.3.2 closing"),
    "554 at the beginning": Fault(CONNECT, "554 5.3.2 no service"),
    "550 at the sender": Fault(MAIL, "550 5.7.1 not you"),
    "550 at the recipient": Fault(RCPT, "550 5.1.1 no such user"),
    "554 after the message": Fault(ACCEPT, "554 5.7.1 refused"),
    "dropped at the beginning": Fault(CONNECT, DROP),
    "dropped at EHLO": Fault(EHLO, DROP),
    "dropped at the sender": Fault(MAIL, DROP),
    "dropped at the recipient": Fault(RCPT, DROP),
    "dropped before the message": Fault(DATA, DROP),
    "dropped in the message": Fault(BODY, DROP),
    "dropped after the message": Fault(ACCEPT, DROP),
}
GIVEN_UP = 0.1  # seconds that stand for EMAIL_TIMEOUT


def mail_server(site: Site, sink: RememberingSink, part: float, chance: random.Random) -> Iterator[Row]:
    """Notices to servers that misbehave at each step, all the time; then they are well, and a person has decided."""
    count = max(10, round(MISBEHAVING * part))
    site.servers_only()  # no worker may be at the same notices
    with ExitStack() as stack:
        servers = {name: stack.enter_context(RememberingSink(faults=[fault])) for name, fault in MISBEHAVIOURS.items()}
        ids = {name: sorted(queue(site, count, f"server-{place}")) for place, name in enumerate(servers)}
        jobs = [{"port": server.port, "ids": ids[name]} for name, server in servers.items()]
        site.inside("deliver", jobs=jobs, timeout=GIVEN_UP)
        results = {name: Counter(dict(site.ask(RESULTS, [numbers]))) for name, numbers in ids.items()}
        taken = {name: set(server.numbers) for name, server in servers.items()}
        for server in servers.values():
            server.faults.clear()
        everything = sorted(set().union(*ids.values()))
        site.inside("decide", went=sorted(set().union(*taken.values())), ids=everything)
        site.ask(TIME_PASSES, [everything])
        site.inside("deliver", jobs=jobs, timeout=5)
        lines, all_lost, all_twice = [], 0, 0
        for name, server in servers.items():
            times, result = Counter(server.numbers), results[name]
            lost, twice = count - len(times) - result["refused"], sum(each > 1 for each in times.values())
            all_lost, all_twice = all_lost + lost, all_twice + twice
            lines.append([name, *(result[each] for each in RESULT_NAMES), len(taken[name]), len(times), lost, twice])
    heads = [
        "the mail server",
        "sent",
        "waiting",
        "tried, waiting",
        "refused",
        "in doubt",
        "taken",
        "in the end",
        "lost",
    ]
    show([*heads, "twice"], lines)
    name = f"a mail server that misbehaves in {len(lines)} ways, {count} notices each"
    yield Row(f"{name}: lost", all_lost, "", 0, "none", not all_lost)
    yield Row(f"{name}: taken twice", all_twice, "", 0, "none", not all_twice)


TIME_PASSES = "UPDATE notifications_notice SET send_after = now() WHERE state = 'queued' AND id = ANY(%s)"
RESULT_NAMES = ("sent", "queued", "tried", "refused", "in_doubt")
RESULTS = """
    SELECT CASE WHEN state = 'queued' AND attempts > 0 THEN 'tried' ELSE state END, count(*)
    FROM notifications_notice WHERE id = ANY(%s) GROUP BY 1
"""


# --- The whole ------------------------------------------------------------------------------------------------------
WAYS: dict[str, Callable[[Site, RememberingSink, float, random.Random], Iterator[Row]]] = {
    "notices": notices,
    "calls": calls,
    "complaints": complaints,
    "payments": payments,
    "campaign": campaign,
    "broker": broker_away,
    "mail": mail_server,
}


def show(heads: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    """Print a table of the actions and their results."""
    cells = [list(heads), *([f"{each:,}" if isinstance(each, int) else str(each) for each in line] for line in lines)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(heads))]
    cells.insert(1, ["-" * width for width in widths])
    for line in cells:
        print(
            "| " + " | ".join(each.ljust(width) for each, width in zip(line, widths, strict=True)) + " |", flush=True
        )
    print(flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the faults alone; 0 when every aim is met, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--part", type=float, default=1.0, help="of the numbers at full scale (%(default)s)")
    parser.add_argument(
        "--people", type=int, default=0, help=f"of the promotion, in place of the part of {campaign_faults.PEOPLE:,}"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the moments (%(default)s)")
    parser.add_argument("--only", nargs="+", choices=WAYS, default=(), metavar="WAY", help=", ".join(WAYS))
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    import django

    django.setup()
    rows = list(measure(Scale(), part=options.part, seed=options.seed, only=options.only, people=options.people))
    print(table(rows))
    return 0 if all(row.ok for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
