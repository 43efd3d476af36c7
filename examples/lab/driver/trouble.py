"""What goes wrong with passwords, permissions and addresses, and how people make up for it."""

from driver.person import Person
from driver.scene import ADMIN, Scene
from driver.words import EmailType, ResetMethod, SecurityEventType, Severity

WRONG = "not the password"
MOST_WRONG = 5
"""After so many wrong passwords in a row an account is closed for a while."""


async def forget_password(scene: Scene, name: str) -> None:
    """Try a wrong password, then have a link sent, and choose a new password there."""
    async with scene.team[name].at_the_door() as person:
        await _fail(scene, person, WRONG)
        page = await person.open("/accounts/password_reset/")
        page = await person.submit(page.form(), email=person.email)
        scene.mailed(EmailType.PASSWORD_RESET, person, page.asked)
        mail = await scene.mailbox.wait_for(person.email, "password")
        page = await person.open(mail.link("/accounts/reset/"))
        person.password = f"{person.name} remembers this one"
        await person.submit(
            page.form(), new_password1=person.password, new_password2=person.password
        )
        assert person.signed_in, f"{name} was not signed in by the link"
    _reset(scene, person, ResetMethod.EMAIL)


async def ask_for_password(scene: Scene, name: str) -> None:
    """Ask an administrator for a new password."""
    async with scene.team[name].at_the_door() as person, scene.team[ADMIN].at_work() as admin:
        assert not person.signed_in
        page = await admin.open("/accounts/people/")
        number = page.first(r"/accounts/people/(\d+)/password/", after=f">{name}<")
        form = page.form(f"/accounts/people/{number}/password/")
        person.password = f"{name} was given this one"
        await admin.submit(form, new_password=person.password)
    _reset(scene, person, ResetMethod.ADMIN)


async def guess_password(scene: Scene, name: str) -> None:
    """Guess until the account is closed; then even the right password does not open it."""
    async with scene.team[name].at_the_door() as person:
        for _ in range(MOST_WRONG):
            await _fail(scene, person, WRONG)
        scene.tally.add(
            "security_events_total",
            event_type=SecurityEventType.ACCOUNT_LOCKED, severity=Severity.HIGH,
        )  # fmt: skip
        await _fail(scene, person, person.password)


async def come_as_nobody(scene: Scene) -> None:
    """Sign in under a name that nobody has; look at an address that does not exist."""
    async with scene.stranger.at_the_door() as stranger:
        await _fail(scene, stranger, WRONG)
        await stranger.open("/protocolls/", expect=404)


async def be_curious(scene: Scene, name: str) -> None:
    """Look at a page that is for others."""
    async with scene.team[name].at_work() as person:
        await person.open("/accounts/people/", expect=403)


async def come_back(scene: Scene, name: str) -> None:
    """Look at a page when the session has run out, and be sent to sign in."""
    async with scene.team[name].at_the_door() as person:
        assert not person.signed_in
        page = await person.open("/protocols/")
        assert page.redirects == ("/protocols/",), "the session has not run out"


async def _fail(scene: Scene, person: Person, password: str) -> None:
    await person.try_password(password)
    assert not person.signed_in
    scene.tally.add("failed_login_attempts_total", user_type=person.user_type or "none")
    scene.tally.add(
        "security_events_total", event_type=SecurityEventType.LOGIN_FAILED, severity=Severity.LOW
    )


def _reset(scene: Scene, person: Person, method: ResetMethod) -> None:
    assert person.user_type is not None
    scene.tally.add("password_resets_total", user_type=person.user_type, method=method)
    scene.tally.add(
        "security_events_total",
        event_type=SecurityEventType.PASSWORD_CHANGED, severity=Severity.LOW,
    )  # fmt: skip
