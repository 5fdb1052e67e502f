"""The graphs' working memory on a real PostgreSQL server."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from agents.errors import Transient
from integrations.postgres_checkpoints import PostgresCheckpoints
from tests.integrations.test_checkpoints import Unsafe, count_once
from tests.postgres import own_database


@pytest.fixture
def url() -> Iterator[str]:
    with own_database() as address:
        yield address


def rows(url: str) -> list[int]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        tables = ("checkpoints", "checkpoint_writes", "checkpoint_blobs")
        counts = [
            connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables
        ]
    engine.dispose()
    return counts


def test_a_thread_is_remembered_after_reopening(url: str) -> None:
    for expected in (1, 2, 3):
        checkpoints = PostgresCheckpoints(url)
        assert count_once(checkpoints, "a") == expected
        checkpoints.close()


def test_only_the_newest_checkpoint_of_a_thread_is_kept(url: str) -> None:
    checkpoints = PostgresCheckpoints(url)
    for _ in range(5):
        count_once(checkpoints, "a")
        count_once(checkpoints, "b")
    checkpoints.close()
    assert rows(url)[:2] == [2, 0]
    assert rows(url)[2] <= 4


def test_many_threads_share_one_instance(url: str) -> None:
    checkpoints = PostgresCheckpoints(url)
    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(lambda n: count_once(checkpoints, str(n)), range(40))) == [1] * 40
    checkpoints.close()
    assert rows(url)[0] == 40


def test_processes_that_start_at_once_make_one_set_of_tables(url: str) -> None:
    program = (
        "import sys; from integrations.postgres_checkpoints import PostgresCheckpoints\n"
        "from tests.integrations.test_checkpoints import count_once\n"
        "c = PostgresCheckpoints(sys.argv[1]); [count_once(c, sys.argv[2]) for _ in range(3)]; c.close()"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, url, str(n)], stderr=subprocess.PIPE)
        for n in range(4)
    ]
    errors = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * 4, errors
    assert rows(url)[0] == 4


def test_a_server_that_is_away_is_transient() -> None:
    with pytest.raises(Transient):
        PostgresCheckpoints("postgresql+psycopg://nobody@127.0.0.1:9/nothing", timeout=0.5)


def test_the_database_builds_no_type_that_is_not_known_to_be_safe(url: str) -> None:
    checkpoints = PostgresCheckpoints(url)
    stored = checkpoints.serde.dumps_typed(Unsafe())
    checkpoints.close()
    assert not isinstance(checkpoints.serde.loads_typed(stored), Unsafe)
