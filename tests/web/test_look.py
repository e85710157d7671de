"""What the pages look like is made at set-up: what is served, and what is said where it cannot be fetched."""

import gzip
import json

import pytest

import hatch_build
from service.web.assets import Assets, NotMade


def test_where_the_registry_cannot_be_reached_one_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(hatch_build, "NODE", tmp_path)
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(SystemExit) as stopped:
        hatch_build.fetch()
    assert str(stopped.value).startswith("GOV.UK Frontend could not be fetched from npm's registry")
    assert "\n" not in str(stopped.value)


def test_what_has_not_been_made_is_said(tmp_path):
    with pytest.raises(NotMade, match="make setup"):
        Assets(tmp_path)


def test_every_asset_lies_there_compressed_too_and_is_small():
    folder = hatch_build.ASSETS
    names = json.loads((folder / "assets.json").read_text()).values()
    assert {
        gzip.decompress((folder / f"{name}.gz").read_bytes()) == (folder / name).read_bytes() for name in names
    } == {True}
    assert sum((folder / f"{name}.gz").stat().st_size for name in names) < 30_000


def test_nothing_that_only_govuk_may_wear_is_among_them():
    for path in hatch_build.ASSETS.iterdir():
        text = path.read_bytes().lower()
        for word in (b"transport", b"crown", b"crest", b".woff"):
            assert path.suffix == ".gz" or word not in text, (path.name, word)


def test_the_lock_names_no_host():
    text = (hatch_build.HERE / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert "registry" not in text
