"""The notices about who acts for whom. They go to the people themselves, at the address they sign in with."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import EMAIL, NoticeKind
from notifications.preferences import duties
from notifications.preferences.groups import Group
from notifications.texts import obligations

ABOUT = frozenset({"customer", "who"})

PEOPLE_INVITATION = NoticeKind(
    "people-invitation",
    _("invitation to act for a company"),
    ABOUT | {"rights", "days"},
    channels=(EMAIL,),
    is_confidential=True,
    parts=(obligations.LINK,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
PEOPLE_JOINED = NoticeKind(
    "people-joined",
    _("a person joined"),
    ABOUT | {"email", "rights"},
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
PEOPLE_CHANGED = NoticeKind(
    "people-changed",
    _("permissions changed"),
    ABOUT | {"rights"},
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
PEOPLE_ENDED = NoticeKind(
    "people-ended",
    _("access ended"),
    ABOUT | {"reason"},
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
PEOPLE_LEFT = NoticeKind(
    "people-left",
    _("a person has no access any more"),
    ABOUT | {"email"},
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ACTING_GRANTED = NoticeKind(
    "acting-granted",
    _("acting for another: granted"),
    frozenset({"customer", "capacity", "rights", "until"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ACTING_FOR_YOU = NoticeKind(
    "acting-for-you",
    _("somebody acts for the customer"),
    frozenset({"who", "capacity", "rights", "until"}),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
ACTING_ENDING = NoticeKind(
    "acting-ending",
    _("acting for another: about to end"),
    frozenset({"customer", "until"}),
    channels=(EMAIL,),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
NOBODY_ACTS_FOR_YOU = NoticeKind(
    "acting-for-you-ended",
    _("somebody acts for the customer no more"),
    frozenset({"who", "capacity"}),
    group=Group.ACCOUNT,
    required_by=duties.SIGN_IN,
)
