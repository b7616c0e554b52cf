import { registry } from "@web/core/registry";
import { readRefusal } from "./regulation_tour_utils";
import {
    dialog, endTaps, fitsPhone, followMissing, moreButton, openTab, pick, refusedMove, save, see,
    startTaps, statButton, tap, type,
} from "./story_tour_utils";

/** A2.2: the daily act, from the deal to the saved call. */
registry.category("web_tour.tours").add("story_a2_call", {
    steps: () => [
        startTaps(".o_statusbar_buttons button:has(.oi-ellipsis-v)"),
        ...moreButton("action_log_call"),
        tap("they agree to meet", ".modal [name=result_id] .o_selection_badge:contains(Meeting agreed)"),
        see("what comes next is proposed", ".modal [name=next_date] input, .modal [name=next_date] button"),
        tap("save the call", ".modal .o_form_button_save"),
        endTaps("log a call", 4, "body:not(:has(.modal))"),
        ...statButton("action_open_calls"),
        see("the call is there", ".o_kanban_record:contains(Meeting agreed), .o_data_row:contains(Meeting agreed)"),
    ],
});

const expect = (answer) => [
    tap("expect an objection", "[name=expected_ids] .o-kanban-button-new"),
    ...pick(".modal [name=type_id]", "Price"),
    type("have an answer", ".modal [name=answer] textarea, .modal [name=answer] input", answer),
    tap("keep it", ".modal .o_form_button_save"),
    see("it is there", "body:not(:has(.modal)) [name=expected_ids]"),
];

const tick = (item) => [
    tap(`look at ${item}`, `[name=checklist_ids] .o_kanban_record:contains(${item}) button[name=action_tick]`),
    see("done", `[name=checklist_ids] .o_kanban_record:contains(${item}):contains(Done):not(:has(button[name=action_tick]))`),
];

function prepare() {
    return [
        openTab("preparation"),
        type("the goal", "[name=goal] textarea", "They order a trial lot of 500 bricks by Friday"),
        type("the fallback", "[name=fallback_goal] textarea", "A date with their site manager"),
        type("what they gain", "[name=value_hypothesis] textarea", "No yard to keep: delivery by the day"),
        ...expect("Compared with what, per laid square metre?"),
        ...expect("The lorry is in the price"),
        ...expect("A trial lot shows it"),
        ...save(),
        tap("questions", "button[name=action_add_questions]"),
        see("five of them", "[name=question_ids] .o_kanban_record:eq(4)"),
        ...tick("Client card is read"),
        ...tick("History and open agreements"),
        ...tick("Materials, samples"),
        ...moreButton("action_confirm"),
        see("confirmed", "[name=confirmed_on]"),
        tap("prepared", ".o_statusbar_buttons button[name=action_prepare]"),
        see("it is prepared", ".o_statusbar_status button:visible:contains(Prepared)"),
        fitsPhone(),
    ];
}

/** A3: refused unprepared; planned from the deal, prepared by the checklist. */
registry.category("web_tour.tours").add("story_a3_visit", {
    steps: () => [
        ...refusedMove("A3", "A4", "A3.2"),
        ...statButton("action_plan_visit"),
        see("the client's person is on the list", ".modal [name=participant_ids]:contains(Clara Kiln)"),
        type("the goal", ".modal [name=goal] textarea", "A trial order"),
        tap("plan it", ".modal .o_form_button_save"),
        see("planned", "body:not(:has(.modal))"),
        ...statButton("action_open_visits"),
        tap("prepare it", ".o_kanban_record:contains(Kiln & Sons) button:contains(Prepare)"),
        // not prepared while anything is open
        tap("prepared?", ".o_statusbar_buttons button[name=action_prepare]"),
        ...readRefusal("fallback goal"),
        ...prepare(),
    ],
});

const openAgreement = tap("an agreement", `${dialog} [name=agreement_ids] .o-kanban-button-new`);

/** When and who are proposed: the only person of the client that was there. */
const agreement = (side, subject) => [
    ...(side ? [tap(side, `${dialog} [name=side] .o_radio_item:contains(${side}) input`)] : []),
    type("what", `${dialog} [name=subject] input`, subject),
    {
        content: "its day is proposed",
        trigger: `${dialog} [name=date_due]`,
        run() {
            const input = this.anchor.querySelector("input");
            if (!/\d/.test(input ? input.value : this.anchor.textContent)) {
                throw new Error("the agreement has no day");
            }
        },
    },
];

const keepAgreement = (subject) => [
    tap("keep it", `${dialog} .o_form_button_save`),
    see("it is there", `${dialog} [name=agreement_ids] .o_kanban_record:contains(${subject})`),
];

const oneMoreAgreement = (subject) => [
    tap("keep it and write another", `${dialog} .o_form_button_save_new`),
    see("it is there", `.modal [name=agreement_ids] .o_kanban_record:contains(${subject})`),
];

