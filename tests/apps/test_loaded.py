"""What is loaded is set apart, and what comes after it is not."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from apps.loaded import set_apart_what_is_loaded


class Ring:
    """Something that only a collection finds to be garbage."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_collections_pass_over_what_is_loaded_and_take_what_comes_later() -> None:
    garbage, loaded = weakref.ref(Ring()), Ring()
    set_apart_what_is_loaded()
    assert garbage() is None, "what is garbage already must not stay"
    assert all(each is not loaded for each in gc.get_objects())
    later = weakref.ref(Ring())
    gc.collect()
    assert later() is None
