"""Enter the topics that the guided request offers, with what it asks about each; all of it can be changed in the back office."""

from django.db import migrations

# Choices: code | in Italian | in English
POLICY_PAPERS = """contratto | Contratto e condizioni | Contract and conditions
certificato | Certificato di assicurazione | Insurance certificate
quietanza | Quietanza di pagamento | Receipt of payment
altro | Un altro documento | Another document"""
CLAIM_PAPERS = """constatazione | Modulo di constatazione amichevole | Agreed statement of facts
foto | Fotografie del danno | Photographs of the damage
preventivo | Preventivo o fattura | Estimate or invoice
sanitari | Documenti sanitari | Medical papers
altro | Non so che cosa manca | I do not know what is missing"""
PAYMENT_WAYS = """bonifico | Bonifico | Bank transfer
carta | Carta di pagamento | Payment card
agenzia | In agenzia | At the agency
sdd | Addebito sul conto | Direct debit"""
CHANGES = """veicolo | Cambio di veicolo | Another vehicle
residenza | Cambio di residenza | Another home address
conducente | Chi guida | Who drives
garanzie | Garanzie o massimali | Covers or limits
altro | Altro | Something else"""

POLICY = (
    "polizza",
    "policy_number",
    "Numero di polizza",
    "Policy number",
    "Si trova in alto sul contratto e sul certificato",
    "At the top of the contract and of the certificate",
    "",
    True,
)
POLICY_IF_KNOWN = (*POLICY[:-1], False)
CLAIM = (
    "sinistro",
    "claim_number",
    "Numero del sinistro",
    "Claim number",
    "È nella comunicazione di presa in carico",
    "It is in the letter that took the claim in charge",
    "",
    True,
)
PLATE = ("targa", "plate", "Targa del veicolo", "Number plate of the vehicle", "", "", "", True)

