"""What holds for the tables of the packages that we use, and of `foundation`, which knows no person."""

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.privacy import periods
from customers.privacy.rules import (
    RESERVED_AREA,
    SIGN_IN,
    SIGNING_IN,
    STAFF,
    WORK_IS_ORGANISED,
    with_user,
)
from foundation.privacy import Action, Basis, Rule, Why

ABOUT_A_PROGRAM = _("it is about a program or a setting, and names only who made it")
WITH_THE_ROW = _("it goes with the row that it is about")
SECRETS = _("it is a secret by which somebody signs in")


ADMINISTERING = Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST)


def _of_installed(*rules: Rule) -> list[Rule]:
    """The rules whose package this installation uses."""
    labels = {config.label for config in apps.get_app_configs()}
    return [rule for rule in rules if rule.model.split(".")[0] in labels]


RULES = [
    *_of_installed(
        Rule(
            "account.EmailConfirmation",
            SIGNING_IN,
            user=("email_address__user",),
            secret=("key",),
            follows="email_address",
        ),
        with_user(
            "account.EmailAddress",
            personal=("email",),
        ),
        with_user(
            "mfa.Authenticator",
            called=_("second factors of your sign-in"),
            labels={"user": _("user"), "type": _("type"), "last_used_at": _("last used at")},
            secret=("data",),
        ),
        with_user(
            "usersessions.UserSession",
            called=_("where you are signed in"),
            labels={
                "user": _("user"),
                "ip": _("Internet address"),
                "last_seen_at": _("last used at"),
                "user_agent": _("as the browser calls itself"),
            },
            personal=("user_agent", "data"),
            secret=("session_key",),
        ),
        Rule(
            "socialaccount.SocialToken",
            SIGNING_IN,
            called=_("keys of the services by which you sign in"),
            user=("account__user",),
            secret=("token", "token_secret"),
            not_exported=SECRETS,
            follows="account",
        ),
        with_user(
            "socialaccount.SocialAccount",
            called=_("services by which you sign in"),
            labels={
                "user": _("user"),
                "uid": _("who you are there"),
                "provider": _("service"),
                "extra_data": _("what the service said about you"),
                "last_login": _("last sign-in"),
                "date_joined": _("since"),
            },
            personal=("uid", "extra_data"),
            plain=("provider",),
        ),
    ),
    Rule(
        "foundation.IdempotencyRecord",
        Why(SIGN_IN, RESERVED_AREA, Basis.INTEREST),
        found_by=lambda person: Q(principal__in=[f"user:{pk}" for pk in person.user_ids]),
        personal=("response",),
        plain=("principal", "scope", "key"),
        secret=("digest",),
        at_once=True,
        needs_name=False,
        swept_elsewhere=_("the answer to a write that is sent twice is kept for a day"),
    ),
    Rule(
        "admin.LogEntry",
        ADMINISTERING,
        actors=("user",),
        personal=("object_repr", "change_message"),
        plain=("object_id",),
        not_exported=WITH_THE_ROW,
        period=periods.OFFICE,
        since="action_time",
        needs_name=False,
    ),
    Rule(
        "foundation.ApiKey",
        ADMINISTERING,
        actors=("created_by",),
        plain=("name", "source", "prefix"),
        secret=("digest",),
        not_exported=ABOUT_A_PROGRAM,
        action=Action.BLANK,
        blanked=Q(),
    ),
    Rule(
        "foundation.RetentionPeriod",
        Why(STAFF, WORK_IS_ORGANISED, Basis.LAW),
        actors=("by",),
        plain=("key", "reason"),
        not_exported=ABOUT_A_PROGRAM,
        action=Action.BLANK,
        blanked=Q(),
    ),
]
