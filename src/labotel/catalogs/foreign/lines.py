"""The alerts that ask lines: what no metric says.

A line is looked for as it stands in Loki, one JSON object (docs/pipeline.md), and not read as JSON:
one that was cut would be an error of the whole query, and so no alert. What a program quotes has
its quotes escaped there, so it cannot pass for another program's.
"""

from typing import Final

from labotel.events.catalog import Alert
from labotel.events.panels import Query, logs

_KERNEL: Final = '{job="syslog"} |= `"program":"kernel"`'
_DISK: Final = (
    "I/O error|EXT4-fs error|[Rr]emounting filesystem read-only|XFS .*([Cc]orruption|[Ss]hutdown)"
)
_FILES: Final = "syslog|nginx-access|nginx-error|docker-containers"
"""The jobs of lines that the Collector reads from files, and no application says."""


def _counted(by: str, window: str, *stages: str) -> Query:
    """Ask how many lines there were in the window before, where there were any."""
    selected = "\n    ".join(stages)
    return logs(f"sum by ({by}) (\n  count_over_time(\n    {selected} [{window}]\n  )\n) > 0")


ALERTS: Final = (
    Alert(
        "KernelKilledProcess",
        # The kernel's words (mm/oom_kill.c) where a machine, or a container, has no memory left.
        _counted(
            "host_name, process", "5m", _KERNEL, "|= `Killed process`",
            r"| regexp `Killed process \d+ \((?P<process>[^)]+)\)`",
        ),
        "critical",
        "{{ $labels.host_name }} had no memory left: the kernel killed {{ $labels.process }}",
        for_="0m",
    ),
    Alert(
        "DiskErrors",
        # A drive for disks that people change says so where there is none in it.
        _counted("host_name", "5m", _KERNEL, f"|~ `{_DISK}`", "!~ `dev (fd|sr)[0-9]`"),
        "critical",
        "{{ $labels.host_name }}: {{ $value }} lines of the kernel's tell of a disk that fails",
        for_="0m",
    ),
    Alert(
        "UpstreamUnreachable",
        # nginx's words where it is refused, waits in vain, or has no server left to try.
        _counted(
            "host_name, upstream", "2m", '{job="nginx-error"}', "|= `while connecting to upstream`",
            '| regexp `"upstream":"(?P<upstream>[^"]+)"`',
        ),
        "critical",
        "nginx of {{ $labels.host_name }} reaches nobody at {{ $labels.upstream }}: {{ $value }}"
        " requests in two minutes",
        for_="3m",
    ),
    Alert(
        "CriticalLogged",
        _counted(
            "service_name, service_namespace, deployment_environment_name", "5m",
            f'{{service_name=~".+",job!~"{_FILES}"}}', "| severity_text=`FATAL`",
        ),
        "warning",
        "{{ $labels.service_name }} logged {{ $value }} critical lines in five minutes",
        for_="0m",
    ),
)  # fmt: skip
