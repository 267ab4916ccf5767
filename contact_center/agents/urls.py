"""Addresses of agents' states under /backoffice/turno/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.own_state, name="own_state"),
    path("squadre/", views.states_board, name="states_board"),
    path("squadre/ora/", views.states_now, name="states_now"),
    path("giornata/", views.states_day, name="states_day"),
    path("giornata/<int:pk>/", views.states_of_agent, name="states_of_agent"),
]
