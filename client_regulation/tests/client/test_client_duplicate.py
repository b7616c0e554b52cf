# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from .client_common import ClientCommon


@tagged("post_install", "-at_install")
class TestClientDuplicate(ClientCommon):
    """Clients that are entered twice, by tax number, domain or phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Partner = cls.env["res.partner"]
        cls.be = cls.env.ref("base.be")

    def _client(self, **vals):
        client = self.Partner.create(
            {"name": "Twin", "is_company": True, "country_id": self.be.id, **vals}
        )
        self.env.flush_all()
        return client

    def _pair(self, mine, theirs):
        mine, theirs = self._client(**mine), self._client(**theirs)
        return mine._find_duplicates().get(mine.id) == theirs

    def test_same(self):
        for mine, theirs in (
            ({"vat": "BE0477472701"}, {"vat": "be 0477.472.701"}),
            ({"website": "https://www.tile.com/x"}, {"website": "tile.com"}),
            ({"website": "tile2.com"}, {"email": "info@tile2.com"}),
            ({"email": "a@tile3.com"}, {"email": "b@tile3.com"}),
            ({"phone": "+32 470 11 22 33"}, {"phone": "0470/11.22.33"}),
        ):
            with self.subTest(mine=mine):
                self.assertTrue(self._pair(mine, theirs))

    def test_different(self):
        for mine, theirs in (
            ({"email": "a@gmail.com"}, {"email": "b@gmail.com"}),
            ({"vat": "/"}, {"vat": "/"}),
            ({"phone": "+32 470 11 22 33"}, {"phone": "+32 470 11 22 34"}),
            ({"website": "vk.com/tile"}, {"website": "vk.com/brick"}),
            ({}, {}),
        ):
            with self.subTest(mine=mine):
                self.assertFalse(self._pair(mine, theirs))

    def test_branches_share_what_is_theirs(self):
        client = self._client(vat="BE0477472701")
        self._client(parent_id=client.id, vat="BE0477472701")
        self.assertFalse(client._find_duplicates())

    def test_clients_of_two_companies_do_not_meet(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        mine = self._client(website="tile.com", company_id=self.company.id)
        self._client(website="tile.com", company_id=sister.id)
        self.assertFalse(mine._find_duplicates())

    def test_one_query_for_all(self):
        clients = self.Partner.create(
            [
                {"name": f"C{i}", "is_company": True, "website": f"c{i}.com"}
                for i in range(20)
            ]
        )
        self.env.flush_all()
        clients._find_duplicates()
        with self.assertQueryCount(1):
            clients._find_duplicates()
