"""Files that ask a reason before they are opened: whose they are, who asks, how long it holds, what lists show of them."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from customers import roles
from customers.access import (
    ReasonNeeded,
    ReasonRefused,
    open_with_reason,
    opened_in_words,
    record_access,
    require_open,
)
from customers.joining.commands import join_files
from customers.models import AccessLog, Customer, FileRestriction, UnusualAccess
from customers.search import found_ids, ids_for, search_customers
from customers.sensitive.commands import RestrictionRefused, lift_restriction, restrict_file
from customers.sensitive.restricted import REASON_HOLDS, closed_to, shut_to
from customers.tests import factories as make
from customers.tests.sign_in import signed_in, signed_in_as
from foundation.masking import page_for
from foundation.office.closed import RESTRICTED
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db


@pytest.fixture
def restricted():
    """The file of a public person, with a policy."""
    mark = make.FileRestrictionFactory(customer__last_name="Celebri", customer__first_name="Ada")
    make.PolicyFactory(holder=mark.customer, number="P-CELEBRI")
    return mark.customer


@pytest.fixture
def agent():
    return make.UserFactory(role=roles.AGENT)


def file_of(customer):
    return reverse("admin:customers_customer_change", args=[customer.pk])


def reason_of(customer):
    return reverse("file_reason", args=[customer.pk])


# --- Which files
def test_the_file_of_a_colleague_asks_without_a_mark(agent):
    account = make.ReservedAreaAccountFactory(user__is_staff=True)
    assert closed_to(agent, [account.customer_id]) == {account.customer_id}


def test_a_file_that_was_joined_asks_as_the_one_that_remains(agent):
    kept, joined = make.CustomerFactory(), make.CustomerFactory(tax_code="")
    make.FileRestrictionFactory(customer=joined)
    join_files(kept, joined, choices={}, reason="La stessa persona", by=make.UserFactory(role=roles.SPECIALIST))
    both = {kept.pk, joined.pk}
    assert (closed_to(agent, both), shut_to(agent)) == (both, both)
    assert signed_in(agent).get(file_of(joined)).status_code == 302
    open_with_reason(kept, by=agent, what="call", kind="calls", words="È al telefono")
    assert (closed_to(agent, both), shut_to(agent)) == (set(), set())


def test_an_ordinary_file_asks_nothing(agent):
    customer = make.CustomerFactory()
    assert closed_to(agent, [customer.pk]) == set()
    assert record_access(agent, customer.pk, what="customer") is not None


def test_a_lifted_mark_asks_nothing_and_remains_in_the_history(restricted, agent):
    officer = make.UserFactory(role=roles.DATA_OFFICER)
    lift_restriction(restricted, reason="Non è più in carica", by=officer)
    assert closed_to(agent, [restricted.pk]) == set()
    assert FileRestriction.objects.get(customer=restricted).lifted_reason == "Non è più in carica"


def test_a_file_has_one_mark_at_a_time(restricted):
    officer = make.UserFactory(role=roles.DATA_OFFICER)
    with pytest.raises(RestrictionRefused):
        restrict_file(restricted, ground="protected", reason="Minacce", by=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.FileRestrictionFactory(customer=restricted)


# --- Opening one
def test_nothing_is_written_down_before_the_reason(restricted, agent):
    with pytest.raises(ReasonNeeded):
        record_access(agent, restricted.pk, what="customer")
    with pytest.raises(ReasonNeeded):
        require_open(agent, restricted.pk)
    assert not AccessLog.objects.exists()


def test_a_reason_holds_for_half_an_hour_and_for_one_person(restricted, agent):
    colleague = make.UserFactory(role=roles.AGENT)
    with time_machine.travel("2026-05-04 09:00Z", tick=False):
        open_with_reason(restricted, kind="calls", by=agent)
        require_open(agent, restricted.pk)
        with pytest.raises(ReasonNeeded):
            require_open(colleague, restricted.pk)
    later = datetime(2026, 5, 4, 9, 0, 1, tzinfo=UTC) + REASON_HOLDS
    with time_machine.travel(later, tick=False), pytest.raises(ReasonNeeded):
        require_open(agent, restricted.pk)


@pytest.mark.parametrize(("kind", "words"), [("other", ""), ("check", "verifica"), ("nessuno", "perché sì, mi serve")])
def test_a_reason_that_says_nothing_is_refused(restricted, agent, kind, words):
    with pytest.raises(ReasonRefused):
        open_with_reason(restricted, kind=kind, words=words, by=agent)
    assert not AccessLog.objects.exists()


def test_nobody_opens_their_own_file(agent):
    account = make.ReservedAreaAccountFactory(user=agent)
    with pytest.raises(ReasonRefused):
        open_with_reason(account.customer, kind="calls", by=agent)
    answer = signed_in(agent).get(reason_of(account.customer))
    assert answer.status_code == 403


# --- At the doors
def test_the_page_of_the_file_leads_to_the_question_and_back(restricted, agent):
    client = signed_in(agent)
    answer = client.get(file_of(restricted))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, reason_of(restricted))
    page = client.get(answer.url).content.decode()
    assert ("Celebri" in page, restricted.code in page) == (False, True)
    back = client.post(answer.url, {"kind": "calls", "next": file_of(restricted)})
    assert back.url == file_of(restricted)
    assert "Celebri" in client.get(file_of(restricted)).content.decode()
    assert AccessLog.objects.get().reason_kind == "calls"


def test_every_page_of_the_file_s_rows_asks(restricted, agent):
    client, policy = signed_in(agent), restricted.policies.get()
    for name in ("change", "history"):
        answer = client.get(reverse(f"admin:customers_policy_{name}", args=[policy.pk]))
        assert answer.url.startswith(reason_of(restricted))


def test_a_command_sent_without_the_reason_does_nothing(restricted):
    client = signed_in_as(roles.DATA_OFFICER)
    address = reverse("admin:customers_customer_command", args=[restricted.pk, "fine-limite"])
    answer = client.post(address, {"reason": "Non serve più"})
    assert answer.url.startswith(reason_of(restricted))
    assert FileRestriction.objects.get().lifted_at is None


def test_what_was_typed_is_kept_when_the_reason_is_refused(restricted, agent):
    answer = signed_in(agent).post(reason_of(restricted), {"kind": "other", "words": "boh"})
    assert answer.status_code == 409
    assert 'value="boh"' in answer.content.decode()


@pytest.mark.parametrize("place", ["https://altrove.example/", "//altrove.example", "javascript:alert(1)"])
def test_the_question_leads_to_no_other_site(restricted, agent, place):
    answer = signed_in(agent).post(reason_of(restricted), {"kind": "calls", "next": place})
    assert answer.url == file_of(restricted)


def test_an_agency_does_not_find_the_question_of_another_agency_s_customer(restricted):
    client = signed_in(make.AgencyMemberFactory().user)
    assert client.get(reason_of(restricted)).status_code == 404


# --- In lists
@pytest.mark.parametrize(("model", "secrets"), [("customer", ["Celebri"]), ("policy", ["Celebri", "P-CELEBRI"])])
def test_a_list_shows_the_row_without_its_contents_until_the_reason_is_given(restricted, agent, model, secrets):
    make.PolicyFactory(holder__last_name="Comuni")
    client, address = signed_in(agent), reverse(f"admin:customers_{model}_changelist")
    page = client.get(address).content.decode()
    assert [each in page for each in (*secrets, "Comuni")] == [*(False for _ in secrets), True]
    open_with_reason(restricted, kind="calls", by=agent)
    page = client.get(address).content.decode()
    assert all(each in page for each in secrets)


def test_a_list_costs_the_same_with_one_restricted_file_and_with_three(agent):
    client, address = signed_in(agent), reverse("admin:customers_customer_changelist")
    counts = []
    for more in (1, 2):
        make.FileRestrictionFactory.create_batch(more)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_box_of_choices_finds_a_restricted_file_by_its_code_alone(restricted, agent):
    query = {"app_label": "contact_center", "model_name": "contact", "field_name": "customer", "term": "celebri"}
    found = signed_in(agent).get(reverse("admin:autocomplete"), query).json()["results"]
    assert [("Celebri" in each["text"], restricted.code in each["text"]) for each in found] == [(False, True)]


@pytest.mark.parametrize("model", ["customer", "policy", "consent", "claim"])
def test_a_list_with_a_restricted_row_leads_to_its_pages_and_names_its_columns_as_ever(restricted, agent, model):
    """A first column that is no link would be taken for a box to tick, and called so on a telephone."""
    make.ConsentFactory(customer=restricted)
    make.ClaimFactory(customer=restricted, policy=restricted.policies.get())
    client, address = signed_in(agent), reverse(f"admin:customers_{model}_changelist")
    closed = _first_cells(client.get(address).content.decode())
    open_with_reason(restricted, kind="calls", by=agent)
    opened = _first_cells(client.get(address).content.decode())
    assert closed == opened
    assert closed


def _first_cells(page):
    """The label of each row's first cell, and where it leads."""
    return re.findall(r'<th class="field[^>]*data-label="([^"]*)"><a href="([^"?]*)', page)


