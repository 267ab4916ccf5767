"""The plan of alerts: what is owed and was not announced, on which day, to which person, once."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from customers.models import Claim, Policy
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
)
from foundation.dates import ROME
from notifications.alerts.events import EXPIRY_DAYS
from notifications.deadlines import plan_alerts
from notifications.delivery import deliver_notices
from notifications.models import Notice
from notifications.tests.factories import SuppressedAddressFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 6, 15)


def plan(on=ON, **options):
    return {code: count for code, count in plan_alerts(on, **options).items() if count}


def policy(ends_in=20, **fields):
    ends_on = fields.pop("ends_on", ON + timedelta(days=ends_in))
    return PolicyFactory(**{"starts_on": ends_on - timedelta(days=365), "ends_on": ends_on, **fields})


def instalment(due_in, **fields):
    due_on = ON + timedelta(days=due_in)
    made = policy(200, ramo=fields.pop("ramo", "10"), state=fields.pop("state", "active"))
    return InstalmentFactory(policy=made, due_on=due_on, **fields)


# --- The day from which a motor policy is announced: forty days before, so that thirty hold after a week of downtime
GOLDEN = [
    (date(2026, 12, 31), date(2026, 11, 21)),
    (date(2028, 3, 31), date(2028, 2, 20)),  # across 29 February
    (date(2027, 3, 31), date(2027, 2, 19)),  # the same days without one
    (date(2028, 2, 29), date(2028, 1, 20)),
    (date(2026, 4, 30), date(2026, 3, 21)),  # across the change to summer time, 29 March
    (date(2026, 11, 30), date(2026, 10, 21)),  # across the change to winter time, 25 October
    (date(2026, 3, 31), date(2026, 2, 19)),
    (date(2026, 1, 31), date(2025, 12, 22)),  # across the year
]


@pytest.mark.parametrize(("ends_on", "told_from"), GOLDEN)
def test_an_expiry_is_announced_from_its_day_on_and_not_before(ends_on, told_from):
    policy(ends_on=ends_on)
    assert told_from <= ends_on - timedelta(days=30)
    assert plan(told_from - timedelta(days=1)) == {}
    assert plan(told_from) == {"policy-expiring": 1}


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
def test_alerts_leave_at_eight_in_the_morning_whatever_the_clock_does(day):
    policy(ends_on=day + timedelta(days=35))
    with time_machine.travel(datetime(day.year, day.month, day.day, 0, 30, tzinfo=ROME), tick=False):
        plan(day)
    notice = Notice.objects.get()
    assert notice.send_after.astimezone(ROME) == datetime(day.year, day.month, day.day, 8, tzinfo=ROME)


def test_a_run_by_day_lets_them_leave_at_once():
    policy()
    with time_machine.travel(datetime(2026, 6, 15, 12, tzinfo=UTC), tick=False):
        plan()
        assert Notice.objects.get().send_after == timezone.now()


def test_an_alert_is_of_no_use_after_the_expiry():
    made = policy()
    plan()
    assert Notice.objects.get().expires_at == datetime.combine(
        made.ends_on + timedelta(days=1), datetime.min.time(), ROME
    )


# --- Owed and not yet announced
def test_nothing_is_announced_twice():
    policy()
    assert plan() == {"policy-expiring": 1}
    assert plan() == plan(ON + timedelta(days=1)) == {}


def test_a_week_of_downtime_is_caught_up():
    policy(EXPIRY_DAYS)
    assert plan(ON + timedelta(days=7)) == {"policy-expiring": 1}


def test_a_changed_date_is_announced_again():
    made = policy(20)
    plan()
    Policy.objects.filter(pk=made.pk).update(ends_on=ON + timedelta(days=25))
    assert plan() == {"policy-expiring": 1}


def test_a_policy_that_ends_on_the_very_day_is_still_announced_and_the_day_after_no_more():
    policy(0)
    assert plan(ON + timedelta(days=1)) == {}
    assert plan() == {"policy-expiring": 1}


@pytest.mark.parametrize("fields", [{"state": "cancelled"}, {"state": "expired"}, {"state": "suspended", "suspended_on": ON}])  # fmt: skip
def test_a_policy_that_is_not_in_force_is_not_announced(fields):
    policy(**fields)
    assert plan() == {}


def test_a_policy_that_was_renewed_is_not_announced():
    old = policy(20)
    newer = policy(385, holder=old.holder, plate=old.plate)
    assert plan() == {}
    Policy.objects.filter(pk=newer.pk).update(state="cancelled")
    assert plan() == {"policy-expiring": 1}


@pytest.mark.parametrize(
    ("begins_after", "fields", "announced"),
    [
        (0, {}, False),
        (15, {}, False),  # within the days of grace
        (16, {}, True),
        (100, {}, True),
        (1, {"annual": False}, False),  # no grace, and no gap either
        (2, {"annual": False}, True),
    ],
)
def test_a_renewal_begins_before_the_cover_ends(begins_after, fields, announced):
    old = policy(20, **fields)
    begins = old.ends_on + timedelta(days=begins_after)
    policy(holder=old.holder, plate=old.plate, starts_on=begins, ends_on=begins + timedelta(days=365))
    assert plan() == ({"policy-expiring": 1} if announced else {})
    assert Policy.objects.filter(pk=old.pk).not_renewed().exists() == announced


def test_another_vehicle_of_the_same_holder_is_no_renewal():
    old = policy(20)
    policy(385, holder=old.holder)
    assert plan() == {"policy-expiring": 1}


def test_a_policy_whose_next_premium_is_paid_is_not_announced():
    made = policy(20)
    InstalmentFactory(policy=made, due_on=made.ends_on, paid_on=ON)
    assert plan() == {}


@pytest.mark.parametrize(
    ("fields", "announced"),
    [
        ({"ramo": "10", "tacit_renewal": True}, True),  # motor liability never renews by itself
        ({"ramo": "8", "tacit_renewal": False, "plate": ""}, True),
        ({"ramo": "8", "tacit_renewal": True, "plate": ""}, False),
        ({"ramo": "I", "tacit_renewal": False, "plate": ""}, False),
    ],
)
def test_what_renews_by_itself_is_not_announced(fields, announced):
    policy(**fields)
    assert plan() == ({"policy-expiring": 1} if announced else {})


# --- Instalments
@pytest.mark.parametrize(
    ("due_in", "announced"),
    [
        (16, {}),
        (15, {"instalment-due": 1}),
        (0, {"instalment-due": 1}),
        (-1, {}),  # a payment may be on its way
        (-4, {}),
        (-5, {"instalment-overdue": 1}),
        (-15, {"instalment-overdue": 1}),  # the last day of cover
        (-16, {}),
    ],
)
def test_an_instalment_has_its_windows(due_in, announced):
    instalment(due_in)
    assert plan() == announced


@pytest.mark.parametrize(("due_in", "announced"), [(-20, {"instalment-overdue": 1}), (-21, {})])
def test_life_has_twenty_days(due_in, announced):
    instalment(due_in, ramo="I")
    assert plan() == announced


@pytest.mark.parametrize("due_in", [5, -8])
def test_an_instalment_that_was_paid_is_not_announced(due_in):
    instalment(due_in, paid_on=ON)
    assert plan() == {}


@pytest.mark.parametrize("due_in", [5, -8])
def test_an_instalment_of_a_policy_that_is_not_in_force_is_not_announced(due_in):
    instalment(due_in, state="cancelled")
    assert plan() == {}


def test_an_unpaid_first_premium_is_announced_before_and_not_after():
    made = policy(200)
    Policy.objects.filter(pk=made.pk).update(starts_on=ON - timedelta(days=8))
    InstalmentFactory(policy=made, due_on=ON - timedelta(days=8))
    assert plan() == {}
    Policy.objects.filter(pk=made.pk).update(starts_on=ON + timedelta(days=3))
    InstalmentFactory(policy=made, due_on=ON + timedelta(days=3))
    assert plan() == {"instalment-due": 1}
    assert Notice.objects.get().words["is_first"] is True


# --- To which person
def email(customer, value, **fields):
    return ContactPointFactory(customer=customer, kind="email", value=value, **fields)


def told_to(customer):
    return sorted(Notice.objects.filter(customer=customer).values_list("channel", "address"))


def test_without_an_address_it_goes_to_the_reserved_area_of_an_enrolled_customer():
    customer = ReservedAreaAccountFactory().customer
    policy(holder=customer)
    plan()
    assert told_to(customer) == [("inbox", "")]


def test_with_an_address_it_goes_there_and_to_the_reserved_area_of_an_enrolled_customer():
    customer = ReservedAreaAccountFactory().customer
    email(customer, "stated@example.it")
    email(customer, "verified@example.it", verified_at=timezone.now())
    policy(holder=customer)
    other = CustomerFactory()
    email(other, "solo@example.it")
    policy(holder=other)
    plan()
    assert told_to(customer) == [("email", "verified@example.it"), ("inbox", "")]
    assert told_to(other) == [("email", "solo@example.it")]


def test_a_suppressed_address_is_passed_over():
    customer = CustomerFactory()
    email(customer, "rotto@example.it", verified_at=timezone.now())
    email(customer, "buono@example.it")
    SuppressedAddressFactory(address="rotto@example.it")
    policy(holder=customer)
    plan()
    assert told_to(customer) == [("email", "buono@example.it")]


def test_a_customer_reached_in_one_place_is_not_written_to_in_another_later():
    customer = ReservedAreaAccountFactory().customer
    policy(holder=customer)
    plan()
    email(customer, "nuovo@example.it")
    assert plan() == {}


# --- Claims that a file brought in charge
def claim(reported_ago=3, **fields):
    reported_on = ON - timedelta(days=reported_ago)
    given = {
        "state": Claim.State.TAKEN_IN_CHARGE,
        "adjuster": "dott. Elio Dutto",
        "adjuster_phone": "+390255501402",
        "occurred_on": reported_on,
        "reported_on": reported_on,
        "policy__ends_on": date(2028, 1, 1),
    }
    return ClaimFactory(**given | fields)


@pytest.fixture
def history():
    """The claims here began long before."""
    return claim(300, state="paid", paid_on=ON, paid_amount=1, created_at=datetime(2025, 1, 10, tzinfo=UTC))


def test_a_claim_that_arrives_taken_in_charge_is_announced_once(history):
    made = claim()
    assert plan() == {"claim-taken-in-charge": 1}
    assert plan() == {}
    notice = Notice.objects.get()
    assert notice.once == f"claim-taken-in-charge:{made.pk}:post"
    assert made.number in notice.wording.text


@pytest.mark.parametrize("fields", [{"state": "reported"}, {"state": "closed"}, {"adjuster": ""}, {"reported_ago": 61}])  # fmt: skip
def test_a_claim_about_which_there_is_nothing_to_announce_is_not_announced(history, fields):
    claim(**fields)
    assert plan() == {}


@pytest.mark.parametrize("reported_ago", [3, 61, 400])
def test_a_claim_that_a_later_file_takes_in_charge_is_announced_however_long_it_took(reported_ago):
    made = claim(reported_ago, state="reported")
    assert plan() == {}
    Claim.objects.filter(pk=made.pk).update(state=Claim.State.TAKEN_IN_CHARGE)
    assert plan() == {"claim-taken-in-charge": 1}
    assert Notice.objects.get().expires_at == datetime(2026, 8, 15, tzinfo=ROME)
    assert plan() == {}


@pytest.mark.parametrize("state", ["offered", "accepted"])
def test_a_claim_that_a_file_moves_on_in_two_steps_is_announced_with_its_people(state):
    made = claim(3, state="reported")
    Claim.objects.filter(pk=made.pk).update(state=state)
    assert plan() == {"claim-taken-in-charge": 1}


def test_a_claim_is_announced_without_a_telephone_that_is_not_known(history):
    claim(adjuster_phone="")
    assert plan() == {"claim-taken-in-charge": 1}
    text = Notice.objects.get().wording.text
    assert "Elio Dutto." in text


def test_a_claim_whose_adjuster_is_not_named_is_announced_after_some_days(history):
    claim(6, adjuster="", adjuster_phone="")
    assert plan(ON - timedelta(days=1)) == {}
    assert plan() == {"claim-taken-in-charge": 1}


@pytest.mark.parametrize(
    "change", [{"adjuster": "dott.ssa Nora Pavan"}, {"adjuster_phone": "+390255501499"}, {"assessor": "Studio Actis"}]
)
def test_a_change_of_the_people_who_follow_a_claim_is_announced_once(history, change):
    now = timezone.localdate()
    made = claim(occurred_on=now, reported_on=now)
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        assert plan(now) == {"claim-taken-in-charge": 1}
    Claim.objects.filter(pk=made.pk).update(**change)
    assert plan(now) == {"claim-people-changed": 1}
    assert next(iter(change.values())) in Notice.objects.get(kind="claim-people-changed").wording.text
    Claim.objects.filter(pk=made.pk).update(place="Milano")
    assert plan(now) == {}


def test_new_people_before_the_customer_was_informed_are_no_change(history):
    now = timezone.localdate()
    made = claim(occurred_on=now, reported_on=now)
    Claim.objects.filter(pk=made.pk).update(adjuster="dott.ssa Nora Pavan")
    assert plan(now) == {"claim-taken-in-charge": 1}
    assert plan(now) == {}


def test_a_first_import_of_history_informs_nobody():
    for days in (2, 20, 50):
        claim(days, created_at=datetime(2026, 6, 15, 3, tzinfo=UTC))
    assert plan() == {}


# --- The facts and the text
def test_every_kind_of_alert_becomes_a_text(history):
    customer = ReservedAreaAccountFactory().customer
    policy(holder=customer), claim(customer=customer)
    for made in (instalment(5), instalment(-8)):
        Policy.objects.filter(pk=made.policy_id).update(holder=customer)
    with time_machine.travel(datetime(2026, 6, 15, 12, tzinfo=UTC), tick=False):
        assert len(plan()) == 4
        ids = list(Notice.objects.values_list("pk", flat=True))
        assert deliver_notices(Notice.objects.owed(timezone.now()).values_list("pk", flat=True)) == {"sent": 2}
    assert set(Notice.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"sent"}
    assert all(len(notice.body_text) > 200 for notice in Notice.objects.all())


# --- Twice at once, and by hand
@pytest.mark.django_db(transaction=True)
def test_two_plans_at_once_write_each_notice_once():
    for _number in range(20):
        policy()
    ready = threading.Barrier(2)
    written = []

    def work():
        try:
            ready.wait()
            written.append(plan_alerts(ON)["policy-expiring"])
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(written) == Notice.objects.count() == 20


def test_the_command_counts_by_kind(capsys):
    policy()
    call_command("send_deadline_alerts", on="2026-06-15", dry_run=True)
    assert not Notice.objects.exists()
    call_command("send_deadline_alerts", on="2026-06-15")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "0", "0", "0", "0", "0", "1"] * 2
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("text", ["domani", "2026-02-30", ""])
def test_a_day_that_is_none_is_refused(text):
    with pytest.raises(CommandError) as refused:
        call_command("send_deadline_alerts", on=text)
    assert refused.value.returncode == 2