# code, area, reason, in English, questions: (code, kind, label, in English, help, in English, choices, required)
TOPICS = [
    (
        "claims-status",
        "claims",
        "Stato di avanzamento della pratica di sinistro",
        "How my claim is getting on",
        [
            CLAIM,
            (*PLATE[:-1], False),
            ("evento", "past_date", "Data dell'evento", "Day of the event", "", "", "", False),
        ],
    ),
    (
        "claims-documents",
        "claims",
        "Documenti da inviare per il sinistro",
        "Papers to send for my claim",
        [
            CLAIM,
            (
                "documento",
                "choice",
                "Di quale documento si tratta?",
                "Which paper is it about?",
                "",
                "",
                CLAIM_PAPERS,
                True,
            ),
        ],
    ),
    (
        "claims-assessor",
        "claims",
        "Appuntamento o recapito del perito",
        "Appointment with the assessor",
        [
            CLAIM,
            (
                "telefono",
                "phone",
                "Telefono a cui il perito può chiamarla",
                "Number at which the assessor may call you",
                "",
                "",
                "",
                True,
            ),
            (
                "luogo",
                "text",
                "Dove si può vedere il danno",
                "Where the damage can be seen",
                "Indirizzo, oppure nome della carrozzeria",
                "An address, or the name of the body shop",
                "",
                True,
            ),
        ],
    ),
    (
        "claims-payment",
        "claims",
        "Liquidazione: offerta e pagamento del danno",
        "Offer and payment of the damage",
        [
            CLAIM,
            (
                "riguarda",
                "choice",
                "La richiesta riguarda",
                "The request is about",
                "",
                "",
                """offerta | L'importo offerto | The amount offered
pagamento | Un pagamento non ricevuto | A payment not received
responsabilita | La responsabilità attribuita | Who was held liable""",
                True,
            ),
            (
                "importo",
                "amount",
                "Importo di cui si parla",
                "Amount in question",
                "In euro, per esempio 1.250,00",
                "In euro, such as 1,250.00",
                "",
                False,
            ),
        ],
    ),
    (
        "policy-expiry",
        "policies",
        "Scadenza e rinnovo della polizza",
        "Expiry and renewal of my policy",
        [
            POLICY,
            (
                "desidera",
                "choice",
                "Che cosa desidera?",
                "What would you like?",
                "",
                "",
                """rinnovo | Rinnovare | To renew
importo | Conoscere l'importo del rinnovo | To know the price of the renewal
copertura | Sapere fino a quando sono coperto | To know until when I am covered""",
                True,
            ),
        ],
    ),
    (
        "policy-documents",
        "policies",
        "Copia di polizza o di certificato",
        "Copy of a policy or certificate",
        [
            POLICY,
            (
                "documento",
                "choice",
                "Quale documento Le serve?",
                "Which paper do you need?",
                "",
                "",
                POLICY_PAPERS,
                True,
            ),
        ],
    ),
    (
        "policy-risk-certificate",
        "policies",
        "Attestato di rischio e classe di merito",
        "Claims record and merit class",
        [
            PLATE,
            (
                "proprietario",
                "yes_no",
                "Il veicolo è intestato a Lei?",
                "Is the vehicle registered in your name?",
                "",
                "",
                "",
                True,
            ),
        ],
    ),
    (
        "policy-change",
        "policies",
        "Variazione di polizza: veicolo, targa, residenza",
        "Change of a policy: vehicle, plate, address",
        [
            POLICY,
            ("cambia", "choice", "Che cosa cambia?", "What changes?", "", "", CHANGES, True),
            ("da-quando", "date", "Da quando", "From when", "", "", "", True),
            (
                "nuova-targa",
                "plate",
                "Nuova targa",
                "New number plate",
                "Solo se cambia il veicolo",
                "Only for another vehicle",
                "",
                False,
            ),
        ],
    ),
    (
        "policy-suspension",
        "policies",
        "Sospensione o riattivazione della copertura",
        "Suspending or resuming the cover",
        [
            POLICY,
            (
                "desidera",
                "choice",
                "Che cosa desidera?",
                "What would you like?",
                "",
                "",
                """sospendere | Sospendere la copertura | To suspend the cover
riattivare | Riattivare la copertura | To resume the cover""",
                True,
            ),
            (
                "da-quando",
                "date",
                "Da quando",
                "From when",
                "Il veicolo non può circolare mentre è sospesa",
                "The vehicle may not be driven while it is suspended",
                "",
                True,
            ),
        ],
    ),
    (
        "policy-cancellation",
        "policies",
        "Disdetta o recesso",
        "Cancelling a policy",
        [
            POLICY,
            (
                "motivo",
                "choice",
                "Per quale motivo?",
                "For what reason?",
                "",
                "",
                """vendita | Ho venduto o demolito il veicolo | I sold or scrapped the vehicle
altra | Ho scelto un'altra compagnia | I chose another insurer
ripensamento | Ho cambiato idea entro 14 giorni | I changed my mind within 14 days
altro | Un altro motivo | Another reason""",
                True,
            ),
        ],
    ),
    ("payments-due", "payments", "Importo e data della rata", "Amount and day of an instalment", [POLICY]),
    (
        "payments-not-shown",
        "payments",
        "Pagamento eseguito ma non registrato",
        "Paid, but not recorded",
        [
            POLICY,
            ("pagato-il", "past_date", "Giorno del pagamento", "Day of the payment", "", "", "", True),
            (
                "importo",
                "amount",
                "Importo pagato",
                "Amount paid",
                "In euro, per esempio 1.250,00",
                "In euro, such as 1,250.00",
                "",
                True,
            ),
            ("come", "choice", "Come ha pagato?", "How did you pay?", "", "", PAYMENT_WAYS, True),
        ],
    ),
    (
        "payments-refund",
        "payments",
        "Rimborso del premio non goduto",
        "Refund of a premium",
        [
            POLICY,
            (
                "motivo",
                "choice",
                "Perché spetta il rimborso?",
                "Why is it to be refunded?",
                "",
                "",
                """vendita | Vendita o demolizione del veicolo | Vehicle sold or scrapped
doppio | Pagamento doppio | Paid twice
altro | Un altro motivo | Another reason""",
                True,
            ),
            ("dal", "past_date", "Da quale giorno", "From which day", "", "", "", False),
        ],
    ),
    (
        "area-sign-in",
        "reserved_area",
        "Accesso all'area riservata: credenziali",
        "Signing in to the reserved area",
        [
            (
                "problema",
                "choice",
                "Che cosa succede?",
                "What happens?",
                "",
                "",
                """password | La password non è accettata | The password is not accepted
codice | Il codice non arriva | The code does not arrive
indirizzo | Non ho più quell'indirizzo di posta | I no longer have that e-mail address
altro | Altro | Something else""",
                True,
            ),
        ],
    ),
    (
        "area-app",
        "reserved_area",
        "App MyVittoria: errori e aggiornamenti",
        "MyVittoria app: faults and updates",
        [
            (
                "sistema",
                "choice",
                "Telefono",
                "Telephone",
                "",
                "",
                """android | Android | Android
ios | iPhone | iPhone""",
                True,
            ),
            (
                "accade",
                "long_text",
                "Che cosa stava facendo, e che cosa è successo?",
                "What were you doing, and what happened?",
                "",
                "",
                "",
                True,
            ),
        ],
    ),
    (
        "commercial-quote",
        "commercial",
        "Preventivo o nuova polizza",
        "Quote or new policy",
        [
            (
                "bene",
                "choice",
                "Che cosa desidera assicurare?",
                "What would you like to insure?",
                "",
                "",
                """auto | Auto o moto | Car or motorcycle
camper | Camper | Camper
casa | Casa e famiglia | Home and family
persona | Infortuni, salute, vita | Accident, health, life
attivita | Attività professionale | Business""",
                True,
            ),
            (*PLATE[:-1], False),
            (
                "telefono",
                "phone",
                "Telefono a cui un'agenzia può chiamarla",
                "Number at which an agency may call you",
                "",
                "",
                "",
                False,
            ),
        ],
    ),
    (
        "data-change",
        "personal_data",
        "Modifica di recapiti e indirizzo",
        "Change of my address or telephone",
        [
            (
                "cambia",
                "choice",
                "Che cosa cambia?",
                "What changes?",
                "",
                "",
                """indirizzo | Indirizzo | Address
telefono | Telefono | Telephone
email | Posta elettronica | E-mail""",
                True,
            ),
            ("nuovo", "text", "Il nuovo recapito", "The new one", "", "", "", True),
            (*POLICY_IF_KNOWN,),
        ],
    ),
    (
        "data-privacy",
        "personal_data",
        "Consensi e privacy",
        "Consents and personal data",
        [
            (
                "diritto",
                "choice",
                "Che cosa chiede?",
                "What do you ask for?",
                "",
                "",
                """consensi | Cambiare i consensi | To change my consents
accesso | Una copia dei miei dati | A copy of my data
rettifica | La correzione di un dato | A correction
cancellazione | La cancellazione dei miei dati | To have my data erased""",
                True,
            ),
        ],
    ),
    ("other-information", "other", "Altre informazioni", "Something else", []),
]


def enter(apps, schema_editor):
    topics = apps.get_model("contact_center", "Topic").objects
    question = apps.get_model("contact_center", "TopicQuestion")
    for code, area, name, name_en, questions in TOPICS:
        topic, _made = topics.get_or_create(code=code, defaults={"area": area, "name": name})
        topic.is_public, topic.name_en = True, topic.name_en or name_en
        topic.save(update_fields=["is_public", "name_en"])
        for position, (key, kind, label, label_en, help_, help_en, choices, required) in enumerate(questions, start=1):
            question.objects.get_or_create(
                topic=topic,
                code=key,
                defaults={
                    "kind": kind,
                    "label": label,
                    "label_en": label_en,
                    "help": help_,
                    "help_en": help_en,
                    "choices": choices,
                    "required": required,
                    "position": position,
                },
            )


def withdraw(apps, schema_editor):
    """Ask nothing any more; the topics stay, for contacts may be about them."""
    apps.get_model("contact_center", "TopicQuestion").objects.all().delete()
    apps.get_model("contact_center", "Topic").objects.update(is_public=False)


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0003_service_data")]

    operations = [migrations.RunPython(enter, withdraw)]
