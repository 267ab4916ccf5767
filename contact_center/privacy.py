"""What holds for conversations: `foundation.privacy` explains the words.

What counts for the figures remains as rows that say nothing about anybody: the figures of a year do not change when its
conversations are forgotten.
"""

from functools import partial

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from contact_center.contacts import kinds as contact_kinds
from contact_center.models import Contact
from contact_center.models.call import EMPTIED_CALL
from contact_center.models.contact import EMPTIED_CONTACT, FORGOTTEN
from customers.privacy import periods
from customers.privacy.rules import (
    CLAIM_WAY,
    COMPLAINT_WAY,
    LIKE_THE_CODE,
    NAMES_STAFF,
    STAFF,
    WORK_IS_ORGANISED,
    WORKING,
)
from foundation.privacy import NOBODY, Action, Basis, Rule, Why
from notifications import kinds as notice_kinds
from notifications import privacy as notices

CONVERSATIONS = _("Requests, calls and what was written about them")
ANSWERED = _("to answer you, and to improve how we answer")
ABOUT_NOBODY = _("it is about an event that concerns many, and about nobody in particular")
FIGURES_ONLY = _("it is a count of the work of somebody who works here")

SOURCE = "art. 2952 c.c."
OPEN = Q(state__in=Contact.OPEN_STATES)
OPEN_WHY = _("the request is open")
# A contact of somebody unknown keeps a word of its own in place of the number, so that "came back" stays as it was counted.
BLANK = {
    "address": Case(
        When(address="", then=Value("")), default=Concat(Value(FORGOTTEN), F("pk"), output_field=CharField())
    ),
    "operation": None,
    "claim": None,
    "person": None,
}
CARD_BLANK = {"name": NOBODY, "claim": None, "related": None, "customer": None, "joined_at": None}

WORK_IS_JUDGED = _("it is how the work of our people is judged; they read it on their own page")

ANSWERING_YOU = Why(CONVERSATIONS, ANSWERED, Basis.INTEREST, SOURCE)

with_contact = partial(Rule, why=ANSWERING_YOU, customer=("contact__customer",), follows="contact")
emptied_contact = partial(
    Rule,
    "contact_center.Contact",
    personal=("address", "subject", "notes"),
    action=Action.BLANK,
    blank_to=BLANK,
    blanked=EMPTIED_CONTACT,
    since="started_at",
)
about_many = partial(
    Rule,
    why=Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST),
    not_exported=ABOUT_NOBODY,
    action=Action.BLANK,
    blanked=Q(),
)

of_a_review = partial(
    Rule,
    why=Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST, "art. 4 l. 300/1970"),
    customer=("review__contact__customer",),
    user=("review__agent__user",),
    not_exported=WORK_IS_JUDGED,
    follows="review",
)

