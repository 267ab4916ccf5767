"""Alerts about terms: each rung once, the nearest only after days without a worker, again and higher up once it is past."""

from datetime import UTC, date, datetime, timedelta

import pytest

from complaints.models import Complaint, ComplaintEvent
from complaints.services import warn_of_terms
from complaints.tests.factories import ComplaintFactory, SuspensionFactory
from customers import roles
from customers.tests.factories import UserFactory
from notifications.delivery import deliver_notices
from notifications.models import Notice

pytestmark = pytest.mark.django_db
DUE = date(2026, 9, 3)


@pytest.fixture
def complaint(officer):
    return ComplaintFactory(received_on=date(2026, 7, 20), handler=officer, state=Complaint.State.UNDER_REVIEW)


@pytest.fixture
def head():
    return UserFactory(role=roles.COMPLAINT_OFFICER, heads_complaints=True)


def keys() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("once", flat=True))


def key(complaint, rung, due=DUE) -> str:
    return f"complaint-rung:{complaint.pk}:{rung}:{due}"


def test_every_rung_is_warned_of_once_over_the_life_of_a_complaint(complaint, officer):
    for days in range(46):
        for _twice in range(2):
            warn_of_terms(date(2026, 7, 20) + timedelta(days=days))
    assert keys() == [key(complaint, rung) for rung in (30, 15, 7, 3, 1, 0)]
    assert set(Notice.objects.values_list("user", "channel", "address")) == {(officer.pk, "email", officer.email)}


def warned_past_the_term() -> list[tuple[int, set[str]]]:
    """On which days past the term somebody was warned, and who; the work is done twice each day."""
    warned = []
    for days in range(1, 13):
        for _twice in range(2):
            if warn_of_terms(DUE + timedelta(days=days)):
                warned.append((days, set(ComplaintEvent.objects.latest("pk").details["told"])))
    return warned


def test_past_its_term_the_warning_is_repeated_every_five_days_and_goes_up(complaint, officer, head):
    UserFactory(role=roles.COMPLAINT_OFFICER)
    manager = UserFactory(role=roles.MANAGER)
    assert warned_past_the_term() == [
        (1, {str(officer)}),
        (6, {str(officer), str(head)}),
        (11, {str(officer), str(head), str(manager)}),
    ]


def test_until_the_answer_it_goes_on_at_the_same_pace(complaint, officer, head):
    manager = UserFactory(role=roles.MANAGER)
    assert warn_of_terms(DUE + timedelta(days=41)) == 1
    assert keys() == [
        key(complaint, "overdue-9"),
        *(f"{key(complaint, 'overdue-9')}:{who.pk}" for who in (head, manager)),
    ]
    assert warn_of_terms(DUE + timedelta(days=45)) == 0
    Complaint.objects.filter(pk=complaint.pk).update(state=Complaint.State.WITHDRAWN)
    assert warn_of_terms(DUE + timedelta(days=46)) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"heads_complaints": False},
        {"is_active": False},
        {"date_joined": datetime(2020, 1, 1, tzinfo=UTC)},
    ],
    ids=["nobody", "left", "away"],
)
def test_without_a_head_of_the_office_who_is_here_the_managers_are_warned_in_their_place(
    complaint, officer, head, change
):
    type(head).objects.filter(pk=head.pk).update(**change)
    manager = UserFactory(role=roles.MANAGER)
    warn_of_terms(DUE + timedelta(days=6))
    warned = set(Notice.objects.values_list("user", flat=True))
    assert warned == {officer.pk, manager.pk} | ({head.pk} if "date_joined" in change else set())


def test_a_head_whose_role_was_taken_away_is_not_written_to(complaint, officer, head):
    head.groups.clear()
    manager = UserFactory(role=roles.MANAGER)
    warn_of_terms(DUE + timedelta(days=6))
    assert set(Notice.objects.values_list("user", flat=True)) == {officer.pk, manager.pk}


def test_of_a_complaint_that_the_head_follows_the_managers_are_warned(complaint, head):
    Complaint.objects.filter(pk=complaint.pk).update(handler=head)
    manager = UserFactory(role=roles.MANAGER)
    warn_of_terms(DUE + timedelta(days=6))
    assert set(Notice.objects.values_list("user", flat=True)) == {head.pk, manager.pk}


def test_a_manager_who_heads_the_office_is_warned_once(complaint, officer):
    manager = UserFactory(role=roles.MANAGER, heads_complaints=True)
    for days in (6, 11):
        warn_of_terms(DUE + timedelta(days=days))
    assert list(Notice.objects.filter(user=manager).order_by("pk").values_list("once", flat=True)) == [
        f"{key(complaint, rung)}:{manager.pk}" for rung in ("overdue-2", "overdue-3")
    ]


