"""Demonstration data of one scale beside another: refused, but for the question what would be loaded."""

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer
from customers.tests.factories import CustomerFactory
from vittoria_care.demonstration.data.people import PREFIX

pytestmark = pytest.mark.django_db


@pytest.fixture
def another_scale():
    CustomerFactory(code=f"{PREFIX}1")


def test_another_scale_is_refused(another_scale):
    with pytest.raises(CommandError, match="1"):
        call_command("load_demo", scale="full")


def test_a_dry_run_says_what_would_be_loaded_and_why_it_would_be_refused(another_scale, capsys):
    call_command("load_demo", scale="full", dry_run=True)
    printed = capsys.readouterr()
    assert "642.141" in printed.out
    assert "1" in printed.err
    assert Customer.objects.count() == 1
