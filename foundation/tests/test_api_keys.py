"""Keys of programs: made once, shown once, asked for at the door, revoked for good."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from customers import roles
from customers.models import Policy
from customers.tests import factories as make
from foundation.api.keys import ApiKeyAuthentication, HasScope, SignedIn, create_key, revoke_key
from foundation.models import ApiKey, Scope
from foundation.refusals import Refused
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db


class Door(APIView):
    """Answers with the name of the sender; it opens to keys that may send calls."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope("calls:write")]

    def get(self, request):
        return Response({"user": str(request.user), "source": request.auth.source})


class DoorForPeople(Door):
    permission_classes = [SignedIn]


def made(**fields):
    return create_key(
        **{"name": "Centralino", "source": "centralino", "scopes": ["calls:write"], "by": None, **fields}
    )


def knock(authorization, door=Door, **headers):
    headers |= {"HTTP_AUTHORIZATION": authorization} if authorization is not None else {}
    return door.as_view()(APIRequestFactory().get("/", **headers))


# --- Made -------------------------------------------------------------------------------------------------------
def test_the_secret_is_not_kept():
    key, secret = made()
    stored = " ".join(str(value) for value in ApiKey.objects.filter(pk=key.pk).values_list()[0])
    assert secret.split("_", 2)[2] not in stored
    assert len(secret.split("_", 2)[2]) == 43  # 256 bits in base 64


def test_two_keys_have_nothing_in_common():
    (one, _secret), (other, _secret) = made(), made(name="Another")
    assert (one.prefix, one.digest) != (other.prefix, other.digest)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "unnamed"),
        ({"name": "x" * 81}, "unnamed"),
        ({"source": ""}, "unnamed"),
        ({"source": "x" * 41}, "unnamed"),
        ({"scopes": []}, "no_scope"),
        ({"scopes": ["calls:write", "everything"]}, "unknown_scope"),
        ({"expires_at": datetime(2000, 1, 1, tzinfo=UTC)}, "expired_already"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(fields, code):
    with pytest.raises(Refused) as refusal:
        made(**fields)
    assert refusal.value.code == code
    assert not ApiKey.objects.exists()


def test_a_name_is_given_again_once_its_key_is_revoked():
    key, _secret = made()
    with pytest.raises(Refused) as refusal:
        made()
    assert refusal.value.code == "name_taken"
    revoke_key(key, by=None)
    assert made()[0].pk != key.pk


def test_a_key_is_revoked_once():
    key, _secret = made()
    assert revoke_key(key, by=None).revoked_at is not None
    with pytest.raises(Refused) as refusal:
        revoke_key(key, by=None)
    assert refusal.value.code == "already_revoked"


def test_the_history_has_the_revocation_and_neither_the_digest_nor_each_use():
    key, secret = made()
    knock(f"Bearer {secret}")
    assert key.history.count() == 0
    revoke_key(key, by=None)
    assert [row.revoked_at for row in key.history.all()] == [None]
    assert {"digest", "last_used_at"}.isdisjoint(field.name for field in key.history.model._meta.fields)


# --- At the door ------------------------------------------------------------------------------------------------
def test_a_key_with_the_scope_comes_in():
    _key, secret = made()
    answer = knock(f"Bearer {secret}")
    assert (answer.status_code, answer.data) == (200, {"user": "Centralino", "source": "centralino"})
    assert knock(f"bearer {secret}").status_code == 200, "the word is the same in any case"


def test_a_request_without_a_key_is_asked_for_one():
    for nothing in (None, "", "Basic eDp5"):
        answer = knock(nothing)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Vittoria Care"')
        assert answer.data["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "shown",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer vc_",
        "Bearer vc__x",
        "Bearer vc_12345678_",
        f"Bearer vc_a_{'x' * 9999}",
        "Bearer é_😀_ñ",
    ],
)
def test_what_is_no_key_is_answered_with_the_reason(shown):
    answer = knock(shown.encode().decode("latin-1"))
    assert (answer.status_code, answer.data["code"]) == (401, "key_malformed")


@pytest.mark.parametrize("shown", ["Bearer x", "Bearer vc_12345678_wrong"])
def test_after_many_wrong_keys_an_address_has_to_wait(shown, settings):
    settings.API_WRONG_KEYS_PER_MINUTE = 2
    assert [knock(shown).status_code for _each in range(3)] == [401, 401, 429]
    answer = knock(shown)
    assert (answer.data["code"], answer.headers["Retry-After"]) == ("throttled", "60")
    assert knock(shown, REMOTE_ADDR="192.0.2.9").status_code == 401, "another address is not counted with it"


