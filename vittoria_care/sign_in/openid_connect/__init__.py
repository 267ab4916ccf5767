"""Sign-in by OpenID Connect: customers by their public digital identity, staff by the company's single sign-on."""
