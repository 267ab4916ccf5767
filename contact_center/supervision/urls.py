"""Addresses of supervision under /backoffice/supervisione/."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.supervision, name="supervision"),
    path("<int:pk>/contatti/", views.give_out, name="supervision_give_out"),
    path("<int:pk>/stato/", views.end_state, name="supervision_end_state"),
]
