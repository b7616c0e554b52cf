# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.fields import Command
from odoo.tests import tagged

from .test_regulation_routes import RegulationRoutesCommon


@tagged("post_install", "-at_install")
class TestRegulationRoutesCode(RegulationRoutesCommon):
    """Other modules, server actions and automation rules meet the gate. (P3)"""

    def test_through_the_client(self):
        def move(deal):
            self.partner.with_user(deal.env.user).write(
                {
                    "opportunity_ids": [
                        Command.update(deal.id, {"stage_id": self.col_offer.id})
                    ]
                }
            )

        deal = self._deal(partner_id=self.partner.id)
        with self.assertRefused("S1.1", "S1.2"):
            move(deal)
        with self.assertRefused("S1.1"):
            self.partner.with_user(self.seller).write(
                {
                    "opportunity_ids": [
                        Command.create(
                            {
                                "name": "By the client",
                                "type": "opportunity",
                                "team_id": self.team.id,
                                "stage_id": self.col_offer.id,
                            }
                        )
                    ]
                }
            )
        self._complete_stage(deal)
        move(deal)
        self.assertAt(deal, self.col_offer, "S2")
        with self.assertRefused("S1.2"):  # a passed step rests on the client
            self.partner.with_user(self.seller).write(
                {"opportunity_ids": [Command.unlink(deal.id)]}
            )
        with self.assertRefused("S1.2"):
            self.partner.unlink()

    def test_client_without_what_a_passed_step_asks_for(self):
        """Steps that read the client, or what crm takes from the client."""
        self._approve(
            self._draft(
                name="With the card of the client",
                scope_ids=[Command.create({"team_id": self.free_team.id})],
                stage_ids=[
                    Command.create(
                        self._stage(
                            "S1",
                            "Qualify",
                            self.col_qualify,
                            [
                                self._step(
                                    "S1.1",
                                    self.role_sm,
                                    check="fields",
                                    check_field_ids=[
                                        Command.set(
                                            [
                                                self._field("res.partner", "vat"),
                                                self._field("crm.lead", "contact_name"),
                                            ]
                                        )
                                    ],
                                )
                            ],
                        )
                    ),
                    Command.create(self._stage("S2", "Offer", self.col_offer, [])),
                ],
            )
        )
        client, bare = self.env["res.partner"].create(
            [{"name": "Ann", "vat": "BE0477472701"}, {"name": "Bob"}]
        )
        deal = self._deal(
            user=self.other, team_id=self.free_team.id, partner_id=client.id
        )
        deal.stage_id = self.col_offer
        self.assertAt(deal, self.col_offer, "S2")
        for vals in ({"partner_id": bare.id}, {"partner_id": False}):
            with self.assertRefused("S1.1"):
                deal.write(vals)
        with self.assertRefused("S1.1"):
            client.vat = False
        with self.assertRefused("S1.1"):
            deal.contact_name = "-"
        with self.assertRefused("S1.1"):
            client.unlink()
        self.assertEqual(deal.partner_id, client)
        bare.vat = "BE0428759497"
        deal.partner_id = bare

    def test_sudo_code_of_another_module(self):
        self.assertRoute(
            lambda deal: deal.with_user(self.seller)
            .sudo()
            .write({"stage_id": self.col_offer.id})
        )
        self.assertRoute(
            lambda deal: self.env["crm.lead"]
            .browse(deal.id)
            .update({"stage_id": self.col_offer.id})
        )
        self.assertRoute(
            lambda deal: deal.sudo()
            .with_context(
                tracking_disable=True, import_file=True, install_mode=True, no_gate=True
            )
            .write({"stage_id": self.col_offer.id})
        )

    def _server_action(self, **vals):
        return self.env["ir.actions.server"].create(
            {
                "name": "Move on",
                "model_id": self.env["ir.model"]._get("crm.lead").id,
                **vals,
            }
        )

    def _run_action(self, action, deal):
        action.with_user(self.seller).with_context(
            active_model="crm.lead", active_id=deal.id, active_ids=deal.ids
        ).run()

    def _object_write(self):
        return {
            "state": "object_write",
            "update_path": "stage_id",
            "evaluation_type": "value",
            "resource_ref": f"crm.stage,{self.col_offer.id}",
            "value": str(self.col_offer.id),
        }

    def test_server_action_code(self):
        for code in (
            f"records.write({{'stage_id': {self.col_offer.id}}})",
            f"record.sudo().write({{'stage_id': {self.col_offer.id}}})",
        ):
            action = self._server_action(state="code", code=code)
            self.assertRoute(lambda deal, action=action: self._run_action(action, deal))

    def test_server_action_object_write(self):
        action = self._server_action(**self._object_write())
        self.assertRoute(lambda deal: self._run_action(action, deal))

    def test_automation_rule(self):
        if "base.automation" not in self.env:
            self.skipTest("base_automation is not installed")
        model = self.env["ir.model"]._get("crm.lead")
        self.env["base.automation"].create(
            {
                "name": "High priority goes on by itself",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "trigger_field_ids": [
                    Command.link(self._field("crm.lead", "priority"))
                ],
                "filter_domain": "[('priority', '=', '3')]",
                "action_server_ids": [
                    Command.create(
                        {"name": "Go", "model_id": model.id, **self._object_write()}
                    )
                ],
            }
        )
        self.assertRoute(lambda deal: deal.write({"priority": "3"}))
        with self.assertRefused("S1.1"):
            self._deal(priority="3")
