"""How a notice is put before a person."""

from django.contrib.auth.models import User

from lab.say import say
from labotel.catalogs.lab.mail import Channel, NotificationSent, NotificationType
from post.models import Notice


def notify(
    notification_type: NotificationType,
    recipient: User,
    text: str,
    channel: Channel = Channel.PORTAL,
) -> Notice:
    """Put a notice before a person, and say so."""
    notice = Notice.objects.create(
        notification_type=notification_type.value,
        recipient=recipient,
        text=text,
        channel=channel.value,
    )
    say(
        NotificationSent(
            notification_type=notification_type,
            channel=channel,
            recipient=str(recipient.pk),
            notification_id=notice.pk,
        )
    )
    return notice
