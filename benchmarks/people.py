"""People who sign in, for the pages that are measured."""

from django.contrib.auth.models import Group

from customers.models import User


def person_with_role(role: str) -> User:
    """A member of staff with this one role; made if there is none."""
    address = f"{role.replace(' ', '-')}@bench.example"
    user = User.objects.filter(email=address).first() or User.objects.create_user(address, is_staff=True)
    user.groups.set([Group.objects.get(name=role)])
    return user
