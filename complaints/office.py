"""The commands of complaints in the back office: each a button drawn from `Complaint.NEXT`, and a small page."""

import uuid
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import forms, services
from complaints.models import Complaint
from complaints.paragraphs import paragraphs_for
from complaints.terms import SUSPENSION_DAYS, goes_on_by
from contact_center.models import Contact
from customers.office_commands import Command

MAY_ADD, MAY_CHANGE, MAY_VIEW = (f"complaints.{verb}_complaint" for verb in ("add", "change", "view"))


def how_it_goes_out(complaint: Complaint) -> str:
    """By which way the complainant gets the answer, in words."""
    if complaint.email:
        return _("by e-mail to %(address)s") % {"address": complaint.email}
    if complaint.address:
        return _("by post to %(address)s: print the letter") % {"address": complaint.address}
    if complaint.customer_id:
        return _("to the customer's own e-mail address, or in the reserved area")
    return _("no address is known: print the letter")


class RegisterComplaint(Command):
    """Enter a complaint that came on paper, by PEC or by hand."""

    name = "registra"
    label = gettext_lazy("Register a complaint")
    icon = "post_add"
    tone = "primary"
    permission = MAY_ADD
    form_class = forms.RegisterForm
    question = gettext_lazy("It gets the next number of the year, and the complainant is told number and term.")

    def run(self, request: HttpRequest, row: Model | None, data: dict[str, Any]) -> str:
        customer = data["customer"]
        policy = data["policy"] or (data["claim"].policy if data["claim"] else None)
        agency = data["agency"] or (customer.agency if data["about_conduct"] and customer else None)
        known = {
            "policy": policy,
            "agency": agency,
            "ramo": policy.ramo if policy else "",
            "province": customer.province if customer else "",
        }
        statement = services.Statement(**(data | known))
        key = uuid.UUID(request.POST["page_token"])  # one page, one complaint
        complaint = services.register_complaint(statement, by=request.user, submission_key=key)
        request.registered_complaint = complaint
        return _("Registered as %(number)s: the answer is due by %(day)s.") % {
            "number": complaint.number,
            "day": date_format(complaint.due_on),
        }

    def after(self, request: HttpRequest, row: Model | None) -> str:
        return reverse("admin:complaints_complaint_change", args=[request.registered_complaint.pk])


class DownloadRegister(Command):
    """The whole register of a year as a file."""

    name = "scarica"
    label = gettext_lazy("Download the register")
    icon = "download"
    permission = MAY_VIEW
    changes_nothing = True
    form_class = forms.RegisterFileForm

    def run(self, request: HttpRequest, row: Model | None, data: dict[str, Any]) -> None:
        request.register_file = {"year": data["year"].pk, "format": data["format"]}

    def after(self, request: HttpRequest, row: Model | None) -> str:
        return reverse("admin:complaints_complaint_register", query=request.register_file)


class _OnComplaint(Command):
    """A command of an officer on a complaint."""

    permission = MAY_CHANGE
    becomes: str = ""  # the state it leads to, asked of Complaint.NEXT

    def offered(self, request: HttpRequest, row: Complaint) -> bool:
        return row.can_become(self.becomes)


