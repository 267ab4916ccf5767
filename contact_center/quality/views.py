"""Pages of quality samples: one's own scores, what is to be scored, one contact with its score, averages.

An agent opens the scores of their own; the leader of a team those of the team; managers score all, auditors read them.
Single agents are named as the board of states names them: where an agreement allows it (`contact_center.agents.board`).
"""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contact_center.agents.board import by_person
from contact_center.models import Contact, QualityReview, Team
from contact_center.models.quality import SEES_REVIEWS, QualityReviewQuerySet
from contact_center.quality import commands
from contact_center.quality.figures import WEEKS, agent_averages, since_of, team_averages
from contact_center.quality.forms import AnswerForm, ScoreForm
from contact_center.quality.rules import FEWEST, week_before
from customers.models import User
from foundation.dates import written_day
from foundation.office.doors import for_staff
from foundation.office.drafts import taken
from foundation.refusals import Refused
from foundation.requests import StaffRequest

WORKS = "contact_center.change_contact"
CONFLICT = 409
PER_PAGE = 25
TABS = ("to_score", "answered", "scored")


def _page(request: StaffRequest, title: str, **more: Any) -> dict[str, Any]:
    request.current_app = admin.site.name
    law = {"by_person": by_person(), "agreement": settings.AGENT_STATES_AGREEMENT.strip()}
    return {**admin.site.each_context(request), "title": title, **law, **more}


def _name_of(review: QualityReview, user: User) -> str:
    """The agent's name where the reader may know it: their own, or by the agreement; else that of the team."""
    if by_person() or review.agent.user_id == user.pk:
        return str(review.agent)
    return _("an agent of %(team)s") % {"team": review.agent.team} if review.agent.team else _("an agent")


def _reviews(user: User) -> QualityReviewQuerySet:
    rows = QualityReview.objects.within_reach_of(user)
    return rows.select_related("agent__team", "contact__topic", "sample", "reviewer", "calibrates")


# --- One's own --------------------------------------------------------------------------------------------------------
@for_staff(WORKS)
@require_safe
def own_reviews(request: StaffRequest) -> HttpResponse:
    """The scores of the agent's own work, the newest first."""
    rows = QualityReview.objects.own_of(request.user).select_related("contact__topic")
    rows = rows.annotate(answers=Count("remarks")).order_by("-scored_at", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "office/quality/own.html", _page(request, _("My quality samples"), page=page))


# --- For reviewers ------------------------------------------------------------------------------------------------------
@for_staff(WORKS, SEES_REVIEWS)
@require_safe
def quality_reviews(request: StaffRequest) -> HttpResponse:
    """What was drawn of the teams within reach: to be scored, answered by the agent, scored."""
    return _list(request)


@for_staff(commands.SCORES)
@require_POST
def quality_draw(request: StaffRequest) -> HttpResponse:
    """Draw the sample of the last week, where the timetable has not."""
    try:
        sample = commands.draw_sample(week=week_before(timezone.localdate()), by=request.user)
    except Refused as refused:
        return _list(request, refusal=refused)
    words = {"number": sample.reviews.count(), "day": written_day(sample.week, "dal")}
    messages.success(request, _("Drawn for the week %(day)s: contacts %(number)d.") % words)
    return redirect("quality_reviews")


def _list(request: StaffRequest, *, refusal: Refused | None = None) -> HttpResponse:
    tab = request.GET.get("work", TABS[0])
    tab = tab if tab in TABS else TABS[0]
    teams = _teams(request.user)
    rows = _narrowed(_reviews(request.user).filter(agent__team__in=teams), tab, request.user)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    names = {"to_score": _("To be scored"), "answered": _("Answered by the agent"), "scored": _("Scored")}
    context = _page(
        request,
        _("Quality samples"),
        tabs=[(name, names[name], name == tab) for name in TABS],
        tab=tab,
        page=page,
        rows=[(each, _name_of(each, request.user)) for each in page],
        reviews_a_team=bool(teams),
        draws=request.user.has_perm(commands.SCORES),
        refusal=refusal,
    )
    status = CONFLICT if refusal else None
    return TemplateResponse(request, "office/quality/reviews.html", context, status=status)


def _teams(user: User) -> list[Team]:
    """The teams whose samples the user reads: all with the permission, else those they lead."""
    active = Team.objects.filter(is_active=True)
    return list(active if user.has_perm(SEES_REVIEWS) else active.filter(lead=user))


def _narrowed(rows: QualityReviewQuerySet, tab: str, user: User) -> QualityReviewQuerySet:
    if tab == "to_score":
        # A second opinion on one's own score is somebody else's to give.
        return rows.to_score().exclude(calibrates__reviewer=user).exclude(agent__user=user).order_by("pk")
    scored = rows.filter(scored_at__isnull=False)
    if tab == "answered":
        return scored.filter(remarks__author=F("agent__user")).distinct().order_by("-scored_at", "-pk")
    return scored.order_by("-scored_at", "-pk")


