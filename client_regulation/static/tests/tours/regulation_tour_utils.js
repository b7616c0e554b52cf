/** Steps that the tours of the regulation share. */

/** Opens an entry of a dropdown menu of the navigation bar. */
export function openMenu(section, entry) {
    return [
        {
            content: `open the menu ${section}`,
            trigger: `.o_menu_sections button[data-menu-xmlid='client_regulation.${section}']`,
            run: "click",
        },
        {
            content: `choose ${entry}`,
            trigger: `.o-dropdown-item[data-menu-xmlid='client_regulation.${entry}']`,
            run: "click",
        },
    ];
}

/** Chooses a value of a many2one. */
export function choose(field, value) {
    return [
        {
            content: `type ${value}`,
            trigger: `${field} input`,
            run: `edit ${value}`,
        },
        {
            content: `choose ${value}`,
            trigger: `.o-autocomplete--dropdown-item:contains(${value})`,
            run: "click",
        },
    ];
}

/** Reads a refusal: everything that is missing stands in one dialog. */
export function readRefusal(...texts) {
    return [
        ...texts.map((text) => ({
            content: `the refusal says: ${text}`,
            trigger: `.modal:not(.o_inactive_modal) .modal-body:contains(${text})`,
        })),
        {
            content: "close the refusal",
            trigger: ".modal:not(.o_inactive_modal) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "nothing was lost: the page is there as it was",
            trigger: "body:not(:has(.modal))",
        },
    ];
}
