"""Whoever holds the key-encryption key can say that the tree stood so: a checkpoint, signed with Ed25519."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.ledger.tree import Tree
from service.ledger.verify import Checkpoint

PURPOSE = b"unstuck checkpoints"


class Signer:
    """The network's signing key. It is derived from the key-encryption key, so it is there wherever that is, is kept as
    safe, and comes back with it after a restore."""

    def __init__(self, kek: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hmac.digest(kek, PURPOSE, hashlib.sha256))
        self.public_key = self._key.public_key().public_bytes_raw().hex()

    def sign(self, tree: Tree) -> Checkpoint:
        """The tree as it stands."""
        root = tree.root(tree.size).hex()
        signature = self._key.sign(Checkpoint.message(tree.size, root)).hex()
        return Checkpoint(tree.size, root, signature, self.public_key)
