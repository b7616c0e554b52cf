# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.tools import sql


def migrate(cr, version):
    """Who raised an objection is proposed from now on; nobody is named for what was
    written before: with the column in place, Odoo computes nothing."""
    if sql.table_exists(cr, "regulation_objection"):
        sql.create_column(cr, "regulation_objection", "contact_id", "int4")
