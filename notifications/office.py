"""What a person can do to a notice, an address or a claim from its page in the back office."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Claim
from customers.validators import normalise_phone
from foundation.office.commands import Command, ListCommand
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from notifications import services
from notifications.claims import take_claim_in_charge
from notifications.deadlines import planned_kinds
from notifications.kinds import KINDS
from notifications.models import Notice, NoticeQuerySet, SuppressedAddress, SuppressedAddressQuerySet

State = Notice.State
MOST = 200  # notices in doubt decided at once


class ReasonForm(forms.Form):
    """Why, for a later reader."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500, required=False)


class WrittenReasonForm(forms.Form):
    """Why; obligatory."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)


class NoticeCommand(Command[Notice]):
    """A decision about a notice, offered in some of its states."""

    permission = "notifications.change_notice"
    form_class: ClassVar[type[forms.Form]] = ReasonForm
    states: tuple[str, ...] = ()
    sends = False  # what is of no use any more is not sent

    def offered(self, request: StaffRequest, row: Notice) -> bool:
        return row.state in self.states and (not self.sends or row.is_of_use(timezone.now()))


class ConfirmSent(NoticeCommand):
    """It went."""

    name = "partita"
    label = gettext_lazy("It went")
    icon = "done_all"
    tone = "primary"
    states = (State.IN_DOUBT,)
    question = gettext_lazy(
        "The worker ended, or the mail server did not answer, while this was being sent. If the mail server's log or the "
        "customer says that it arrived, it went."
    )

    def run(self, request: StaffRequest, row: Notice, data: dict[str, Any]) -> str:
        services.confirm_sent(row, by=request.user, reason=data["reason"])
        return _("The notice counts as sent.")


class SendAgain(NoticeCommand):
    """It did not go, or may go twice."""

    name = "rimanda"
    label = gettext_lazy("Send again")
    icon = "forward_to_inbox"
    states = (State.IN_DOUBT,)
    sends = True
    question = gettext_lazy(
        "It may have gone already: the customer could receive it twice. It carries the same Message-ID, so most mail "
        "programs show it once."
    )

    def run(self, request: StaffRequest, row: Notice, data: dict[str, Any]) -> str:
        services.send_again(row, by=request.user, reason=data["reason"])
        return _("The notice is in the queue again.")


class TryAgain(NoticeCommand):
    """What refused it has been put right."""

    name = "riprova"
    label = gettext_lazy("Try again")
    icon = "refresh"
    tone = "primary"
    states = (State.REFUSED,)
    sends = True

    def asks(self, request: StaffRequest, row: Notice) -> str:
        words = {"problem": row.problem, "address": row.address or _("the reserved area")}
        return _("It was refused: %(problem)s. It will be tried again at %(address)s.") % words

    def run(self, request: StaffRequest, row: Notice, data: dict[str, Any]) -> str:
        services.try_again(row, by=request.user, reason=data["reason"])
        return _("The notice is in the queue again.")


class Withhold(NoticeCommand):
    """It is not to go."""

    name = "trattieni"
    label = gettext_lazy("Withhold")
    icon = "block"
    tone = "danger"
    states = (State.QUEUED, State.REFUSED, State.IN_DOUBT)
    form_class = WrittenReasonForm
    question = gettext_lazy("The customer will not be informed. This cannot be undone.")

    def asks(self, request: StaffRequest, row: Notice) -> str:
        if row.state == State.IN_DOUBT:
            return _(
                "It may have gone all the same. Withhold it when it did not, or when it is of no use any more: it is not sent "
                "again, and this cannot be undone."
            )
        return str(self.question)

    def run(self, request: StaffRequest, row: Notice, data: dict[str, Any]) -> str:
        services.withhold(row, reason=data["reason"], by=request.user)
        return _("The notice is withheld.")


class ByHandForm(forms.Form):
    """How it went, as evidence."""

    how = forms.CharField(
        label=gettext_lazy("How it was sent"),
        max_length=500,
        help_text=gettext_lazy("By post or PEC, on which day, and the number of the registered letter or receipt"),
    )


class SentByHand(NoticeCommand):
    """A person sent it, because nothing else reaches the customer."""

    name = "spedita"
    label = gettext_lazy("Sent by post or PEC")
    icon = "mark_email_read"
    tone = "primary"
    states = (State.QUEUED,)
    form_class = ByHandForm
    question = gettext_lazy(
        "Nothing else has reached the customer. Send the text below by post or PEC first, then enter here how it went."
    )

    def offered(self, request: StaffRequest, row: Notice) -> bool:
        return super().offered(request, row) and row.channel == Notice.Channel.POST

    def run(self, request: StaffRequest, row: Notice, data: dict[str, Any]) -> str:
        services.record_sent_by_hand(row, how=data["how"], by=request.user)
        return _("The notice counts as sent.")


class CameBackForm(forms.Form):
    """What the answer or the envelope says."""

    detail = forms.CharField(
        label=gettext_lazy("What it says"),
        max_length=500,
        help_text=gettext_lazy("The words of the mail server, or what the post wrote on the envelope, and the day"),
    )
    suppress = forms.BooleanField(
        label=gettext_lazy("Send nothing to this address any more"), required=False, initial=False
    )


class CameBack(NoticeCommand):
    """It was sent and did not arrive: a mail server wrote so later, or the post brought it back."""

    name = "tornata"
    label = gettext_lazy("It came back")
    icon = "undo"
    states = (State.SENT,)
    form_class = CameBackForm

    def offered(self, request: StaffRequest, row: Notice) -> bool:
        did_arrive = row.arrival == Notice.Arrival.FAILED or row.channel == Notice.Channel.INBOX
        return super().offered(request, row) and not did_arrive

    def asks(self, request: StaffRequest, row: Notice) -> str:
        kind = KINDS.get(row.kind)
        if row.kind in planned_kinds(timezone.localdate()):
            return _("The customer is informed another way, with the next alerts, as long as it is owed.")
        if kind is not None and kind.climbs and row.customer_id:
            return _("The customer is informed another way, within the hour.")
        return _("It is not sent another way by itself: whoever wrote it decides.")

    def run(self, request: StaffRequest, row: Notice, data: dict[str, Any]) -> str:
        services.record_came_back(row, detail=data["detail"], suppress=data["suppress"], by=request.user)
        return _("The notice counts as one that did not arrive.")


class ManyByHandForm(ByHandForm):
    """Those that were written until a moment: the ones that were printed."""

    until = forms.DateTimeField(
        label=gettext_lazy("Written until"),
        help_text=gettext_lazy("Those that were added to the list later remain on it"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    field_order = ("until", "how")


class SentManyByHand(ListCommand):
    """After a round of letters: those on the list, oldest first, were sent alike."""

    name = "spedite"
    label = gettext_lazy("Sent by post or PEC: many")
    icon = "mark_email_read"
    permission = "notifications.change_notice"
    form_class = ManyByHandForm

    def offered(self, request: StaffRequest, row: None) -> bool:
        return Notice.objects.by_hand().exists()

    def asks(self, request: StaffRequest, row: None) -> str:
        number = Notice.objects.by_hand().order_by()[: MOST + 1].count()
        if number > MOST:
            many = _("More than %(most)d notices are to be sent by hand: the oldest %(most)d of them are entered now.")
            return many % {"most": MOST}
        few = ngettext(
            "%(number)d notice is to be sent by hand.", "%(number)d notices are to be sent by hand.", number
        )
        return few % {"number": number}

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"initial": {"until": timezone.localtime()}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> str:
        done = 0
        waiting = Notice.objects.by_hand().filter(created_at__lte=data["until"])
        for notice in waiting.select_for_update(skip_locked=True)[:MOST]:
            with suppress(Refused):  # it came to its end just now
                services.record_sent_by_hand(notice, how=data["how"], by=request.user)
                done += 1
        return ngettext("%(number)d notice counts as sent.", "%(number)d notices count as sent.", done) % {
            "number": done
        }


class DoubtsForm(ReasonForm):
    """One decision for all of them."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What happened to them"),
        choices=[
            ("went", gettext_lazy("They went")),
            ("again", gettext_lazy("Send again those that are still of use")),
            ("withhold", gettext_lazy("Withhold those that are of no use any more")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("decision", "reason")

    def clean(self) -> None:
        if self.cleaned_data.get("decision") == "withhold" and self.cleaned_data.get("reason") == "":
            self.add_error("reason", _("Say why they are withheld."))


class DecideDoubts(ListCommand):
    """After a mail server or a machine failed: the notices in doubt, oldest first, decided alike."""

    name = "in-dubbio"
    label = gettext_lazy("Decide those in doubt")
    icon = "rule"
    permission = "notifications.change_notice"
    form_class = DoubtsForm

    def offered(self, request: StaffRequest, row: None) -> bool:
        return Notice.objects.in_doubt().exists()

    def asks(self, request: StaffRequest, row: None) -> str:
        number = Notice.objects.in_doubt().order_by()[: MOST + 1].count()
        if number > MOST:
            many = _(
                "More than %(most)d notices are in doubt: the oldest %(most)d that it can be done to are decided now."
            )
            return many % {"most": MOST}
        return ngettext("%(number)d notice is in doubt.", "%(number)d notices are in doubt.", number) % {
            "number": number
        }

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> str:
        now, doubtful = timezone.now(), Notice.objects.in_doubt()
        decisions: dict[str, tuple[Callable[..., Notice], NoticeQuerySet]] = {
            "went": (services.confirm_sent, doubtful),
            "again": (services.send_again, doubtful.of_use(now)),
            "withhold": (services.withhold, doubtful.of_no_use(now)),
        }
        decide, those = decisions[data["decision"]]
        done = 0
        for notice in those.select_for_update(skip_locked=True).order_by("created_at", "pk")[:MOST]:
            with suppress(Refused):  # it came to its end just now
                decide(notice, by=request.user, reason=data["reason"])
                done += 1
        sentence = ngettext("%(number)d notice was decided.", "%(number)d notices were decided.", done)
        sentence %= {"number": done}
        left = Notice.objects.in_doubt().order_by()[: MOST + 1].count()
        if left > MOST:
            sentence += " " + _("More than %(most)d are still in doubt.") % {"most": MOST}
        elif left:
            still = ngettext("%(number)d is still in doubt.", "%(number)d are still in doubt.", left)
            sentence += " " + still % {"number": left}
        return sentence


class LiftSuppression(Command[SuppressedAddress]):
    """The address may be written to again."""

    name = "riammetti"
    label = gettext_lazy("Lift")
    icon = "lock_open"
    tone = "primary"
    permission = "notifications.change_suppressedaddress"
    form_class = ReasonForm
    question = gettext_lazy(
        "Notices will be sent to this address again. Lift it only when it has been corrected or asked for."
    )

    def offered(self, request: StaffRequest, row: SuppressedAddress) -> bool:
        return row.lifted_at is None

    def run(self, request: StaffRequest, row: SuppressedAddress, data: dict[str, Any]) -> str:
        services.lift_suppression(row, by=request.user, why=data["reason"])
        return _("The address may be written to again.")


BULK_CAUSES = [
    (reason.value, reason.label)
    for reason in (SuppressedAddress.Reason.NO_SUCH_MAILBOX, SuppressedAddress.Reason.BY_HAND)
]  # what a person asked for is never undone in bulk


class LiftManyForm(forms.Form):
    """Which suppressions: those of a cause and a time, and of one answer of the mail server. Sent once, it counts them; with the tick, it lifts."""

    cause = forms.ChoiceField(label=gettext_lazy("Suppressed because"), choices=BULK_CAUSES)
    since = forms.DateTimeField(
        label=gettext_lazy("Suppressed since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    detail = forms.CharField(
        label=gettext_lazy("The server's words contain"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as a part of its answer, or @ and a domain; empty for all"),
    )
    send_again = forms.BooleanField(
        label=gettext_lazy("Send the notices that were refused there again, where they are still of use"),
        required=False,
        initial=True,
    )
    reason = forms.CharField(label=gettext_lazy("Why they are lifted"), max_length=500)
    confirmed = forms.BooleanField(label=gettext_lazy("Lift those that were counted"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        rows = list(suppressed_by(cleaned))
        if not rows:
            raise forms.ValidationError(_("There is no such suppression: look at the times and the words."))
        if not cleaned["confirmed"]:
            again = len(services.refused_at(rows, timezone.now())) if cleaned["send_again"] else 0
            words = _(
                "Addresses that would be lifted: %(addresses)d. Notices that would go again: %(notices)d. Tick here and send "
                "the form again to do it."
            )
            self.add_error("confirmed", words % {"addresses": len(rows), "notices": again})
        return cleaned


def suppressed_by(data: dict[str, Any]) -> SuppressedAddressQuerySet:
    """The suppressions in force of the cause, within the times, whose words or address contain what was typed."""
    those = SuppressedAddress.objects.in_force().filter(
        reason=data["cause"], since__gte=data["since"], since__lte=data["until"]
    )
    if data["detail"]:
        those = those.filter(Q(detail__icontains=data["detail"]) | Q(address__icontains=data["detail"]))
    return those


class LiftMany(ListCommand):
    """After a mail server answered of everybody that they do not exist."""

    name = "riammetti-molti"
    label = gettext_lazy("Lift many")
    icon = "lock_open"
    permission = "notifications.change_suppressedaddress"
    form_class = LiftManyForm
    question = gettext_lazy(
        "For an hour in which the mail server was wrong: all addresses that it refused then may be written to again."
    )

    def offered(self, request: StaffRequest, row: None) -> bool:
        return SuppressedAddress.objects.in_force().exists()

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        now = timezone.localtime()
        return {"initial": {"since": now - timedelta(hours=1), "until": now}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> str:
        lifted, queued = services.lift_suppressions(
            suppressed_by(data), by=request.user, send_again=data["send_again"], why=data["reason"]
        )
        return _("Lifted: %(lifted)d. Notices in the queue again: %(queued)d.") % {"lifted": lifted, "queued": queued}


class TakeInChargeForm(forms.Form):
    """The people who follow the claim."""

    adjuster = forms.CharField(label=gettext_lazy("Adjuster"), max_length=150)
    adjuster_phone = forms.CharField(
        label=gettext_lazy("Adjuster's phone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    assessor = forms.CharField(
        label=gettext_lazy("Assessor"), max_length=150, required=False, help_text=gettext_lazy("If one was appointed")
    )
    repairer = forms.CharField(label=gettext_lazy("Affiliated repairer"), max_length=200, required=False)

    def clean_adjuster_phone(self) -> str:
        return normalise_phone(self.cleaned_data["adjuster_phone"])


class TakeInCharge(Command[Claim]):
    """From reported to taken in charge; the customer is informed at once."""

    name = "presa-in-carico"
    label = gettext_lazy("Take in charge")
    icon = "assignment_ind"
    tone = "primary"
    permission = "customers.change_claim"
    form_class = TakeInChargeForm
    question = gettext_lazy(
        "The customer is informed at once: number, adjuster with telephone, assessor, repairer, legal term."
    )

    def offered(self, request: StaffRequest, row: Claim) -> bool:
        return row.state == Claim.State.REPORTED

    def form_arguments(self, request: StaffRequest, row: Claim) -> dict[str, Any]:
        names = ("adjuster", "adjuster_phone", "assessor", "repairer")
        return {"initial": {name: getattr(row, name) for name in names}}

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        take_claim_in_charge(row, by=request.user, **data)
        return _("The claim is taken in charge, and the customer is being informed.")
