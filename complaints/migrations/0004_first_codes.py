"""The codes with which the register begins. Names and lines of the return are data from then on."""

from typing import Any

from django.db import migrations

# list: (word, Italian, English, line in the return) in the order in which lists show them.
FIRST: dict[str, list[tuple[str, str, str, str]]] = {
    "area": [
        ("settlement", "liquidativa", "claims settlement", "liquidativa"),
        ("administrative", "amministrativa", "administrative", "amministrativa"),
        ("commercial", "commerciale", "commercial", "commerciale"),
        ("product", "industriale (prodotto)", "product", "industriale"),
        ("legal", "legale", "legal", "legale"),
        ("it", "informatica", "information systems", "informatica"),
        ("other", "altro", "other", "altro"),
    ],
    "complainant": [
        ("policyholder", "contraente", "policyholder", "contraente"),
        ("insured", "assicurato", "insured person", "assicurato"),
        ("injured", "danneggiato", "injured party", "danneggiato"),
        ("beneficiary", "beneficiario", "beneficiary", "beneficiario"),
        ("association", "associazione di consumatori", "consumer association", "associazione"),
        ("other", "altro", "other", "altro"),
    ],
    "proposer": [
        ("interested", "diretto interessato", "interested party", "diretto interessato"),
        ("lawyer", "avvocato", "lawyer", "legale"),
        ("consultant", "consulente", "consultant", "consulente"),
        ("association", "associazione di consumatori", "consumer association", "associazione"),
        ("other", "altro", "other", "altro"),
    ],
    "channel": [
        ("site", "modulo del sito", "form on the site", "web"),
        ("portal", "area riservata", "reserved area", "web"),
        ("app", "App MyVittoria", "MyVittoria app", "web"),
        ("email", "E-mail", "E-mail", "e-mail"),
        ("pec", "PEC", "certified e-mail (PEC)", "pec"),
        ("post", "posta", "post", "posta"),
        ("fax", "fax", "fax", "fax"),
        ("hand", "consegna a mano", "handed over", "consegna a mano"),
        ("intermediary", "tramite l'intermediario", "by way of the intermediary", "intermediario"),
        ("ivass", "tramite l'IVASS", "by way of IVASS", "ivass"),
        ("past", "registro precedente", "earlier register", "altro"),
    ],
    "outcome": [
        ("upheld", "accolto", "upheld", "accolto"),
        ("in_part", "accolto in parte", "upheld in part", "accolto"),
        ("settled", "transatto", "settled", "transatto"),
        ("rejected", "respinto", "rejected", "respinto"),
    ],
    "not_treatable": [
        ("not_ours", "riguarda un'altra impresa", "about another company", "altra impresa"),
        ("court", "già davanti all'autorità giudiziaria", "already before a court", "autorità giudiziaria"),
        ("consob", "di competenza della CONSOB", "for CONSOB", "altra autorità"),
        ("covip", "di competenza della COVIP", "for COVIP", "altra autorità"),
        ("unreadable", "incomprensibile o privo di elementi", "cannot be understood", "carente"),
        ("no_right", "chi scrive non ha titolo", "the writer has no right to an answer", "senza titolo"),
        ("other", "altro", "other", "altro"),
    ],
    "intermediary": [
        ("agent", "agente (sezione A)", "agent (section A)", "A"),
        ("broker", "mediatore o broker (sezione B)", "broker (section B)", "B"),
        ("producer", "produttore diretto (sezione C)", "direct producer (section C)", "C"),
        ("bank", "banca o altro (sezione D)", "bank or other (section D)", "D"),
        ("collaborator", "collaboratore (sezione E)", "collaborator (section E)", "E"),
        ("ancillary", "intermediario a titolo accessorio", "ancillary intermediary", "F"),
        ("foreign", "intermediario dell'Unione europea", "intermediary of the European Union", "UE"),
    ],
    "distribution": [
        ("agency", "agenzie", "agencies", "agenzie"),
        ("broker", "broker", "brokers", "broker"),
        ("bank", "sportelli bancari e postali", "banks and post offices", "banche"),
        ("direct", "vendita diretta e internet", "direct sale and internet", "diretta"),
        ("other", "altro", "other", "altro"),
    ],
    "product": [
        ("motor", "auto e veicoli", "motor", "auto"),
        ("boat", "nautica", "boats", "nautica"),
        ("home", "casa e famiglia", "home and family", "casa"),
        ("health", "infortuni e salute", "accident and health", "salute"),
        ("business", "imprese e professioni", "business and professions", "imprese"),
        ("savings", "risparmio e investimento", "savings and investment", "risparmio"),
        ("protection", "protezione della persona (vita)", "life protection", "protezione"),
        ("pension", "previdenza", "pension", "previdenza"),
        ("other", "altro", "other", "altro"),
    ],
}
# area: (word, Italian, English)
REASONS: dict[str, list[tuple[str, str, str]]] = {
    "settlement": [
        ("settlement_delay", "ritardo nella liquidazione", "delay in settling"),
        ("liability_split", "attribuzione della responsabilità", "who is liable"),
        ("damage_valuation", "valutazione del danno", "valuation of the damage"),
        ("cover_dispute", "garanzia contestata", "cover disputed"),
        ("late_payment", "ritardo nel pagamento", "late payment"),
        ("benefit_delay", "ritardo nella prestazione vita", "delay of a life benefit"),
        ("claim_access", "accesso agli atti del sinistro", "access to the claim's file"),
        ("assessor_conduct", "operato del perito o del fiduciario", "work of the assessor"),
    ],
    "administrative": [
        ("risk_certificate", "attestato e classe di merito", "risk certificate and class"),
        ("cancellation", "disdetta o recesso non recepiti", "cancellation not carried out"),
        ("premium_collection", "incasso e quietanza del premio", "collection of the premium"),
        ("documents", "documenti non consegnati", "documents not delivered"),
        ("portfolio_change", "variazione di polizza in ritardo", "change of a policy in delay"),
    ],
    "commercial": [
        ("intermediary_conduct", "condotta dell'intermediario", "conduct of the intermediary"),
        ("information", "informazioni inesatte o mancanti", "wrong or missing information"),
        ("unfit_contract", "contratto non adeguato alle esigenze", "contract not fit for the demands"),
        ("service_quality", "assistenza al cliente", "customer service"),
    ],
    "product": [
        ("price", "premio e tariffa", "premium and tariff"),
        ("conditions", "condizioni di polizza", "conditions of the policy"),
        ("surrender_value", "valore di riscatto e costi", "surrender value and costs"),
    ],
    "legal": [
        ("privacy", "dati personali", "personal data"),
        ("unfair_terms", "clausole contestate", "terms disputed"),
    ],
    "it": [
        ("reserved_area", "area riservata e app", "reserved area and app"),
        ("site", "sito e preventivatore", "site and quotes"),
    ],
    "other": [("other", "altro", "other")],
}
BANDS = [
    ("to_1000", "fino a 1.000 euro", "up to 1,000 euro", 0),
    ("to_5000", "da 1.000 a 5.000 euro", "from 1,000 to 5,000 euro", 1_000),
    ("to_25000", "da 5.000 a 25.000 euro", "from 5,000 to 25,000 euro", 5_000),
    ("to_150000", "da 25.000 a 150.000 euro", "from 25,000 to 150,000 euro", 25_000),
    ("over_150000", "oltre 150.000 euro", "over 150,000 euro", 150_000),
]
STEP = 10  # between the places, so that a code can come between two


def first_codes(apps: Any, _schema_editor: Any) -> None:
    code_model = apps.get_model("complaints", "Code")
    rows = [
        code_model(list=code_list, word=word, name=name, name_en=name_en, return_line=line, place=place * STEP)
        for code_list, codes in FIRST.items()
        for place, (word, name, name_en, line) in enumerate(codes, start=1)
    ]
    reasons = [(area, *reason) for area, given in REASONS.items() for reason in given]
    rows += [
        code_model(list="reason", area=area, word=word, name=name, name_en=name_en, return_line=word, place=place * STEP)
        for place, (area, word, name, name_en) in enumerate(reasons, start=1)
    ]
    rows += [
        code_model(list="value_band", word=word, name=name, name_en=name_en, from_euro=euro, place=place * STEP)
        for place, (word, name, name_en, euro) in enumerate(BANDS, start=1)
    ]
    code_model.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0003_codes")]

    operations = [migrations.RunPython(first_codes, migrations.RunPython.noop)]
