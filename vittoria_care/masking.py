"""The one table of columns whose values a reader may see masked: where a person's codes, numbers and accounts are kept.

Who sees which kind whole is in `permissions.py`, how it is masked in `foundation/masking.py`. A test looks for the columns of
a person that are missing here (vittoria_care/tests/test_masking.py).
"""

from foundation.masking import Kind

MASKED: dict[str, Kind] = {
    "customers.customer.first_name": Kind.NAME,
    "customers.customer.last_name": Kind.NAME,
    "customers.customer.company_name": Kind.NAME,
    "customers.policyperson.name": Kind.NAME,
    "customers.payment.payer_name": Kind.NAME,
    "contact_center.webformrequest.name": Kind.NAME,
    "complaints.complaint.complainant_name": Kind.NAME,
    "customers.customer.tax_code": Kind.TAX_CODE,
    "customers.customer.birth_date": Kind.BIRTH_DATE,
    "customers.contactpoint.value": Kind.TELEPHONE,
    "customers.contactpoint.stated": Kind.TELEPHONE,
    "customers.datachange.old": Kind.TELEPHONE,
    "customers.datachange.new": Kind.TELEPHONE,
    "customers.policyperson.tax_code": Kind.TAX_CODE,
    "customers.policyperson.phone": Kind.TELEPHONE,
    "contact_center.webformrequest.tax_code": Kind.TAX_CODE,
    "contact_center.webformrequest.phone": Kind.TELEPHONE,
    "contact_center.contactentry.name": Kind.NAME,
    "contact_center.contactentry.phone": Kind.TELEPHONE,
    "contact_center.knownperson.name": Kind.NAME,
    "contact_center.knownperson.phone": Kind.TELEPHONE,
    "contact_center.contact.address": Kind.TELEPHONE,
    "contact_center.call.caller": Kind.TELEPHONE,
    "contact_center.call.caller_stated": Kind.TELEPHONE,
    "contact_center.callback.phone": Kind.TELEPHONE,
    "contact_center.outgoingcall.number": Kind.TELEPHONE,
    "promotions.calledperson.phone": Kind.TELEPHONE,
    "promotions.checkednumber.phone": Kind.TELEPHONE,
    "complaints.complaint.tax_code": Kind.TAX_CODE,
    "complaints.representation.tax_code": Kind.TAX_CODE,
    "complaints.representation.name": Kind.NAME,
    "complaints.complaint.phone": Kind.TELEPHONE,
    "notifications.notice.address": Kind.TELEPHONE,
    "notifications.suppressedaddress.address": Kind.TELEPHONE,
}
