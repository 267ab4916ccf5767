"""The kind of place this is (ENVIRONMENT): a mistyped or forgotten word must not start an unsafe production."""

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

WORDS = ("development", "test", "production")
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


def check(word: str, *, is_given: bool, hosts: Iterable[str] = (), behind_proxy: bool = False, bind: str = "") -> None:
    """Raise ImproperlyConfigured for an unknown word, and for a missing one where other machines are served."""
    if word not in WORDS:
        raise ImproperlyConfigured(f'ENVIRONMENT is "{word}": set it to development, test or production.')
    if not is_given and (behind_proxy or not THIS_MACHINE.issuperset(hosts) or not _is_local(bind)):
        raise ImproperlyConfigured(
            "ENVIRONMENT is not set, and other machines are served (ALLOWED_HOSTS, BEHIND_PROXY, BIND): set it to "
            "development, test or production."
        )


def _is_local(bind: str) -> bool:
    """Whether only this machine reaches a server that listens there; an empty `bind` is the default, which is local."""
    return not bind or bind.startswith("unix:") or bind.rpartition(":")[0] in THIS_MACHINE
