"""What a person asked us to mind: written down with their agreement, read by those who answer, and first in the queue."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact_center.care.commands import end_care_need, record_care_need
from contact_center.care.queries import in_force_of
from contact_center.contacts import commands
from contact_center.contacts.priority import sweep_priorities
from contact_center.models import Contact
from contact_center.tests import factories as make
from customers import roles
from customers.joining.commands import join_files
from customers.models import CareNeed
from customers.tests.factories import AgencyMemberFactory, CareNeedFactory, CustomerFactory, UserFactory
from customers.tests.sign_in import signed_in
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
NOTE = "Preferisce che le scriviamo"
LAST = date(2027, 6, 1)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def agent():
    return make.AgentFactory(user=UserFactory(role=roles.AGENT), team=make.TeamFactory())


@pytest.fixture
def customer():
    return CustomerFactory()


def written(customer, agent, **facts) -> CareNeed:
    asked: dict[str, Any] = {"kind": "hearing", "note": NOTE, "stated_by": "person", "until": LAST} | facts
    return record_care_need(customer, by=agent.user, **asked)


def reasons(contact: Contact) -> tuple[int, list[str]]:
    contact.refresh_from_db()
    return contact.priority, contact.priority_reasons


def button(customer, name: str) -> str:
    return reverse("admin:customers_customer_command", args=[customer.pk, name])


# --- Written down and ended
def test_what_is_written_keeps_who_asked_who_heard_it_and_when(customer, agent):
    need = written(customer, agent, stated_by="representative")
    assert (need.stated_by, need.recorded_by, need.agreed_at) == ("representative", agent.user, timezone.now())
    assert (need.since, need.until) == (date(2026, 12, 1), LAST)


def test_the_same_again_is_one_row(customer, agent):
    assert written(customer, agent) == written(customer, agent)
    assert CareNeed.objects.count() == 1


def test_of_one_kind_the_newest_counts_and_the_earlier_one_ends(customer, agent):
    first, second = written(customer, agent), written(customer, agent, note="Parlare piano")
    first.refresh_from_db()
    assert (first.ended_by, first.until) == (agent.user, date(2026, 12, 1))
    assert list(CareNeed.objects.in_force(date(2026, 12, 1))) == [second]


def test_one_whose_last_day_has_passed_can_be_written_again(customer, agent):
    written(customer, agent, until=date(2026, 12, 1))
    with time_machine.travel(datetime(2026, 12, 2, 9, tzinfo=UTC), tick=False):
        again = written(customer, agent)
        assert list(CareNeed.objects.in_force(date(2026, 12, 2))) == [again]


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"kind": "deaf"}, "unknown", "kind"),
        ({"stated_by": "us"}, "unknown", "stated_by"),
        ({"kind": "other", "note": "  "}, "no_note", "note"),
        ({"note": "è" * 10_000}, "too_long", "note"),
        ({"until": date(2026, 11, 30)}, "until", "until"),
        ({"until": date(2027, 12, 3)}, "until", "until"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(customer, agent, facts, code, field):
    with pytest.raises(Refused) as refusal:
        written(customer, agent, **facts)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not CareNeed.objects.exists()


def test_a_company_and_a_joined_file_are_refused(agent, customer):
    joined = CustomerFactory(merged_into=customer)
    for refused, code in ((CustomerFactory(company=True), "no_person"), (joined, "joined")):
        with pytest.raises(Refused) as refusal:
            written(refused, agent)
        assert refusal.value.code == code


def test_it_ends_once_with_a_reason(customer, agent):
    need = written(customer, agent)
    with pytest.raises(Refused) as refusal:
        end_care_need(need, reason=" ", by=agent.user)
    assert refusal.value.code == "no_reason"
    need = end_care_need(need, reason="Lo chiede la persona", by=agent.user)
    assert (need.ended_by, need.ended_reason, need.until) == (agent.user, "Lo chiede la persona", date(2026, 12, 1))
    with pytest.raises(Refused) as refusal:
        end_care_need(need, reason="Di nuovo", by=agent.user)
    assert refusal.value.code == "ended_already"


@pytest.mark.parametrize(
    "change", [{"note": "Altro"}, {"kind": "sight"}, {"agreed_at": datetime(2026, 1, 1, tzinfo=UTC)}]
)
def test_the_database_refuses_to_change_what_was_written(change):
    need = CareNeedFactory()
    with pytest.raises(InternalError), transaction.atomic():
        CareNeed.objects.filter(pk=need.pk).update(**change)


def test_the_database_refuses_to_open_it_again(customer, agent):
    need = end_care_need(written(customer, agent), reason="Non serve più", by=agent.user)
    with pytest.raises(InternalError), transaction.atomic():
        CareNeed.objects.filter(pk=need.pk).update(ended_at=None, ended_by=None, ended_reason="")


# --- What it does to the queue
def test_the_open_contacts_of_the_person_come_first_from_that_moment_and_until_it_ends(customer, agent):
    contact = make.ContactFactory(customer=customer, started_at=timezone.now())
    others = make.ContactFactory(customer=CustomerFactory(), started_at=timezone.now())
    need = written(customer, agent)
    assert (reasons(contact), reasons(others)) == ((1, ["care"]), (0, []))
    end_care_need(need, reason="Non serve più", by=agent.user)
    assert reasons(contact) == (0, [])


def test_a_closed_contact_remains_as_it_is(customer, agent):
    contact = make.ContactFactory(customer=customer, closed=True)
    written(customer, agent)
    assert reasons(contact) == (0, [])


def test_a_contact_gets_the_reason_with_its_customer(customer, agent):
    written(customer, agent)
    contact = make.ContactFactory(by_phone=True, customer=None, state="in_progress", owner=agent, agent=agent)
    commands.link_customer(contact, customer=customer, by=agent.user)
    assert reasons(contact) == (1, ["care"])


def test_the_sweep_finds_the_last_day_that_has_passed(customer, agent):
    contact = make.ContactFactory(customer=customer, by_phone=True)
    written(customer, agent, until=date(2026, 12, 1))
    sweep_priorities()
    assert reasons(contact) == (1, ["care"])
    with time_machine.travel(datetime(2026, 12, 1, 23, 1, tzinfo=UTC), tick=False):  # 2 December in Rome
        sweep_priorities()
        assert reasons(contact) == (0, [])


def test_what_is_in_force_goes_to_the_file_that_remains(customer, agent):
    joined, officer = CustomerFactory(tax_code=""), UserFactory(role=roles.SPECIALIST)
    need = written(joined, agent)
    ended = end_care_need(written(joined, agent, kind="sight"), reason="Non serve più", by=agent.user)
    join_files(customer, joined, choices={}, reason="La stessa persona", by=officer)
    need.refresh_from_db(), ended.refresh_from_db()
    assert (need.customer, ended.customer) == (customer, joined)


def both_files(customer, agent):
    """The same kind in both files: that of the joined one remains where it is."""
    joined = CustomerFactory(tax_code="")
    own, other = written(customer, agent), written(joined, agent, note="Scrive")
    join_files(customer, joined, choices={}, reason="La stessa persona", by=UserFactory(role=roles.SPECIALIST))
    customer.refresh_from_db(), own.refresh_from_db(), other.refresh_from_db()
    assert other.customer == joined
    return own, other


def test_of_one_kind_in_two_files_that_of_the_file_that_remains_is_shown(customer, agent):
    own, _other = both_files(customer, agent)
    assert in_force_of(customer, agent.user) == [own]


@pytest.mark.parametrize("which", [0, 1])
def test_ending_one_ends_the_same_kind_in_the_other_file_too(customer, agent, which):
    contact = make.ContactFactory(customer=customer)
    end_care_need(both_files(customer, agent)[which], reason="Non serve più", by=agent.user)
    assert not CareNeed.objects.filter(ended_at__isnull=True).exists()
    assert "care" not in reasons(contact)[1]


def test_writing_it_again_ends_it_in_both_files(customer, agent):
    both_files(customer, agent)
    again = written(customer, agent, note="Solo per iscritto")
    assert list(CareNeed.objects.filter(ended_at__isnull=True)) == [again]


def test_what_only_the_joined_file_still_has_goes_on_counting(customer, agent):
    own, _other = both_files(customer, agent)
    CareNeed.objects.filter(pk=own.pk).update(until=date(2026, 12, 1))
    contact = make.ContactFactory(customer=customer)
    with time_machine.travel(datetime(2026, 12, 2, 9, tzinfo=UTC), tick=False):
        sweep_priorities()
        assert "care" in reasons(contact)[1]


# --- At the pages
def fields(**changed):
    return {
        "kind": "hearing",
        "note": NOTE,
        "until": "2027-06-01",
        "stated_by": "person",
        "agreed": "on",
    } | changed


def test_the_file_leads_to_the_form_and_shows_what_was_written(customer, agent):
    client = signed_in(agent.user)
    page = client.get(button(customer, "attenzione")).content.decode()
    assert "Mai una diagnosi" in page
    page = client.post(button(customer, "attenzione"), fields(), follow=True).content.decode()
    assert "Registrata: vale fino al 1° giugno 2027." in page
    assert NOTE in page


def test_without_the_agreement_nothing_is_written(customer, agent):
    page = signed_in(agent.user).post(button(customer, "attenzione"), fields(agreed="")).content.decode()
    assert "senza consenso non si può scrivere" in page
    assert not CareNeed.objects.exists()


def test_words_from_right_to_left_and_emoji_are_kept_and_a_line_break_is_refused(customer, agent):
    client, words = signed_in(agent.user), "الكتابة ✍️"
    client.post(button(customer, "attenzione"), fields(note="una\nriga"))
    assert not CareNeed.objects.exists()
    client.post(button(customer, "attenzione"), fields(note=words))
    assert CareNeed.objects.get().note == words


def test_the_button_ends_it_with_the_reason(customer, agent):
    need = written(customer, agent)
    given = {"need": need.pk, "reason": "Lo chiede la persona"}
    signed_in(agent.user).post(button(customer, "fine-attenzione"), given)
    need.refresh_from_db()
    assert need.ended_reason == "Lo chiede la persona"


def test_what_ends_is_of_this_file(customer, agent):
    need, other = written(customer, agent), written(CustomerFactory(), agent)
    answer = signed_in(agent.user).post(button(customer, "fine-attenzione"), {"need": other.pk, "reason": "x"})
    assert "È già terminata" in answer.content.decode()
    assert CareNeed.objects.filter(ended_at__isnull=True).count() == len([need, other])


def test_who_answers_reads_what_to_mind_and_everybody_else_the_neutral_reason(customer, agent):
    contact = make.ContactFactory(customer=customer)
    written(customer, agent)
    address = reverse("admin:contact_center_contact_change", args=[contact.pk])
    pages = {
        role: signed_in(UserFactory(role=role)).get(address).content.decode()
        for role in (roles.AGENT, roles.SPECIALIST, roles.COMPLAINT_OFFICER, roles.MANAGER, roles.AUDITOR)
    }
    assert [role for role, page in pages.items() if NOTE in page] == [
        roles.AGENT,
        roles.SPECIALIST,
        roles.COMPLAINT_OFFICER,
    ]
    assert all("il cliente richiede particolare attenzione" in page for page in pages.values())


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR, roles.ADMINISTRATOR])
def test_the_file_shows_nothing_to_whoever_does_not_answer_the_person(customer, agent, role):
    written(customer, agent)
    client = signed_in(UserFactory(role=role))
    page = client.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert NOTE not in page
    assert client.get(button(customer, "attenzione")).status_code == 403


def test_an_agency_neither_reads_nor_writes_it(customer, agent):
    need = written(customer, agent)
    member = AgencyMemberFactory(agency=customer.agency).user
    client = signed_in(member)
    page = client.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert need.note not in page
    assert client.get(button(customer, "attenzione")).status_code == 403
    assert not CareNeed.objects.visible_to(member).exists()


def test_the_desk_shows_it_on_the_card_and_leads_to_the_form(customer, agent):
    written(customer, agent)
    make.ContactFactory(
        by_phone=True, customer=customer, state="in_progress", owner=agent, agent=agent, started_at=timezone.now()
    )
    page = signed_in(agent.user).get("/backoffice/scrivania/").content.decode()
    assert NOTE in page
    assert button(customer, "attenzione") in page


def test_the_file_asks_as_often_for_three_as_for_one(customer, agent):
    client, address = signed_in(agent.user), reverse("admin:customers_customer_change", args=[customer.pk])
    written(customer, agent)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as with_one:
        client.get(address)
    for kind in ("sight", "language"):
        CareNeedFactory(customer=customer, kind=kind)
    with CaptureQueriesContext(connection) as with_three:
        client.get(address)
    assert len(with_three) == len(with_one)


def test_the_sweep_asks_as_often_for_three_people_as_for_one(agent):
    def queries() -> int:
        sweep_priorities()  # what changes costs a query for each
        with CaptureQueriesContext(connection) as asked:
            sweep_priorities()
        return len(asked)

    CareNeedFactory(customer=make.ContactFactory(customer=CustomerFactory()).customer)
    with_one = queries()
    for _time in range(2):
        CareNeedFactory(customer=make.ContactFactory(customer=CustomerFactory()).customer)
    assert queries() == with_one
