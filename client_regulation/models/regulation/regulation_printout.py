# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import hashlib
import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

REPORT = "client_regulation.regulation_report_document"
PDF = b"%PDF-"


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

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if self:
            raise UserError(self.env._("A signed file is kept as it was signed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A signed file is kept as it was signed."))

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_download(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.sudo().attachment_id.id}?download=true",
            "target": "new",
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    def _get_missing_langs(self, edition):
        """Installed languages in which an edition has no signed file.

        :return: list of ``(code, name)``
        """
        kept = set(edition.sudo().printout_ids.mapped("lang"))
        return [
            (code, name)
            for code, name in self.env["res.lang"].get_installed()
            if code not in kept
        ]

    @api.model
    def _sign(self, edition):
        """Print an edition that came into force in every installed language.

        An approval does not fail because a printer does: what could not be printed
        is said in the chatter and can be made up for by `action_sign_missing`.

        :return: the files that were stored
        """
        stored, lacking, reason = self.browse(), [], ""
        for lang, name in self._get_missing_langs(edition):
            try:
                with self.env.cr.savepoint():
                    stored += self._store(edition, lang, self._print(edition, lang))
            except OperationalError:
                raise  # Odoo repeats the whole transaction
            except Exception as error:  # whatever a printer may do
                _logger.warning(
                    "%s was not printed in %s", edition, lang, exc_info=True
                )
                lacking.append(name)
                reason = str(error)
        self._report_printing(edition, stored, lacking, reason)
        return stored

    @api.model
    def _report_printing(self, edition, stored, lacking, reason):
        author = self.env.user.partner_id.id
        if stored:
            files = ", ".join(f"{file.lang} {file.sha256[:12]}…" for file in stored)
            edition.message_post(
                body=self.env._(
                    "Signed files stored (SHA-256): %(files)s", files=files
                ),
                author_id=author,
            )
        if lacking:
            edition.message_post(
                body=self.env._(
                    "The signed file could not be printed in: %(languages)s. Press "
                    "“Print Missing Files” when printing works again. %(reason)s",
                    languages=", ".join(lacking),
                    reason=reason,
                ),
                author_id=author,
            )

    @api.model
    def _print(self, edition, lang):
        """The bytes of an edition in a language.

        Under test Odoo prints HTML instead of PDF, and HTML is what is kept.
        """
        Report = self.env["ir.actions.report"].with_context(lang=lang)
        content, kind = Report._render_qweb_pdf(REPORT, edition.ids)
        if kind == "pdf" and not content.startswith(PDF):
            raise UserError(self.env._("wkhtmltopdf gave back no PDF."))
        return content

    @api.model
    def _store(self, edition, lang, content):
        """Keep the printed bytes of an edition in a language."""
        is_pdf = content.startswith(PDF)
        name = edition.with_context(lang=lang).display_name
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{name}.{'pdf' if is_pdf else 'html'}",
                    "raw": content,
                    "mimetype": "application/pdf" if is_pdf else "text/html",
                    "res_model": self._name,
                }
            )
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

    def _get_content(self):
        """The signed bytes and their kind, as `_render_qweb_pdf` gives them.

        :raise UserError: when they are not the ones that were signed
        """
        self.ensure_one()
        if not self._is_intact():
            raise UserError(
                self.env._(
                    "The signed file of “%(edition)s” (%(lang)s) was changed outside "
                    "of Odoo and is not printed. Restore it from a backup.",
                    edition=self.regulation_id.display_name,
                    lang=self.lang,
                )
            )
        content = self.sudo().attachment_id.raw
        return content, "pdf" if content.startswith(PDF) else "html"

    def _is_intact(self):
        """Whether the stored bytes still are the ones that were signed."""
        self.ensure_one()
        content = self.sudo().attachment_id.raw or b""
        return hashlib.sha256(content).hexdigest() == self.sha256
