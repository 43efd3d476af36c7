"""Who may see the pages, by each rule; the visitors are made up, the rule asks nothing else."""

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest

from labotel.export.settings import resolve
from labotel.instrumentation import access
from labotel.instrumentation.access import Access, problems


@dataclass
class Somebody:
    """A visitor; what the rule asked of them is noted."""

    authorization: str = ""
    address: str = "192.0.2.7"
    debug: bool = False
    has: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def may(self, permission: str) -> bool:
        """Tell whether they have it."""
        self.asked.append(permission)
        return permission in self.has


def rule(**settings: Any) -> Access:
    """Return the rule of settings as they are read."""
    return Access.of(resolve(settings, {}, {})[0].values)


def test_by_default_debugging_alone_opens_the_pages() -> None:
    """Nothing set: closed, whatever a visitor brings, unless the application is debugged."""
    everything = Somebody("Bearer sesame", "127.0.0.1", has=frozenset({"lab.see"}))
    assert not rule().allows(everything)
    assert rule().allows(Somebody(debug=True))


def test_a_token_is_enough_to_mean_it() -> None:
    """With a token and no other choice, the token alone counts: not even debugging."""
    assert rule(metrics_token="sesame").allows(Somebody("Bearer sesame"))
    assert not rule(metrics_token="sesame").allows(Somebody(debug=True))


@pytest.mark.parametrize(
    ("header", "let_in"),
    [
        ("Bearer sesame", True),
        ("bearer sesame", True),  # RFC 9110: the scheme in any case
        ("Bearer   sesame", True),  # RFC 6750: one space or more
        ("Bearer Sesame", False),
        ("Bearer sesam", False),
        ("Bearer sesame2", False),
        ("Basic sesame", False),
        ("sesame", False),
        ("Bearer ", False),
        ("Bearer", False),
        ("", False),
        ("Bearer \udcff\u20ac", False),
    ],
)
def test_a_token_is_compared_as_a_whole(header: str, let_in: bool) -> None:
    """By the standards of the header; what is no token at all is a wrong one."""
    assert rule(metrics_token="sesame").allows(Somebody(header)) is let_in


def test_a_token_of_any_letters() -> None:
    """A server gives a header's bytes as Latin-1; a token that was set is UTF-8."""
    sent = "Bearer schlüssel€".encode().decode("latin-1")
    assert rule(metrics_token="schlüssel€").allows(Somebody(sent))


def test_the_time_of_a_comparison_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides are of one length, whatever was sent, and compared as the library does for it."""
    compared: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr(access.hmac, "compare_digest", compare)
    for header in ("", "Bearer", "Bearer s", "Bearer sesame", "Basic sesame", "s" * 999):
        rule(metrics_token="sesame").allows(Somebody(header))
    assert compared == [(32, 32)] * 6


NETWORKS = "10.0.0.0/8,192.0.2.7,2001:db8::/32,::1"


@pytest.mark.parametrize(
    ("address", "let_in"),
    [
        ("10.255.0.1", True),
        ("11.0.0.1", False),
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("2001:db8::5", True),
        ("2001:db9::5", False),
        ("::1", True),
        ("::ffff:10.1.2.3", True),  # RFC 4291: IPv4 on a socket for both families
        ("::ffff:11.1.2.3", False),
        ("", False),  # a unix socket
        ("unix:", False),
        ("10.0.0.1, 11.0.0.1", False),
        ("10.0.0.1:4711", False),
    ],
)
def test_an_address_is_of_a_network_or_not(address: str, let_in: bool) -> None:
    """In both families; what is no address is in no network."""
    there = rule(metrics_access="addresses", metrics_addresses=NETWORKS)
    assert there.allows(Somebody(address=address, debug=True)) is let_in


def test_a_mapped_network_may_be_listed() -> None:
    """Somebody who copied the address from the server's log has it in the mapped form."""
    listed = Access("addresses", addresses=(ip_network("::ffff:10.1.2.3"),))
    assert listed.allows(Somebody(address="::ffff:10.1.2.3"))
    assert not listed.allows(Somebody(address="10.1.2.3"))


def test_a_permission_is_asked_for_by_its_name_and_only_where_it_counts() -> None:
    """Who has it is let in; under other rules nobody is asked, so no session is looked at."""
    there = rule(metrics_access="permission", metrics_permission="lab.see")
    assert there.allows(Somebody(has=frozenset({"lab.see"})))
    assert not there.allows(Somebody(debug=True, has=frozenset({"lab.other"})))
    for other in ({}, {"metrics_token": "x"}, {"metrics_access": "open"},
                  {"metrics_access": "addresses", "metrics_addresses": "::1"}):  # fmt: skip
        somebody = Somebody(has=frozenset({"lab.see"}))
        rule(metrics_permission="lab.see", **other).allows(somebody)
        assert somebody.asked == []


def test_open_is_open() -> None:
    """To everybody."""
    assert rule(metrics_access="open").allows(Somebody(address=""))


@pytest.mark.parametrize("access", ["token", "addresses", "permission"])
def test_a_rule_that_lets_nobody_in_is_a_problem_and_closed(access: str) -> None:
    """It names the setting that is missing; until it is given, the pages stay closed to all."""
    settings, _ = resolve({"metrics_access": access}, {}, {})
    missing = {"token": "metrics_token"}.get(access, f"metrics_{access}")
    (problem,) = problems(settings.values)
    assert problem.startswith(f"{missing} is not given")
    assert repr(access) in problem
    everything = Somebody("Bearer ", "127.0.0.1", True, frozenset({"None", ""}))
    assert not Access.of(settings.values).allows(everything)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"metrics_access": "open"},
        {"metrics_access": "token", "metrics_token": "x"},
        {"metrics_access": "addresses", "metrics_addresses": "::1"},
        {"metrics_access": "permission", "metrics_permission": "lab.see"},
    ],
)
def test_a_whole_rule_is_no_problem(settings: dict[str, str]) -> None:
    """Each with what it needs."""
    assert problems(resolve(settings, {}, {})[0].values) == []
