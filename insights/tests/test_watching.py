"""Alerts about figures outside their limits, their notes and mails, targets, and the pages, command and API that show them."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.models import DailyFigures, FiguresBasis, TollFreeLine
from contact_center.tests.factories import LineTargetFactory, TopicFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused
from insights.models import AlertNote, FigureTarget, WatchAlert, WatchRound, WatchSubscription
from insights.tasks import watch_figures as task
from insights.watching.commands import note_alert, set_target, subscribe, watch_figures
from insights.watching.targets import target_of
from notifications.models import Notice

from .factories import AlertNoteFactory, FigureTargetFactory, WatchAlertFactory

pytestmark = pytest.mark.django_db

NOW = "2026-05-11T08:00:00+02:00"  # a Monday
TODAY = date(2026, 5, 11)
LAST_WEEK = date(2026, 5, 4)
WOBBLE = (0, 3, -2, 1, -3, 2)


@pytest.fixture(autouse=True)
def _on_a_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def line():
    """The only line in use, without a calendar."""
    TollFreeLine.objects.update(is_active=False)
    found = TollFreeLine.objects.order_by("pk").first()
    TollFreeLine.objects.filter(pk=found.pk).update(is_active=True, calendar=None)
    found.refresh_from_db()
    return found


@pytest.fixture
def manager(client):
    user = UserFactory(role=roles.MANAGER, language="en")
    client.force_login(user)
    return user


def count_days(line, *, until=TODAY, weeks=40, first_level=lambda day: 0, offered=lambda day: 0):
    """Days counted for the line, by line and by topic: 200 calls, 184 at first level, a wait of 20 s; by day some more or fewer."""
    topics = [TopicFactory(), TopicFactory()]
    rows = []
    for back in range(weeks * 7, 0, -1):
        day = until - timedelta(days=back)
        wobble = WOBBLE[back % 6]
        calls = 200 + wobble + offered(day)
        settled = round(calls * 0.92) + wobble + first_level(day)
        counts = {
            "offered": calls,
            "answered": calls,
            "answered_in_time": calls - 20,
            "waits_known": calls,
            "wait_seconds": calls * (20 + wobble),
            "talks_known": calls,
            "talk_seconds": calls * (240 + 5 * wobble),
            "handled": calls,
        }
        rows.append(_row(line, day, "line", None, first_level=settled, escalated=calls - settled, **counts))
        half = {name: count // 2 for name, count in counts.items()}
        usual = round(calls * 0.92) + wobble
        for place, topic in enumerate(topics):
            at_first = usual // 2 + (first_level(day) if place == 0 else 0)
            rows.append(
                _row(line, day, "topic", topic, first_level=at_first, escalated=half["handled"] - at_first, **half)
            )
    DailyFigures.objects.bulk_create(rows)
    FiguresBasis.objects.update_or_create(
        pk=1,
        defaults={
            "service_level_seconds": 20,
            "short_abandon_seconds": 5,
            "repeat_contact_days": 7,
            "computed_at": "2026-05-11T05:00:00Z",
        },
    )
    return topics


def _row(line, day, cut, topic, **counts):
    return DailyFigures(cut=cut, day=day, channel="phone", line=line, topic=topic, **counts)


def fallen(day):
    """Of the last counted week, twenty fewer calls a day are settled at first level."""
    return -20 if day >= LAST_WEEK else 0


# --- Alerts
def test_a_quiet_week_raises_no_alert(line):
    count_days(line)
    done = watch_figures(TODAY)
    assert (done.raised, WatchAlert.objects.count()) == ([], 0)
    assert sorted(WatchRound.objects.values_list("step", "start")) == [("day", date(2026, 5, 10)), ("week", LAST_WEEK)]


def test_a_fallen_first_level_raises_one_alert_for_the_figure_and_its_line(line):
    count_days(line, first_level=fallen)
    watch_figures(TODAY)
    found = WatchAlert.objects.filter(figure="first_level_coded", ended_on__isnull=True)
    assert set(found.values_list("line", "is_above")) == {(line.pk, False), (None, False)}
    assert not WatchAlert.objects.filter(figure__in=["offered", "asa_seconds", "aht_seconds"]).exists()


def test_an_alert_says_how_far_how_likely_and_the_largest_parts(line):
    cause, _other = count_days(line, first_level=fallen)
    watch_figures(TODAY)
    alert = WatchAlert.objects.get(figure="first_level_coded", line=line)
    assert alert.value < alert.low < alert.centre < alert.high
    assert alert.chance < 0.01
    assert (alert.parts[0]["cut"], alert.parts[0]["code"], alert.parts[0]["why"]) == ("topic", cause.code, "rate")
    assert len(alert.parts) <= 3


def test_the_same_round_again_raises_nothing_more(line):
    count_days(line, first_level=fallen)
    watch_figures(TODAY)
    before = set(WatchAlert.objects.values_list("pk", "periods"))
    assert watch_figures(TODAY).rounds == []
    assert set(WatchAlert.objects.values_list("pk", "periods")) == before


def test_days_in_a_row_outside_are_one_alert_that_goes_on(line):
    count_days(line, offered=lambda day: 160 if day >= date(2026, 5, 8) else 0)
    for on in (date(2026, 5, 9), date(2026, 5, 10), TODAY):
        watch_figures(on)
    alert = WatchAlert.objects.get(figure="offered", line=line)
    assert (alert.began_on, alert.last_on, alert.periods) == (date(2026, 5, 8), date(2026, 5, 10), 3)


def test_a_week_whose_days_were_reported_is_not_reported_again(line):
    count_days(line, offered=lambda day: 160 if date(2026, 5, 6) <= day <= date(2026, 5, 9) else 0)
    for back in range(5, -1, -1):
        watch_figures(TODAY - timedelta(days=back))
    assert [alert.step for alert in WatchAlert.objects.filter(figure="offered", line=line)] == ["day"]


def test_an_alert_ends_by_itself_when_the_figure_is_back_within(line):
    count_days(line, offered=lambda day: 160 if day == date(2026, 5, 9) else 0)
    watch_figures(date(2026, 5, 10))
    watch_figures(TODAY)
    assert WatchAlert.objects.get(figure="offered", line=line).ended_on == date(2026, 5, 10)


def test_days_without_a_round_are_caught_up(line):
    count_days(line, offered=lambda day: 160 if day == date(2026, 5, 8) else 0)
    watch_figures(date(2026, 5, 8))
    watch_figures(TODAY)
    assert WatchAlert.objects.get(figure="offered", line=line).began_on == date(2026, 5, 8)


def test_an_alert_of_a_line_that_is_no_longer_in_use_ends(line):
    alert = WatchAlertFactory(line=line, began_on=TODAY - timedelta(days=7), ended_on=None)
    TollFreeLine.objects.filter(pk=line.pk).update(is_active=False)
    watch_figures(TODAY)
    alert.refresh_from_db()
    assert alert.ended_on == TODAY


def test_too_little_data_raises_no_alert_and_says_why(line):
    count_days(line, weeks=6, first_level=fallen)
    out = io.StringIO()
    call_command("watch_figures", "--on", "2026-05-11", "--dry-run", stdout=out)
    watch_figures(TODAY)
    assert not WatchAlert.objects.filter(step="week").exists()
    assert "troppo pochi periodi" in out.getvalue()


def test_nothing_counted_at_all_raises_nothing(line):
    assert watch_figures(TODAY).findings == []


def test_what_customers_may_still_change_is_judged_once_they_cannot(line):
    count_days(line)
    done = watch_figures(TODAY)
    starts = {finding.one.key: finding.judged.point.start for finding in done.findings if finding.step == "week"}
    assert starts["first_level_coded"] == LAST_WEEK
    assert starts["first_level_corrected"] == LAST_WEEK - timedelta(weeks=1)


def test_the_task_counts_changed_days_first_and_may_run_twice(line):
    count_days(line, first_level=fallen)
    assert task() > 0
    assert task() == 0


def test_a_figure_of_a_line_has_one_open_alert():
    WatchAlertFactory(ended_on=None)
    with pytest.raises(IntegrityError, match="one_open_alert_for_a_figure"), transaction.atomic():
        WatchAlertFactory(ended_on=None)


# --- Mail
def test_subscribers_get_one_mail_a_round_in_their_language(line):
    readers = [UserFactory(role=roles.MANAGER, language=language) for language in ("it", "en")]
    for reader in readers:
        subscribe(by=reader, wants=True)
        subscribe(by=reader, wants=True)
    UserFactory(role=roles.MANAGER)
    count_days(line, first_level=fallen)
    watch_figures(TODAY)
    watch_figures(TODAY)
    notices = {notice.user: notice for notice in Notice.objects.filter(kind="figures-outside")}
    assert set(notices) == set(readers)
    assert "sotto i suoi limiti" in notices[readers[0]].body_text
    assert "below its limits" in notices[readers[1]].body_text


def test_whoever_may_not_see_alerts_any_more_gets_no_mail(line):
    subscribe(by=UserFactory(role=roles.AGENT), wants=True)
    count_days(line, first_level=fallen)
    watch_figures(TODAY)
    assert not Notice.objects.filter(kind="figures-outside").exists()


def test_an_alert_that_goes_on_is_not_sent_again(line):
    subscribe(by=UserFactory(role=roles.MANAGER), wants=True)
    count_days(line, offered=lambda day: 160 if day >= date(2026, 5, 9) else 0)
    watch_figures(date(2026, 5, 10))
    sent = Notice.objects.filter(kind="figures-outside").count()
    watch_figures(TODAY)
    assert (sent, Notice.objects.filter(kind="figures-outside").count()) == (1, 1)


def test_a_subscription_is_chosen_and_ended_on_the_page(client, manager):
    client.post(reverse("watching_mail"), {"wants": "1"})
    assert WatchSubscription.objects.filter(user=manager).count() == 1
    client.post(reverse("watching_mail"), {"wants": "0"})
    assert not WatchSubscription.objects.exists()


# --- Notes
def test_a_note_acknowledges_an_alert_and_remains(client, manager):
    alert = WatchAlertFactory(ended_on=None)
    client.post(reverse("watching_note", args=[alert.pk]), {"text": "  Due   assenze 😷 "})
    note = AlertNote.objects.get()
    assert (note.alert, note.by, note.text) == (alert, manager, "Due assenze 😷")
    assert "Due assenze 😷" in client.get(reverse("watching")).content.decode()


def test_the_same_note_sent_twice_is_written_once(client, manager):
    alert = WatchAlertFactory(ended_on=None)
    for _time in range(2):
        client.post(reverse("watching_note", args=[alert.pk]), {"text": "Turno scoperto"})
    assert alert.notes.count() == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_000])
def test_an_empty_or_endless_note_is_refused_beside_its_field(client, manager, text):
    alert = WatchAlertFactory(ended_on=None)
    response = client.post(reverse("watching_note", args=[alert.pk]), {"text": text})
    assert (response.status_code, AlertNote.objects.count()) == (422, 0)
    assert "errorlist" in response.content.decode()


def test_a_note_of_an_alert_that_is_not_there_is_not_found(client, manager):
    assert client.post(reverse("watching_note", args=[1]), {"text": "Nota"}).status_code == 404


def test_two_people_may_note_the_same():
    alert = WatchAlertFactory()
    for _person in range(2):
        note_alert(alert, text="Visto", by=UserFactory())
    assert alert.notes.count() == 2


# --- Targets
def set_95(**given):
    arguments = {
        "figure": "first_level_coded",
        "line": None,
        "value": Decimal("95"),
        "valid_from": date(2026, 1, 1),
        "by": UserFactory(role=roles.MANAGER),
    }
    return set_target(**arguments | given)


def test_a_target_holds_until_the_next_one():
    set_95()
    set_95(value=Decimal("96.5"), valid_from=date(2026, 4, 1))
    set_95(value=None, valid_from=date(2026, 5, 1))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1)]
    assert [target_of("first_level_coded", None, day) for day in days] == [None, 95, 95, Decimal("96.5"), None]


def test_of_two_targets_of_one_day_the_later_entered_holds_and_both_remain():
    set_95()
    set_95(value=Decimal("97"))
    assert target_of("first_level_coded", None, TODAY) == 97
    assert FigureTarget.objects.count() == 2


def test_a_line_has_targets_of_its_own(line):
    set_95()
    set_95(line=line, value=Decimal("90"))
    assert target_of("first_level_coded", line, TODAY) == 90
    assert target_of("first_level_coded", None, TODAY) == 95


def test_the_target_of_the_service_level_is_that_of_the_lines(line):
    LineTargetFactory(line=line, share=80, seconds=20)
    assert target_of("service_level", line, TODAY) == 80
    assert target_of("service_level", None, TODAY) == 80


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"value": Decimal("0")}, "out_of_range"),
        ({"value": Decimal("100.01")}, "out_of_range"),
        ({"value": Decimal("-5")}, "out_of_range"),
        ({"figure": "asa_seconds", "value": Decimal("3601")}, "out_of_range"),
        ({"figure": "service_level"}, "no_target"),
        ({"figure": "no-such"}, "no_target"),
        ({"valid_from": date(1989, 12, 31)}, "day_out_of_reach"),
        ({"valid_from": date(2027, 5, 13)}, "day_out_of_reach"),
        ({"value": None}, "holds_already"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(given, code):
    with pytest.raises(Refused) as refusal:
        set_95(**given)
    assert (refusal.value.code, FigureTarget.objects.count()) == (code, 0)


def test_a_line_out_of_use_gets_no_target(line):
    TollFreeLine.objects.filter(pk=line.pk).update(is_active=False)
    with pytest.raises(Refused) as refusal:
        set_95(line=line)
    assert refusal.value.code == "line_retired"


def test_a_target_sent_twice_is_set_once(client, manager):
    given = {"figure": "abandonment", "line": "", "value": "5", "valid_from": "2026-06-01"}
    assert client.post(reverse("watching_targets"), given).status_code == 302
    response = client.post(reverse("watching_targets"), given)
    assert (response.status_code, FigureTarget.objects.count()) == (422, 1)
    assert "vale già questo obiettivo" in response.content.decode()


def test_an_auditor_reads_targets_and_sets_none(client):
    client.force_login(UserFactory(role=roles.AUDITOR))
    assert client.get(reverse("watching_targets")).status_code == 200
    given = {"figure": "abandonment", "value": "5", "valid_from": "2026-06-01"}
    assert client.post(reverse("watching_targets"), given).status_code == 403


def test_older_targets_are_on_the_next_page(client, manager):
    for number in range(21):
        FigureTargetFactory(value=Decimal(number + 1))
    page = client.get(reverse("watching_targets")).context
    assert len(page["rows"]) == 20
    assert len(client.get(reverse("watching_targets"), {"before": page["older"]}).context["rows"]) == 1


def test_the_overview_shows_targets_on_its_cards_and_what_is_outside(client, manager, line):
    count_days(line)
    set_95()
    WatchAlertFactory(ended_on=None)
    page = client.get(reverse("figures"), {"from": "2026-05-01", "to": "2026-05-10"}).content.decode()
    assert "Obiettivo: 95 %" in page
    assert "Tutte le linee: sopra i suoi limiti" in page


# --- The page, its exports and the other doors
@pytest.mark.parametrize("name", ["watching", "watching_csv", "watching_targets"])
def test_agents_are_refused(client, name):
    client.force_login(UserFactory(role=roles.AGENT))
    assert client.get(reverse(name)).status_code == 403


def test_the_chart_shows_each_week_with_its_limits_and_leads_to_its_list(client, manager, line):
    count_days(line, first_level=fallen)
    set_95(line=line, value=Decimal("91"))
    response = client.get(reverse("watching"), {"figure": "first_level_coded", "line": line.code, "step": "week"})
    chart = response.context["chart"]
    newest = chart["table"]["rows"][0]
    assert "sotto i suoi limiti" in newest["cells"][-1]["text"]
    assert newest["cells"][0]["url"] == (
        f"{reverse('calls')}?from=2026-05-04&to=2026-05-10&line={line.code}&figure=first_level"
    )
    assert newest["cells"][4]["text"] == "91 %"
    assert [one["role"] for one in chart["data"]["series"]] == ["value", "centre", "limit", "limit", "target"]


@pytest.mark.parametrize(
    "asked",
    [{"figure": "nothing"}, {"line": "no-line"}, {"step": "year"}, {"figure": "x" * 10_000}, {"line": "\u202e"}],
)
def test_an_unknown_choice_draws_no_chart_and_says_so(client, manager, line, asked):
    count_days(line)
    response = client.get(reverse("watching"), asked)
    assert response.status_code == 400
    assert "non si disegna alcuna carta" in response.content.decode()
    assert client.get(reverse("watching_csv"), asked).status_code == 404


def test_a_page_without_any_counts_says_so(client, manager, line):
    assert "non è ancora stato contato nulla" in client.get(reverse("watching")).content.decode()


def test_older_alerts_are_on_the_next_page(client, manager, line):
    for _number in range(21):
        WatchAlertFactory()
    page = client.get(reverse("watching")).context
    assert len(page["ended_alerts"]) == 20
    assert len(client.get(reverse("watching"), {"before": page["older"]}).context["ended_alerts"]) == 1


def test_the_page_asks_the_same_at_one_alert_and_at_three(client, manager, line):
    count_days(line)
    AlertNoteFactory(alert=WatchAlertFactory(ended_on=None))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("watching"))
    AlertNoteFactory(alert=WatchAlertFactory(figure="aht_seconds", ended_on=None))
    AlertNoteFactory(alert=WatchAlertFactory(figure="aht_seconds", line=line, ended_on=None))
    with CaptureQueriesContext(connection) as three:
        client.get(reverse("watching"))
    assert len(one) == len(three)


def test_the_file_has_a_row_for_each_period(client, manager, line):
    count_days(line)
    asked = {"figure": "offered", "line": line.code, "step": "day"}
    body = b"".join(client.get(reverse("watching_csv"), asked)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert len(rows) == 42
    assert (rows[-1]["period"], rows[-1]["numerator"], rows[-1]["verdict"]) == ("2026-05-10", "203", "within")


def test_programs_get_the_same_limits_and_the_open_alerts(client, manager, line):
    count_days(line, first_level=fallen)
    watch_figures(TODAY)
    answer = client.get(reverse("api_figures_watch")).json()
    [value] = [one for one in answer["values"] if (one["figure"], one["line"]) == ("first_level_coded", line.code)]
    alert = WatchAlert.objects.get(figure="first_level_coded", line=line)
    [shown] = [one for one in answer["alerts"] if (one["figure"], one["line"]) == ("first_level_coded", line.code)]
    assert value["start"] == "2026-05-04"
    assert (shown["step"], shown["value"]) == (alert.step, alert.value)


def test_programs_are_refused_another_step(client, manager):
    assert client.get(reverse("api_figures_watch"), {"step": "year"}).status_code == 400


def test_the_command_prints_and_writes_nothing_when_it_only_looks(line):
    count_days(line, first_level=fallen)
    out = io.StringIO()
    call_command("watch_figures", "--on", "2026-05-11", "--dry-run", stdout=out)
    assert "AVVISO" in out.getvalue()
    assert not WatchAlert.objects.exists()
    assert not WatchRound.objects.exists()


def test_the_command_raises_alerts_and_says_how_many(line):
    count_days(line, first_level=fallen)
    out = io.StringIO()
    call_command("watch_figures", stdout=out)
    assert WatchAlert.objects.exists()
    assert out.getvalue().splitlines()[-1].startswith("2 periodi esaminati")


@pytest.mark.parametrize("on", ["2026-5-1", "yesterday", "2026-05-12"])
def test_the_command_refuses_a_day_that_cannot_be_used(on):
    with pytest.raises(CommandError) as refusal:
        call_command("watch_figures", "--on", on)
    assert refusal.value.returncode == 2
