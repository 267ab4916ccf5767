"""How some customers want to be written to: what they switched off, quiet hours of their own, one message for each deadline."""

import datetime

from customers import roles
from customers.models import Customer, ReservedAreaAccount, User
from notifications.models import NoticePreference, PreferenceChange
from notifications.preferences.queries import Chosen

from .profiles import Plan

Source = PreferenceChange.Source
EVERY = 40  # of so many customers one chose something
CHOICES = (
    Chosen(frozenset({"requests:email"})),
    Chosen(frozenset({"deadlines:sms", "requests:email"})),
    Chosen(quiet_from=datetime.time(13), quiet_until=datetime.time(15, 30)),
    Chosen(digest=False),
    Chosen(frozenset({"payments:email"}), datetime.time(20), datetime.time(9), quiet_email=True),
)
REASONS = (
    "Al telefono: lavora di notte e non vuole essere svegliato dai messaggi del mattino.",
    "Al telefono: legge tutto nell’area riservata, le e-mail sulle richieste non servono.",
)


def make_preferences(plan: Plan, customers: list[Customer]) -> int:
    """The customer who signs in as the camper owner, and one of every forty others; returns how many."""
    rng = plan.stream("preferences")
    agents = list(User.objects.filter(groups__name=roles.AGENT).order_by("pk"))
    some = [customers[1], *(each for place, each in enumerate(customers[3:]) if place % EVERY == 0)]
    accounts = ReservedAreaAccount.objects.filter(customer__in=some, state="enrolled").order_by("-pk")
    users = {account.customer_id: account.user_id for account in accounts}
    rows, changes = [], []
    for place, customer in enumerate(some):
        chosen = CHOICES[place % len(CHOICES)]
        at = plan.as_of - datetime.timedelta(days=rng.random() * 200 + 1)
        user = users.get(customer.pk)
        by = user or rng.choice(agents).pk
        source = Source.DESK if user is None else rng.choice((Source.PORTAL, Source.APP))
        changes.append(
            PreferenceChange(
                customer=customer,
                source=source,
                reason=rng.choice(REASONS) if source == Source.DESK else "",
                before=Chosen().as_stored() | {"language": customer.language},
                after=chosen.as_stored() | {"language": customer.language},
                by_id=by,
                at=at,
            )
        )
        fields = {"quiet_from": chosen.quiet_from, "quiet_until": chosen.quiet_until, "digest": chosen.digest}
        rows.append(
            NoticePreference(
                customer=customer, off=sorted(chosen.off), quiet_email=chosen.quiet_email, changed_at=at, **fields
            )
        )
    NoticePreference.objects.bulk_create(rows)
    PreferenceChange.objects.bulk_create(changes)
    return len(rows)
