"""What the people supply to their gauge."""

from collections import Counter
from collections.abc import Iterator

from django.contrib.auth.models import User

import labotel
from labotel.catalogs.lab.users import ACTIVE_USERS
from labotel.catalogs.lab.words import UserType
from people.roles import user_type


@labotel.gauge(ACTIVE_USERS)
def active_users() -> Iterator[tuple[UserType, int]]:
    """Count the people with an open session; somebody with two of them is one person."""
    present = User.objects.filter(worksession__ended_at=None, worksession__isnull=False)
    counts = Counter(user_type(user) for user in present.distinct().prefetch_related("groups"))
    for kind in UserType:
        yield kind, counts[kind]
