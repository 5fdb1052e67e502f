"""The graphs' working memory on a real SQLite file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import TypedDict

import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph

from agents.errors import Transient
from integrations.checkpoints import Checkpoints


class Counting(TypedDict):
    count: int


def count_once(checkpoints: BaseCheckpointSaver[str], thread: str) -> int:
    graph = StateGraph(Counting)
    graph.add_node("add_one", lambda state: {"count": state["count"] + 1})
    graph.add_edge(START, "add_one")
    graph.add_edge("add_one", END)
    config: RunnableConfig = {"configurable": {"thread_id": thread}}
    compiled = graph.compile(checkpointer=checkpoints)
    known = compiled.get_state(config).values.get("count", 0)
    end: int = compiled.invoke({"count": known}, config, durability="exit")["count"]
    return end


def rows(file: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(file)) as connection:
        checkpoints = connection.execute("SELECT count(*) FROM checkpoints").fetchone()[0]
        writes = connection.execute("SELECT count(*) FROM writes").fetchone()[0]
    return checkpoints, writes


def test_a_thread_is_remembered_after_reopening(tmp_path: Path) -> None:
    for expected in (1, 2, 3):
        checkpoints = Checkpoints(tmp_path / "c.sqlite3")
        assert count_once(checkpoints, "a") == expected
        checkpoints.close()


def test_only_the_newest_checkpoint_of_a_thread_is_kept(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "c.sqlite3")
    for _ in range(5):
        count_once(checkpoints, "a")
        count_once(checkpoints, "b")
    checkpoints.close()
    assert rows(tmp_path / "c.sqlite3") == (2, 0)


def test_many_threads_share_one_instance(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "c.sqlite3")
    ends: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: ends.append(count_once(checkpoints, str(n)))) for n in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    checkpoints.close()
    assert ends == [1] * 100
    assert rows(tmp_path / "c.sqlite3")[0] == 100


def test_processes_that_start_at_once_share_one_file(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from integrations.checkpoints import Checkpoints\n"
        "from tests.integrations.test_checkpoints import count_once\n"
        "c = Checkpoints(Path(sys.argv[1])); [count_once(c, sys.argv[2]) for _ in range(5)]; c.close()"
    )
    file = str(tmp_path / "c.sqlite3")
    running = [
        subprocess.Popen([sys.executable, "-c", program, file, str(n)], stderr=subprocess.PIPE)
        for n in range(3)
    ]
    errors = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors
    assert rows(tmp_path / "c.sqlite3")[0] == 3


def test_a_failed_statement_is_transient_and_leaves_the_file_usable(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "c.sqlite3")
    with pytest.raises(Transient), checkpoints.cursor() as cursor:
        cursor.execute("INSERT INTO nowhere VALUES (1)")
    assert count_once(checkpoints, "a") == 1
    checkpoints.close()


def test_a_file_builds_no_type_that_is_not_known_to_be_safe(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "c.sqlite3")
    stored = checkpoints.serde.dumps_typed(Unsafe())
    checkpoints.close()
    assert not isinstance(checkpoints.serde.loads_typed(stored), Unsafe)


class Unsafe:
    """A type that somebody who can write to the file might name."""

    def __reduce__(self) -> tuple[type[Unsafe], tuple[()]]:
        return Unsafe, ()

    def model_dump(self) -> dict[str, int]:
        return {}
