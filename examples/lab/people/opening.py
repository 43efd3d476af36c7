"""The people that a new laboratory starts with."""

from typing import Final, NamedTuple

from django.contrib.auth.models import Group, User
from django.db import transaction

from labotel.catalogs.lab.reports import DeliveryMethod
from labotel.catalogs.lab.users import Role
from labotel.catalogs.lab.words import UserType
from people.models import Profile

PASSWORD: Final = "laboratory"
LABORATORY: Final = "lab.example"


class Newcomer(NamedTuple):
    """Somebody to be entered; people of the laboratory itself have no clinic."""

    username: str
    kind: UserType
    role: Role
    clinic: str = ""
    delivery: DeliveryMethod = DeliveryMethod.EMAIL


_STAFF, _VET = UserType.STAFF, UserType.VETERINARIAN
NEWCOMERS: Final = (
    Newcomer("admin", UserType.ADMIN, Role.BILLING),
    Newcomer("reception-1", _STAFF, Role.RECEPTION),
    Newcomer("reception-2", _STAFF, Role.RECEPTION),
    Newcomer("bench-1", _STAFF, Role.BENCH),
    Newcomer("bench-2", _STAFF, Role.BENCH),
    Newcomer("histo-1", UserType.HISTOPATHOLOGIST, Role.DIAGNOSIS),
    Newcomer("histo-2", UserType.HISTOPATHOLOGIST, Role.DIAGNOSIS),
    Newcomer("vet-1", _VET, Role.REFERRING, "north-clinic.example"),
    Newcomer("vet-2", _VET, Role.REFERRING, "north-clinic.example"),
    Newcomer("vet-3", _VET, Role.REFERRING, "south-clinic.example"),
    Newcomer("vet-4", _VET, Role.REFERRING, "south-clinic.example", DeliveryMethod.PORTAL),
    Newcomer("vet-5", _VET, Role.REFERRING, "strict-clinic.example"),
    Newcomer("vet-6", _VET, Role.REFERRING, "gone-clinic.example"),
)


@transaction.atomic
def open_laboratory(password: str = PASSWORD) -> list[User]:
    """Enter the groups and the people who are missing; return all of the people."""
    groups = {kind: Group.objects.get_or_create(name=kind.value)[0] for kind in UserType}
    return [_enter(newcomer, groups[newcomer.kind], password) for newcomer in NEWCOMERS]


def _enter(newcomer: Newcomer, group: Group, password: str) -> User:
    user, created = User.objects.get_or_create(
        username=newcomer.username,
        defaults={"email": f"{newcomer.username}@{newcomer.clinic or LABORATORY}"},
    )
    if created:
        # Django's own administration is for the administrators: they may do everything there.
        user.is_staff = user.is_superuser = newcomer.kind is UserType.ADMIN
        user.set_password(password)
        user.save()
        user.groups.add(group)
        Profile.objects.filter(user=user).update(
            clinic=newcomer.clinic, role=newcomer.role.value, delivery=newcomer.delivery.value
        )
    return user
