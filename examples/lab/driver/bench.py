"""The staff take samples in, process them, look for what is wrong, and check each other's work."""

from driver.clock import Moment
from driver.stories import Twist
from driver.words import (
    AnalysisType,
    CheckResult,
    CheckType,
    EmailType,
    NotificationType,
    ProtocolStatus,
    Severity,
    Stage,
)
from driver.work import Work

STAGES = {
    AnalysisType.HISTOPATHOLOGY: (
        Stage.GROSSING, Stage.EMBEDDING, Stage.SECTIONING, Stage.STAINING,
    ),
    AnalysisType.CYTOLOGY: (Stage.STAINING, Stage.SCREENING),
}  # fmt: skip
NEEDS_MORE = (Severity.HIGH, Severity.CRITICAL)
"""So much is wrong that the veterinarian is asked for more material."""


async def receive(work: Work) -> None:
    """Take the samples in by their label; one that cannot be read is an error of the program."""
    scene, condition = work.scene, work.case.condition
    async with work.reception.at_work() as person:
        page = await person.open(work.path)
        form = page.form(f"{work.path}receive/")
        if work.case.has(Twist.SMUDGED):
            smudged = f"{work.label[:-1]}?"
            await person.submit(form, expect=500, label=smudged, sample_condition=condition)
        page = await person.submit(form, label=work.label, sample_condition=condition)
    scene.tally.add("protocols_received_total", sample_condition=condition)
    work.moved(ProtocolStatus.RECEIVED, page.asked)
    scene.mailed(EmailType.SAMPLE_RECEIVED, work.vet, page.asked)
    scene.noticed(NotificationType.SAMPLE_RECEIVED, work.vet)


async def begin(work: Work) -> None:
    """Begin the analysis."""
    async with work.bench.at_work() as person:
        page = await person.open(work.path)
        work.page = page = await person.submit(page.form(f"{work.path}process/"))
    work.samples = page.numbers(r"/samples/(\d+)/process/")
    assert len(work.samples) == work.case.samples
    assert work.since is not None
    work.touched = dict.fromkeys(work.samples, work.since)
    work.moved(ProtocolStatus.PROCESSING, page.asked)


async def process(work: Work) -> None:
    """Take each sample through its stages."""
    for stage in STAGES[work.case.analysis]:
        await work.wait(0.5, 2)
        for sample in work.samples:
            done = await _note(work, f"/samples/{sample}/process/", stage=stage)
            took = work.scene.clock.between(work.touched[sample], done)
            work.touched[sample] = done
            kind = work.case.sample_type
            tally = work.scene.tally
            tally.add("samples_processed_total", sample_type=kind, processing_stage=stage)
            tally.lasted("sample_processing_duration_seconds", took, sample_type=kind, stage=stage)


async def find_issue(work: Work) -> None:
    """Find something wrong with the first sample."""
    assert work.case.issue is not None
    issue, severity = work.case.issue
    path = f"/samples/{work.samples[0]}/issue/"
    await _note(work, path, issue_type=issue, severity=severity)
    work.scene.tally.add("sample_quality_issues_total", issue_type=issue, severity=severity)
    if severity in NEEDS_MORE:
        work.scene.noticed(NotificationType.MORE_MATERIAL, work.vet)


async def check(work: Work, kind: CheckType) -> None:
    """Check something of the first sample, which is as it should be."""
    await _check(work, kind, CheckResult.PASSED)


async def fail_check(work: Work) -> None:
    """Find that work must be done again, and check again when it is."""
    failed = work.case.failed
    assert failed is not None
    await _check(
        work, failed.check, CheckResult.FAILED, work_type=failed.work, reason=failed.reason
    )
    work.scene.tally.add("rework_required_total", work_type=failed.work, reason=failed.reason)
    await work.wait(1, 3)
    await _check(work, failed.check, CheckResult.PASSED)


async def _check(work: Work, kind: CheckType, result: CheckResult, **rework: str) -> None:
    path = f"/samples/{work.samples[0]}/check/"
    await _note(work, path, check_type=kind, result=result, **rework)
    work.scene.tally.add("quality_control_passed_total", check_type=kind, result=result)


async def _note(work: Work, path: str, **fields: str) -> Moment:
    """Fill in one of the forms of the protocol's page, which stays open at the bench."""
    assert work.page is not None
    async with work.bench.at_work() as person:
        work.page = await person.submit(work.page.form(path), **fields)
    return work.page.asked


async def correct(work: Work) -> None:
    """An administrator takes a receipt back: the samples were not in the parcel after all."""
    path = f"/admin/cases/protocol/{work.protocol}/change/"
    async with work.admin.at_work() as person:
        page = await person.open(path)
        page = await person.submit(page.form(), status=ProtocolStatus.SUBMITTED, _save="Save")
    work.moved(ProtocolStatus.SUBMITTED, page.asked)
