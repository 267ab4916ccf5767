"""A person who has signed in is read in two queries: with their agent's record, then roles and permissions."""

import pytest
from django.contrib.auth.models import Permission

from contact_center.tests.factories import AgentFactory, TeamFactory
from customers import roles
from customers.models import User
from customers.tests.factories import UserFactory
from vittoria_care.permissions import PERMISSIONS
from vittoria_care.sign_in.backends import SignInBackend

pytestmark = pytest.mark.django_db


def read(user):
    return SignInBackend().get_user(user.pk)


def test_roles_and_permissions_are_one_query(django_assert_num_queries):
    user = read(UserFactory(role=roles.AGENT))
    with django_assert_num_queries(1):
        assert user.has_role([roles.AGENT])
        assert not user.has_role([roles.MANAGER])
        assert user.has_perm("contact_center.change_contact")
        assert not user.has_perm("complaints.change_complaint")


@pytest.mark.parametrize("role", sorted(PERMISSIONS))
def test_each_role_may_do_what_its_table_says(role):
    assert read(UserFactory(role=role)).get_all_permissions() == PERMISSIONS[role]


def test_a_permission_of_ones_own_counts_and_two_roles_add_up():
    user = UserFactory(role=roles.AGENT)
    user.groups.add(*UserFactory(role=roles.MANAGER).groups.all())
    user.user_permissions.add(Permission.objects.get(codename="delete_session"))
    wanted = PERMISSIONS[roles.AGENT] | PERMISSIONS[roles.MANAGER] | {"sessions.delete_session"}
    found = read(user)
    assert found.get_all_permissions() == wanted
    assert found.role_names == {roles.AGENT, roles.MANAGER}


def test_a_superuser_may_do_everything_and_a_person_who_left_nothing():
    assert read(UserFactory(is_superuser=True)).has_perm("contact_center.change_contact")
    left = UserFactory(role=roles.AGENT, is_active=False)
    assert read(left) is None
    assert left.get_all_permissions() == set()


def test_the_agents_record_comes_with_the_person(django_assert_num_queries):
    agent = AgentFactory(user=UserFactory(role=roles.AGENT))
    with django_assert_num_queries(1):
        assert read(agent.user).agent == agent
    nobody = UserFactory(role=roles.AGENT)
    with django_assert_num_queries(1):
        assert not hasattr(read(nobody), "agent")


@pytest.mark.parametrize("has_team", [True, False])
def test_the_person_the_agent_and_the_team_are_as_the_database_has_them(django_assert_num_queries, has_team):
    wanted = AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory() if has_team else None)
    wanted = User.objects.select_related("agent__team").get(pk=wanted.user_id)
    with django_assert_num_queries(1):
        found = read(wanted)
        pairs = [(found, wanted), (found.agent, wanted.agent)]
        pairs += [(found.agent.team, wanted.agent.team)] if has_team else []
        assert found.agent.team == wanted.agent.team
        assert found.agent.user is found
    for one, other in pairs:
        assert one._state.db == "default"
        for field in other._meta.concrete_fields:
            assert getattr(one, field.attname) == getattr(other, field.attname)


def test_a_person_who_is_not_there_is_nobody():
    assert SignInBackend().get_user(2**40) is None
