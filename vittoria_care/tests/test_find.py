"""The search over everything: what each kind of word finds, for whom, and what its page and its box are."""

import html
import re

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from complaints.models import Complaint
from complaints.tests.factories import ComplaintFactory
from contact_center.models import Contact
from contact_center.tests.factories import ContactFactory, KnownPersonFactory, WebFormRequestFactory
from customers import roles
from customers.access import open_with_reason
from customers.models import Claim, UnusualAccess
from customers.sensitive.commands import restrict_file
from customers.tests.factories import (
    AgencyMemberFactory,
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    PolicyFactory,
    UserFactory,
)
from foundation.office.closed import RESTRICTED
from notifications.tests.factories import NoticeFactory
from vittoria_care.backoffice.find import FINDERS, MOST

pytestmark = pytest.mark.django_db

BOX = {"HX-Request": "true"}
CODE, VAT = "BRNLCU80A41F205O", "00743110157"


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


@pytest.fixture
def officer():
    return UserFactory(role=roles.COMPLAINT_OFFICER)


@pytest.fixture
def rows():
    """One row of each kind, all of one customer, and somebody else."""
    customer = CustomerFactory(code="CL1", last_name="Bernardi", first_name="Lucia", tax_code=CODE)
    CustomerFactory(code="CL2", last_name="Verdi", first_name="Ugo")
    company = CustomerFactory(company=True, code="CL3", company_name="Trasporti D'Angelò S.r.l.", vat_number=VAT)
    ContactPointFactory(customer=customer, value="+393331112233")
    ContactPointFactory(customer=customer, kind="email", value="lucia@example.it")
    policy = PolicyFactory(holder=customer, number="100.2019-77", plate="FG456HK")
    return {
        "customer": customer,
        "company": company,
        "policy": policy,
        "claim": ClaimFactory(policy=policy, number="SIN-2026/00123"),
        "report": ClaimFactory(policy=policy, number="2019/55", report_number="DEN-2026-000017"),
        "contact": ContactFactory(pk=71489, customer=customer, address="lucia@example.it", subject="Copia"),
        "complaint": ComplaintFactory(customer=customer, sequence=17, complainant_name="Lucia Bernardi"),
        "past": ComplaintFactory(past_open=True, old_number="RC/88", customer=customer),
        "notice": NoticeFactory(customer=customer, once="prova:lucia"),
    }


def signed_in(user) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def ask(user, text, **headers):
    return signed_in(user).get(reverse("find"), {"q": text}, headers=headers)


def found(user, text):
    """What the page leads to: (kind, name) of each row, and whether its name is only nearly the one typed."""
    groups = ask(user, text).context["groups"]
    return [(group.title, str(row.title)) for group in groups for row in group.rows]


def leads_to(user, text):
    return [row.url for group in ask(user, text).context["groups"] for row in group.rows]


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


# --- Each kind of word
@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("customer", ["bernardi", "Bernardi Lucia", "lucia bernardi", "bernardilucia", "BERNARDI, LUCIA", "ber luc"]),
        ("customer", ["Bernradi Lucia", "Bernarddi", "Bernardi Lcia", "Pernardi"]),
        ("customer", [CODE, CODE.lower(), "brnlcu80a", "CL1"]),
        ("customer", ["+39 333 1112233", "333/1112233", "0039 333 111 22 33", "2233", "112233"]),
        ("customer", ["Lucia@Example.it"]),
        ("company", [VAT, "trasporti d'angelo", "trasporti dangelo", "Trasporti D'Angello"]),
        ("policy", ["100.2019-77", "100.2019", "fg456hk", "FG 456 HK", "FG456"]),
        ("claim", ["SIN-2026/00123", "sin 2026 00123", "sin202600123", "2026/00123", "2026 001", "sin-2026/001"]),
        ("report", ["DEN-2026-000017", "den 2026 17", "2026-000017", "2026/17", "2019/55", "2019 55"]),
        ("contact", ["C-00071489", "c-00071489", "c71489", "C 71489", "71489", "00071489", "C-000714"]),
        ("contact", ["lucia@example.it"]),
        ("complaint", ["2026/17", "2026 17", "202617", "2026/1", "2026-017"]),
        ("past", ["prec. RC/88", "RC/88", "rc/88"]),
        ("notice", ["prova:lucia", "lucia@example.it"]),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_row_is_found_by(officer, rows, name, texts):
    assert [text for text in texts if page_of(rows[name]) not in leads_to(officer, text)] == []


