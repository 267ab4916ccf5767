"""The pages of customers: enrolment, and a module for every room. No rules are here: it calls the apps below."""
