import { registry } from "@web/core/registry";
import { endTaps, startTaps } from "./story_tour_utils";

const card = ".o_kanban_record:contains(S2.2)";

/** A lawyer without CRM completes a duty on the phone: one tap. */
registry.category("web_tour.tours").add("client_regulation_participant", {
    steps: () => [
        {
            content: "my duties, and whose deal it is about",
            trigger: `${card}:contains(Bricks for the school)`,
        },
        {
            content: "nothing is wider than the phone",
            trigger: ".o_kanban_view",
            run() {
                const wide = document.documentElement.scrollWidth;
                if (window.innerWidth > 400 || wide > window.innerWidth) {
                    throw new Error(`${wide} px wide on ${window.innerWidth} px`);
                }
            },
        },
        startTaps(card),
        {
            content: "done",
            trigger: `${card} button[name=action_done]`,
            run: "click",
        },
        {
            content: "nothing waits any more",
            trigger: `.o_kanban_view:not(:has(${card}))`,
        },
        endTaps("complete a step", 2, ".o_kanban_view"),
    ],
});
