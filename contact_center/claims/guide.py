"""The pages of the guide by which a claim is reported: a step, the files, the review, giving it up.

They are the same for a customer in the reserved area and for an agent with a caller; `Place` is what differs. No page needs
a script: each step is a form that is sent, kept on the server, and may be gone back to.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contact_center.claims.reporting import send_claim_report
from contact_center.models import Contact
from customers.claim_reports.commands import (
    Added,
    DraftGone,
    Sent,
    add_files,
    discard_draft,
    remove_file,
    save_step,
)
from customers.claim_reports.forms import PhotographsForm, SendForm, StepForm
from customers.claim_reports.lines import Guide, Step, guide_for, shown_steps
from customers.claim_reports.queries import Standing, standing_of
from customers.models import Claim, ClaimDraft, ClaimFile, User
from foundation.files.accepted import CLAIM
from foundation.files.keeping import attachment_response
from foundation.files.uploads import no_room, too_large
from foundation.refusals import ChangedMeanwhile, Refused

CONFLICT = 409
FILES, REVIEW = "foto", "riepilogo"  # beside the steps of the guides, in the progress
FILES_TITLE = gettext_lazy("Photographs and documents")


@dataclass(frozen=True)
class Place:
    """Where the guide is used: the frame of its pages and what that needs, the names of their addresses, by whom.

    `names` begins the names of the guide's own addresses, `claim` is that of a claim's page; `contact` is the call or letter
    in hand.
    """

    shell: str
    names: str
    claim: str
    user: User
    start_url: str
    contact: Contact | None = None
    frame: dict[str, Any] = field(default_factory=dict)

    def url(self, page: str, *arguments: Any) -> str:
        """The address of one of its pages; the contact in hand goes with it."""
        address = reverse(f"{self.names}_{page}", args=arguments)
        return f"{address}?contatto={self.contact.pk}" if self.contact else address

    def sent_url(self, claim: Claim) -> str:
        """Where it goes on after it was sent; the contact in hand goes with it."""
        address = reverse(f"{self.names}_sent", args=[claim.pk])
        return f"{address}?contatto={self.contact.pk}" if self.contact else address


@dataclass(frozen=True)
class Stage:
    """One line of the progress."""

    title: Any
    url: str
    is_done: bool
    is_now: bool


def _stages(draft: ClaimDraft, guide: Guide, place: Place, now: str) -> list[Stage]:
    given = draft.answers
    stages = [
        Stage(step.title, place.url("step", draft.key, step.key), step.key in given, step.key == now)
        for step in guide.steps
    ]
    has_files = now != FILES and draft.files.exists()
    files = gettext_lazy("Photographs and documents (none)") if now == REVIEW and not has_files else FILES_TITLE
    stages.append(Stage(files, place.url("files", draft.key), has_files, now == FILES))
    return [*stages, Stage(gettext_lazy("Review and send"), place.url("review", draft.key), False, now == REVIEW)]


def _context(draft: ClaimDraft, place: Place, now: str, **more: Any) -> dict[str, Any]:
    guide = guide_for(draft.policy.ramo)
    stages = _stages(draft, guide, place, now)
    number = next(place for place, stage in enumerate(stages, start=1) if stage.is_now)
    return {
        **place.frame,
        "shell": place.shell,
        "draft": draft,
        "guide": guide,
        "stages": stages,
        "stage_number": number,
        "back_url": stages[number - 2].url if number > 1 else place.start_url,
        "start_url": place.start_url,
        "discard_url": place.url("discard", draft.key),
        **more,
    }


def next_url(draft: ClaimDraft, place: Place) -> str:
    """Where the work on a draft goes on: its first step without answers, then the files."""
    guide = guide_for(draft.policy.ramo)
    step = next((each for each in guide.steps if each.key not in draft.answers), None)
    return place.url("step", draft.key, step.key) if step else place.url("files", draft.key)


def serve(
    page: Callable[..., HttpResponseBase], request: HttpRequest, draft: ClaimDraft, place: Place, *arguments: Any
) -> HttpResponseBase:
    """A page of the guide; where somebody ended the draft meanwhile, back to where reports begin, with a word about it."""
    try:
        return page(request, draft, place, *arguments)
    except DraftGone as refusal:
        messages.info(request, str(refusal))
        return HttpResponseRedirect(place.start_url)


# --- A step -------------------------------------------------------------------------------------------------------
def step_page(request: HttpRequest, draft: ClaimDraft, place: Place, key: str) -> HttpResponse:
    """The questions of a step (GET), and their answers (POST): kept, then on to the next."""
    guide = guide_for(draft.policy.ramo)
    if (step := guide.step(key)) is None:
        raise Http404
    asked = {"guide": guide, "step": step, "answers": draft.answers, "version": draft.version}
    if request.method != "POST":
        return _step(request, draft, step, StepForm(**asked), place)
    form = StepForm(request.POST, **asked)
    if not form.is_valid():
        return _step(request, draft, step, form, place, status=422)
    try:
        save_step(
            draft,
            step,
            answers=form.answers(),
            seen_version=form.cleaned_data["seen_version"],
            by=place.user,
        )
    except ChangedMeanwhile as refusal:
        draft.refresh_from_db()
        form.add_error(None, str(refusal))
        form.show_version(draft.version)
        kept = next(rows for each, rows in shown_steps(guide, draft.answers) if each.key == key)
        return _step(request, draft, step, form, place, status=CONFLICT, kept=kept)
    if "later" in request.POST:
        messages.success(request, _("The report is kept: go on with it whenever you like, on any device."))
        return HttpResponseRedirect(place.start_url)
    following = guide.after(key)
    return HttpResponseRedirect(
        place.url("step", draft.key, following.key) if following else place.url("files", draft.key)
    )


def _step(
    request: HttpRequest,
    draft: ClaimDraft,
    step: Step,
    form: StepForm,
    place: Place,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = _context(draft, place, step.key, step=step, form=form, **more)
    return render(request, "claim_reports/step.html", context, status=status)


# --- Files --------------------------------------------------------------------------------------------------------
def files_page(request: HttpRequest, draft: ClaimDraft, place: Place) -> HttpResponse:
    """The files of a draft (GET), and more of them (POST): the good ones are kept, each other one is named.

    A script sends them one by one, and asks for JSON.
    """
    added = Added()
    if request.method == "POST":
        added = add_files(draft, request.FILES.getlist("files"), by=place.user)
        added.refused += refusals_of_reading(request)
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"kept": len(added.kept), "refused": added.refused})
        if added.kept and not added.refused:
            messages.success(request, kept_in_words(added))
            return HttpResponseRedirect(place.url("files", draft.key))
    files = [(each, place.url("file", draft.key, each.key)) for each in draft.files.all()]
    context = _context(
        draft,
        place,
        FILES,
        form=PhotographsForm(),
        files=[(each, url, place.url("file_remove", draft.key, each.key)) for each, url in files],
        added=added,
        kept_in_words=kept_in_words(added) if added.kept else "",
        nothing_chosen=request.method == "POST" and not added.kept and not added.refused,
        is_full=len(files) >= CLAIM.files,
        together=sum(each.size for each, _url in files),
        review_url=place.url("review", draft.key),
    )
    return render(request, "claim_reports/files.html", context, status=422 if added.refused else 200)


def refusals_of_reading(request: HttpRequest) -> list[str]:
    """A sentence about each file that was given up while it was read: too large for any page, or no room on the disk."""
    large = [
        _("“%(name)s” is larger than %(most)s.") % {"name": name, "most": CLAIM.each_in_words}
        for name in too_large(request)
    ]
    return large + [
        _("“%(name)s” cannot be kept just now: try again later. What is here already remains.") % {"name": name}
        for name in no_room(request)
    ]


def kept_in_words(added: Added) -> str:
    """How many files were kept."""
    number = len(added.kept)
    return ngettext("%(n)d file was added.", "%(n)d files were added.", number) % {"n": number}


def file_response(draft: ClaimDraft, key: uuid.UUID) -> HttpResponseBase:
    """A file of a draft, as a download."""
    return attachment_response(get_object_or_404(ClaimFile, draft=draft, key=key))


def remove_page(request: HttpRequest, draft: ClaimDraft, place: Place, key: uuid.UUID) -> HttpResponse:
    """Take a file away."""
    remove_file(draft, key=key, by=place.user)
    messages.success(request, _("The file was taken away."))
    return HttpResponseRedirect(place.url("files", draft.key))


# --- The end ------------------------------------------------------------------------------------------------------
def review_page(request: HttpRequest, draft: ClaimDraft, place: Place) -> HttpResponse:
    """Everything once more (GET), and sending it (POST)."""
    standing = standing_of(draft)
    form, status, refusal = _send_form(request, standing), 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return redirect(place.sent_url(_send(draft, form, place).claim))
            except DraftGone:
                raise
            except Refused as refused:
                refusal, status = refused, CONFLICT
                standing = standing_of(draft)
                form = SendForm(is_twin=standing.twin is not None, is_outside=standing.is_outside)
    guide = standing.guide
    context = _context(
        draft,
        place,
        REVIEW,
        form=form,
        refusal=refusal,
        standing=standing,
        twin_url=reverse(place.claim, args=[standing.twin.pk]) if standing.twin else "",
        shown=[
            (step, rows, place.url("step", draft.key, step.key)) for step, rows in shown_steps(guide, draft.answers)
        ],
        files=[(each, place.url("file", draft.key, each.key)) for each in draft.files.all()],
        files_url=place.url("files", draft.key),
    )
    return render(request, "claim_reports/review.html", context, status=status)


def _send_form(request: HttpRequest, standing: Standing) -> SendForm:
    asked = {"is_twin": standing.twin is not None, "is_outside": standing.is_outside}
    return SendForm(request.POST if request.method == "POST" else None, **asked)


def _send(draft: ClaimDraft, form: SendForm, place: Place) -> Sent:
    given = form.cleaned_data
    return send_claim_report(
        key=draft.key,
        customer=draft.customer,
        by=place.user,
        contact=place.contact,
        is_another=given.get("another", False),
        is_outside_known=given.get("outside", False),
    )


def discard_page(request: HttpRequest, draft: ClaimDraft, place: Place) -> HttpResponse:
    """Ask (GET), and give the draft up (POST)."""
    if request.method == "POST":
        discard_draft(draft)
        messages.success(request, _("The report was given up: nothing of it was kept."))
        return HttpResponseRedirect(place.start_url)
    context = {**place.frame, "shell": place.shell, "draft": draft, "next_url": next_url(draft, place)}
    return render(request, "claim_reports/discard.html", context)
