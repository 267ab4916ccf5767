"""Commands: leave a person alone until a day, and end it."""

from datetime import date

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer, User
from foundation.refusals import Refused
from promotions.models import ContactPause


@transaction.atomic
def pause_contact(customer: Customer, *, ground: str, until: date, by: User) -> ContactPause:
    """No promotions to the customer until the day, in place of a pause that is there already."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    _running(customer).update(ended_by=by, ended_at=timezone.now())
    return ContactPause.objects.create(customer=customer, ground=ground, until=until, set_by=by)


@transaction.atomic
def end_pause(customer: Customer, *, by: User) -> None:
    """The customer may hear of promotions again. Refused where there is no pause."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    if not _running(customer).update(ended_by=by, ended_at=timezone.now()):
        raise Refused(_("There is no pause to end."), code="no_pause")


def _running(customer: Customer) -> models.QuerySet[ContactPause]:
    return ContactPause.objects.filter(customer=customer, ended_at__isnull=True)
