"""`simulate_calls`: drive the HTTP door as a telephone platform would, and compare what the server made of it."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from ipaddress import ip_address
from random import Random
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from contact_center.agents.timeline import whole
from contact_center.calls.events import Event, fold
from contact_center.calls.simulation import Story, day, with_faults
from contact_center.figures import daily
from contact_center.models import Agent, AgentState, Call, DailyFigures, TollFreeLine
from contact_center.models.agent_state import Telephone
from customers.models import ContactPoint
from foundation.api.keys import create_key, revoke_key
from foundation.models import ApiKey

NOT_OFFERED = (Call.Disposition.OPEN, Call.Disposition.TURNED_AWAY)  # what the figures do not count
SENDERS = 8
CALLERS = 300
TIMEOUT_SECONDS = 10
SOURCE = "simulator"


class Command(BaseCommand):
    """Invented calls of real customers' numbers: queues, rings, answers, holds, transfers, callers who give up."""

    help = (
        "Send the events of invented calls to a server on this machine, in real time, and print at the end what was sent "
        "and how the server stored it. Exit code 0: all calls right; 1: some wrong or refused; 2: an argument is unusable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how many calls, for how long, to whom, and how badly the line carries them."""
        parser.add_argument("--rate", type=float, default=30, help="calls a minute (30)")
        parser.add_argument("--minutes", type=float, default=2, help="for how long calls arrive (2)")
        parser.add_argument("--talk", type=float, default=20, help="mean seconds of talk (20)")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="the server (http://127.0.0.1:8000)")
        parser.add_argument(
            "--key",
            default="",
            help="an API key with the scope calls:write; without one, in development, a key is made and revoked at the end",
        )
        parser.add_argument(
            "--agents", default="", help="codes or extensions, with commas (those who can sign in, on the first level)"
        )
        parser.add_argument(
            "--faults", type=float, default=0.0, help="share of the events that come twice, late or never (0)"
        )
        parser.add_argument("--seed", type=int, default=1, help="another number makes other calls (1)")
        parser.add_argument("--anywhere", action="store_true", help="send to a server that is not this machine")  # fmt: skip

    def handle(self, **options: Any) -> None:
        """Play the day in real time; CommandError (2) where it cannot begin."""
        url = _checked_url(options["url"], anywhere=options["anywhere"])
        for name, least, most in (("rate", 0.1, 3_000), ("minutes", 0.01, 600), ("talk", 1, 3_600), ("faults", 0, 1)):
            if not least <= options[name] <= most:
                raise CommandError(f"--{name} is {options[name]}: choose from {least} to {most}.", returncode=2)
        agents = _agents(options["agents"])
        rng = Random(options["seed"])  # noqa: S311 - calls are invented, not secrets
        start = timezone.now()
        stories = day(
            rng,
            start=start,
            seconds=options["minutes"] * 60,
            calls_per_minute=options["rate"],
            talk_seconds=options["talk"],
            lines=_lines(),
            numbers=_numbers(rng),
            agents=agents,
            name=f"sim-{start:%Y%m%d%H%M%S}-{uuid.uuid4().hex[:6]}",
        )
        carried = with_faults(rng, stories, options["faults"])
        with _key(options["key"]) as key:
            answers = _Sender(url, key).send(carried, start=start, tell=self._tell)
        self._report(carried, answers, key)

    def _tell(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{text}", ending="")

    def _report(self, stories: list[Story], answers: Counter[str], key: str) -> None:
        self._tell("\n")
        sent = sum(answers.values())
        words = ", ".join(f"{count} {status}" for status, count in sorted(answers.items()))
        self.stdout.write(f"sent {sent} events of {len(stories)} calls: {words or 'none'}")
        known = ApiKey.objects.filter(prefix=key.split("_")[1] if key.count("_") > 1 else "").first()
        if known is None:
            self.stdout.write("The key is not in this database: the stored calls cannot be compared here.")
            wrong = 0
        else:
            wrong = self._compare(stories, known.source)
        if wrong or answers["refused"] or answers["failed"]:
            raise SystemExit(1)

    def _compare(self, stories: list[Story], source: str) -> int:
        calls = {
            call.external_id: call
            for call in Call.objects.filter(
                source=source, external_id__in=[story.call_id for story in stories]
            ).select_related("line", "agent", "contact")
        }
        wrong = [(story, why) for story in stories if (why := _difference(story, calls.get(story.call_id)))]
        answered = sum(call.answered_at is not None for call in calls.values())
        lost = sum(story.lost for story in stories)
        self.stdout.write(
            f"calls {len(calls)}: {answered} answered, {len(calls) - answered} not; "
            f"right {len(stories) - len(wrong)}, wrong {len(wrong)}; {lost} events were dropped on purpose"
        )
        for story, why in wrong[:10]:
            self.stdout.write(f"  {story.call_id}: {why}")
        return len(wrong) + self._compare_states(stories, calls) + self._compare_figures(calls)

    def _compare_figures(self, calls: dict[str, Call]) -> int:
        """How many of the days of these calls have other numbers in the figures than calls in the table, once counted again."""
        days = {call.day for call in calls.values()}
        daily.refresh(days)
        stored = _by_day(DailyFigures.objects.filter(cut=DailyFigures.Cut.LINE), Sum("offered"), Sum("answered"), days)
        answered = Count("pk", filter=Q(disposition=Call.Disposition.ANSWERED))
        counted = _by_day(Call.objects.exclude(disposition__in=NOT_OFFERED), Count("pk"), answered, days)
        wrong = sorted(day for day in days if stored.get(day) != counted.get(day))
        self.stdout.write(
            f"figures of {len(days)} days: {sum(offered for offered, _answered in stored.values())} offered, "
            f"{sum(answered for _offered, answered in stored.values())} answered; wrong {len(wrong)}"
        )
        for day_of in wrong[:10]:
            self.stdout.write(f"  {day_of}: {stored.get(day_of)}, should be {counted.get(day_of)}")
        return len(wrong)

    def _compare_states(self, stories: list[Story], calls: dict[str, Call]) -> int:
        """How many agents were on the telephone, by their states, for other seconds than by the events that were sent."""
        known = {call.contact_id for call in calls.values() if call.contact_id}
        kept = AgentState.objects.filter(contact__in=known, call_state=Telephone.ON_CALL).select_related("agent")
        talks = list(_talks(stories))
        last = max((moment for _code, *both in talks for moment in both if moment), default=timezone.now())
        by_states = seconds_by_agent(((row.agent.code, row.began_at, row.ended_at) for row in kept), last)
        by_events = seconds_by_agent(talks, last)
        wrong = sorted(code for code in by_states | by_events if by_states.get(code) != by_events.get(code))
        seconds = sum(by_states.values())
        self.stdout.write(f"agents {len(by_states)}: on a call for {seconds} s by their states; wrong {len(wrong)}")
        for code in wrong[:10]:
            self.stdout.write(f"  {code}: {by_states.get(code, 0)} s, should be {by_events.get(code, 0)} s")
        return len(wrong)


def _by_day(rows: QuerySet, offered: Any, answered: Any, days: set[date]) -> dict[date, tuple[int, int]]:
    """What was offered and answered on each of the days that has any."""
    found = rows.filter(day__in=days).order_by().values("day").annotate(of=offered, to=answered)
    return {row["day"]: (row["of"], row["to"]) for row in found if row["of"]}


def _talks(stories: list[Story]) -> Iterator[tuple[str, datetime, datetime | None]]:
    """Who spoke from when to when, by the events that were sent."""
    for story in stories:
        folded = fold(story.call_id, _events_of(story))
        for leg in folded.legs if folded is not None else []:
            if leg.answered_at and leg.agent:
                yield leg.agent, leg.answered_at, leg.ended_at


def seconds_by_agent(talks: Iterable[tuple[str, datetime, datetime | None]], last: datetime) -> dict[str, int]:
    """The whole seconds that each agent was on the telephone until `last`; of two calls at once each second counts once."""
    found: dict[str, int] = {}
    until: dict[str, datetime] = {}
    for code, began, ended in sorted((code, whole(began), whole(ended or last)) for code, began, ended in talks):
        begins = max(began, until.get(code, began))
        found[code] = found.get(code, 0) + max(0, int((ended - begins).total_seconds()))
        until[code] = max(ended, until.get(code, ended))
    return found


def _difference(story: Story, call: Call | None) -> str:
    """Where the stored call differs from the events that were sent, and from the truth where none was lost."""
    events = _events_of(story)
    folded = fold(story.call_id, events)
    if folded is None or call is None:
        return "" if folded is call is None else "there is no call" if call is None else "there should be no call"
    facts = [
        ("disposition", folded.disposition, call.disposition),
        ("line", folded.line, call.line.code),
        ("agent", folded.agent, call.agent.code if call.agent else ""),
        ("talk", folded.talk_seconds, call.talk_seconds),
        ("contact", folded.answered_at is not None, call.contact is not None),
    ]
    if not story.lost:
        facts += [
            ("disposition in truth", story.disposition, call.disposition),
            ("agent in truth", story.agent, call.agent.code if call.agent else ""),
        ]
    return "; ".join(f"{name} is {is_!r}, should be {should!r}" for name, should, is_ in facts if should != is_)


def _events_of(story: Story) -> list[Event]:
    """The events of a story as the door takes them."""
    return [
        Event(
            key=each.body["event_id"],
            kind=each.body["event"],
            at=datetime.fromisoformat(each.body["at"]),
            **{name: value for name, value in each.body.items() if name in ("line", "agent", "caller", "reason", "to_agent", "attended")},
        )
        for each in story.events
    ]  # fmt: skip


class _Sender:
    """Posts each event when it is due, several at a time, as a platform's connections would."""

    def __init__(self, url: str, key: str):
        self.address = f"{url}/api/v1/calls/events/"
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def send(self, stories: list[Story], *, start: datetime, tell: Callable[[str], None]) -> Counter[str]:
        """Send everything; on Ctrl-C what remains is sent at once, so that no call remains open."""
        due = sorted((each for story in stories for each in story.events), key=lambda each: each.leaves)
        answers: Counter[str] = Counter()
        began = time.monotonic() - (timezone.now() - start).total_seconds()
        hurry = False
        with ThreadPoolExecutor(SENDERS) as pool:
            waiting: list[Future[str]] = []
            for count, each in enumerate(due, 1):
                try:
                    if not hurry:
                        time.sleep(max(0.0, began + each.leaves - time.monotonic()))
                except KeyboardInterrupt:
                    hurry = True
                waiting.append(pool.submit(self._post, each.body))
                tell(f"{count} of {len(due)} events")
            for answer in waiting:
                answers[answer.result()] += 1
        return answers

    def _post(self, body: dict[str, Any]) -> str:
        """The status of the event; "failed" where the server gave none, after three attempts."""
        request = urllib.request.Request(self.address, json.dumps(body).encode(), self.headers)  # noqa: S310 - http(s), checked
        for attempt in range(3):
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                    return json.load(answer)["results"][0]["status"]
            except urllib.error.HTTPError as error:
                if error.code not in (429, 502, 503):
                    return "failed"
            except OSError:
                pass
            time.sleep(1 + attempt)
        return "failed"


def _checked_url(text: str, *, anywhere: bool) -> str:
    try:
        parts = urlsplit(text)
        scheme, host = parts.scheme, parts.hostname or ""
    except ValueError:
        scheme = host = ""
    if scheme not in ("http", "https") or not host:
        raise CommandError(f"--url is {text}: write it as http://127.0.0.1:8000.", returncode=2)
    try:
        local = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local and not anywhere:
        raise CommandError(
            f"{host} is not this machine: invented calls would be taken for real ones. To send them all the same, give --anywhere.",
            returncode=2,
        )
    return text.rstrip("/")


def _agents(text: str) -> list[str]:
    """The codes of the agents who answer."""
    active = Agent.objects.filter(is_active=True)
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names:
        found = {each.code: each for each in active.filter(Q(code__in=names) | Q(extension__in=names))}
        known = {name for each in found.values() for name in (each.code, each.extension)}
        if missing := [name for name in names if name not in known]:
            raise CommandError(f"There is no active agent {', '.join(missing)}.", returncode=2)
    else:
        found = {each.code: each for each in active.filter(user__isnull=False, team__level=1)}
    if not found:
        raise CommandError(
            "There is no active agent with a sign-in at first level: load the demonstration data.", returncode=2
        )
    return sorted(found)


def _lines() -> list[str]:
    """The codes of the active lines, in their order; CommandError (2) where there are none."""
    codes = list(
        TollFreeLine.objects.filter(is_active=True).order_by("position", "code").values_list("code", flat=True)
    )
    if not codes:
        raise CommandError("No toll-free line is active: add one in the back office.", returncode=2)
    return codes


def _numbers(rng: Random) -> list[str]:
    """Telephone numbers of customers, picked all over the table without reading it."""
    phones = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE)
    last = phones.order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return []
    places = sorted(rng.randint(1, last) for _each in range(CALLERS))
    return list(phones.filter(pk__in=places).values_list("value", flat=True)) or list(
        phones.values_list("value", flat=True)[:CALLERS]
    )


@contextmanager
def _key(given: str) -> Iterator[str]:
    """The key to send with: the one given, or one of our own that ends with the run."""
    if given:
        yield given
        return
    if settings.PRODUCTION:
        raise CommandError("Give --key: in production this command makes none.", returncode=2)
    name = f"simulate_calls {uuid.uuid4().hex[:8]}"
    key, secret = create_key(name=name, source=SOURCE, scopes=["calls:write"], by=None)
    try:
        yield secret
    finally:
        revoke_key(key, by=None)
