"""The notice that brings a text to whoever wants to try it: always to the person who asks, never to a customer."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, NoticeKind
from notifications.texts import obligations

TEXT_TEST = NoticeKind(
    "text-test",
    _("test of a text"),
    frozenset({"subject", "text"}),
    channels=(EMAIL,),
    is_internal=True,
    parts=(obligations.TEXT,),
)
