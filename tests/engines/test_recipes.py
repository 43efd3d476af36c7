"""What is built, and when it is another engine: a recipe's key is a hash of all of it."""

import shutil
from pathlib import Path

import pytest

from engines import failure, recipes


def test_versions_stand_in_the_files() -> None:
    """The Collector's version stands in its manifest, Loki's and Compose's in a module file."""
    collector, loki = recipes.collector(recipes.MANIFEST), recipes.loki(recipes.LOKI)
    assert f"  version: {collector.version}\n" in recipes.MANIFEST.read_text()
    assert f"github.com/grafana/loki/v3 v{loki.version}\n" in recipes.LOKI.read_text()
    assert f"\ngo {loki.go}\n" in recipes.LOKI.read_text()
    compose, module = recipes.compose(recipes.COMPOSE), recipes.COMPOSE / "go.mod"
    assert f"github.com/compose-spec/compose-go/v2 v{compose.version}\n" in module.read_text()
    assert f"\ngo {compose.go}\n" in module.read_text()


def test_a_changed_manifest_is_another_engine(tmp_path: Path) -> None:
    """With another line in the manifest, the cache has no such Collector."""
    manifest = recipes.MANIFEST.read_text()
    copy = tmp_path / "manifest.yaml"
    copy.write_text(manifest)
    present = recipes.collector(recipes.MANIFEST)
    assert recipes.collector(copy).key == present.key
    copy.write_text(manifest + "# another component\n")
    assert recipes.collector(copy).key != present.key
    assert recipes.collector(copy).key.startswith(f"collector-{present.version}-")


@pytest.mark.parametrize("name", ["go.mod", "main.go"])
def test_a_changed_source_is_another_engine(name: str, tmp_path: Path) -> None:
    """The reader of compose files is built anew when its program or its module file changes."""
    copy = tmp_path / "compose"
    shutil.copytree(recipes.COMPOSE, copy)
    present = recipes.compose(recipes.COMPOSE)
    assert recipes.compose(copy).key == present.key
    with (copy / name).open("a") as file:
        file.write("// another line\n")
    assert recipes.compose(copy).key != present.key


def test_a_changed_flag_is_another_engine() -> None:
    """What the linker writes into a program is part of the key, too."""
    first, second = recipes.prometheus("3.16.0"), recipes.prometheus("3.16.1")
    assert first.key.rsplit("-", 1)[1] != second.key.rsplit("-", 1)[1]


def test_a_manifest_may_quote_and_comment(tmp_path: Path) -> None:
    """YAML allows quotes and comments in `dist`; values of other sections are not taken for its."""
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(
        "other:\n  version: 9.9.9\n"
        'dist:\n  name: "lab"\n\n  version: 1.2.3 # newest\n  output_path: ./out\n'
        "last:\n  version: 8.8.8\n"
    )
    made = recipes.collector(manifest)
    assert (made.version, made.programs, made.steps[1].folder) == ("1.2.3", ("lab",), "./out")


def test_a_manifest_without_a_version_is_named(tmp_path: Path) -> None:
    """The message says which file lacks what."""
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text("dist:\n  name: lab\n")
    with pytest.raises(failure.EngineFailure, match=r"manifest\.yaml: `dist` has no `version`"):
        recipes.collector(manifest)


def test_prometheus_module_version() -> None:
    """Release 3.5.0 of Prometheus is v0.305.0 of its module, as its documentation says."""
    assert recipes.prometheus("3.5.0").steps[0].arguments[-1].endswith("/promtool@v0.305.0")


def test_programs_belong_to_one_engine() -> None:
    """`binary` finds a program by its name alone."""
    programs = [program for engine in recipes.engines() for program in engine.programs]
    assert len(programs) == len(set(programs)) == 7
