"""The door of an answer: its form on the contact's page and on a page of its own, the draft behind it, and notes.

All of it is one form and one POST: the words, where they go, the files, the code. What is refused is kept in the draft,
files included, for no browser keeps a file that was chosen.
"""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject
from django.http import JsonResponse, QueryDict
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact_center.contacts import commands, correspondence, drafts
from contact_center.contacts.correspondence import Choice, Point, is_only_stated, stated_address
from contact_center.contacts.enclosures import MOST_OFFERED, SEES_DOCUMENTS, documents_for
from contact_center.contacts.wrap_up_forms import (
    TopicField,
    choices_in_the_query,
    codes_for,
    field_of,
    offer,
    text_field,
)
from contact_center.models import Agent, Contact, Mention, ReplyDraft, Topic, WrapUpCode
from contact_center.models.answering import AfterAnswer
from contact_center.office.queue import agent_on
from contact_center.office.work import QUEUE, State, Work, coded_sentence, last_messages
from customers.models import Document, User
from foundation.dates import written_day, written_moment
from foundation.files.accepted import MESSAGE
from foundation.form_fields import FilesField
from foundation.numbers import whole_number
from foundation.office.commands import Done
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from foundation.text import cleaned_data_of

MOST_DOCUMENTS = 50  # ids that one form may send


