"""Addresses of the public page of opinions, under /contatti/opinione/."""

from django.urls import path

from complaints.feedback import views

urlpatterns = [
    path("", views.opinion_view, name="opinion"),
    path("grazie/", views.thanks_view, name="opinion_thanks"),
]
