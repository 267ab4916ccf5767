"""The access to the reserved area suspended and opened again by a colleague."""

import uuid

import pytest
from django.urls import reverse

from customers import roles
from customers.contact_points.commands import Why
from customers.models import DataChange
from customers.tests.factories import ReservedAreaAccountFactory, UserFactory
from customers.tests.sign_in import signed_in, signed_in_as
from foundation.refusals import Refused
from foundation.tests.pages import send_command
from notifications.models import Notice
from notifications.people import reopen_access, suspend_access

pytestmark = pytest.mark.django_db
MISUSE = Why("misuse", "telefono rubato")


@pytest.fixture
def agent():
    return UserFactory(role=roles.AGENT)


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


def suspend(account, by, **more):
    return suspend_access(account, **{"why": MISUSE, "key": uuid.uuid4(), "by": by} | more)


def reopen(account, by, **more):
    return reopen_access(account, **{"why": Why("phone"), "key": uuid.uuid4(), "by": by} | more)


def test_the_sessions_end_with_the_suspension(account, agent):
    client = signed_in(account.user)
    assert client.get(reverse("portal_policies")).status_code == 200
    suspend(account, agent)
    assert client.get(reverse("portal_policies")).url.startswith(reverse("account_login"))


def test_a_suspended_person_who_signs_in_opens_nothing_and_reads_whom_to_call(account, agent):
    suspend(account, agent)
    answer = signed_in(account.user).get(reverse("portal_policies"))
    assert answer.status_code == 403
    assert "sospesa" in answer.content.decode()


def test_the_change_says_who_and_why_and_the_person_is_informed(account, agent):
    change = suspend(account, agent)
    assert (change.kind, change.reason, change.words, change.by) == ("access", "misuse", "telefono rubato", agent)
    notice = Notice.objects.get(kind="access-suspended")
    assert notice.address == account.user.email
    assert "telefono rubato" not in notice.body_text


def test_an_access_is_suspended_once(account, agent):
    key = uuid.uuid4()
    assert suspend(account, agent, key=key) == suspend(account, agent, key=key)
    with pytest.raises(Refused):
        suspend(account, agent)
    assert Notice.objects.filter(kind="access-suspended").count() == 1


def test_misuse_is_not_suspected_without_words(account, agent):
    with pytest.raises(Refused):
        suspend(account, agent, why=Why("misuse"))
    account.refresh_from_db()
    assert account.state == "enrolled"


def test_a_suspended_access_is_opened_again(account, agent):
    suspend(account, agent)
    reopen(account, agent)
    assert signed_in(account.user).get(reverse("portal_policies")).status_code == 200
    assert Notice.objects.filter(kind="access-reopened").exists()
    with pytest.raises(Refused):
        reopen(account, agent)


def test_an_agent_suspends_and_opens_on_the_page_of_the_account(account):
    client = signed_in_as(roles.AGENT)

    def page(name):
        return reverse("admin:customers_reservedareaaccount_command", args=[account.pk, name])

    send_command(client, page("sospendi"), {"reason": "misuse", "words": "telefono rubato"})
    account.refresh_from_db()
    assert account.state == "suspended"
    send_command(client, page("riapri"), {"reason": "phone", "words": ""})
    account.refresh_from_db()
    assert account.state == "enrolled"
    assert DataChange.objects.count() == 2


@pytest.mark.parametrize("role", [roles.MANAGER, roles.AUDITOR])
def test_managers_and_auditors_suspend_nobody(account, role):
    client = signed_in_as(role)
    address = reverse("admin:customers_reservedareaaccount_command", args=[account.pk, "sospendi"])
    assert client.get(address).status_code == 403
