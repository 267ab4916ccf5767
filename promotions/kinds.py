"""The one kind of notice of promotions. Its words are those of the promotion, and what the law asks of advertising beside them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, INBOX, SMS, NoticeKind
from notifications.preferences.groups import Group
from notifications.texts.parts import Part


def _address(words: Mapping[str, Any]) -> dict[str, Any]:
    """In the text the addresses stand as they are: a telephone, and a mail program without formatted text, show no button."""
    return {"link": words.get("action_url", "")}


def _by(*channels: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda facts: facts["channel"] in channels


ADVERTISING = (
    Part(_("the text that the agency wrote"), word="text"),
    Part(_("who sends it"), source="art. 8 d.lgs. 70/2003", word="sender"),
    Part(_("who answers for the personal data"), source="art. 13 GDPR", word="controller", when=_by("email", "inbox")),
    Part(
        _("the address that ends it by one press"),
        source="art. 130(5) d.lgs. 196/2003",
        word="stop_url",
        when=_by("email"),
    ),
    Part(
        _("the address of the offer, from which an SMS is refused"),
        source="art. 130(5) d.lgs. 196/2003",
        word="link",
        when=_by("sms"),
    ),
    Part(
        _("that it is advertising"),
        source="art. 8 d.lgs. 70/2003",
        phrases={"it": (r"pubblicitari|promozional",), "en": (r"advertis|promotion",)},
        when=_by("email", "inbox"),
    ),
)

PROMOTION = NoticeKind(
    "promotion",
    _("Promotion"),
    # `basis` is "consent", given on `allowed_on`, or "similar"; `purpose` what one press ends.
    frozenset(
        {"name", "subject", "text", "sender", "controller", "basis", "allowed_on", "purpose", "channel", "stop_url"}
    ),
    channels=(EMAIL, SMS, INBOX),
    is_promotional=True,
    asks_itself=True,
    still_owed="promotions.sending.asking.no_longer_allowed",
    dates=frozenset({"allowed_on"}),
    derive=_address,
    parts=ADVERTISING,
    group=Group.PROMOTIONS,
)
