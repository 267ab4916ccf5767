"""`AgentState`: since when an agent is in which state, on two axes (what they reported, what the telephone does), and why."""

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.validators import validate_one_line
from foundation.constraints import one_of
from foundation.guards import SETTING, append_only
from foundation.naming import NamedInTwoLanguages

from .contact import Contact
from .dated import ValidOnQuerySet
from .marks import STATE_MARKS
from .organisation import Agent


class PauseReason(NamedInTwoLanguages, models.Model):
    """Why an agent pauses, as dated data."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=60, validators=[validate_one_line])
    name_en = models.CharField(_("name, in English"), max_length=60, blank=True, validators=[validate_one_line])
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    objects = ValidOnQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause reason")
        verbose_name_plural = _("pause reasons")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="pause_reason_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.shown_name


class Reported(models.TextChoices):
    """What an agent reported to do, or a sign-in or its end reported for them."""

    OFF = "off", _("off duty")
    SIGNED_IN = "signed_in", _("signed in, not ready yet")
    READY = "ready", pgettext_lazy("an agent", "ready")
    PAUSE = "pause", _("on a pause")
    WRITTEN = "written", _("on written work")


class Telephone(models.TextChoices):
    """What the telephone's events say of an agent."""

    FREE = "free", _("free")
    ON_CALL = "on_call", _("on a call")
    AFTER_CALL = "after_call", _("after a call")


class Cause(models.TextChoices):
    """From what `reported` is known."""

    NOTHING = "nothing", _("nothing was reported")
    AGENT = "agent", _("the agent")
    SIGN_IN = "sign_in", _("the sign-in")
    SIGN_OUT = "sign_out", _("the sign-out")
    SESSION_END = "session_end", _("the end of the session")
    SUPERVISOR = "supervisor", _("who supervises the team")


# One follows the other without a gap: each row that has ended is followed by one that begins at that moment. With one open
# row, and no two that begin or end at one moment, the rows of an agent are a single chain, so none overlaps another either.
_FOLLOWED = f"""
    IF current_setting('{SETTING}', TRUE) = 'on' THEN RETURN NULL; END IF;
    IF TG_OP <> 'DELETE' AND EXISTS (
        SELECT 1 FROM contact_center_agentstate one WHERE one.agent_id = NEW.agent_id AND one.began_at = NEW.began_at
        AND one.ended_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM contact_center_agentstate next WHERE next.agent_id = one.agent_id AND next.began_at = one.ended_at
        )
    ) THEN RAISE EXCEPTION 'agent_state_is_followed: nothing follows the state of agent % of %', NEW.agent_id, NEW.began_at
        USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM contact_center_agentstate before WHERE before.agent_id = OLD.agent_id AND before.ended_at = OLD.began_at
        AND NOT EXISTS (
            SELECT 1 FROM contact_center_agentstate next WHERE next.agent_id = OLD.agent_id AND next.began_at = OLD.began_at
        )
    ) THEN RAISE EXCEPTION 'agent_state_is_followed: a gap in the states of agent % at %', OLD.agent_id, OLD.began_at
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""  # noqa: S608


class AgentStateQuerySet(models.QuerySet["AgentState"]):
    """Questions asked about states."""

    def open(self) -> "AgentStateQuerySet":
        """The states of now."""
        return self.filter(ended_at__isnull=True)


class AgentState(models.Model):
    """An agent in one state from a moment to the next, to the second; the open row is the state of now.

    `reported` is what the agent does between calls, `call_state` what the events of calls say; `state`, the one word for
    both, is the telephone's while that is not free. `contact` is the call that the telephone's word is about.
    """

    Reported, Telephone, Cause = Reported, Telephone, Cause

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="states", verbose_name=_("agent"), db_index=False)
    reported = models.CharField(_("between calls"), max_length=10, choices=Reported.choices)
    cause = models.CharField(_("known from"), max_length=11, choices=Cause.choices)
    pause = models.ForeignKey(
        PauseReason, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pause reason")
    )
    reported_at = models.DateTimeField(_("reported at"))
    call_state = models.CharField(
        _("telephone"), max_length=10, choices=Telephone.choices, default=Telephone.FREE, db_default=Telephone.FREE
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact"), db_index=False
    )
    state = models.GeneratedField(
        expression=Case(When(call_state="free", then=F("reported")), default=F("call_state")),
        output_field=models.CharField(_("state"), max_length=10),
        db_persist=True,
    )
    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"), null=True, blank=True)

    objects = AgentStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("state of an agent")
        verbose_name_plural = _("states of agents")
        ordering = ["agent", "began_at"]
        constraints = [
            one_of("reported", Reported, name="agent_state_reported_is_known"),
            one_of("call_state", Telephone, name="agent_state_of_call_is_known"),
            one_of("cause", Cause, name="agent_state_cause_is_known"),
            models.CheckConstraint(
                condition=Q(reported="pause", pause__isnull=False) | ~Q(reported="pause") & Q(pause__isnull=True),
                name="agent_state_pause_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(call_state="free", contact__isnull=True)
                | ~Q(call_state="free") & Q(contact__isnull=False),
                name="agent_state_call_is_named",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("began_at")), name="agent_state_takes_time"
            ),
            models.CheckConstraint(
                condition=Q(reported_at__lte=F("began_at")), name="agent_state_reported_before_it_begins"
            ),
            # The board and the sweep read the open rows alone.
            models.UniqueConstraint(
                fields=["agent"], condition=Q(ended_at__isnull=True), name="one_open_state_per_agent"
            ),
            models.UniqueConstraint(fields=["agent", "began_at"], name="one_state_begins_at_a_moment"),
            models.UniqueConstraint(fields=["agent", "ended_at"], name="one_state_ends_at_a_moment"),
        ]
        indexes = [
            # The retention: what ended long ago.
            models.Index(fields=["ended_at"], name="agent_state_ended", condition=Q(ended_at__isnull=False)),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="followed",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=_FOLLOWED,
            ),
            *STATE_MARKS,
        ]

    def __str__(self) -> str:
        return f"{self.agent}: {self.state}"


class EndedState(models.Model):
    """That somebody who supervises a team put an agent off duty, and why. Rows are added, never changed."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="ended_states", verbose_name=_("agent"))
    state = models.CharField(_("state"), max_length=10)
    began_at = models.DateTimeField(_("from"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey("customers.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("state that was ended")
        verbose_name_plural = _("states that were ended")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="ended_state_has_a_reason"),
            models.CheckConstraint(condition=Q(at__gte=F("began_at")), name="ended_state_ends_after_it_begins"),
            models.UniqueConstraint(fields=["agent", "began_at"], name="a_state_is_ended_once"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.agent}: {self.state}"
