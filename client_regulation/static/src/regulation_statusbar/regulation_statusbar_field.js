import {
    RottingStatusBarDurationField,
    rottingStatusBarDurationField,
} from "@mail/js/rotting_mixin/rotting_statusbar";
import { registry } from "@web/core/registry";

/**
 * The status bar of a deal, which goes back to where the deal is when the gate
 * refuses the move.
 *
 * Without it the refused column stays in the form as an unsaved change, and every
 * button pressed next, “Done” at a missing step included, would first save it and
 * be refused again. What else the user has typed is kept.
 */
export class RegulationStatusBarField extends RottingStatusBarDurationField {
    /** @override */
    async selectItem(item) {
        const { name, record } = this.props;
        if (!record.data.regulation_id) {
            return super.selectItem(item);
        }
        const column = record.data[name];
        const hadChanges = await record.isDirty();
        try {
            await super.selectItem(item);
        } catch (refusal) {
            if (hadChanges) {
                await record.update({ [name]: column });
            } else {
                await record.discard();
            }
            throw refusal;
        }
    }
}

export const regulationStatusBarField = {
    ...rottingStatusBarDurationField,
    component: RegulationStatusBarField,
    // the style sheets know the field by the widget it extends
    additionalClasses: ["o_field_rotting_statusbar_duration"],
    fieldDependencies: [
        ...(rottingStatusBarDurationField.fieldDependencies || []),
        { name: "regulation_id", type: "many2one" },
    ],
};

registry
    .category("fields")
    .add("regulation_statusbar_duration", regulationStatusBarField);
