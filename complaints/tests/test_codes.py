"""The codes of the register: dated data that an administrator changes, and that old complaints keep."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from complaints.codes.checking import band_of, check_codes
from complaints.codes.commands import add_code, change_code
from complaints.codes.forms import ReasonsChoice, choices_of, reasons_by_area
from complaints.models import Code, Complaint
from complaints.models.code import CodeList, codes_of, label_of
from complaints.services import classify
from complaints.tests.factories import CodeFactory, ComplaintFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return UserFactory(role=roles.ADMINISTRATOR)


def code(code_list, word):
    return Code.objects.get(list=code_list, word=word)


# --- What they are
def test_every_list_has_its_first_codes():
    assert {each.list for each in Code.objects.all()} == set(CodeList.values)


def test_every_reason_lies_within_a_business_area():
    areas = {each.word for each in codes_of(CodeList.AREA)}
    assert {each.area for each in codes_of(CodeList.REASON)} <= areas


@pytest.mark.parametrize(("language", "name"), [("it", "liquidativa"), ("en", "claims settlement")])
def test_a_code_is_read_in_the_reader_s_language(language, name):
    with translation.override(language):
        assert ComplaintFactory.build(area="settlement").get_area_display() == name


def test_a_word_without_a_code_shows_itself():
    assert label_of(CodeList.AREA, "unknown") == "unknown"


# --- What the database keeps
@pytest.mark.parametrize("given", [{"area": "nowhere"}, {"reason_codes": ["nothing"]}, {"received_by": "pigeon"}])
def test_the_database_refuses_a_word_that_no_list_has(given):
    with pytest.raises(IntegrityError):
        ComplaintFactory(**given)


def test_the_database_refuses_a_reason_given_twice():
    with pytest.raises(IntegrityError):
        ComplaintFactory(reason_codes=["price", "price"])


# --- Which may be given
@pytest.mark.parametrize(
    ("received_on", "is_given"),
    [(date(2026, 3, 31), False), (date(2026, 4, 1), True), (date(2026, 6, 30), True), (date(2026, 7, 1), False)],
)
def test_a_code_is_given_to_complaints_received_while_it_is_valid(received_on, is_given):
    CodeFactory(word="dated", valid_from=date(2026, 4, 1), valid_to=date(2026, 6, 30))
    if is_given:
        check_codes({"reason_codes": ["dated"]}, received_on=received_on)
        return
    with pytest.raises(Refused) as refused:
        check_codes({"reason_codes": ["dated"]}, received_on=received_on)
    assert (refused.value.code, refused.value.field) == ("code_not_valid", "reason_codes")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"area": "nowhere"}, "unknown_code"),
        ({"reason_codes": ["price", "price"]}, "reason_twice"),
        (
            {"reason_codes": ["price", "conditions", "privacy", "site", "information", "documents"]},
            "too_many_reasons",
        ),
    ],
)
def test_what_is_no_classification_is_refused_in_words(changes, why):
    with pytest.raises(Refused) as refused:
        check_codes(changes, received_on=date(2026, 1, 10))
    assert refused.value.code == why


def test_a_complaint_keeps_a_code_that_ended_and_is_classified_further(officer):
    complaint = ComplaintFactory(area="legal")
    change_code(code("area", "legal"), by=officer, changes={"valid_to": date(2025, 12, 31)})
    classify(complaint, by=officer, changes={"area": "legal", "product": "motor"})
    complaint.refresh_from_db()
    assert (complaint.area, complaint.product) == ("legal", "motor")


def test_a_code_that_ended_is_offered_only_to_whom_has_it(administrator):
    change_code(code("area", "legal"), by=administrator, changes={"valid_to": date(2025, 12, 31)})
    on = date(2026, 1, 10)
    assert "legal" not in dict(choices_of(CodeList.AREA, on=on))
    assert "legal" in dict(choices_of(CodeList.AREA, on=on, beside=["legal"]))


def test_reasons_are_offered_by_their_area():
    with translation.override("en"):
        groups = dict(reasons_by_area())
    assert ("price", "premium and tariff") in groups["product"]


@pytest.mark.parametrize(
    ("value", "band"),
    [
        (None, ""),
        ("0", "to_1000"),
        ("999.99", "to_1000"),
        ("1000", "to_5000"),
        ("149999.99", "to_150000"),
        ("150000", "over_150000"),
    ],
)
def test_a_value_lies_in_the_last_band_that_begins_below_it(value, band):
    assert band_of(None if value is None else Decimal(value)) == band


# --- Changing them
def test_an_administrator_adds_a_reason(administrator):
    added = add_code(
        by=administrator,
        code_list="reason",
        word=" Drone_damage ",
        name="Danni da drone",
        name_en="drones",
        area="product",
    )
    assert (added.word, added.is_valid(date(2026, 1, 1))) == ("drone_damage", True)
    classify(complaint := ComplaintFactory(), by=administrator, changes={"reason_codes": ["drone_damage", "price"]})
    assert Complaint.objects.get(pk=complaint.pk).reason_codes == ["drone_damage", "price"]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"code_list": "outcome", "word": "perhaps"}, "closed_list"),
        ({"word": "price"}, "known_word"),
        ({"word": "new", "name_en": " "}, "no_name"),
        ({"word": "new", "area": "nowhere"}, "unknown_area"),
        ({"code_list": "channel", "word": "new", "area": "legal"}, "no_area"),
        ({"code_list": "value_band", "word": "new"}, "band"),
        ({"word": "new", "valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, "ends_first"),
    ],
)
def test_what_is_no_code_is_refused(administrator, facts, why):
    with pytest.raises(Refused) as refused:
        add_code(**{"by": administrator, "code_list": "reason", "name": "nuovo", "name_en": "new", **facts})
    assert refused.value.code == why


def test_a_change_keeps_the_earlier_name_in_the_history(administrator):
    changed = change_code(code("area", "it"), by=administrator, changes={"name": "sistemi informativi"})
    assert (changed.name, changed.history.get().name) == ("sistemi informativi", "informatica")


# --- The pages
def test_an_administrator_changes_a_code_on_its_page(client, administrator):
    client.force_login(administrator)
    row = code("channel", "fax")
    address = reverse("admin:complaints_code_command", args=[row.pk, "modifica"])
    shown = client.get(address).context["form"].initial
    sent = {name: value for name, value in shown.items() if value is not None}
    client.post(address, {**sent, "seen_version": row.version, "valid_to": "2026-06-30"})
    assert code("channel", "fax").valid_to == date(2026, 6, 30)


def test_an_officer_reads_the_codes_and_changes_none(client, officer):
    client.force_login(officer)
    row = code("channel", "fax")
    assert client.get(reverse("admin:complaints_code_change", args=[row.pk])).status_code == 200
    assert client.get(reverse("admin:complaints_code_command", args=[row.pk, "modifica"])).status_code == 403


def test_the_list_of_codes_costs_the_same_for_one_code_and_for_many(client, administrator):
    client.force_login(administrator)
    address = reverse("admin:complaints_code_changelist")
    client.get(address)
    counts = []
    for asked in ({"q": "fax"}, {"q": "a"}):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address, asked).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


# --- Choosing reasons
@pytest.mark.parametrize(
    ("sent", "reasons"),
    [(["", []], []), (["price", []], ["price"]), (["price", ["privacy", "price"]], ["price", "privacy"])],
)
def test_the_main_reason_comes_first_and_once(sent, reasons):
    assert ReasonsChoice().clean(sent) == reasons
