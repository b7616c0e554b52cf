# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Examples of the method that several tests reckon with, and how they are written."""

from ...tools.abc import classify
from ...tools.exact import ParameterError

#: example E1: K01 … K10
E1 = (400, 250, 120, 50, 45, 40, 35, 30, 20, 10)


def clients(*values):
    """Clients k00, k01 … with these values."""
    return {f"k{number:02}": value for number, value in enumerate(values)}


def letters(classes, keys=None):
    """Classes as a word, in the order of the clients; a dash is none."""
    return "".join(classes[key] or "-" for key in keys or sorted(classes))


def classes_of(values, **parameters):
    return letters(classify(clients(*values), **parameters).classes)


def shares_of(values, **parameters):
    """Shares of value of A, B and C, per cent, rounded as the examples are."""
    summary = classify(clients(*values), **parameters).summary()
    return tuple(round(float(100 * figures.share), 2) for figures in summary.values())


class RefusalMixin:
    """A parameter is refused by its code, and what is wrong is named."""

    def assert_refused(self, code, function, *args, **kwargs):
        with self.assertRaises(ParameterError) as caught:
            function(*args, **kwargs)
        self.assertEqual(caught.exception.code, code)
        return caught.exception.values
