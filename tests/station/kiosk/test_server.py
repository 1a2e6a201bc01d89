import json
import re

import pytest
from fastapi.testclient import TestClient
from gallery import NOW, OFFICER, PIN
from kiosk_in_memory import LaneInMemory, kiosk
from starlette.websockets import WebSocketDisconnect

from station.kiosk.server import COOKIE
from station.kiosk.sessions import SESSION_TIME
from station.lane.commands import Decide, MeasureAgain

BASE = "http://127.0.0.1:8600"
OURS = {"origin": BASE}


@pytest.fixture
def client(lane: LaneInMemory):
    with TestClient(kiosk(lane), base_url=BASE) as client:
        yield client


def sign_in(client, pin=PIN):
    return client.post("/officer/session", json={"officer": OFFICER, "pin": pin}, headers=OURS)


def token(client):
    boot = re.search(r'id="boot">(.*?)</script>', client.get("/officer").text, re.S).group(1)
    return json.loads(boot)["token"]


def officer_socket(client):
    cookie = f"{COOKIE}={client.cookies[COOKIE]}"
    return client.websocket_connect(
        "/live/officer?lang=en", headers=OURS | {"cookie": cookie, "host": "127.0.0.1:8600"}
    )


def traveller_socket(client, **headers):
    return client.websocket_connect("/live/traveller?lang=th", headers={**OURS, "host": "127.0.0.1:8600", **headers})


def next_of(socket, kind):
    """The next message of a kind; pictures and beats in between are passed over."""
    for _ in range(60):
        frame = socket.receive()
        if frame.get("text"):
            message = json.loads(frame["text"])
            if message["type"] == kind:
                return message
    pytest.fail(f"no {kind} came")


def test_pages_carry_strict_headers_and_nothing_from_elsewhere(client):
    for path in ("/", "/officer", "/theme/tokens.css", "/static/traveller.js"):
        answer = client.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r'(?:src|href)="https?:', client.get("/").text)


def test_the_language_is_chosen_by_the_address(client):
    assert '<html lang="th"' in client.get("/").text
    assert '<html lang="en"' in client.get("/?lang=en").text
    assert '<html lang="th"' in client.get("/?lang=xx").text


