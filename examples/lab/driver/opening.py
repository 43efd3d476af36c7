"""A veterinarian opens a protocol, sends files with it, and submits or deletes it."""

import re

from driver.page import Upload
from driver.person import Person
from driver.scene import Scene, Submission
from driver.stories import Twist
from driver.words import FileType, ProtocolStatus, SizeCategory, StorageType
from driver.work import Work

FILES = {
    FileType.PDF: ("history.pdf", b"%PDF-1.4\n% earlier findings\n", SizeCategory.SMALL),
    FileType.IMAGE: ("lesion.png", b"\x89PNG\r\n\x1a\n" + bytes(200_000), SizeCategory.MEDIUM),
    FileType.TEXT: ("notes.txt", b"Found at the left shoulder.\n", SizeCategory.SMALL),
    FileType.OTHER: ("scan.dcm", bytes(128) + b"DICM" + bytes(1_200_000), SizeCategory.LARGE),
}
"""What people send with a protocol: its name, its content, and the class of its size."""
PROGRAM = Upload("viewer.exe", b"MZ" + bytes(100))


async def create(work: Work) -> None:
    """Open the protocol; the page shows the label that the veterinarian puts on the samples."""
    case = work.case
    async with work.vet.at_work() as vet:
        page = await vet.open("/protocols/new/")
        page = await vet.submit(
            page.form(),
            animal=f"Animal {work.index}",
            species=case.species,
            analysis_type=case.analysis,
            sample_type=case.sample_type,
            samples=case.samples,
        )
    work.protocol, work.status, work.since = page.number, ProtocolStatus.DRAFT, page.asked
    work.label = re.findall(r"LAB-\d+-\d\d", page.text)[0]
    work.scene.tally.add("protocols_created_total", **work.kind)


async def upload(work: Work, kind: FileType) -> None:
    """Send a file with the protocol."""
    name, content, size = FILES[kind]
    async with work.vet.at_work() as vet:
        page = await vet.open(f"/files/upload/{work.protocol}/")
        await vet.submit(page.form(), file=Upload(name, content))
    tally = work.scene.tally
    tally.add("file_uploads_total", file_type=kind, size_category=size)
    tally.add("file_storage_usage_bytes", len(content), storage_type=StorageType.ATTACHMENTS)


async def upload_program(work: Work) -> None:
    """Send what the laboratory does not take: it is refused."""
    async with work.vet.at_work() as vet:
        page = await vet.open(f"/files/upload/{work.protocol}/")
        await vet.submit(page.form(), expect=400, file=PROGRAM)


async def submit(work: Work) -> None:
    """Send the protocol to the laboratory; its work is ordered with that."""
    scene = work.scene
    async with work.vet.at_work() as vet:
        page = await vet.open(work.path)
        begun = scene.clock.days()
        page = await vet.submit(page.form(f"{work.path}submit/"), order_type=work.case.order)
        work.submitted = page.asked
        week = scene.weeks[work.case.week - 1]
        week.append(Submission(vet.name, begun, scene.clock.days()))
    scene.tally.add("protocols_submitted_total", **work.kind)
    scene.tally.add("work_orders_created_total", order_type=work.case.order)
    work.moved(ProtocolStatus.SUBMITTED, page.asked)


async def delete(work: Work) -> None:
    """Think better of it: the draft goes."""
    async with work.vet.at_work() as vet:
        page = await vet.open(work.path)
        await vet.submit(page.form(f"{work.path}delete/"))
    work.status = None


async def be_seen_by_stranger(work: Work) -> None:
    """Another clinic's veterinarian opens the protocol, and is refused."""
    async with _other(work.scene, work.case.vet).at_work() as other:
        await other.open(work.path, expect=403)


async def be_taken_by_stranger(work: Work) -> None:
    """Another clinic's veterinarian asks for the report, and is refused."""
    async with _other(work.scene, work.case.vet).at_work() as other:
        await other.open(f"/reports/{work.report}/pdf/", expect=403)


async def twists_of_a_draft(work: Work) -> None:
    """Play what happens to the protocol before it is submitted."""
    for kind in work.case.uploads:
        await upload(work, kind)
    if work.case.has(Twist.SEEN_BY_STRANGER):
        await be_seen_by_stranger(work)
        await upload_program(work)
    if work.case.has(Twist.DELETED):
        await delete(work)


def _other(scene: Scene, vet: str) -> Person:
    return scene.team["vet-3" if vet != "vet-3" else "vet-1"]
