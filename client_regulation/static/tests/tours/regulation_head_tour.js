import { registry } from "@web/core/registry";
import { choose, openMenu } from "./regulation_tour_utils";

const row = "[name=regulation_open_duty_ids] .o_data_row:contains(S1.1)";

/** The head of sales releases a deal from a step, by name and with a reason. */
registry.category("web_tour.tours").add("client_regulation_head", {
    steps: () => [
        {
            content: "what the regulation asks for",
            trigger: ".o_notebook .nav-link[name=regulation]",
            run: "click",
        },
        {
            content: "waive the step",
            trigger: `${row} button[name=action_waive]`,
            run: "click",
        },
        ...choose(".modal [name=reason_id]", "The client is in a hurry"),
        {
            content: "say why",
            trigger: ".modal [name=note] textarea",
            run: "edit They moved the meeting to tomorrow",
        },
        {
            content: "into the register",
            trigger: ".modal-footer button[name=action_waive]",
            run: "click",
        },
        {
            content: "the deal shows it",
            trigger: `body:not(:has(.modal)) ${row} [name=state]:contains(Waived)`,
        },
        ...openMenu("regulation_menu", "regulation_deviation_menu"),
        {
            content: "the register shows it",
            trigger:
                ".o_data_row:contains(Bricks for the school):contains(S1.1):contains(Waived)",
        },
    ],
});
