# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .test_regulation_routes import RegulationRoutesCommon


class RegulationTeamsCommon(RegulationRoutesCommon):
    """A second team under the same edition, a third under one of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, login="reg_colleague", groups="sales_team.group_sale_salesman"
        )
        cls.twin_team, cls.own_team = cls.env["crm.team"].create(
            [
                {"name": "Twin Team", "user_id": cls.head.id, "company_id": False},
                {
                    "name": "Team of Its Own",
                    "user_id": cls.head.id,
                    "company_id": False,
                    "crm_team_member_ids": [
                        Command.create({"user_id": cls.colleague.id})
                    ],
                },
            ]
        )
        cls.columns.team_ids |= cls.twin_team | cls.own_team
        cls.edition = cls._approve(
            cls._draft(
                scope_ids=[
                    Command.create({"team_id": cls.team.id}),
                    Command.create({"team_id": cls.twin_team.id}),
                ]
            )
        )
        cls.own_edition = cls._approve(
            cls._draft(
                name="Rules of their own",
                scope_ids=[Command.create({"team_id": cls.own_team.id})],
            )
        )

    def _lead(self, **vals):
        """A raw lead without any team."""
        return self.env["crm.lead"].create(
            {
                "name": "Raw lead",
                "type": "lead",
                "user_id": False,
                "team_id": False,
                "email_from": "raw@lead.example.com",
                **vals,
            }
        )


@tagged("post_install", "-at_install")
class TestRegulationRoutesTeams(RegulationTeamsCommon):
    """Teams, companies, columns and people change; the books follow. (P3)"""

    # -- teams -----------------------------------------------------------------

    def test_team_with_the_same_edition(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.team_id = self.twin_team
        self.assertAt(deal, self.col_qualify, "S1")
        first, second = deal.passage_ids.sorted("id")
        self.assertTrue(first.left_on)
        self.assertEqual((second.origin, second.team_id), ("moved", self.twin_team))
        self.assertEqual(self._duty(deal, "S1.1").state, "done")  # taken along
        self.assertFalse(deal.sudo().regulation_deviation_ids)
        deal.stage_id = self.col_offer
        self.assertAt(deal, self.col_offer, "S2")

    def test_team_with_the_same_edition_is_no_way_round(self):
        deal = self._deal()
        vals = {"team_id": self.twin_team.id, "stage_id": self.col_offer.id}
        with self.assertRefused("S1.1", "S1.2"):
            deal.write(vals)
        self._complete_stage(deal)
        deal.write(vals)
        self.assertAt(deal, self.col_offer, "S2")

    def test_team_with_another_edition(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.team_id = self.own_team
        self.assertEqual(deal.regulation_id, self.own_edition)
        self.assertAt(deal, self.col_qualify, "S1")
        self.assertEqual(self._duty(deal, "S1.1").state, "done")
        self.assertEqual(
            self._duty(deal, "S1.1").step_id.regulation_id, self.own_edition
        )
        deal.stage_id = self.col_offer
        self.assertAt(deal, self.col_offer, "S2")

    def test_team_with_another_edition_is_no_way_round(self):
        deal = self._deal()
        with self.assertRefused("S1.1", "S1.2"):
            deal.write({"team_id": self.own_team.id, "stage_id": self.col_offer.id})
        deal.team_id = self.own_team
        with self.assertRefused("S1.1", "S1.2"):
            deal.stage_id = self.col_offer
        deal.team_id = self.team
        self.assertEqual(deal.regulation_id, self.edition)
        with self.assertRefused("S1.1", "S1.2"):
            deal.stage_id = self.col_offer

    def test_through_a_parking_column_to_another_team(self):
        deal = self._deal()
        deal.stage_id = self.col_parking
        deal.team_id = self.own_team
        with self.assertRefused("S1.1", "S2.1"):
            deal.stage_id = self.col_close

    def test_parked_from_the_start_and_to_another_team(self):
        """Not yet in any stage, a deal comes under the edition of its new team."""
        deal = self._deal(stage_id=self.col_parking.id)
        self._make_newer(deal)
        self.assertEqual(deal.regulation_id, self.edition)
        self.assertAt(deal, self.col_parking)
        deal.team_id = self.twin_team
        self.assertEqual(deal.regulation_id, self.edition)
        deal.team_id = self.own_team
        self.assertEqual(deal.regulation_id, self.own_edition)
        with self.assertRefused("S1.1"):
            deal.stage_id = self.col_offer
        deal.stage_id = self.col_qualify
        self.assertEqual(deal.passage_ids.stage_id, self.own_edition.stage_ids[0])

    def test_edition_for_every_team(self):
        self.edition.with_user(self.owner).action_repeal()
        everybody = self._approve(
            self._draft(name="For all", scope_ids=[Command.create({})])
        )
        deal = self._deal()
        self.assertEqual(deal.regulation_id, everybody)
        for team in (self.free_team, self.env["crm.team"]):
            deal.team_id = team
            self.assertEqual(deal.regulation_id, everybody)
            self.assertAt(deal, self.col_qualify, "S1")
            with self.assertRefused("S1.1"):
                deal.stage_id = self.col_offer
        self.assertFalse(deal.sudo().regulation_deviation_ids)
        alone = self._deal(user=self.chief, team_id=False)
        self.assertEqual(alone.regulation_id, everybody)

    def test_no_team(self):
        for vals in ({"team_id": False}, {"team_id": self.free_team.id}):
            deal = self._deal()
            with self.assertRefused("regulated teams", exception=AccessError):
                deal.write(vals)
            with self.assertRefused("regulated teams", exception=AccessError):
                deal.write({**vals, "stage_id": self.col_won.id})
            self.assertAt(deal, self.col_qualify, "S1")
            deal.with_user(self.head).sudo().write(vals)
            self.assertAt(deal, self.col_qualify)
            self.assertFalse(deal.regulation_id)
            self.assertFalse(deal.regulation_state)
            [row] = deal.sudo().regulation_deviation_ids
            self.assertEqual(
                (row.kind, row.approved_by_id, row.team_id),
                ("left", self.head, self.team),
            )

    def test_coming_in_from_a_free_team(self):
        deal = self._deal(team_id=self.free_team.id, user_id=False)
        deal.stage_id = self.col_close
        with self.assertRefused("S1.1", "S2.1"):
            deal.team_id = self.team
        deal.stage_id = self.col_qualify
        deal.team_id = self.team
        self.assertAt(deal, self.col_qualify, "S1")

    def test_salesperson_of_another_team(self):
        """Giving a deal to who sells elsewhere changes its team as well."""
        deal = self._deal()
        with self.assertRefused("regulated teams", exception=AccessError):
            deal.user_id = self.other
        self.assertAt(deal, self.col_qualify, "S1")

    # -- companies -------------------------------------------------------------

    def test_company(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        (self.seller | self.head | self.owner).company_ids |= branch
        both = {"allowed_company_ids": [self.company.id, branch.id]}
        deal = self._deal().with_context(**both)
        with self.assertRefused("regulated teams", exception=AccessError):
            deal.company_id = branch
        self.assertAt(deal, self.col_qualify, "S1")
        edition = self._draft(name="Of the branch", company_id=branch.id)
        self.env["regulation.role.assignment"].create(
            {
                "role_id": self.role_leg.id,
                "user_id": self.lawyer.id,
                "company_id": branch.id,
                "date_from": "2020-01-01",
            }
        )
        edition.with_user(self.owner).with_company(branch).with_context(
            allowed_company_ids=[branch.id, self.company.id]
        ).action_approve()
        with self.assertRefused("S1.1", "S1.2"):
            deal.write({"company_id": branch.id, "stage_id": self.col_offer.id})
        deal.company_id = branch
        self.assertEqual(deal.regulation_id, edition)
        self.assertAt(deal, self.col_qualify, "S1")
        stay = deal.passage_ids.sorted("id")[-1]
        self.assertEqual(stay.company_id, branch)
        self.assertEqual(stay.duty_ids.company_id, branch)

    # -- columns ---------------------------------------------------------------

    def test_flagging_a_column_as_won(self):
        deal = self._deal(name="Half way")
        self._complete_stage(deal)
        deal.stage_id = self.col_parking
        column = self.col_parking.with_user(self.owner)
        with self.assertRefused("Half way", "S2.1", "S3.1", "Parking"):
            column.is_won = True
        self.assertFalse(column.is_won)
        self.assertEqual(deal.won_status, "pending")
        deal.stage_id = self.col_qualify
        self._drive(deal, self.col_close)
        deal.stage_id = self.col_parking
        self.assertAt(deal, self.col_parking, "S3")
        column.is_won = True
        self.assertAt(deal, self.col_parking)
        self.assertEqual(deal.won_status, "won")

    def test_deleting_a_column(self):
        with self.assertRefused("S2 Offer", exception=UserError):
            self.col_offer.with_user(self.owner).unlink()
        self.assertTrue(self.col_offer.exists())
        self.col_parking.with_user(self.owner).unlink()

    def test_unmapping_a_column(self):
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        stage = self.edition.stage_ids.filtered(lambda s: s.code == "S2")
        with self.assertRaises(AccessError):
            stage.with_user(self.head).crm_stage_id = False
        stage.with_user(self.owner).crm_stage_id = False
        self.assertAt(deal, self.col_offer)
        deal.stage_id = self.col_close  # what stands in no column gates nothing
        self.assertAt(deal, self.col_close, "S3")
        deal.stage_id = self.col_qualify
        with self.assertRefused("S1.1"):
            deal.stage_id = self.col_close

    # -- people ----------------------------------------------------------------

    def test_change_of_salesperson(self):
        second = new_test_user(
            self.env,
            login="reg_second",
            groups="sales_team.group_sale_salesman",
            tz="Europe/Brussels",
        )
        self.team.crm_team_member_ids = [Command.create({"user_id": second.id})]
        deal = self._deal()
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        deal.with_user(self.owner).user_id = second
        self.assertAt(deal, self.col_offer, "S2")
        self.assertEqual(self._duty(deal.sudo(), "S2.1").user_id, second)
        self.assertEqual(self._duty(deal.sudo(), "S2.2").user_id, self.lawyer)
        [first, stay] = deal.sudo().passage_ids.sorted("id")
        self.assertEqual((first.user_id, stay.user_id), (self.seller, second))
        self.assertEqual(first.duty_ids.user_id, self.seller)  # what is done is done
        with self.assertRefused("S2.1"):
            deal.with_user(second).stage_id = self.col_close
        self._duty(deal.with_user(second), "S2.1")._complete("as agreed")
        with self.assertRaises(AccessError):
            self._duty(deal.sudo(), "S2.3").with_user(self.seller)._complete()

    def test_deal_without_salesperson(self):
        deal = self._deal()
        deal.with_user(self.owner).write({"user_id": False})
        self.assertAt(deal, self.col_qualify, "S1")
        duty = self._duty(deal.sudo(), "S1.1")
        self.assertFalse(duty.user_id)
        deal.with_user(self.owner).write(
            {"user_id": self.seller.id, "team_id": self.team.id}
        )
        self.assertEqual(duty.user_id, self.seller)

    def test_salesperson_leaves(self):
        leaver = new_test_user(
            self.env, login="reg_leaver", groups="sales_team.group_sale_salesman"
        )
        self.team.crm_team_member_ids = [Command.create({"user_id": leaver.id})]
        deal = self._deal(user=leaver)
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        deal.stage_id = self.col_qualify
        leaver.action_archive()
        deal = deal.with_user(self.owner)
        self.assertAt(deal, self.col_qualify, "S1")
        self.assertEqual(self._duty(deal, "S1.1").user_id, leaver)
        with self.assertRefused("S1.1"):
            deal.stage_id = self.col_offer
        deal.user_id = False
        self.env["res.users.log"].search([("create_uid", "=", leaver.id)]).unlink()
        leaver.unlink()
        self.env.invalidate_all()
        stays = deal.sudo().passage_ids
        self.assertEqual(len(stays), 3)
        self.assertEqual(len(stays.duty_ids), 9)
        row = deal.sudo().regulation_deviation_ids
        self.assertEqual((row.kind, row.lead_name), ("returned", deal.name))
        deal.write({"user_id": self.seller.id, "team_id": self.team.id})
        self.assertEqual(self._duty(deal, "S1.1").user_id, self.seller)
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        self.assertAt(deal, self.col_offer, "S2")

    def test_deleting_the_deal(self):
        deal = self._deal()
        self._drive(deal, self.col_offer)
        deal.stage_id = self.col_qualify
        with self.assertRaises(AccessError):
            deal.unlink()
        name, passages = deal.name, deal.sudo().passage_ids
        duties = deal.sudo().regulation_duty_ids
        links = [("res_id", "in", duties.ids)]
        rows = deal.sudo().regulation_deviation_ids
        self.assertTrue(passages and duties and rows)
        deal.with_user(self.owner).unlink()
        self.assertFalse(passages.exists())
        self.assertFalse(duties.exists())
        Activity = self.env["mail.activity"].with_context(active_test=False)
        self.assertFalse(Activity.search([("res_model", "=", duties._name), *links]))
        Message = self.env["mail.message"]
        self.assertFalse(Message.search([("model", "=", duties._name), *links]))
        self.assertEqual(rows.mapped("lead_name"), [name])
        self.assertFalse(rows.lead_id)

    def test_deal_won_before_there_was_a_regulation(self):
        old = self._deal(user=self.other, team_id=self.free_team.id)
        old.action_set_won()
        self._approve(
            self._draft(
                name="For the free team",
                scope_ids=[Command.create({"team_id": self.free_team.id})],
            )
        )
        self.assertFalse(old.regulation_id)
        old.write({"partner_id": self.partner.id, "probability": 100})
        old.with_user(self.owner).user_id = self.chief
        self.assertEqual(old.won_status, "won")
        self.assertFalse(old.sudo().passage_ids)

    def test_deals_of_the_past_taken_up_again(self):
        """What was lost or won before there was a regulation is found where it
        stands, like the deals that were running; nobody is asked for its past."""
        team = {"user": self.other, "team_id": self.free_team.id}
        lost, won, moved = self._deal(**team), self._deal(**team), self._deal(**team)
        (lost | moved).stage_id = self.col_close
        (lost | moved).action_set_lost(lost_reason_id=self.lost_reason.id)
        won.action_set_won()
        raw = self._deal(**team, type="lead", stage_id=self.col_close.id)
        self._date(lost | won | moved | raw, "2020-01-01")
        edition = self._approve(
            self._draft(
                name="For the free team",
                scope_ids=[Command.create({"team_id": self.free_team.id})],
            )
        )
        self.assertFalse((lost | won).regulation_id)
        lost.action_restore()
        won.stage_id = self.col_close
        for deal in lost | won:
            self.assertAt(deal, self.col_close, "S3")
            self.assertEqual(deal.regulation_id, edition)
            self.assertEqual(deal.passage_ids.origin, "activation")
            self.assertFalse(deal.sudo().regulation_deviation_ids)
            with self.assertRefused("S3.1") as refusal:
                deal.action_set_won()
            self.assertNotIn("S1.1", str(refusal.exception))
        # but it is no way round: neither for what moved since, nor for raw leads
        moved.stage_id = self.col_qualify
        moved.stage_id = self.col_close
        self._date(moved, "2999-01-01")
        with self.assertRefused("S1.1"):
            moved.action_unarchive()
        with self.assertRefused("S1.1"):
            raw.type = "opportunity"
        with self.assertRefused("S1.1"):
            lost.copy({"stage_id": self.col_close.id})

    def test_won_deal_changes_hands_and_teams(self):
        deal = self._deal()
        self._drive(deal, self.col_won)
        self.assertEqual(deal.won_status, "won")
        self.edition.step_ids.with_user(self.owner).filtered(
            lambda step: step.subject == "deal"
        ).write({"gate": "block"})
        stays = deal.passage_ids
        deal.write({"team_id": self.twin_team.id})
        deal.with_user(self.owner).write({"user_id": self.head.id})
        deal.with_user(self.owner).write({"team_id": self.own_team.id})
        deal.with_user(self.owner).write({"partner_id": self.partner.id})
        self.assertEqual(deal.sudo().regulation_id, self.own_edition)
        self.assertEqual(deal.sudo().passage_ids, stays)
        self.assertFalse(deal.sudo().regulation_deviation_ids)
        with self.assertRefused("regulated teams", exception=AccessError):
            deal.with_user(self.chief).sudo().team_id = self.free_team
