"""The guide of a claim report: its questions by line of business, what follows from the answers, how they are shown again."""

from datetime import date, time

import pytest
from django.utils import translation

from customers.claim_reports.forms import StepForm
from customers.claim_reports.lines import (
    GUIDES,
    HEALTH,
    HOME,
    MOTOR,
    OTHER,
    Kind,
    as_text,
    guide_for,
    held,
    kind_of,
    lacking,
    occurred_on,
    occurred_time,
    shown_steps,
    signed_by_both,
)
from customers.rami import RAMI
from customers.tests.claim_answers import CRASH

EVENT = MOTOR.steps[0]
CRASHED = CRASH["evento"]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def form(step, version=1, guide=MOTOR, answers=None, **given):
    return StepForm(given | {"seen_version": "1"}, guide=guide, step=step, answers=answers or {}, version=version)


# --- The entries
@pytest.mark.parametrize(
    ("line", "guide"),
    [("10", MOTOR), ("3", MOTOR), ("8", HOME), ("1", HEALTH), ("2", HEALTH), ("13", OTHER), ("I", OTHER)],
)
def test_each_line_of_business_has_its_guide(line, guide):
    assert guide_for(line) is guide


def test_every_line_has_one():
    assert {guide_for(each.code).key for each in RAMI} == set(GUIDES)


@pytest.mark.parametrize("guide", GUIDES.values(), ids=lambda each: each.key)
def test_a_name_is_used_once_in_a_guide_and_what_a_question_depends_on_stands_before_it(guide):
    names = [question.name for step in guide.steps for question in step.questions]
    assert len(names) == len(set(names))
    for step in guide.steps:
        before = {}
        for question in step.questions:
            if question.only_if is not None:
                name, value = question.only_if
                assert value in dict(before[name].options)
            before[question.name] = question


@pytest.mark.parametrize("guide", GUIDES.values(), ids=lambda each: each.key)
def test_every_guide_asks_when_where_and_what(guide):
    assert {"occurred_on", "place", "description"} <= {each.name for each in guide.steps[0].questions if each.required}


def test_what_is_chosen_has_choices():
    for guide in GUIDES.values():
        for question in (each for step in guide.steps for each in step.questions):
            assert bool(question.options) == (question.kind in (Kind.CHOICE, Kind.YES_NO))


# --- What follows
@pytest.mark.parametrize(
    ("guide", "answers", "kind"),
    [
        (MOTOR, {"veicolo": {"damage": "paraurti"}, "persone": {"injured": "no"}}, "property"),
        (MOTOR, {"veicolo": {"damage": "paraurti"}, "persone": {"injured": "yes"}}, "mixed"),
        (MOTOR, {"persone": {"injured": "yes"}}, "injury"),
        (MOTOR, {}, "property"),
        (HOME, {"danno": {"damage": "tetto"}}, "property"),
        (HEALTH, {"persona": {"injury": "polso"}}, "injury"),
        (OTHER, {"danno": {"damage": "vetrina", "injured": "yes"}}, "mixed"),
    ],
)
def test_any_injury_makes_the_claim_one_of_injury(guide, answers, kind):
    assert kind_of(guide, answers) == kind


@pytest.mark.parametrize(("statement", "signed"), [("both", True), ("one", False), ("none", False)])
def test_the_shorter_term_asks_for_both_signatures(statement, signed):
    answers = {"altro-veicolo": {"other": "yes"}, "constatazione": {"statement": statement}}
    assert signed_by_both(MOTOR, answers) is signed
    assert not signed_by_both(HOME, answers)
    assert not signed_by_both(MOTOR, answers | {"altro-veicolo": {"other": "no"}})


ALONE = CRASH | {"altro-veicolo": {"other": "no"}}


def test_two_signatures_without_another_vehicle_are_asked_again_in_words():
    statement = MOTOR.step("constatazione")
    assert [each.key for each in lacking(MOTOR, ALONE)] == ["constatazione"]
    wrong = form(statement, answers=ALONE, statement="both")
    assert [each.code for each in wrong.errors.as_data()["statement"]] == ["contradiction"]
    assert form(statement, answers=ALONE, statement="one").is_valid()
    assert form(MOTOR.step("altro-veicolo"), answers=CRASH, other="no").is_valid()


