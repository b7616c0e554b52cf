# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import json
from datetime import timedelta
from xmlrpc.client import Fault

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_regulation_routes import RegulationRoutesCommon


@tagged("post_install", "-at_install")
class TestRegulationRoutesRpc(RegulationRoutesCommon, HttpCase):
    """Programs from outside meet the gate, and read why. (P3)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {
            user: cls.env["res.users.apikeys"]
            .with_user(user)
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
            for user in (cls.seller, cls.head)
        }

    def _json2(self, model, method, user=None, **params):
        """POST /json/2/<model>/<method> with an API key: (status, body)."""
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"/json/2/{model}/{method}",
                data=json.dumps(params),
                headers={
                    "Authorization": f"Bearer {self.keys[user or self.seller]}",
                    "Content-Type": "application/json",
                },
            )
        return response.status_code, response.json()

    @mute_logger("odoo.addons.rpc.controllers.xmlrpc", "odoo.http")
    def _xmlrpc(self, method, *args):
        who = (self.env.cr.dbname, self.seller.id, self.keys[self.seller])
        return self.xmlrpc_object.execute_kw(*who, "crm.lead", method, args)

    def test_json2(self):
        deal = self._deal()
        move = {"ids": deal.ids, "vals": {"stage_id": self.col_offer.id}}
        status, body = self._json2("crm.lead", "write", **move)
        self.assertEqual(status, 422)
        self.assertEqual(body["name"], "odoo.exceptions.ValidationError")
        for text in (deal.name, "S1.1", "S1.2", "Expected Revenue"):
            self.assertIn(text, body["message"])
        self.assertAt(deal, self.col_qualify, "S1")
        self._complete_stage(deal)
        self.assertEqual(self._json2("crm.lead", "write", **move), (200, True))
        self.assertAt(deal, self.col_offer, "S2")

    def test_json2_create_and_win(self):
        vals = {
            "name": "From the web shop",
            "type": "opportunity",
            "team_id": self.team.id,
            "stage_id": self.col_offer.id,
        }
        status, body = self._json2("crm.lead", "create", vals_list=[vals])
        self.assertEqual(status, 422)
        self.assertIn("S1.1", body["message"])
        del vals["stage_id"]
        status, [deal_id] = self._json2("crm.lead", "create", vals_list=[vals])
        self.assertEqual(status, 200)
        deal = self.env["crm.lead"].browse(deal_id)
        self.assertAt(deal, self.col_qualify, "S1")
        status, body = self._json2("crm.lead", "action_set_won", ids=[deal_id])
        self.assertEqual(status, 422)
        self.assertIn("S3.1", body["message"])

    def test_xmlrpc(self):
        deal = self._deal()
        move = (deal.ids, {"stage_id": self.col_offer.id})
        with self.assertRaises(Fault) as refusal:
            self._xmlrpc("write", *move)
        for text in (deal.name, "S1.1", "S1.2"):
            self.assertIn(text, refusal.exception.faultString)
        self.assertAt(deal, self.col_qualify, "S1")
        self._complete_stage(deal)
        self.assertTrue(self._xmlrpc("write", *move))
        self.assertAt(deal, self.col_offer, "S2")

    @mute_logger("odoo.http")
    def test_web_client(self):
        """What the kanban view of the browser sends."""
        deal = self._deal()
        self.authenticate(self.seller.login, self.seller.login)

        def drag():
            params = {
                "model": "crm.lead",
                "method": "web_save",
                "args": [deal.ids, {"stage_id": self.col_offer.id}],
                "kwargs": {"specification": {"stage_id": {}}},
            }
            return self.url_open(
                "/web/dataset/call_kw/crm.lead/web_save",
                data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
                headers={"Content-Type": "application/json"},
            ).json()

        error = drag()["error"]["data"]
        self.assertEqual(error["name"], "odoo.exceptions.ValidationError")
        for text in (deal.name, "S1.1", "S1.2"):
            self.assertIn(text, error["message"])
        self.assertAt(deal, self.col_qualify, "S1")
        self._complete_stage(deal)
        self.assertEqual(
            drag()["result"], [{"id": deal.id, "stage_id": self.col_offer.id}]
        )
        self.assertAt(deal, self.col_offer, "S2")

    def test_what_the_engine_keeps(self):
        deal = self._deal()
        stay, duty = deal.passage_ids, self._duty(deal, "S1.1")
        deal.stage_id = self.col_qualify
        self._complete_stage(deal)
        deal.stage_id = self.col_offer
        deal.stage_id = self.col_qualify
        row = deal.sudo().regulation_deviation_ids
        duty = self._duty(deal, "S1.1")
        now = fields.Datetime.to_string(fields.Datetime.now())
        attempts = [
            ("crm.lead", deal, {"regulation_id": False}),
            ("crm.lead", deal, {"regulation_compliance": 100}),
            ("crm.lead", deal, {"passage_ids": [Command.clear()]}),
            (
                "crm.lead",
                deal,
                {"passage_ids": [Command.update(stay.id, {"left_on": now})]},
            ),
            (
                "crm.lead",
                deal,
                {"regulation_duty_ids": [Command.update(duty.id, {"state": "done"})]},
            ),
            (
                "crm.lead",
                deal,
                {
                    "regulation_open_duty_ids": [
                        Command.update(duty.id, {"state": "done"})
                    ]
                },
            ),
            (
                "crm.lead",
                deal,
                {"regulation_deviation_ids": [Command.delete(row.id)]},
            ),
            ("regulation.duty", duty, {"state": "done"}),
            ("regulation.duty", duty, {"proof_note": "done, trust me"}),
            ("regulation.passage", stay, {"entered_on": now}),
            ("regulation.deviation", row, {"note": "nothing happened"}),
        ]
        for model, record, vals in attempts:
            for user in (self.seller, self.head):
                with self.subTest(model=model, vals=vals, user=user.login):
                    status, body = self._json2(
                        model, "write", user=user, ids=record.ids, vals=vals
                    )
                    self.assertIn(status, (403, 422), body)
        for model, record in (
            ("regulation.duty", duty),
            ("regulation.passage", stay),
            ("regulation.deviation", row),
        ):
            status, _body = self._json2(model, "unlink", ids=record.ids)
            self.assertEqual(status, 403)
            status, _body = self._json2(model, "copy", ids=record.ids)
            self.assertIn(status, (403, 422))
        status, _body = self._json2(
            "regulation.duty", "create", vals_list=[{"step_id": duty.step_id.id}]
        )
        self.assertEqual(status, 403)
        self.assertEqual(duty.state, "open")
        self.assertTrue(row.exists() and stay.exists())

    def test_private_methods_are_private(self):
        deal = self._deal()
        duty = self._duty(deal, "S1.1")
        for model, method, ids in (
            ("regulation.duty", "_mark_done", duty.ids),
            ("regulation.engine", "_sync", []),
            ("regulation.ledger", "_apply", []),
            ("regulation.ledger", "_update_leads", []),
            ("crm.lead", "_write", deal.ids),
            ("regulation.scope", "_write_in_force", []),
        ):
            status, _body = self._json2(model, method, ids=ids)
            self.assertIn(status, (403, 404, 422))

    def test_public_methods_ask_who_it_is(self):
        deal = self._deal()
        duty = self._duty(deal, "S1.1").with_user(self.other)
        for method in ("action_done", "action_confirm"):
            with self.assertRefused(exception=AccessError):
                getattr(duty, method)()
        duty.with_user(self.seller).action_done()
        with self.assertRefused(exception=AccessError):
            duty.action_undo()
        self.assertEqual(duty.sudo().state, "done")