const objection = (wording) => [
    tap("an objection", `${dialog} [name=objection_ids] .o-kanban-button-new`),
    tap("price", `${dialog} [name=type_id] .o_selection_badge:contains(Price)`),
    type("their words", `${dialog} [name=wording] input`, wording),
    tap("resolved", `${dialog} [name=outcome] .o_radio_item:contains(Resolved) input`),
    tap("by what", `${dialog} [name=technique_id] .o_selection_badge:contains(Boomerang)`),
    tap("keep it", `${dialog} .o_form_button_save`),
    see("it is there", `${dialog} [name=objection_ids] .o_kanban_record:contains(${wording})`),
];

const done = "body:not(:has(.modal)) .o_form_view:has(button[name=action_open_summary])";

const result = (goal, outcome, next) => [
    tap(`the goal: ${goal}`, `${dialog} [name=goal_result] .o_radio_item:contains(${goal}) input`),
    tap(outcome, `${dialog} [name=outcome] .o_radio_item:contains(${outcome}) input`),
    type("the next step", `${dialog} [name=next_step] input`, next),
];

/** A4: the meeting and its facts; the report and the summary. */
registry.category("web_tour.tours").add("story_a4_visit", {
    steps: () => [
        tap("my visit", ".o_kanban_record:contains(Kiln & Sons)"),
        tap("it begins", ".o_statusbar_buttons button[name=action_start]"),
        see("begun", ".o_statusbar_buttons button[name=action_report]"),
        openTab("facts"),
        type("budget", "[name=learned_budget] input", "900000"),
        type("timing", "[name=learned_timing] input", "First lot in March"),
        type(
            "procedure",
            "[name=learned_procedure] textarea",
            "The director decides, the site manager advises"
        ),
        ...save(),
        startTaps(".o_statusbar_buttons"),
        tap("report", ".o_statusbar_buttons button[name=action_report]"),
        ...result("Partly", "Advance", "Show the trial lot"),
        openAgreement,
        ...agreement("", "Samples of three shades"),
        ...oneMoreAgreement("Samples of three shades"),
        ...agreement("The Client", "The site manager joins"),
        ...keepAgreement("The site manager joins"),
        ...objection("Others are five per cent cheaper"),
        tap("report", `${dialog} .modal-footer button[name=action_report]`),
        endTaps("report a visit with one objection and two agreements", 17, done, 60),
        tap("the summary", ".o_statusbar_buttons button[name=action_open_summary]"),
        tap("send it", `${dialog} button[name=action_send_summary]`),
        see("sent", "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_open_summary]))"),
        fitsPhone(),
    ],
});

/** A4.2: one of the six facts is still unknown. */
registry.category("web_tour.tours").add("story_a4_facts", {
    steps: () => [
        ...refusedMove("A4", "A5", "A4.2", "Competitors"),
        ...followMissing("Competitors"),
        openTab("client_card"),
        tap("who else sells to them", "[name=competitor_ids] input"),
        tap(
            "nobody yet",
            `${dialog} .o_data_cell:contains(Buys from nobody), ${dialog} .o_kanban_record:contains(Buys from nobody), body .o-autocomplete--dropdown-item:contains(Buys from nobody)`
        ),
        ...save(),
    ],
});

/** A5: what we owe is settled, the repeat visit planned from the one before. */
registry.category("web_tour.tours").add("story_a5_visit", {
    steps: () => [
        ...refusedMove("A5", "A6", "A5.2"),
        ...statButton("action_open_visits"),
        tap("plan the repeat visit", ".o_kanban_record:contains(Done) button[name=action_plan_repeat]"),
        ...prepare(),
        openTab("carried"),
        tap("our samples are there", "[name=open_agreement_ids] .o_kanban_record:contains(Samples) button:contains(Kept)"),
        type("what proves it", `${dialog} [name=proof_note] textarea`, "Waybill 12, taken by Ann"),
        tap("it is done", `${dialog} .modal-footer button[name=action_apply]`),
        see("settled", "body:not(:has([name=open_agreement_ids] .o_kanban_record:contains(Samples)))"),
    ],
});

registry.category("web_tour.tours").add("story_a5_report", {
    steps: () => [
        tap("my visit", ".o_kanban_record:contains(Kiln & Sons)"),
        ...moreButton("action_report"),
        ...result("Yes", "Advance", "Send the offer"),
        openAgreement,
        ...agreement("The Client", "They compare our offer by Friday"),
        ...keepAgreement("They compare our offer by Friday"),
        tap("no objections", `${dialog} [name=no_objections] input`),
        tap("report", `${dialog} .modal-footer button[name=action_report]`),
        see("reported", done),
    ],
});