def test_a_notice_is_found_by_its_number(agent, rows):
    assert page_of(rows["notice"]) in leads_to(agent, str(rows["notice"].pk))


def test_a_contact_is_found_by_what_its_form_carried(agent):
    form = WebFormRequestFactory(email="lavoro@example.it", phone="+393339876543", contact__address="casa@example.it")
    for text in ("lavoro@example.it", "333 9876543"):
        assert leads_to(agent, text) == [page_of(form.contact)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "zzyzx",
        "'",
        '"',
        "%",
        "_",
        "\\",
        "100%",
        "\0",
        "بحث",
        "\u202e\u202d",
        "🙂",
        "a" * 10_000,
        "C-0",
        "0",
    ],
)
def test_nothing_is_found_by_what_names_nothing(agent, rows, text):
    assert ask(agent, text).context["groups"] == []


def test_a_number_far_too_long_names_nothing(agent, rows):
    assert leads_to(agent, "9" * 200) == leads_to(agent, "C-" + "9" * 18) == leads_to(agent, "2026/999999999") == []


def test_a_name_with_an_emoji_or_right_to_left_letters_is_found(agent):
    for name in ("مريم", "Zoë 🙂"):
        customer = CustomerFactory(last_name=name, first_name="Ada")
        assert leads_to(agent, name) == [page_of(customer)]


# --- The order
def test_kinds_stand_in_the_order_of_the_list(agent, rows):
    kinds = [kind for kind, _name in found(agent, "2026/00123")] + [
        kind for kind, _name in found(agent, "lucia@example.it")
    ]
    assert kinds == ["Claims", "Customers", "Contacts", "Notices"]


def test_the_exact_name_comes_before_those_that_are_nearly_so(agent):
    CustomerFactory(last_name="Rossi", first_name="Mario"), CustomerFactory(last_name="Rosi", first_name="Mario")
    groups = ask(agent, "Rosi Mario").context["groups"]
    assert [(group.is_near, [row.title for row in group.rows]) for group in groups] == [
        (False, ["Rosi Mario"]),
        (True, ["Rossi Mario"]),
    ]


def test_the_whole_number_of_a_complaint_comes_before_longer_ones(officer):
    for number in (170, 17, 1, 18):
        ComplaintFactory(sequence=number)
    assert [name for _kind, name in found(officer, "2026/1")] == ["2026/1", "2026/17", "2026/18", "2026/170"]


def test_the_whole_number_of_a_contact_comes_first_and_then_the_newest(agent):
    for number in (71, 71000, 71999, 72000, 711):
        ContactFactory(pk=number)
    assert [name for _kind, name in found(agent, "C-00071")] == ["C-00000071", "C-00071999", "C-00071000"]


def test_five_of_a_kind_are_shown_and_the_list_has_the_others(agent):
    CustomerFactory.create_batch(MOST, last_name="Bernardi")
    [group] = ask(agent, "bernardi").context["groups"]
    assert (len(group.rows), group.all_url) == (MOST, "")
    CustomerFactory(last_name="Bernardi")
    [group] = ask(agent, "bernardi").context["groups"]
    assert (len(group.rows), group.all_url) == (MOST, f"{reverse('admin:customers_customer_changelist')}?q=bernardi")
    assert len(signed_in(agent).get(group.all_url).context["cl"].result_list) == MOST + 1