# --- One contact --------------------------------------------------------------------------------------------------------
@for_staff(WORKS, SEES_REVIEWS)
@require_safe
def quality_review(request: StaffRequest, pk: int) -> HttpResponse:
    """The facts of a contact, its score, and what was answered. That the agent has read it is noted."""
    review = _found(request, pk)
    commands.note_read(review, by=request.user)
    return _shown(request, review)


@for_staff(WORKS, commands.SCORES)
@require_POST
def quality_score(request: StaffRequest, pk: int) -> HttpResponse:
    """Score the contact, or correct its score."""
    review = _found(request, pk)
    if not commands.may_score(review, request.user):
        raise PermissionDenied
    form, refusal = _form(review, request.POST), None
    if form.is_valid():
        try:
            commands.score_review(
                review,
                points=form.points,
                comments=form.comments,
                comment=form.cleaned_data["comment"],
                seen_version=form.cleaned_data["seen_version"],
                by=request.user,
            )
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("%(number)s is scored.") % {"number": review.contact.number})
            return taken(request, redirect("quality_review", pk=pk))
    return _shown(request, review, form=form, refusal=refusal)


def _found(request: StaffRequest, pk: int) -> QualityReview:
    rows = _reviews(request.user).select_related(
        "form", "sample__form", "calibrates__form", "contact__wrap_up", "contact__line"
    )
    return get_object_or_404(rows, pk=pk)


def _form(review: QualityReview, data: Any = None) -> ScoreForm:
    criteria = list(commands.form_for(review).criteria.all())
    initial = {"comment": review.comment, "seen_version": review.version}
    return ScoreForm(data, criteria=criteria, marks=list(review.marks.all()), initial=initial)


def _shown(
    request: StaffRequest,
    review: QualityReview,
    *,
    form: ScoreForm | None = None,
    answer: AnswerForm | None = None,
    refusal: Refused | None = None,
) -> HttpResponse:
    contact, scores = review.contact, commands.may_score(review, request.user)
    second = None if review.calibrates_id else QualityReview.objects.filter(calibrates=review).first()
    first = review.calibrates
    hides = first is not None and review.scored_at is None  # a second opinion is given without the first in sight
    context = _page(
        request,
        _("Quality sample: %(number)s") % {"number": contact.number},
        review=review,
        contact=contact,
        contact_url=reverse("admin:contact_center_contact_change", args=[contact.pk])
        if Contact.objects.visible_to(request.user).filter(pk=contact.pk).exists()
        else "",
        agent_name=_name_of(review, request.user),
        is_own=review.agent.user_id == request.user.pk,
        marks=list(review.marks.select_related("criterion")),
        scores=scores,
        form=form or (_form(review) if scores else None),
        answer=answer or AnswerForm(),
        remarks=list(review.remarks.select_related("author")),
        answers=review.scored_at is not None and first is None and (scores or review.agent.user_id == request.user.pk),
        second=second if scores else None,
        first=None if hides or not scores else first,
        asks_second=scores and first is None and review.scored_at is not None and second is None,
        refusal=refusal,
        corrects=review.scored_at is not None,
        opens_form=scores and (review.scored_at is None or form is not None or "correggi" in request.GET),
        messages_written=contact.messages.exclude(direction="note").count(),
    )
    wrong = refusal is not None or bool(form and form.errors) or bool(answer and answer.errors)
    return TemplateResponse(request, "office/quality/review.html", context, status=CONFLICT if wrong else None)


@for_staff(WORKS, commands.SCORES)
@require_POST
def quality_answer(request: StaffRequest, pk: int) -> HttpResponse:
    """Answer a score."""
    review = _found(request, pk)
    form = AnswerForm(request.POST)
    refusal = None
    if form.is_valid():
        try:
            commands.answer_review(review, text=form.cleaned_data["text"], by=request.user)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("Your answer is kept."))
            return taken(request, redirect("quality_review", pk=pk))
    return _shown(request, review, answer=form, refusal=refusal)


@for_staff(WORKS, commands.SCORES)
@require_POST
def quality_second(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask for a second opinion."""
    review = get_object_or_404(_reviews(request.user), pk=pk)
    try:
        commands.ask_second_opinion(review, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("A second opinion is asked: somebody else gives it, without seeing yours."))
    return redirect("quality_review", pk=pk)


# --- Averages -----------------------------------------------------------------------------------------------------------
@for_staff(WORKS, SEES_REVIEWS)
@require_safe
def quality_averages(request: StaffRequest) -> HttpResponse:
    """The averages of the teams within reach over WEEKS, and of their agents where an agreement allows it."""
    teams, since = _teams(request.user), since_of(timezone.localdate())
    context = _page(
        request,
        _("Averages of quality samples"),
        teams=team_averages(teams, since=since),
        people=agent_averages(teams, since=since) if by_person() else [],
        since=since,
        weeks=WEEKS,
        fewest=FEWEST,
    )
    return TemplateResponse(request, "office/quality/averages.html", context)
