# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dataclasses import fields as dataclass_fields
from datetime import date

from odoo import api, models
from odoo.tools import format_date, formatLang

from ...models.analysis.regulation_abc_method import Method

#: parameters that are told together with another one
TOLD_ELSEWHERE = frozenset(
    {"profile_id", "date_from", "date_to", "company_id", "decimals", "buffer",
     "confirm_runs", "rates"}
)  # fmt: skip


class RegulationAbcWords(models.AbstractModel):
    """The parameters of a run in words of the reader's language. (R-7, C.1)

    Read from what the run has kept, never from its profile, which may have changed.
    """

    _name = "regulation.abc.words"
    _description = "Words of an ABC Run"

    # ------------------------------------------------------------
    # TEXTS
    # ------------------------------------------------------------

    @api.model
    def _get_label(self, name, model="regulation.abc.profile"):
        return self.env[model]._fields[name]._description_string(self.env)

    @api.model
    def _get_option(self, name, value, model="regulation.abc.profile"):
        """The words of one value of a selection."""
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env)).get(value) or value or ""

    @api.model
    def _number(self, value, digits=2):
        """A number without zeros that say nothing."""
        text = formatLang(self.env, value, digits=digits)
        mark = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        point = mark.decimal_point or "."
        return text.rstrip("0").rstrip(point) if point in text else text

    @api.model
    def _percent(self, value, digits=2):
        return f"{self._number(value, digits)} %"

    @api.model
    def _yes(self, value):
        return self.env._("yes") if value else self.env._("no")

    @api.model
    def _period(self, run):
        return self.env._(
            "%(start)s – %(stop)s",
            start=format_date(self.env, run.date_from),
            stop=format_date(self.env, run.date_to),
        )

    # ------------------------------------------------------------
    # PARAMETERS
    # ------------------------------------------------------------

    @api.model
    def _get_parameters(self, run):
        """Label and words of each parameter: ``[(names, label, text)]``.

        A parameter that nobody has words for is given as it stands: none is lost.
        """
        kept = run.parameters or {}
        rows = [
            (("date_from", "date_to"), self.env._("Period"), self._tell_period(run))
        ]
        # JSON has forgotten the order
        order = [part.name for part in dataclass_fields(Method)]
        for name in sorted(
            kept, key=lambda name: (order.index(name) if name in order else 99, name)
        ):
            value = kept[name]
            if name in TOLD_ELSEWHERE:
                continue
            tell = getattr(self, f"_tell_{name}", None)
            if tell:
                label, text = tell(kept, value)
            else:
                label, text = self._tell_other(name, value)
            if text not in (None, ""):
                rows.append(((name,), label, text))
        return rows

    def _tell_period(self, run):
        return self.env._("%(period)s, both days included", period=self._period(run))

    def _tell_other(self, name, value):
        Profile = self.env["regulation.abc.profile"]
        if name not in Profile._fields:
            return name, str(value)
        field = Profile._fields[name]
        if field.type == "selection":
            return self._get_label(name), self._get_option(name, value)
        if field.type == "boolean":
            return self._get_label(name), self._yes(value)
        if field.type in ("integer", "float"):
            return self._get_label(name), self._number(value)
        return self._get_label(name), str(value)

    def _tell_profile_name(self, kept, value):
        return self._get_label("profile_id", "regulation.abc.run"), value

    def _tell_company_ids(self, kept, value):
        # safe: the names of the companies that the run of one's own company counts
        names = self.env["res.company"].sudo().browse(value).exists().mapped("name")
        return self.env._("Companies"), ", ".join(names)

    def _tell_currency_id(self, kept, value):
        label = self.env._("Currency")
        currency = self.env["res.currency"].browse(value or []).exists()
        if not currency:
            return label, self.env._("none: the measure is not money")
        return label, self.env._(
            "%(currency)s, %(digits)s decimals",
            currency=currency.name,
            digits=kept["decimals"],
        )

    def _tell_tz(self, kept, value):
        return self.env._("Time Zone of Its Days"), value

    def _tell_rate_rule(self, kept, value):
        text = self._get_option("rate_rule", value)
        if not kept.get("rates"):
            text = self.env._(
                "%(rule)s; not needed: all companies have this currency", rule=text
            )
        return self._get_label("rate_rule"), text

    def _tell_bounds(self, kept, value):
        label = self.env._("Bounds of Classes")
        if kept["method"] == "tangent" or not value:
            return label, self.env._(
                "from the values: A is who has the mean of all or more, B the mean of "
                "the rest or more"
            )
        if kept["method"] == "fixed":
            return label, self.env._(
                "A from %(a)s, B from %(b)s, C below",
                a=self._number(value[0]),
                b=self._number(value[1]),
            )
        words = {"a": self._percent(value[0]), "b": self._percent(value[1])}
        if kept["method"] == "count_share":
            return label, self.env._(
                "A up to %(a)s of the clients, B up to %(b)s, C the rest", **words
            )
        return label, self.env._(
            "A up to %(a)s of the value, B up to %(b)s, C the rest", **words
        )

    def _tell_boundary_rule(self, kept, value):
        text = self._get_option("boundary_rule", value)
        if kept["method"] in ("fixed", "tangent"):
            text = self.env._(
                "%(rule)s; does not matter with this method", rule=text
            )  # fmt: skip
        return self._get_label("boundary_rule"), text

    def _tell_hysteresis(self, kept, value):
        text = self._get_option("hysteresis", value)
        if value == "buffer":
            text = self.env._(
                "%(rule)s: %(points)s percentage points",
                rule=text,
                points=self._number(kept["buffer"]),
            )
        elif value == "confirm":
            text = self.env._(
                "%(rule)s: %(runs)s in a row", rule=text, runs=kept["confirm_runs"]
            )
        return self._get_label("hysteresis"), text

    def _tell_xyz_period(self, kept, value):
        return self._tell_if(kept, "with_xyz", "xyz_period", value)

    def _tell_xyz_deviation(self, kept, value):
        return self._tell_if(kept, "with_xyz", "xyz_deviation", value)

    def _tell_xyz_fill(self, kept, value):
        return self._tell_if(kept, "with_xyz", "xyz_fill", value)

    def _tell_rfm_mode(self, kept, value):
        return self._tell_if(kept, "with_rfm", "rfm_mode", value)

    def _tell_if(self, kept, switch, name, value):
        if not kept[switch]:
            return self._get_label(name), self.env._("not calculated")
        return self._get_label(name), self._get_option(name, value)

    def _tell_xyz_bounds(self, kept, value):
        label = self.env._("Bounds of XYZ")
        if not kept["with_xyz"]:
            return label, self.env._("not calculated")
        return label, self.env._(
            "X up to %(x)s of variation, Y up to %(y)s, Z above",
            x=self._percent(value[0]),
            y=self._percent(value[1]),
        )

    def _tell_criteria(self, kept, value):
        if kept["measure"] != "score":
            return self._get_label("criterion_ids"), None
        return self._get_label("criterion_ids"), "; ".join(
            self.env._(
                "%(measure)s: %(weight)s",
                measure=self._get_option("measure", measure),
                weight=self._percent(weight),
            )
            for measure, weight in value
        )

    # ------------------------------------------------------------
    # HEAD OF THE PAGES
    # ------------------------------------------------------------

    @api.model
    def _get_method_line(self, run):
        """Measure, method and boundary rule in one line, for the head of each page."""
        kept = run.parameters or {}
        if not kept:
            return ""
        rule, bound = self._tell_boundary_rule(kept, kept["boundary_rule"])
        return self.env._(
            "%(measure)s. %(method)s: %(bounds)s. %(rule)s: %(bound)s.",
            measure=self._get_option("measure", kept["measure"]),
            method=self._get_option("method", kept["method"]),
            bounds=self._tell_bounds(kept, kept["bounds"])[1],
            rule=rule,
            bound=bound,
        )

    @api.model
    def _get_rates(self, run):
        """Rates that the run has used, as rows."""
        companies = self.env["res.company"].sudo()  # safe: their names, as above
        return [
            {
                "company": companies.browse(company).name,
                "first": date.fromisoformat(first),
                "stop": None if stop.startswith("9999") else date.fromisoformat(stop),
                "rate": float(rate),
            }
            for company, first, stop, rate in (run.parameters or {}).get("rates", ())
        ]

    # ------------------------------------------------------------
    # DATA CHECK
    # ------------------------------------------------------------

    @api.model
    def _explain_difference(self, run):
        """Why the analysed value need not be what the books say."""
        if not run.currency_id:
            return self.env._(
                "The measure is not money: it is not compared with the books."
            )
        if run.currency_id.is_zero(run.analysed_difference):
            return self.env._(
                "The analysed value is that of the books to the last cent."
            )
        if run.measure == "invoiced":
            return self.env._(
                "Look for entries without an invoice on income accounts, invoice lines "
                "on other accounts, invoices whose accounting date is not their date, "
                "and documents without a client."
            )
        return self.env._(
            "The measure “%(measure)s” is not the income of the period: the "
            "difference says how far it is from it and is not an error.",
            measure=self._get_option("measure", run.measure),
        )
