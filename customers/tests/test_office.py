"""The back office of customers: the whole file on one page, who opened it, and people with their roles."""

import html
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from customers import roles
from customers.access import SAME_LOOK
from customers.models import AccessLog, Claim, Consent, Policy, User
from customers.rami import ramo
from customers.tests import factories as make
from customers.tests.sign_in import signed_in_as
from foundation.office.changes import changes_of

pytestmark = pytest.mark.django_db

EMPTY = {"members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0"}
MOST_QUERIES = 40  # of a customer's file with all its panels, session and access log included


def file_of(customer) -> str:
    return reverse("admin:customers_customer_change", args=[customer.pk])


def panel(page, prefix):
    return next(each for each in page.context["inline_admin_formsets"] if each.formset.prefix == prefix).formset


# --- The file
def test_a_file_costs_the_same_however_much_is_in_it():
    client = signed_in_as(roles.MANAGER)
    customer = make.CustomerFactory()

    def fill():
        policy = make.PolicyFactory(holder=customer)
        make.InstalmentFactory(policy=policy)
        make.ClaimFactory(policy=policy)
        make.ContactPointFactory(customer=customer)

    fill()
    make.ConsentFactory(customer=customer)
    client.get(file_of(customer))
    with CaptureQueriesContext(connection) as once:
        client.get(file_of(customer))
    fill()
    fill()
    with CaptureQueriesContext(connection) as thrice:
        client.get(file_of(customer))
    assert len(thrice) == len(once)
    assert len(once) <= MOST_QUERIES


def test_a_file_shows_what_is_due_next_and_consents_in_force():
    customer = make.CustomerFactory()
    policy = make.PolicyFactory(holder=customer)
    make.InstalmentFactory(policy=policy, due_on=date(2026, 1, 1), paid_on=date(2026, 1, 1))
    make.InstalmentFactory(policy=policy, due_on=date(2026, 12, 1), amount=Decimal("1240.50"))
    make.InstalmentFactory(policy=policy, due_on=date(2026, 7, 1), amount=Decimal("1240.50"))
    make.ConsentFactory(customer=customer, recorded_at=timezone.now() - timedelta(days=2))
    withdrawn = make.ConsentFactory(customer=customer, event=Consent.Event.WITHDRAWN)
    page = signed_in_as(roles.AGENT).get(file_of(customer))
    assert "01/07/2026 – 1.240,50\xa0€" in page.content.decode()
    assert [form.instance for form in panel(page, "consents").initial_forms] == [withdrawn]


def test_a_long_panel_is_shown_by_pages():
    customer = make.CustomerFactory()
    policy = make.PolicyFactory(holder=customer)
    make.ClaimFactory.create_batch(21, policy=policy)
    client = signed_in_as(roles.AGENT)
    assert len(panel(client.get(file_of(customer)), "claims").initial_forms) == 20
    assert len(panel(client.get(file_of(customer), {"claims-page": 2}), "claims").initial_forms) == 1


def test_an_agency_sees_in_a_file_only_its_own_policies():
    customer = make.CustomerFactory()
    own = make.PolicyFactory(holder=customer)
    make.PolicyFactory(holder=customer, agency=make.AgencyFactory())
    client = Client()
    client.force_login(make.AgencyMemberFactory(agency=customer.agency).user)
    page = client.get(file_of(customer))
    assert [form.instance for form in panel(page, "policies").initial_forms] == [own]
    prefixes = {each.formset.prefix for each in page.context["inline_admin_formsets"]}
    assert prefixes.isdisjoint({"complaints", "contacts", "notices"})


# --- Who opened it
def test_opening_a_file_is_written_down_once_in_a_while():
    client, customer = signed_in_as(roles.AGENT), make.CustomerFactory()
    with time_machine.travel("2026-05-04T10:00:00+00:00", tick=False) as clock:
        client.get(file_of(customer))
        client.get(file_of(customer))
        assert AccessLog.objects.filter(customer=customer).count() == 1
        clock.shift(SAME_LOOK + timedelta(seconds=1))
        client.get(file_of(customer))
    assert AccessLog.objects.filter(customer=customer).count() == 2


def test_two_people_who_open_a_file_are_both_written_down():
    customer = make.CustomerFactory()
    for _ in range(2):
        signed_in_as(roles.AGENT).get(file_of(customer))
    assert AccessLog.objects.filter(customer=customer).count() == 2


