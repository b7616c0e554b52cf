import { registry } from "@web/core/registry";
import { choose, openMenu } from "./regulation_tour_utils";
import { dialog, openTab, see, tap, type } from "./story_tour_utils";

const closed = "body:not(:has(.modal))";
const duty = "[name=regulation_open_duty_ids] .o_data_row:contains(A1.3)";

/** The visits of the team, not only my own. */
registry.category("web_tour.tours").add("story_head_visits", {
    steps: () => [
        see("the list", ".o_list_view"),
        tap("not only mine", ".o_searchview_facet:contains(My Visits) .o_facet_remove"),
        tap("not only to come", ".o_searchview_facet:contains(To Come) .o_facet_remove"),
        see("the seller's visit", ".o_data_row:contains(Brick Works):contains(Advance)"),
        tap("open it", ".o_data_row .o_data_cell:contains(Brick Works)"),
        see("its report", ".o_form_view [name=goal]"),
    ],
});

/** The discount of an offer, the waiver of a step: by name, into the register. */
registry.category("web_tour.tours").add("story_head_deal", {
    steps: () => [
        openTab("regulation"),
        tap("waive a step", `${duty} button[name=action_waive]`),
        ...choose(".modal [name=reason_id]", "The client is in a hurry"),
        type("say why", `${dialog} [name=note] textarea`, "Known from the first school"),
        tap("into the register", `${dialog} .modal-footer button[name=action_waive]`),
        see("waived", `${closed} ${duty} [name=state]:contains(Waived)`),
        tap("what belongs to the deal", ".o_button_more"),
        tap("the offer", ".o-dropdown-item button[name=action_view_sale_quotation]"),
        see("why I am asked", ".alert-warning:contains(20):contains(authority)"),
        tap("approve", ".o_statusbar_buttons button[name=action_discount_approve]"),
        tap("approve so much", `${dialog} .modal-footer button[name=action_approve]`),
        see("nothing is asked any more", `${closed} .o_form_view:not(:has(button[name=action_discount_approve]))`),
    ],
});

/** Raw clients go to who has the lowest load. */
registry.category("web_tour.tours").add("story_head_distribute", {
    steps: () => [
        tap("distribute", ".o_statusbar_buttons button[name=action_distribute]"),
        tap("propose", `${dialog} button[name=action_plan]`),
        see("who gets what", `${dialog} [name=lead_ids] .o_data_row:contains(Mortar)`),
        tap("do it", `${dialog} button[name=action_apply]`),
        see("done", `${closed} .o_form_view`),
        ...openMenu("regulation_menu", "regulation_visit_menu_analysis"),
        see("which visits move deals", ".o_pivot table:contains(Total)"),
    ],
});
