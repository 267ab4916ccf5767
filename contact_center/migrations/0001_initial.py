import contact_center.models.computed
import contact_center.models.contact
import foundation.naming
import customers.validators
import datetime
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import foundation.sorting
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CallHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('source', models.CharField(help_text='The telephone platform or file it came from', max_length=40, verbose_name='source')),
                ('external_id', models.CharField(max_length=120, verbose_name='key at the source')),
                ('caller', models.CharField(blank=True, help_text='E.164; empty if withheld or not a number', max_length=16, verbose_name='caller')),
                ('caller_stated', models.CharField(blank=True, max_length=60, verbose_name='caller as given')),
                ('queued_at', models.DateTimeField(verbose_name='entered the queue')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('wait_seconds', models.PositiveIntegerField(blank=True, help_text='Empty where the source does not report how long it was', null=True, verbose_name='wait (s)')),
                ('talk_seconds', models.PositiveIntegerField(blank=True, default=0, help_text='Empty where the source does not say how long it was', null=True, verbose_name='talk (s)')),
                ('hold_seconds', models.PositiveIntegerField(default=0, verbose_name='hold (s)')),
                ('wrap_seconds', models.PositiveIntegerField(default=0, verbose_name='after-call work (s)')),
                ('disposition', models.CharField(choices=[('open', 'in progress'), ('answered', 'answered'), ('abandoned', 'abandoned'), ('timed_out', 'waited too long'), ('key_exit', 'left by pressing a key'), ('no_agents', 'no agent on duty'), ('turned_away', 'turned away: line full or closed')], max_length=11, verbose_name='how it ended')),
                ('transferred', models.BooleanField(default=False, verbose_name='transferred')),
                ('ring_no_answer', models.PositiveSmallIntegerField(default=0, verbose_name='times it rang in vain')),
                ('recorded_by', models.CharField(choices=[('record', 'a complete record, or a file'), ('events', "the telephone platform's events"), ('sweep', 'events without an end: closed by the sweeper')], db_default='record', default='record', max_length=6, verbose_name='reported by')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='CallLeg',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('queue', models.CharField(blank=True, max_length=80, verbose_name='queue at the source')),
                ('entered_at', models.DateTimeField(verbose_name='entered the queue')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('wait_seconds', models.PositiveIntegerField(default=0, verbose_name='wait (s)')),
                ('talk_seconds', models.PositiveIntegerField(default=0, verbose_name='talk (s)')),
                ('disposition', models.CharField(choices=[('open', 'in progress'), ('answered', 'answered'), ('abandoned', 'abandoned'), ('timed_out', 'waited too long'), ('key_exit', 'left by pressing a key'), ('no_agents', 'no agent on duty'), ('turned_away', 'turned away: line full or closed')], max_length=11, verbose_name='how it ended')),
            ],
            options={
                'verbose_name': 'leg of a call',
                'verbose_name_plural': 'legs of a call',
                'ordering': ['call', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(choices=[('phone', 'phone'), ('site_form', 'site form'), ('portal', 'reserved area'), ('app', 'app'), ('email', 'e-mail'), ('post', 'post')], max_length=10, verbose_name='channel')),
                ('kind', models.CharField(choices=[('request', 'request'), ('consideration', 'consideration'), ('claim_report', 'claim report'), ('feedback', 'feedback')], default='request', max_length=15, verbose_name='kind')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='number or address')),
                ('subject', models.CharField(blank=True, max_length=250, verbose_name='subject')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'first level'), (2, 'second level')], default=1, verbose_name='level')),
                ('outcome', models.CharField(blank=True, choices=[('', 'not coded'), ('resolved', 'resolved'), ('unresolved', 'not resolved'), ('wrong_number', 'wrong number'), ('dropped', 'line dropped')], default='', max_length=12, verbose_name='outcome')),
                ('escalation', models.CharField(blank=True, choices=[('', 'not escalated'), ('authority', 'missing authority'), ('knowledge', 'missing knowledge'), ('system_down', 'system down'), ('other_office', 'another office decides'), ('not_stated', 'reason not stated')], default='', max_length=12, verbose_name='why not at first level')),
                ('state', models.CharField(choices=[('open', 'to be taken'), ('in_progress', 'in progress'), ('waiting', 'waiting for the customer'), ('closed', 'closed')], default='open', max_length=11, verbose_name='state')),
                ('satisfaction', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='satisfaction (1 to 5)')),
                ('confirmed', models.BooleanField(blank=True, null=True, verbose_name='resolved, says the customer')),
                ('notes', models.TextField(blank=True, verbose_name='notes')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='due at')),
                ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='escalated at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('reopened_count', models.PositiveSmallIntegerField(default=0, verbose_name='times reopened')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('day', models.GeneratedField(db_persist=True, expression=contact_center.models.computed.RomeDate(models.F('started_at')), output_field=models.DateField())),
                ('first_level', models.GeneratedField(db_persist=True, expression=models.Q(('level', 1), ('outcome', 'resolved'), ('reopened_count', 0)), output_field=models.BooleanField())),  # type: ignore[arg-type]  # Q is an expression, which the stubs do not know
                ('in_base', models.GeneratedField(db_persist=True, expression=models.Q(('outcome__in', ['wrong_number', 'dropped']), _negated=True), output_field=models.BooleanField())),  # type: ignore[arg-type]  # Q is an expression, which the stubs do not know
                ('handled', models.GeneratedField(db_persist=True, expression=models.Q(models.Q(('outcome__in', ['wrong_number', 'dropped']), _negated=True), models.Q(('state', 'closed'), ('level', 2), models.Q(('outcome', ''), _negated=True), _connector='OR')), output_field=models.BooleanField())),  # type: ignore[arg-type]  # Q is an expression, which the stubs do not know
                ('repeated_on', models.DateField(blank=True, editable=False, help_text="Day of the same person's next contact about the same area; kept by contact_center.contacts.repeats", null=True, verbose_name='came back on')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['-started_at', '-pk'],
                'permissions': [('assign_contact', 'Can give a contact to another agent')],
            },
        ),
        migrations.CreateModel(
            name='ContactEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('opened', 'opened'), ('taken', 'taken'), ('assigned', 'assigned'), ('released', 'put back'), ('replied', 'replied'), ('received', 'the customer wrote'), ('paused', 'waiting for the customer'), ('resumed', 'no longer waiting'), ('escalated', 'escalated'), ('coded', 'coded'), ('closed', 'closed'), ('reopened', 'reopened'), ('corrected', 'corrected'), ('confirmed', 'the customer said whether it was resolved'), ('complaint', 'registered as a complaint'), ('identified', 'person confirmed')], max_length=10, verbose_name='kind')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
            ],
            options={
                'verbose_name': 'contact event',
                'verbose_name_plural': 'contact events',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ContactHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('channel', models.CharField(choices=[('phone', 'phone'), ('site_form', 'site form'), ('portal', 'reserved area'), ('app', 'app'), ('email', 'e-mail'), ('post', 'post')], max_length=10, verbose_name='channel')),
                ('kind', models.CharField(choices=[('request', 'request'), ('consideration', 'consideration'), ('claim_report', 'claim report'), ('feedback', 'feedback')], default='request', max_length=15, verbose_name='kind')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='number or address')),
                ('subject', models.CharField(blank=True, max_length=250, verbose_name='subject')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'first level'), (2, 'second level')], default=1, verbose_name='level')),
                ('outcome', models.CharField(blank=True, choices=[('', 'not coded'), ('resolved', 'resolved'), ('unresolved', 'not resolved'), ('wrong_number', 'wrong number'), ('dropped', 'line dropped')], default='', max_length=12, verbose_name='outcome')),
                ('escalation', models.CharField(blank=True, choices=[('', 'not escalated'), ('authority', 'missing authority'), ('knowledge', 'missing knowledge'), ('system_down', 'system down'), ('other_office', 'another office decides'), ('not_stated', 'reason not stated')], default='', max_length=12, verbose_name='why not at first level')),
                ('state', models.CharField(choices=[('open', 'to be taken'), ('in_progress', 'in progress'), ('waiting', 'waiting for the customer'), ('closed', 'closed')], default='open', max_length=11, verbose_name='state')),
                ('satisfaction', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='satisfaction (1 to 5)')),
                ('confirmed', models.BooleanField(blank=True, null=True, verbose_name='resolved, says the customer')),
                ('notes', models.TextField(blank=True, verbose_name='notes')),
                ('started_at', models.DateTimeField(verbose_name='started at')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='due at')),
                ('escalated_at', models.DateTimeField(blank=True, null=True, verbose_name='escalated at')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed at')),
                ('reopened_count', models.PositiveSmallIntegerField(default=0, verbose_name='times reopened')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DailyFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cut', models.CharField(choices=[('line', 'by line'), ('topic', 'by topic'), ('agent', 'by agent')], max_length=5)),
                ('day', models.DateField()),
                ('channel', models.CharField(choices=[('phone', 'phone'), ('site_form', 'site form'), ('portal', 'reserved area'), ('app', 'app'), ('email', 'e-mail'), ('post', 'post')], max_length=10)),
                ('offered', models.PositiveIntegerField(default=0)),
                ('answered', models.PositiveIntegerField(default=0)),
                ('abandoned', models.PositiveIntegerField(default=0)),
                ('short_abandoned', models.PositiveIntegerField(default=0)),
                ('exited', models.PositiveIntegerField(default=0)),
                ('turned_away', models.PositiveIntegerField(default=0)),
                ('handled', models.PositiveIntegerField(default=0)),
                ('answered_in_time', models.PositiveIntegerField(default=0)),
                ('abandoned_in_time', models.PositiveIntegerField(default=0)),
                ('wait_seconds', models.PositiveBigIntegerField(default=0)),
                ('waits_known', models.PositiveIntegerField(default=0)),
                ('talk_seconds', models.PositiveBigIntegerField(default=0)),
                ('hold_seconds', models.PositiveBigIntegerField(default=0)),
                ('wrap_seconds', models.PositiveBigIntegerField(default=0)),
                ('talks_known', models.PositiveIntegerField(default=0)),
                ('first_level', models.PositiveIntegerField(default=0)),
                ('first_level_repeated', models.PositiveIntegerField(default=0)),
                ('confirmed', models.PositiveIntegerField(default=0)),
                ('confirmed_asked', models.PositiveIntegerField(default=0)),
                ('repeated', models.PositiveIntegerField(default=0)),
                ('not_coded', models.PositiveIntegerField(default=0)),
                ('escalated', models.PositiveIntegerField(default=0)),
                ('escalated_authority', models.PositiveIntegerField(default=0)),
                ('escalated_knowledge', models.PositiveIntegerField(default=0)),
                ('escalated_system_down', models.PositiveIntegerField(default=0)),
                ('escalated_other_office', models.PositiveIntegerField(default=0)),
                ('escalated_not_stated', models.PositiveIntegerField(default=0)),
                ('reopened', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'daily figures',
                'verbose_name_plural': 'daily figures',
            },
        ),
        migrations.CreateModel(
            name='FiguresBasis',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('service_level_seconds', models.PositiveIntegerField()),
                ('short_abandon_seconds', models.PositiveIntegerField()),
                ('repeat_contact_days', models.PositiveIntegerField()),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'basis of the figures',
                'verbose_name_plural': 'basis of the figures',
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('direction', models.CharField(choices=[('inbound', 'from the customer'), ('outbound', 'to the customer'), ('note', 'internal note')], max_length=8, verbose_name='direction')),
                ('text', models.TextField(verbose_name='text')),
                ('sent_to', models.EmailField(blank=True, db_default='', default='', help_text="The address an answer went to, where the contact came from one that is not the customer's", max_length=254, verbose_name='sent to')),
                ('external_id', models.CharField(blank=True, max_length=250, verbose_name='Message-ID')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['written_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='MessageAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key')),
                ('name', models.CharField(help_text='As the sender called it, cleaned', max_length=120, verbose_name='file name')),
                ('content_type', models.CharField(help_text='As found inside the file', max_length=80, verbose_name='type')),
                ('size', models.PositiveIntegerField(verbose_name='size (bytes)')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('file', models.FileField(upload_to=contact_center.models.contact.stored_under, verbose_name='file')),
            ],
            options={
                'verbose_name': 'attachment of a message',
                'verbose_name_plural': 'attachments of a message',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='OpeningPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('opens', models.TimeField(verbose_name='opens at')),
                ('closes', models.TimeField(help_text='00:00 is midnight at the end of the day', verbose_name='closes at')),
            ],
            options={
                'verbose_name': 'opening period',
                'verbose_name_plural': 'opening periods',
                'ordering': ['weekday', 'opens'],
            },
        ),
        migrations.CreateModel(
            name='OpeningPeriodHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], verbose_name='weekday')),
                ('opens', models.TimeField(verbose_name='opens at')),
                ('closes', models.TimeField(help_text='00:00 is midnight at the end of the day', verbose_name='closes at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SatisfactionSurvey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_digest', models.CharField(max_length=64, unique=True, verbose_name="digest of the link's secret")),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('resolved', models.BooleanField(blank=True, null=True, verbose_name='resolved, says the customer')),
                ('rating', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='satisfaction (1 to 5)')),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
            ],
            options={
                'verbose_name': 'satisfaction survey',
                'verbose_name_plural': 'satisfaction surveys',
                'ordering': ['-asked_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ServiceCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name')),
                ('province', models.CharField(blank=True, help_text="Such as MI: its patron saint's day is a holiday too", max_length=2, verbose_name='province of the patron saint')),
            ],
            options={
                'verbose_name': 'service calendar',
                'verbose_name_plural': 'service calendars',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='ServiceCalendarHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=30, verbose_name='code')),
                ('name', models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name')),
                ('province', models.CharField(blank=True, help_text="Such as MI: its patron saint's day is a holiday too", max_length=2, verbose_name='province of the patron saint')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ServiceTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('request', 'request'), ('consideration', 'consideration'), ('claim_report', 'claim report'), ('feedback', 'feedback')], max_length=15, verbose_name='kind')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'first level'), (2, 'second level')], verbose_name='level')),
                ('minutes', models.PositiveIntegerField(verbose_name='minutes of service')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'verbose_name': 'service target',
                'verbose_name_plural': 'service targets',
                'ordering': ['kind', 'level', models.OrderBy(models.F('valid_from'), descending=True, nulls_last=True)],
            },
        ),
        migrations.CreateModel(
            name='ServiceTargetHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('request', 'request'), ('consideration', 'consideration'), ('claim_report', 'claim report'), ('feedback', 'feedback')], max_length=15, verbose_name='kind')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'first level'), (2, 'second level')], verbose_name='level')),
                ('minutes', models.PositiveIntegerField(verbose_name='minutes of service')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SpecialDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('name', models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='why')),
                ('opens', models.TimeField(blank=True, help_text='Empty: closed the whole day', null=True, verbose_name='opens at')),
                ('closes', models.TimeField(blank=True, null=True, verbose_name='closes at')),
            ],
            options={
                'verbose_name': 'special day',
                'verbose_name_plural': 'special days',
                'ordering': ['day', 'opens'],
            },
        ),
        migrations.CreateModel(
            name='SpecialDayHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('day', models.DateField(verbose_name='day')),
                ('name', models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='why')),
                ('opens', models.TimeField(blank=True, help_text='Empty: closed the whole day', null=True, verbose_name='opens at')),
                ('closes', models.TimeField(blank=True, null=True, verbose_name='closes at')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StaleDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('marked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'day to count again',
                'verbose_name_plural': 'days to count again',
            },
        ),
        migrations.CreateModel(
            name='StalePerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person_key', models.TextField()),
                ('marked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'person whose contacts changed',
                'verbose_name_plural': 'people whose contacts changed',
            },
        ),
        migrations.CreateModel(
            name='Team',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name, in English')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'first level'), (2, 'second level')], default=1, verbose_name='level')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'team',
                'verbose_name_plural': 'teams',
                'ordering': ['level', foundation.sorting.Folded('name')],
            },
            bases=(foundation.naming.NamedInTwoLanguages, models.Model),
        ),
        migrations.CreateModel(
            name='TollFreeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name, in English')),
                ('number', models.CharField(help_text='E.164, such as +39800016611', max_length=16, unique=True, verbose_name='number')),
                ('serves', models.CharField(blank=True, max_length=200, validators=[customers.validators.validate_one_line], verbose_name='whom it serves')),
                ('serves_en', models.CharField(blank=True, max_length=200, validators=[customers.validators.validate_one_line], verbose_name='whom it serves, in English')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'toll-free line',
                'verbose_name_plural': 'toll-free lines',
                'ordering': ['position', 'code'],
            },
            bases=(foundation.naming.NamedInTwoLanguages, models.Model),
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True, verbose_name='code')),
                ('area', models.CharField(choices=[('claims', 'claims'), ('policies', 'policies and documents'), ('payments', 'premiums and payments'), ('reserved_area', 'reserved area and app'), ('roadside', 'assistance on the road'), ('commercial', 'quotes and offers'), ('personal_data', 'personal data and consents'), ('other', 'other')], default='other', max_length=20, verbose_name='area')),
                ('name', models.CharField(max_length=120, validators=[customers.validators.validate_one_line], verbose_name='reason')),
                ('name_en', models.CharField(blank=True, max_length=120, validators=[customers.validators.validate_one_line], verbose_name='reason, in English')),
                ('is_public', models.BooleanField(default=False, help_text='In the guided request of the site, with its questions', verbose_name='offered to customers')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
                'ordering': ['area', foundation.sorting.Folded('name')],
            },
            bases=(foundation.naming.NamedInTwoLanguages, models.Model),
        ),
        migrations.CreateModel(
            name='TopicQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(db_index=False, max_length=30, verbose_name='code')),
                ('kind', models.CharField(choices=[('text', 'short text'), ('long_text', 'long text'), ('date', 'date'), ('past_date', 'date, not in the future'), ('choice', 'choice'), ('yes_no', 'yes or no'), ('plate', 'number plate'), ('policy_number', 'policy number'), ('claim_number', 'claim number'), ('phone', 'phone'), ('amount', 'amount in euro')], max_length=13, verbose_name='kind')),
                ('label', models.CharField(max_length=200, validators=[customers.validators.validate_one_line], verbose_name='question')),
                ('label_en', models.CharField(blank=True, max_length=200, validators=[customers.validators.validate_one_line], verbose_name='question, in English')),
                ('help', models.CharField(blank=True, max_length=300, validators=[customers.validators.validate_one_line], verbose_name='help')),
                ('help_en', models.CharField(blank=True, max_length=300, validators=[customers.validators.validate_one_line], verbose_name='help, in English')),
                ('choices', models.TextField(blank=True, help_text='One a line: code | in Italian | in English. For the kind “choice” only.', verbose_name='choices')),
                ('required', models.BooleanField(default=True, verbose_name='required')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'verbose_name': 'question of a topic',
                'verbose_name_plural': 'questions of a topic',
                'ordering': ['topic', 'position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='WebFormRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('form', models.CharField(choices=[('open', 'open request'), ('guided', 'guided request'), ('consideration', 'consideration')], max_length=15, verbose_name='form')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('tax_code', models.CharField(blank=True, max_length=16, verbose_name='tax code')),
                ('policy_number', models.CharField(blank=True, max_length=30, verbose_name='policy number')),
                ('answers', models.JSONField(blank=True, default=list, help_text='In the order asked: code, label as shown, kind, value, and the answer as a person reads it', verbose_name='answers to the guided questions')),
                ('language', models.CharField(default='it', max_length=2, verbose_name='language')),
                ('submission_key', models.UUIDField(unique=True, verbose_name='key of the submission')),
                ('tracking_digest', models.CharField(max_length=64, unique=True, verbose_name='digest of the tracking secret')),
                ('privacy_version', models.CharField(max_length=20, verbose_name='version of the privacy notice shown')),
                ('suspicion', models.CharField(blank=True, choices=[('', 'nothing strange'), ('links', 'many links'), ('repetition', 'the same again and again')], max_length=10, verbose_name='to be looked at')),
            ],
            options={
                'verbose_name': 'written request',
                'verbose_name_plural': 'written requests',
            },
        ),
        migrations.CreateModel(
            name='WrapUpCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name, in English')),
                ('key', models.CharField(blank=True, help_text='Chooses it on the keyboard', max_length=1, verbose_name='key')),
                ('outcome', models.CharField(choices=[('resolved', 'resolved'), ('unresolved', 'not resolved'), ('wrong_number', 'wrong number'), ('dropped', 'line dropped')], max_length=12, verbose_name='outcome')),
                ('keeps_open', models.BooleanField(default=False, help_text='The contact stays open, with its owner, until called back', verbose_name='to be called back')),
                ('hints_complaint', models.BooleanField(default=False, help_text='The written complaint form is offered to the customer', verbose_name='would be a complaint')),
                ('needs_topic', models.BooleanField(default=True, verbose_name='needs a topic')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'verbose_name': 'wrap-up code',
                'verbose_name_plural': 'wrap-up codes',
                'ordering': ['position', 'code'],
            },
            bases=(foundation.naming.NamedInTwoLanguages, models.Model),
        ),
        migrations.CreateModel(
            name='WrapUpCodeHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=30, verbose_name='code')),
                ('name', models.CharField(max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=100, validators=[customers.validators.validate_one_line], verbose_name='name, in English')),
                ('key', models.CharField(blank=True, help_text='Chooses it on the keyboard', max_length=1, verbose_name='key')),
                ('outcome', models.CharField(choices=[('resolved', 'resolved'), ('unresolved', 'not resolved'), ('wrong_number', 'wrong number'), ('dropped', 'line dropped')], max_length=12, verbose_name='outcome')),
                ('keeps_open', models.BooleanField(default=False, help_text='The contact stays open, with its owner, until called back', verbose_name='to be called back')),
                ('hints_complaint', models.BooleanField(default=False, help_text='The written complaint form is offered to the customer', verbose_name='would be a complaint')),
                ('needs_topic', models.BooleanField(default=True, verbose_name='needs a topic')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='position')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid until')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Agent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True, validators=[customers.validators.validate_one_line], verbose_name='code')),
                ('name', models.CharField(max_length=150, validators=[customers.validators.validate_one_line], verbose_name='name')),
                ('extension', models.CharField(blank=True, max_length=20, verbose_name='extension')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agent', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'agent',
                'verbose_name_plural': 'agents',
                'ordering': [foundation.sorting.Folded('name'), 'code'],
            },
        ),
        migrations.CreateModel(
            name='AgentHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=60, validators=[customers.validators.validate_one_line], verbose_name='code')),
                ('name', models.CharField(max_length=150, validators=[customers.validators.validate_one_line], verbose_name='name')),
                ('extension', models.CharField(blank=True, max_length=20, verbose_name='extension')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.agent')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(help_text='The telephone platform or file it came from', max_length=40, verbose_name='source')),
                ('external_id', models.CharField(max_length=120, verbose_name='key at the source')),
                ('caller', models.CharField(blank=True, help_text='E.164; empty if withheld or not a number', max_length=16, verbose_name='caller')),
                ('caller_stated', models.CharField(blank=True, max_length=60, verbose_name='caller as given')),
                ('queued_at', models.DateTimeField(verbose_name='entered the queue')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('wait_seconds', models.PositiveIntegerField(blank=True, help_text='Empty where the source does not report how long it was', null=True, verbose_name='wait (s)')),
                ('talk_seconds', models.PositiveIntegerField(blank=True, default=0, help_text='Empty where the source does not say how long it was', null=True, verbose_name='talk (s)')),
                ('hold_seconds', models.PositiveIntegerField(default=0, verbose_name='hold (s)')),
                ('wrap_seconds', models.PositiveIntegerField(default=0, verbose_name='after-call work (s)')),
                ('disposition', models.CharField(choices=[('open', 'in progress'), ('answered', 'answered'), ('abandoned', 'abandoned'), ('timed_out', 'waited too long'), ('key_exit', 'left by pressing a key'), ('no_agents', 'no agent on duty'), ('turned_away', 'turned away: line full or closed')], max_length=11, verbose_name='how it ended')),
                ('transferred', models.BooleanField(default=False, verbose_name='transferred')),
                ('ring_no_answer', models.PositiveSmallIntegerField(default=0, verbose_name='times it rang in vain')),
                ('recorded_by', models.CharField(choices=[('record', 'a complete record, or a file'), ('events', "the telephone platform's events"), ('sweep', 'events without an end: closed by the sweeper')], db_default='record', default='record', max_length=6, verbose_name='reported by')),
                ('day', models.GeneratedField(db_persist=True, expression=contact_center.models.computed.RomeDate(models.F('queued_at')), output_field=models.DateField())),
                ('agent', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='contact_center.agent', verbose_name='answered by')),
            ],
            options={
                'verbose_name': 'call',
                'verbose_name_plural': 'calls',
                'ordering': ['-queued_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CallEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('external_id', models.CharField(max_length=120, verbose_name='key of the call at the source')),
                ('key', models.CharField(max_length=120, verbose_name='key of the event at the source')),
                ('kind', models.CharField(choices=[('queued', 'entered a queue'), ('ringing', "rings at an agent's"), ('rang_out', 'rang in vain'), ('answered', 'answered'), ('held', 'put on hold'), ('resumed', 'taken off hold'), ('transferred', 'transferred'), ('ended', 'ended'), ('wrapped', 'after-call work ended')], max_length=11, verbose_name='kind')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('facts', models.JSONField(blank=True, default=dict, help_text='Line, agent, caller, reason, where to', verbose_name='facts')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received at')),
            ],
            options={
                'verbose_name': 'event of a call',
                'verbose_name_plural': 'events of calls',
                'ordering': ['at', 'pk'],
                'indexes': [models.Index(fields=['source', 'external_id'], name='call_event_of_call'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['received_at'], name='call_event_received')],
                'constraints': [models.UniqueConstraint(fields=('source', 'key'), name='call_event_once_per_source'), models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('external_id', ''), _negated=True), models.Q(('key', ''), _negated=True)), name='call_event_has_its_keys'), models.CheckConstraint(condition=models.Q(('kind__in', ['queued', 'ringing', 'rang_out', 'answered', 'held', 'resumed', 'transferred', 'ended', 'wrapped'])), name='call_event_kind_is_known')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='605e4a0a941f25af6839b8195495084232ce530a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_edca1', table='contact_center_callevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='25b50ff65b605504fed2509a3bd56e66dd4d5745', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_b90c8', table='contact_center_callevent', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='callhistory',
            name='agent',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.agent', verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='callhistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='callhistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.call'),
        ),
        migrations.AddField(
            model_name='callleg',
            name='agent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contact_center.agent', verbose_name='agent'),
        ),
        migrations.AddField(
            model_name='callleg',
            name='call',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='legs', to='contact_center.call', verbose_name='call'),
        ),
        migrations.AddField(
            model_name='contact',
            name='agent',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='contact_center.agent', verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='contact',
            name='continues',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='continued_by', to='contact_center.contact', verbose_name='continues'),
        ),
        migrations.AddField(
            model_name='contact',
            name='customer',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='contact',
            name='person_key',
            field=models.GeneratedField(db_persist=True, expression=contact_center.models.computed.PersonKey(), output_field=models.TextField(null=True)),
        ),
        migrations.AddField(
            model_name='contact',
            name='owner',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='owned_contacts', to='contact_center.agent', verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='callhistory',
            name='contact',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='call',
            name='contact',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='call', to='contact_center.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='contact_center.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='agent',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.agent', verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='continues',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.contact', verbose_name='continues'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='customer',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='owner',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.agent', verbose_name='owner'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.contact'),
        ),
        migrations.AddField(
            model_name='dailyfigures',
            name='agent',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contact_center.agent'),
        ),
        migrations.AddConstraint(
            model_name='figuresbasis',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='one_basis'),
        ),
        migrations.AddField(
            model_name='message',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='author'),
        ),
        migrations.AddField(
            model_name='message',
            name='contact',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='contact_center.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='messageattachment',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='contact_center.message', verbose_name='message'),
        ),
        migrations.AddField(
            model_name='openingperiodhistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='openingperiodhistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.openingperiod'),
        ),
        migrations.AddField(
            model_name='satisfactionsurvey',
            name='contact',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='survey', to='contact_center.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='openingperiodhistory',
            name='calendar',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        migrations.AddField(
            model_name='openingperiod',
            name='calendar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='periods', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicecalendar',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_servicecalendarhistory" ("code", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province") VALUES (OLD."code", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."province"); RETURN NULL;', hash='2173ce03e8fde6434f48e0ef47b80dd9a05fe660', operation='UPDATE', pgid='pgtrigger_update_update_b5ecf', table='contact_center_servicecalendar', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicecalendar',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_servicecalendarhistory" ("code", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "province") VALUES (OLD."code", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."province"); RETURN NULL;', hash='6a1a3e75e262d581ab3004985436512341af897a', operation='DELETE', pgid='pgtrigger_delete_delete_7e835', table='contact_center_servicecalendar', when='AFTER')),
        ),
        migrations.AddField(
            model_name='servicecalendarhistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='servicecalendarhistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.servicecalendar'),
        ),
        migrations.AddField(
            model_name='servicetarget',
            name='calendar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        migrations.AddField(
            model_name='servicetargethistory',
            name='calendar',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        migrations.AddField(
            model_name='servicetargethistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='servicetargethistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.servicetarget'),
        ),
        migrations.AddField(
            model_name='specialday',
            name='calendar',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='special_days', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        migrations.AddField(
            model_name='specialdayhistory',
            name='calendar',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.servicecalendar', verbose_name='service calendar'),
        ),
        migrations.AddField(
            model_name='specialdayhistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='specialdayhistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.specialday'),
        ),
        migrations.AddConstraint(
            model_name='team',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', [1, 2])), name='team_level_is_one_or_two'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='team',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.team', verbose_name='team'),
        ),
        migrations.AddField(
            model_name='contact',
            name='team',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='contact_center.team', verbose_name='team'),
        ),
        migrations.AddField(
            model_name='agenthistory',
            name='team',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.team', verbose_name='team'),
        ),
        migrations.AddField(
            model_name='agent',
            name='team',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agents', to='contact_center.team', verbose_name='team'),
        ),
        migrations.AddConstraint(
            model_name='tollfreeline',
            constraint=models.CheckConstraint(condition=models.Q(('number__regex', '^\\+3980[03][0-9]{3,8}$')), name='line_is_toll_free'),
        ),
        migrations.AddField(
            model_name='dailyfigures',
            name='line',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contact_center.tollfreeline'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='line',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.tollfreeline', verbose_name='line'),
        ),
        migrations.AddField(
            model_name='contact',
            name='line',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='contact_center.tollfreeline', verbose_name='line'),
        ),
        migrations.AddField(
            model_name='callleg',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contact_center.tollfreeline', verbose_name='line'),
        ),
        migrations.AddField(
            model_name='callhistory',
            name='line',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.tollfreeline', verbose_name='line'),
        ),
        migrations.AddField(
            model_name='call',
            name='line',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='contact_center.tollfreeline', verbose_name='line'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='topic_ends_after_it_begins'),
        ),
        migrations.AddField(
            model_name='dailyfigures',
            name='topic',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contact_center.topic'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='topic',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.topic', verbose_name='topic'),
        ),
        migrations.AddField(
            model_name='contact',
            name='topic',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='contact_center.topic', verbose_name='topic'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='mark_area', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."area" IS DISTINCT FROM (NEW."area"))', func='\n            INSERT INTO contact_center_staleperson (person_key)\n            SELECT DISTINCT person_key FROM contact_center_contact\n            WHERE topic_id = NEW.id AND person_key IS NOT NULL;\n            RETURN NULL;\n        ', hash='c33d93e3681e5e27297c839f83af828261f0a136', operation='UPDATE OF "area"', pgid='pgtrigger_mark_area_2b7ea', table='contact_center_topic', when='AFTER')),
        ),
        migrations.AddField(
            model_name='topicquestion',
            name='topic',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='contact_center.topic', verbose_name='topic'),
        ),
        migrations.AddField(
            model_name='webformrequest',
            name='contact',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='web_form', to='contact_center.contact', verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='wrapupcode',
            name='lines',
            field=models.ManyToManyField(blank=True, help_text='None: all', related_name='wrap_up_codes', to='contact_center.tollfreeline', verbose_name='lines'),
        ),
        migrations.AddField(
            model_name='contacthistory',
            name='wrap_up',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contact_center.wrapupcode', verbose_name='wrap-up code'),
        ),
        migrations.AddField(
            model_name='contact',
            name='wrap_up',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contact_center.wrapupcode', verbose_name='wrap-up code'),
        ),
        migrations.AddField(
            model_name='wrapupcodehistory',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='wrapupcodehistory',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='contact_center.wrapupcode'),
        ),
        migrations.AddIndex(
            model_name='contactevent',
            index=models.Index(fields=['contact', 'at'], name='event_of_contact'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='af1d2876b8c2fb3643238bee40f99fe3ccfa65d8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f4da8', table='contact_center_contactevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactevent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='81357a3385d7c40574bfdc18600eeec830c7f123', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_726aa', table='contact_center_contactevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['contact', 'written_at'], name='message_of_contact'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='message_has_text'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ['inbound', 'outbound', 'note'])), name='message_direction_is_known'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('contact', 'external_id'), name='message_once_per_contact'),
        ),
        migrations.AddConstraint(
            model_name='messageattachment',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='message_attachment_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='messageattachment',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='message_attachment_is_not_empty'),
        ),
        migrations.AddIndex(
            model_name='satisfactionsurvey',
            index=models.Index(fields=['asked_at'], name='survey_asked'),
        ),
        migrations.AddConstraint(
            model_name='satisfactionsurvey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('comment', ''), ('rating__isnull', True), ('resolved__isnull', True)), models.Q(('answered_at__isnull', False), ('resolved__isnull', False)), _connector='OR'), name='survey_answered_says_what'),
        ),
        migrations.AddConstraint(
            model_name='satisfactionsurvey',
            constraint=models.CheckConstraint(condition=models.Q(('rating__isnull', True), ('rating__range', (1, 5)), _connector='OR'), name='survey_rating_range'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingperiodhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='912660cc78c702e41aaa43a8ced9259b454fc9bc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7931b', table='contact_center_openingperiodhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingperiodhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='2a459025379041d5ffcca6e2ce46e33d0dc31c0d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_9c5c2', table='contact_center_openingperiodhistory', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='openingperiod',
            constraint=models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR'), name='period_closes_after_it_opens'),
        ),
        migrations.AddConstraint(
            model_name='openingperiod',
            constraint=models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='period_weekday_is_one_of_seven'),
        ),
        migrations.AddConstraint(
            model_name='openingperiod',
            constraint=models.UniqueConstraint(fields=('calendar', 'weekday', 'opens'), name='one_period_per_opening'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingperiod',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_openingperiodhistory" ("calendar_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (OLD."calendar_id", OLD."closes", OLD."id", OLD."opens", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."weekday"); RETURN NULL;', hash='900c4173e939ccc189bc36b8e87db8c67cb30b9f', operation='UPDATE', pgid='pgtrigger_update_update_e3e79', table='contact_center_openingperiod', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='openingperiod',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_openingperiodhistory" ("calendar_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (OLD."calendar_id", OLD."closes", OLD."id", OLD."opens", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."weekday"); RETURN NULL;', hash='806af336f202eb4b1756c89c1c26e2094d2ae36c', operation='DELETE', pgid='pgtrigger_delete_delete_eadce', table='contact_center_openingperiod', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicecalendarhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='a7c22a99fb9bb52160905859ed6a11e3ac46d51d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4132a', table='contact_center_servicecalendarhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicecalendarhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='bf904794d6c5f646e5da9624a9a08d764844508e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_514ec', table='contact_center_servicecalendarhistory', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='servicetarget',
            constraint=models.CheckConstraint(condition=models.Q(('minutes__gt', 0)), name='target_takes_some_time'),
        ),
        migrations.AddConstraint(
            model_name='servicetarget',
            constraint=models.UniqueConstraint(fields=('kind', 'level', 'valid_from'), name='one_target_per_beginning', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='servicetarget',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='target_ends_after_it_begins'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicetarget',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_servicetargethistory" ("calendar_id", "id", "kind", "level", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (OLD."calendar_id", OLD."id", OLD."kind", OLD."level", OLD."minutes", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='126c906100bedd3d84580325c17ae3adb439c548', operation='UPDATE', pgid='pgtrigger_update_update_8ae35', table='contact_center_servicetarget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicetarget',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_servicetargethistory" ("calendar_id", "id", "kind", "level", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "valid_from", "valid_to") VALUES (OLD."calendar_id", OLD."id", OLD."kind", OLD."level", OLD."minutes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='119bea92a487470225b770474168b78103b07c71', operation='DELETE', pgid='pgtrigger_delete_delete_00a71', table='contact_center_servicetarget', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicetargethistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='3e465c91e5078050914cc24cea13293b028da196', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_71d44', table='contact_center_servicetargethistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='servicetargethistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='99d7da48b86a1f519fffa1725d0716292967a081', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_a5f13', table='contact_center_servicetargethistory', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='specialday',
            constraint=models.UniqueConstraint(fields=('calendar', 'day', 'opens'), name='one_special_day_per_opening', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='specialday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', True), ('opens__isnull', True)), models.Q(('closes__isnull', False), ('opens__isnull', False), models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR')), _connector='OR'), name='special_day_is_closed_or_has_hours'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='specialday',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_specialdayhistory" ("calendar_id", "closes", "day", "id", "name", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."calendar_id", OLD."closes", OLD."day", OLD."id", OLD."name", OLD."opens", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='3a2a20042b0af951ccc22246dea1b9e464ba897c', operation='UPDATE', pgid='pgtrigger_update_update_d035d', table='contact_center_specialday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='specialday',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_specialdayhistory" ("calendar_id", "closes", "day", "id", "name", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."calendar_id", OLD."closes", OLD."day", OLD."id", OLD."name", OLD."opens", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='60df1975ed24c49e705a88ef17b974f993d8abcb', operation='DELETE', pgid='pgtrigger_delete_delete_d8ee9', table='contact_center_specialday', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='specialdayhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='e77162797031566ad19b3ff95eb292b903a6db33', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_65cf5', table='contact_center_specialdayhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='specialdayhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='e84c3ac4d764c65b681afee3eb26ad77e87ccf1a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_44c32', table='contact_center_specialdayhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agenthistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='a0f27e13e693ace11d85e52549908fdcc250f5eb', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_3228e', table='contact_center_agenthistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agenthistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='73976a54bf589ad78c831e48f6b86a7f96edcd2d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_8f4db', table='contact_center_agenthistory', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='agent_has_a_code'),
        ),
        migrations.AddConstraint(
            model_name='agent',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('extension', ''), _negated=True), ('is_active', True)), fields=('extension',), name='one_active_agent_per_extension'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agent',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_agenthistory" ("code", "extension", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id") VALUES (OLD."code", OLD."extension", OLD."id", OLD."is_active", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."team_id", OLD."user_id"); RETURN NULL;', hash='be5f004648b2c46c6fe75d15ec6cff3c97983a0b', operation='UPDATE', pgid='pgtrigger_update_update_82583', table='contact_center_agent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agent',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_agenthistory" ("code", "extension", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "team_id", "user_id") VALUES (OLD."code", OLD."extension", OLD."id", OLD."is_active", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."team_id", OLD."user_id"); RETURN NULL;', hash='7ae21bf7b95559104fedf94a6903dba1f48a4923', operation='DELETE', pgid='pgtrigger_delete_delete_6b6e8', table='contact_center_agent', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='callleg',
            constraint=models.UniqueConstraint(fields=('call', 'position'), name='one_leg_per_position'),
        ),
        migrations.AddConstraint(
            model_name='callleg',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), ('answered_at__gte', models.F('entered_at')), _connector='OR'), name='leg_answered_after_entered'),
        ),
        migrations.AddConstraint(
            model_name='callleg',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('entered_at')), _connector='OR'), name='leg_ended_after_entered'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='b7658de5ee095b621b1cd0f7742cc20549123246', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_69193', table='contact_center_callhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='71802d9fa36eb1fa188fa89845321460af43db70', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_88e70', table='contact_center_callhistory', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['-queued_at', '-id'], name='call_newest'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['line', '-queued_at', '-id'], name='call_of_line'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('agent__isnull', False)), fields=['agent', '-queued_at', '-id'], name='call_of_agent'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('disposition__in', ['answered', 'open']), _negated=True), fields=['-queued_at', '-id'], name='call_not_answered'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(fields=['day'], name='call_day'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('caller', ''), _negated=True), fields=['caller', '-queued_at'], name='call_of_caller'),
        ),
        migrations.AddIndex(
            model_name='call',
            index=models.Index(condition=models.Q(('disposition', 'open')), fields=['queued_at'], name='call_open'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('source', 'external_id'), name='call_once_per_source'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('external_id', ''), _negated=True)), name='call_has_its_key'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('caller', ''), ('caller__regex', '^\\+[1-9][0-9]{4,14}$'), _connector='OR'), name='call_caller_is_e164'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('disposition__in', ['open', 'answered', 'abandoned', 'timed_out', 'key_exit', 'no_agents', 'turned_away'])), name='call_disposition_is_known'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disposition', 'answered'), _negated=True), ('answered_at__isnull', False), _connector='OR'), name='call_answered_has_its_moment'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('disposition__in', ['open', 'answered']), models.Q(('answered_at__isnull', True), ('talk_seconds', 0)), _connector='OR'), name='call_not_answered_has_no_talk'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', False), ('contact__isnull', True), _connector='OR'), name='call_has_a_contact_only_if_answered'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), ('answered_at__gte', models.F('queued_at')), _connector='OR'), name='call_answered_after_queued'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('queued_at')), _connector='OR'), name='call_ended_after_queued'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('disposition', 'open'), ('ended_at__isnull', True)), models.Q(models.Q(('disposition', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='call_ended_unless_open'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(('recorded_by__in', ['record', 'events', 'sweep'])), name='call_recorded_by_is_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='mark_inserted', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    WITH changed AS (SELECT id, day, line_id, agent_id, contact_id, disposition, hold_seconds, talk_seconds, wait_seconds, wrap_seconds FROM new_rows)\n    INSERT INTO contact_center_staleday (day)\n    SELECT day FROM changed\n    UNION SELECT k.day FROM contact_center_contact k WHERE k.id IN (SELECT contact_id FROM changed);\n    RETURN NULL;\n', hash='d4539fdfcd00a9cde9131aa1ddf5097e25966cda', level='STATEMENT', operation='INSERT', pgid='pgtrigger_mark_inserted_0c3b5', referencing='REFERENCING NEW TABLE AS new_rows ', table='contact_center_call', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='mark_updated', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    WITH changed AS (SELECT id, day, line_id, agent_id, contact_id, disposition, hold_seconds, talk_seconds, wait_seconds, wrap_seconds FROM (SELECT id, day, line_id, agent_id, contact_id, disposition, hold_seconds, talk_seconds, wait_seconds, wrap_seconds FROM old_rows UNION ALL SELECT id, day, line_id, agent_id, contact_id, disposition, hold_seconds, talk_seconds, wait_seconds, wrap_seconds FROM new_rows) both_versions GROUP BY id, day, line_id, agent_id, contact_id, disposition, hold_seconds, talk_seconds, wait_seconds, wrap_seconds HAVING count(*) = 1)\n    INSERT INTO contact_center_staleday (day)\n    SELECT day FROM changed\n    UNION SELECT k.day FROM contact_center_contact k WHERE k.id IN (SELECT contact_id FROM changed);\n    RETURN NULL;\n', hash='0e41d9a1a52250de2e8671ed2549699d771b6f2a', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_mark_updated_f32ab', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contact_center_call', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='mark_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    WITH changed AS (SELECT id, day, line_id, agent_id, contact_id, disposition, hold_seconds, talk_seconds, wait_seconds, wrap_seconds FROM old_rows)\n    INSERT INTO contact_center_staleday (day)\n    SELECT day FROM changed\n    UNION SELECT k.day FROM contact_center_contact k WHERE k.id IN (SELECT contact_id FROM changed);\n    RETURN NULL;\n', hash='c086ce565296c12bd3a318ced3695e3b0e7f23c6', level='STATEMENT', operation='DELETE', pgid='pgtrigger_mark_deleted_948a9', referencing='REFERENCING OLD TABLE AS old_rows ', table='contact_center_call', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agent_id" IS DISTINCT FROM (NEW."agent_id") OR OLD."answered_at" IS DISTINCT FROM (NEW."answered_at") OR OLD."caller" IS DISTINCT FROM (NEW."caller") OR OLD."caller_stated" IS DISTINCT FROM (NEW."caller_stated") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."disposition" IS DISTINCT FROM (NEW."disposition") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."hold_seconds" IS DISTINCT FROM (NEW."hold_seconds") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."queued_at" IS DISTINCT FROM (NEW."queued_at") OR OLD."recorded_by" IS DISTINCT FROM (NEW."recorded_by") OR OLD."ring_no_answer" IS DISTINCT FROM (NEW."ring_no_answer") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."talk_seconds" IS DISTINCT FROM (NEW."talk_seconds") OR OLD."transferred" IS DISTINCT FROM (NEW."transferred") OR OLD."wait_seconds" IS DISTINCT FROM (NEW."wait_seconds") OR OLD."wrap_seconds" IS DISTINCT FROM (NEW."wrap_seconds"))', func='INSERT INTO "contact_center_callhistory" ("agent_id", "answered_at", "caller", "caller_stated", "contact_id", "disposition", "ended_at", "external_id", "hold_seconds", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "queued_at", "recorded_by", "ring_no_answer", "source", "talk_seconds", "transferred", "wait_seconds", "wrap_seconds") VALUES (OLD."agent_id", OLD."answered_at", OLD."caller", OLD."caller_stated", OLD."contact_id", OLD."disposition", OLD."ended_at", OLD."external_id", OLD."hold_seconds", OLD."id", OLD."line_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."queued_at", OLD."recorded_by", OLD."ring_no_answer", OLD."source", OLD."talk_seconds", OLD."transferred", OLD."wait_seconds", OLD."wrap_seconds"); RETURN NULL;', hash='99c79abb9bd0fb9099eb8363b431f596f9d9f6c2', operation='UPDATE', pgid='pgtrigger_update_update_46e9c', table='contact_center_call', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='call',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_callhistory" ("agent_id", "answered_at", "caller", "caller_stated", "contact_id", "disposition", "ended_at", "external_id", "hold_seconds", "id", "line_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "queued_at", "recorded_by", "ring_no_answer", "source", "talk_seconds", "transferred", "wait_seconds", "wrap_seconds") VALUES (OLD."agent_id", OLD."answered_at", OLD."caller", OLD."caller_stated", OLD."contact_id", OLD."disposition", OLD."ended_at", OLD."external_id", OLD."hold_seconds", OLD."id", OLD."line_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."queued_at", OLD."recorded_by", OLD."ring_no_answer", OLD."source", OLD."talk_seconds", OLD."transferred", OLD."wait_seconds", OLD."wrap_seconds"); RETURN NULL;', hash='560e017107c68e17cef5add1367aa069326ac25d', operation='DELETE', pgid='pgtrigger_delete_delete_55fd0', table='contact_center_call', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='dailyfigures',
            constraint=models.UniqueConstraint(fields=('cut', 'day', 'channel', 'line', 'topic', 'agent'), name='one_row_per_cut_and_day', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='dailyfigures',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agent__isnull', True), ('cut', 'line'), ('topic__isnull', True)), models.Q(('agent__isnull', True), ('cut', 'topic')), models.Q(('cut', 'agent'), ('topic__isnull', True)), _connector='OR'), name='daily_figures_are_cut_one_way'),
        ),
        migrations.AddConstraint(
            model_name='topicquestion',
            constraint=models.UniqueConstraint(fields=('topic', 'code'), name='question_code_once_per_topic'),
        ),
        migrations.AddConstraint(
            model_name='topicquestion',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['text', 'long_text', 'date', 'past_date', 'choice', 'yes_no', 'plate', 'policy_number', 'claim_number', 'phone', 'amount'])), name='question_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='topicquestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'choice'), models.Q(('choices', ''), _negated=True)), models.Q(models.Q(('kind', 'choice'), _negated=True), ('choices', '')), _connector='OR'), name='question_has_choices_if_it_is_one'),
        ),
        migrations.AddConstraint(
            model_name='topicquestion',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='question_ends_after_it_begins'),
        ),
        migrations.AddIndex(
            model_name='webformrequest',
            index=models.Index(django.db.models.functions.text.Lower('email'), name='web_form_email'),
        ),
        migrations.AddIndex(
            model_name='webformrequest',
            index=models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone'], name='web_form_phone'),
        ),
        migrations.AddConstraint(
            model_name='webformrequest',
            constraint=models.CheckConstraint(condition=models.Q(('form__in', ['open', 'guided', 'consideration'])), name='web_form_is_known'),
        ),
        migrations.AddConstraint(
            model_name='webformrequest',
            constraint=models.CheckConstraint(condition=models.Q(('suspicion__in', ['', 'links', 'repetition'])), name='web_form_suspicion_is_known'),
        ),
        migrations.AddConstraint(
            model_name='wrapupcode',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['resolved', 'unresolved', 'wrong_number', 'dropped'])), name='wrap_up_outcome_is_known'),
        ),
        migrations.AddConstraint(
            model_name='wrapupcode',
            constraint=models.CheckConstraint(condition=models.Q(('keeps_open', False), ('outcome', 'unresolved'), _connector='OR'), name='wrap_up_call_back_is_not_resolved'),
        ),
        migrations.AddConstraint(
            model_name='wrapupcode',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('valid_to__isnull', True)), fields=('key',), name='one_wrap_up_code_per_key'),
        ),
        migrations.AddConstraint(
            model_name='wrapupcode',
            constraint=models.CheckConstraint(condition=models.Q(('valid_from__isnull', True), ('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='wrap_up_ends_after_it_begins'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wrapupcode',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "contact_center_wrapupcodehistory" ("code", "hints_complaint", "id", "keeps_open", "key", "name", "name_en", "needs_topic", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "valid_from", "valid_to") VALUES (OLD."code", OLD."hints_complaint", OLD."id", OLD."keeps_open", OLD."key", OLD."name", OLD."name_en", OLD."needs_topic", OLD."outcome", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."position", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='0d2152e088d701988070f2ad6f66c07a218fe73f', operation='UPDATE', pgid='pgtrigger_update_update_097a3', table='contact_center_wrapupcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wrapupcode',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_wrapupcodehistory" ("code", "hints_complaint", "id", "keeps_open", "key", "name", "name_en", "needs_topic", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "valid_from", "valid_to") VALUES (OLD."code", OLD."hints_complaint", OLD."id", OLD."keeps_open", OLD."key", OLD."name", OLD."name_en", OLD."needs_topic", OLD."outcome", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."position", OLD."valid_from", OLD."valid_to"); RETURN NULL;', hash='e1915aa1e640e285e1803869c42c589bc3959bf7', operation='DELETE', pgid='pgtrigger_delete_delete_f0266', table='contact_center_wrapupcode', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contacthistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='23434dbc0721e92455bc90e47f7db64aae87359d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2c29e', table='contact_center_contacthistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contacthistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='cafdce5d105e56d16a57d371038a3feeaa91734b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_bb6f9', table='contact_center_contacthistory', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['-started_at', '-id'], name='contact_newest'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['topic', '-started_at', '-id'], name='contact_of_topic'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('agent__isnull', False)), fields=['agent', '-started_at', '-id'], name='contact_of_agent'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('first_level', False), ('handled', True)), fields=['-started_at', '-id'], name='contact_not_first_level'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('repeated_on__isnull', False)), fields=['-started_at', '-id'], name='contact_repeated'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(fields=['day'], name='contact_day'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('person_key__isnull', False)), fields=['person_key', 'started_at', 'id'], name='contact_of_person'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(django.db.models.functions.text.Lower('address'), condition=models.Q(('address', ''), _negated=True), name='contact_came_from'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('customer__isnull', False)), fields=['customer', '-started_at'], name='contact_of_customer'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('owner__isnull', False)), fields=['owner'], name='contact_of_owner'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('channel', 'phone'), ('state', 'in_progress'), ('wrap_up__isnull', True)), fields=['owner', 'id'], name='contact_to_code'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('continues__isnull', False)), fields=['continues'], name='contact_continues'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['team', 'due_at', 'id'], name='contact_queue'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['due_at', 'id'], name='contact_due'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['owner', 'due_at', 'id'], name='contact_due_of_owner'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['channel', 'due_at', 'id'], name='contact_due_of_channel'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['level', 'due_at', 'id'], name='contact_due_of_level'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state__in', ['open', 'in_progress', 'waiting'])), fields=['topic', 'due_at', 'id'], name='contact_due_of_topic'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at', 'id'], name='contact_due_waiting'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('outcome', ''), ('state', 'closed')), fields=['-started_at', '-id'], name='contact_not_coded'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('channel', 'phone'), _negated=True), fields=['channel', '-started_at', '-id'], name='contact_written_newest'),
        ),
        migrations.AddIndex(
            model_name='contact',
            index=models.Index(condition=models.Q(('team__isnull', False)), fields=['team', '-started_at', '-id'], name='contact_of_team'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'phone'), ('line__isnull', False)), models.Q(models.Q(('channel', 'phone'), _negated=True), ('line__isnull', True)), _connector='OR'), name='contact_has_a_line_if_by_phone'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['phone', 'site_form', 'portal', 'app', 'email', 'post'])), name='contact_channel_is_known'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('escalation__in', ['', 'authority', 'knowledge', 'system_down', 'other_office', 'not_stated'])), name='contact_escalation_is_known'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('level__in', [1, 2])), name='contact_level_is_one_or_two'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'resolved', 'unresolved', 'wrong_number', 'dropped'])), name='contact_outcome_is_known'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('escalation', ''), ('level', 1)), models.Q(('level', 2), models.Q(('escalation', ''), _negated=True)), _connector='OR'), name='contact_escalated_says_why'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state__in', ['open', 'in_progress', 'waiting'])), models.Q(('closed_at__isnull', False), ('state', 'closed')), _connector='OR'), name='contact_closed_has_its_moment'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('satisfaction__isnull', True), ('satisfaction__range', (1, 5)), _connector='OR'), name='contact_satisfaction_range'),
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('closed_at__gte', models.F('started_at')), _connector='OR'), name='contact_closed_after_start'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='mark_inserted', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    WITH changed AS (SELECT id, day, channel, line_id, topic_id, agent_id, handled, confirmed, escalation, first_level, level, outcome, reopened_count, repeated_on FROM new_rows)\n    INSERT INTO contact_center_staleday (day)\n    SELECT day FROM changed\n    UNION SELECT c.day FROM contact_center_call c WHERE c.contact_id IN (SELECT id FROM changed);\n\n    WITH people AS (\n        SELECT DISTINCT COALESCE(person_key, 'contact:' || id) AS person_key FROM (SELECT id, person_key, started_at, topic_id, in_base FROM new_rows) moved LIMIT 20000\n    )\n    INSERT INTO contact_center_staleperson (person_key)\n    SELECT '*' WHERE (SELECT count(*) FROM people) = 20000\n    UNION ALL SELECT person_key FROM people WHERE (SELECT count(*) FROM people) < 20000;\n    RETURN NULL;\n", hash='a2dceab40e6fc0d119434c668cf4bc2dc081a7a3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_mark_inserted_d83ce', referencing='REFERENCING NEW TABLE AS new_rows ', table='contact_center_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='mark_updated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    WITH changed AS (SELECT id, day, channel, line_id, topic_id, agent_id, handled, confirmed, escalation, first_level, level, outcome, reopened_count, repeated_on FROM (SELECT id, day, channel, line_id, topic_id, agent_id, handled, confirmed, escalation, first_level, level, outcome, reopened_count, repeated_on FROM old_rows UNION ALL SELECT id, day, channel, line_id, topic_id, agent_id, handled, confirmed, escalation, first_level, level, outcome, reopened_count, repeated_on FROM new_rows) both_versions GROUP BY id, day, channel, line_id, topic_id, agent_id, handled, confirmed, escalation, first_level, level, outcome, reopened_count, repeated_on HAVING count(*) = 1)\n    INSERT INTO contact_center_staleday (day)\n    SELECT day FROM changed\n    UNION SELECT c.day FROM contact_center_call c WHERE c.contact_id IN (SELECT id FROM changed);\n\n    WITH people AS (\n        SELECT DISTINCT COALESCE(person_key, 'contact:' || id) AS person_key FROM (SELECT id, person_key, started_at, topic_id, in_base FROM (SELECT id, person_key, started_at, topic_id, in_base FROM old_rows UNION ALL SELECT id, person_key, started_at, topic_id, in_base FROM new_rows) both_versions GROUP BY id, person_key, started_at, topic_id, in_base HAVING count(*) = 1) moved LIMIT 20000\n    )\n    INSERT INTO contact_center_staleperson (person_key)\n    SELECT '*' WHERE (SELECT count(*) FROM people) = 20000\n    UNION ALL SELECT person_key FROM people WHERE (SELECT count(*) FROM people) < 20000;\n    RETURN NULL;\n", hash='b29378d9a824dd629a5228b51ce2023abf176e41', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_mark_updated_7dada', referencing='REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ', table='contact_center_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='mark_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    WITH changed AS (SELECT id, day, channel, line_id, topic_id, agent_id, handled, confirmed, escalation, first_level, level, outcome, reopened_count, repeated_on FROM old_rows)\n    INSERT INTO contact_center_staleday (day)\n    SELECT day FROM changed\n    UNION SELECT c.day FROM contact_center_call c WHERE c.contact_id IN (SELECT id FROM changed);\n\n    WITH people AS (\n        SELECT DISTINCT COALESCE(person_key, 'contact:' || id) AS person_key FROM (SELECT id, person_key, started_at, topic_id, in_base FROM old_rows) moved LIMIT 20000\n    )\n    INSERT INTO contact_center_staleperson (person_key)\n    SELECT '*' WHERE (SELECT count(*) FROM people) = 20000\n    UNION ALL SELECT person_key FROM people WHERE (SELECT count(*) FROM people) < 20000;\n    RETURN NULL;\n", hash='4a6b004905b0e6dd81f28f5fca7cd49e382c18a4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_mark_deleted_5bcac', referencing='REFERENCING OLD TABLE AS old_rows ', table='contact_center_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."agent_id" IS DISTINCT FROM (NEW."agent_id") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."confirmed" IS DISTINCT FROM (NEW."confirmed") OR OLD."continues_id" IS DISTINCT FROM (NEW."continues_id") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."escalated_at" IS DISTINCT FROM (NEW."escalated_at") OR OLD."escalation" IS DISTINCT FROM (NEW."escalation") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."level" IS DISTINCT FROM (NEW."level") OR OLD."line_id" IS DISTINCT FROM (NEW."line_id") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."reopened_count" IS DISTINCT FROM (NEW."reopened_count") OR OLD."satisfaction" IS DISTINCT FROM (NEW."satisfaction") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."topic_id" IS DISTINCT FROM (NEW."topic_id") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."wrap_up_id" IS DISTINCT FROM (NEW."wrap_up_id"))', func='INSERT INTO "contact_center_contacthistory" ("address", "agent_id", "channel", "closed_at", "confirmed", "continues_id", "customer_id", "due_at", "escalated_at", "escalation", "id", "kind", "level", "line_id", "notes", "outcome", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_count", "satisfaction", "started_at", "state", "subject", "team_id", "topic_id", "version", "wrap_up_id") VALUES (OLD."address", OLD."agent_id", OLD."channel", OLD."closed_at", OLD."confirmed", OLD."continues_id", OLD."customer_id", OLD."due_at", OLD."escalated_at", OLD."escalation", OLD."id", OLD."kind", OLD."level", OLD."line_id", OLD."notes", OLD."outcome", OLD."owner_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reopened_count", OLD."satisfaction", OLD."started_at", OLD."state", OLD."subject", OLD."team_id", OLD."topic_id", OLD."version", OLD."wrap_up_id"); RETURN NULL;', hash='6ee3af62bfb55cc57a88a523b39e28d94ef36267', operation='UPDATE', pgid='pgtrigger_update_update_38935', table='contact_center_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "contact_center_contacthistory" ("address", "agent_id", "channel", "closed_at", "confirmed", "continues_id", "customer_id", "due_at", "escalated_at", "escalation", "id", "kind", "level", "line_id", "notes", "outcome", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopened_count", "satisfaction", "started_at", "state", "subject", "team_id", "topic_id", "version", "wrap_up_id") VALUES (OLD."address", OLD."agent_id", OLD."channel", OLD."closed_at", OLD."confirmed", OLD."continues_id", OLD."customer_id", OLD."due_at", OLD."escalated_at", OLD."escalation", OLD."id", OLD."kind", OLD."level", OLD."line_id", OLD."notes", OLD."outcome", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."reopened_count", OLD."satisfaction", OLD."started_at", OLD."state", OLD."subject", OLD."team_id", OLD."topic_id", OLD."version", OLD."wrap_up_id"); RETURN NULL;', hash='34d2492768c6ee4e238c89218cc52c9cb6820e49', operation='DELETE', pgid='pgtrigger_delete_delete_41150', table='contact_center_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wrapupcodehistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='1aec6f7e1da492e6316c8eb1558c17223f22a048', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1b77e', table='contact_center_wrapupcodehistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wrapupcodehistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='b522711e5453430c42a3d23fce8acc5c5fd23df7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_7f36a', table='contact_center_wrapupcodehistory', when='BEFORE')),
        ),
    ]
