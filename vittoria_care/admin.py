"""The people who sign in, as the project keeps them; and what is decided about personal data."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin import UserAdmin
from customers.models import ErasureRequest, LegalHold, User
from foundation.models import RetentionPeriod, RetentionProof, RetentionRun
from foundation.office.commands import Command
from foundation.requests import StaffRequest
from notifications.sign_in_address import forget_listed_addresses

from .privacy import office as privacy
from .sign_in.changes import report_change, sign_in_of
from .sign_in.second_factor import has_second_factor, reset_second_factor

admin.site.register(ErasureRequest, privacy.ErasureRequestAdmin)
admin.site.register(LegalHold, privacy.LegalHoldAdmin)
admin.site.register(RetentionPeriod, privacy.RetentionPeriodAdmin)
admin.site.register(RetentionRun, privacy.RetentionRunAdmin)
admin.site.register(RetentionProof, privacy.RetentionProofAdmin)


class ResetSecondFactor(Command[User]):
    """For a person who lost their telephone: at the next sign-in they set up another."""

    name = "second-factor"
    label = gettext_lazy("Take the second factor away")
    icon = "phonelink_erase"
    tone = "danger"
    permission = "customers.change_user"
    question = gettext_lazy(
        "Make sure you speak with the person themselves, through a contact you know. At the next sign-in a password is "
        "enough to set up another second factor; they are informed by e-mail."
    )

    def allowed(self, request: StaffRequest, row: User) -> bool:
        """As for every change of a person: only a superuser may change a superuser."""
        return super().allowed(request, row) and (not row.is_superuser or request.user.is_superuser)

    def offered(self, request: StaffRequest, row: User) -> bool:
        return has_second_factor(row)

    def run(self, request: StaffRequest, row: User, data: dict[str, Any]) -> str:
        reset_second_factor(row, by=request.user)
        return _("The second factor of %(person)s was taken away.") % {"person": row}


@admin.register(User)
class PeopleAdmin(UserAdmin):
    """People as administrators keep them: nobody gives themselves a role, and each change of a sign-in is reported."""

    own_commands = [*UserAdmin.own_commands, ResetSecondFactor()]

    def get_readonly_fields(self, request: StaffRequest, obj: User | None = None) -> list[Any]:
        """Roles of one's own are read-only: another administrator gives them."""
        shown = super().get_readonly_fields(request, obj)
        own = obj is not None and obj.pk == request.user.pk and not request.user.is_superuser
        return [*shown, "groups"] if own else shown

    def save_model(self, request: StaffRequest, obj: User, form: Any, change: bool) -> None:
        form.sign_in_before = sign_in_of(obj) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: StaffRequest, form: Any, formsets: Any, change: bool) -> None:
        """Roles and agencies are stored here: only now is it known what changed."""
        super().save_related(request, form, formsets, change)
        forget_listed_addresses(form.instance)
        report_change(form.instance, before=form.sign_in_before, by=request.user)
