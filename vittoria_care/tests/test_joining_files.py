"""Two files of one person: joined, read as one, and parted again."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from complaints.tests.factories import ComplaintFactory
from contact_center.models import Contact
from contact_center.tests.factories import ContactFactory
from customers import roles
from customers.joining.commands import dismiss_pair, join_files, part_files, suggest_pair
from customers.joining.relations import RELATIONS
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    CustomerJoin,
    DuplicatePair,
    Payment,
    Policy,
)
from customers.search import search_customers
from customers.tests import factories as make
from customers.tests.sign_in import signed_in
from customers.timeline.queries import timeline_of
from customers.visibility import look_as_customer
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.models import Notice
from notifications.tests.factories import InboxNoticeFactory, NoticeFactory
from promotions.tests.factories import ContactPauseFactory
from vittoria_care.privacy.people import person_of
from vittoria_care.privacy.planning import plan_erasure

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    return make.CustomerFactory(code="C-RESTA", first_name="Anna", last_name="Bianchi")


@pytest.fixture
def joined(kept):
    return make.CustomerFactory(
        code="C-UNITA", first_name="Anna Maria", last_name="Bianchi", tax_code="", agency=kept.agency
    )


@pytest.fixture
def specialist():
    return make.UserFactory(role=roles.SPECIALIST)


@pytest.fixture
def join(kept, joined, specialist):
    """What joins the two, with what a test has put into them."""

    def now(**choices):
        done = join_files(kept, joined, choices=choices, reason="stessa persona", by=specialist)
        kept.refresh_from_db()
        joined.refresh_from_db()
        return done

    return now


def part(done, by):
    parted = part_files(done, reason="due persone", by=by)
    for customer in (done.kept, done.joined):
        customer.refresh_from_db()
    return parted


# --- The table of relations
def test_each_key_to_a_customer_says_what_becomes_of_its_rows():
    keys = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.is_relation and field.related_model is Customer and field.db_constraint
    }
    assert set(RELATIONS) == keys
    assert all(relation.why for relation in RELATIONS.values())


# --- What is joined
def test_policies_contacts_and_complaints_go_to_the_file_that_remains(kept, joined, join):
    policy = make.PolicyFactory(holder=joined)
    contact = ContactFactory(customer=joined, channel="email")
    complaint = ComplaintFactory(customer=joined, complainant_name="Anna Maria Bianchi")
    join()
    for row in (policy, contact, complaint):
        row.refresh_from_db()
    assert (policy.holder, contact.customer, complaint.customer) == (kept, kept, kept)
    assert complaint.complainant_name == "Anna Maria Bianchi"


def test_what_is_evidence_is_not_touched_and_is_read_through(kept, joined, join):
    payment, notice = make.PaymentFactory(customer=joined), NoticeFactory(customer=joined)
    join()
    assert Payment.objects.get(pk=payment.pk).customer == joined
    reader = make.UserFactory(is_superuser=True)
    rows = timeline_of(kept.file_ids, reader=reader).rows
    assert {(row.source.code, row.place.pk) for row in rows} >= {("pagamenti", payment.pk), ("avvisi", notice.pk)}


def test_all_files_of_a_person_are_asked_for_together(kept, joined, join):
    make.CustomerFactory()
    join()
    assert set(Customer.objects.with_merged(kept.pk)) == {kept, joined}
    assert kept.file_ids == (kept.pk, joined.pk)


def test_numbers_and_addresses_of_both_are_kept_and_none_twice(kept, joined, join):
    now = timezone.now()
    make.ContactPointFactory(customer=kept, value="+393331111111")
    make.ContactPointFactory(customer=joined, value="+393331111111", verified_at=now)
    make.ContactPointFactory(customer=joined, value="+393332222222")
    join()
    points = ContactPoint.objects.filter(customer=kept).order_by("value")
    assert list(points.values_list("value", "verified_at")) == [("+393331111111", now), ("+393332222222", None)]
    assert not ContactPoint.objects.filter(customer=joined).exists()


@pytest.mark.parametrize(
    ("own", "theirs", "counts"),
    [
        (None, "confirmed", "confirmed"),
        (None, "withdrawn", "withdrawn"),
        ("confirmed", None, "confirmed"),
        ("confirmed", "withdrawn", "withdrawn"),
        ("withdrawn", "confirmed", "withdrawn"),
        ("confirmed", "confirmed", "confirmed"),
    ],
)
def test_a_withdrawal_in_either_file_wins(kept, joined, join, own, theirs, counts):
    for customer, event in ((kept, own), (joined, theirs)):
        if event is not None:
            make.ConsentFactory(customer=customer, event=event)
    join()
    (in_force,) = Consent.objects.filter(customer=kept).in_force()
    assert in_force.event == counts


def test_the_values_that_were_chosen_count(kept, joined, join):
    join(name="joined")
    assert kept.first_name == "Anna Maria"
    assert kept.search_key == "bianchi anna maria"


def test_a_tax_code_that_only_the_joined_file_had_goes_over(specialist):
    kept = make.CustomerFactory(tax_code="")
    joined = make.CustomerFactory()
    code = joined.tax_code
    join_files(kept, joined, choices={}, reason="stessa persona", by=specialist)
    kept.refresh_from_db()
    assert kept.tax_code == code


def test_a_sign_in_of_the_joined_file_opens_the_whole_person(kept, joined, join):
    account = make.ReservedAreaAccountFactory(customer=joined)
    own, theirs = make.PolicyFactory(holder=kept), make.PolicyFactory(holder=joined)
    payment = make.PaymentFactory(customer=joined)
    inbox = InboxNoticeFactory(customer=joined, state="sent", sent_at=timezone.now())
    join()
    account.refresh_from_db()
    assert account.customer == kept
    user = account.user
    look_as_customer(user, kept.pk, kept.joined_ids)
    assert {own, theirs} <= set(Policy.objects.visible_to(user))
    assert payment in Payment.objects.visible_to(user)
    assert inbox in Notice.objects.inbox_of(kept)


def test_two_who_called_under_two_files_came_back_as_one_person(kept, joined, join):
    first = ContactFactory(customer=kept, channel="email")
    second = ContactFactory(customer=joined, channel="email")
    join()
    keys = Contact.objects.filter(pk__in=[first.pk, second.pk]).values_list("person_key", flat=True)
    assert len(set(keys)) == 1


# --- What is written afterwards
def test_what_is_written_under_the_joined_file_lands_in_the_one_that_remains(kept, joined, join):
    join()
    contact = ContactFactory(customer=joined, channel="email")
    policy = make.PolicyFactory(holder=joined)
    contact.refresh_from_db()
    policy.refresh_from_db()
    assert (contact.customer, policy.holder) == (kept, kept)


def test_a_colleague_at_the_joined_file_is_led_to_the_right_customer(kept, joined, join, specialist):
    join()
    address = reverse("admin:customers_customer_command", args=[joined.pk, "registra-contatto"])
    answer = signed_in(specialist).get(address, follow=True)
    assert answer.request["PATH_INFO"] == reverse("admin:customers_customer_change", args=[kept.pk])
    assert "C-RESTA" in answer.content.decode()


def test_the_joined_file_is_found_by_its_own_code_alone(kept, joined, join):
    join()
    everybody = Customer.objects.all()
    assert search_customers(everybody, "bianchi", reader=AnonymousUser()) == [kept]
    assert search_customers(everybody, "C-UNITA", reader=AnonymousUser()) == []  # no digit: a name


# --- Refusals
def refused(code, kept, joined, by, reason="stessa persona"):
    with pytest.raises(Refused) as refusal:
        join_files(kept, joined, choices={}, reason=reason, by=by)
    assert not CustomerJoin.objects.exists()
    return refusal.value.code == code


def test_a_file_is_not_joined_with_itself(kept, specialist):
    assert refused("same_file", kept, kept, specialist)


def test_two_different_tax_codes_are_two_people(kept, specialist):
    assert refused("other_tax_code", kept, make.CustomerFactory(), specialist)


def test_a_person_and_a_company_are_two_customers(kept, specialist):
    assert refused("other_kind", kept, make.CustomerFactory(company=True), specialist)


def test_of_two_with_a_sign_in_one_is_ended_first(kept, joined, specialist):
    make.ReservedAreaAccountFactory(customer=kept)
    make.ReservedAreaAccountFactory(customer=joined)
    assert refused("two_accounts", kept, joined, specialist)


def test_a_person_who_asked_for_erasure_is_not_joined(kept, joined, specialist):
    make.ErasureRequestFactory(customer=joined)
    assert refused("under_erasure", kept, joined, specialist)


def test_a_join_wants_a_reason(kept, joined, specialist):
    with pytest.raises(Refused):
        join_files(kept, joined, choices={}, reason="  ", by=specialist)


def test_the_second_of_two_who_join_the_same_is_refused(kept, joined, join, specialist):
    join()
    with pytest.raises(Refused) as refusal:
        join_files(kept, joined, choices={}, reason="ancora", by=specialist)
    assert refusal.value.code == "joined_already"
    assert "C-RESTA" in str(refusal.value)


def test_the_database_refuses_a_chain_and_a_file_joined_to_itself(kept, joined, join):
    join()
    third = make.CustomerFactory(tax_code="")
    for file, target in ((third, joined), (kept, third), (third, third)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Customer.objects.filter(pk=file.pk).update(merged_into=target)


def test_an_open_complaint_does_not_stand_in_the_way(kept, joined, join):
    complaint = ComplaintFactory(customer=joined)
    join()
    complaint.refresh_from_db()
    assert complaint.state == "received"


# --- Parted again
def test_parting_gives_back_what_was_moved_and_leaves_what_came_after(kept, joined, join, specialist):
    before = ContactFactory(customer=joined, channel="email")
    done = join()
    after = ContactFactory(customer=joined, channel="email")
    part(done, specialist)
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.customer, after.customer) == (joined, kept)
    assert Customer.objects.get(pk=joined.pk).merged_into is None
    assert Customer.objects.get(pk=kept.pk).joined_ids == []


def test_parting_puts_values_back_unless_they_were_changed_since(kept, joined, specialist):
    Customer.objects.filter(pk=joined.pk).update(city="Torino", language="en")
    done = join_files(
        kept,
        Customer.objects.get(pk=joined.pk),
        choices={"home": "joined", "language": "joined"},
        reason="x",
        by=specialist,
    )
    Customer.objects.filter(pk=kept.pk).update(city="Roma")
    parted = part(done, specialist)
    now = Customer.objects.get(pk=kept.pk)
    assert (now.city, now.language) == ("Roma", "it")
    assert len(parted.left) == 1


def test_parting_gives_back_the_tax_code_and_the_numbers(specialist):
    kept, joined = make.CustomerFactory(tax_code=""), make.CustomerFactory()
    code = joined.tax_code
    for customer in (kept, joined):
        make.ContactPointFactory(customer=customer, value="+393331111111")
    done = join_files(kept, joined, choices={}, reason="x", by=specialist)
    part(done, specialist)
    assert Customer.objects.get(pk=joined.pk).tax_code == code
    assert Customer.objects.get(pk=kept.pk).tax_code == ""
    assert ContactPoint.objects.filter(value="+393331111111").count() == 2


def test_a_consent_that_was_the_other_persons_is_withdrawn_when_they_part(kept, joined, join, specialist):
    make.ConsentFactory(customer=joined, event="confirmed")
    part(join(), specialist)
    assert [each.event for each in Consent.objects.filter(customer=kept).in_force()] == ["withdrawn"]
    assert [each.event for each in Consent.objects.filter(customer=joined).in_force()] == ["confirmed"]


def test_after_thirty_days_a_join_is_not_undone(join, specialist):
    done = join()
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False), pytest.raises(Refused) as refusal:
        part_files(done, reason="tardi", by=specialist)
    assert refusal.value.code == "too_late"


def test_a_join_is_undone_once(join, specialist):
    done = join()
    part(done, specialist)
    with pytest.raises(Refused):
        part_files(done, reason="ancora", by=specialist)


# --- Rights of the person
def test_what_is_known_of_a_person_is_what_both_files_have(kept, joined, join):
    make.ContactPointFactory(customer=joined, value="+393332222222")
    document = make.DocumentFactory(customer=joined)
    join()
    person = person_of(kept)
    assert person.customer_ids == (kept.pk, joined.pk)
    assert "+393332222222" in person.addresses
    plan = plan_erasure(kept)
    known = {line.rule.model: {*line.goes, *(key for stay in line.stays for key in stay.keys)} for line in plan.lines}
    assert known["customers.Customer"] == {kept.pk, joined.pk}
    assert document.pk in known["customers.Document"]


def test_a_hold_over_the_joined_file_keeps_the_whole_person(kept, joined, join):
    make.LegalHoldFactory(customer=joined, matter="")
    join()
    assert not any(line.goes for line in plan_erasure(kept).lines if line.rule.model == "customers.Customer")


def test_a_pause_of_the_joined_file_remains_its_own_row(kept, joined, join):
    pause = ContactPauseFactory(customer=joined)
    join()
    pause.refresh_from_db()
    assert pause.customer == joined


# --- Pages
def test_two_files_are_compared_and_joined_on_one_page(kept, joined, specialist):
    make.PolicyFactory(holder=joined)
    pair = suggest_pair(kept, joined, by=specialist)
    browser = signed_in(specialist)
    address = reverse("admin:customers_duplicatepair_command", args=[pair.pk, "unire"])
    page = browser.get(address)
    assert "C-RESTA" in page.content.decode()
    form = page.context["form"]
    data = {name: field.initial or "" for name, field in form.fields.items()} | {"reason": "stessa persona"}
    answer = browser.post(address, data)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert CustomerJoin.objects.get().kept == kept


def test_two_addresses_are_compared_as_they_are_read(kept, joined, specialist):
    Customer.objects.filter(pk=kept.pk).update(address="", postal_code="10121", city="Torino", province="TO")
    Customer.objects.filter(pk=joined.pk).update(address="", postal_code="", city="Nizza", province="", country="FR")
    pair = suggest_pair(kept, joined, by=specialist)
    page = signed_in(specialist).get(reverse("admin:customers_duplicatepair_command", args=[pair.pk, "unire"]))
    assert [file["home"] for file in page.context["files"]] == ["10121 Torino TO", "Nizza FR"]


def test_a_pair_that_was_dismissed_wants_a_reason_and_remains_so(kept, joined, specialist):
    pair = suggest_pair(kept, joined, by=specialist)
    with pytest.raises(Refused):
        dismiss_pair(pair, reason=" ", by=specialist)
    dismiss_pair(pair, reason="padre e figlio", by=specialist)
    pair.refresh_from_db()
    assert (pair.state, pair.decided_by) == ("dismissed", specialist)


def test_the_file_that_remains_shows_what_the_joined_one_has(kept, joined, join, specialist):
    make.DocumentFactory(customer=joined, title="Attestato dell’altro fascicolo")
    join()
    page = signed_in(specialist).get(reverse("admin:customers_customer_change", args=[kept.pk])).content.decode()
    assert "Attestato dell’altro fascicolo" in page
    assert "C-UNITA" in page


def test_an_agent_does_not_join_files(kept, joined, specialist):
    pair = suggest_pair(kept, joined, by=specialist)
    agent = signed_in(make.UserFactory(role=roles.AGENT))
    assert agent.get(reverse("admin:customers_duplicatepair_command", args=[pair.pk, "unire"])).status_code == 403


def test_a_join_is_undone_on_its_page(join, specialist):
    done = join()
    address = reverse("admin:customers_customerjoin_command", args=[done.pk, "separare"])
    answer = send_command(signed_in(specialist), address, {"reason": "due persone"})
    assert answer.status_code == 302
    assert CustomerJoin.objects.get().parted_by == specialist
    assert DuplicatePair.objects.get().state == "dismissed"
