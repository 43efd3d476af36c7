"""Rules by Prometheus's own evaluation: promtool feeds series and compares what queries answer."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

from engines import binary

WHO = 'job="lab/web",service_name="web",service_namespace="lab"'


def series(name: str, instance: str, **labels: str) -> str:
    """Return a series of an instance."""
    own = "".join(f',{label}="{value}"' for label, value in labels.items())
    return f'{name}{{{WHO},instance="{instance}"{own}}}'


def holds(
    folder: Path, rules: list[str], values: dict[str, str], answers: dict[str, list[dict[str, Any]]]
) -> None:
    """Have promtool evaluate the rules, and compare what queries answer after 20 m."""
    for number, text in enumerate(rules):
        (folder / f"{number}.yml").write_text(text)
    test = {
        "rule_files": [f"{number}.yml" for number in range(len(rules))],
        "evaluation_interval": "15s",
        "fuzzy_compare": True,  # of numbers: by the last bits of a float
        "tests": [
            {
                "interval": "15s",
                "input_series": [{"series": s, "values": v} for s, v in values.items()],
                "promql_expr_test": [
                    {"expr": query, "eval_time": "20m", "exp_samples": samples}
                    for query, samples in answers.items()
                ],
            }
        ],
    }
    (folder / "test.yml").write_text(yaml.dump(test))
    command = [binary("promtool"), "test", "rules", str(folder / "test.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
