# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import fields, models


class RegulationObjectionType(models.Model):
    """A category of objections with the reply script that goes with it. (D.5)"""

    _name = "regulation.objection.type"
    _description = "Objection Category"
    _order = "sequence, code, id"

    code = fields.Char()
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    weight = fields.Integer(
        default=1, help="How heavy it is; the gate may ask for none above a weight."
    )
    example = fields.Char(
        "How Clients Say It", translate=True, help="An example of the wording."
    )
    script = fields.Text(
        "Reply Script", translate=True, help="What to answer: shown while it is logged."
    )
    technique_ids = fields.Many2many(
        "regulation.objection.technique",
        "regulation_objection_type_technique_rel",
        "type_id",
        "technique_id",
        "Recommended Techniques",
    )


class RegulationObjectionTechnique(models.Model):
    """A way to handle an objection."""

    _name = "regulation.objection.technique"
    _description = "Objection Handling Technique"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    description = fields.Text(
        "How It Is Done", translate=True, help="In a sentence, with an example."
    )
    type_ids = fields.Many2many(
        "regulation.objection.type",
        "regulation_objection_type_technique_rel",
        "technique_id",
        "type_id",
        "Recommended For",
    )
