"""Valid rows of the tables that keep the system in order."""

from datetime import timedelta

import factory
from django.utils import timezone

from foundation.models import (
    ApiKey,
    Attempt,
    FileToRemove,
    Heartbeat,
    IdempotencyRecord,
    RetentionPeriod,
    RetentionProof,
    RetentionRun,
)


class ApiKeyFactory(factory.django.DjangoModelFactory):
    """A key of the telephone platform whose secret nobody knows; `api_keys.create_key` makes one to sign in with."""

    class Meta:
        model = ApiKey

    name = factory.Sequence(lambda n: f"Centralino {n}")
    source = "centralino"
    prefix = factory.Sequence(lambda n: f"k{n:07d}")
    digest = "0" * 64
    scopes = ["calls:write"]


class HeartbeatFactory(factory.django.DjangoModelFactory):
    """A periodic task that has begun."""

    class Meta:
        model = Heartbeat

    name = factory.Sequence(lambda n: f"task-{n}")


class RetentionProofFactory(factory.django.DjangoModelFactory):
    """A row that went because its time was over."""

    class Meta:
        model = RetentionProof

    rule = "a-rule"
    table = "customers_consent"
    rows = 1


class IdempotencyRecordFactory(factory.django.DjangoModelFactory):
    """The answer kept for somebody's write."""

    class Meta:
        model = IdempotencyRecord

    principal = "anybody"
    scope = "requests:create"
    key = factory.Sequence(lambda n: f"key-{n}")
    digest = "0" * 64
    status = 201


class AttemptFactory(factory.django.DjangoModelFactory):
    """A wrong password that still counts."""

    class Meta:
        model = Attempt

    key = factory.Sequence(lambda n: f"::1:allauth:rl:{n}")
    value = "[1.0]"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=5))


class RetentionPeriodFactory(factory.django.DjangoModelFactory):
    """Conversations kept for five years."""

    class Meta:
        model = RetentionPeriod

    key = "conversation"
    days = 1826
    reason = "Contenzioso di massa."
    by = factory.SubFactory("customers.tests.factories.UserFactory")


class RetentionRunFactory(factory.django.DjangoModelFactory):
    """A night in which nothing was past its period."""

    class Meta:
        model = RetentionRun

    began_at = factory.LazyFunction(lambda: timezone.now() - timedelta(seconds=9))
    numbers = factory.LazyFunction(lambda: {"customers.ProofCode": {"gone": 1, "files": 0, "held": 0}})


class FileToRemoveFactory(factory.django.DjangoModelFactory):
    """A file whose row is gone."""

    class Meta:
        model = FileToRemove

    name = factory.Sequence(lambda n: f"messages/2026/05/{n:032x}")
    rule = "erasure"
