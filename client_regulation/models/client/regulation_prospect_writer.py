# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import logging

from psycopg2 import OperationalError

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext, split_every

from ...tools.prospect_keys import clean_site
from ...tools.regulation_sheet import fold
from .regulation_card_fact import FACT_FIELDS, FactOrigin

_logger = logging.getLogger(__name__)

CHUNK = 200
#: thousands of clients at once: nobody is mailed about each, none of them is logged
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
}
#: value of a client → field of a lead without one
LEAD_FIELDS = {
    "name": "partner_name",
    "email": "email_from",
    "phone": "phone",
    "website": "website",
    "street": "street",
    "city": "city",
    "state_id": "state_id",
    "country_id": "country_id",
    "comment": "description",
}


class RegulationProspectWriter(models.AbstractModel):
    """Turns decided rows into clients, contacts and leads. (Reg. 1.2.2)

    As the user, so that nobody brings in what they could not enter. A row that
    fails says why and stops no other.
    """

    _name = "regulation.prospect.writer"
    _description = "Writer of Prospects"

    @api.model
    def _apply(self, batch, lines, prospects):
        """Do with every row what was decided; write what became of it."""
        wrong = lines.filtered(lambda line: line.verdict == "wrong")
        for line in wrong:
            self._note(line, "skipped", line.problem)
        rest = lines - wrong
        for line in rest.filtered(lambda line: line.choice == "skip"):
            self._note(line, "skipped", line.reason or self._get_skip_text(line))
        creating = rest.filtered(lambda line: line.choice == "create")
        for ids in split_every(CHUNK, creating.ids):
            self._create_safely(batch, lines.browse(ids), prospects)
        # last: a row may be merged into the client of a row of the same list
        for line in rest.filtered(lambda line: line.choice == "merge"):
            self._attempt(line, self._merge, batch, prospects[line.id])

    def _note(self, line, result, text, **values):
        # sudo: the result is the import's, not the user's to write
        line.sudo().write({"result": result, "result_note": text or False, **values})

    def _get_skip_text(self, line):
        if line.verdict == "new":
            return self.env._("Left out by %(person)s.", person=self.env.user.name)
        return self.env._(
            "Known already (%(sign)s): %(known)s.",
            sign=dict(line._fields["match_on"]._description_selection(self.env)).get(
                line.match_on, ""
            ),
            known=line.match_text or "—",
        )

    def _attempt(self, line, method, *args):
        """One row in a savepoint of its own."""
        try:
            with self.env.cr.savepoint():
                method(line, *args)
                self.env.flush_all()
        except OperationalError:
            raise  # another transaction is in the way: Odoo tries the whole again
        except Exception as error:  # whatever a row meets, the others go on
            if not isinstance(error, UserError):
                _logger.warning("prospects: row %s: %s", line.number, error)
            self.env.invalidate_all(flush=False)
            self._note(line, "failed", self._describe(error))

    def _describe(self, error):
        if isinstance(error, AccessError):
            return self.env._(
                "You may not write this record; ask who answers for it, or your head "
                "of sales. (%(error)s)",
                error=str(error).split("\n", 1)[0],
            )
        return str(error)

    # ------------------------------------------------------------
    # CREATING
    # ------------------------------------------------------------

    def _create_safely(self, batch, lines, prospects):
        """A chunk at once; row by row if any of them is refused."""
        try:
            with self.env.cr.savepoint():
                self._create_prospects(lines, batch, prospects)
                self.env.flush_all()
        except OperationalError:
            raise
        except Exception:  # whose it was is found row by row, and said there
            self.env.invalidate_all(flush=False)
            for line in lines:
                self._attempt(line, self._create, batch, prospects)

    def _create_prospects(self, lines, batch, prospects):
        # each fact of the card says that it comes from this list (Reg. 1.3.3)
        Partner = self.env["res.partner"].with_context(
            **QUIET, regulation_fact_origin=FactOrigin(source=batch.name)
        )
        clients = Partner.create(
            [
                {**prospects[line.id].company, "user_id": prospects[line.id].user_id}
                for line in lines
            ]
        )
        people = [
            {**prospects[line.id].contact, "parent_id": client.id}
            for line, client in zip(lines, clients, strict=True)
            if prospects[line.id].contact
        ]
        contacts = {contact.parent_id: contact for contact in Partner.create(people)}
        leads = (
            self.env["crm.lead"]
            .with_context(**QUIET)
            .create(
                [
                    self._prepare_lead(
                        batch, prospects[line.id], client, contacts.get(client)
                    )
                    for line, client in zip(lines, clients, strict=True)
                ]
            )
        )
        for line, client, lead in zip(lines, clients, leads, strict=True):
            self._note(
                line,
                "created",
                self._get_created_text(line),
                result_partner_id=client.id,
                result_lead_id=lead.id,
            )

    def _prepare_lead(self, batch, prospect, client, contact):
        team = batch.team_id
        user = self.env["res.users"].browse(prospect.user_id or ())
        # sudo: who is in the team, whatever company they work in now
        if user and user not in team.sudo().member_ids | team.sudo().user_id:
            team = team.browse()  # crm finds the team of the salesperson
        # who can be reached at all: a client without a channel by their contact
        reached = client if client.phone or client.email or not contact else contact
        values = {
            "name": client.name,
            "type": batch.lead_type,
            "partner_id": reached.id,
            "user_id": user.id,
            "company_id": batch.company_id.id,
            "tag_ids": [(6, 0, batch.tag_ids.ids)],
            **{name: value for name, value in prospect.lead.items() if value},
        }
        return values | ({"team_id": team.id} if team else {})

    def _get_created_text(self, line):
        reason = line.reason or line.batch_id.create_reason
        if line.verdict == "new" or not reason:
            return False
        return self.env._(
            "Created although it is known already (%(known)s): %(reason)s",
            known=line.match_text or "—",
            reason=reason,
        )

    # ------------------------------------------------------------
    # MERGING
    # ------------------------------------------------------------

    def _merge(self, line, batch, prospect):
        client, lead = line.partner_id, line.lead_id
        if line.twin_id:
            client = line.twin_id.result_partner_id
            lead = line.twin_id.result_lead_id.filtered(lambda lead: not client)
        if client:
            text = self._merge_client(client.with_env(self.env), prospect, batch)
        elif lead:
            text = self._merge_lead(lead.with_env(self.env), prospect)
        elif line.twin_id:
            raise UserError(
                self.env._(
                    "Row %(row)s, into which it was to be merged, was not brought in. "
                    "Create this one instead.",
                    row=line.twin_id.number,
                )
            )
        else:
            raise UserError(
                self.env._("Whom it was to be merged into is not there any more.")
            )
        self._note(
            line,
            "merged",
            text,
            result_partner_id=client.id,
            result_lead_id=lead.id,
        )

    def _merge_client(self, client, prospect, batch):
        values = {
            name: value
            for name, value in prospect.company.items()
            if name != "company_id"  # whose a known client is stays as it is
        }
        filled, left = self._fill(
            client, values | self._get_purchases(client, values, batch), batch.name
        )
        if prospect.contact:
            contact = self._find_contact(client, prospect.contact)
            if contact:
                more, kept = self._fill(contact, prospect.contact)
                filled, left = filled + more, left + kept
            else:
                contact = client.with_context(**QUIET).create(
                    {**prospect.contact, "parent_id": client.id}
                )
                filled.append(self.env._("contact %(contact)s", contact=contact.name))
        return self._get_merged_text(filled, left)

    def _get_purchases(self, client, values, batch):
        """A sum for a card that is kept in another currency, in that currency."""
        own = client.yearly_purchases_currency_id
        listed = batch.company_id.currency_id
        if "yearly_purchases" not in values or not own or own == listed:
            return {}
        amount = listed._convert(
            values["yearly_purchases"],
            own,
            batch.company_id,
            values["yearly_purchases_date"],
        )
        return {"yearly_purchases": amount, "yearly_purchases_currency_id": own.id}

    def _merge_lead(self, lead, prospect):
        values = {
            LEAD_FIELDS[name]: value
            for name, value in prospect.company.items()
            if name in LEAD_FIELDS
        }
        contact = prospect.contact
        values.update(
            contact_name=contact.get("name"),
            function=contact.get("function"),
            source_id=prospect.lead.get("source_id"),
        )
        for name, field in (("email", "email_from"), ("phone", "phone")):
            values.setdefault(field, contact.get(name))
        return self._get_merged_text(*self._fill(lead, values))

    def _find_contact(self, client, values):
        """The person of the client that is meant, by mail, telephone or name."""
        number = values.get("phone") and client._phone_format(number=values["phone"])
        for contact in client.child_ids:
            if (
                (values.get("email") and contact.email_normalized == values["email"])
                or (number and contact.phone_sanitized == number)
                or fold(contact.name or "") == fold(values["name"])
            ):
                return contact
        return client.browse()

    def _fill(self, record, values, source=""):
        """Fill what is empty, overwrite nothing; labels of both.

        :param source: where the facts of a client card come from
        """
        record.check_access("write")
        fresh, left = {}, []
        for name, value in values.items():
            if not value or name == "is_company":
                continue
            if not record[name] and self._fits(record, name, value):
                fresh[name] = value
            elif not self._is_same(record, name, value):
                left.append(name)
        # a date and a source belong to the sum they stand beside
        details = {name for name in values if name.startswith("yearly_purchases_")}
        left = [name for name in left if name not in details]
        for name in details:
            if "yearly_purchases" in fresh:
                fresh[name] = values[name]
            else:
                fresh.pop(name, None)
        quiet = record.with_context(**QUIET)
        facts = {
            name: value
            for name, value in fresh.items()
            if name in FACT_FIELDS or name in details
        }
        if facts and record._name == "res.partner":
            quiet._learn_facts(facts, source=source)
        else:
            facts = {}
        if fresh.keys() - facts.keys():
            quiet.write({name: fresh[name] for name in fresh.keys() - facts.keys()})
        return [
            [record._fields[name]._description_string(self.env) for name in names]
            for names in (fresh, left)
        ]

    def _is_same(self, record, name, value):
        """Whether a field says already what the list says, however it is written."""
        field, known = record._fields[name], record[name]
        if field.type == "html":
            return html2plaintext(value) in html2plaintext(known)
        if name == "website":
            return clean_site(known) == clean_site(value)
        if name == "phone":
            return known == value or (record._phone_format(number=known) or known) == (
                record._phone_format(number=value) or value
            )
        return field.convert_to_write(known, record) == value

    def _fits(self, record, name, value):
        """Whether an entry of a catalogue is of the company of the record."""
        field = record._fields[name]
        if not (field.type == "many2one" and field.check_company):
            return True
        entry = self.env[field.comodel_name].browse(value)
        return not entry.company_id or entry.company_id == record.company_id

    def _get_merged_text(self, filled, left):
        parts = []
        if filled:
            parts.append(self.env._("Filled in: %(fields)s.", fields=", ".join(filled)))
        if left:
            parts.append(
                self.env._(
                    "Left as it was, though the list says otherwise: %(fields)s.",
                    fields=", ".join(left),
                )
            )
        return " ".join(parts) or self.env._("Nothing to add.")
