"""Another key-encryption key: everybody's keys are wrapped anew under it, all at once or not at all."""

from __future__ import annotations

from service.ledger.envelopes import Envelopes, WrongKey
from service.ledger.keyring import LASTING, PROBE, Shelf, secret_id


def rewrap(shelf: Shelf, old: bytes, new: bytes) -> int:
    """How many keys lie under the new one from now on, even if they did before. WrongKey when neither opens them.

    Nobody else may be at work on these keys."""
    now, then = Envelopes(old), Envelopes(new)
    probe = shelf.probe(None)
    if probe is not None and not _opens(now, probe):
        then.open(probe, PROBE)  # it was done, and broken off before anybody was told
        now = then
    anew = {}
    for subject, wrapped in shelf.everything().items():
        if wrapped is not None:
            made_for, key = now.open(wrapped, subject.bytes)
            anew[subject] = then.close(key, subject.bytes, made_for)
    for purpose in LASTING:
        id = secret_id(purpose)
        anew.setdefault(id, then.close(now.derived(purpose), id.bytes))
    shelf.replace(anew, then.close(b"", PROBE))
    return len(anew)


def _opens(envelopes: Envelopes, probe: bytes) -> bool:
    try:
        envelopes.open(probe, PROBE)
    except WrongKey:
        return False
    return True
