"""The language of texts: what may be written, what is refused by line and name, and what a text of a kind must not lack."""

from dataclasses import replace
from datetime import date

import pytest
from django.template import Context
from django.utils import translation

from notifications.kinds import KINDS, POLICY_EXPIRING
from notifications.texts.checking import LONGEST_BODY, problems_of
from notifications.texts.comparing import Piece, compared
from notifications.texts.first_version import SUBJECT, Source, file_engine, first_version
from notifications.texts.mediums import FILES, LANGUAGES, Medium, mediums_of
from notifications.texts.reading import NotAllowed, read
from notifications.texts.words import WORDS, facts_of, words_of

TODAY = date(2026, 11, 29)
TEXTS = [(kind, medium, language) for kind in KINDS.values() for medium in mediums_of(kind) for language in LANGUAGES]
IDS = [f"{kind.code}-{medium.value}-{language}" for kind, medium, language in TEXTS]
WORDS_HERE = frozenset({"plate", "ends_on", "amount", "goes"})


def faults(source):
    with translation.override("en"):
        with pytest.raises(NotAllowed) as refusal:
            read(source, words=WORDS_HERE)
        return [str(problem) for problem in refusal.value.problems]


def wrong(kind, source, *, medium=Medium.MESSAGE, language="it", on=TODAY):
    with translation.override("en"):
        found = problems_of(kind, source, medium=medium, language=language, on=on)
        return {name: [str(problem) for problem in problems] for name, problems in found.items()}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (
            "a\n{{ premio_netto }}",
            "Line 2: the word “premio_netto” is not known for this notice; allowed: amount, ends_on, goes, plate.",
        ),
        (
            "{{ plate|upper }}",
            "Line 1: “|upper” is not allowed; allowed: date, floatformat, written_day, written_moment.",
        ),
        (
            "a\nb\n{% load static %}",
            "Line 3: the instruction “load” is not allowed; allowed: if, elif, else, endif, for, endfor.",
        ),
        (
            '{% include "x" %}',
            "Line 1: the instruction “include” is not allowed; allowed: if, elif, else, endif, for, endfor.",
        ),
        ("{{ plate.owner }}", "Line 1: “plate.owner”: a word has no parts; write it without the dot."),
        ("{{ plate", "Line 1: “{{” without its pair; both belong on the same line."),
        ("a\n{{\nplate }}", "Line 2: “{{” without its pair; both belong on the same line."),
        ("{% if plate %}x", "Line 1: “if” is never closed: “endif” is missing."),
        ("x\n{% endif %}", "Line 2: “endif” closes nothing that is open here."),
        ("{% else %}", "Line 1: “else” stands outside of an “if”."),
        (
            '{{ ends_on|date:"Y" }}',
            'Line 1: after “date” only one of these may stand: "DATE_FORMAT", "SHORT_DATE_FORMAT".',
        ),
        ("{{ ends_on|written_day:plate }}", "Line 1: after “written_day” only one of these may stand"),
        ("{% if plate = 3 %}x{% endif %}", "Line 1: this cannot be read"),
        ("{% if nessuna %}x{% endif %}", "Line 1: the word “nessuna” is not known for this notice"),
        ("{% for each in nessuna %}x{% endfor %}", "Line 1: the word “nessuna” is not known for this notice"),
        ("{% for each in goes %}{{ forloop.counter }}{% endfor %}", "Line 1: “forloop.counter”: a word has no parts"),
        ("{% if plate %}" * 9 + "{% endif %}" * 9, "Line 1: more than 8 conditions inside each other"),
    ],
)
def test_what_is_not_allowed_is_refused_by_line_and_name(source, fault):
    assert any(each.startswith(fault) for each in faults(source)), faults(source)


def test_all_faults_are_named_at_once():
    assert len(faults("{{ uno }} {{ due }}\n{{ tre }}")) == 3


def test_words_dates_sums_conditions_and_lists_may_be_written():
    source = '{% if plate == "X" %}a{% elif plate %}{{ plate }}{% else %}b{% endif %} {{ ends_on|written_day:"al" }} {{ amount|floatformat:"2g" }}{% for each in goes %} {{ each }}{% endfor %}'
    text = read(source, words=WORDS_HERE)
    with translation.override("it"):
        made = text.made_of({"plate": "AB1", "ends_on": date(2026, 12, 8), "amount": 1240.5, "goes": ["uno", "due"]})
    assert made == "AB1 all’8 dicembre 2026 1.240,50 uno due"
    assert text.named == WORDS_HERE
    assert text.asked == {"plate", "goes"}


@pytest.mark.parametrize(("kind", "medium", "language"), TEXTS, ids=IDS)
def test_the_first_version_says_what_the_files_say_in_every_case(kind, medium, language):
    source, words = first_version(kind, medium, language), words_of(kind)
    texts = {FILES[medium]: read(source.body, words=words)}
    if medium == Medium.MESSAGE:
        texts[SUBJECT] = read(source.subject, words=words)
    with translation.override(language):
        for facts in facts_of(kind):
            for name, text in texts.items():
                template = file_engine().get_template(f"notices/{kind.code}/{name}")
                wanted = template.render(Context(facts, autoescape=False))
                assert text.made_of(facts).strip() == wanted.strip()


@pytest.mark.parametrize(("kind", "medium", "language"), TEXTS, ids=IDS)
def test_the_first_version_lacks_nothing(kind, medium, language):
    source = first_version(kind, medium, language)
    assert wrong(kind, source, medium=medium, language=language) == {}


