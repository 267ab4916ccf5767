"""Requests of IVASS and appeals to the Arbiter, with the numbers of the law and the stops that hold to begin with.

None of the numbers is ticked as verified: they were read in secondary sources, which are named.
"""

import datetime

import complaints.models.addition
import complaints.models.letter
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


REGULATION = datetime.date(2008, 5, 19)  # ISVAP Regulation 24/2008
DECREE = datetime.date(2025, 1, 24)  # D.M. 6 November 2024, no. 215, in force
IVASS = "Reg. ISVAP 24/2008; assiweb.net/node/34590"
AAS = "D.M. 215/2024; Provv. IVASS 106122/2025; irenlucegas.it, helpconsumatori.it"
ADMISSIBLE = "D.M. 215/2024; www.axa.it/arbitro-assicurativo"
CAPS = "D.M. 215/2024; irenlucegas.it, studiolegalefiorikochi.it"
STOPS = "Provv. IVASS 106122/2025; iusletter.com"
PUBLICATION = "D.M. 215/2024; helpconsumatori.it"

# kind, how many, whether the stops are left out, from which day it counts, since when, source
FIGURES = [
    ("complaint_answer", 45, False, "", REGULATION, "art. 8 Reg. ISVAP 24/2008; www.axa.it/arbitro-assicurativo"),
    ("ivass_answer", 30, False, "", REGULATION, IVASS),
    ("ivass_halved", 15, False, "", REGULATION, f"art. 132 CAP; {IVASS}"),
    ("completion", 10, True, "", DECREE, AAS),
    ("counter_arguments", 40, True, "", DECREE, AAS),
    ("decision", 180, True, "filing", DECREE, f"{AAS}; one law firm writes 90 + 90"),
    ("extension", 90, True, "", DECREE, AAS),
    ("complaint_age", 12, False, "", DECREE, ADMISSIBLE),
    ("facts_age", 36, False, "", DECREE, ADMISSIBLE),
    ("cap_death_only", 300_000, False, "", DECREE, CAPS),
    ("cap_life", 150_000, False, "", DECREE, CAPS),
    ("cap_non_life", 25_000, False, "", DECREE, CAPS),
    ("cap_injured", 2_500, False, "", DECREE, CAPS),
    ("published_arbiter", 60, False, "", DECREE, PUBLICATION),
    ("published_us", 6, False, "", DECREE, PUBLICATION),
]


def enter(apps, schema_editor):
    figure, stop = (apps.get_model("complaints", name) for name in ("LegalFigure", "TermStop"))
    figure.objects.bulk_create(
        figure(kind=kind, amount=amount, has_stops=stops, counts_from=since, valid_from=valid_from, source=source)
        for kind, amount, stops, since, valid_from, source in FIGURES
    )
    stop.objects.bulk_create(
        stop(
            first_month=first[0],
            first_day=first[1],
            last_month=last[0],
            last_day=last[1],
            valid_from=DECREE,
            source=STOPS,
        )
        for first, last in (((8, 1), (8, 31)), ((12, 23), (1, 6)))
    )


