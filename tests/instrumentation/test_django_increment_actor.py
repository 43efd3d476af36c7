"""An addition to a counter is a record in the log, with who made it."""

import json
from pathlib import Path

from labotel.policy.pseudonyms import Pseudonyms
from labotel.viewer.receiver import Receiver
from running import python

from .test_django_gate_users import PEOPLE, SITE

BODY = """
granted, other = client("g", "add_user"), client("o")
given = {"metric": "orders_total", "value": 3, "labels": {"size": "small"}}
answers = [c.post("/increment", given, content_type="application/json").status_code
           for c in (granted, other, client())]
answers.append(granted.post("/increment", {**given, "value": 0},
                            content_type="application/json").status_code)
labotel.shutdown()
print(json.dumps(answers))
"""


def test_who_added_is_told_by_a_pseudonym(
    receiver: Receiver, environment: dict[str, str], tmp_path: Path
) -> None:
    """One record for what was added, none for what was refused; the user has the permission."""
    (tmp_path / "site_settings.py").write_text(SITE)
    env = environment | {
        "DJANGO_SETTINGS_MODULE": "site_settings", "LABOTEL_INCREMENT_PERMISSION": "auth.add_user",
    }  # fmt: skip
    env["PYTHONPATH"] += f":{tmp_path}"
    assert json.loads(python(PEOPLE + BODY, env)) == [200, 403, 403, 400]
    [record] = [r for r in receiver.logs if "added to" in str(r.body)]
    assert record.body == '3.0 added to orders_total{size="small"}'
    assert record.attributes["enduser.pseudo.id"] == Pseudonyms(b"tests").of("1")
    assert record.attributes["by"] == "user"
