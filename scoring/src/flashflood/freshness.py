"""How old the features may be, and what happens when they are older."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple


class Freshness(NamedTuple):
    """The limit of a table's age, and which of the two it is for.

    The age is the number of days from the table's last issue day to today: a commit that only
    tidies the table up makes nothing younger. `max_age_days` None: no limit. When the table is
    older, a deployment is `unready`, or else its answers say how old (`feature_table_age_days`).
    """

    max_age_days: int | None = None
    unready_when_older: bool = False

    def _too_old(self, last_day: dt.date, today: dt.date) -> int | None:
        age = (today - last_day).days
        return None if self.max_age_days is None or age <= self.max_age_days else age

    def unready(self, last_day: dt.date, today: dt.date) -> str | None:
        """Why a deployment with this table should get no requests."""
        age = self._too_old(last_day, today)
        if age is None or not self.unready_when_older:
            return None
        return (
            f"the feature table ends on {last_day}, {age} days ago; {self.max_age_days} are allowed"
        )

    def said(self, last_day: dt.date, today: dt.date) -> dict[str, int]:
        """What an answer says about it."""
        age = self._too_old(last_day, today)
        return {} if age is None else {"feature_table_age_days": age}
