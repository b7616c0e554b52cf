# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command

MONTHS = 24
#: how a year's purchases fall on the months: evenly, unevenly, now and then
RHYTHMS = {
    "even": (1.0, 0.96, 1.05, 1.0, 0.94, 1.03),
    "uneven": (1.3, 0.8, 1.1, 0.75, 1.2, 0.85),
    "chance": (0, 0, 2.2, 0, 3.8, 0),
}


class Buyer(NamedTuple):
    """A client and how it buys.

    :param yearly: what it buys a year
    :param story: what happened: up, down, new, lost, back; months count from the end
        of the last whole quarter
    """

    code: str
    name: str
    seller: str
    yearly: int
    rhythm: str = "uneven"
    story: str = ""


BUYERS = (
    Buyer("northstar", "North Star Foods", "anna", 148000, "even"),
    Buyer("cascade", "Cascade Dairy", "boris", 121000, "uneven"),
    Buyer("sunrise", "", "anna", 96000, "even"),
    Buyer("titan", "Titan Paper Trade", "admin", 74000, "uneven", "down"),
    Buyer("blossom", "Blossom Confectionery", "anna", 61000),
    Buyer("greenvale", "", "admin", 44000, "chance", "up"),
    Buyer("delta", "Delta Beverages", "boris", 39000, "even", "down"),
    Buyer("redwood", "Redwood Kitchens", "boris", 33000, "chance"),
    Buyer("compass", "Compass Logistics", "anna", 28000),
    Buyer("aurora", "", "anna", 24000, "chance", "new"),
    Buyer("maple", "Maple Leaf Tea", "admin", 20000, "even"),
    Buyer("quartz", "Quartz Lighting", "boris", 17500, "uneven", "lost"),
    Buyer("bluefin", "Bluefin Seafood", "anna", 15000, "chance"),
    Buyer("pinehill", "Pine Hill Furniture", "admin", 12500, "uneven", "up"),
    Buyer("vector", "", "admin", 10500, "chance"),
    Buyer("orchard", "Orchard Juices", "boris", 9000, "uneven"),
    Buyer("marble", "Marble Arch Ceramics", "anna", 7600, "chance", "back"),
    Buyer("falcon", "Falcon Sports", "admin", 6400, "uneven", "down"),
    Buyer("polar", "", "admin", 5200, "chance"),
    Buyer("rivera", "Rivera Coffee", "anna", 4300, "chance", "new"),
    Buyer("juniper", "Juniper Pharmacy", "boris", 3500, "chance"),
    Buyer("summit", "Summit Outdoor", "anna", 2700, "chance", "lost"),
    Buyer("walkin", "Walk-in Customers", "admin", 21000, "even"),
)  # fmt: skip


class RegulationAnalysisDemo(models.AbstractModel):
    """Tells the demo story of the base: what clients bought in two years, two approved
    runs, a class set by hand, and a run that waits for the director.

    Used by the demo data alone, and once; without a chart of accounts there is nothing
    to invoice, and nothing happens.
    """

    _name = "regulation.analysis.demo"
    _description = "Demo Story of the Client Base"

    @api.model
    def _tell(self):
        company = self.env.ref("base.main_company")
        self = self.with_context(
            tracking_disable=True, mail_create_nosubscribe=True, mail_notrack=True
        ).with_company(company)
        profile = self.env.ref("client_regulation.abc_profile_invoiced", False)
        if not profile or profile.run_ids or not company.chart_template:
            return
        clients = self._meet()
        profile.exclusion_ids = [
            Command.create(
                {"partner_id": clients["walkin"].id,
                 "reason": "Retail: stands for everybody who pays at the counter"}
            )
        ]  # fmt: skip
        today = self.env["regulation.time"]._get_today(company.id)
        _first, last = self.env["regulation.abc.method"]._get_last_period(
            today, 12, "quarter"
        )
        self._invoice(clients, last, today)
        self._run(profile, clients, last)

    @api.model
    def _meet(self):
        """The clients; those of the deals are there already."""
        demo = self.env["regulation.demo"]
        segments = [
            self.env.ref(f"client_regulation.segment_{name}").id
            for name in ("production", "trade", "services")
        ]
        clients = {}
        for number, buyer in enumerate(BUYERS):
            xmlid = f"client_regulation.res_partner_{buyer.code}_demo"
            client = self.env.ref(xmlid, False)
            if not client:
                client = self.env["res.partner"].create(
                    {
                        "name": buyer.name,
                        "is_company": True,
                        "email": f"office@{buyer.code}.example.com",
                        "phone": f"+1 555-02{number:02}",
                        "client_segment_id": segments[number % 3],
                    }
                )
                demo._record("res_partner_%s_demo", client, [buyer.code])
            if not client.user_id:
                client.user_id = demo._user(buyer.seller)
            clients[buyer.code] = client
        return clients

    @api.model
    def _invoice(self, clients, last, today):
        """Invoices month by month, in the order of their days, as are numbers."""
        start = last + timedelta(days=1) - relativedelta(months=MONTHS)
        sales = []
        for number, buyer in enumerate(BUYERS):
            for month in range(MONTHS + 3):
                factor = RHYTHMS[buyer.rhythm][(month + number) % 6]
                factor *= self._get_factor(buyer.story, month - MONTHS)
                day = start + relativedelta(months=month, days=3 + number % 20)
                if factor and day <= today:
                    amount = round(buyer.yearly / 12 * factor / 10) * 10
                    sales.append((day, clients[buyer.code].id, amount, "out_invoice"))
                    if buyer.code == "blossom" and month % 9 == 4:
                        day += timedelta(days=5)
                        sales.append((day, clients[buyer.code].id, 900, "out_refund"))
        # one client sent back more than it bought
        day = last - timedelta(days=20)
        sales.append((day, clients["juniper"].id, 4800, "out_refund"))
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": move_type,
                    "partner_id": client_id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Packaging", "quantity": 1, "price_unit": amount,
                             "tax_ids": [Command.clear()]}
                        )
                    ],
                }
                for day, client_id, amount, move_type in sorted(sales)
                if day <= today
            ]
        )  # fmt: skip
        moves._post(soft=False)

    @api.model
    def _get_factor(self, story, month):
        """What a story makes of a month; 0 follows the last whole quarter."""
        if story == "up":
            return 2.6 if month >= -8 else 0.6
        if story == "down":
            return 0.25 if month >= -9 else 1.4
        if story == "new":
            return 1.5 if month >= -4 else 0
        if story == "lost":
            return 1.2 if month < -12 else 0
        if story == "back":
            return 1.5 if month < -19 or month >= -3 else 0
        return 1

    @api.model
    def _run(self, profile, clients, last):
        demo = self.env["regulation.demo"]
        head, director = demo._user("helen"), demo._user("sandra")
        for back in (6, 3, 0):
            stop = last + timedelta(days=1) - relativedelta(months=back)
            run = profile.with_user(head)._run(
                stop - relativedelta(months=12), stop - timedelta(days=1)
            )
            if not back or run.state != "calculated":
                continue
            run.with_user(director).action_approve()
            on = demo._worked(fields.Datetime.to_datetime(stop), 4)
            demo._stamp(
                "regulation_abc_run", run.sudo(), approved_on=on, create_date=on
            )
            if back == 3:
                self._set_by_hand(clients["compass"], head)

    @api.model
    def _set_by_hand(self, client, head):
        self.env["regulation.abc.override"].with_user(head).create(
            {
                "partner_id": client.id,
                "abc_class": "A",
                "reason": "Frame contract for two more warehouses is signed; "
                "deliveries begin next quarter",
            }
        )
