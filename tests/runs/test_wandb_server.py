"""Weights & Biases with a refused key, a closed port, a proxy: offline with the reason, or a sentence at the door."""

import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import wandb
from omegaconf import OmegaConf

from genarium.errors import UserError
from genarium.runs import wandb_server
from genarium.runs.trackers.wandb_tracker import WandbTracker, run_id

KEY = "0" * 40
VARIABLES = ("MODE", "API_KEY", "BASE_URL", "RUN_ID", "SWEEP_ID", "RESUME")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    """No variable of W&B, no proxy, no answer or setting of before that is remembered."""
    wandb.teardown()
    for name in (*(f"WANDB_{name}" for name in VARIABLES), *PROXIES, *map(str.lower, PROXIES)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")
    wandb_server.unreachable.cache_clear()


@pytest.fixture
def server():
    """(its address, what was asked of it); it answers as `server.status` and `server.body` say."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.asked.append(self.path)
            self.send_response(made.status)
            self.end_headers()
            self.wfile.write(json.dumps(made.body).encode())

        def log_message(self, *words: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    made.asked, made.status, made.body = [], 200, {"data": {"viewer": {"id": "me"}}}
    made.address = f"http://127.0.0.1:{made.server_port}"
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def test_a_key_that_the_server_knows_is_no_reason_to_stay_offline(server):
    assert wandb_server.unreachable(server.address, KEY) == ""


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"errors": [{"message": "user is not logged in"}]}, "key is refused"),
        (403, {}, "key is refused"),
        (200, {"data": {"viewer": None}}, "key is refused"),
        (200, ["no", "answer"], "key is refused"),
        (502, {}, "answers 502"),
        (503, {}, "answers 503"),
        (407, {}, "answers 407"),
    ],
)
def test_a_refused_key_and_a_server_that_is_down_are_told_apart(server, status, body, said):
    server.status, server.body = status, body
    assert said in wandb_server.unreachable(server.address, KEY)


def test_a_closed_port_and_a_server_without_a_certificate_are_reasons(server):
    assert "127.0.0.1:9 cannot be reached: [Errno 111] Connection refused" in wandb_server.unreachable(
        "http://127.0.0.1:9", KEY
    )
    assert "certificate" in wandb_server.unreachable(server.address.replace("http", "https"), KEY)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_is_asked_for_a_name_that_only_it_knows(server, monkeypatch, variable):
    monkeypatch.setenv(variable, server.address)
    assert wandb_server.unreachable("http://wandb.cluster.invalid:8080", KEY) == ""
    assert server.asked == ["http://wandb.cluster.invalid:8080/graphql"]
    monkeypatch.setenv("NO_PROXY", "cluster.invalid")
    wandb_server.unreachable.cache_clear()
    assert "cannot be reached" in wandb_server.unreachable("http://wandb.cluster.invalid:8080", KEY)
    assert len(server.asked) == 1


def test_wandbs_own_program_is_told_of_a_proxy_for_everything(monkeypatch):
    monkeypatch.setenv("WANDB_BASE_URL", "http://wandb.cluster.invalid")
    assert wandb_server.proxies() == {}
    monkeypatch.setenv("ALL_PROXY", "http://proxy:3128")
    assert wandb_server.proxies() == {"http_proxy": "http://proxy:3128", "https_proxy": "http://proxy:3128"}
    monkeypatch.setenv("HTTPS_PROXY", "http://other:3128")
    assert wandb_server.proxies() == {"http_proxy": "http://proxy:3128"}
    monkeypatch.setenv("NO_PROXY", "cluster.invalid")
    assert wandb_server.proxies() == {}


def test_a_proxy_that_is_down_is_named(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert "proxy does not lead to wandb.cluster.invalid" in wandb_server.unreachable(
        "http://wandb.cluster.invalid", KEY
    )


def test_a_process_asks_once(server, monkeypatch):
    monkeypatch.setenv("WANDB_BASE_URL", server.address)
    monkeypatch.setattr(wandb, "login", lambda **_: False)
    assert [wandb_server.reason() for _ in range(4)] == ["no API key: run `wandb login`"] * 4
    assert server.asked == ["/graphql"]


def test_offline_asks_nobody(server, monkeypatch):
    monkeypatch.setenv("WANDB_BASE_URL", server.address)
    monkeypatch.setenv("WANDB_MODE", "offline")
    assert wandb_server.reason() == "WANDB_MODE=offline" and server.asked == []


LOGGER = {"mode": "offline", "project": "genarium", "tags": ["vae"]}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"mode": "ofline"}, "logger.wandb.mode=ofline: choose auto, online or offline; did you mean offline"),
        ({"project": "a/b"}, "logger.wandb.project=a/b"),
        ({"project": "p" * 129}, "1 to 128 letters"),
        ({"project": ""}, "1 to 128 letters"),
        ({"tags": ["ok", ""]}, "tags of 1 to 64 letters"),
        ({"tags": ["t" * 65]}, "tags of 1 to 64 letters"),
        ({"mode": "online"}, "logger.wandb.mode=online, but 127.0.0.1:9 cannot be reached"),
    ],
)
def test_settings_that_wandb_refuses_are_a_sentence_before_the_run(monkeypatch, changed, said):
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(UserError) as told:
        wandb_server.check(LOGGER | changed)
    assert said in str(told.value)


def test_online_without_a_key_is_a_sentence_before_the_run(server, monkeypatch):
    monkeypatch.setenv("WANDB_BASE_URL", server.address)
    monkeypatch.setattr(wandb, "login", lambda **_: False)
    with pytest.raises(UserError, match="online, but no API key"):
        wandb_server.check(LOGGER | {"mode": "online"})


def test_a_mode_of_wandb_that_there_is_not_is_a_sentence(monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "nonsense")
    for mode in ("auto", "offline"):
        with pytest.raises(UserError, match="WANDB_MODE=nonsense: choose online, offline or disabled"):
            wandb_server.check(LOGGER | {"mode": mode})


def test_project_and_tags_of_any_type_are_texts():
    wandb_server.check(OmegaConf.create(LOGGER | {"project": 7, "tags": [1, 2.5, True]}))
    assert wandb_server.tags([1, 2.5, "a"]) == ["1", "2.5", "a"]
    assert wandb_server.tags("alone") == ["alone"] and wandb_server.tags(None) == []


def test_a_long_name_keeps_both_its_ends_in_wandb():
    assert wandb_server.fitted("short") == "short" and wandb_server.fitted(7) == "7"
    name = "vae-garden-" + "x" * 200 + "-seed3"
    assert len(wandb_server.fitted(name)) == 128
    assert wandb_server.fitted(name).startswith("vae-garden-") and wandb_server.fitted(name).endswith("-seed3")


def tracker(folder, **changed) -> WandbTracker:
    words = {"project": "p", "name": "n", "group": "g", "job_type": "train", "tags": [], "mode": "offline"}
    return WandbTracker(folder=str(folder), artifacts=False, **words | changed)


def test_the_agents_id_is_kept_and_the_next_run_of_the_process_has_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_RUN_ID", "zzz999")
    first, second = tracker(tmp_path / "a"), tracker(tmp_path / "b")
    assert first._wandb_init["id"] == "zzz999" != second._wandb_init["id"]
    assert run_id(tmp_path / "a") == ("zzz999", "")
    assert wandb.setup().settings.run_id == second._wandb_init["id"]  # what a sweep of W&B goes by
    monkeypatch.setenv("WANDB_RUN_ID", "other")
    again = tracker(tmp_path / "a")
    assert again._wandb_init["id"] == "other" and "before under zzz999" in again.whereabouts()


def test_the_printed_command_uploads_every_part_of_a_run_whose_name_has_a_space(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert tracker(tmp_path / "g 03").whereabouts().endswith("genarium sync 'g 03'")
    assert tracker(tmp_path / "it's").whereabouts().endswith("""genarium sync 'it'"'"'s'""")


def test_a_run_that_the_server_refuses_goes_on_offline_with_the_reason(tmp_path, monkeypatch):
    begun = []

    def init(**settings: object) -> str:
        begun.append(settings["mode"])
        if settings["mode"] == "online":
            raise wandb.errors.CommError("permission denied")
        return "run"

    monkeypatch.setattr(wandb, "init", init)
    monkeypatch.setattr(wandb_server, "reason", lambda: "")
    made = tracker(tmp_path / "a", mode="auto")
    assert made.begun() == "run" and begun == ["online", "offline"]
    assert "W&B offline (W&B refuses the run: permission denied)" in made.whereabouts()


def test_offline_tells_wandb_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("WANDB_ERROR_REPORTING")
    tracker(tmp_path / "a")
    assert os.environ.pop("WANDB_ERROR_REPORTING") == "false"


@pytest.mark.parametrize(("group", "expected"), [("default", "abc12345"), ("mine", "mine")])
def test_a_run_of_a_wandb_sweep_is_grouped_and_tagged_by_it(tmp_path, monkeypatch, group, expected):
    monkeypatch.setenv("WANDB_SWEEP_ID", "abc12345")
    begun = tracker(tmp_path / "a", group=group, tags=["vae"])._wandb_init
    assert (begun["group"], begun["tags"]) == (expected, ["vae", "sweep-abc12345"])


def test_the_server_of_wandb_is_called_by_its_name_and_ones_own_by_its_host(monkeypatch):
    own = wandb.Settings().base_url

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    said = wandb_server.unreachable(own, KEY)
    assert said == "the W&B server cannot be reached: Name or service not known"
    said = wandb_server.unreachable("http://wandb.cluster.invalid", KEY)
    assert said == "wandb.cluster.invalid cannot be reached: Name or service not known"
