# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from contextlib import contextmanager
from datetime import date

from odoo.tools import SQL

from .abc_common import AbcCommon


class AbcDataCommon(AbcCommon):
    """Clients and posted documents by the hundred, past the ORM."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_sale"]

    @classmethod
    def _many(cls, count, name="C"):
        """So many companies, made by one statement."""
        rows = cls.env.execute_query(
            SQL(
                "INSERT INTO res_partner (name, complete_name, active, is_company,"
                " type, autopost_bills)"
                " SELECT %(name)s || n, %(name)s || n, TRUE, TRUE, 'contact', 'ask'"
                "   FROM generate_series(1, %(count)s) n RETURNING id",
                name=name,
                count=count,
            )
        )
        ids = tuple(row[0] for row in rows)
        cls.env.cr.execute(
            SQL("UPDATE res_partner SET commercial_partner_id = id WHERE id IN %s", ids)
        )
        return cls.env["res.partner"].browse(ids)

    @classmethod
    def _post(cls, rows, env=None, company=None, journal=None):
        """Posted invoices and credit notes.

        :param rows: (partner, day, amount without tax as text or number)
        """
        env = env or cls.env
        company = company or cls.company
        env.flush_all()
        partners, days, amounts = zip(*rows, strict=True)
        rows = env.execute_query(
            SQL(
                """
                INSERT INTO account_move (
                       journal_id, currency_id, company_id, state, move_type,
                       auto_post, date, invoice_date, partner_id,
                       commercial_partner_id, amount_untaxed_signed)
                SELECT %(journal)s, %(currency)s, %(company)s, 'posted',
                       CASE WHEN r.amount < 0 THEN 'out_refund'
                            ELSE 'out_invoice' END,
                       'no', r.day, r.day, p.id, p.commercial_partner_id, r.amount
                  FROM unnest(%(partners)s, %(days)s::date[], %(amounts)s::numeric[])
                       AS r (partner_id, day, amount)
                  JOIN res_partner p ON p.id = r.partner_id
             RETURNING id
                """,
                journal=(journal or cls.journal).id,
                currency=company.currency_id.id,
                company=company.id,
                partners=list(partners),
                days=list(days),
                amounts=[str(amount) for amount in amounts],
            )
        )
        env["account.move"].invalidate_model(flush=False)
        return [row[0] for row in rows]

    @classmethod
    def _approved(cls, classes, day, profile=None, **values):
        """An approved run with lines of these classes.

        :param classes: dict of partner id → letter, or (computed, assigned, manual)
        """
        profile = profile or cls.profile
        method = cls.env["regulation.abc.method"]._freeze(
            profile, date(day.year, 1, 1), day
        )
        run = cls.env["regulation.abc.run"].sudo()._begin(profile, method)
        run.write({"state": "approved", **values})
        run.flush_recordset()
        for partner_id, letters in classes.items():
            if not isinstance(letters, tuple):
                letters = (letters, letters, None)
            cls.env.cr.execute(
                SQL(
                    "INSERT INTO regulation_abc_line (run_id, date_to, partner_id,"
                    " partner_name, value, computed_class, assigned_class,"
                    " manual_class)"
                    " VALUES (%s, %s, %s, 'x', 0, %s, %s, %s)",
                    run.id, day, partner_id, *letters,
                )
            )  # fmt: skip
        cls.env["regulation.abc.line"].invalidate_model(flush=False)
        return run

    @classmethod
    def _card(cls, partner, letter, company=None):
        """What a card says, whoever wrote it."""
        cls.env["res.partner"]._set_regulation_class(
            partner, company or cls.company, letter
        )

    @contextmanager
    def _counted(self):
        """Count the statements of a block: a list that gets the number."""
        self.env.flush_all()
        self.env.invalidate_all()
        counter = []
        before = self.env.cr.sql_log_count
        yield counter
        self.env.flush_all()
        counter.append(self.env.cr.sql_log_count - before)
