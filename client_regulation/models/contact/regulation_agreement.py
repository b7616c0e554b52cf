# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...tools.filled import is_placeholder

#: ends of an agreement that count as settled
DONE = ("done", "late")


class RegulationAgreement(models.Model):
    """Who promised what until when: ours and the client's. (Reg. 1.3.8)

    An agreement is done, cancelled with a reason, or moved: then this row says so
    and a new one carries on with the new date, so that what was promised first is
    never rewritten. `date_counted` is the date that punctuality is measured by:
    the first one promised, or the new one where the other side agreed to it before
    the old one was over (indicator SRV-14).
    """

    _name = "regulation.agreement"
    _description = "Agreement"
    _inherit = [
        "regulation.agreement.proof",
        "regulation.promise",
        "regulation.talk.line",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_due, id"
    _rec_name = "subject"

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    user_id = fields.Many2one(
        string="Our Person",
        help="Who of us keeps the promise, or sees to it that the client does.",
    )
    side = fields.Selection(string="Whose Promise", tracking=True)
    subject = fields.Char(required=True, tracking=True)
    contact_id = fields.Many2one(
        "res.partner", "Client's Person", index="btree_not_null", ondelete="restrict",
        compute="_compute_contact_id", store=True, readonly=False, precompute=True,
        tracking=True, check_company=True,
    )  # fmt: skip
    date_due = fields.Date(index=True, tracking=True)
    date_counted = fields.Date(
        "Due That Counts", compute="_compute_date_counted", store=True, recursive=True,
        precompute=True, index=True,
        help="The day that punctuality is measured by: the first one promised, or the "
        "new one where the other side agreed to it in time.",
    )  # fmt: skip
    date_done = fields.Date("Done On", copy=False, tracking=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("done", "Done"),
            ("late", "Done Late"),
            ("moved", "Moved"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        copy=False,
        index=True,
        tracking=True,
    )
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    # proof
    proof_note = fields.Text("Proof", copy=False, tracking=True)
    proof_attachment_ids = fields.Many2many(
        "ir.attachment", string="Proof Files", copy=False
    )

    # cancelled
    cancel_reason = fields.Char("Reason of Cancellation", copy=False, tracking=True)
    cancelled_by = fields.Selection(
        [("us", "We"), ("client", "The Client")], copy=False
    )

    # moved
    moved_from_id = fields.Many2one(
        "regulation.agreement", "Moved From", readonly=True, copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    first_id = fields.Many2one(
        "regulation.agreement", "First Promised As", readonly=True, copy=False,
        index="btree_not_null", ondelete="restrict",
    )  # fmt: skip
    moved_in_time = fields.Boolean(readonly=True, copy=False)
    move_ids = fields.Many2many(
        "regulation.agreement.move", string="Moves", compute="_compute_move_ids"
    )
    move_count = fields.Integer("Times Moved", compute="_compute_move_ids")

    # reminders, once each
    reminded_on = fields.Datetime(readonly=True, copy=False)
    escalated_on = fields.Datetime(readonly=True, copy=False)

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_id", "side", "visit_id", "call_id")
    def _compute_contact_id(self):
        for agreement in self:
            partner, contact = agreement.partner_id, agreement.contact_id
            if contact and (
                contact.commercial_partner_id == partner.commercial_partner_id
            ):
                agreement.contact_id = contact
            elif agreement.side == "client" and not partner.is_company:
                agreement.contact_id = partner
            elif agreement.side == "client":
                agreement.contact_id = agreement._get_speaker()
            else:
                agreement.contact_id = agreement.call_id.contact_id

    @api.depends("date_due", "moved_from_id.date_counted", "moved_in_time")
    def _compute_date_counted(self):
        for agreement in self:
            former = agreement.moved_from_id
            agreement.date_counted = (
                former.date_counted
                if former and not agreement.moved_in_time
                else agreement.date_due
            )

    @api.depends("state", "date_due", "company_id")
    def _compute_is_overdue(self):
        time = self.env["regulation.time"]
        today = {
            company: time._get_today(company.id or self.env.company.id)
            for company in self.company_id | self.env["res.company"]
        }
        for agreement in self:
            agreement.is_overdue = (
                agreement.state == "open"
                and agreement.date_due
                and agreement.date_due
                < today.get(agreement.company_id, fields.Date.context_today(self))
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        time = self.env["regulation.time"]
        overdue = Domain("state", "=", "open") & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_due", "<", time._get_today(company.id))
            for company in self.env["res.company"].sudo().search([])
        )  # as sudo: only their calendars are looked at
        domain = Domain.FALSE
        if True in value:
            domain |= overdue
        if False in value:
            domain |= ~overdue
        return domain

    @api.depends("first_id", "state")
    def _compute_move_ids(self):
        firsts = {
            agreement: (agreement.first_id or agreement)._origin.id
            for agreement in self
        }
        moves = self.env["regulation.agreement.move"].search(
            [("first_id", "in", list(filter(None, firsts.values())))]
        )
        by_first = moves.grouped(lambda move: move.first_id.id)
        for agreement, first_id in firsts.items():
            own = by_first.get(first_id, moves.browse())
            agreement.move_ids = own
            agreement.move_count = len(own)

    # ------------------------------------------------------------
    # CONSTRAINT METHODS
    # ------------------------------------------------------------

    @api.constrains("subject")
    def _check_subject(self):
        for agreement in self:
            if is_placeholder(agreement.subject):
                raise ValidationError(
                    self.env._(
                        "An agreement with “%(client)s” says nothing. Write what was "
                        "promised, so that the other side would recognise it.",
                        client=agreement.partner_id.display_name,
                    )
                )

    @api.constrains("side", "user_id", "contact_id", "partner_id")
    def _check_person(self):
        for agreement in self:
            if agreement.side == "us" and not agreement.user_id:
                raise ValidationError(
                    self.env._(
                        "“%(agreement)s”: who of us keeps this promise? Fill in “Our "
                        "Person”.",
                        agreement=agreement.subject,
                    )
                )
            if agreement.side == "client" and not agreement.contact_id:
                raise ValidationError(
                    self.env._(
                        "“%(agreement)s”: who at “%(client)s” promised it? Fill in "
                        "“Client's Person”.",
                        agreement=agreement.subject,
                        client=agreement.partner_id.display_name,
                    )
                )

    @api.constrains("state", "date_done", "cancel_reason", "cancelled_by")
    def _check_end(self):
        for agreement in self:
            lacking = None
            if agreement.state in DONE and not agreement.date_done:
                lacking = self.env._("the day it was done")
            elif agreement.state == "cancelled" and (
                is_placeholder(agreement.cancel_reason) or not agreement.cancelled_by
            ):
                lacking = self.env._("who cancelled it and why")
            if lacking:
                raise ValidationError(
                    self.env._(
                        "“%(agreement)s” cannot be closed without this: %(lacking)s. "
                        "Use the buttons of the agreement.",
                        agreement=agreement.subject,
                        lacking=lacking,
                    )
                )

    @api.constrains("date_done")
    def _check_date_done(self):
        for agreement in self:
            if agreement.date_done and agreement.date_done > self.env[
                "regulation.time"
            ]._get_today(agreement.company_id.id):
                raise ValidationError(
                    self.env._(
                        "“%(agreement)s” cannot be done on a day to come.",
                        agreement=agreement.subject,
                    )
                )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        agreements = super().create(vals_list)
        agreements._settle_state()
        return agreements

    def write(self, vals):
        vals = dict(vals)
        if "date_due" in vals:
            self._check_not_moved_by_hand(vals["date_due"])
        if vals.get("state") == "moved":
            self._check_moved_by_wizard()
        if vals.get("state") in ("open", "moved", "cancelled"):
            vals.setdefault("date_done", False)
        result = super().write(vals)
        if vals.keys() & {"state", "date_done", "date_due"}:
            self._settle_state()
        return result

    def _settle_state(self):
        """Done in time or late is arithmetic, not a choice."""
        time = self.env["regulation.time"]
        for agreement in self:
            state, done_on = agreement.state, agreement.date_done
            if state in DONE or (state == "open" and done_on):
                done_on = done_on or time._get_today(agreement.company_id.id)
                state = "done" if done_on <= agreement.date_due else "late"
            if (state, done_on) != (agreement.state, agreement.date_done):
                agreement.write({"state": state, "date_done": done_on})
        self.filtered(lambda a: a.state != "open" and a.activity_ids).activity_unlink(
            [
                "client_regulation.mail_activity_type_agreement",
                "client_regulation.mail_activity_type_agreement_overdue",
            ]
        )

    def _check_not_moved_by_hand(self, date_due):
        time = self.env["regulation.time"]
        date_due = fields.Date.to_date(date_due)
        for agreement in self:
            clock = time._get_clock(agreement.company_id.id, agreement.create_date)
            written = clock.local_date(agreement.create_date)
            today = time._get_today(agreement.company_id.id)
            if agreement.date_due != date_due and (
                agreement.state != "open" or written != today
            ):
                raise UserError(
                    self.env._(
                        "“%(agreement)s” was promised by %(date)s, and that stays "
                        "written. Press “Reschedule” and say who agreed to the new "
                        "date and why.",
                        agreement=agreement.subject,
                        date=agreement.date_due,
                    )
                )

    def _check_moved_by_wizard(self):
        moved = self.env["regulation.agreement"].search(
            [("moved_from_id", "in", self.ids)]
        )
        for agreement in self - moved.moved_from_id:
            raise UserError(
                self.env._(
                    "“%(agreement)s” is moved with the button “Reschedule”, which "
                    "writes down the new date and who agreed to it.",
                    agreement=agreement.subject,
                )
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_done(self):
        return self._get_settle_action("done", self.env._("Done"))

    def action_move(self):
        return self._get_settle_action("move", self.env._("Reschedule"))

    def action_cancel(self):
        return self._get_settle_action("cancel", self.env._("Cancel the Agreement"))

    def action_reopen(self):
        """Undo a wrong «done» or «cancelled»."""
        for agreement in self:
            if agreement.state not in (*DONE, "cancelled"):
                raise UserError(
                    self.env._(
                        "“%(agreement)s” is neither done nor cancelled: there is "
                        "nothing to reopen.",
                        agreement=agreement.subject,
                    )
                )
        self.write({"state": "open", "cancel_reason": False, "cancelled_by": False})
        return True

    def _get_settle_action(self, action, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "regulation.agreement.settle",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_agreement_id": self.id, "default_action": action},
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _check_open(self):
        for agreement in self:
            if agreement.state != "open":
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "“%(agreement)s” is not open any more: %(state)s.",
                        agreement=agreement.subject,
                        state=labels[agreement.state],
                    )
                )

    def _complete(self, date_done, note=False, attachments=None):
        """Kept, with a proof: a note or a file."""
        self._check_open()
        for agreement in self:
            if is_placeholder(note) and not attachments:
                raise UserError(
                    self.env._(
                        "“%(agreement)s”: what proves that it was done? Write a note "
                        "(the number of the letter, what the client said) or add a "
                        "file.",
                        agreement=agreement.subject,
                    )
                )
        if attachments:
            # as sudo: what was uploaded into the dialog becomes the agreement's
            attachments.sudo().filtered(
                lambda file: file.res_model != self._name or not file.res_id
            ).write({"res_model": self._name, "res_id": self[:1].id})
        self.write(
            {
                "date_done": date_done,
                "proof_note": note,
                "proof_attachment_ids": [
                    fields.Command.link(attachment.id)
                    for attachment in attachments or ()
                ],
            }
        )

    def _cancel(self, by, reason):
        self._check_open()
        self.write({"state": "cancelled", "cancelled_by": by, "cancel_reason": reason})

    def _move(self, date_due, reason, contact=None):
        """Carry on with a new date; what was promised first stays written.

        :param contact: who at the client agreed, if they did
        :return: the agreement that carries on
        """
        self.ensure_one()
        self._check_open()
        today = self.env["regulation.time"]._get_today(self.company_id.id)
        if date_due <= self.date_due or date_due < today:
            raise UserError(
                self.env._(
                    "“%(agreement)s” is due on %(date)s: it can be moved to a later "
                    "day only, and not into the past.",
                    agreement=self.subject,
                    date=self.date_due,
                )
            )
        # the client may let us off our date in time; nobody lets the client off but
        # what they promised first (SRV-14, R1.3.8)
        in_time = bool(self.side == "us" and contact and today <= self.date_due)
        new = self.copy(
            {
                "date_due": date_due,
                "moved_from_id": self.id,
                "first_id": (self.first_id or self).id,
                "moved_in_time": in_time,
                "visit_id": self.visit_id.id,
                "call_id": self.call_id.id,
            }
        )
        # as sudo: a move is written here and nowhere else, by nobody's right to write
        self.env["regulation.agreement.move"].sudo().create(
            {
                "agreement_id": self.id,
                "new_agreement_id": new.id,
                "first_id": new.first_id.id,
                "date_old": self.date_due,
                "date_new": date_due,
                "contact_id": contact.id if contact else False,
                "reason": reason,
            }
        )
        self.write({"state": "moved"})
        return new
