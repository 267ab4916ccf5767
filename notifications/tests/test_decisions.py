"""What a person decides about a notice: in doubt, refused, waiting; and about an address. From commands and from pages."""

from datetime import timedelta

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications import moves, office, services
from notifications.delivery import deliver_notices
from notifications.models import Notice
from notifications.moves import MoveRefused, move_notices
from notifications.tests.factories import InboxNoticeFactory, NoticeFactory, SuppressedAddressFactory
from notifications.tests.mail import mail_server

pytestmark = pytest.mark.django_db

State = Notice.State


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


def in_doubt(**fields):
    return NoticeFactory(state=State.IN_DOUBT, claimed_at=timezone.now(), attempts=1, **fields)


def refused(**fields):
    return NoticeFactory(state=State.REFUSED, attempts=12, problem="550 5.1.1 no such user", **fields)


# --- The table of moves
def test_the_table_names_every_state():
    assert set(moves.NEXT) == set(State)


def test_a_move_that_the_table_does_not_have_is_a_fault():
    sent = NoticeFactory(state=State.SENT, sent_at=timezone.now())
    with pytest.raises(MoveRefused):
        move_notices([sent.pk], old=State.SENT, new=State.QUEUED, at=timezone.now())


def test_a_move_from_a_state_it_is_not_in_moves_nothing():
    waiting = NoticeFactory()
    assert (
        move_notices([waiting.pk], old=State.IN_DOUBT, new=State.SENT, at=timezone.now(), sent_at=timezone.now()) == []
    )
    assert not waiting.events.exists()


# --- Commands
def test_a_notice_in_doubt_went(manager):
    notice = services.confirm_sent(in_doubt(), by=manager, reason="seen in the server's log")
    assert (notice.state, notice.sent_at) == (State.SENT, notice.claimed_at)
    [event] = notice.events.all()
    assert (event.old, event.new, event.by, event.detail) == ("in_doubt", "sent", manager, "seen in the server's log")


def test_a_notice_in_doubt_is_sent_again_with_the_same_message_id(manager):
    notice = NoticeFactory()
    with mail_server() as sink:
        deliver_notices([notice.pk])
        with pgtrigger.ignore("notifications.Notice:sent_is_fixed"):  # as if the server's answer had been lost
            Notice.objects.update(state=State.IN_DOUBT)
        first = Notice.objects.get().message_id
        services.send_again(notice, by=manager)
        deliver_notices([notice.pk])
    assert Notice.objects.get().message_id == first
    assert [first.encode() in received.body for received in sink.messages] == [True, True]


def test_a_refused_notice_begins_again(manager):
    notice = services.try_again(refused(), by=manager)
    assert (notice.state, notice.attempts, notice.problem) == (State.QUEUED, 0, "")


def test_what_is_of_no_use_any_more_is_not_sent_again(manager):
    past = timezone.now() - timedelta(seconds=1)
    for decide, notice in ((services.send_again, in_doubt), (services.try_again, refused)):
        with pytest.raises(Refused) as refusal:
            decide(notice(expires_at=past), by=manager)
        assert refusal.value.code == "expired"


def test_a_notice_that_waits_is_withheld_with_its_reason(manager):
    notice = services.withhold(NoticeFactory(), reason="the customer has died", by=manager)
    assert (notice.state, notice.problem) == (State.WITHHELD, "the customer has died")
    assert deliver_notices([notice.pk]) == {}


def test_a_notice_in_doubt_that_did_not_go_is_withheld_and_counts_as_not_sent(manager):
    notice = in_doubt(expires_at=timezone.now() - timedelta(days=1))
    services.withhold(notice, reason="the server's log has no trace of it", by=manager)
    assert (notice.state, notice.sent_at) == (State.WITHHELD, None)
    [event] = notice.events.all()
    assert (event.old, event.new, event.by) == ("in_doubt", "withheld", manager)


