# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from datetime import timedelta

from markupsafe import Markup

from odoo import api, models

from .process_scheme import draw
from .regulation_report_document import EMPTY

#: rows without a name at the end of the acknowledgement sheet
FREE_ROWS = 5

#: longest table, in rows, that is kept together with its heading on one page
ROWS_TOGETHER = 12


class RegulationReportDocument(models.AbstractModel):
    """R-1, what follows the stages: annexes, registers and sheets to sign."""

    _inherit = "report.client_regulation.regulation_report_document"

    @api.model
    def _prepare_annexes(self):
        """Headings of what follows the stages."""
        titles = {
            "scheme": self.env._("Process scheme"),
            "roles": self.env._("Roles and who fills them"),
            "flow": self.env._("Information flow"),
            "register": self.env._("Change register"),
            "visas": self.env._("Approval sheet"),
            "acknowledgements": self.env._("Acknowledgement sheet"),
        }
        return {
            key: self._prepare_heading(
                key,
                self.env._("Annex %(number)s. %(title)s", number=number, title=title),
            )
            for number, (key, title) in enumerate(titles.items(), start=1)
        }

    @api.model
    def _prepare_scheme(self, stages):
        return [
            Markup(picture)  # safe: `draw` escapes every text
            for picture in draw(
                [
                    {
                        "code": stage["code"],
                        "name": stage["name"],
                        "exit_time": stage["passport"][1]["time"],
                        "condition": stage["condition"],
                    }
                    for stage in stages
                ],
                self.env._("Exit time"),
            )
        ]

    @api.model
    def _prepare_flow(self, regulation):
        """Documents that the steps hand over, from whom to whom and when."""
        rows = [
            {
                "code": step.code,
                "document": step.document,
                "sender": self._get_text(step.role_id.name),
                "receiver": self._get_text(step.receiver_role_id.name),
                "deadline": self._get_text(step._get_deadline_text()),
                "proof": self._get_text(step.proof),
            }
            for stage in regulation.stage_ids
            for step in stage.step_ids
            if step.document
        ]
        return self._prepare_table(rows)

    @api.model
    def _prepare_roles(self, regulation, company):
        """Roles of the edition, and who fills each on the day of printing."""
        Role = self.env["regulation.role"].sudo()
        today = self._get_today(company)
        assignments = Role._search_assignments(company.id, today).grouped("role_id")
        rows = []
        for role in self._get_roles(regulation):
            own = assignments.get(role, self.env["regulation.role.assignment"])
            people = [
                self._prepare_assignment(assignment)
                for assignment in own.with_context(lang=self.env.lang)
            ]
            if role.resolve != "assignment" or not people:
                known = own.user_id | own.substitute_id
                others = self._get_people(role, regulation, company) - known
                people.insert(
                    0,
                    {
                        "person": self._get_others_text(role, others),
                        "dates": EMPTY,
                        "substitute": EMPTY,
                        "department": role.department_id.name or EMPTY,
                    },
                )
            rows += [{"role": role.name, **person} for person in people]
        return self._prepare_table(rows)

    @api.model
    def _prepare_assignment(self, assignment):
        first = self._format_date(assignment.date_from)
        # the date in the record is the first day without the role
        last = assignment.date_to and assignment.date_to - timedelta(days=1)
        department = assignment.department_id or assignment.role_id.department_id
        return {
            "person": assignment.user_id.name,
            "dates": f"{first or '…'} – {self._format_date(last) or '…'}",
            "substitute": assignment.substitute_id.name or EMPTY,
            "department": department.name or EMPTY,
        }

    @api.model
    def _get_others_text(self, role, users):
        names = ", ".join(users.sorted("name").mapped("name"))
        if role.resolve == "assignment":
            return names or EMPTY
        label = self._get_label(role, "resolve")
        return f"{label}: {names}" if names else label

    @api.model
    def _prepare_editions(self, regulation, company):
        """This edition and those before it, the first one first."""
        editions = regulation
        while (previous := editions[-1:].previous_id) and previous not in editions:
            editions |= previous
        rows = []
        for edition in reversed(editions):
            author = edition.owner_id or edition.approved_by_id
            approved = self._get_local_date(edition.approved_on, company)
            rows.append(
                {
                    "edition": str(edition.edition),
                    "date": self._format_date(edition.date_from or approved) or EMPTY,
                    "basis": edition.change_note
                    or ("" if edition.previous_id else self.env._("First edition"))
                    or EMPTY,
                    "author": author.name or EMPTY,
                }
            )
        return rows

    @api.model
    def _prepare_changes(self, regulation):
        kinds = {
            "added": self.env._("Added"),
            "removed": self.env._("Removed"),
            "changed": self.env._("Changed"),
        }
        rows = [
            {
                "kind": kinds[change["kind"]],
                "label": change["label"],
                "field": change.get("field") or EMPTY,
                "old": change.get("old") or EMPTY,
                "new": change.get("new") or EMPTY,
            }
            for change in regulation._get_changes()
        ]
        return {"compared": bool(regulation.previous_id), **self._prepare_table(rows)}

    @api.model
    def _prepare_visas(self, regulation, company):
        """A line for every role; the name where one person fills it."""
        rows = []
        for role in self._get_roles(regulation):
            people = self._get_people(role, regulation, company)
            rows.append(
                {"role": role.name, "person": people.name if len(people) == 1 else ""}
            )
        return self._prepare_table(rows)

    @api.model
    def _prepare_acknowledgements(self, regulation, company):
        """Who has to know the edition, with the date where they confirmed it."""
        if regulation.acknowledgement_ids:
            people = [
                (row.user_id, row.role_ids, row.acknowledged_on)
                for row in regulation.acknowledgement_ids
            ]
        elif regulation.state == "draft":
            people = [
                (user, roles, False)
                for user, roles in regulation._get_people_by_user().items()
            ]
        else:
            people = []
        people.sort(key=lambda row: row[0].name or "")
        rows = [
            {
                "number": str(number),
                "person": user.name,
                "position": self._get_position_and_roles(user, roles, company),
                "date": self._format_date(self._get_local_date(confirmed, company)),
            }
            for number, (user, roles, confirmed) in enumerate(people, start=1)
        ]
        free = [
            {"number": str(number), "person": "", "position": "", "date": ""}
            for number in range(len(rows) + 1, len(rows) + FREE_ROWS + 1)
        ]
        return {"people": bool(rows), "rows": rows + free}

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    @api.model
    def _prepare_table(self, rows):
        return {"rows": rows, "kept": len(rows) <= ROWS_TOGETHER}

    @api.model
    def _get_roles(self, regulation):
        steps = regulation.step_ids
        return (steps.role_id | steps.receiver_role_id).sorted("sequence")

    @api.model
    def _get_position_and_roles(self, user, roles, company):
        texts = [
            self._get_position(user, company),
            *roles.sudo().sorted("sequence").mapped("name"),
        ]
        # a position is often called like the role that it fills
        return ", ".join({text.lower(): text for text in texts if text}.values())

    @api.model
    def _get_people(self, role, regulation, company):
        teams = self.env["regulation.rota"]._get_bound_teams(regulation)
        user_ids = self.env["regulation.role"]._resolve_people(
            role.id, company.id, self._get_today(company), teams
        )
        return self.env["res.users"].sudo().browse(user_ids)
