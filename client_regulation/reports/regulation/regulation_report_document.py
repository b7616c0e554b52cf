# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import base64
import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import html2plaintext, is_html_empty
from odoo.tools.image import image_data_uri
from odoo.tools.misc import format_date, format_datetime

#: what is printed where there is nothing to print
EMPTY = "—"

#: longest text, in letters, that is kept together on one page
KEPT_TOGETHER = 1000

IMAGE = re.compile(r'src="(/web/(?:image|content)/(\d+)[^"]*)"')


class RegulationReportDocument(models.AbstractModel):
    """R-1, the regulation as a document: everything that its forms print.

    Used by the PDF (`regulation_report_templates.xml`); a spreadsheet can read the
    same dicts. Each ``_prepare_<part>`` answers for one part of the document with
    texts ready to be printed, so that the template holds no logic. A room that adds
    a part extends ``_prepare_document`` and the template. What follows the stages is
    in `regulation_report_annexes.py`.
    """

    _name = "report.client_regulation.regulation_report_document"
    _description = "Regulation Document"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        report = self.with_context(lang=self._get_lang())
        regulations = report.env["regulation.regulation"].browse(docids)
        regulations.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": regulations._name,
            "docs": regulations,
            "lang": report.env.context["lang"],
            "documents": [
                # safe: the reader may read the edition; names of the people in its
                # roles stand on the paper that all of them sign
                report._prepare_document(regulation.sudo(), data.get("outline") or ())
                for regulation in regulations
            ],
        }

    @api.model
    def _get_lang(self):
        """The language of the document: the caller's, else the user's."""
        return self.env.context.get("lang") or self.env.user.lang or "en_US"

    # ------------------------------------------------------------
    # DOCUMENT
    # ------------------------------------------------------------

    @api.model
    def _prepare_document(self, regulation, outline=()):
        """An edition as it is printed.

        :param outline: ``(heading, page)`` in the order of the pages, read from a
            first printing; without it the table of contents has no page numbers
        """
        company = regulation.company_id or self.env.company
        report = self.with_company(company)
        regulation = regulation.with_company(company)
        provisions = report._prepare_provisions(regulation)
        stages = report._prepare_stages(regulation)
        annexes = report._prepare_annexes()
        headings = [
            *provisions["headings"],
            *(stage["heading"] for stage in stages),
            *annexes.values(),
        ]
        report._number_pages(headings, outline)
        return {
            "id": regulation.id,
            "title": report._prepare_title(regulation, company),
            "stamp": report._prepare_stamp(regulation, company),
            "mark": report._prepare_mark(regulation),
            "control": report._prepare_control(regulation, company),
            "headings": headings,
            "provisions": provisions,
            "stages": stages,
            "annexes": annexes,
            "scheme": report._prepare_scheme(stages),
            "roles": report._prepare_roles(regulation, company),
            "flow": report._prepare_flow(regulation),
            "editions": report._prepare_editions(regulation, company),
            "changes": report._prepare_changes(regulation),
            "visas": report._prepare_visas(regulation, company),
            "acknowledgements": report._prepare_acknowledgements(regulation, company),
            "footer": report._prepare_footer(regulation, company),
        }

    @api.model
    def _prepare_heading(self, anchor, text, level=1):
        return {"anchor": anchor, "text": text, "level": level, "page": ""}

    @api.model
    def _number_pages(self, headings, outline):
        """Write the pages into the headings; both are in the order of the paper."""
        rest = iter(outline)
        for heading in headings:
            text = " ".join(heading["text"].split())
            for title, page in rest:
                if " ".join(title.split()) == text:
                    heading["page"] = str(page)
                    break

    # ------------------------------------------------------------
    # TITLE PAGE
    # ------------------------------------------------------------

    @api.model
    def _prepare_title(self, regulation, company):
        signed = self._get_local_date(regulation.approved_on, company)
        date = signed or regulation.date_from
        return {
            "organisation": company.name,
            "logo": (
                image_data_uri(company.logo)
                if company.logo and not company.uses_default_logo
                else ""
            ),
            "kind": self.env._("Internal regulatory document"),
            "name": regulation.name,
            "number": regulation.number or EMPTY,
            "date": self._format_date(date),
            "edition": self._get_edition_text(regulation),
            "place": ", ".join(
                filter(
                    None,
                    [
                        regulation.place or company.city,
                        str((date or self._get_today(company)).year),
                    ],
                )
            ),
        }

    @api.model
    def _prepare_stamp(self, regulation, company):
        """Who put the edition into force, and when; None before that."""
        if not regulation.approved_on:
            return None
        approver = regulation.approved_by_id
        return {
            "position": self._get_position(approver, company) or "_" * 24,
            "signature": f"{'_' * 14} / {approver.name or EMPTY} /",
            "date": self._format_date(
                self._get_local_date(regulation.approved_on, company)
            ),
        }

    @api.model
    def _prepare_mark(self, regulation):
        """What says that a paper does not bind (any more)."""
        ended = self._format_date(regulation.date_to)
        texts = {
            "draft": (
                self.env._("DRAFT"),
                self.env._("Not approved, binds nobody."),
            ),
            "template": (
                self.env._("TEMPLATE"),
                self.env._("Copy it as a draft to make it the company's own."),
            ),
            "superseded": (
                self.env._("SUPERSEDED"),
                self.env._("Not in force since %(date)s.", date=ended),
            ),
            "repealed": (
                self.env._("REPEALED"),
                self.env._("Not in force since %(date)s.", date=ended),
            ),
        }
        text, note = texts.get(regulation.state, ("", ""))
        return {"text": text, "note": note} if text else None

    @api.model
    def _prepare_control(self, regulation, company):
        """Control block: what the reader checks before relying on the paper."""
        approved = self._get_local_date(regulation.approved_on, company)
        previous = regulation.previous_id
        if regulation.scope_ids:
            teams = ", ".join(
                scope.team_id.name or self.env._("every team of the company")
                for scope in regulation.scope_ids
            )
        else:
            teams = self.env._("every team of the company")
        pairs = [
            (self.env._("Process"), self._get_label(regulation, "process")),
            (self.env._("Status"), self._get_label(regulation, "state")),
            (self.env._("Document No."), regulation.number),
            (self.env._("Edition"), str(regulation.edition)),
            (self.env._("Owner of the document"), regulation.owner_id.name),
            (self.env._("In force from"), self._format_date(regulation.date_from)),
            (self.env._("Approved by"), regulation.approved_by_id.name),
            (self.env._("Approved on"), self._format_date(approved)),
            (
                self.env._("Supersedes"),
                previous
                and self.env._(
                    "edition %(edition)s of %(date)s",
                    edition=previous.edition,
                    date=self._format_date(previous.date_from),
                ),
            ),
            (self.env._("Not in force since"), self._format_date(regulation.date_to)),
            (self.env._("Binds the teams"), teams),
        ]
        return [{"label": label, "value": value or EMPTY} for label, value in pairs]

    @api.model
    def _prepare_footer(self, regulation, company):
        now = fields.Datetime.now()
        clock = self.env["regulation.time"]._get_clock(company.id, now)
        return {
            "document": " · ".join(
                filter(
                    None,
                    [
                        company.name,
                        regulation.number
                        and self.env._("No. %(number)s", number=regulation.number),
                        self._get_edition_text(regulation),
                    ],
                )
            ),
            "printed": self.env._(
                "Printed, with data as of %(time)s (%(zone)s)",
                time=format_datetime(self.env, now, tz=clock.tz.key, dt_format=False),
                zone=clock.tz.key,
            ),
        }

    # ------------------------------------------------------------
    # TEXT
    # ------------------------------------------------------------

    @api.model
    def _prepare_provisions(self, regulation):
        heading = self._prepare_heading(
            "provisions", self.env._("1. General provisions")
        )
        rows = []
        for number, provision in enumerate(regulation.provision_ids, start=1):
            empty = is_html_empty(provision.body)
            rows.append(
                {
                    "code": provision.code,
                    "heading": self._prepare_heading(
                        f"provision-{number}", f"1.{number}. {provision.name}", level=2
                    ),
                    "body": "" if empty else self._inline_images(provision.body),
                    "kept": len(html2plaintext(provision.body or "")) < KEPT_TOGETHER,
                }
            )
        return {
            "heading": heading,
            "rows": rows,
            "headings": [heading, *(row["heading"] for row in rows)],
        }

    @api.model
    def _inline_images(self, body):
        """Put the pictures of a text into it: wkhtmltopdf need not fetch them.

        Only what the reader may see is put in; the rest stays a link.
        """
        base_url = self.env["ir.actions.report"]._get_report_url()
        Attachment = self.env["ir.attachment"].sudo(False)

        def replace(match):
            path, attachment_id = match.groups()
            attachment = Attachment.browse(int(attachment_id))
            if not attachment.exists() or not attachment.has_access("read"):
                return f'src="{base_url}{path}"'
            content = base64.b64encode(attachment.raw or b"").decode()
            return f'src="data:{attachment.mimetype};base64,{content}"'

        # safe: the body of an Html field, cleaned when it was written
        return Markup(IMAGE.sub(replace, str(body)))

    @api.model
    def _prepare_stages(self, regulation):
        return [
            {
                "code": stage.code,
                "name": stage.name,
                "heading": self._prepare_heading(
                    f"stage-{number}",
                    self.env._(
                        "%(number)s. Stage %(code)s. %(name)s",
                        number=number,
                        code=stage.code,
                        name=stage.name,
                    ),
                ),
                "passport": self._prepare_passport(stage),
                "condition": self._get_text(stage.condition),
                "steps": [
                    self._prepare_step(step)
                    for step in stage.step_ids.sorted(
                        lambda step: (step.sequence, step.code or "", step.id)
                    )
                ],
            }
            for number, stage in enumerate(regulation.stage_ids, start=2)
        ]

    @api.model
    def _prepare_passport(self, stage):
        sides = {"entry": self.env._("Entry"), "exit": self.env._("Exit")}
        return [
            {
                "side": label,
                "time": self._get_text(stage[f"{side}_time"]),
                "quantity": self._get_text(stage[f"{side}_quantity"]),
                "quality": self._get_text(stage[f"{side}_quality"]),
            }
            for side, label in sides.items()
        ]

    @api.model
    def _prepare_step(self, step):
        return {
            "code": step.code,
            "name": step.name,
            "requirement": self._get_text(step.requirement, empty=""),
            "why": self._get_text(step.why, empty=""),
            "deadline": self._get_text(step._get_deadline_text()),
            "quantity": self._get_text(step.quantity),
            "quality": self._get_text(step.quality),
            "role": self._get_text(step.role_id.name),
            "receiver": step.receiver_role_id.name or "",
            "document": step.document or "",
            "proof": self._get_text(step.proof),
            "gate": self._get_gate_text(step),
        }

    @api.model
    def _get_gate_text(self, step):
        """What holds a step: its gate in words, or its rhythm where none gates."""
        if step.subject == "event":
            return self.env._("each time it happens")
        if step.subject == "period":
            return {
                "week": self.env._("every week"),
                "month": self.env._("every month"),
                "quarter": self.env._("every quarter"),
            }.get(step.period, EMPTY)
        text = {
            "inform": self.env._("informs"),
            "warn": self.env._("warns, is recorded"),
            "block": self.env._("blocks the transition"),
        }[step.gate]
        if step.gate_from and step.gate != "inform":
            text = self.env._(
                "%(gate)s from %(date)s",
                gate=text,
                date=self._format_date(step.gate_from),
            )
        return text

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _get_text(self, text, empty=EMPTY):
        """A text as it is set: no line begins with a dash or a percent sign."""
        if not text:
            return empty
        return text.replace(" %", "\u00a0%").replace(" —", "\u00a0—")

    @api.model
    def _get_position(self, user, company):
        employee = user.sudo().employee_ids.filtered(
            lambda employee: employee.company_id == company
        )[:1]
        return employee.job_title or user.sudo().partner_id.function or ""

    @api.model
    def _get_edition_text(self, regulation):
        return self.env._("Edition %(edition)s", edition=regulation.edition)

    @api.model
    def _get_label(self, record, name):
        """The label of a selection value in the language of the document."""
        labels = dict(record._fields[name]._description_selection(self.env))
        return labels.get(record[name], "")

    @api.model
    def _get_today(self, company):
        return self.env["regulation.time"]._get_today(company.id)

    @api.model
    def _get_local_date(self, instant, company):
        """The civil day of an instant in the company's time zone."""
        if not instant:
            return False
        clock = self.env["regulation.time"]._get_clock(company.id, instant)
        return clock.local_date(instant)

    @api.model
    def _format_date(self, date):
        return format_date(self.env, date) if date else ""
