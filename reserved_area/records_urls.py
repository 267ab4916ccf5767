"""Addresses of the reserved area's rooms about policies, claims and one's own data."""

from django.urls import path

from . import records as portal
from . import sign_in_address

urlpatterns = [
    path("polizze/", portal.policies_view, name="portal_policies"),
    path("polizze/<int:pk>/", portal.policy_view, name="portal_policy"),
    path("sinistri/", portal.claims_view, name="portal_claims"),
    path("sinistri/<int:pk>/", portal.claim_view, name="portal_claim"),
    path("profilo/", portal.profile_view, name="portal_profile"),
    path("profilo/lingua/", portal.language_view, name="portal_language"),
    path("profilo/indirizzo-accesso/", sign_in_address.address_view, name="portal_sign_in_address"),
    path("profilo/indirizzo-accesso/<uuid:key>/", sign_in_address.code_view, name="portal_sign_in_address_code"),
    path("profilo/accessi/", portal.accesses_view, name="portal_accesses"),
]
