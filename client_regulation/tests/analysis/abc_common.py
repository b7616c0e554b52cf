# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
SALES = "sales_team.group_sale_salesman"


class AbcCommon(AccountTestInvoicingCommon):
    """A company with a profile and clients that are invoiced what a test says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref(
            "client_regulation.client_regulation_group_owner"
        )
        cls.company = cls.env.company
        cls.Profile = cls.env["regulation.abc.profile"]
        cls.Profile.search([("is_leading", "=", True)]).is_leading = False
        cls.profile = cls._profile(is_leading=True)
        group = "client_regulation.client_regulation_group_%s"
        cls.seller, cls.head, cls.director = (
            new_test_user(
                cls.env, login=f"abc_{name}", groups=f"{SALES},{group % name}",
                company_id=cls.company.id, company_ids=[cls.company.id],
            )
            for name in ("salesperson", "head", "director")
        )  # fmt: skip

    @classmethod
    def _profile(cls, **vals):
        return cls.Profile.create(
            {"name": "Test profile", "company_id": cls.company.id, "rhythm": "manual",
             "hysteresis": "off", "with_xyz": False, "with_rfm": False, **vals}
        )  # fmt: skip

    @classmethod
    def _client(cls, name, **vals):
        return cls.env["res.partner"].create({"name": name, "is_company": True, **vals})

    @classmethod
    def _invoice(cls, partner, amount, day=date(2026, 6, 15), **vals):
        """A posted invoice, or a credit note for an amount below zero."""
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice" if amount >= 0 else "out_refund",
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "quantity": 1, "price_unit": abs(amount),
                         "tax_ids": [Command.clear()]}
                    )
                ],
                **vals,
            }
        )  # fmt: skip
        move.action_post()
        return move

    @classmethod
    def _clients(cls, *amounts, day=date(2026, 6, 15)):
        """Clients K01, K02 … and what they were invoiced."""
        clients = cls.env["res.partner"]
        for number, amount in enumerate(amounts, 1):
            client = cls._client(f"K{number:02}")
            clients += client
            for part in amount if isinstance(amount, (list, tuple)) else [amount]:
                cls._invoice(client, part, day)
        return clients

    def _run(self, profile=None, first=FIRST, last=LAST):
        return (profile or self.profile)._run(first, last)

    def _line(self, run, client):
        return run.line_ids.filtered(lambda line: line.partner_id == client)

    def _classes(self, run, clients):
        """The computed classes as one word: «AAB–»."""
        return "".join(self._line(run, c).computed_class or "–" for c in clients)
