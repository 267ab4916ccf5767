"""A Redis that is away, hangs or is full costs nobody a page; attempts to sign in are counted all the same."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache, caches
from django.test import override_settings
from django.utils import timezone
from redis.exceptions import ResponseError

from foundation import caching
from foundation.models import Attempt
from foundation.tasks import forget_attempts
from foundation.tests.factories import AttemptFactory

pytestmark = pytest.mark.django_db

AWAY = {"default": {"BACKEND": "foundation.caching.Cache", "LOCATION": "redis://127.0.0.1:1"}}
LIMIT = "allauth:rl:allauth.account:login:30/60/ip:192.0.2.1"


@pytest.fixture(params=["there", "away", "full"])
def redis(request, monkeypatch):
    """The cache with its server there, away, and with no memory left."""
    cache.clear()

    def no_room(*_arguments, **_options):
        raise ResponseError("OOM command not allowed when used memory > 'maxmemory'.")

    if request.param == "full":
        for name in ("add", "set", "incr"):
            monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient." + name, no_room)
    with override_settings(CACHES=AWAY if request.param == "away" else settings.CACHES):
        yield request.param
    caching.Cache._left_alone_until.clear()


def test_without_redis_the_cache_is_an_empty_one(redis):
    cache.set("page", "drawn")
    found = cache.get("page", "nothing"), cache.get_many(["page"]), "page" in cache
    assert found == (("drawn", {"page": "drawn"}, True) if redis == "there" else ("nothing", {}, False))
    assert cache.delete("page") == (redis == "there")
    cache.set_many({"page": "drawn"})
    cache.delete_many(["page"])


def test_a_count_in_the_cache_begins_again_each_time_without_redis(redis):
    cache.add("visits", 0)
    if redis == "there":
        assert cache.incr("visits") == 1
    else:
        with pytest.raises(ValueError, match="visits"):
            cache.incr("visits")


def test_many_counters_grow_in_one_question_and_lapse(redis):
    own = caches["default"]
    own.count_many({"anna": 1, "bruno": 2}, 60)
    own.count_many({"bruno": 3}, 60)
    own.count_many({}, 60)
    assert own.get_many(["anna", "bruno"]) == ({} if redis == "away" else {"anna": 1, "bruno": 5})
    if redis != "away":
        client = own._cache.get_client(write=True)
        assert 0 < client.ttl(own.make_and_validate_key("bruno")) <= 60


def test_what_limits_count_is_in_the_database_with_redis_and_without(redis):
    cache.set(LIMIT, [2.0, 1.0], 60)
    assert cache.get(LIMIT) == [2.0, 1.0]
    cache.clear()
    assert cache.get(LIMIT) == [2.0, 1.0]
    assert [Attempt.objects.count(), cache.delete(LIMIT), cache.delete(LIMIT)] == [1, True, False]


def test_a_lock_is_taken_once_until_it_lapses():
    assert [cache.add(f"{LIMIT}:lock", True, 10), cache.add(f"{LIMIT}:lock", True, 10)] == [True, False]
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert cache.get(f"{LIMIT}:lock") is None
        assert cache.add(f"{LIMIT}:lock", True, 10)


def test_a_server_that_did_not_answer_is_left_alone_for_half_a_minute(monkeypatch):
    asked = []
    with override_settings(CACHES=AWAY):
        cache.get("first")
        monkeypatch.setattr("django.core.cache.backends.redis.RedisCacheClient.get", lambda *each: asked.append(each))
        cache.get("second")
        assert asked == []
        caching.Cache._left_alone_until = dict.fromkeys(caching.Cache._left_alone_until, 0)
        cache.get("third")
        assert len(asked) == 1
    caching.Cache._left_alone_until.clear()


def test_attempts_that_count_no_more_are_forgotten():
    AttemptFactory(expires_at=timezone.now() - timedelta(seconds=1))
    kept = AttemptFactory()
    assert forget_attempts() == 1
    assert list(Attempt.objects.all()) == [kept]


def test_one_client_asks_all_questions():
    """To make one costs more than to ask."""
    client = cache._cache
    assert client.get_client(write=True) is client.get_client("key", write=True)
