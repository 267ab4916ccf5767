"""The secrets of second factors: encrypted with a key of their own, and readable through every change of keys."""

import base64

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken

from customers.tests.factories import UserFactory
from vittoria_care.sign_in.secrets_at_rest import count_outdated_secrets, reencrypt_secrets, seal, unseal

KEY = base64.urlsafe_b64encode(bytes([7]) * 32).decode()


def test_a_secret_is_never_stored_as_it_is(settings):
    for settings.ENCRYPTION_KEYS in ([], [KEY]):
        stored = seal("JBSWY3DPEHPK3PXP")
        assert ("JBSWY3DPEHPK3PXP" in stored, unseal(stored)) == (False, "JBSWY3DPEHPK3PXP")


def test_with_a_key_of_its_own_a_secret_outlives_the_secret_key(settings):
    settings.ENCRYPTION_KEYS = []
    under_secret_key = seal("JBSWY3DPEHPK3PXP")
    settings.ENCRYPTION_KEYS = [KEY]
    under_own_key = seal("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY = "another" * 10
    assert unseal(under_own_key) == "JBSWY3DPEHPK3PXP"
    with pytest.raises(InvalidToken):
        unseal(under_secret_key)


@pytest.mark.django_db
def test_stored_secrets_are_brought_to_the_key_and_back(settings):
    settings.ENCRYPTION_KEYS = []
    data = {"secret": seal("JBSWY3DPEHPK3PXP")}
    row = Authenticator.objects.create(user=UserFactory(), type=Authenticator.Type.TOTP, data=data)
    for settings.ENCRYPTION_KEYS in ([KEY], ["none", KEY]):
        assert (count_outdated_secrets(), reencrypt_secrets(), count_outdated_secrets()) == (1, 1, 0)
        row.refresh_from_db()
        assert unseal(row.data["secret"]) == "JBSWY3DPEHPK3PXP"
