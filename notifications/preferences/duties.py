"""What asks us for a notice that cannot be switched off, in words for the person: it ends the sentence “… because”."""

from django.utils.translation import gettext_lazy as _

# art. 170-bis, third paragraph, of the insurance code (d.lgs. 209/2005)
EXPIRY = _(
    "the law asks us to warn you at least thirty days before a motor policy expires (art. 170-bis of the insurance code)"
)
COVER_STOPS = _("your cover stops if the premium is not paid (art. 1901 and 1924 of the civil code)")
CERTIFICATE = _(
    "the law asks us to give you the risk certificate before the policy expires (Reg. IVASS 9/2015, art. 7)"
)
CLAIM = _("the law sets terms for the settlement of your claim (art. 148 of the insurance code)")
CLAIM_FILE = _("without it the term of your claim does not run (art. 148 of the insurance code)")
RECEIPT = _("whoever pays has a right to the receipt (art. 1199 of the civil code)")
MONEY = _("it is about money of yours that we hold (art. 2033 of the civil code)")
COMPLAINT = _("the law asks us to inform you of each step of a complaint (Reg. ISVAP 24/2008)")
ANSWER = _("it answers what you asked us")
CONTRACT = _("it changes something of your contract, at your request")
SIGN_IN = _("it guards your sign-in (art. 32 GDPR)")
RIGHTS = _("it answers the rights you have over your data (art. 12 GDPR)")
