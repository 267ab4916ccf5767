"""Commands: write down that somebody opened a customer's file, or took a file of many customers away.

Every door of the back office that shows something of a customer's file comes through `record_access`, and every one that
changes something through `require_open`: so both refuse, in one place, a file that asks a reason first.
"""

from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers.models import AccessLog, Customer, User
from customers.models.access import AccessReason
from customers.sensitive.restricted import is_opened_by, is_own_file_of, is_restricted
from foundation.refusals import Refused

SAME_LOOK = timedelta(minutes=10)  # going back and forth inside a file is one look
LEAST_WORDS = 15  # characters of a reason that the list does not have
IN_WORDS = frozenset({AccessReason.CHECK, AccessReason.OTHER})  # reasons that say nothing without words

# What the log says that is not the name of a table, as people call it
OPENED: dict[str, str | Promise] = {
    "claim report": _("claim report"),
    "attachment": _("attachment"),
    "register": _("register of complaints"),
    "values shown whole": _("values shown whole"),
}


class ReasonNeeded(Exception):
    """The file asks a reason before it is opened. The back office answers with the page that asks it."""

    def __init__(self, customer_id: int) -> None:
        super().__init__(f"the file of customer {customer_id} asks a reason")
        self.customer_id = customer_id


class ReasonRefused(Refused):
    """The reason says nothing, or nobody may open this file for any reason."""

    code = "reason_refused"


def record_access(user: User, customer_id: int, *, what: str) -> AccessLog | None:
    """Add a row to the access log, or None where the same user opened the same file in the last ten minutes.

    ReasonNeeded for a file that asks a reason which the user has not given within the last half hour; nothing is written then.
    """
    looks = AccessLog.objects.filter(user=user, customer=OuterRef("pk"), at__gt=timezone.now() - SAME_LOOK)
    asked = Customer.objects.filter(pk=customer_id).order_by()
    shut = ExpressionWrapper(is_restricted() & ~is_opened_by(user), output_field=BooleanField())
    seen_lately, is_shut = asked.annotate(_seen=Exists(looks), _shut=shut).values_list("_seen", "_shut").get()
    if is_shut:
        raise ReasonNeeded(customer_id)
    if seen_lately:
        return None
    return AccessLog.objects.create(user=user, customer_id=customer_id, what=what)


def opened_in_words(what: str) -> str:
    """What a row of the log says was opened, for people: “policy DEMO-P1” in their language, as it stands where nothing has the name."""
    for code, words in OPENED.items():
        if what.startswith(code):
            return capfirst(str(words)) + what.removeprefix(code)
    name, _space, rest = what.partition(" ")
    for model in apps.get_models():
        if model._meta.model_name == name:
            return f"{capfirst(model._meta.verbose_name)} {rest}".rstrip()
    return what


def require_open(user: User, customer_id: int) -> None:
    """ReasonNeeded for a file that asks a reason which the user has not given within the last half hour."""
    if Customer.objects.filter(is_restricted(), pk=customer_id).exclude(is_opened_by(user)).exists():
        raise ReasonNeeded(customer_id)


@transaction.atomic
def open_with_reason(customer: Customer, *, kind: str, words: str = "", by: User, what: str = "customer") -> AccessLog:
    """Write down why the user opens the file; for half an hour it is open to them.

    ReasonRefused for one's own file, and for a reason that needs words and has too few. Each call adds its row.
    """
    words = " ".join(words.split())
    if Customer.objects.filter(is_own_file_of(by), pk=customer.pk).exists():
        raise ReasonRefused(
            _("This is your own file: you find it in the reserved area. Nobody works on their own file.")
        )
    if kind not in AccessReason.values:
        raise ReasonRefused(_("Choose a reason from the list."), field="kind")
    if kind in IN_WORDS and len(words) < LEAST_WORDS:
        raise ReasonRefused(
            _("Say it in a few more words: who ordered the check, or what the work is about."), field="words"
        )
    return AccessLog.objects.create(user=by, customer=customer, what=what[:60], reason_kind=kind, reason=words)


def record_download(user: User, *, what: str) -> AccessLog:
    """Add a row for a file with many customers in it; each download has its own."""
    return AccessLog.objects.create(user=user, what=what)
