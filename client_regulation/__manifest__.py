# Part of client_regulation. See LICENSE file for full copyright and licensing details.
{
    "name": "Client Regulation",
    "summary": "The company's written regulation on clients, executed, enforced, "
    "measured and printed from the same records",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "client_regulation contributors",
    "depends": ["crm", "sale_crm", "account", "hr", "portal"],
    "data": [
        # security
        "security/regulation_groups.xml",
        "security/ir.model.access.csv",
        "security/regulation_security.xml",
        "security/contact_visit_security.xml",
        # data
        "data/mail_activity_type_data.xml",
        "data/mail_template_data.xml",
        "data/ir_cron_data.xml",
        "data/regulation_role_data.xml",
        "data/regulation_deviation_reason_data.xml",
        "data/regulation_acquisition_data.xml",
        "data/regulation_servicing_data.xml",
        "data/regulation_base_analysis_data.xml",
        "data/contact_visit_data.xml",
        "data/contact_visit_cron_data.xml",
        # wizards
        "views/wizards/regulation_duty_complete_views.xml",
        "views/wizards/regulation_step_waive_views.xml",
        "views/wizards/regulation_lead_hold_views.xml",
        "views/wizards/regulation_duty_handover_views.xml",
        "views/wizards/regulation_edition_switch_views.xml",
        "views/wizards/regulation_start_views.xml",
        "views/wizards/regulation_import_views.xml",
        # views
        "views/regulation/regulation_regulation_views.xml",
        "views/regulation/regulation_stage_views.xml",
        "views/regulation/regulation_step_views.xml",
        "views/regulation/regulation_role_views.xml",
        "views/regulation/regulation_acknowledgement_views.xml",
        "views/regulation/regulation_duty_views.xml",
        "views/regulation/regulation_passage_views.xml",
        "views/regulation/regulation_deviation_views.xml",
        "views/crm_lead_views.xml",
        "views/res_config_settings_views.xml",
        # reports
        "reports/regulation/regulation_report.xml",
        "reports/regulation/regulation_report_layout.xml",
        "reports/regulation/regulation_report_templates.xml",
        # menus
        "views/regulation_menus.xml",
    ],
    "demo": [
        "demo/regulation_people_demo.xml",
        "demo/regulation_client_demo.xml",
        "demo/regulation_story_demo.xml",
    ],
    "assets": {
        "web.assets_backend": ["client_regulation/static/src/**/*"],
        "web.assets_unit_tests": ["client_regulation/static/tests/**/*.test.js"],
        "web.assets_tests": ["client_regulation/static/tests/tours/**/*"],
    },
    "uninstall_hook": "uninstall_hook",
    "application": True,
}
