"""Settings, fed by the environment alone (and a `.env` file when there is one). The README lists every variable."""

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from notifications import queues

from . import databases, places, schedule, secret_key
from .backoffice.unfold_settings import UNFOLD as UNFOLD
from .embedded import servers
from .running import logs
from .sign_in.openid_connect.providers import read_providers

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- What kind of place this is
# "development" is a person's machine and the demonstration; "production" refuses to start with an unsafe value
# (vittoria_care/checks.py). vittoria_care/places.py refuses any other word, and a missing one where other machines are
# served.
ENVIRONMENT = env.str("ENVIRONMENT", default="development")
places.check(
    ENVIRONMENT,
    is_given="ENVIRONMENT" in env.ENVIRON,
    hosts=env.list("ALLOWED_HOSTS", default=[]),
    behind_proxy=env.bool("BEHIND_PROXY", default=False),
)
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.bool("DEBUG", default=False)
# Outside production one is made for this folder, at random and once
SECRET_KEY = env.str("SECRET_KEY", default="") or ("" if PRODUCTION else secret_key.of_this_folder(VAR_DIR))
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Of columns that are kept encrypted (foundation/encryption.py): the first encrypts, all decrypt; none: they are not encrypted
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
CSRF_FAILURE_VIEW = "vittoria_care.views.form_key_lost"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where people reach the site from outside: the beginning of every link in a notice
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{env.int('PORT', default=8000)}").rstrip("/")

# --- The apps: vittoria_care -> promotions -> complaints -> contact_center -> notifications -> customers
INSTALLED_APPS = [
    "vittoria_care.apps.VittoriaCareConfig",
    "reserved_area",
    "insights",
    "promotions.apps.PromotionsConfig",
    "complaints.apps.ComplaintsConfig",
    "contact_center.apps.ContactCenterConfig",
    "notifications.apps.NotificationsConfig",
    "customers.apps.CustomersConfig",
    "foundation.apps.FoundationConfig",
    "unfold.apps.BasicAppConfig",
    "vittoria_care.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "vittoria_care.apps.SessionsConfig",  # allauth.usersessions
    "pgtrigger",
    "pghistory",
    "csp",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "vittoria_care.running.request_log.RequestLog",
    "vittoria_care.running.probes.Probes",
    "vittoria_care.running.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "vittoria_care.running.safety_headers.SafetyHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "vittoria_care.running.body_limit.BodyLimit",
    "foundation.api.problems.ApiDoor",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "vittoria_care.sign_in.app_sessions.AppSessions",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "vittoria_care.sign_in.session_limits.SessionLimits",
    "vittoria_care.sign_in.second_factor.StaffGuard",
    "pghistory.middleware.HistoryMiddleware",
    "customers.sensitive.asking.ReasonGuard",
    "vittoria_care.backoffice.reader.PageReader",
    "vittoria_care.running.busy.Busy",
]

ROOT_URLCONF = "vittoria_care.urls"
WSGI_APPLICATION = "vittoria_care.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "foundation.templatetags.icons",
                "foundation.templatetags.addresses",
                "customers.templatetags.acting_forms",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "reserved_area.menu.navigation",
            ],
        },
    },
]

