"""The audit log: who looked at, changed or took away a record."""

from django.contrib.auth.models import User
from django.http import HttpRequest

from lab.say import say
from labotel.catalogs.lab.files import FileDownloaded, FileType
from labotel.catalogs.lab.security import AuditAction, DataAccessed, DataType
from people.roles import user_type


def accessed(
    user: User, data_type: DataType, action: AuditAction, data_id: int | None = None
) -> None:
    """Say that a person did something with a record; None stands for a whole list."""
    kind = user_type(user)
    if kind is None:
        return
    say(
        DataAccessed(
            user_type=kind, data_type=data_type, action=action, user=str(user.pk), data_id=data_id
        )
    )


def taken_away(request: HttpRequest, file_type: FileType, data_type: DataType, pk: int) -> None:
    """Say that a person downloads a record's file; who asks with HEAD alone gets none."""
    if request.method == "HEAD":
        return
    say(FileDownloaded(file_type=file_type, user=str(request.user.pk)))
    accessed(request.user, data_type, AuditAction.EXPORT, pk)
