# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import hashlib
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

REPORT = "client_regulation.regulation_report_document"


class RegulationPrintout(models.Model):
    """The file that was signed: one per edition and language, with its hash.

    What is printed later for an edition in force is this very file, byte for
    byte, so that the paper and the program cannot drift apart. (Reg. R-1)
    """

    _name = "regulation.printout"
    _description = "Signed File of an Edition"
    _order = "regulation_id, lang"
    _rec_name = "lang"

    regulation_id = fields.Many2one(
        "regulation.regulation", "Edition", required=True, index=True,
        ondelete="restrict",
    )  # fmt: skip
    company_id = fields.Many2one(
        related="regulation_id.company_id", store=True, precompute=True, index=True
    )
    lang = fields.Char("Language", required=True)
    attachment_id = fields.Many2one(
        "ir.attachment", "File", required=True, index=True, ondelete="restrict"
    )
    sha256 = fields.Char("SHA-256", required=True, readonly=True)
    created_on = fields.Datetime(default=fields.Datetime.now, readonly=True)

    _lang_once = models.Constraint(
        "UNIQUE (regulation_id, lang)", "An edition has one signed file per language."
    )

    def write(self, vals):
        raise UserError(self.env._("A signed file is kept as it was signed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A signed file is kept as it was signed."))

    @api.model
    def _sign(self, edition):
        """Print an edition that came into force in every installed language."""

    @api.model
    def _get_file_name(self, edition):
        return f"{edition.display_name}.pdf"

    @api.model
    def _store(self, edition, lang, content):
        """Keep the printed bytes of an edition in a language."""
        attachment = self.env["ir.attachment"].sudo().create(
            {
                "name": self._get_file_name(edition.with_context(lang=lang)),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
            }
        )
        printout = self.sudo().create(
            {
                "regulation_id": edition.id,
                "lang": lang,
                "attachment_id": attachment.id,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
        attachment.res_id = printout.id
        return printout

    def _is_intact(self):
        """Whether the stored bytes still are the ones that were signed."""
        self.ensure_one()
        content = self.sudo().attachment_id.raw or b""
        return hashlib.sha256(content).hexdigest() == self.sha256

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.sudo().attachment_id.id}?download=true",
            "target": "new",
        }
