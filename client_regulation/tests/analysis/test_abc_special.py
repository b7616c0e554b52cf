# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .abc_common import FIRST, LAST
from .abc_data import AbcDataCommon

NEXT = (date(2027, 1, 1), date(2027, 12, 31))
THEN = (date(2028, 1, 1), date(2028, 12, 31))


@tagged("post_install", "-at_install")
class TestAbcSpecial(AbcDataCommon):
    """The special clients of C.4."""

    def _approve(self, profile=None, first=FIRST, last=LAST):
        run = self._run(profile, first, last)
        run.with_user(self.director).action_approve()
        return run

    def _card_classes(self, clients):
        return "".join(client.abc_class or "–" for client in clients)

    # -- zero and negative -----------------------------------------------------

    def test_zero_has_no_class_and_loses_the_one_it_had(self):
        clients = self._clients(900, 100)
        self._approve()
        self.assertEqual(self._card_classes(clients), "AB")
        self._invoice(clients[0], 100, NEXT[0])
        self._invoice(clients[1], 50, NEXT[0])
        self._invoice(clients[1], -50, NEXT[0])
        run = self._approve(None, *NEXT)
        line = self._line(run, clients[1])
        self.assertEqual((line.flags, line.movement), ("zero", "lost"))
        self.assertEqual(self._card_classes(clients), "A–")

    def test_negative_keeps_its_class_until_the_next_run(self):
        clients = self._clients(900, 100)
        self._approve()
        self._invoice(clients[0], 100, NEXT[0])
        self._invoice(clients[1], -50, NEXT[0])
        run = self._approve(None, *NEXT)
        line = self._line(run, clients[1])
        self.assertEqual((line.flags, line.value), ("negative", -50))
        self.assertFalse(line.assigned_class)
        self.assertFalse(line.is_changed)
        self.assertEqual(self._card_classes(clients), "AB")
        # nothing at all in the year after: what was kept ends
        self._invoice(clients[0], 100, THEN[0])
        run = self._approve(None, *THEN)
        self.assertEqual(self._card_classes(clients), "A–")
        self.assertEqual(self._line(run, clients[1]).flags, "lost")

    def test_no_documents_any_more(self):
        clients = self._clients(900, 100)
        self._approve()
        self._invoice(clients[0], 100, NEXT[0])
        run = self._approve(None, *NEXT)
        line = self._line(run, clients[1])
        self.assertEqual((line.flags, line.movement, line.value), ("lost", "lost", 0))
        self.assertEqual(self._card_classes(clients), "A–")
        self._invoice(clients[0], 100, THEN[0])
        self._invoice(clients[1], 100, THEN[0])
        run = self._approve(None, *THEN)
        self.assertEqual(self._line(run, clients[1]).movement, "reactivated")

    # -- new -------------------------------------------------------------------

    def test_new_clients(self):
        young, month, younger, old, known = self._clients(*([100] * 5), day=FIRST)[:5]
        self.env["account.move"].search(
            [("partner_id", "in", (young | month | younger).ids)]
        ).button_draft()
        self._invoice(young, 730, date(2026, 10, 3))  # 89 days
        self._invoice(month, 300, date(2026, 12, 1))  # 30 days
        self._invoice(younger, 300, date(2026, 12, 2))  # 29 days
        self._invoice(old, 1, date(2026, 10, 2))
        self._invoice(known, 50, date(2025, 3, 1))
        run = self._run()
        flags = [self._line(run, c).flags for c in (young, month, younger, old, known)]
        self.assertEqual(flags, ["new", "new", "new", False, False])
        self.assertAlmostEqual(self._line(run, young).annual_value, 730 * 365 / 89, 2)
        self.assertAlmostEqual(self._line(run, month).annual_value, 3650, 2)
        self.assertFalse(self._line(run, younger).annual_value)

    def test_who_returns_is_not_new(self):
        client, _other = self._clients(10, 900, day=date(2024, 1, 1))
        self._invoice(client, 100, date(2026, 12, 1))
        run = self._run()
        self.assertFalse(self._line(run, client).flags)

    def test_credit_note_counts_at_its_own_date(self):
        client, _other = self._clients(100, 50)
        self._invoice(client, -30, NEXT[0])
        self._invoice(client, 70, NEXT[1])
        self.assertEqual(self._line(self._run(), client).value, 100)
        self.assertEqual(self._line(self._run(None, *NEXT), client).value, 40)

    # -- who is left out -------------------------------------------------------

    def test_exclusions_have_reasons(self):
        retail, tagged_one, employee, own, client = self._clients(1, 2, 3, 4, 5)
        tag = self.env["res.partner.category"].create({"name": "Barter"})
        tagged_one.category_id = tag
        self.env["hr.employee"].sudo().create(
            {"name": "Worker", "work_contact_id": employee.id}
        )
        self.env["res.company"].create({"name": "Sister", "partner_id": own.id})
        colleague = new_test_user(self.env, "abc_colleague").partner_id
        self._invoice(colleague, 6)
        profile = self._profile(
            exclusion_ids=[
                Command.create({"partner_id": retail.id, "reason": "Everybody"}),
                Command.create({"category_id": tag.id, "reason": "No money"}),
            ]
        )
        run = self._run(profile)
        lines = run.line_ids.filtered(lambda line: line.flags == "excluded")
        self.assertEqual(
            {line.partner_id: (line.exclusion_reason, line.value) for line in lines},
            {
                retail: ("Everybody", 1),
                tagged_one: ("No money", 2),
                employee: ("Employee", 3),
                own: ("Company of our own", 4),
                colleague: ("Employee", 6),
            },
        )
        self.assertEqual((run.excluded_count, run.excluded_total), (5, 16))
        self.assertEqual(self._classes(run, client), "A")
        self.assertEqual((run.total, run.analysed_difference), (5, 0))
        profile.write({"exclude_companies": False, "exclude_employees": False})
        profile.exclusion_ids.unlink()
        self.assertEqual(self._run(profile).client_count, 6)

    def test_who_is_excluded_later_loses_the_class(self):
        clients = self._clients(900, 100)
        self._approve()
        self.profile.exclusion_ids = [
            Command.create({"partner_id": clients[0].id, "reason": "A friend"})
        ]
        for client in clients:
            self._invoice(client, 100, NEXT[0])
        run = self._approve(None, *NEXT)
        line = self._line(run, clients[0])
        self.assertEqual((line.previous_class, line.movement), ("A", "lost"))
        self.assertEqual(self._card_classes(clients), "–A")

    # -- merged and deleted ----------------------------------------------------

    def _merge(self, kept, *others):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        ids = [kept.id, *(other.id for other in others)]
        wizard._merge(ids, kept, extra_checks=False)
        self.env.invalidate_all()

    def test_merged_partner(self):
        kept, other, third = self._clients(900, 500, 40)
        bare = self._client("Bare")
        run = self._approve()
        self.assertEqual(self._card_classes(kept + other + third), "AAC")
        self.env["regulation.abc.override"].with_user(self.head).create(
            {"partner_id": other.id, "abc_class": "C", "reason": "They pay late"}
        )
        self._merge(kept, other)
        self._merge(bare, third)
        self.assertEqual((kept.abc_class, bare.abc_class), ("A", "C"))
        lines = run.line_ids.sorted("rank")
        self.assertEqual(lines.mapped("partner_name"), ["K01", "K02", "K03"])
        self.assertEqual(lines.mapped("assigned_class"), ["A", "A", "C"])
        self.assertEqual(lines.partner_id, kept | bare)
        self.assertEqual(self.env["regulation.abc.override"].search(
            [("partner_id", "=", kept.id)]
        ).abc_class, "C")  # fmt: skip
        # values moved with the invoices; a client is one line, before and after
        self._invoice(kept, 10, NEXT[0])
        self._invoice(bare, 10, NEXT[0])
        run = self._run(None, *NEXT)
        self.assertEqual(len(run.line_ids), 2)
        self.assertEqual(run.total, 20)
        self.assertEqual(self._line(run, kept).previous_class, "A")
        self.assertEqual(self._line(run, kept).manual_class, "C")

    def test_merged_while_a_run_waits(self):
        kept, other, _third = self._clients(900, 500, 40)
        run = self._run()
        self._merge(kept, other)
        self.assertTrue(run.is_outdated)
        with self.assertRaisesRegex(UserError, "have been merged"):
            run.with_user(self.director).action_approve()
        action = run.with_user(self.director).action_recalculate()
        again = self.env["regulation.abc.run"].browse(action["res_id"])
        again.with_user(self.director).action_approve()
        self.assertEqual(self._line(again, kept).value, 1400)

    def test_merged_and_gone(self):
        kept, other, buyer = self._clients(900, 500, 100)
        self._approve()
        self._merge(kept, other)
        self._invoice(buyer, 10, NEXT[0])
        run = self._run(None, *NEXT)
        self.assertEqual(len(self._line(run, kept)), 1)

    def test_deleted_partner(self):
        clients = self._clients(900, 100)
        run = self._approve()
        self.env["account.move"].search(
            [("partner_id", "=", clients[1].id)]
        ).button_draft()
        self.env["account.move"].search([("partner_id", "=", clients[1].id)]).unlink()
        clients[1].unlink()
        self.env.invalidate_all()
        line = run.line_ids.filtered(lambda line: line.partner_name == "K02")
        self.assertEqual((line.assigned_class, line.value), ("B", 100))
        self.assertFalse(line.partner_id)
        with self.assertRaisesRegex(UserError, "has been deleted"):
            line.action_view_documents()
        self._invoice(clients[0], 10, NEXT[0])
        run = self._approve(None, *NEXT)
        lost = run.line_ids.filtered(lambda line: line.movement == "lost")
        self.assertEqual(lost.mapped("partner_name"), ["K02"])

    # -- whose value it is -----------------------------------------------------

    def test_company_below_a_company(self):
        parent = self._client("Parent")
        branch = self._client("Branch", parent_id=parent.id, vat="BE0477472701")
        office = self._client("Office", parent_id=parent.id, is_company=False)
        self.assertEqual(branch.commercial_partner_id, branch)
        for partner, amount in ((parent, 500), (branch, 400), (office, 100)):
            self._invoice(partner, amount)
        run = self._run()
        self.assertEqual(self._line(run, parent).value, 600)
        self.assertEqual(self._line(run, branch).value, 400)
        branch.holding_id = parent
        run = self._approve(self._leading(client_key="holding"))
        self.assertEqual(run.line_ids.mapped("value"), [1000])
        self.assertEqual(self._card_classes(parent + branch), "AA")
        run = self._run(self._profile(client_key="contact"))
        self.assertEqual(len(run.line_ids), 3)

    def _leading(self, **vals):
        self.profile.is_leading = False
        self.profile.flush_recordset()
        return self._profile(is_leading=True, **vals)

    def test_holdings_have_one_storey(self):
        head, member, other = (self._client(name) for name in ("H", "M", "O"))
        member.holding_id = head
        for client, holding in ((head, other), (other, member), (other, other)):
            with self.subTest(client=client.name), self.assertRaises(ValidationError):
                client.holding_id = holding
        other.holding_id = head
        self._merge(member, head)
        self.assertFalse(member.holding_id)
        self.assertEqual(other.holding_id, member)
        self._merge(member, other)
        self.assertFalse(member.holding_id)

    def test_who_joins_a_holding_gets_its_class(self):
        head, member, other = self._clients(900, 50, 100)
        profile = self._leading(client_key="holding")
        self._approve(profile)
        self.assertEqual(self._card_classes(head + member + other), "ACB")
        member.holding_id = head
        for client, amount in ((head, 900), (member, 50), (other, 100)):
            self._invoice(client, amount, NEXT[0])
        self._approve(profile, *NEXT)
        self.assertEqual(self._card_classes(head + member + other), "AAB")

    def test_who_is_left_out_does_not_count_for_the_holding(self):
        head, member, other = self._clients(100, 900, 90)
        member.holding_id = head
        profile = self._profile(
            client_key="holding",
            exclusion_ids=[
                Command.create({"partner_id": member.id, "reason": "Barter"})
            ],
        )
        run = self._run(profile)
        self.assertEqual(self._line(run, head).value, 100)
        self.assertEqual(self._line(run, member).flags, "excluded")
        self.assertEqual(run.total, 190)
        profile = self._profile(
            client_key="contact",
            exclusion_ids=[
                Command.create({"partner_id": other.id, "reason": "Barter"})
            ],
        )
        buyer = self._client("Buyer", parent_id=other.id, is_company=False)
        self._invoice(buyer, 5)
        run = self._run(profile)
        self.assertEqual(self._line(run, buyer).flags, "excluded")
        self.assertEqual(run.total, 1000)

    def test_all_equal_and_nobody(self):
        clients = self._clients(100, 100, 100)
        run = self._run()
        self.assertEqual(self._classes(run, clients), "AAA")
        self.assertEqual(run.gini, 0)
        run = self._run(None, *NEXT)
        self.assertEqual((run.state, run.breakdown), ("no_data", False))

    def test_back_to_a_former_leading_profile(self):
        clients = self._clients(900, 100, 50)
        first = self.profile
        self._approve(first)
        second = self._leading(measure="ltv")
        newcomer = self._client("Newcomer")
        self._invoice(newcomer, 10, date(2001, 1, 1))
        self._invoice(clients[0], 10, NEXT[0])
        self._approve(second, *NEXT)
        self.assertTrue(newcomer.abc_class)
        second.is_leading = False
        second.flush_recordset()
        first.is_leading = True
        self._invoice(clients[0], 10, THEN[0])
        self._approve(first, *THEN)
        self.assertFalse(newcomer.abc_class)
        self.assertEqual(self._card_classes(clients), "A––")
