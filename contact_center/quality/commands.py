"""Commands of quality samples: draw a week, score what was drawn, answer, ask for a second opinion."""

import secrets
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.models import (
    Contact,
    QualityCriterion,
    QualityForm,
    QualityMark,
    QualityRemark,
    QualityReview,
    QualitySample,
)
from contact_center.quality.rules import Mark, drawn, result_of
from customers.models import Customer, User
from customers.sensitive.restricted import is_restricted
from foundation.dates import written_day
from foundation.refusals import ChangedMeanwhile, Refused
from foundation.text import clean_text

SCORES = "contact_center.change_qualityreview"
LONGEST = 4_000  # characters of a comment or an answer


def form_of(day: date) -> QualityForm | None:
    """The form in force on a day: of several the one that began last."""
    return QualityForm.objects.valid_on(day).order_by("-valid_from").first()


def may_score(review: QualityReview, user: User) -> bool:
    """Whether the user reviews the work of the agent: a manager, or who leads the team; never the agent. The agent and team are read with it."""
    if review.agent.user_id == user.pk:
        return False
    team = review.agent.team
    return user.has_perm(SCORES) or (team is not None and team.is_active and team.lead_id == user.pk)


# --- The draw ---------------------------------------------------------------------------------------------------------
def candidates_of(week: date, form: QualityForm) -> QuerySet[Contact]:
    """The contacts that may be drawn: closed in the week, answered by an agent who works and signs in, on a channel of the form.

    Left out: what was drawn before, what an earlier system had, the private affairs of a person, and every customer
    whose file asks a reason.
    """
    begins = timezone.make_aware(datetime.combine(week, time()))
    ends = timezone.make_aware(datetime.combine(week + timedelta(days=7), time()))
    closed = Contact.objects.filter(state=Contact.State.CLOSED, closed_at__gte=begins, closed_at__lt=ends)
    of_agents = closed.filter(channel__in=form.channels, agent__is_active=True, agent__user__is_active=True)
    shut = Customer.objects.filter(is_restricted(), pk=OuterRef("customer"))
    return of_agents.filter(~Exists(shut), past__isnull=True, reviews__isnull=True).exclude(
        Q(operation__isnull=False, operation__is_private=True)
    )


@transaction.atomic
def draw_sample(*, week: date, by: User | None = None) -> QualitySample:
    """Draw the sample of a week, given by any of its days; `by` None is the timetable.

    Refused for a week that is not over, one that was drawn already, and where no form is in force on its last day.
    """
    week -= timedelta(days=week.weekday())
    if week + timedelta(days=7) > timezone.localdate():
        raise Refused(_("A sample is drawn of a week that is over."), code="not_over", field="week")
    form = form_of(week + timedelta(days=6))
    if form is None:
        raise Refused(_("No quality form was in force in that week: add one that begins before it."), code="no_form")
    QualityForm.objects.select_for_update(no_key=True).get(pk=form.pk)  # of two who draw at once the second waits
    if QualitySample.objects.filter(week=week).exists():
        raise Refused(
            _("The sample of the week %(day)s was drawn already.") % {"day": written_day(week, "dal")},
            code="drawn_already",
        )
    sample = QualitySample.objects.create(week=week, form=form, seed=secrets.token_hex(16), drawn_by=by)
    rows: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for pk, agent, channel in candidates_of(week, form).order_by().values_list("pk", "agent", "channel"):
        if agent is not None:
            rows[agent][channel].append(pk)
    QualityReview.objects.bulk_create(
        QualityReview(sample=sample, contact_id=pk, agent_id=agent)
        for agent in sorted(rows)
        for pk in drawn(rows[agent], how_many=form.per_agent, seed=f"{sample.seed}:{agent}")
    )
    return sample


# --- The score --------------------------------------------------------------------------------------------------------
def _locked(review: QualityReview) -> QualityReview:
    of_self = QualityReview.objects.select_for_update(of=("self",))
    return of_self.select_related("agent__team", "contact", "form", "calibrates", "sample__form").get(pk=review.pk)


def form_for(review: QualityReview) -> QualityForm:
    """By which form a review is scored: its own once it has one, that of its pair, or that of its draw."""
    if review.form is not None:
        return review.form
    if review.calibrates is not None and review.calibrates.form is not None:
        return review.calibrates.form
    return review.sample.form


