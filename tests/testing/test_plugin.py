"""The pytest plugin, in suites of their own."""

from running import python
from testing_suite import Suite

ADMIT = """
    import labotel
    from project.clinic import Admitted, Species

    def admit(number):
        labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=number))
"""


def test_the_fixture_records_without_configure_and_without_a_conftest(suite: Suite) -> None:
    """Each test has a memory of its own, strict, and ids from 1; the network is not used."""
    suite.write(
        admitting=ADMIT,
        test_it="""
        import logging, os, threading
        import pytest
        from opentelemetry import trace
        import labotel
        from admitting import admit
        from project.clinic import Admitted

        @pytest.mark.parametrize("number", range(3))
        def test_each(telemetry, number):
            with trace.get_tracer("t").start_as_current_span("s"):
                admit(number)
            logging.getLogger("app").info("admitted")
            assert telemetry.one(Admitted).number == number
            assert telemetry.metric("admissions_total", species="canine") == 1
            assert telemetry.history[0].trace_id == "0" * 31 + "1"
            assert [line.message for line in telemetry.logs] == ["admitted"]

        def test_strict(telemetry):
            with pytest.raises(labotel.EventError):
                labotel.emit(Admitted(species="bovine", owner="ada", number=1))

        def test_what_is_said_before_the_fixture_is_not_seen(telemetry):
            telemetry.none(Admitted)

        def test_without_the_fixture_nothing_is_in_force():
            admit("wrong in more than one way", )
            assert logging.getLogger("app").level == 0

        def test_nothing_runs():
            assert threading.active_count() == 1
            assert not os.path.exists(os.environ["LABOTEL_RUNTIME_DIR"])
        """,
    )
    assert suite.run() == {"passed": 7}, suite.text


def test_a_failed_test_says_what_was_recorded_and_what_is_nearest(suite: Suite) -> None:
    """In the error, which points at the test's own line, and below it."""
    suite.write(
        admitting=ADMIT,
        test_it="""
        from admitting import admit
        from project.clinic import Admitted, Paid

        def test_missing(telemetry):
            admit(1)
            telemetry.one(Admitted, number=2)

        def test_number(telemetry):
            admit(1)
            assert telemetry.metric("admissions_total") == 2

        def test_nothing(telemetry):
            telemetry.one(Paid)

        def test_wrong_question(telemetry):
            telemetry.none(Paid, methd="cash")

        def test_wrong_label(telemetry):
            telemetry.metric("admissions_total", species="bovine")

        def test_passes(telemetry):
            admit(4711)
        """,
    )
    assert suite.run() == {"failed": 5, "passed": 1}, suite.text
    text = suite.text
    assert (
        "E       AssertionError: no clinic.admitted with number=2 was recorded; nearest of 1:"
        in text
    )
    assert "number is 1" in text and "test_it.py:7: AssertionError" in text
    assert "did you mean 'method'?" in text and "'bovine' can never be" in text
    own = ("telemetry.py:", "matching.py:", "declared.py:")
    assert [file for file in own if file in text] == []  # the double's own frames are left out
    assert "+  where 1 = metric('admissions_total')" in text
    assert "<Telemetry: 1 clinic.admitted>" in text
    assert "- Recorded by labotel -" in text
    assert 'admissions_total{species="canine", urgent="false"} 1' in text
    assert "nothing at all was recorded" in text
    assert "4711" not in text


def test_a_report_that_fails_does_not_end_the_session(suite: Suite) -> None:
    """The failed test is shown as ever, the next one runs."""
    suite.write(
        test_it="""
        def test_failed(telemetry):
            telemetry.report = lambda: 1 / 0
            assert False

        def test_next(telemetry):
            pass
        """,
    )
    assert suite.run() == {"failed": 1, "passed": 1}, suite.text
    assert "the report failed: ZeroDivisionError: division by zero" in suite.text


def test_tests_are_isolated_under_xdist(suite: Suite) -> None:
    """Each process has its own memory."""
    suite.write(
        admitting=ADMIT,
        test_it="""
        import os
        import pytest
        from admitting import admit
        from project.clinic import Admitted

        @pytest.mark.parametrize("number", range(24))
        def test_each(telemetry, number):
            assert os.environ["PYTEST_XDIST_WORKER"]
            for _ in range(number + 1):
                admit(number)
            assert len(telemetry.all(Admitted, number=number)) == number + 1
            assert telemetry.metric("admissions_total") == number + 1
        """,
    )
    assert suite.run("-n", "2") == {"passed": 24}, suite.text


def test_the_roots_level_survives_caplog(suite: Suite) -> None:
    """Lines of level INFO are recorded, and neither caplog nor the next test sees a difference."""
    suite.write(
        test_it="""
        import logging
        logger = logging.getLogger("app")

        def test_before(caplog):
            logger.info("unheard")
            assert logging.root.level == logging.WARNING and caplog.messages == []

        def test_both(caplog, telemetry):
            logger.info("heard by telemetry")
            caplog.set_level(logging.DEBUG)
            logger.debug("heard by caplog")
            logger.info("heard by both")
            assert [l.message for l in telemetry.logs] == ["heard by telemetry", "heard by both"]
            assert caplog.messages == ["heard by caplog", "heard by both"]

        def test_after(caplog):
            logger.info("unheard")
            assert logging.root.level == logging.WARNING and caplog.messages == []
        """,
    )
    assert suite.run() == {"passed": 3}, suite.text


def test_async_tests_and_unittest_cases(suite: Suite) -> None:
    """With whatever runs them."""
    suite.write(
        admitting=ADMIT,
        test_it="""
        import asyncio, unittest
        import pytest
        from admitting import admit
        from labotel.testing import recording
        from project.clinic import Admitted

        def test_loop(telemetry):
            async def work():
                await asyncio.gather(*(asyncio.to_thread(admit, n) for n in range(5)))
            asyncio.run(work())
            assert len(telemetry.all(Admitted)) == 5

        class TestCase(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _telemetry(self, telemetry):
                self.telemetry = telemetry

            def test_one(self):
                admit(1)
                self.telemetry.one(Admitted, number=1)
                with recording() as inner:
                    admit(2)
                inner.one(Admitted, number=2)
                self.telemetry.none(Admitted, number=2)
        """,
    )
    assert suite.run() == {"passed": 2}, suite.text


def test_a_suite_that_does_not_use_it_never_imports_the_sdk(suite: Suite) -> None:
    """It costs the import of `labotel`, which has neither SDK nor framework in it."""
    suite.write(
        test_it="""
        import sys

        def test_it():
            heavy = {"opentelemetry", "django", "celery", "urllib3", "google"}
            assert heavy & {name.split(".")[0] for name in sys.modules} == set()
        """,
    )
    assert suite.run() == {"passed": 1}, suite.text


def test_importing_the_package_of_the_double_is_light(environment: dict[str, str]) -> None:
    """What it gives is imported when it is asked for, and a wrong name is an AttributeError."""
    out = python(
        """
import sys
import labotel.testing
print("opentelemetry" in sys.modules, labotel.testing.recording.__name__)
names = labotel.testing.__all__
print(*sorted(names), all(hasattr(labotel.testing, name) for name in names))
print(hasattr(labotel.testing, "telemtry"))
""",
        environment,
    )
    assert out.splitlines() == [
        "False recording", "Distribution Logged Recorded Telemetry recording True", "False",
    ]  # fmt: skip


def test_importing_labotel_does_not_import_the_double(environment: dict[str, str]) -> None:
    """Production does without it."""
    script = "import sys, labotel; print('labotel.testing' in sys.modules)"
    assert python(script, environment).strip() == "False"
