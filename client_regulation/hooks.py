# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo.tools import SQL

#: our books and editions, the referring tables first
TABLES = (
    "regulation_deviation",
    "regulation_duty",
    "regulation_passage",
    "regulation_acknowledgement",
    "regulation_printout",
    "regulation_scope",
    "regulation_step",
    "regulation_indicator",
    "regulation_stage",
    "regulation_provision",
)


def uninstall_hook(env):
    """Empty our tables in the order of their references.

    Odoo deletes shipped records before it drops the tables, and would stumble over
    the company's own editions that refer to them. Deals, columns and clients keep
    all that is theirs; what the addon added to them goes with its columns.
    """
    env.cr.execute("UPDATE crm_lead SET regulation_id = NULL")
    for table in TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.cr.execute("UPDATE regulation_regulation SET previous_id = NULL")
    env.cr.execute("DELETE FROM regulation_regulation")
    env.invalidate_all(flush=False)
