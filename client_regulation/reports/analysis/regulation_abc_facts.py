# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from itertools import product

from odoo import api, models

from ...models.analysis.regulation_abc_line import CLASSES, XYZ_CLASSES
from ...tools.concentration import Concentration
from ...tools.migration import Migration, direction

LETTERS = [key for key, _label in CLASSES]
GRADES = [key for key, _label in XYZ_CLASSES]
#: what is read off the curve: so many per cent of the clients make how much
READING = 20


class RegulationAbcFacts(models.AbstractModel):
    """The figures of R-7, each from what the run has kept. (C.7, C.9)

    Shares are of 1 here, as the workbook wants them.
    """

    _name = "regulation.abc.facts"
    _description = "Figures of an ABC Run"

    @api.model
    def _get_groups(self, run, *kinds):
        return [group for group in run.breakdown or () if group["kind"] in kinds]

    @api.model
    def _has_data(self, run):
        return run.state != "no_data" and bool(run.client_count)

    @api.model
    def _divide(self, part, whole):
        return part / whole if whole else None

    # ------------------------------------------------------------
    # CLASSES
    # ------------------------------------------------------------

    @api.model
    def _get_classes(self, run):
        """A row for A, B and C."""
        found = {}
        for group in self._get_groups(run, "base"):
            found.setdefault(group["class"], []).append(group)
        clients = sum(g["count"] for groups in found.values() for g in groups)
        computed = self.env["regulation.abc.reader"]._get_computed(run)
        rows = []
        for letter in LETTERS:
            groups = found.get(letter, [])
            count = sum(group["count"] for group in groups)
            value = sum(float(group["value"]) for group in groups)
            rows.append(
                {
                    "class": letter,
                    "count": count,
                    "client_share": self._divide(count, clients),
                    "value": value,
                    "value_share": self._divide(value, run.total),
                    "average": self._divide(value, count),
                    "smallest": min(
                        (float(g["smallest"]) for g in groups), default=None
                    ),
                    "largest": max((float(g["largest"]) for g in groups), default=None),
                    "computed": computed.get(letter, (0,))[0],
                }
            )
        return rows

    @api.model
    def _get_borders(self, run):
        """Where the computed classes end on the curve: (letters, clients, value)."""
        computed = self.env["regulation.abc.reader"]._get_computed(run)
        clients = sum(count for count, _value in computed.values())
        total = sum(value for _count, value in computed.values())
        borders, count, value = [], 0, 0.0
        for letter, following in zip(LETTERS, LETTERS[1:], strict=False):
            count += computed.get(letter, (0, 0))[0]
            value += computed.get(letter, (0, 0))[1]
            borders.append(
                {
                    "border": f"{letter}|{following}",
                    "clients": count,
                    "x": self._divide(count, clients),
                    "y": self._divide(value, total),
                }
            )
        return borders

    @api.model
    def _get_grid(self, run):
        """ABC × XYZ: ``{(class, grade or None): (count, value)}``."""
        grid = dict.fromkeys(product(LETTERS, (*GRADES, None)), (0, 0.0))
        for group in self._get_groups(run, "base"):
            key = (group["class"], group["xyz"])
            count, value = grid[key]
            grid[key] = (count + group["count"], value + float(group["value"]))
        return grid

    # ------------------------------------------------------------
    # MIGRATION
    # ------------------------------------------------------------

    @api.model
    def _get_migration(self, run):
        """`Migration` between the former run and this one, its lists as ranges: who
        they are, the lines say. None for a first run."""
        if not run.previous_run_id:
            return None
        matrix = dict.fromkeys(product((*LETTERS, None), repeat=2), 0)
        del matrix[None, None]
        moved = dict.fromkeys(("up", "down", "same", "new", "lost"), 0)
        for group in self._get_groups(run, "base", "negative", "zero", "gone"):
            old, new = group["previous"] or None, group["class"] or None
            if old is new is None:
                continue
            matrix[old, new] += group["count"]
            moved[direction(old, new)] += group["count"]
        return Migration(
            matrix, **{name: range(number) for name, number in moved.items()}
        )

    # ------------------------------------------------------------
    # CONCENTRATION
    # ------------------------------------------------------------

    @api.model
    def _get_dependence(self, run):
        """What the largest client is: key, dependence, mono_client or nothing."""
        if run.cr1 >= 100 * Concentration.ONLY:
            return "mono_client"
        if run.cr1 > 100 * Concentration.DEPENDENT:
            return "dependence"
        return "key" if run.cr1 >= 100 * Concentration.KEY else None

    @api.model
    def _is_flat(self, run):
        """Whether there is no concentration that classes could show."""
        return run.has_gini and run.gini < Concentration.FLAT
