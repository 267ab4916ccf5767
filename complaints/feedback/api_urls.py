"""Addresses of the API of opinions, under /api/v1/."""

from django.urls import path

from complaints.feedback import api

urlpatterns = [path("feedback/", api.FeedbackView.as_view(), name="api_feedback")]
