"""Documents of complaints, who is represented, decisions on what is a complaint, and causes of cancellation."""

from typing import Any

import complaints.models.document
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


# word, Italian, English, as they stand in a sentence
CAUSES = [
    ("request", "una richiesta, non un reclamo", "a request, not a complaint"),
    ("double", "doppione di un'altra voce", "double of another entry"),
    ("mistake", "registrazione per errore", "entered by mistake"),
    ("spam", "messaggio indesiderato", "spam"),
]
STEP = 10  # between the places, so that a code can come between two
# Words that people use when they complain, with their weight; below zero they speak of a question.
PHRASES = {
    "it": [
        ("reclamo", 3),
        ("reclami", 2),
        ("lament*", 2),
        ("protest*", 2),
        ("diffid*", 3),
        ("ivass", 3),
        ("arbitro assicurativo", 3),
        ("avvocato", 2),
        ("vie legali", 3),
        ("inaccettabil*", 2),
        ("insoddisf*", 2),
        ("vergogn*", 2),
        ("scandal*", 2),
        ("delus*", 2),
        ("pessim*", 2),
        ("scorrett*", 2),
        ("disservizi*", 2),
        ("ingiust*", 1),
        ("contest*", 1),
        ("ritardo", 1),
        ("da mesi", 2),
        ("ennesima volta", 2),
        ("nessuna risposta", 2),
        ("nessuno risponde", 2),
        ("non avete risposto", 2),
        ("vorrei sapere", -1),
        ("vorrei un preventivo", -2),
        ("come posso", -1),
        ("informazion*", -1),
        ("grazie mille", -1),
    ],
    "en": [
        ("complain*", 3),
        ("unacceptable", 2),
        ("disappoint*", 2),
        ("dissatisf*", 2),
        ("disgrace*", 2),
        ("lawyer", 2),
        ("legal action", 3),
        ("ombudsman", 3),
        ("for months", 2),
        ("no answer", 2),
        ("unfair*", 1),
        ("delay", 1),
        ("i would like to know", -1),
        ("how can i", -1),
    ],
}


