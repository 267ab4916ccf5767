"""A visitor's address is read in whatever form a proxy writes it, the same for forms, sign-in and the API."""

import csv
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from redis.exceptions import ConnectionError as RedisAway

from foundation.network_address import UNREADABLE, address_of, counted_address, unreadable_shape

FORWARDED = list(csv.reader(Path(__file__).with_name("forwarded_for.csv").read_text(encoding="utf-8").splitlines()))[
    1:
]


@pytest.fixture
def behind_a_proxy(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.fixture(autouse=True)
def nothing_unreadable_yet():
    cache.delete(UNREADABLE)


def forwarded(header):
    return RequestFactory().get("/", headers={"x-forwarded-for": header})


@pytest.mark.parametrize(("header", "wanted"), FORWARDED)
def test_the_visitors_address_is_read_without_its_port(behind_a_proxy, header, wanted):
    assert address_of(forwarded(header)) == wanted
    assert unreadable_shape() is None


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        (' "203.0.113.5" ', "203.0.113.5"),
        ("[2001:db8:7:1::9]", "2001:db8:7:1::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::ffff:203.0.113.5]:443", "203.0.113.5"),
        ("203.0.113.999", ""),
        ("203.0.113.5:x", ""),
        ("proxy.example", ""),
        ("", ""),
    ],
)
def test_an_address_is_counted_in_one_form(stated, wanted):
    assert counted_address(stated) == wanted


def test_what_cannot_be_read_is_one_visitor_and_its_shape_is_kept(behind_a_proxy):
    assert address_of(forwarded("client-47.example:443")) == "unknown"
    assert unreadable_shape() == "aaaaaa-99.aaaaaaa:999"


def test_a_cache_that_does_not_answer_is_no_error(behind_a_proxy, monkeypatch):
    def away(*args, **kwargs):
        raise RedisAway

    monkeypatch.setattr(cache, "add", away)
    assert address_of(forwarded("nobody")) == "unknown"
