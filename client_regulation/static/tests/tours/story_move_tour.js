import { registry } from "@web/core/registry";
import { fitsPhone, move, openTab, see } from "./story_tour_utils";

/** The gate opens: one tour for each stage. */
for (let stage = 1; stage < 8; stage++) {
    const [from, to] = [`A${stage}`, `A${stage + 1}`];
    registry.category("web_tour.tours").add(`story_move_a${stage}`, {
        steps: () => [
            openTab("regulation"),
            see("nothing is missing", "[name=regulation_missing]:contains(Nothing is missing)"),
            fitsPhone(),
            ...move(from, to),
        ],
    });
}
