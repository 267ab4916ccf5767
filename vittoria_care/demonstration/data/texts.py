"""Texts of notices: one that counts in both languages, one that waits for approval, one that was sent back."""

from customers import roles
from notifications.kinds import CERTIFICATE_AVAILABLE, INSTALMENT_DUE, POLICY_EXPIRING, NoticeKind
from notifications.models import NoticeText
from notifications.texts.commands import approve_text, send_back, submit_text, write_text
from notifications.texts.first_version import first_version
from notifications.texts.mediums import Medium

from .organisation import Organisation

GREETINGS = {
    "it": ("Gentile Cliente,", "Gentile Signora, gentile Signore,"),
    "en": ("Dear Customer,", "Dear Sir or Madam,"),
}
SENT_BACK = "Meglio dire anche che un pagamento fatto oggi può arrivare tra due giorni."


def make_texts(organisation: Organisation) -> None:
    """What the complaint officer wrote about the notices that go out most, and what the manager made of it."""
    officer, manager = organisation.staff[roles.COMPLAINT_OFFICER], organisation.staff[roles.MANAGER]

    def written(kind: NoticeKind, language: str, change_note: str) -> NoticeText:
        source = first_version(kind, Medium.MESSAGE, language)
        text = write_text(
            kind=kind.code,
            medium=Medium.MESSAGE,
            language=language,
            subject=source.subject,
            body=source.body.replace(*GREETINGS[language]),
            change_note=change_note,
            by=officer,
        )
        return submit_text(text, by=officer)

    greeting = "Un saluto che vale per tutti"
    for text in [written(CERTIFICATE_AVAILABLE, language, greeting) for language in ("it", "en")]:
        approve_text(text, by=manager)
    written(POLICY_EXPIRING, "it", greeting)
    send_back(written(INSTALMENT_DUE, "it", greeting), words=SENT_BACK, by=manager)
