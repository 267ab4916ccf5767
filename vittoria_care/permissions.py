"""The one table of what each role may do, kept in the groups after every `migrate`.

A word such as "contact_center.view_call" is a permission of Django; which rows it reaches is decided by each queryset's
`visible_to`. The auditor reads everything and changes nothing; the data protection officer reads everything, and who opened
what, and decides about erasures and legal holds; the administrator does everything but rewrite history.
"""

from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.models import Group, Permission

from customers import roles
from foundation import masking

READ_CUSTOMERS = {
    f"customers.view_{model}"
    for model in (
        "customer",
        "contactpoint",
        "policy",
        "policyadherent",
        "instalment",
        "claim",
        "consent",
        "agency",
        "operation",
        "operationevent",
        "document",
        "documentopening",
        "policyvalue",
        "policyperson",
        "reservedareaaccount",
        "signinaddresschange",
        "datachange",
    )
}
# By which document somebody acts for another: a decree or a certificate of inheritance tells more than agencies need.
READ_MANDATES = {"customers.view_mandate"}
END_ACCESS = {"customers.change_reservedareaaccount"}
READ_CONTACTS = {
    f"contact_center.view_{model}"
    for model in (
        "tollfreeline",
        "team",
        "agent",
        "topic",
        "topicquestion",
        "contact",
        "call",
        "callleg",
        "webformrequest",
        "message",
        "messageattachment",
        "contactevent",
        "satisfactionsurvey",
        "answeredbeforehand",
        "servicecalendar",
        "openingperiod",
        "specialday",
        "servicetarget",
        "termrung",
        "wrapupcode",
        "pausereason",
        "massevent",
        "massanswer",
        "joinedcontact",
        "skill",
        "agentline",
        "agentskill",
        "linetarget",
        "identityquestion",
        "identityevent",
        "outgoingcall",
        "queueview",
    )
}
READ_COMPLAINTS = {
    f"complaints.view_{model}"
    for model in (
        "complaint",
        "suspension",
        "complaintevent",
        "complaintletter",
        "lettersending",
        "pastentry",
        "complaintaddition",
        "addedfile",
        "enquiry",
        "enquiryfile",
        "intermediary",
        "intermediaryrule",
        "proceeding",
        "code",
        "approvalrule",
        "answerapproval",
        "checklistitem",
        "complaintdocument",
        "representation",
        "triagedecision",
        "complainthint",
        "hintphrase",
        "hintmeasurement",
        "feedback",
        "feedbackevent",
        "feedbacktheme",
        "regulatorrequest",
        "arbitratorappeal",
        "procedurefile",
        "procedureletter",
        "legalfigure",
        "termstop",
        "halfyearreturn",
        "branchfigure",
        "marketfigure",
        "publicstatement",
        "causeaction",
    )
}
# The half-year return: officers enter the yearly figures and work on causes, managers freeze and publish.
PREPARE_RETURNS = {
    f"complaints.{verb}_{model}"
    for verb in ("add", "change")
    for model in ("branchfigure", "marketfigure", "causeaction")
}
FREEZE_RETURNS = {"complaints.add_halfyearreturn", "complaints.add_publicstatement"}
KEEP_CODES = {
    f"complaints.{verb}_{model}"
    for verb in ("view", "add", "change")
    for model in ("code", "approvalrule", "checklistitem")
}
APPROVE_ANSWERS = {"complaints.approve_answer"}
# Opinions: read them, answer them, and say what came of them; the figures of them; the themes that they are given.
READ_OPINIONS = {f"complaints.view_{model}" for model in ("feedback", "feedbackevent", "feedbacktheme")}
ANSWER_OPINIONS = READ_OPINIONS | {"complaints.change_feedback"}
FEEDBACK_FIGURES = {"complaints.view_feedback_figures"}
KEEP_THEMES = {"complaints.add_feedbacktheme", "complaints.change_feedbacktheme"}
# Requests of IVASS and appeals to the Arbiter are worked on by those who follow complaints; the numbers of the law behind their
# terms are kept by an administrator.
WORK_PROCEDURES = {
    f"complaints.{verb}_{model}" for verb in ("add", "change") for model in ("regulatorrequest", "arbitratorappeal")
}
KEEP_FIGURES = {f"complaints.{verb}_{model}" for verb in ("add", "change") for model in ("legalfigure", "termstop")}
# What an intermediary was asked about a complaint: its agency gives the position, and reads no more of the register.
ANSWER_ENQUIRIES = {"complaints.view_enquiry", "complaints.answer_enquiry"}
KEEP_INTERMEDIARIES = {"complaints.add_intermediary", "complaints.change_intermediary"}
KEEP_INTERMEDIARY_RULES = {"complaints.add_intermediaryrule", "complaints.change_intermediaryrule"}
# The words by which a message is marked as a likely complaint.
WEIGH_WORDS = {"complaints.add_hintphrase", "complaints.change_hintphrase"}
# People who answer contacts may mark one as a complaint; people who follow complaints read the register.
PROPOSE_COMPLAINTS = ANSWER_OPINIONS | {"complaints.add_complaint"}
# Promotions: who writes them for an agency, who approves what others wrote, who may hold one up; and who was written to, or why not.
READ_PROMOTIONS = {
    f"promotions.view_{model}"
    for model in ("promotion", "promotionevent", "promotionoutcome", "oppositioncheck", "calllist")
}
READ_RECIPIENTS = {"promotions.view_recipient", "promotions.view_contactpause", "promotions.view_calledperson"}
WRITE_PROMOTIONS = READ_PROMOTIONS | {
    "promotions.add_promotion",
    "promotions.change_promotion",
    "promotions.halt_promotion",
}
# Ring the customers of one's own agency about a promotion, after the register of oppositions was asked.
RING_CUSTOMERS = {
    "promotions.add_oppositioncheck",
    "promotions.answer_oppositioncheck",
    "promotions.add_calllist",
    "promotions.change_calledperson",
}
APPROVE_PROMOTIONS = {"promotions.approve_promotion", "promotions.halt_promotion"}
# Leave a person alone for a while.
PAUSE_CONTACTS = {"promotions.add_contactpause", "promotions.change_contactpause"}
READ_NOTICES = {
    f"notifications.view_{model}"
    for model in (
        "notice",
        "noticeevent",
        "deliveryreport",
        "suppressedaddress",
        "letterbatch",
        "letter",
        "returnedmessage",
        "noticepreference",
        "noticehold",
        "preferencechange",
    )
}
# How a person wants to be written to, for them on the telephone.
CHOOSE_NOTICES = {"notifications.change_noticepreference"}
# What a worker cannot decide: a notice in doubt, a refused one, an address that gets nothing any more.
DECIDE_NOTICES = {
    "notifications.change_notice",
    "notifications.change_suppressedaddress",
    "notifications.change_returnedmessage",
}
# What people answer to our notices: read it, and take it up.
ANSWER_RETURNS = {"notifications.change_returnedmessage"}
# The texts of notices: who reads them, who writes them, and who approves what somebody else wrote.
READ_TEXTS = {"notifications.view_noticetext", "notifications.view_noticetextevent"}
WRITE_TEXTS = READ_TEXTS | {"notifications.add_noticetext", "notifications.change_noticetext"}
APPROVE_TEXTS = READ_TEXTS | {"notifications.approve_noticetext"}
# The same for the texts of the letters that answer complaints.
READ_LETTER_TEXTS = {"complaints.view_lettertext", "complaints.view_lettertextevent"}
WRITE_LETTER_TEXTS = READ_LETTER_TEXTS | {"complaints.add_lettertext", "complaints.change_lettertext"}
APPROVE_LETTER_TEXTS = READ_LETTER_TEXTS | {"complaints.approve_lettertext"}
# Which events are announced, when and to whom: who writes and simulates the rules, and who switches on what others wrote.
READ_RULES = {"notifications.view_alertrule", "notifications.view_alertsimulation"}
KEEP_RULES = READ_RULES | {
    "notifications.add_alertrule",
    "notifications.change_alertrule",
    "notifications.switch_alertrule",
}
# What was paid online and what is offered for renewal; what a person decides about them is for the second level.
READ_PAYMENTS = {
    f"customers.view_{model}" for model in ("payment", "paymentevent", "paymentincident", "refunddue", "renewaloffer")
}
DECIDE_PAYMENTS = {"customers.change_paymentincident", "customers.change_refunddue"}
# Begin an operation for a caller; carry out or refuse what a customer asked for.
OPERATE = {"customers.add_operation", "customers.change_operation"}
REPORT_CLAIMS = {"customers.add_claimreport"}
TAKE_CLAIMS = REPORT_CLAIMS | {"customers.change_claim"}
# Record what was offered, paid or refused; its reporter is told at once.
SETTLE_CLAIMS = {"customers.settle_claim"}
# What a reporter answered and sent may reveal an injury: the agencies of the sales network do not read it.
READ_REPORTS = {"customers.view_claimreport", "customers.view_claimfile", "customers.view_askeddocument"}
# Who asked for a copy of their data, and what became of it; to have one made is for the data protection officer.
READ_DATA_EXPORTS = {"customers.view_dataexport", "customers.view_dataexportopening"}
# Help a person who lost the address they sign in with.
HELP_SIGN_IN = {"customers.add_signinaddresschange"}
# Change a customer's numbers, addresses and language; write down a consent that they gave or withdrew by telephone or on paper.
CHANGE_DATA = {"customers.add_datachange", "customers.add_consent"}
# What a person asked us to mind, which may reveal how their health is: who answers them reads it, writes it down and ends it.
# Everybody else who sees a contact reads the neutral reason of its priority alone.
READ_CARE = {"customers.view_careneed"}
KEEP_CARE = READ_CARE | {"customers.add_careneed", "customers.change_careneed"}
FIGURES = {"contact_center.view_dailyfigures"}
# What everybody in the room sees on the wall: it names nobody. A manager lets a screen show it by itself.
WALLBOARD = {"contact_center.view_wallboard"}
KEEP_WALLSCREENS = {"contact_center.keep_wallscreens"}
# What was done so that more is resolved at first level, and what came of it.
READ_MEASURES = {"insights.view_measure"}
KEEP_MEASURES = READ_MEASURES | {"insights.add_measure", "insights.change_measure"}
# Freeze a closed period of the figures; unfreeze it, and correct the code of a contact that counts in it.
FREEZE_PERIODS = {f"contact_center.{verb}_frozenperiod" for verb in ("view", "add", "change")}
# What left its control limits and what is wanted of the figures; note something of an alert, get the mail, set a target.
READ_WATCHING = {f"insights.view_{model}" for model in ("watchalert", "alertnote", "watchround", "figuretarget")}
KEEP_WATCHING = {f"insights.add_{model}" for model in ("alertnote", "watchsubscription", "figuretarget")}
# Which state the agents are in, team by team, or one by one where an agreement allows it (AGENT_STATES_AGREEMENT).
WATCH_STATES = {"contact_center.view_agentstate"}
# What was drawn of the agents' work: the leader of a team needs no word for it (`Team.lead`), nor an agent for their own.
READ_QUALITY = {
    f"contact_center.view_{model}" for model in ("qualityform", "qualitycriterion", "qualitysample", "qualityreview")
}
KEEP_QUALITY_FORMS = {"contact_center.view_qualityform", "contact_center.view_qualitycriterion"}
SCORE_QUALITY = {"contact_center.change_qualityreview"}
ASSIGN_CONTACTS = {"contact_center.assign_contact"}
# The cards of people who are no customers: of whoever answers contacts, and of nobody else.
KNOW_PEOPLE = {f"contact_center.{verb}_knownperson" for verb in ("view", "add", "change")}
WORK_CONTACTS = (
    {
        "contact_center.change_contact",
    }
    | ASSIGN_CONTACTS
    | KNOW_PEOPLE
)
KEEP_ORGANISATION = {
    f"contact_center.{verb}_{model}"
    for verb in ("add", "change")
    for model in (
        "tollfreeline",
        "team",
        "agent",
        "topic",
        "topicquestion",
        "servicecalendar",
        "servicetarget",
        "termrung",
        "wrapupcode",
        "pausereason",
        "skill",
        "qualityform",
        "qualitycriterion",
        "identityquestion",
    )
}
# Declare what concerns many, and end it; answer all who wrote about it by one text.
DECLARE_EVENTS = {"contact_center.add_massevent", "contact_center.change_massevent"}
ANSWER_TOGETHER = {"contact_center.add_massanswer"}
KEEP_PEOPLE = {
    "customers.view_user",
    "customers.add_user",
    "customers.change_user",
    "customers.view_agencymember",
    "customers.add_agencymember",
    "customers.change_agencymember",
    "customers.view_campaignagency",
    "customers.add_campaignagency",
    "customers.change_campaignagency",
    "customers.add_agency",
    "customers.change_agency",
    "customers.view_reservedareaaccount",
    "customers.change_reservedareaaccount",
    "auth.view_group",
}
KEEP_KEYS = {"foundation.view_apikey", "foundation.add_apikey", "foundation.change_apikey"}
# What of a person a role sees whole, wherever it is shown; a role without the word of a kind sees it masked
# (foundation/masking.py says how, docs/decisions/seeing-what-one-needs.md why).
WHOLE = {masking.word_of(kind) for kind in masking.Kind}
# All but managers, who look at numbers, know people by their names.
NAMES = {masking.word_of(masking.Kind.NAME)}
# To see one person's values whole all the same, with a reason, which is written down.
ASK_WHOLE = {"customers.view_masked"}
# Mark a file that asks a reason, and look into what was opened in an unusual way.
GUARD_FILES = {"customers.change_filerestriction", "customers.change_unusualaccess"}
# Files that are likely to be of one person, and those that were joined: compare two, join them, part them again.
READ_JOINS = {"customers.view_duplicatepair", "customers.view_customerjoin"}
JOIN_FILES = READ_JOINS | {"customers.add_customerjoin"}
READ_FILES = (
    READ_CUSTOMERS | READ_MANDATES | READ_PAYMENTS | READ_REPORTS | READ_CONTACTS | READ_NOTICES | READ_RECIPIENTS
)
# Erasures, legal holds, periods and what the retention did: of the people who answer for the data.
READ_PRIVACY = {
    "customers.view_erasurerequest",
    "customers.view_legalhold",
    "foundation.view_retentionrun",
    "foundation.view_retentionproof",
    "foundation.view_retentionperiod",
}
DECIDE_PRIVACY = {
    f"customers.{verb}_{model}" for verb in ("add", "change") for model in ("erasurerequest", "legalhold")
}
KEEP_PERIODS = {"foundation.add_retentionperiod"}
READ_ALL = (
    READ_FILES
    | READ_JOINS
    | READ_COMPLAINTS
    | READ_PROMOTIONS
    | READ_RULES
    | READ_TEXTS
    | READ_LETTER_TEXTS
    | FIGURES
    | WALLBOARD
    | READ_MEASURES
    | READ_WATCHING
    | FEEDBACK_FIGURES
)

