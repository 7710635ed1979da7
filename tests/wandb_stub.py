"""A server that takes runs as W&B's does, as far as `wandb sync` asks it, and keeps what it is given."""

import gzip
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER = {"id": "me", "entity": "me", "username": "me", "flags": "{}", "teams": {"edges": []}}
PROJECT = {"id": "p", "name": "genarium", "entity": {"id": "e", "name": "me"}}


class Stub(ThreadingHTTPServer):
    """`runs`: id -> what was said of it; `rows`: id -> lines of its history; `refused`: ids that it does not take;
    `views`: workspaces."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.runs: dict[str, dict] = {}
        self.rows: dict[str, list[dict]] = {}
        self.refused: set[str] = set()
        self.views: list[dict] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address) -> None:
        """A client that is gone."""

    def query(self, asked: dict) -> dict:
        words, given = asked["query"], asked.get("variables") or {}
        if "upsertBucket" in words:
            if given["name"] in self.refused:
                return {"errors": [{"message": "permission denied"}]}
            self.runs.setdefault(given["name"], {}).update({key: value for key, value in given.items() if value})
            bucket = {"id": "b", "name": given["name"], "displayName": "", "config": "{}", "historyLineCount": 0}
            return {"data": {"upsertBucket": {"bucket": bucket | {"project": PROJECT}, "inserted": True}}}
        if "createRunFiles" in words:
            files = [{"name": name, "uploadUrl": f"{self.address}/{name}"} for name in given["files"]]
            return {"data": {"createRunFiles": {"runID": "b", "uploadHeaders": [], "files": files}}}
        if "upsertView" in words:
            self.views.append(given)
            return {"data": {"upsertView": {"view": {"id": "v", "name": given["name"]}, "inserted": True}}}
        if "createArtifact" in words:
            return {"errors": [{"message": "no artifacts here"}]}
        return {"data": {"viewer": USER} if "viewer" in words.lower() else {}}

    def stream(self, run: str, sent: dict) -> None:
        for line in (sent.get("files") or {}).get("wandb-history.jsonl", {}).get("content", []):
            self.rows.setdefault(run, []).append(json.loads(line))


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Stub

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent = json.loads(gzip.decompress(raw) if self.headers.get("Content-Encoding") == "gzip" else raw)
        if self.path == "/graphql":
            return self.say(self.server.query(sent))
        if self.path.endswith("/file_stream"):
            self.server.stream(self.path.split("/")[-2], sent)
        return self.say({})

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.say({})

    def say(self, answer: dict) -> None:
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words: object) -> None:
        pass
