"""The roles of the product. Each is a group of the same name; what it may do is in `vittoria_care/permissions.py`."""

from django.utils.translation import gettext_lazy as _

CUSTOMER = "customer"
AGENT = "agent"
SPECIALIST = "specialist"
COMPLAINT_OFFICER = "complaint_officer"
AGENCY_MEMBER = "agency_member"
CAMPAIGN_AUTHOR = "campaign_author"
MANAGER = "manager"
AUDITOR = "auditor"
DATA_OFFICER = "data_officer"
ADMINISTRATOR = "administrator"

ALL = (
    CUSTOMER,
    AGENT,
    SPECIALIST,
    COMPLAINT_OFFICER,
    AGENCY_MEMBER,
    CAMPAIGN_AUTHOR,
    MANAGER,
    AUDITOR,
    DATA_OFFICER,
    ADMINISTRATOR,
)

# What people read
NAMES = {
    CUSTOMER: _("customer"),
    AGENT: _("contact-centre agent"),
    SPECIALIST: _("second-level specialist"),
    COMPLAINT_OFFICER: _("complaint officer"),
    AGENCY_MEMBER: _("agency member"),
    CAMPAIGN_AUTHOR: _("campaign author"),
    MANAGER: _("manager"),
    AUDITOR: _("auditor"),
    DATA_OFFICER: _("data protection officer"),
    ADMINISTRATOR: _("administrator"),
}

# People of the company who work on every customer's file; an agency member sees the agency's own customers only.
COMPANY_WIDE = frozenset({AGENT, SPECIALIST, COMPLAINT_OFFICER, MANAGER, AUDITOR, DATA_OFFICER, ADMINISTRATOR})
STAFF = COMPANY_WIDE | {AGENCY_MEMBER, CAMPAIGN_AUTHOR}
# One person of these heads the complaints office: it is no role but a fact about a person (`User.heads_complaints`).
MAY_HEAD_COMPLAINTS = frozenset({COMPLAINT_OFFICER, MANAGER})
