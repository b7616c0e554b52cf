# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: what keeps a contact from being deleted: model and fields that name it
PROVING = {
    "regulation.visit": ("partner_id", "participant_ids.partner_id"),
    "regulation.call": ("partner_id", "contact_id"),
    "regulation.objection": ("partner_id", "contact_id"),
    "regulation.agreement": ("partner_id", "contact_id"),
}


class RegulationVisitHost(models.AbstractModel):
    """What a deal and a client have in common: their visits. (Reg. 1.3.4, 1.4)"""

    _name = "regulation.visit.host"
    _description = "Has Visits"

    #: field of the visit that points here
    _visit_field = ""

    regulation_visit_count = fields.Integer(
        "Number of Visits", compute="_compute_regulation_visits"
    )
    regulation_next_visit = fields.Datetime(
        "Next Visit", compute="_compute_regulation_visits"
    )

    def _compute_regulation_visits(self):
        Visit = self.env["regulation.visit"]
        counts, nexts = {}, {}
        name = self._visit_field
        if self.ids and Visit._has_rows() and Visit.has_access("read"):
            mine = [(name, "in", self.ids)]
            counts = dict(Visit._read_group(mine, [name], ["__count"]))
            to_come = [
                ("state", "in", ("planned", "prepared")),
                ("date_planned", ">=", fields.Datetime.now()),
            ]
            nexts = dict(
                Visit._read_group([*mine, *to_come], [name], ["date_planned:min"])
            )
        for record in self:
            record.regulation_visit_count = counts.get(record._origin, 0)
            record.regulation_next_visit = nexts.get(record._origin, False)

    def _open_visits(self, **defaults):
        """The visits of this record."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "client_regulation.regulation_visit_action"
        )
        action["domain"] = [(self._visit_field, "=", self.id)]
        action["context"] = {f"default_{key}": value for key, value in defaults.items()}
        return action

    def _plan_visit(self, **defaults):
        """A short form: change what does not fit, save."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan a Visit"),
            "res_model": "regulation.visit",
            "view_mode": "form",
            "views": [
                (
                    self.env.ref(
                        "client_regulation.regulation_visit_view_form_plan"
                    ).id,
                    "form",
                )
            ],
            "target": "new",
            "context": {f"default_{key}": value for key, value in defaults.items()},
        }


class CrmLeadVisitMixin(models.AbstractModel):
    """Visits of a deal."""

    _name = "regulation.crm.lead.visit.mixin"
    _description = "Visits of a Deal"
    _inherit = ["regulation.visit.host"]
    _visit_field = "lead_id"

    regulation_visit_ids = fields.One2many("regulation.visit", "lead_id", "Visits")

    def action_open_visits(self):
        return self._open_visits(lead_id=self.id)

    def action_plan_visit(self):
        return self._plan_visit(lead_id=self.id)


class ResPartnerVisitMixin(models.AbstractModel):
    """Visits to a client."""

    _name = "regulation.res.partner.visit.mixin"
    _description = "Visits to a Client"
    _inherit = ["regulation.visit.host"]
    _visit_field = "partner_id"

    def action_open_visits(self):
        return self.commercial_partner_id._open_visits(partner_id=self.id)

    def action_plan_visit(self):
        return self._plan_visit(partner_id=self.commercial_partner_id.id)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_talked_with(self):
        """Nobody is told of whose visits, as they may be hidden."""
        for model, names in PROVING.items():
            Model = self.env[model].sudo()  # safe: as above
            if not Model._has_rows():
                continue
            used = Domain.OR(Domain(name, "in", self.ids) for name in names)
            for record in Model.search(used, limit=1):
                people = (record.mapped(name) & self for name in names)
                partner = next(filter(None, people))
                raise UserError(
                    self.env._(
                        "“%(contact)s” takes part in visits, calls or what was agreed "
                        "there, which prove what was done. Archive the contact "
                        "instead: nothing of it is lost then.",
                        contact=partner[:1].display_name,
                    )
                )


class VisitMergeMixin(models.AbstractModel):
    """Contacts that are merged, as both were on the list of a visit."""

    _name = "regulation.visit.merge.mixin"
    _description = "Merge of Participants"

    def _update_values(self, src_partners, dst_partner):
        result = super()._update_values(src_partners, dst_partner)
        self.env["regulation.visit.participant"]._fold_doubles(dst_partner)
        return result
