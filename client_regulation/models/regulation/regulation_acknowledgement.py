# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import AccessError


class RegulationAcknowledgement(models.Model):
    """That a person in a role has read an edition. (Reg. 2.6, step B5.2)

    Rows are made when the edition comes into force and, by the nightly action,
    for people who come into a role later; each person confirms with one click.
    """

    _name = "regulation.acknowledgement"
    _description = "Acknowledgement of an Edition"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "regulation_id, acknowledged_on desc, id"
    _rec_name = "user_id"

    regulation_id = fields.Many2one(
        "regulation.regulation", "Edition", required=True, index=True,
        ondelete="cascade",
    )  # fmt: skip
    company_id = fields.Many2one(
        related="regulation_id.company_id", store=True, precompute=True, index=True
    )
    user_id = fields.Many2one(
        "res.users", "Person", required=True, index=True, ondelete="cascade"
    )
    role_ids = fields.Many2many("regulation.role", string="Roles")
    acknowledged_on = fields.Datetime("Confirmed On", readonly=True, index=True)
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _person_once = models.Constraint(
        "UNIQUE (regulation_id, user_id)", "A person confirms an edition once."
    )

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_mine(self):
        for row in self:
            row.is_mine = row.user_id == self.env.user

    @api.depends("regulation_id", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "%(edition)s: %(person)s",
                edition=row.regulation_id.display_name,
                person=row.user_id.name,
            )

    def action_acknowledge(self):
        """I have read this edition. Only the person themselves can say so."""
        for row in self:
            if row.user_id != self.env.user:
                raise AccessError(
                    self.env._(
                        "%(person)s confirms “%(edition)s” in person; nobody else can.",
                        person=row.user_id.name,
                        edition=row.regulation_id.display_name,
                    )
                )
        self._acknowledge()
        return True

    def _acknowledge(self):
        fresh = self.sudo().filtered(lambda row: not row.acknowledged_on)
        fresh.write({"acknowledged_on": fields.Datetime.now()})
        fresh.activity_feedback(
            ["client_regulation.mail_activity_type_acknowledgement"],
            only_automated=False,
        )

    @api.model
    def _open_for(self, editions):
        """Ask everybody in a role of these editions who was not asked yet."""
        for edition in editions.sudo():
            roles_by_user = edition._get_people_by_user()
            known = edition.acknowledgement_ids.user_id
            rows = self.sudo().create(
                [
                    {
                        "regulation_id": edition.id,
                        "user_id": user.id,
                        "role_ids": [fields.Command.set(roles.ids)],
                    }
                    for user, roles in roles_by_user.items()
                    if user not in known
                ]
            )
            for row in rows:
                row.activity_schedule(
                    "client_regulation.mail_activity_type_acknowledgement",
                    summary=edition.display_name,
                    user_id=row.user_id.id,
                )
