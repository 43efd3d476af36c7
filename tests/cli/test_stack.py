"""`labotel stack init` writes the stack out; a second time it is an update."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from labotel.cli import shipped
from running import labotel

ROOT = Path(__file__).parents[2]


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """A folder in which it was run."""
    done = labotel("stack", "init", "here", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "docker compose up" in done.stdout
    return tmp_path / "here"


def test_all_is_there_with_secrets_of_its_own(stack: Path) -> None:
    """Each file that git knows, dashboards, and an .env that others cannot read."""
    for name in ("compose.yaml", "compose.production.yaml", "prometheus/prometheus.yml", "archive"):
        assert (stack / "compose" / name).read_bytes() == (ROOT / "compose" / name).read_bytes()
    assert (stack / "collector" / "config.yaml").is_file()
    assert (stack / "docs" / "runbooks" / "ServiceDown.md").is_file()
    assert not (stack / "examples").exists()
    env = stack / "compose" / ".env"
    assert env.stat().st_mode & 0o777 == 0o600
    assert len(set(re.findall(r"=([0-9a-f]{48})$", env.read_text(), re.MULTILINE))) == 10
    assert (stack / "compose" / "alertmanager" / "run").stat().st_mode & 0o111


def test_without_an_application_it_is_what_comes_with_labotel(stack: Path) -> None:
    """No rule of a laboratory's, which is nobody's here."""
    rules = stack / "compose" / "generated" / "prometheus" / "rules"
    assert (rules / "labotel.yml").is_file()
    assert not (rules / "lab.yml").exists()


def test_with_the_laboratory_its_files_are_there(tmp_path: Path) -> None:
    """The example, its rules, and the overlays that start it."""
    assert labotel("stack", "init", "--lab", "here", cwd=tmp_path).returncode == 0
    here = tmp_path / "here"
    assert (here / "examples" / "lab" / "manage.py").is_file()
    assert (here / "compose" / "generated" / "prometheus" / "rules" / "lab.yml").is_file()
    line = "COMPOSE_FILE=compose.yaml:compose.nginx.yaml:compose.lab.yaml\n"
    assert line in (here / "compose" / ".env").read_text()


def test_an_update_keeps_what_people_changed(stack: Path) -> None:
    """Their file stays, the new one lies beside it, and both are named; secrets stay."""
    env = (stack / "compose" / ".env").read_text()
    mine = stack / "compose" / "prometheus" / "prometheus.yml"
    mine.write_text("global: {}\n")
    own = stack / "compose" / "prometheus" / "rules" / "mine.yml"
    own.parent.mkdir()
    own.write_text("groups: []\n")
    done = labotel("stack", "init", "here", cwd=stack.parent)
    assert done.returncode == 0, done.stderr
    said = "compose/prometheus/prometheus.yml was changed and stays; the new one is "
    assert f"{said}compose/prometheus/prometheus.yml.new" in done.stdout
    assert mine.read_text() == "global: {}\n"
    shipped_one = (ROOT / "compose" / "prometheus" / "prometheus.yml").read_bytes()
    assert mine.with_name("prometheus.yml.new").read_bytes() == shipped_one
    assert own.read_text() == "groups: []\n"
    assert (stack / "compose" / ".env").read_text() == env


def test_an_examples_secret_is_refused(stack: Path) -> None:
    """By its name, before anything starts."""
    env = stack / "compose" / ".env"
    env.write_text(
        re.sub("^OTLP_TOKEN=.*$", "OTLP_TOKEN=changeme", env.read_text(), flags=re.MULTILINE)
    )
    done = labotel("stack", "init", "here", cwd=stack.parent)
    assert done.returncode == 1
    assert "OTLP_TOKEN is an example's" in done.stderr
    assert "OTLP_TOKEN=changeme" in env.read_text()


def test_an_application_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """Not a stack without its rules."""
    done = labotel("stack", "init", "here", "nowhere:catalog", cwd=tmp_path)
    assert done.returncode == 1
    assert "nowhere:catalog" in done.stderr
    assert not (tmp_path / "here").exists()


def test_what_is_shipped_no_more_goes_unless_it_was_changed(tmp_path: Path) -> None:
    """Three files of one version, of which the next has one."""
    assert shipped.write(tmp_path, {"a": b"1", "b/c": b"1", "d": b"1"}) == []
    (tmp_path / "d").write_text("mine")
    (tmp_path / "e").write_text("mine, too")
    kept = shipped.write(tmp_path, {"a": b"2", "e": b"2"})
    assert kept == [shipped.Kept("e", "e.new")]
    found = {
        str(p.relative_to(tmp_path)): p.read_text() for p in tmp_path.rglob("*") if p.is_file()
    }
    found.pop(shipped.LIST)
    assert found == {"a": "2", "d": "mine", "e": "mine, too", "e.new": "2"}
    # Who takes the new one over has no leftover after the next update.
    (tmp_path / "e").write_text("2")
    assert shipped.write(tmp_path, {"a": b"2", "e": b"2"}) == []
    assert not (tmp_path / "e.new").exists()


def test_a_list_that_leads_outside_removes_nothing(tmp_path: Path) -> None:
    """Whoever wrote it."""
    outside = tmp_path / "outside"
    outside.write_text("x")
    inside = tmp_path / "inside"
    shipped.write(inside, {"a": b"1"})
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
    (inside / shipped.LIST).write_text(f"{digest}  ../outside\n")
    shipped.write(inside, {})
    assert outside.exists()


def test_the_images_users_can_read_it_whatever_the_umask(tmp_path: Path) -> None:
    """They are others than whoever wrote it; the secrets are nobody else's."""
    done = labotel("stack", "init", "here", cwd=tmp_path, preexec_fn=lambda: os.umask(0o077))
    assert done.returncode == 0, done.stderr
    compose = tmp_path / "here" / "compose"
    for path in (tmp_path / "here").rglob("*"):
        if path.name not in (".env", "backups"):
            assert path.stat().st_mode & 0o005 == (0o005 if path.is_dir() else 0o004) or (
                path.stat().st_mode & 0o777 == 0o755
            ), path
    assert (compose / ".env").stat().st_mode & 0o077 == 0


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    """Above all, a script that stands there is not run."""
    script = tmp_path / "here" / "compose" / "init"
    script.parent.mkdir(parents=True)
    script.write_text("touch ran\n")
    done = labotel("stack", "init", "here", cwd=tmp_path)
    assert done.returncode == 1
    assert "here/compose/init is not labotel's: move it, or give another folder" in done.stderr
    assert not (tmp_path / "ran").exists()
    assert list((tmp_path / "here").rglob("*")) == [script.parent, script]


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """In a line with its path, not by a traceback."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "compose").touch()
    done = labotel("stack", "init", "here", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ") and "here/compose" in done.stderr


def test_a_file_is_written_whole_and_through_no_link(tmp_path: Path) -> None:
    """Whoever reads it meanwhile has the old one to its end."""
    shipped.write(tmp_path / "here", {"a": b"old"})
    with (tmp_path / "here" / "a").open() as reader:
        shipped.write(tmp_path / "here", {"a": b"new", "b": b"new"})
        assert reader.read() == "old"
    (tmp_path / "here" / "c").symlink_to(tmp_path / "elsewhere")
    shipped.write(tmp_path / "here", {"c": b"new"})
    assert not (tmp_path / "elsewhere").exists()
    assert (tmp_path / "here" / "c").read_text() == "new"


def test_an_update_forgets_no_catalogue(tmp_path: Path) -> None:
    """Where it is run in another folder, an application's alerts would go in silence."""
    first = ("stack", "init", "here", "labotel.catalogs.lab:catalog")
    assert labotel(*first, cwd=tmp_path).returncode == 0
    rules = tmp_path / "here" / "compose" / "generated" / "prometheus" / "rules" / "lab.yml"
    done = labotel("stack", "init", "here", cwd=tmp_path)
    assert done.returncode == 1
    assert "prometheus/rules/lab.yml" in done.stderr and "MODULE:CATALOG" in done.stderr
    assert rules.is_file()
    assert labotel(*first, cwd=tmp_path).returncode == 0


