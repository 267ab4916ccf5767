"""Which accounts of staff somebody should look at: those that may enter and that nobody has used for long."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from customers.models import User

UNUSED_DAYS = 90


def unused_accounts(users: QuerySet[User], now: datetime) -> QuerySet[User]:
    """The staff who may sign in and have not for UNUSED_DAYS; of those who never did, by when they were added."""
    since = now - timedelta(days=UNUSED_DAYS)
    unused = Q(last_login__lt=since) | Q(last_login__isnull=True, date_joined__lt=since)
    return users.filter(unused, is_staff=True, is_active=True)
