"""Likely duplicates, found each night: which two files are compared, which are not, and what becomes of a suggestion."""

import html
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.joining.commands import dismiss_pair, join_files, part_files, suggest_pair
from customers.joining.nightly import find_duplicates
from customers.models import DuplicatePair
from customers.tasks import find_likely_duplicates
from customers.tests import factories as make
from customers.tests.sign_in import signed_in, signed_in_as

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
HOME = {"address": "Via Po 1", "postal_code": "10121"}
OTHER_DAY = date(1990, 5, 5)


def two(first, second, **both):
    """Two files of which the second has no tax code."""
    return make.CustomerFactory(**both, **first), make.CustomerFactory(**both, **second, tax_code="")


def found():
    find_duplicates(TODAY)
    return [(pair.first_id, pair.second_id, pair.reasons) for pair in DuplicatePair.objects.order_by("pk")]


def test_the_same_name_and_date_of_birth_are_one_pair():
    one, other = two({}, {})
    assert found() == [(one.pk, other.pk, ["birth_date"])]


def test_the_same_name_and_address_are_one_pair_however_the_address_is_written():
    one, other = two(HOME, {**HOME, "address": "VIA PO 1", "birth_date": OTHER_DAY})
    assert found() == [(one.pk, other.pk, ["home"])]


@pytest.mark.parametrize("name", ["Maria", "Maria Anna"])
def test_a_verified_number_and_a_similar_name_are_one_pair(name):
    one, other = two({}, {"first_name": name, "birth_date": OTHER_DAY})
    make.ContactPointFactory(customer=one, value="+393331111111", verified_at=timezone.now())
    make.ContactPointFactory(customer=other, value="+393331111111")
    assert found() == [(one.pk, other.pk, ["point"])]


def test_a_couple_with_one_telephone_is_no_pair():
    one, other = two({}, {"first_name": "Mario", "birth_date": OTHER_DAY})
    for customer in (one, other):
        make.ContactPointFactory(customer=customer, value="+393331111111", verified_at=timezone.now())
    assert found() == []


def test_a_number_that_nobody_verified_makes_no_pair():
    one, other = two({}, {"birth_date": OTHER_DAY})
    for customer in (one, other):
        make.ContactPointFactory(customer=customer, value="+393331111111")
    assert found() == []


def test_a_company_with_one_vat_number_is_one_pair():
    named = {"company": True, "company_name": "Officine S.r.l.", "vat_number": "12345678903"}
    one, other = make.CustomerFactory(**named), make.CustomerFactory(**named)
    assert found() == [(one.pk, other.pk, ["vat_number"])]


def test_two_people_with_a_tax_code_each_are_two_people():
    make.CustomerFactory.create_batch(2)
    assert found() == []


def test_several_reasons_are_one_pair():
    one, other = two(HOME, HOME)
    assert found() == [(one.pk, other.pk, ["birth_date", "home"])]


def test_a_file_that_was_joined_is_not_compared():
    one, other = two({}, {})
    other.merged_into = one
    other.save()
    assert found() == []


def test_a_second_look_finds_the_same():
    two({}, {})
    assert found() == found()


def test_what_was_dismissed_is_not_suggested_again():
    two({}, {})
    find_duplicates(TODAY)
    dismiss_pair(DuplicatePair.objects.get(), reason="padre e figlio", by=make.UserFactory(role=roles.SPECIALIST))
    assert find_duplicates(TODAY + timedelta(days=1)) == 0
    assert DuplicatePair.objects.get().state == "dismissed"


def test_a_suggestion_that_does_not_hold_any_more_goes():
    _one, other = two({}, {})
    find_duplicates(TODAY)
    other.birth_date = OTHER_DAY
    other.save()
    assert find_duplicates(TODAY + timedelta(days=1)) == 0
    assert not DuplicatePair.objects.exists()


def test_what_a_colleague_found_remains_to_be_decided():
    one, other = two({}, {"birth_date": OTHER_DAY})
    suggest_pair(one, other, by=make.UserFactory(role=roles.SPECIALIST))
    assert find_duplicates(timezone.localdate() + timedelta(days=1)) == 1


def test_the_task_of_the_night_looks_for_them():
    two({}, {})
    find_likely_duplicates()
    assert DuplicatePair.objects.count() == 1