@pytest.mark.parametrize("state", [State.SENT, State.SENDING, State.WITHHELD])
def test_what_is_on_its_way_or_gone_is_not_withheld(manager, state):
    now = timezone.now()
    with pytest.raises(Refused):
        services.withhold(NoticeFactory(state=state, sent_at=now, claimed_at=now), reason="no", by=manager)


def test_each_decision_is_taken_once(manager):
    notice = in_doubt()
    services.confirm_sent(notice, by=manager)
    for decide in (services.confirm_sent, services.send_again):
        with pytest.raises(Refused):
            decide(notice, by=manager)
    assert notice.events.count() == 1


def test_a_suppression_is_lifted_once_and_the_address_is_written_to_again(manager):
    suppressed = SuppressedAddressFactory(address="maria.rossi@example.it")
    lifted = services.lift_suppression(suppressed, by=manager)
    assert (lifted.lifted_by, lifted.lifted_at is not None) == (manager, True)
    with pytest.raises(Refused):
        services.lift_suppression(suppressed, by=manager)
    notice = NoticeFactory(address="maria.rossi@example.it")
    with mail_server():
        assert deliver_notices([notice.pk]) == {"sent": 1}


def test_an_address_is_suppressed_once():
    given = {"channel": "email", "address": " Nessuno@Example.it ", "reason": "no_mailbox"}
    assert services.suppress_address(**given) == services.suppress_address(**given)


