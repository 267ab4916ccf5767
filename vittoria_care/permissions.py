"""The one table of what each role may do, kept in the groups after every `migrate`.

A word such as "contact_center.view_call" is a permission of Django; which rows it reaches is decided by each queryset's
`visible_to`. The auditor reads everything and changes nothing; the administrator does everything but rewrite history.
"""

from typing import Any

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.models import Group, Permission

from customers import roles

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
    )
}
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
        "wrapupcode",
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
        "complaintaddition",
        "addedfile",
        "feedback",
    )
}
# People who answer contacts may mark one as a complaint; people who follow complaints read the register.
PROPOSE_COMPLAINTS = {"complaints.view_feedback", "complaints.add_complaint"}
READ_NOTICES = {f"notifications.view_{model}" for model in ("notice", "noticeevent", "suppressedaddress")}
# What a worker cannot decide: a notice in doubt, a refused one, an address that gets nothing any more.
DECIDE_NOTICES = {"notifications.change_notice", "notifications.change_suppressedaddress"}
# What was paid online and what is offered for renewal; what a person decides about them is for the second level.
READ_PAYMENTS = {
    f"customers.view_{model}" for model in ("payment", "paymentevent", "paymentincident", "refunddue", "renewaloffer")
}
DECIDE_PAYMENTS = {"customers.change_paymentincident", "customers.change_refunddue"}
# Begin an operation for a caller; carry out or refuse what a customer asked for.
OPERATE = {"customers.add_operation", "customers.change_operation"}
TAKE_CLAIMS = {"customers.change_claim", "customers.add_claimreport"}
# What a reporter answered and sent may reveal an injury: the agencies of the sales network do not read it.
READ_REPORTS = {"customers.view_claimreport", "customers.view_claimfile", "customers.view_askeddocument"}
FIGURES = {"contact_center.view_dailyfigures"}
ASSIGN_CONTACTS = {"contact_center.assign_contact"}
WORK_CONTACTS = {
    "contact_center.change_contact",
} | ASSIGN_CONTACTS
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
        "wrapupcode",
    )
}
KEEP_PEOPLE = {
    "customers.view_user",
    "customers.add_user",
    "customers.change_user",
    "customers.view_agencymember",
    "customers.add_agencymember",
    "customers.change_agencymember",
    "customers.add_agency",
    "customers.change_agency",
    "customers.view_reservedareaaccount",
    "customers.change_reservedareaaccount",
    "auth.view_group",
}
KEEP_KEYS = {"foundation.view_apikey", "foundation.add_apikey", "foundation.change_apikey"}
READ_FILES = READ_CUSTOMERS | READ_PAYMENTS | READ_REPORTS | READ_CONTACTS | READ_NOTICES
READ_ALL = READ_FILES | READ_COMPLAINTS | FIGURES

PERMISSIONS: dict[str, set[str]] = {
    roles.CUSTOMER: set(),  # the reserved area asks for the account, not for a permission
    roles.AGENT: READ_FILES | WORK_CONTACTS | TAKE_CLAIMS | OPERATE | PROPOSE_COMPLAINTS,
    roles.SPECIALIST: READ_FILES | WORK_CONTACTS | TAKE_CLAIMS | OPERATE | PROPOSE_COMPLAINTS | DECIDE_PAYMENTS,
    roles.COMPLAINT_OFFICER: READ_FILES
    | READ_COMPLAINTS
    | DECIDE_NOTICES
    | {"complaints.add_complaint", "complaints.change_complaint", "complaints.change_feedback"},
    roles.AGENCY_MEMBER: {
        "customers.view_customer",
        "customers.view_contactpoint",
        "customers.view_policy",
        "customers.view_instalment",
        "customers.view_claim",
        "customers.view_consent",
        "customers.view_policyvalue",
        "customers.view_payment",
        "customers.view_renewaloffer",
    },
    roles.CAMPAIGN_AUTHOR: set(),  # gains its permissions with the promotions
    roles.MANAGER: READ_ALL | KEEP_ORGANISATION | ASSIGN_CONTACTS | DECIDE_NOTICES | DECIDE_PAYMENTS,
    roles.AUDITOR: READ_ALL
    | {"customers.view_accesslog", "customers.view_user", "customers.view_agencymember", "foundation.view_apikey"},
    roles.ADMINISTRATOR: READ_ALL
    | KEEP_ORGANISATION
    | KEEP_PEOPLE
    | KEEP_KEYS
    | DECIDE_NOTICES
    | DECIDE_PAYMENTS
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
