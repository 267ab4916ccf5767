"""What kind of place this is: a word that is mistyped or forgotten must not start an unsafe production."""

from collections.abc import Iterable

from django.core.exceptions import ImproperlyConfigured

WORDS = ("development", "test", "production")
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


def check(word: str, *, is_given: bool, hosts: Iterable[str] = (), behind_proxy: bool = False, bind: str = "") -> None:
    """ImproperlyConfigured for a word that is none of WORDS, and for none where others than this machine are answered."""
    if word not in WORDS:
        raise ImproperlyConfigured(f'ENVIRONMENT is "{word}": it is development, test or production.')
    if not is_given and (behind_proxy or not THIS_MACHINE.issuperset(hosts) or not _is_local(bind)):
        raise ImproperlyConfigured(
            "ENVIRONMENT is not set, and others than this machine are answered (ALLOWED_HOSTS, BEHIND_PROXY, BIND): say "
            "whether it is development, test or production."
        )


def _is_local(bind: str) -> bool:
    """Whether a server that listens there is reached from this machine alone; nothing at all is the default, which is."""
    return not bind or bind.startswith("unix:") or bind.rpartition(":")[0] in THIS_MACHINE
