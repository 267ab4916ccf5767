"""From a promotion to a call: numbers to the register, its answer, the list, what came of each call."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, transaction

from customers.models import AccessLog, Consent, Customer
from customers.tests.factories import AgencyFactory, ClaimFactory
from foundation.files.reading import UnusableInput
from foundation.refusals import Refused
from notifications.consents import object_to
from promotions.audience.counting import count_audience
from promotions.models import CalledPerson, CallList, CheckedNumber, OppositionAnswer, OppositionCheck, Promotion
from promotions.telephone.checking import export_opposition_check, file_of, import_opposition_check
from promotions.telephone.ringing import hand_out, make_call_list, record_call
from promotions.telephone.rules import FORMATS, file_format, in_force, lasts_until, may_be_rung
from promotions.tests.factories import (
    CalledPersonFactory,
    CheckedNumberFactory,
    ContactPauseFactory,
    PromotionFactory,
    RecipientFactory,
    consent,
)

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
TODAY = date(2026, 3, 10)


# --- Rules ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("checked_on", "last"), [(date(2026, 3, 10), date(2026, 3, 25)), (date(2024, 2, 20), date(2024, 3, 6))]
)
def test_a_check_holds_for_fifteen_days(checked_on, last):
    assert lasts_until(checked_on) == last


def test_the_files_are_as_the_operator_describes_them_to_this_installation():
    given = {"number": "numerazione", "words": {"SI": True, "NO": False}, "verified_on": "2027-01-15"}
    found = file_format(date(2027, 2, 1), given)
    assert (found.number, found.result, found.words) == ("numerazione", "esito", {"SI": True, "NO": False})
    assert found.verified_on == date(2027, 1, 15)
    assert file_format(date(2027, 2, 1)).verified_on is None


def test_a_column_that_no_file_has_is_refused():
    with pytest.raises(ValueError, match="colour"):
        file_format(date(2027, 2, 1), {"colour": "red"})


def test_before_the_decree_nothing_was_in_force():
    with pytest.raises(ValueError, match="2022-07-26"):
        in_force(FORMATS, date(2022, 7, 26))


@pytest.mark.parametrize(
    ("is_opposed", "opposed_on", "consented_on", "expected"),
    [
        (False, None, date(2020, 1, 1), True),
        (True, date(2026, 1, 10), date(2026, 1, 9), False),
        (True, date(2026, 1, 10), date(2026, 1, 10), False),
        (True, date(2026, 1, 10), date(2026, 1, 11), True),
        (True, None, date(2026, 3, 10), False),
        (True, None, date(2026, 3, 11), True),
    ],
)
def test_a_consent_prevails_over_an_earlier_enrolment_alone(is_opposed, opposed_on, consented_on, expected):
    found = may_be_rung(is_opposed=is_opposed, opposed_on=opposed_on, checked_on=TODAY, consented_on=consented_on)
    assert found is expected


# --- Commands -------------------------------------------------------------------------------------------------------
@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def promotion(db):
    promotion = PromotionFactory(sending=True)
    promotion.writer.agency_memberships.create(agency=promotion.agency)
    return promotion


@pytest.fixture
def by(promotion):
    return promotion.writer


def reachable(promotion, phone="+393331110001", on=NOW - timedelta(days=400), **fields):
    """A customer of the agency who consents to calls."""
    customer = Customer.objects.filter(**fields).first() if fields else None
    customer = (
        customer
        or RecipientFactory(
            promotion=promotion,
            customer__agency=promotion.agency,
            state="excluded",
            reason="no_consent",
            was_eligible=False,
        ).customer
    )
    customer.contact_points.create(kind="phone", value=phone)
    consent(customer, channel="phone", recorded_at=on)
    return customer


def answered(check, by, text, on=TODAY):
    return import_opposition_check(check, source=io.BytesIO(text.encode()), checked_on=on, by=by)


def test_the_file_has_each_number_once_and_nothing_else(promotion, by):
    reachable(promotion, "+393331110002")
    reachable(promotion, "+393331110001")
    reachable(promotion, "+393331110001")  # two people with one number
    reachable(promotion, "+41791234567")  # not Italian: the register does not know it
    check = export_opposition_check(promotion, by=by)
    assert file_of(check) == b"numero\r\n3331110001\r\n3331110002\r\n"
    assert check.number_of_numbers == 2
    assert CheckedNumber.objects.count() == 3


def test_nobody_to_ring_nothing_to_look_up(promotion, by):
    RecipientFactory(promotion=promotion, customer__agency=promotion.agency)
    with pytest.raises(Refused, match=r"nothing to look up|nulla"):
        export_opposition_check(promotion, by=by)
    assert not OppositionCheck.objects.exists()


@pytest.mark.parametrize(
    ("state", "code"), [("paused", "wrong_state"), ("stopped", "wrong_state"), ("approved", "wrong_state")]
)
def test_nobody_is_rung_about_a_promotion_that_is_not_under_way(promotion, by, state, code):
    promotion.state = state  # as it would be read
    reachable(promotion)
    if state == "approved":
        promotion = PromotionFactory(approved=True, agency=promotion.agency)
    else:
        Promotion.objects.filter(pk=promotion.pk).update(state=state, ended_at=NOW if state == "stopped" else None)
    with pytest.raises(Refused) as refusal:
        export_opposition_check(promotion, by=by)
    assert refusal.value.code == code


def test_another_agencys_member_rings_nobody(promotion):
    reachable(promotion)
    other = PromotionFactory().writer
    other.agency_memberships.create(agency=AgencyFactory())
    with pytest.raises(Refused) as refusal:
        export_opposition_check(promotion, by=other)
    assert refusal.value.code == "another_agency"


def test_after_its_last_day_nobody_is_rung(promotion, by, clock):
    reachable(promotion)
    clock.move_to(promotion.not_after)
    with pytest.raises(Refused) as refusal:
        export_opposition_check(promotion, by=by)
    assert refusal.value.code == "too_late"


ANSWER = """numero;esito;data_iscrizione
3331110001;NON ISCRITTO;
+39 333 1110002;iscritto;01/02/2026
3331110002;iscritto;01/02/2026
3331110001;iscritto;
3331110009;non iscritto;
333;non iscritto;
3331110003;forse;
3331110004;iscritto;11/03/2026
"""


def test_rows_that_cannot_be_are_refused_with_number_and_reason_and_the_others_are_kept(promotion, by):
    for number in range(1, 6):
        reachable(promotion, f"+39333111000{number}")
    check = export_opposition_check(promotion, by=by)
    read = answered(check, by, ANSWER)
    assert (read.free, read.opposed, read.missing) == (1, 1, 3)
    assert [each.value for each in read.outcomes] == ["duplicates", "created", "created"]
    assert [(each.row.number, each.column) for each in read.rejections] == [
        (4, "esito"),
        (5, "numero"),
        (6, "numero"),
        (7, "esito"),
        (8, "data_iscrizione"),
    ]
    assert all(each.reason for each in read.rejections)
    opposed = CheckedNumber.objects.get(phone="+393331110002")
    assert (opposed.is_opposed, opposed.opposed_on, opposed.answer.checked_on) == (True, date(2026, 2, 1), TODAY)


def test_the_same_answer_again_changes_nothing_and_a_second_file_adds_what_was_missing(promotion, by):
    reachable(promotion, "+393331110001")
    reachable(promotion, "+393331110002")
    check = export_opposition_check(promotion, by=by)
    first = "numero,esito\n3331110001,non iscritto\n"
    assert answered(check, by, first).answer is not None
    assert answered(check, by, first).answer is None
    read = answered(check, by, "numero,esito\n3331110001,iscritto\n3331110002,non iscritto\n")
    assert (read.free, read.opposed, read.missing) == (1, 0, 0)
    assert CheckedNumber.objects.get(phone="+393331110001").is_opposed is False, "an answer remains"
    assert OppositionAnswer.objects.count() == 2


@pytest.mark.parametrize(("on", "code"), [(date(2026, 3, 11), "day_ahead"), (date(2026, 3, 9), "day_before")])
def test_an_answer_of_an_impossible_day_is_refused(promotion, by, on, code):
    reachable(promotion)
    check = export_opposition_check(promotion, by=by)
    with pytest.raises(Refused) as refusal:
        answered(check, by, "numero,esito\n3331110001,non iscritto\n", on)
    assert refusal.value.code == code


def test_an_answer_that_holds_no_more_is_refused(promotion, by, clock):
    reachable(promotion)
    check = export_opposition_check(promotion, by=by)
    clock.move_to(NOW + timedelta(days=16))
    with pytest.raises(Refused) as refusal:
        answered(check, by, "numero,esito\n3331110001,non iscritto\n")
    assert refusal.value.code == "day_over"


def test_a_file_that_is_no_answer_is_refused_as_a_whole(promotion, by):
    reachable(promotion)
    check = export_opposition_check(promotion, by=by)
    with pytest.raises(UnusableInput, match="esito"):
        answered(check, by, "numero;stato\n3331110001;iscritto\n")
    assert not OppositionAnswer.objects.exists()


def checked(promotion, by, *, opposed=(), since=""):
    """The check of everybody, answered today; `opposed` numbers are in the register."""
    check = export_opposition_check(promotion, by=by)
    rows = [
        f"{number},{'iscritto' if number in opposed else 'non iscritto'},{since if number in opposed else ''}"
        for number in file_of(check).decode().split()[1:]
    ]
    return answered(check, by, "\n".join(["numero,esito,data_iscrizione", *rows]))


def test_only_fresh_numbers_that_are_not_opposed_are_listed(promotion, by):
    free, opposed, later = (reachable(promotion, f"+39333111000{number}") for number in (1, 2, 3))
    consent(later, "withdrawn", channel="phone", recorded_at=NOW - timedelta(days=90))
    consent(later, "given", channel="phone", recorded_at=NOW - timedelta(days=20))
    consent(later, "confirmed", channel="phone", recorded_at=NOW - timedelta(days=20))
    checked(promotion, by, opposed=("3331110002", "3331110003"), since="2026-01-31")
    unknown = reachable(promotion, "+393331110004")
    made = make_call_list(promotion, by=by)
    people = {each.customer: each for each in CalledPerson.objects.all()}
    assert people.keys() == {free, later}, "a consent given after the enrolment prevails"
    assert made.left_out == {"opposed": 1, "not_checked": 1}
    assert {opposed, unknown}.isdisjoint(people)
    assert (made.call_list.valid_until, made.call_list.number_of_people) == (date(2026, 3, 25), 2)
    with pytest.raises(Refused) as refusal:
        make_call_list(promotion, by=by)
    assert refusal.value.code == "nobody_to_ring", "a person is on one list of a promotion"


def test_a_check_that_ran_out_makes_no_list(promotion, by, clock):
    reachable(promotion)
    checked(promotion, by)
    clock.move_to(NOW + timedelta(days=15))
    assert make_call_list(promotion, by=by).call_list.valid_until == date(2026, 3, 25)
    reachable(promotion, "+393331110002")
    clock.move_to(NOW + timedelta(days=16))
    with pytest.raises(Refused) as refusal:
        make_call_list(promotion, by=by)
    assert refusal.value.code == "nobody_to_ring"


def test_the_list_ends_with_the_promotion(promotion, by):
    Promotion.objects.filter(pk=promotion.pk).update(not_after=NOW + timedelta(days=3))
    reachable(promotion)
    checked(promotion, by)
    assert make_call_list(promotion, by=by).call_list.valid_until == date(2026, 3, 13)


def test_who_is_held_out_or_excluded_is_not_rung(promotion, by):
    held = RecipientFactory(promotion=promotion, customer__agency=promotion.agency, state="held_out").customer
    held.contact_points.create(kind="phone", value="+393331110001")
    consent(held, channel="phone")
    alone, fresh, away = (reachable(promotion, f"+39333111000{number}") for number in (2, 3, 4))
    ContactPauseFactory(customer=alone, set_at=NOW)
    ClaimFactory(customer=fresh, policy__holder=fresh, occurred_on=TODAY, reported_on=TODAY)
    Customer.objects.filter(pk=away.pk).update(agency=AgencyFactory())
    with pytest.raises(Refused) as refusal:
        export_opposition_check(promotion, by=by)
    assert refusal.value.code == "nobody_to_ring"


def test_the_download_asks_again_and_is_written_down(promotion, by):
    stays, leaves = reachable(promotion, "+393331110001"), reachable(promotion, "+393331110002")
    checked(promotion, by)
    call_list = make_call_list(promotion, by=by).call_list
    object_to(leaves, purpose="agency_promotions", channel="phone", source="portal", evidence="")
    handed = hand_out(call_list, by=by)
    assert (handed.people, handed.left_out) == (1, 1)
    text = handed.content.decode("utf-8-sig")
    assert stays.letter_name in text
    assert "333 111 0001" in text
    assert "333 111 0002" not in text
    log = AccessLog.objects.get(what=call_list.log_name)
    assert (log.user, log.customer, log.at) == (by, None, NOW)


def test_a_list_that_holds_no_more_is_not_handed_out(promotion, by, clock):
    reachable(promotion)
    checked(promotion, by)
    call_list = make_call_list(promotion, by=by).call_list
    clock.move_to(NOW + timedelta(days=16))
    with pytest.raises(Refused) as refusal:
        hand_out(call_list, by=by)
    assert refusal.value.code == "list_over"
    assert not AccessLog.objects.exists()


# --- What came of a call --------------------------------------------------------------------------------------------
@pytest.fixture
def person(promotion, by):
    reachable(promotion)
    checked(promotion, by)
    make_call_list(promotion, by=by)
    return CalledPerson.objects.get()


def test_who_is_not_interested_withdraws_at_once(person, by):
    record_call(person, result="not_interested", by=by)
    last = Consent.objects.filter(customer=person.customer, channel="phone").latest_first().first()
    assert (last.event, last.purpose, last.source, last.recorded_by) == (
        "withdrawn",
        "agency_promotions",
        "call",
        by,
    )
    with pytest.raises(Refused) as refusal:
        record_call(person, result="reached", by=by)
    assert refusal.value.code == "call_over"


def test_who_withdrew_already_is_not_withdrawn_twice(person, by):
    object_to(person.customer, purpose="agency_promotions", channel="phone", source="portal", evidence="")
    record_call(person, result="not_interested", by=by)
    assert Consent.objects.filter(customer=person.customer, event="withdrawn").count() == 1


def test_who_did_not_answer_is_rung_again_and_who_was_reached_is_not(person, by):
    record_call(person, result="no_answer", by=by)
    assert CalledPerson.objects.to_ring().get() == person
    reached = record_call(person, result="reached", note="vuole un preventivo", by=by)
    assert (reached.tries, reached.result, reached.note) == (2, "reached", "vuole un preventivo")
    assert not CalledPerson.objects.to_ring().exists()


@pytest.mark.parametrize("again_on", [None, date(2026, 3, 9), date(2026, 3, 26)])
def test_a_person_is_rung_again_while_the_list_holds(person, by, again_on):
    with pytest.raises(Refused) as refusal:
        record_call(person, result="call_again", again_on=again_on, by=by)
    assert refusal.value.field == "again_on"
    kept = record_call(person, result="call_again", again_on=date(2026, 3, 25), by=by)
    assert kept.again_on == date(2026, 3, 25)


def test_who_was_put_on_a_list_is_not_written_to_by_another_promotion_too_soon(promotion, person):
    other = PromotionFactory(agency=promotion.agency)
    consent(person.customer)
    person.customer.contact_points.create(kind="email", value="chiamata@example.it")
    reasons = {share.code: share.number for share in count_audience(other, now=NOW).reasons}
    assert reasons == {"capped": 1}


# --- The database keeps it ------------------------------------------------------------------------------------------
def test_a_person_is_on_one_list_of_a_promotion(db):
    person = CalledPersonFactory()
    with pytest.raises(IntegrityError, match="called_about_a_promotion_once"), transaction.atomic():
        CalledPersonFactory(call_list=person.call_list, customer=person.customer)


def test_an_answer_and_the_end_of_a_call_remain(db):
    number = CheckedNumberFactory()
    with pytest.raises(InternalError, match="answered_is_fixed"), transaction.atomic():
        CheckedNumber.objects.filter(pk=number.pk).update(is_opposed=True)
    person = CalledPersonFactory(result="reached", tries=1, result_at=NOW, result_by=number.answer.read_by)
    with pytest.raises(InternalError, match="end_of_calls_is_fixed"), transaction.atomic():
        CalledPerson.objects.filter(pk=person.pk).update(result="no_answer")


# --- By hand --------------------------------------------------------------------------------------------------------
def test_the_commands_write_the_file_out_and_read_the_answer(promotion, by, tmp_path, capsys):
    reachable(promotion)
    out, answer, errors = tmp_path / "out.csv", tmp_path / "in.csv", tmp_path / "errors.csv"
    call_command("export_opposition_check", promotion.pk, "--by", by.email, "--output", out, "--dry-run")
    assert not OppositionCheck.objects.exists()
    call_command("export_opposition_check", promotion.pk, "--by", by.email, "--output", out)
    check = OppositionCheck.objects.get()
    assert check.sha256 in capsys.readouterr().out
    assert out.read_bytes() == file_of(check)
    answer.write_text("numero;esito\n3331110001;non iscritto\n3331110007;iscritto\n")
    arguments = (answer, "--check", str(check.pk), "--by", by.email, "--errors", errors)
    with pytest.raises(SystemExit) as some_refused:
        call_command("import_opposition_check", *arguments, "--on", "2026-03-10")
    assert some_refused.value.code == 1
    assert "read=2 created=1 updated=0 unchanged=0 duplicates=0 rejected=1" in capsys.readouterr().out
    assert "3331110007" in errors.read_text(encoding="utf-8-sig")
    assert OppositionAnswer.objects.get().refused == 1


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--on", "10/3/2026", "--check", "{check}", "--by", "{by}"], "YYYY|2026-03-31"),
        (["--on", "2026-03-10", "--check", "0", "--by", "{by}"], "check|controllo"),
        (["--on", "2026-03-10", "--check", "{check}", "--by", "nessuno@example.it"], "nessuno@example.it"),
        (["--on", "2026-03-12", "--check", "{check}", "--by", "{by}"], "ahead|futur|davanti|deve"),
    ],
)
def test_an_argument_that_cannot_be_used_stops_before_anything_is_written(promotion, by, tmp_path, more, words):
    reachable(promotion)
    check = export_opposition_check(promotion, by=by)
    answer = tmp_path / "in.csv"
    answer.write_text("numero;esito\n3331110001;non iscritto\n")
    given = [each.format(check=check.pk, by=by.email) for each in more]
    with pytest.raises(CommandError, match=words) as refusal:
        call_command("import_opposition_check", answer, *given)
    assert refusal.value.returncode == 2
    assert not OppositionAnswer.objects.exists()
    assert CallList.objects.count() == 0
