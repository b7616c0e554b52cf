# Part of client_regulation. See LICENSE file for full copyright and licensing details.


def uninstall_hook(env):
    """Leave crm as it was: no activities of ours that point nowhere.

    Deals, columns and clients keep their own data; what the addon added to them
    goes with its columns.
    """
    env["mail.activity"].with_context(active_test=False).search(
        [("res_model", "like", "regulation.%")]
    ).unlink()
    env["ir.attachment"].search([("res_model", "like", "regulation.%")]).unlink()
