"""The message that carries several deadlines: a frame that is written like any text, and in it a paragraph for each deadline.

The frame is a text as those of other kinds (`notifications/texts/`). The paragraphs are of the project's files,
`templates/notices/<code>/item.txt` of each kind that has a `nearest`, because each is a notice that the law may ask for: a test looks
for the obligatory parts of its kind in it, in every case.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from notifications.kinds import KINDS, NoticeKind
from notifications.preferences.groups import Group
from notifications.texts.first_version import file_engine
from notifications.texts.parts import Part

PAYMENTS_PAGE = "portal_payments"  # where deadlines are paid, of an app further up
ITEM = "item.txt"


def _read(words: Mapping[str, Any]) -> dict[str, Any]:
    """How many deadlines, the first day, and their paragraphs, the nearest first."""
    read = [KINDS[item["kind"]].read(item) | {"kind": item["kind"]} for item in words["items"]]
    read.sort(key=lambda item: (day_of(item), item["policy"]))
    return {
        "how_many": len(read),
        "first_on": day_of(read[0]),
        "policies": [item["policy"] for item in read],
        "deadlines": _written(read),
        "pay_url": settings.SITE_URL + reverse(PAYMENTS_PAGE),
    }


def day_of(item: Mapping[str, Any]) -> Any:
    """The day by which a deadline stands among others."""
    return item[KINDS[item["kind"]].nearest]


def paragraph(item: Mapping[str, Any]) -> str:
    """What the message says of one deadline, in the language that is active."""
    made = file_engine().get_template(f"notices/{item['kind']}/{ITEM}").render(Context(item, autoescape=False))
    return "\n".join(line.strip() for line in made.splitlines() if line.strip())


def _paragraphs(items: list[dict[str, Any]]) -> str:
    return "\n\n".join(f"{place}. {paragraph(item)}" for place, item in enumerate(items, start=1))


# Made where it is put into a text, in the language of that.
_written = lazy(_paragraphs, str)

DEADLINES_DIGEST = NoticeKind(
    "deadlines-digest",
    _("Several deadlines in one message"),
    frozenset({"items"}),
    then=(),
    derive=_read,
    unnamed=frozenset({"items", "policies"}),
    still_owed="notifications.preferences.digests.no_longer_owed",
    is_bulk=True,
    group=Group.DEADLINES,
    gathers=True,
    parts=(
        Part(_("the deadlines, with what the law asks for about each"), word="deadlines"),
        Part(_("the number of each policy"), source="art. 42 Reg. IVASS 41/2018", word="policies"),
        Part(_("where they are seen and paid"), word="pay_url"),
    ),
)
