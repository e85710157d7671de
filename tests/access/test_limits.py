"""How many wrong tokens an address may show before it is told to wait."""

from datetime import UTC, datetime, timedelta

import pytest

from service.access.limits import Wait, WrongTokens, network_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def waits(wrong: WrongTokens, *addresses: int, at: datetime = NOW) -> list[int]:
    """How many seconds each of them is told to wait, in turn."""
    told = [wrong.another(f"192.0.2.{each}", at) for each in addresses]
    return [wait.seconds if wait else 0 for wait in told]


def test_as_many_as_are_allowed_are_taken_and_the_next_one_has_to_wait():
    assert waits(WrongTokens(3, MINUTE), 1, 1, 1, 1) == [0, 0, 0, 60]


def test_only_the_first_that_has_to_wait_is_news():
    wrong = WrongTokens(1, MINUTE)
    assert [wrong.another("192.0.2.1", NOW) for _ in range(3)] == [None, Wait(60, True), Wait(60, False)]


def test_the_wait_is_what_is_left_of_the_minute_and_never_less_than_a_second():
    wrong = WrongTokens(1, MINUTE)
    assert waits(wrong, 1) == [0]
    assert waits(wrong, 1, at=NOW + timedelta(seconds=20)) == [40]
    assert waits(wrong, 1, at=NOW + timedelta(seconds=59.9)) == [1]


def test_after_the_minute_the_count_starts_again():
    wrong = WrongTokens(1, MINUTE)
    assert waits(wrong, 1, 1) == [0, 60]
    assert waits(wrong, 1, 1, at=NOW + MINUTE) == [0, 60]


def test_a_clock_put_back_locks_nobody_out():
    wrong = WrongTokens(1, MINUTE)
    assert waits(wrong, 1) == [0]
    assert waits(wrong, 1, at=NOW - timedelta(days=1)) == [0]


def test_one_address_does_not_count_for_another():
    assert waits(WrongTokens(1, MINUTE), 1, 2, 1, 2) == [0, 0, 60, 60]


def test_however_many_addresses_there_are_only_so_many_are_kept():
    wrong = WrongTokens(1, MINUTE, addresses=100)
    for each in range(1000):
        wrong.another(f"10.0.{each // 250}.{each % 250}", NOW)
    assert len(wrong._counted) == 100


def test_the_one_counted_longest_makes_room():
    wrong = WrongTokens(1, MINUTE, addresses=2)
    assert waits(wrong, 1, 2, 3) == [0, 0, 0]
    assert waits(wrong, 3, 1) == [60, 0]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (None, "nowhere"),
        ("a unix socket", "nowhere"),
    ],
)
def test_whoever_has_a_network_has_all_of_its_addresses(address, network):
    assert network_of(address) == network
