"""Behaves as the channel bridge of OpenJarvis does in the recordings, with the
libraries that it used, against a relay that this script starts.

CLAWLINE_RELAY names the program. Exits with 0 when all is as it should be.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile

import httpx
import websockets

PATIENCE = 60


def start(folder):
    """The relay on a free port, and its address."""
    relay = subprocess.Popen(
        [os.environ["CLAWLINE_RELAY"], "serve", "--listen", "127.0.0.1:0", "--data-dir", folder],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={"HOME": folder, "PATH": os.environ.get("PATH", "")},
    )
    said = "clawline-relay listens at "
    line = relay.stdout.readline()
    assert line.startswith(said), line
    return relay, line.removeprefix(said).strip().rstrip("/")


def frame(channel, content, conversation_id="", metadata=None):
    """What `send` of the bridge puts on the wire, its members in this order."""
    return {
        "channel": channel,
        "content": content,
        "conversation_id": conversation_id,
        "metadata": metadata or {},
    }


async def hear(socket, fits):
    """As the receive loop of the bridge: a second at a time, any object counts."""
    for _ in range(PATIENCE):
        try:
            message = json.loads(await asyncio.wait_for(socket.recv(), timeout=1.0))
        except TimeoutError:
            continue
        assert isinstance(message, dict), message
        assert set(message) == {
            "channel", "sender", "content", "message_id", "conversation_id", "metadata",
        }, message
        if fits(message):
            return message
    raise AssertionError("nothing was heard")


async def over_socket(http):
    """The session of jarvis-ws.jsonl: connect, send three, list, hear."""
    url = http.replace("http://", "ws://") + "/ws"
    async with websockets.connect(url) as socket, websockets.connect(url) as silent:
        for sent in [
            frame("user-notifications", "Analysis complete. é✓ 你好", "conv-abc123"),
            frame("c", "minimal"),
            frame("c", "meta", metadata={"thread_ts": "123", "n": 1}),
        ]:
            await socket.send(json.dumps(sent))
            heard = await hear(socket, lambda one: sent["content"] in one["content"])
            assert heard["channel"] == "bridge", heard
            assert heard["sender"] == "echo", heard
        # One that never said a word hears what comes from elsewhere.
        answer = httpx.post(f"{http}/send", json=frame("openclaw", "over http", "x"), timeout=10)
        assert answer.status_code < 300, answer.text
        heard = await hear(silent, lambda one: one["content"] == "over http")
        assert heard["conversation_id"] == "x", heard


def over_http(http):
    """The calls of jarvis-http.jsonl: where the socket is down, and the list."""
    sent = httpx.post(f"{http}/send", json=frame("slack", "via http", "x"), timeout=10)
    assert sent.status_code == 200, sent.text
    assert sent.json() == {"status": "sent", "channel": "slack"}, sent.text
    refused = httpx.post(f"{http}/send", json=frame("slack:general", "via http"), timeout=10)
    assert refused.status_code == 400, refused.text
    assert "unsupported channel: slack" in refused.json()["detail"], refused.text
    listed = httpx.get(f"{http}/channels", timeout=10).json()
    assert "bridge" in listed["channels"], listed
    # What `jarvis serve` answers at its own routes.
    assert httpx.get(f"{http}/v1/channels/status").json() == {"status": "connected"}
    bad = httpx.post(f"{http}/v1/channels/send", content=b"not json")
    assert bad.status_code == 400, bad.text


def main():
    with tempfile.TemporaryDirectory() as folder:
        relay, http = start(folder)
        try:
            asyncio.run(over_socket(http))
            over_http(http)
        finally:
            relay.terminate()
            relay.wait(PATIENCE)
    print("ok: the bridge of OpenJarvis, over its socket and over HTTP")


if __name__ == "__main__":
    sys.exit(main())
