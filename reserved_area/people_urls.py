"""Addresses of the reserved area's room about the people of a customer, and of an invitation."""

from django.urls import path

from . import people as portal

urlpatterns = [
    path("persone/", portal.people_view, name="portal_people"),
    path("persone/invito/", portal.invite_view, name="portal_people_invite"),
    path("persone/invito/<int:pk>/ritira/", portal.withdraw_view, name="portal_people_withdraw"),
    path("persone/<int:pk>/", portal.person_view, name="portal_person"),
    path("persone/<int:pk>/fine/", portal.end_view, name="portal_person_end"),
    path("invito/<str:secret>/", portal.join_view, name="people_join"),
]
