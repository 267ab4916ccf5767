"""The groups in which people choose how they are written to, and the channels that they may switch off in each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.channels import Channel


class Group(models.TextChoices):
    """What notices are about, as people choose: stored words, part of what is switched off (`deadlines:email`)."""

    DEADLINES = "deadlines", _("Deadlines of your policies")
    PAYMENTS = "payments", _("Payments")
    CLAIMS = "claims", _("Claims")
    REQUESTS = "requests", _("Requests and operations")
    COMPLAINTS = "complaints", _("Complaints")
    ACCOUNT = "account", _("Your sign-in and your data")
    PROMOTIONS = "promotions", _("Offers")


# The sign-in's are always sent, where they are asked for; offers have their consents.
CHOOSABLE = (Group.DEADLINES, Group.PAYMENTS, Group.CLAIMS, Group.REQUESTS, Group.COMPLAINTS)
# What is in the reserved area disturbs nobody: it remains there. Letters and PEC are for what has no other way.
SWITCHED = (Channel.EMAIL, Channel.SMS, Channel.PUSH)
KEYS = tuple(f"{group.value}:{channel.value}" for group in CHOOSABLE for channel in SWITCHED)


def key_of(group: str, channel: str) -> str:
    """How a channel that is switched off for a group is stored."""
    return f"{group}:{channel}"
