"""In a customer's file, at the desk and on a contact: what to mind with the person."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from contact_center.care.commands import end_care_need, record_care_need
from contact_center.care.forms import CareForm, EndCareForm
from contact_center.care.queries import in_force_of
from contact_center.desk.card import CardPanel, CardRow, CardSubject
from contact_center.models import Contact
from contact_center.office.contact_page import Remark
from customers.contact_points.office import DataCommand
from customers.models import CareNeed, Customer, User
from foundation.dates import written_day
from foundation.masking import names_hidden, seen_text
from foundation.office.base import Panel, badge
from foundation.requests import StaffRequest

WRITES, ENDS = "customers.add_careneed", "customers.change_careneed"
TONES = {"now": "warning"}


class RecordCareNeed(DataCommand):
    """What a person asked us to mind."""

    permission = WRITES
    name, icon = "attenzione", "volunteer_activism"
    label = gettext_lazy("Record particular attention")
    form_class = CareForm
    question = gettext_lazy(
        "Only what the person asks for, or whoever acts for them by law, and agrees to have written down: it may reveal how "
        "their health is. Your name and this moment are kept as the record of their agreement. It puts their open contacts "
        "before others, ends by itself on its last day, and is in the copy of their data. Of one kind the newest counts."
    )

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return row.kind == Customer.Kind.PERSON

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _("This is written down of people, and not of companies.")

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        facts = {name: data[name] for name in ("kind", "note", "stated_by", "until")}
        need = record_care_need(row, by=request.user, **facts)
        return _("Written down, until %(day)s.") % {"day": written_day(need.until, "al")}


class EndCareNeed(DataCommand):
    """It counts no more."""

    permission = ENDS
    name, icon = "fine-attenzione", "event_available"
    label = gettext_lazy("End particular attention")
    form_class = EndCareForm
    question = gettext_lazy(
        "It counts no more from this moment, and is deleted thirty days later. The person may ask for this at any time."
    )

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return bool(in_force_of(row, request.user))

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _("Nothing of the kind is in force in this file.")

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"customer": row, "by": request.user}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        end_care_need(data["need"], reason=data["reason"], by=request.user)
        return _("It counts no more.")


COMMANDS = (RecordCareNeed(), EndCareNeed())


class CarePanel(Panel):
    """What to mind and what was to be minded: who wrote it, who asked for it, and how it ended."""

    model = CareNeed
    fields = (
        "kind_shown",
        "note_shown",
        "since",
        "until",
        "stated_by",
        "recorded_by",
        "reason_shown",
        "ended_by",
    )
    ordering = ("-agreed_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        self.reader = request.user  # a panel is made for one page
        return super().get_queryset(request).select_related("recorded_by", "ended_by")

    @badge(description=gettext_lazy("what to mind"), tones=TONES)
    def kind_shown(self, need: CareNeed) -> tuple[str, str]:
        return "now" if need.is_in_force(timezone.localdate()) else "over", str(need)

    @display(description=gettext_lazy("what helps"))
    def note_shown(self, need: CareNeed) -> str:
        return self._seen(need, need.note)

    @display(description=gettext_lazy("why it ended"))
    def reason_shown(self, need: CareNeed) -> str:
        return self._seen(need, need.ended_reason)

    def _seen(self, need: CareNeed, text: str) -> str:
        return seen_text(self.reader, text, names=names_hidden(self.reader, need.customer)) or "–"


def card_panel(subject: CardSubject) -> CardPanel | None:
    """What to mind, at the desk and at the head of the file; None for a reader who may not read it."""
    needs = in_force_of(subject.customer, subject.reader)
    names = names_hidden(subject.reader, subject.customer)
    rows = [
        CardRow(
            str(each),
            " · ".join(filter(None, [seen_text(subject.reader, each.note, names=names), _until(each)])),
            tone="warn",
        )
        for each in needs
    ]
    return CardPanel(_("Particular attention"), rows) if rows else None


def remarks_on(contact: Contact, user: User) -> list[Remark]:
    """The same above the thread of a contact; asked only where there is one (`beside_it`)."""
    if contact.customer is None or not getattr(contact, "has_care", False):
        return []
    needs = in_force_of(contact.customer, user)
    if not needs:
        return []
    names = names_hidden(user, contact)
    words = [": ".join(filter(None, [str(each), seen_text(user, each.note, names=names)])) for each in needs]
    return [Remark(_("The customer asks for particular attention."), " · ".join(words), "warn")]


def _until(need: CareNeed) -> str:
    return _("until %(day)s") % {"day": written_day(need.until, "al")}
