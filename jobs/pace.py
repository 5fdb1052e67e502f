"""How often the jobs look for work, and after what silence a process counts as dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from agents.effects import Worker


@dataclass(frozen=True, slots=True)
class Pace:
    """All in seconds."""

    look: float = 1.0
    """Between two looks into the outbox."""
    dequeue: float = 0.5
    """Between two looks into the queue of jobs."""
    promises: float = 15.0
    """Between two looks for promises that are due."""
    beat: float = 5.0
    """Between two heartbeats."""
    dead_after: float = 30.0
    """Without a heartbeat; the clocks of machines that share a database must agree better than that."""
    hold: float = 60.0
    """For which an effect is given to one process alone, to make a job of it."""
    grace: float = 5.0
    """That running jobs get when the process is told to stop."""

    def alive(self, worker: Worker, now: datetime) -> bool:
        """Whether a worker was heard of recently."""
        return now - worker.beat < timedelta(seconds=self.dead_after)
