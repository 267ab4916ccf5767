"""The message about figures that left their control limits."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, NoticeKind
from notifications.texts import obligations
from notifications.texts.parts import Part

FIGURES_OUTSIDE = NoticeKind(
    "figures-outside",
    _("alert about figures outside their limits"),
    frozenset({"alert_count", "alerts"}),
    channels=(EMAIL,),
    is_internal=True,
    parts=(Part(_("which figures, how far, and the largest parts"), word="alerts"), obligations.LINK),
)
