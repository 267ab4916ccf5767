"""The commands of complaints in the back office: buttons, drawn from `Complaint.NEXT`, and their small pages."""

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints import forms, services
from complaints.approvals.commands import submit_answer, waiting_of
from complaints.approvals.office import ApproveAnswer, SendAnswerBack, TakeAnswerBack
from complaints.approvals.rules import needs_approval
from complaints.checklists.office import TickItems
from complaints.classification.office import Classify
from complaints.documents.office import AddDocuments
from complaints.intermediaries.office import INTERMEDIARY_COMMANDS
from complaints.intermediaries.rules import gets_the_answer
from complaints.letters.drafts import draft_of
from complaints.letters.readability import EASY, HARD, ORDINARY, meaning_of
from complaints.letters.showing import answer_shown
from complaints.models import Complaint, ComplaintLetter, LetterSending
from complaints.models.code import CodeList, label_of
from complaints.models.complaint import REQUEST
from complaints.proceedings.office import EndProceeding, EnterProceeding
from complaints.representation.office import AcceptMandate, AskForMandate, Represent
from complaints.services.sending import PARTICULARS
from complaints.stated import suggestions_for
from contact_center.contacts.correspondence import choices_for
from contact_center.models import Contact
from contact_center.office.answering import warning_of
from foundation.dates import written_day
from foundation.numbers import whole_number
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest
from notifications.channels import Channel, served
from notifications.letters.commands import postal_lines

Way = LetterSending.Way
MAY_ADD, MAY_CHANGE, MAY_VIEW = (f"complaints.{verb}_complaint" for verb in ("add", "change", "view"))


def how_it_goes_out(complaint: Complaint) -> str:
    """How the complainant gets the answer, in words."""
    return how_it_goes(complaint, services.ways_for(complaint)[0])


def how_it_goes(complaint: Complaint, way: str) -> str:
    """How the answer gets to the complainant by a way, in words."""
    if way == Way.PEC:
        address = complaint.email or _("the customer’s certified address")
        return _("by certified e-mail (PEC) to %(address)s, whose receipts prove it") % {"address": address}
    if way == Way.EMAIL and complaint.email:
        return _("by e-mail to %(address)s") % {"address": complaint.email}
    if way in (Way.EMAIL, Way.INBOX):
        return _("to the customer's own e-mail address, or in the reserved area")
    if complaint.address and not complaint.email:
        return _("by post to %(address)s, with the next batch of letters") % {"address": complaint.address}
    if complaint.customer is not None and postal_lines(complaint.customer):
        return _("by post to the customer’s own address, with the next batch of letters")
    return _("no address is known: print the letter")


def choices_of_ways(complaint: Complaint) -> list[tuple[str, str]]:
    """The ways that an answer could go, for a form."""
    return [(str(way), how_it_goes(complaint, way)) for way in services.ways_for(complaint)]


def page_of_complaint(complaint: Complaint) -> str:
    """The address of the complaint's page."""
    return reverse("admin:complaints_complaint_change", args=[complaint.pk])


class RegisterComplaint(ListCommand):
    """Enter a complaint that came on paper, by PEC or by hand."""

    name = "registra"
    label = gettext_lazy("Register a complaint")
    icon = "post_add"
    tone = "primary"
    permission = MAY_ADD
    form_class = forms.RegisterForm
    question = gettext_lazy("It gets the next number of the year, and the complainant is informed of number and term.")

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        customer = data["customer"]
        policy = data["policy"] or (data["claim"].policy if data["claim"] else None)
        agency = data["agency"]
        if agency is None and data["about_conduct"] and customer and not data["intermediary_stated"]:
            agency = customer.agency
        known = {
            "policy": policy,
            "agency": agency,
            "ramo": policy.ramo if policy else "",
            "province": customer.province if customer else "",
        }
        stated = {name: value for name, value in data.items() if name in services.Statement.__dataclass_fields__}
        statement = services.Statement(**(stated | known))
        key = uuid.UUID(request.POST["page_token"])  # one page, one complaint
        represented = forms.represented_in(data)
        complaint = services.register_complaint(
            statement, by=request.user, submission_key=key, files=data["originals"], represented=represented
        )
        words = {
            "number": complaint.number,
            "received": written_day(complaint.first_received_on, "il"),
            "day": written_day(complaint.due_on, "il"),
        }
        sentence = _("Registered as %(number)s, received on %(received)s: the answer is due by %(day)s.") % words
        return Done(sentence, page_of_complaint(complaint))


