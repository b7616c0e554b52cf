import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A table that the server has reckoned, with cells that lead to what they count.
 *
 * The value is {head, rows}: see `regulation.abc.screen`. A cell with a `domain`
 * opens those lines of the record, one with a `record` opens that record.
 */
export class RegulationTableField extends Component {
    static template = "client_regulation.RegulationTableField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get table() {
        return this.props.record.data[this.props.name] || { head: [], rows: [] };
    }

    getBadgeClass(cell) {
        const tones = { A: "text-bg-success", B: "text-bg-warning", C: "text-bg-secondary" };
        return tones[cell.badge] || "";
    }

    async open(cell) {
        if (cell.record) {
            const [model, id] = cell.record;
            return this.action.doAction({
                type: "ir.actions.act_window",
                res_model: model,
                res_id: id,
                views: [[false, "form"]],
            });
        }
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_view_lines", [[resId]], {
            context: { line_domain: cell.domain },
        });
        return this.action.doAction(action);
    }
}

registry.category("fields").add("regulation_table", {
    component: RegulationTableField,
    supportedTypes: ["json"],
});
