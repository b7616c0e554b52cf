# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from collections import Counter, defaultdict
from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ...tools.concentration import Concentration
from ...tools.svg_screen_curve import abc_curve, read_curve

LETTERS = ("A", "B", "C")
GRADES = ("X", "Y", "Z", None)
DASH = "–"
#: so many clients the form of a run names
TOP = 10


class RegulationAbcScreen(models.AbstractModel):
    """What the form of a run shows: the curve, and tables whose cells lead to clients.

    Everything comes from the figures that the run keeps, and from one search for the
    largest clients: a run of 400,000 lines opens like one of ten. A table is
    ``{head: [text], rows: [[cell]]}``; a cell has `text` and may have `note`,
    `domain` (of the lines behind it), `record` ([model, id]), `tone` and `strong`.
    """

    _name = "regulation.abc.screen"
    _description = "Screen of an ABC Run"

    curve_chart = fields.Html("ABC Curve", compute="_compute_curve_chart",
                              sanitize=False)  # fmt: skip
    notices = fields.Html(compute="_compute_notices", sanitize=False)
    class_table = fields.Json("Classes", compute="_compute_tables")
    grid_table = fields.Json("ABC × XYZ", compute="_compute_tables")
    migration_table = fields.Json("Migration of Clients", compute="_compute_tables")
    parameter_table = fields.Json("Method in Words", compute="_compute_parameter_table")
    top_table = fields.Json("Largest Clients", compute="_compute_top_table")
    up_count = fields.Integer("Up", compute="_compute_movements")
    down_count = fields.Integer("Down", compute="_compute_movements")
    new_count = fields.Integer("New", compute="_compute_movements")
    reactivated_count = fields.Integer("Reactivated", compute="_compute_movements")
    lost_count = fields.Integer("Lost", compute="_compute_movements")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("breakdown")
    def _compute_movements(self):
        for run in self:
            counts = Counter()
            for group in run.breakdown or ():
                if group["kind"] != "excluded":  # left out, not lost
                    counts[group["movement"]] += group["count"]
            for movement in ("up", "down", "new", "reactivated", "lost"):
                run[f"{movement}_count"] = counts[movement]

    @api.depends("curve", "breakdown")
    @api.depends_context("lang")
    def _compute_curve_chart(self):
        for run in self:
            run.curve_chart = run._draw_curve() if run.curve else False

    def _draw_curve(self):
        counts = Counter()
        for group in self._get_groups("base"):
            counts[group["class"]] += group["count"]
        total = sum(counts.values()) or 1
        labels = {
            "title": self.env._("ABC curve: the largest clients and their share"),
            "clients": self.env._("Clients, % (the largest first)"),
            "value": self.env._("Value, %"),
            "equal": self.env._("If all clients were equal"),
        }
        chart = abc_curve(
            self.curve,
            [(letter, counts[letter] / total) for letter in LETTERS],
            labels,
            lambda share: self._percent(100 * share, 0),
        )
        reading = self.env._(
            "20 %% of the clients make %(share)s of the value.",
            share=self._percent(100 * read_curve(self.curve, 0.2)),
        )
        return Markup("%s<p class='text-muted mb-0'>%s</p>") % (Markup(chart), reading)  # noqa: S704 drawn by us, every text escaped

    @api.depends("has_gini", "gini", "cr1", "is_comparable", "previous_run_id", "state")
    @api.depends_context("lang")
    def _compute_notices(self):
        for run in self:
            run.notices = Markup("").join(
                Markup("<div class='alert alert-%s mb-2' role='alert'>%s</div>")
                % (tone, text)
                for tone, text in run._get_notices()
            )

    def _get_notices(self):
        """What the reader must know before reading on: [(tone, text), …]. (C.4, C.7)"""
        self.ensure_one()
        if self.state == "no_data":
            text = self.env._(
                "No client has a value above zero in this period: there is nothing to "
                "classify. Calculate another period, or look at the measure and the "
                "exclusions of the profile."
            )
            return [("warning", text)]
        notices = []
        if self.has_gini and self.gini < Concentration.FLAT:
            text = self.env._(
                "There is no concentration (Gini %(gini)s): the clients are of about "
                "the same size, and classes say little.",
                gini=formatLang(self.env, self.gini, digits=2),
            )
            notices.append(("warning", text))
        dependence = self._get_dependence()
        if dependence:
            notices.append(dependence)
        if self.previous_run_id and not self.is_comparable:
            text = self.env._(
                "The method has changed since “%(run)s”: movements between classes "
                "are shown, but the two runs are not comparable.",
                run=self.previous_run_id.sudo().name,
            )
            notices.append(("warning", text))
        return notices

    def _get_dependence(self):
        share = self.cr1 / 100
        values = {"share": self._percent(self.cr1)}
        if share >= Concentration.ONLY:
            return "danger", self.env._(
                "The company lives on one client: it makes %(share)s of the value.",
                **values,
            )
        if share > Concentration.DEPENDENT:
            return "warning", self.env._(
                "The company depends on its largest client: it makes %(share)s of the "
                "value.",
                **values,
            )
        if share >= Concentration.KEY:
            return "info", self.env._(
                "The largest client makes %(share)s of the value and is a key client "
                "by size.",
                **values,
            )
        return None

    @api.depends("breakdown", "total", "client_count")
    @api.depends_context("lang")
    def _compute_tables(self):
        for run in self:
            run.class_table = run._get_class_table()
            run.grid_table = run._get_grid_table()
            run.migration_table = run._get_migration_table()

    def _get_class_table(self):
        """Clients and values of each class, and of those outside the base."""
        sums = defaultdict(lambda: [0, Decimal(), None, None])
        for group in self._get_groups():
            kind = group["class"] if group["kind"] == "base" else group["kind"]
            for key in (kind, "all") if group["kind"] == "base" else (kind,):
                found = sums[key]
                found[0] += group["count"]
                found[1] += Decimal(group["value"])
                low, high = Decimal(group["smallest"]), Decimal(group["largest"])
                found[2] = low if found[2] is None else min(found[2], low)
                found[3] = high if found[3] is None else max(found[3], high)
        if not sums:
            return False
        rows = [
            self._get_class_row(letter, sums[letter], sums["all"], self._class(letter))
            for letter in LETTERS
        ]
        total = self._get_class_row(self.env._("Base"), sums["all"], sums["all"], None)
        rows.append([{**cell, "strong": True} for cell in total])
        outside = {
            "zero": (self.env._("Zero"), [["flags", "ilike", "zero"]]),
            "negative": (self.env._("Below zero"), [["flags", "ilike", "negative"]]),
            "excluded": (self.env._("Left out"), [["flags", "=", "excluded"]]),
        }
        rows += [
            self._get_class_row(label, sums[kind], None, domain)
            for kind, (label, domain) in outside.items()
            if kind in sums
        ]
        return {
            "head": [
                self.env._("Class"), self.env._("Clients"), self.env._("Clients, %"),
                self.env._("Value"), self.env._("Value, %"), self.env._("Average"),
                self.env._("Smallest"), self.env._("Largest"),
            ],
            "rows": rows,
        }  # fmt: skip

    def _get_class_row(self, label, found, whole, domain):
        count, value, low, high = found
        share_of_clients = share_of_value = DASH
        if whole and whole[0]:
            share_of_clients = self._percent(100 * count / whole[0])
        if whole and whole[1]:
            share_of_value = self._percent(100 * float(value / whole[1]))
        first = {"text": label, "strong": True}
        if label in LETTERS:
            first["badge"] = label
        clients = {"text": self._number(count)}
        if count and domain:
            clients["domain"] = domain
        amounts = (value / count, low, high) if count else (None,) * 3
        return [
            first,
            clients,
            {"text": share_of_clients},
            {"text": self._money(value) if count else DASH},
            {"text": share_of_value},
            *({"text": self._money(amount)} for amount in amounts),
        ]

    def _get_grid_table(self):
        """How much and how evenly: nine fields and those without a rhythm."""
        cells = defaultdict(lambda: [0, Decimal()])
        for group in self._get_groups("base"):
            found = cells[group["class"], group["xyz"]]
            found[0] += group["count"]
            found[1] += Decimal(group["value"])
        if not any(grade for _letter, grade in cells):
            return False
        whole = sum(value for _count, value in cells.values())
        rows = []
        for letter in LETTERS:
            row = [{"text": letter, "badge": letter, "strong": True}]
            for grade in GRADES:
                count, value = cells[letter, grade]
                share = 100 * float(value / whole) if whole else 0
                row.append(
                    {
                        "text": self._number(count),
                        "note": self._percent(share),
                        "heat": min(share / 50, 1),
                        "domain": [
                            *self._class(letter), ["xyz_class", "=", grade or False],
                        ],
                    }
                    if count
                    else {"text": DASH}
                )  # fmt: skip
            rows.append(row)
        return {
            "head": [
                "", self.env._("X – evenly"), self.env._("Y – unevenly"),
                self.env._("Z – by chance"), self.env._("No rhythm yet"),
            ],
            "rows": rows,
        }  # fmt: skip

    def _get_migration_table(self):
        """Rows: the class before; columns: the class now. (C.9)"""
        counts = Counter()
        for group in self._get_groups():
            if group["kind"] != "excluded":
                counts[group["previous"], group["class"]] += group["count"]
        if not self.previous_run_id:
            return False
        rows = []
        names = {**{letter: letter for letter in LETTERS}, None: DASH}
        for old in names:
            row = [{"text": names[old], "badge": old or "", "strong": True}]
            for new in names:
                count = counts[old, new]
                if old == new or not count:
                    tone = ""
                else:
                    tone = "success" if (new or "D") < (old or "D") else "danger"
                row.append(
                    {
                        "text": self._number(count),
                        "tone": tone,
                        "strong": True,
                        "domain": [
                            *self._class(new), ["previous_class", "=", old or False],
                        ],
                    }
                    if count and (old or new)
                    else {"text": DASH}
                )  # fmt: skip
            rows.append(row)
        return {
            "head": [
                self.env._("from ↓ to →"), "A", "B", "C",
                self.env._("– (no class)"),
            ],
            "rows": rows,
        }  # fmt: skip

    @api.depends_context("lang", "uid")
    @api.depends("state")
    def _compute_top_table(self):
        for run in self:
            run.top_table = run._get_top_table() if run._origin.id else False

    def _get_top_table(self):
        """The largest clients: a search, never the lines of the run."""
        lines = self.env["regulation.abc.line"].search(
            [("run_id", "=", self._origin.id), ("rank", "!=", False)],
            order="rank, id",
            limit=TOP,
        )
        if not lines:
            return False
        return {
            "head": [
                self.env._("Client"), self.env._("Class"), self.env._("Value"),
                self.env._("Share"), self.env._("Cumulative"),
            ],
            "rows": [
                [
                    {
                        "text": f"{line.rank}. {line.partner_name}",
                        "record": ["regulation.abc.line", line.id],
                        "left": True,
                    },
                    {"text": line.final_class or DASH, "badge": line.final_class or ""},
                    {"text": self._money(line.value)},
                    {"text": self._percent(line.share)},
                    {"text": self._percent(line.cumulative_share)},
                ]
                for line in lines
            ],
        }  # fmt: skip

    @api.depends("parameters")
    @api.depends_context("lang")
    def _compute_parameter_table(self):
        for run in self:
            run.parameter_table = {
                "head": [],
                "rows": [
                    [{"text": label, "left": True}, {"text": text, "strong": True}]
                    for label, text in run._get_parameter_texts()
                ],
            }

    def _get_parameter_texts(self):
        """Label and value of every parameter that mattered, as it was. (C.1)"""
        self.ensure_one()
        kept = self.parameters or {}
        if not kept:
            return []
        names = ["measure", "client_key", "method"]
        if kept["method"] in ("cumulative", "count_share"):
            names += ["bounds", "boundary_rule", "ties"]
        elif kept["method"] == "fixed":
            names += ["bounds"]
        if kept["method"] == "cumulative":
            names += ["base"]
        names += ["hysteresis"]
        names += {"buffer": ["buffer"], "confirm": ["confirm_runs"]}.get(
            kept["hysteresis"], []
        )
        if kept["with_xyz"]:
            names += ["xyz_period", "xyz_bounds", "xyz_deviation", "xyz_fill"]
        if kept["with_rfm"]:
            names += ["rfm_mode"]
        names += ["new_days"]
        if kept["rates"]:
            names += ["rate_rule"]
        return [self._get_parameter_text(name, kept[name]) for name in names]

    def _get_parameter_text(self, name, value):
        if name == "bounds":
            low, high = (formatLang(self.env, bound, digits=2) for bound in value)
            return self.env._("Bounds of A and B"), f"{low} / {high}"
        if name == "xyz_bounds":
            low, high = (formatLang(self.env, bound, digits=1) for bound in value)
            return self.env._("Bounds of X and Y, %"), f"{low} / {high}"
        field = self.env["regulation.abc.profile"]._fields[name]
        label = field._description_string(self.env)
        if field.type == "selection":
            return label, dict(field._description_selection(self.env)).get(value, value)
        digits = 0 if value == int(value) else 1
        return label, formatLang(self.env, value, digits=digits)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_ask_approve(self):
        """Say how many cards change, and ask."""
        self.ensure_one()
        self._check_may_approve()
        self._check_approvable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve the Run"),
            "res_model": "regulation.abc.approve",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_run_id": self.id},
        }

    # ------------------------------------------------------------
    # TEXTS
    # ------------------------------------------------------------

    def _get_groups(self, *kinds):
        self.ensure_one()
        return [
            group
            for group in self.breakdown or ()
            if not kinds or group["kind"] in kinds
        ]

    @api.model
    def _class(self, letter):
        return [["final_class", "=", letter or False]]

    @api.model
    def _number(self, value):
        return formatLang(self.env, value, digits=0)

    @api.model
    def _percent(self, value, digits=1):
        return self.env._(
            "%(number)s %%", number=formatLang(self.env, value, digits=digits)
        )

    def _money(self, value):
        """An amount in whole units: tables compare, documents count cents."""
        if value is None:
            return DASH
        digits = 0 if abs(value) >= 1000 else 2
        return formatLang(self.env, float(value), digits=digits)
