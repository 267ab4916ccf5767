"""Reports of changes to a sign-in: the person gets one at both addresses, and so do the other administrators.

Otherwise an administrator could take an account over, or give themselves a role, without anybody knowing.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers import roles
from customers.models import User

from .mail import addresses_of_late, mail_about_sign_in


@dataclass(frozen=True)
class SignIn:
    """How somebody signs in, and what the sign-in opens."""

    email: str
    is_active: bool
    roles: frozenset[str]
    agencies: frozenset[str]


def sign_in_of(user: User) -> SignIn:
    """How the user signs in now, read from the database."""
    kept = User.objects.get(pk=user.pk)
    agencies = kept.agency_memberships.filter(is_active=True).values_list("agency__name", flat=True)
    return SignIn(
        kept.email, kept.is_active, frozenset(kept.groups.values_list("name", flat=True)), frozenset(agencies)
    )


@transaction.atomic
def report_change(user: User, *, before: SignIn | None, by: User) -> None:
    """Report what was changed to the person, at the address before and the one after, and to the other administrators.

    `before` is None for a new person. Nothing is reported when address, roles, agencies and access stay the same.
    """
    after = sign_in_of(user)
    if before == after or (before is None and not after.roles & roles.STAFF):
        return
    if before is not None:
        for address in sorted({before.email, after.email}):
            with override(user.language):
                text = _("%(by)s changed your sign-in:") % {"by": by} + "\n\n" + _in_words(before, after)
                text += "\n\n" + _("If you did not expect this, tell whoever manages access at once.")
                mail_about_sign_in(user, subject=_("Your sign-in was changed"), text=text, address=address)
    _report_to_administrators(user, by=by, in_words=lambda: _in_words(before, after))


def report_reset(user: User, *, by: User) -> None:
    """Report the reset to the person, at every address of the last thirty days, and to the other administrators."""
    for address in sorted(addresses_of_late(user)):
        with override(user.language):
            text = _(
                "%(by)s took away the second factor of your sign-in. At the next sign-in you can set up another. "
                "If you did not ask for it, tell whoever manages access at once."
            )
            mail_about_sign_in(
                user, subject=_("Your second factor was taken away"), text=text % {"by": by}, address=address
            )
    _report_to_administrators(user, by=by, in_words=lambda: _("the second factor was taken away"))


def other_administrators(user: User, by: User) -> Iterable[User]:
    """Active administrators and superusers, without the person and the author of the change."""
    keep = Q(groups__name=roles.ADMINISTRATOR) | Q(is_superuser=True)
    return User.objects.filter(keep, is_active=True).exclude(pk__in=[user.pk, by.pk]).distinct().order_by("pk")


def _report_to_administrators(user: User, *, by: User, in_words: Callable[[], str]) -> None:
    for administrator in other_administrators(user, by):
        with override(administrator.language):
            text = _("%(by)s changed the sign-in of %(person)s (%(address)s):") % {
                "by": by,
                "person": user,
                "address": user.email,
            }
            subject = _("The sign-in of %(person)s was changed") % {"person": user}
            mail_about_sign_in(administrator, subject=subject, text=f"{text}\n\n{in_words()}")


def _in_words(before: SignIn | None, after: SignIn) -> str:
    """A line for each thing that changed, in the language in force."""
    names = {
        "email": _("e-mail address"),
        "is_active": _("may sign in"),
        "roles": _("roles"),
        "agencies": _("agencies"),
    }
    old = asdict(before) if before else {}
    lines = []
    for name, value in asdict(after).items():
        if before is None:
            lines.append(f"{names[name]}: {_value_in_words(name, value)}")
        elif old[name] != value:
            lines.append(f"{names[name]}: {_value_in_words(name, old[name])} → {_value_in_words(name, value)}")
    return "\n".join(lines)


def _value_in_words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, frozenset):
        words = (str(roles.NAMES.get(each, each)) if name == "roles" else each for each in value)
        return ", ".join(sorted(words)) or "–"
    return str(value)
