import { registry } from "@web/core/registry";
import { fitsPhone, followMissing, openTab, pick, pickToday, refusedMove, save, see, select, statButton, tap, type, upload } from "./story_tour_utils";

const LIST = [
    "Company;Tax number;Web site;Country;City;Street;Phone;E-mail;Contact person;Position;Contact e-mail;Contact phone;Size;Yearly purchases",
    "Kiln & Sons;BE0477472701;kilnsons.com;BE;Ghent;Kiln street 5;+32 9 234 56 78;office@kilnsons.com;Clara Kiln;Director;clara@kilnsons.com;+32 475 12 34 56;medium;1200000",
    "Kiln and Sons;;www.kilnsons.com;BE;Ghent;;;;;;;;;",
].join("\n");

/** A raw row of a spreadsheet becomes a client and a deal; a twin does not. */
registry.category("web_tour.tours").add("story_import", {
    steps: () => [
        see("the pipeline", ".o_kanban_view"),
        tap("open the menu", ".o_menu_toggle"),
        tap(
            "the lists",
            ".o_app_menu_sidebar li[data-menu-xmlid='client_regulation.regulation_prospect_batch_menu']"
        ),
        tap("import a list", "button:contains(Import a List)"),
        upload("the spreadsheet", ".modal [name=file] input[type=file]", "fair.csv", LIST, "text/csv"),
        see("it is there", ".modal [name=file] input[type=text]:value(fair.csv)"),
        tap("check it", ".modal-footer button[name=action_check]"),
        see("one is new", ".o_kanban_record:contains(Kiln & Sons):contains(New)"),
        see("one is there twice", ".o_kanban_record:contains(Kiln and Sons):contains(Twice)"),
        fitsPhone(),
        tap("bring it in", ".o_statusbar_buttons button[name=action_import]"),
        see("one created", ".o_kanban_record:contains(Kiln & Sons):contains(Created)"),
        see("one merged", ".o_kanban_record:contains(Kiln and Sons):contains(Merged)"),
        ...statButton("action_open_leads"),
        // the only deal of the list is opened at once
        see("it stands under the regulation", "[name=regulation_bar]:contains(A1)"),
        fitsPhone(),
    ],
});

const mark = (criterion) => [
    tap(`mark ${criterion}`, `[name=potential_mark_ids] .o_kanban_record:contains(${criterion})`),
    tap("three of five", ".modal [name=mark] .o_radio_item:contains(3) input"),
    tap("keep the mark", ".modal .o_form_button_save"),
    see("marked", `body:not(:has(.modal)) [name=potential_mark_ids] .o_kanban_record:contains(${criterion}):contains(3)`),
];

/** A1: refused without a score; the link leads to the card. */
registry.category("web_tour.tours").add("story_a1_card", {
    steps: () => [
        ...refusedMove("A1", "A2", "A1.3", "mark all criteria"),
        ...followMissing("mark all criteria"),
        openTab("client_card"),
        fitsPhone(),
        ...pick("[name=client_segment_id]", "Production"),
        ...pick("[name=client_region_id]", "Neighbouring Regions"),
        tap("the scoring sheet", "button[name=action_prepare_potential_marks]"),
        ...[
            "Need and volume",
            "Solvency",
            "Fit to our segments",
            "Access to the decision maker",
            "Growth",
            "Position of competitors",
        ].flatMap(mark),
        ...save(),
        see("a score and a class", "[name=client_card_bar] [name=potential_score]:contains(60)"),
    ],
});

/** A2: refused without a call and a card; who decides, why we come. */
registry.category("web_tour.tours").add("story_a2_card", {
    steps: () => [
        ...refusedMove("A2", "A3", "A2.2", "A2.3"),
        ...followMissing("complete instead of"),
        openTab("client_card"),
        type("the need", "[name=client_needs] textarea", "Facing bricks for two schools a year"),
        type("why now", "[name=first_touch_reason] textarea, [name=first_touch_reason] input", "They have won the tender for two schools"),
        ...select(".o_notebook [name=consent_basis]", "Public Source"),
        ...pickToday(".o_notebook [name=consent_date]"),
        type("what we can give", "[name=value_hypothesis] textarea", "Delivery by the day saves them a yard"),
        ...save(),
        openTab("contact_addresses"),
        tap("the person", "[name=child_ids] .o_kanban_record:contains(Clara Kiln)"),
        ...select(".modal [name=decision_role]", "Decides"),
        tap("keep", ".modal .o_form_button_save"),
        see("she is known to decide", "body:not(:has(.modal)) [name=child_ids] .o_kanban_record:contains(Decides)"),
        ...save(),
        openTab("client_card"),
        see("the card is complete enough", "[name=card_completeness]:contains(7)"),
    ],
});
