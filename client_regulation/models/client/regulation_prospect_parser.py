# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import re
from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize_all, plaintext2html

from ...tools.prospect_keys import Keys, host_of, split_vat
from ...tools.prospect_sheet import parse_amount
from ...tools.regulation_sheet import fold

#: words for the size of a company, folded when compared
SIZES = {
    "micro": ("micro", "микро", "микропредприятие"),
    "small": ("small", "малый", "малая", "малое", "мелкий", "малое предприятие"),
    "medium": (
        "medium", "mid", "средний", "средняя", "среднее", "среднее предприятие",
    ),
    "large": ("large", "big", "крупный", "крупная", "крупное", "большой"),
}  # fmt: skip
MAX_CHAR = 250  # names longer than this are a slip of columns
_EXTENSION = re.compile(r"\s*(?:доб|вн|ext|x)\.?\s*\d+\s*\.?$", re.I)


@dataclass(slots=True)
class Prospect:
    """One row of a list, understood.

    :param company, contact: values of partners; contact may be empty
    :param lead: values of the deal besides its client
    :param problems: what is wrong; nothing is written while there is one
    :param remarks: what is right but was not taken literally
    :param notes: what fits no field; goes to the comment
    """

    company: dict = field(default_factory=dict)
    contact: dict = field(default_factory=dict)
    lead: dict = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)
    user_id: int | bool = False
    problems: list = field(default_factory=list)
    remarks: list = field(default_factory=list)
    notes: list = field(default_factory=list)


