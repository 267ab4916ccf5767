"""A manager of certified e-mail for trials: an authority of its own, and receipts signed as a real manager signs them.

The demonstration and the tests use it. Nothing that it signs is worth anything outside, and no production trusts its authority.
"""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DATA = """<?xml version="1.0" encoding="UTF-8"?>
<postacert tipo="{kind}" errore="{error}">
  <intestazione>
    <mittente>{sender}</mittente>
    <destinatari tipo="{certified}">{recipient}</destinatari>
    <risposte>{sender}</risposte>
    <oggetto>{subject}</oggetto>
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
OF_THE_CONTENT = ("content-type", "content-transfer-encoding", "mime-version", "content-disposition")
BOUNDARY = "=_firma_di_prova"
SIGNED_HEAD = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/x-pkcs7-signature"; micalg="sha-256"; '
    f'boundary="{BOUNDARY}"'
)
SIGNATURE_HEAD = (
    b'Content-Type: application/x-pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n'
    b'Content-Disposition: attachment; filename="smime.p7s"'
)


@dataclass(frozen=True)
class Authority:
    """Who says whose certificate it is."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def made(cls, *, begins: datetime, years: int = 30, name: str = "Autorità di prova") -> "Authority":
        """A new one, which is valid from the moment on for so many years."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        ends = begins + timedelta(days=365 * years)
        made = _certificate(subject, subject, key.public_key(), begins, ends)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(_usage(signs_certificates=True), critical=True)
        return cls(made.sign(key, hashes.SHA256()), key)

    @property
    def pem(self) -> bytes:
        """Its certificate, as it is trusted."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class TrialManager:
    """A manager with its certificate, which signs receipts from `address`."""

    address: str
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def made(
        cls,
        authority: Authority,
        *,
        begins: datetime,
        ends: datetime,
        address: str = "posta-certificata@pec.gestore.example",
    ) -> "TrialManager":
        """A new one, whose certificate the authority signs, valid between the two moments."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Gestore PEC S.p.A. (prova)")])
        made = _certificate(authority.certificate.subject, name, key.public_key(), begins, ends)
        made = made.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
        made = made.add_extension(_usage(signs_certificates=False), critical=True)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        return cls(address, made.sign(authority.key, hashes.SHA256()), key)

    def sign(self, message: EmailMessage) -> bytes:
        """The message as multipart/signed: its own headers outside, its content as the part that is signed."""
        content, outside = EmailMessage(), []
        for name, value in message.items():
            if name.lower() in OF_THE_CONTENT:
                content[name] = value
            else:
                outside.append(f"{name}: {value}")
        content.set_payload(message.get_payload())
        signed = content.as_bytes(policy=SMTP)
        builder = (
            pkcs7.PKCS7SignatureBuilder().set_data(signed).add_signer(self.certificate, self.key, hashes.SHA256())
        )
        options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
        signature = base64.encodebytes(builder.sign(serialization.Encoding.DER, options))
        head = "\r\n".join([*outside, SIGNED_HEAD, "", ""]).encode()
        return head + signed_body(signed, signature.replace(b"\n", b"\r\n"))


def signed_body(content: bytes, signature: bytes) -> bytes:
    """The two parts between their boundaries; the signature as base64 in lines."""
    line = f"--{BOUNDARY}".encode()
    return b"\r\n".join([line, content, line, SIGNATURE_HEAD, b"", signature + line + b"--", b""])


def _certificate(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey, begins: datetime, ends: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().issuer_name(issuer).subject_name(subject).public_key(key)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def receipt_of(
    kind: str,
    reference: str,
    *,
    sender: str,
    recipient: str,
    identifier: str,
    at: datetime,
    subject: str = "La Sua polizza",
    certified: str = "certificato",
    error: str = "nessuno",
) -> EmailMessage:
    """A receipt of the kind about the message of this Message-ID, not signed yet (RFC 6109, sections 3.1 and 4)."""
    delivery = f"<consegna>{recipient}</consegna>" if "consegna" in kind else ""
    data = DATA.format(
        kind=kind,
        error=error,
        sender=sender,
        certified=certified,
        recipient=recipient,
        subject=escape(subject),
        zone=f"{at:%z}",
        day=f"{at:%d/%m/%Y}",
        hour=f"{at:%H:%M:%S}",
        identifier=identifier,
        reference=escape(reference),
        delivery=delivery,
        more="",
    )
    return mail_of(kind, reference, data, sender=sender, subject=subject)


def mail_of(
    kind: str,
    reference: str,
    data: str,
    *,
    sender: str,
    subject: str,
    by: str = "posta-certificata@pec.gestore.example",
) -> EmailMessage:
    """The mail that carries a data file: from the manager, its headers naming the kind and the message."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Posta Certificata <{by}>", sender, f"{kind.upper()}: {subject}"
    for name, value in (("X-Ricevuta", kind), ("X-Riferimento-Message-ID", reference)):
        if value:
            mail[name] = value
    mail.set_content(f"Ricevuta di {kind}")
    mail.add_attachment(data.encode(), maintype="application", subtype="xml", filename="daticert.xml")
    return mail
