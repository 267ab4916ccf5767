import customers.validators
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import foundation.sorting
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactPoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('phone', 'phone'), ('email', 'e-mail'), ('pec', 'certified e-mail (PEC)')], max_length=5, verbose_name='kind')),
                ('value', models.CharField(help_text='A phone in E.164, an address in lower case', max_length=254, verbose_name='value')),
                ('stated', models.CharField(blank=True, max_length=254, verbose_name='as stated')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'contact point',
                'verbose_name_plural': 'contact points',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Instalment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='amount (euro)')),
                ('paid_on', models.DateField(blank=True, null=True, verbose_name='paid on')),
            ],
            options={
                'verbose_name': 'instalment',
                'verbose_name_plural': 'instalments',
                'ordering': ['due_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('first_name', models.CharField(blank=True, max_length=100, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=100, verbose_name='last name')),
                ('language', models.CharField(choices=[('it', 'Italian'), ('en', 'English')], default='it', max_length=2, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may enter the back office')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'ordering': ['email'],
            },
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('rui_number', models.CharField(blank=True, max_length=20, verbose_name='RUI number')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                ('postal_code', models.CharField(blank=True, max_length=10, verbose_name='postal code')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('province', models.CharField(blank=True, max_length=2, verbose_name='province')),
                ('phone', models.CharField(blank=True, help_text='E.164, such as +390212345678', max_length=16, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail address')),
                ('pec', models.EmailField(blank=True, max_length=254, verbose_name='certified e-mail (PEC)')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'agency',
                'verbose_name_plural': 'agencies',
                'ordering': [foundation.sorting.Folded('name'), 'code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='agency_has_a_code'), models.CheckConstraint(condition=models.Q(('phone', ''), ('phone__regex', '^\\+[1-9][0-9]{4,14}$'), _connector='OR'), name='agency_phone_is_e164')],
            },
        ),
        migrations.CreateModel(
            name='AgencyMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_principal', models.BooleanField(default=False, verbose_name='holder of the agency')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='customers.agency', verbose_name='agency')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='agency_memberships', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'agency member',
                'verbose_name_plural': 'agency members',
                'ordering': ['agency', 'user'],
            },
        ),
        migrations.CreateModel(
            name='AgencyMemberHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('is_principal', models.BooleanField(default=False, verbose_name='holder of the agency')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('agency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.agency', verbose_name='agency')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='customers.agencymember')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=30, unique=True, verbose_name='customer code')),
                ('kind', models.CharField(choices=[('person', 'person'), ('company', 'company')], default='person', max_length=10, verbose_name='kind')),
                ('first_name', models.CharField(blank=True, max_length=100, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=100, verbose_name='last name')),
                ('company_name', models.CharField(blank=True, max_length=200, verbose_name='company name')),
                ('tax_code', models.CharField(blank=True, max_length=16, validators=[customers.validators.validate_tax_code], verbose_name='tax code')),
                ('vat_number', models.CharField(blank=True, max_length=11, validators=[customers.validators.validate_vat_number], verbose_name='VAT number')),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('segment', models.CharField(choices=[('private', 'private customer'), ('camper', 'camper owner'), ('business', 'professional or company')], default='private', max_length=10, verbose_name='segment')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                ('postal_code', models.CharField(blank=True, max_length=10, verbose_name='postal code')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('province', models.CharField(blank=True, max_length=2, verbose_name='province')),
                ('country', models.CharField(default='IT', max_length=2, verbose_name='country')),
                ('language', models.CharField(choices=[('it', 'Italian'), ('en', 'English')], default='it', max_length=2, verbose_name='language')),
                ('search_key', models.CharField(default='', editable=False, max_length=220)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='customers.agency', verbose_name='agency')),
            ],
            options={
                'verbose_name': 'customer',
                'verbose_name_plural': 'customers',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ContactPointHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('phone', 'phone'), ('email', 'e-mail'), ('pec', 'certified e-mail (PEC)')], max_length=5, verbose_name='kind')),
                ('value', models.CharField(help_text='A phone in E.164, an address in lower case', max_length=254, verbose_name='value')),
                ('stated', models.CharField(blank=True, max_length=254, verbose_name='as stated')),
                ('verified_at', models.DateTimeField(blank=True, null=True, verbose_name='verified at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='customers.contactpoint')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='contactpoint',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='contact_points', to='customers.customer', verbose_name='customer'),
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('marketing', 'offers of the company'), ('agency_promotions', 'promotions of the agency'), ('profiling', 'offers chosen by profile'), ('portal_advertising', 'advertising in the reserved area')], max_length=20, verbose_name='purpose')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('sms', 'SMS'), ('push', 'app notification'), ('phone', 'phone'), ('post', 'post'), ('portal', 'reserved area')], max_length=10, verbose_name='channel')),
                ('event', models.CharField(choices=[('given', 'given'), ('confirmed', 'confirmed'), ('withdrawn', 'withdrawn')], max_length=10, verbose_name='event')),
                ('text_version', models.CharField(max_length=20, verbose_name='version of the text shown')),
                ('source', models.CharField(choices=[('portal', 'reserved area'), ('app', 'app'), ('agency', 'agency, on paper'), ('call', 'call'), ('import', 'earlier system'), ('unsubscribe', 'unsubscribe link')], max_length=12, verbose_name='source')),
                ('evidence', models.CharField(blank=True, max_length=300, verbose_name='evidence')),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='recorded at')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='recorded by')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'consent',
                'verbose_name_plural': 'consents',
                'ordering': ['-recorded_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='repertory number')),
                ('kind', models.CharField(choices=[('property', 'damage to things'), ('injury', 'injury'), ('mixed', 'damage to things and injury')], default='property', max_length=10, verbose_name='kind')),
                ('description', models.TextField(blank=True, verbose_name='what happened')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('signed_by_both', models.BooleanField(default=False, help_text='Shortens the term for the offer to 30 days', verbose_name='accident form signed by both drivers')),
                ('occurred_on', models.DateField(verbose_name='happened on')),
                ('reported_on', models.DateField(verbose_name='reported on')),
                ('complete_on', models.DateField(blank=True, help_text='The legal clock starts here', null=True, verbose_name='file complete on')),
                ('adjuster', models.CharField(blank=True, max_length=150, verbose_name='adjuster')),
                ('adjuster_phone', models.CharField(blank=True, max_length=16, verbose_name="adjuster's phone")),
                ('assessor', models.CharField(blank=True, max_length=150, verbose_name='assessor')),
                ('repairer', models.CharField(blank=True, max_length=200, verbose_name='affiliated repairer')),
                ('state', models.CharField(choices=[('reported', 'reported'), ('taken_in_charge', 'taken in charge'), ('offered', 'offer made'), ('accepted', 'offer accepted'), ('paid', 'paid'), ('refused', 'refused'), ('closed', 'closed without payment')], default='reported', max_length=16, verbose_name='state')),
                ('offered_on', models.DateField(blank=True, null=True, verbose_name='offer or reasoned refusal on')),
                ('accepted_on', models.DateField(blank=True, null=True, verbose_name='accepted on')),
                ('paid_on', models.DateField(blank=True, null=True, verbose_name='paid on')),
                ('paid_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='paid (euro)')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='customers.customer', verbose_name='reported by')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'ordering': ['-reported_on', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='AccessLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=60, verbose_name='what was opened')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('customer', models.ForeignKey(blank=True, db_index=False, help_text='Nobody where many customers were in what was taken, such as the register of complaints', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='access_log', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'access to a file',
                'verbose_name_plural': 'accesses to files',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CustomerHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=30, verbose_name='customer code')),
                ('kind', models.CharField(choices=[('person', 'person'), ('company', 'company')], default='person', max_length=10, verbose_name='kind')),
                ('first_name', models.CharField(blank=True, max_length=100, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=100, verbose_name='last name')),
                ('company_name', models.CharField(blank=True, max_length=200, verbose_name='company name')),
                ('tax_code', models.CharField(blank=True, max_length=16, validators=[customers.validators.validate_tax_code], verbose_name='tax code')),
                ('vat_number', models.CharField(blank=True, max_length=11, validators=[customers.validators.validate_vat_number], verbose_name='VAT number')),
                ('birth_date', models.DateField(blank=True, null=True, verbose_name='date of birth')),
                ('segment', models.CharField(choices=[('private', 'private customer'), ('camper', 'camper owner'), ('business', 'professional or company')], default='private', max_length=10, verbose_name='segment')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                ('postal_code', models.CharField(blank=True, max_length=10, verbose_name='postal code')),
                ('city', models.CharField(blank=True, max_length=100, verbose_name='city')),
                ('province', models.CharField(blank=True, max_length=2, verbose_name='province')),
                ('country', models.CharField(default='IT', max_length=2, verbose_name='country')),
                ('language', models.CharField(choices=[('it', 'Italian'), ('en', 'English')], default='it', max_length=2, verbose_name='language')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('agency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.agency', verbose_name='agency')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='customers.customer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('outcome', models.CharField(choices=[('link', 'link sent'), ('known', 'had a sign-in already'), ('unknown', 'data did not match')], max_length=7, verbose_name='outcome')),
                ('submission_key', models.UUIDField(unique=True, verbose_name='key of the submission')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='digest of the link')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='asked at')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='link valid until')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='link used at')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'enrolment',
                'verbose_name_plural': 'enrolments',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=30, unique=True, verbose_name='policy number')),
                ('ramo', models.CharField(max_length=4, verbose_name='line of business (ramo)')),
                ('product', models.CharField(max_length=120, verbose_name='product')),
                ('plate', models.CharField(blank=True, max_length=15, verbose_name='plate')),
                ('sum_insured', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='sum insured (euro)')),
                ('premium', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='yearly premium (euro)')),
                ('starts_on', models.DateField(verbose_name='in force from')),
                ('ends_on', models.DateField(verbose_name='expires on')),
                ('annual', models.BooleanField(default=True, help_text='Only an annual contract has days of grace', verbose_name='annual contract')),
                ('tacit_renewal', models.BooleanField(default=False, verbose_name='renews tacitly')),
                ('grace_days', models.PositiveSmallIntegerField(default=15, verbose_name='days of grace after expiry')),
                ('state', models.CharField(choices=[('active', 'in force'), ('suspended', 'suspended'), ('expired', 'expired'), ('cancelled', 'cancelled')], default='active', max_length=10, verbose_name='state')),
                ('suspended_on', models.DateField(blank=True, null=True, verbose_name='suspended on')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='policies', to='customers.agency', verbose_name='agency')),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='policies', to='customers.customer', verbose_name='policyholder')),
            ],
            options={
                'verbose_name': 'policy',
                'verbose_name_plural': 'policies',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='InstalmentHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('due_on', models.DateField(verbose_name='due on')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='amount (euro)')),
                ('paid_on', models.DateField(blank=True, null=True, verbose_name='paid on')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='customers.instalment')),
                ('policy', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.policy', verbose_name='policy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='instalment',
            name='policy',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='instalments', to='customers.policy', verbose_name='policy'),
        ),
        migrations.CreateModel(
            name='ClaimHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('number', models.CharField(max_length=30, verbose_name='repertory number')),
                ('kind', models.CharField(choices=[('property', 'damage to things'), ('injury', 'injury'), ('mixed', 'damage to things and injury')], default='property', max_length=10, verbose_name='kind')),
                ('description', models.TextField(blank=True, verbose_name='what happened')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('signed_by_both', models.BooleanField(default=False, help_text='Shortens the term for the offer to 30 days', verbose_name='accident form signed by both drivers')),
                ('occurred_on', models.DateField(verbose_name='happened on')),
                ('reported_on', models.DateField(verbose_name='reported on')),
                ('complete_on', models.DateField(blank=True, help_text='The legal clock starts here', null=True, verbose_name='file complete on')),
                ('adjuster', models.CharField(blank=True, max_length=150, verbose_name='adjuster')),
                ('adjuster_phone', models.CharField(blank=True, max_length=16, verbose_name="adjuster's phone")),
                ('assessor', models.CharField(blank=True, max_length=150, verbose_name='assessor')),
                ('repairer', models.CharField(blank=True, max_length=200, verbose_name='affiliated repairer')),
                ('state', models.CharField(choices=[('reported', 'reported'), ('taken_in_charge', 'taken in charge'), ('offered', 'offer made'), ('accepted', 'offer accepted'), ('paid', 'paid'), ('refused', 'refused'), ('closed', 'closed without payment')], default='reported', max_length=16, verbose_name='state')),
                ('offered_on', models.DateField(blank=True, null=True, verbose_name='offer or reasoned refusal on')),
                ('accepted_on', models.DateField(blank=True, null=True, verbose_name='accepted on')),
                ('paid_on', models.DateField(blank=True, null=True, verbose_name='paid on')),
                ('paid_amount', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='paid (euro)')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='customers.claim')),
                ('customer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='reported by')),
                ('policy', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.policy', verbose_name='policy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='claim',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='customers.policy', verbose_name='policy'),
        ),
        migrations.CreateModel(
            name='PolicyAdherent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='covered from')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='covered until')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adherences', to='customers.customer', verbose_name='adherent')),
                ('policy', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='adherents', to='customers.policy', verbose_name='policy')),
            ],
            options={
                'verbose_name': 'adherent',
                'verbose_name_plural': 'adherents',
            },
        ),
        migrations.CreateModel(
            name='PolicyHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('number', models.CharField(max_length=30, verbose_name='policy number')),
                ('ramo', models.CharField(max_length=4, verbose_name='line of business (ramo)')),
                ('product', models.CharField(max_length=120, verbose_name='product')),
                ('plate', models.CharField(blank=True, max_length=15, verbose_name='plate')),
                ('sum_insured', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='sum insured (euro)')),
                ('premium', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='yearly premium (euro)')),
                ('starts_on', models.DateField(verbose_name='in force from')),
                ('ends_on', models.DateField(verbose_name='expires on')),
                ('annual', models.BooleanField(default=True, help_text='Only an annual contract has days of grace', verbose_name='annual contract')),
                ('tacit_renewal', models.BooleanField(default=False, verbose_name='renews tacitly')),
                ('grace_days', models.PositiveSmallIntegerField(default=15, verbose_name='days of grace after expiry')),
                ('state', models.CharField(choices=[('active', 'in force'), ('suspended', 'suspended'), ('expired', 'expired'), ('cancelled', 'cancelled')], default='active', max_length=10, verbose_name='state')),
                ('suspended_on', models.DateField(blank=True, null=True, verbose_name='suspended on')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
                ('agency', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.agency', verbose_name='agency')),
                ('holder', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer', verbose_name='policyholder')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to='customers.policy')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ReservedAreaAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('enrolled', 'enrolled'), ('suspended', 'suspended'), ('closed', 'closed')], default='enrolled', max_length=10, verbose_name='state')),
                ('terms_version', models.CharField(max_length=20, verbose_name='version of the terms accepted')),
                ('terms_accepted_at', models.DateTimeField(verbose_name='terms accepted at')),
                ('enrolled_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='enrolled at')),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reserved_area', to='customers.customer', verbose_name='customer')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='reserved_area', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'reserved area account',
                'verbose_name_plural': 'reserved area accounts',
                'ordering': ['-enrolled_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='UserHistory',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('first_name', models.CharField(blank=True, max_length=100, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=100, verbose_name='last name')),
                ('language', models.CharField(choices=[('it', 'Italian'), ('en', 'English')], default='it', max_length=2, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may enter the back office')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', related_query_name='history', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('is_staff', True)), fields=['email'], name='user_of_staff'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_is_lower_case'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."date_joined" IS DISTINCT FROM (NEW."date_joined") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name"))', func='INSERT INTO "customers_userhistory" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."date_joined", OLD."email", OLD."first_name", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."language", OLD."last_name", _pgh_attach_context(), NOW(), \'update\', OLD."id"); RETURN NULL;', hash='f014eaceab0227a38599e3e6484302c96cef55f7', operation='UPDATE', pgid='pgtrigger_update_update_df396', table='customers_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_userhistory" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."date_joined", OLD."email", OLD."first_name", OLD."id", OLD."is_active", OLD."is_staff", OLD."is_superuser", OLD."language", OLD."last_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='52ceafea866edeed71a3a691f607cd6703fd952d', operation='DELETE', pgid='pgtrigger_delete_delete_55045', table='customers_user', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='agencymember',
            constraint=models.UniqueConstraint(fields=('user', 'agency'), name='one_membership_per_person_and_agency'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agencymember',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_agencymemberhistory" ("agency_id", "id", "is_active", "is_principal", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (OLD."agency_id", OLD."id", OLD."is_active", OLD."is_principal", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."user_id"); RETURN NULL;', hash='2909a7b8b46373d60bcf54ff69dc9ca6ad602b0f', operation='UPDATE', pgid='pgtrigger_update_update_5e52e', table='customers_agencymember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agencymember',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_agencymemberhistory" ("agency_id", "id", "is_active", "is_principal", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "user_id") VALUES (OLD."agency_id", OLD."id", OLD."is_active", OLD."is_principal", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."user_id"); RETURN NULL;', hash='455b76aaa54c7046a9798e14a6082ef8c23500f4', operation='DELETE', pgid='pgtrigger_delete_delete_9f1cb', table='customers_agencymember', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agencymemberhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='f1d2be9016a576a6ad78523cc788a495745a218d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_dbc07', table='customers_agencymemberhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='agencymemberhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='53707d8f99570dfb5017328863a46e7f21e567c2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_415f0', table='customers_agencymemberhistory', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(django.contrib.postgres.indexes.OpClass('search_key', name='text_pattern_ops'), name='customer_search_key'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Replace(models.F('search_key'), models.Value(' '), models.Value(''), output_field=models.CharField()), name='text_pattern_ops'), name='customer_search_joined'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('search_key', config='simple'), name='customer_search_words'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(django.contrib.postgres.indexes.OpClass('tax_code', name='text_pattern_ops'), name='customer_tax_code_prefix'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('vat_number', ''), _negated=True), fields=['vat_number'], name='customer_vat_number'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['agency', 'id'], name='customer_of_agency'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='customer_has_a_code'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_name', ''), ('kind', 'company'), ('last_name', ''), models.Q(('company_name', ''), _negated=True)), models.Q(('company_name', ''), ('kind', 'person'), models.Q(('last_name', ''), _negated=True)), _connector='OR'), name='customer_has_the_name_of_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('tax_code', ''), ('tax_code__regex', '^([A-Z0-9]{16}|[0-9]{11})$'), _connector='OR'), name='customer_tax_code_shape'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('vat_number', ''), ('vat_number__regex', '^[0-9]{11}$'), _connector='OR'), name='customer_vat_number_shape'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.UniqueConstraint(condition=models.Q(('tax_code', ''), _negated=True), fields=('tax_code',), name='one_customer_per_tax_code'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."city" IS DISTINCT FROM (NEW."city") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."company_name" IS DISTINCT FROM (NEW."company_name") OR OLD."country" IS DISTINCT FROM (NEW."country") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."postal_code" IS DISTINCT FROM (NEW."postal_code") OR OLD."province" IS DISTINCT FROM (NEW."province") OR OLD."segment" IS DISTINCT FROM (NEW."segment") OR OLD."tax_code" IS DISTINCT FROM (NEW."tax_code") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."vat_number" IS DISTINCT FROM (NEW."vat_number"))', func='INSERT INTO "customers_customerhistory" ("address", "agency_id", "birth_date", "city", "code", "company_name", "country", "created_at", "first_name", "id", "kind", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postal_code", "province", "segment", "tax_code", "updated_at", "vat_number") VALUES (OLD."address", OLD."agency_id", OLD."birth_date", OLD."city", OLD."code", OLD."company_name", OLD."country", OLD."created_at", OLD."first_name", OLD."id", OLD."kind", OLD."language", OLD."last_name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."postal_code", OLD."province", OLD."segment", OLD."tax_code", OLD."updated_at", OLD."vat_number"); RETURN NULL;', hash='06c545b54a7b337e94cc2107a719a6fb2b05b00c', operation='UPDATE', pgid='pgtrigger_update_update_ca86d', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerhistory" ("address", "agency_id", "birth_date", "city", "code", "company_name", "country", "created_at", "first_name", "id", "kind", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postal_code", "province", "segment", "tax_code", "updated_at", "vat_number") VALUES (OLD."address", OLD."agency_id", OLD."birth_date", OLD."city", OLD."code", OLD."company_name", OLD."country", OLD."created_at", OLD."first_name", OLD."id", OLD."kind", OLD."language", OLD."last_name", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."postal_code", OLD."province", OLD."segment", OLD."tax_code", OLD."updated_at", OLD."vat_number"); RETURN NULL;', hash='080b0f0dbb174428440c0a51e8dc9622b4618c0b', operation='DELETE', pgid='pgtrigger_delete_delete_939ca', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpointhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='fcb67c9c9d743a5ab7701dde63068e81d594a9bd', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_735ec', table='customers_contactpointhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpointhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='7549c3627d5c6b5c8789ac2f81f2f355fa2513c5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_4fbc8', table='customers_contactpointhistory', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=models.Index(fields=['value', 'kind'], include=('customer',), name='contact_point_value'),
        ),
        migrations.AddIndex(
            model_name='contactpoint',
            index=models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Reverse('value'), name='text_pattern_ops'), condition=models.Q(('kind', 'phone')), name='contact_point_last_digits'),
        ),
        migrations.AddConstraint(
            model_name='contactpoint',
            constraint=models.UniqueConstraint(fields=('customer', 'kind', 'value'), name='contact_point_once_per_customer'),
        ),
        migrations.AddConstraint(
            model_name='contactpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'phone'), ('value__regex', '^\\+[1-9][0-9]{4,14}$')), models.Q(('kind__in', ['email', 'pec']), ('value__regex', '^[^@\\s]+@[^@\\s]+$')), _connector='OR'), name='contact_point_shape'),
        ),
        migrations.AddConstraint(
            model_name='contactpoint',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'phone'), ('value', django.db.models.functions.text.Lower('value')), _connector='OR'), name='contact_point_address_is_lower_case'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_contactpointhistory" ("created_at", "customer_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stated", "value", "verified_at") VALUES (OLD."created_at", OLD."customer_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."stated", OLD."value", OLD."verified_at"); RETURN NULL;', hash='0ea4f272562ad4ff0a25a0e594a5c7728db49840', operation='UPDATE', pgid='pgtrigger_update_update_90fab', table='customers_contactpoint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactpoint',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_contactpointhistory" ("created_at", "customer_id", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stated", "value", "verified_at") VALUES (OLD."created_at", OLD."customer_id", OLD."id", OLD."kind", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."stated", OLD."value", OLD."verified_at"); RETURN NULL;', hash='4f5bac530ec567157dd0163722ffa59152769db2', operation='DELETE', pgid='pgtrigger_delete_delete_f627e', table='customers_contactpoint', when='AFTER')),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(fields=['customer', 'purpose', 'channel', '-recorded_at', '-id'], name='consent_in_force'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('text_version', ''), _negated=True), name='consent_names_its_text'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('event__in', ['given', 'confirmed', 'withdrawn'])), name='consent_event_is_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('purpose__in', ['marketing', 'agency_promotions', 'profiling', 'portal_advertising'])), name='consent_purpose_is_known'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'sms', 'push', 'phone', 'post', 'portal'])), name='consent_channel_is_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='f7053cf7b21122abd5958d867a415758651d3160', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9e215', table='customers_consent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='a37dcdf159dcf31f72d92d0d52e2c518de5b73e7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_8eb0e', table='customers_consent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='accesslog',
            index=models.Index(fields=['customer', '-at'], name='access_to_customer'),
        ),
        migrations.AddIndex(
            model_name='accesslog',
            index=models.Index(fields=['user', '-at'], name='access_by_user'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accesslog',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='daa97caf750010a1779d80c0b4422b23b5f5762a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_07868', table='customers_accesslog', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accesslog',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='e5151a63551f707a0a3c84036b8390a0b0ef95f1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_c1c02', table='customers_accesslog', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customerhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='3109a42ea78158e6fa3c0dd607d951f5db7c8a0b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7118b', table='customers_customerhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customerhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='29875a32ac15d578625bce0cbc46d48a064aaf5e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_7486e', table='customers_customerhistory', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', False), ('expires_at__isnull', False), ('outcome', 'link'), models.Q(('digest', ''), _negated=True)), models.Q(('digest', ''), ('expires_at__isnull', True), ('outcome__in', ['known', 'unknown']), ('used_at__isnull', True)), _connector='OR'), name='enrolment_link_has_customer_digest_and_end'),
        ),
        migrations.AddConstraint(
            model_name='enrolment',
            constraint=models.UniqueConstraint(condition=models.Q(('digest', ''), _negated=True), fields=('digest',), name='enrolment_link_once'),
        ),
        migrations.AddIndex(
            model_name='policy',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['ends_on'], include=('holder', 'ramo'), name='policy_expiring'),
        ),
        migrations.AddIndex(
            model_name='policy',
            index=models.Index(django.contrib.postgres.indexes.OpClass('plate', name='text_pattern_ops'), condition=models.Q(('plate', ''), _negated=True), name='policy_plate'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='policy_has_a_number'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='policy_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('premium__isnull', True), ('premium__gte', 0), _connector='OR'), name='policy_premium_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'suspended', 'expired', 'cancelled'])), name='policy_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'suspended'), _negated=True), ('suspended_on__isnull', False), _connector='OR'), name='policy_suspended_has_its_day'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_policyhistory" ("agency_id", "annual", "created_at", "ends_on", "grace_days", "holder_id", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plate", "premium", "product", "ramo", "starts_on", "state", "sum_insured", "suspended_on", "tacit_renewal", "updated_at") VALUES (OLD."agency_id", OLD."annual", OLD."created_at", OLD."ends_on", OLD."grace_days", OLD."holder_id", OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."plate", OLD."premium", OLD."product", OLD."ramo", OLD."starts_on", OLD."state", OLD."sum_insured", OLD."suspended_on", OLD."tacit_renewal", OLD."updated_at"); RETURN NULL;', hash='d98f76017fef044610cb15a74d4806a5e2cc6436', operation='UPDATE', pgid='pgtrigger_update_update_02d23', table='customers_policy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policy',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_policyhistory" ("agency_id", "annual", "created_at", "ends_on", "grace_days", "holder_id", "id", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plate", "premium", "product", "ramo", "starts_on", "state", "sum_insured", "suspended_on", "tacit_renewal", "updated_at") VALUES (OLD."agency_id", OLD."annual", OLD."created_at", OLD."ends_on", OLD."grace_days", OLD."holder_id", OLD."id", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."plate", OLD."premium", OLD."product", OLD."ramo", OLD."starts_on", OLD."state", OLD."sum_insured", OLD."suspended_on", OLD."tacit_renewal", OLD."updated_at"); RETURN NULL;', hash='ca896fc891757fed9fc3000644201d49ad46c672', operation='DELETE', pgid='pgtrigger_delete_delete_66c21', table='customers_policy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalmenthistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='5528599bd58a56dd0125f1626b3e7e58fb322369', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_84a74', table='customers_instalmenthistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalmenthistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='cde45029e91e08ac688b8b45e81981c599479e97', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_eb6c3', table='customers_instalmenthistory', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='instalment',
            index=models.Index(condition=models.Q(('paid_on__isnull', True)), fields=['due_on'], include=('policy', 'amount'), name='instalment_unpaid'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.UniqueConstraint(fields=('policy', 'due_on'), name='one_instalment_per_policy_and_day'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='instalment_amount_is_positive'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_instalmenthistory" ("amount", "due_on", "id", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id") VALUES (OLD."amount", OLD."due_on", OLD."id", OLD."paid_on", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."policy_id"); RETURN NULL;', hash='1717dbec5f0e7fb786a6245c631a4221d106888a', operation='UPDATE', pgid='pgtrigger_update_update_8186a', table='customers_instalment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='instalment',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_instalmenthistory" ("amount", "due_on", "id", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "policy_id") VALUES (OLD."amount", OLD."due_on", OLD."id", OLD."paid_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."policy_id"); RETURN NULL;', hash='173e02426d52bdc2651ce52204aec8153eb4de15', operation='DELETE', pgid='pgtrigger_delete_delete_bf9a5', table='customers_instalment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claimhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='725d289d479e9f0a5457c29e3c240c8455a1dfe6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_67c87', table='customers_claimhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claimhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='db2aed2c4606bbe6c8180bca7650f9766c626c3f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_f6a7f', table='customers_claimhistory', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(fields=['customer', '-reported_on'], name='claim_of_customer'),
        ),
        migrations.AddIndex(
            model_name='claim',
            index=models.Index(condition=models.Q(('state__in', ['reported', 'taken_in_charge', 'offered', 'accepted'])), fields=['reported_on'], name='claim_open'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='claim_has_a_number'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('reported_on__gte', models.F('occurred_on'))), name='claim_reported_after_the_event'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['reported', 'taken_in_charge', 'offered', 'accepted', 'paid', 'refused', 'closed'])), name='claim_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['property', 'injury', 'mixed'])), name='claim_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'paid'), _negated=True), models.Q(('paid_amount__isnull', False), ('paid_on__isnull', False)), _connector='OR'), name='claim_paid_has_day_and_amount'),
        ),
        migrations.AddConstraint(
            model_name='claim',
            constraint=models.CheckConstraint(condition=models.Q(('paid_amount__isnull', True), ('paid_amount__gte', 0), _connector='OR'), name='claim_paid_amount_not_negative'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "customers_claimhistory" ("accepted_on", "adjuster", "adjuster_phone", "assessor", "complete_on", "created_at", "customer_id", "description", "id", "kind", "number", "occurred_on", "offered_on", "paid_amount", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "policy_id", "repairer", "reported_on", "signed_by_both", "state", "updated_at") VALUES (OLD."accepted_on", OLD."adjuster", OLD."adjuster_phone", OLD."assessor", OLD."complete_on", OLD."created_at", OLD."customer_id", OLD."description", OLD."id", OLD."kind", OLD."number", OLD."occurred_on", OLD."offered_on", OLD."paid_amount", OLD."paid_on", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."place", OLD."policy_id", OLD."repairer", OLD."reported_on", OLD."signed_by_both", OLD."state", OLD."updated_at"); RETURN NULL;', hash='44f4a64a2a18324626cf785861eac4ee5a52a7ad', operation='UPDATE', pgid='pgtrigger_update_update_c9fda', table='customers_claim', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='claim',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_claimhistory" ("accepted_on", "adjuster", "adjuster_phone", "assessor", "complete_on", "created_at", "customer_id", "description", "id", "kind", "number", "occurred_on", "offered_on", "paid_amount", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "policy_id", "repairer", "reported_on", "signed_by_both", "state", "updated_at") VALUES (OLD."accepted_on", OLD."adjuster", OLD."adjuster_phone", OLD."assessor", OLD."complete_on", OLD."created_at", OLD."customer_id", OLD."description", OLD."id", OLD."kind", OLD."number", OLD."occurred_on", OLD."offered_on", OLD."paid_amount", OLD."paid_on", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."place", OLD."policy_id", OLD."repairer", OLD."reported_on", OLD."signed_by_both", OLD."state", OLD."updated_at"); RETURN NULL;', hash='b8b42c1cb6434f52c24445f3c621ce6446565ec6', operation='DELETE', pgid='pgtrigger_delete_delete_4b940', table='customers_claim', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='policyadherent',
            constraint=models.UniqueConstraint(fields=('policy', 'customer'), name='one_adherence_per_policy'),
        ),
        migrations.AddConstraint(
            model_name='policyadherent',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='adherence_ends_after_it_starts'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='18112e80acae9feaf55234fa6dad2f1d8bbbc428', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_0c096', table='customers_policyhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policyhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='99ae5ad7f0dedfe9fef08558dac4435892ce17d7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_b9859', table='customers_policyhistory', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='reservedareaaccount',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['enrolled', 'suspended', 'closed'])), name='account_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='reservedareaaccount',
            constraint=models.CheckConstraint(condition=models.Q(('terms_version', ''), _negated=True), name='account_has_accepted_terms'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='userhistory',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_setting('vittoria_care.retention', TRUE) = 'on' AND has_table_privilege(current_user, 'foundation_retentionproof', 'INSERT') THEN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;", hash='26cbee46237258260769b475b5b89746e61f151e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_60c23', table='customers_userhistory', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='userhistory',
            trigger=pgtrigger.compiler.Trigger(name='never_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;", hash='d18d81ddb526749d17b4bf5c06ffca811d73533f', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_emptied_540c1', table='customers_userhistory', when='BEFORE')),
        ),
    ]
