# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import base64
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from ..common import RegulationCommon


class StoryCommon(RegulationCommon, HttpCase):
    """The shipped template in force for a team, every role filled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fill_roles()
        cls._put_in_force()

        cls.company.regulation_discount_percent = 5
        cls.product = cls.env["product.product"].create(
            {"name": "Facing brick", "list_price": 100, "type": "consu"}
        )

    @classmethod
    def _fill_roles(cls):
        cls.security, cls.finance = (
            cls.env["res.users"].create(
                {
                    "name": name,
                    "login": f"reg_{name.lower()}",
                    "email": f"{name.lower()}@example.com",
                    "group_ids": [Command.set(cls.env.ref("base.group_user").ids)],
                }
            )
            for name in ("Security", "Finance")
        )
        people = {
            "LEG": cls.lawyer,
            "FIN": cls.finance,
            "SEC": cls.security,
            "SD": cls.owner,
            "KAM": cls.other,
        }
        roles = cls.env["regulation.role"].search([("resolve", "=", "assignment")])
        roles.assignment_ids.unlink()
        cls.env["regulation.role.assignment"].create(
            [
                {
                    "role_id": role.id,
                    "user_id": people.get(role.code, cls.head).id,
                    "date_from": "2020-01-01",
                }
                for role in roles
            ]
        )

    @classmethod
    def _put_in_force(cls):
        edition = cls.env.ref("client_regulation.regulation_acquisition").copy()
        edition.write(
            {
                "name": "How we win clients",
                "company_id": cls.company.id,
                "owner_id": cls.owner.id,
                "scope_ids": [Command.create({"team_id": cls.team.id})],
            }
        )
        stages = edition.stage_ids.sorted("sequence")
        cls.columns.team_ids = cls.free_team
        cls.story_columns = cls.env["crm.stage"].create(
            [
                {
                    "name": stage.code,
                    "sequence": 200 + number,
                    "is_won": stage == stages[-1],
                    "team_ids": [Command.set(cls.team.ids)],
                }
                for number, stage in enumerate(stages)
            ]
        )
        for stage, column in zip(stages, cls.story_columns, strict=True):
            stage.crm_stage_id = column
        cls.edition = cls._approve(edition)

    def _play(self, name, url=None, user="reg_seller", **kwargs):
        """A short tour, by default on the form of the deal; then fresh records."""
        url = url or f"/odoo/crm/{self.lead.id}"
        self.start_tour(url, name, login=user, timeout=120, **kwargs)
        self.env.invalidate_all()

    def _stage_code(self):
        return self.lead.stage_id.name

    def _states(self, code):
        """States of the duties of a stage: ``{step: state}``."""
        duties = self.env["regulation.duty"].search(
            [("lead_id", "=", self.lead.id), ("step_id.code", "=like", f"{code}.%")]
        )
        return {duty.step_id.code: duty.state for duty in duties}


@tagged("post_install", "-at_install")
class TestStoryTours(StoryCommon):
    """Issue 3: one client, from a raw row of a spreadsheet to a signed contract.

    Every stage is gone through by a salesperson on a phone, in the screens people
    use: refused where something is missing, led by the links to where it is given,
    let through. Only what other people do in between is done on the server, as
    them: the head approves a discount, lawyer, finance, security and the head
    approve the contract, the account manager accepts the client. The tours count
    the taps of the daily acts and print them («TAPS …»).
    """

    browser_size = "390x844"
    touch_enabled = True

    def test_one_client_from_a_row_to_a_contract(self):
        self._play("story_import", "/odoo/crm")
        client = self.env["res.partner"].search([("name", "=", "Kiln & Sons")])
        self.lead = self.env["crm.lead"].search([("partner_id", "child_of", client.id)])
        self.assertEqual(len(self.lead), 1)
        self.assertEqual(self.lead.user_id, self.seller)
        self.assertEqual(self._stage_code(), "A1")

        self._play("story_a1_card")
        self._play("story_move_a1")
        self.assertEqual(self._stage_code(), "A2")
        self.assertEqual(set(self._states("A1").values()), {"done"})

        self._play("story_a2_card")
        self._play("story_a2_call")
        self._play("story_move_a2")
        self.assertEqual(self._stage_code(), "A3")
        self.assertEqual(set(self._states("A2").values()), {"done"})

        self._play("story_a3_visit")
        self._play("story_move_a3")
        self.assertEqual(self._stage_code(), "A4")

        self._play("story_a4_visit", "/odoo/visits")
        visit = self.lead.regulation_visit_ids
        self.assertEqual((visit.state, visit.outcome), ("done", "advance"))
        self.assertEqual(len(visit.agreement_ids), 2)
        self.assertEqual(len(visit.objection_ids), 1)
        self.assertTrue(visit.summary_sent_on)
        self.assertEqual(visit.summary_message_id.author_id, self.seller.partner_id)
        self.assertEqual(client.client_budget, 900000)
        self._play("story_a4_facts")
        self._play("story_move_a4")
        self.assertEqual(self._stage_code(), "A5")
        self.assertEqual(set(self._states("A4").values()), {"done"})

        self._play("story_a5_visit")
        self._play("story_a5_report", "/odoo/visits")
        repeat = self.lead.regulation_visit_ids - visit
        self.assertEqual(repeat.previous_id, visit)
        self.assertTrue(repeat.date_reported)
        self._play("story_move_a5")
        self.assertEqual(self._stage_code(), "A6")
        self.assertEqual(set(self._states("A5").values()), {"done"})

        self._play("story_a6_offer")
        offer = self.lead.order_ids
        self.assertEqual((offer.state, offer.discount_state), ("draft", "needed"))
        self._play("story_a6_ask")
        self._approve_discount(offer)
        self._play("story_a6_send")
        self.assertEqual(offer.state, "sent")
        self.assertEqual(offer.offer_feedback, "accepted")
        self._play("story_move_a6")
        self.assertEqual(self._stage_code(), "A7")

        self._play("story_a7_contract")
        contract = self.lead.deal_contract_ids
        self.assertEqual(contract.state, "approval")
        self._decide_contract(contract)
        self._play("story_a7_sign")
        self.assertEqual(contract.state, "signed")
        self.assertEqual(
            client.with_company(self.company).property_payment_term_id,
            contract.payment_term_id,
        )
        self._play("story_move_a7")
        self.assertEqual(self._stage_code(), "A8")
        self.assertEqual(set(self._states("A7").values()), {"done"})
        self.assertEqual(self.lead.won_status, "won")

        self._play("story_a8_close")
        act = self.lead.deal_handover_ids
        act.with_user(act.to_user_id).action_accept()
        self.env.invalidate_all()
        self.assertEqual(act.state, "accepted")
        self.assertEqual(client.user_id, self.other)
        self.assertEqual(self.lead.deal_review_ids.result, "won")
        self.assertEqual(self._states("A8"), {"A8.1": "done", "A8.2": "done"})
        self.assertFalse(self.lead.regulation_deviation_ids)
        self.assertEqual(len(self.lead.passage_ids), 8)

    def _approve_discount(self, offer):
        """The head of sales, asked by an activity."""
        self.assertEqual(offer.activity_ids.user_id, self.head)
        wizard = (
            self.env["regulation.discount.approve"]
            .with_user(self.head)
            .with_context(
                **offer.with_user(self.head).action_discount_approve()["context"]
            )
            .create({})
        )
        wizard.action_approve()
        self.assertEqual(offer.discount_state, "approved")

    def _decide_contract(self, contract):
        """Lawyer, finance, security and, for the discount, the head: each their own
        line."""
        lines = contract.approval_ids
        people = self.lawyer | self.finance | self.security | self.head
        self.assertEqual(set(lines.user_id), set(people))
        for line in lines:
            own = line.with_user(line.user_id)
            if line.is_check:
                own.write(
                    {
                        "check_result": "ok",
                        "risk_level": "low",
                        "has_registry_extract": True,
                        "has_authority": True,
                        "has_solvency": True,
                    }
                )
            own.action_approve()
        self.assertTrue(contract.is_ready)


@tagged("post_install", "-at_install")
class TestStoryHead(StoryCommon):
    """The head of sales at the desk: sees, approves, waives, distributes, reads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason_waive.name = "The client is in a hurry"
        cls.partner.write({"is_company": True, "city": "Ghent"})
        cls.lead = cls._deal(partner_id=cls.partner.id)

    def _report_visit(self):
        """A visit of the seller that ended in an advance."""
        now = fields.Datetime.now()
        buyer = self.env["res.partner"].create(
            {"name": "Anna", "parent_id": self.partner.id}
        )
        visit = (
            self.env["regulation.visit"]
            .with_user(self.seller)
            .create(
                {
                    "lead_id": self.lead.id,
                    "date_planned": now - timedelta(hours=2),
                    "goal": "A trial order",
                    "participant_ids": [
                        Command.create({"partner_id": buyer.id, "attended": True})
                    ],
                }
            )
        )
        visit._report(
            {
                "date_start": now - timedelta(hours=2),
                "date_end": now - timedelta(hours=1),
                "outcome": "advance",
                "goal_result": "yes",
                "next_step": "Send the offer",
                "agreement_ids": [
                    Command.create(
                        {
                            "partner_id": self.partner.id,
                            "lead_id": self.lead.id,
                            "contact_id": buyer.id,
                            "side": "client",
                            "subject": "They name their site manager",
                            "date_due": now.date(),
                        }
                    )
                ],
            }
        )
        return visit

    def _make_offer(self):
        """Priced 20 % below the list; the seller may give 5 %."""
        offer = (
            self.env["sale.order"]
            .with_user(self.seller)
            .create(
                {
                    "partner_id": self.partner.id,
                    "opportunity_id": self.lead.id,
                    "order_line": [
                        Command.create({"product_id": self.product.id}),
                    ],
                }
            )
        )
        offer.order_line.price_unit = 80
        offer.action_discount_request()
        return offer

    def _bring_list(self):
        """Two raw clients that have no salesperson yet."""
        wizard = (
            self.env["regulation.prospect.import"]
            .with_user(self.head)
            .create(
                {
                    "file": base64.b64encode(
                        b"Company;City\nMortar One;Ghent\nMortar Two;Ghent"
                    ),
                    "file_name": "mortar.csv",
                    "lead_type": "opportunity",
                    "team_id": self.team.id,
                }
            )
        )
        batch = self.env["regulation.prospect.batch"].browse(
            wizard.action_check()["res_id"]
        )
        batch.with_user(self.head).action_import()
        return batch

    def test_the_head_at_the_desk(self):
        self._report_visit()
        offer = self._make_offer()
        batch = self._bring_list()

        self._play("story_head_visits", "/odoo/visits", "reg_head")

        self._play("story_head_deal", user="reg_head")
        self.assertEqual(offer.discount_state, "approved")
        self.assertEqual(offer.discount_approved_by_id, self.head)
        waived = self.lead.regulation_deviation_ids
        self.assertEqual((waived.kind, waived.step_id.code), ("waived", "A1.3"))
        self.assertEqual(waived.note, "Known from the first school")

        leads = batch.line_ids.result_lead_id
        self.assertFalse(leads.user_id)
        self._play(
            "story_head_distribute",
            f"/odoo/action-client_regulation.regulation_prospect_batch_action/{batch.id}",
            "reg_head",
        )
        self.assertEqual(len(leads.filtered("user_id")), 2)
