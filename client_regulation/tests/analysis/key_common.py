# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo.tests import new_test_user

from .abc_common import AbcCommon

Q1, Q2 = date(2026, 3, 31), date(2026, 6, 30)


class KeyCommon(AbcCommon):
    """Clients of two managers, runs of two quarters.

    Who is who: `seller` has the clients, `stranger` has none of them, `head` leads,
    `director` decides.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")
        cls.stranger = new_test_user(
            cls.env, login="key_stranger",
            groups="sales_team.group_sale_salesman,"
            "client_regulation.client_regulation_group_salesperson",
            company_id=cls.company.id, company_ids=[cls.company.id],
        )  # fmt: skip
        cls.Key = cls.env["regulation.key.client"]
        cls.Fall = cls.env["regulation.class.fall"]
        cls.Signal = cls.env["regulation.churn.signal"]
        cls.Control = cls.env["regulation.key.control"]

    def _approved_run(self, first, last, profile=None):
        run = (profile or self.profile)._run(first, last)
        run.with_user(self.director).action_approve()
        return run

    def _two_quarters(self, before, now):
        """Clients with a value of each quarter; both runs are approved."""
        clients = self.env["res.partner"]
        for number, (first, second) in enumerate(zip(before, now, strict=True), 1):
            client = self._client(f"K{number:02}", user_id=self.seller.id)
            clients += client
            for amount, day in (
                (first, date(2026, 2, 10)),
                (second, date(2026, 5, 10)),
            ):
                if amount:
                    self._invoice(client, amount, day)
        self._approved_run(date(2026, 1, 1), Q1)
        self.run = self._approved_run(date(2026, 4, 1), Q2)
        return clients

    def _keys(self, clients):
        return self.Key.search([("partner_id", "in", clients.ids)])

    def _key(self, client, **vals):
        """An approved key client, for a reason."""
        key = self.Key.create({"partner_id": client.id, **vals})
        key.with_user(self.director).action_approve("Buys for the whole group")
        return key
