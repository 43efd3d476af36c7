"""The histopathologists write, sign and review a report; the veterinarian gets and rates it."""

import re

from driver.clock import DAY, Moment
from driver.scene import PORTAL
from driver.stories import Case, Twist
from driver.words import (
    CASSETTES,
    PAGES,
    Complexity,
    DeliveryMethod,
    EmailType,
    NotificationType,
    ProtocolStatus,
)
from driver.work import Work

RENDER = "cases.tasks.render_report"

_FINDINGS = (
    "The sections show a well-demarcated, unencapsulated mass that expands the superficial dermis.",
    "Cells are round to polygonal with distinct borders and moderate amounts of cytoplasm.",
    "There are two mitotic figures in ten fields; necrosis is not seen.",
    "The lateral and deep margins are free of neoplastic cells (closest: 4 mm).",
    "A mild perivascular infiltrate of lymphocytes and plasma cells surrounds the lesion.",
)
_PARAGRAPHS = {Complexity.SIMPLE: 6, Complexity.MODERATE: 60, Complexity.COMPLEX: 150}


def findings(case: Case) -> str:
    """Return what the histopathologist writes: the harder the case, the more."""
    number = _PARAGRAPHS[case.complexity]
    return "\n".join(_FINDINGS[i % len(_FINDINGS)] for i in range(number))


async def write(work: Work) -> None:
    """Look at what came with the samples, and begin the report."""
    case = work.case
    async with work.author.at_work() as person:
        page = await person.open(work.path)
        files = page.numbers(r"/files/(\d+)/")
        assert len(files) == len(case.uploads)
        for number, kind in zip(files, case.uploads, strict=True):
            await person.open(f"/files/{number}/")
            work.scene.tally.add("file_downloads_total", file_type=kind)
        page = await person.submit(
            page.form(f"{work.path}report/"),
            findings=findings(case),
            complexity=case.complexity,
            cassettes=case.cassettes,
        )
    work.report, work.begun = page.number, page.asked
    work.scene.tally.add("reports_created_total", report_type=case.analysis)


async def revise(work: Work) -> None:
    """Write the findings anew."""
    path = f"/reports/{work.report}/"
    async with work.author.at_work() as person:
        page = await person.open(path)
        form = page.form(f"{path}revise/")
        await person.submit(form, findings=f"{form.fields['findings']}\nRead again.")


async def sign(work: Work) -> None:
    """Sign the report; what is tried with it afterwards is refused."""
    path = f"/reports/{work.report}/"
    async with work.author.at_work() as person:
        page = await person.open(path)
        form = page.form(f"{path}finalize/")
        work.signed = (await person.submit(form)).asked
        if work.case.has(Twist.SIGNED_TWICE):
            await person.submit(form, expect=409)
        if work.case.has(Twist.CHANGED_AFTER):
            # The page was opened before the signature, in another window.
            await person.submit(page.form(f"{path}revise/"), expect=409, findings="On reflection")
    _tally_signed(work)


def _tally_signed(work: Work) -> None:
    """Count the signature, and what the laboratory does of itself from there."""
    case, tally = work.case, work.scene.tally
    tally.add("reports_finalized_total", complexity=case.complexity)
    assert work.begun is not None and work.signed is not None
    tally.lasted(
        "report_generation_duration_seconds",
        work.scene.clock.between(work.begun, work.signed),
        report_type=case.analysis,
        cassette_count_bucket=CASSETTES[case.cassettes],
    )
    tally.measure("report_revision_count", case.revisions)
    tally.add("celery_tasks_total", task_name=RENDER, status="success")


async def receive(work: Work) -> None:
    """Wait for the report as its veterinarian does, by mail or in the portal."""
    scene, vet = work.scene, work.vet
    assert work.submitted is not None and work.signed is not None
    mailed = vet.name != "vet-4"
    if mailed:
        scene.mailed(EmailType.REPORT, vet, work.signed)
    if vet.name in PORTAL:
        scene.noticed(NotificationType.REPORT_READY, vet)
    else:
        mail = await scene.mailbox.wait_for(vet.email, f"report-{work.report}.pdf")
        for _ in range(work.case.opens_mail):
            async with scene.mail_reader.at_the_door() as program:
                await program.open(mail.link("/messages/opened/"))
        if work.case.opens_mail:
            scene.tally.add("emails_opened_total", email_type=EmailType.REPORT)
    async with vet.at_work() as person:
        seen = await person.look_until(
            work.path, lambda page: f"/reports/{work.report}/" in page.text
        )
    by = DeliveryMethod.PORTAL if vet.name in PORTAL else DeliveryMethod.EMAIL
    scene.tally.add("reports_sent_total", delivery_method=by)
    sent = Moment(work.signed.since, seen.asked.until)
    took, analysis = scene.clock.between(work.submitted, sent), work.case.analysis
    scene.tally.lasted("protocols_processing_duration_seconds", took, **work.kind)
    scene.tally.lasted("average_turnaround_time_days", took.by(DAY), analysis_type=analysis)
    work.moved(ProtocolStatus.COMPLETED, sent)


async def read(work: Work) -> None:
    """Read the report, keep it, and rate it where there is something to say."""
    path = f"/reports/{work.report}/"
    async with work.vet.at_work() as person:
        page = await person.open(path)
        paper = await person.open(f"{path}pdf/")
        size = PAGES[len(re.findall(rb"/Type /Page\b", paper.body))]
        work.scene.tally.add("report_pdf_generation_duration_seconds", report_size=size)
        if work.case.rating is None:
            return
        form = page.form(f"{path}rate/")
        await person.submit(form, rating=work.case.rating)
        work.scene.tally.measure("report_feedback_rating", work.case.rating)
        if work.case.has(Twist.RATED_TWICE):
            await person.submit(form, expect=409, rating=1)


async def review(work: Work) -> None:
    """Read a colleague's report blind, and say how far one agrees."""
    assert work.case.accuracy is not None
    path = f"/reports/{work.report}/"
    async with work.reviewer.at_work() as person:
        page = await person.open(path)
        await person.submit(page.form(f"{path}review/"), accuracy=work.case.accuracy)
    work.scene.tally.measure("report_accuracy_score", work.case.accuracy)
