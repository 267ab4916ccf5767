import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('prefix', models.CharField(editable=False, max_length=8, unique=True, verbose_name='beginning')),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('calls:write', 'send calls and their events'), ('figures:read', 'read the figures'), ('requests:write', 'send written requests')], max_length=20), size=None, verbose_name='what it may do')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked at')),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last used at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ApiKeyHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('prefix', models.CharField(editable=False, max_length=8, verbose_name='beginning')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('calls:write', 'send calls and their events'), ('figures:read', 'read the figures'), ('requests:write', 'send written requests')], max_length=20), size=None, verbose_name='what it may do')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='foundation.apikey')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('key', models.CharField(max_length=250, primary_key=True, serialize=False, verbose_name='key')),
                ('value', models.TextField(help_text='As JSON', verbose_name='value')),
                ('expires_at', models.DateTimeField(verbose_name='lapses at')),
            ],
            options={
                'verbose_name': 'attempt to sign in',
                'verbose_name_plural': 'attempts to sign in',
                'ordering': ['key'],
                'indexes': [models.Index(fields=['expires_at'], name='attempt_lapses_at')],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False, verbose_name='name')),
                ('began_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='began at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('ok', models.BooleanField(blank=True, null=True, verbose_name='ended well')),
                ('holder', models.CharField(blank=True, max_length=120, verbose_name='held by')),
            ],
            options={
                'verbose_name': 'last run of a periodic task',
                'verbose_name_plural': 'last runs of periodic tasks',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='heartbeat_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('principal', models.CharField(max_length=40, verbose_name='who asked')),
                ('scope', models.CharField(max_length=60, verbose_name='operation')),
                ('key', models.CharField(max_length=200, verbose_name='key')),
                ('digest', models.CharField(max_length=64, verbose_name='digest of what was sent')),
                ('status', models.PositiveSmallIntegerField(default=0, verbose_name='status')),
                ('response', models.JSONField(blank=True, null=True, verbose_name='answer')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'answer kept',
                'verbose_name_plural': 'answers kept',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['created_at'], name='answer_kept_at')],
                'constraints': [models.UniqueConstraint(fields=('principal', 'scope', 'key'), name='one_answer_per_key'), models.CheckConstraint(condition=models.Q(('key', ''), _negated=True), name='answer_kept_has_a_key')],
            },
        ),
        migrations.CreateModel(
            name='RetentionProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=60, verbose_name='rule')),
                ('table', models.CharField(max_length=63, verbose_name='table')),
                ('rows', models.PositiveIntegerField(verbose_name='rows')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
            ],
            options={
                'verbose_name': 'proof of a removal',
                'verbose_name_plural': 'proofs of removals',
                'ordering': ['-at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('rule', ''), _negated=True), name='removal_names_its_rule'), models.CheckConstraint(condition=models.Q(('table', ''), _negated=True), name='removal_names_its_table')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retentionproof',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a0536ad96c61243d64e605b036af1cae02147440', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d3b9a', table='foundation_retentionproof', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='retentionproof',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='29d71ab9afeae24377f5a42f95345eb3e7c577fd', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_8055d', table='foundation_retentionproof', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='api_key_is_named'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('prefix__regex', '^[a-z0-9]{8}$')), name='api_key_prefix_shape'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='api_key_digest_shape'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('scopes__len__gt', 0), ('scopes__contained_by', ['calls:write', 'figures:read', 'requests:write'])), name='api_key_scopes_are_known'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__isnull', True), ('expires_at__gt', models.F('created_at')), _connector='OR'), name='api_key_expires_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='apikey',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('name',), name='one_api_key_in_force_per_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."prefix" IS DISTINCT FROM (NEW."prefix") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."source" IS DISTINCT FROM (NEW."source"))', func='INSERT INTO "foundation_apikeyhistory" ("created_at", "created_by_id", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes", "source") VALUES (OLD."created_at", OLD."created_by_id", OLD."expires_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."prefix", OLD."revoked_at", OLD."scopes", OLD."source"); RETURN NULL;', hash='5f9295dedd7fd4a16693834a67bc785a97305e9a', operation='UPDATE', pgid='pgtrigger_update_update_a3f6d', table='foundation_apikey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikey',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "foundation_apikeyhistory" ("created_at", "created_by_id", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes", "source") VALUES (OLD."created_at", OLD."created_by_id", OLD."expires_at", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."prefix", OLD."revoked_at", OLD."scopes", OLD."source"); RETURN NULL;', hash='52be854c618b470261b34536523800917e6b2037', operation='DELETE', pgid='pgtrigger_delete_delete_58fa2', table='foundation_apikey', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikeyhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='d10305863c8a2239070dc2af9f8db8fe26537429', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fdf26', table='foundation_apikeyhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='apikeyhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='86859a709e16de15c2ed4c5c1bf0dee948140620', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_73f98', table='foundation_apikeyhistory', when='BEFORE')),
        ),
    ]
