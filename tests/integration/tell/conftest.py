"""Scenes as sessions have them."""

from tests.integration.session.conftest import scene

__all__ = ["scene"]
