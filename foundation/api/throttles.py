"""How often the API may be asked: so many times in each minute of the clock, by key or by network address."""

import time
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from foundation.counting import is_within
from foundation.models import ApiKey
from foundation.network_address import address_of


class PerMinute(BaseThrottle):
    """So many requests in each minute of the clock, counted in the cache. 0 is no limit; without a cache there is none."""

    name = ""
    setting = ""
    seconds_left: float | None = None

    def sender_of(self, request: Request) -> str | None:
        """The sender whose requests are counted together; None does not count."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; returns whether it is within the limit."""
        most, sender = getattr(settings, self.setting), self.sender_of(request)
        if not most or sender is None:
            return True
        now = time.time()
        self.seconds_left = 60 - now % 60
        return is_within(f"rate:{self.name}:{sender}:{int(now // 60)}", most, 120)

    def wait(self) -> float | None:
        """Seconds until the next minute, rounded up."""
        return None if self.seconds_left is None else int(self.seconds_left) + 1


class KeyThrottle(PerMinute):
    """The requests of one key."""

    name, setting = "key", "API_KEY_PER_MINUTE"

    def sender_of(self, request: Request) -> str | None:
        return str(request.auth.pk) if isinstance(request.auth, ApiKey) else None


class AddressThrottle(PerMinute):
    """The requests from one network address without a key."""

    name, setting = "address", "API_ADDRESS_PER_MINUTE"

    def sender_of(self, request: Request) -> str | None:
        return None if isinstance(request.auth, ApiKey) else address_of(request)


class PersonThrottle(PerMinute):
    """The requests of one person, on whatever device."""

    name, setting = "person", "APP_PERSON_PER_MINUTE"

    def sender_of(self, request: Request) -> str | None:
        return str(request.user.pk) if request.user and request.user.is_authenticated else None
