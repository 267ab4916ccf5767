"""At the desk: an agent changes how a person wants to be written to, with the reason, and answers why nothing was written."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.tests.factories import ClaimFactory, ContactPointFactory, CustomerFactory, PolicyFactory
from customers.tests.sign_in import signed_in_as
from notifications import kinds
from notifications.models import PreferenceChange
from notifications.preferences.queries import chosen_by, keys_offered
from notifications.tests.factories import NoticeFactory, PreferenceChangeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    made = CustomerFactory()
    ContactPointFactory(customer=made, kind="email", value="anna@example.it")
    return made


def command(customer, name):
    return reverse("admin:customers_customer_command", args=[customer.pk, name])


def form(*, without=(), **fields):
    on = [key for key in keys_offered() if key not in without]
    return {"on": on, "language": "it", "digest": "on", "reason": "L’ha chiesto al telefono", **fields}


def test_an_agent_changes_preferences_with_the_reason(customer):
    desk = signed_in_as(roles.AGENT)
    answer = desk.post(command(customer, "preferenze-avvisi"), form(without=["claims:email"]), follow=True)
    text = answer.content.decode()
    assert "Le preferenze sono modificate." in text
    assert "Sinistri, e-mail: disattivato" in text
    assert chosen_by(customer).off == {"claims:email"}
    change = PreferenceChange.objects.get()
    assert (change.source, change.reason) == ("desk", "L’ha chiesto al telefono")


def test_the_form_shows_what_holds_now(customer):
    desk = signed_in_as(roles.AGENT)
    desk.post(
        command(customer, "preferenze-avvisi"), form(without=["claims:email"], quiet_from="13:00", quiet_until="15:00")
    )
    text = desk.get(command(customer, "preferenze-avvisi")).content.decode()
    assert text.count("checked") == len(keys_offered())  # one is off, and several deadlines in one message is on
    assert 'value="13:00"' in text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"reason": ""}, "obbligatorio"), ({"quiet_from": "13:00"}, "Indichi entrambe le ore")],
)
def test_what_is_wrong_is_said_and_nothing_is_changed(customer, fields, sentence):
    desk = signed_in_as(roles.AGENT)
    answer = desk.post(command(customer, "preferenze-avvisi"), form(without=["claims:email"]) | fields)
    assert sentence in answer.content.decode()
    assert not PreferenceChange.objects.exists()


def test_who_may_not_change_them_reads_them(customer):
    PreferenceChangeFactory(customer=customer)
    desk = signed_in_as(roles.COMPLAINT_OFFICER)
    assert desk.post(command(customer, "preferenze-avvisi"), form()).status_code == 403
    page = desk.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert "Scadenze delle Sue polizze, SMS: disattivato" in page


def test_why_a_person_was_not_written_to(customer):
    day = timezone.localdate()
    fields = {"starts_on": day - timedelta(days=200), "ends_on": day + timedelta(days=165)}
    made = PolicyFactory(holder=customer, number="P9", **fields)
    desk = signed_in_as(roles.AGENT)
    asked = {"about": f"policy:{made.pk}", "kind": kinds.POLICY_EXPIRING.code}
    answer = desk.post(command(customer, "perche-non-scritto"), asked, follow=True)
    assert "Non ancora scritto: la polizza P9 scade" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == command(customer, "perche-non-scritto")


def test_a_kind_that_does_not_fit_is_said(customer):
    made = PolicyFactory(holder=customer)
    ClaimFactory(customer=customer, policy=made)
    desk = signed_in_as(roles.AGENT)
    asked = {"about": f"policy:{made.pk}", "kind": kinds.CLAIM_TAKEN_IN_CHARGE.code}
    answer = desk.post(command(customer, "perche-non-scritto"), asked)
    assert "Questo avviso riguarda un sinistro: ne scelga uno." in answer.content.decode()
    other = desk.post(command(customer, "perche-non-scritto"), asked | {"about": f"policy:{PolicyFactory().pk}"})
    assert "Questo avviso" not in other.content.decode()
    assert other.status_code == 200


def test_a_person_without_policies_is_not_asked_about(customer):
    desk = signed_in_as(roles.AGENT)
    text = desk.get(command(customer, "perche-non-scritto")).content.decode()
    assert "non c’è nulla di cui avvisarla" in text


def test_the_notices_page_says_why(customer):
    notice = NoticeFactory(
        customer=customer, kind="policy-expiring", state="sent", sent_at=timezone.now(), address="anna@example.it"
    )
    page = signed_in_as(roles.AGENT).get(reverse("admin:notifications_notice_change", args=[notice.pk]))
    assert "Le abbiamo scritto “La Sua polizza sta per scadere” per e-mail a anna@example.it" in page.content.decode()


def test_the_history_in_the_file_is_paged_and_counted(customer, django_assert_max_num_queries):
    desk, address = signed_in_as(roles.AGENT), reverse("admin:customers_customer_change", args=[customer.pk])
    PreferenceChangeFactory(customer=customer)
    desk.get(address)
    with django_assert_max_num_queries(200) as first:
        desk.get(address)
    PreferenceChangeFactory.create_batch(3, customer=customer)
    with django_assert_max_num_queries(len(first)):
        desk.get(address)
