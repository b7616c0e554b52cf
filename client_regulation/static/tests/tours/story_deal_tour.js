import { registry } from "@web/core/registry";
import { readRefusal } from "./regulation_tour_utils";
import {
    dialog, fitsPhone, openTab, pick, pickToday, press, refusedMove, save, see, statButton, tap,
    type, upload,
} from "./story_tour_utils";

const closed = "body:not(:has(.modal))";

/** A6: asked for, priced below the authority: not sent, approval asked. */
registry.category("web_tour.tours").add("story_a6_offer", {
    steps: () => [
        ...refusedMove("A6", "A7", "A6.1", "A6.2"),
        openTab("regulation_deal"),
        tap("they ask for an offer", "button[name=action_offer_requested]"),
        see("noted", "[name=offer_requested_on]:contains(:)"),
        ...press("action_sale_quotations_new"),
        see("a quotation", ".o_form_view [name=order_line]"),
        tap("a product", "[name=order_line] .o_cp_buttons button:contains(Add product)"),
        ...pick(`${dialog} [name^=product_]`, "Facing brick"),
        type("the price", `${dialog} [name=price_unit] input`, "80"),
        tap("keep it", `${dialog} .o_form_button_save`),
        see("it is there", `${closed} [name=order_line] .o_kanban_record:contains(Facing brick)`),
        ...save(),
        ...press("action_quotation_send"),
        ...readRefusal("20", "Request Approval"),
    ],
});

registry.category("web_tour.tours").add("story_a6_ask", {
    steps: () => [
        ...statButton("action_view_sale_quotation"),
        see("the quotation", ".o_form_view [name=order_line]"),
        ...press("action_discount_request"),
        see("still not sent", ".o_statusbar_status button:visible:contains(Quotation)"),
        fitsPhone(),
    ],
});

registry.category("web_tour.tours").add("story_a6_send", {
    steps: () => [
        ...statButton("action_view_sale_quotation"),
        see("the quotation", ".o_form_view [name=order_line]"),
        ...press("action_quotation_send"),
        tap("send it", `${dialog} button[name=action_send_mail], ${dialog} .o_mail_send`),
        see("sent", `${closed} .o_statusbar_status button:visible:contains(Quotation Sent)`),
        ...press("action_offer_feedback"),
        tap("accepted", `${dialog} [name=offer_feedback] .o_radio_item:contains(Accepted) input`),
        tap("save", `${dialog} .modal-footer button:contains(Save)`),
        see("noted", `${closed} .o_form_view:not(:has(button[name=action_offer_feedback]))`),
    ],
});

/** A7: the contract goes to lawyer, finance and security; not signed before. */
registry.category("web_tour.tours").add("story_a7_contract", {
    steps: () => [
        ...refusedMove("A7", "A8", "A7.1", "A7.2", "A7.3"),
        openTab("regulation_deal"),
        tap("a contract", "button[name=action_new_contract]"),
        ...pick("[name=payment_term_id]", "30 Days"),
        ...pickToday("[name=date_from]"),
        ...save(),
        ...press("action_request_approval"),
        see("in approval", ".o_statusbar_status button:visible:contains(In Approval)"),
        ...press("action_sign"),
        ...readRefusal("the approval of", "the file of the signed copy"),
        fitsPhone(),
    ],
});

registry.category("web_tour.tours").add("story_a7_sign", {
    steps: () => [
        ...statButton("action_open_contracts"),
        see("approved by all", ".alert-success:contains(Approved by all)"),
        openTab("signature"),
        ...pick("[name=our_signatory_id]", "Head"),
        type("our basis", "[name=our_basis] input", "Power No 12 of 1 March"),
        ...pick("[name=client_signatory_id]", "Clara Kiln"),
        type("their basis", "[name=client_basis] input", "Charter"),
        ...pickToday("[name=date_signed]"),
        upload("the signed copy", "[name=attachment_ids] input[type=file]", "signed.pdf", "%PDF-1.4 signed", "application/pdf"),
        see("it is there", "[name=attachment_ids]:contains(signed)"),
        ...save(),
        ...press("action_sign"),
        see("signed", ".o_statusbar_status button:visible:contains(Signed)"),
        fitsPhone(),
    ],
});

/** A8: handed over with what was promised; the sheet teaches the team. */
registry.category("web_tour.tours").add("story_a8_close", {
    steps: () => [
        openTab("regulation_deal"),
        tap("hand over", "button[name=action_new_handover]"),
        type("what was promised", `${dialog} [name=promises] textarea`, "A price list by Friday"),
        ...pickToday(`${dialog} [name=welcome_sent_on]`),
        ...pickToday(`${dialog} [name=survey_planned_on]`),
        tap("hand over", `${dialog} button[name=action_hand_over]`),
        see("handed over", closed),
        tap("the sheet", "button[name=action_new_review]"),
        ...pick(`${dialog} [name=won_reason_id]`, ""),
        type("what decided", `${dialog} [name=decided_by] textarea`, "Delivery by the day, which nobody else offers"),
        type("the lesson", `${dialog} [name=lesson] textarea`, "Ask for the yard in the first conversation"),
        tap("save", `${dialog} .modal-footer button:contains(Save)`),
        see("written", `${closed} [name=deal_review_ids]:contains(yard)`),
        fitsPhone(),
    ],
});
