"""Addresses of the reserved area's room about operations."""

from django.urls import path

from . import operations as portal

urlpatterns = [
    path("operazioni/", portal.operations_view, name="portal_operations"),
    path("operazioni/<int:pk>/", portal.operation_view, name="portal_operation"),
    path("operazioni/<int:pk>/ritiro/", portal.withdraw_view, name="portal_operation_withdraw"),
    path("operazioni/codice/<uuid:key>/", portal.code_view, name="portal_operation_code"),
    path("profilo/operazioni/<slug:kind>/", portal.own_operation_view, name="portal_own_operation"),
    path("polizze/<int:pk>/operazioni/<slug:kind>/", portal.policy_operation_view, name="portal_policy_operation"),
    path("sinistri/<int:pk>/operazioni/<slug:kind>/", portal.claim_operation_view, name="portal_claim_operation"),
]
