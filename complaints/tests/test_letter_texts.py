"""Texts of letters: who writes and who approves, what is refused, from when until when each counts."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import translation

from complaints.letters.checking import problems_of, problems_of_reasons
from complaints.letters.codes import CODES, LANGUAGES, PARTICULAR
from complaints.letters.commands import (
    approve_text,
    end_text,
    rewrite_text,
    send_back,
    submit_text,
    withdraw_text,
    write_text,
)
from complaints.letters.office import address_to_write
from complaints.letters.texts import by_reasons, counting_of, in_place_of, texts_on
from complaints.models import LetterText
from complaints.tests.factories import LetterTextFactory
from customers import roles
from customers.tests.factories import UserFactory
from customers.tests.sign_in import signed_in_as
from foundation.refusals import Refused
from foundation.tests.pages import send_command

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]  # 4 May 2026
State = LetterText.State
TODAY, LATER = date(2026, 5, 4), date(2026, 6, 1)
IVASS = "scrivere all'IVASS, via del Quirinale 21, 00187 Roma, PEC tutela.consumatore@pec.ivass.it, per il reclamo {{ number }}."


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


@pytest.fixture
def submitted(officer):
    """A new IVASS paragraph that waits for approval."""
    text = write_text(code="ivass", language="it", body=IVASS, change_note="Più breve.", by=officer)
    return submit_text(text, by=officer)


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refusal:
        call(*args, **kwargs)
    return refusal.value.code


# --- The first versions ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_has_a_first_version_with_nothing_wrong_in_it(language):
    rows = LetterText.objects.filter(language=language, number=1, written_by__isnull=True)
    assert {row.code for row in rows} == CODES.keys() - {PARTICULAR}  # which begins with the reasons it is for
    assert {
        row.code: problems_of(CODES[row.code], row.body, language=language, on=date(2027, 1, 1)) for row in rows
    } == {row.code: [] for row in rows}


def test_the_insurance_arbiter_is_in_letters_from_its_first_day():
    assert "arbiter" not in texts_on(date(2026, 1, 14), language="it")
    assert "arbiter" in texts_on(date(2026, 1, 15), language="it")


# --- Writing and approving -----------------------------------------------------------------------------------------------
def test_what_one_writes_another_approves_and_letters_say_it_from_that_day(submitted, manager):
    approved = approve_text(submitted, by=manager)
    assert (approved.name, approved.state, approved.valid_from) == ("ivass@2", State.APPROVED, TODAY)
    assert texts_on(TODAY, language="it")["ivass"] == approved
    assert texts_on(date(2026, 5, 3), language="it")["ivass"].number == 1
    assert [event.new for event in approved.events.all()] == [State.APPROVED, State.SUBMITTED]


def test_a_text_for_a_later_day_waits_for_it(officer, manager):
    text = write_text(
        code="ivass", language="it", body=IVASS, change_note="Dal primo giugno.", wanted_from=LATER, by=officer
    )
    approve_text(submit_text(text, by=officer), by=manager)
    assert texts_on(date(2026, 5, 31), language="it")["ivass"].number == 1
    assert texts_on(LATER, language="it")["ivass"].number == 2


def test_nobody_approves_their_own_words(submitted, officer):
    assert refused(approve_text, submitted, by=officer) == "own_words"
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterText.objects.filter(pk=submitted.pk).update(
            state="approved", approved_by=officer, approved_at="2026-05-04T10:00Z", valid_from=TODAY
        )


def test_two_versions_are_not_written_at_once(submitted, officer):
    again = {"code": "ivass", "language": "it", "body": IVASS, "change_note": "x", "by": officer}
    assert refused(write_text, **again) == "written_already"


def test_what_was_submitted_is_sent_back_before_it_changes(submitted, officer, manager):
    assert refused(rewrite_text, submitted, body=IVASS, by=officer) == "wrong_state"
    draft = send_back(submitted, words="Dica anche il fax.", by=manager)
    assert rewrite_text(draft, body=IVASS.replace("Roma,", "Roma, fax 06.42133206,"), by=officer).state == State.DRAFT


@pytest.mark.parametrize(
    ("code", "body", "says"),
    [
        ("ivass", "Può scrivere all'IVASS.", "the postal address"),
        ("ivass", "{{ premio }}", "premio"),
        ("ivass", "{% load x %}", "load"),
        ("dear", "Gentile cliente,", "the name"),
        ("dear", "Gentile {{ name.upper }},", "name.upper"),
        ("place", "Milano,\n{{ day }}", "Line 2"),
        ("greeting", "", "Write the text"),
        ("greeting", "Saluti\u200b", "ZERO WIDTH"),
        ("greeting", "a" * 4_001, "4001"),
    ],
)
def test_what_is_wrong_with_a_text_is_said_with_its_place(code, body, says):
    with translation.override("en"):
        problems = problems_of(CODES[code], body, language="it", on=TODAY)
        assert says in " ".join(map(str, problems))


def test_a_text_that_lacks_what_the_law_asks_for_is_not_kept(officer):
    wrong = {"code": "ivass", "language": "it", "body": "Scriva.", "change_note": "x", "by": officer}
    assert refused(write_text, **wrong) == "not_allowed"
    assert refused(write_text, **(wrong | {"body": IVASS, "wanted_from": date(2026, 5, 3)})) == "past"
    assert refused(write_text, **(wrong | {"code": "nessuno"})) == "no_such_text"


# --- The last day --------------------------------------------------------------------------------------------------------
def test_the_version_before_it_counts_again_after_the_last_day(submitted, manager):
    text = end_text(approve_text(submitted, by=manager), valid_to=LATER, words="Solo per maggio.", by=manager)
    assert texts_on(LATER, language="it")["ivass"] == text
    assert texts_on(date(2026, 6, 2), language="it")["ivass"].number == 1
    assert refused(end_text, text, valid_to=LATER, words="x", by=manager) == "ended"


def test_what_letters_must_contain_does_not_end_without_another(manager):
    first = LetterText.objects.get(code="arbiter", language="it")
    assert refused(end_text, first, valid_to=LATER, words="x", by=manager) == "owed"
    consob = LetterTextFactory(approved=True, code="consob", number=2, body="Consob.")
    assert end_text(consob, valid_to=TODAY, words="Non serve più.", by=manager).valid_to == TODAY


def test_the_last_day_is_not_past(submitted, manager):
    text = approve_text(submitted, by=manager)
    assert refused(end_text, text, valid_to=date(2026, 5, 3), words="x", by=manager) == "past"


def test_what_has_begun_is_not_withdrawn_and_a_draft_is(submitted, officer, manager):
    assert withdraw_text(submitted, words="Ripensato.", by=officer).state == State.WITHDRAWN
    first = LetterText.objects.get(code="ivass", language="it", number=1)
    assert refused(withdraw_text, first, words="x", by=manager) == "has_begun"


# --- For some reasons alone --------------------------------------------------------------------------------------------------
def version(number, *reasons) -> LetterText:
    return LetterText(pk=number, code="ivass", language="it", number=number, reason_codes=list(reasons))


FOR_ALL, PRICE, BOTH, LATER_PRICE = (
    version(1),
    version(2, "price"),
    version(3, "privacy", "documents"),
    version(4, "price"),
)


@pytest.mark.parametrize(
    ("rows", "reasons", "expected"),
    [
        ([FOR_ALL], [], FOR_ALL),
        ([FOR_ALL], ["price"], FOR_ALL),
        ([FOR_ALL, PRICE], ["price"], PRICE),
        ([PRICE, FOR_ALL], ["price"], PRICE),  # whichever began later
        ([FOR_ALL, PRICE], ["documents"], FOR_ALL),
        ([FOR_ALL, PRICE], [], FOR_ALL),
        ([FOR_ALL, PRICE, LATER_PRICE], ["price"], LATER_PRICE),
        ([FOR_ALL, PRICE, BOTH], ["documents", "price"], BOTH),  # the main reason is the first
        ([FOR_ALL, PRICE, BOTH], ["price", "documents"], PRICE),
        ([PRICE], ["documents"], None),
    ],
)
def test_a_complaint_takes_the_version_of_its_first_reason_that_has_one(rows, reasons, expected):
    assert counting_of(rows, reasons) == expected


def test_of_the_particular_paragraphs_each_reason_has_its_own_once():
    assert by_reasons([PRICE, BOTH, LATER_PRICE], ["documents", "price", "privacy"]) == [BOTH, LATER_PRICE]
    assert by_reasons([FOR_ALL, PRICE], ["documents"]) == []


def test_a_version_is_replaced_by_a_later_one_for_its_reasons_alone():
    rows = [FOR_ALL, PRICE, BOTH, LATER_PRICE]
    assert [in_place_of(each, rows).number for each in rows] == [1, 4, 3, 4]
    assert in_place_of(version(5, "conditions"), [PRICE]) is None


@pytest.mark.parametrize(
    ("code", "reasons", "says"),
    [
        ("dear", ["price"], "one for all letters"),
        (PARTICULAR, [], "Choose the reasons"),
        ("ivass", ["price", "nonsense"], "nonsense"),
        ("ivass", ["price", "price"], "given once"),
    ],
)
def test_what_is_wrong_with_the_reasons_is_said_and_not_kept(officer, code, reasons, says):
    with translation.override("en"):
        assert says in " ".join(problems_of_reasons(CODES[code], reasons))
    given = {"code": code, "language": "it", "body": IVASS, "change_note": "x", "reason_codes": reasons, "by": officer}
    assert refused(write_text, **given) == "wrong_reasons"


def test_a_version_for_a_reason_leaves_the_one_for_all_where_it_is(officer, manager):
    given = {"code": "ivass", "language": "it", "body": IVASS, "change_note": "Più breve.", "reason_codes": ["price"]}
    for_price = approve_text(submit_text(write_text(**given, by=officer), by=officer), by=manager)
    assert texts_on(TODAY, language="it", reasons=["price"])["ivass"] == for_price
    for reasons in ([], ["documents"]):
        assert texts_on(TODAY, language="it", reasons=reasons)["ivass"].number == 1
    first = LetterText.objects.get(code="ivass", language="it", number=1)
    assert refused(end_text, first, valid_to=LATER, words="x", by=manager) == "owed"  # others would go without
    assert end_text(for_price, valid_to=TODAY, words="Non serve più.", by=manager).valid_to == TODAY


def test_the_database_knows_the_reasons_too():
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterTextFactory(code="ivass", reason_codes=["nonsense"])


# --- What the database guards ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [{"body": "altro"}, {"reason_codes": ["price"]}, {"valid_from": LATER}, {"state": "draft"}, {"code": "dear"}],
)
def test_what_was_approved_is_fixed(submitted, manager, change):
    text = approve_text(submitted, by=manager)
    with pytest.raises(InternalError), transaction.atomic():
        LetterText.objects.filter(pk=text.pk).update(**change)


def test_no_first_version_is_added_later():
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterTextFactory(code="nuovo", number=2, written_by=None, approved=True, approved_by=None)


# --- In the back office ------------------------------------------------------------------------------------------------------
def test_the_list_of_all_texts_names_the_version_in_force_and_what_is_being_written(
    submitted, django_assert_max_num_queries
):
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    page = client.get(reverse("admin:complaints_lettertext_codes"))
    cells = {code.code: row[0] for _label, texts in page.context["places"] for code, row in texts}
    assert [(text.number, about) for text, about in cells["ivass"].counting] == [(1, "")]
    assert (cells["ivass"].open, cells["ivass"].write_url) == (submitted, "")
    assert cells["dear"].write_url == address_to_write("dear", "it")
    with django_assert_max_num_queries(12):
        client.get(reverse("admin:complaints_lettertext_codes"))


def test_a_text_is_written_previewed_submitted_and_approved_on_the_pages():
    writer, approver = signed_in_as(roles.COMPLAINT_OFFICER), signed_in_as(roles.MANAGER)
    address = address_to_write("dear", "it")
    assert writer.get(address).context["form"].initial["body"] == "Gentile {{ name }},"
    preview = reverse("admin:complaints_lettertext_preview") + "?code=dear&language=it"
    shown = writer.post(preview, {"body": "Egregio {{ name }},"}).content.decode()
    assert "Egregio Maria Rossi," in shown
    assert "nessuno" in writer.post(preview, {"body": "Egregio {{ nessuno }},"}).context["problems"][0]
    assert not LetterText.objects.open().exists()
    send_command(writer, address, {"body": "Egregio {{ name }},", "change_note": "Più formale."})
    text = LetterText.objects.open().get()

    def command(name):
        return reverse("admin:complaints_lettertext_command", args=[text.pk, name])

    send_command(writer, command("presenta"))
    assert writer.get(command("approva")).status_code == 403
    page = approver.get(reverse("admin:complaints_lettertext_change", args=[text.pk]))
    assert [piece.text for piece in page.context["text_pieces"] if piece.kind == "new"] == ["Egregio"]
    assert send_command(approver, command("approva")).status_code == 302
    assert texts_on(TODAY, language="it")["dear"].body == "Egregio {{ name }},"


def test_what_is_wrong_is_refused_beside_its_field_with_what_was_typed_kept():
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    answer = send_command(client, address_to_write("ivass", "it"), {"body": "Scriva all'IVASS.", "change_note": "x"})
    assert "via del Quirinale" not in answer.context["form"]["body"].value()
    assert len(answer.context["form"].errors["body"]) == 2
    assert "Scriva all&#x27;IVASS." in answer.content.decode()


@pytest.mark.parametrize("role", [roles.AGENT, roles.AUDITOR])
def test_people_who_neither_write_nor_approve_begin_no_text(role):
    assert signed_in_as(role).get(address_to_write("dear", "it")).status_code == 403


def test_a_paragraph_for_a_reason_is_written_shown_and_explained_on_the_pages(settings):
    settings.LANGUAGE_CODE = "it"
    writer, approver = signed_in_as(roles.COMPLAINT_OFFICER), signed_in_as(roles.MANAGER)
    address = address_to_write(PARTICULAR, "it")
    words = {"body": "L'attestato è nella banca dati.", "change_note": "Lo chiedono tutti."}
    preview = reverse("admin:complaints_lettertext_preview") + f"?code={PARTICULAR}&language=it"
    assert len(writer.post(preview, words).context["problems"]) == 1
    shown = writer.post(preview, words | {"reason_codes": ["risk_certificate"]}).context["shown"]
    assert (shown.about, shown.paragraphs[0].code) == ("attestato e classe di merito", PARTICULAR)
    assert send_command(writer, address, words).context["form"].errors.keys() == {"reason_codes"}
    send_command(writer, address, words | {"reason_codes": ["risk_certificate", "price"]})
    text = LetterText.objects.get(code=PARTICULAR)
    assert text.reason_codes == ["risk_certificate", "price"]
    for name, client in (("presenta", writer), ("approva", approver)):
        send_command(client, reverse("admin:complaints_lettertext_command", args=[text.pk, name]))
    page = writer.get(reverse("admin:complaints_lettertext_change", args=[text.pk]))
    assert "attestato e classe di merito, premio e tariffa" in page.content.decode()
    again = writer.get(page.context["text_write_url"])
    assert again.context["form"].initial["reason_codes"] == ["risk_certificate", "price"]
    assert [about for _text, about in again.context["text_counting"]] == [
        "attestato e classe di merito, premio e tariffa"
    ]
    listed = writer.get(reverse("admin:complaints_lettertext_codes")).content.decode()
    assert "attestato e classe di merito, premio e tariffa" in listed


def test_a_piece_of_the_frame_asks_for_no_reasons_and_a_paragraph_does():
    client = signed_in_as(roles.COMPLAINT_OFFICER)
    assert "reason_codes" not in client.get(address_to_write("dear", "it")).context["form"].fields
    assert "reason_codes" in client.get(address_to_write("ivass", "it")).context["form"].fields
