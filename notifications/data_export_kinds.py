"""The notices about a copy of one's data. Their texts are in templates/notices/."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group

DATA_EXPORT_READY = NoticeKind(
    "data-export-ready",
    _("copy of your data ready"),
    frozenset({"ends_on"}),
    dates=frozenset({"ends_on"}),
    group=Group.ACCOUNT,
    required_by=duties.RIGHTS,
)
