# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from contextlib import contextmanager

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user

GROUP = "client_regulation.client_regulation_group_%s"


class RegulationCommon(TransactionCase):
    """People, a team with columns and a small edition in force.

    ============  ==========================================  ==================
    login         groups                                      who they are
    ============  ==========================================  ==================
    reg_seller    sales own documents                         sells in the team
    reg_other     sales own documents                         sells elsewhere
    reg_head      sales own documents, regulation head        leads the team
    reg_chief     sales own documents, regulation head        leads another team
    reg_owner     sales manager, regulation owner             owns the regulation
    reg_lawyer    internal user                               fills the role LEG
    reg_clerk     internal user                               no role at all
    ============  ==========================================  ==================

    The edition has three stages and a won column without a stage of its own::

        S1 Qualify   S1.1 manual tick     block
                     S1.2 fields          block   (expected revenue, client)
                     S1.3 manual tick     warn
        S2 Offer     S2.1 manual note     block
                     S2.2 by the lawyer   block
                     S2.3 manual tick     inform
        S3 Close     S3.1 manual file     block
                     S3.2 period, month
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                mail_notrack=True,
                no_reset_password=True,
                tracking_disable=True,
            )
        )
        cls.company = cls.env.company
        cls._create_people()
        cls._create_columns()
        cls.reason_waive = cls.env["regulation.deviation.reason"].create(
            {"name": "Urgent request", "kind": "waived"}
        )
        cls.reason_hold = cls.env["regulation.deviation.reason"].create(
            {"name": "Waiting for the budget", "kind": "hold"}
        )
        cls.lost_reason = cls.env["crm.lost.reason"].create({"name": "Too expensive"})
        cls.partner = cls.env["res.partner"].create(
            {"name": "Brick Works", "email": "office@brick.example.com"}
        )

    @classmethod
    def _create_people(cls):
        def user(login, groups):
            return new_test_user(
                cls.env,
                login=login,
                groups=groups,
                name=login.replace("reg_", "").capitalize(),
                email=f"{login}@example.com",
                tz="Europe/Brussels",
            )

        sells = "sales_team.group_sale_salesman"
        cls.seller = user("reg_seller", sells)
        cls.other = user("reg_other", sells)
        cls.head = user("reg_head", f"{sells},{GROUP % 'head'}")
        cls.chief = user("reg_chief", f"{sells},{GROUP % 'head'}")
        cls.owner = user(
            "reg_owner", f"sales_team.group_sale_manager,{GROUP % 'owner'}"
        )
        cls.lawyer = user("reg_lawyer", "base.group_user")
        cls.clerk = user("reg_clerk", "base.group_user")

    @classmethod
    def _create_columns(cls):
        Team = cls.env["crm.team"]
        cls.team = Team.create(
            {
                "name": "Regulated Team",
                "user_id": cls.head.id,
                "company_id": False,
                "crm_team_member_ids": [
                    Command.create({"user_id": cls.seller.id}),
                ],
            }
        )
        cls.free_team = Team.create(
            {
                "name": "Free Team",
                "user_id": cls.chief.id,
                "company_id": False,
                "crm_team_member_ids": [Command.create({"user_id": cls.other.id})],
            }
        )
        cls.columns = cls.env["crm.stage"].create(
            [
                {"name": name, "sequence": sequence, "is_won": won}
                for name, sequence, won in (
                    ("Qualify", 100, False),
                    ("Offer", 101, False),
                    ("Close", 102, False),
                    ("Parking", 103, False),
                    ("Won here", 104, True),
                )
            ]
        )
        cls.col_qualify, cls.col_offer, cls.col_close, cls.col_parking, cls.col_won = (
            cls.columns
        )
        # columns of the team only, so that the demo data do not interfere
        cls.columns.team_ids = cls.team | cls.free_team
        cls.env["crm.stage"].search([("id", "not in", cls.columns.ids)]).write(
            {"team_ids": [Command.set(Team.create({"name": "Nobody"}).ids)]}
        )

    @contextmanager
    def assertRefused(self, *texts, exception=UserError):
        """The block is refused with a message that holds these texts; what it wrote
        is rolled back, as after a real request."""
        with self.assertRaises(exception) as refusal:
            yield refusal
        for text in texts:
            self.assertIn(text, str(refusal.exception))
        self.env.invalidate_all(flush=False)

    # ------------------------------------------------------------
    # BUILDERS
    # ------------------------------------------------------------

    def assertQueriesDoNotGrow(self, run, some, many):
        """Assert that something costs no more statements for many records than for
        some, once the caches are warm."""
        run(many)
        counts = []
        for records in (some, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run(records)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
        return counts[0]

    def assertChecksDoNotGrow(self, leads, checks, events=()):
        """Assert so of the named checks of the steps of `self.edition` and of events,
        as the seller.

        :param checks: names; a dict says how many statements each may cost
        """
        limits = checks if isinstance(checks, dict) else {}
        Check = self.env["regulation.check"].with_user(self.seller)
        Event = self.env["regulation.event"].with_user(self.seller)
        leads, now = leads.with_user(self.seller), fields.Datetime.now()
        steps = [
            step
            for step in self.edition._get_plan(self.edition.id).steps
            if step.check in checks
        ]
        self.assertEqual({step.check for step in steps}, set(checks))
        for step in steps:
            with self.subTest(check=step.check):
                count = self.assertQueriesDoNotGrow(
                    lambda some, step=step: Check._evaluate(some, step),
                    leads[:1],
                    leads,
                )
                self.assertLessEqual(count, limits.get(step.check, count))
        for event in events:
            with self.subTest(event=event):
                self.assertQueriesDoNotGrow(
                    lambda some, event=event: Event._get_deal_starts(event, some, now),
                    leads[:1],
                    leads,
                )

    @classmethod
    def _role(cls, code, resolve="assignment", *users):
        role = cls.env["regulation.role"].create(
            {"code": code, "name": f"Role {code}", "resolve": resolve}
        )
        cls.env["regulation.role.assignment"].create(
            [
                {"role_id": role.id, "user_id": user.id, "date_from": "2020-01-01"}
                for user in users
            ]
        )
        return role

    @classmethod
    def _field(cls, model, name):
        return cls.env["ir.model.fields"]._get(model, name).id

    @classmethod
    def _step(cls, code, role, **vals):
        return {
            "code": code,
            "name": f"Step {code}",
            "requirement": f"Do {code} properly",
            "why": "Else the deal is built on sand",
            "role_id": role.id,
            "deadline": 2,
            "deadline_unit": "wd",
            "start_event": "stage_entry",
            "proof": f"proof of {code}",
            "proof_kind": "tick",
            **vals,
        }

    @classmethod
    def _stage(cls, code, name, column, steps):
        return {
            "code": code,
            "name": name,
            "sequence": int(code[1:]) * 10,
            "crm_stage_id": column.id if column else False,
            "condition": f"{name} is finished",
            "indicator_ids": [
                Command.create(
                    {"side": side, "aspect": aspect, "name": f"{code} {side} {aspect}"}
                )
                for side in ("entry", "exit")
                for aspect in ("time", "quantity", "quality")
            ],
            "step_ids": [Command.create(step) for step in steps],
        }

    @classmethod
    def _prepare_edition(cls, **vals):
        cls.role_sm = cls.env["regulation.role"].search([("code", "=", "T-SM")])
        if not cls.role_sm:
            cls.role_sm = cls._role("T-SM", "salesperson")
            cls.role_hos = cls._role("T-HOS", "team_leader")
            cls.role_leg = cls._role("T-LEG", "assignment", cls.lawyer)
        sm, leg = cls.role_sm, cls.role_leg
        fields_checked = [
            Command.set(
                [
                    cls._field("crm.lead", "expected_revenue"),
                    cls._field("crm.lead", "partner_id"),
                ]
            )
        ]
        return {
            "name": "Test regulation",
            "process": "acquisition",
            "company_id": cls.company.id,
            "owner_id": cls.owner.id,
            "provision_ids": [
                Command.create(
                    {"code": "purpose", "name": "Purpose", "body": "<p>Go</p>"}
                )
            ],
            "scope_ids": [Command.create({"team_id": cls.team.id})],
            "stage_ids": [
                Command.create(
                    cls._stage(
                        "S1",
                        "Qualify",
                        cls.col_qualify,
                        [
                            cls._step("S1.1", sm),
                            cls._step(
                                "S1.2",
                                sm,
                                check="fields",
                                check_field_ids=fields_checked,
                            ),
                            cls._step("S1.3", sm, gate="warn"),
                        ],
                    )
                ),
                Command.create(
                    cls._stage(
                        "S2",
                        "Offer",
                        cls.col_offer,
                        [
                            cls._step("S2.1", sm, proof_kind="note"),
                            cls._step("S2.2", leg),
                            cls._step("S2.3", sm, gate="inform"),
                        ],
                    )
                ),
                Command.create(
                    cls._stage(
                        "S3",
                        "Close",
                        cls.col_close,
                        [
                            cls._step("S3.1", sm, proof_kind="file"),
                            cls._step(
                                "S3.2",
                                sm,
                                subject="period",
                                start_event="month_end",
                                deadline=3,
                            ),
                        ],
                    )
                ),
            ],
            **vals,
        }

    @classmethod
    def _draft(cls, **vals):
        return cls.env["regulation.regulation"].create(cls._prepare_edition(**vals))

    @classmethod
    def _approve(cls, edition):
        edition.with_user(cls.owner).action_approve()
        edition.invalidate_recordset()
        return edition

    @classmethod
    def _deal(cls, user=None, **vals):
        """A deal that the seller enters in the first column."""
        return (
            cls.env["crm.lead"]
            .with_user(user or cls.seller)
            .create(
                {
                    "name": "Bricks for the school",
                    "type": "opportunity",
                    "team_id": cls.team.id,
                    "user_id": (user or cls.seller).id,
                    **vals,
                }
            )
        )

    @classmethod
    def _make_newer(cls, deal):
        """Everything in a test has the time of its one transaction: say that this
        deal was created after the editions had come into force."""
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2999-01-01' WHERE id = %s", [deal.id]
        )
        deal.invalidate_recordset()

    @classmethod
    def _duty(cls, lead, code):
        """The duty of a step in the present stay of a deal."""
        return (
            cls.env["regulation.duty"]
            .search(
                [
                    ("lead_id", "=", lead.id),
                    ("step_id.code", "=", code),
                    ("passage_id.left_on", "=", False),
                ]
            )
            .with_user(lead.env.user)
        )

    @classmethod
    def _complete_stage(cls, lead):
        """Do everything the present stage asks for, as those who owe it."""
        lead.sudo().write({"expected_revenue": 5000, "partner_id": cls.partner.id})
        attachment = cls.env["ir.attachment"].create(
            {"name": "proof", "raw": b"signed"}
        )
        duties = cls.env["regulation.duty"].search(
            [("lead_id", "=", lead.id), ("state", "=", "open")]
        )
        for duty in duties:
            duty.with_user(duty.user_id)._complete("agreed with Mr Brick", attachment)
