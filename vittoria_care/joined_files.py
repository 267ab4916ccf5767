"""What becomes of every row that names a customer when two files of one person are joined: one entry for each key to `Customer`.

A test compares it with the models: a new key has to say here what becomes of it, and why (docs/decisions/one-person.md).
"""

from django.db.models import Q

from customers.joining.relations import Relation, Way
from customers.models import ReservedAreaAccount

EVIDENCE = "evidence of what was: it is read through the file that remains"

JOINED_FILES: dict[str, Relation] = {
    # --- Moved: work goes on with them
    "customers.Policy.holder": Relation(
        Way.MOVED, "alerts, payments and the reserved area go by the holder", counted=True
    ),
    "customers.PolicyAdherent.customer": Relation(
        Way.MOVED, "who is covered; of one contract one cover is enough", unless=("policy",)
    ),
    "customers.Claim.customer": Relation(
        Way.MOVED, "the reporter is written to and sees how it goes on", counted=True
    ),
    "customers.ClaimDraft.customer": Relation(Way.MOVED, "the report that was begun goes on"),
    "customers.ContactPoint.customer": Relation(
        Way.MOVED, "the person is reached there; what both have is kept once", unless=("kind", "value")
    ),
    "customers.ReservedAreaAccount.customer": Relation(
        Way.MOVED,
        "the sign-in opens the whole file; of two open ones a join is refused, and closed ones are evidence",
        only=~Q(state=ReservedAreaAccount.State.CLOSED),
        counted=True,
    ),
    "customers.FileRestriction.customer": Relation(
        Way.MOVED, "a file that asks a reason goes on asking it", only=Q(lifted_at__isnull=True), unless=()
    ),
    "customers.CareNeed.customer": Relation(
        Way.MOVED,
        "what to mind goes on; of one kind the remaining file's own counts",
        only=Q(ended_at__isnull=True),
        unless=("kind",),
    ),
    "contact_center.Contact.customer": Relation(
        Way.MOVED, "repeats and figures count one person, and an open contact goes on", counted=True
    ),
    "complaints.Complaint.customer": Relation(
        Way.MOVED,
        "the link alone: number, complainant and text of the register remain as they were written",
        counted=True,
    ),
    "contact_center.KnownPerson.customer": Relation(
        Way.MOVED, "the card of who they were points at the file that remains"
    ),
    "contact_center.KnownPerson.related": Relation(Way.MOVED, "whom somebody else has to do with"),
    "complaints.Feedback.customer": Relation(Way.MOVED, "an opinion waits for its answer"),
    "notifications.NoticePreference.customer": Relation(
        Way.MOVED, "how they want to be written to; the remaining file's own counts where it has one", unless=()
    ),
    # --- Read through: rows that only grow, or that name for good whose they were
    "customers.Consent.customer": Relation(
        Way.READ_THROUGH, "the ledger is evidence; what holds is written again in the remaining file's", counted=True
    ),
    "customers.DataChange.customer": Relation(Way.READ_THROUGH, EVIDENCE),
    "customers.Document.customer": Relation(Way.READ_THROUGH, EVIDENCE, counted=True),
    "customers.Operation.customer": Relation(Way.READ_THROUGH, "what was asked, and by whom, is fixed", counted=True),
    "customers.Payment.customer": Relation(Way.READ_THROUGH, "who paid is fixed", counted=True),
    "customers.DataExport.customer": Relation(Way.READ_THROUGH, "a copy is of the file as it was"),
    "customers.AccessLog.customer": Relation(Way.READ_THROUGH, EVIDENCE),
    "customers.UnusualAccess.customer": Relation(Way.READ_THROUGH, EVIDENCE),
    "customers.ErasureRequest.customer": Relation(
        Way.READ_THROUGH, "what was asked is fixed; an open one forbids the join"
    ),
    "customers.LegalHold.customer": Relation(Way.READ_THROUGH, "it is fixed; one over either file keeps both"),
    "customers.Mandate.customer": Relation(Way.READ_THROUGH, "the document names for whom it was given"),
    "customers.Invitation.customer": Relation(Way.READ_THROUGH, "what was offered to whom is fixed"),
    "customers.SignInAddressChange.customer": Relation(Way.READ_THROUGH, EVIDENCE),
    "contact_center.CallBack.customer": Relation(Way.READ_THROUGH, "what was booked is fixed; its contact is moved"),
    "contact_center.IdentityEvent.customer": Relation(Way.READ_THROUGH, EVIDENCE),
    "notifications.Notice.customer": Relation(Way.READ_THROUGH, "what went to whom is fixed", counted=True),
    "notifications.PreferenceChange.customer": Relation(Way.READ_THROUGH, EVIDENCE),
    "promotions.Recipient.customer": Relation(Way.READ_THROUGH, EVIDENCE),
    "promotions.ContactPause.customer": Relation(Way.READ_THROUGH, "it is fixed; a pause of either file holds"),
    "promotions.CheckedNumber.customer": Relation(Way.READ_THROUGH, "the answer of the register of oppositions"),
    "promotions.CalledPerson.customer": Relation(Way.READ_THROUGH, EVIDENCE),
    # --- Of the file itself
    "customers.Customer.merged_into": Relation(Way.OF_THE_FILE, "it is the join"),
    "customers.CustomerJoin.kept": Relation(Way.OF_THE_FILE, "it is the join"),
    "customers.CustomerJoin.joined": Relation(Way.OF_THE_FILE, "it is the join"),
    "customers.DuplicatePair.first": Relation(Way.OF_THE_FILE, "it compares files"),
    "customers.DuplicatePair.second": Relation(Way.OF_THE_FILE, "it compares files"),
    "customers.FedValue.customer": Relation(Way.OF_THE_FILE, "what the portfolio last said of this row of its own"),
    "customers.Enrolment.customer": Relation(Way.OF_THE_FILE, "a link of an hour, to the address of the file"),
    "customers.ProofCode.customer": Relation(Way.OF_THE_FILE, "a code of minutes"),
    "customers.Upload.customer": Relation(Way.OF_THE_FILE, "sent ahead, and gone within a day"),
}