# --- PostgreSQL: DATABASE_URL, or the private server under var/. Accounts and time limits: vittoria_care/databases.py
DATABASES = databases.connections_of(
    env, databases.process_of_this(), as_owner=env.bool("DATABASE_AS_OWNER", default=False)
)
DATABASE_ACCOUNTS = databases.accounts(env)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: REDIS_URL, or the private server under var/. It carries wake-ups and caches; the database is the memory.
# Without it pages go on, and attempts to sign in are counted all the same (foundation/caching.py).
REDIS_URL = servers.redis_url()
CACHES = {
    "default": {
        "BACKEND": "foundation.caching.Cache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},  # seconds; a Redis that hangs holds nobody up
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- Celery: docs/architecture.md says why each of these
CELERY_BROKER_URL = servers.broker_url()
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_DB_REUSE_MAX = 1000
# A worker without -Q takes from all of them (notifications/queues.py says what each is for)
CELERY_TASK_QUEUES = [Queue(each.name) for each in queues.QUEUES]
CELERY_TASK_DEFAULT_QUEUE = queues.REST
CELERY_TASK_ROUTES = queues.ROUTES
CELERY_TIMEZONE = "Europe/Rome"
CELERY_BEAT_SCHEDULE = schedule.SCHEDULE
CELERY_BEAT_SCHEDULER = "vittoria_care.running.heartbeat.OneBeat"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5

# --- People
AUTH_USER_MODEL = "customers.User"
AUTHENTICATION_BACKENDS = [
    "vittoria_care.sign_in.backends.PasswordBackend",
    "vittoria_care.sign_in.backends.SignInBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "vittoria_care.sign_in.accounts.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "request_login_code": "vittoria_care.sign_in.forms.AskForCodeForm",
    "confirm_login_code": "vittoria_care.sign_in.forms.CodeByMailForm",
}
# So many in so long, by network address (ip), account or mailbox tried (key) or person signed in (user);
# docs/operations.md explains them.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "request_login_code": "20/m/ip,300/d/ip,3/m/key,10/d/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "enrol_code": "5/h/key",
    "enrol_mailbox": "5/d/key",
    "lock_out_mail": "1/d/key",
}
LOCKED_OUT_AFTER = "5/300s/key"  # the part of login_failed that is about one account
KNOWN_DEVICE_COOKIE_NAME = "__Host-devices" if PRODUCTION else "devices"
# A code by e-mail in place of a password: seconds it is good for, wrong ones accepted, and times it is sent again
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = env.int("LOGIN_CODE_MINUTES", default=10) * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 2
# Customers who did nothing for so many minutes, and everybody after so many hours, sign in again (0: never)
CUSTOMER_IDLE_MINUTES = env.int("CUSTOMER_IDLE_MINUTES", default=30)
CUSTOMER_SESSION_HOURS = env.int("CUSTOMER_SESSION_HOURS", default=12)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", default=12)
# The app signs in under /accesso/app/ (vittoria_care/sign_in/app_urls.py), and stays signed in longer than a page: so many days
# after it was last used, and so many at most
HEADLESS_CLIENTS = ("app",)
APP_IDLE_DAYS = env.int("APP_IDLE_DAYS", default=30)
APP_SESSION_DAYS = env.int("APP_SESSION_DAYS", default=90)
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a person gets an e-mail about a changed password or second factor
# A second factor: asked of all staff (vittoria_care/sign_in/second_factor.py), offered to customers.
STAFF_SECOND_FACTOR = env.str("STAFF_SECOND_FACTOR", default="required")
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", default=60)
MFA_ADAPTER = "vittoria_care.sign_in.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "authenticate": "vittoria_care.sign_in.forms.CodeForm",
    "reauthenticate": "vittoria_care.sign_in.forms.CodeAgainForm",
    "activate_totp": "vittoria_care.sign_in.forms.SetUpAppForm",
    "add_webauthn": "vittoria_care.sign_in.passkeys.AddForm",
    "edit_webauthn": "vittoria_care.sign_in.passkeys.RenameForm",
    "login_webauthn": "vittoria_care.sign_in.passkeys.SignInForm",
    "authenticate_webauthn": "vittoria_care.sign_in.passkeys.SecondFactorForm",
    "reauthenticate_webauthn": "vittoria_care.sign_in.passkeys.AgainForm",
}
# A passkey always asks for the finger, face or PIN of its holder: it is two factors, and lets in by itself.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
MFA_TOTP_ISSUER = "Vittoria Care"
MFA_TOTP_PERIOD = 30  # seconds
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: telephones' clocks differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from an enrolment or an administrator, never from a sign-up
# Customers by their digital identity, staff by single sign-on: a JSON list of providers, or the file that holds it
OPENID_PROVIDERS = read_providers(env.str("OPENID_PROVIDERS", default=""))
SOCIALACCOUNT_ADAPTER = "vittoria_care.sign_in.openid_connect.adapter.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
# How long a device that a person asked to remember is asked for no second factor (vittoria_care/sign_in/known_devices.py)
CUSTOMER_REMEMBERED_DAYS = env.int("CUSTOMER_REMEMBERED_DAYS", default=30)
STAFF_REMEMBERED_HOURS = env.int("STAFF_REMEMBERED_HOURS", default=12)
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("after_sign_in")
LOGOUT_REDIRECT_URL = "/"

