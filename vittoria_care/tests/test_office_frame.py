"""The frame of the back office: where one is, what a list says below its rows, refusals, first pages, no JavaScript."""

import itertools
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.tests.factories import ComplaintFactory
from contact_center.tests.factories import AgentFactory, CallFactory, ContactFactory, TeamFactory
from customers import roles
from customers.tests.factories import (
    AgencyMemberFactory,
    ClaimFactory,
    ContactPointFactory,
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HEADING = re.compile(r"<h([1-6])\b")
IN_ENGLISH = {"accept-language": "en"}


def signed_in(user) -> Client:
    client = Client(headers=IN_ENGLISH)
    client.force_login(user)
    return client


@pytest.fixture
def agent():
    return signed_in(UserFactory(role=roles.AGENT))


def crumbs(page) -> list[str]:
    nav = page.partition('<nav aria-label="Where you are">')[2].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]+)">', nav)


def title(page) -> str:
    return page.partition("<h1>")[2].partition("</h1>")[0]


# --- Where one is
@pytest.mark.parametrize("role", [roles.AGENT, roles.COMPLAINT_OFFICER, roles.AGENCY_MEMBER, roles.AUDITOR])
def test_headings_skip_no_level_on_a_customers_file(role):
    member = AgencyMemberFactory()
    customer = CustomerFactory(agency=member.agency)
    PolicyFactory(holder=customer)
    user = member.user if role == roles.AGENCY_MEMBER else UserFactory(role=role)
    page = signed_in(user).get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    levels = [int(level) for level in HEADING.findall(page.partition('id="main"')[2])]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), levels


def test_a_row_is_called_as_it_is_with_a_way_back_to_its_list(agent):
    customer = CustomerFactory(last_name="d'Angelo", first_name="Carla")
    page = agent.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert title(page) == "d&#x27;Angelo Carla"
    assert crumbs(page) == [reverse("admin:customers_customer_changelist")]


def test_a_command_leads_back_to_its_row_and_its_list(agent):
    contact = ContactFactory()
    page = agent.get(reverse("admin:contact_center_contact_command", args=[contact.pk, "nota"])).content.decode()
    assert title(page) == "Add a note"
    row = reverse("admin:contact_center_contact_change", args=[contact.pk])
    assert crumbs(page) == [reverse("admin:contact_center_contact_changelist"), row]


def test_a_list_is_called_as_in_the_menu_and_leads_to_no_bare_index(agent):
    page = agent.get(reverse("admin:contact_center_contact_changelist")).content.decode()
    assert title(page) == "Queue of contacts"
    assert crumbs(page) == []
    assert f'href="{reverse("admin:app_list", args=["contact_center"])}"' not in page


# --- The menu
def menu(browser) -> list[str]:
    groups = browser.get(reverse("admin:index")).context["sidebar_navigation"]
    return [item["link"] for group in groups for item in group["items"]]


def test_documents_and_call_backs_are_in_the_menu_of_people_who_may_see_them(agent):
    documents = reverse("admin:customers_document_changelist")
    call_backs = reverse("admin:contact_center_contact_changelist", query={"work": "call_backs"})
    assert {documents, call_backs} <= set(menu(agent))
    assert [agent.get(each).status_code for each in (documents, call_backs)] == [200, 200]


@pytest.mark.parametrize("role", [roles.COMPLAINT_OFFICER, roles.AUDITOR, roles.AGENCY_MEMBER])
def test_the_menu_leads_everybody_to_nothing_that_is_refused(role):
    person = AgencyMemberFactory().user if role == roles.AGENCY_MEMBER else UserFactory(role=role)
    browser = signed_in(person)
    assert [each for each in menu(browser) if browser.get(each).status_code != 200] == []


def groups_of(user) -> dict[str, list[str]]:
    """The groups of the menu about complaints, each with the names of what it leads to."""
    groups = signed_in(user).get(reverse("admin:index")).context["sidebar_navigation"]
    return {
        str(group["title"]): [str(item["title"]) for item in group["items"]]
        for group in groups
        if "omplaints" in str(group["title"])
    }


