"""What can be done with goods; each tells what it did."""

from django.db import transaction

import labotel
from goods.models import Goods
from logistics.telemetry import GoodsProcessed, GoodsReceived, Operation, WorkflowRun

_NEXT = {
    Operation.PROCESS: (Goods.Status.RECEIVED, Goods.Status.PROCESSING),
    Operation.SHIP: (Goods.Status.PROCESSING, Goods.Status.SHIPPED),
    Operation.DELIVER: (Goods.Status.SHIPPED, Goods.Status.DELIVERED),
}
"""From which status an operation leads to which."""
WORKFLOWS = {"ship_waiting": Operation.SHIP, "deliver_arrived": Operation.DELIVER}
"""What a workflow does with all goods that wait for it."""


class NotPossible(ValueError):
    """An operation that the goods are not ready for; the message says what they are."""


def receive(tracking: str, warehouse: str, by: str) -> Goods:
    """Take goods in."""
    goods = Goods.objects.create(tracking=tracking, warehouse=warehouse)
    labotel.emit(
        GoodsReceived(warehouse=warehouse, status=goods.status, goods_id=goods.pk, received_by=by)
    )
    return goods


def operate(goods: Goods, operation: Operation, by: str) -> None:
    """Do the next thing with goods; NotPossible where that is another."""
    before, after = _NEXT[operation]
    done = labotel.timed(
        GoodsProcessed,
        warehouse=goods.warehouse, operation=operation, goods_id=goods.pk, done_by=by,
    )  # fmt: skip
    with done, transaction.atomic():
        now = Goods.objects.select_for_update().get(pk=goods.pk)
        if now.status != before:
            raise NotPossible(f"{operation}: not possible with goods that are {now.status}")
        now.status = after
        if operation is Operation.SHIP:
            now.warehouse = Goods.Warehouse.GHANA
        now.save(update_fields=["status", "warehouse"])
    if operation is Operation.SHIP:
        labotel.emit(
            GoodsReceived(
                warehouse=now.warehouse, status=now.status, goods_id=now.pk, received_by=by
            )
        )


def run(workflow: str, by: str) -> int:
    """Run a workflow over all goods that wait for it; return their number."""
    operation = WORKFLOWS[workflow]
    done = 0
    try:
        for goods in Goods.objects.filter(status=_NEXT[operation][0]):
            operate(goods, operation, by)
            done += 1
    except Exception:
        labotel.emit(WorkflowRun(workflow_name=workflow, status="failure", goods=done))
        raise
    labotel.emit(WorkflowRun(workflow_name=workflow, status="success", goods=done))
    return done