RULES = [
    Rule(
        "contact_center.MessageAttachment",
        ANSWERING_YOU,
        customer=("message__contact__customer",),
        personal=("name", "file"),
        plain=("content_type", "sha256"),
        follows="message",
    ),
    Rule(
        "contact_center.Mention",
        ANSWERING_YOU,
        customer=("message__contact__customer",),
        actors=("agent__user",),
        not_exported=_("it is how colleagues point out a note to each other, and says nothing about you"),
        follows="message",
    ),
    Rule(
        "contact_center.DraftFile",
        ANSWERING_YOU,
        customer=("draft__contact__customer",),
        personal=("name", "file"),
        plain=("content_type", "sha256"),
        follows="draft",
    ),
    Rule(
        "contact_center.ReplyDraft",
        ANSWERING_YOU,
        customer=("contact__customer",),
        actors=("user",),
        personal=("text", "note", "sent_to"),
        plain=("then", "documents"),
        at_once=True,
        swept_elsewhere=_(
            "a draft that its writer did not go on with for a month is deleted with its files, each night"
        ),
    ),
    with_contact(
        "contact_center.Message",
        actors=("author",),
        personal=("text", "sent_to"),
        plain=("external_id",),
    ),
    with_contact(
        "contact_center.WebFormRequest",
        personal=("name", "email", "phone", "tax_code", "policy_number", "answers"),
        plain=("language", "privacy_version"),
        secret=("tracking_digest",),
    ),
    with_contact(
        "contact_center.ContactEntry",
        actors=("entered_by",),
        personal=("name", "phone", "postal_address", "place"),
    ),
    # It remains, so that a file which is imported once more does not bring back what was forgotten.
    with_contact(
        "contact_center.PastContact",
        plain=("source", "key"),
        action=Action.BLANK,
        blanked=Q(),
    ),
    with_contact(
        "contact_center.SatisfactionSurvey",
        personal=("comment",),
        secret=("token_digest",),
        action=Action.BLANK,
        blanked=Q(comment=""),
    ),
    with_contact(
        "contact_center.ContactEvent",
        actors=("by",),
        personal=("details",),
        kept_back={"details": NAMES_STAFF},
        action=Action.BLANK,
        blanked=Q(details={}),
    ),
    with_contact(
        "contact_center.JoinedContact",
        actors=("joined_by", "parted_by"),
        personal=("why_parted", "why_left_out"),
        plain=("result",),
        action=Action.BLANK,
        blanked=Q(why_parted="", why_left_out=""),
    ),
    Rule(
        "contact_center.ContactLink",
        ANSWERING_YOU,
        customer=("other__customer", "main__customer"),
        actors=("linked_by", "parted_by"),
        personal=("why", "why_parted"),
        kept_back={"why": NAMES_STAFF, "why_parted": NAMES_STAFF},
        action=Action.BLANK,
        blank_to={"why": "–"},
        blanked=Q(why="–", why_parted=""),
        follows="other",
    ),
    Rule(
        "contact_center.CallBack",
        ANSWERING_YOU,
        customer=("customer", "contact__customer"),
        personal=("phone",),
        follows="contact",
    ),
    Rule(
        "contact_center.RaisedRung",
        ANSWERING_YOU,
        customer=("contact__customer",),
        not_exported=_("it says when colleagues were reminded of a term, and nothing about you"),
        action=Action.BLANK,
        blanked=Q(),
        follows="contact",
    ),
    Rule(
        "contact_center.IdentityEvent",
        ANSWERING_YOU,
        customer=("customer", "contact__customer"),
        actors=("by",),
        personal=("reason",),
        follows="contact",
    ),
    with_contact(
        "contact_center.OutgoingCall",
        personal=("number",),
        plain=("source", "external_id"),
    ),
    Rule(
        "contact_center.CallLeg",
        ANSWERING_YOU,
        customer=("call__contact__customer",),
        plain=("queue",),
        not_exported=_("it is how our telephones passed a call on, and says nothing about you"),
        action=Action.BLANK,
        blanked=Q(),
        follows="call",
    ),
    with_contact(
        "contact_center.Call",
        only=Q(contact__isnull=False),
        part="answered",
        personal=("caller", "caller_stated"),
        plain=("source", "external_id"),
        action=Action.BLANK,
        blanked=EMPTIED_CALL,
    ),
    Rule(
        "contact_center.Call",
        ANSWERING_YOU.citing(""),
        found_by=lambda person: Q(contact__isnull=True, caller__in=person.addresses) & ~Q(caller=""),
        customer=("contact__customer",),
        part="not-answered",
        personal=("caller", "caller_stated"),
        plain=("source", "external_id"),
        action=Action.BLANK,
        blanked=EMPTIED_CALL,
        period=periods.CONVERSATION,
        since="queued_at",
        running=Q(disposition="open"),
        running_why=_("the call is in progress"),
        at_once=True,
        needs_name=False,
    ),
    emptied_contact(
        Why(CONVERSATIONS, ANSWERED, Basis.CONTRACT, "art. 2946, 2952 c.c."),
        customer=("customer",),
        only=Q(claim__isnull=False) | Q(operation__isnull=False),
        part="matter",
        period=periods.OPERATION,
        running=OPEN | Q(claim__state__in=["reported", "taken_in_charge", "offered", "accepted"]),
        running_why=OPEN_WHY,
        matters={
            CLAIM_WAY: ("claim", "operation__claim"),
            COMPLAINT_WAY: ("complaints", "claim__complaints"),
        },
    ),
    emptied_contact(
        ANSWERING_YOU,
        customer=("customer",),
        found_by=lambda person: Q(customer__isnull=True, person_key__in=[f"from:{each}" for each in person.addresses]),
        part="conversation",
        period=periods.CONVERSATION,
        running=OPEN,
        running_why=OPEN_WHY,
        beside=True,
        matters={COMPLAINT_WAY: ("complaints",)},
    ),
    # The card of somebody who was no customer; once they are one, it is of their file. It remains empty, so that the history of
    # a contact names nobody else under its number.
    Rule(
        "contact_center.KnownPerson",
        ANSWERING_YOU,
        customer=("customer",),
        actors=("created_by", "joined_by", "related"),
        personal=("name", "search_key", "phone", "email", "tie"),
        plain=("language",),
        labels={"search_key": _("key of the search")},
        kept_back={"search_key": LIKE_THE_CODE},
        action=Action.BLANK,
        blank_to=CARD_BLANK,
        blanked=Q(name=NOBODY),
        period=periods.KNOWN_PERSON,
        since="last_contact_at",
        at_once=True,
        needs_name=False,
    ),
    # Notices about a conversation last as long as it does.
    notices.emptied_notice(
        ANSWERING_YOU.under(notices.NOTICES),
        found_by=lambda person: Q(customer__isnull=True, user__isnull=True, address__in=person.addresses),
        only=Q(kind__in=list(notice_kinds.kinds_in([contact_kinds]))),
        part="conversation",
        period=periods.CONVERSATION,
        beside=True,
    ),
    # --- What concerns many: about nobody, but by people who work here
    about_many("contact_center.MassEvent_topics", not_exported=""),
    about_many("contact_center.MassEvent_lines", not_exported=""),
    about_many("contact_center.TollFreeLine_teams", not_exported=""),
    about_many(
        "contact_center.MassEvent",
        actors=("declared_by",),
        plain=("name", "name_en", "words", "words_en", "guidance", "provinces", "phrases", "state"),
    ),
    about_many("contact_center.MassAnswer", actors=("written_by", "sent_by"), plain=("text", "text_en", "state")),
    about_many("contact_center.DayCount", plain=("source",)),
    about_many("contact_center.FrozenDayCount", plain=("source",)),
    about_many(
        "contact_center.FrozenPeriod",
        actors=("frozen_by", "unfrozen_by"),
        plain=("note", "formula", "why_unfrozen"),
    ),
    # --- People who work here
    Rule(
        "contact_center.DailyFigures",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST),
        user=("agent__user",),
        not_exported=FIGURES_ONLY,
        action=Action.BLANK,
        blanked=Q(),
        follows="agent",
    ),
    Rule(
        "contact_center.DailyMisses",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST),
        user=("agent__user",),
        plain=("reason",),
        not_exported=FIGURES_ONLY,
        action=Action.BLANK,
        blanked=Q(),
        follows="agent",
    ),
    Rule(
        "contact_center.DailyRepeats",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST),
        user=("agent__user",),
        not_exported=FIGURES_ONLY,
        action=Action.BLANK,
        blanked=Q(),
        follows="agent",
    ),
    Rule(
        "contact_center.FrozenFigures",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST),
        user=("agent__user",),
        not_exported=FIGURES_ONLY,
        action=Action.BLANK,
        blanked=Q(),
        follows="agent",
    ),
    Rule(
        "contact_center.AgentState",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST, "art. 4 l. 300/1970"),
        user=("agent__user",),
        not_exported=FIGURES_ONLY,
        period=periods.DUTY,
        since="ended_at",
        needs_name=False,
    ),
    # After the time for which states are kept the seconds of a day are a team's.
    Rule(
        "contact_center.AgentDay",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST, "art. 4 l. 300/1970"),
        user=("agent__user",),
        not_exported=FIGURES_ONLY,
        action=Action.BLANK,
        blank_to={"agent": None},
        blanked=Q(agent__isnull=True),
        period=periods.DUTY,
        since="day",
        needs_name=False,
    ),
    *(
        Rule(
            f"contact_center.{name}",
            Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST),
            user=("agent__user",),
            not_exported=_("it says which work is given to somebody who works here"),
            action=Action.BLANK,
            blanked=Q(),
            follows="agent",
        )
        for name in ("AgentLine", "AgentSkill")
    ),
    Rule(
        "contact_center.EndedState",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST, "art. 4 l. 300/1970"),
        user=("agent__user",),
        actors=("by",),
        personal=("reason",),
        plain=("state",),
        not_exported=FIGURES_ONLY,
        period=periods.DUTY,
        since="at",
        needs_name=False,
    ),
    Rule(
        "contact_center.Team",
        WORKING,
        actors=("lead",),
        plain=("code", "name", "name_en"),
    ),
    Rule(
        "contact_center.QualitySample",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST, "art. 4 l. 300/1970"),
        actors=("drawn_by",),
        plain=("seed",),
    ),
    Rule(
        "contact_center.QualityReview",
        Why(STAFF, WORK_IS_ORGANISED, Basis.INTEREST, "art. 4 l. 300/1970"),
        customer=("contact__customer",),
        user=("agent__user",),
        actors=("reviewer",),
        personal=("comment",),
        not_exported=WORK_IS_JUDGED,
        period=periods.QUALITY,
        since="sample__week",
        at_once=True,
        needs_name=False,
    ),
    of_a_review("contact_center.QualityMark", personal=("comment",)),
    of_a_review("contact_center.QualityRemark", actors=("author",), personal=("text",)),
    Rule(
        "contact_center.QueueView",
        WORKING,
        user=("user",),
        personal=("name", "parameters"),
        follows="user",
    ),
    Rule(
        "contact_center.Agent",
        WORKING,
        user=("user",),
        personal=("name",),
        plain=("code", "extension"),
        action=Action.BLANK,
        blank_to={"name": "–"},
        blanked=Q(name="–"),
        follows="user",
    ),
]