def test_a_policy_belongs_to_its_holders_file():
    policy = make.PolicyFactory()
    signed_in_as(roles.AGENT).get(reverse("admin:customers_policy_change", args=[policy.pk]))
    assert AccessLog.objects.get().customer == policy.holder


def test_a_person_who_is_not_let_in_is_not_written_down():
    customer = make.CustomerFactory()
    signed_in_as(roles.CAMPAIGN_AUTHOR).get(file_of(customer))
    signed_in_as(roles.AGENCY_MEMBER).get(file_of(customer))
    Client().get(file_of(customer))
    assert not AccessLog.objects.exists()


# --- Finding
@pytest.mark.parametrize(
    "text",
    ["bianchi", "BIANCHI niccolo", "nicc bian", "C-77", "AB999ZZ", "P777", "+39 333 7654321", "4321", "N@Example.it"],
)
def test_a_customer_is_found_by_what_the_caller_says(text):
    make.CustomerFactory.create_batch(2)
    wanted = make.CustomerFactory(code="C-77", last_name="Bianchi", first_name="Niccolò")
    make.PolicyFactory(holder=wanted, number="P777", plate="AB999ZZ")
    make.ContactPointFactory(customer=wanted, value="+393337654321")
    make.ContactPointFactory(customer=wanted, kind="email", value="n@example.it")
    page = signed_in_as(roles.AGENT).get(reverse("admin:customers_customer_changelist"), {"q": text})
    assert list(page.context["cl"].result_list) == [wanted]


def test_a_search_finds_no_customer_of_another_agency():
    make.CustomerFactory(last_name="Bianchi")
    member = make.AgencyMemberFactory()
    ours = make.CustomerFactory(last_name="Bianchi", agency=member.agency)
    client = Client()
    client.force_login(member.user)
    for name, expected in (("customer", [ours]), ("policy", [])):
        page = client.get(reverse(f"admin:customers_{name}_changelist"), {"q": "bianchi"})
        assert list(page.context["cl"].result_list) == expected


def test_policies_about_to_expire_come_by_their_day():
    today = timezone.localdate()
    later, sooner = (make.PolicyFactory(ends_on=today + timedelta(days=days)) for days in (20, 10))
    make.PolicyFactory(ends_on=today + timedelta(days=31))
    page = signed_in_as(roles.AGENT).get(reverse("admin:customers_policy_changelist"), {"work": "expiring"})
    assert list(page.context["cl"].result_list) == [sooner, later]


def test_the_end_of_a_policy_says_until_when_a_paid_renewal_covers():
    today = timezone.localdate()
    policy = make.PolicyFactory(ends_on=today + timedelta(days=10))
    until = policy.ends_on + timedelta(days=365)
    make.RenewalOfferFactory(
        policy=policy, starts_on=policy.ends_on, ends_on=until, paid_on=today, accepted_at=timezone.now()
    )
    wanted = f"rinnovo pagato, copertura fino al {date_format(until, 'DATE_FORMAT')}"
    client = signed_in_as(roles.MANAGER)
    for place in (
        reverse("admin:customers_policy_changelist"),
        reverse("admin:customers_policy_change", args=[policy.pk]),
        reverse("admin:customers_customer_change", args=[policy.holder_id]),
    ):
        assert wanted in client.get(place).content.decode(), place
    make.PolicyFactory(
        holder=policy.holder, ramo=policy.ramo, plate=policy.plate, starts_on=policy.ends_on, ends_on=until
    )
    assert wanted not in client.get(reverse("admin:customers_policy_changelist")).content.decode()


# --- History in words
def test_history_names_the_person_and_the_change_in_words():
    policy = make.PolicyFactory(tacit_renewal=False, product="Auto")
    old_agency, new_agency = policy.agency, make.AgencyFactory()
    Policy.objects.filter(pk=policy.pk).update(agency=new_agency, tacit_renewal=True)
    Policy.objects.filter(pk=policy.pk).update(state="cancelled", premium=None)
    policy.refresh_from_db()
    changes = changes_of(policy, reader=make.UserFactory(role=roles.AGENT))
    changed = {(change.old, change.new) for change in changes}
    assert (str(old_agency), str(new_agency)) in changed
    assert ("480.00", "–") in {(old.replace(",", "."), new) for old, new in changed}
    assert len(changes) == 4
    assert len({change.by for change in changes}) == 1