@pytest.mark.parametrize("last_name", ["Aalberghi", "Celebri", "Zzucchi"])
def test_a_restricted_file_is_the_last_that_any_search_finds_whatever_its_name(restricted, agent, last_name):
    for name in ("Bruni", "Marchi", "Verdi"):
        make.CustomerFactory(last_name=name, first_name="Ada")
    restricted.last_name = last_name
    restricted.save()
    others = ["Bruni Ada", "Marchi Ada", "Verdi Ada"]
    assert [str(each) for each in search_customers(Customer.objects.all(), "ada", reader=agent)[:3]] == others
    client = signed_in(agent)
    rows = _first_cells(client.get(reverse("admin:customers_customer_changelist"), {"q": "ada"}).content.decode())
    assert [address for _label, address in rows].index(file_of(restricted)) == 3
    query = {"app_label": "contact_center", "model_name": "contact", "field_name": "customer", "term": "ada"}
    boxes = client.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [each["id"] for each in boxes].index(str(restricted.pk)) == 3


def test_restricted_files_stand_among_themselves_by_their_number_and_not_by_their_name(agent):
    later = [
        make.FileRestrictionFactory(customer__last_name=name, customer__first_name="Ada").customer for name in "ZA"
    ]
    found = search_customers(Customer.objects.all(), "ada", reader=agent)
    assert [each.pk for each in found] == [each.pk for each in later]
    rows = _first_cells(signed_in(agent).get("/backoffice/customers/customer/", {"q": "ada"}).content.decode())
    assert [address for _label, address in rows] == [file_of(each) for each in later]


