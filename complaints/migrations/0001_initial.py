import complaints.models.addition
import complaints.models.complaint
import complaints.models.letter
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contact_center', '0001_initial'),
        ('customers', '0001_initial'),
        ('notifications', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RegisterYear',
            fields=[
                ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False, verbose_name='year')),
                ('last_number', models.PositiveIntegerField(default=0, verbose_name='last number')),
            ],
            options={
                'verbose_name': 'year of the register',
                'verbose_name_plural': 'years of the register',
            },
        ),
        migrations.CreateModel(
            name='Suspension',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_on', models.DateField(verbose_name='from')),
                ('ended_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('reason', models.TextField(verbose_name='what was asked of the intermediary')),
            ],
            options={
                'verbose_name': 'suspension',
                'verbose_name_plural': 'suspensions',
                'ordering': ['started_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField(verbose_name='number in the year')),
                ('complainant_name', models.CharField(max_length=200, verbose_name='complainant')),
                ('complainant_kind', models.CharField(choices=[('policyholder', 'policyholder'), ('insured', 'insured'), ('injured', 'injured party'), ('beneficiary', 'beneficiary'), ('association', 'consumer association'), ('other', 'other')], default='policyholder', max_length=12, verbose_name='kind of complainant')),
                ('proposer_kind', models.CharField(choices=[('interested', 'interested party'), ('lawyer', 'lawyer'), ('consultant', 'consultant'), ('association', 'consumer association'), ('other', 'other')], default='interested', max_length=12, verbose_name='proposed by')),
                ('address', models.CharField(blank=True, help_text='An e-mail address (PEC or other); anything else is a postal address, and the answer goes by post', max_length=254, verbose_name='address for the answer')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('language', models.CharField(choices=[('it', 'Italian'), ('en', 'English')], default='it', help_text='Of what is written to the complainant; a customer is written to in their own', max_length=2, verbose_name='language')),
                ('tax_code', models.CharField(blank=True, max_length=16, verbose_name='tax code as stated')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='policy, claim or plate as stated')),
                ('intermediary_stated', models.CharField(blank=True, help_text='Name and city of a broker, a bank or another intermediary that is no agency of ours', max_length=200, verbose_name='other intermediary')),
                ('intermediary_address', models.CharField(blank=True, help_text='An e-mail address (PEC or other); anything else is a postal address', max_length=254, verbose_name='address of the other intermediary')),
                ('province', models.CharField(blank=True, max_length=2, verbose_name='province')),
                ('ramo', models.CharField(blank=True, max_length=4, verbose_name='line of business (ramo)')),
                ('area', models.CharField(blank=True, choices=[('', 'not classified'), ('product', 'product'), ('commercial', 'commercial'), ('administrative', 'administrative'), ('settlement', 'claims settlement'), ('legal', 'legal'), ('it', 'information systems'), ('other', 'other')], default='', max_length=15, verbose_name='business area')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='reason')),
                ('subject', models.CharField(max_length=250, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('about_conduct', models.BooleanField(default=False, verbose_name='about the conduct of an intermediary')),
                ('treatable', models.BooleanField(default=True, verbose_name='can be treated')),
                ('not_treatable_reason', models.CharField(blank=True, max_length=200, verbose_name='why it cannot be treated')),
                ('economic_value', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='value (euro)')),
                ('received_on', models.DateField(verbose_name='received by the company on')),
                ('received_by_intermediary_on', models.DateField(blank=True, null=True, verbose_name='received by the intermediary on')),
                ('suspended_days', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='days of suspension')),
                ('due_on', models.GeneratedField(db_persist=True, expression=complaints.models.complaint.AnswerDueOn(), output_field=models.DateField(), verbose_name='answer due on')),
                ('state', models.CharField(choices=[('received', 'received'), ('under_review', 'under review'), ('suspended', 'suspended'), ('answered', 'answered'), ('withdrawn', 'withdrawn'), ('cancelled', 'cancelled')], default='received', max_length=12, verbose_name='state')),
                ('outcome', models.CharField(blank=True, choices=[('', 'under investigation'), ('upheld', 'upheld'), ('in_part', 'upheld in part'), ('settled', 'settled'), ('rejected', 'rejected')], default='', max_length=10, verbose_name='outcome')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('reasons', models.TextField(blank=True, verbose_name='reasons of the answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='registered at')),
                ('submission_key', models.UUIDField(blank=True, editable=False, null=True, unique=True, verbose_name='key of the submission')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='customers.agency', verbose_name='intermediary concerned')),
                ('claim', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='customers.claim', verbose_name='claim')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='contact_center.contact', verbose_name='began as')),
                ('customer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='customers.customer', verbose_name='customer')),
                ('follows', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='complaints.complaint', verbose_name='earlier complaint on the same matter')),
                ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to=settings.AUTH_USER_MODEL, verbose_name='handler')),
                ('policy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='customers.policy', verbose_name='policy')),
                ('year', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='complaints.registeryear', verbose_name='year')),
            ],
            options={
                'verbose_name': 'complaint',
                'verbose_name_plural': 'complaints',
                'ordering': ['-year', '-sequence'],
            },
        ),
        migrations.CreateModel(
            name='ComplaintAddition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('submission_key', models.UUIDField(editable=False, unique=True, verbose_name='key of the submission')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='received at')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='additions', to='complaints.complaint', verbose_name='complaint')),
            ],
            options={
                'verbose_name': 'addition to a complaint',
                'verbose_name_plural': 'additions to a complaint',
                'ordering': ['received_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='AddedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('name', models.CharField(help_text='As the sender called it, cleaned', max_length=120, verbose_name='file name')),
                ('content_type', models.CharField(help_text='As found inside the file', max_length=80, verbose_name='type')),
                ('size', models.PositiveIntegerField(verbose_name='size (bytes)')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('file', models.FileField(upload_to=complaints.models.addition.stored_under, verbose_name='file')),
                ('addition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='complaints.complaintaddition', verbose_name='addition')),
            ],
            options={
                'verbose_name': 'file added to a complaint',
                'verbose_name_plural': 'files added to a complaint',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ComplaintEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('registered', 'registered'), ('assigned', 'assigned'), ('classified', 'classified'), ('suspended', 'clock suspended'), ('resumed', 'clock resumed'), ('answered', 'answered'), ('withdrawn', 'withdrawn'), ('noted', 'noted'), ('forwarded', 'passed to the intermediary'), ('corrected', 'receipt corrected'), ('alerted', 'alert about the term'), ('cancelled', 'cancelled: not a complaint'), ('reinstated', 'reinstated'), ('amended', 'name or address corrected'), ('returned', 'the letter did not arrive'), ('sent', 'letter sent again'), ('posted', 'letter posted'), ('added', 'the complainant added something')], max_length=10, verbose_name='kind')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('complaint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='complaints.complaint', verbose_name='complaint')),
                ('notice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.notice', verbose_name='notice')),
            ],
            options={
                'verbose_name': 'complaint event',
                'verbose_name_plural': 'complaint events',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ComplaintLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pdf', models.BinaryField(verbose_name='PDF')),
                ('sha256', models.GeneratedField(db_persist=True, expression=complaints.models.letter.Digest(models.F('pdf')), output_field=models.CharField(max_length=64), verbose_name='SHA-256')),
                ('paragraphs', models.JSONField(blank=True, default=list, help_text='Code and version of each paragraph that the law adds', verbose_name='paragraphs')),
                ('language', models.CharField(default='it', max_length=2, verbose_name='language')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made at')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('complaint', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='letter', to='complaints.complaint', verbose_name='complaint')),
            ],
            options={
                'verbose_name': 'answer letter',
                'verbose_name_plural': 'answer letters',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('app', 'MyVittoria app'), ('portal', 'reserved area')], max_length=6, verbose_name='source')),
                ('external_id', models.CharField(blank=True, max_length=80, verbose_name='key at the source')),
                ('rating', models.PositiveSmallIntegerField(verbose_name='rating (1 to 5)')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('theme', models.CharField(blank=True, choices=[('', 'no theme yet'), ('navigation', 'navigation'), ('login', 'sign-in and access'), ('bugs', 'crashes and faults'), ('service', 'customer service'), ('payment', 'payment of premiums'), ('updates', 'updates of the app'), ('documents', 'documents'), ('deadlines', 'notices and deadlines'), ('claims', 'claims'), ('unintelligible', 'cannot be interpreted')], default='', max_length=14, verbose_name='theme')),
                ('platform', models.CharField(blank=True, max_length=30, verbose_name='platform')),
                ('app_version', models.CharField(blank=True, max_length=30, verbose_name='version of the app')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received at')),
                ('handled_at', models.DateTimeField(blank=True, null=True, verbose_name='handled at')),
                ('complaint', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='complaints.complaint', verbose_name='became the complaint')),
                ('contact', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='contact_center.contact', verbose_name='became the contact')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='customers.customer', verbose_name='customer')),
                ('handled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handled by')),
            ],
            options={
                'verbose_name': 'feedback',
                'verbose_name_plural': 'feedback',
                'ordering': ['-received_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='LetterSending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('email', 'by e-mail'), ('post', 'by post'), ('inbox', 'in the reserved area')], max_length=5, verbose_name='way')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='address')),
                ('post', models.CharField(blank=True, choices=[('', 'not known'), ('receipt', 'registered letter with advice of receipt'), ('registered', 'registered letter'), ('ordinary', 'ordinary letter'), ('by_hand', 'handed over')], default='', max_length=10, verbose_name='kind of post')),
                ('tracking', models.CharField(blank=True, max_length=60, verbose_name='number of the registered letter')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='asked at')),
                ('gone_on', models.DateField(blank=True, null=True, verbose_name='gone on')),
                ('problem', models.CharField(blank=True, max_length=500, verbose_name='problem')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sendings', to='complaints.complaint', verbose_name='complaint')),
                ('notice', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='notifications.notice', verbose_name='notice')),
            ],
            options={
                'verbose_name': 'sending of a letter',
                'verbose_name_plural': 'sendings of a letter',
                'ordering': ['made_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ComplaintHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('sequence', models.PositiveIntegerField(verbose_name='number in the year')),
                ('complainant_name', models.CharField(max_length=200, verbose_name='complainant')),
                ('complainant_kind', models.CharField(choices=[('policyholder', 'policyholder'), ('insured', 'insured'), ('injured', 'injured party'), ('beneficiary', 'beneficiary'), ('association', 'consumer association'), ('other', 'other')], default='policyholder', max_length=12, verbose_name='kind of complainant')),
                ('proposer_kind', models.CharField(choices=[('interested', 'interested party'), ('lawyer', 'lawyer'), ('consultant', 'consultant'), ('association', 'consumer association'), ('other', 'other')], default='interested', max_length=12, verbose_name='proposed by')),
                ('address', models.CharField(blank=True, help_text='An e-mail address (PEC or other); anything else is a postal address, and the answer goes by post', max_length=254, verbose_name='address for the answer')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('language', models.CharField(choices=[('it', 'Italian'), ('en', 'English')], default='it', help_text='Of what is written to the complainant; a customer is written to in their own', max_length=2, verbose_name='language')),
                ('tax_code', models.CharField(blank=True, max_length=16, verbose_name='tax code as stated')),
                ('reference', models.CharField(blank=True, max_length=60, verbose_name='policy, claim or plate as stated')),
                ('intermediary_stated', models.CharField(blank=True, help_text='Name and city of a broker, a bank or another intermediary that is no agency of ours', max_length=200, verbose_name='other intermediary')),
                ('intermediary_address', models.CharField(blank=True, help_text='An e-mail address (PEC or other); anything else is a postal address', max_length=254, verbose_name='address of the other intermediary')),
                ('province', models.CharField(blank=True, max_length=2, verbose_name='province')),
                ('ramo', models.CharField(blank=True, max_length=4, verbose_name='line of business (ramo)')),
                ('area', models.CharField(blank=True, choices=[('', 'not classified'), ('product', 'product'), ('commercial', 'commercial'), ('administrative', 'administrative'), ('settlement', 'claims settlement'), ('legal', 'legal'), ('it', 'information systems'), ('other', 'other')], default='', max_length=15, verbose_name='business area')),
                ('reason', models.CharField(blank=True, max_length=120, verbose_name='reason')),
                ('subject', models.CharField(max_length=250, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('about_conduct', models.BooleanField(default=False, verbose_name='about the conduct of an intermediary')),
                ('treatable', models.BooleanField(default=True, verbose_name='can be treated')),
                ('not_treatable_reason', models.CharField(blank=True, max_length=200, verbose_name='why it cannot be treated')),
                ('economic_value', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='value (euro)')),
                ('received_on', models.DateField(verbose_name='received by the company on')),
                ('received_by_intermediary_on', models.DateField(blank=True, null=True, verbose_name='received by the intermediary on')),
                ('suspended_days', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='days of suspension')),
                ('state', models.CharField(choices=[('received', 'received'), ('under_review', 'under review'), ('suspended', 'suspended'), ('answered', 'answered'), ('withdrawn', 'withdrawn'), ('cancelled', 'cancelled')], default='received', max_length=12, verbose_name='state')),
                ('outcome', models.CharField(blank=True, choices=[('', 'under investigation'), ('upheld', 'upheld'), ('in_part', 'upheld in part'), ('settled', 'settled'), ('rejected', 'rejected')], default='', max_length=10, verbose_name='outcome')),
                ('answer', models.TextField(blank=True, verbose_name='answer')),
                ('reasons', models.TextField(blank=True, verbose_name='reasons of the answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('registered_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='registered at')),
                ('submission_key', models.UUIDField(blank=True, editable=False, null=True, verbose_name='key of the submission')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('agency', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.agency', verbose_name='intermediary concerned')),
                ('claim', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.claim', verbose_name='claim')),
                ('contact', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.contact', verbose_name='began as')),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='customer')),
                ('follows', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='complaints.complaint', verbose_name='earlier complaint on the same matter')),
                ('handler', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handler')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='complaints.complaint')),
                ('policy', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.policy', verbose_name='policy')),
                ('year', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='complaints.registeryear', verbose_name='year')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='registeryear',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='921a9a154b9b89e8d49165f36f2586b4539a3a9d', operation='DELETE', pgid='pgtrigger_never_deleted_28315', table='complaints_registeryear', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='registeryear',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='8f76d64aef6d5b3547f1e2e2db4a5b73158f9cfb', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_af75c', table='complaints_registeryear', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='registeryear',
            trigger=pgtrigger.compiler.Trigger(name='never_backwards', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."last_number" < (OLD."last_number") OR NOT (NEW."year" = (OLD."year")))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='9b58509783be668eac02e4b90fc15f8403888ee0', operation='UPDATE', pgid='pgtrigger_never_backwards_aacc9', table='complaints_registeryear', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='suspension',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='suspension',
            name='complaint',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suspensions', to='complaints.complaint', verbose_name='complaint'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintaddition',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='450764337f46145348eeb0554a3419fc5a2204bb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_e7892', table='complaints_complaintaddition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintaddition',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='a4109c33fab979fc7109b99a294377d787ddeba0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_16996', table='complaints_complaintaddition', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='addedfile',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='added_file_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='addedfile',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='added_file_is_not_empty'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addedfile',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='ddf114d2a3e38ec939d8f9993946d6497ae7e608', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9ba9d', table='complaints_addedfile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='addedfile',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='48f9c34cc7fd108100b6205a73d5a28d53f91d93', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_4df39', table='complaints_addedfile', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='complaintevent',
            index=models.Index(fields=['complaint', 'at'], name='event_of_complaint'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='55a175421261e59bfc217238c7b55f588587ce2c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_17d31', table='complaints_complaintevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='69bba6dc3134998269e3844839920822ea6214c0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_d46a7', table='complaints_complaintevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='complaintletter',
            constraint=models.CheckConstraint(condition=models.Q(('pdf', models.Value(b'')), _negated=True), name='letter_is_not_empty'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintletter',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='1dcddf568b7cef3f340dc37a507a30eebe27cbd7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ce0f7', table='complaints_complaintletter', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintletter',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='e5cb3162a9b9c55ec49a304cc5d62eeae6a94675', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_99b24', table='complaints_complaintletter', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(fields=['-received_at', '-id'], name='feedback_newest'),
        ),
        migrations.AddIndex(
            model_name='feedback',
            index=models.Index(condition=models.Q(('handled_at__isnull', True)), fields=['received_at', 'id'], name='feedback_unhandled'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('rating__range', (1, 5))), name='feedback_rating_range'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.CheckConstraint(condition=models.Q(('handled_at__isnull', True), ('handled_at__gte', models.F('received_at')), _connector='OR'), name='feedback_handled_after'),
        ),
        migrations.AddConstraint(
            model_name='feedback',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('source', 'external_id'), name='feedback_once_per_source'),
        ),
        migrations.AddIndex(
            model_name='lettersending',
            index=models.Index(condition=models.Q(('gone_on__isnull', True)), fields=['complaint'], name='sending_not_gone'),
        ),
        migrations.AddConstraint(
            model_name='lettersending',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('notice__isnull', True), ('way', 'post')), models.Q(('notice__isnull', False), ('way__in', ['email', 'inbox'])), _connector='OR'), name='sending_has_its_notice'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lettersending',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='075db5740195c2514c5ac3dccacdf27f24061493', operation='DELETE', pgid='pgtrigger_never_deleted_58c05', table='complaints_lettersending', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lettersending',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='d42f0e13b3957495c871f387651e52045ed4b9b3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_7a502', table='complaints_lettersending', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lettersending',
            trigger=pgtrigger.compiler.Trigger(name='fixed_once_gone', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."gone_on" IS NOT NULL AND (OLD."complaint_id" IS DISTINCT FROM (NEW."complaint_id") OR OLD."way" IS DISTINCT FROM (NEW."way") OR OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."notice_id" IS DISTINCT FROM (NEW."notice_id") OR OLD."post" IS DISTINCT FROM (NEW."post") OR OLD."tracking" IS DISTINCT FROM (NEW."tracking") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."gone_on" IS DISTINCT FROM (NEW."gone_on") OR OLD."problem" IS DISTINCT FROM (NEW."problem")))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='a0b8080170c70c79fe5b059ae5a805a79c1dfaeb', operation='UPDATE', pgid='pgtrigger_fixed_once_gone_55e37', table='complaints_lettersending', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complainthistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='cf959ec445ecf4651aa323b7c91ba1ae22f606c9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d1eaf', table='complaints_complainthistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complainthistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='80d1e50fe037e18dd1adbeb9c35dd10c7b2aa0ba', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_52d2f', table='complaints_complainthistory', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('state__in', ['received', 'under_review', 'suspended'])), fields=['due_on', 'id'], name='complaint_due'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', '-received_on'], name='complaint_of_customer'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.UniqueConstraint(fields=('year', 'sequence'), name='complaint_number_once'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gte', 1)), name='complaint_numbers_begin_at_one'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('suspended_days__lte', 15)), name='complaint_suspended_at_most_15_days'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['received', 'under_review', 'suspended', 'answered', 'withdrawn', 'cancelled'])), name='complaint_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(('answered_at__isnull', False), models.Q(('answer', ''), _negated=True), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='complaint_answered_has_text_outcome_and_moment'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'answered'), ('outcome', ''), _connector='OR'), name='complaint_outcome_only_when_answered'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'upheld', 'in_part', 'settled', 'rejected'])), name='complaint_outcome_is_known'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.UniqueConstraint(condition=models.Q(('contact__isnull', False), models.Q(('state', 'cancelled'), _negated=True)), fields=('contact',), name='one_complaint_per_contact'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('treatable', True), models.Q(('not_treatable_reason', ''), _negated=True), _connector='OR'), name='complaint_not_treatable_says_why'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('economic_value__isnull', True), ('economic_value__gte', 0), _connector='OR'), name='complaint_value_not_negative'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='73105f8308a8e0064440702b1f0b82c172d53c70', operation='DELETE', pgid='pgtrigger_never_deleted_54514', table='complaints_complaint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='c32f19577e51a0fe8a21515065b4a5a79663d0d8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_42316', table='complaints_complaint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='number_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."year_id" IS DISTINCT FROM (NEW."year_id") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."registered_at" IS DISTINCT FROM (NEW."registered_at"))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='141dc440f36fe4ffabedddf3a207cd5ae69b2433', operation='UPDATE', pgid='pgtrigger_number_never_changes_f0c2c', table='complaints_complaint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='answered_is_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'answered\' AND (OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."complainant_name" IS DISTINCT FROM (NEW."complainant_name") OR OLD."tax_code" IS DISTINCT FROM (NEW."tax_code") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."intermediary_stated" IS DISTINCT FROM (NEW."intermediary_stated") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."suspended_days" IS DISTINCT FROM (NEW."suspended_days") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."submission_key" IS DISTINCT FROM (NEW."submission_key")))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='5347a288d090823a83d05ccc2c51bceb000c00e8', operation='UPDATE', pgid='pgtrigger_answered_is_fixed_626d9', table='complaints_complaint', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='receipt_corrected_in_history', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'answered\' AND (OLD."received_on" IS DISTINCT FROM (NEW."received_on") OR OLD."received_by_intermediary_on" IS DISTINCT FROM (NEW."received_by_intermediary_on")))', constraint='CONSTRAINT', func="IF NOT EXISTS (SELECT FROM complaints_complaintevent e WHERE e.complaint_id = NEW.id AND e.kind = 'corrected' AND e.details ?| ARRAY['received_on', 'received_by_intermediary_on'] AND strpos(e.details::text, COALESCE(CASE WHEN OLD.received_on <> NEW.received_on THEN NEW.received_on ELSE NEW.received_by_intermediary_on END::text, '')) > 0) THEN RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table without an event (%)', TG_TABLE_NAME, TG_NAME; END IF; RETURN NULL;", hash='10ff0a28d242d84e96d41baee68f352bc78c6f87', operation='UPDATE', pgid='pgtrigger_receipt_corrected_in_history_eaece', table='complaints_complaint', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."about_conduct" IS DISTINCT FROM (NEW."about_conduct") OR OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."area" IS DISTINCT FROM (NEW."area") OR OLD."claim_id" IS DISTINCT FROM (NEW."claim_id") OR OLD."complainant_kind" IS DISTINCT FROM (NEW."complainant_kind") OR OLD."complainant_name" IS DISTINCT FROM (NEW."complainant_name") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."economic_value" IS DISTINCT FROM (NEW."economic_value") OR OLD."follows_id" IS DISTINCT FROM (NEW."follows_id") OR OLD."handler_id" IS DISTINCT FROM (NEW."handler_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."intermediary_address" IS DISTINCT FROM (NEW."intermediary_address") OR OLD."intermediary_stated" IS DISTINCT FROM (NEW."intermediary_stated") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."not_treatable_reason" IS DISTINCT FROM (NEW."not_treatable_reason") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."policy_id" IS DISTINCT FROM (NEW."policy_id") OR OLD."proposer_kind" IS DISTINCT FROM (NEW."proposer_kind") OR OLD."province" IS DISTINCT FROM (NEW."province") OR OLD."ramo" IS DISTINCT FROM (NEW."ramo") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons") OR OLD."received_by_intermediary_on" IS DISTINCT FROM (NEW."received_by_intermediary_on") OR OLD."received_on" IS DISTINCT FROM (NEW."received_on") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."registered_at" IS DISTINCT FROM (NEW."registered_at") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."submission_key" IS DISTINCT FROM (NEW."submission_key") OR OLD."suspended_days" IS DISTINCT FROM (NEW."suspended_days") OR OLD."tax_code" IS DISTINCT FROM (NEW."tax_code") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."treatable" IS DISTINCT FROM (NEW."treatable") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."year_id" IS DISTINCT FROM (NEW."year_id"))', func='INSERT INTO "complaints_complainthistory" ("about_conduct", "address", "agency_id", "answer", "answered_at", "area", "claim_id", "complainant_kind", "complainant_name", "contact_id", "customer_id", "economic_value", "follows_id", "handler_id", "id", "intermediary_address", "intermediary_stated", "language", "not_treatable_reason", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "policy_id", "proposer_kind", "province", "ramo", "reason", "reasons", "received_by_intermediary_on", "received_on", "reference", "registered_at", "sequence", "state", "subject", "submission_key", "suspended_days", "tax_code", "text", "treatable", "version", "year_id") VALUES (OLD."about_conduct", OLD."address", OLD."agency_id", OLD."answer", OLD."answered_at", OLD."area", OLD."claim_id", OLD."complainant_kind", OLD."complainant_name", OLD."contact_id", OLD."customer_id", OLD."economic_value", OLD."follows_id", OLD."handler_id", OLD."id", OLD."intermediary_address", OLD."intermediary_stated", OLD."language", OLD."not_treatable_reason", OLD."outcome", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."phone", OLD."policy_id", OLD."proposer_kind", OLD."province", OLD."ramo", OLD."reason", OLD."reasons", OLD."received_by_intermediary_on", OLD."received_on", OLD."reference", OLD."registered_at", OLD."sequence", OLD."state", OLD."subject", OLD."submission_key", OLD."suspended_days", OLD."tax_code", OLD."text", OLD."treatable", OLD."version", OLD."year_id"); RETURN NULL;', hash='cf155539850ce014ca0216db8a19593036b75e92', operation='UPDATE', pgid='pgtrigger_update_update_36c30', table='complaints_complaint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "complaints_complainthistory" ("about_conduct", "address", "agency_id", "answer", "answered_at", "area", "claim_id", "complainant_kind", "complainant_name", "contact_id", "customer_id", "economic_value", "follows_id", "handler_id", "id", "intermediary_address", "intermediary_stated", "language", "not_treatable_reason", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "policy_id", "proposer_kind", "province", "ramo", "reason", "reasons", "received_by_intermediary_on", "received_on", "reference", "registered_at", "sequence", "state", "subject", "submission_key", "suspended_days", "tax_code", "text", "treatable", "version", "year_id") VALUES (OLD."about_conduct", OLD."address", OLD."agency_id", OLD."answer", OLD."answered_at", OLD."area", OLD."claim_id", OLD."complainant_kind", OLD."complainant_name", OLD."contact_id", OLD."customer_id", OLD."economic_value", OLD."follows_id", OLD."handler_id", OLD."id", OLD."intermediary_address", OLD."intermediary_stated", OLD."language", OLD."not_treatable_reason", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."policy_id", OLD."proposer_kind", OLD."province", OLD."ramo", OLD."reason", OLD."reasons", OLD."received_by_intermediary_on", OLD."received_on", OLD."reference", OLD."registered_at", OLD."sequence", OLD."state", OLD."subject", OLD."submission_key", OLD."suspended_days", OLD."tax_code", OLD."text", OLD."treatable", OLD."version", OLD."year_id"); RETURN NULL;', hash='2f175e91466fc9c63b737bb37ac9d4d84de46fcf', operation='DELETE', pgid='pgtrigger_delete_delete_a79b8', table='complaints_complaint', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('complaint',), name='one_open_suspension_per_complaint'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='suspension_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='suspension',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='suspension_has_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suspension',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='142e853fb455dfa341e7a1773032ecb5ef612f71', operation='DELETE', pgid='pgtrigger_never_deleted_d844a', table='complaints_suspension', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suspension',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='46d1e39183bacb1e488e44ebcb482e3cbfdf5584', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_55cdf', table='complaints_suspension', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suspension',
            trigger=pgtrigger.compiler.Trigger(name='never_changed_once_ended', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."ended_on" IS NOT NULL)', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='48afbc58805f6dd100ad2094e9110a644649def3', operation='UPDATE', pgid='pgtrigger_never_changed_once_ended_87f59', table='complaints_suspension', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suspension',
            trigger=pgtrigger.compiler.Trigger(name='only_its_end_is_written', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."complaint_id" IS DISTINCT FROM (NEW."complaint_id") OR OLD."started_on" IS DISTINCT FROM (NEW."started_on") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id"))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='0aad10ec097522f79fa425d8e0ff1d2a19942dc3', operation='UPDATE', pgid='pgtrigger_only_its_end_is_written_c1414', table='complaints_suspension', when='BEFORE')),
        ),
    ]