def test_files_that_are_not_there(client):
    for path in ("/static/server.py", "/static/..%2fserver.py", "/theme/assets.py", "/docs", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_health(client):
    assert client.get("/healthz").json() == {"status": "ok", "phase": "idle", "revision": 1}


def test_a_foreign_host_or_origin_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403
    assert client.post("/officer/session", json={}, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/officer/session", json={}).status_code == 403
    for headers in ({"origin": "http://evil.example"}, {"host": "evil.example"}):
        with pytest.raises(WebSocketDisconnect), traveller_socket(client, **headers):
            pass


def test_the_officer_page_asks_for_a_pin_first(client):
    assert "signin.js" in client.get("/officer").text
    assert sign_in(client, "0000").json() == {"signed_in": False, "tries_left": 4}
    answer = sign_in(client)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "officer.js" in client.get("/officer").text
    client.delete("/officer/session", headers=OURS)
    assert "signin.js" in client.get("/officer").text


def test_five_wrong_pins_lock_the_name(client):
    answers = [sign_in(client, "0000") for _ in range(5)]
    assert [a.status_code for a in answers] == [401] * 4 + [429]
    assert answers[-1].headers["retry-after"] == "60"
    assert sign_in(client).status_code == 429
    assert '"locked": "09:42:07"' in client.get("/officer").text


def test_the_traveller_sees_the_lane_change_and_its_picture(client, lane):
    with traveller_socket(client) as socket:
        assert next_of(socket, "view")["view"]["screen"] == "idle"
        lane.show("document")
        assert next_of(socket, "view")["view"]["screen"] == "document"
        picture = next(frame["bytes"] for frame in iter(socket.receive, None) if frame.get("bytes"))
        assert picture[:3] == b"C\xff\xd8"
        assert next_of(socket, "beat")["clock"] == "09:41"


def test_a_page_that_does_not_draw_gets_no_second_picture(client, lane):
    lane.show("document")
    with traveller_socket(client) as socket:
        seen = 0
        for _ in range(4):
            frame = socket.receive()
            seen += bool(frame.get("bytes"))
        assert seen == 1, "views and beats go on, pictures wait until the page has drawn"


def test_the_traveller_chooses_a_language_and_the_next_one_starts_anew(client, lane):
    with traveller_socket(client) as socket:
        next_of(socket, "view")
        socket.send_json({"type": "language", "language": "en"})
        assert next_of(socket, "words")["language"] == "en"
        lane.show("admit")
        while next_of(socket, "view")["view"]["screen"] != "admit":
            pass
        lane.show("idle")
        assert next_of(socket, "words")["language"] == "th"


def test_a_traveller_commands_nothing(client, lane):
    lane.show("refer")
    with traveller_socket(client) as socket:
        opened = lane.snapshot().opened_at.isoformat()
        socket.send_json({"type": "decide", "verdict": "ADMIT", "opened": opened})
        next_of(socket, "beat")
    assert lane.commands == []


def test_a_traveller_calls_and_the_officer_answers(client, lane):
    sign_in(client)
    window = token(client)
    with traveller_socket(client) as traveller, officer_socket(client) as officer:
        officer.send_json({"type": "hello", "token": window})
        next_of(officer, "view")
        traveller.send_json({"type": "call"})
        assert next_of(officer, "view")["view"]["alert"]["action"] == "answer_call"
        officer.send_json({"type": "answer_call", "token": window})
        assert next_of(officer, "view")["view"]["alert"] is None


def test_nothing_is_shown_without_session_and_window_token(client, lane):
    lane.show("refer")
    with client.websocket_connect("/live/officer", headers=OURS | {"host": "127.0.0.1:8600"}) as socket:
        assert socket.receive() == {"type": "websocket.close", "code": 4401, "reason": ""}
    sign_in(client)
    for hello in ({"type": "hello"}, {"type": "hello", "token": "guess"}, {"type": "x"}):
        with officer_socket(client) as socket:
            socket.send_json(hello)
            assert socket.receive()["code"] == 4401


def test_officer_commands_arrive_at_the_lane(client, lane):
    lane.show("refer")
    sign_in(client)
    window = token(client)
    with officer_socket(client) as socket:
        socket.send_json({"type": "hello", "token": window})
        opened = next_of(socket, "view")["view"]["opened"]
        socket.send_json({"type": "measure_again", "token": window, "opened": opened})
        socket.send_json({"type": "decide", "verdict": "REFER", "token": window, "opened": opened})
        socket.send_json({"type": "decide", "verdict": "REFER", "token": window, "opened": "another traveller"})
        assert next_of(socket, "refused")["why"] == "changed"
    assert [each.command for each in lane.commands] == [MeasureAgain(OFFICER), Decide(OFFICER, "REFER")]
    assert {each.opened_at.isoformat() for each in lane.commands} == {opened}


@pytest.mark.parametrize("text", ["{", '{"type": "decide", "verdict": "MAYBE", "token": "T"}', "x" * 5000])
def test_a_message_that_is_no_command_closes_the_page(client, lane, text):
    lane.show("refer")
    sign_in(client)
    window = token(client)
    with officer_socket(client) as socket:
        socket.send_json({"type": "hello", "token": window})
        next_of(socket, "view")
        socket.send_text(text.replace('"T"', f'"{window}"'))
        while (frame := socket.receive())["type"] != "websocket.close":
            pass
        assert frame["code"] == 4400
    assert lane.commands == []


def test_signing_out_ends_the_rights_of_an_open_page(client, lane):
    lane.show("refer")
    sign_in(client)
    window = token(client)
    with officer_socket(client) as socket:
        socket.send_json({"type": "hello", "token": window})
        opened = next_of(socket, "view")["view"]["opened"]
        client.delete("/officer/session", headers=OURS)
        socket.send_json({"type": "decide", "verdict": "REFER", "token": window, "opened": opened})
        while (frame := socket.receive())["type"] != "websocket.close":
            pass
        assert frame["code"] == 4401
    assert lane.commands == []


def test_an_open_page_is_closed_when_its_officer_signs_out(client, lane):
    lane.show("refer")
    sign_in(client)
    window = token(client)
    with officer_socket(client) as socket:
        socket.send_json({"type": "hello", "token": window})
        next_of(socket, "view")
        client.delete("/officer/session", headers=OURS)
        lane.show("torn")
        seen = []
        while (frame := socket.receive())["type"] != "websocket.close":
            seen.append(frame.get("text") or "")
        assert frame["code"] == 4401
        assert not [text for text in seen if "M-CHK" in text], "the next traveller was shown after sign-out"


def test_an_open_page_is_closed_when_its_session_is_over(lane):
    lane.show("refer")
    now = [NOW]
    with TestClient(kiosk(lane, clock=lambda: now[0]), base_url=BASE) as client:
        sign_in(client)
        window = token(client)
        with officer_socket(client) as socket:
            socket.send_json({"type": "hello", "token": window})
            next_of(socket, "view")
            now[0] += SESSION_TIME
            while (frame := socket.receive())["type"] != "websocket.close":
                pass
            assert frame["code"] == 4401
