"""Sends one event with an installed labotel and nothing else, and looks at what arrived."""

from typing import Literal

import labotel
from labotel.viewer.receiver import Receiver


class Probed(labotel.Event, name="wheel.probed", instruments=(labotel.Counter("probes_total"),)):
    """The wheel was tried."""

    kind: Literal["first"]


with Receiver() as receiver:
    labotel.configure(
        service_name="wheel",
        catalogs=[labotel.Catalog("wheel", events=[Probed])],
        endpoint=receiver.endpoint,
        pseudonym_key="probe",
    )
    labotel.emit(Probed(kind="first"))
    assert labotel.shutdown()
    assert receiver.store.total("probes_total", kind="first") == 1
    assert [record.event_name for record in receiver.logs] == ["wheel.probed"]
