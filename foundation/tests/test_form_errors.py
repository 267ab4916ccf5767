"""What is wrong with a form stands above it in one list, each sentence a link to its field."""

import re

import pytest
from django import forms
from django.template import engines
from django.utils import translation

from foundation.form_guard import name_what_is_missing


class OrderForm(forms.Form):
    """Three obligatory answers and a free one."""

    name = forms.CharField(label="Name")
    size = forms.ChoiceField(label="Size", choices=[("s", "small"), ("l", "large")], widget=forms.RadioSelect)
    terms = forms.BooleanField(label="I accept the terms.")
    note = forms.CharField(required=False)

    def full_clean(self):
        name_what_is_missing(self.fields)
        super().full_clean()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def drawn(form):
    page = engines["django"].from_string("{% load form_errors %}{% form_errors form %}").render({"form": form})
    return re.findall(r'<a href="#([^"]*)">([^<]*)</a>', page), page


def test_every_error_leads_to_its_field_and_names_what_is_missing():
    links, page = drawn(OrderForm({}))
    assert links == [
        ("id_name", "Fill in “Name”."),
        ("id_size_0", "Choose an answer: “Size”."),
        ("id_terms", "Tick “I accept the terms”."),
    ]
    assert "3 answers need a correction" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (["name"], "One answer needs a correction.<"),
        (["name", "size"], "2 answers need a correction.<"),
        (["name", "note"], "One answer needs a correction; the others are still here."),
    ],
)
def test_other_answers_are_named_only_where_there_are_some(fields, sentence):
    form = OrderForm({})
    form.fields = {name: form.fields[name] for name in fields}
    assert sentence in drawn(form)[1]


def test_what_is_wrong_with_the_whole_leads_nowhere():
    form = OrderForm({"name": "Anna", "size": "s", "terms": "on"})
    form.add_error(None, "That was very fast.")
    links, page = drawn(form)
    assert (links, "<p>That was very fast.</p>" in page) == ([], True)


def test_a_form_that_is_right_has_no_list():
    assert drawn(OrderForm({"name": "Anna", "size": "s", "terms": "on"}))[1].strip() == ""