def causes_and_phrases(apps: Any, _schema_editor: Any) -> None:
    code_model, phrase_model = apps.get_model("complaints", "Code"), apps.get_model("complaints", "HintPhrase")
    code_model.objects.bulk_create(
        code_model(list="cancelled", word=word, name=name, name_en=name_en, place=place * STEP)
        for place, (word, name, name_en) in enumerate(CAUSES, start=1)
    )
    phrase_model.objects.bulk_create(
        phrase_model(language=language, phrase=phrase, weight=weight)
        for language, phrases in PHRASES.items()
        for phrase, weight in phrases
    )
    # What was cancelled before there were causes: its reason in words remains in the history.
    apps.get_model("complaints", "Complaint").objects.filter(state="cancelled").update(cancelled_as="mistake")


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0012_past_register"),
        ("contact_center", "0010_special_days_in_english"),
        ("customers", "0024_documents_reminded_of_by_rule"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ComplaintDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="key")),
                (
                    "name",
                    models.CharField(
                        help_text="As the sender called it, cleaned", max_length=120, verbose_name="file name"
                    ),
                ),
                (
                    "content_type",
                    models.CharField(help_text="As found inside the file", max_length=80, verbose_name="type"),
                ),
                ("size", models.PositiveIntegerField(verbose_name="size (bytes)")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("file", models.FileField(upload_to=complaints.models.document.stored_under, verbose_name="file")),
                (
                    "giver",
                    models.CharField(
                        choices=[
                            ("complainant", "the complainant"),
                            ("intermediary", "the intermediary"),
                            ("other", "somebody else"),
                            ("office", "our offices"),
                        ],
                        max_length=12,
                        verbose_name="given by",
                    ),
                ),
                ("way", models.CharField(blank=True, max_length=20, verbose_name="by way of")),
                ("given_on", models.DateField(verbose_name="given on")),
                (
                    "added_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="entered at"),
                ),
                (
                    "taken_from",
                    models.UUIDField(
                        blank=True,
                        help_text="The contact's file of which it is a copy",
                        null=True,
                        verbose_name="file of the contact",
                    ),
                ),
            ],
            options={
                "verbose_name": "document of a complaint",
                "verbose_name_plural": "documents of a complaint",
                "ordering": ["given_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ComplaintHint",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="complaint_hint",
                        serialize=False,
                        to="contact_center.message",
                        verbose_name="message",
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="written at")),
                ("score", models.SmallIntegerField(verbose_name="weight of the words")),
                (
                    "words",
                    models.JSONField(default=list, help_text="Each with its weight", verbose_name="words found"),
                ),
                ("is_likely", models.BooleanField(verbose_name="perhaps a complaint")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
            ],
            options={
                "verbose_name": "likely complaint",
                "verbose_name_plural": "likely complaints",
                "ordering": ["-written_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HintMeasurement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="measured at")),
                ("first", models.DateField(verbose_name="earlier weeks from")),
                ("split", models.DateField(verbose_name="later weeks from")),
                ("last", models.DateField(verbose_name="to")),
                ("threshold", models.SmallIntegerField(verbose_name="threshold")),
                ("messages", models.PositiveIntegerField(verbose_name="messages of the later weeks")),
                ("complaints", models.PositiveIntegerField(verbose_name="of them complaints")),
                ("marked", models.PositiveIntegerField(verbose_name="of them marked")),
                ("found", models.PositiveIntegerField(verbose_name="marked, and complaints")),
                ("learnt_from", models.PositiveIntegerField(verbose_name="messages of the earlier weeks")),
                ("learnt_complaints", models.PositiveIntegerField(verbose_name="of them complaints, earlier")),
            ],
            options={
                "verbose_name": "measurement of the words of complaints",
                "verbose_name_plural": "measurements of the words of complaints",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="HintPhrase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "phrase",
                    models.CharField(
                        help_text="As people write them; accents and capitals make no difference. “delus*” stands for every ending",
                        max_length=80,
                        verbose_name="words",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("it", "Italian"), ("en", "English")],
                        default="it",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "weight",
                    models.SmallIntegerField(
                        help_text="From -5 to 5; below zero it speaks against a complaint", verbose_name="weight"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "verbose_name": "words of complaints",
                "verbose_name_plural": "words of complaints",
                "ordering": ["language", "-weight", "phrase"],
            },
        ),
        migrations.CreateModel(
            name="HintPhraseHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "phrase",
                    models.CharField(
                        help_text="As people write them; accents and capitals make no difference. “delus*” stands for every ending",
                        max_length=80,
                        verbose_name="words",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("it", "Italian"), ("en", "English")],
                        default="it",
                        max_length=2,
                        verbose_name="language",
                    ),
                ),
                (
                    "weight",
                    models.SmallIntegerField(
                        help_text="From -5 to 5; below zero it speaks against a complaint", verbose_name="weight"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Representation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="represented person")),
                (
                    "tax_code",
                    models.CharField(blank=True, max_length=16, verbose_name="tax code of the represented person"),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("client", "client"),
                            ("member", "member of the association"),
                            ("family", "member of the family"),
                            ("ward", "minor, or person under guardianship"),
                            ("other", "other"),
                        ],
                        default="client",
                        max_length=6,
                        verbose_name="relation",
                    ),
                ),
                ("mandate_key", models.UUIDField(blank=True, null=True, verbose_name="document that is the mandate")),
                ("mandate_on", models.DateField(blank=True, null=True, verbose_name="mandate received on")),
                ("asked_on", models.DateField(blank=True, null=True, verbose_name="mandate asked for on")),
            ],
            options={
                "verbose_name": "represented person",
                "verbose_name_plural": "represented persons",
            },
        ),
        migrations.CreateModel(
            name="RepresentationHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=200, verbose_name="represented person")),
                (
                    "tax_code",
                    models.CharField(blank=True, max_length=16, verbose_name="tax code of the represented person"),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("client", "client"),
                            ("member", "member of the association"),
                            ("family", "member of the family"),
                            ("ward", "minor, or person under guardianship"),
                            ("other", "other"),
                        ],
                        default="client",
                        max_length=6,
                        verbose_name="relation",
                    ),
                ),
                ("mandate_key", models.UUIDField(blank=True, null=True, verbose_name="document that is the mandate")),
                ("mandate_on", models.DateField(blank=True, null=True, verbose_name="mandate received on")),
                ("asked_on", models.DateField(blank=True, null=True, verbose_name="mandate asked for on")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TriageDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_on", models.DateField(verbose_name="written on")),
                ("is_complaint", models.BooleanField(verbose_name="is a complaint")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="at")),
            ],
            options={
                "verbose_name": "decision on what is a complaint",
                "verbose_name_plural": "decisions on what is a complaint",
                "ordering": ["-at", "-pk"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="complaint",
            name="codes_exist",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="complaint",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="complaint",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="code",
            name="code_list_is_known",
        ),
        migrations.AddField(
            model_name="complaint",
            name="cancelled_as",
            field=models.CharField(blank=True, max_length=20, verbose_name="cancelled as"),
        ),
        migrations.AddField(
            model_name="complaint",
            name="double_of",
            field=models.ForeignKey(
                blank=True,
                help_text="The entry under which the same complaint is treated",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="doubles",
                to="complaints.complaint",
                verbose_name="double of",
            ),
        ),
        migrations.AddField(
            model_name="complainthistory",
            name="cancelled_as",
            field=models.CharField(blank=True, max_length=20, verbose_name="cancelled as"),
        ),
        migrations.AddField(
            model_name="complainthistory",
            name="double_of",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The entry under which the same complaint is treated",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="complaints.complaint",
                verbose_name="double of",
            ),
        ),
        migrations.AlterField(
            model_name="code",
            name="list",
            field=models.CharField(
                choices=[
                    ("area", "business areas"),
                    ("reason", "reasons of complaints"),
                    ("product", "products"),
                    ("complainant", "kinds of complainant"),
                    ("proposer", "proposers"),
                    ("channel", "channels of receipt and of answer"),
                    ("outcome", "outcomes"),
                    ("not_treatable", "causes of non-treatability"),
                    ("intermediary", "types of intermediary"),
                    ("distribution", "channels of distribution"),
                    ("value_band", "value bands"),
                    ("cancelled", "causes of cancellation"),
                ],
                max_length=16,
                verbose_name="list",
            ),
        ),
        migrations.AlterField(
            model_name="codehistory",
            name="list",
            field=models.CharField(
                choices=[
                    ("area", "business areas"),
                    ("reason", "reasons of complaints"),
                    ("product", "products"),
                    ("complainant", "kinds of complainant"),
                    ("proposer", "proposers"),
                    ("channel", "channels of receipt and of answer"),
                    ("outcome", "outcomes"),
                    ("not_treatable", "causes of non-treatability"),
                    ("intermediary", "types of intermediary"),
                    ("distribution", "channels of distribution"),
                    ("value_band", "value bands"),
                    ("cancelled", "causes of cancellation"),
                ],
                max_length=16,
                verbose_name="list",
            ),
        ),
        migrations.AlterField(
            model_name="complaintevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("registered", "registered"),
                    ("assigned", "assigned"),
                    ("classified", "classified"),
                    ("suspended", "clock suspended"),
                    ("resumed", "clock resumed"),
                    ("answered", "answered"),
                    ("withdrawn", "withdrawn"),
                    ("noted", "noted"),
                    ("forwarded", "passed to the intermediary"),
                    ("corrected", "receipt corrected"),
                    ("alerted", "alert about the term"),
                    ("cancelled", "cancelled: not a complaint"),
                    ("reinstated", "reinstated"),
                    ("amended", "name or address corrected"),
                    ("returned", "the letter did not arrive"),
                    ("sent", "letter sent again"),
                    ("posted", "letter posted"),
                    ("added", "the complainant added something"),
                    ("document", "document added"),
                    ("person", "represented person entered"),
                    ("mandate", "mandate"),
                ],
                max_length=10,
                verbose_name="kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaint",
            trigger=pgtrigger.compiler.Trigger(
                name="codes_exist",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NEW.area <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'area' AND word = NEW.area) THEN RAISE EXCEPTION 'There is no code % in the list area', NEW.area USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.product <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'product' AND word = NEW.product) THEN RAISE EXCEPTION 'There is no code % in the list product', NEW.product USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.complainant_kind <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'complainant' AND word = NEW.complainant_kind) THEN RAISE EXCEPTION 'There is no code % in the list complainant', NEW.complainant_kind USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.proposer_kind <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'proposer' AND word = NEW.proposer_kind) THEN RAISE EXCEPTION 'There is no code % in the list proposer', NEW.proposer_kind USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.received_by <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'channel' AND word = NEW.received_by) THEN RAISE EXCEPTION 'There is no code % in the list channel', NEW.received_by USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.outcome <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'outcome' AND word = NEW.outcome) THEN RAISE EXCEPTION 'There is no code % in the list outcome', NEW.outcome USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.not_treatable_cause <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'not_treatable' AND word = NEW.not_treatable_cause) THEN RAISE EXCEPTION 'There is no code % in the list not_treatable', NEW.not_treatable_cause USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.intermediary_kind <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'intermediary' AND word = NEW.intermediary_kind) THEN RAISE EXCEPTION 'There is no code % in the list intermediary', NEW.intermediary_kind USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.distribution <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'distribution' AND word = NEW.distribution) THEN RAISE EXCEPTION 'There is no code % in the list distribution', NEW.distribution USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.value_band <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'value_band' AND word = NEW.value_band) THEN RAISE EXCEPTION 'There is no code % in the list value_band', NEW.value_band USING ERRCODE = 'foreign_key_violation'; END IF; IF NEW.cancelled_as <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'cancelled' AND word = NEW.cancelled_as) THEN RAISE EXCEPTION 'There is no code % in the list cancelled', NEW.cancelled_as USING ERRCODE = 'foreign_key_violation'; END IF; IF EXISTS (SELECT FROM unnest(NEW.reason_codes) AS given (word) WHERE NOT EXISTS (SELECT FROM complaints_code c WHERE c.list = 'reason' AND c.word = given.word)) OR cardinality(NEW.reason_codes) <> (SELECT count(DISTINCT given.word) FROM unnest(NEW.reason_codes) AS given (word)) THEN RAISE EXCEPTION 'There is no such reason, or one is given twice' USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NEW;",
                    hash="32f494ccfcf971e7b4715352dfaed3597e3d9fb5",
                    operation='INSERT OR UPDATE OF "area", "product", "complainant_kind", "proposer_kind", "received_by", "outcome", "not_treatable_cause", "intermediary_kind", "distribution", "value_band", "cancelled_as", "reason_codes"',
                    pgid="pgtrigger_codes_exist_45207",
                    table="complaints_complaint",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaint",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."about_conduct" IS DISTINCT FROM (NEW."about_conduct") OR OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."area" IS DISTINCT FROM (NEW."area") OR OLD."cancelled_as" IS DISTINCT FROM (NEW."cancelled_as") OR OLD."claim_id" IS DISTINCT FROM (NEW."claim_id") OR OLD."complainant_kind" IS DISTINCT FROM (NEW."complainant_kind") OR OLD."complainant_name" IS DISTINCT FROM (NEW."complainant_name") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."dated_on" IS DISTINCT FROM (NEW."dated_on") OR OLD."distribution" IS DISTINCT FROM (NEW."distribution") OR OLD."double_of_id" IS DISTINCT FROM (NEW."double_of_id") OR OLD."economic_value" IS DISTINCT FROM (NEW."economic_value") OR OLD."event_on" IS DISTINCT FROM (NEW."event_on") OR OLD."follows_id" IS DISTINCT FROM (NEW."follows_id") OR OLD."handler_id" IS DISTINCT FROM (NEW."handler_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."intermediary_address" IS DISTINCT FROM (NEW."intermediary_address") OR OLD."intermediary_kind" IS DISTINCT FROM (NEW."intermediary_kind") OR OLD."intermediary_stated" IS DISTINCT FROM (NEW."intermediary_stated") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."not_treatable_cause" IS DISTINCT FROM (NEW."not_treatable_cause") OR OLD."not_treatable_reason" IS DISTINCT FROM (NEW."not_treatable_reason") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."policy_id" IS DISTINCT FROM (NEW."policy_id") OR OLD."product" IS DISTINCT FROM (NEW."product") OR OLD."proposer_kind" IS DISTINCT FROM (NEW."proposer_kind") OR OLD."province" IS DISTINCT FROM (NEW."province") OR OLD."ramo" IS DISTINCT FROM (NEW."ramo") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reason_codes" IS DISTINCT FROM (NEW."reason_codes") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons") OR OLD."received_by" IS DISTINCT FROM (NEW."received_by") OR OLD."received_by_intermediary_on" IS DISTINCT FROM (NEW."received_by_intermediary_on") OR OLD."received_on" IS DISTINCT FROM (NEW."received_on") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."registered_at" IS DISTINCT FROM (NEW."registered_at") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."submission_key" IS DISTINCT FROM (NEW."submission_key") OR OLD."suspended_days" IS DISTINCT FROM (NEW."suspended_days") OR OLD."tax_code" IS DISTINCT FROM (NEW."tax_code") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."treatable" IS DISTINCT FROM (NEW."treatable") OR OLD."value_band" IS DISTINCT FROM (NEW."value_band") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."year_id" IS DISTINCT FROM (NEW."year_id"))',
                    func='INSERT INTO "complaints_complainthistory" ("about_conduct", "address", "agency_id", "answer", "answered_at", "area", "cancelled_as", "claim_id", "complainant_kind", "complainant_name", "contact_id", "customer_id", "dated_on", "distribution", "double_of_id", "economic_value", "event_on", "follows_id", "handler_id", "id", "intermediary_address", "intermediary_kind", "intermediary_stated", "language", "not_treatable_cause", "not_treatable_reason", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "policy_id", "product", "proposer_kind", "province", "ramo", "reason", "reason_codes", "reasons", "received_by", "received_by_intermediary_on", "received_on", "reference", "registered_at", "sequence", "state", "subject", "submission_key", "suspended_days", "tax_code", "text", "treatable", "value_band", "version", "year_id") VALUES (OLD."about_conduct", OLD."address", OLD."agency_id", OLD."answer", OLD."answered_at", OLD."area", OLD."cancelled_as", OLD."claim_id", OLD."complainant_kind", OLD."complainant_name", OLD."contact_id", OLD."customer_id", OLD."dated_on", OLD."distribution", OLD."double_of_id", OLD."economic_value", OLD."event_on", OLD."follows_id", OLD."handler_id", OLD."id", OLD."intermediary_address", OLD."intermediary_kind", OLD."intermediary_stated", OLD."language", OLD."not_treatable_cause", OLD."not_treatable_reason", OLD."outcome", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phone", OLD."policy_id", OLD."product", OLD."proposer_kind", OLD."province", OLD."ramo", OLD."reason", OLD."reason_codes", OLD."reasons", OLD."received_by", OLD."received_by_intermediary_on", OLD."received_on", OLD."reference", OLD."registered_at", OLD."sequence", OLD."state", OLD."subject", OLD."submission_key", OLD."suspended_days", OLD."tax_code", OLD."text", OLD."treatable", OLD."value_band", OLD."version", OLD."year_id"); RETURN NULL;',
                    hash="d9e7fc28221d6bb828231b509511d67887ac1fbf",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_36c30",
                    table="complaints_complaint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaint",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "complaints_complainthistory" ("about_conduct", "address", "agency_id", "answer", "answered_at", "area", "cancelled_as", "claim_id", "complainant_kind", "complainant_name", "contact_id", "customer_id", "dated_on", "distribution", "double_of_id", "economic_value", "event_on", "follows_id", "handler_id", "id", "intermediary_address", "intermediary_kind", "intermediary_stated", "language", "not_treatable_cause", "not_treatable_reason", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "policy_id", "product", "proposer_kind", "province", "ramo", "reason", "reason_codes", "reasons", "received_by", "received_by_intermediary_on", "received_on", "reference", "registered_at", "sequence", "state", "subject", "submission_key", "suspended_days", "tax_code", "text", "treatable", "value_band", "version", "year_id") VALUES (OLD."about_conduct", OLD."address", OLD."agency_id", OLD."answer", OLD."answered_at", OLD."area", OLD."cancelled_as", OLD."claim_id", OLD."complainant_kind", OLD."complainant_name", OLD."contact_id", OLD."customer_id", OLD."dated_on", OLD."distribution", OLD."double_of_id", OLD."economic_value", OLD."event_on", OLD."follows_id", OLD."handler_id", OLD."id", OLD."intermediary_address", OLD."intermediary_kind", OLD."intermediary_stated", OLD."language", OLD."not_treatable_cause", OLD."not_treatable_reason", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."policy_id", OLD."product", OLD."proposer_kind", OLD."province", OLD."ramo", OLD."reason", OLD."reason_codes", OLD."reasons", OLD."received_by", OLD."received_by_intermediary_on", OLD."received_on", OLD."reference", OLD."registered_at", OLD."sequence", OLD."state", OLD."subject", OLD."submission_key", OLD."suspended_days", OLD."tax_code", OLD."text", OLD."treatable", OLD."value_band", OLD."version", OLD."year_id"); RETURN NULL;',
                    hash="2937cddadfa997f5f1ef384aace84206ae810bde",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a79b8",
                    table="complaints_complaint",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "list__in",
                        [
                            "area",
                            "reason",
                            "product",
                            "complainant",
                            "proposer",
                            "channel",
                            "outcome",
                            "not_treatable",
                            "intermediary",
                            "distribution",
                            "value_band",
                            "cancelled",
                        ],
                    )
                ),
                name="code_list_is_known",
            ),
        ),
        migrations.RunPython(causes_and_phrases, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), models.Q(("cancelled_as", ""), _negated=True)),
                    models.Q(models.Q(("state", "cancelled"), _negated=True), ("cancelled_as", "")),
                    _connector="OR",
                ),
                name="complaint_cancelled_has_a_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_as", "double"), ("double_of__isnull", False)),
                    models.Q(models.Q(("cancelled_as", "double"), _negated=True), ("double_of__isnull", True)),
                    _connector="OR",
                ),
                name="complaint_double_names_the_other",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("double_of__isnull", True),
                    models.Q(("double_of", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="complaint_is_no_double_of_itself",
            ),
        ),
        migrations.AddField(
            model_name="complaintdocument",
            name="by",
            field=models.ForeignKey(
                blank=True,
                help_text="Nobody of ours, where it came by a page or with a request",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="entered by",
            ),
        ),
        migrations.AddField(
            model_name="complaintdocument",
            name="complaint",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="complaints.complaint",
                verbose_name="complaint",
            ),
        ),
        migrations.AddField(
            model_name="complainthint",
            name="contact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="complaint_hints",
                to="contact_center.contact",
                verbose_name="contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="hintmeasurement",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lte", models.F("split")), ("split__lte", models.F("last"))),
                name="hint_measured_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="hintmeasurement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("found__lte", models.F("marked")),
                    ("marked__lte", models.F("messages")),
                    ("complaints__lte", models.F("messages")),
                    ("found__lte", models.F("complaints")),
                ),
                name="hint_measured_within_its_base",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hintmeasurement",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="c9e09b100f6a397a5577e299c76de4ed5a4925d2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_073ef",
                    table="complaints_hintmeasurement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hintmeasurement",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;",
                    hash="80030b52817fd6265e00ba8f0a215f5832e0252b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_5fafe",
                    table="complaints_hintmeasurement",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="hintphrase",
            constraint=models.UniqueConstraint(fields=("language", "phrase"), name="hint_phrase_once"),
        ),
        migrations.AddConstraint(
            model_name="hintphrase",
            constraint=models.CheckConstraint(
                condition=models.Q(("phrase", ""), _negated=True), name="hint_phrase_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="hintphrase",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__range", (-5, 5)), models.Q(("weight", 0), _negated=True)),
                name="hint_phrase_weight_in_range",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hintphrase",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="53d0aca6fb2c0a6020fb22e4eb3ac8d0b8830bf3",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_a193c",
                    table="complaints_hintphrase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hintphrase",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;",
                    hash="d9f511b49de7f1dc2808d8bfe1525560b634f918",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_a3d68",
                    table="complaints_hintphrase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hintphrase",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "complaints_hintphrasehistory" ("id", "is_active", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phrase", "version", "weight") VALUES (OLD."id", OLD."is_active", OLD."language", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phrase", OLD."version", OLD."weight"); RETURN NULL;',
                    hash="134ce6f0b05c44550c167aee61804e85cad29002",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_48bfc",
                    table="complaints_hintphrase",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hintphrase",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "complaints_hintphrasehistory" ("id", "is_active", "language", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phrase", "version", "weight") VALUES (OLD."id", OLD."is_active", OLD."language", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phrase", OLD."version", OLD."weight"); RETURN NULL;',
                    hash="9d72d8d805f380227d3214e2bc849b3e73b78f4f",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_5d220",
                    table="complaints_hintphrase",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="hintphrasehistory",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="hintphrasehistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                related_query_name="history",
                to="complaints.hintphrase",
            ),
        ),
        migrations.AddField(
            model_name="representation",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked for by",
            ),
        ),
        migrations.AddField(
            model_name="representation",
            name="complaint",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="representation",
                to="complaints.complaint",
                verbose_name="complaint",
            ),
        ),
        migrations.AddField(
            model_name="representationhistory",
            name="asked_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="asked for by",
            ),
        ),
        migrations.AddField(
            model_name="representationhistory",
            name="complaint",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="complaints.complaint",
                verbose_name="complaint",
            ),
        ),
        migrations.AddField(
            model_name="representationhistory",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="representationhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                related_query_name="history",
                to="complaints.representation",
            ),
        ),
        migrations.AddField(
            model_name="triagedecision",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="triagedecision",
            name="complaint",
            field=models.ForeignKey(
                blank=True,
                help_text="The entry that it became, or that was cancelled by it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="triage_decisions",
                to="complaints.complaint",
                verbose_name="complaint",
            ),
        ),
        migrations.AddField(
            model_name="triagedecision",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="triage_decisions",
                to="contact_center.contact",
                verbose_name="contact",
            ),
        ),
        migrations.AddField(
            model_name="triagedecision",
            name="feedback",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="triage_decisions",
                to="complaints.feedback",
                verbose_name="feedback",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaintdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="complaint_document_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="complaintdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0)), name="complaint_document_is_not_empty"
            ),
        ),
        migrations.AddConstraint(
            model_name="complaintdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("giver__in", ["complainant", "intermediary", "other", "office"])),
                name="complaint_document_giver_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="complaintdocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_from__isnull", False)),
                fields=("complaint", "taken_from"),
                name="contact_file_taken_over_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaintdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="391374cd0756692727f082798c0b5406ee2e1892",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f38d3",
                    table="complaints_complaintdocument",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaintdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;",
                    hash="982eb24903c5778317af0de391bd37ce6d1e0095",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_ef897",
                    table="complaints_complaintdocument",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complaintdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="document_way_exists",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NEW.way <> '' AND NOT EXISTS (SELECT FROM complaints_code WHERE list = 'channel' AND word = NEW.way) THEN RAISE EXCEPTION 'There is no such channel' USING ERRCODE = 'foreign_key_violation'; END IF; RETURN NEW;",
                    hash="595e068523020142080a84b97d7825cd57857c0d",
                    operation="INSERT",
                    pgid="pgtrigger_document_way_exists_37f86",
                    table="complaints_complaintdocument",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="complainthint",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", True), ("is_likely", True)),
                fields=["written_at", "message"],
                name="hint_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="complainthint",
            index=models.Index(
                condition=models.Q(("is_likely", True)), fields=["-written_at", "-message"], name="hint_likely"
            ),
        ),
        migrations.AddIndex(
            model_name="complainthint",
            index=models.Index(condition=models.Q(("is_likely", True)), fields=["contact"], name="hint_of_contact"),
        ),
        migrations.AddConstraint(
            model_name="complainthint",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_at__isnull", True), ("is_likely", True), _connector="OR"),
                name="hint_decided_only_if_likely",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="complainthint",
            trigger=pgtrigger.compiler.Trigger(
                name="hint_is_as_it_was_read",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at") OR OLD."score" IS DISTINCT FROM (NEW."score") OR OLD."words" IS DISTINCT FROM (NEW."words") OR OLD."is_likely" IS DISTINCT FROM (NEW."is_likely"))',
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="9505136f58b8ef306dc418c26381bfd3b39e5ab4",
                    operation='UPDATE OF "contact_id", "written_at", "score", "words", "is_likely"',
                    pgid="pgtrigger_hint_is_as_it_was_read_f5672",
                    table="complaints_complainthint",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hintphrasehistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="7eb595dda75305d51721c79daa1f6b465fca5235",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4a9e3",
                    table="complaints_hintphrasehistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hintphrasehistory",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;",
                    hash="15aaba2092da1a22fcccfd6f87911fa3ed618998",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_29691",
                    table="complaints_hintphrasehistory",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="represented_person_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(("relation__in", ["client", "member", "family", "ward", "other"])),
                name="representation_relation_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mandate_key__isnull", True), ("mandate_on__isnull", True)),
                    models.Q(("mandate_key__isnull", False), ("mandate_on__isnull", False)),
                    _connector="OR",
                ),
                name="mandate_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_by__isnull", True), ("asked_on__isnull", True)),
                    models.Q(("asked_by__isnull", False), ("asked_on__isnull", False)),
                    _connector="OR",
                ),
                name="mandate_asked_by_somebody",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="representation",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="48658cba20cb52244392abcaa9da01b79f1cfe08",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_8feb9",
                    table="complaints_representation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="representation",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;",
                    hash="b1a4e6a3eb03603bf3ace3b8f58024fd07a2852f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_514ea",
                    table="complaints_representation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="representation",
            trigger=pgtrigger.compiler.Trigger(
                name="represented_in_one_complaint",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."complaint_id" IS DISTINCT FROM (NEW."complaint_id"))',
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="c58fec1286d3123a7fdd3bf2d6583246075270c8",
                    operation='UPDATE OF "complaint_id"',
                    pgid="pgtrigger_represented_in_one_complaint_99065",
                    table="complaints_representation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="representation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "complaints_representationhistory" ("asked_by_id", "asked_on", "complaint_id", "id", "mandate_key", "mandate_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation", "tax_code") VALUES (OLD."asked_by_id", OLD."asked_on", OLD."complaint_id", OLD."id", OLD."mandate_key", OLD."mandate_on", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."relation", OLD."tax_code"); RETURN NULL;',
                    hash="625b6a8088825c9e9383cac461ce9a5feb451e8a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_53b83",
                    table="complaints_representation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="representation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "complaints_representationhistory" ("asked_by_id", "asked_on", "complaint_id", "id", "mandate_key", "mandate_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "relation", "tax_code") VALUES (OLD."asked_by_id", OLD."asked_on", OLD."complaint_id", OLD."id", OLD."mandate_key", OLD."mandate_on", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."relation", OLD."tax_code"); RETURN NULL;',
                    hash="e07b6bbc5c8e2546d82571f0074a22eb47b6ee0a",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4507a",
                    table="complaints_representation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="representationhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="770c32d8beb0d8b9a2a4999ba8b5781ea9dab8bb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d29b0",
                    table="complaints_representationhistory",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="representationhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;",
                    hash="5c00d4341123cbd56e1636ec44a65f1b61e1524b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_d0973",
                    table="complaints_representationhistory",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="triagedecision",
            index=models.Index(
                condition=models.Q(("contact__isnull", False)), fields=["contact", "-at"], name="triage_of_contact"
            ),
        ),
        migrations.AddConstraint(
            model_name="triagedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contact__isnull", False), ("feedback__isnull", True)),
                    models.Q(("contact__isnull", True), ("feedback__isnull", False)),
                    _connector="OR",
                ),
                name="triage_decision_is_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="triagedecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_complaint", True), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="triage_decision_against_has_a_reason",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="triagedecision",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;",
                    hash="1bd9bfefc53f9a2915954ec3052e3a4bbdab9acb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7c4da",
                    table="complaints_triagedecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="triagedecision",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;",
                    hash="a0f6b41e7fcc89aee83f25c98701e1b263b2ecdd",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_19139",
                    table="complaints_triagedecision",
                    when="BEFORE",
                ),
            ),
        ),
    ]