class ReplyForm(forms.Form):
    """The answer, what goes with it, and what comes then."""

    text = text_field(_("Answer to the customer"), rows=6)
    to = forms.ChoiceField(
        label=_("To which address"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose where the answer goes: the writer's address is none of the customer's.")
        },
    )
    files = FilesField(required=False, label=_("Files"))  # type: ignore[assignment]  # the form has the files it was sent
    kept = forms.MultipleChoiceField(
        label=_("Files kept with the draft"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of the files is not in the draft any more: choose it again.")},
    )
    documents = forms.MultipleChoiceField(
        label=_("Documents of the customer"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("One of the documents is not the customer's any more, or was replaced: choose again.")
        },
    )
    code = forms.ModelChoiceField(
        label=_("Outcome"),
        queryset=WrapUpCode.objects.none(),
        required=False,
        empty_label=_("no outcome yet"),
        error_messages={
            "invalid_choice": _(
                "This outcome is no longer in use, or cannot be given to this contact: choose another."
            )
        },
    )
    topic = TopicField()
    copies_agency = forms.BooleanField(required=False)
    then = forms.ChoiceField(label=_("Then"), choices=AfterAnswer.choices, required=False)

    def __init__(
        self,
        *args: Any,
        contact: Contact,
        user: User,
        draft: ReplyDraft | None = None,
        points: Sequence[Point] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": "reply-%s"})
        choices = correspondence.choices_for(contact, points)
        if is_only_stated(contact, choices):
            field_of(self, "to", forms.ChoiceField).choices = [(each.address, words_of(each)) for each in choices]
        else:
            del self.fields["to"]
        self.files_kept = [(str(each.key), f"{each.name} ({filesizeformat(each.size)})") for each in files_in(draft)]
        field_of(self, "kept", forms.MultipleChoiceField).choices = self.files_kept
        field_of(self, "documents", forms.MultipleChoiceField).choices = documents_offered(contact, user)
        field_of(self, "code", forms.ModelChoiceField).queryset = codes_for(contact)
        field_of(self, "topic", TopicField).fill(contact)
        if (agency := commands.agency_to_copy(contact)) is not None:
            words = {"agency": agency.name, "address": agency.email}
            self.fields["copies_agency"].label = (
                gettext("A copy of the words to the agency %(agency)s (%(address)s)") % words
            )
        else:
            del self.fields["copies_agency"]

    def clean(self) -> dict[str, Any]:
        """A code goes with the button that wraps up, and has its topic where it needs one."""
        cleaned = super().clean() or self.cleaned_data
        code = cleaned.get("code")
        if code is not None and cleaned.get("then") != AfterAnswer.WRAP_UP:
            self.add_error("code", _("You chose an outcome: press “Send and wrap up”, or choose none."))
        elif code is not None and code.needs_topic and not cleaned.get("topic") and "topic" not in self.errors:
            self.add_error("topic", _("Choose a topic: this code needs one."))
        together = (
            len(cleaned.get("files") or []) + len(cleaned.get("kept") or []) + len(cleaned.get("documents") or [])
        )
        if together > MESSAGE.files:
            words = {"most": MESSAGE.files, "n": together}
            self.add_error("files", _("Up to %(most)d files go with a message: you chose %(n)d.") % words)
        return cleaned


def words_of(choice: Choice) -> str:
    """An address an answer may go to, with what is known of it."""
    if not choice.is_known:
        return gettext("%(address)s – only stated by the writer, none of the customer's") % {"address": choice.address}
    sentence = (
        gettext("%(address)s – the customer's, verified")
        if choice.is_verified
        else gettext("%(address)s – the customer's")
    )
    return sentence % {"address": choice.address}


def warning_of(contact: Contact, choices: list[Choice]) -> str:
    """What to say before writing to somebody who stated an address that is not the customer's; nothing otherwise."""
    if not is_only_stated(contact, choices):
        return ""
    return gettext(
        "It came from %(address)s, which is none of the addresses of %(name)s: the writer may be somebody else. An answer "
        "with personal data goes to an address of the customer's."
    ) % {"address": stated_address(contact), "name": contact.customer}


NO_ADDRESS = _(
    "There is no e-mail address to answer to. Answer by post, by telephone or in person, and record here what was answered: "
    "it belongs to the conversation."
)


def posting_note(contact: Contact, choices: list[Choice] | None = None) -> str:
    """What to say before an answer that no e-mail and no reserved area would bring to the customer; nothing otherwise."""
    if not correspondence.is_posted(contact, choices):
        return ""
    return gettext(
        "No e-mail address of %(name)s is known, and they have no reserved area: the answer goes to their certified address, "
        "or else among the letters to be sent by post. If you answer by telephone or in person, record it instead."
    ) % {"name": contact.customer}


# --- What the page asks about a contact in its own query ----------------------------------------------------------
def answered_with(request: StaffRequest) -> dict[str, Any]:
    """What the page of a contact annotates: whether its reader has a draft or an unseen mention, and the customer's documents."""
    user = request.user
    asked: dict[str, Any] = {
        **choices_in_the_query(),
        "has_draft": Exists(ReplyDraft.objects.filter(user=user.pk, contact=OuterRef("pk"))),
    }
    if (agent := agent_on(request)) is not None:
        asked["has_mention"] = Exists(Mention.objects.unseen_by(agent).filter(message__contact=OuterRef("pk")))
    if user.has_perm(SEES_DOCUMENTS):
        papers = Document.objects.visible_to(user).current().filter(customer=OuterRef("customer"))
        shown = papers.order_by("-dated_on", "-pk")[:MOST_OFFERED]
        asked["papers"] = ArraySubquery(
            shown.values(json=JSONObject(pk="pk", title="title", dated_on="dated_on", size="size"))
        )
    return asked


def documents_offered(contact: Contact, user: User) -> list[tuple[str, str]]:
    """The newest documents of the customer that may go with an answer, as choices. One query, where the page has not asked."""
    papers: list[dict[str, Any]] | None = getattr(contact, "papers", None)
    if papers is None:
        found = documents_for(contact, user).order_by("-dated_on", "-pk")[:MOST_OFFERED]
        papers = [{"pk": each.pk, "title": each.title, "dated_on": each.dated_on, "size": each.size} for each in found]
    return [(str(each["pk"]), _document_words(each)) for each in papers]


def _document_words(paper: dict[str, Any]) -> str:
    dated_on = date.fromisoformat(str(paper["dated_on"]))  # JSON has it as text
    return f"{paper['title']} – {written_day(dated_on)} ({filesizeformat(paper['size'])})"


def files_in(draft: ReplyDraft | None) -> list[Any]:
    """The files of a draft, in the order in which they were chosen."""
    return list(draft.files.all()) if draft is not None else []


# --- The form on the page -----------------------------------------------------------------------------------------
def initial_of(contact: Contact, draft: ReplyDraft | None) -> dict[str, Any]:
    """What the form begins with: the draft, or else the topic that the contact has."""
    if draft is None:
        return {"topic": contact.topic_id}
    return {
        "text": draft.text,
        "to": draft.sent_to,
        "kept": [str(each.key) for each in draft.files.all()],
        "documents": [str(pk) for pk in draft.documents],
        "code": draft.code_id,
        "topic": draft.topic_id or contact.topic_id,
        "copies_agency": draft.copies_agency,
    }


def reply_context(
    request: StaffRequest, contact: Contact, points: Sequence[Point] | None = None, *, answers: bool
) -> dict[str, Any]:
    """What the page shows of an answer: its form where one can be given, the draft of the reader, what to know before writing."""
    draft = drafts.draft_of(request.user, contact) if getattr(contact, "has_draft", True) else None
    shown = draft_context(request, contact, draft)
    if answers:
        initial = initial_of(contact, draft)
        shown["form"] = ReplyForm(contact=contact, user=request.user, draft=draft, points=points, initial=initial)
        offer(shown["form"], contact)
        shown["language_hint"] = language_hint(contact)
    return shown


def draft_context(request: StaffRequest, contact: Contact, draft: ReplyDraft | None) -> dict[str, Any]:
    """What the page says of a draft, and the names by which it keeps the next one."""
    page = page_of(request.POST)
    return {
        "draft": draft,
        "draft_url": reverse("admin:contact_center_contact_draft", args=[contact.pk]),
        "draft_page": str(page.key) if page else str(uuid.uuid4()),
        "draft_version": draft.version if draft is not None else 0,
        "draft_is_old": draft is not None and draft.seen_version < contact.version,
        "draft_kept": written_moment(draft.kept_at, "del") if draft is not None else "",
        "other_text": other_text(request, draft, page),
        "files_kept": [(str(each.key), f"{each.name} ({filesizeformat(each.size)})") for each in files_in(draft)],
    }


def other_text(request: StaffRequest, draft: ReplyDraft | None, page: drafts.Page | None) -> str:
    """What was kept from another page since this one was opened, where what was sent is something else."""
    if draft is None or page is None or not drafts.is_newer(draft, page):
        return ""
    return draft.text if draft.text != cleaned_data_of(request.POST).get("text", "") else ""


def language_hint(contact: Contact) -> str:
    """What to know before writing: the conversation is not in Italian."""
    if correspondence.language_of(contact) != "en":
        return ""
    return gettext("The conversation is in English: answer in English.")


class Reply(Work):
    name, icon, shortcut = "rispondi", "reply", "r"
    label = _("Reply")
    question = _("The answer leaves by e-mail, and appears in the customer’s reserved area, if they have one.")
    form_class = ReplyForm
    form_on_page = True
    template = "office/contact_reply.html"

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        answers = row.owner_id is not None or row.state != State.OPEN or agent_on(request) is not None
        return super().offered(request, row) and answers and commands.can_be_answered(row)

    def asks(self, request: StaffRequest, row: Contact) -> str:
        choices = correspondence.choices_for(row)
        return warning_of(row, choices) or posting_note(row, choices) or str(self.question)

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        draft = drafts.draft_of(request.user, row)
        return {"contact": row, "user": request.user, "draft": draft, "initial": initial_of(row, draft)}

    def context(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        shown = draft_context(request, row, drafts.draft_of(request.user, row))
        return {"reply": shown | {"language_hint": language_hint(row)}, "last_messages": last_messages(row)}

    def keep_refused(self, request: StaffRequest, row: Contact, form: forms.Form) -> None:
        """Keep what was sent as a draft, for the page that says why it was refused; the files above all."""
        page = page_of(request.POST)
        if page is None:
            return
        form.is_valid()  # reads the files
        files = form.cleaned_data.get("files") or []
        try:
            drafts.keep_answer(
                row, begun_in(request.POST, row), page=page, by=request.user, files=files, kept=kept_in(request.POST)
            )
        except Refused:
            return  # a newer draft of theirs is shown beside what they wrote

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> Done:
        then, code = data["then"], data["code"]
        drafts.refuse_newer(row, page=page_of(request.POST), by=request.user, text=data["text"])
        chosen = documents_for(row, request.user).filter(pk__in=[int(pk) for pk in data["documents"]])
        with drafts.files_of(row, data["kept"], by=request.user) as kept:
            commands.reply(
                row,
                text=data["text"],
                by=request.user,
                then=then if then == AfterAnswer.WAIT else "",
                to=data.get("to", ""),
                files=[*kept, *data["files"]],
                documents=list(chosen.order_by("-dated_on", "-pk")),
                copies_agency=data.get("copies_agency", False),
                code=code,
                topic=data["topic"] if code is not None else None,
            )
        sent = gettext("The answer was sent.")
        if code is not None:
            return Done(f"{sent} {coded_sentence(row, code)}", reverse(QUEUE))
        wraps_up = reverse("admin:contact_center_contact_command", args=[row.pk, "esito"])
        return Done(sent, wraps_up if then == AfterAnswer.WRAP_UP else None)


# --- The draft ----------------------------------------------------------------------------------------------------
def page_of(sent: QueryDict) -> drafts.Page | None:
    """The page that sent it; None where it does not say."""
    try:
        key = uuid.UUID(sent.get("page", ""))
    except ValueError:
        return None
    return drafts.Page(key, whole_number(sent.get("draft_version", ""), most_digits=9) or 0)


def kept_in(sent: QueryDict) -> list[str]:
    """The keys of the draft's files that are to remain in it."""
    return sent.getlist("kept")


def begun_in(sent: QueryDict, contact: Contact) -> drafts.Begun:
    """What stands in the form, whole or not; a choice that is none counts as not made."""
    given = cleaned_data_of(sent)
    code, topic = whole_number(given.get("code", "")), whole_number(given.get("topic", ""))
    documents = [whole_number(each) for each in given.getlist("documents")[:MOST_DOCUMENTS]]
    addresses = {each.address for each in correspondence.choices_for(contact)} if given.get("to") else set()
    return drafts.Begun(
        text=given.get("text", ""),
        sent_to=given["to"] if given.get("to") in addresses else "",
        then=given["then"] if given.get("then") in AfterAnswer.values else "",
        code=WrapUpCode.objects.filter(pk=code).first() if code is not None else None,
        topic=Topic.objects.filter(pk=topic).exclude(pk=contact.topic_id or 0).first() if topic is not None else None,
        documents=tuple(each for each in documents if each is not None),
        copies_agency=bool(given.get("copies_agency")),
    )


def keep_draft(request: StaffRequest, contact: Contact) -> ReplyDraft | None:
    """Keep what a page sent: the answer with its files, and the note where it says what stands in it. Refused as the commands do."""
    page = page_of(request.POST)
    if page is None:
        raise Refused(gettext("The draft is not kept: the page that was sent was not whole."), code="not_whole")
    is_note = request.POST.get("part") == "note"
    note = cleaned_data_of(request.POST).get("text" if is_note else "note")
    draft = None
    if not is_note:
        field = FilesField(required=False)
        try:
            files = field.clean(request.FILES.getlist("files"))
        except forms.ValidationError as error:
            raise Refused(" ".join(error.messages), code="files", field="files") from error
        draft = drafts.keep_answer(
            contact,
            begun_in(request.POST, contact),
            page=page,
            by=request.user,
            files=files,
            kept=kept_in(request.POST),
        )
    if note is not None:
        seen = drafts.Page(page.key, draft.version if draft is not None else page.seen)
        draft = drafts.keep_note(contact, note, page=seen, by=request.user)
    return draft


def discard_draft(request: StaffRequest, contact: Contact) -> None:
    """Forget what the person has begun: the answer, the note, or both."""
    if request.POST.get("discard") != "note":
        drafts.discard_answer(contact, by=request.user)
    if request.POST.get("discard") != "answer":
        drafts.discard_note(contact, by=request.user)


def draft_kept(draft: ReplyDraft | None) -> JsonResponse:
    """What a script learns of the draft it sent."""
    files = [{"key": str(each.key), "words": f"{each.name} ({filesizeformat(each.size)})"} for each in files_in(draft)]
    kept_at = formats.date_format(timezone.localtime(draft.kept_at if draft else timezone.now()), "H:i")
    return JsonResponse({"version": draft.version if draft else 0, "kept_at": kept_at, "files": files})


# --- Notes --------------------------------------------------------------------------------------------------------
class NoteForm(forms.Form):
    text = text_field(
        _("Note for colleagues"),
        rows=5,
        help_text=_("Write @ and a colleague's name or code: they find the contact in their queue."),
    )


class Note(Work):
    name, icon = "nota", "sticky_note_2"
    label = _("Add a note")
    question = _("A note is for colleagues: the customer never sees it.")
    form_class = NoteForm
    form_on_page = True
    states = tuple(State)

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        message = commands.add_note(row, text=data["text"], by=request.user)
        names = ", ".join(each.agent.name for each in message.mentions.select_related("agent"))
        if names:
            return gettext("The note was added. It is in the queue of: %(names)s.") % {"names": names}
        return gettext("The note was added.")


def called_as(agents: Sequence[Agent]) -> JsonResponse:
    """Colleagues as the page completes a mention."""
    return JsonResponse(
        {"agents": [{"code": each.code, "name": each.name, "team": str(each.team or "")} for each in agents]}
    )
