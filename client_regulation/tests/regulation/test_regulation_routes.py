# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import RegulationCommon


class RegulationRoutesCommon(RegulationCommon):
    """An edition in force, and what every route is tried with."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.edition = cls._approve(cls._draft())

    @classmethod
    def _soften(cls, *codes):
        """The owner turns steps of the edition to «inform»."""
        steps = cls.edition.step_ids.filtered(lambda step: step.code in codes)
        steps.with_user(cls.owner).write({"gate": "inform"})

    @classmethod
    def _only_facts(cls):
        """What can be known of a deal that comes in late: the fields of S1.2 block,
        everything that asks for a tick only informs."""
        cls._soften(*(set(cls.edition.step_ids.mapped("code")) - {"S1.2", "S3.2"}))

    @classmethod
    def _facts(cls):
        return {"expected_revenue": 5000, "partner_id": cls.partner.id}

    @classmethod
    def _drive(cls, deal, column):
        """Take a deal to a column the way it should go, and finish that stage."""
        for stage in cls.edition.stage_ids.sorted("sequence"):
            deal.stage_id = stage.crm_stage_id
            cls._complete_stage(deal)
            if stage.crm_stage_id == column:
                return deal
        deal.stage_id = column
        return deal

    def _date(self, deals, date):
        """Deals were created, and moved for the last time, on another day."""
        deals.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_last_stage_update = %s"
            " WHERE id IN %s",
            [date, date, tuple(deals.ids)],
        )
        deals.invalidate_recordset()

    def assertAt(self, deal, column, code=None):
        """The deal stands in a column, and the books say the same."""
        deal = deal.sudo()
        deal.invalidate_recordset()
        self.assertEqual(deal.stage_id, column)
        stays = deal.passage_ids.filtered(lambda passage: not passage.left_on)
        self.assertEqual(stays.stage_id.mapped("code"), [code] if code else [])

    def assertRoute(self, move, user=None, column=None, code="S2"):
        """A route is refused while steps lack, and passes once they are done."""
        deal = self._deal(user=user)
        with self.assertRefused("S1.1", "S1.2", deal.name, exception=ValidationError):
            move(deal)
        self.assertAt(deal, self.col_qualify, "S1")
        self._complete_stage(deal)
        move(deal)
        self.assertAt(deal, column or self.col_offer, code)

    def assertWinRoute(self, move):
        """A way of winning meets the steps of every stage before it."""
        deal = self._deal()
        with self.assertRefused("S1.1", "S2.1", "S2.2", "S3.1"):
            move(deal)
        self.assertAt(deal, self.col_qualify, "S1")
        self.assertEqual(deal.won_status, "pending")
        self._drive(deal, self.col_close)
        move(deal)
        self.assertAt(deal, self.col_won)
        self.assertEqual(deal.won_status, "won")


@tagged("post_install", "-at_install")
class TestRegulationRoutes(RegulationRoutesCommon):
    """Whatever route moves a deal on the screen or in code meets the gate. (P3)"""

    # -- the screens -----------------------------------------------------------

    def test_form(self):
        def move(deal):
            with Form(deal, view="crm.crm_lead_view_form") as form:
                form.stage_id = self.col_offer

        self.assertRoute(move)

    def test_form_with_facts_in_the_same_save(self):
        deal = self._deal()
        self._duty(deal, "S1.1").action_done()
        form = Form(deal, view="crm.crm_lead_view_form")
        form.stage_id = self.col_offer
        form.expected_revenue = 900
        with self.assertRefused("S1.2"):
            form.save()
        # what was typed is still there: the missing client is added to it
        form.partner_id = self.partner
        form.save()
        self.assertAt(deal, self.col_offer, "S2")

    def test_kanban_drag(self):
        self.assertRoute(
            lambda deal: deal.web_save(
                {"stage_id": self.col_offer.id}, {"stage_id": {}}
            )
        )
        self.assertRoute(lambda deal: deal.write({"stage_id": self.col_offer.id}))

    def test_kanban_quick_create_in_a_later_column(self):
        self._only_facts()
        Lead = (
            self.env["crm.lead"]
            .with_user(self.seller)
            .with_context(
                default_stage_id=self.col_offer.id, default_team_id=self.team.id
            )
        )
        values = {"name": "Quick", "type": "opportunity"}
        with self.assertRefused("S1.2", "Quick"):
            Lead.web_save(values, {"id": {}})
        [made] = Lead.web_save({**values, **self._facts()}, {"id": {}})
        self.assertAt(Lead.browse(made["id"]), self.col_offer, "S2")

    def test_list_multi_edit_mixed(self):
        ready, raw = self._deal(name="Ready deal"), self._deal(name="Raw deal")
        self._complete_stage(ready)
        both = ready | raw
        with self.assertRefused("Raw deal", "S1.1") as refusal:
            both.write({"stage_id": self.col_offer.id})
        self.assertNotIn("Ready deal", str(refusal.exception))
        for deal in both:
            self.assertAt(deal, self.col_qualify, "S1")
        self._complete_stage(raw)
        both.web_save_multi([{"stage_id": self.col_offer.id}] * 2, {"stage_id": {}})
        for deal in both:
            self.assertAt(deal, self.col_offer, "S2")

    def test_assignment_of_a_value_to_several(self):
        deals = self._deal(name="One") | self._deal(name="Two")
        with self.assertRefused("One", "Two"):
            deals.stage_id = self.col_offer
        for deal in deals:
            self._complete_stage(deal)
        deals.stage_id = self.col_offer
        for deal in deals:
            self.assertAt(deal, self.col_offer, "S2")

    def test_several_from_different_stages(self):
        near, far = self._deal(name="Near"), self._deal(name="Far")
        self._complete_stage(far)
        far.stage_id = self.col_offer
        self._complete_stage(far)
        with self.assertRefused("Near", "S1.1", "S2.1") as refusal:
            (near | far).stage_id = self.col_close
        self.assertNotIn("Far", str(refusal.exception))
        far.stage_id = self.col_close
        self.assertAt(far, self.col_close, "S3")

    # -- creation --------------------------------------------------------------

    def test_create_in_a_later_stage(self):
        with self.assertRefused("S1.1", "S1.2", "has not gone through"):
            self._deal(stage_id=self.col_offer.id)
        with self.assertRefused("S1.1"):
            self._deal(stage_id=self.col_offer.id, **self._facts())
        self._only_facts()
        with self.assertRefused("S1.2"):
            self._deal(stage_id=self.col_close.id)
        deal = self._deal(stage_id=self.col_close.id, **self._facts())
        self.assertAt(deal, self.col_close, "S3")
        self.assertEqual(deal.regulation_id, self.edition)
        self.assertEqual(
            deal.sudo().regulation_deviation_ids.mapped("kind"), ["skipped"] * 2
        )

    def test_create_won(self):
        with self.assertRefused("S1.1", "S3.1"):
            self._deal(stage_id=self.col_won.id, **self._facts())
        self._only_facts()
        deal = self._deal(stage_id=self.col_won.id, **self._facts())
        self.assertAt(deal, self.col_won)
        self.assertEqual(deal.won_status, "won")

    def test_create_several_at_once(self):
        self._only_facts()
        Lead = self.env["crm.lead"].with_user(self.seller)
        base = {"type": "opportunity", "team_id": self.team.id}
        late = {**base, "stage_id": self.col_offer.id}
        with self.assertRefused("Bad") as refusal:
            Lead.create(
                [{**late, **self._facts(), "name": "Good"}, {**late, "name": "Bad"}]
            )
        self.assertNotIn("Good", str(refusal.exception))
        deals = Lead.create(
            [{**base, "name": "First"}, {**late, **self._facts(), "name": "Second"}]
        )
        self.assertAt(deals[0], self.col_qualify, "S1")
        self.assertAt(deals[1], self.col_offer, "S2")

    def test_create_archived_and_unarchive(self):
        deal = self._deal(active=False, stage_id=self.col_offer.id)
        self._date(deal, "2999-01-01")  # after the approval, which has no such day
        self.assertFalse(deal.passage_ids)
        with self.assertRefused("S1.1", "S1.2"):
            deal.action_unarchive()

    def test_duplicate(self):
        deal = self._deal()
        self._drive(deal, self.col_offer)
        twin = deal.copy()
        self.assertAt(twin, self.col_qualify, "S1")
        self.assertEqual(twin.regulation_id, self.edition)
        self.assertEqual(len(twin.passage_ids), 1)
        self.assertEqual(self._duty(twin, "S1.1").state, "open")
        with self.assertRefused("S1.1"):
            deal.copy({"stage_id": self.col_offer.id})
        self._only_facts()
        late = deal.copy({"stage_id": self.col_offer.id})
        self.assertAt(late, self.col_offer, "S2")

    def test_no_edition_by_default_values(self):
        """Defaults of the context or of a user are no way to be pinned elsewhere."""
        lax = self._draft(name="Nobody signed this")
        Lead = self.env["crm.lead"].with_user(self.seller)
        for name, value in (
            ("regulation_id", lax.id),
            ("regulation_compliance", 100.0),
            ("regulation_hold_until", "2999-01-01"),
        ):
            deal = Lead.with_context(**{f"default_{name}": value}).create(
                {"name": "By default", "type": "opportunity", "team_id": self.team.id}
            )
            self.assertAt(deal, self.col_qualify, "S1")
            self.assertEqual(deal.regulation_id, self.edition)
            self.assertFalse(deal.regulation_compliance)
            self.assertFalse(deal.regulation_hold_until)
            with self.assertRefused("S1.1"):
                deal.stage_id = self.col_offer

    # -- won and lost ----------------------------------------------------------

    def test_action_set_won(self):
        self.assertWinRoute(lambda deal: deal.action_set_won())

    def test_action_set_won_rainbowman(self):
        self.assertWinRoute(lambda deal: deal.action_set_won_rainbowman())

    def test_drag_to_the_won_column(self):
        self.assertWinRoute(lambda deal: deal.write({"stage_id": self.col_won.id}))

    def test_won_from_the_lost(self):
        deal = self._deal()
        deal.action_set_lost(lost_reason_id=self.lost_reason.id)
        with self.assertRefused("S1.1", "S3.1"):
            deal.action_set_won()
        self.assertEqual(deal.won_status, "lost")
        with self.assertRefused("S1.1"):
            deal.stage_id = self.col_won
        self.assertFalse(deal.active)

    def test_won_column_that_is_a_stage(self):
        """The steps of the won column itself do not gate, and are still owed."""
        edition = self._approve(
            self._draft(
                name="With a stage for the won",
                scope_ids=[Command.create({"team_id": self.free_team.id})],
                stage_ids=[
                    Command.create(
                        self._stage(code, name, column, [self._step(f"{code}.1", role)])
                    )
                    for code, name, column, role in (
                        ("S1", "Qualify", self.col_qualify, self.role_sm),
                        ("S2", "Hand over", self.col_won, self.role_sm),
                    )
                ],
            )
        )
        deal = self._deal(user=self.other, team_id=self.free_team.id)
        self.assertEqual(deal.regulation_id, edition)
        with self.assertRefused("S1.1") as refusal:
            deal.action_set_won()
        self.assertNotIn("S2.1", str(refusal.exception))
        self._duty(deal, "S1.1").action_done()
        deal.action_set_won()
        self.assertAt(deal, self.col_won, "S2")
        self.assertEqual(deal.won_status, "won")
        deal.write({"probability": 100, "partner_id": self.partner.id})
        self._duty(deal, "S2.1").action_done()
        self.assertEqual(deal.regulation_progress, 100)
        self.assertEqual(len(deal.passage_ids), 2)

    def test_column_taken_away(self):
        deal = self._deal()
        deal.write({"stage_id": False})
        self.assertFalse(deal.stage_id)
        with self.assertRefused("S1.1", "S2.1"):
            deal.stage_id = self.col_close
        self.edition.stage_ids[1].with_user(self.owner).crm_stage_id = False
        deal.stage_id = self.col_qualify
        deal.stage_id = False
        self.assertEqual(len(deal.passage_ids), 1)
        self.assertEqual(deal.passage_ids.stage_id.code, "S1")

    def test_mark_lost_by_the_wizard(self):
        deals = self._deal() | self._deal()
        Wizard = self.env["crm.lead.lost"].with_user(self.seller)
        wizard = Wizard.create({"lead_ids": deals.ids})
        with self.assertRefused("reason", exception=ValidationError):
            wizard.action_lost_reason_apply()
        for deal in deals:
            self.assertAt(deal, self.col_qualify, "S1")
            self.assertTrue(deal.active)
        wizard.lost_reason_id = self.lost_reason
        wizard.action_lost_reason_apply()
        for deal in deals:
            self.assertAt(deal, self.col_qualify)
            self.assertEqual(deal.won_status, "lost")
            self.assertEqual(deal.lost_reason_id, self.lost_reason)
            self.assertEqual(
                set(deal.regulation_duty_ids.mapped("state")), {"cancelled"}
            )

    def test_mark_lost_with_no_chance_left(self):
        """The probability is 0 already when crm archives before it gives the reason."""
        deal = self._deal(probability=0)
        with self.assertRefused("reason"):
            deal.action_set_lost()
        deal.action_set_lost(lost_reason_id=self.lost_reason.id)
        self.assertEqual(deal.won_status, "lost")

    def test_lost_by_plain_writes(self):
        deal = self._deal(probability=30)
        with self.assertRefused("reason"):
            deal.write({"active": False, "probability": 0})
        deal.action_archive()
        with self.assertRefused("reason"):
            deal.probability = 0
        deal.write({"probability": 0, "lost_reason_id": self.lost_reason.id})
        self.assertEqual(deal.won_status, "lost")
        with self.assertRefused("reason"):
            deal.lost_reason_id = False

    def test_restore(self):
        for restore in ("action_restore", "action_unarchive"):
            deal = self._deal()
            self._complete_stage(deal)
            deal.action_set_lost(lost_reason_id=self.lost_reason.id)
            self.assertAt(deal, self.col_qualify)
            getattr(deal, restore)()
            self.assertAt(deal, self.col_qualify, "S1")
            first, second = deal.passage_ids.sorted("id")
            self.assertEqual((first.origin, second.origin), ("entered", "restored"))
            # facts count again, ticks do not
            self.assertEqual(self._duty(deal, "S1.1").state, "open")
            self.assertEqual(self._duty(deal, "S1.2").state, "done")
            with self.assertRefused("S1.1") as refusal:
                deal.stage_id = self.col_offer
            self.assertNotIn("S1.2", str(refusal.exception))

    def test_archive_is_no_way_round(self):
        deal = self._deal(probability=30)
        deal.action_archive()
        self.assertAt(deal, self.col_qualify)
        deal.stage_id = self.col_close  # nobody works on it
        with self.assertRefused("S1.1", "S2.1"):
            deal.action_unarchive()
        with self.assertRefused("S1.1", "S2.1"):
            deal.write({"active": True, "stage_id": self.col_close.id})
        deal.stage_id = self.col_qualify
        deal.action_unarchive()
        self.assertAt(deal, self.col_qualify, "S1")
        self._complete_stage(deal)
        deal.action_archive()
        deal.write({"active": True, "stage_id": self.col_qualify.id})
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        self.assertAt(deal, self.col_offer, "S2")

    # -- type ------------------------------------------------------------------

    def test_type_switch(self):
        deal = self._deal()
        with self.assertRefused("regulated teams", exception=AccessError):
            deal.type = "lead"
        self.assertAt(deal, self.col_qualify, "S1")
        deal.with_user(self.head).sudo().type = "lead"
        self.assertFalse(deal.regulation_id)
        self.assertAt(deal, self.col_qualify)
        self.assertEqual(deal.sudo().regulation_deviation_ids.kind, "left")
        # moved freely as a raw lead, it owes everything when it comes back
        deal.stage_id = self.col_offer
        with self.assertRefused("S1.1", "S1.2"):
            deal.type = "opportunity"
        deal.stage_id = self.col_qualify
        deal.type = "opportunity"
        self.assertAt(deal, self.col_qualify, "S1")
        self.assertEqual(len(deal.passage_ids), 2)
