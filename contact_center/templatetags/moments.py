"""Moments in the sentences of pages."""

from django import template

from contact_center.moments import moment_in_words

register = template.Library()
register.filter("in_words", moment_in_words)
