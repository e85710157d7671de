"""Who is asking, and what they may do: tokens, e-mail look-up, and the policy that denies by default."""

from service.access.caller import Caller
from service.access.tokens import Issued, Token, TokenStore

__all__ = ["Caller", "Issued", "Token", "TokenStore"]
