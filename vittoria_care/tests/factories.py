"""The factories of every app in one table, and what belongs to one customer."""

import inspect

import factory
from django.contrib.auth.models import Group
from django.db import models

import complaints.tests.factories
import contact_center.tests.factories
import customers.tests.factories
import foundation.tests.factories
import notifications.tests.factories
from complaints.models import AddedFile, Complaint, ComplaintLetter, Feedback, LetterSending
from contact_center.models import Call, Contact, WebFormRequest
from customers.models import (
    AccessLog,
    Agency,
    Claim,
    Consent,
    ContactPoint,
    Customer,
    Instalment,
    Policy,
)
from notifications.models import Notice

APPS = ("foundation", "customers", "notifications", "contact_center", "complaints")
MODULES = (
    foundation.tests.factories,
    customers.tests.factories,
    notifications.tests.factories,
    contact_center.tests.factories,
    complaints.tests.factories,
)
FACTORIES = {
    made._meta.model: made
    for module in MODULES
    for _name, made in inspect.getmembers(module, inspect.isclass)
    if issubclass(made, factory.django.DjangoModelFactory) and made is not factory.django.DjangoModelFactory
}


def make_row(model: type[models.Model]) -> models.Model:
    """One valid row of the model; a role for Group."""
    return Group.objects.first() if model is Group else FACTORIES[model]()


def rows_about(customer: Customer) -> dict[type[models.Model], models.Model]:
    """A row of each model that belongs to a customer's file, all about this one."""
    policy = FACTORIES[Policy](holder=customer)
    contact = FACTORIES[Contact](customer=customer, by_phone=True)
    return {
        AccessLog: FACTORIES[AccessLog](customer=customer),
        Agency: customer.agency,
        Customer: customer,
        ContactPoint: FACTORIES[ContactPoint](customer=customer),
        Consent: FACTORIES[Consent](customer=customer),
        Policy: policy,
        Instalment: FACTORIES[Instalment](policy=policy),
        Claim: FACTORIES[Claim](policy=policy),
        Notice: FACTORIES[Notice](customer=customer),
        Contact: contact,
        WebFormRequest: FACTORIES[WebFormRequest](contact=contact),
        Call: FACTORIES[Call](contact=contact),
        Complaint: FACTORIES[Complaint](customer=customer),
        ComplaintLetter: FACTORIES[ComplaintLetter](complaint__customer=customer),
        LetterSending: FACTORIES[LetterSending](complaint__customer=customer),
        AddedFile: FACTORIES[AddedFile](addition__complaint__customer=customer),
        Feedback: FACTORIES[Feedback](customer=customer),
    }
