"""For how long the product keeps what, and why so long. An administrator may lengthen each, never below what the law asks."""

from django.utils.translation import gettext_lazy as _

from foundation.privacy import YEAR, Period

TEN_YEARS = 10 * YEAR + 3  # three leap days at most

CONTRACT = Period(
    "contract",
    TEN_YEARS,
    _("Contracts, payments and their documents"),
    _("the end of the contract"),
    _("accounting records are kept for ten years; rights from a life policy lapse in ten, from others in two"),
    "art. 2220, 2952 c.c.",
    least=TEN_YEARS,
)
PAYMENT = Period(
    "payment",
    TEN_YEARS,
    _("Payments"),
    _("the day of the payment"),
    _("accounting records and taxes: ten years"),
    "art. 2220 c.c.",
    least=TEN_YEARS,
)
CLAIM = Period(
    "claim",
    TEN_YEARS,
    _("Claims"),
    _("the last change of a closed claim"),
    _("a right to compensation may be asserted for up to ten years"),
    "art. 2947, 2952 c.c.",
    least=TEN_YEARS,
)
OPERATION = Period(
    "operation",
    TEN_YEARS,
    _("Operations that you asked for"),
    _("the end of the operation"),
    _("it shows what was asked and done about a contract, whose rights lapse in ten years"),
    "art. 2946, 2952 c.c.",
)
COMPLAINT = Period(
    "complaint",
    TEN_YEARS,
    _("Complaints"),
    _("the registration of a complaint that is closed"),
    _("the register of complaints is obligatory; its numbers, dates and outcomes remain without names"),
    "Reg. ISVAP 24/2008",
    least=TEN_YEARS,
)
CONVERSATION = Period(
    "conversation",
    2 * YEAR + 1,
    _("Requests, calls and what was written about them"),
    _("the day on which the conversation began, when it is closed"),
    _("what was asked or answered may be disputed for two years, in which rights from an insurance lapse"),
    "art. 2952 c.c.",
)
KNOWN_PERSON = Period(
    "known-person",
    2 * YEAR,
    _("Name and number of somebody who turned to us and is no customer"),
    _("the last contact"),
    _("who asked for an offer, or for news of a claim, is known again for two years"),
)
OBLIGATORY_NOTICE = Period(
    "notice",
    TEN_YEARS,
    _("Notices that we owe you about contracts, payments and claims"),
    _("the day of the notice"),
    _("they prove that we wrote what the law obliges us to write"),
    "Reg. IVASS 41/2018; art. 2946 c.c.",
)
OWN_NOTICE = Period(
    "message",
    YEAR,
    _("Messages about the sign-in and offers"),
    _("the day of the message"),
    _("they are of no use later"),
)
CONSENT = Period(
    "consent",
    5 * YEAR + 2,
    _("Consents given and withdrawn"),
    _("the withdrawal"),
    _("we have to prove that we wrote to people who allowed it; offences lapse in five years"),
    "art. 7(1) GDPR; art. 28 l. 689/1981",
)
CARE = Period(
    "care",
    30,
    _("What you asked us to mind when we deal with you"),
    _("its last day, a year after you asked at the latest"),
    _("it is of no use later; for a month it shows who wrote it down, and that you agreed"),
    "art. 5(1)(e), 9(2)(a) GDPR",
)
ACCESS = Period(
    "access",
    2 * YEAR + 1,
    _("Who opened a file or a document"),
    _("the opening"),
    _("it shows who saw the data, to you and to the data protection officer"),
    "art. 5(2), 32 GDPR",
)
OPINION = Period(
    "opinion",
    2 * YEAR + 1,
    _("Opinions about the app and the reserved area"),
    _("the day on which it was given"),
    _("the service is improved by it"),
)
ENTERING = Period(
    "entering",
    30,
    _("Enrolments that were not completed, codes, and e-mails about a sign-in to an address that is nobody's"),
    _("the day on which they were made"),
    _("abuse is looked into in that time"),
)
ENROLLED = Period(
    "enrolled",
    2 * YEAR + 1,
    _("How somebody came into the reserved area"),
    _("the enrolment"),
    _("it shows that the right person was let in"),
)
FILE = Period(
    "file",
    2 * YEAR + 1,
    _("Name and addresses of somebody who has nothing with us any more"),
    _("the last change of the file"),
    _("who asked for an offer or had a contract may come back to it"),
)
REQUEST = Period(
    "rights",
    5 * YEAR + 2,
    _("Requests about your data, and what was decided"),
    _("the end of the request"),
    _("we have to show that we answered; offences lapse in five years"),
    "art. 12 GDPR; art. 28 l. 689/1981",
)
DUTY = Period(
    "duty",
    YEAR,
    _("Since when an agent was in which state"),
    _("the end of the state"),
    _("shifts are planned and disputes about them settled within a year"),
    "art. 4 l. 300/1970; art. 5(1)(e) GDPR",
)
QUALITY = Period(
    "quality",
    YEAR,
    _("How the work of an agent on a contact was judged"),
    _("the week for which the contact was drawn"),
    _("training is planned and disputes about a score settled within a year"),
    "art. 4 l. 300/1970; art. 5(1)(e) GDPR",
)
OFFICE = Period(
    "office",
    TEN_YEARS,
    _("Who changed what in the back office"),
    _("the change"),
    _("it shows who did what to contracts, claims and complaints"),
)
