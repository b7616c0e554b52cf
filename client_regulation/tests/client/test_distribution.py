# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .test_prospect_import import ProspectCommon


@tagged("post_install", "-at_install")
class TestLeadDistribution(ProspectCommon):
    """Who gets which client. (Reg. 1.2.4)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = new_test_user(
            cls.env, "reg_second", "sales_team.group_sale_salesman", name="Second"
        )
        cls.team.crm_team_member_ids = [Command.create({"user_id": cls.second.id})]
        cls.company.regulation_load_limit = 0

    def _leads(self, count, **vals):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Free {index}",
                    "partner_id": self.env["res.partner"]
                    .create({"name": f"Free {index}", "is_company": True})
                    .id,
                    "team_id": self.team.id,
                    "user_id": False,
                    "type": "opportunity",
                    **vals,
                }
                for index in range(count)
            ]
        )

    def _wizard(self, leads, user=None):
        Wizard = self.env["regulation.distribution"].with_user(user or self.head)
        action = Wizard._open(leads.with_user(user or self.head))
        return Wizard.browse(action["res_id"])

    def test_load_counts_clients_once(self):
        Load = self.env["regulation.load"]
        before = Load._get_loads(self.seller, self.company)[self.seller.id]
        client = self.env["res.partner"].create({"name": "C", "is_company": True})
        for _index in range(3):
            self._deal(partner_id=client.id)
        self._deal(partner_id=False)
        lost = self._deal(partner_id=self.partner.id)
        lost.sudo().active = False
        after = Load._get_loads(self.seller, self.company)[self.seller.id]
        self.assertEqual(after - before, 2)

    def test_lowest_load_first_then_done(self):
        for index in range(2):
            client = self.env["res.partner"].create({"name": f"Old {index}"})
            self._deal(partner_id=client.id)
        leads = self._leads(4)
        wizard = self._wizard(leads)
        chosen = wizard.person_ids.filtered("chosen")
        self.assertEqual(chosen.user_id, self.seller | self.second)
        self.assertIn(self.head, wizard.person_ids.user_id)
        wizard.action_plan()
        counts = {person.user_id: person.after for person in wizard.person_ids}
        self.assertLessEqual(abs(counts[self.seller] - counts[self.second]), 1)
        wizard.action_apply()
        self.assertTrue(all(lead.user_id for lead in leads))
        self.assertEqual(leads.partner_id.user_id, self.seller | self.second)

    def test_nothing_is_done_before_it_is_shown(self):
        leads = self._leads(1)
        wizard = self._wizard(leads)
        wizard.action_apply()
        self.assertTrue(wizard.is_planned)
        self.assertFalse(leads.user_id)

    def test_people_are_told_once(self):
        leads = self._leads(4)
        wizard = self._wizard(leads)
        wizard.action_plan()
        domain = [("subject", "=", "You were given clients")]
        before = self.env["mail.message"].search_count(domain)
        wizard.action_apply()
        self.assertEqual(self.env["mail.message"].search_count(domain) - before, 2)

    def test_limit_leaves_some_without(self):
        self.company.regulation_load_limit = 1
        leads = self._leads(4)
        wizard = self._wizard(leads)
        wizard.action_plan()
        self.assertEqual(wizard.left_count, 2)
        wizard.exceed_limit = True
        wizard.action_plan()
        self.assertEqual(wizard.left_count, 0)
        wizard.action_apply()
        self.assertTrue(all(lead.user_id for lead in leads))

    def test_limit_is_refused_when_given_by_hand(self):
        self.company.regulation_load_limit = 1
        wizard = self._wizard(self._leads(2))
        wizard.action_plan()
        with Form(wizard) as form:
            for index in range(2):
                with form.lead_ids.edit(index) as line:
                    line.user_id = self.seller
        with self.assertRefused("over the limit of 1", "Exceed the Limit"):
            wizard.action_apply()

    def test_strangers_are_refused(self):
        wizard = self._wizard(self._leads(1))
        wizard.action_plan()
        with Form(wizard) as form, form.lead_ids.edit(0) as line:
            line.user_id = self.other
        with self.assertRefused("in no team that you lead", exception=AccessError):
            wizard.action_apply()

    def test_owner_gives_to_everybody(self):
        leads = self._leads(1)
        wizard = self._wizard(leads, self.owner)
        wizard.action_plan()
        wizard.lead_ids.user_id = self.other
        wizard.action_apply()
        self.assertEqual(leads.user_id, self.other)

    def test_salespeople_do_not_distribute(self):
        with self.assertRaises(AccessError):
            self._wizard(self._leads(1), self.seller)

    def test_who_has_a_salesperson_keeps_them(self):
        deal = self._deal()
        with self.assertRefused("have a salesperson already"):
            self._wizard(deal)

    def test_own_person_of_the_client_first(self):
        leads = self._leads(2)
        leads.partner_id.user_id = self.second
        wizard = self._wizard(leads)
        wizard.action_plan()
        self.assertEqual(wizard.lead_ids.user_id, self.second)

    def test_list_is_distributed_by_its_button(self):
        batch = self._upload(self.head, self._row("A"), self._row("B"))
        batch.action_import()
        self.assertEqual(batch.unassigned_count, 2)
        wizard = self.env["regulation.distribution"].with_user(self.head).browse(
            batch.action_distribute()["res_id"]
        )  # fmt: skip
        wizard.action_plan()
        wizard.action_apply()
        self.assertEqual(batch.unassigned_count, 0)
        self.assertEqual(batch.salesperson_ids, self.seller | self.second)
        self.assertTrue(batch.with_user(self.second).name)
