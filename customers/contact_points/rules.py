"""Rules: when a reason needs words, how a contact point looks to a page, and to which number a text can go."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from customers.models.customer import ContactPointKind
from customers.models.data_change import ChangeReason

SEEN_LENGTH = 12
ITALY, ITALIAN_MOBILE = "+39", "+393"
IN_WORDS = (ChangeReason.OUR_ERROR, ChangeReason.MISUSE)  # the list alone says too little


def why_not_reason(reason: str, words: str) -> str:
    """What is missing in a reason, or ""."""
    if reason in IN_WORDS and not words.strip():
        return _("Write in words what happened: the list alone says too little.")
    return ""


def seen_of(value: str, verified_at: datetime | None) -> str:
    """A contact point as a page showed it, in a few letters: others as soon as its value or its verification is another."""
    shown = f"{value} {verified_at.isoformat() if verified_at else ''}"
    return hashlib.blake2b(shown.encode(), digest_size=SEEN_LENGTH // 2).hexdigest()


def takes_texts(number: str) -> bool:
    """Whether a text may reach the number in E.164: of Italian ones the mobile, of foreign ones nobody can say."""
    return not number.startswith(ITALY) or number.startswith(ITALIAN_MOBILE)


def what_to_know_before_removing(kind: str, *, is_last: bool, opens_the_reserved_area: bool) -> list[str]:
    """The sentences that a person reads before they remove a contact point; none where nothing depends on it."""
    found = []
    if opens_the_reserved_area:
        found.append(
            _(
                "The reserved area is opened with this address, and still will be: “Change the sign-in address” changes it."
            )
        )
    if is_last:
        found.append(
            {
                ContactPointKind.PHONE: _("This is the last telephone number: nobody can call or text the customer."),
                ContactPointKind.EMAIL: _(
                    "This is the last e-mail address: what the law asks us to send goes by PEC or by post from now on."
                ),
                ContactPointKind.PEC: _(
                    "This is the last certified address: what needs proof goes by post from now on."
                ),
            }[ContactPointKind(kind)]
        )
    return found


def reasons_at_desk(*, about_access: bool = False) -> Collection[tuple[str, object]]:
    """The reasons that a colleague chooses from, for a change of data or of the access to the reserved area."""
    left_out = {ChangeReason.CUSTOMER, ChangeReason.RETURNED if about_access else ChangeReason.MISUSE}
    return [(each.value, each.label) for each in ChangeReason if each not in left_out]
