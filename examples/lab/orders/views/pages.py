"""Work orders to look at."""

from django.conf import settings
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cases.access import guard
from cases.offers import put_wrong
from labotel.catalogs.lab.files import FileType
from labotel.catalogs.lab.security import AuditAction, DataType
from labotel.catalogs.lab.users import ActionType
from labotel.catalogs.lab.words import UserType
from orders import pdf
from orders.models import WorkOrder
from orders.offers import for_order
from people import audit
from people.actions import does
from people.roles import only, user_type

# The staff sees the orders because it adds services to them.
READERS = (UserType.VETERINARIAN, UserType.STAFF, UserType.ADMIN)
ON_A_PAGE = 50


@require_safe
@only(*READERS)
def listing(request: HttpRequest) -> HttpResponse:
    """List the work orders, the latest first; a veterinarian sees the own ones."""
    orders = WorkOrder.objects.select_related("protocol__veterinarian")
    orders = orders.prefetch_related("services").order_by("-pk")
    if user_type(request.user) == UserType.VETERINARIAN:
        orders = orders.filter(protocol__veterinarian=request.user)
    page = Paginator(orders, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "currency": settings.CURRENCY}
    return render(request, "orders/orders.html", context)


@require_safe
@only(*READERS)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a work order."""
    order = order_for(request, pk)
    audit.accessed(request.user, DataType.INVOICE, AuditAction.VIEW, pk)
    return order_page(request, order)


@does(ActionType.DOWNLOAD)
@require_safe
@only(*READERS)
def invoice(request: HttpRequest, pk: int) -> FileResponse:
    """Download an order's invoice."""
    file = pdf.file_of(order_for(request, pk))
    if not file.exists():
        raise Http404("there is no invoice yet")
    audit.taken_away(request, FileType.PDF, DataType.INVOICE, pk)
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name)


def order_for(request: HttpRequest, pk: int) -> WorkOrder:
    """Return an order that this person may see."""
    orders = WorkOrder.objects.select_related("protocol__veterinarian")
    order = get_object_or_404(orders.prefetch_related("services"), pk=pk)
    guard(request.user, order.protocol, order.pk)
    return order


def order_page(request: HttpRequest, order: WorkOrder, wrong: Form | None = None) -> HttpResponse:
    """Show an order; 400 where a form came back wrong."""
    offers = for_order(request.user, order)
    if wrong is not None:
        put_wrong(wrong, request.path, offers)
    context = {
        "order": order,
        "protocol": order.protocol,
        "currency": settings.CURRENCY,
        "rendered": pdf.file_of(order).exists(),
        "offers": offers,
    }
    return render(request, "orders/order.html", context, status=400 if wrong else 200)
