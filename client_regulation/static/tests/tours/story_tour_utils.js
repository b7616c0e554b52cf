import { readRefusal } from "./regulation_tour_utils";

/** Steps that the story of one client on a phone is made of. */

/** The dialog on top. */
export const dialog = ".modal:not(.o_inactive_modal)";

export function tap(content, trigger) {
    return { content, trigger, run: "click" };
}

export function type(content, trigger, text) {
    return { content, trigger, run: `edit ${text}` };
}

export function see(content, trigger) {
    return { content, trigger };
}

/** Chooses a value of a many2one: the phone opens a page of them. */
export function pick(field, value) {
    const page = ".modal:not(.o_inactive_modal):contains(Search)";
    return [
        tap(`choose ${value}`, `${field} input`),
        tap(
            `take ${value}`,
            `${page} .o_data_cell:contains(${value}), ${page} .o_kanban_record:contains(${value})`
        ),
    ];
}

/** Chooses a value of a selection: the phone lists them at the bottom. */
export function select(field, value) {
    return [
        tap(`choose ${value}`, `${field} .o_select_menu_toggler`),
        // from the body, as the list lies over the dialog and not in it
        tap(`take ${value}`, `body .o_select_menu_item:contains(${value})`),
    ];
}

/** Chooses today: the phone opens a calendar. */
export function pickToday(field) {
    return [
        tap("open the calendar", `${field} button, ${field} input`),
        tap("today", "body .o_datetime_picker .o_today"),
        see("it is chosen", "body:not(:has(.o_datetime_picker))"),
    ];
}

export function openTab(name) {
    return tap(`open the tab ${name}`, `.o_notebook .nav-link[name=${name}]`);
}

export function save() {
    return [
        tap("save", ".o_form_button_save"),
        see("it is saved", ".o_form_view .o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))"),
    ];
}

/** A button of the form that the phone keeps behind the three dots. */
export function moreButton(name) {
    return [
        tap("what else can be done", ".o_statusbar_buttons button:has(.oi-ellipsis-v)"),
        tap(`press ${name}`, `.o-dropdown-item button[name=${name}]`),
    ];
}

/** A button of the form, in the bar or behind the three dots. */
export function press(name) {
    const bar = ".o_statusbar_buttons";
    return [
        {
            content: `where ${name} is`,
            trigger: bar,
            async run(helpers) {
                if (!this.anchor.querySelector(`button[name=${name}]`)) {
                    await helpers.click(`${bar} button:has(.oi-ellipsis-v)`);
                }
            },
        },
        tap(`press ${name}`, `${bar} button[name=${name}], .o-dropdown-item button[name=${name}]`),
    ];
}

/** A stat button, which the phone keeps behind the bolt. */
export function statButton(name) {
    return [
        tap("what belongs to it", ".o_button_more"),
        tap(`open ${name}`, `.o-form-buttonbox-small button[name=${name}]`),
    ];
}

function chooseColumn(code) {
    return [
        tap("open the columns", ".o_statusbar_status button.dropdown-toggle:visible"),
        tap(`move the deal to ${code}`, `.o-dropdown-item:contains(${code})`),
    ];
}

/** The gate opens: the deal goes on. */
export function move(from, to) {
    return [
        see(`the deal stands in ${from}`, `.o_statusbar_status button:visible:contains(${from})`),
        ...chooseColumn(to),
        see(`the deal stands in ${to}`, `[name=regulation_bar]:contains(${to})`),
        see("it is saved", ".o_form_view:not(:has(.o_form_button_save:visible))"),
    ];
}

/** The gate stays shut and names everything that is missing. */
export function refusedMove(from, to, ...texts) {
    return [
        see(`the deal stands in ${from}`, `.o_statusbar_status button:visible:contains(${from})`),
        ...chooseColumn(to),
        ...readRefusal(...texts),
        see(`the deal still stands in ${from}`, `.o_statusbar_status button:visible:contains(${from})`),
    ];
}

/** From what is missing to the page where it is given. */
export function followMissing(text) {
    return [
        openTab("regulation"),
        tap(`go where it is given: ${text}`, `[name=regulation_missing] a:contains(${text})`),
    ];
}

/** Puts a file into a file input, as the phone's own dialog would. */
export function upload(content, trigger, name, text, mimetype) {
    return {
        content,
        trigger: `${trigger}:not(:visible)`,
        run() {
            const files = new DataTransfer();
            files.items.add(new File([text], name, { type: mimetype }));
            this.anchor.files = files.files;
            this.anchor.dispatchEvent(new Event("change", { bubbles: true }));
        },
    };
}

// -- taps ---------------------------------------------------------------------

/** How fast people write on a phone, characters a minute. */
const TYPING_SPEED = 200;
/** What finding the next thing on the screen and touching it takes, in seconds. */
const TAP_SECONDS = 1;

const act = { taps: 0, keys: 0, start: 0 };
const countTap = () => act.taps++;
const countKey = (ev) => {
    act.keys += ev.key.length === 1 && !ev.ctrlKey ? 1 : 0;
};

export function startTaps(trigger) {
    return {
        content: "count the taps from here",
        trigger,
        run() {
            Object.assign(act, { taps: 0, keys: 0, start: performance.now() });
            window.addEventListener("pointerdown", countTap, true);
            window.addEventListener("keydown", countKey, true);
        },
    };
}

/**
 * @param {number} aim how many taps the act may take at most
 * @param {number} [limit] how many seconds it may take a person who taps and types;
 *      what the machine takes is told beside it and not asserted, as it depends on it
 */
export function endTaps(name, aim, trigger, limit = Infinity) {
    return {
        content: `${name} takes no more than ${aim} taps`,
        trigger,
        run() {
            window.removeEventListener("pointerdown", countTap, true);
            window.removeEventListener("keydown", countKey, true);
            const typing = (act.keys * 60) / TYPING_SPEED;
            const seconds = typing + act.taps * TAP_SECONDS;
            const machine = (performance.now() - act.start) / 1000;
            console.log(
                `TAPS ${name}: ${act.taps}; ${act.keys} characters, ` +
                    `${typing.toFixed(1)} s of typing, ${seconds.toFixed(1)} s with the taps; ` +
                    `the tour took ${machine.toFixed(1)} s`
            );
            if (act.taps > aim) {
                throw new Error(`${name} takes ${act.taps} taps, ${aim} are the aim`);
            }
            if (seconds > limit) {
                throw new Error(`${name} takes ${seconds} seconds, ${limit} are the aim`);
            }
        },
    };
}

export function fitsPhone() {
    return {
        content: "nothing is wider than the phone",
        trigger: ".o_action_manager",
        run() {
            const page = document.querySelector(".o_content");
            const wide = Math.max(document.documentElement.scrollWidth, page.scrollWidth);
            if (window.innerWidth > 400 || wide > window.innerWidth) {
                throw new Error(`${wide} px wide on ${window.innerWidth} px`);
            }
        },
    };
}
