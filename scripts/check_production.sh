#!/bin/sh
# Django's deployment checks under the settings of a production of example values; a warning is a failure.
set -eu
cd "$(dirname -- "$0")/.."
export ENVIRONMENT=production
export SECRET_KEY="an-example-of-fifty-characters-or-more-1234567890-abcdefghij"
export ALLOWED_HOSTS=care.example
export CSRF_TRUSTED_ORIGINS=https://care.example
export DATABASE_URL=postgres://care:example@database.example/care
export REDIS_URL=redis://broker.example/0
export BEHIND_PROXY=True
export SITE_URL=https://care.example
export EMAIL_URL=smtp+tls://care:example@mail.example:587
exec .venv/bin/python -m django check --settings=vittoria_care.settings --deploy --fail-level WARNING
