"""What an answer letter must contain beside the answer, as dated data: which text was in force from when until when.

These are texts of law and not of the interface, so this module has them in both languages, not the message catalogues:
nobody changes one by translating, and a letter names the versions that it carries. To change a text, close it
with its last day and add the new one below it.

Sources: ISVAP Regulation 24/2008, arts. 8 and 10-ter (IVASS, copy to the intermediary); d.lgs. 28/2010 (mediation);
d.l. 132/2014 (assisted negotiation for damage by vehicles and boats); d.m. 215/2024 and IVASS Provvedimento 163/2025
(Arbitro Assicurativo, at work since 15 January 2026).
"""

from dataclasses import dataclass
from datetime import date

from complaints.models import Complaint

Area, Complainant, Outcome = Complaint.Area, Complaint.Complainant, Complaint.Outcome
FIRST_DAY = date(2016, 5, 3)  # Provvedimento 46/2016: the letter as it is today
ARBITER_SINCE = date(2026, 1, 15)
# Liability for vehicles and boats. A claim for the damage they caused goes to assisted negotiation, a dispute about the
# contract (its premium, its class, how it was sold) to mediation, like every other insurance contract.
BY_VEHICLES = frozenset({"10", "12"})
ABOUT_THE_CONTRACT = frozenset({Area.PRODUCT, Area.COMMERCIAL, Area.ADMINISTRATIVE, Area.IT})


