"""The open data of ../shared, where it lies beside the project: real posts, pitches and project difficulties."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

needs_real_data = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the project")