def test_an_update_of_the_laboratory_is_one_of_the_laboratory(stack: Path) -> None:
    """It comes later, too; and then it does not go where a word is forgotten."""
    assert labotel("stack", "init", "--lab", "here", cwd=stack.parent).returncode == 0
    line = "COMPOSE_FILE=compose.yaml:compose.nginx.yaml:compose.lab.yaml\n"
    assert line in (stack / "compose" / ".env").read_text()
    done = labotel("stack", "init", "here", cwd=stack.parent)
    assert (done.returncode, done.stderr) == (
        1,
        "Error: here has the laboratory: give --lab again\n",
    )
    assert (stack / "examples" / "lab" / "manage.py").is_file()


@pytest.mark.parametrize(
    "line",
    [
        "export OTLP_TOKEN={}",
        " OTLP_TOKEN={}",
        "OTLP_TOKEN: {}",
        "OTLP_TOKEN ={}",
        "OTLP_TOKEN={}\r",
    ],
)
def test_a_line_that_only_docker_compose_reads_is_refused(stack: Path, line: str) -> None:
    """It reads all of these (its library was asked): a new secret below would overrule it."""
    env = stack / "compose" / ".env"
    before = env.read_text()
    text = re.sub("^OTLP_TOKEN=(.*)$", lambda m: line.format(m[1]), before, flags=re.MULTILINE)
    env.write_text(text, newline="")
    done = labotel("stack", "init", "here", cwd=stack.parent)
    assert done.returncode == 1 and re.search(r"\.env(, line \d+| has the line ends)", done.stderr)
    assert env.read_bytes() == text.encode()


def test_no_copy_of_a_secret_is_shipped_or_committed() -> None:
    """Neither git, and so the wheel, takes one, nor the laboratory's image."""
    for name in (".env", ".env.old", ".env.new", "tls/tls.key"):
        ignored = subprocess.run(
            ["git", "check-ignore", "-q", f"compose/{name}"], cwd=ROOT, check=False
        )
        assert ignored.returncode == 0, name
    left_out = (ROOT / "compose" / "lab" / "Dockerfile.dockerignore").read_text().split()
    taken = max(number for number, line in enumerate(left_out) if line.startswith("!"))
    assert {"**/.env*", "**/*.key", "compose/tls"} <= set(left_out[taken:])
