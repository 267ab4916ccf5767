"""An alert is settled when it reached somebody: until then it is owed, by whatever can carry it."""

from datetime import date, datetime

import pytest
import time_machine
from django.utils import timezone

from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.dates import ROME
from notifications.channels import NotTaken
from notifications.channels.inbox import InboxChannel
from notifications.deadlines import plan_alerts
from notifications.delivery import deliver_notices
from notifications.kinds import CLAIM_TAKEN_IN_CHARGE
from notifications.models import Notice
from notifications.retries import DELAYS
from notifications.services import tell_customer, withhold
from notifications.tests.test_kinds import CLAIM

pytestmark = pytest.mark.django_db

State = Notice.State


@pytest.fixture
def mail():
    """A mail channel, the mailboxes that it reports as unknown or refuses, and the addresses it sent to."""

    class Mail:
        gone, unwilling, sent = set(), set(), []

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        def send(self, message, claimed):
            claimed()
            if message.address in self.gone | self.unwilling:
                raise NotTaken("550 no", no_such_mailbox=message.address in self.gone)
            self.sent.append(message.address)

    return Mail


def on(month, day, hour=9):
    return time_machine.travel(datetime(2030, month, day, hour, tzinfo=ROME), tick=False)


def deliver(mail):
    ids = list(Notice.objects.owed(timezone.now()).values_list("pk", flat=True))
    return dict(deliver_notices(ids, channels={Notice.Channel.EMAIL: mail, Notice.Channel.INBOX: InboxChannel}))


def plan_and_deliver(mail, *days):
    for month, day in days:
        with on(month, day):
            plan_alerts()
            deliver(mail)


def email(customer, value, **fields):
    return ContactPointFactory(customer=customer, kind="email", value=value, **fields)


def motor(holder, **fields):
    return PolicyFactory(holder=holder, **{"starts_on": date(2029, 4, 5), "ends_on": date(2030, 4, 5), **fields})


def about(customer):
    notices = Notice.objects.filter(customer=customer).order_by("pk")
    return [(notice.channel, notice.address, notice.state) for notice in notices]


# --- The next address
def test_an_alert_to_a_mailbox_that_does_not_exist_goes_to_the_next_address(mail):
    customer = CustomerFactory()
    email(customer, "gone@example.it"), email(customer, "good@example.it")
    mail.gone = {"gone@example.it"}
    motor(customer)
    plan_and_deliver(mail, (3, 1), (3, 2), (3, 6))
    assert mail.sent == ["good@example.it"]
    assert about(customer) == [
        ("email", "gone@example.it", State.REFUSED),
        ("email", "good@example.it", State.SENT),
    ]


def test_an_address_that_refused_an_alert_is_not_asked_again_and_again(mail):
    customer = CustomerFactory()
    email(customer, "full@example.it"), email(customer, "good@example.it")
    mail.unwilling = {"full@example.it", "good@example.it"}
    motor(customer)
    plan_and_deliver(mail, (3, 1), (3, 2), (3, 3), (3, 4))
    assert about(customer) == [
        ("email", "full@example.it", State.REFUSED),
        ("email", "good@example.it", State.REFUSED),
        ("post", "", State.QUEUED),
    ]


def test_an_alert_that_was_given_up_is_tried_again_at_the_same_address(mail):
    customer = CustomerFactory()
    email(customer, "slow@example.it")
    motor(customer)
    with on(3, 1):
        plan_alerts()
    Notice.objects.update(state=State.REFUSED, attempts=len(DELAYS) + 1)
    plan_and_deliver(mail, (3, 5))
    assert mail.sent == ["slow@example.it"]


def test_an_alert_that_reached_the_reserved_area_is_settled(mail):
    customer = ReservedAreaAccountFactory().customer
    email(customer, "gone@example.it"), email(customer, "good@example.it")
    mail.gone = {"gone@example.it"}
    motor(customer)
    plan_and_deliver(mail, (3, 1), (3, 2))
    assert about(customer) == [("email", "gone@example.it", State.REFUSED), ("inbox", "", State.SENT)]


def test_what_a_person_withheld_is_settled(mail):
    customer = CustomerFactory()
    email(customer, "anna@example.it")
    motor(customer)
    with on(3, 1, hour=5):
        plan_alerts()
    withhold(Notice.objects.get(), reason="sa già", by=UserFactory())
    plan_and_deliver(mail, (3, 2))
    assert about(customer) == [("email", "anna@example.it", State.WITHHELD)]


# --- A customer whom nothing reaches
def test_whoever_has_no_email_and_is_not_enrolled_is_on_the_list_of_a_person(mail):
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, kind="pec", value="ditta@pec.example.it")
    motor(customer)
    plan_and_deliver(mail, (3, 1), (3, 2))
    assert about(customer) == [("post", "ditta@pec.example.it", State.QUEUED)]
    assert [notice.customer for notice in Notice.objects.by_hand()] == [customer]


@pytest.mark.parametrize("fields", [{"state": "suspended"}, {"state": "closed"}, {"user__is_active": False}])
def test_a_reserved_area_that_cannot_be_opened_is_no_channel(mail, fields):
    customer = ReservedAreaAccountFactory(**fields).customer
    motor(customer)
    plan_and_deliver(mail, (3, 1))
    assert about(customer) == [("post", "", State.QUEUED)]


def test_an_account_that_was_closed_since_the_plan_is_found_out_before_sending(mail):
    account = ReservedAreaAccountFactory()
    motor(account.customer)
    with on(3, 1, hour=5):
        plan_alerts()
    account.state = "closed"
    account.save()
    with on(3, 1):
        deliver(mail)
        plan_alerts()
    assert about(account.customer) == [("inbox", "", State.WITHHELD), ("post", "", State.QUEUED)]


def test_an_address_that_became_known_takes_it_off_the_list(mail):
    customer = CustomerFactory()
    motor(customer)
    plan_and_deliver(mail, (3, 1))
    email(customer, "nuovo@example.it")
    plan_and_deliver(mail, (3, 2))
    assert about(customer) == [("post", "", State.WITHHELD), ("email", "nuovo@example.it", State.SENT)]


def test_what_is_not_owed_any_more_leaves_the_list(mail):
    policy = motor(CustomerFactory())
    plan_and_deliver(mail, (3, 1))
    policy.state = "cancelled"
    policy.save()
    plan_and_deliver(mail, (3, 2))
    notice = Notice.objects.get()
    assert (notice.state, bool(notice.problem)) == (State.WITHHELD, True)


def test_a_command_puts_a_customer_whom_nothing_reaches_on_the_list():
    customer = CustomerFactory()
    [notice] = tell_customer(CLAIM_TAKEN_IN_CHARGE, once="prova:1", words=CLAIM, customer=customer)
    assert (notice.channel, notice.once, notice.state) == ("post", "prova:1:post", State.QUEUED)
    assert notice.body_text
