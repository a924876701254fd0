"""One round of the checker: asks due websites, each at its own pace, until nothing is due or the time is over.

Everything about order and time happens in one thread; a few others only carry requests out and know no database. Each
website has a turn: one request at a time, and the next one not before ``PACE`` seconds after the last has ended. A
redirect to another website waits for the turn of that one. Time comes from ``core.clock``; ``Waiting`` is what lets
tests and measurements skip idle hours.
"""

import heapq
import logging
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from time import sleep
from typing import Any

from hub.core import clock
from hub.core.tokens import new_token
from hub.linkcare import robots, store
from hub.linkcare.outcomes import DOUBTFUL, Outcome
from hub.linkcare.store import Due, Held, Result
from hub.linkcare.talking import Ask, Found, Reply, Rules, Talk, origin_of, talk

log = logging.getLogger("hub.linkcare")
PACE = 5.0
WIDTH, MOST_HOSTS = 8, 500
MOST_SECONDS = 480
WRITE_EVERY, RENEW_EVERY, FILL_EVERY = timedelta(seconds=2), timedelta(seconds=20), timedelta(seconds=30)
GUEST_WAIT, GUEST_TRIES = timedelta(seconds=20), 5
PATIENCE_UNASKED, LONGEST_PATIENCE = timedelta(hours=1), timedelta(days=7)
# The hub's own network: so many websites newly lost, and hardly any that answer.
LOOKED_AT, LOST_LEAST, LOST_PER_ANSWER = 20, 8, 4
WITNESSES = 3
PAUSE, SLACK = timedelta(minutes=30), timedelta(minutes=2)
Answer = tuple[Reply, datetime]
Waiting = Callable[[set["Future[Answer]"], timedelta], object]


class Adrift(Exception):
    """Our leases have run out unnoticed (the machine slept): somebody else may hold the websites by now."""


def wait_really(pending: set["Future[Answer]"], longest: timedelta) -> None:
    """Wait until a request is answered, or for so long."""
    seconds = max(0.0, longest.total_seconds())
    if pending:
        wait(pending, timeout=seconds, return_when=FIRST_COMPLETED)
    else:
        sleep(min(seconds, 1.0))


@dataclass(slots=True, eq=False)
class Turn:
    """A website in this round. ``links`` are its own due links; one conversation about them at a time."""

    held: Held
    free_at: datetime
    pace: float = PACE
    is_busy: bool = False
    is_lost: bool = False
    was_seen: bool = False
    has_more: bool = True
    paused_until: datetime | None = None
    rules_at: datetime | None = None
    origins: set[str] = field(default_factory=set)
    begun: set[int] = field(default_factory=set)
    links: deque[Due] = field(default_factory=deque)
    queue: deque["Case"] = field(default_factory=deque)
    case: "Case | None" = None


@dataclass(slots=True, eq=False)
class Case:
    """A link under way: its conversation, the next request, how often another website could not be had."""

    due: Due
    home: Turn
    talk: Talk
    ask: Ask
    refusals: int = 0