def test_the_history_page_names_the_person():
    administrator = make.UserFactory(role=roles.ADMINISTRATOR, first_name="Ada", last_name="Neri")
    client = Client()
    client.force_login(administrator)
    agency_user = make.UserFactory(first_name="Maria")
    client.post(
        reverse("admin:customers_user_change", args=[agency_user.pk]),
        {
            "email": agency_user.email,
            "first_name": "Luisa",
            "last_name": agency_user.last_name,
            "language": "it",
            "is_active": "on",
            "agency_memberships-TOTAL_FORMS": "0",
            "agency_memberships-INITIAL_FORMS": "0",
            "campaign_agencies-TOTAL_FORMS": "0",
            "campaign_agencies-INITIAL_FORMS": "0",
        },
    )
    page = client.get(reverse("admin:customers_user_history", args=[agency_user.pk]))
    assert [(change.by, change.old, change.new) for change in page.context["changes"]] == [
        ("Ada Neri", "Maria", "Luisa")
    ]


# --- People and their roles
def new_user(client: Client, **fields):
    data = {
        "email": "Nuova.Persona@Example.it",
        "last_name": "Persona",
        "first_name": "Nuova",
        "language": "it",
        "is_active": "on",
        "agency_memberships-TOTAL_FORMS": "0",
        "agency_memberships-INITIAL_FORMS": "0",
        "campaign_agencies-TOTAL_FORMS": "0",
        "campaign_agencies-INITIAL_FORMS": "0",
    }
    return client.post(reverse("admin:customers_user_add"), data | fields)


def group(role: str) -> int:
    return make.Group.objects.get(name=role).pk


def test_an_administrator_adds_a_member_of_an_agency_without_a_password():
    agency = make.AgencyFactory()
    answer = new_user(
        signed_in_as(roles.ADMINISTRATOR),
        groups=[group(roles.AGENCY_MEMBER)],
        **{"agency_memberships-TOTAL_FORMS": "1", "agency_memberships-0-agency": agency.pk}
        | {"agency_memberships-0-is_active": "on"},
    )
    assert answer.status_code == 302
    user = User.objects.get(email="nuova.persona@example.it")
    assert (user.is_staff, user.has_usable_password(), user.is_superuser) == (True, False, False)
    assert [member.agency for member in user.agency_memberships.all()] == [agency]


@pytest.mark.parametrize("is_named", [True, False])
def test_an_administrator_says_for_which_agencies_a_campaign_author_writes(is_named):
    """A row without an agency is the company over all of them, and is kept although nothing was chosen in it."""
    agency = make.AgencyFactory() if is_named else None
    answer = new_user(
        signed_in_as(roles.ADMINISTRATOR),
        groups=[group(roles.CAMPAIGN_AUTHOR)],
        **{"campaign_agencies-TOTAL_FORMS": "1", "campaign_agencies-0-agency": agency.pk if agency else ""}
        | {"campaign_agencies-0-is_active": "on"},
    )
    assert answer.status_code == 302
    user = User.objects.get(email="nuova.persona@example.it")
    assert [each.agency for each in user.campaign_agencies.all()] == [agency]


def test_a_person_without_a_role_of_the_staff_does_not_enter_the_back_office():
    new_user(signed_in_as(roles.ADMINISTRATOR), groups=[group(roles.CUSTOMER)], is_staff="on", is_superuser="on")
    user = User.objects.get(email="nuova.persona@example.it")
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_an_address_that_is_taken_is_refused_whatever_its_case():
    make.UserFactory(email="nuova.persona@example.it")
    assert new_user(signed_in_as(roles.ADMINISTRATOR)).status_code == 200
    assert User.objects.filter(email="nuova.persona@example.it").count() == 1


