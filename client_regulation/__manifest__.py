# Part of client_regulation. See LICENSE file for full copyright and licensing details.
{
    "name": "Client Regulation",
    "summary": "The company's written regulation on clients, executed, enforced, "
    "measured and printed from the same records",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "client_regulation contributors",
    "website": "https://github.com/client-regulation/client_regulation",
    "depends": ["crm", "sale_crm", "account", "hr", "portal"],
    "external_dependencies": {},
    "data": [
        # security
        "security/regulation_groups.xml",
        "security/ir.model.access.csv",
        "security/regulation_security.xml",
        # data
        "data/mail_activity_type_data.xml",
        "data/mail_template_data.xml",
        "data/ir_cron_data.xml",
        "data/regulation_role_data.xml",
        "data/regulation_deviation_reason_data.xml",
        "data/regulation_acquisition_data.xml",
        "data/regulation_servicing_data.xml",
        "data/regulation_base_analysis_data.xml",
    ],
    "demo": [],
    "assets": {
        "web.assets_tests": ["client_regulation/static/tests/tours/**/*"],
    },
    "uninstall_hook": "uninstall_hook",
    "application": True,
    "installable": True,
}
