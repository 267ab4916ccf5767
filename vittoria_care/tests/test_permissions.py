"""The groups hold what the table of permissions says, and nothing else."""

import pytest
from django.contrib.auth.models import Group, Permission

from customers import roles
from customers.tests.factories import UserFactory
from vittoria_care import permissions

pytestmark = pytest.mark.django_db


def words(group: Group) -> set[str]:
    return {f"{app}.{name}" for app, name in group.permissions.values_list("content_type__app_label", "codename")}


def test_the_table_covers_every_role():
    assert set(permissions.PERMISSIONS) == set(roles.ALL)


@pytest.mark.parametrize("role", roles.ALL)
def test_each_group_equals_the_table(role):
    assert words(Group.objects.get(name=role)) == permissions.PERMISSIONS[role]


def test_drift_is_repaired():
    group = Group.objects.get(name=roles.AUDITOR)
    group.permissions.add(Permission.objects.get(codename="change_customer"))
    group.permissions.remove(Permission.objects.get(codename="view_customer"))
    permissions.grant_permissions()
    assert words(group) == permissions.PERMISSIONS[roles.AUDITOR]


def test_a_lost_group_is_made_again():
    Group.objects.filter(name=roles.AGENT).delete()
    permissions.grant_permissions()
    assert words(Group.objects.get(name=roles.AGENT)) == permissions.PERMISSIONS[roles.AGENT]


def test_a_word_that_no_model_has_is_named(monkeypatch):
    monkeypatch.setitem(permissions.PERMISSIONS, roles.AGENT, {"customers.fly_customer"})
    with pytest.raises(LookupError, match=r"'agent'.*customers\.fly_customer"):
        permissions.grant_permissions()


def test_the_auditor_changes_nothing():
    assert {word.split(".")[1].split("_")[0] for word in permissions.PERMISSIONS[roles.AUDITOR]} == {"view"}


def test_no_role_deletes():
    assert not {word for words in permissions.PERMISSIONS.values() for word in words if ".delete_" in word}


def test_a_user_has_what_the_group_has():
    user = UserFactory(role=roles.MANAGER)
    assert user.get_all_permissions() == permissions.PERMISSIONS[roles.MANAGER]
