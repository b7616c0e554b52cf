# Part of client_regulation. See LICENSE file for full copyright and licensing details.
"""Who gets which client, so that nobody has more than the others. (Reg. 1.2.4)"""


def distribute(clients, loads, limit=0, wanted=None):
    """Give each client to whoever has least.

    Of two with the same load the first in `loads` goes first, so that the same
    question has the same answer. A client with a person of their own goes to them
    while there is room.

    :param clients: keys of the clients, in the order in which they are given
    :param dict loads: ``{person: open target clients}``
    :param int limit: nobody gets a client beyond it; 0 = no limit
    :param dict wanted: ``{client: person}``
    :return: ``{client: person}``; None for whom nobody has room
    """
    loads, given = dict(loads), {}
    for client in clients:
        own = (wanted or {}).get(client)
        if own not in loads or (limit and loads[own] >= limit):
            own = min(loads, key=loads.get, default=None)
        if own is not None and limit and loads[own] >= limit:
            own = None
        given[client] = own
        if own is not None:
            loads[own] += 1
    return given
