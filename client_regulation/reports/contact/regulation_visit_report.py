# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import html2plaintext
from odoo.tools.misc import format_amount, format_date, format_datetime

from ...models.contact.regulation_visit_life import OPEN
from ...tools.workbook import Column, Sheet

#: what is printed where there is nothing to print
EMPTY = "—"


class RegulationVisitReport(models.AbstractModel):
    """R-3, one form before and after a visit: preparation sheet and report.

    `_prepare_visit` makes each visit into texts ready to be printed; what can only be
    known after the visit is left blank before it, to be filled in by hand. The
    workbook is the register: a row a visit, and what was heard and agreed there.
    """

    _name = "report.client_regulation.regulation_visit_report_document"
    _description = "Visit Report"
    _inherit = ["regulation.xlsx.report"]
    _report_model = "regulation.visit"

    @api.model
    def _get_report_values(self, docids, data=None):
        report = self._in_language()
        visits = report.env["regulation.visit"].browse(docids)
        visits.check_access("read")
        return {
            "doc_ids": docids,
            "doc_model": visits._name,
            "docs": visits,
            "documents": [report._prepare_visit(visit) for visit in visits],
        }

    @api.model
    def _in_language(self):
        """In the language of who reads it."""
        return self.with_context(
            lang=self.env.context.get("lang") or self.env.user.lang
        )

    # ------------------------------------------------------------
    # TEXTS
    # ------------------------------------------------------------

    @api.model
    def _get_label(self, record, name):
        if name == "side":
            return self.env._("Party")
        return record._fields[name]._description_string(self.env)

    @api.model
    def _get_text(self, record, name):
        """The value of a field as it is printed."""
        field, value = record._fields[name], record[name]
        match field.type:
            case "selection":
                return dict(field._description_selection(self.env)).get(value, "")
            case "many2one":
                return value.display_name or ""
            case "datetime":
                return value and format_datetime(self.env, value, dt_format="short")
            case "date":
                return value and format_date(self.env, value)
            case "monetary":
                return value and format_amount(self.env, value, record.currency_id)
            case "html":
                return html2plaintext(value or "").strip()
            case "boolean":
                return self.env._("yes") if value else self.env._("no")
        return str(value) if value else ""

    @api.model
    def _get_rows(self, record, names, blank=""):
        """Labels and values: ``[(label, text)]``."""
        return [
            (self._get_label(record, name), self._get_text(record, name) or blank)
            for name in names
        ]

    @api.model
    def _get_table(self, records, names, blank_lines=0):
        """Some lines as a table, with empty ones to write on."""
        return {
            "heads": [self._get_label(records, name) for name in names],
            "rows": [
                [self._get_text(record, name) or EMPTY for name in names]
                for record in records
            ],
            "blank": range(blank_lines if not records else 0),
        }

    # ------------------------------------------------------------
    # DOCUMENT
    # ------------------------------------------------------------

    @api.model
    def _prepare_visit(self, visit):
        to_come = visit.state in OPEN
        blank = "" if to_come else EMPTY
        return {
            "visit": visit,
            "company": visit.company_id,
            "title": (
                self.env._("Visit Preparation Sheet")
                if to_come
                else self.env._("Visit Report")
            ),
            "number": visit.number or EMPTY,
            "head": self._prepare_head(visit),
            "sections": [
                {"number": number, **section}
                for number, section in enumerate(
                    self._prepare_sections(visit, to_come, blank), start=1
                )
            ],
            "signatures": [
                (self.env._("Salesperson"), visit.user_id.name or ""),
                (
                    self.env._("Head of sales"),
                    # safe: the name of who leads the team
                    visit.sudo().team_id.user_id.name or "",
                ),
            ],
            "printed": self.env._(
                "Printed on %(date)s by %(person)s",
                date=format_datetime(
                    self.env, fields.Datetime.now(), dt_format="short"
                ),
                person=self.env.user.name,
            ),
        }

    @api.model
    def _prepare_head(self, visit):
        # safe: the name of the deal and of its column on the sheet of one's own visit
        lead = visit.sudo().lead_id
        values = [
            *self._get_rows(visit, ("partner_id", "client_class"), EMPTY),
            (self._get_label(visit, "lead_id"), lead.name or EMPTY),
            (self.env._("Stage"), (lead.stage_id or visit.stage_id).name or EMPTY),
            *self._get_rows(
                visit,
                ("date_planned", "date_start", "date_end", "location", "user_id"),
                EMPTY,
            ),
            (
                self._get_label(visit, "visit_no"),
                self.env._("%(number)s, repeat", number=visit.visit_no)
                if visit.is_repeat
                else str(visit.visit_no),
            ),
            (self.env._("State"), self._get_text(visit, "state")),
        ]
        if visit.reason_id:
            note = " — ".join(filter(None, (visit.reason_id.name, visit.reason_note)))
            values.append((self._get_label(visit, "reason_id"), note))
        for side in ("us", "client"):
            people = visit.participant_ids.filtered(lambda line: line.side == side)  # noqa: B023
            label = dict(people._fields["side"]._description_selection(self.env))[side]
            values.append(
                (
                    self.env._("Participants: %(side)s", side=label),
                    "; ".join(self._describe_person(visit, line) for line in people)
                    or EMPTY,
                )
            )
        return [values[at : at + 2] for at in range(0, len(values), 2)]

    @api.model
    def _describe_person(self, visit, line):
        partner = line.partner_id
        text = ", ".join(filter(None, (partner.name, partner.function)))
        if visit.state == "done" and not line.attended:
            return self.env._("%(person)s (was not there)", person=text)
        return text

    @api.model
    def _prepare_sections(self, visit, to_come, blank):
        lines = 3 if to_come else 0
        owed = visit.open_agreement_ids if to_come else visit.agreement_ids.browse()
        return [
            {
                "title": self.env._("Goal and agenda"),
                "rows": self._get_rows(
                    visit,
                    ("goal", "fallback_goal", "agenda", "value_hypothesis"),
                    EMPTY,
                ),
            },
            {
                "title": self.env._("Preparation checklist"),
                "rows": self._get_rows(visit, ("prepared_on", "confirmed_on"), EMPTY),
                "table": self._get_table(
                    visit.checklist_ids, ("item_id", "state", "note")
                ),
                "more": [
                    (
                        self._get_label(visit, "question_ids"),
                        self._get_table(visit.question_ids, ("kind", "name", "answer")),
                    ),
                    (
                        self._get_label(visit, "expected_ids"),
                        self._get_table(
                            visit.expected_ids, ("type_id", "wording", "answer")
                        ),
                    ),
                    (
                        self._get_label(visit, "open_agreement_ids"),
                        self._get_table(owed, ("side", "subject", "date_due")),
                    ),
                ],
            },
            {
                "title": self.env._("Course, materials, samples"),
                "rows": self._get_rows(visit, ("course", "materials"), blank),
            },
            {
                "title": self.env._("Facts learned"),
                "rows": self._get_rows(
                    visit,
                    (
                        "learned_need",
                        "learned_budget",
                        "learned_timing",
                        "learned_procedure",
                        "learned_competitors",
                        "learned_volume",
                        "learned_from_id",
                    ),
                    blank,
                ),
            },
            {
                "title": self.env._("Objections"),
                "note": visit.no_objections
                and self.env._("The client was asked and had no objections."),
                "table": self._get_table(
                    visit.objection_ids,
                    ("type_id", "wording", "nature", "technique_id", "outcome"),
                    lines,
                ),
            },
            {
                "title": self.env._("Agreements"),
                "table": self._get_table(
                    visit.agreement_ids,
                    ("subject", "side", "contact_id", "date_due", "state"),
                    lines,
                ),
            },
            {
                "title": self.env._("Analysis"),
                "rows": [
                    *self._get_rows(visit, ("goal_result", "outcome"), blank),
                    (
                        self._get_label(visit, "interest"),
                        self.env._("%(mark)s of 5", mark=visit.interest)
                        if visit.interest not in (False, "0")
                        else blank,
                    ),
                    *self._get_rows(
                        visit, ("talk_share", "strengths", "mistakes", "lesson"), blank
                    ),
                ],
            },
            {
                "title": self.env._("Next step"),
                "rows": [
                    *self._get_rows(visit, ("next_step", "next_step_date"), blank),
                    *(
                        self._get_rows(
                            visit,
                            ("report_due", "date_reported", "reported_by_id"),
                            EMPTY,
                        )
                        if visit.state == "done"
                        else ()
                    ),
                ],
            },
        ]

    # ------------------------------------------------------------
    # WORKBOOK
    # ------------------------------------------------------------

    @api.model
    def _get_xlsx_name(self, records):
        return self._in_language().env._("Register of visits")

    @api.model
    def _get_sheets(self, records):
        report = self._in_language()
        visits = records.with_env(report.env).sorted(
            lambda visit: (visit.date_planned, visit.id)
        )
        return [
            report._get_visit_sheet(visits),
            report._get_objection_sheet(visits),
            report._get_agreement_sheet(visits),
            report._get_parameter_sheet(visits),
        ]

    @api.model
    def _get_columns(self, record, columns):
        """``[(field, kind, width)]`` as columns with the labels of the fields."""
        return [
            Column(name, self._get_label(record, name), kind, width)
            for name, kind, width in columns
        ]

    @api.model
    def _get_cells(self, record, columns):
        return {column.key: self._get_cell(record, column) for column in columns}

    @api.model
    def _get_cell(self, record, column):
        value = record[column.key]
        if column.kind == "datetime":
            local = value and fields.Datetime.context_timestamp(record, value)
            return local and local.replace(tzinfo=None)
        if column.kind in ("date", "money", "number", "integer"):
            is_empty = column.kind == "money" and not value
            return None if is_empty else value
        return self._get_text(record, column.key)

    @api.model
    def _get_visit_sheet(self, visits):
        columns = self._get_columns(
            visits,
            [
                ("number", "text", 10),
                ("date_planned", "datetime", 17),
                ("date_start", "datetime", 17),
                ("date_end", "datetime", 17),
                ("partner_id", "text", 28),
                ("client_class", "text", 8),
                ("lead_id", "text", 28),
                ("stage_id", "text", 18),
                ("user_id", "text", 20),
                ("team_id", "text", 18),
                ("visit_no", "integer", 8),
                ("state", "text", 12),
                ("reason_id", "text", 20),
                ("goal", "text", 36),
                ("goal_result", "text", 12),
                ("outcome", "text", 14),
                ("interest", "text", 12),
                ("talk_share", "integer", 12),
                ("prepared_on", "datetime", 17),
                ("prepared_in_time", "text", 12),
                ("report_due", "datetime", 17),
                ("date_reported", "datetime", 17),
                ("reported_on_time", "text", 12),
                ("learned_budget", "money", 14),
                ("learned_volume", "money", 14),
                ("currency_id", "text", 9),
                ("lesson", "text", 36),
                ("next_step", "text", 36),
                ("next_step_date", "date", 12),
            ],
        )
        counts = [
            Column("objections", self.env._("Objections"), "integer", 12, total=True),
            Column("agreements", self.env._("Agreements"), "integer", 12, total=True),
            Column("url", self.env._("Link"), "url", 30),
        ]
        base = visits[:1].get_base_url()
        return Sheet(
            self.env._("Visits"),
            columns + counts,
            [
                {
                    **self._get_cells(visit, columns),
                    "objections": len(visit.objection_ids),
                    "agreements": len(visit.agreement_ids),
                    "url": f"{base}/odoo/visits/{visit.id}",
                }
                for visit in visits
            ],
        )

    @api.model
    def _get_objection_sheet(self, visits):
        columns = self._get_columns(
            visits.objection_ids,
            [
                ("visit_id", "text", 30),
                ("date", "datetime", 17),
                ("partner_id", "text", 28),
                ("type_id", "text", 20),
                ("wording", "text", 40),
                ("nature", "text", 12),
                ("technique_id", "text", 22),
                ("outcome", "text", 18),
                ("amount", "money", 14),
                ("currency_id", "text", 9),
            ],
        )
        return Sheet(
            self.env._("Objections"),
            columns,
            [self._get_cells(line, columns) for line in visits.objection_ids],
        )

    @api.model
    def _get_agreement_sheet(self, visits):
        columns = self._get_columns(
            visits.agreement_ids,
            [
                ("visit_id", "text", 30),
                ("partner_id", "text", 28),
                ("side", "text", 12),
                ("subject", "text", 40),
                ("user_id", "text", 20),
                ("contact_id", "text", 24),
                ("date_due", "date", 12),
                ("state", "text", 12),
                ("date_done", "date", 12),
            ],
        )
        return Sheet(
            self.env._("Agreements"),
            columns,
            [self._get_cells(line, columns) for line in visits.agreement_ids],
        )

    @api.model
    def _get_parameter_sheet(self, visits):
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        days = [visit.date_planned for visit in visits]
        rows = [
            (
                self.env._("Company"),
                ", ".join(visits.company_id.mapped("name")),
            ),
            (self.env._("Number of visits"), len(visits)),
            (self.env._("From"), format_date(self.env, min(days)) if days else EMPTY),
            (self.env._("Until"), format_date(self.env, max(days)) if days else EMPTY),
            (
                self.env._("Printed on"),
                format_datetime(self.env, now.replace(tzinfo=None), tz="UTC"),
            ),
            (self.env._("Author"), self.env.user.name),
        ]
        return Sheet(
            self.env._("Parameters"),
            [
                Column("name", self.env._("Parameter"), "text", 24),
                Column("value", self.env._("Value"), "text", 40),
            ],
            [{"name": name, "value": value} for name, value in rows],
        )
