# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Arithmetic that needs no database: importable and testable without Odoo."""