@transaction.atomic
def score_review(
    review: QualityReview,
    *,
    points: Mapping[int, int | None],
    comments: Mapping[int, str],
    comment: str,
    seen_version: int,
    by: User,
) -> QualityReview:
    """Score a contact that was drawn, or correct its score: the history keeps the earlier one, and the agent sees the new one as new.

    `points` and `comments` are by criterion; points None: it does not apply. Refused for the agent's own work and for
    whoever does not review that team, for a second opinion by the first reviewer, for what the form does not allow,
    and where somebody scored it meanwhile.
    """
    review = _locked(review)
    refuse_reviewer(review, by)
    if review.version != seen_version:
        raise ChangedMeanwhile(_("Somebody else has scored this meanwhile."))
    form = form_for(review)
    criteria = list(form.criteria.all())
    for criterion in criteria:
        _refuse_points(criterion, points)
    result = result_of([Mark(each.weight, points[each.pk], each.is_critical) for each in criteria])
    if result is None:
        raise Refused(_("Nothing of this form applies: score at least one criterion."), code="nothing_applies")
    review.form, review.reviewer, review.scored_at = form, by, timezone.now()
    review.result, review.failed_critical = result.percent, result.failed_critical
    review.comment, review.seen_at = clean_text(comment)[:LONGEST], None
    review.version += 1
    review.save()
    known = {mark.criterion_id: mark for mark in review.marks.all()}
    for criterion in criteria:
        mark = known.get(criterion.pk) or QualityMark(review=review, criterion=criterion)
        wanted = (points[criterion.pk], clean_text(comments.get(criterion.pk, ""))[:LONGEST])
        if mark.pk is None or (mark.points, mark.comment) != wanted:
            mark.points, mark.comment = wanted
            mark.save()
    return review


def refuse_reviewer(review: QualityReview, by: User) -> None:
    """Refused for a person who may not review this contact."""
    if review.agent.user_id == by.pk:
        raise Refused(_("Nobody reviews their own work."), code="own_work")
    if not may_score(review, by):
        raise Refused(_("Managers, and the leader of the agent's team, review this contact."), code="not_a_reviewer")
    pair = review.calibrates or QualityReview.objects.filter(calibrates=review).first()
    if pair is not None and pair.reviewer_id == by.pk:
        raise Refused(_("The second opinion is somebody else's: you gave the other one."), code="same_reviewer")


def _refuse_points(criterion: QualityCriterion, points: Mapping[int, int | None]) -> None:
    given = points.get(criterion.pk)
    field = f"points_{criterion.pk}"
    if criterion.pk not in points or (given is None and not criterion.may_not_apply):
        raise Refused(_("Score “%(name)s”.") % {"name": criterion}, code="not_scored", field=field)
    allowed = (0, 4) if criterion.scale == QualityCriterion.Scale.YES_NO else (0, 1, 2, 3, 4)
    if given is not None and given not in allowed:
        raise Refused(_("Choose one of the points offered for “%(name)s”.") % {"name": criterion}, code="no_such_points", field=field)  # fmt: skip


@transaction.atomic
def ask_second_opinion(review: QualityReview, *, by: User) -> QualityReview:
    """Have the contact scored once more by somebody else; asked twice, it is one. Refused before the first score."""
    review = _locked(review)
    if not may_score(review, by):
        raise Refused(_("Managers, and the leader of the agent's team, review this contact."), code="not_a_reviewer")
    if review.scored_at is None or review.calibrates_id is not None:
        raise Refused(_("A second opinion is asked on a contact that was scored once."), code="not_scored")
    second, _made = QualityReview.objects.get_or_create(
        calibrates=review, defaults={"sample": review.sample, "contact": review.contact, "agent": review.agent}
    )
    return second


# --- What the agent does ------------------------------------------------------------------------------------------------
@transaction.atomic
def answer_review(review: QualityReview, *, text: str, by: User) -> QualityRemark:
    """Write an answer to a score: the agent, or who reviews the team. The same sent twice is one.

    Refused before it is scored, for anybody else, and for nothing or more than LONGEST characters.
    """
    review = _locked(review)
    if review.agent.user_id != by.pk and not may_score(review, by):
        raise Refused(_("The agent and the reviewers of the team write here."), code="not_theirs")
    if review.scored_at is None or review.calibrates_id is not None:
        raise Refused(_("There is nothing to answer before the contact is scored."), code="not_scored")
    text = clean_text(text)
    if not text:
        raise Refused(_("Write your answer."), code="nothing_written", field="text")
    if len(text) > LONGEST:
        raise Refused(
            _("An answer has %(most)d characters at most: shorten it.") % {"most": LONGEST},
            code="too_long",
            field="text",
        )
    last = review.remarks.order_by("-written_at", "-pk").first()
    if last is not None and (last.author_id, last.text) == (by.pk, text):
        return last
    return QualityRemark.objects.create(review=review, author=by, text=text)


def note_read(review: QualityReview, *, by: User) -> None:
    """Note that the agent has read the score of their own."""
    if review.agent.user_id == by.pk and review.scored_at is not None and review.seen_at is None:
        unseen = QualityReview.objects.filter(pk=review.pk, seen_at__isnull=True, version=review.version)
        unseen.update(seen_at=timezone.now())


def unread_by(user: User) -> int:
    """How many scores of their own the user has not read yet."""
    return QualityReview.objects.own_of(user).filter(seen_at__isnull=True).count()
