"""Staff reach nothing before their second factor is passed; the session, the device and the administrator's reset."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory, UserFactory
from foundation.api import problems as api
from notifications.models import Notice
from vittoria_care.sign_in import second_factor
from vittoria_care.tests.walk import addresses

pytestmark = pytest.mark.django_db

SECRET = "A" * 32


@pytest.fixture(autouse=True)
def required(settings):
    settings.STAFF_SECOND_FACTOR = "required"


def with_second_factor(user):
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})
    return user


def code(shift=0):
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + shift))


def give_password(user, client=None):
    client = client or Client()
    return client, client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def give_code(client, *, remember=False):
    return client.post(reverse("mfa_authenticate"), {"code": code()} | ({"remember": "on"} if remember else {}))


# --- Every door ----------------------------------------------------------------------------------------------------
EVERY = sorted({address.example() for address in addresses()})
SHUT = [each for each in EVERY if not second_factor.is_open(each)]


def test_the_walk_finds_the_doors_of_the_back_office_the_figures_the_portal_and_the_api():
    assert reverse("admin:index") in SHUT
    assert reverse("admin:customers_customer_changelist") in SHUT
    assert reverse("figures") in SHUT
    assert reverse("reserved_area") in SHUT
    assert any(each.startswith("/api/v1/") for each in SHUT)
    assert len(SHUT) > 60


@pytest.mark.parametrize(
    ("role", "method", "doors"),
    [
        *((roles.AGENT, method, SHUT) for method in ("get", "post")),
        *((role, "get", SHUT[::10]) for role in sorted(roles.STAFF - {roles.AGENT})),
    ],
)
def test_no_door_opens_to_staff_without_a_second_factor(role, method, doors):
    client = Client()
    client.force_login(UserFactory(role=role))
    setup = reverse("mfa_activate_totp")
    for address in doors:
        answer = getattr(client, method)(address)
        if address.startswith("/api/"):
            assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required"), address
        else:
            assert (answer.status_code, answer.url.split("?")[0]) == (302, setup), address


def test_a_program_gets_a_problem_like_every_other():
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    answer = client.get(reverse("api_figures"))
    assert answer.headers["Content-Type"] == api.PROBLEM
    body = answer.json()
    assert set(body) == {"type", "title", "status", "code", "detail", "instance"}
    assert (body["title"], body["status"], body["code"]) == ("Forbidden", 403, "second_factor_required")
    assert body["detail"].endswith(".")


def test_a_superuser_and_somebody_with_a_role_alone_are_staff_too():
    for user in (UserFactory(is_superuser=True, is_staff=True), UserFactory(role=roles.MANAGER, is_staff=False)):
        client = Client()
        client.force_login(user)
        assert client.get(reverse("figures")).url.startswith(reverse("mfa_activate_totp"))


def test_a_part_of_a_page_sends_the_whole_page_away():
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    answer = client.get(reverse("figures"), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == reverse("mfa_activate_totp")


def test_public_pages_stay_open_to_staff_without_a_second_factor():
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    for name in ("home", "contacts", "privacy", "accessibility", "mfa_index", "account_logout"):
        assert client.get(reverse(name)).status_code == 200


def test_an_unknown_value_of_the_setting_is_required(settings):
    settings.STAFF_SECOND_FACTOR = "no"
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    assert client.get(reverse("admin:index")).status_code == 302


def test_optional_lets_staff_in_with_a_password(settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    assert client.get(reverse("admin:index")).status_code == 200


# --- Signing in ----------------------------------------------------------------------------------------------------
def test_the_password_alone_does_not_sign_in_a_person_with_a_second_factor():
    client, answer = give_password(with_second_factor(UserFactory(role=roles.AGENT)))
    assert answer.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session


def test_the_code_lets_staff_in():
    client, _answer = give_password(with_second_factor(UserFactory(role=roles.AGENT)))
    assert give_code(client).url == reverse("after_sign_in")
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_code_that_was_used_lets_nobody_in_while_it_would_still_be_accepted(time_machine):
    time_machine.move_to("2026-11-29T10:00:00Z", tick=False)
    user, early = with_second_factor(UserFactory(role=roles.AGENT)), code(shift=1)
    clients = [give_password(user)[0] for _each in range(2)]
    clients[0].post(reverse("mfa_authenticate"), {"code": early})
    time_machine.shift(89)
    assert early == code(shift=-1)
    assert clients[1].post(reverse("mfa_authenticate"), {"code": early}).status_code == 200
    assert "_auth_user_id" in clients[0].session
    assert "_auth_user_id" not in clients[1].session


def test_a_wrong_code_lets_nobody_in():
    client, _answer = give_password(with_second_factor(UserFactory(role=roles.AGENT)))
    wrong = "000000" if code() != "000000" else "000001"
    assert client.post(reverse("mfa_authenticate"), {"code": wrong}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_code_works_once():
    user = with_second_factor(UserFactory(role=roles.AGENT))
    client, _answer = give_password(user)
    used = code()
    client.post(reverse("mfa_authenticate"), {"code": used})
    other, _answer = give_password(user)
    assert other.post(reverse("mfa_authenticate"), {"code": used}).status_code == 200


def test_codes_cannot_be_guessed_for_long():
    client, _answer = give_password(with_second_factor(UserFactory(role=roles.AGENT)))
    wrong = str((int(code()) + 1) % 1_000_000).zfill(6)
    for _attempt in range(6):
        answer = client.post(reverse("mfa_authenticate"), {"code": wrong})
    assert answer.context["form"].errors.as_data()["code"][0].code == "too_many_login_attempts"


def test_a_remembered_device_is_not_asked_again():
    user = with_second_factor(UserFactory(role=roles.AGENT))
    client, _answer = give_password(user)
    give_code(client, remember=True)
    client.post(reverse("account_logout"))
    _client, answer = give_password(user, client)
    assert answer.url == reverse("after_sign_in")
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_device_remembered_for_one_is_asked_of_another():
    client, _answer = give_password(with_second_factor(UserFactory(role=roles.AGENT)))
    give_code(client, remember=True)
    client.post(reverse("account_logout"))
    _client, answer = give_password(with_second_factor(UserFactory(role=roles.AGENT)), client)
    assert answer.url == reverse("mfa_authenticate")


def test_a_new_password_forgets_the_device():
    user = with_second_factor(UserFactory(role=roles.AGENT))
    client, _answer = give_password(user)
    give_code(client, remember=True)
    client.post(reverse("account_logout"))
    user.set_password("un-altra-parola-lunga")
    user.save()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": "un-altra-parola-lunga"})
    assert answer.url == reverse("mfa_authenticate")


@pytest.mark.django_db(transaction=True)  # the session learns of it when the transaction ends
def test_setting_it_up_right_after_the_sign_in_asks_no_password_again_and_opens_the_doors():
    client, _answer = give_password(UserFactory(is_staff=True))
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    right = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post(reverse("mfa_activate_totp"), {"code": right}).url == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("admin:index")).status_code == 200


def test_the_code_that_set_up_the_app_lets_nobody_in_afterwards(time_machine):
    time_machine.move_to("2026-11-29T10:00:00Z", tick=False)
    user = UserFactory(is_staff=True)
    client, _answer = give_password(user)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    first, second = (format_hotp_value(hotp_value(secret, int(time.time()) // 30 + shift)) for shift in (0, 1))
    client.post(reverse("mfa_activate_totp"), {"code": first})
    other, _answer = give_password(user)
    assert other.post(reverse("mfa_authenticate"), {"code": first}).status_code == 200
    assert "_auth_user_id" not in other.session
    assert other.post(reverse("mfa_authenticate"), {"code": second}).url == reverse("after_sign_in")


def test_setting_it_up_later_asks_the_password_again():
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


def test_a_session_older_than_the_second_factor_is_asked_for_a_code():
    user = UserFactory(role=roles.AGENT)
    client, _answer = give_password(user)
    with_second_factor(user)
    answer = client.get(reverse("admin:index"))
    assert answer.url == reverse("mfa_reauthenticate") + "?next=%2Fbackoffice%2F"
    assert client.post(answer.url, {"code": code()}).url == reverse("admin:index")
    assert client.get(reverse("admin:index")).status_code == 200


def test_taking_it_away_shuts_the_doors_again():
    client, _answer = give_password(with_second_factor(UserFactory(role=roles.AGENT)))
    give_code(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert client.get(reverse("admin:index")).url.startswith(reverse("mfa_activate_totp"))


@pytest.mark.parametrize("name", ["mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"])
def test_a_session_that_never_gave_a_code_does_not_change_the_second_factor(name):
    user = UserFactory()
    client, _answer = give_password(user)
    with_second_factor(user)
    for answer in (client.get(reverse(name)), client.post(reverse(name))):
        assert answer.url.startswith(reverse("mfa_reauthenticate"))
    assert Authenticator.objects.filter(user=user).exists()


def test_the_secret_is_not_readable_in_the_database():
    user = with_second_factor(UserFactory())
    assert SECRET not in str(Authenticator.objects.get(user=user).data)


def test_a_secret_survives_a_new_secret_key(settings):
    user = with_second_factor(UserFactory(role=roles.AGENT))
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-" * 8
    client, _answer = give_password(user)
    assert give_code(client).url == reverse("after_sign_in")


def test_customers_choose():
    account = ReservedAreaAccountFactory()
    client, answer = give_password(account.user)
    assert answer.url == reverse("after_sign_in")
    assert client.get(reverse("reserved_area")).status_code == 200
    with_second_factor(account.user)
    _client, answer = give_password(account.user)
    assert answer.url == reverse("mfa_authenticate")


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_generate_recovery_codes"])
def test_pages_of_the_second_factor_run_no_script_inside_the_page(name):
    client, _answer = give_password(UserFactory(role=roles.AGENT))
    page = client.get(reverse(name)).content.decode()
    assert "<script>" not in page
    assert " style=" not in page


# --- Sessions ------------------------------------------------------------------------------------------------------
@pytest.fixture
def clock(monkeypatch):
    """The time as the guard sees it, moved by hand."""

    class Clock:
        now = 1_800_000_000

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(second_factor, "time", clock)
    return clock


def test_staff_who_were_away_sign_in_again(settings, clock):
    settings.STAFF_IDLE_MINUTES, settings.STAFF_SECOND_FACTOR = 60, "optional"
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    assert client.get(reverse("admin:index")).status_code == 200
    clock.now += 59 * 60
    assert client.get(reverse("admin:index")).status_code == 200
    clock.now += 61 * 60
    assert client.get(reverse("admin:index")).url == reverse("account_login") + "?next=%2Fbackoffice%2F"
    assert "_auth_user_id" not in client.session


def test_what_a_page_asks_for_by_itself_keeps_nobody_signed_in(settings, clock):
    settings.STAFF_IDLE_MINUTES, settings.STAFF_SECOND_FACTOR = 60, "optional"
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    client.get(reverse("admin:index"))
    for _minutes in range(4):
        clock.now += 20 * 60
        answer = client.get(reverse("admin:index"), headers={"Sec-Fetch-Mode": "cors"})
    assert answer.status_code == 302


def test_customers_may_be_away(settings, clock):
    settings.STAFF_IDLE_MINUTES = 60
    client = Client()
    client.force_login(ReservedAreaAccountFactory().user)
    client.get(reverse("reserved_area"))
    clock.now += 600 * 60
    assert client.get(reverse("reserved_area")).status_code == 200


def test_a_new_password_signs_out_everywhere_else():
    account = ReservedAreaAccountFactory()
    here, _answer = give_password(account.user)
    there, _answer = give_password(account.user)
    new = {"oldpassword": PASSWORD, "password1": "un-altra-parola-lunga", "password2": "un-altra-parola-lunga"}
    here.post(reverse("account_change_password"), new)
    assert here.get(reverse("reserved_area")).status_code == 200
    assert there.get(reverse("reserved_area")).url.startswith(reverse("account_login"))


# --- The administrator ---------------------------------------------------------------------------------------------
def test_an_administrator_takes_the_second_factor_of_a_colleague_away(settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    colleague = with_second_factor(UserFactory(role=roles.AGENT))
    client = Client()
    client.force_login(UserFactory(role=roles.ADMINISTRATOR))
    page = client.get(reverse("admin:customers_user_change", args=[colleague.pk]))
    (button,) = page.context["command_buttons"]
    assert client.post(button.url, {}).status_code == 302
    assert not Authenticator.objects.filter(user=colleague).exists()
    assert Notice.objects.get(user=colleague).address == colleague.email


def test_nobody_else_takes_a_second_factor_away(settings):
    settings.STAFF_SECOND_FACTOR = "optional"
    colleague = with_second_factor(UserFactory(role=roles.AGENT))
    chief = with_second_factor(UserFactory(is_superuser=True, is_staff=True))
    for role, person in ((roles.MANAGER, colleague), (roles.AUDITOR, colleague), (roles.ADMINISTRATOR, chief)):
        client = Client()
        client.force_login(UserFactory(role=role))
        address = reverse("admin:customers_user_command", args=[person.pk, "second-factor"])
        assert client.post(address, {}).status_code in (403, 404)
    assert Authenticator.objects.count() == 2


def test_secrets_are_no_page_of_the_back_office():
    assert Authenticator not in admin.site._registry
