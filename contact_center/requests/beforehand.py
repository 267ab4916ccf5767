"""Query and command: the answers to show before a request is written, and the count of those that were enough."""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from contact_center.models import AnsweredBeforehand, Contact, Topic
from contact_center.models.contact import ContactQuerySet
from contact_center.requests.answers import (
    About,
    Answer,
    about_claim,
    about_data,
    about_document,
    about_due,
    about_policy,
    about_request,
    looked_for,
    nothing_found,
)
from customers.due import due_for
from customers.models import Claim, Customer, Document, Policy, User
from customers.payments.renewals import paid_renewal
from customers.visibility import reader_of_file, sees_one_file
from foundation.written_once import ObjectsWrittenOnce

MOST = 4  # answers of each sort: who has more is better served by the room itself
RECENT = timedelta(days=90)  # a claim that ended within these days is still asked about


def answers_for(user: User, customer: Customer, *, topic: Topic, policy: Policy | None, now: datetime) -> list[Answer]:
    """What we can tell the customer about the topic, as the user reads it; an empty list is nothing.

    It is about the policies that the customer pays for; of them only `policy`, where one was chosen.
    """
    assert sees_one_file(user, customer.pk), "the door narrows the reach before it asks"
    wanted = looked_for(topic)
    today = timezone.localdate(now)
    found = [about_request(each, now=now) for each in _REQUESTS.objects(customer.pk, topic.area)]
    if About.DOCUMENT in wanted:
        found += _documents(user, policy)
    if About.CLAIM in wanted:
        found += _claims(user, policy, now)
    if About.POLICY in wanted:
        found += [about_due(due) for due in due_for(customer, today=today, most=MOST, policy=policy)]
        if policy is not None and not any(each.about == About.POLICY for each in found):
            renewal = paid_renewal(policy)
            renewed_until = renewal.ends_on if renewal is not None else None
            found.append(about_policy(policy, today=today, renewed_until=renewed_until))
        elif not found and (nothing := nothing_found(topic.area)):
            found.append(nothing)
    if About.DATA in wanted:
        found.append(about_data(list(customer.contact_points.order_by("kind", "pk"))))
    return found


def _requests(customer: int, area: str) -> ContactQuerySet:
    """What the customer asked about the same area, and has no answer to yet."""
    waiting = Contact.objects.visible_to(reader_of_file(customer)).open().filter(topic__area=area)
    asked = waiting.exclude(channel=Contact.Channel.PHONE).select_related("topic", "call_back").defer("notes")
    return asked.order_by("-started_at", "-pk")[:MOST]


_REQUESTS = ObjectsWrittenOnce(_requests, -1, "an area")


def _claims(user: User, policy: Policy | None, now: datetime) -> list[Answer]:
    """The open claims, or else those that ended lately."""
    today = timezone.localdate(now)
    claims = Claim.objects.visible_to(user).for_list().order_by("-reported_on", "-pk")
    claims = claims.filter(policy=policy) if policy else claims
    shown = list(claims.open()[:MOST]) or list(claims.filter(paid_on__gte=today - RECENT)[:MOST])
    return [about_claim(each, today=today) for each in shown]


def _documents(user: User, policy: Policy | None) -> list[Answer]:
    """The newest papers that are here, of the policy where one was chosen."""
    papers = Document.objects.visible_to(user).current()
    papers = papers.filter(policy=policy) if policy else papers
    return [about_document(each) for each in papers[:MOST]]


def record_answered(
    *, topic: Topic, policy: Policy | None, helped: bool, submission_key: uuid.UUID
) -> AnsweredBeforehand:
    """Count once whether the answers were enough. The same key again counts nothing: the first press is what counts."""
    given = {"topic": topic, "ramo": policy.ramo if policy else "", "helped": helped}
    counted, _is_new = AnsweredBeforehand.objects.get_or_create(submission_key=submission_key, defaults=given)
    return counted