def test_where_no_officer_is_here_the_head_is_warned_before_the_term(complaint, officer):
    type(officer).objects.filter(pk=officer.pk).update(last_login=datetime(2020, 1, 1, tzinfo=UTC))
    head = UserFactory(role=roles.MANAGER, heads_complaints=True)
    UserFactory(role=roles.MANAGER)
    warn_of_terms(DUE)
    assert set(Notice.objects.values_list("user", flat=True)) == {officer.pk, head.pk}


@pytest.mark.parametrize(
    "seen", [{"last_login": datetime(2020, 1, 1, tzinfo=UTC)}, {"date_joined": datetime(2020, 1, 1, tzinfo=UTC)}]
)
def test_who_is_away_is_passed_over(complaint, officer, seen):
    type(officer).objects.filter(pk=officer.pk).update(**seen)
    other = UserFactory(role=roles.COMPLAINT_OFFICER)
    warn_of_terms(DUE)
    assert set(Notice.objects.values_list("user", flat=True)) == {officer.pk, other.pk}


def test_where_every_officer_is_away_the_managers_are_warned(complaint, officer):
    type(officer).objects.filter(pk=officer.pk).update(last_login=datetime(2020, 1, 1, tzinfo=UTC))
    manager = UserFactory(role=roles.MANAGER)
    warn_of_terms(DUE)
    assert set(Notice.objects.values_list("user", flat=True)) == {officer.pk, manager.pk}


def test_after_days_without_a_worker_only_the_nearest_rung_is_warned_of(complaint):
    assert warn_of_terms(DUE - timedelta(days=2)) == 1
    assert keys() == [key(complaint, 3)]


def test_a_term_that_moved_is_warned_of_again(complaint):
    warn_of_terms(DUE - timedelta(days=6))
    Complaint.objects.filter(pk=complaint.pk).update(suspended_days=1)
    warn_of_terms(DUE - timedelta(days=6))
    assert keys() == [key(complaint, 7), key(complaint, 7, DUE + timedelta(days=1))]


def test_without_a_handler_every_officer_is_warned(officer):
    other = UserFactory(role=roles.COMPLAINT_OFFICER)
    UserFactory(role=roles.COMPLAINT_OFFICER, is_active=False)
    complaint = ComplaintFactory(received_on=date(2026, 7, 20))
    for _twice in range(2):
        warn_of_terms(DUE)
    assert set(Notice.objects.values_list("user", flat=True)) == {officer.pk, other.pk}
    event = complaint.events.get()
    assert (event.kind, event.details["days_left"]) == (ComplaintEvent.Kind.ALERTED, 0)


def test_a_handler_who_left_is_not_warned_but_the_others_are(complaint, officer):
    officer.is_active = False
    officer.save()
    other = UserFactory(role=roles.COMPLAINT_OFFICER)
    warn_of_terms(DUE)
    assert Notice.objects.get().user == other


def test_where_nobody_follows_complaints_nothing_breaks():
    ComplaintFactory(received_on=date(2026, 7, 20))
    assert warn_of_terms(DUE) == 0


@pytest.mark.parametrize("state", [Complaint.State.SUSPENDED, Complaint.State.WITHDRAWN])
def test_while_the_clock_does_not_run_there_are_no_warnings(complaint, state):
    Complaint.objects.filter(pk=complaint.pk).update(state=state)
    assert warn_of_terms(DUE) == 0


def test_a_suspension_that_began_after_the_term_silences_no_alert(complaint, officer):
    Complaint.objects.filter(pk=complaint.pk).update(state=Complaint.State.SUSPENDED)
    SuspensionFactory(complaint=complaint, started_on=DUE + timedelta(days=1), ended_on=None)
    assert warn_of_terms(DUE + timedelta(days=2)) == 1


def test_a_term_still_far_away_is_not_warned_of(complaint):
    assert warn_of_terms(DUE - timedelta(days=31)) == 0


def test_looking_costs_the_same_at_one_complaint_and_at_three(complaint, officer, django_assert_num_queries):
    warn_of_terms(DUE)
    with django_assert_num_queries(2):
        warn_of_terms(DUE)
    for _ in range(2):
        ComplaintFactory(received_on=date(2026, 7, 20), handler=officer, state=Complaint.State.UNDER_REVIEW)
    warn_of_terms(DUE)
    with django_assert_num_queries(2):
        warn_of_terms(DUE)


@pytest.mark.parametrize("change", [{"state": Complaint.State.WITHDRAWN}, {"suspended_days": 1}])
def test_a_warning_that_is_not_true_any_more_does_not_leave(complaint, change):
    warn_of_terms(DUE - timedelta(days=6))
    Complaint.objects.filter(pk=complaint.pk).update(**change)
    deliver_notices(Notice.objects.values_list("pk", flat=True))
    notice = Notice.objects.get()
    assert (notice.state, bool(notice.problem)) == ("withheld", True)


def test_a_warning_that_is_still_true_leaves(complaint):
    warn_of_terms(DUE - timedelta(days=6))
    deliver_notices(Notice.objects.values_list("pk", flat=True))
    assert Notice.objects.get().state == "sent"