class DownloadRegister(ListCommand):
    """The whole register of a year as a file."""

    name = "scarica"
    label = gettext_lazy("Download the register")
    icon = "download"
    permission = MAY_VIEW
    changes_nothing = True
    form_class = forms.RegisterFileForm

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        chosen = {"year": data["year"], "format": data["format"]}
        return Done(goes_to=reverse("admin:complaints_complaint_register", query=chosen))


class _OnComplaint(Command[Complaint]):
    """A command of an officer on a complaint."""

    permission = MAY_CHANGE
    becomes: str = ""  # the state it leads to, asked of Complaint.NEXT

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return row.can_become(self.becomes)


class Assign(_OnComplaint):
    """Give it to a handler."""

    name = "assegna"
    label = gettext_lazy("Assign")
    icon = "person_add"
    form_class = forms.AssignForm
    question = gettext_lazy("A complaint just received is under review from then on.")

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return row.is_open

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {
            "initial": {"handler": row.handler_id or request.user.pk},
            "but": services.handled_the_matter(row),
        }

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.assign(row, handler=data["handler"], by=request.user)
        return _("Assigned to %(name)s.") % {"name": data["handler"]}


class TakeOver(_OnComplaint):
    """Link the rows that were found by what the complainant stated."""

    name = "riconosci"
    label = gettext_lazy("Use what was stated")
    icon = "link"
    form_class = forms.TakeOverForm
    question = gettext_lazy("Check that each is the right one: anybody may state anything.")

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return row.is_open and row.state != Complaint.State.SUSPENDED and bool(suggestions_for(row))

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {"choices": [(each.key, each.words) for each in suggestions_for(row)]}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        changes: dict[str, Any] = {}
        for each in suggestions_for(row):
            if each.key in data["chosen"]:
                changes |= {name: value for name, value in each.changes.items() if name not in changes}
        policy = changes.get("policy") or (changes["claim"].policy if "claim" in changes else None)
        if policy is not None and not row.ramo:
            changes["ramo"] = policy.ramo
        services.classify(row, by=request.user, changes=changes)
        return _("Taken over into the classification.")


