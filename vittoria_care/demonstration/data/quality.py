"""Quality samples of the last weeks: drawn as the product draws them, most of them scored, one answered by the agent."""

from collections import defaultdict
from datetime import datetime, time, timedelta

from contact_center.models import QualityCriterion, QualityMark, QualityRemark, QualityReview, QualitySample, Team
from contact_center.quality.commands import candidates_of, form_of
from contact_center.quality.rules import Mark, drawn, result_of, week_before
from customers import roles
from foundation.dates import ROME

from .organisation import Organisation
from .profiles import Plan

WEEKS = 6
SCORED = 0.8  # share of the weeks before the last; the last one waits
AGENTS_WORDS = "Il sistema delle polizze era fermo: ho richiamato la cliente appena è tornato."
REVIEWERS_WORDS = "Ha ragione, dalla conversazione si vede: ne terrò conto."
COMMENTS: dict[int | None, str] = {
    0: "Manca del tutto.",
    1: "Da rivedere insieme.",
    2: "Sufficiente, con qualche incertezza.",
}


def make_quality(plan: Plan, organisation: Organisation) -> int:
    """Name a team's leader, draw and score; returns how many contacts were drawn."""
    leader, manager = organisation.staff[roles.SPECIALIST], organisation.staff[roles.MANAGER]
    Team.objects.filter(pk=organisation.teams["sinistri"].pk).update(lead=leader)
    rng = plan.stream("quality")
    last, count = week_before(plan.today), 0
    for number in range(WEEKS - 1, -1, -1):
        week = last - timedelta(weeks=number)
        form = form_of(week + timedelta(days=6))
        if form is None:
            continue
        when = datetime.combine(week + timedelta(days=7), time(5, 20), ROME)
        sample = QualitySample.objects.create(
            week=week, form=form, seed=f"demo-{plan.seed}-{week:%Y%m%d}", drawn_at=when
        )
        rows: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for pk, agent, channel in candidates_of(week, form).order_by().values_list("pk", "agent", "channel"):
            if agent is not None:
                rows[agent][channel].append(pk)
        reviews = QualityReview.objects.bulk_create(
            QualityReview(sample=sample, contact_id=pk, agent_id=agent)
            for agent in sorted(rows)
            for pk in drawn(rows[agent], how_many=form.per_agent, seed=f"{sample.seed}:{agent}")
        )
        count += len(reviews)
        if number == 0:
            continue
        criteria = list(form.criteria.all())
        marks: list[QualityMark] = []
        for review in reviews:
            if rng.random() >= SCORED:
                continue
            points = {each.pk: _points(rng.random(), each) for each in criteria}
            result = result_of([Mark(each.weight, points[each.pk], each.is_critical) for each in criteria])
            assert result is not None, "some criteria always apply"
            review.form, review.reviewer, review.scored_at = form, manager, when + timedelta(days=1, hours=5)
            review.result, review.failed_critical, review.version = result.percent, result.failed_critical, 2
            marks += [
                QualityMark(
                    review=review, criterion=each, points=points[each.pk], comment=COMMENTS.get(points[each.pk], "")
                )
                for each in criteria
            ]
        fields = ["form", "reviewer", "scored_at", "result", "failed_critical", "version"]
        QualityReview.objects.bulk_update([each for each in reviews if each.scored_at], fields)
        QualityMark.objects.bulk_create(marks)
    _answer(organisation)
    return count


def _points(chance: float, criterion: QualityCriterion) -> int | None:
    """Mostly good: a critical failure once in fifty, a criterion that may not apply does so in nine of ten cases."""
    if criterion.may_not_apply and chance > 0.9:
        return None
    if criterion.scale == QualityCriterion.Scale.YES_NO:
        return 0 if chance < (0.02 if criterion.is_critical else 0.08) else 4
    return 1 if chance < 0.04 else 2 if chance < 0.14 else 3 if chance < 0.5 else 4


def _answer(organisation: Organisation) -> None:
    """The agent who signs in answers one score, and the manager answers back."""
    agent, manager = organisation.staff[roles.AGENT], organisation.staff[roles.MANAGER]
    review = QualityReview.objects.own_of(agent).order_by("-scored_at", "pk").first()
    if review is not None and review.scored_at is not None:
        read = review.scored_at + timedelta(hours=2)
        QualityReview.objects.filter(pk=review.pk).update(seen_at=read)
        QualityRemark.objects.create(review=review, author=agent, text=AGENTS_WORDS, written_at=read)
        later = read + timedelta(hours=1)
        QualityRemark.objects.create(review=review, author=manager, text=REVIEWERS_WORDS, written_at=later)
