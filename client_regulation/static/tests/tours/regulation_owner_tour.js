import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { choose, openMenu, readRefusal } from "./regulation_tour_utils";

const APP = "client_regulation.regulation_menu_root";
const CONFIGURATION = "regulation_menu_root_configuration";

function approve() {
    return [
        {
            content: "approve the edition",
            trigger: ".o_statusbar_buttons button[name=action_approve]",
            run: "click",
        },
        {
            content: "a deliberate act: confirm it",
            trigger: ".modal-footer button:contains(Approve)",
            run: "click",
        },
    ];
}

function assign(role, person) {
    return [
        {
            content: `somebody for the role ${role}`,
            trigger: ".o_list_button_add",
            run: "click",
        },
        ...choose(".o_selected_row [name=role_id]", role),
        ...choose(".o_selected_row [name=user_id]", person),
        {
            content: "save the row",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: `${person} fills the role`,
            trigger: `.o_data_row:not(.o_selected_row):contains(${role}):contains(${person})`,
        },
    ];
}

/** An owner copies a template, is refused, fills the gaps and approves. */
registry.category("web_tour.tours").add("client_regulation_owner", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps(APP, "open the regulation"),
        ...openMenu(CONFIGURATION, "regulation_menu_root_templates"),
        {
            content: "open the template",
            trigger: ".o_data_cell:contains(Regulation on attracting clients)",
            run: "click",
        },
        {
            content: "copy it as a draft",
            trigger: "button[name=action_copy_as_draft]",
            run: "click",
        },
        {
            content: "the form lists what is missing before anybody asks",
            trigger: "[name=gap_text]:contains(Purpose):contains(Lawyer)",
        },
        {
            content: "name it",
            trigger: "[name=name] textarea",
            run: "edit Our way to clients",
        },
        ...approve(),
        ...readRefusal(
            "Provision “Purpose” is empty",
            "Nobody fills the role “Lawyer”",
            "Nobody fills the role “Counterparty check (security)”"
        ),
        {
            content: "to the provisions",
            trigger: ".o_notebook .nav-link[name=provisions]",
            run: "click",
        },
        {
            content: "open the empty one",
            trigger: "[name=provision_ids] .o_data_cell:contains(Purpose)",
            run: "click",
        },
        {
            content: "write it",
            trigger: ".modal [name=body] .odoo-editor-editable",
            run: "editor The regulation says how we win clients.",
        },
        {
            content: "back to the edition",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "save it",
            trigger: "body:not(:has(.modal)) .o_form_button_save",
            run: "click",
        },
        {
            content: "one gap less",
            trigger: "[name=gap_text]:not(:contains(Purpose)):contains(Lawyer)",
        },
        ...openMenu(CONFIGURATION, "regulation_menu_root_assignments"),
        {
            content: "the people are there",
            trigger: ".o_breadcrumb:contains(Role Assignments)",
        },
        ...assign("Lawyer", "Lawyer"),
        ...assign("Counterparty check", "Clerk"),
        ...openMenu(CONFIGURATION, "regulation_menu_root_editions"),
        {
            content: "open the draft",
            trigger: ".o_data_cell:contains(Our way to clients)",
            run: "click",
        },
        {
            content: "nothing is missing any more",
            trigger: ".o_form_view:not(:has([name=gap_text] li)) button[name=action_approve]",
        },
        ...approve(),
        {
            content: "it is in force",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(In force)",
        },
        {
            content: "and can be superseded, not edited",
            trigger: ".o_statusbar_buttons button[name=action_new_edition]",
        },
    ],
});
