"""Receipts of certified e-mail as managers write and sign them (RFC 6109): headers, text, data file, signature."""

from datetime import UTC, datetime
from functools import cache

from notifications.channels.pec.trial import DATA, Authority, TrialManager, mail_of

RECIPIENT = "ditta@pec.ditta.example"
SENDER = "vittoria@pec.vittoria.example"
BEGINS, ENDS = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)


@cache
def authority(name: str = "ours") -> Authority:
    """The authority of the tests; another for another name."""
    return Authority.made(begins=BEGINS, name=f"Autorità {name}")


@cache
def manager(by: str = "ours", **fields) -> TrialManager:
    """A manager whose certificate the authority signed."""
    return TrialManager.made(authority(by), **{"begins": BEGINS, "ends": ENDS} | fields)


def trusted_in(settings, tmp_path, *names: str):
    """Trust the authorities of these names, as an operator does: by a file of their certificates."""
    bundle = tmp_path / "managers.pem"
    bundle.write_bytes(b"".join(authority(name).pem for name in names or ("ours",)))
    settings.PEC_TRUSTED_CERTIFICATES = str(bundle)


def receipt(
    kind: str,
    reference: str,
    *,
    recipient: str = RECIPIENT,
    certified: str = "certificato",
    error: str = "nessuno",
    identifier: str = "opec292.20300301090000.12345.67.1.1@pec.gestore.example",
    day: str = "01/03/2030",
    hour: str = "10:15:30",
    zone: str = "+0100",
    more: str = "",
    data: str | None = None,
    headers: dict[str, str] | None = None,
    by: TrialManager | None = None,
    is_signed: bool = True,
) -> bytes:
    """A receipt about the message of this Message-ID, signed by the manager."""
    delivery = f"<consegna>{recipient}</consegna>" if "consegna" in kind else ""
    words = {"kind": kind, "error": error, "sender": SENDER, "certified": certified, "recipient": recipient}
    words |= {"zone": zone, "day": day, "hour": hour, "identifier": identifier, "delivery": delivery, "more": more}
    words |= {"subject": "La Sua polizza", "reference": reference.replace("<", "&lt;").replace(">", "&gt;")}
    mail = mail_of(
        kind, reference, DATA.format(**words) if data is None else data, sender=SENDER, subject="La Sua polizza"
    )
    for name, value in (headers or {}).items():
        del mail[name]
        if value:
            mail[name] = value
    return (by or manager()).sign(mail) if is_signed else mail.as_bytes()