class Migration(migrations.Migration):

    dependencies = [
        ("complaints", "0007_feedback"),
        ('notifications', '0018_documents_that_did_not_come'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LegalFigureHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('complaint_answer', 'answer to a complaint, before the Arbiter may be asked'), ('ivass_answer', 'answer to IVASS'), ('ivass_halved', 'answer to IVASS, halved (duty to contract)'), ('completion', 'completion of an appeal by the applicant'), ('counter_arguments', 'counter-arguments to an appeal'), ('decision', 'decision of the Arbiter'), ('extension', 'extension of the decision, once'), ('complaint_age', 'age of the complaint at the appeal, at most'), ('facts_age', 'age of the facts at the complaint, at most'), ('cap_death_only', 'cap: life, death only'), ('cap_life', 'cap: other life'), ('cap_non_life', 'cap: non-life'), ('cap_injured', 'cap: injured party with direct action'), ('published_arbiter', 'publication by the Arbiter of a decision that is not complied with'), ('published_us', 'publication on our site of a decision that is not complied with')], max_length=17, verbose_name='number of the law')),
                ('amount', models.PositiveIntegerField(help_text='Days, months or euro, as the list shows', verbose_name='how many')),
                ('has_stops', models.BooleanField(default=False, help_text="The days of the Arbiter's stops are not counted. Only for days.", verbose_name='stops')),
                ('counts_from', models.CharField(blank=True, choices=[('', 'the day that the rule gives it'), ('filing', 'the filing of the appeal'), ('complete_file', 'the complete file')], default='', help_text='Only for the decision of the Arbiter, about which the sources do not agree', max_length=13, verbose_name='counts from')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('is_verified', models.BooleanField(default=False, help_text='Not ticked: the rule was read in secondary sources, or not at all. Check it before you rely on it.', verbose_name='verified')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProcedureFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('direction', models.CharField(choices=[('received', 'received'), ('sent', 'sent')], max_length=8, verbose_name='direction')),
                ('name', models.CharField(max_length=120, verbose_name='file name')),
                ('content_type', models.CharField(help_text='As found inside the file', max_length=80, verbose_name='type')),
                ('size', models.PositiveIntegerField(verbose_name='size (bytes)')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('file', models.FileField(upload_to=complaints.models.addition.stored_under, verbose_name='file')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added at')),
            ],
            options={
                'verbose_name': 'document of a procedure',
                'verbose_name_plural': 'documents of a procedure',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ProcedureLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.BinaryField(verbose_name='PDF')),
                ('sha256', models.GeneratedField(db_persist=True, expression=complaints.models.letter.Digest(models.F('pdf')), output_field=models.CharField(max_length=64), verbose_name='SHA-256')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made at')),
                ('way', models.CharField(choices=[('pec', 'by PEC'), ('post', 'by post'), ('portal', 'on the portal, by hand')], max_length=6, verbose_name='way')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='address')),
                ('post', models.CharField(blank=True, choices=[('', 'not known'), ('receipt', 'registered letter with advice of receipt'), ('registered', 'registered letter'), ('ordinary', 'ordinary letter'), ('by_hand', 'handed over')], default='', max_length=10, verbose_name='kind of post')),
                ('tracking', models.CharField(blank=True, help_text="Of the registered letter, or of the portal's receipt", max_length=60, verbose_name='number of the proof')),
                ('problem', models.CharField(blank=True, max_length=500, verbose_name='problem')),
            ],
            options={
                'verbose_name': 'letter of a procedure',
                'verbose_name_plural': 'letters of a procedure',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='RegulatorRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('protocol', models.CharField(max_length=60, verbose_name='number given by IVASS')),
                ('channel', models.CharField(choices=[('pec', 'PEC'), ('email', 'e-mail'), ('post', 'post'), ('portal', 'IVASS portal')], max_length=6, verbose_name='channel of receipt')),
                ('received_on', models.DateField(verbose_name='received on')),
                ('is_halved', models.BooleanField(default=False, help_text='For a breach of the duty to contract (art. 132 CAP)', verbose_name='term halved')),
                ('asked', models.TextField(verbose_name='what is asked')),
                ('due_on', models.DateField(verbose_name='answer due on')),
                ('draft', models.TextField(blank=True, verbose_name='draft of the answer')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('state', models.CharField(choices=[('received', 'received'), ('in_progress', 'in progress'), ('answered', 'answered'), ('closed', 'closed by IVASS'), ('cancelled', 'entered by mistake')], default='received', max_length=11, verbose_name='state')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('sent_on', models.DateField(blank=True, null=True, verbose_name='answer gone on')),
                ('outcome', models.CharField(blank=True, choices=[('', 'not known yet'), ('no_remarks', 'closed without remarks'), ('remarks', 'closed with remarks to the company'), ('proceeding', 'a proceeding was opened'), ('other', 'other')], default='', max_length=10, verbose_name='outcome at IVASS')),
                ('outcome_text', models.TextField(blank=True, verbose_name='what IVASS wrote')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='registered at')),
            ],
            options={
                'verbose_name': 'request of IVASS',
                'verbose_name_plural': 'requests of IVASS',
                'ordering': ['-received_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='TermStop',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_month', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='first month')),
                ('first_day', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='first day')),
                ('last_month', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='last month')),
                ('last_day', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='last day')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('is_verified', models.BooleanField(default=False, help_text='Not ticked: the rule was read in secondary sources, or not at all. Check it before you rely on it.', verbose_name='verified')),
            ],
            options={
                'verbose_name': "stop of the Arbiter's terms",
                'verbose_name_plural': "stops of the Arbiter's terms",
                'ordering': ['first_month', 'first_day', '-valid_from'],
            },
        ),
        migrations.CreateModel(
            name='TermStopHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('first_month', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='first month')),
                ('first_day', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='first day')),
                ('last_month', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='last month')),
                ('last_day', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='last day')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('is_verified', models.BooleanField(default=False, help_text='Not ticked: the rule was read in secondary sources, or not at all. Check it before you rely on it.', verbose_name='verified')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AlterField(
            model_name='complaintevent',
            name='kind',
            field=models.CharField(choices=[('registered', 'registered'), ('assigned', 'assigned'), ('classified', 'classified'), ('suspended', 'clock suspended'), ('resumed', 'clock resumed'), ('answered', 'answered'), ('withdrawn', 'withdrawn'), ('noted', 'noted'), ('forwarded', 'passed to the intermediary'), ('corrected', 'receipt corrected'), ('alerted', 'alert about the term'), ('cancelled', 'cancelled: not a complaint'), ('reinstated', 'reinstated'), ('amended', 'name or address corrected'), ('returned', 'the letter did not arrive'), ('sent', 'letter sent again'), ('posted', 'letter posted'), ('added', 'the complainant added something'), ('regulator', 'request of IVASS'), ('arbitrator', 'appeal to the Arbiter')], max_length=10, verbose_name='kind'),
        ),
        migrations.CreateModel(
            name='ArbitratorAppeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('number', models.CharField(max_length=60, verbose_name='number of the appeal')),
                ('kind', models.CharField(choices=[('death_only', 'life, death only'), ('life', 'other life'), ('non_life', 'non-life'), ('injured', 'injured party with direct action')], max_length=10, verbose_name='kind of dispute')),
                ('asked', models.TextField(verbose_name='what is asked')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='value of what is asked')),
                ('facts_on', models.DateField(blank=True, null=True, verbose_name='day of the facts')),
                ('filed_on', models.DateField(verbose_name='filed on')),
                ('notified_on', models.DateField(verbose_name='notified to us on')),
                ('completion_asked_on', models.DateField(blank=True, null=True, verbose_name='completion asked on')),
                ('completion_due_on', models.DateField(blank=True, null=True, verbose_name='completion due on')),
                ('complete_on', models.DateField(blank=True, null=True, verbose_name='file complete on')),
                ('counter_due_on', models.DateField(blank=True, null=True, verbose_name='counter-arguments due on')),
                ('decision_due_on', models.DateField(blank=True, null=True, verbose_name='decision due on')),
                ('extended_on', models.DateField(blank=True, null=True, verbose_name='term of the decision extended on')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='our next term')),
                ('draft', models.TextField(blank=True, verbose_name='draft of the counter-arguments')),
                ('counter_arguments', models.TextField(blank=True, verbose_name='counter-arguments')),
                ('state', models.CharField(choices=[('received', 'notified'), ('incomplete', 'to be completed by the applicant'), ('preparing', 'counter-arguments to be sent'), ('waiting', 'waiting for the decision'), ('decided', 'decided'), ('cancelled', 'entered by mistake')], default='received', max_length=10, verbose_name='state')),
                ('sent_on', models.DateField(blank=True, null=True, verbose_name='counter-arguments sent on')),
                ('decision', models.CharField(blank=True, choices=[('', 'not decided yet'), ('upheld', 'upheld'), ('in_part', 'upheld in part'), ('rejected', 'rejected'), ('inadmissible', 'inadmissible'), ('withdrawn', 'withdrawn'), ('settled', 'settled')], default='', max_length=12, verbose_name='decision')),
                ('decided_on', models.DateField(blank=True, null=True, verbose_name='decided on')),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='sum awarded')),
                ('comply_by', models.DateField(blank=True, null=True, verbose_name='to be complied with by')),
                ('compliance', models.CharField(blank=True, choices=[('', 'not entered yet'), ('full', 'complied with'), ('in_part', 'complied with in part'), ('none', 'not complied with')], default='', max_length=7, verbose_name='compliance')),
                ('complied_on', models.DateField(blank=True, null=True, verbose_name='complied with on')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='published on')),
                ('published_by_arbiter_until', models.DateField(blank=True, null=True, verbose_name='published by the Arbiter until')),
                ('published_by_us_until', models.DateField(blank=True, null=True, verbose_name='on our site until')),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='registered at')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='complaints.complaint', verbose_name='complaint it follows')),
                ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handler')),
            ],
            options={
                'verbose_name': 'appeal to the Arbiter',
                'verbose_name_plural': 'appeals to the Arbiter',
                'ordering': ['-filed_on', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='complaintevent',
            name='appeal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='complaints.arbitratorappeal', verbose_name='appeal to the Arbiter'),
        ),
        migrations.CreateModel(
            name='LegalFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('complaint_answer', 'answer to a complaint, before the Arbiter may be asked'), ('ivass_answer', 'answer to IVASS'), ('ivass_halved', 'answer to IVASS, halved (duty to contract)'), ('completion', 'completion of an appeal by the applicant'), ('counter_arguments', 'counter-arguments to an appeal'), ('decision', 'decision of the Arbiter'), ('extension', 'extension of the decision, once'), ('complaint_age', 'age of the complaint at the appeal, at most'), ('facts_age', 'age of the facts at the complaint, at most'), ('cap_death_only', 'cap: life, death only'), ('cap_life', 'cap: other life'), ('cap_non_life', 'cap: non-life'), ('cap_injured', 'cap: injured party with direct action'), ('published_arbiter', 'publication by the Arbiter of a decision that is not complied with'), ('published_us', 'publication on our site of a decision that is not complied with')], max_length=17, verbose_name='number of the law')),
                ('amount', models.PositiveIntegerField(help_text='Days, months or euro, as the list shows', verbose_name='how many')),
                ('has_stops', models.BooleanField(default=False, help_text="The days of the Arbiter's stops are not counted. Only for days.", verbose_name='stops')),
                ('counts_from', models.CharField(blank=True, choices=[('', 'the day that the rule gives it'), ('filing', 'the filing of the appeal'), ('complete_file', 'the complete file')], default='', help_text='Only for the decision of the Arbiter, about which the sources do not agree', max_length=13, verbose_name='counts from')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('source', models.CharField(max_length=200, verbose_name='source')),
                ('is_verified', models.BooleanField(default=False, help_text='Not ticked: the rule was read in secondary sources, or not at all. Check it before you rely on it.', verbose_name='verified')),
            ],
            options={
                'verbose_name': 'number of the law',
                'verbose_name_plural': 'numbers of the law',
                'ordering': ['kind', '-valid_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['complaint_answer', 'ivass_answer', 'ivass_halved', 'completion', 'counter_arguments', 'decision', 'extension', 'complaint_age', 'facts_age', 'cap_death_only', 'cap_life', 'cap_non_life', 'cap_injured', 'published_arbiter', 'published_us'])), name='legal_figure_kind_is_known'), models.UniqueConstraint(fields=('kind', 'valid_from'), name='one_legal_figure_per_beginning'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='legal_figure_is_something'), models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='legal_figure_has_a_source'), models.CheckConstraint(condition=models.Q(('has_stops', False), ('kind__in', ['complaint_answer', 'ivass_answer', 'ivass_halved', 'completion', 'counter_arguments', 'decision', 'extension']), _connector='OR'), name='legal_figure_stops_only_in_days'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'decision'), ('counts_from__in', ['filing', 'complete_file'])), models.Q(models.Q(('kind', 'decision'), _negated=True), ('counts_from', '')), _connector='OR'), name='legal_figure_counts_from_for_decision')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='legalfigure',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='77c15718ca2fdf4b09b26383bbf0837a99f1bfe2', operation='DELETE', pgid='pgtrigger_never_deleted_a4090', table='complaints_legalfigure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='legalfigure',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='2822b26870a767ba534dd901501a9a9183fc1a56', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_d6046', table='complaints_legalfigure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='legalfigure',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "complaints_legalfigurehistory" ("amount", "counts_from", "has_stops", "id", "is_verified", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from") VALUES (OLD."amount", OLD."counts_from", OLD."has_stops", OLD."id", OLD."is_verified", OLD."kind", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."source", OLD."valid_from"); RETURN NULL;', hash='0a0d75f93d3abe7c848633dc40d3b27ae6e17b31', operation='UPDATE', pgid='pgtrigger_update_update_e8521', table='complaints_legalfigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='legalfigure',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "complaints_legalfigurehistory" ("amount", "counts_from", "has_stops", "id", "is_verified", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from") VALUES (OLD."amount", OLD."counts_from", OLD."has_stops", OLD."id", OLD."is_verified", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."valid_from"); RETURN NULL;', hash='e32db51f33d60bf9f6df89556cfbd121cf301dcd', operation='DELETE', pgid='pgtrigger_delete_delete_7b901', table='complaints_legalfigure', when='AFTER')),
        ),
        migrations.AddField(
            model_name='legalfigurehistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='legalfigurehistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='complaints.legalfigure'),
        ),
        migrations.AddField(
            model_name='procedurefile',
            name='appeal',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='complaints.arbitratorappeal', verbose_name='appeal to the Arbiter'),
        ),
        migrations.AddField(
            model_name='procedurefile',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='procedureletter',
            name='appeal',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letter', to='complaints.arbitratorappeal', verbose_name='appeal to the Arbiter'),
        ),
        migrations.AddField(
            model_name='procedureletter',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='procedureletter',
            name='notice',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.notice', verbose_name='notice'),
        ),
        migrations.AddField(
            model_name='regulatorrequest',
            name='complaint',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='regulator_requests', to='complaints.complaint', verbose_name='complaint'),
        ),
        migrations.AddField(
            model_name='regulatorrequest',
            name='handler',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handler'),
        ),
        migrations.AddField(
            model_name='procedureletter',
            name='request',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letter', to='complaints.regulatorrequest', verbose_name='request of IVASS'),
        ),
        migrations.AddField(
            model_name='procedurefile',
            name='request',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='complaints.regulatorrequest', verbose_name='request of IVASS'),
        ),
        migrations.AddField(
            model_name='complaintevent',
            name='request',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='complaints.regulatorrequest', verbose_name='request of IVASS'),
        ),
        migrations.AddConstraint(
            model_name='termstop',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__range', (1, 31)), ('first_month__range', (1, 12)), ('last_day__range', (1, 31)), ('last_month__range', (1, 12))), name='term_stop_has_days_of_a_year'),
        ),
        migrations.AddConstraint(
            model_name='termstop',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='term_stop_has_a_source'),
        ),
        migrations.AddConstraint(
            model_name='termstop',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='term_stop_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='termstop',
            constraint=models.UniqueConstraint(fields=('first_month', 'first_day', 'valid_from'), name='one_term_stop_per_beginning'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='termstop',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='e13e6e65645b3af1e133dc158a6ab636af10710d', operation='DELETE', pgid='pgtrigger_never_deleted_0bf5f', table='complaints_termstop', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='termstop',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='ece649774ea189bf97b6b43318488de61670c26b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_348ce', table='complaints_termstop', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='termstop',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "complaints_termstophistory" ("first_day", "first_month", "id", "is_verified", "last_day", "last_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_to") VALUES (OLD."first_day", OLD."first_month", OLD."id", OLD."is_verified", OLD."last_day", OLD."last_month", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."source", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='3f5429bcbff856efdbef2f594cedd2a572819773', operation='UPDATE', pgid='pgtrigger_update_update_67e0d', table='complaints_termstop', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='termstop',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "complaints_termstophistory" ("first_day", "first_month", "id", "is_verified", "last_day", "last_month", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "valid_from", "valid_to") VALUES (OLD."first_day", OLD."first_month", OLD."id", OLD."is_verified", OLD."last_day", OLD."last_month", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='6543463dd283d0c8c4de332cf5a10b52a12c3e0f', operation='DELETE', pgid='pgtrigger_delete_delete_241a0', table='complaints_termstop', when='AFTER')),
        ),
        migrations.AddField(
            model_name='termstophistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='termstophistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='complaints.termstop'),
        ),
        migrations.AddIndex(
            model_name='arbitratorappeal',
            index=models.Index(condition=models.Q(('due_on__isnull', False)), fields=['due_on', 'id'], name='appeal_due'),
        ),
        migrations.AddIndex(
            model_name='arbitratorappeal',
            index=models.Index(condition=models.Q(('published_on__isnull', False)), fields=['published_by_us_until'], name='appeal_published'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('number',), name='one_appeal_per_number'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', ''), _negated=True), models.Q(('asked', ''), _negated=True)), name='appeal_has_number_and_question'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['death_only', 'life', 'non_life', 'injured'])), name='appeal_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'incomplete', 'preparing', 'waiting', 'decided', 'cancelled'])), name='appeal_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['', 'upheld', 'in_part', 'rejected', 'inadmissible', 'withdrawn', 'settled'])), name='appeal_decision_is_known'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(('compliance__in', ['', 'full', 'in_part', 'none'])), name='appeal_compliance_is_known'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(('notified_on__gte', models.F('filed_on'))), name='appeal_notified_after_filing'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(('complete_on__isnull', True), ('complete_on__gte', models.F('filed_on')), _connector='OR'), name='appeal_complete_after_filing'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completion_asked_on__isnull', True), ('completion_due_on__isnull', True)), models.Q(('completion_asked_on__isnull', False), ('completion_due_on__gt', models.F('completion_asked_on')), ('completion_due_on__isnull', False)), _connector='OR'), name='appeal_completion_has_its_term'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['preparing', 'waiting']), _negated=True), models.Q(('complete_on__isnull', False), ('counter_due_on__gt', models.F('complete_on')), ('counter_due_on__isnull', False)), _connector='OR'), name='appeal_counter_arguments_have_a_term'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), models.Q(('counter_arguments', ''), _negated=True), _connector='OR'), name='appeal_waiting_has_counter_arguments'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_on__isnull', False), ('state', 'decided'), models.Q(('decision', ''), _negated=True)), models.Q(models.Q(('state', 'decided'), _negated=True), ('decided_on__isnull', True), ('decision', '')), _connector='OR'), name='appeal_decided_has_day_and_decision'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('compliance', ''), ('comply_by__isnull', True)), ('decision__in', ['upheld', 'in_part']), _connector='OR'), name='appeal_compliance_only_when_upheld'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_by_arbiter_until__isnull', True), ('published_by_us_until__isnull', True), ('published_on__isnull', True)), models.Q(('published_by_arbiter_until__gte', models.F('published_on')), ('published_by_arbiter_until__isnull', False), ('published_by_us_until__gte', models.F('published_on')), ('published_by_us_until__isnull', False), ('published_on__isnull', False), models.Q(('compliance', ''), _negated=True)), _connector='OR'), name='appeal_published_has_its_periods'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('compliance', 'full'), _negated=True), ('complied_on__isnull', False), _connector='OR'), name='appeal_complied_with_on_a_day'),
        ),
        migrations.AddConstraint(
            model_name='arbitratorappeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('value__isnull', True), ('value__gte', 0), _connector='OR'), models.Q(('amount__isnull', True), ('amount__gte', 0), _connector='OR')), name='appeal_sums_are_not_negative'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arbitratorappeal',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='b172bdc31606fd18d89805d3f538f30d2abda8ad', operation='DELETE', pgid='pgtrigger_never_deleted_5ec22', table='complaints_arbitratorappeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arbitratorappeal',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='aeb0a58db6cd2ac8df1488dc03f3e4d21c572579', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_027c2', table='complaints_arbitratorappeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arbitratorappeal',
            trigger=pgtrigger.compiler.Trigger(name='appeal_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."complaint_id" IS DISTINCT FROM (NEW."complaint_id") OR OLD."asked" IS DISTINCT FROM (NEW."asked") OR OLD."registered_at" IS DISTINCT FROM (NEW."registered_at"))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='3c2bd8aae7b57c586ecbbee7e56db11c46fcbfdd', operation='UPDATE OF "number", "complaint_id", "asked", "registered_at"', pgid='pgtrigger_appeal_is_kept_1bccd', table='complaints_arbitratorappeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arbitratorappeal',
            trigger=pgtrigger.compiler.Trigger(name='arguments_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'waiting\' AND OLD."counter_arguments" IS DISTINCT FROM (NEW."counter_arguments"))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='3adbf760309a5fd9148ee95dd113058a57ccdf20', operation='UPDATE OF "counter_arguments"', pgid='pgtrigger_arguments_are_kept_fe311', table='complaints_arbitratorappeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arbitratorappeal',
            trigger=pgtrigger.compiler.Trigger(name='decision_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'decided\' AND (OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."decision" IS DISTINCT FROM (NEW."decision") OR OLD."decided_on" IS DISTINCT FROM (NEW."decided_on") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."counter_arguments" IS DISTINCT FROM (NEW."counter_arguments")))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='1719bcc093e4933aaec9bf0568a2c3dafec7bfd6', operation='UPDATE OF "state", "decision", "decided_on", "amount", "counter_arguments"', pgid='pgtrigger_decision_is_kept_5701a', table='complaints_arbitratorappeal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='legalfigurehistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='c6d6f7f82ae8789fb339971ea813212045128290', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b9128', table='complaints_legalfigurehistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='legalfigurehistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='855fc583d3bcb2c907a2363b1e6613e5c9890a49', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_4337f', table='complaints_legalfigurehistory', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='regulatorrequest',
            index=models.Index(condition=models.Q(('state__in', ['received', 'in_progress']), models.Q(('sent_on__isnull', True), ('state', 'answered')), _connector='OR'), fields=['due_on', 'id'], name='request_owed'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('protocol',), name='one_request_per_protocol'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('protocol', ''), _negated=True), models.Q(('asked', ''), _negated=True)), name='request_has_number_and_question'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['pec', 'email', 'post', 'portal'])), name='request_channel_is_known'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'in_progress', 'answered', 'closed', 'cancelled'])), name='request_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'no_remarks', 'remarks', 'proceeding', 'other'])), name='request_outcome_is_known'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gt', models.F('received_on'))), name='request_due_after_receipt'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='request_answered_has_text_and_moment'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', False), ('state', 'closed'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_on__isnull', True), ('outcome', '')), _connector='OR'), name='request_closed_has_day_and_outcome'),
        ),
        migrations.AddConstraint(
            model_name='regulatorrequest',
            constraint=models.CheckConstraint(condition=models.Q(('sent_on__isnull', True), ('answered_at__isnull', False), _connector='OR'), name='request_sent_was_answered'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='regulatorrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='c3de7a231d4119ff344b3e789d801ff482adebff', operation='DELETE', pgid='pgtrigger_never_deleted_50059', table='complaints_regulatorrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='regulatorrequest',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='753cd5082555bcd62438e86ecefa5ddd20ee2a6f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_e0fb4', table='complaints_regulatorrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='regulatorrequest',
            trigger=pgtrigger.compiler.Trigger(name='request_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."protocol" IS DISTINCT FROM (NEW."protocol") OR OLD."complaint_id" IS DISTINCT FROM (NEW."complaint_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."asked" IS DISTINCT FROM (NEW."asked") OR OLD."registered_at" IS DISTINCT FROM (NEW."registered_at"))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='c713bd8afd16af3ea8588a8376e82701e920add2', operation='UPDATE OF "protocol", "complaint_id", "channel", "asked", "registered_at"', pgid='pgtrigger_request_is_kept_3853d', table='complaints_regulatorrequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='regulatorrequest',
            trigger=pgtrigger.compiler.Trigger(name='answer_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answered_at" IS NOT NULL AND (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."received_on" IS DISTINCT FROM (NEW."received_on") OR OLD."is_halved" IS DISTINCT FROM (NEW."is_halved") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on")))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='8a088b64ac962d7ffdb8042702fe30c0a2fdb2f0', operation='UPDATE OF "answer", "answered_at", "received_on", "is_halved", "due_on"', pgid='pgtrigger_answer_is_kept_25dec', table='complaints_regulatorrequest', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='procedureletter',
            index=models.Index(condition=models.Q(('way', 'pec')), fields=['notice'], name='procedure_letter_followed'),
        ),
        migrations.AddConstraint(
            model_name='procedureletter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appeal__isnull', True), ('request__isnull', False)), models.Q(('appeal__isnull', False), ('request__isnull', True)), _connector='OR'), name='procedure_letter_is_of_one_procedure'),
        ),
        migrations.AddConstraint(
            model_name='procedureletter',
            constraint=models.CheckConstraint(condition=models.Q(('pdf', models.Value(b'')), _negated=True), name='procedure_letter_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='procedureletter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('notice__isnull', False), ('way', 'pec')), models.Q(('notice__isnull', True), ('way__in', ['post', 'portal'])), _connector='OR'), name='procedure_letter_has_its_notice'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='procedureletter',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='204ccffafc8b70c03e3a52038e7b310f5a874791', operation='DELETE', pgid='pgtrigger_never_deleted_8feb3', table='complaints_procedureletter', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='procedureletter',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='0d9da2e8e8cb23938cf627406a8ce0b8a8294039', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_196c1', table='complaints_procedureletter', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='procedureletter',
            trigger=pgtrigger.compiler.Trigger(name='letter_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."request_id" IS DISTINCT FROM (NEW."request_id") OR OLD."appeal_id" IS DISTINCT FROM (NEW."appeal_id") OR OLD."pdf" IS DISTINCT FROM (NEW."pdf") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at"))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='fb24a68f6f382f4f1e1d3b8640e32e6f3d527f47', operation='UPDATE OF "request_id", "appeal_id", "pdf", "by_id", "made_at"', pgid='pgtrigger_letter_is_kept_97b64', table='complaints_procedureletter', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='procedurefile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appeal__isnull', True), ('request__isnull', False)), models.Q(('appeal__isnull', False), ('request__isnull', True)), _connector='OR'), name='procedure_file_is_of_one_procedure'),
        ),
        migrations.AddConstraint(
            model_name='procedurefile',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='procedure_file_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='procedurefile',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='procedure_file_is_not_empty'),
        ),
        migrations.AddConstraint(
            model_name='procedurefile',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ['received', 'sent'])), name='procedure_file_direction_is_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='procedurefile',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='adbb7223600be30aa16d604278f89408dd1a7287', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ced30', table='complaints_procedurefile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='procedurefile',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='bd7c27e2db050aca70ebbbe3e2410fe3fc1b037d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_736c3', table='complaints_procedurefile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='termstophistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='62c79748753d9d77cce7298462ac587f3d28c528', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0a3ad', table='complaints_termstophistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='termstophistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='0e3e715776e1e527dc0b89ec83ce9147bcfb89b2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_a9ce8', table='complaints_termstophistory', when='BEFORE')),
        ),
        migrations.RunPython(enter, migrations.RunPython.noop),
    ]
