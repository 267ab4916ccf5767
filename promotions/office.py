"""The commands of promotions in the back office: buttons drawn from `Promotion.NEXT`, and their small pages; pauses in a customer's file."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.models import Customer
from foundation.dates import written_day
from foundation.office.commands import Command, Done, ListCommand
from foundation.office.tiles import Tile
from foundation.requests import StaffRequest
from promotions.models import ContactPause, Promotion
from promotions.pauses import end_pause, pause_contact
from promotions.reach import agencies_to_write_for, writes_for
from promotions.telephone.office import TELEPHONE_COMMANDS
from promotions.writing import commands
from promotions.writing.forms import PauseForm, PromotionForm, ScheduleForm, WordsForm, initial_of

State = Promotion.State

MAY_WRITE, MAY_CHANGE, MAY_APPROVE, MAY_HALT = (
    f"promotions.{verb}_promotion" for verb in ("add", "change", "approve", "halt")
)
MOST = 99  # counted no further


def _form_arguments(request: StaffRequest) -> dict[str, Any]:
    return {
        "agencies": agencies_to_write_for(request.user),
        "may_whole": writes_for(request.user).whole,
    }


class WritePromotion(ListCommand):
    """Begin a draft."""

    name = "scrivi"
    label = gettext_lazy("Write a promotion")
    icon = "edit_square"
    tone = "primary"
    permission = MAY_WRITE
    form_class = PromotionForm
    template = "office/promotion_write.html"
    question = gettext_lazy(
        "It is kept as a draft. Its page shows the messages as people get them, and how many may be written to; nothing is "
        "sent before somebody else has approved it."
    )

    def offered(self, request: StaffRequest, row: None) -> bool:
        ground = writes_for(request.user)
        return ground.whole or bool(ground.agency_ids)

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return _form_arguments(request)

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        form = PromotionForm(request.POST, **_form_arguments(request))
        form.is_valid()  # it was: `data` is what it found
        promotion = commands.write_promotion(by=request.user, **form.facts())
        return Done(_("The draft is kept."), reverse("admin:promotions_promotion_change", args=[promotion.pk]))


class _OnOwn(Command[Promotion]):
    """A command of the people who write for the promotion's agency."""

    permission = MAY_CHANGE
    becomes: str = ""

    def offered(self, request: StaffRequest, row: Promotion) -> bool:
        return self._is_of(request, row) and row.can_become(self.becomes)

    @staticmethod
    def _is_of(request: StaffRequest, row: Promotion) -> bool:
        ground = writes_for(request.user)
        return ground.whole or row.agency_id in ground.agency_ids


class Rewrite(_OnOwn):
    """Change a draft."""

    name = "riscrivi"
    label = gettext_lazy("Edit the draft")
    icon = "edit"
    form_class = PromotionForm
    template = "office/promotion_write.html"

    def offered(self, request: StaffRequest, row: Promotion) -> bool:
        return self._is_of(request, row) and row.state == State.DRAFT

    def form_arguments(self, request: StaffRequest, row: Promotion) -> dict[str, Any]:
        return _form_arguments(request) | {"initial": initial_of(row)}

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> str:
        form = PromotionForm(request.POST, **_form_arguments(request))
        form.is_valid()  # it was: `data` is what it found
        commands.rewrite_promotion(row, by=request.user, changes=form.facts())
        return _("The draft is kept.")


class Submit(_OnOwn):
    """Hand it to whoever approves."""

    name = "presenta"
    label = gettext_lazy("Submit for approval")
    icon = "send"
    tone = "primary"
    becomes = State.SUBMITTED
    question = gettext_lazy("From here on it remains as it is, until it is approved or sent back.")

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> str:
        commands.submit_promotion(row, by=request.user)
        return _("Submitted: somebody else approves it.")


class _OnOthers(Command[Promotion]):
    """A command of whoever approves what somebody else wrote."""

    permission = MAY_APPROVE
    becomes: str = ""

    def offered(self, request: StaffRequest, row: Promotion) -> bool:
        return row.state == State.SUBMITTED and not commands.is_own(row, request.user)


class Approve(_OnOthers):
    """Approve it as it is."""

    name = "approva"
    label = gettext_lazy("Approve")
    icon = "check_circle"
    tone = "primary"
    question = gettext_lazy(
        "Texts, audience, cap and held-out share can then not be changed any more. It leaves once its writer has scheduled it."
    )

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> str:
        commands.approve_promotion(row, by=request.user)
        return _("Approved.")


class SendBack(_OnOthers):
    """Give it back with what has to change."""

    name = "rinvia"
    label = gettext_lazy("Send back")
    icon = "undo"
    form_class = WordsForm
    question = gettext_lazy("It becomes a draft again. Its writer reads your words.")

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> str:
        commands.send_back(row, words=data["words"], by=request.user)
        return _("Sent back to its writer.")


