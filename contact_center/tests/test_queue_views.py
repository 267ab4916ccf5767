"""Views of the queue: tab, filters and search under a name, one's own or shared, with how much is in them."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.models import QueueView
from contact_center.office.queue import FILTERS, ChoiceFilter, QueueFilter
from contact_center.office.views_shown import PLAIN, address_of, in_words
from contact_center.queue_views.commands import MOST, change_view, delete_view, save_view
from contact_center.queue_views.parameters import ALLOWED, WORDS, as_written, kept_parameters, parameters_of
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:contact_center_contact_changelist")
SAVE = reverse("admin:contact_center_contact_list_command", args=["salva-vista"])
LIST = reverse("admin:contact_center_queueview_changelist")
TOKEN = "0f9fcd9a-1111-4c4c-8d4d-000000000001"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def _not_counted_before():
    cache.clear()


@pytest.fixture
def team():
    return make.TeamFactory(name="Ufficio")


@pytest.fixture
def agent(team):
    return make.AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


@pytest.fixture
def client(agent):
    return client_of(agent.user)


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER)


def _on_two_channels():
    make.ContactFactory(channel="app")
    make.ContactFactory()


# --- What is kept
def test_only_what_the_queue_can_be_asked_is_kept():
    asked = {
        "work": "mine",
        "level": "2",
        "e": "1",
        "p": "3",
        "customer__last_name": "Rossi",
        "q": " ",
        "team": "x" * 201,
    }
    assert kept_parameters(asked) == {"work": "mine", "level": "2"}


def test_every_filter_of_the_queue_is_kept():
    names = {each.parameter_name for each in FILTERS if issubclass(each, ChoiceFilter)}
    assert names <= set(ALLOWED)
    assert names - {"team"} <= set(PLAIN)


def test_a_view_keeps_whatever_narrows_the_queue():
    narrowing = {"work" if each is QueueFilter else each.parameter_name for each in FILTERS} - {"vista"}
    assert set(ALLOWED) == narrowing | {WORDS}


def test_a_view_of_what_nobody_has_taken_says_so():
    assert in_words({"work": "team", "part": "nobody"}) == "Il mio gruppo, non presi in carico da nessuno"


def test_a_written_address_is_read_back_as_it_was():
    parameters = {"work": "open", "q": "Rossi & figli 🙂"}
    assert parameters_of(as_written(parameters)) == parameters


@pytest.mark.parametrize("written", ["&".join(f"a{n}=1" for n in range(30)), "%%%", ""])
def test_an_address_that_is_none_keeps_nothing(written):
    assert parameters_of(written) == {}


def test_a_view_says_what_it_shows(team):
    words = in_words({"work": "overdue", "team": str(team.pk), "channel": "app", "level": "2", "priority": "1"})
    assert words == "In ritardo, gruppo: Ufficio, canale: app, secondo livello, priorità: alta"


# --- Saving
# --- Saving
def test_a_view_is_ones_own_at_first_and_stands_after_the_others(agent, manager):
    save_view(name="Prima", parameters={"work": "mine"}, by=agent.user)
    view = save_view(name="  Le mie \n app ", parameters={"work": "mine", "e": "1"}, by=agent.user)
    assert (view.name, view.sharing, view.position, view.parameters) == ("Le mie app", "own", 2, {"work": "mine"})
    assert not QueueView.objects.offered_to(manager, None).exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "  "}, "no_name"),
        ({"name": "Già mia"}, "same_name"),
        ({"name": "Di tutti", "sharing": "all"}, "not_shared"),
    ],
)
def test_a_view_is_refused_and_nothing_is_kept(agent, given, code):
    make.QueueViewFactory(user=agent.user, name="Già mia")
    with pytest.raises(Refused) as found:
        save_view(parameters={}, by=agent.user, **given)
    assert found.value.code == code
    assert QueueView.objects.count() == 1


def test_nobody_keeps_views_without_end(agent):
    for _each in range(MOST):
        make.QueueViewFactory(user=agent.user)
    with pytest.raises(Refused) as found:
        save_view(name="Ancora", parameters={}, by=agent.user)
    assert found.value.code == "too_many"


# --- Sharing
def test_a_manager_offers_a_view_to_all_and_to_a_team(manager, agent, team):
    everybody = save_view(name="Tutti", parameters={}, sharing="all", by=manager)
    of_team = save_view(name="Squadra", parameters={}, sharing="team", team=team, by=manager)
    other = make.AgentFactory(user=UserFactory(role=roles.AGENT), team=make.TeamFactory())
    assert list(QueueView.objects.offered_to(agent.user, agent)) == [everybody, of_team]
    assert list(QueueView.objects.offered_to(other.user, other)) == [everybody]


def test_a_specialist_shares_with_their_own_team_and_no_other():
    second, other = make.TeamFactory(level=2), make.TeamFactory(level=2)
    specialist = make.AgentFactory(user=UserFactory(role=roles.SPECIALIST), team=second)
    assert save_view(name="Nostra", parameters={}, sharing="team", team=second, by=specialist.user).team == second
    with pytest.raises(Refused) as found:
        save_view(name="Loro", parameters={}, sharing="team", team=other, by=specialist.user)
    assert found.value.code == "not_shared"


@pytest.mark.parametrize("team", [None, "closed"])
def test_a_team_view_names_a_team_that_answers(manager, team):
    named = make.TeamFactory(is_active=False) if team else None
    with pytest.raises(Refused) as found:
        save_view(name="Squadra", parameters={}, sharing="team", team=named, by=manager)
    assert found.value.code == "no_team"


def test_a_search_is_never_shared(manager):
    with pytest.raises(Refused) as found:
        save_view(name="Rossi", parameters={"q": "Rossi"}, sharing="all", by=manager)
    assert found.value.code == "search_is_own"


# --- Changing
def test_a_view_gets_another_name_and_place(agent):
    view = make.QueueViewFactory(user=agent.user)
    changed = change_view(view, name="Nuova", sharing="own", team=None, position=7, by=agent.user)
    assert (changed.name, changed.position, changed.version) == ("Nuova", 7, view.version + 1)


def test_another_persons_view_is_changed_by_nobody_but_a_shared_one_by_a_manager(agent, manager):
    own, shared = make.QueueViewFactory(user=agent.user), make.QueueViewFactory(sharing="all")
    with pytest.raises(Refused) as found:
        delete_view(own, by=manager)
    assert found.value.code == "not_yours"
    delete_view(shared, by=manager)
    assert list(QueueView.objects.all()) == [own]


def test_what_was_deleted_meanwhile_says_so(agent):
    view = make.QueueViewFactory(user=agent.user)
    delete_view(view, by=agent.user)
    with pytest.raises(Refused) as found:
        change_view(view, name="Nuova", sharing="own", team=None, position=1, by=agent.user)
    assert found.value.code == "deleted"


# --- The pages
def test_the_queue_as_shown_is_kept_and_opens_again(client, agent):
    _on_two_channels()
    page = client.get(QUEUE, {"work": "open", "channel": "app"}).content.decode()
    assert "filters=work%3Dopen%26channel%3Dapp" in page
    form = client.get(SAVE, {"filters": "work=open&channel=app"}).content.decode()
    assert "La vista mostra: Da lavorare, canale: app." in form
    sent = {"name": "Dall’app", "sharing": "own", "filters": "work=open&channel=app", "page_token": TOKEN}
    answer = client.post(SAVE, sent, follow=True)
    assert (answer.status_code, len(answer.context["cl"].result_list)) == (200, 1)
    (view,) = answer.context["views"]
    assert (view["name"], view["selected"], view["count"]) == ("Dall’app", True, "1")
    client.post(SAVE, sent)  # the second press
    assert QueueView.objects.count() == 1


def test_the_short_address_of_a_view_leads_to_its_whole_one(client, agent):
    view = make.QueueViewFactory(user=agent.user, parameters={"work": "mine"})
    assert client.get(QUEUE, {"vista": view.pk}).url == address_of(view)


def test_a_view_of_another_or_one_that_is_gone_says_so_and_shows_the_queue(client):
    for asked in (make.QueueViewFactory().pk, 999_999, "x", "9" * 30):
        answer = client.get(QUEUE, {"vista": asked})
        assert answer.status_code == 200
        assert "Questa vista non esiste più" in answer.content.decode()


def test_a_view_of_a_team_that_closed_says_so_and_shows_what_it_can(client, agent):
    gone = make.TeamFactory(name="Sciolta")
    view = make.QueueViewFactory(user=agent.user, parameters={"work": "open", "team": str(gone.pk), "channel": "app"})
    _on_two_channels()
    gone.is_active = False
    gone.save()
    answer = client.get(address_of(view))
    assert "Una parte di questa vista non esiste più: Gruppo: Sciolta." in answer.content.decode()
    assert len(answer.context["cl"].result_list) == 1
    assert [each["count"] for each in answer.context["views"]] == ["1"]


def test_a_tab_that_the_reader_has_not_says_so(manager):
    view = make.QueueViewFactory(sharing="all", parameters={"work": "team"})
    answer = client_of(manager).get(address_of(view))
    assert answer.status_code == 200
    assert "non esiste più: Il mio gruppo." in answer.content.decode()


def test_a_count_is_asked_once_in_a_while_and_goes_no_further_than_99(client, agent):
    make.QueueViewFactory(user=agent.user, parameters={"work": "open"})
    make.ContactFactory.create_batch(101)
    assert client.get(QUEUE).context["views"][0]["count"] == "99+"
    with CaptureQueriesContext(connection) as asked:
        client.get(QUEUE)
    assert not [each for each in asked if "tab" in each["sql"] and "queueview" in each["sql"]]
    assert len(asked) <= 10


def test_views_cost_the_same_at_one_and_at_three(client, agent):
    def queries():
        cache.clear()
        client.get(QUEUE)
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            client.get(QUEUE)
        return len(asked)

    make.QueueViewFactory(user=agent.user)
    one = queries()
    make.QueueViewFactory.create_batch(2, user=agent.user)
    assert queries() == one


def test_the_list_of_views_shows_ones_own_and_the_shared_with_their_buttons(client, agent):
    own, shared = make.QueueViewFactory(user=agent.user), make.QueueViewFactory(sharing="all")
    make.QueueViewFactory()
    assert set(client.get(LIST).context["cl"].result_list) == {own, shared}
    pages = [client.get(reverse("admin:contact_center_queueview_change", args=[each.pk])) for each in (own, shared)]
    assert [len(page.context["command_buttons"]) for page in pages] == [2, 0]
    change = reverse("admin:contact_center_queueview_command", args=[shared.pk, "elimina"])
    assert client.post(change, {"seen_version": 1}).status_code == 403
    delete = reverse("admin:contact_center_queueview_command", args=[own.pk, "elimina"])
    assert client.post(delete, {"seen_version": 1}, follow=True).status_code == 200
    assert list(QueueView.objects.filter(user=agent.user)) == []


def test_the_list_of_views_costs_the_same_at_one_and_at_three(client, agent):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(LIST).status_code == 200
        return len(asked)

    make.QueueViewFactory(user=agent.user, parameters={"work": "open", "team": str(make.TeamFactory().pk)})
    client.get(LIST)
    one = queries()
    for _place in range(2):
        make.QueueViewFactory(user=agent.user, parameters={"work": "open", "team": str(make.TeamFactory().pk)})
    assert queries() == one


def test_a_tab_that_is_none_shows_the_first_one_as_chosen(client):
    tabs = client.get(QUEUE, {"work": "sciocchezze"}).context["tabs"]
    assert [str(tab["display"]) for tab in tabs if tab["selected"]] == ["Da lavorare"]


def test_a_name_written_from_the_right_keeps_its_count_apart(client, agent):
    save_view(name="عربي", parameters={}, by=agent.user)
    assert '<bdi>عربي</bdi> <span class="count">' in client.get(QUEUE).content.decode()
