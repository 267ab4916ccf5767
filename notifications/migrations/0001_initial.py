import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='kind')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('sms', 'SMS'), ('push', 'app notification'), ('inbox', 'reserved area'), ('post', 'post or PEC, by hand')], max_length=6, verbose_name='channel')),
                ('once', models.CharField(max_length=120, unique=True, verbose_name='unique key')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='address')),
                ('language', models.CharField(default='it', max_length=2, verbose_name='language')),
                ('words', models.JSONField(blank=True, editable=False, null=True, verbose_name='facts')),
                ('subject', models.CharField(blank=True, max_length=250, verbose_name='subject')),
                ('body_text', models.TextField(blank=True, verbose_name='text')),
                ('body_html', models.TextField(blank=True, verbose_name='formatted text')),
                ('is_promotional', models.BooleanField(default=False, verbose_name='promotional')),
                ('thread', models.CharField(blank=True, db_default='', default='', help_text='What it belongs to, such as request:17', max_length=60, verbose_name='conversation')),
                ('mailbox', models.CharField(blank=True, db_default='', default='', help_text='Where the address was only typed: the mailbox that its e-mails are counted by', max_length=254, verbose_name='typed mailbox')),
                ('state', models.CharField(choices=[('queued', 'queued'), ('sending', 'being sent'), ('sent', 'sent'), ('refused', 'refused by the channel'), ('in_doubt', 'in doubt'), ('withheld', 'withheld')], default='queued', max_length=8, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('message_id', models.CharField(blank=True, max_length=200, verbose_name='Message-ID')),
                ('problem', models.CharField(blank=True, max_length=500, verbose_name='problem')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('send_after', models.DateTimeField(default=django.utils.timezone.now, verbose_name='not before')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='of no use after')),
                ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='claimed at')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read at')),
                ('customer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='customers.customer', verbose_name='customer')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='member of staff')),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='NoticeAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='file name')),
                ('content_type', models.CharField(max_length=80, verbose_name='type')),
                ('content', models.BinaryField(verbose_name='content')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='notifications.notice', verbose_name='notice')),
            ],
            options={
                'verbose_name': 'attachment of a notice',
                'verbose_name_plural': 'attachments of a notice',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='NoticeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old', models.CharField(choices=[('queued', 'queued'), ('sending', 'being sent'), ('sent', 'sent'), ('refused', 'refused by the channel'), ('in_doubt', 'in doubt'), ('withheld', 'withheld')], max_length=8, verbose_name='before')),
                ('new', models.CharField(choices=[('queued', 'queued'), ('sending', 'being sent'), ('sent', 'sent'), ('refused', 'refused by the channel'), ('in_doubt', 'in doubt'), ('withheld', 'withheld')], max_length=8, verbose_name='after')),
                ('detail', models.CharField(blank=True, max_length=500, verbose_name='why')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='notifications.notice', verbose_name='notice')),
            ],
            options={
                'verbose_name': 'event of a notice',
                'verbose_name_plural': 'events of a notice',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SuppressedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('sms', 'SMS'), ('push', 'app notification'), ('inbox', 'reserved area'), ('post', 'post or PEC, by hand')], max_length=6, verbose_name='channel')),
                ('address', models.CharField(help_text='In lower case', max_length=254, verbose_name='address')),
                ('reason', models.CharField(choices=[('no_mailbox', 'no such mailbox'), ('asked', 'the person asked'), ('by_hand', 'decided here')], max_length=10, verbose_name='reason')),
                ('detail', models.CharField(blank=True, max_length=500, verbose_name='detail')),
                ('since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='lifted at')),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('lifted_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='lifted by')),
            ],
            options={
                'verbose_name': 'suppressed address',
                'verbose_name_plural': 'suppressed addresses',
                'ordering': ['-since', '-pk'],
            },
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('channel__in', ['email', 'inbox']), ('state', 'queued')), fields=['send_after', 'id'], name='notice_waiting'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('channel', 'post'), ('state', 'queued')), fields=['created_at'], name='notice_by_hand'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('thread', ''), _negated=True), fields=['thread', 'id'], name='notice_of_thread'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('mailbox', ''), _negated=True), fields=['mailbox', '-created_at'], name='notice_to_mailbox'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='notice_claimed'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['customer', '-created_at'], name='notice_of_customer'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('state__in', ['refused', 'in_doubt'])), fields=['-created_at'], name='notice_in_trouble'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('customer__isnull', True), ('kind__in', ['account-mail', 'enrolment-unknown']), ('user__isnull', True)), fields=['created_at'], name='notice_to_stranger'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'push', 'inbox', 'post'])), name='notice_channel_is_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'sent', 'refused', 'in_doubt', 'withheld'])), name='notice_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('once', ''), _negated=True), name='notice_has_a_unique_key'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['inbox', 'post']), models.Q(('address', ''), _negated=True), _connector='OR'), name='notice_has_an_address'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('customer__isnull', False), ('user__isnull', False), models.Q(('address', ''), _negated=True), _connector='OR'), name='notice_is_for_somebody'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='notice_sent_has_its_moment'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'sending'), _negated=True), ('claimed_at__isnull', False), _connector='OR'), name='notice_being_sent_is_claimed'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('words__isnull', False), models.Q(models.Q(('subject', ''), _negated=True), models.Q(('body_text', ''), _negated=True)), _connector='OR'), name='notice_has_text_or_facts'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['sending', 'sent', 'in_doubt']), _negated=True), models.Q(models.Q(('subject', ''), _negated=True), models.Q(('body_text', ''), _negated=True)), _connector='OR'), name='notice_on_its_way_has_its_text'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='4d09c5a0864297a908a2a58668a0f5daeba998fb', operation='DELETE', pgid='pgtrigger_never_deleted_bf88a', table='notifications_notice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='104bb588378034c69613d81f5b9e57c77184b289', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_08888', table='notifications_notice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='key_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."once" IS DISTINCT FROM (NEW."once") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at"))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='86f4576308dbd6a0f41a8cbeecafee932d90d44a', operation='UPDATE', pgid='pgtrigger_key_never_changes_89856', table='notifications_notice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='sent_is_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'sent\' AND (OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."words" IS DISTINCT FROM (NEW."words") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."body_text" IS DISTINCT FROM (NEW."body_text") OR OLD."body_html" IS DISTINCT FROM (NEW."body_html") OR OLD."is_promotional" IS DISTINCT FROM (NEW."is_promotional") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."attempts" IS DISTINCT FROM (NEW."attempts") OR OLD."message_id" IS DISTINCT FROM (NEW."message_id") OR OLD."claimed_at" IS DISTINCT FROM (NEW."claimed_at") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at")))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='c41bedf626e35bfeb415ef138b066dd867a246ea', operation='UPDATE', pgid='pgtrigger_sent_is_fixed_bdad7', table='notifications_notice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='on_its_way_is_fixed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IN (\'sending\', \'in_doubt\') AND (OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."words" IS DISTINCT FROM (NEW."words") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."body_text" IS DISTINCT FROM (NEW."body_text") OR OLD."body_html" IS DISTINCT FROM (NEW."body_html") OR OLD."is_promotional" IS DISTINCT FROM (NEW."is_promotional")))', func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='86444f99a04297917a8210845ff68df8fa4a905c', operation='UPDATE', pgid='pgtrigger_on_its_way_is_fixed_cb426', table='notifications_notice', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='noticeattachment',
            constraint=models.UniqueConstraint(fields=('notice', 'name'), name='one_attachment_per_name'),
        ),
        migrations.AddConstraint(
            model_name='noticeattachment',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='attachment_has_a_name'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='noticeattachment',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='f7be99a1fc93c286c7eb95b3e7b547eed9a4c0a1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_347e9', table='notifications_noticeattachment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='noticeattachment',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='3c71a2814f18f5479e5ca7b2f182fcf9acd8159f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_914b4', table='notifications_noticeattachment', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='noticeevent',
            index=models.Index(fields=['notice', '-at'], name='event_of_notice'),
        ),
        migrations.AddConstraint(
            model_name='noticeevent',
            constraint=models.CheckConstraint(condition=models.Q(('old', models.F('new')), _negated=True), name='notice_event_changes_the_state'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='noticeevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='5c75461c391f7b383de758c6b74beec878d823ef', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3fa5b', table='notifications_noticeevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='noticeevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='f5686fa6fc5af20aca141153c19e2b45aff8da27', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_6d81d', table='notifications_noticeevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='suppressedaddress',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('address', 'channel'), name='address_suppressed_once'),
        ),
        migrations.AddConstraint(
            model_name='suppressedaddress',
            constraint=models.CheckConstraint(condition=models.Q(('address', ''), _negated=True), name='suppressed_address_is_given'),
        ),
        migrations.AddConstraint(
            model_name='suppressedaddress',
            constraint=models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='suppressed_address_is_lower_case'),
        ),
        migrations.AddConstraint(
            model_name='suppressedaddress',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['no_mailbox', 'asked', 'by_hand'])), name='suppression_reason_is_known'),
        ),
        migrations.AddConstraint(
            model_name='suppressedaddress',
            constraint=models.CheckConstraint(condition=models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', True), _connector='OR'), name='lifted_by_somebody_at_a_moment'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suppressedaddress',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='b6c6be74536d105436009d230cc38fab90fb3382', operation='DELETE', pgid='pgtrigger_never_deleted_675c2', table='notifications_suppressedaddress', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='suppressedaddress',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='eb5d00a1370007bd81930939a5a854eb5cbc20a3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_2564f', table='notifications_suppressedaddress', when='BEFORE')),
        ),
    ]