PERMISSIONS: dict[str, set[str]] = {
    roles.CUSTOMER: set(),  # the reserved area asks for the account, not for a permission
    roles.AGENT: READ_FILES
    | WHOLE
    | WORK_CONTACTS
    | WALLBOARD
    | ANSWER_RETURNS
    | TAKE_CLAIMS
    | OPERATE
    | END_ACCESS
    | HELP_SIGN_IN
    | CHANGE_DATA
    | CHOOSE_NOTICES
    | PAUSE_CONTACTS
    | PROPOSE_COMPLAINTS
    | KEEP_CARE,
    roles.SPECIALIST: READ_FILES
    | WHOLE
    | WORK_CONTACTS
    | WALLBOARD
    | ANSWER_TOGETHER
    | ANSWER_RETURNS
    | TAKE_CLAIMS
    | SETTLE_CLAIMS
    | OPERATE
    | END_ACCESS
    | HELP_SIGN_IN
    | CHANGE_DATA
    | CHOOSE_NOTICES
    | PAUSE_CONTACTS
    | PROPOSE_COMPLAINTS
    | KEEP_CARE
    | JOIN_FILES
    | DECIDE_PAYMENTS,
    roles.COMPLAINT_OFFICER: READ_FILES
    | WHOLE
    | READ_COMPLAINTS
    | DECIDE_NOTICES
    | WRITE_TEXTS
    | KEEP_INTERMEDIARIES
    | PREPARE_RETURNS
    | APPROVE_ANSWERS
    | ANSWER_OPINIONS
    | FEEDBACK_FIGURES
    | WORK_PROCEDURES
    | WRITE_LETTER_TEXTS
    | WEIGH_WORDS
    | READ_CARE
    | {"complaints.add_complaint", "complaints.change_complaint"},
    roles.AGENCY_MEMBER: {
        masking.word_of(masking.Kind.NAME),
        masking.word_of(masking.Kind.TELEPHONE),  # they ring their own customers
        "customers.view_customer",
        "customers.view_contactpoint",
        "customers.view_policy",
        "customers.view_instalment",
        "customers.view_claim",
        "customers.view_consent",
        "customers.view_policyvalue",
        "customers.view_payment",
        "customers.view_renewaloffer",
        "customers.view_datachange",
    }
    | CHANGE_DATA  # of their own customers
    | REPORT_CLAIMS  # for them; what the customers answered themselves remains closed to agencies
    | ANSWER_ENQUIRIES
    | WRITE_PROMOTIONS
    | RING_CUSTOMERS
    | READ_RECIPIENTS
    | PAUSE_CONTACTS,
    roles.CAMPAIGN_AUTHOR: WRITE_PROMOTIONS,  # of the agencies on their record; they open no customer's file
    roles.MANAGER: READ_ALL
    | FREEZE_PERIODS
    | KEEP_WATCHING
    | WATCH_STATES
    | KEEP_WALLSCREENS
    | KEEP_MEASURES
    | READ_QUALITY
    | SCORE_QUALITY
    | PREPARE_RETURNS
    | FREEZE_RETURNS
    | ASK_WHOLE
    | KEEP_ORGANISATION
    | DECLARE_EVENTS
    | ANSWER_TOGETHER
    | ASSIGN_CONTACTS
    | APPROVE_ANSWERS
    | DECIDE_NOTICES
    | DECIDE_PAYMENTS
    | APPROVE_PROMOTIONS
    | WRITE_TEXTS
    | WRITE_LETTER_TEXTS
    | APPROVE_TEXTS
    | KEEP_INTERMEDIARIES
    | KEEP_INTERMEDIARY_RULES
    | KEEP_RULES
    | KEEP_THEMES
    | APPROVE_LETTER_TEXTS,
    roles.AUDITOR: READ_ALL
    | READ_QUALITY
    | NAMES
    | ASK_WHOLE
    | READ_PRIVACY
    | READ_DATA_EXPORTS
    | {
        "customers.view_accesslog",
        "customers.view_filerestriction",
        "customers.view_user",
        "customers.view_agencymember",
        "customers.view_campaignagency",
        "foundation.view_apikey",
    },
    roles.DATA_OFFICER: READ_ALL
    | NAMES
    | ASK_WHOLE
    | GUARD_FILES
    | READ_PRIVACY
    | READ_DATA_EXPORTS
    | DECIDE_PRIVACY
    | READ_CARE
    | {
        "customers.add_dataexport",
        "customers.view_accesslog",
        "customers.view_filerestriction",
        "customers.view_unusualaccess",
        "customers.view_user",
    },
    roles.ADMINISTRATOR: READ_ALL
    | NAMES
    | KEEP_QUALITY_FORMS
    | KEEP_ORGANISATION
    | DECLARE_EVENTS
    | FREEZE_PERIODS
    | KEEP_FIGURES
    | KEEP_MEASURES
    | KEEP_PEOPLE
    | KEEP_KEYS
    | READ_PRIVACY
    | KEEP_PERIODS
    | DECIDE_NOTICES
    | DECIDE_PAYMENTS
    | KEEP_INTERMEDIARIES
    | KEEP_INTERMEDIARY_RULES
    | KEEP_RULES
    | KEEP_CODES
    | KEEP_THEMES
    | {"customers.view_accesslog"},
}


def grant_after_migrate(*, apps: Apps = installed, **_signal: Any) -> None:
    """Grant after a migrate that reached the end: before that, half the permissions do not exist."""
    needed = {word.split(".")[0] for words in PERMISSIONS.values() for word in words}
    if needed <= {model._meta.app_label for model in apps.get_models()}:
        grant_permissions()


def grant_permissions() -> None:
    """Make each group's permissions equal to the table; LookupError names a word that no model has."""

    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    for role, wanted in PERMISSIONS.items():
        if missing := wanted - known.keys():
            raise LookupError(f"The role {role!r} names permissions that do not exist: {', '.join(sorted(missing))}.")
        group, _created = Group.objects.get_or_create(name=role)
        group.permissions.set([known[word] for word in wanted])
