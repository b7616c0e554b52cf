# Part of client_regulation. See LICENSE file for full copyright and licensing details.

import base64
import io
import warnings
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import RegulationCommon

HEADS = (
    "Company name", "Tax number", "Web site", "Phone", "Segment", "Region", "Size",
    "Source", "Yearly purchases", "Contact person", "Contact e-mail", "Salesperson",
    "Country", "Comment",
)  # fmt: skip


class ProspectCommon(RegulationCommon):
    """Lists of prospects as people upload them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segment = cls.env["regulation.segment"].create({"name": "Test builders"})
        cls.region = cls.env["regulation.region"].create({"name": "Test north"})
        cls.source = cls.env["utm.source"].create({"name": "Test exhibition"})
        cls.known = cls.env["res.partner"].create(
            {
                "name": "Known Stone",
                "is_company": True,
                "website": "https://known-stone.example",
                "user_id": cls.other.id,
            }
        )

    @classmethod
    def _file(cls, rows, heads=HEADS):
        book = openpyxl.Workbook()
        for row in (heads, *rows):
            book.active.append(
                [row.get(head) for head in heads] if row != heads else row
            )
        target = io.BytesIO()
        book.save(target)
        return base64.b64encode(target.getvalue())

    @classmethod
    def _upload(cls, user, *rows, **vals):
        """The preview that a user gets for these rows."""
        wizard = (
            cls.env["regulation.prospect.import"]
            .with_user(user)
            .create(
                {
                    "file": cls._file(rows),
                    "file_name": "exhibition.xlsx",
                    "lead_type": "opportunity",
                    "team_id": cls.team.id,
                    **vals,
                }
            )
        )
        action = wizard.action_check()
        return cls.env[action["res_model"]].with_user(user).browse(action["res_id"])

    @staticmethod
    def _row(name, **values):
        return {"Company name": name} | {
            key.replace("_", " ").capitalize(): value for key, value in values.items()
        }

    def _full(self, **values):
        return self._row(
            "Fresh Bricks", tax_number="BE0477472701", phone="+32 470 11 22 33",
            segment="test builders", region="Test North", size="Medium",
            source="Test exhibition", yearly_purchases="1 500 000", country="BE",
            contact_person="Ann Fresh",
        ) | {"Contact e-mail": "ann@fresh-bricks.example"} | values  # fmt: skip


@tagged("post_install", "-at_install")
class TestProspectImport(ProspectCommon):
    """Lists of potential clients. (Reg. 1.2.1, 1.2.2)"""

    # ------------------------------------------------------------
    # THE CARD
    # ------------------------------------------------------------

    def test_salesperson_gets_what_they_bring(self):
        batch = self._upload(self.seller, self._full())
        self.assertEqual(batch.line_ids.mapped("verdict"), ["new"])
        batch.action_import()
        self.assertEqual((batch.state, batch.created_count), ("done", 1))
        lead = batch.line_ids.result_lead_id
        client = batch.line_ids.result_partner_id
        self.assertEqual((lead.user_id, client.user_id), (self.seller, self.seller))
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(client.child_ids.mapped("name"), ["Ann Fresh"])
        self.assertEqual(client.child_ids.email, "ann@fresh-bricks.example")

    def test_card_is_filled_with_its_facts(self):
        batch = self._upload(self.seller, self._full())
        batch.action_import()
        client = batch.line_ids.result_partner_id
        self.assertEqual(client.client_segment_id, self.segment)
        self.assertEqual(client.client_region_id, self.region)
        self.assertEqual(client.client_source_id, self.source)
        self.assertEqual(client.client_size, "medium")
        self.assertEqual(client.yearly_purchases, 1500000)
        self.assertEqual(client.yearly_purchases_currency_id, self.company.currency_id)
        self.assertEqual(
            client.yearly_purchases_date,
            self.env["regulation.time"]._get_today(self.company.id),
        )
        self.assertEqual(client.yearly_purchases_source, "exhibition.xlsx")
        facts = client.card_fact_ids
        self.assertEqual(
            set(facts.mapped("field_name")),
            {
                "client_segment_id", "client_region_id", "client_source_id",
                "client_size", "yearly_purchases",
            },
        )  # fmt: skip
        self.assertEqual(set(facts.mapped("source")), {"exhibition.xlsx"})
        self.assertEqual(facts.user_id, self.seller)
        self.assertGreater(client.card_completeness, 0)

    def test_source_of_the_list_for_rows_without_one(self):
        batch = self._upload(self.seller, self._row("A"), source_id=self.source.id)
        batch.action_import()
        lead = batch.line_ids.result_lead_id
        self.assertEqual(lead.source_id, self.source)
        self.assertEqual(lead.partner_id.client_source_id, self.source)

    def test_what_is_in_no_catalogue_is_kept_in_the_comment(self):
        batch = self._upload(self.seller, self._full(Segment="Gardeners"))
        self.assertIn("Gardeners", batch.line_ids.remark)
        batch.action_import()
        client = batch.line_ids.result_partner_id
        self.assertFalse(client.client_segment_id)
        self.assertIn("Gardeners", client.comment)

    def test_segment_of_the_company(self):
        self.segment.company_id = self.company
        batch = self._upload(self.seller, self._full())
        batch.action_import()
        self.assertEqual(batch.line_ids.result, "created", batch.line_ids.result_note)
        client = batch.line_ids.result_partner_id
        self.assertEqual(client.client_segment_id, self.segment)
        self.assertEqual(client.company_id, self.company)

    # ------------------------------------------------------------
    # DUPLICATES
    # ------------------------------------------------------------

    def test_merge_fills_what_is_empty_and_says_so(self):
        self.known.client_size = "large"
        row = self._full() | {"Web site": "www.known-stone.example/about"}
        batch = self._upload(self.seller, row)
        line = batch.line_ids
        self.assertEqual((line.verdict, line.match_on), ("duplicate", "domain"))
        self.assertIn("Other", line.match_text)
        batch.action_import()
        self.assertEqual(line.result, "merged", line.result_note)
        self.assertEqual(self.known.client_segment_id, self.segment)
        self.assertEqual(self.known.client_size, "large")
        self.assertEqual(self.known.user_id, self.other)
        self.assertEqual(self.known.yearly_purchases, 1500000)
        self.assertEqual(self.known.yearly_purchases_source, "exhibition.xlsx")
        self.assertIn("Segment", line.result_note)
        self.assertIn("Left as it was", line.result_note)
        fact = self.known.card_fact_ids.filtered(
            lambda fact: fact.field_name == "client_segment_id"
        )
        self.assertEqual(fact.source, "exhibition.xlsx")
        self.assertEqual(self.known.child_ids.mapped("name"), ["Ann Fresh"])

    def test_the_same_list_again_adds_and_contradicts_nothing(self):
        row = self._full() | {
            "Web site": "fresh-bricks.example",
            "Comment": "Asked for a price",
        }
        self._upload(self.seller, row).action_import()
        again = self._upload(self.seller, row)
        again.action_import()
        self.assertEqual(again.line_ids.result, "merged", again.line_ids.result_note)
        self.assertEqual(again.line_ids.result_note, "Nothing to add.")

    def test_merge_keeps_the_known_purchases(self):
        self.known.write({"yearly_purchases": 7, "yearly_purchases_source": "visit"})
        row = self._full() | {"Web site": "known-stone.example"}
        batch = self._upload(self.seller, row)
        batch.action_import()
        self.assertEqual(self.known.yearly_purchases, 7)
        self.assertEqual(self.known.yearly_purchases_source, "visit")

    def test_merge_in_the_currency_of_the_card(self):
        currency = self.env["res.currency"].create(
            {"name": "TSX", "symbol": "x", "rounding": 0.01,
             "rate_ids": [(0, 0, {"rate": 2, "name": "2020-01-01"})]}
        )  # fmt: skip
        self.known.write(
            {"client_budget": 10, "yearly_purchases_currency_id": currency.id}
        )
        row = self._full() | {"Web site": "known-stone.example"}
        batch = self._upload(self.seller, row)
        batch.action_import()
        self.assertEqual(self.known.yearly_purchases_currency_id, currency)
        rate = self.company.currency_id._get_conversion_rate(
            self.company.currency_id, currency, self.company
        )
        self.assertAlmostEqual(self.known.yearly_purchases, 1500000 * rate, 2)

    def test_segment_of_the_company_is_not_put_on_a_shared_client(self):
        self.segment.company_id = self.company
        row = self._full() | {"Web site": "known-stone.example"}
        batch = self._upload(self.seller, row)
        batch.action_import()
        self.assertEqual(batch.line_ids.result, "merged", batch.line_ids.result_note)
        self.assertFalse(self.known.client_segment_id)
        self.assertFalse(self.known.company_id)
        self.assertIn("Left as it was", batch.line_ids.result_note)

    def test_twice_in_the_list(self):
        batch = self._upload(
            self.seller,
            self._row("A", phone="+32 470 99 88 77", country="BE"),
            self._row("A again", phone="0470/998877", country="BE"),
        )
        self.assertEqual(batch.line_ids.mapped("verdict"), ["new", "file_duplicate"])
        batch.action_import()
        first, second = batch.line_ids
        self.assertEqual((first.result, second.result), ("created", "merged"))
        self.assertEqual(second.result_partner_id, first.result_partner_id)

    def test_known_is_created_for_a_reason_alone(self):
        row = self._row("Branch") | {"Web site": "known-stone.example"}
        batch = self._upload(self.seller, row)
        batch.line_ids.choice = "create"
        with self.assertRefused("do not say why"):
            batch.action_import()
        with self.assertRefused("why clients that are known"):
            batch.action_create_all()
        batch.create_reason = "A branch with its own budget"
        batch.action_create_all()
        batch.action_import()
        self.assertEqual(batch.line_ids.result, "created")
        self.assertIn("own budget", batch.line_ids.result_note)

    # ------------------------------------------------------------
    # WHAT IS WRONG
    # ------------------------------------------------------------

    def test_wrong_rows_stop_no_others(self):
        batch = self._upload(
            self.seller,
            self._row("", phone="+32 470 99 88 77"),
            self._row("Bad amount", yearly_purchases="a lot"),
            self._row("Bad country", country="Atlantis"),
            self._row("Good"),
        )
        self.assertEqual(batch.wrong_count, 3)
        problems = " ".join(filter(None, batch.line_ids.mapped("problem")))
        for text in ("must be filled in", "a lot", "Atlantis"):
            self.assertIn(text, problems)
        batch.action_import()
        self.assertEqual((batch.created_count, batch.skipped_count), (1, 3))

    def test_wrong_row_is_mended_in_the_preview(self):
        batch = self._upload(self.seller, self._row("Bad", country="Atlantis"))
        with Form(batch) as form, form.line_ids.edit(0) as line:
            line.country = "BE"
        batch.action_check()
        self.assertEqual(batch.line_ids.verdict, "new")
        self.assertEqual(batch.line_ids.choice, "create")

    def test_what_changed_since_the_preview_is_shown_first(self):
        batch = self._upload(
            self.seller, self._row("Late") | {"Web site": "late.example"}
        )
        self.env["res.partner"].create(
            {"name": "Late", "is_company": True, "website": "late.example"}
        )
        action = batch.action_import()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(batch.state, "preview")
        self.assertEqual(batch.line_ids.verdict, "duplicate")

    def test_no_list(self):
        wizard = self.env["regulation.prospect.import"].with_user(self.seller).create(
            {"file": base64.b64encode(b"hello"), "file_name": "a.xlsx"}
        )  # fmt: skip
        wizard.action_check()
        self.assertTrue(wizard.problem)

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def test_row_for_somebody_else_goes_to_the_salesperson_who_brings_it(self):
        batch = self._upload(self.seller, self._full(Salesperson="Other"))
        self.assertIn("goes to you", batch.line_ids.remark)
        batch.action_import()
        self.assertEqual(batch.line_ids.result_lead_id.user_id, self.seller)

    def test_head_gives_to_their_team_and_to_nobody_else(self):
        batch = self._upload(
            self.head,
            self._full(Salesperson="Seller"),
            self._row("B", salesperson="Other"),
            self._row("C", salesperson="Nobody I know"),
            self._row("D"),
        )
        self.assertEqual(
            batch.line_ids.mapped("verdict"), ["new", "wrong", "wrong", "new"]
        )
        batch.action_import()
        leads = batch.line_ids.mapped("result_lead_id")
        self.assertEqual(leads.mapped("user_id"), self.seller)
        self.assertEqual(batch.unassigned_count, 1)
        # who was given clients reads the list, and writes nothing of it
        given = batch.with_user(self.seller)
        self.assertEqual(given.name, "exhibition.xlsx")
        with self.assertRaises(AccessError):
            given.name = "mine"

    def test_load_limit(self):
        self.company.regulation_load_limit = 1
        batch = self._upload(self.seller, self._row("A"), self._row("B"))
        with self.assertRefused("over the limit of 1", "ask your head"):
            batch.action_import()
        batch.line_ids[1].choice = "skip"
        batch.action_import()
        self.assertEqual((batch.created_count, batch.skipped_count), (1, 1))

    def test_strangers_see_nothing_of_it(self):
        batch = self._upload(self.seller, self._row("A"))
        for stranger in (self.other, self.chief):
            Batch = self.env["regulation.prospect.batch"].with_user(stranger)
            self.assertFalse(Batch.search([("id", "=", batch.id)]))
            Line = self.env["regulation.prospect.line"].with_user(stranger)
            self.assertFalse(Line.search([("batch_id", "=", batch.id)]))
        for insider in (self.head, self.owner):
            Batch = self.env["regulation.prospect.batch"].with_user(insider)
            self.assertTrue(Batch.search([("id", "=", batch.id)]))
        for outsider in (self.clerk, self.lawyer):
            with self.assertRaises(AccessError):
                batch.with_user(outsider).read(["name"])

    def test_other_companies_see_nothing_of_it(self):
        company = self.env["res.company"].create({"name": "Second"})
        batch = self._upload(self.owner, self._row("A"))
        owner = self.owner
        owner.company_ids += company
        Batch = self.env["regulation.prospect.batch"].with_user(owner)
        elsewhere = Batch.with_context(allowed_company_ids=company.ids)
        self.assertFalse(elsewhere.search([("id", "=", batch.id)]))

    # ------------------------------------------------------------
    # PROTOCOL
    # ------------------------------------------------------------

    def test_protocol_is_not_rewritten(self):
        batch = self._upload(self.seller, self._row("A"))
        with self.assertRaises(AccessError):
            batch.line_ids.verdict = "wrong"
        with self.assertRaises(UserError):
            batch.state = "done"
        with self.assertRaises(AccessError):
            self.env["regulation.prospect.line"].with_user(self.seller).create(
                {"batch_id": batch.id, "name": "B"}
            )
        batch.action_import()
        with self.assertRefused("dealt with already"):
            batch.line_ids.name = "B"
        with self.assertRefused("stays as the protocol"):
            batch.unlink()
        with self.assertRefused("is a protocol"):
            batch.lead_type = "lead"

    def test_preview_can_be_deleted(self):
        batch = self._upload(self.seller, self._row("A"))
        batch.unlink()
        self.assertFalse(batch.exists())

    def test_workbook_of_the_protocol(self):
        batch = self._upload(self.seller, self._row("A"), self._row("", country="BE"))
        batch.action_import()
        report = self.env["report.client_regulation.prospect_batch"]
        content = report.with_user(self.seller)._get_xlsx(batch)
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = list(book.worksheets[1].values)
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows[1][rows[0].index("Result")], "Created")

    def test_one_tap_leads_to_the_lead(self):
        batch = self._upload(self.seller, self._row("A"))
        with self.assertRefused("neither a lead nor a client"):
            batch.line_ids.action_open_result()
        batch.action_import()
        lead = batch.line_ids.result_lead_id
        for action in (batch.line_ids.action_open_result(), batch.action_open_leads()):
            self.assertEqual(action["res_model"], "crm.lead")
            self.assertEqual(action["res_id"], lead.id)
        more = self._upload(self.seller, self._row("B"), self._row("C"))
        more.action_import()
        leads = self.env["crm.lead"].search(more.action_open_leads()["domain"])
        self.assertEqual(leads, more.line_ids.result_lead_id)

    def test_raw_leads(self):
        self.seller.group_ids += self.env.ref("crm.group_use_lead")
        batch = self._upload(self.seller, self._row("A"), lead_type="lead")
        batch.action_import()
        self.assertEqual(batch.line_ids.result_lead_id.type, "lead")

    def test_queries_of_the_check_do_not_grow(self):
        def count(number):
            rows = [
                self._full()
                | {
                    "Company name": f"C{index}",
                    "Tax number": f"BE{index:010}",
                    "Phone": f"+3247055{index:04}",
                }
                for index in range(number)
            ]
            batch = self._upload(self.seller, *rows)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            batch._check_lines()
            return self.cr.sql_log_count - start

        count(1)  # warms the caches
        self.assertLessEqual(count(40), count(2) + 2)

    def test_second_look_writes_nothing(self):
        """Clients, leads and rows are compared by id, so nothing seems to change."""
        self.env["res.partner"].create(
            {"name": "Known", "is_company": True, "website": "known.example"}
        )
        self.env["crm.lead"].create({"name": "Lead", "website": "lead.example"})
        batch = self._upload(
            self.seller,
            self._row("Known") | {"Web site": "known.example"},
            self._row("Lead") | {"Web site": "lead.example"},
            self._row("Twin") | {"Web site": "twin.example"},
            self._row("Twin again") | {"Web site": "twin.example"},
            self._row("Bad", country="Atlantis"),
        )
        lines = batch.line_ids.sorted("number")
        self.assertTrue(lines[0].partner_id and lines[1].lead_id and lines[3].twin_id)
        self.env.flush_all()
        with (
            patch.object(type(lines), "write") as write,
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("error")
            self.assertEqual(batch._check_lines()[1], 0)
        write.assert_not_called()

    def test_sample_can_be_read(self):
        wizard = (
            self.env["regulation.prospect.import"].with_user(self.seller).create({})
        )
        wizard.action_download_sample()
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.download)))
        heads = [cell.value for cell in book.worksheets[0][1]]
        line = self.env["regulation.prospect.line"]
        self.assertEqual(len(heads), len(line._get_columns()))
        self.assertEqual(heads[0], "Company Name *")
