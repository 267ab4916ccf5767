"""The code of the demonstration's colleagues: right now's, for them alone, and never in production."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.tests.factories import PASSWORD, UserFactory
from vittoria_care.demonstration.data.sign_ins import CODE_SECRET, CUSTOMERS, STAFF


@pytest.mark.django_db
def test_the_code_printed_lets_a_colleague_in(capsys):
    user = UserFactory(role=roles.AGENT)
    Authenticator.objects.create(user=user, type="totp", data={"secret": encrypt(CODE_SECRET)})
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    call_command("demo_code", STAFF[0].email)
    answer = client.post(reverse("mfa_authenticate"), {"code": capsys.readouterr().out.strip()})
    assert answer.url == reverse("after_sign_in")


def test_customers_have_no_code():
    with pytest.raises(CommandError) as refusal:
        call_command("demo_code", CUSTOMERS[1][1])
    assert refusal.value.returncode == 2


def test_production_has_no_demonstration(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo_code")