# --- Words, dates, numbers
LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
# Ours, then Italian for words of the packages that have none or a less formal one
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale/packages"]
FORMAT_MODULE_PATH = ["vittoria_care.formats"]
TIME_ZONE = "Europe/Rome"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Static files: served by the web process itself
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ROOT = BASE_DIR / "static_root"  # files at the root of the site: favicon.ico, robots.txt
STORAGES = {
    "default": {"BACKEND": "foundation.files.storage.WholeFileStorage"},
    "staticfiles": {  # to compress takes a minute, and saves nothing where the browser is on this machine
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}

# --- Files that people send: private, handed out by foundation/files/keeping.py alone
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
FILE_UPLOAD_HANDLERS = [
    "foundation.files.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "foundation.files.uploads.UploadOnDisk",
]
FILE_UPLOAD_PERMISSIONS = 0o600
# Asked of the request's headers, before anything is read (vittoria_care/running/body_limit.py): bytes of a page's whole request
PAGE_BODY_LIMIT = env.int("PAGE_BODY_LIMIT", default=25 * 1024 * 1024)
REPORT_BODY_LIMIT = env.int("REPORT_BODY_LIMIT", default=66 * 1024 * 1024)  # of a page that takes the files of a claim
DATA_UPLOAD_MAX_NUMBER_FILES = 60  # three times what a claim takes: those that are too many are refused by their names
# A command that is given a file's path and ends with 0 (clean) or 1 (infected), such as "clamdscan --no-summary --fdpass"
ATTACHMENT_SCANNER = env.str("ATTACHMENT_SCANNER", default="")

# --- Payments: "stripe", "sandbox" (a demonstration's, refused in production) or "" (nothing is paid online). The merchant
# goes with each payment and is compared when it is confirmed: another for each installation that shares an account.
PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", default="" if PRODUCTION else "sandbox")
PAYMENT_SANDBOX_PATH = VAR_DIR / "payments"
PAYMENT_MERCHANT = env.str("PAYMENT_MERCHANT", default="vittoria-care")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_URL = env.str("STRIPE_API_URL", default="https://api.stripe.com")

# --- Complaints
COMPLAINTS_RETURN_MAPPING = env.str("COMPLAINTS_RETURN_MAPPING", default="")  # the file that names the XML; "" is ours
# A day of the first half year whose return is made here; unset, the half of the first complaint under a number of ours
COMPLAINTS_RETURNED_SINCE = env.get_value("COMPLAINTS_RETURNED_SINCE", cast=date.fromisoformat, default=None)

# --- Written requests
PRIVACY_NOTICE_VERSION = "2026-11-30"  # of templates/legal/privacy.*.html: a change of the text is a new version
REOPEN_DAYS = env.int("REOPEN_DAYS", default=14)
SURVEY_EVERY_DAYS = env.int("SURVEY_EVERY_DAYS", default=7)
SURVEY_AFTER_CALLS = env.bool("SURVEY_AFTER_CALLS", default=True)
CODE_CORRECTION_DAYS = env.int("CODE_CORRECTION_DAYS", default=7)
# Drafts of replies are forgotten so many days after their writer went on with them.
REPLY_DRAFT_DAYS = env.int("REPLY_DRAFT_DAYS", default=30)
CALL_BACKS_PER_SLOT = env.int("CALL_BACKS_PER_SLOT", default=4)
# Tries of a call-back, minutes between them, and minutes after its hour at which an agent's own goes to their team
CALL_BACK_TRIES = env.int("CALL_BACK_TRIES", default=3)
CALL_BACK_TRY_AGAIN_MINUTES = env.int("CALL_BACK_TRY_AGAIN_MINUTES", default=30)
CALL_BACK_OWN_MINUTES = env.int("CALL_BACK_OWN_MINUTES", default=15)

# --- Operations: terms of the contracts, where a contract has no other term (customers/operations/terms.py)
# Lines whose cover may be suspended; days from the start in which a policyholder may withdraw, life and other; days before
# the expiry by which a tacit renewal is cancelled
SUSPENDABLE_LINES = env.list("SUSPENDABLE_LINES", default=["3", "10"])
LIFE_WITHDRAWAL_DAYS = env.int("LIFE_WITHDRAWAL_DAYS", default=30)
WITHDRAWAL_DAYS = env.int("WITHDRAWAL_DAYS", default=14)
CANCELLATION_NOTICE_DAYS = env.int("CANCELLATION_NOTICE_DAYS", default=30)
# Codes that prove a new number or address: minutes they last, and most in an hour for a customer and for an address
PROOF_CODE_MINUTES = env.int("PROOF_CODE_MINUTES", default=10)
PROOF_CODES_PER_HOUR = env.int("PROOF_CODES_PER_HOUR", default=5)
# Days in which a change of sign-in address can be undone from the address before
ADDRESS_UNDO_DAYS = env.int("ADDRESS_UNDO_DAYS", default=7)
# --- Claim reports
CLAIM_DRAFT_DAYS = env.int("CLAIM_DRAFT_DAYS", default=30)
# --- Copies of customers' data
# How long a copy of a customer's data can be opened, and how many may be asked for in 24 hours
DATA_EXPORT_DAYS = env.int("DATA_EXPORT_DAYS", default=7)
DATA_EXPORTS_PER_DAY = env.int("DATA_EXPORTS_PER_DAY", default=3)

# --- Erasures that a restored backup must not bring back (vittoria_care/privacy/ledger.py): beside the backups, not in them
ERASURE_LEDGER = env.str("ERASURE_LEDGER", default=str(VAR_DIR / "erasures.jsonl"))

# --- The reserved area on a telephone: False takes the worker away from every browser that has one
INSTALLABLE = env.bool("INSTALLABLE", default=True)

# --- Safety of the pages
# Strict for every page; the back office (unfold's Alpine) and the API's page relax it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Powers of the device that no page of ours asks for, nor anything that got into one.
POWERS = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb"
PERMISSIONS_POLICY = ", ".join(f"{power}=()" for power in POWERS.split())
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
if PRODUCTION:  # browsers take a cookie of such a name from this very host alone, over HTTPS, for the whole site
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_SECURE = "__Host-language", True
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None

# --- Mail
# Without an address, a development keeps its mail under var/mail and shows it at /demo/posta/ (demonstration/mail.py)
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update(EMAIL_CONFIG)
if not PRODUCTION and not env.str("EMAIL_URL", default=""):
    EMAIL_BACKEND = "vittoria_care.demonstration.mail.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
# Who carries an SMS: "twilio"; "file" keeps each under var/sms, for a demonstration; empty, none is sent and no code goes by SMS
SMS_PROVIDER = env.str("SMS_PROVIDER", default="" if PRODUCTION else "file")
SMS_FILE_PATH = VAR_DIR / "sms"
# The name that the telephone shows: up to eleven letters and figures, or a number
SMS_SENDER = env.str("SMS_SENDER", default="Vittoria")
# Most texts in an hour (0: no limit), and what a segment costs in euro, for the receipts
SMS_PER_HOUR = env.int("SMS_PER_HOUR", default=5_000)
SMS_SEGMENT_PRICE = Decimal(env.str("SMS_SEGMENT_PRICE", default="0"))
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_API_URL = env.str("TWILIO_API_URL", default="https://api.twilio.com")
# Notifications on devices: whom they go by ("web" for browsers, "fcm" for the app; "file" keeps each under var/push, for a
# demonstration); empty, none is sent and nobody is asked to allow them
PUSH_PROVIDERS = env.list("PUSH_PROVIDERS", default=[] if PRODUCTION else ["file"])
PUSH_FILE_PATH = VAR_DIR / "push"
# The key that browsers' services know us by (manage.py web_push_key), and where they write to us: mailto: or https:
# Outside production one follows from SECRET_KEY, so that browsers of a demonstration can be asked
WEB_PUSH_PRIVATE_KEY = env.str("WEB_PUSH_PRIVATE_KEY", default="" if PRODUCTION else secret_key.push_key(SECRET_KEY))
WEB_PUSH_CONTACT = env.str("WEB_PUSH_CONTACT", default="")
# The services that we call for browsers: a host, or all below one with a dot before it
WEB_PUSH_SERVICES = env.list(
    "WEB_PUSH_SERVICES",
    default=[
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        ".push.services.mozilla.com",
        ".push.apple.com",
        ".notify.windows.com",
    ],
)
# The service account's file of Firebase
FCM_CREDENTIALS = env.str("FCM_CREDENTIALS", default="")
FCM_API_URL = env.str("FCM_API_URL", default="https://fcm.googleapis.com")
# Most notices in an hour and a day (0: no limit): of all together, of one kind (not of promotions), to one person, to one address
NOTICES_PER_HOUR = env.int("NOTICES_PER_HOUR", default=60_000)
NOTICES_PER_DAY = env.int("NOTICES_PER_DAY", default=800_000)
NOTICES_PER_KIND_HOUR = env.int("NOTICES_PER_KIND_HOUR", default=40_000)
NOTICES_PER_KIND_DAY = env.int("NOTICES_PER_KIND_DAY", default=400_000)
NOTICES_PER_PERSON_HOUR = env.int("NOTICES_PER_PERSON_HOUR", default=30)
NOTICES_PER_PERSON_DAY = env.int("NOTICES_PER_PERSON_DAY", default=100)
NOTICES_PER_ADDRESS_HOUR = env.int("NOTICES_PER_ADDRESS_HOUR", default=60)
NOTICES_PER_ADDRESS_DAY = env.int("NOTICES_PER_ADDRESS_DAY", default=200)
# When nothing that rings is sent to anybody, by the clock of Rome: such as 22:00 and 07:00; the same twice for never
NOTICE_QUIET_FROM = env.get_value("NOTICE_QUIET_FROM", cast=time.fromisoformat, default=time(22))
NOTICE_QUIET_UNTIL = env.get_value("NOTICE_QUIET_UNTIL", cast=time.fromisoformat, default=time(7))
# The first day from which the papers of a contract inform that its e-mail address may get offers of similar products; unset, nobody
# is written to without a consent (docs/promotions.md)
SOFT_SPAM_SINCE = env.get_value("SOFT_SPAM_SINCE", cast=date.fromisoformat, default=None)
# The files of the register of oppositions where they differ from ours (promotions/telephone/rules.py): sent, number, result, since, words,
# and verified_on, the day on which they were compared with the operator's description
OPPOSITION_FILES = env.json("OPPOSITION_FILES", default={})
# For trials alone: promotions leave at any hour of any day. A production start refuses it.
PROMOTIONS_AT_ALL_HOURS = env.bool("PROMOTIONS_AT_ALL_HOURS", default=False)
# Certified e-mail: the manager's server (smtp+ssl:// or smtp+tls://), the mailbox of the receipts (imaps://), our address
# there. Without a server none is sent; a development keeps it beside its mail.
PEC_SMTP = env.email_url("PEC_SMTP_URL") if env.str("PEC_SMTP_URL", default="") else {}
PEC_BACKEND = PEC_SMTP.get("EMAIL_BACKEND", "" if PRODUCTION else "vittoria_care.demonstration.mail.EmailBackend")
PEC_IMAP_URL = env.str("PEC_IMAP_URL", default="")
PEC_ADDRESS = env.str("PEC_ADDRESS", default="" if PRODUCTION else "vittoria.care@pec.vittoria-care.example")
PEC_PER_HOUR = env.int("PEC_PER_HOUR", default=1_000)
PEC_PRICE = Decimal(env.str("PEC_PRICE", default="0"))
# Whose signature proves a receipt: a file of certificates (PEM), or a folder of them; the demonstration has an authority of its own.
# Whether a receipt must be verified to prove anything; a production start refuses False.
PEC_TRUSTED_CERTIFICATES = env.str(
    "PEC_TRUSTED_CERTIFICATES", default="" if PRODUCTION else str(VAR_DIR / "pec" / "authority.pem")
)
PEC_RECEIPTS_MUST_VERIFY = env.bool("PEC_RECEIPTS_MUST_VERIFY", default=True)
# What comes back: the address that it comes to (each notice has its own behind a plus sign) and its mailbox (imaps://). Without
# an address, bounces go to the sender of the mail as ever.
RETURNS_ADDRESS = env.str("RETURNS_ADDRESS", default="")
RETURNS_IMAP_URL = env.str("RETURNS_IMAP_URL", default="")
# Most addresses that bounces alone may stop mail to in a day: beyond them a fault of ours is likelier, and a person looks
RETURNS_SUPPRESSED_PER_DAY = env.int("RETURNS_SUPPRESSED_PER_DAY", default=200)
# Most letters in one batch for the printer, and what a letter costs in euro, for the receipts: with its first page, and each further one
LETTERS_PER_BATCH = env.int("LETTERS_PER_BATCH", default=500)
LETTER_PRICE = Decimal(env.str("LETTER_PRICE", default="0"))
LETTER_PAGE_PRICE = Decimal(env.str("LETTER_PAGE_PRICE", default="0"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Vittoria Care <assistenza@vittoria-care.example>")

# --- The API: most bytes of a body; most requests in a minute of a key, and of an address without one or with wrong ones
# (0: no limit)
API_BODY_LIMIT = env.int("API_BODY_LIMIT", default=5 * 1024 * 1024)
API_KEY_PER_MINUTE = env.int("API_KEY_PER_MINUTE", default=6_000)
API_ADDRESS_PER_MINUTE = env.int("API_ADDRESS_PER_MINUTE", default=300)
API_WRONG_KEYS_PER_MINUTE = env.int("API_WRONG_KEYS_PER_MINUTE", default=60)
# The search over everything in the back office: most searches of a person in a minute, each pause in typing being one (0: no limit)
FIND_PER_MINUTE = env.int("FIND_PER_MINUTE", default=120)
# The app (reserved_area/api/): most requests of a person in a minute; the least version of it that is answered, and until which
# day earlier ones still are, with the day since which they read that they end; where there is a newer one
APP_PERSON_PER_MINUTE = env.int("APP_PERSON_PER_MINUTE", default=240)
APP_LEAST_VERSION = env.str("APP_LEAST_VERSION", default="")
APP_VERSIONS_END_SINCE = env.get_value("APP_VERSIONS_END_SINCE", cast=date.fromisoformat, default=None)
APP_VERSIONS_END_ON = env.get_value("APP_VERSIONS_END_ON", cast=date.fromisoformat, default=None)
APP_UPDATE_URL = env.str("APP_UPDATE_URL", default=f"{SITE_URL}/")
# Where a payment begun in the app leads back to, with {payment} for its id; "" is the page of the payment
APP_PAYMENT_RETURN_URL = env.str("APP_PAYMENT_RETURN_URL", default="")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "foundation.api.keys.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["foundation.api.keys.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["foundation.api.parser.WritableJsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["foundation.api.parser.StrictJsonParser"],
    "DEFAULT_THROTTLE_CLASSES": ["foundation.api.throttles.KeyThrottle", "foundation.api.throttles.AddressThrottle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "foundation.api.problems.problem_response",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vittoria Care",
    "DESCRIPTION": "Calls, written requests and first-level figures; and under me/ everything that the app of a customer reads and does.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # A client is generated from the schema: what a value may be keeps its name, whatever else has one
    "ENUM_NAME_OVERRIDES": {
        "PolicyState": "customers.models.policy.PolicyState",
        "PaymentState": "customers.models.payment.PaymentState",
        "ClaimState": "customers.models.claim.ClaimState",
        "ClaimKind": "customers.models.claim.ClaimKind",
        "OperationState": "customers.models.operation.OperationState",
        "OperationKind": "customers.models.operation.OperationKind",
        "AskedDocumentState": "customers.models.claim_report.AskedDocumentState",
        "DocumentKind": "customers.models.document.DocumentKind",
        "ContactState": "contact_center.models.contact.ContactState",
        "WhyNotFirstLevel": "contact_center.figures.unresolved.kinds.REASONS",
        "ChangeVerdict": "insights.explaining.export.VERDICTS",
        "WatchVerdict": "insights.watching.rules.VERDICTS",
        "ContactChannel": "contact_center.models.contact.ContactChannel",
        "FeedbackState": "complaints.models.feedback.FeedbackState",
        "FeedbackSource": "complaints.models.feedback.FeedbackSource",
        "ComplaintState": "complaints.models.complaint.SHOWN_STATES",
        "NoticeState": "notifications.models.NoticeState",
        "NoticeChannel": "notifications.channels.Channel",
        "ConsentChannel": "customers.models.customer.ConsentChannel",
        "ConsentEvent": "customers.models.customer.ConsentEvent",
        "ConsentPurpose": "customers.models.customer.ConsentPurpose",
        "DevicePlatform": "customers.models.device.DevicePlatform",
        "AccountCapacity": "customers.models.account.Capacity",
        "AccountState": "customers.models.account.AccountState",
        "AccountRight": "customers.models.account.Right",
        "DataExportState": "customers.models.data_export.DataExportState",
        "ErasureState": "customers.models.privacy.ErasureState",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "vittoria_care.sign_in.app_schema.with_sign_in",
        "vittoria_care.api_schema.with_problems",
        "vittoria_care.api_schema.with_bounds",
        "vittoria_care.api_schema.with_not_modified",
        "vittoria_care.api_examples.with_examples",
    ],
}

# --- Logs: lines for people, or JSON in production, with the request's or task's id (vittoria_care/running/logs.py) ---------------
LOGGING = logs.configuration(as_json=PRODUCTION, level=env.str("LOG_LEVEL", default="INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

# --- How it is watched (docs/operations.md): what /readyz takes for too old, and the token with which other machines read /metrics
READY_NOTICE_SECONDS = env.int("READY_NOTICE_SECONDS", default=900)
READY_BEAT_SECONDS = env.int("READY_BEAT_SECONDS", default=180)
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# --- The contact centre's figures (contact_center/figures/definitions.py says what each means)
SERVICE_LEVEL_SECONDS = env.int("SERVICE_LEVEL_SECONDS", default=20)
SERVICE_LEVEL_FORMULA = env.str("SERVICE_LEVEL_FORMULA", default="F4")
SHORT_ABANDON_SECONDS = env.int("SHORT_ABANDON_SECONDS", default=5)
REPEAT_CONTACT_DAYS = env.int("REPEAT_CONTACT_DAYS", default=7)

# --- Calls from the telephone platform
CALL_EVENT_DAYS = env.int("CALL_EVENT_DAYS", default=90)
CALL_OPEN_HOURS = env.int("CALL_OPEN_HOURS", default=4)
# The agreement or authorisation (art. 4 l. 300/1970) by which managers see the states of single agents, as it is named on their
# page; without one they see teams alone (contact_center/agents/board.py).
AGENT_STATES_AGREEMENT = env.str("AGENT_STATES_AGREEMENT", default="")
# While a line is open and the platform sends nothing for so many minutes, the wallboard shows no numbers of calls
WALLBOARD_SILENT_MINUTES = env.int("WALLBOARD_SILENT_MINUTES", default=20)

# --- Opinions about the app, the reserved area and the site
# Within how many hours whoever gave one and can be written to has our thanks; by when it is answered is a service target.
FEEDBACK_ACKNOWLEDGE_HOURS = env.int("FEEDBACK_ACKNOWLEDGE_HOURS", default=24)
