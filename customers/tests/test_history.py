"""Who changed what: earlier rows are kept whoever writes, and what is evidence cannot be rewritten."""

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from customers import roles
from customers.models import (
    AccessLog,
    Agency,
    CalendarFeed,
    Consent,
    ContactPoint,
    Customer,
    Document,
    DocumentOpening,
    Policy,
    User,
)
from customers.tests import factories as make
from foundation.retention import erasing
from foundation.tests.database import refused_by_trigger

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)

KEPT = {
    "User",
    "ReservedAreaAccount",
    "AgencyMember",
    "CampaignAgency",
    "Customer",
    "ContactPoint",
    "Policy",
    "Instalment",
    "Claim",
    "PolicyPerson",
    "Payment",
    "RenewalOffer",
}


def test_the_models_that_change_keep_their_history():
    kept = {model.__name__ for model in apps.get_app_config("customers").get_models() if hasattr(model, "history")}
    assert kept == KEPT


def test_an_insert_writes_no_history():
    assert not make.CustomerFactory().history.exists()


def test_save_update_bulk_update_and_raw_sql_all_keep_the_earlier_row():
    policy = make.PolicyFactory(product="one")
    policy.product = "two"
    policy.save()
    Policy.objects.filter(pk=policy.pk).update(product="three")
    policy.product = "four"
    Policy.objects.bulk_update([policy], ["product"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_policy SET product = 'five' WHERE id = %s", [policy.pk])
    assert list(policy.history.order_by("pgh_id").values_list("product", flat=True)) == ["one", "two", "three", "four"]


def test_an_update_that_changes_nothing_writes_no_history():
    point = make.ContactPointFactory()
    ContactPoint.objects.filter(pk=point.pk).update(kind=point.kind)
    assert not point.history.exists()


def test_a_delete_keeps_the_last_row():
    point = make.ContactPointFactory(value="+393330000001")
    pk = point.pk
    point.delete()
    kept = ContactPoint.history.rel.related_model.objects.get(pgh_obj_id=pk)
    assert (kept.value, kept.pgh_label) == ("+393330000001", "delete")


def test_passwords_and_sign_ins_are_not_in_the_history(client):
    user = make.UserFactory()
    client.force_login(user)
    user.set_password("un'altra-parola-per-le-prove")
    user.save()
    history = User.history.rel.related_model
    assert {"password", "last_login"}.isdisjoint(field.name for field in history._meta.fields)
    assert not history.objects.exists()


def test_the_search_key_is_not_in_the_history():
    customer = make.CustomerFactory()
    Customer.objects.filter(pk=customer.pk).update(search_key="other")
    assert not customer.history.exists()


def test_a_change_made_through_a_page_names_the_person(client):
    manager = make.UserFactory(role=roles.ADMINISTRATOR)
    member = make.AgencyMemberFactory()
    client.force_login(manager)
    address = reverse("admin:customers_user_change", args=[member.user_id])
    page = client.get(address)
    form = page.context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields} | {"first_name": "Luisa", "is_active": "on"}
    data["groups"] = [group.pk for group in data["groups"]]
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        data |= {management.add_prefix(name): management.initial[name] for name in management.fields}
        for each in formset.formset.initial_forms:
            data |= {each.add_prefix(name): each[name].value() or "" for name in each.fields}
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["errors"]
    change = User.history.rel.related_model.objects.get(pgh_obj=member.user)
    assert change.first_name == "Maria"
    assert change.pgh_context.metadata["user"] == manager.pk


def test_a_consent_is_neither_changed_nor_deleted():
    consent = make.ConsentFactory()
    consent.event = Consent.Event.WITHDRAWN
    for attempt in (
        consent.save,
        consent.delete,
        lambda: Consent.objects.update(evidence="none"),
        lambda: Consent.objects.all()._raw_delete("default"),
    ):
        with refused_by_trigger():
            attempt()
    assert Consent.objects.get().event == Consent.Event.GIVEN


def test_a_look_at_a_file_is_not_rewritten_but_ends_with_its_retention():
    look = make.AccessLogFactory(what="customer")
    with refused_by_trigger():
        AccessLog.objects.update(what="nothing")
    with refused_by_trigger():
        look.delete()
    with erasing() as erase:
        erase.delete(AccessLog.objects.filter(pk=look.pk), rule="access-log")
    assert not AccessLog.objects.exists()


def test_a_document_is_not_rewritten_and_its_openings_neither():
    opening = make.DocumentOpeningFactory()
    for attempt in (
        lambda: Document.objects.update(title="another"),
        lambda: Document.objects.filter(pk=opening.document_id)._raw_delete("default"),
        lambda: DocumentOpening.objects.update(door="app"),
        opening.delete,
    ):
        with refused_by_trigger():
            attempt()
    Document.objects.update(replaced_at=NOW)  # what a later version does


def test_a_calendars_address_is_not_moved_to_another_account():
    feed, other = make.CalendarFeedFactory(), make.ReservedAreaAccountFactory()
    for change in ({"account": other}, {"digest": "f" * 64}):
        with refused_by_trigger():
            CalendarFeed.objects.filter(pk=feed.pk).update(**change)


def test_an_agency_keeps_no_history():
    """What an agency is called matters today only; whose customers its people saw is in the memberships."""
    assert not hasattr(Agency, "history")
