from itertools import islice

import pytest

from benchmarks import data
from benchmarks.measure import Scale
from contact_center.models import Contact
from customers.models import Customer, Policy
from customers.validators import normalise_phone, normalise_tax_code, normalise_vat_number, tax_code_matches_name


def test_people_are_the_same_each_time_and_pass_every_check():
    people = list(data.people(60_000))
    assert people[:100] == list(data.people(100))
    assert len({each.tax_code for each in people}) == 60_000
    for each in islice(people, 0, None, 97):
        assert normalise_tax_code(each.tax_code) == each.tax_code
        assert normalise_phone(each.mobile) == each.mobile
        if each.phone:
            assert normalise_phone(each.phone) == each.phone
        if each.kind == "company":
            assert normalise_vat_number(each.vat_number) == each.vat_number
        else:
            assert tax_code_matches_name(each.tax_code, first_name=each.first_name, last_name=each.last_name)


def test_a_queue_log_is_in_the_order_of_time_and_tells_every_call():
    lines = [line.split("|") for line in data.queue_log(2_000, 500)]
    assert lines == sorted(lines, key=lambda line: int(line[0]))
    assert sum(line[4] == "ENTERQUEUE" for line in lines) == 2_000
    assert sum(line[4] in ("COMPLETECALLER", "ABANDON") for line in lines) == 2_000


def test_the_two_ways_to_tell_a_call_agree():
    calls = list(data.calls_of_file(2_000, 500))
    assert len(calls) == 2_000
    assert sum(each.answered == "no" for each in calls) == sum(
        "|ABANDON|" in line for line in data.queue_log(2_000, 500)
    )


@pytest.mark.django_db(transaction=True)
def test_all_that_is_measured_on_can_be_stored():
    scale = Scale(calls=200, customers=100)
    data.portfolio(scale)
    data.calls(scale.calls, scale)
    assert (Customer.objects.count(), Policy.objects.count()) == (100, scale.policies)
    assert Contact.objects.exists()
    data.queue(300, scale)
    assert Contact.objects.open().count() == 300