# --- The list
def test_the_list_shows_what_is_to_be_decided_and_its_tabs_the_rest():
    pair, dismissed = make.DuplicatePairFactory(), make.DuplicatePairFactory(dismissed=True)
    browser, address = signed_in_as(roles.SPECIALIST), reverse("admin:customers_duplicatepair_changelist")
    assert list(browser.get(address).context["cl"].result_list) == [pair]
    assert list(browser.get(address, {"work": "dismissed"}).context["cl"].result_list) == [dismissed]


def test_a_second_joining_says_what_was_joined_to_which_by_whom_and_since_when():
    pair, colleague = make.DuplicatePairFactory(), make.UserFactory(role=roles.SPECIALIST)
    with time_machine.travel("2026-12-01 09:30Z", tick=False):
        join_files(pair.first, pair.second, choices={}, reason="la stessa persona", by=colleague)
    browser = signed_in_as(roles.SPECIALIST)
    for name in ("unire", "persone-diverse"):
        address = reverse("admin:customers_duplicatepair_command", args=[pair.pk, name])
        for page in (browser.get(address), browser.post(address, {"reason": "di nuovo"})):
            text = html.unescape(page.content.decode())
            assert f"{pair.second.code} è già unito a {pair.first.code}, dal 01/12/2026 10:30, da {colleague}." in text


def test_a_pair_that_was_dismissed_says_by_whom_and_why():
    pair, colleague = make.DuplicatePairFactory(), make.UserFactory(role=roles.SPECIALIST)
    dismiss_pair(pair, reason="padre e figlio", by=colleague)
    address = reverse("admin:customers_duplicatepair_command", args=[pair.pk, "unire"])
    text = html.unescape(signed_in_as(roles.SPECIALIST).get(address).content.decode())
    assert f"{colleague} ha deciso il " in text
    assert "padre e figlio" in text


def test_files_that_were_parted_say_by_whom():
    pair, colleague = make.DuplicatePairFactory(), make.UserFactory(role=roles.SPECIALIST)
    join = join_files(pair.first, pair.second, choices={}, reason="la stessa persona", by=colleague)
    part_files(join, reason="sono fratelli", by=colleague)
    address = reverse("admin:customers_customerjoin_command", args=[join.pk, "separare"])
    text = html.unescape(signed_in_as(roles.SPECIALIST).get(address).content.decode())
    assert f"{colleague} li ha separati il " in text
    assert "sono fratelli" in text


def test_a_pair_with_a_restricted_file_is_not_shown():
    pair = make.DuplicatePairFactory()
    make.FileRestrictionFactory(customer=pair.second)
    browser = signed_in_as(roles.SPECIALIST)
    listed = browser.get(reverse("admin:customers_duplicatepair_changelist")).context["cl"].result_list
    assert list(listed) == []
    assert browser.get(reverse("admin:customers_duplicatepair_command", args=[pair.pk, "unire"])).status_code == 404


def test_the_page_that_compares_costs_the_same_at_one_row_and_at_three():
    pair = make.DuplicatePairFactory()
    browser = signed_in(make.UserFactory(role=roles.SPECIALIST))
    address = reverse("admin:customers_duplicatepair_command", args=[pair.pk, "unire"])

    def queries():
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        return len(asked)

    make.PolicyFactory(holder=pair.first)
    queries()
    at_one = queries()
    make.PolicyFactory.create_batch(2, holder=pair.first)
    assert queries() == at_one


@pytest.mark.parametrize("code", ["", "C-NESSUNO", "x" * 10_000, "😀", "\u202eابت"])
def test_another_file_that_is_none_is_a_clear_refusal(code):
    customer = make.CustomerFactory()
    address = reverse("admin:customers_customer_command", args=[customer.pk, "altro-fascicolo"])
    answer = signed_in_as(roles.SPECIALIST).post(address, {"code": code})
    assert answer.status_code == 200
    assert answer.context["form"].errors["code"]
    assert not DuplicatePair.objects.exists()


def test_the_file_itself_is_refused_as_the_other_one():
    customer = make.CustomerFactory()
    address = reverse("admin:customers_customer_command", args=[customer.pk, "altro-fascicolo"])
    assert signed_in_as(roles.SPECIALIST).post(address, {"code": customer.code}).status_code == 409