class Answer(_OnComplaint):
    """The answer letter, seen before it goes out."""

    name = "rispondi"
    label = gettext_lazy("Answer the complaint")
    icon = "outgoing_mail"
    tone = "primary"
    becomes = Complaint.State.ANSWERED
    form_class = forms.AnswerForm
    template = "office/complaint_answer.html"

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        arguments: dict[str, Any] = {"ways": choices_of_ways(row)}
        if (draft := draft_of(row)) is not None:
            arguments["initial"] = {name: getattr(draft, name) for name in ("outcome", "answer", "reasons")}
        return arguments

    def context(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        draft = draft_of(row)
        written = {name: getattr(draft, name, "") for name in ("outcome", "answer", "reasons")}
        if request.method == "POST":
            written = {name: request.POST.get(name, "") for name in written}
        seen = whole_number(request.POST.get("draft_version", ""), most_digits=9)
        return {
            "preview_url": reverse("admin:complaints_complaint_preview", args=[row.pk]),
            "live_url": reverse("admin:complaints_complaint_live", args=[row.pk]),
            "draft_url": reverse("admin:complaints_complaint_draft", args=[row.pk]),
            "draft": draft,
            "draft_version": (draft.version if draft else 0) if seen is None else seen,
            "shown": answer_shown(row, **written, signed_by=request.user.get_full_name()),
            "longest": forms.LONGEST_TEXT,
            "meanings": {threshold: meaning_of(threshold) for threshold in (EASY, ORDINARY, HARD, 0)},
            "goes_out": how_it_goes_out(row),
            "copy_to": row.intermediary if gets_the_answer(row, timezone.localdate()) else "",
            "lacks_ramo": not row.ramo,
            "not_treatable": "" if row.treatable else row.not_treatable_reason,
            "approved_first": [
                label_of(CodeList.OUTCOME, outcome)
                for outcome in Complaint.Outcome.values
                if outcome and needs_approval(row, outcome=outcome, on=timezone.localdate())
            ],
        }

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return super().offered(request, row) and waiting_of(row) is None

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        """Where a rule asks for a second person, it is submitted to one instead of going out."""
        if needs_approval(row, outcome=data["outcome"], on=timezone.localdate()):
            submit_answer(row, **data, by=request.user)
            return _("Submitted: it goes out once a second person has approved it.")
        way = data.get("way") or services.ways_for(row)[0]
        services.answer_complaint(row, **data, by=request.user)
        return _("Answered; the letter goes out %(way)s.") % {"way": how_it_goes(row, way)}


class Note(_OnComplaint):
    """Something worth knowing, in the history."""

    name = "annota"
    label = gettext_lazy("Add a note")
    icon = "edit_note"
    form_class = forms.NoteForm

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return True

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.note(row, text=data["text"], by=request.user)
        return _("Noted.")


class CorrectReceipt(_OnComplaint):
    """Correct the day of receipt in the register."""

    name = "correggi"
    label = gettext_lazy("Correct the day of receipt")
    icon = "edit_calendar"
    form_class = forms.CorrectReceiptForm
    question = gettext_lazy(
        "The term is calculated again, and the complainant is informed of it while it runs. The earlier days and the "
        "reason remain in the history."
    )

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return True

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        names = ("received_on", "received_by_intermediary_on")
        return {"initial": {name: getattr(row, name) for name in names}}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        stated = {name: value for name, value in data.items() if name != "far_back_is_right"}
        complaint = services.correct_receipt(row, **stated, by=request.user)
        return _("Corrected: the term is %(day)s.") % {"day": written_day(complaint.due_on, "il")}


class Withdraw(_OnComplaint):
    """The complainant withdraws it."""

    name = "ritira"
    label = gettext_lazy("Withdrawn by the complainant")
    icon = "undo"
    tone = "danger"
    becomes = Complaint.State.WITHDRAWN
    form_class = forms.WithdrawForm
    question = gettext_lazy(
        "It remains in the register, without an answer. The complainant is informed, and it cannot be undone."
    )

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.withdraw(row, reason=data["reason"], by=request.user)
        return _("Withdrawn.")


class CorrectParticulars(_OnComplaint):
    """Correct name, address, phone or subject in the register."""

    name = "recapito"
    label = gettext_lazy("Correct name or address")
    icon = "contact_mail"
    form_class = forms.ParticularsForm
    question = gettext_lazy(
        "Once there is an answer, its letter keeps the name and the subject; the address may change."
    )

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return True

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {"initial": {name: getattr(row, name) for name in PARTICULARS}}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        changes = {name: data[name] for name in PARTICULARS}
        services.correct_particulars(row, changes=changes, reason=data["reason"], by=request.user)
        return _("Corrected.")


class _OnLetter(_OnComplaint):
    """A command about the letter of an answered complaint."""

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return row.state == Complaint.State.ANSWERED and ComplaintLetter.objects.filter(complaint=row).exists()


class SendAgain(_OnLetter):
    """Send the stored letter once more, to the present address or another."""

    name = "rispedisci"
    label = gettext_lazy("Send the letter again")
    icon = "forward_to_inbox"
    tone = "primary"
    form_class = forms.SendAgainForm

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return super().offered(request, row) and not services.is_on_its_way(row)

    def asks(self, request: StaffRequest, row: Complaint) -> str:
        return _("The letter that is kept goes out, the same bytes. Now it would go %(way)s.") % {
            "way": how_it_goes_out(row)
        }

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        ways = [Way.EMAIL, *([Way.PEC] if Channel.PEC in served() else []), Way.POST]
        return {"initial": {"address": row.address}, "ways": [(str(way), str(way.label)) for way in ways]}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        sending = services.send_letter_again(row, address=data["address"] or None, way=data["way"], by=request.user)
        return _("The letter goes out %(way)s.") % {"way": how_it_goes(sending.complaint, sending.way)}


class RecordPosting(_OnLetter):
    """Enter when the printed letter was posted, and how."""

    name = "spedita"
    label = gettext_lazy("Enter the posting")
    icon = "local_post_office"
    form_class = forms.PostingForm
    question = gettext_lazy("The day and the number of the registered letter prove when the answer left.")

    def form_arguments(self, request: StaffRequest, row: Complaint) -> dict[str, Any]:
        return {"initial": {"posted_on": timezone.localdate()}}

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        services.record_posting(row, **data, by=request.user)
        return _("Entered.")


class Cancel(_OnComplaint):
    """It is no complaint."""

    name = "annulla"
    label = gettext_lazy("Not a complaint: cancel the entry")
    icon = "block"
    tone = "danger"
    becomes = Complaint.State.CANCELLED
    form_class = forms.CancelForm
    question = gettext_lazy(
        "The entry keeps its number and its days, and stays in the register as cancelled, with the reason and your name; it "
        "does not count. A request goes on as a contact. The sender is informed of the request or the entry under which it "
        "goes on; of spam nobody is."
    )

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        done = services.cancel(row, **data, by=request.user)
        if done.cancelled_as == REQUEST and done.contact:
            return _("Cancelled: it goes on as the request %(number)s.") % {"number": done.contact.number}
        return _("Cancelled.")


class Reinstate(_OnComplaint):
    """It is a complaint after all."""

    name = "ripristina"
    label = gettext_lazy("Reinstate the entry")
    icon = "restore"
    form_class = forms.ReinstateForm
    question = gettext_lazy(
        "It is open again under its number, and its term is that of its day of receipt. The complainant is informed."
    )

    def offered(self, request: StaffRequest, row: Complaint) -> bool:
        return row.state == Complaint.State.CANCELLED

    def run(self, request: StaffRequest, row: Complaint, data: dict[str, Any]) -> str:
        complaint = services.reinstate(row, reason=data["reason"], by=request.user)
        return _("Reinstated: the term is %(day)s.") % {"day": written_day(complaint.due_on, "il")}


COMPLAINT_COMMANDS = [
    ApproveAnswer(),
    SendAnswerBack(),
    TakeAnswerBack(),
    Answer(),
    SendAgain(),
    RecordPosting(),
    Assign(),
    Classify(),
    TakeOver(),
    TickItems(),
    *INTERMEDIARY_COMMANDS,
    Note(),
    EnterProceeding(),
    EndProceeding(),
    AddDocuments(),
    Represent(),
    AskForMandate(),
    AcceptMandate(),
    CorrectParticulars(),
    CorrectReceipt(),
    Withdraw(),
    Cancel(),
    Reinstate(),
]
LIST_COMMANDS = [RegisterComplaint(), DownloadRegister()]


# --- On a contact ---------------------------------------------------------------------------------------------------
class RegisterAsComplaint(Command[Contact]):
    """What the person wrote is a complaint: enter it in the register under the day on which it was received."""

    name = "reclamo"
    label = gettext_lazy("Register as a complaint")
    icon = "gavel"
    permission = MAY_ADD
    form_class = forms.FromContactForm

    def prepare(self, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        return queryset.annotate(is_complaint=Exists(Complaint.objects.counted().filter(contact=OuterRef("pk"))))

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        """A form that is sent a second time leads to the complaint that exists already."""
        known = getattr(row, "is_complaint", None) if request.method == "GET" else None
        if Complaint.objects.counted().filter(contact=row).exists() if known is None else known:
            return request.method == "POST"
        return services.is_written(row)

    def asks(self, request: StaffRequest, row: Contact) -> str:
        days = list(services.days_written(row))
        question = _(
            "A complaint is a written statement of dissatisfaction about a contract or an insurance service; a request "
            "for information or for a payment is not. It is entered as received on the day of the message that you choose, "
            "and the contact goes on as it is."
        )
        if len(days) == 1:
            question = _(
                "A complaint is a written statement of dissatisfaction about a contract or an insurance service; a request "
                "for information or for a payment is not. It is entered as received on %(day)s, and the contact goes on as "
                "it is."
            ) % {"day": written_day(days[0], "il")}
        return f"{warning_of(row, choices_for(row))} {question}".strip()

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        read = services.statement_from(row)
        names = ("complainant_name", "address", "language", "subject", "text")
        return {
            "initial": {name: getattr(read, name) for name in names},
            "days": services.days_written(row),
        }

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> Done:
        """On to the complaint for a person who may read the register; an agent remains on the contact."""
        stated = {name: value for name, value in data.items() if name != "far_back_is_right"}
        if stated["text"] == services.conversation_text(
            row
        ):  # as the form offered it: only what was written since counts
            stated["text"] = services.conversation_text(row, since=stated["received_on"]) or stated["text"]
        if stated["agency"] is None and stated["about_conduct"] and row.customer and not stated["intermediary_stated"]:
            stated["agency"] = row.customer.agency
        complaint = services.register_from_contact(row, by=request.user, **stated)
        words = {"number": complaint.number, "day": written_day(complaint.due_on, "il")}
        sentence = _("Registered as complaint %(number)s: the answer is due by %(day)s.") % words
        return Done(sentence, page_of_complaint(complaint) if request.user.has_perm(MAY_VIEW) else None)
