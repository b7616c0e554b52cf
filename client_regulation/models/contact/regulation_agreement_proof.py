# Part of client_regulation. See LICENSE file for full copyright and licensing details.

from odoo import api, models
from odoo.exceptions import ValidationError

#: a promise that stands; a moved one is carried on by another
STANDING = ("open", "done", "late")

#: a write on these may take the promise from its visit
PROOF_FIELDS = frozenset({"side", "state", "visit_id"})


class RegulationAgreementProof(models.AbstractModel):
    """An advance is something that the client does: a visit that ended in one keeps
    at least one standing promise of the client, whatever becomes of the agreements
    afterwards. A cancelled promise proves nothing any more. (Reg. 1.3.8, D.6)

    Mixed into `regulation.agreement`; `regulation.visit` asks the same of itself.
    """

    _name = "regulation.agreement.proof"
    _description = "Agreement as the Proof of an Advance"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if not PROOF_FIELDS & vals.keys():
            return super().write(vals)
        proofs = self.filtered(lambda agreement: agreement._proves_advance())
        # safe: only asks what the visit ended in; it may be hidden from the user
        before = {agreement: agreement.sudo().visit_id for agreement in proofs}
        result = super().write(vals)
        for agreement, visit in before.items():
            agreement._check_advance_stays(visit)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_advance(self):
        for agreement in self.filtered(lambda agreement: agreement._proves_advance()):
            agreement._check_advance_stays(agreement.sudo().visit_id, gone=self)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _promises(self):
        """Whether the client has promised something that stands."""
        self.ensure_one()
        return self.side == "client" and self.state in STANDING

    def _proves_advance(self):
        self.ensure_one()
        visit = self.sudo().visit_id  # safe: see above
        return self._promises() and visit.state == "done" and visit.outcome == "advance"

    def _check_advance_stays(self, visit, gone=()):
        """Refuse what leaves the advance of a visit without a promise.

        :param visit: the visit that the agreement belonged to
        :param gone: agreements that are being deleted
        """
        self.ensure_one()
        if visit.outcome != "advance" or any(
            other._promises() for other in visit.agreement_ids if other not in gone
        ):
            return
        raise ValidationError(
            self.env._(
                "“%(agreement)s” is the last promise of the client that stands behind "
                "the advance of %(visit)s, and an advance is something that the client "
                "does: without it the visit would be a continuation. Add another "
                "agreement of the client to the visit first, or change the outcome of "
                "the visit.",
                agreement=self.subject,
                visit=visit.display_name,
            )
        )
