"""Addresses of intermediaries under /contatti/intermediario/: the page of an enquiry by its secret."""

from django.urls import path

from complaints.intermediaries import views

urlpatterns = [path("<int:pk>/<str:secret>/", views.answer_view, name="enquiry_answer")]