def test_a_key_revoked_is_counted_with_the_wrong_ones(settings):
    settings.API_WRONG_KEYS_PER_MINUTE = 1
    key, secret = made()
    revoke_key(key, by=None)
    assert [knock(f"Bearer {secret}").status_code for _each in range(2)] == [401, 429]


def test_a_key_in_force_comes_in_however_many_wrong_ones_came_before(settings):
    settings.API_WRONG_KEYS_PER_MINUTE = 1
    _key, secret = made()
    assert [knock("Bearer x").status_code for _each in range(2)] == [401, 429]
    assert [knock(f"Bearer {secret}").status_code for _each in range(3)] == [200, 200, 200]


def test_wrong_keys_are_not_counted_without_a_limit_or_without_the_cache(settings, monkeypatch):
    settings.API_WRONG_KEYS_PER_MINUTE = 0
    assert {knock("Bearer x").status_code for _each in range(3)} == {401}

    def away(*args, **kwargs):
        raise RedisError

    monkeypatch.setattr(cache, "add", away)
    settings.API_WRONG_KEYS_PER_MINUTE = 1
    assert {knock("Bearer x").status_code for _each in range(3)} == {401}


def test_a_wrong_secret_is_not_known_even_of_a_revoked_key():
    key, secret = made()
    wrong = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    assert knock(f"Bearer {wrong}").data["code"] == "key_unknown"
    assert knock(f"Bearer vc_zzzzzzzz_{secret.split('_', 2)[2]}").data["code"] == "key_unknown"
    revoke_key(key, by=None)
    assert knock(f"Bearer {wrong}").data["code"] == "key_unknown"


def test_a_revoked_key_is_answered_with_the_reason():
    key, secret = made()
    revoke_key(key, by=None)
    answer = knock(f"Bearer {secret}")
    assert (answer.status_code, answer.data["code"]) == (401, "key_revoked")
    assert "WWW-Authenticate" in answer.headers


def test_an_expired_key_is_answered_with_the_reason(time_machine):
    time_machine.move_to(datetime(2026, 5, 4, 9, tzinfo=UTC))
    _key, secret = made(expires_at=timezone.now() + timedelta(hours=1))
    assert knock(f"Bearer {secret}").status_code == 200
    time_machine.shift(3601)
    answer = knock(f"Bearer {secret}")
    assert (answer.status_code, answer.data["code"]) == (401, "key_expired")


def test_a_key_without_the_scope_is_refused():
    _key, secret = made(scopes=["figures:read"])
    answer = knock(f"Bearer {secret}")
    assert (answer.status_code, answer.data["code"]) == (403, "scope_missing")


def test_a_key_opens_no_door_for_people():
    _key, secret = made()
    assert knock(f"Bearer {secret}", DoorForPeople).status_code == 403


def test_a_key_sees_no_rows_and_has_no_permission():
    make.PolicyFactory()
    key, secret = made()
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {secret}")
    holder, shown = ApiKeyAuthentication().authenticate(request)
    assert shown == key
    assert list(Policy.objects.visible_to(holder)) == []
    assert not holder.has_perm("customers.view_policy")
    assert not holder.has_role(roles.ALL)
    assert holder.is_authenticated


def test_its_use_is_written_at_most_once_a_minute(time_machine, django_assert_num_queries):
    time_machine.move_to(datetime(2026, 5, 4, 9, tzinfo=UTC), tick=False)
    key, secret = made()
    with django_assert_num_queries(2):
        knock(f"Bearer {secret}")
    time_machine.shift(59)
    with django_assert_num_queries(1):
        knock(f"Bearer {secret}")
    key.refresh_from_db()
    assert key.last_used_at == datetime(2026, 5, 4, 9, tzinfo=UTC)
    time_machine.shift(1)
    knock(f"Bearer {secret}")
    key.refresh_from_db()
    assert key.last_used_at == datetime(2026, 5, 4, 9, 1, tzinfo=UTC)


