# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import base64
import functools
import io

from markupsafe import Markup

from odoo import api, models
from odoo.tools.misc import file_open
from odoo.tools.pdf import PdfFileReader

from .regulation.regulation_printout import REPORT

#: reports whose files carry their styles and fonts
OWN_LAYOUT = (REPORT, "client_regulation.regulation_abc_run_document")

#: Odoo's own copy of Roboto, which has Latin, Greek and Cyrillic letters
FONT = "web/static/fonts/google/Roboto/Roboto-%s.ttf"
FONT_STYLES = {
    "Regular": ("normal", "normal"),
    "Bold": ("bold", "normal"),
    "Italic": ("normal", "italic"),
}


@functools.cache
def _get_font_face(name):
    """A font as a style sheet that needs no file; empty where Odoo lacks it."""
    weight, style = FONT_STYLES[name]
    try:
        with file_open(FONT % name, "rb") as font:
            content = base64.b64encode(font.read()).decode()
    except OSError:
        return ""
    return (
        "@font-face{font-family:'Regulation Sans';"
        f"font-weight:{weight};font-style:{style};"
        f"src:url(data:font/ttf;base64,{content}) format('truetype');}}"
    )


class IrActionsReport(models.Model):
    """The regulation as a document: printed without the network, and once. (R-1)

    Odoo's layout makes wkhtmltopdf fetch the style sheets over HTTP. During an
    approval that fails in three ways: bundles made in this transaction are not
    committed and another worker does not see them, a server with one worker cannot
    answer itself, and a scheduled action or a shell has no server at all. So this
    report has a layout that carries its styles, fonts and pictures in the file.
    """

    _inherit = "ir.actions.report"

    # ------------------------------------------------------------
    # LAYOUT
    # ------------------------------------------------------------

    def _get_layout(self):
        if len(self) == 1 and self.report_name in OWN_LAYOUT:
            return self.env.ref("client_regulation.regulation_report_layout")
        return super()._get_layout()

    @api.model
    def _get_regulation_fonts(self, subst=False):
        """Fonts of the document as a style sheet.

        The same on every machine, so that lines and pages fall alike, and with
        Cyrillic where the server has no fonts.

        :param subst: for a header or footer, which is loaded anew for every page:
            the regular font alone
        """
        names = ["Regular"] if subst else list(FONT_STYLES)
        # safe: our own text around base64
        return Markup("").join(Markup(_get_font_face(name)) for name in names)

    # ------------------------------------------------------------
    # RENDERING
    # ------------------------------------------------------------

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        """Give back the signed file of an edition as it is, byte for byte."""
        ids = [res_ids] if isinstance(res_ids, int) else res_ids or []
        if len(ids) == 1 and self._is_regulation_report(report_ref):
            printout = self._get_regulation_printout(ids[0])
            if printout:
                return printout._get_content()
        return super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Print each edition by itself, twice: for the pages of its contents."""
        if not res_ids or not self._is_regulation_report(report_ref):
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        streams = {}
        for res_id in dict.fromkeys(res_ids):
            printout = self._get_regulation_printout(res_id)
            content, kind = printout._get_content() if printout else (b"", "")
            if kind == "pdf":
                stream = io.BytesIO(content)
            else:
                outline = ()
                for _printing in range(2):
                    printed = super()._render_qweb_pdf_prepare_streams(
                        report_ref, {**(data or {}), "outline": outline}, [res_id]
                    )
                    stream = printed[res_id]["stream"]
                    outline = self._read_outline(stream)
            streams[res_id] = {"stream": stream, "attachment": None}
        return streams

    @api.model
    def _is_regulation_report(self, report_ref):
        return self._get_report(report_ref).report_name == REPORT

    @api.model
    def _get_regulation_printout(self, res_id):
        """The signed file of an edition in the language asked for, if there is one."""
        document = self.env[f"report.{REPORT}"]
        edition = self.env["regulation.regulation"].browse(res_id)
        edition.check_access("read")
        return edition.sudo().printout_ids.filtered(
            lambda printout: printout.lang == document._get_lang()
        )

    @api.model
    def _read_outline(self, stream):
        """Headings of a PDF and the pages they stand on.

        :return: list of ``(heading, page)`` in the order of the document
        """
        reader = PdfFileReader(stream)
        root = reader.trailer["/Root"]
        if "/Outlines" not in root or "/Dests" not in root:
            return []
        targets, found = root["/Dests"], []

        def walk(node):
            # wkhtmltopdf writes the number of the page, counted from 0
            page = targets[node["/Dest"]][0]
            if isinstance(page, int):
                found.append((str(node["/Title"]), page + 1))
            if "/First" in node:
                walk(node["/First"])
            if "/Next" in node:
                walk(node["/Next"])

        if "/First" in root["/Outlines"]:
            walk(root["/Outlines"]["/First"])
        return found