def test_the_menu_keeps_the_work_on_complaints_apart_from_its_rules():
    assert groups_of(UserFactory(role=roles.MANAGER)) == {
        "Complaints": [
            "Complaints",
            "Enquiries to intermediaries",
            "Feedback",
            "Requests of IVASS",
            "Appeals to the Arbiter",
            "Likely complaints",
            "Causes of complaints",
            "Actions about causes",
            "Half-year returns",
            "Yearly statements",
        ],
        "Rules of complaints": [
            "Intermediaries",
            "Rules for intermediaries",
            "Codes of the register",
            "Checklist of complaints",
            "Rules of approval",
            "Texts of letters",
            "Themes of feedback",
            "Words of complaints",
            "Numbers of the law",
            "Stops of the Arbiter",
            "Yearly figures",
            "Figures of the market",
        ],
    }


def test_an_agency_finds_its_enquiries_among_complaints_and_no_rules():
    assert groups_of(AgencyMemberFactory().user) == {"Complaints": ["Enquiries to intermediaries"]}


@pytest.mark.parametrize(
    ("address", "query", "place"),
    [
        ("index", {}, "/backoffice/"),
        ("contact_center_contact_changelist", {}, "/contact_center/contact/"),
        ("contact_center_contact_changelist", {"work": "call_backs"}, "/contact_center/contact/?work=call_backs"),
        ("notifications_notice_changelist", {}, "/notifications/notice/"),
        ("notifications_notice_sendings", {}, "/notifications/notice/invii/"),
    ],
)
def test_one_place_of_the_menu_is_marked_as_where_one_is(agent, address, query, place):
    page = agent.get(reverse(f"admin:{address}", query=query))
    here = [item["link"] for group in page.context["sidebar_navigation"] for item in group["items"] if item["active"]]
    assert [link.endswith(place) for link in here] == [True]


# --- Lists
def test_a_list_says_which_rows_it_shows_and_offers_no_way_that_leads_nowhere(agent):
    CustomerFactory(last_name="Ametistelli")
    page = agent.get(reverse("admin:customers_customer_changelist")).content.decode()
    assert "Rows 1 to 1" in page
    assert 'rel="next"' not in page
    assert 'rel="prev"' not in page


def test_a_full_page_leads_on_and_back(agent, monkeypatch):
    monkeypatch.setattr("customers.admin.CustomerAdmin.list_per_page", 2)
    for _each in range(3):
        CustomerFactory()
    first = agent.get(reverse("admin:customers_customer_changelist")).content.decode()
    second = agent.get(reverse("admin:customers_customer_changelist"), {"p": 2}).content.decode()
    assert ('rel="next"' in first, 'rel="prev"' in first) == (True, False)
    assert ('rel="next"' in second, 'rel="prev"' in second) == (False, True)
    assert "Rows 3 to 3" in second


def test_an_empty_list_offers_to_add_only_to_people_who_may():
    address = reverse("admin:customers_agency_changelist")
    for role, offered in ((roles.AGENT, False), (roles.ADMINISTRATOR, True)):
        page = signed_in(UserFactory(role=role)).get(address, {"q": "nessuna"}).content.decode()
        assert "Nothing fits." in page
        assert (reverse("admin:customers_agency_add") in page) == offered


def test_a_panel_without_rows_says_so(agent):
    page = reverse("admin:customers_customer_change", args=[CustomerFactory().pk])
    empty = agent.get(page).content.decode().count("vc-panel-empty")
    contact_point = ContactPointFactory()
    with_one = agent.get(reverse("admin:customers_customer_change", args=[contact_point.customer_id])).content.decode()
    assert with_one.count("vc-panel-empty") == empty - 1 > 0


def test_the_tabs_of_the_queue_say_how_many_they_hold(agent):
    ContactFactory(due_at=timezone.now() - timedelta(hours=1))
    ContactFactory(due_at=timezone.now() + timedelta(hours=1))
    tabs = agent.get(reverse("admin:contact_center_contact_changelist")).context["tabs"]
    counts = {str(tab["display"]): tab["count"] for tab in tabs}
    assert counts == {
        "Open": "2",
        "Overdue": "1",
        "Not resolved, says the customer": "0",
        "To take up again": "0",
        "Waiting for the customer": "0",
        "Call-backs": "0",
        "Not coded": "0",
        "All": None,
    }


