"""What people tell the laboratory: answers to its notices, complaints, and how content they are."""

from decimal import Decimal

from driver.scene import Scene
from driver.words import ComplaintType, Severity


async def answer_notices(scene: Scene, name: str) -> None:
    """Answer all notices; a second answer to the last one is refused."""
    expected = scene.notices[name]
    async with scene.team[name].at_work() as person:
        page = await person.look_until(
            "/messages/", lambda page: len(page.numbers(ANSWER)) == len(expected)
        )
        for number in page.numbers(ANSWER):
            form = page.form(f"/messages/{number}/answer/")
            await person.submit(form, text="Thank you, we will see to it.")
        await person.submit(form, expect=409, text="As I said.")
    for notice in expected:
        scene.tally.add("notification_responses_total", notification_type=notice)


async def complain(scene: Scene, name: str, kind: ComplaintType, severity: Severity) -> None:
    """Complain of something."""
    async with scene.team[name].at_work() as person:
        page = await person.open("/messages/complaints/new/")
        await person.submit(
            page.form(), complaint_type=kind, severity=severity, text="We expected better."
        )
    scene.tally.add("client_complaints_total", complaint_type=kind, severity=severity)


async def rate(scene: Scene, name: str, score: int) -> None:
    """Say how content one is with the system, from 1 to 10."""
    async with scene.team[name].at_work() as person:
        page = await person.open("/accounts/satisfaction/")
        await person.submit(page.form(), score=score)
        assert person.user_type is not None
        scene.tally.measure("user_satisfaction_score", Decimal(score), user_type=person.user_type)


ANSWER = r"/messages/(\d+)/answer/"