@pytest.mark.parametrize(("model", "text"), [(Claim, "sin 2026"), (Contact, "C-000714")])
def test_a_list_finds_the_beginnings_of_numbers_as_well(agent, rows, model, text):
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert len(signed_in(agent).get(address, {"q": text}).context["cl"].result_list) == 1


def test_of_two_with_one_name_the_line_says_which_is_which(agent):
    CustomerFactory(
        code="CL1", last_name="Bernardi", tax_code=CODE, birth_date="1980-01-01", city="Pavia", agency__name="Uno"
    )
    CustomerFactory(code="CL2", last_name="Bernardi", tax_code="", birth_date=None, city="Lodi", agency__name="Due")
    [group] = ask(agent, "bernardi").context["groups"]
    assert sorted(row.line for row in group.rows) == [
        f"CL1 · {CODE} · 01/01/1980 · Pavia · Uno",
        "CL2 · Lodi · Due",
    ]


# --- Only what the reader may see
ALL_TEXTS = ["bernardi", "Bernradi", CODE, "2233", "lucia@example.it", "FG456HK", "100.2019-77", "SIN-2026/00123", "C-00071489",
             "2026/17", "prova:lucia"]  # fmt: skip


@pytest.mark.parametrize("text", ALL_TEXTS)
def test_a_member_of_another_agency_finds_nothing(rows, text):
    assert leads_to(AgencyMemberFactory().user, text) == []


def test_a_member_of_the_agency_finds_what_its_role_may_open(rows):
    member = AgencyMemberFactory(agency=rows["customer"].agency).user
    assert page_of(rows["customer"]) in leads_to(member, "Bernradi")
    assert leads_to(member, "FG456HK") == [page_of(rows["customer"]), page_of(rows["policy"])]


@pytest.mark.parametrize("role", [role for role in roles.ALL if role in roles.STAFF])
def test_every_row_that_is_found_opens_and_what_may_not_be_opened_is_not_found(rows, role):
    user = (
        AgencyMemberFactory(agency=rows["customer"].agency).user
        if role == roles.AGENCY_MEMBER
        else UserFactory(role=role)
    )
    client = signed_in(user)
    addresses = {address for text in [*ALL_TEXTS, "CL1"] for address in leads_to(user, text)}
    assert [address for address in addresses if client.get(address).status_code != 200] == []
    readable = {f"/{finder.model._meta.app_label}/{finder.model._meta.model_name}/" for finder in FINDERS
                if admin.site._registry[finder.model].has_view_permission(_asked_by(user))}  # fmt: skip
    assert {re.search(r"/\w+/\w+/(?=\d)", address)[0] for address in addresses} <= readable


def _asked_by(user):
    class Asked:
        pass

    Asked.user = user
    return Asked


def test_a_visitor_is_led_to_the_sign_in_and_a_customer_refused():
    answer = Client().get(reverse("find"), {"q": "bernardi"}, follow=True)
    assert answer.request["PATH_INFO"] == reverse("account_login")
    assert signed_in(UserFactory(role=roles.CUSTOMER)).get(reverse("find")).status_code in (302, 403)


def test_nothing_is_written_by_a_post(agent):
    assert signed_in(agent).post(reverse("find"), {"q": "bernardi"}).status_code == 405


# --- Masked values
def test_who_sees_no_names_finds_by_a_whole_one_and_sees_the_code(rows):
    manager = UserFactory(role=roles.MANAGER)
    assert leads_to(manager, "bern") == leads_to(manager, "Bernradi Lucia") == leads_to(manager, "2233") == []
    assert leads_to(manager, CODE[:9]) == []
    assert found(manager, "Lucia Bernardi") == [("Customers", "CL1")]
    assert found(manager, CODE) == [("Customers", "CL1")]
    page = ask(manager, "333 1112233").content.decode()
    assert page_of(rows["customer"]) in page
    assert "Bernardi" not in page.replace("q=", "")
    assert (CODE in page, f"•••{CODE[-4:]}" in page, "1980-01-01" in page) == (False, True, False)