# --- One shape for each thing
def test_the_parts_of_a_lists_work_are_tabs_and_no_sheet_of_filters_repeats_them(agent):
    address = reverse("admin:customers_claim_changelist")
    page = agent.get(address, {"work": "unnumbered", "q": "S1"}).content.decode()
    tabs = page.partition('<nav class="vc-tabs')[2].partition("</nav>")[0]
    assert re.findall(r'aria-current="page">([^<]+)<', tabs) == ["Without their repertory number"]
    assert all("q=S1" in each for each in re.findall(r'href="([^"]+)"', tabs)), "what is searched for stays"
    assert "changelist-filter" not in page


def test_a_call_is_shown_in_minutes_and_with_words(agent):
    call = CallFactory(talk_seconds=368, caller="+393278603354")
    page = agent.get(reverse("admin:contact_center_call_change", args=[call.pk])).content.decode()
    assert "6:08" in page
    assert "327 860 3354" in page
    assert "talk (s)" not in page.lower()
    assert "E.164" not in page
    assert "text-red" not in page.partition('id="content"')[2]


def test_amounts_and_telephones_have_one_shape_on_a_customers_file(agent):
    customer = CustomerFactory()
    policy = PolicyFactory(holder=customer)
    InstalmentFactory(policy=policy, amount="1109.00")
    ContactPointFactory(customer=customer, kind="phone", value="+393278603354")
    page = agent.get(reverse("admin:customers_customer_change", args=[customer.pk]), headers={"accept-language": "it"})
    page = page.content.decode()
    assert "1.109,00\xa0€" in page
    assert "€ 1" not in page
    assert "+393278603354" not in page.replace('href="tel:+393278603354"', "")


# --- Refusals
def test_staff_are_refused_inside_the_frame_in_their_words(agent):
    for address, status in (
        (reverse("admin:customers_user_changelist"), 403),
        ("/backoffice/customers/customer/0/change/", 404),
    ):
        answer = agent.get(address)
        page = answer.content.decode()
        assert answer.status_code == status
        assert 'id="nav-sidebar' in page
        assert "use the link you received" not in page
        assert "unsafe-eval" in answer.headers["Content-Security-Policy"]


def test_a_visitor_is_refused_on_a_page_of_their_own():
    page = Client(headers=IN_ENGLISH).get("/niente").content.decode()
    assert 'id="nav-sidebar' not in page
    assert "use the link you received" in page


# --- First pages
def first_page(user):
    return [panel.title for panel in signed_in(user).get(reverse("admin:index")).context["tiles"]]


def test_an_agency_members_first_page_is_about_the_agencys_customers():
    member = AgencyMemberFactory()
    tomorrow = timezone.localdate() + timedelta(days=1)
    policy = PolicyFactory(holder__agency=member.agency, agency=member.agency, ends_on=tomorrow)
    ClaimFactory(policy=policy)
    PolicyFactory(ends_on=tomorrow)
    panels = signed_in(member.user).get(reverse("admin:index")).context["tiles"]
    assert {panel.title: panel.value for panel in panels} == {
        "Policies expiring within 30 days": "1",
        "Instalments overdue": "0",
        "Open claims": "1",
        "Consents on paper to be taken": "1",
        "Risk certificates missing": "1",
    }


def test_an_officers_first_page_begins_with_complaints():
    ComplaintFactory()
    assert first_page(UserFactory(role=roles.COMPLAINT_OFFICER))[0] == "Complaints due within 7 days"


def test_a_specialists_first_page_says_what_waits_for_their_team():
    user = UserFactory(role=roles.SPECIALIST)
    agent = AgentFactory(user=user, team=TeamFactory(level=2))
    ContactFactory(team=agent.team, level=2, escalation="authority", owner=None)
    found = first_page(user)
    assert (found[0], {"My contacts", "Waiting for my team"} <= set(found)) == ("Late in my team", True)


def test_a_first_page_without_anything_says_so():
    page = signed_in(UserFactory(is_staff=True)).get(reverse("admin:index")).content.decode()
    assert "Nothing is open to your role yet." in page
    assert "Where to go" not in page


# --- No JavaScript
def test_without_javascript_the_page_is_shown_and_says_what_is_missing(agent):
    page = agent.get(reverse("admin:index")).content.decode()
    hidden = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert any("css/no-script" in each for each in hidden)
    assert any("JavaScript" in each for each in hidden)
