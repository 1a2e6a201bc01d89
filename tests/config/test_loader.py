"""Profiles: every shipped one loads, a wrong one says where."""

import pytest

from config.loader import ProfileError, load, shipped_profiles


@pytest.mark.parametrize("name", shipped_profiles())
def test_every_shipped_profile_loads(name):
    assert load(name).checkpoint.name_th


def test_an_error_names_file_table_and_key(tmp_path):
    with pytest.raises(ProfileError, match=r"demo.*camera\.fsp"):
        load("demo", {"camera": {"fsp": 3}})
    with pytest.raises(ProfileError, match="choose one of demo"):
        load("nowhere")
    broken = tmp_path / "x.toml"
    broken.write_text("[station\n")
    with pytest.raises(ProfileError, match="is not TOML"):
        load(str(broken))


def test_the_environment_lies_over_the_profile(monkeypatch):
    monkeypatch.setenv("DAAN_KIOSK__PORT", "9123")
    assert load("demo").kiosk.port == 9123
    assert load("demo", {"kiosk": {"port": 9124}}).kiosk.port == 9124, "the command line lies over both"
