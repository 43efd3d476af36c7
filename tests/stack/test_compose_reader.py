"""The reader of compose files refuses what the specification forbids, and merges as it says.

Expectations: https://github.com/compose-spec/compose-spec, `05-services.md`, `12-interpolation.md`,
`13-merge.md` and `15-profiles.md`; precedence of variables: docker compose's documentation.
"""

from pathlib import Path

import pytest

from .compose import Doubted, Refused, project

SERVICE = "name: small\nservices:\n  web:\n    image: web:1\n"


def written(folder: Path, *texts: str) -> list[Path]:
    """Write texts to compose files, and return these in the same order."""
    files = [folder / f"compose.{number}.yml" for number in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    return files


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("    imagee: web\n", r"services\.web\.imagee"),
        ("    ports: [http]\n", "containerPort: http"),
        ("    networks: [inner]\n", '"web" refers to undefined network inner'),
        ("    volumes: ['data:/data']\n", '"web" refers to undefined volume data'),
        ("    secrets: [key]\n", '"web" refers to undefined secret key'),
        ("    configs: [rules]\n", '"web" refers to undefined config rules'),
        ("    depends_on: [nobody]\n", '"web" depends on undefined service "nobody"'),
        ("    env_file: [gone.env]\n", r"env file .*/gone\.env not found"),
        ("    environment: {KEY: '${KEY:?say it}'}\n", "variable KEY is missing a value: say it"),
        ("  other:\n    command: [run]\n", '"other" has neither an image nor a build context'),
        (
            "    container_name: one\n  other:\n    image: other\n    container_name: one\n",
            'container name "one" is already in use',
        ),
        (
            "    depends_on: [other]\n  other: {image: other, depends_on: [web]}\n",
            "dependency cycle detected",
        ),
    ],
)
def test_what_is_wrong_is_refused(more: str, said: str, tmp_path: Path) -> None:
    """The message names the service and the thing; the same file without the line is read."""
    assert project(*written(tmp_path, SERVICE))["services"]["web"]["image"] == "web:1"
    with pytest.raises(Refused, match=said):
        project(*written(tmp_path, SERVICE + more))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """Its name is said; so is that none was named at all."""
    with pytest.raises(Refused, match=r"gone\.yml"):
        project(tmp_path / "gone.yml")
    with pytest.raises(Refused, match="one at least"):
        project()


def test_a_file_is_laid_over_the_one_before(tmp_path: Path) -> None:
    """Mappings are merged, lists appended, and a command replaced: `13-merge.md`."""
    first = "    environment: {A: a, B: b}\n    expose: ['1']\n    command: [old]\n"
    second = "services:\n  web:\n    environment: {B: c}\n    expose: ['2']\n    command: [new]\n"
    web = project(*written(tmp_path, SERVICE + first, second))["services"]["web"]
    assert web["image"] == "web:1"
    assert web["environment"] == {"A": "a", "B": "c"}
    assert web["expose"] == ["1", "2"]
    assert web["command"] == ["new"]


def test_what_a_file_takes_away(tmp_path: Path) -> None:
    """`!reset` removes what the files before have said, `!override` says it anew."""
    first = "    ports: ['80:80']\n    expose: ['1']\n    environment: {A: a, B: b}\n"
    second = (
        "services:\n  web:\n    ports: !reset []\n    expose: !override ['2']\n"
        "    environment: {A: !reset null}\n"
    )
    files = written(tmp_path, SERVICE + first, second)
    assert project(files[0])["services"]["web"]["ports"][0]["published"] == "80"
    web = project(*files)["services"]["web"]
    assert "ports" not in web
    assert web["expose"] == ["2"]
    assert web["environment"] == {"B": "b"}


def test_profiles(tmp_path: Path) -> None:
    """A service with profiles is there where one of them is asked for, and so is what it uses."""
    more = "  debug:\n    image: debug\n    profiles: [debug]\n    volumes: ['dumps:/dumps']\n"
    files = written(tmp_path, f"{SERVICE}{more}volumes: {{dumps: {{}}}}\n")
    read = project(*files)
    assert set(read["services"]) == {"web"}
    assert "volumes" not in read
    for read in (
        project(*files, profiles=["debug", "else"]),
        project(*files, env={"COMPOSE_PROFILES": "debug"}),
    ):
        assert set(read["services"]) == {"web", "debug"}
        assert set(read["volumes"]) == {"dumps"}


def test_variables(tmp_path: Path) -> None:
    """The environment's come before the file's, a default after both; `$$` is a dollar."""
    text = "    labels: {a: '${A:-x}', b: '${B:-x}', c: '${C:-x}', d: $$A, e: '${A:+set}'}\n"
    env_file = tmp_path / "some.env"
    env_file.write_text("A=file\nB=file of ${A}\n")
    read = project(*written(tmp_path, SERVICE + text), env={"A": "own"}, env_file=env_file)
    labels = read["services"]["web"]["labels"]
    assert labels == {"a": "own", "b": "file of own", "c": "x", "d": "$A", "e": "set"}


def test_nothing_of_this_machine_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its environment nor a `.env` beside the file; what is not set is warned of."""
    monkeypatch.setenv("COLOUR", "red")
    (tmp_path / ".env").write_text("COLOUR=green\n")
    files = written(tmp_path, SERVICE + "    environment: {COLOUR: '${COLOUR}'}\n")
    with pytest.warns(Doubted, match=r'"COLOUR\\?" variable is not set'):
        read = project(*files)
    assert read["services"]["web"]["environment"] == {"COLOUR": ""}
    # Read as docker compose reads it, the `.env` counts.
    read = project(*files, env={"COMPOSE_DISABLE_ENV_FILE": "false"})
    assert read["services"]["web"]["environment"] == {"COLOUR": "green"}


def test_a_service_s_own_env_file(tmp_path: Path) -> None:
    """It becomes a part of the environment, which says more; variables are those of the project."""
    (tmp_path / "web.env").write_text("A=file\nB=of ${OWN}\n")
    text = "    env_file: [web.env]\n    environment: {A: own}\n"
    web = project(*written(tmp_path, SERVICE + text), env={"OWN": "mine"})["services"]["web"]
    assert web["environment"] == {"A": "own", "B": "of mine"}
    assert "env_file" not in web


def test_relative_paths(tmp_path: Path) -> None:
    """They are the first file's, also in a file elsewhere that is laid over it, or as told."""
    over = tmp_path / "other" / "over.yml"
    over.parent.mkdir()
    over.write_text("services:\n  web:\n    volumes: ['./here:/there']\n")
    files = [*written(tmp_path, SERVICE), over]
    for read, folder in (
        (project(*files), tmp_path),
        (project(*files, directory=over.parent), over.parent),
    ):
        assert read["services"]["web"]["volumes"][0]["source"] == str(folder / "here")