def test_what_another_answer_leaves_out_is_asked_again_and_no_part_of_what_is_sent():
    wrong = form(MOTOR.step("altro-veicolo"), other="no", other_plate="FG456HJ")
    assert [each.code for each in wrong.errors.as_data()["other_plate"]] == ["contradiction"]
    alone = CRASH | {"altro-veicolo": CRASH["altro-veicolo"] | {"other": "no"}}
    assert held(MOTOR, alone)["altro-veicolo"] == {"other": "no"}
    assert "FG456HJ" not in as_text(MOTOR, alone)
    assert held(MOTOR, CRASH) == CRASH


def test_a_question_says_with_which_answer_it_is_asked():
    page = form(MOTOR.step("veicolo")).fields["driver_name"]
    assert page.only_if == "driver=other"
    assert page.only_if_words == "only if you answered “Somebody else” to “Who was driving?”"


def test_day_and_time_are_read_back():
    assert (occurred_on(CRASH), occurred_time(CRASH)) == (date(2026, 5, 2), time(18, 30))
    assert (occurred_on({}), occurred_time({})) == (None, None)


def test_a_step_is_lacking_until_its_obligatory_questions_are_answered():
    assert lacking(MOTOR, CRASH) == []
    assert [each.key for each in lacking(MOTOR, {})] == [each.key for each in MOTOR.steps]
    hurt = CRASH | {"persone": {"injured": "yes", "police": "no"}}
    assert [each.key for each in lacking(MOTOR, hurt)] == ["persone"]


# --- The form
def test_the_answers_are_kept_as_plain_texts():
    filled = form(EVENT, **CRASHED | {"occurred_time": "18:30"})
    assert filled.is_valid(), filled.errors
    assert filled.answers() == CRASHED


@pytest.mark.parametrize("day", ["2999-01-01", "1912-01-01", "31/02/2026", "ieri"])
def test_a_day_that_cannot_be_is_refused(day):
    assert "occurred_on" in form(EVENT, **CRASHED | {"occurred_on": day}).errors


def test_what_another_answer_makes_necessary_is_asked_for():
    people = MOTOR.step("persone")
    assert "injured_who" in form(people, injured="yes", police="no").errors
    assert form(people, injured="no", police="no").is_valid()


def test_ten_thousand_characters_of_what_happened_are_taken_and_one_more_is_counted():
    assert form(EVENT, **CRASHED | {"description": "à" * 10_000}).is_valid()
    wrong = form(EVENT, **CRASHED | {"description": "à" * 10_001})
    assert [each.code for each in wrong.errors.as_data()["description"]] == ["text_too_long"]


@pytest.mark.parametrize("text", ["🚗💥 tamponata", "صدمني من الخلف", "a\u202eb", "riga\r\nriga"])
def test_emoji_other_directions_and_line_ends_are_kept_without_what_misleads(text):
    filled = form(EVENT, **CRASHED | {"description": text})
    assert filled.is_valid()
    assert filled.answers()["description"] == text.replace("\u202e", "").replace("\r\n", "\n")


def test_a_plate_and_a_number_are_kept_in_their_known_form():
    other = form(MOTOR.step("altro-veicolo"), other="yes", other_plate="ab 123 cd")
    assert other.is_valid(), other.errors
    assert other.answers()["other_plate"] == "AB123CD"
    driver = form(
        MOTOR.step("veicolo"),
        driver="other",
        driver_name="Ugo",
        damage="x",
        drivable="yes",
        driver_phone="333 123 4567",
    )
    assert driver.is_valid(), driver.errors
    assert driver.answers()["driver_phone"] == "+393331234567"


# --- Shown again
def test_the_answers_are_shown_in_the_words_of_the_reader():
    with translation.override("it"):
        assert "2 maggio 2026" in [row.text for row in shown_steps(MOTOR, CRASH)[0][1]]
    statement = shown_steps(MOTOR, CRASH)[4][1]
    assert [row.text for row in statement] == ["Yes, and both drivers signed it"]


def test_the_whole_report_is_one_text_with_every_answer():
    text = as_text(MOTOR, CRASH)
    for answer in ("Via Po 1, Pavia", "Tamponata al semaforo.", "18:30", "FG456HJ"):
        assert answer in text
    assert "None" not in text


def test_what_was_not_answered_is_not_shown():
    assert as_text(MOTOR, {"evento": {"place": "Pavia"}}).splitlines() == ["THE EVENT", "Where did it happen? Pavia"]
