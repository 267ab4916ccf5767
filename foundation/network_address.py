"""Where a request comes from, as attempts are counted: one answer for forms, sign-in and the API."""

import ipaddress
import logging
import re

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

UNKNOWN = "unknown"
UNREADABLE = "network_address:unreadable"  # in the cache: the shape of an address that could not be read, for an hour
UNREADABLE_SECONDS = 3600
_WITH_PORT = re.compile(r"(?P<four>[0-9.]+)(?::[0-9]+)?|\[(?P<six>[0-9A-Fa-f:.]+)\](?::[0-9]+)?")

log = logging.getLogger(__name__)


def address_of(request: HttpRequest) -> str:
    """The visitor's address as counted: an IPv4 address, or the /64 network that one IPv6 subscriber has.

    Behind our proxy it is the last of X-Forwarded-For, the one that the proxy itself wrote; the others are hearsay. Where
    it cannot be read all visitors are "unknown" together, and `doctor` reports it.
    """
    stated = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR", "")):
        stated = forwarded.rpartition(",")[2].strip()
    counted = counted_address(stated)
    if not counted:
        _note_unreadable(stated)
    return counted or UNKNOWN


def counted_address(stated: str) -> str:
    """An address as proxies write it, without quotes, port, brackets and zone; of IPv6 the /64. "" for what is none."""
    text = stated.strip().strip('"')
    if found := _WITH_PORT.fullmatch(text):
        text = found["four"] or found["six"]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def unreadable_shape() -> str | None:
    """The shape of an address that could not be read within the last hour; None when all were readable.

    Letters stand as "a" and digits as "9": it shows how a proxy writes, not whom it let in. Raises RedisError when the
    cache cannot be asked.
    """
    return cache.get(UNREADABLE)


def _note_unreadable(stated: str) -> None:
    shape = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", stated[:60]))
    try:
        is_first = cache.add(UNREADABLE, shape, UNREADABLE_SECONDS)
    except RedisError:
        return
    if is_first:
        log.error("a visitor's address cannot be read: written as %r", shape)
