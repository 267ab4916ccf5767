"""Addresses of the public complaint form under /contatti/reclamo/."""

from django.urls import path

from complaints import views

urlpatterns = [
    path("", views.complaint_form, name="complaint_form"),
    path("ricevuto/", views.registered, name="complaint_received"),
    path("ricevuto/<str:token>/", views.registered, name="complaint_registered"),
]
