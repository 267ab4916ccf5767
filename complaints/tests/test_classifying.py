"""Saying what a complaint is about: the page of the command as a browser shows and sends it, its refusals, two officers at once."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from complaints.classification.forms import ClassificationForm
from complaints.codes.commands import change_code
from complaints.models import Code, Complaint
from complaints.services import classify
from complaints.services.handling import CLASSIFICATION
from complaints.tests.factories import ComplaintFactory, IntermediaryFactory, SuspensionFactory
from customers import roles
from customers.tests.factories import AgencyFactory, CustomerFactory, PolicyFactory, UserFactory
from customers.tests.sign_in import signed_in
from foundation.tests.pages import carried_by, send_command

pytestmark = pytest.mark.django_db
State = Complaint.State
SENT = {"complainant_kind": "policyholder", "proposer_kind": "interested", "language": "it", "treatable": "on"}
ROWS = ("customer", "policy", "claim", "follows", "agency", "intermediary_row")


@pytest.fixture
def client(officer, clock):
    return signed_in(officer)


def address_of(complaint) -> str:
    return reverse("admin:complaints_complaint_command", args=[complaint.pk, "classifica"])


def sent_for(complaint, **given) -> dict:
    """What the untouched form of a complaint sends, with what is `given` in its place."""
    rows = {name: getattr(complaint, f"{name}_id") or "" for name in ROWS}
    return SENT | rows | given


def as_a_browser_sends_it(html: str) -> dict[str, list[str]]:
    """The fields of the page's form with the values that a browser shows: a number or day it cannot read is shown empty."""
    form = html.partition('class="vc-command-form"')[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind, value = attributes.get("type", "text"), attributes.get("value", "")
        if kind == "checkbox" and not re.search(r"\schecked(?=[\s>])", tag):
            continue
        if kind == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
            value = ""
        if kind == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            value = ""
        sent.setdefault(attributes["name"], []).append(value or ("on" if kind == "checkbox" else ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        sent[name] = [chosen[1] if chosen else ""]
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [text]
    return sent


def wrong_in(answer) -> dict[str, list[str]]:
    """The codes of what is wrong, by field."""
    return {name: [each.code for each in found] for name, found in answer.context["form"].errors.as_data().items()}


# --- The page -----------------------------------------------------------------------------------------------------
def test_every_part_of_the_classification_is_asked_once(client):
    form = client.get(address_of(ComplaintFactory())).context["form"]
    assert sorted(field.name for _heading, fields in form.parts() for field in fields) == sorted(CLASSIFICATION)


def test_the_complaint_is_read_beside_the_form(client):
    page = client.get(address_of(ComplaintFactory(text="Due pagine.\n\nCon a capo."))).content.decode()
    assert "<p>Due pagine.</p>\n\n<p>Con a capo.</p>" in page


def test_a_page_sent_untouched_changes_nothing(client):
    complaint = ComplaintFactory(
        economic_value=Decimal("350.00"),
        ramo="8",
        reason="Motivo in parole",
        event_on=date(2026, 1, 2),
        reason_codes=["price", "privacy", "conditions"],
        policy=PolicyFactory(),
        treatable=False,
        not_treatable_reason="È davanti al giudice.",
    )
    sent = as_a_browser_sends_it(client.get(address_of(complaint)).content.decode())
    assert (sent["economic_value"], sent["event_on"]) == (["350,00"], ["2026-01-02"])
    assert (sent["reason_codes_main"], {*sent["reason_codes_more"]}) == (["price"], {"privacy", "conditions"})
    assert client.post(address_of(complaint), sent).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.version, complaint.events.count()) == (1, 0)
    assert complaint.reason_codes == ["price", "privacy", "conditions"]


def test_an_officer_classifies_and_the_state_stays(client):
    complaint = ComplaintFactory()
    more = {"state": "answered", "answer": "x", "received_on": "2020-01-01"}
    given = sent_for(complaint, area="settlement", reason_codes_main="late_payment", ramo="10", **more)
    assert send_command(client, address_of(complaint), given).status_code == 302
    before = complaint.received_on
    complaint.refresh_from_db()
    assert (complaint.area, complaint.reason_codes, complaint.ramo) == ("settlement", ["late_payment"], "10")
    assert (complaint.state, complaint.answer, complaint.received_on) == ("received", "", before)
    event = complaint.events.get()
    assert (event.kind, event.details) == (
        "classified",
        {"ramo": ["", "10"], "area": ["", "settlement"], "reason_codes": ["", "late_payment"]},
    )


@pytest.mark.parametrize("typed", ["1234,50", "1.234,50", "1234.50"])
def test_euro_are_typed_as_people_write_them(client, typed):
    complaint = ComplaintFactory()
    sent = send_command(client, address_of(complaint), sent_for(complaint, economic_value=typed))
    assert sent.status_code == 302
    complaint.refresh_from_db()
    assert complaint.economic_value == Decimal("1234.50")


def test_codes_are_offered_as_of_the_day_of_receipt_beside_those_that_it_has(client, officer):
    for code_list, word in (("area", "legal"), ("reason", "privacy")):
        change_code(Code.objects.get(list=code_list, word=word), by=officer, changes={"valid_to": date(2025, 12, 31)})
    fresh = client.get(address_of(ComplaintFactory())).content.decode()
    kept = client.get(address_of(ComplaintFactory(area="legal", reason_codes=["privacy"]))).content.decode()
    assert ('value="legal"' in fresh, 'value="privacy"' in fresh) == (False, False)
    assert ('value="legal" selected' in kept, 'value="privacy" selected' in kept) == (True, True)


# --- What is refused ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"treatable": ""}, {"not_treatable_reason": ["no_reason"]}),
        ({"not_treatable_cause": "court"}, {"not_treatable_cause": ["treatable"]}),
        ({"event_on": "2026-01-11"}, {"event_on": ["after_the_receipt"]}),
        ({"reason_codes_more": ["price"]}, {"reason_codes": ["no_main_reason"]}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(client, given, wrong):
    complaint = ComplaintFactory()
    answer = send_command(client, address_of(complaint), sent_for(complaint, **given))
    assert (answer.status_code, wrong_in(answer), complaint.events.count()) == (200, wrong, 0)


def test_a_complaint_does_not_follow_itself(client):
    complaint = ComplaintFactory()
    answer = send_command(client, address_of(complaint), sent_for(complaint, follows=complaint.pk))
    assert "itself" in wrong_in(answer)["follows"]


def test_an_agency_and_another_intermediary_are_not_chosen_together(client):
    complaint = ComplaintFactory()
    given = {"agency": AgencyFactory().pk, "intermediary_row": IntermediaryFactory().pk}
    answer = send_command(client, address_of(complaint), sent_for(complaint, **given))
    assert "two_intermediaries" in wrong_in(answer)["intermediary_row"]


def test_while_an_intermediary_is_heard_it_stays_and_the_rest_may_change(client):
    complaint = ComplaintFactory(state=State.SUSPENDED, about_conduct=True, agency=AgencyFactory())
    SuspensionFactory(complaint=complaint, started_on=date(2026, 5, 1), ended_on=None)
    other = sent_for(complaint, agency="", proposer_kind="lawyer")
    assert send_command(client, address_of(complaint), other).status_code == 200
    assert Complaint.objects.get(pk=complaint.pk).agency is not None
    same = sent_for(complaint, about_conduct="on", proposer_kind="lawyer")
    assert send_command(client, address_of(complaint), same).status_code == 302
    assert complaint.events.get().kind == "classified"


def test_after_the_answer_what_its_letter_rests_on_is_refused(client):
    complaint = ComplaintFactory(answered=True, ramo="8", area="settlement")
    answer = send_command(client, address_of(complaint), sent_for(complaint, ramo="10", area="settlement"))
    assert wrong_in(answer) == {"__all__": ["in_the_letter"]}
    other = sent_for(complaint, ramo="8", area="settlement", reason="Premio")
    assert send_command(client, address_of(complaint), other).status_code == 302


@pytest.mark.parametrize("sent", ["zzz", "😀", "²", "-1", "9" * 30])
def test_what_is_no_row_is_refused_where_a_row_is_searched_for(sent):
    form = ClassificationForm(dict.fromkeys(ROWS, sent), instance=ComplaintFactory())
    assert "".join(str(form[name]) for name in ROWS)
    assert {*ROWS} & form.errors.keys() == {*ROWS}


# --- Two officers at once -------------------------------------------------------------------------------------------
def test_the_later_of_two_sees_what_changed_and_takes_nothing_back(client):
    complaint = ComplaintFactory(province="MI")
    other = UserFactory(role=roles.COMPLAINT_OFFICER, first_name="Ada", last_name="Ferri")
    customer = CustomerFactory()
    opened = client.get(address_of(complaint))
    classify(
        complaint,
        by=other,
        changes={"area": "legal", "province": "PV", "customer": customer, "reason_codes": ["price"]},
    )
    mine = carried_by(opened) | sent_for(complaint, province="TO", reason="Aumento", event_on="2026-01-03")
    later = client.post(address_of(complaint), mine)
    assert later.status_code == 409
    again = as_a_browser_sends_it(later.content.decode())
    assert (again["province"], again["reason"], again["event_on"]) == (["TO"], ["Aumento"], ["2026-01-03"])
    assert (again["area"], again["customer"], again["reason_codes_main"]) == (["legal"], [str(customer.pk)], ["price"])
    assert client.post(address_of(complaint), again).status_code == 302
    complaint.refresh_from_db()
    assert (complaint.area, complaint.customer, complaint.reason_codes) == ("legal", customer, ["price"])
    assert (complaint.province, complaint.reason, complaint.event_on) == ("TO", "Aumento", date(2026, 1, 3))


def test_a_page_without_its_version_does_nothing(client):
    complaint = ComplaintFactory()
    assert client.post(address_of(complaint), sent_for(complaint, area="legal")).status_code == 409
    assert Complaint.objects.get(pk=complaint.pk).area == ""


# --- The page of the complaint --------------------------------------------------------------------------------------
def test_the_step_leads_to_the_command_where_it_may_be_given(client):
    complaint = ComplaintFactory()
    page = reverse("admin:complaints_complaint_change", args=[complaint.pk])
    link = f'<strong><a href="{address_of(complaint)}">'
    assert link in client.get(page).content.decode()
    assert link not in signed_in(UserFactory(role=roles.AUDITOR)).get(page).content.decode()


def test_the_page_of_a_complaint_is_read_and_takes_no_form(client):
    page = reverse("admin:complaints_complaint_change", args=[ComplaintFactory().pk])
    shown = client.get(page)
    assert (shown.status_code, shown.context["has_change_permission"]) == (200, False)
    assert shown.context["adminform"].form.fields == {}
    assert client.post(page, SENT).status_code == 403
