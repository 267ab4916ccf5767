"""`OutgoingCall`: a call that we made, beside its contact; it counts in no figure of calls that come in."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.visibility import reach_of
from foundation.guards import fixed
from foundation.requests import Reader

from .contact import Contact
from .organisation import Agent


class OutgoingCallQuerySet(models.QuerySet["OutgoingCall"]):
    """Questions asked about calls that we made."""

    def visible_to(self, user: Reader) -> "OutgoingCallQuerySet":
        """Those to customers whose files the user may see; company staff also see those to nobody in particular."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(reach.over(customer="contact__customer", agency="contact__customer__agency"))


class OutgoingCall(models.Model):
    """The telephone's facts of a call that we made: written by whoever made it, or by the telephone platform's events.

    `source` and `external_id` are the platform's; both are empty where a person wrote it and no platform reported it since. `reached` is empty while nobody
    knows it yet; `talk_seconds` where nobody measured it.
    """

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="outgoing", verbose_name=_("contact"))
    source = models.CharField(
        _("source"), max_length=40, blank=True, help_text=_("The telephone platform it came from")
    )
    external_id = models.CharField(_("key at the source"), max_length=120, blank=True)
    number = models.CharField(_("number called"), max_length=16, help_text=_("E.164, such as +393331234567"))
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="outgoing_calls", verbose_name=_("made by"))
    called_at = models.DateTimeField(_("called at"))
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    reached = models.BooleanField(_("reached"), null=True, blank=True)
    talk_seconds = models.PositiveIntegerField(_("talk (s)"), null=True, blank=True)

    objects = OutgoingCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing call")
        verbose_name_plural = _("outgoing calls")
        ordering = ["-called_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
                name="outgoing_call_once_per_source",
            ),
            models.CheckConstraint(
                condition=Q(source="", external_id="") | ~Q(source="") & ~Q(external_id=""),
                name="outgoing_call_has_its_key_or_none",
            ),
            models.CheckConstraint(
                condition=Q(number="") | Q(number__regex=r"^\+[1-9][0-9]{4,14}$"), name="outgoing_call_number_is_e164"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("called_at")),
                name="outgoing_call_ended_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(reached__isnull=False, reached=True)
                | Q(talk_seconds__isnull=True, answered_at__isnull=True),
                name="outgoing_call_talk_only_if_reached",
            ),
        ]
        triggers = [
            fixed("outgoing_call_is_fixed", ["contact"]),
            # What a person wrote down may turn out to be the call of a platform; never of two.
            fixed("outgoing_call_key_is_fixed", ["source", "external_id"], once=~pgtrigger.Q(old__external_id="")),
        ]

    def __str__(self) -> str:
        return self.contact.number
