"""How a case is played, from its draft to where it ends."""

from driver import bench, billing, diagnosis, opening
from driver.stories import Twist
from driver.words import CheckType, ProtocolStatus
from driver.work import Work


async def play(work: Work) -> None:
    """Play a case; each step follows the one before it, some hours later."""
    await work.scene.clock.wait(work.case.begins)
    await opening.create(work)
    await opening.twists_of_a_draft(work)
    for ending, part in _PARTS:
        if work.case.ending is ending:
            return
        await part(work)


async def _submit(work: Work) -> None:
    await work.wait(1, 6)
    await opening.submit(work)


async def _receive(work: Work) -> None:
    await work.wait(4, 10)
    await bench.receive(work)
    if work.case.has(Twist.CORRECTED):
        await work.wait(2, 4)
        await bench.correct(work)


async def _process(work: Work) -> None:
    await work.wait(1, 4)
    await bench.begin(work)
    await bench.check(work, CheckType.LABEL)
    if work.case.issue is not None:
        await bench.find_issue(work)
    await bench.process(work)
    if work.case.failed is not None:
        await bench.fail_check(work)
    else:
        await bench.check(work, CheckType.STAIN)


async def _complete(work: Work) -> None:
    await work.wait(2, 8)
    await diagnosis.write(work)
    for _ in range(work.case.revisions):
        await work.wait(1, 3)
        await diagnosis.revise(work)
    await work.wait(1, 4)
    await diagnosis.sign(work)
    await diagnosis.receive(work)
    await diagnosis.read(work)
    if work.case.has(Twist.TAKEN_BY_STRANGER):
        await opening.be_taken_by_stranger(work)
    if work.case.accuracy is not None:
        await diagnosis.review(work)
        await bench.check(work, CheckType.REPORT)
    await billing.bill(work)
    await billing.settle(work)


_PARTS = (
    (ProtocolStatus.DRAFT, _submit),
    (ProtocolStatus.SUBMITTED, _receive),
    (ProtocolStatus.RECEIVED, _process),
    (ProtocolStatus.PROCESSING, _complete),
)
"""What follows on each status, unless the case ends there."""
