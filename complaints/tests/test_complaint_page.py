"""The page of a complaint as an officer works on it: the next step, the checklist, similar complaints, the person."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from complaints.checklists.commands import add_item, change_item, tick_items
from complaints.checklists.queries import items_for
from complaints.models import ChecklistItem, Complaint, RegisterYear
from complaints.models.code import CodeList, codes_of
from complaints.page.context import page_context
from complaints.page.facts import answer_of, classified, facts_of, story_of
from complaints.page.ladder import ladder_of
from complaints.page.next_step import steps_of
from complaints.page.similar import similar_to
from complaints.returns.queries import needed_for_the_return
from complaints.services import assign
from complaints.tests.factories import (
    AnswerApprovalFactory,
    ChecklistItemFactory,
    ComplaintDocumentFactory,
    ComplaintEventFactory,
    ComplaintFactory,
)
from contact_center.models import ContactEvent
from contact_center.tests.factories import ContactEventFactory, ContactFactory
from customers import roles
from customers.tests.factories import ClaimFactory, CustomerFactory, PolicyFactory, UserFactory
from foundation.refusals import Refused
from foundation.tests.database import as_new

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY, NOW = date(2026, 5, 4), datetime(2026, 5, 4, 8, tzinfo=UTC)
WHOLE = {"ramo": "8", "area": "settlement", "reason_codes": ["late_payment"], "received_by": "pec"}


def next_of(complaint, *, ticked=0, items=0, waiting=None, has_gone=False):
    steps = steps_of(complaint, ticked=ticked, items=items, waiting=waiting, has_gone=has_gone)
    return next((step for step in steps if step.is_next), None)


# --- The next step
@pytest.mark.parametrize(
    ("given", "asked", "name"),
    [
        ({}, {}, "Assign it"),
        ({"handler": True}, {}, "Say what it is about"),
        ({"handler": True, **WHOLE}, {"items": 2, "ticked": 1}, "Look into it"),
        (
            {"handler": True, **WHOLE, "about_conduct": True, "intermediary_stated": "Broker"},
            {},
            "Hear the intermediary",
        ),
        ({"handler": True, **WHOLE}, {"items": 2, "ticked": 2}, "Write the answer"),
        ({"handler": True, **WHOLE, "state": "answered"}, {}, "See that it arrives"),
        ({"handler": True, **WHOLE, "state": "answered"}, {"has_gone": True}, None),
        ({"state": "withdrawn"}, {}, None),
    ],
)
def test_one_thing_is_to_be_done_next(officer, given, asked, name):
    complaint = ComplaintFactory.build(**{**given, **({"handler": officer} if "handler" in given else {})})
    with translation.override("en"):
        step = next_of(complaint, **asked)
    assert (step.name if step else None) == name


def test_what_is_not_classified_is_named(officer):
    complaint = ComplaintFactory.build(handler=officer, **{**WHOLE, "received_by": ""})
    with translation.override("en"):
        assert next_of(complaint).hint == "Not classified yet: channel of receipt."


def test_an_answer_that_waits_names_its_writer():
    approval = AnswerApprovalFactory(
        complaint__handler=UserFactory(role=roles.COMPLAINT_OFFICER),
        **{f"complaint__{name}": value for name, value in WHOLE.items()},
    )
    with translation.override("en"):
        assert str(approval.submitted_by) in next_of(approval.complaint, waiting=approval).hint


# --- Who examines it
@pytest.mark.parametrize("kind", [ContactEvent.Kind.REPLIED, ContactEvent.Kind.CLOSED, ContactEvent.Kind.CODED])
def test_whoever_handled_the_matter_does_not_examine_the_complaint(officer, kind):
    contact = ContactFactory()
    ContactEventFactory(contact=contact, kind=kind, by=officer)
    with pytest.raises(Refused) as refused:
        assign(ComplaintFactory(contact=contact), handler=officer, by=officer)
    assert (refused.value.code, refused.value.field) == ("handled_the_matter", "handler")


def test_whoever_only_registered_it_may_examine_it(officer):
    contact = ContactFactory()
    ContactEventFactory(contact=contact, kind=ContactEvent.Kind.COMPLAINT, by=officer)
    assert assign(ComplaintFactory(contact=contact), handler=officer, by=officer).handler == officer


def test_the_form_offers_only_people_who_did_not_handle_the_matter(client, officer):
    contact = ContactFactory()
    other = UserFactory(role=roles.COMPLAINT_OFFICER)
    ContactEventFactory(contact=contact, kind=ContactEvent.Kind.REPLIED, by=officer)
    client.force_login(officer)
    page = client.get(
        reverse("admin:complaints_complaint_command", args=[ComplaintFactory(contact=contact).pk, "assegna"])
    )
    assert list(page.context["form"].fields["handler"].queryset) == [other]


# --- Who is warned
LATE = {"received_on": date(2026, 3, 2)}  # due by 16 April


def ladder(complaint, reader):
    with translation.override("en"):
        return ladder_of(complaint, reader=reader)


def test_the_page_of_a_late_complaint_names_who_is_warned_and_from_when(client, officer):
    head = UserFactory(role=roles.COMPLAINT_OFFICER, heads_complaints=True)
    complaint = ComplaintFactory(handler=officer, **LATE)
    client.force_login(officer)
    page = client.get(
        reverse("admin:complaints_complaint_change", args=[complaint.pk]), headers={"accept-language": "en"}
    )
    assert page.context["ladder"].words == (
        f"Past the term a warning goes out every 5 days: to {officer}, from 22 April 2026 to {head} as well, who heads the "
        "complaints office, and from 27 April 2026 to the managers."
    )
    assert f"from 22 April 2026 to {head} as well" in page.content.decode()


def test_where_nobody_heads_the_office_the_page_says_that_the_managers_are_warned(officer):
    said = ladder(ComplaintFactory(handler=officer, **LATE), officer)
    assert said.words.endswith(
        f"to {officer}, and from 22 April 2026 to the managers as well. Nobody is entered as the head of the complaints office."
    )
    assert said.url == ""


def test_an_administrator_is_led_to_where_the_head_is_entered():
    administrator = UserFactory(role=roles.ADMINISTRATOR)
    said = ladder(ComplaintFactory(**LATE), administrator)
    assert "to all complaint officers" in said.words
    assert said.url == reverse("admin:customers_user_changelist")


def test_a_head_who_follows_the_complaint_is_named_as_both():
    head = UserFactory(role=roles.COMPLAINT_OFFICER, heads_complaints=True)
    said = ladder(ComplaintFactory(handler=head, **LATE), head)
    assert said.words.endswith(f"to the managers as well, since {head} heads the complaints office.")


def test_who_is_away_is_named_with_the_people_who_stand_in(officer):
    gone = timezone.now() - timedelta(days=30)
    head = UserFactory(role=roles.COMPLAINT_OFFICER, heads_complaints=True, last_login=gone)
    handler = UserFactory(role=roles.COMPLAINT_OFFICER, last_login=gone)
    said = ladder(ComplaintFactory(handler=handler, **LATE), officer)
    assert said.words.endswith(
        f"to {handler}, who is away, and all complaint officers, and from 22 April 2026 to {head}, who heads the complaints "
        "office and is away, and to the managers as well."
    )


def test_while_there_is_time_nobody_is_asked_for(client, officer):
    complaint = ComplaintFactory(handler=officer, received_on=TODAY)
    client.force_login(officer)
    page = client.get(reverse("admin:complaints_complaint_change", args=[complaint.pk]))
    assert page.context["ladder"] is None


# --- The checklist
def test_the_checklist_is_that_of_all_complaints_and_of_each_reason():
    ChecklistItem.objects.all().update(valid_to=date(2025, 1, 1))
    general = ChecklistItemFactory()
    of_reason = ChecklistItemFactory(reason="price")
    ChecklistItemFactory(reason="privacy")
    ChecklistItemFactory(valid_from=date(2026, 5, 5))
    assert items_for(ComplaintFactory(reason_codes=["price"])) == [general, of_reason]


def test_ticks_are_kept_with_who_set_them_and_taken_back(officer):
    ChecklistItem.objects.all().update(valid_to=date(2025, 1, 1))
    first, second = ChecklistItemFactory(), ChecklistItemFactory()
    complaint, other = ComplaintFactory(), UserFactory(role=roles.COMPLAINT_OFFICER)
    assert tick_items(complaint, items={first.pk}, by=officer) == 1
    assert tick_items(complaint, items={first.pk, second.pk}, by=other) == 1
    assert dict(complaint.ticks.values_list("item", "by")) == {first.pk: officer.pk, second.pk: other.pk}
    assert tick_items(complaint, items=set(), by=officer) == 2


def test_an_item_of_another_checklist_is_refused(officer):
    with pytest.raises(Refused) as refused:
        tick_items(ComplaintFactory(), items={ChecklistItemFactory(reason="price").pk}, by=officer)
    assert refused.value.code == "other_items"


def test_an_administrator_keeps_the_items(officer):
    item = add_item(by=officer, reason="price", name="Tariffa", name_en="Tariff")
    assert change_item(item, by=officer, changes={"valid_to": TODAY}).valid_to == TODAY
    with pytest.raises(Refused) as refused:
        add_item(by=officer, name="Solo italiano", name_en="")
    assert refused.value.code == "no_name"


# --- Similar complaints
def test_similar_complaints_have_its_main_reason_and_line_and_are_counted_by_outcome(officer):
    complaint = ComplaintFactory(**WHOLE)
    for outcome in ("rejected", "rejected", "upheld"):
        ComplaintFactory(**WHOLE, answered=True, outcome=outcome)
    ComplaintFactory(**WHOLE)
    ComplaintFactory(**{**WHOLE, "ramo": "10"}, answered=True)
    ComplaintFactory(**WHOLE, answered=True, received_on=date(2024, 1, 10))
    ComplaintFactory(**WHOLE, cancelled=True)
    with translation.override("en"):
        similar = similar_to(complaint, user=officer, today=TODAY)
    assert (similar.outcomes, similar.open_ones, len(similar.latest)) == ([("rejected", 2), ("upheld", 1)], 1, 3)


def test_a_complaint_without_a_reason_is_like_none(officer):
    assert similar_to(ComplaintFactory(), user=officer, today=TODAY) is None


@pytest.mark.parametrize("ramo", ["10", ""])
def test_similar_complaints_come_from_their_index_whether_the_line_is_known_or_not(officer, ramo):
    """Four years of a register: one complaint in twenty has the reason, one in five the line."""
    as_new(Complaint, RegisterYear)
    year, reasons = RegisterYear.objects.create(year=2026, last_number=4_000), codes_of(CodeList.REASON)[:20]
    Complaint.objects.bulk_create(
        Complaint(
            year=year,
            sequence=n + 1,
            complainant_name="Maria Rossi",
            reason_codes=[reasons[n % 20].word],
            ramo=("10", "8", "13", "I", "2")[n // 20 % 5],
            received_on=TODAY - timedelta(days=n * 1461 // 4_000),
            **(
                {} if n % 9 == 0 else {"state": "answered", "outcome": "rejected", "answer": "No.", "answered_at": NOW}
            ),
        )
        for n in range(4_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_complaint")
    complaint = Complaint.objects.filter(reason_codes__0=reasons[0].word, ramo="10").first()
    complaint.ramo = ramo
    with CaptureQueriesContext(connection) as asked:
        similar = similar_to(complaint, user=officer, today=TODAY)
    assert similar.answered + similar.open_ones == (21 if ramo else 101)
    statements = [each["sql"] for each in asked if 'FROM "complaints_complaint"' in each["sql"]]
    assert len(statements) == 2
    for statement in statements:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + statement)
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "complaint_alike" in plan, plan
        assert "Seq Scan" not in plan, plan


# --- Its facts
def test_only_what_is_set_is_shown_and_under_headings(officer):
    complaint = ComplaintFactory(**WHOLE, province="PV", treatable=False, not_treatable_reason="Lite in corso")
    with translation.override("en"):
        about = dict(classified(complaint, user=officer)["about"])
    assert about == {
        "The contract": [("Line of business (ramo)", "8 – fire and natural events")],
        "What happened": [("Business area", "claims settlement"), ("Reasons", "late payment")],
        "Whether it can be treated, and its value": [
            ("Can be treated", "no"),
            ("Why it cannot be treated", "Lite in corso"),
        ],
    }


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({}, ("ramo", "area", "reason", "channel", "distribution")),
        ({**WHOLE, "distribution": "agency"}, ()),
        ({**WHOLE, "distribution": "agency", "about_conduct": True}, ("intermediary_kind",)),
        ({**WHOLE, "distribution": "agency", "treatable": False}, ("not_treatable_cause",)),
        ({"cancelled": True}, ()),
        ({"past_open": True}, ()),
    ],
)
def test_what_the_half_year_return_still_needs_is_named(given, needed):
    assert needed_for_the_return(ComplaintFactory.build(**given)) == needed


def test_a_row_is_a_link_for_who_may_open_its_page(officer):
    complaint = ComplaintFactory(customer=CustomerFactory(agency__name="Agenzia Pavia"))
    complaint.agency = complaint.customer.agency
    links = {
        role: [str(value).startswith("<a ") for _name, value in facts_of(complaint, ("agency",), user=user)]
        for role, user in (("officer", officer), ("nobody", UserFactory(role=roles.CAMPAIGN_AUTHOR)))
    }
    assert links == {"officer": [True], "nobody": [False]}


def test_the_story_says_who_how_and_when(officer):
    complaint = ComplaintFactory(address="maria@example.it", phone="+390212345678", received_by="pec")
    with translation.override("en"):
        story = story_of(complaint, user=officer)
    assert ("Complainant", "Maria Rossi") in story["who"]
    assert ("The answer goes out", "by e-mail to maria@example.it") in story["who"]
    assert "Received by way of" in dict(story["when"])
    assert story["words"] == complaint.text


def test_who_sees_no_names_reads_the_words_without_them():
    manager = UserFactory(role=roles.MANAGER)
    story = story_of(ComplaintFactory(text="Sono Maria Rossi."), user=manager)
    assert "Rossi" not in story["words"]
    assert "Maria Rossi" not in dict(story["who"]).values()


def test_an_answer_is_shown_once_there_is_one(officer):
    assert answer_of(ComplaintFactory(), user=officer) is None
    answered = ComplaintFactory(answered=True, reasons="L'articolo 4.")
    assert answer_of(answered, user=officer)["reasons"] == "L'articolo 4."


# --- The whole page
def test_the_whole_page_costs_the_same_for_one_document_and_event_and_for_three(client, officer):
    client.force_login(officer)
    counts = []
    for number in (1, 1, 3):  # the first look reads what is kept for all pages
        complaint = ComplaintFactory(**WHOLE)
        for _each in range(number):
            ComplaintDocumentFactory(complaint=complaint)
            ComplaintEventFactory(complaint=complaint)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("admin:complaints_complaint_change", args=[complaint.pk]))
        assert (page.status_code, len(page.context["documents"])) == (200, number)
        counts.append(len(captured))
    assert counts[1] == counts[2]


def test_the_page_costs_the_same_for_a_person_with_one_policy_and_with_three(officer):
    page_context(
        ComplaintFactory(answered=True, **WHOLE), user=officer, today=TODAY
    )  # what is read once for all pages
    codes_of(CodeList.OUTCOME)
    counts = []
    for number in (1, 3):
        customer = CustomerFactory()
        for _each in range(number):
            ClaimFactory(policy=PolicyFactory(holder=customer))
            ComplaintFactory(customer=customer, **WHOLE, answered=True)
        complaint = ComplaintFactory(customer=customer, **WHOLE)
        with CaptureQueriesContext(connection) as captured:
            page = page_context(Complaint.objects.get(pk=complaint.pk), user=officer, today=TODAY)
        assert (len(page["policies"]), len(page["claims"]), len(page["other_complaints"])) == (number,) * 3
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("work", "found"), [("mine", "mine"), ("late", "late")])
def test_the_officer_lists_what_is_theirs_and_what_is_late(client, officer, work, found):
    complaints = {
        "mine": ComplaintFactory(handler=officer, received_on=date(2026, 5, 1)),
        "late": ComplaintFactory(received_on=date(2026, 3, 19)),
        "today": ComplaintFactory(received_on=date(2026, 3, 20)),
    }
    client.force_login(officer)
    listed = client.get(reverse("admin:complaints_complaint_changelist"), {"work": work})
    assert list(listed.context["cl"].result_list) == [complaints[found]]


def test_what_follows_from_a_complaint_is_entered_from_its_page_with_its_number_filled_in(client, officer):
    complaint = ComplaintFactory(sequence=31)
    client.force_login(officer)
    links = page_context(complaint, user=officer, today=TODAY)["new_matters"]
    assert [client.get(url).context["form"].initial["complaint"] for _label, url in links] == ["2026/31"] * 2
    auditor = UserFactory(role=roles.AUDITOR)
    assert page_context(complaint, user=auditor, today=TODAY)["new_matters"] == []