# --- Pages
def client_of(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    return client


def command(notice, name):
    return reverse("admin:notifications_notice_command", args=[notice.pk, name])


BUTTONS = [
    (in_doubt, ["partita", "rimanda", "trattieni"]),
    (lambda: in_doubt(expires_at=timezone.now()), ["partita", "trattieni"]),
    (refused, ["riprova", "trattieni"]),
    (lambda: refused(expires_at=timezone.now()), ["trattieni"]),
    (NoticeFactory, ["trattieni"]),
    (lambda: NoticeFactory(state=State.SENT, sent_at=timezone.now()), ["tornata"]),
    (lambda: NoticeFactory(state=State.SENT, sent_at=timezone.now(), arrival="failed"), []),
    (lambda: InboxNoticeFactory(state=State.SENT, sent_at=timezone.now()), []),
]


@pytest.mark.parametrize(
    ("make", "names"),
    BUTTONS,
    ids=["in doubt", "in doubt, past", "refused", "refused, past", "waiting", "sent", "came back", "in the area"],
)
def test_a_page_shows_what_can_be_done_in_its_state(make, names):
    notice = make()
    page = client_of(roles.MANAGER).get(reverse("admin:notifications_notice_change", args=[notice.pk]))
    assert [button.url for button in page.context["command_buttons"]] == [command(notice, name) for name in names]


DECISIONS = [
    (in_doubt, "partita", State.SENT),
    (in_doubt, "rimanda", State.QUEUED),
    (in_doubt, "trattieni", State.WITHHELD),
    (refused, "riprova", State.QUEUED),
    (NoticeFactory, "trattieni", State.WITHHELD),
]


@pytest.mark.parametrize(
    ("make", "name", "state"), DECISIONS, ids=["went", "again", "doubt withheld", "tried", "withheld"]
)
def test_a_decision_is_taken_from_the_page_and_a_second_click_is_refused(make, name, state):
    notice, client = make(), client_of(roles.MANAGER)
    assert client.get(command(notice, name)).status_code == 200
    assert client.post(command(notice, name), {"reason": "perché sì"}).status_code == 302
    notice.refresh_from_db()
    assert notice.state == state
    assert client.post(command(notice, name), {"reason": "perché sì"}).status_code == 409
    assert notice.events.count() == 1


@pytest.mark.parametrize("role", [roles.AGENT, roles.SPECIALIST, roles.AUDITOR])
def test_who_only_reads_notices_decides_nothing(role):
    notice, client = in_doubt(), client_of(role)
    assert client.get(reverse("admin:notifications_notice_change", args=[notice.pk])).context["command_buttons"] == []
    assert client.post(command(notice, "partita"), {}).status_code == 403
    lifting = reverse(
        "admin:notifications_suppressedaddress_command", args=[SuppressedAddressFactory().pk, "riammetti"]
    )
    assert client.post(lifting).status_code == 403


def test_withholding_needs_a_reason():
    notice = NoticeFactory()
    answer = client_of(roles.MANAGER).post(command(notice, "trattieni"), {"reason": ""})
    assert list(answer.context["form"].errors) == ["reason"]


def test_a_suppression_is_lifted_from_its_page():
    suppressed = SuppressedAddressFactory()
    address = reverse("admin:notifications_suppressedaddress_command", args=[suppressed.pk, "riammetti"])
    assert client_of(roles.COMPLAINT_OFFICER).post(address).status_code == 302
    suppressed.refresh_from_db()
    assert suppressed.lifted_at is not None


DOUBTS = reverse_lazy("admin:notifications_notice_list_command", args=["in-dubbio"])


@pytest.mark.parametrize(
    ("decision", "of_use", "past"),
    [
        ("went", State.SENT, State.SENT),
        ("again", State.QUEUED, State.IN_DOUBT),
        ("withhold", State.IN_DOUBT, State.WITHHELD),
    ],
)
def test_all_in_doubt_that_it_can_be_done_to_are_decided_alike(decision, of_use, past):
    notices = [in_doubt() for _ in range(3)]
    late = in_doubt(expires_at=timezone.now() - timedelta(days=1))
    client = client_of(roles.MANAGER)
    assert client.get(DOUBTS).status_code == 200
    assert send_command(client, DOUBTS, {"decision": decision, "reason": "the server's log"}).status_code == 302
    assert {Notice.objects.get(pk=notice.pk).state for notice in notices} == {of_use}
    late.refresh_from_db()
    assert late.state == past


def test_what_is_past_at_the_front_keeps_nobody_behind_it_waiting(monkeypatch):
    monkeypatch.setattr(office, "MOST", 2)
    for _each in range(3):
        in_doubt(expires_at=timezone.now() - timedelta(days=1), created_at=timezone.now() - timedelta(days=2))
    behind = [in_doubt() for _ in range(2)]
    send_command(client_of(roles.MANAGER), DOUBTS, {"decision": "again"})
    assert {Notice.objects.get(pk=notice.pk).state for notice in behind} == {State.QUEUED}


def test_the_most_that_are_decided_at_once_are_the_oldest(monkeypatch):
    monkeypatch.setattr(office, "MOST", 2)
    newest, *older = [in_doubt(created_at=timezone.now() - timedelta(days=days)) for days in range(3)]
    send_command(client_of(roles.MANAGER), DOUBTS, {"decision": "went"})
    assert {Notice.objects.get(pk=notice.pk).state for notice in older} == {State.SENT}
    newest.refresh_from_db()
    assert newest.state == State.IN_DOUBT


def test_withholding_those_in_doubt_needs_a_reason():
    in_doubt(expires_at=timezone.now())
    answer = send_command(client_of(roles.MANAGER), DOUBTS, {"decision": "withhold", "reason": " "})
    assert list(answer.context["form"].errors) == ["reason"]


def test_a_text_that_is_not_made_yet_is_shown_as_it_would_be():
    words = {"policy": "P-77", "product": "Auto", "plate": "AB123CD", "line": "10"}
    words |= {"due_on": "2026-12-31", "amount": "620.25", "is_first": False}
    notice = NoticeFactory(kind="instalment-due", words=words, subject="", body_text="")
    client = client_of(roles.MANAGER)
    page = client.get(reverse("admin:notifications_notice_change", args=[notice.pk])).content.decode()
    assert "AB123CD" in page
    listed = client.get(reverse("admin:notifications_notice_changelist")).content.decode()
    assert "P-77" in listed