class Assign(_OnComplaint):
    """Who follows it."""

    name = "assegna"
    label = gettext_lazy("Assign")
    icon = "person_add"
    form_class = forms.AssignForm
    question = gettext_lazy("A complaint just received is under review from then on.")

    def offered(self, request: HttpRequest, row: Complaint) -> bool:
        return row.is_open

    def form_arguments(self, request: HttpRequest, row: Complaint) -> dict[str, Any]:
        return {"initial": {"handler": row.handler_id or request.user.pk}}

    def run(self, request: HttpRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.assign(row, handler=data["handler"], by=request.user)
        return _("Assigned to %(name)s.") % {"name": data["handler"]}


class Suspend(_OnComplaint):
    """Ask the intermediary; the clock stands still."""

    name = "sospendi"
    label = gettext_lazy("Ask the intermediary")
    icon = "pause_circle"
    becomes = Complaint.State.SUSPENDED
    form_class = forms.SuspendForm

    def offered(self, request: HttpRequest, row: Complaint) -> bool:
        return (
            super().offered(request, row)
            and row.about_conduct
            and row.agency_id is not None
            and row.suspended_days < SUSPENSION_DAYS
            and row.due_on >= timezone.localdate()
        )

    def asks(self, request: HttpRequest, row: Complaint) -> str:
        today = timezone.localdate()
        until = goes_on_by(today, row.suspended_days)
        return _(
            "%(agency)s is asked for documents and position, and the complainant is told. The clock stands still from "
            "today and goes on by itself on %(until)s at the latest: the answer would be due by %(latest)s."
        ) % {
            "agency": row.agency.name,
            "until": date_format(until),
            "latest": date_format(row.due_on + (until - today)),
        }

    def run(self, request: HttpRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.suspend_clock(row, reason=data["reason"], by=request.user)
        return _("The intermediary was asked, and the clock stands still.")


class Resume(_OnComplaint):
    """The intermediary has answered, or is not waited for any longer."""

    name = "riprendi"
    label = gettext_lazy("Let the clock go on")
    icon = "play_circle"
    tone = "primary"
    question = gettext_lazy("The days it stood still are added to the term, and the complainant is told the new day.")

    def offered(self, request: HttpRequest, row: Complaint) -> bool:
        return row.state == Complaint.State.SUSPENDED

    def run(self, request: HttpRequest, row: Complaint, data: dict[str, Any]) -> str:
        complaint = services.resume_clock(row, by=request.user)
        return _("The clock goes on: the answer is due by %(day)s.") % {"day": date_format(complaint.due_on)}


class Answer(_OnComplaint):
    """The answer letter, seen before it goes out."""

    name = "rispondi"
    label = gettext_lazy("Answer the complaint")
    icon = "outgoing_mail"
    tone = "primary"
    becomes = Complaint.State.ANSWERED
    form_class = forms.AnswerForm
    template = "office/complaint_answer.html"

    def context(self, request: HttpRequest, row: Complaint) -> dict[str, Any]:
        copied = row.about_conduct and row.agency_id is not None
        return {
            "preview_url": reverse("admin:complaints_complaint_preview", args=[row.pk]),
            "goes_out": how_it_goes_out(row),
            "copy_to": row.agency.name if copied else "",
            "lacks_ramo": not row.ramo,
            "obligatory": paragraphs_for(
                outcome=Complaint.Outcome.REJECTED, ramo=row.ramo, on=timezone.localdate(), copied=False
            ),
        }

    def run(self, request: HttpRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.answer_complaint(row, **data, by=request.user)
        return _("Answered; the letter goes out %(way)s.") % {"way": how_it_goes_out(row)}


class Forward(_OnComplaint):
    """Pass a copy to the intermediary without stopping the clock."""

    name = "inoltra"
    label = gettext_lazy("Pass to the intermediary")
    icon = "forward_to_inbox"
    form_class = forms.ForwardForm

    def offered(self, request: HttpRequest, row: Complaint) -> bool:
        return row.is_open and row.about_conduct and row.agency_id is not None

    def asks(self, request: HttpRequest, row: Complaint) -> str:
        return _("%(agency)s gets a copy, and the complainant is told. The clock goes on.") % {
            "agency": row.agency.name
        }

    def run(self, request: HttpRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.forward_to_intermediary(row, note=data["note"], by=request.user)
        return _("Passed to %(agency)s.") % {"agency": row.agency.name}


class Note(_OnComplaint):
    """Something worth knowing, in the history."""

    name = "annota"
    label = gettext_lazy("Add a note")
    icon = "edit_note"
    form_class = forms.NoteForm

    def offered(self, request: HttpRequest, row: Complaint) -> bool:
        return True

    def run(self, request: HttpRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.note(row, text=data["text"], by=request.user)
        return _("Noted.")


class CorrectReceipt(_OnComplaint):
    """The register has a day of receipt that is not the right one."""

    name = "correggi"
    label = gettext_lazy("Correct the day of receipt")
    icon = "edit_calendar"
    form_class = forms.CorrectReceiptForm
    question = gettext_lazy(
        "The term is worked out anew, and the complainant is told of it while it runs. The days that stood in the "
        "register and the reason stay in the history."
    )

    def offered(self, request: HttpRequest, row: Complaint) -> bool:
        return True

    def form_arguments(self, request: HttpRequest, row: Complaint) -> dict[str, Any]:
        names = ("received_on", "received_by_intermediary_on")
        return {"initial": {name: getattr(row, name) for name in names}}

    def run(self, request: HttpRequest, row: Complaint, data: dict[str, Any]) -> str:
        complaint = services.correct_receipt(row, **data, by=request.user)
        return _("Corrected: the term is %(day)s.") % {"day": date_format(complaint.due_on)}


class Withdraw(_OnComplaint):
    """The complainant takes it back."""

    name = "ritira"
    label = gettext_lazy("Withdrawn by the complainant")
    icon = "undo"
    tone = "danger"
    becomes = Complaint.State.WITHDRAWN
    form_class = forms.WithdrawForm
    question = gettext_lazy(
        "It stays in the register, without an answer. The complainant is told, and it cannot be undone."
    )

    def run(self, request: HttpRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.withdraw(row, reason=data["reason"], by=request.user)
        return _("Withdrawn.")


COMPLAINT_COMMANDS = [Answer(), Resume(), Assign(), Suspend(), Forward(), Note(), CorrectReceipt(), Withdraw()]
LIST_COMMANDS = [RegisterComplaint(), DownloadRegister()]


# --- On a contact ---------------------------------------------------------------------------------------------------
class RegisterAsComplaint(Command):
    """What the person wrote is a complaint: enter it in the register with the day on which it was received."""

    name = "reclamo"
    label = gettext_lazy("Register as a complaint")
    icon = "gavel"
    permission = MAY_ADD
    form_class = forms.FromContactForm

    def offered(self, request: HttpRequest, row: Contact) -> bool:
        """Sent a second time it leads to the complaint that there is."""
        if Complaint.objects.filter(contact=row).exists():
            return request.method == "POST"
        return services.is_written(row)

    def asks(self, request: HttpRequest, row: Contact) -> str:
        received = services.statement_from(row).received_on
        return _(
            "A complaint is a written statement of dissatisfaction about a contract or an insurance service; a request for "
            "information or for a payment is not. It is entered as received on %(day)s, and the contact goes on as it is."
        ) % {"day": date_format(received)}

    def form_arguments(self, request: HttpRequest, row: Contact) -> dict[str, Any]:
        read = services.statement_from(row)
        names = ("complainant_name", "address", "language", "subject", "text")
        return {"initial": {name: getattr(read, name) for name in names}}

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        stated = dict(data)
        if stated["agency"] is None and stated["about_conduct"] and row.customer:
            stated["agency"] = row.customer.agency
        complaint = services.register_from_contact(row, by=request.user, **stated)
        request.registered_complaint = complaint
        return _("Registered as complaint %(number)s: the answer is due by %(day)s.") % {
            "number": complaint.number,
            "day": date_format(complaint.due_on),
        }

    def after(self, request: HttpRequest, row: Contact) -> str | None:
        """To the complaint, for who may read the register; an agent stays on the contact."""
        if not request.user.has_perm(MAY_VIEW):
            return None
        return reverse("admin:complaints_complaint_change", args=[request.registered_complaint.pk])
