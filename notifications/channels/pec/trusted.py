"""The certificates by which receipts of certified e-mail are verified: of the managers, or of the authorities that sign theirs.

They are configuration (PEC_TRUSTED_CERTIFICATES): AgID, which keeps the list of managers, publishes them; the project has none.
"""

from functools import lru_cache
from pathlib import Path

from asn1crypto import pem, x509

CERTIFICATES = (".pem", ".crt", ".cer", ".der")  # the files of a folder that are read
# What bytes that are no certificate, or no signature, set off in the library that reads them
BROKEN = (ValueError, TypeError, KeyError, LookupError, AttributeError, NotImplementedError, OverflowError)


class Unusable(ValueError):
    """The place of the trusted certificates is not there, or has what is no certificate."""


def trusted_certificates(place: str) -> tuple[x509.Certificate, ...]:
    """The certificates of a file, or of the files of a folder (PEM, as many as there are in each, or DER); none for "".

    Unusable where the place is not there, has none, or a file is no certificate.
    """
    if not place:
        return ()
    path = Path(place)
    try:
        files = (
            sorted(each for each in path.iterdir() if each.suffix.lower() in CERTIFICATES) if path.is_dir() else [path]
        )
        changed = tuple((str(each), each.stat().st_mtime_ns, each.stat().st_size) for each in files)
    except OSError as error:
        raise Unusable(f"{place}: {error.strerror}") from error
    found = _read(changed)
    if not found:
        raise Unusable(f"{place}: there is no certificate in it.")
    return found


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[str, int, int], ...]) -> tuple[x509.Certificate, ...]:
    """The certificates of the files; read again when one of them changes."""
    found = []
    for name, _changed, _size in files:
        try:
            content = Path(name).read_bytes()
            blocks = [each[2] for each in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
            certificates = [x509.Certificate.load(block, strict=True) for block in blocks]
            for each in certificates:
                each.native  # noqa: B018 - reads it to its last field
            found += certificates
        except (OSError, *BROKEN) as error:
            raise Unusable(f"{name}: it is no certificate ({type(error).__name__}).") from error
    return tuple(found)