def test_a_subject_has_the_name_masked_for_who_sees_none(rows):
    Contact.objects.filter(pk=rows["contact"].pk).update(subject="Per la signora Bernardi, tel. 333 1112233")
    manager = UserFactory(role=roles.MANAGER)
    page = html.unescape(ask(manager, "71489").content.decode())
    assert "B•••" in page
    assert ("Bernardi" in page, "1112233" in page) == (False, False)


# --- Files that ask a reason
@pytest.fixture
def closed(rows):
    restrict_file(rows["customer"], ground="public", reason="Volto noto", by=UserFactory(role=roles.DATA_OFFICER))
    return rows["customer"]


@pytest.mark.parametrize("text", [text for text in ALL_TEXTS if text != "2233"])
def test_of_a_closed_file_nothing_is_shown_but_that_it_is_there(agent, rows, closed, text):
    answer = ask(agent, text)
    page = answer.content.decode().partition("<main")[2].replace(f'value="{html.escape(text)}"', "")
    titles = {str(row.title) for group in answer.context["groups"] for row in group.rows}
    assert titles == {str(RESTRICTED)}
    assert [word for word in ("Lucia", "Milano", "Auto", "Copia", "scadere", "1980") if word in page] == []


def test_a_closed_file_opens_by_its_reason_and_then_has_its_name(agent, closed):
    assert found(agent, CODE) == [("Customers", str(RESTRICTED))]
    open_with_reason(closed, kind="calls", by=agent)
    assert found(agent, CODE) == [("Customers", "Bernardi Lucia")]


def test_a_search_that_names_a_closed_file_is_noted_and_others_are_not(agent, closed):
    ask(agent, CODE), ask(agent, CODE, **BOX), ask(agent, "verdi")
    assert list(UnusualAccess.objects.values_list("user", "customer", "number")) == [(agent.pk, closed.pk, 2)]


def test_a_search_that_finds_many_people_names_nobody(agent, closed):
    CustomerFactory.create_batch(3, last_name="Bernardi")
    ask(agent, "bernardi")
    assert not UnusualAccess.objects.exists()


# --- How often
def test_who_searches_too_often_waits_and_others_do_not(agent, rows, settings):
    settings.FIND_PER_MINUTE = 2
    client = signed_in(agent)
    answers = [client.get(reverse("find"), {"q": "bernardi"}) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "wait a minute" in answers[2].content.decode()
    assert "Bernardi" not in answers[2].content.decode().replace('value="bernardi"', "")
    assert client.get(reverse("find")).status_code == 200  # the empty page asks nothing
    assert ask(UserFactory(role=roles.AGENT), "bernardi").status_code == 200


# --- What it costs
@pytest.mark.parametrize("text", ["bernardi", "Bernradi", "lucia@example.it", "SIN-2026", "2026/1", "C-00071"])
def test_a_search_costs_no_more_at_three_rows_than_at_one(officer, text):
    def one_more(number):
        customer = CustomerFactory(last_name="Bernardi", first_name="Lucia")
        ContactPointFactory(customer=customer, kind="email", value="lucia@example.it")
        policy = PolicyFactory(holder=customer)
        ClaimFactory(policy=policy, number=f"SIN-2026/0012{number}")
        ContactFactory(pk=71000 + number, customer=customer, address="lucia@example.it")
        ComplaintFactory(customer=customer, sequence=10 + number)
        NoticeFactory(customer=customer)

    client = signed_in(officer)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("find"), {"q": text}, headers=BOX).context["groups"]
        return len(asked)

    one_more(1)
    queries()
    one = queries()
    one_more(2), one_more(3)
    assert queries() <= one <= 30


