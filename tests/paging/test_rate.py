"""The bucket: so many at once, so many a second."""

from labotel.pages.rate import Bucket


def test_a_bucket_empties_and_fills() -> None:
    """Two a second: two at once, then each half a second one; unused ones do not pile up."""
    now = [100.0]
    bucket = Bucket(lambda: now[0])
    assert [bucket.wait(2) for _ in range(3)] == [0, 0, 0.5]
    now[0] += 0.5
    assert [bucket.wait(2) for _ in range(2)] == [0, 0.5]
    now[0] += 1000
    assert [bucket.wait(2) for _ in range(3)] == [0, 0, 0.5]


def test_less_than_one_a_second() -> None:
    """One at once, and the next after its time."""
    now = [0.0]
    bucket = Bucket(lambda: now[0])
    assert [bucket.wait(0.1), bucket.wait(0.1)] == [0, 10]
