"""Names stand in the order of the alphabet, accents and capitals or not."""

import pytest
from django.db import connection

from contact_center.models import Agent, Team
from contact_center.tests.factories import AgentFactory, TeamFactory, TopicFactory
from customers.models import Agency
from customers.tests.factories import AgencyFactory
from foundation.sorting import folded_sql, sort_key

pytestmark = pytest.mark.django_db

NAMES = ["Zeno", "Èlia", "Òscar", "Anna", "álvaro", "bruno"]
SORTED = ["álvaro", "Anna", "bruno", "Èlia", "Òscar", "Zeno"]


def test_agents_agencies_teams_and_topics_are_sorted_without_accents():
    for name in NAMES:
        AgentFactory(name=name)
        AgencyFactory(name=name)
        TeamFactory(name=name, level=2)
        TopicFactory(name=name, area="other")
    assert list(Agent.objects.values_list("name", flat=True)) == SORTED
    assert list(Agency.objects.values_list("name", flat=True)) == SORTED
    assert list(Team.objects.filter(level=2).values_list("name", flat=True)) == SORTED
    assert [each.name for each in TopicFactory._meta.model.objects.filter(name__in=NAMES)] == SORTED


def test_what_leads_to_a_team_is_sorted_the_same():
    for name in NAMES:
        AgentFactory(name=f"di {name}", team=TeamFactory(name=name, level=2))
    assert list(Agent.objects.order_by("team").values_list("team__name", flat=True)) == SORTED


def test_a_list_sorted_in_python_is_in_the_same_order():
    assert sorted(NAMES, key=sort_key) == SORTED


@pytest.mark.parametrize("letter", ["à", "É", "ñ", "Ç", "ü", "Š", "Ž", "ø", "Ł"])
def test_an_accented_letter_is_sorted_as_the_plain_one(letter):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {folded_sql('%s::text')}", [letter])
        assert cursor.fetchone()[0] == sort_key(letter)
