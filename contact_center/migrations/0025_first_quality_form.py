"""Enter a quality form to begin with; from its last day on another can be entered in the back office."""

from datetime import date

from django.db import migrations

# code, Italian, English, scale, weight, whether it may not apply, whether it is critical
CRITERIA = [
    (
        "identita",
        "La persona è stata identificata prima di darle informazioni",
        "The person was identified before any information was given",
        "yes_no",
        2,
        True,
        True,
    ),
    (
        "riservatezza",
        "Nessun dato è stato comunicato a chi non ne ha diritto",
        "Nothing was disclosed to anybody without a right to it",
        "yes_no",
        2,
        False,
        True,
    ),
    ("comprensione", "La richiesta è stata capita", "The request was understood", "points", 2, False, False),
    (
        "correttezza",
        "La risposta è corretta e completa",
        "The answer is correct and complete",
        "points",
        4,
        False,
        False,
    ),
    ("chiarezza", "Le parole sono chiare e cortesi", "The words are clear and polite", "points", 2, False, False),
    (
        "seguito",
        "Quanto promesso è stato fatto",
        "What was promised was done",
        "points",
        3,
        True,
        False,
    ),
    (
        "codifica",
        "Motivo ed esito sono registrati correttamente",
        "Topic and outcome are recorded correctly",
        "yes_no",
        1,
        False,
        False,
    ),
]


def enter(apps, schema_editor):
    form, made = apps.get_model("contact_center", "QualityForm").objects.get_or_create(
        valid_from=date(2026, 1, 1),
        defaults={
            "name": "Scheda di qualità",
            "name_en": "Quality form",
            "per_agent": 2,
            "channels": ["phone", "site_form", "portal", "app", "email"],
        },
    )
    if made:
        criterion = apps.get_model("contact_center", "QualityCriterion")
        for position, (code, name, name_en, scale, weight, may_not_apply, is_critical) in enumerate(CRITERIA, start=1):
            criterion.objects.create(
                form=form,
                code=code,
                name=name,
                name_en=name_en,
                scale=scale,
                weight=weight,
                may_not_apply=may_not_apply,
                is_critical=is_critical,
                position=position,
            )


class Migration(migrations.Migration):
    dependencies = [("contact_center", "0024_quality_samples_and_leads")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
