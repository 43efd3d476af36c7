"""The pages in Django's admin, and the status page, in a real browser: Chromium.

With LABOTEL_PICTURES the pages are kept in that folder: docs/pictures is made so.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import Select, WebDriverWait

from running import clean_environment, end, free_port, get, wait_for_page

from .browser import chromium, complaints
from .shop_site import SEED, SETTINGS, SHOP, URLS

pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]
TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A project with the admin, served; gives its address."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in (("shop_settings", SETTINGS), ("shop_urls", URLS), ("shop", SHOP)):
        (folder / f"{name}.py").write_text(text)
    env = clean_environment() | {
        "PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "shop_settings",
        "SHOP_DB": str(folder / "db.sqlite3"), "LABOTEL_RUNTIME_DIR": str(folder / "runtime"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "LABOTEL_SHUTDOWN_TIMEOUT": "1",
    }  # fmt: skip
    for command in (["-m", "django", "migrate", "-v0"], ["-c", SEED]):
        subprocess.run([sys.executable, *command], env=env, check=True, timeout=120)
    port = free_port()
    served = [sys.executable, "-m", "django", "runserver", f"127.0.0.1:{port}"]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*served, "--noreload", "--insecure"], env=env, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    wait_for_page(address, server, 60)
    yield address
    end(server)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """The browser; what its console complains of is looked at by each test."""
    with chromium(tmp_path_factory.mktemp("browser")) as driver:
        yield driver


def sign_in(browser: Chrome, site: str, name: str) -> None:
    """Sign in to the admin as somebody whose password is their name."""
    browser.delete_all_cookies()
    browser.get(f"{site}/admin/login/?next=/admin/")
    browser.find_element(By.NAME, "username").send_keys(name)
    browser.find_element(By.NAME, "password").send_keys(name)
    browser.find_element(By.CSS_SELECTOR, "[type=submit]").click()
    WebDriverWait(browser, 30).until(expected.url_to_be(f"{site}/admin/"))


def themed(browser: Chrome, theme: str) -> None:
    """Let the admin be light or dark from the next page on."""
    browser.execute_script("localStorage.setItem('theme', arguments[0])", theme)


def picture(browser: Chrome, name: str, tmp_path: Path) -> Path:
    """Keep the page as it looks, in few colours."""
    shown = f"pictures/{name}.png" in (TESTS.parent / "docs" / "pages.md").read_text()
    folder = Path((shown and os.environ.get("LABOTEL_PICTURES")) or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    raw = tmp_path / "raw.png"
    browser.save_screenshot(str(raw))
    with Image.open(raw) as image:
        image.convert("RGB").quantize(64).save(folder / f"{name}.png", optimize=True)
    assert (folder / f"{name}.png").stat().st_size < 100_000
    return folder / f"{name}.png"


def text(browser: Chrome, selector: str) -> str:
    """Return what stands there."""
    return str(browser.find_element(By.CSS_SELECTOR, selector).text)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_page_is_at_home_in_the_admin(
    browser: Chrome, site: str, tmp_path: Path, theme: str
) -> None:
    """From the index to each page and back; the console has nothing to say; in both themes."""
    sign_in(browser, site, "anna")
    themed(browser, theme)
    browser.get(f"{site}/admin/")
    section = browser.find_element(By.CSS_SELECTOR, ".app-labotel")
    assert section.find_element(By.TAG_NAME, "caption").text.upper() == "MONITORING"
    picture(browser, f"admin-index-{theme}", tmp_path)
    for page, words in {
        "metrics": "shop_orders_total", "health": "database", "status": "Integrations",
        "increment": "Counter",
    }.items():  # fmt: skip
        browser.get(f"{site}/admin/")
        browser.find_element(By.CSS_SELECTOR, f".app-labotel .model-{page} th a").click()
        WebDriverWait(browser, 30).until(expected.url_contains(f"/labotel/{page}/"))
        assert words in text(browser, "#content-main")
        back = browser.find_element(By.CSS_SELECTOR, ".breadcrumbs a")
        assert back.get_attribute("href") == f"{site}/admin/"
        colours = [
            browser.execute_script(
                "return getComputedStyle(document.querySelector(arguments[0])).backgroundColor", of
            )
            for of in ("body", "#content-main")
        ]
        assert (colours[0] == "rgb(255, 255, 255)") is (theme == "light"), colours
        if page == "metrics":
            browser.execute_script(
                "document.getElementById('metric-shop_orders_total').open = true;"
                "document.getElementById('labotel-filter').value = 'shop_';"
                "document.getElementById('labotel-filter').dispatchEvent(new Event('input'));"
            )
        picture(browser, f"admin-{page}-{theme}", tmp_path)
        wide = browser.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, page
    assert complaints(browser) == []


def test_the_health_says_what_is_wrong(browser: Chrome, site: str) -> None:
    """A folder that is not there, with its path, beside what is well."""
    sign_in(browser, site, "anna")
    browser.get(f"{site}/admin/labotel/health/")
    assert "does not work" in text(browser, ".labotel-unhealthy")
    assert "/srv/scans: not_found" in text(browser, "#result_list")
    assert "all applied" in text(browser, "#result_list")
    assert complaints(browser) == []


def test_the_form_adds_and_says_so(browser: Chrome, site: str, tmp_path: Path) -> None:
    """Choose, fill in, add: the admin's own message, and the metric has it; a mistake is told."""
    sign_in(browser, site, "anna")
    themed(browser, "light")
    browser.get(f"{site}/admin/labotel/increment/")
    Select(browser.find_element(By.ID, "id_metric")).select_by_value("shop_orders_total")
    WebDriverWait(browser, 30).until(
        expected.presence_of_element_located((By.ID, "id_label_payment"))
    )
    Select(browser.find_element(By.ID, "id_label_payment")).select_by_value("cash")
    value = browser.find_element(By.ID, "id_value")
    value.clear()
    value.send_keys("7")
    browser.find_element(By.CSS_SELECTOR, "#labotel-increment [type=submit]").click()
    done = 'Added 7 to shop_orders_total{size="small",payment="cash"}.'
    WebDriverWait(browser, 30).until(
        expected.text_to_be_present_in_element((By.CSS_SELECTOR, ".messagelist .success"), done)
    )
    picture(browser, "admin-increment-done", tmp_path)
    value = browser.find_element(By.ID, "id_value")
    value.clear()
    value.send_keys("-3")
    browser.find_element(By.CSS_SELECTOR, "#labotel-increment [type=submit]").click()
    WebDriverWait(browser, 30).until(
        expected.text_to_be_present_in_element(
            (By.CSS_SELECTOR, ".messagelist .error"), "a whole number from 1"
        )
    )
    browser.get(f"{site}/admin/labotel/metrics/")
    browser.execute_script("document.getElementById('metric-shop_orders_total').open = true")
    rows = text(browser, "#metric-shop_orders_total").splitlines()
    assert 'size="small",payment="cash" 7' in rows
    assert complaints(browser) == []


