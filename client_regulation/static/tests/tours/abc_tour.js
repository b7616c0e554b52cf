import { registry } from "@web/core/registry";
import { dialog, openTab, see, tap, type } from "./story_tour_utils";

const closed = "body:not(:has(.modal))";

/** The head reads the run and finds nothing to approve with. */
registry.category("web_tour.tours").add("abc_head", {
    steps: () => [
        see("the curve", ".o_form_view [name=curve_chart] svg polyline"),
        see("may calculate again", ".o_statusbar_buttons button[name=action_recalculate]"),
        see("may not approve", ".o_form_view:not(:has(button[name=action_ask_approve]))"),
    ],
});

/** The director reads the curve, corrects one class, approves and sees it on the card. */
registry.category("web_tour.tours").add("abc_director", {
    steps: () => [
        see("the curve", ".o_form_view [name=curve_chart] svg polyline"),
        see("the classes", "[name=class_table] td:contains(82.0 %)"),
        tap("who is in C", "[name=class_table] tr:contains(C) a"),
        see("two clients", ".o_list_view .o_data_row:contains(Wide River Trade)"),
        tap(
            "set by hand",
            ".o_data_row:contains(Wide River Trade) button[name=action_set_class]"
        ),
        see("the computed class", `${dialog} .o_form_label:contains(Class of the Run)`),
        tap("class A", `${dialog} [name=abc_class] .o_radio_item:contains(A) input`),
        type("say why", `${dialog} [name=reason] textarea`, "They signed for three years"),
        tap("set it", `${dialog} .o_form_button_save`),
        see("back in the list", `${closed} .o_list_view`),
        tap("back to the run", ".o_breadcrumb .o_back_button, .breadcrumb-item a:last"),
        tap("approve", ".o_statusbar_buttons button[name=action_ask_approve]"),
        see("how many cards change", `${dialog} [name=changed_count]:contains(10)`),
        tap("yes", `${dialog} .modal-footer button[name=action_approve]`),
        see("it is approved", `${closed} .o_arrow_button_current:contains(Approved)`),
        tap("all clients", "button[name=action_view_lines]:contains(Clients)"),
        tap("the client", ".o_data_row:contains(Wide River Trade) .o_data_cell[name=partner_name]"),
        tap("its card", ".o_form_view [name=partner_id] a, .o_form_view [name=partner_id] .o_external_button"),
        openTab("client_analysis"),
        see("class A", "[name=client_analysis_bar] [name=abc_class]:contains(A)"),
        see("the computed class stays beside it", ".alert:contains(They differ)"),
    ],
});
