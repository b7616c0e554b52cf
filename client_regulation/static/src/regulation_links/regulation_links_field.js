import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

/**
 * What is missing, as links to the pages where it is given.
 *
 * The viewer of HTML fields opens every link in a new tab, and on a phone nobody
 * finds back from there. These stay in the tab: «back» leads to the deal again.
 */
export class RegulationLinksField extends Component {
    static template = "client_regulation.RegulationLinksField";
    static props = { ...standardFieldProps };
}

registry.category("fields").add("regulation_links", {
    component: RegulationLinksField,
    supportedTypes: ["html"],
});