class RegulationProspectParser(models.AbstractModel):
    """Understands the rows of a list of potential clients. (Reg. 1.2.2)

    What cannot be read is a problem that names its column; what only fits no
    catalogue is kept in the comment of the client, and said.
    """

    _name = "regulation.prospect.parser"
    _description = "Reader of Prospect Rows"

    @api.model
    def _parse(self, lines):
        """Understand rows of one batch: ``{line_id: Prospect}``, in a constant
        number of queries."""
        batch = lines.batch_id
        books = self._get_books(lines, batch)
        return {line.id: self._parse_line(line, batch, books) for line in lines}

    # ------------------------------------------------------------
    # CATALOGUES
    # ------------------------------------------------------------

    def _get_books(self, lines, batch):
        """What names in the rows may mean: ``{book: {folded name: id}}``."""
        company = batch.company_id
        shared = Domain("company_id", "in", [company.id, False])
        books = {
            "country": self._get_book(
                "res.country", Domain.TRUE, ("name", "code"), "country", lines
            ),
            "industry": self._get_book(
                "res.partner.industry", Domain.TRUE, ("name",), "industry", lines
            ),
            "source": self._get_book(
                "utm.source", Domain.TRUE, ("name",), "source", lines
            ),
            "segment": self._get_book(
                "regulation.segment", shared, ("name",), "segment", lines
            ),
            "region": self._get_book(
                "regulation.region", shared, ("name",), "region", lines
            ),
            "user": self._get_people_book(company, lines),
            "phone": {},
        }
        books["today"] = self.env["regulation.time"]._get_today(company.id)
        books["owned"] = {
            book: set(
                self.env[f"regulation.{book}"]
                .search([("company_id", "=", company.id)])
                .ids
            )
            for book in ("segment", "region")
        }
        books["state"] = {}
        if any(lines.mapped("region")):
            for state in self.env["res.country.state"].search_read(
                Domain.TRUE, ["name", "code", "country_id"]
            ):
                for word in (state["name"], state["code"]):
                    key = (state["country_id"][0], fold(word))
                    books["state"][key] = state["id"]
        countries = self.env["res.country"].browse(set(books["country"].values()))
        books["code"] = {
            country["id"]: (country["code"] or "").upper()
            for country in (countries | company.country_id).read(["code"])
        }
        load = self.env["regulation.load"]
        books["may_give"] = load._is_distributor()
        books["people"] = set(load._get_people(company).ids)
        return books

    def _get_book(self, model, domain, names, column, lines):
        """Names in every installed language → id; empty if no row asks."""
        if model not in self.env or not any(lines.mapped(column)):
            return {}
        Model = self.env[model]
        if "company_id" not in Model._fields:
            domain = Domain.TRUE
        book = {}
        for lang, _name in self.env["res.lang"].get_installed():
            for row in Model.with_context(lang=lang).search_read(domain, names):
                for name in names:
                    if row[name]:
                        book.setdefault(fold(row[name]), row["id"])
        return book

    def _get_people_book(self, company, lines):
        if not any(lines.mapped("salesperson")):
            return {}
        # sudo: only whether there is such a colleague; who may be given clients is
        # asked of `regulation.load`
        people = (
            self.env["res.users"]
            .sudo()
            .search([("share", "=", False), ("company_ids", "in", company.ids)])
        )
        book = {}
        for word in ("login", "email", "name"):
            for user in people:
                if user[word]:
                    book.setdefault(fold(user[word]), user.id)
        return book

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    def _parse_line(self, line, batch, books):
        prospect = Prospect()
        company = prospect.company
        company.update(name=line.name, is_company=True)
        if not (line.name or "").strip():
            self._add_problem(prospect, "name", self.env._("must be filled in."))
        for column in line._get_columns():
            if len(line[column] or "") > MAX_CHAR and column not in (
                "comment", "street", "phone", "email",
            ):  # fmt: skip
                self._add_problem(
                    prospect,
                    column,
                    self.env._(
                        "the text is too long (up to %(limit)s characters).",
                        limit=MAX_CHAR,
                    ),
                )
        for column in (line.cell_errors or "").split(","):
            if column in line._fields:
                self._add_problem(
                    prospect, column, self.env._("a formula in the cell has no result.")
                )
        self._parse_place(prospect, line, batch, books)
        country = company.get("country_id")
        self._parse_vat(prospect, line, books["code"].get(country, ""))
        self._parse_channels(prospect, line, country, batch, books)
        self._parse_facts(prospect, line, batch, books)
        self._parse_salesperson(prospect, line, books)
        self._collect(prospect, line, books)
        return prospect

    def _add_problem(self, prospect, column, text):
        prospect.problems.append(
            self.env._(
                "%(column)s: %(problem)s",
                column=self._get_label(column),
                problem=text,
            )
        )

    def _get_label(self, column):
        return self.env["regulation.prospect.line"]._get_column_label(column)

    def _keep(self, prospect, column, value, text):
        """Keep in the comment what fits no field; say so."""
        label = self._get_label(column)
        prospect.notes.append(f"{label}: {value}")
        prospect.remarks.append(
            self.env._("%(column)s: %(problem)s", column=label, problem=text)
        )

    def _parse_place(self, prospect, line, batch, books):
        company = prospect.company
        company.update(street=line.street, city=line.city)
        if line.country:
            country = books["country"].get(fold(line.country))
            if country:
                company["country_id"] = country
            else:
                self._add_problem(
                    prospect,
                    "country",
                    self.env._(
                        "there is no country “%(value)s”. Write its name or its code "
                        "of two letters.",
                        value=line.country,
                    ),
                )
        else:
            company["country_id"] = batch.company_id.country_id.id
        if line.region:
            word = fold(line.region)
            region = books["region"].get(word)
            state = books["state"].get((company.get("country_id"), word))
            company.update(client_region_id=region, state_id=state)
            if not region and not state:
                self._keep(
                    prospect,
                    "region",
                    line.region,
                    self.env._(
                        "“%(value)s” is in no catalogue; kept in the comment.",
                        value=line.region,
                    ),
                )

    def _parse_vat(self, prospect, line, code):
        if not line.vat:
            return
        number = split_vat(line.vat, code)[1]
        if len(re.findall(r"\d", number)) < 5 or len(number) > 20:
            self._add_problem(
                prospect,
                "vat",
                self.env._("“%(value)s” is no tax number.", value=line.vat),
            )
            return
        text = line.vat.strip()
        if number.isdigit() and re.fullmatch(r"[\d\s/\\]+", text):
            text = number
        prospect.company["vat"] = text

    def _parse_channels(self, prospect, line, country, batch, books):
        company, contact = prospect.company, prospect.contact
        if line.website:
            if host_of(line.website):
                company["website"] = line.website.strip()
            else:
                self._add_problem(
                    prospect,
                    "website",
                    self.env._("“%(value)s” is no web address.", value=line.website),
                )
        company["email"] = self._parse_email(prospect, line, "email")
        company["phone"] = self._parse_phone(prospect, line, "phone", country, books)
        contact.update(
            name=line.contact_name,
            function=line.function,
            email=self._parse_email(prospect, line, "contact_email"),
            phone=self._parse_phone(prospect, line, "contact_phone", country, books),
        )
        for name in [name for name, value in contact.items() if not value]:
            del contact[name]
        if contact and "name" not in contact:
            contact["name"] = contact.get("email") or contact.get("phone") or line.name
        if contact:
            contact["country_id"] = country

    def _parse_email(self, prospect, line, column):
        text = line[column]
        if not text:
            return False
        mails = email_normalize_all(text.replace(";", ","))
        if not mails:
            self._add_problem(
                prospect,
                column,
                self.env._("“%(value)s” is no e-mail address.", value=text),
            )
            return False
        if len(mails) > 1:
            self._keep(
                prospect,
                column,
                text,
                self.env._("several; the first is taken, all are in the comment."),
            )
        return mails[0]

    def _parse_phone(self, prospect, line, column, country, books):
        """A number as it is shown; its E.164 form is put in the book."""
        text = line[column]
        if not text:
            return False
        if len(re.findall(r"\d", text)) < 5:
            self._add_problem(
                prospect,
                column,
                self.env._("“%(value)s” is no telephone number.", value=text),
            )
            return False
        parts = [part.strip() for part in re.split(r"[,;\n]|\s/\s", text)]
        parts = [part for part in parts if len(re.findall(r"\d", part)) >= 5]
        number = parts[0] if parts else text
        if not self._format_phone(number, country, books):
            prospect.remarks.append(
                self.env._(
                    "%(column)s: “%(value)s” is kept as it is; it is not known as a "
                    "number, so no duplicate is looked for by it.",
                    column=self._get_label(column),
                    value=text,
                )
            )
        if len(parts) > 1:
            self._keep(
                prospect,
                column,
                text,
                self.env._("several; the first is taken, all are in the comment."),
            )
        return number[:MAX_CHAR]

    def _format_phone(self, number, country, books):
        """E.164, as `phone_sanitized` has it; an extension does not count."""
        key = (number, country)
        if key not in books["phone"]:
            found = self.env["res.partner"]._phone_format(
                number=_EXTENSION.sub("", number),
                country=self.env["res.country"].browse(country or ()),
            )
            books["phone"][key] = found
        return books["phone"][key]

    def _parse_facts(self, prospect, line, batch, books):
        company = prospect.company
        for column, name in (
            ("segment", "client_segment_id"),
            ("industry", "industry_id"),
            ("source", "client_source_id"),
        ):
            if not line[column]:
                continue
            value = books[column].get(fold(line[column]))
            company[name] = value
            if not value:
                self._keep(
                    prospect,
                    column,
                    line[column],
                    self.env._(
                        "“%(value)s” is in no catalogue; kept in the comment.",
                        value=line[column],
                    ),
                )
        source = company.get("client_source_id") or batch.source_id.id
        company["client_source_id"] = prospect.lead["source_id"] = source
        if line.size:
            word = fold(line.size)
            size = next(
                (
                    size
                    for size, names in SIZES.items()
                    if word in {fold(name) for name in names}
                ),
                False,
            )
            company["client_size"] = size
            if not size:
                self._keep(
                    prospect,
                    "size",
                    line.size,
                    self.env._(
                        "“%(value)s” is none of micro, small, medium, large; kept in "
                        "the comment.",
                        value=line.size,
                    ),
                )
        if any(
            company.get(f"client_{book}_id") in books["owned"][book]
            for book in books["owned"]
        ):
            # an entry of the company's own catalogue: so is the client
            company["company_id"] = batch.company_id.id
        if line.yearly_purchases:
            try:
                amount = parse_amount(line.yearly_purchases)
            except ValueError:
                self._add_problem(
                    prospect,
                    "yearly_purchases",
                    self.env._(
                        "“%(value)s” is no amount. Write it as 1500000 or 1500000.50.",
                        value=line.yearly_purchases,
                    ),
                )
            else:
                company.update(
                    yearly_purchases=amount,
                    yearly_purchases_currency_id=batch.company_id.currency_id.id,
                    yearly_purchases_date=books["today"],
                    yearly_purchases_source=batch.name,
                )

    def _parse_salesperson(self, prospect, line, books):
        """A salesperson's list is theirs; the head gives to their people."""
        if not books["may_give"]:
            prospect.user_id = self.env.uid
            if line.salesperson and books["user"].get(fold(line.salesperson)) != (
                self.env.uid
            ):
                prospect.remarks.append(
                    self.env._(
                        "%(column)s: goes to you, not to “%(value)s”; the head of "
                        "sales gives clients to others.",
                        column=self._get_label("salesperson"),
                        value=line.salesperson,
                    )
                )
            return
        if not line.salesperson:
            return
        user = books["user"].get(fold(line.salesperson))
        if not user:
            self._add_problem(
                prospect,
                "salesperson",
                self.env._(
                    "nobody in the company is called “%(value)s”. Write the login or "
                    "the name, or leave it blank and distribute later.",
                    value=line.salesperson,
                ),
            )
        elif user not in books["people"]:
            self._add_problem(
                prospect,
                "salesperson",
                self.env._(
                    "%(value)s is in no team that you lead. Leave it blank, or ask "
                    "their head.",
                    value=line.salesperson,
                ),
            )
        else:
            prospect.user_id = user

    def _collect(self, prospect, line, books):
        """Put what belongs together in its place: keys, comment, empty values."""
        company, contact = prospect.company, prospect.contact
        notes = [line.comment, *prospect.notes]
        text = plaintext2html("\n".join(filter(None, notes))) if any(notes) else False
        prospect.lead["description"] = company["comment"] = text
        known = self.env["res.partner"]._fields
        for values in (company, contact):
            for name in [
                name for name, value in values.items() if not value or name not in known
            ]:
                del values[name]
        country = company.get("country_id")
        numbers = [values.get("phone") for values in (company, contact)]
        prospect.keys = self.env["regulation.prospect.duplicate"]._get_keys(
            company.get("vat"),
            books["code"].get(country, ""),
            [company.get("website")],
            [company.get("email"), contact.get("email")],
            [
                self._format_phone(number, country, books)
                for number in numbers
                if number
            ],
        )
