"""Addresses that are worked out once are Django's own."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.urls import NoReverseMatch, path, reverse

from foundation.addresses import address


def nothing(request):
    raise AssertionError("never opened")


urlpatterns = [
    path("stanze/", nothing, name="rooms"),
    path("stanze/<int:pk>/", nothing, name="room"),
    path("stanze/<int:pk>/posti/<int:place>/", nothing, name="place"),
    path("stanze/<str:word>/chi/", nothing, name="who"),
    path("stanze/<int:room>/<int:pk>/di/", nothing, name="named"),
]


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.ROOT_URLCONF = __name__


def drawn(text, **context):
    return Template(text).render(Context(context))


@pytest.mark.parametrize(("name", "ids"), [("rooms", ()), ("room", (7,)), ("place", (7, 8)), ("place", (8, 8))])
def test_an_address_is_the_one_of_django_each_time_and_for_each_id(name, ids):
    assert [address(name, *ids) for _each in range(2)] == [reverse(name, args=ids)] * 2


@pytest.mark.parametrize(("name", "ids"), [("room", ()), ("rooms", (1,)), ("unknown", ())])
def test_what_has_no_address_is_refused(name, ids):
    with pytest.raises(NoReverseMatch):
        address(name, *ids)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% url 'rooms' %}", "/stanze/"),
        ("{% url name pk %}", "/stanze/7/"),
        ("{% url 'named' room=1 pk=pk %}", "/stanze/1/7/di/"),
        ("{% url 'who' word %}", "/stanze/a&amp;b/chi/"),
        ("{% url 'room' pk as found %}<{{ found }}>", "</stanze/7/>"),
        ("{% url 'unknown' as found %}<{{ found }}>", "<>"),
    ],
)
def test_a_template_writes_the_address_as_with_djangos_own_tag(text, expected):
    assert drawn(text, name="room", pk=7, word="a&b") == expected


def test_an_address_that_is_not_there_is_a_fault_of_the_template():
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'unknown' %}")
    with pytest.raises(TemplateSyntaxError):
        drawn("{% url %}")
