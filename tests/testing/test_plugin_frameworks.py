"""The plugin in suites of Django and Celery applications."""

import pytest

from testing_suite import NO_NETWORK, Suite


@pytest.fixture
def django_suite(suite: Suite) -> Suite:
    """A suite under pytest-django, of a project whose settings configure labotel."""
    suite.ini("DJANGO_SETTINGS_MODULE = project.settings\n")
    suite.write(conftest=NO_NETWORK)
    return suite


def test_requests_queries_and_log_lines_are_recorded(django_suite: Suite) -> None:
    """By Django's test client: metrics by route, spans with their events, one trace."""
    django_suite.write(
        test_it="""
        import threading
        import pytest
        from django.test import Client
        from project.telemetry import Ordered
        pytestmark = pytest.mark.django_db

        @pytest.mark.parametrize("number", [1, 2])
        def test_request(telemetry, number):
            Client().get(f"/order/{number}/")
            assert telemetry.one(Ordered).order_id == number
            route = {"endpoint": "order/<int:number>/"}
            assert telemetry.metric("http_requests_total", **route, status="200") == 1
            assert telemetry.metric("http_requests_total", method="POST") == 0
            assert telemetry.histogram("http_request_duration_seconds", **route).count == 1
            assert telemetry.metric("database_query_duration_seconds") == 1
            query, request = telemetry.spans
            assert request.name == "GET order/<int:number>/"
            assert [event.name for event in request.events] == ["shop.ordered"]
            (line,) = [line for line in telemetry.logs if line.logger == "project.views"]
            assert line.message == f"ordered {number} for someone@example.org"
            assert line.trace_id == telemetry.history[-2].trace_id == "0" * 31 + "1"

        def test_failure(telemetry):
            Client(raise_request_exception=False).get("/fail/")
            assert telemetry.metric("http_requests_total", status="500") == 1
            assert telemetry.spans[-1].status.is_ok is False

        def test_without_the_fixture():
            assert Client().get("/order/3/").status_code == 200
            assert threading.active_count() == 1

        def test_page(telemetry):
            Client().get("/order/4/")
            page = Client().get("/metrics").content.decode()
            assert 'orders_total{size="small"} 1.0' in page
            assert 'http_requests_total{endpoint="order/<int:number>/"' in page
        """,
    )
    assert django_suite.run() == {"passed": 5}, django_suite.text


def test_transactions_and_gauges_are_the_tests_own(django_suite: Suite) -> None:
    """A supplier sees what the test wrote and did not commit, and its query is not recorded."""
    django_suite.write(
        test_it="""
        import labotel, pytest
        from django.db import connection, transaction
        from django.test import TestCase
        from labotel.testing import recording
        from project.clinic import STAFF, Admitted, Species

        @labotel.gauge(STAFF)
        def staff():
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM staff")
                return cursor.fetchone()[0]

        def admit():
            labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=1))

        class Cases(TestCase):
            def setUp(self):
                self.telemetry = self.enterContext(recording())

            @classmethod
            def setUpClass(cls):
                super().setUpClass()
                with connection.cursor() as cursor:
                    cursor.execute("CREATE TABLE staff (name text)")

            def test_gauge(self):
                with connection.cursor() as cursor:
                    cursor.execute("INSERT INTO staff VALUES ('ada')")
                self.telemetry.clear()
                assert self.telemetry.metric("staff_present") == 1
                assert self.telemetry.metric("database_query_duration_seconds") == 0
                assert self.telemetry.history == []

            def test_commit(self):
                transaction.on_commit(admit)
                self.telemetry.none(Admitted)
                with self.captureOnCommitCallbacks(execute=True):
                    transaction.on_commit(admit)
                self.telemetry.one(Admitted)

        @pytest.mark.django_db
        def test_rollback(telemetry, django_capture_on_commit_callbacks):
            with django_capture_on_commit_callbacks(execute=True):
                transaction.on_commit(admit)
            telemetry.one(Admitted)

        @pytest.mark.django_db(transaction=True)
        def test_real_transaction(telemetry):
            with transaction.atomic():
                transaction.on_commit(admit)
                telemetry.none(Admitted)
            telemetry.one(Admitted)
        """,
    )
    assert django_suite.run() == {"passed": 4}, django_suite.text


def test_django_without_configure_is_observed_while_a_test_records(django_suite: Suite) -> None:
    """The integrations come with the fixture and go with it."""
    django_suite.write(
        test_it="""
        import pytest
        from django.core.handlers.base import BaseHandler
        from django.test import Client
        original = BaseHandler.get_response
        pytestmark = pytest.mark.django_db

        @pytest.mark.parametrize("number", [1, 2])
        def test_with(telemetry, number):
            Client().get(f"/order/{number}/")
            assert telemetry.metric("http_requests_total") == 1
            assert BaseHandler.get_response is not original

        def test_without():
            Client().get("/order/3/")
            assert BaseHandler.get_response is original
        """,
    )
    assert django_suite.run(PROJECT_CONFIGURE="never") == {"passed": 3}, django_suite.text


def test_wrong_settings_of_django_end_the_session(django_suite: Suite) -> None:
    """LABOTEL is judged when the apps are ready, as in production under strict."""
    django_suite.write(
        wrong_settings="""
        import labotel
        SECRET_KEY, INSTALLED_APPS, USE_TZ = "x", [], True
        labotel.configure()
        LABOTEL = {"service_nam": "lab"}
        """,
        test_it="def test_it(): pass",
    )
    django_suite.ini("DJANGO_SETTINGS_MODULE = wrong_settings\n")
    with pytest.raises(AssertionError):
        django_suite.run()
    assert (
        "LABOTEL['service_nam'] is no setting (did you mean 'service_name'?)" in django_suite.text
    )


def test_celery_tasks_are_recorded(suite: Suite) -> None:
    """Run eagerly, as tests do: their runs, their events and their log lines."""
    suite.write(
        conftest=NO_NETWORK,
        test_it="""
        import pytest
        from project.celeryapp import app, failing_task, order_task
        from project.telemetry import Ordered
        app.conf.task_always_eager = True

        @pytest.mark.parametrize("number", [1, 2])
        def test_task(telemetry, number):
            order_task.delay(number)
            assert telemetry.one(Ordered).order_id == number
            name = "project.celeryapp.order_task"
            assert telemetry.metric("celery_tasks_total", task_name=name, status="success") == 1
            assert f"run/{name}" in [span.name for span in telemetry.spans]

        def test_failure(telemetry):
            failing_task.delay()
            assert telemetry.metric("celery_tasks_total", status="failure") == 1
        """,
    )
    assert suite.run() == {"passed": 3}, suite.text