def saved(client, user, **fields):
    """The page of a person, sent as it is but for the fields; a field that is None is left out, as a box without its tick."""
    page = reverse("admin:customers_user_change", args=[user.pk])
    form = client.get(page).context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    sent["groups"] = [each.pk for each in user.groups.all()]
    counted = {
        f"{panel}-{count}": "0"
        for panel in ("agency_memberships", "campaign_agencies")
        for count in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    given = {name: value for name, value in (sent | fields).items() if value is not None}
    return client.post(page, given | counted)


@pytest.mark.parametrize("role", [roles.COMPLAINT_OFFICER, roles.MANAGER])
def test_an_administrator_enters_who_heads_the_complaints_office_and_takes_it_back(role):
    client, user = signed_in_as(roles.ADMINISTRATOR), make.UserFactory(role=role)
    for given, heads in (("on", True), (None, False)):
        assert saved(client, user, heads_complaints=given).status_code == 302
        user.refresh_from_db()
        assert user.heads_complaints is heads


def test_a_second_head_of_the_complaints_office_is_refused_and_the_first_named():
    client, first = signed_in_as(roles.ADMINISTRATOR), make.UserFactory(role=roles.MANAGER, heads_complaints=True)
    answer = saved(client, make.UserFactory(role=roles.MANAGER), heads_complaints="on")
    assert answer.status_code == 200
    (sentence,) = answer.context["adminform"].form.errors["heads_complaints"]
    assert str(first) in sentence


def test_the_office_is_headed_by_somebody_who_may_follow_complaints():
    client, agent = signed_in_as(roles.ADMINISTRATOR), make.UserFactory(role=roles.AGENT)
    assert saved(client, agent, heads_complaints="on").context["adminform"].form.errors.keys() == {"heads_complaints"}
    head = make.UserFactory(role=roles.MANAGER, heads_complaints=True)
    answer = saved(client, head, groups=[group(roles.AUDITOR)])
    assert answer.context["adminform"].form.errors.keys() == {"heads_complaints"}


def test_the_list_of_people_says_who_heads_the_complaints_office():
    head = make.UserFactory(role=roles.COMPLAINT_OFFICER, heads_complaints=True)
    client = signed_in_as(roles.ADMINISTRATOR)
    page = client.get(reverse("admin:customers_user_changelist"), headers={"accept-language": "en"}).content.decode()
    assert page.count("heads the complaints office") == 1
    assert head.email in page


def test_an_administrator_does_not_change_a_superuser():
    root = make.UserFactory(is_superuser=True, is_staff=True)
    client = signed_in_as(roles.ADMINISTRATOR)
    assert (
        client.post(reverse("admin:customers_user_change", args=[root.pk]), {"email": "x@example.it"}).status_code
        == 403
    )


@pytest.mark.parametrize("text", ["x" * 10_000, "😀" * 30, "مرحبا ‮ txet", "<script>alert(1)</script>", "\0"])
def test_a_form_takes_or_refuses_any_text_without_failing(text):
    client = signed_in_as(roles.ADMINISTRATOR)
    answer = client.post(
        reverse("admin:customers_agency_add"), {"code": "Z1", "name": text, "is_active": "on"} | EMPTY
    )
    assert answer.status_code in {200, 302}
    assert b"<script>alert" not in client.get(reverse("admin:customers_agency_changelist")).content


# --- Links lead where their reader may go
@pytest.mark.parametrize(("role", "linked"), [(roles.AGENT, True), (roles.AGENCY_MEMBER, False)])
def test_the_agency_of_a_file_is_a_link_for_readers_who_may_open_it(role, linked):
    member = make.AgencyMemberFactory(agency__name="Agenzia di Pavia")
    customer = make.CustomerFactory(agency=member.agency)
    client = Client()
    client.force_login(member.user if role == roles.AGENCY_MEMBER else make.UserFactory(role=role))
    page = client.get(file_of(customer)).content.decode()
    assert "Agenzia di Pavia" in page
    assert (reverse("admin:customers_agency_change", args=[member.agency_id]) in page) == linked


# --- What a page shows in words
def test_a_policy_names_its_line_of_business():
    page = (
        signed_in_as(roles.AGENT)
        .get(reverse("admin:customers_policy_change", args=[make.PolicyFactory(ramo="10").pk]))
        .content.decode()
    )
    assert f"10 – {ramo('10').label}" in html.unescape(page)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "–"),
        ({"complete_on": date(2026, 5, 4)}, "Offer, or refusal with the reasons: by 3 July 2026 (60 days left)"),
        ({"complete_on": date(2026, 2, 2)}, "Offer, or refusal with the reasons: by 3 April 2026 (31 days late)"),
        ({"accepted_on": date(2026, 5, 4), "state": "accepted"}, "Paid: by 19 May 2026 (15 days left)"),
    ],
)
def test_a_claim_shows_by_which_day_the_law_wants_the_next_step(facts, sentence):
    claim = make.ClaimFactory(policy=make.PolicyFactory(ramo="10"), **({"state": "taken_in_charge"} | facts))
    with translation.override("en"), time_machine.travel(date(2026, 5, 4)):
        assert admin.site.get_model_admin(Claim).legal_day_shown(claim) == sentence