def test_a_restricted_file_is_found_however_many_others_are(restricted, agent):
    """Left out where the others fill the page, it would be known to come after them by its name."""
    make.CustomerFactory.create_batch(3, last_name="Abati", first_name="Ada")
    assert search_customers(Customer.objects.all(), "ada", limit=2, reader=agent)[2:] == [restricted]


def test_a_file_that_was_opened_takes_its_place_among_the_others(restricted, agent):
    make.CustomerFactory(last_name="Zzucchi", first_name="Ada")
    open_with_reason(restricted, kind="calls", by=agent)
    found = ids_for(agent, Customer.objects.all(), "ada")
    assert restricted.pk in found
    assert found == found_ids(Customer.objects.all(), "ada")


# --- Marking
# --- What a search for one leaves
def searches():
    return list(UnusualAccess.objects.filter(rule="searched").values_list("user", "customer", "number"))


def search(agent, text, model="customers_customer"):
    return signed_in(agent).get(reverse(f"admin:{model}_changelist"), {"q": text})


@pytest.mark.parametrize(("model", "text"), [("customers_customer", "tax"), ("customers_policy", "P-CELEBRI")])
def test_a_search_that_names_a_restricted_file_is_kept_for_the_officer_and_is_no_access(
    restricted, agent, model, text
):
    for _twice in range(2):
        search(agent, restricted.tax_code if text == "tax" else text, model)
    assert searches() == [(agent.pk, restricted.pk, 2)]
    assert not AccessLog.objects.exists()


def test_a_search_for_an_ordinary_file_is_kept_nowhere(restricted, agent):
    search(agent, make.CustomerFactory(last_name="Comuni").tax_code)
    assert searches() == []


def test_a_search_that_finds_many_people_names_nobody(restricted, agent):
    make.CustomerFactory.create_batch(3, last_name="Celebri")
    search(agent, "celebri")
    assert searches() == []


def test_a_search_after_the_reason_is_part_of_the_work(restricted, agent):
    open_with_reason(restricted, kind="calls", by=agent)
    search(agent, restricted.tax_code)
    assert searches() == []


def test_a_list_that_is_read_and_not_searched_leaves_nothing(restricted, agent):
    signed_in(agent).get(reverse("admin:customers_customer_changelist"))
    assert searches() == []


def test_a_search_for_oneself_is_kept_nowhere(agent):
    account = make.ReservedAreaAccountFactory(user=agent)
    search(agent, account.customer.tax_code)
    assert searches() == []


def test_a_box_of_choices_keeps_the_search_too(restricted, agent):
    asked = {"app_label": "contact_center", "model_name": "contact", "field_name": "customer", "term": "celebri"}
    [choice] = signed_in(agent).get(reverse("admin:autocomplete"), asked).json()["results"]
    assert choice["text"] == f"{RESTRICTED} ({restricted.code})"
    assert searches() == [(agent.pk, restricted.pk, 1)]


def test_the_officer_reads_of_the_search_what_it_was(restricted, agent):
    search(agent, restricted.tax_code)
    officer = signed_in_as(roles.DATA_OFFICER)
    row = UnusualAccess.objects.get()
    page = officer.get(reverse("admin:customers_unusualaccess_change", args=[row.pk])).content.decode()
    assert "ricerca di un fascicolo con accesso limitato" in page.lower()
    assert str(restricted) in page