def test_an_open_page_follows_what_happens(browser: Chrome, site: str) -> None:
    """What another one adds is there without a reload; what was opened stays open."""
    sign_in(browser, site, "anna")
    browser.get(f"{site}/admin/labotel/metrics/")
    details = "#metric-shop_page_views_total"
    browser.execute_script(f"document.querySelector('{details}').open = true; window.same = 1")
    browser.execute_async_script(
        """
const done = arguments[arguments.length - 1];
fetch("/admin/labotel/increment/").then(a => a.text()).then(() => {
  const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
  return fetch("/increment", {method: "POST",
    headers: {"Content-Type": "application/json", "X-CSRFToken": token},
    body: JSON.stringify({metric: "page_views_total", labels: {page: "live"}})});
}).then(a => done(a.status), e => done(String(e)));
"""
    )
    WebDriverWait(browser, 30).until(
        expected.text_to_be_present_in_element((By.CSS_SELECTOR, details), 'page="live"')
    )
    assert browser.execute_script("return window.same") == 1
    assert browser.find_element(By.CSS_SELECTOR, details).get_attribute("open")
    assert complaints(browser) == []


def test_the_status_page_of_its_own(browser: Chrome, site: str, tmp_path: Path) -> None:
    """Outside the admin: its policy lets in its own style and script, and it asks anew."""
    sign_in(browser, site, "vera")
    browser.get(f"{site}/status")
    assert "shop_orders_total" in text(browser, "main")
    picture(browser, "status", tmp_path)
    browser.execute_script("document.querySelector('main').dataset.old = '1'")
    WebDriverWait(browser, 30).until_not(
        expected.presence_of_element_located((By.CSS_SELECTOR, "main[data-old]"))
    )
    assert complaints(browser) == []


def test_who_may_not_see_sees_nothing(browser: Chrome, site: str) -> None:
    """Staff without the permission: no section, no page; with it, but not adding: no form."""
    sign_in(browser, site, "carl")
    assert browser.find_elements(By.CSS_SELECTOR, ".app-labotel") == []
    for page in ("metrics", "health", "status", "increment", "metrics/export.csv"):
        browser.get(f"{site}/admin/labotel/{page}{'' if '.' in page else '/'}")
        assert "403" in browser.page_source
    sign_in(browser, site, "vera")
    assert browser.find_elements(By.CSS_SELECTOR, ".app-labotel .model-metrics")
    assert not browser.find_elements(By.CSS_SELECTOR, ".app-labotel .model-increment")
    browser.get(f"{site}/admin/labotel/increment/")
    assert "403" in browser.page_source
    browser.get_log("browser")  # the console names each 403
    assert get(f"{site}/admin/labotel/metrics/export.csv").find("shop_") == -1
