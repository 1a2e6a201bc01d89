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


RELAYS = {"port": "/dev/daan-relays"}


@pytest.mark.parametrize(
    ("channels", "names"),
    [(1, {"gate": 1}), (2, {"gate": 1, "lamp": 2}), (4, {"gate": 1, "lamp": 2, "siren": 3})],
)
def test_what_is_wired_by_default_goes_as_far_as_the_board(channels, names):
    assert load("demo", {"relays": RELAYS | {"channels": channels}}).relays.names == names
    assert load("demo", {"relays": RELAYS | {"channels": channels, "names": {"siren": 1}}}).relays.names == {"siren": 1}


@pytest.mark.parametrize(
    ("relays", "why"),
    [
        ({"names": {"gate": 1, "lamp": 1}}, "gate and lamp stand on one relay"),
        ({"channels": 2, "names": {"gate": 1, "siren": 3}}, "a board of 2 has no relay for siren"),
        ({"names": {"gate": 0}}, "no relay for gate"),
    ],
)
def test_no_two_things_are_switched_by_one_relay_and_none_by_a_relay_that_is_not_there(relays, why):
    with pytest.raises(ProfileError, match=rf"key relays\.names: .*{why}"):
        load("demo", {"relays": RELAYS | relays})


@pytest.mark.parametrize("names", [("reader", "reader"), ("codes", "codes"), ("camera",), ("journal", "codes")])
def test_each_device_has_its_own_name(names):
    readers = [{"device": name, "protocol": "gm65", "port": f"/dev/r{at}"} for at, name in enumerate(names)]
    with pytest.raises(ProfileError, match=r"key readers: .*give each reader a device name of its own"):
        load("demo", {"readers": readers})
    different = [each | {"device": f"reader-{at}"} for at, each in enumerate(readers)]
    assert len(load("demo", {"readers": different}).readers) == len(names)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("field_of_view_degrees", (0, 35)),
        ("field_of_view_degrees", (55, 180)),
        ("air_celsius", (34, 18)),
        ("air_celsius", (20, 20)),
        ("humidity_percent", (95, 10)),
        ("humidity_percent", (10, 101)),
    ],
)
def test_limits_of_the_thermal_scanner_stand_in_order_and_can_be(key, value):
    with pytest.raises(ProfileError, match=f"key thermal.{key}"):
        load("demo", {"thermal": {key: value}})