class Round:
    """Does the due work once; ``ask`` carries a request out, in another thread."""

    def __init__(
        self, ask: Callable[[Ask], Reply], waiting: Waiting = wait_really, seconds: float = MOST_SECONDS
    ) -> None:
        self._ask, self._waiting = ask, waiting
        self._holder = new_token()[:32]
        self._rules = Rules()
        self._turns: dict[str, Turn] = {}
        self._heap: list[tuple[datetime, int, Case]] = []
        self._pending: dict[Future[Answer], tuple[Case, Turn, datetime]] = {}
        self._numbers = count()
        self._results: list[Result] = []
        self._doubts: list[tuple[str, Result]] = []
        self._answers: dict[str, datetime] = {}
        self._seen: deque[bool] = deque(maxlen=LOOKED_AT)
        self._began = self._written = self._renewed = clock.now()
        self._filled = datetime.min.replace(tzinfo=self._began.tzinfo)
        self._deadline = self._began + timedelta(seconds=seconds)
        self._had_witnesses = False
        self.is_paused = False
        self.tried = 0

    def run(self) -> int:
        """How many links were tried. Raises Adrift."""
        with ThreadPoolExecutor(WIDTH, thread_name_prefix="link") as pool:
            try:
                self._work(pool, self._fill)
                if self._doubts and not self.is_paused:
                    self._call_witnesses()
                    self._work(pool, lambda: None)
                self._settle_doubts(is_end=True)
                self._write()
            finally:
                for future in self._pending:
                    future.cancel()
                self._release(list(self._turns.values()))
        return self.tried

    def _work(self, pool: ThreadPoolExecutor, fill: Callable[[], None]) -> None:
        fill()
        while (self._heap or self._pending) and not self.is_paused:
            self._start_due(pool)
            self._waiting(set(self._pending), self._until_next())
            for future in [one for one in self._pending if one.done()]:
                self._take_reply(future)
            self._look_after(fill)

    def _until_next(self) -> timedelta:
        """How long nothing has to be started, nor leases renewed."""
        now = clock.now()
        moments = [self._renewed + RENEW_EVERY]
        if self._heap and len(self._pending) < WIDTH:
            moments.append(self._heap[0][0])
        return max(timedelta(0), min(moments) - now)

    def _look_after(self, fill: Callable[[], None]) -> None:
        now = clock.now()
        if now - self._written >= WRITE_EVERY:
            self._settle_doubts(is_end=False)
            self._write()
            self._release(self._over())
        if now - self._renewed >= RENEW_EVERY:
            if now - self._renewed >= store.LEASE:
                raise Adrift
            store.renew(self._holder)
            self._renewed = now
        if now < self._deadline and now - self._filled >= FILL_EVERY and len(self._turns) < MOST_HOSTS:
            fill()

    # ---- which links ------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Take further websites with due links."""
        self._filled = clock.now()
        for held in store.take_hosts(self._holder, MOST_HOSTS - len(self._turns)):
            if held.name not in self._turns:
                self._begin_next(self._add_turn(held))

    def _add_turn(self, held: Held) -> Turn:
        now = clock.now()
        turn = Turn(held, max(held.free_at or now, now), rules_at=held.rules_at)
        self._turns[held.name] = turn
        self._rules.by_origin |= held.rules
        turn.origins |= held.rules.keys()
        turn.pace = max((robots.delay(rules, PACE) for rules in held.rules.values()), default=PACE)
        return turn

    def _begin_next(self, turn: Turn) -> None:
        """Start with the next due link of a website, if it has one."""
        turn.case = None
        while turn.case is None and clock.now() < self._deadline and turn.paused_until is None:
            if not turn.links and turn.has_more:
                self._find_more(turn)
            if not turn.links:
                return
            self._begin(turn, turn.links.popleft())

    def _find_more(self, turn: Turn) -> None:
        """What was tried is written down first, so that it is not found due again; doubts are left out by number."""
        if turn.begun:
            self._write()
        found = store.find_due(turn.held.id)
        turn.links.extend(due for due in found if due.id not in turn.begun)
        turn.begun |= {due.id for due in found}
        turn.has_more = len(found) == store.LINKS_AT_ONCE

    def _begin(self, turn: Turn, due: Due) -> None:
        conversation = talk(due.known, self._rules)
        try:
            ask = next(conversation)
        except StopIteration as end:
            self._finish(turn, due, end.value)
            return
        turn.case = Case(due, turn, conversation, ask)
        self._put(turn.case, clock.now())

    def _put(self, case: Case, moment: datetime) -> None:
        heapq.heappush(self._heap, (moment, next(self._numbers), case))

    # ---- requests ---------------------------------------------------------------------------------------------------

    def _start_due(self, pool: ThreadPoolExecutor) -> None:
        while self._heap and len(self._pending) < WIDTH and self._heap[0][0] <= clock.now():
            _moment, _number, case = heapq.heappop(self._heap)
            self._start(pool, case)

    def _start(self, pool: ThreadPoolExecutor, case: Case) -> None:
        turn, now = self._turn_for(case), clock.now()
        if turn is None:
            return
        if turn.is_busy:
            turn.queue.append(case)
        elif turn.free_at > now:
            self._put(case, turn.free_at)
        else:
            turn.is_busy = True
            self._pending[pool.submit(self._carry_out, case.ask)] = (case, turn, now)

    def _turn_for(self, case: Case) -> Turn | None:
        """The website of the next request. When it cannot be had now the case waits, and in the end for another day."""
        name = store.host_of(case.ask.url)
        turn = self._turns.get(name)
        if turn is None:
            held = store.take_host(self._holder, name)
            if held is not None:
                turn = self._add_turn(held)
                turn.has_more = False
                return turn
        elif turn.paused_until is None:
            return turn
        case.refusals += 1
        if turn is None and case.refusals <= GUEST_TRIES:
            self._put(case, clock.now() + GUEST_WAIT)
        else:
            self._drop(case)
        return None

    def _drop(self, case: Case) -> None:
        """This link is tried another time."""
        case.talk.close()
        store.postpone([case.due.id])
        self._begin_next(case.home)

    def _carry_out(self, ask: Ask) -> Answer:
        """The answer and the moment it was there; runs in another thread."""
        return self._ask(ask), clock.now()

    def _take_reply(self, future: "Future[Answer]") -> None:
        case, turn, asked_at = self._pending.pop(future)
        reply, now = future.result()
        turn.is_busy = False
        if not reply.error:
            self._answers[turn.held.name] = asked_at
        self._heed(turn, reply, now)
        self._go_on(case, reply)
        turn.free_at = now + timedelta(seconds=self._pace_of(turn, case.ask))
        while turn.queue:
            self._put(turn.queue.popleft(), turn.free_at)

    def _pace_of(self, turn: Turn, ask: Ask) -> float:
        """What the website wants may have been learned this moment."""
        origin = origin_of(ask.url)
        for known in {origin, *turn.origins} & self._rules.by_origin.keys():
            if store.host_of(known) == turn.held.name:
                if known not in turn.origins:
                    turn.origins.add(known)
                    turn.rules_at = clock.now()
                turn.pace = max(turn.pace, robots.delay(self._rules.by_origin[known], PACE))
        return turn.pace

    def _heed(self, turn: Turn, reply: Reply, now: datetime) -> None:
        """Leave a website in peace that asks for it."""
        asked = _patience(reply.headers.get("retry-after", ""), now)
        if reply.status == 429 or (reply.status == 503 and asked):
            turn.paused_until = now + min(asked or PATIENCE_UNASKED, LONGEST_PATIENCE)

    def _go_on(self, case: Case, reply: Reply) -> None:
        try:
            case.ask = case.talk.send(reply)
        except StopIteration as end:
            self._finish(case.home, case.due, end.value)
            self._begin_next(case.home)
        else:
            self._put(case, clock.now())

    # ---- what came of it --------------------------------------------------------------------------------------------

    def _finish(self, turn: Turn, due: Due, found: Found) -> None:
        self.tried += 1
        result, is_lost = Result(due.id, clock.now(), found), found.outcome in DOUBTFUL
        if not turn.was_seen:
            turn.was_seen = True
            self._seen.append(is_lost and not turn.held.is_lost)
        if found.outcome != Outcome.UNTRIED:
            turn.is_lost = is_lost
        if is_lost:
            self._doubts.append((turn.held.name, result))
            self._mind_the_network()
        else:
            self._results.append(result)

    def _mind_the_network(self) -> None:
        """Most websites lost at once: that is not them, it is us."""
        lost = sum(self._seen)
        if lost >= LOST_LEAST and (len(self._seen) - lost) * LOST_PER_ANSWER <= lost:
            log.warning("hardly any website answers; the checker pauses and takes nothing of it for a finding")
            self.is_paused = True

    def _settle_doubts(self, is_end: bool) -> None:
        """A website counts as lost only when another one has answered since; else the try says nothing."""
        waiting = []
        for name, result in self._doubts:
            if not self.is_paused and self._has_answered_since(name, result.at - (SLACK if is_end else timedelta(0))):
                self._results.append(result)
            else:
                waiting.append((name, result))
        self._doubts = [] if is_end else waiting
        if is_end and waiting and (self.is_paused or self._answers or self._had_witnesses):
            for name, _result in waiting:
                self._turns[name].is_lost = self._turns[name].held.is_lost
            store.postpone([result.link_id for _name, result in waiting])
        elif is_end:
            self._results += [result for _name, result in waiting]  # nobody else there who could tell

    def _has_answered_since(self, name: str, moment: datetime) -> bool:
        return any(at >= moment for other, at in self._answers.items() if other != name)

    def _numbers_of(self, doubts: Iterable[tuple[str, Result]]) -> list[int]:
        return [self._turns[name].held.id for name, _result in doubts if name in self._turns]

    def _call_witnesses(self) -> None:
        """At the end nobody was asked any more: ask some that were fine, to know whether the network is."""
        self._settle_doubts(is_end=False)
        if not self._doubts:
            return
        self._write()
        for name, due in store.find_witnesses(WITNESSES, self._numbers_of(self._doubts)):
            held = None if name in self._turns else store.take_host(self._holder, name)
            turn = self._turns.get(name) or (self._add_turn(held) if held else None)
            self._had_witnesses = True
            if turn is not None and turn.case is None:
                turn.has_more = False
                self._begin(turn, due)

    def _write(self) -> None:
        self._written = clock.now()
        if self._results:
            store.keep_results(self._results)
            self._results = []

    def _over(self) -> list[Turn]:
        """Websites where nothing is due and where no link on its way leads; doubts keep theirs to the end."""
        awaited = {store.host_of(case.ask.url) for _moment, _number, case in self._heap}
        awaited |= {name for name, _result in self._doubts}
        turns = self._turns.values()
        return [one for one in turns if not (one.is_busy or one.queue or one.case or one.held.name in awaited)]

    def _release(self, turns: list[Turn]) -> None:
        if not turns:
            return
        store.release(self._holder, [self._told(turn) for turn in turns])
        for turn in turns:
            del self._turns[turn.held.name]

    def _told(self, turn: Turn) -> dict[str, Any]:
        rules = {
            origin: self._rules.by_origin.pop(origin) for origin in turn.origins if origin in self._rules.by_origin
        }
        free_at = clock.now() + timedelta(seconds=turn.pace) if turn.is_busy else turn.free_at
        return {
            "id": turn.held.id,
            "free_at": free_at,
            "paused_until": turn.paused_until,
            "robots": rules or None,
            "robots_at": turn.rules_at if rules else None,
            "is_lost": turn.is_lost if turn.was_seen else turn.held.is_lost,
        }


def _patience(text: str, now: datetime) -> timedelta | None:
    """What Retry-After says, in seconds or as a day; None when it says nothing useful."""
    from email.utils import parsedate_to_datetime

    if text.strip().isdigit():
        return timedelta(seconds=min(int(text.strip()[:9]), int(LONGEST_PATIENCE.total_seconds())))
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(timedelta(0), moment - now) if moment.tzinfo else None
