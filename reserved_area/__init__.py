"""The pages of customers: how they get in, and the rooms they find there. It keeps no rules: it calls the apps below."""