@pytest.mark.parametrize("kind", [each for each in KINDS.values() if mediums_of(each)], ids=lambda kind: kind.code)
def test_every_word_of_every_kind_is_explained(kind):
    assert words_of(kind) - WORDS.keys() == set(), "explain it in notifications/texts/words.py"


def test_a_motor_text_without_tacit_renewal_is_refused_with_what_is_missing():
    source = first_version(POLICY_EXPIRING, Medium.MESSAGE, "it")
    shorter = replace(source, body=source.body.replace("non si rinnova tacitamente", "scade"))
    assert wrong(POLICY_EXPIRING, shorter) == {
        "body": [
            "Missing: that a motor liability contract is not renewed tacitly (art. 170-bis cod. ass.). It is owed in this case: the usual facts."
        ]
    }


def test_a_part_in_one_branch_is_missed_in_the_other():
    source = first_version(POLICY_EXPIRING, Medium.MESSAGE, "it")
    motor_alone = source.body.replace("{% if premium %}Premio", "{% if premium and is_motor %}Premio")
    (found,) = wrong(POLICY_EXPIRING, replace(source, body=motor_alone))["body"]
    assert found.startswith("Missing: the yearly premium (art. 42 Reg. IVASS 41/2018)")
    assert found.endswith("It is owed in this case: line = 8.")


def test_a_part_is_owed_from_its_day_on():
    kind = KINDS["complaint-term"]
    source = first_version(kind, Medium.MESSAGE, "it")
    without = replace(source, body=source.body.replace(" e all’Arbitro Assicurativo", ""))
    assert wrong(kind, without, on=date(2026, 1, 14)) == {}
    assert wrong(kind, without, on=date(2026, 1, 15))["body"][0].startswith(
        "Missing: that the complainant may turn to the Insurance Arbiter"
    )


def test_advertising_keeps_the_way_out_of_it():
    kind = KINDS["promotion"]
    source = first_version(kind, Medium.MESSAGE, "it")
    without = replace(source, body=source.body.replace("{{ stop_url }}", ""))
    assert "the address that ends it by one press" in wrong(kind, without)["body"][0]


def test_a_subject_is_one_line_and_not_empty():
    body = first_version(POLICY_EXPIRING, Medium.MESSAGE, "it").body
    assert wrong(POLICY_EXPIRING, Source("a\nBcc: b@example.com", body))["subject"][0].startswith(
        "The subject is one line"
    )
    assert wrong(POLICY_EXPIRING, Source("", body))["subject"] == ["Write the subject."]


def test_an_emoji_in_an_sms_is_named_and_an_accent_has_a_proposal():
    source = first_version(POLICY_EXPIRING, Medium.SHORT, "it")
    body = source.body.replace("Vittoria Assicurazioni:", "Vittoria 🚗 assicuração:")
    found = wrong(POLICY_EXPIRING, Source("", body), medium=Medium.SHORT)["body"]
    assert found == [
        "Line 1: “🚗” (automobile) is not in the alphabet of SMS: leave it out.",
        "Line 1: “ç” (latin small letter c with cedilla) is not in the alphabet of SMS: write “c” instead.",
        "Line 1: “ã” (latin small letter a with tilde) is not in the alphabet of SMS: write “a” instead.",
    ]


def test_an_sms_of_too_many_parts_is_refused_with_the_longest_case():
    source = first_version(POLICY_EXPIRING, Medium.SHORT, "it")
    long = wrong(POLICY_EXPIRING, Source("", source.body.strip() + " Grazie." * 60), medium=Medium.SHORT)["body"]
    assert long[0].startswith("In one case it takes 5 parts of an SMS")
    assert "at most 3 are sent" in long[0]


def test_an_sms_of_two_thousand_signs_and_a_boundless_body_are_refused_before_they_are_made():
    sms = wrong(POLICY_EXPIRING, Source("", "a" * 2_001), medium=Medium.SHORT)["body"]
    assert sms == ["The text has 2001 signs; at most 2000 may be written here."]
    message = wrong(POLICY_EXPIRING, Source("x", "a" * (LONGEST_BODY + 1)))["body"]
    assert message[0].startswith(f"The text has {LONGEST_BODY + 1} signs")


def test_a_sign_that_nobody_sees_is_named():
    source = first_version(POLICY_EXPIRING, Medium.MESSAGE, "it")
    found = wrong(POLICY_EXPIRING, replace(source, body="\u200bx\n" + source.body))["body"]
    assert found == ["Line 1: a sign that nobody sees (ZERO WIDTH SPACE): write the line again by hand."]


def test_a_day_form_on_what_is_no_day_is_refused_in_words():
    source = first_version(POLICY_EXPIRING, Medium.MESSAGE, "it")
    found = wrong(POLICY_EXPIRING, replace(source, body=source.body + '{{ policy|written_day:"il" }}'))["body"]
    assert found[0].startswith("In one case the text cannot be made (the usual facts)")


def test_a_comparison_marks_words_and_keeps_those_in_braces_whole():
    assert compared("scade il {{ ends_on }}.", "finisce il {{ due_on }}.") == [
        Piece("gone", "scade"),
        Piece("new", "finisce"),
        Piece("same", " il "),
        Piece("gone", "{{ ends_on }}"),
        Piece("new", "{{ due_on }}"),
        Piece("same", "."),
    ]
