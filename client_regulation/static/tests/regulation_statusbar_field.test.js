import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

class Regulation extends models.Model {
    _name = "regulation.regulation";

    name = fields.Char();

    _records = [{ id: 1, name: "Attracting clients" }];
}

class Stage extends models.Model {
    _name = "crm.stage";

    name = fields.Char();

    _records = [
        { id: 1, name: "First contact" },
        { id: 2, name: "Meeting" },
    ];
}

class Lead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    stage_id = fields.Many2one({ string: "Stage", relation: "crm.stage" });
    regulation_id = fields.Many2one({ relation: "regulation.regulation" });
    duration_tracking = fields.Json();
    rotting_days = fields.Integer();

    _records = [
        { id: 1, name: "Regulated", stage_id: 1, regulation_id: 1 },
        { id: 2, name: "Free", stage_id: 1, regulation_id: false },
    ];
}

defineMailModels();
defineModels([Regulation, Stage, Lead]);

const arch = `
    <form>
        <header>
            <field name="stage_id" widget="regulation_statusbar_duration"
                options="{'clickable': '1'}"/>
        </header>
        <field name="name"/>
    </form>`;

const present = ".o_statusbar_status button[aria-checked='true']";
const meeting = ".o_statusbar_status button[data-value='2']";

async function mountDeal(resId) {
    await mountView({ type: "form", resModel: "crm.lead", resId, arch });
    expect(present).toHaveText("First contact");
}

function refuse() {
    onRpc("crm.lead", "web_save", () => {
        expect.step("web_save");
        throw makeServerError({ type: "ValidationError", message: "Missing: A1.3" });
    });
}

test("a refused move leaves the deal where it is and nothing to save", async () => {
    expect.errors(1);
    refuse();
    await mountDeal(1);
    await contains(meeting).click();
    expect.verifySteps(["web_save"]);
    expect.verifyErrors(["RPC_ERROR"]);
    expect(present).toHaveText("First contact");
    expect(".o_form_status_indicator_buttons.invisible").toHaveCount(1);
});

test("a refused move keeps what else was typed", async () => {
    expect.errors(1);
    refuse();
    await mountDeal(1);
    await contains("[name='name'] input").edit("Pumps for the brewery");
    await contains(meeting).click();
    expect.verifySteps(["web_save"]);
    expect.verifyErrors(["RPC_ERROR"]);
    expect(present).toHaveText("First contact");
    expect("[name='name'] input").toHaveValue("Pumps for the brewery");
});

test("a move that is let through is saved", async () => {
    onRpc("crm.lead", "web_save", ({ args }) => {
        expect.step(args[1]);
    });
    await mountDeal(1);
    await contains(meeting).click();
    expect.verifySteps([{ stage_id: 2 }]);
    expect(present).toHaveText("Meeting");
});

test("the form of a deal without a regulation is as ever", async () => {
    expect.errors(1);
    refuse();
    await mountDeal(2);
    await contains(meeting).click();
    expect.verifySteps(["web_save"]);
    expect.verifyErrors(["RPC_ERROR"]);
    expect(present).toHaveText("Meeting");
});
