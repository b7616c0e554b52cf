# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""What becomes of ABC classes from run to run. (Reg. 3.3)

`assign` holds classes still that would flap, `migrate` says who moved.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from .abc import CLASSES
from .exact import ParameterError, fraction, option, whole

HYSTERESIS = ("off", "buffer", "confirm")


def assign(
    result, previous, hysteresis="buffer", buffer=Fraction(5, 2), runs=2, history=()
):
    """The classes that clients get, which do not flap as computed ones do. (C.8)

    - buffer: who comes up has to be inside of the bound by `buffer` percentage points,
      who goes down outside by as much; each bound on the way counts
    - confirm: a class is given that was computed in `runs` runs in a row

    Who had no class gets the computed one. Who is not in the base gets none: their
    card keeps what it says until a run has a class for them, or a person.

    :param previous: dict of key → class assigned by the last run
    :param history: dicts of key → class computed by the runs before, the latest first
    :return: dict of key → class or None
    """
    option("hysteresis", hysteresis, HYSTERESIS)
    for letter in set(previous.values()):
        if letter:
            option("previous", letter, CLASSES)
    if hysteresis == "off":
        return dict(result.classes)
    if hysteresis == "buffer":
        held = _held_by_buffer(result, previous, fraction("buffer", buffer, 0, 100))
    else:
        held = _held_by_runs(result, previous, whole("runs", runs, 1), history)
    return {**result.classes, **held}


def _held_by_buffer(result, previous, buffer):
    # the best class that a client may keep and the worst that it may be left in
    lenient = result.classes_shifted(buffer)
    strict = result.classes_shifted(-buffer)
    return {
        key: min(max(previous[key], lenient[key]), strict[key])
        for key, computed in result.classes.items()
        if computed and previous.get(key)
    }


def _held_by_runs(result, previous, runs, history):
    earlier = history[: runs - 1]
    return {
        key: previous[key]
        for key, computed in result.classes.items()
        if computed
        and previous.get(key)
        and (
            len(earlier) < runs - 1
            or any(classes.get(key) != computed for classes in earlier)
        )
    }


@dataclass(frozen=True, slots=True)
class Migration:
    """Who moved between two runs. (C.9)

    :param matrix: (class before, class now) → clients, for all classes; None before is
        new, None now is lost
    """

    matrix: dict
    up: list
    down: list
    same: list
    new: list
    lost: list

    @property
    def both(self):
        """How many clients have a class in both runs."""
        return len(self.up) + len(self.down) + len(self.same)

    @property
    def index(self):
        """Net share of clients that moved up; None if there is no client in both."""
        return self._share(len(self.up) - len(self.down))

    @property
    def stability(self):
        """Share of clients that stayed where they were."""
        return self._share(len(self.same))

    def _share(self, clients):
        return Fraction(clients, self.both) if self.both else None


def migrate(previous, current):
    """Compare the classes of two runs.

    :param previous: dict of key → A, B, C or nothing, as is `current`
    """
    matrix = dict.fromkeys(product((*CLASSES, None), repeat=2), 0)
    del matrix[None, None]
    moved = {"up": [], "down": [], "same": [], "new": [], "lost": []}
    for key in dict.fromkeys((*previous, *current)):
        old, new = previous.get(key) or None, current.get(key) or None
        if old is new is None:
            continue
        if (old, new) not in matrix:
            raise ParameterError(
                "unknown_option", name="class", value=(old, new), allowed=CLASSES
            )
        matrix[old, new] += 1
        moved[direction(old, new)].append(key)
    return Migration(matrix, **moved)


def direction(old, new):
    if old is None:
        return "new"
    if new is None:
        return "lost"
    if old == new:
        return "same"
    return "up" if new < old else "down"
