"""What a change of preferences changed, in words for the file and for the person."""

from django.utils.translation import gettext as _

from customers.models import Customer
from notifications.channels import Channel
from notifications.models import PreferenceChange
from notifications.preferences.groups import Group


def in_words(change: PreferenceChange) -> list[str]:
    """Each thing that the change made otherwise than it was, as a short phrase."""
    before, after = change.before, change.after
    found = [_("%(what)s: off") % {"what": _name(key)} for key in sorted(set(after["off"]) - set(before["off"]))]
    found += [_("%(what)s: on") % {"what": _name(key)} for key in sorted(set(before["off"]) - set(after["off"]))]
    hours = ("quiet_from", "quiet_until")
    if [before[name] for name in hours] != [after[name] for name in hours]:
        words = {"start": after["quiet_from"], "end": after["quiet_until"]}
        own = _("quiet hours of their own from %(start)s to %(end)s") % words
        found.append(own if after["quiet_from"] else _("no quiet hours of their own"))
    if before["quiet_email"] != after["quiet_email"]:
        found.append(_("e-mails wait too") if after["quiet_email"] else _("e-mails do not wait"))
    if before["digest"] != after["digest"]:
        found.append(_("several deadlines in one message") if after["digest"] else _("one message for each deadline"))
    if before["language"] != after["language"]:
        names = dict(Customer._meta.get_field("language").flatchoices)
        found.append(_("language: %(name)s") % {"name": names.get(after["language"], after["language"])})
    return found


def _name(key: str) -> str:
    group, _colon, channel = key.partition(":")
    return f"{Group(group).label}, {Channel(channel).label}"