@dataclass(frozen=True)
class Paragraph:
    """One version of a text: in force from its first day to its last, both included."""

    code: str
    version: int
    texts: dict[str, str]
    valid_from: date = FIRST_DAY
    valid_to: date | None = None

    @property
    def name(self) -> str:
        """How a letter names it: ivass@1."""
        return f"{self.code}@{self.version}"

    def in_force(self, on: date) -> bool:
        """Whether letters of the day carry it."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


PARAGRAPHS = (
    Paragraph(
        "not_treated",
        1,
        {
            "it": "Per questo motivo il reclamo è iscritto nel registro come non trattabile, e non è stato esaminato nel "
            "merito. Se ritiene che la valutazione non sia corretta, può scriverci indicando perché.",
            "en": "For this reason the complaint is entered in the register as one that cannot be treated, and its "
            "substance was not examined. If you think that this is not correct, you may write to us and say why.",
        },
    ),
    Paragraph(
        "remedies",
        1,
        {
            "it": "Se non si ritiene soddisfatto di questa risposta, prima di rivolgersi all'autorità giudiziaria può:",
            "en": "If you are not satisfied with this answer, before going to court you may:",
        },
    ),
    Paragraph(
        "ivass",
        1,
        {
            "it": "• presentare un reclamo all'IVASS, Istituto per la vigilanza sulle assicurazioni, via del Quirinale 21, "
            "00187 Roma, fax 06.42133206, PEC tutela.consumatore@pec.ivass.it (allegati preferibilmente in PDF). Lo "
            "scritto indica nome, cognome, domicilio e telefono; l'impresa o l'intermediario di cui ci si lamenta; una "
            "breve descrizione del motivo; e reca in allegato il reclamo presentato, questa risposta e ogni documento "
            "utile. Per le liti transfrontaliere è possibile chiedere l'attivazione della procedura FIN-NET, al sistema "
            "estero competente o all'IVASS.",
            "en": "• complain to IVASS, the Italian insurance supervisor, via del Quirinale 21, 00187 Rome, fax "
            "+39 06 42133206, certified e-mail tutela.consumatore@pec.ivass.it (attachments preferably in PDF). The letter "
            "gives your name, address and telephone, the company or intermediary complained of, and a short description "
            "of the reason; your complaint, this answer and any useful document are attached. For cross-border disputes "
            "the FIN-NET procedure may be asked for, from the competent foreign body or from IVASS.",
        },
    ),
    Paragraph(
        "arbiter",
        1,
        {
            "it": "• presentare ricorso all'Arbitro Assicurativo, solo on line dal sito www.arbitroassicurativo.org, entro "
            "dodici mesi dal reclamo e senza bisogno di un avvocato. Il contributo è di 20 euro, rimborsati se il ricorso "
            "è accolto. Il ricorso soddisfa la condizione per rivolgersi al giudice, in alternativa alla mediazione e alla "
            "negoziazione assistita.",
            "en": "• appeal to the Insurance Arbiter (Arbitro Assicurativo), only on line at www.arbitroassicurativo.org, "
            "within twelve months of your complaint and without needing a lawyer. The fee is 20 euro, refunded if the "
            "appeal is upheld. The appeal meets the condition for going to court, in place of mediation and of assisted "
            "negotiation.",
        },
        valid_from=ARBITER_SINCE,
    ),
    Paragraph(
        "mediation",
        1,
        {
            "it": "• avviare la mediazione presso un organismo iscritto nell'elenco del Ministero della Giustizia (d.lgs. 4 "
            "marzo 2010, n. 28), con l'assistenza di un avvocato: per i contratti assicurativi è condizione per rivolgersi "
            "al giudice.",
            "en": "• begin mediation before a body listed by the Ministry of Justice (legislative decree 28 of 4 March "
            "2010), assisted by a lawyer: for insurance contracts it is a condition for going to court.",
        },
    ),
    Paragraph(
        "negotiation",
        1,
        {
            "it": "• invitare l'impresa, tramite il Suo avvocato, a concludere una convenzione di negoziazione assistita "
            "(d.l. 12 settembre 2014, n. 132): per il risarcimento dei danni da circolazione di veicoli e natanti è "
            "condizione per rivolgersi al giudice.",
            "en": "• invite the company, through your lawyer, to an assisted negotiation (decree-law 132 of 12 September "
            "2014): for damage caused by the circulation of vehicles and boats it is a condition for going to court.",
        },
    ),
    Paragraph(
        "copy_to_intermediary",
        1,
        {
            "it": "Copia della presente è inviata all'intermediario interessato.",
            "en": "A copy of this letter is sent to the intermediary concerned.",
        },
    ),
)


def ways_to_court(*, ramo: str, complainant_kind: str, area: str) -> list[str]:
    """What comes before going to court: mediation, assisted negotiation, or both where the register cannot tell.

    D.lgs. 28/2010, art. 5: mediation for insurance contracts. D.l. 132/2014, art. 3: assisted negotiation for damage by
    the circulation of vehicles and boats, which an injured party claims, or whoever complains of its settlement.
    """
    if ramo not in BY_VEHICLES:
        return ["mediation"]
    if complainant_kind == Complainant.INJURED or area == Area.SETTLEMENT:
        return ["negotiation"]
    if area in ABOUT_THE_CONTRACT:
        return ["mediation"]
    return ["mediation", "negotiation"]


def paragraphs_for(
    *,
    outcome: str,
    ramo: str,
    on: date,
    copied: bool,
    complainant_kind: str = "",
    area: str = "",
    treatable: bool = True,
) -> list[Paragraph]:
    """The paragraphs that a letter of the day must carry, in their order.

    Rejected, upheld in part or settled ("transatto"): the ways before the court (art. 8). `copied`: the conduct
    of an intermediary is concerned, so it is among the addressees (art. 10-ter).
    """
    codes: list[str] = [] if treatable else ["not_treated"]
    if outcome in (Outcome.REJECTED, Outcome.UPHELD_IN_PART, Outcome.SETTLED):
        ways = ways_to_court(ramo=ramo, complainant_kind=complainant_kind, area=area)
        codes += ["remedies", "ivass", "arbiter", *ways]
    if copied:
        codes.append("copy_to_intermediary")
    return [each for code in codes for each in PARAGRAPHS if each.code == code and each.in_force(on)]


def paragraphs_of(complaint: Complaint, *, outcome: str, on: date) -> list[Paragraph]:
    """The paragraphs that the answer to a complaint must carry, as it is classified."""
    return paragraphs_for(
        outcome=outcome,
        ramo=complaint.ramo,
        on=on,
        copied=complaint.is_heard,
        complainant_kind=complaint.complainant_kind,
        area=complaint.area,
        treatable=complaint.treatable,
    )
