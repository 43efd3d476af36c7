"""The people of the laboratory: each protocol's steps over HTTP, at their times, counted."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from driver.client import Client
from driver.stories import CLINICS, STRICT_CLINIC, Story
from driver.tally import Tally
from laboratory.words import ProtocolStatus

SENT_WITHIN = 30.0
TASK = "laboratory.tasks."


class NotSent(Exception):
    """A finalized report whose protocol was not completed in time."""


class People:
    """Play the stories; `advance` is called at the end of each."""

    def __init__(
        self, client: Client, tally: Tally, speed: float, advance: Callable[[], None]
    ) -> None:
        self._client = client
        self._tally = tally
        self._speed = speed
        self._advance = advance
        self._veterinarians: dict[str, int] = {}

    async def play(self, stories: list[Story]) -> None:
        """Play all stories at once, each on its own time."""
        for clinic in CLINICS:
            answer = await self._post(
                "/veterinarians/", name=f"Vet of {clinic}", email=f"vet@{clinic}"
            )
            self._veterinarians[clinic] = answer["id"]
        await asyncio.gather(*(self._play(story) for story in stories))
        self._tally_refusal(stories)

    async def _play(self, story: Story) -> None:
        begin, submit, receive, report, finalize = story.waits
        await self._wait(begin)
        protocol, label = await self._create(story)
        status = ProtocolStatus.DRAFT
        if story.ending != "draft":
            await self._wait(submit)
            status = await self._submit(story, protocol)
        if story.ending in ("received", "completed"):
            await self._wait(receive)
            status = await self._receive(story, protocol, label)
        if story.ending == "completed":
            await self._wait(report)
            number = await self._open_report(story, protocol)
            await self._wait(finalize)
            await self._finalize(story, number)
            status = await self._see_completed(story, protocol)
        self._tally.add("protocols_by_status_current", status=status)
        self._advance()

    async def _create(self, story: Story) -> tuple[int, str]:
        answer = await self._post(
            "/protocols/",
            veterinarian=self._veterinarians[story.clinic],
            species=story.species,
            analysis_type=story.analysis_type,
        )
        self._tally.add("protocols_created_total", **_kind(story))
        return answer["id"], answer["label"]

    async def _submit(self, story: Story, protocol: int) -> ProtocolStatus:
        await self._post(f"/protocols/{protocol}/submit/")
        self._tally.add("protocols_submitted_total", **_kind(story))
        return self._moved(ProtocolStatus.DRAFT, ProtocolStatus.SUBMITTED)

    async def _receive(self, story: Story, protocol: int, label: str) -> ProtocolStatus:
        path = f"/protocols/{protocol}/receive/"
        fields = {"sample_condition": story.condition, "received_by": f"staff-{protocol % 3}"}
        if story.smudged:
            await self._post(path, expect=500, label=label[:-1] + "?", **fields)
            await self._wait(1)  # somebody asks the clinic, and writes a new label
        await self._post(path, label=label, **fields)
        self._tally.add("protocols_received_total", sample_condition=story.condition)
        return self._moved(ProtocolStatus.SUBMITTED, ProtocolStatus.RECEIVED)

    async def _open_report(self, story: Story, protocol: int) -> int:
        answer = await self._post(
            f"/protocols/{protocol}/report/",
            histopathologist=f"histopathologist-{protocol % 2}",
            findings=story.findings,
            complexity=story.complexity,
        )
        self._tally.add("reports_created_total", report_type=story.analysis_type)
        self._moved(ProtocolStatus.RECEIVED, ProtocolStatus.PROCESSING)
        return int(answer["id"])

    async def _finalize(self, story: Story, report: int) -> None:
        await self._post(f"/reports/{report}/finalize/")
        self._tally.add("reports_finalized_total", complexity=story.complexity)
        if story.signed_twice:
            await self._post(f"/reports/{report}/finalize/", expect=409)

    async def _see_completed(self, story: Story, protocol: int) -> ProtocolStatus:
        """Wait for what the worker does, and count it."""
        end = time.monotonic() + SENT_WITHIN
        while await asyncio.to_thread(self._client.status, protocol) != "completed":
            if time.monotonic() > end:
                raise NotSent(f"protocol {protocol} was not completed within {SENT_WITHIN:.0f} s")
            await asyncio.sleep(0.5)
        self._tally.add("report_pdf_generation_duration_seconds")
        self._tally.add("celery_tasks_total", task_name=f"{TASK}render_report", status="success")
        self._tally.add("celery_tasks_total", task_name=f"{TASK}send_report", status="success")
        self._tally.add("emails_sent_total", **_mail("success"))
        self._tally.add("protocols_processing_duration_seconds", **_kind(story))
        return self._moved(ProtocolStatus.PROCESSING, ProtocolStatus.COMPLETED)

    def _tally_refusal(self, stories: list[Story]) -> None:
        """Count the one e-mail that the strict clinic's server refused, and its task's retry."""
        if any(s.clinic == STRICT_CLINIC and s.ending == "completed" for s in stories):
            self._tally.add("emails_sent_total", **_mail("failure"))
            self._tally.add("celery_tasks_total", task_name=f"{TASK}send_report", status="retry")

    def _moved(self, before: ProtocolStatus, after: ProtocolStatus) -> ProtocolStatus:
        self._tally.add("protocol_status_changes_total", from_status=before, to_status=after)
        return after

    async def _post(self, path: str, **fields: Any) -> dict[str, Any]:
        return await asyncio.to_thread(self._client.post, path, **fields)

    async def _wait(self, hours: float) -> None:
        await asyncio.sleep(hours * 3600 / self._speed)


def _kind(story: Story) -> dict[str, str]:
    return {"species": story.species, "analysis_type": story.analysis_type}


def _mail(status: str) -> dict[str, str]:
    return {"email_type": "report", "status": status, "recipient_type": "veterinarian"}
