"""What may be written into the address of a list: the filters that the page shows, and nothing else."""

import csv
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import IGNORED_PARAMS
from django.template.response import SimpleTemplateResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from contact_center.tests.factories import CallFactory, TopicFactory
from customers import roles
from customers.models import User
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
ADDRESSES = list(csv.reader(Path(__file__).with_name("list_addresses.csv").read_text(encoding="utf-8").splitlines()))[
    1:
]
LOOKUPS = ("", "__exact", "__isnull", "__startswith", "__regex", "__in", "__gte", "__year")


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def signed_in(**user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(UserFactory.create(**user))
    return client


@pytest.fixture
def superuser():
    return signed_in(is_superuser=True, is_staff=True)


@pytest.mark.parametrize(("role", "address", "wanted"), ADDRESSES)
def test_a_list_takes_only_the_filters_that_it_shows(settings, role, address, wanted):
    settings.STAFF_SECOND_FACTOR = "optional"
    assert str(signed_in(role=role).get(address).status_code) in wanted.split(" or ")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_no_column_is_read_by_an_address_not_even_by_a_superuser(superuser, model):
    office, address = admin.site._registry[model], list_of(model)
    shown = {name for each in office.list_filter for name in office._parameters_of(each, None)}
    asked = RequestFactory().get(address)
    asked.user = User.objects.get(pk=superuser.session["_auth_user_id"])
    for place, field in enumerate(model._meta.concrete_fields):
        names = [f"{field.name}{lookup}" for lookup in LOOKUPS if f"{field.name}{lookup}" not in shown]
        assert [name for name in names if office.lookup_allowed(name, "1", asked)] == []
        name = names[place % len(names)]  # the rule is what answers: one of them is sent
        assert superuser.get(address, {name: "1"}).status_code == 400, name


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_what_a_filter_shows_is_taken_whatever_its_value(superuser, model):
    office, address = admin.site._registry[model], list_of(model)
    for name in {name for each in office.list_filter for name in office._parameters_of(each, None)}:
        assert superuser.get(address, {name: "<1>"}, follow=True).status_code == 200, name
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(SimpleTemplateResponse, "rendered_content", "")  # drawn once: the rows are found before
            for value in ("", "1", "x", "\0", "'", "(", "-1", "9" * 40, "😀", "None", "²"):
                assert superuser.get(address, {name: value}, follow=True).status_code == 200, (name, value)


@pytest.mark.parametrize("name", [*IGNORED_PARAMS, "p", "e"])
def test_the_pages_own_parameters_are_taken_whatever_their_value(superuser, name):
    for value in ("", "1", "x", "\0", "-1", "9" * 40, "😀", "²", "1.-2.x"):
        answer = superuser.get(list_of(User), {name: value}, follow=True)
        assert answer.status_code == (400 if name == "_to_field" and value.strip("\0") else 200), value


def test_a_filter_that_is_shown_narrows_the_list(superuser):
    kept, _other = CallFactory(), CallFactory()
    answer = superuser.get(list_of(type(kept)), {"line__id__exact": kept.line_id})
    assert list(answer.context["cl"].result_list) == [kept]


def test_a_value_that_is_none_of_the_column_shows_the_list_without_filters(superuser):
    TopicFactory()
    answer = superuser.get(list_of(TopicFactory._meta.model), {"area__exact": "\0"}, follow=True)
    assert answer.redirect_chain
    assert answer.context["cl"].result_count


def test_no_address_sorts_a_list_by_another_column(superuser):
    people = [UserFactory(role=roles.AGENT, email=f"{name}@example.it", last_name="Zeta") for name in "ab"]
    answer = superuser.get(list_of(User), {"o": "-1", "q": "Zeta"})
    assert list(answer.context["cl"].result_list) == people


def test_no_address_asks_for_counts(superuser):
    answer = superuser.get(list_of(User), {"_facets": "True"})
    assert answer.context["cl"].add_facets is False
