"""Asked just before a notice is sent: is it still owed, and is its address still the customer's?"""

from datetime import date, datetime

import pytest
import time_machine

from customers.models import Claim, ContactPoint, Instalment, Policy
from customers.tests.factories import (
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
)
from foundation.dates import ROME
from notifications.claims import take_claim_in_charge
from notifications.deadlines import plan_alerts
from notifications.delivery import deliver_notices
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory, NoticePreferenceFactory, SuppressedAddressFactory
from notifications.tests.mail import mail_server

pytestmark = pytest.mark.django_db

State = Notice.State


def on(month, day, hour=9):
    return time_machine.travel(datetime(2030, month, day, hour, tzinfo=ROME), tick=False)


@pytest.fixture
def customer():
    made = CustomerFactory(language="en")
    ContactPointFactory(customer=made, kind="email", value="anna@example.it")
    return made


def policy(customer, **fields):
    return PolicyFactory(holder=customer, **{"starts_on": date(2029, 4, 5), "ends_on": date(2030, 4, 5), **fields})


def late(customer):
    """An instalment that is overdue on 1 March."""
    made = policy(customer, ends_on=date(2030, 9, 1), starts_on=date(2029, 9, 1), ramo="8", plate="")
    return InstalmentFactory(policy=made, due_on=date(2030, 2, 20), amount="120.00")


def planned():
    with on(3, 1, hour=5):
        plan_alerts()


def sent():
    """What leaves at eight: the recipients, and the notice as it is then."""
    with on(3, 1), mail_server() as sink:
        deliver_notices(Notice.objects.values_list("pk", flat=True))
    return [each.recipient for each in sink.messages], Notice.objects.get()


def test_what_is_still_owed_goes(customer):
    late(customer)
    planned()
    recipients, notice = sent()
    assert (recipients, notice.state) == (["anna@example.it"], State.SENT)


def test_nothing_goes_about_an_instalment_that_was_paid_meanwhile(customer):
    made = late(customer)
    planned()
    Instalment.objects.filter(pk=made.pk).update(paid_on=date(2030, 2, 28))
    recipients, notice = sent()
    assert (recipients, notice.state, notice.problem) == ([], State.WITHHELD, "Pagato nel frattempo.")
    assert [event.detail for event in notice.events.all()] == [notice.problem]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": "cancelled"}, "La polizza non è più in vigore."),
        ({"ends_on": date(2030, 5, 5)}, "La data è cambiata nel frattempo."),
    ],
)
def test_nothing_goes_about_a_policy_that_changed_meanwhile(customer, change, reason):
    made = policy(customer)
    planned()
    Policy.objects.filter(pk=made.pk).update(**change)
    recipients, notice = sent()
    assert (recipients, notice.state, notice.problem) == ([], State.WITHHELD, reason)


def test_nothing_goes_about_a_policy_that_was_renewed_meanwhile(customer):
    old = policy(customer)
    planned()
    policy(customer, plate=old.plate, starts_on=date(2030, 4, 5), ends_on=date(2031, 4, 5))
    recipients, notice = sent()
    assert (recipients, notice.problem) == ([], "Rinnovata nel frattempo.")


def test_an_amount_that_was_corrected_meanwhile_is_the_one_in_the_text(customer):
    made = late(customer)
    planned()
    Instalment.objects.filter(pk=made.pk).update(amount="95.50")
    _recipients, notice = sent()
    assert "95.50" in notice.body_text


def test_a_text_that_was_made_of_other_facts_is_withheld_and_written_again(customer):
    made = late(customer)
    planned()
    Notice.objects.update(subject="s", body_text="Euro 120")
    Instalment.objects.filter(pk=made.pk).update(amount="95.50")
    recipients, notice = sent()
    assert (recipients, notice.state) == ([], State.WITHHELD)
    with on(3, 2):
        assert plan_alerts()["instalment-overdue"] == 1


def test_a_retry_is_asked_as_well(customer):
    made = late(customer)
    planned()
    Notice.objects.update(attempts=3)
    Instalment.objects.filter(pk=made.pk).update(paid_on=date(2030, 3, 1))
    assert sent()[0] == []


def test_a_notice_of_a_claim_that_is_over_is_withheld(customer):
    claim = ClaimFactory(customer=customer, state=Claim.State.REPORTED)
    take_claim_in_charge(claim, adjuster="Neri", adjuster_phone="02 48219001", by=None)
    Claim.objects.filter(pk=claim.pk).update(state=Claim.State.CLOSED)
    with mail_server() as sink:
        deliver_notices(Notice.objects.values_list("pk", flat=True))
    assert (sink.messages, Notice.objects.get().state) == ([], State.WITHHELD)


# --- To which address
def test_an_address_that_was_corrected_meanwhile_is_the_one_written_to(customer):
    late(customer)
    planned()
    point = ContactPoint.objects.get(customer=customer)
    point.value = "nuova@example.it"
    point.save()
    recipients, notice = sent()
    assert (recipients, notice.address) == (["nuova@example.it"], "nuova@example.it")


def test_without_another_address_a_notice_to_a_former_one_is_withheld(customer):
    late(customer)
    planned()
    ContactPoint.objects.filter(customer=customer).delete()
    recipients, notice = sent()
    assert (recipients, notice.state) == ([], State.WITHHELD)


def test_a_suppressed_address_is_changed_for_another_of_the_customer(customer):
    late(customer)
    planned()
    SuppressedAddressFactory(address="anna@example.it")
    ContactPointFactory(customer=customer, kind="email", value="altra@example.it")
    assert sent()[0] == ["altra@example.it"]


def test_another_address_is_not_one_to_which_nothing_goes_either(customer):
    late(customer)
    planned()
    ContactPointFactory(customer=customer, kind="email", value="altra@example.it")
    SuppressedAddressFactory(address="anna@example.it"), SuppressedAddressFactory(address="altra@example.it")
    assert sent()[0] == []


def test_an_address_that_was_never_in_the_file_is_left_as_it_was_typed(customer):
    notice = NoticeFactory(customer=customer, address="altrove@example.it")
    with mail_server() as sink:
        deliver_notices([notice.pk])
    assert [each.recipient for each in sink.messages] == ["altrove@example.it"]


def test_a_link_for_one_address_goes_to_no_other(customer):
    notice = NoticeFactory(customer=customer, kind="enrolment-link", address="anna@example.it")
    point = ContactPoint.objects.get(customer=customer)
    point.value = "nuova@example.it"
    point.save()
    with mail_server() as sink:
        deliver_notices([notice.pk])
    notice.refresh_from_db()
    assert (sink.messages, notice.state) == ([], State.WITHHELD)


@pytest.mark.parametrize("number", [1, 3])
def test_a_chunk_is_asked_with_the_same_number_of_queries(customer, number, django_assert_num_queries):
    with on(3, 1, hour=5):
        for _place in range(number):
            late(customer)
        NoticePreferenceFactory(customer=customer, digest=False)
        plan_alerts()
    with on(3, 1), mail_server(), django_assert_num_queries(11 + number):
        deliver_notices(list(Notice.objects.order_by("pk").values_list("pk", flat=True)))
    assert Notice.objects.filter(state=State.SENT).count() == number
