# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

from ...tools import abc
from ...tools.exact import fraction
from ...tools.periods import period_of

#: the day after all days
FOREVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Method:
    """All parameters of one run, frozen: what is stored, printed and reckoned with."""

    profile_id: int
    profile_name: str
    measure: str
    date_from: date
    date_to: date  # the last day, included
    company_id: int
    company_ids: tuple[int, ...]
    currency_id: int  # 0 where the measure is no money
    decimals: int
    tz: str
    rate_rule: str
    client_key: str
    method: str
    bounds: tuple[float, ...]
    boundary_rule: str
    ties: str
    base: str
    hysteresis: str
    buffer: float
    confirm_runs: int
    new_days: int
    with_xyz: bool
    xyz_period: str
    xyz_bounds: tuple[float, ...]
    xyz_deviation: str
    xyz_fill: str
    with_rfm: bool
    rfm_mode: str
    criteria: tuple[tuple[str, float], ...] = ()
    #: (company, first day, day after the last, rate) for other currencies
    rates: tuple[tuple[int, date, date, str], ...] = field(default=(), repr=False)

    @property
    def parameters(self):
        """The parameters that `tools.abc` knows, with exact bounds."""
        bounds = self.bounds
        if self.method == "fixed":
            # exact: a float product may come to lie above the value that is meant
            unit = 10**self.decimals
            bounds = [fraction("bounds", bound) * unit for bound in bounds]
        return abc.check_parameters(
            self.method,
            bounds or None,
            self.boundary_rule,
            self.ties,
            self.base,
        )

    def to_json(self):
        """What a run keeps of its method."""
        values = asdict(self)
        values["date_from"] = self.date_from.isoformat()
        values["date_to"] = self.date_to.isoformat()
        values["rates"] = [
            [company, first.isoformat(), stop.isoformat(), rate]
            for company, first, stop, rate in self.rates
        ]
        return values

    def is_comparable(self, other):
        """Whether a migration matrix with another run's stored method says anything."""
        return all(
            self.to_json()[name] == _listed(other.get(name))
            for name in (
                "measure", "method", "boundary_rule", "ties", "base", "client_key",
                "currency_id", "company_ids", "bounds", "criteria",
            )
        )  # fmt: skip


def _listed(value):
    return tuple(map(_listed, value)) if isinstance(value, list) else value


class RegulationAbcMethod(models.AbstractModel):
    """Freezes the parameters of a profile for one run. (Reg. C.1)"""

    _name = "regulation.abc.method"
    _description = "Method of an ABC Run"

    @api.model
    def _freeze(self, profile, date_from, date_to):
        """The `Method` of a run of a profile over a period, both days included."""
        companies = profile.company_id | profile.company_ids
        currency = profile._get_value_currency()
        target = profile.currency_id or profile.company_id.currency_id
        return Method(
            profile_id=profile.id,
            profile_name=profile.name,
            measure=profile.measure,
            date_from=date_from,
            date_to=date_to,
            company_id=profile.company_id.id,
            company_ids=tuple(companies.ids),
            currency_id=currency.id or 0,
            decimals=0
            if profile.measure == "order_count"
            else (currency or target).decimal_places,
            tz=self._get_tz(profile.company_id),
            rate_rule=profile.rate_rule,
            client_key=profile.client_key,
            method=profile.method,
            bounds=profile._get_bounds(),
            boundary_rule=profile.boundary_rule,
            ties=profile.ties,
            base=profile.base,
            hysteresis=profile.hysteresis,
            buffer=profile.buffer,
            confirm_runs=profile.confirm_runs,
            new_days=profile.new_days,
            with_xyz=profile.with_xyz,
            xyz_period=profile.xyz_period,
            xyz_bounds=(profile.xyz_bound_x, profile.xyz_bound_y),
            xyz_deviation=profile.xyz_deviation,
            xyz_fill=profile.xyz_fill,
            with_rfm=profile.with_rfm,
            rfm_mode=profile.rfm_mode,
            criteria=tuple(
                (line.measure, line.weight) for line in profile.criterion_ids
            ),
            rates=self._get_rates(profile, companies, target, date_from, date_to),
        )

    @api.model
    def _thaw(self, run):
        """The `Method` that a run keeps."""
        values = dict(run.parameters)
        for name in ("date_from", "date_to"):
            values[name] = date.fromisoformat(values[name])
        for name in ("company_ids", "bounds", "xyz_bounds"):
            values[name] = tuple(values[name])
        values["criteria"] = tuple(map(tuple, values["criteria"]))
        values["rates"] = tuple(
            (company, date.fromisoformat(first), date.fromisoformat(stop), rate)
            for company, first, stop, rate in values["rates"]
        )
        return Method(**values)

    @api.model
    def _get_tz(self, company):
        return company.resource_calendar_id.tz or company.partner_id.tz or "UTC"

    @api.model
    def _get_rates(self, profile, companies, target, date_from, date_to):
        """Rates of the companies with another currency, by the days on which they
        hold; none where all have the same."""
        others = companies.filtered(lambda company: company.currency_id != target)
        if not others:
            return ()
        first = date(1900, 1, 1) if profile._needs_history() else date_from
        if profile.rate_rule == "period_end":
            days = [(first, date_to)]
        else:
            changed = self.env.execute_query(
                SQL(
                    "SELECT DISTINCT name FROM res_currency_rate"
                    " WHERE currency_id IN %s AND name > %s AND name <= %s"
                    " ORDER BY name",
                    tuple((others.currency_id | target).ids),
                    first,
                    date_to,
                )
            )
            days = [(day, day) for day in (first, *(row[0] for row in changed))]
        stops = [start for start, _day in days[1:]] + [FOREVER]
        return tuple(
            (company.id, start, stop, self._get_rate(profile, company, target, day))
            for company in others
            for (start, day), stop in zip(days, stops, strict=True)
        )

    @api.model
    def _get_rate(self, profile, company, target, day):
        # the rates of the company that consolidates
        return repr(
            self.env["res.currency"]._get_conversion_rate(
                company.currency_id, target, profile.company_id, day
            )
        )

    @api.model
    def _get_period_starts(self, method):
        """First days of the sub-periods that XYZ looks at, oldest first."""
        step = 3 if method.xyz_period == "quarter" else 1
        starts, year, month = [method.date_from], *_month_of(method.date_from)
        while True:
            index = year * 12 + month - 1 + step
            year, month = divmod(index, 12)
            month += 1
            day = date(year, month, 1)
            if day > method.date_to:
                return starts
            starts.append(day)

    @api.model
    def _get_last_period(self, today, months, rhythm):
        """The last `months` whole months before the rhythm's period of a day."""
        start = period_of(today, "quarter" if rhythm == "quarter" else "month")[0]
        index = start.year * 12 + start.month - 1 - months
        first = date(index // 12, index % 12 + 1, 1)
        return first, start - timedelta(days=1)


def _month_of(day):
    return day.year, day.month
