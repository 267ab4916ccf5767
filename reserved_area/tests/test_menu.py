"""The menu of the reserved area: one list, four places under the thumb, the others behind “More”."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from customers.tests.factories import ReservedAreaAccountFactory
from reserved_area.menu import HOME, PLACES, menu_at

pytestmark = pytest.mark.django_db


def paths_of(patterns, before=""):
    """The name and the path of every page, however deep it is included."""
    for each in patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield each.name, path
        else:
            yield from paths_of(each.url_patterns, path)


@pytest.fixture
def client():
    client = Client(headers={"accept-language": "en"})
    client.force_login(ReservedAreaAccountFactory().user)
    return client


def test_a_thumb_reaches_four_places():
    assert [place.address for place in PLACES if place.under_thumb] == [
        "reserved_area",
        "portal_policies",
        "portal_claims",
        "portal_requests",
    ]


def test_every_icon_of_the_menu_is_drawn():
    icons = (Path(settings.BASE_DIR) / "static" / "img" / "icons.svg").read_text()
    assert [place.icon for place in PLACES if f'id="{place.icon}"' not in icons] == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.address)
def test_each_place_is_in_the_menu_of_every_room_and_marked_where_one_is(client, place):
    page = client.get(reverse(place.address)).content.decode()
    menu = page[page.index('class="rooms"') : page.index("</nav>", page.index('class="rooms"'))]
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', menu) == [reverse(place.address)]
    assert [reverse(each.address) for each in PLACES] == re.findall(r'<a href="([^"]+)"', menu)[:-1]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.address)
def test_a_place_of_the_menu_leads_back_to_none(client, place):
    page = client.get(reverse(place.address))
    assert b'class="back"' not in page.content


def test_every_page_of_the_reserved_area_belongs_to_a_place():
    own = {"portal_more", "enrolment", "enrolment_sent", "enrolment_terms", "enrolment_finish", "people_join"}
    found = paths_of(get_resolver("reserved_area.urls").url_patterns)
    homeless = [name for name, path in found if not any(each.is_here for each in menu_at(reverse(HOME) + path).places)]
    assert set(homeless) == own


@pytest.mark.parametrize(
    ("path", "here", "behind_more"),
    [
        ("/area-riservata/", "reserved_area", False),
        ("/area-riservata/richieste/nuova/guidata/", "portal_requests", False),
        ("/area-riservata/polizze/7/", "portal_policies", False),
        ("/area-riservata/profilo/accessi/", "portal_profile", True),
        ("/area-riservata/richiamate/7/sposta/", "portal_call_backs", True),
        ("/area-riservata/rinnovi/1/", "portal_payments", True),
        ("/area-riservata/calendario/", "portal_documents", True),
        ("/area-riservata/altro/", None, False),
    ],
)
def test_a_page_within_a_room_marks_the_room(path, here, behind_more):
    menu = menu_at(path)
    assert [each.place.address for each in menu.places if each.is_here] == ([here] if here else [])
    assert menu.is_behind_more is behind_more


def test_more_leads_to_what_is_not_under_the_thumb_and_out(client):
    page = client.get(reverse("portal_more")).content.decode()
    main = page[page.index('class="cards place-list"') :]
    for place in PLACES:
        assert (f'href="{reverse(place.address)}"' in main) is not place.under_thumb
    assert f'action="{reverse("account_logout")}"' in main


def test_a_place_behind_more_marks_more_on_a_phone(client):
    page = client.get(reverse("portal_profile")).content.decode()
    assert f'href="{reverse("portal_more")}" aria-current="true"' in page
