"""Who can sign in to the demonstration: one person for each role, and three customers. All have the same password.

Staff need a code too: all have the same secret, and `manage.py demo_code` prints what their telephones
would show.
"""

import time
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers import roles

PASSWORD = "Girasoli-al-mattino-7"  # noqa: S105 - printed on purpose; a production environment is never loaded
CODE_SECRET = "GIRASOLIALMATTINOSETTEVOLTEALDI2"  # noqa: S105 - the same
CODE_COMMAND = ".venv/bin/python manage.py demo_code"
DOMAIN = "vittoria-care.example"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in of the demonstration: for whom, with what, and the page it lands on."""

    role: str
    email: str
    password: str
    lands_on: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff of the demonstration."""

    group: str
    label: Promise  # in the language of the moment
    mailbox: str
    first_name: str
    last_name: str
    lands_on: str = "/backoffice/"

    @property
    def email(self) -> str:
        """The address the person signs in with."""
        return f"{self.mailbox}@{DOMAIN}"


STAFF = (
    Person(roles.MANAGER, _("manager"), "direzione", "Livia", "Sartori", "/dashboard/"),
    Person(roles.AGENT, _("agent of the contact centre"), "agente", "Tullio", "Cannizzaro"),
    Person(roles.SPECIALIST, _("second-level specialist"), "specialista", "Norma", "Zanetti"),
    Person(roles.COMPLAINT_OFFICER, _("complaint officer"), "reclami", "Ezio", "Laganà"),
    Person(roles.AGENCY_MEMBER, _("member of an agency"), "agenzia", "Fosca", "Giraudo"),
    Person(roles.CAMPAIGN_AUTHOR, _("author of promotions"), "promozioni", "Dafne", "Trevisan"),
    Person(roles.AUDITOR, _("auditor"), "revisione", "Ivo", "Montanari", "/dashboard/"),
    Person(roles.ADMINISTRATOR, _("administrator"), "amministrazione", "Olga", "Casadei"),
    Person(roles.DATA_OFFICER, _("data protection officer"), "protezione-dati", "Irma", "Colombo"),
)
CUSTOMERS = {
    1: (_("customer: a family with car, home and life"), "cliente@posta.example"),
    2: (_("customer: a camper owner"), "camperista@posta.example"),
    3: (_("customer: a firm"), "azienda@posta.example"),
}
COLLEAGUE = (_("customer: a second person of the firm, who does not decide on access"), "contabilita@posta.example")


def sign_ins() -> list[SignIn]:
    """The sign-ins to print beside the addresses of the demonstration."""
    return [SignIn(str(each.label), each.email, PASSWORD, each.lands_on) for each in STAFF] + [
        SignIn(str(label), email, PASSWORD, "/area-riservata/") for label, email in (*CUSTOMERS.values(), COLLEAGUE)
    ]


def code_of_now() -> tuple[str, int]:
    """The code that every colleague's authenticator app shows now, and for how many seconds more."""
    period = settings.MFA_TOTP_PERIOD
    counter, gone = divmod(int(time.time()), period)
    return format_hotp_value(hotp_value(CODE_SECRET, counter)), period - gone
