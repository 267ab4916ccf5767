"""Receipts of certified e-mail as managers write them (RFC 6109): headers, text, data file, and the message inside."""

from email.message import EmailMessage

RECIPIENT = "ditta@pec.ditta.example"
SENDER = "vittoria@pec.vittoria.example"
DATA = """<?xml version="1.0" encoding="UTF-8"?>
<postacert tipo="{kind}" errore="{error}">
  <intestazione>
    <mittente>{sender}</mittente>
    <destinatari tipo="{certified}">{recipient}</destinatari>
    <risposte>{sender}</risposte>
    <oggetto>La Sua polizza</oggetto>
  </intestazione>
  <dati>
    <gestore-emittente>Gestore PEC S.p.A.</gestore-emittente>
    <data zona="{zone}"><giorno>{day}</giorno><ora>{hour}</ora></data>
    <identificativo>{identifier}</identificativo>
    <msgid>{reference}</msgid>
    <ricevuta tipo="completa" />{delivery}{more}
  </dati>
</postacert>
"""


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
) -> bytes:
    """A receipt about the message of this Message-ID."""
    mail = EmailMessage()
    mail["From"] = "Per conto di: posta-certificata@pec.gestore.example"
    mail["To"] = SENDER
    mail["Subject"] = f"{kind.upper()}: La Sua polizza"
    given = {"X-Ricevuta": kind, "X-Riferimento-Message-ID": reference} | (headers or {})
    for name, value in given.items():
        if value:
            mail[name] = value
    mail.set_content(f"Ricevuta di {kind}")
    delivery = f"<consegna>{recipient}</consegna>" if "consegna" in kind else ""
    words = {"kind": kind, "error": error, "sender": SENDER, "certified": certified, "recipient": recipient}
    words |= {"zone": zone, "day": day, "hour": hour, "identifier": identifier, "delivery": delivery, "more": more}
    reference = reference.replace("<", "&lt;").replace(">", "&gt;")
    xml = DATA.format(**words, reference=reference) if data is None else data
    mail.add_attachment(xml.encode(), maintype="application", subtype="xml", filename="daticert.xml")
    return mail.as_bytes()
