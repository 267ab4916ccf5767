"""The person who has signed in, read for every request with their agent's record; then roles and permissions together.

Django asks for the permissions of a user, those of their groups and the names of the groups one after the other, and a
page of the back office needs all of them. Here it is one query.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Concat

from contact_center.models import Agent, Team
from customers.models import User
from foundation.written_once import WrittenOnce

NOBODY = -1  # the id of no user
# The columns of a user, of an agent and of a team, the id first.
PERSON, AGENT, TEAM = ([field.attname for field in model._meta.concrete_fields] for model in (User, Agent, Team))


class _Together(ModelBackend):
    """A backend that reads a user, and what the user may do, with one query each."""

    def get_user(self, user_id: int) -> User | None:
        """The user, with their agent's record; None for a user who may no longer sign in."""
        user = _read(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """What the user may do, by their groups or of their own; remembered with the names of the groups."""
        if not user_obj.is_active or user_obj.is_anonymous or user_obj.is_superuser or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            names, by_groups, own = _roles_and_permissions(user_obj)
            user_obj._perm_cache = {*by_groups, *own}
            user_obj.__dict__["role_names"] = frozenset(names)
        return user_obj._perm_cache


_COLUMNS = (*PERSON, *(f"agent__{name}" for name in AGENT), *(f"agent__team__{name}" for name in TEAM))
_A_PERSON = WrittenOnce(lambda pk: User.objects.filter(pk=pk).order_by().values_list(*_COLUMNS), NOBODY)


def _read(user_id: int) -> User | None:
    """The user with this id, with their agent and the agent's team at hand; None where there is none."""
    rows = _A_PERSON.rows(user_id)
    if not rows:
        return None
    row, of_agent, of_team = rows[0], len(PERSON), len(PERSON) + len(AGENT)
    user = User.from_db(connection.alias, PERSON, row[:of_agent])
    agent = Agent.from_db(connection.alias, AGENT, row[of_agent:of_team]) if row[of_agent] is not None else None
    User._meta.get_field("agent").set_cached_value(user, agent)
    if agent is not None:
        team = Team.from_db(connection.alias, TEAM, row[of_team:]) if agent.team_id is not None else None
        agent._state.fields_cache |= {"user": user, "team": team}
    return user


def _lists_of(user_id: int) -> QuerySet:
    me = OuterRef("pk")
    code = Concat("content_type__app_label", Value("."), "codename", output_field=TextField())
    lists = (
        ArraySubquery(Group.objects.filter(user=me).order_by().values("name")),
        ArraySubquery(Permission.objects.filter(group__user=me).order_by().values(code=code)),
        ArraySubquery(Permission.objects.filter(user=me).order_by().values(code=code)),
    )
    return User.objects.filter(pk=user_id).order_by().values_list(*lists)


_LISTS = WrittenOnce(_lists_of, NOBODY)


def _roles_and_permissions(user: User) -> tuple[list[str], list[str], list[str]]:
    """The names of the user's groups, the permissions of these, and the user's own, each as app.codename."""
    rows = _LISTS.rows(user.pk)
    return rows[0] if rows else ([], [], [])


class PasswordBackend(_Together):
    """Address and password, as Django checks them."""


class SignInBackend(_Together, AuthenticationBackend):
    """The project's sign-in, as allauth does it."""
