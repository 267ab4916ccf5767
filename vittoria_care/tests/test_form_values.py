"""What a form shows in a browser is what is stored: a control that cannot read its value is shown, and saved, empty."""

import re

import pytest
from django.contrib import admin
from django.test import RequestFactory

from customers.tests.factories import UserFactory
from foundation.office.base import OfficeAdmin
from vittoria_care.tests.factories import make_row

pytestmark = pytest.mark.django_db

READABLE = {
    "number": r"-?\d+(\.\d+)?",
    "date": r"\d{4}-\d\d-\d\d",
    "time": r"\d\d:\d\d(:\d\d(\.\d+)?)?",
    "datetime-local": r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?",
}
EDITED = sorted(
    (each for each in admin.site._registry.values() if isinstance(each, OfficeAdmin) and each.editable),
    key=lambda each: each.opts.label,
)


def unreadable(html: str) -> list[str]:
    """Controls for numbers and days whose value a browser would not show."""
    found = []
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        shape, value = READABLE.get(attributes.get("type", "")), attributes.get("value", "")
        if shape and value and not re.fullmatch(shape, value):
            found.append(f"{attributes.get('name')}: {value}")
    return found


@pytest.mark.parametrize("office", EDITED, ids=lambda each: each.opts.label)
def test_every_value_in_a_form_of_the_back_office_is_one_that_its_control_can_hold(office):
    row = make_row(office.model)
    for field in row._meta.fields:
        if field.get_internal_type() == "DecimalField" and field.name in office.editable:
            setattr(row, field.name, "1234.50")
    request = RequestFactory().get("/")
    request.user = UserFactory(is_superuser=True)
    form = office.get_form(request, row, change=True)(instance=row)
    assert unreadable("".join(str(bound) for bound in form)) == []


def test_what_a_browser_cannot_read_is_found():
    assert unreadable('<input type="number" name="value" value="350,00"><input type="text" value="350,00">') == [
        "value: 350,00"
    ]


@pytest.mark.parametrize("sent", ["zzz", "😀", "²", "-1", "9" * 30])
@pytest.mark.parametrize(
    "office", [each for each in EDITED if each.autocomplete_fields], ids=lambda each: each.opts.label
)
def test_what_is_no_row_is_refused_where_a_row_is_searched_for(office, sent):
    request = RequestFactory().post("/")
    request.user = UserFactory(is_superuser=True)
    fields = [name for name in office.autocomplete_fields if name in office.editable]
    form = office.get_form(request, make_row(office.model), change=True)(data=dict.fromkeys(fields, sent))
    assert "".join(str(form[name]) for name in fields)
    assert {name for name in fields if name in form.errors} == set(fields)
