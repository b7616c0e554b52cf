# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.filled import is_placeholder

MARKS = [(str(mark), str(mark)) for mark in range(6)]

#: marks that need to be justified
HIGH = ("4", "5")


class RegulationPotentialMark(models.Model):
    """The mark of a client by one criterion, and what it rests on. (Reg. 1.2.3)

    No UNIQUE on the client: Odoo's merge of contacts deletes rows that would break
    it. After a merge the newest mark counts, the others are archived.
    """

    _name = "regulation.potential.mark"
    _description = "Mark of the Potential"
    _order = "partner_id, sequence, id"
    _rec_name = "criterion_id"

    partner_id = fields.Many2one(
        "res.partner", "Client", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="partner_id.company_id", store=True, index="btree_not_null"
    )
    criterion_id = fields.Many2one(
        "regulation.potential.criterion", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="criterion_id.sequence", store=True)
    description = fields.Text(related="criterion_id.description")
    weight = fields.Float(related="criterion_id.weight")
    mark = fields.Selection(MARKS, help="From 0 to 5; empty: not marked yet.")
    note = fields.Char("Source", help="What the mark rests on; needed for 4 and 5.")
    date = fields.Datetime(
        "Marked On", readonly=True, default=fields.Datetime.now, required=True
    )
    user_id = fields.Many2one(
        "res.users", "Marked By", readonly=True, default=lambda self: self.env.user
    )
    active = fields.Boolean(default=True)

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("mark", "note")
    def _check_note(self):
        for mark in self:
            if mark.mark in HIGH and is_placeholder(mark.note):
                raise ValidationError(
                    self.env._(
                        "Mark %(mark)s of “%(client)s” for “%(criterion)s” needs its "
                        "source: write beside it what the mark rests on.",
                        mark=mark.mark,
                        client=mark.partner_id.display_name,
                        criterion=mark.criterion_id.name,
                    )
                )

    @api.constrains("partner_id", "criterion_id", "active")
    def _check_single(self):
        groups = self._read_group(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("criterion_id", "in", self.criterion_id.ids),
            ],
            ["partner_id", "criterion_id"],
            having=[("__count", ">", 1)],
        )
        for client, criterion in groups:
            raise ValidationError(
                self.env._(
                    "“%(client)s” is marked for “%(criterion)s” already: change that "
                    "mark.",
                    client=client.display_name,
                    criterion=criterion.name,
                )
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        stamp = self._get_stamp()
        marks = super().create([vals | stamp for vals in vals_list])
        marks.partner_id._refresh_potential(marks.partner_id.ids, "marks")
        return marks

    def write(self, vals):
        if {"mark", "note", "date", "user_id"} & vals.keys():
            vals = vals | self._get_stamp()
        clients = self.partner_id
        result = super().write(vals)
        clients |= self.partner_id
        clients._refresh_potential(clients.ids, "marks")
        return result

    def unlink(self):
        clients = self.partner_id
        result = super().unlink()
        clients._refresh_potential(clients.ids, "marks")
        return result

    def _get_stamp(self):
        """Who marks and when is not for them to say."""
        return {"date": fields.Datetime.now(), "user_id": self.env.uid}
