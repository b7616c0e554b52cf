import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { readRefusal } from "./regulation_tour_utils";

const DEAL = "Bricks for the school";
const column = (name) => `.o_kanban_group:has(.o_column_title:contains(${name}))`;
const card = (name) => `${column(name)} .o_kanban_record:contains(${DEAL})`;
const row = (code) => `[name=regulation_open_duty_ids] .o_data_row:contains(${code})`;

function dragToOffer() {
    return {
        content: "drag the deal to the next column",
        trigger: card("Qualify"),
        run: `drag_and_drop (${column("Offer")})`,
    };
}

/** A salesperson is refused, does what the regulation asks and goes on. */
registry.category("web_tour.tours").add("client_regulation_salesperson", {
    url: "/odoo",
    steps: () => [
        ...stepUtils.goToAppSteps("crm.crm_menu_root", "open the pipeline"),
        dragToOffer(),
        ...readRefusal(DEAL, "S1.1", "S1.2", "head of sales"),
        {
            content: "the deal stands where it stood; open it",
            trigger: card("Qualify"),
            run: "click",
        },
        {
            content: "the deal shows where it stands",
            trigger: "[name=regulation_bar]:contains(Qualify)",
        },
        {
            content: "what the regulation asks for",
            trigger: ".o_notebook .nav-link[name=regulation]",
            run: "click",
        },
        {
            content: "the form says beforehand what is missing",
            trigger: "[name=regulation_missing]:contains(S1.1):contains(S1.2)",
        },
        {
            content: "a tick completes the third step",
            trigger: `${row("S1.3")} button[name=action_done]`,
            run: "click",
        },
        {
            content: "it is done",
            trigger: `${row("S1.3")} [name=state]:contains(Done)`,
        },
        {
            content: "the first step asks for a note",
            trigger: `${row("S1.1")} button[name=action_done]`,
            run: "click",
        },
        {
            content: "say what was done",
            trigger: ".modal [name=note] textarea",
            run: "edit Spoke with Mr Brick, they buy twice a year",
        },
        {
            content: "complete it",
            trigger: ".modal-footer button[name=action_complete]",
            run: "click",
        },
        {
            content: "it is done as well",
            trigger: `body:not(:has(.modal)) ${row("S1.1")} [name=state]:contains(Done)`,
        },
        {
            content: "the second step is proven by the fields of the deal",
            trigger: "[name=expected_revenue] input",
            run: "edit 5000",
        },
        {
            content: "save the deal",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "nothing is missing",
            trigger: "[name=regulation_missing]:contains(Nothing is missing)",
        },
        {
            content: "back to the pipeline",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        dragToOffer(),
        {
            content: "it moved",
            trigger: card("Offer"),
        },
    ],
});