# --- At the terminal --------------------------------------------------------------------------------------------
def test_the_command_prints_the_key_once_and_alone(capsys):
    call_command("create_api_key", name="Centralino", source="centralino", scopes="calls:write, figures:read")
    printed = capsys.readouterr().out.strip()
    assert knock(f"Bearer {printed}").status_code == 200
    assert ApiKey.objects.get().scopes == ["calls:write", "figures:read"]


def test_the_command_reports_what_it_refuses():
    with pytest.raises(CommandError) as error:
        call_command("create_api_key", name="Centralino", source="centralino", scopes="everything")
    assert (error.value.returncode, "calls:write" in str(error.value)) == (2, True)


def test_a_dry_run_makes_no_key(capsys):
    call_command("create_api_key", name="Centralino", source="centralino", scopes="calls:write", dry_run=True)
    assert (capsys.readouterr().out, ApiKey.objects.count()) == ("", 0)


# --- In the back office -----------------------------------------------------------------------------------------
@pytest.fixture
def administrator():
    client = Client()
    client.force_login(make.UserFactory(role=roles.ADMINISTRATOR))
    return client


CREATE = "admin:foundation_apikey_list_command"
GIVEN = {"name": "Centralino", "source": "centralino", "scopes": ["calls:write"]}


def test_an_administrator_makes_a_key_and_sees_it_once(administrator):
    assert administrator.get(reverse(CREATE, args=["crea"])).status_code == 200
    answer = send_command(administrator, reverse(CREATE, args=["crea"]), GIVEN)
    secret = answer.context["secret"]
    assert answer.status_code == 200
    assert secret in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert knock(f"Bearer {secret}").status_code == 200
    key = ApiKey.objects.get()
    assert key.created_by is not None
    for page in (
        reverse("admin:foundation_apikey_changelist"),
        reverse("admin:foundation_apikey_change", args=[key.pk]),
    ):
        shown = administrator.get(page).content.decode()
        assert key.shown in shown
        assert secret not in shown
        assert key.digest not in shown


def test_sent_twice_it_makes_one_key(administrator):
    send_command(administrator, reverse(CREATE, args=["crea"]), GIVEN)
    again = send_command(administrator, reverse(CREATE, args=["crea"]), GIVEN)
    assert (again.status_code, ApiKey.objects.count()) == (409, 1)
    assert again.context["form"]["source"].value() == "centralino", "what was typed is kept"


def test_a_form_with_nothing_in_it_names_its_fields(administrator):
    answer = send_command(administrator, reverse(CREATE, args=["crea"]), {})
    assert set(answer.context["form"].errors) == {"name", "source", "scopes"}


def test_a_date_of_expiry_is_read_as_italian_time(administrator):
    send_command(administrator, reverse(CREATE, args=["crea"]), {**GIVEN, "expires_at": "2999-07-01T12:00"})
    assert ApiKey.objects.get().expires_at == datetime(2999, 7, 1, 10, tzinfo=UTC)


def test_an_administrator_revokes_a_key_and_the_history_names_them(administrator):
    key, secret = made()
    address = reverse("admin:foundation_apikey_command", args=[key.pk, "revoca"])
    assert administrator.get(address).status_code == 200
    assert administrator.post(address).status_code == 302
    assert knock(f"Bearer {secret}").data["code"] == "key_revoked"
    assert key.history.get().pgh_context.metadata["user"] == int(administrator.session["_auth_user_id"])
    assert administrator.post(address).status_code == 409


@pytest.mark.parametrize("role", sorted(set(roles.ALL) - {roles.ADMINISTRATOR}))
def test_nobody_else_makes_or_revokes_a_key(role):
    client = Client()
    client.force_login(make.UserFactory(role=role))
    key, _secret = made()
    assert client.post(reverse(CREATE, args=["crea"]), GIVEN).status_code in (302, 403)
    client.post(reverse("admin:foundation_apikey_command", args=[key.pk, "revoca"]))
    assert list(ApiKey.objects.values_list("revoked_at", flat=True)) == [None]


def test_every_scope_opens_a_door(client):
    paths = client.get("/api/schema/", {"format": "json"}).json()["paths"]
    operations = [each for path in paths.values() for each in path.values()]
    opened = {scope for each in operations for way in each.get("security", []) for scope in way.get("apiKey", [])}
    # The wallboard's is no door for programs: a screen keeps its key in a cookie (insights/tests/test_wallboard.py).
    assert opened == set(Scope.values) - {Scope.WALLBOARD_READ}
