"""Addresses of the agents' desk under /backoffice/scrivania/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.desk_page, name="desk"),
    path("stato/", views.desk_state, name="desk_state"),
    path("<int:pk>/persona/", views.desk_person, name="desk_person"),
    path("<int:pk>/scheda/", views.desk_card, name="desk_card"),
    path("<int:pk>/motivo/", views.desk_reason, name="desk_reason"),
    path("<int:pk>/identita/", views.desk_identity, name="desk_identity"),
    path("<int:pk>/riguarda/", views.desk_join, name="desk_join"),
    path("<int:pk>/esito/", views.desk_code, name="desk_code"),
    path("<int:pk>/passa/", views.desk_pass_on, name="desk_pass_on"),
]
