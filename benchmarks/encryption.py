"""What encrypted columns cost: operations written and read with a key, against the same without."""

import base64
import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.test import override_settings
from django.utils import timezone

from customers import roles
from customers.models import Operation, Policy

from . import data
from .measure import Row, Scale, at_most, median_seconds
from .people import person_with_role

ROWS = 500
TIMES = 1.5  # at most so many times as long
FACTS = {"extent": "part", "amount": "12500.00", "iban": "IT60X0542811101000000123456", "owner": "Maria Rossi"}


def measure(scale: Scale) -> Iterator[Row]:
    """Five hundred operations in one statement, and read back with their facts; both ways take turns."""
    data.portfolio(scale)
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    policy, clerk = Policy.objects.select_related("holder").earliest("pk"), person_with_role(roles.AGENT)

    def write() -> list[Operation]:
        return Operation.objects.bulk_create(
            Operation(
                submission_key=uuid.uuid4(),
                kind=Operation.Kind.SURRENDER,
                policy=policy,
                customer=policy.holder,
                facts=FACTS,
                begun_by=clerk,
                state=Operation.State.WITHDRAWN,  # of those under way there is one of a kind
                ended_at=timezone.now(),
                ended_by=clerk,
            )
            for _each in range(ROWS)
        )

    def read(keys: list[int]) -> None:
        assert all(each.facts == FACTS for each in Operation.objects.filter(pk__in=keys))

    plain_keys = [each.pk for each in _with([], write)()]
    sealed_keys = [each.pk for each in _with([key], write)()]
    sealed, plain = median_seconds(_with([key], write), _with([], write), runs=9)
    yield at_most(
        f"{ROWS} operations written encrypted, against plain", sealed / plain, "×", TIMES, aim=f"at most {TIMES}"
    )
    sealed, plain = median_seconds(
        _with([key], lambda: read(sealed_keys)), _with([], lambda: read(plain_keys)), runs=9
    )
    yield at_most(
        f"{ROWS} operations read encrypted, against plain", sealed / plain, "×", TIMES, aim=f"at most {TIMES}"
    )


def _with(keys: list[str], action: Callable[[], Any]) -> Callable[[], Any]:
    """The action with these keys set."""

    def done() -> Any:
        with override_settings(ENCRYPTION_KEYS=keys):
            return action()

    return done