class Schedule(_OnOwn):
    """Say from when until when it is sent."""

    name = "programma"
    label = gettext_lazy("Schedule")
    icon = "calendar_month"
    tone = "primary"
    form_class = ScheduleForm
    question = gettext_lazy("Messages leave on working days from nine to seven in the evening.")

    def offered(self, request: StaffRequest, row: Promotion) -> bool:
        return self._is_of(request, row) and row.state == State.APPROVED

    def form_arguments(self, request: StaffRequest, row: Promotion) -> dict[str, Any]:
        return {"initial": ScheduleForm.usual()}

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> str:
        form = ScheduleForm(request.POST)
        form.is_valid()  # it was: `data` is what it found
        send_from, not_after = form.moments()
        commands.schedule_promotion(row, send_from=send_from, not_after=not_after, by=request.user)
        return _("It is sent from %(day)s.") % {"day": written_day(data["first"], "il")}


class _Halting(Command[Promotion]):
    """A command of whoever may hold it up."""

    permission = MAY_HALT
    becomes: str = ""

    def offered(self, request: StaffRequest, row: Promotion) -> bool:
        return row.can_become(self.becomes)


class Pause(_Halting):
    """Nothing leaves for now."""

    name = "sospendi"
    label = gettext_lazy("Pause")
    icon = "pause_circle"
    becomes = State.PAUSED
    form_class = WordsForm
    question = gettext_lazy("At once nothing more of it leaves. It goes on where it was when it is resumed.")

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> str:
        commands.pause_promotion(row, words=data["words"], by=request.user)
        return _("Paused.")


class Resume(_Halting):
    """Go on."""

    name = "riprendi"
    label = gettext_lazy("Resume")
    icon = "play_circle"
    tone = "primary"
    becomes = State.SENDING
    question = gettext_lazy("It goes on where it was: nobody is written to twice.")

    def offered(self, request: StaffRequest, row: Promotion) -> bool:
        return row.state == State.PAUSED

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> str:
        commands.resume_promotion(row, by=request.user)
        return _("It goes on.")


class Stop(_Halting):
    """End it for good."""

    name = "ferma"
    label = gettext_lazy("Stop for good")
    icon = "stop_circle"
    tone = "danger"
    becomes = State.STOPPED
    form_class = WordsForm
    question = gettext_lazy("At once nothing more of it leaves, and it cannot be begun again.")

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> str:
        stopped = commands.stop_promotion(row, words=data["words"], by=request.user)
        counts = {"kept": stopped.kept_back, "gone": stopped.gone}
        return _("Stopped. Messages kept back: %(kept)d; already out of the door: %(gone)d.") % counts


PROMOTION_COMMANDS = (
    Submit(),
    Rewrite(),
    Approve(),
    SendBack(),
    Schedule(),
    Resume(),
    Pause(),
    Stop(),
    *TELEPHONE_COMMANDS,
)
LIST_COMMANDS = (WritePromotion(),)


# --- In a customer's file -------------------------------------------------------------------------------------------
def _pause_of(customer: Customer) -> ContactPause | None:
    return ContactPause.objects.in_force(timezone.localdate()).filter(customer=customer).first()


class PausePromotions(Command[Customer]):
    """Leave the person alone for a while."""

    name = "pausa-promozioni"
    label = gettext_lazy("Pause promotions")
    icon = "notifications_paused"
    permission = "promotions.add_contactpause"
    form_class = PauseForm
    question = gettext_lazy(
        "Until that day nobody writes promotions to this person. What contracts need still reaches them."
    )

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return _pause_of(row) is None

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        pause = pause_contact(row, ground=data["ground"], until=data["until"], by=request.user)
        return _("No promotions until %(day)s.") % {"day": written_day(pause.until, "al")}


class EndPause(Command[Customer]):
    """The person may hear of promotions again, as far as their consents go."""

    name = "fine-pausa-promozioni"
    label = gettext_lazy("Resume promotions")
    icon = "notifications_active"
    permission = "promotions.change_contactpause"
    form_class = forms.Form
    question = gettext_lazy("The pause ends today. Consents remain as they are.")

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return _pause_of(row) is not None

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        end_pause(row, by=request.user)
        return _("The pause has ended.")


# --- The first page -------------------------------------------------------------------------------------------------
def tiles(user: Any) -> list[Tile]:
    """What waits for whoever approves promotions."""
    if not user.has_perm(MAY_APPROVE):
        return []
    waiting = Promotion.objects.visible_to(user).filter(state=State.SUBMITTED)
    count = waiting.exclude(writer=user).exclude(last_written_by=user).order_by()[: MOST + 1].count()
    return [
        Tile(
            title=_("Promotions to approve"),
            value=f"{MOST}+" if count > MOST else str(count),
            hint=ngettext("%(count)d waits for you", "%(count)d wait for you", count) % {"count": count}
            if count
            else _("Nothing waits"),
            url=reverse("admin:promotions_promotion_changelist", query={"work": "submitted"}),
            tone="warn" if count else "good",
        )
    ]
