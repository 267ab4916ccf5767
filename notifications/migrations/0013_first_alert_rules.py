"""Enter the rules to begin with: those that are on announce what was announced before there were rules, by the same keys.

The others are drafts: nobody is informed by them until somebody has simulated them and a second person has switched them on.
"""

from django.db import migrations

# name, event, kind, number, from, until, waits, ladder, owed by law
ON: list[tuple] = [
    ("Scadenza della polizza: preavviso di legge", "policy_expiring", "policy-expiring", 1, -40, 0, 0, [], True),
    ("Rata in scadenza", "instalment_due", "instalment-due", 1, -15, 0, 0, [], False),
    ("Rata non pagata, finché la copertura dura", "instalment_overdue", "instalment-overdue", 1, 5, 20, 0, [], False),
    ("Sinistro preso in carico", "claim_taken", "claim-taken-in-charge", 1, 0, 60, 5, [], False),
    ("Sinistro seguito da altri", "claim_people", "claim-people-changed", 1, 0, 60, 0, [], False),
]
DRAFTS: list[tuple] = [
    ("Scadenza della polizza: promemoria a 7 giorni", "policy_expiring", "policy-expiry-reminder", 2, -7, 0, 0, [], False),
    ("Fine dei giorni di tolleranza", "grace_ending", "grace-ending", 1, -7, 0, 0, [], False),
    ("Rinnovo offerto", "renewal_offered", "renewal-offered", 1, -90, 0, 0, [], False),
    ("Rinnovo offerto: promemoria a 7 giorni", "renewal_offered", "renewal-offered", 2, -7, 0, 0, [], False),
    ("Pagamento non riuscito", "payment_failed", "payment-failed", 1, 1, 5, 0, [], False),
    (
        "Attestato di rischio disponibile",
        *("certificate_available", "certificate-available", 1, 0, 30, 0, ["email", "inbox"], False),
    ),
    ("Polizza vita in scadenza", "life_maturity", "life-maturity", 1, -60, 0, 0, [], False),
    ("Visita del perito", "claim_visit", "claim-visit", 1, -30, 0, 0, [], False),
    ("Documento di un sinistro mancante: promemoria", "claim_document", "claim-document-missing", 2, -3, 0, 0, [], False),
    ("Offerta per un sinistro", "claim_offered", "claim-offered", 1, 0, 30, 0, [], False),
    ("Sinistro liquidato", "claim_paid", "claim-paid", 1, 0, 30, 0, [], False),
    ("Sinistro respinto", "claim_refused", "claim-refused", 1, 0, 30, 0, [], False),
]


def enter(apps, schema_editor):
    rule = apps.get_model("notifications", "AlertRule")
    for state, rows in (("on", ON), ("draft", DRAFTS)):
        for name, event, kind, number, first, last, waits, ladder, is_legal in rows:
            rule.objects.create(
                name=name,
                event=event,
                kind=kind,
                number=number,
                from_days=first,
                until_days=last,
                waits_days=waits,
                ladder=ladder,
                is_legal=is_legal,
                state=state,
            )


class Migration(migrations.Migration):
    dependencies = [("notifications", "0012_alert_rules")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