def test_the_data_protection_officer_marks_a_file_with_a_reason():
    client, customer = signed_in_as(roles.DATA_OFFICER), make.CustomerFactory()
    address = reverse("admin:customers_customer_command", args=[customer.pk, "accesso-limitato"])
    send_command(client, address, {"ground": "protected", "reason": "Denuncia di stalking del 3 maggio"})
    mark = FileRestriction.objects.get(customer=customer)
    assert (mark.ground, mark.reason) == ("protected", "Denuncia di stalking del 3 maggio")


def test_others_do_not_mark_files(agent):
    customer = make.CustomerFactory()
    address = reverse("admin:customers_customer_command", args=[customer.pk, "accesso-limitato"])
    assert signed_in(agent).get(address).status_code == 403


# --- Masked values, shown whole with a reason
def test_a_manager_sees_the_values_of_one_person_whole_with_a_reason():
    customer = make.CustomerFactory(tax_code="RSSMRA85T10A562S")
    client, address = signed_in_as(roles.MANAGER), file_of(customer)
    assert "RSSMRA85T10A562S" not in client.get(address).content.decode()
    command = reverse("admin:customers_customer_command", args=[customer.pk, "per-intero"])
    page = send_command(client, command, {"kind": "complaint"}).content.decode()
    assert ("RSSMRA85T10A562S" in page, customer.letter_name in page) == (True, True)
    assert AccessLog.objects.filter(customer=customer, reason_kind="complaint").exists()
    assert "RSSMRA85T10A562S" not in client.get(address).content.decode()


def test_an_agency_member_is_not_offered_the_values_whole():
    member = make.AgencyMemberFactory()
    customer = make.CustomerFactory(agency=member.agency)
    command = reverse("admin:customers_customer_command", args=[customer.pk, "per-intero"])
    assert signed_in(member.user).get(command).status_code == 403


@pytest.mark.parametrize(("text", "found"), [("RSSMRA85T10A562S", True), ("RSSMRA85", False), ("4567", False)])
def test_who_sees_codes_masked_finds_a_person_by_the_whole_code_alone(text, found):
    customer = make.CustomerFactory(tax_code="RSSMRA85T10A562S", last_name="Trovati")
    make.ContactPointFactory(customer=customer, kind="phone", value="+393331234567")
    page = (
        signed_in_as(roles.MANAGER).get(reverse("admin:customers_customer_changelist"), {"q": text}).content.decode()
    )
    assert (customer.code in page) is found


@pytest.mark.parametrize(("text", "found"), [("Trovati Anna", True), ("anna trovati", True), ("Trovati", False)])
def test_who_sees_no_names_finds_a_person_by_the_whole_name_alone(text, found):
    customer = make.CustomerFactory(last_name="Trovati", first_name="Anna")
    policy = make.PolicyFactory(holder=customer)
    manager = signed_in_as(roles.MANAGER)
    page = manager.get(reverse("admin:customers_customer_changelist"), {"q": text}).content.decode()
    assert (customer.code in page, "Trovati</" in page) == (found, False)
    page = manager.get(reverse("admin:customers_policy_changelist"), {"q": text}).content.decode()
    assert (policy.number in page) is found


def test_customers_without_their_names_stand_in_no_order_of_names():
    for name in "CAB":
        make.CustomerFactory(last_name="Trovati", first_name="Anna", code=f"K-{name}")
    page = (
        signed_in_as(roles.MANAGER)
        .get(reverse("admin:customers_customer_changelist"), {"q": "trovati anna"})
        .content.decode()
    )
    assert re.findall(r">(K-[ABC])</a>", page) == ["K-C", "K-A", "K-B"]


def test_what_a_manager_has_sent_calls_people_by_their_names():
    """A page is written for its reader, a letter for who receives it."""
    customer = make.CustomerFactory(last_name="Trovati", first_name="Anna", code="K-1")
    with page_for(make.UserFactory(role=roles.MANAGER)):
        assert (str(customer), customer.letter_name) == ("K-1", "Anna Trovati")
        customer.save()
    customer.refresh_from_db()
    assert (str(customer), customer.search_key) == ("Trovati Anna", "trovati anna")


# --- What the customer reads
def test_the_customer_reads_the_reason(restricted, agent):
    account = make.ReservedAreaAccountFactory(customer=restricted)
    AccessLog.objects.create(user=agent, customer=restricted, what="call", reason_kind="calls", at=timezone.now())
    page = signed_in(account.user).get(reverse("portal_accesses")).content.decode()
    assert "la persona è al telefono" in page


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ("policy DEMO-P1", "Polizza DEMO-P1"),
        ("claim report", "Denuncia di sinistro"),
        ("register 2026 (csv)", "Registro dei reclami 2026 (csv)"),
        ("something of an earlier release", "something of an earlier release"),
    ],
)
def test_the_log_says_what_was_opened_in_the_reader_s_language(what, shown):
    with override("it"):
        assert opened_in_words(what) == shown