# --- The page and the box
def test_the_box_gets_options_alone_and_the_page_links(agent, rows):
    box, page = ask(agent, "bernardi", **BOX).content.decode(), ask(agent, "bernardi").content.decode()
    assert ("<html" in box, 'role="option"' in box, 'data-say="1 result"' in box) == (False, True, True)
    assert f'<li><a href="{page_of(rows["customer"])}">' in page


def test_the_page_begins_in_the_field_and_an_answer_does_not(agent):
    begun, answered = ask(agent, "").content.decode(), ask(agent, "bernardi").content.decode()
    assert ("autofocus" in begun, "autofocus" in answered) == (True, False)


def test_what_was_typed_is_on_the_page_and_is_no_markup(agent):
    page = ask(agent, '"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in page
    assert "Nothing was found" in page


def test_every_page_of_the_back_office_has_the_one_search(agent):
    page = signed_in(agent).get(reverse("admin:index")).content.decode()
    assert (page.count('id="find"'), page.count("data-find")) == (1, 1)
    assert "search-input-command" not in page
    with pytest.raises(NoReverseMatch):
        reverse("admin:search")


def test_a_pop_up_has_none(agent):
    page = signed_in(agent).get(reverse("admin:customers_customer_changelist"), {"_popup": "1"}).content.decode()
    assert 'id="find"' not in page


# --- The numbers of rows
@pytest.mark.parametrize("text", ["", "SIN", "-", "x" * 40, "1" * 40])
def test_a_text_that_is_no_number_names_no_claim(text):
    ClaimFactory(number="1-SIN")
    assert not Claim.objects.with_number(text).exists()


def test_letters_that_were_typed_are_those_of_the_number():
    ours, _other = ClaimFactory(number="SIN-2026/1"), ClaimFactory(number="RCA-2026/1")
    assert list(Claim.objects.with_number("sin2026")) == [ours]
    assert Claim.objects.with_number("2026").count() == 2


def test_a_complaint_of_another_year_is_another():
    ComplaintFactory(year__year=2025, sequence=17)
    assert not Complaint.objects.begins_with_number("2026/17").exists()


# --- People who are no customers
@pytest.mark.parametrize("text", ["ferri", "nora fer", "FERRI NORA", "333 123 4567", "nora@example.it"])
def test_the_card_of_a_known_person_is_found_by_those_who_answer_contacts(agent, officer, text):
    person = KnownPersonFactory(name="Nora Ferri", phone="+393331234567", email="Nora@example.it")
    assert leads_to(agent, text) == [page_of(person)]
    assert leads_to(officer, text) == []


def test_the_card_is_found_by_its_number(agent):
    person = KnownPersonFactory()
    assert leads_to(agent, person.number) == [page_of(person)]


# --- Words of complaints
@pytest.mark.parametrize("text", ["perizia ritardata", "PERIZIE", "ritard peri"])
def test_complaints_are_found_by_their_words_in_any_form(officer, text):
    complaint = ComplaintFactory(subject="Perizia", text="La perizia è stata ritardata di un mese.")
    ComplaintFactory(subject="Altro", text="Il carrozziere.")
    assert leads_to(officer, text) == [page_of(complaint)]


def test_words_of_complaints_are_looked_for_by_those_who_read_them(agent, officer):
    ComplaintFactory(subject="Perizia", text="La perizia è stata ritardata.")
    assert leads_to(agent, "perizia") == []
    assert leads_to(officer, "per le") == []  # words too short to mean anything


def test_a_given_name_with_a_wrong_letter_is_found_beside_a_surname_that_is_right(agent):
    customer = CustomerFactory(last_name="Bernardi", first_name="Giuseppe Luca")
    for text in ("Bernardi Giusepe", "Bernardi Guiseppe", "Bernardi Lcua", "Giusepe Bernardi"):
        assert leads_to(agent, text) == [page_of(customer)]
