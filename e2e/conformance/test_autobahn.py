"""Conversations with a client implementation that isn't ours: Autobahn|Python's, on both sides of what it can do."""

import asyncio

import pytest
from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol
from autobahn.websocket.compress import (PerMessageDeflateOffer, PerMessageDeflateResponse,
                                         PerMessageDeflateResponseAccept)

PATIENCE = 20


class Client(WebSocketClientProtocol):
    def __init__(self):
        super().__init__()
        loop = asyncio.get_running_loop()
        self.opened, self.ended = loop.create_future(), loop.create_future()
        self.messages, self.pongs = asyncio.Queue(), asyncio.Queue()

    def onOpen(self):
        self.opened.set_result(None)

    def onMessage(self, payload, isBinary):
        assert not isBinary
        self.messages.put_nowait(payload)

    def onPong(self, payload):
        self.pongs.put_nowait(payload)

    def onClose(self, wasClean, code, reason):
        if not self.opened.done():
            self.opened.set_exception(AssertionError(f"never opened: {reason}"))
        self.ended.set_result((wasClean, code))


def accept(response):
    return PerMessageDeflateResponseAccept(response) if isinstance(response, PerMessageDeflateResponse) else None


def converse(port, talk, offers=(), **options):
    """Opens a connection, has `talk(client)` of it, and returns how it ended."""
    async def run():
        factory = WebSocketClientFactory(f"ws://127.0.0.1:{port}/")
        factory.protocol = Client
        factory.setProtocolOptions(failByDrop=False, openHandshakeTimeout=PATIENCE, closeHandshakeTimeout=PATIENCE,
                                   perMessageCompressionOffers=list(offers), perMessageCompressionAccept=accept, **options)
        _, client = await asyncio.get_running_loop().create_connection(factory, "127.0.0.1", port)
        await client.opened
        await talk(client)
        return await client.ended

    return asyncio.run(asyncio.wait_for(run(), PATIENCE))


OFFERS = {
    "plain": [],
    "deflate": [PerMessageDeflateOffer(accept_no_context_takeover=True, accept_max_window_bits=True)],
    "deflate, window asked for": [PerMessageDeflateOffer(accept_no_context_takeover=True, request_max_window_bits=12)],
    "deflate, no context asked for": [PerMessageDeflateOffer(accept_no_context_takeover=True,
                                                             request_no_context_takeover=True)],
}


@pytest.mark.parametrize("fragment", [0, 1000], ids=["whole", "in fragments"])
@pytest.mark.parametrize("offers", OFFERS.values(), ids=OFFERS)
def test_messages_come_back_in_order_and_a_close_is_clean(large_echo, offers, fragment):
    sent = ["", "Hello", "µ日😀" * 300, "x" * 65536, *(f"message {n} " * n for n in range(100))]

    async def talk(client):
        assert len(client.websocket_extensions_in_use) == len(offers)
        for message in sent:
            client.sendMessage(message.encode(), fragmentSize=fragment or None)
        for message in sent:
            assert (await client.messages.get()).decode() == message
        client.sendClose(1000, "done")

    assert converse(large_echo, talk, offers) == (True, 1000)


def test_pings_are_answered(echo):
    async def talk(client):
        for payload in b"", b"Hello", b"\xff" * 125:
            client.sendPing(payload)
            assert await client.pongs.get() == payload
        client.sendClose(1000)

    assert converse(echo, talk) == (True, 1000)


@pytest.mark.parametrize("code", [1000, 3000, 4999])
def test_a_close_code_comes_back(echo, code):
    async def talk(client):
        client.sendClose(code, "日" * 40)

    assert converse(echo, talk) == (True, code)


def test_a_message_that_is_too_long_ends_with_1009(echo):
    async def talk(client):
        client.sendMessage(b"x" * 16_385)

    assert converse(echo, talk)[1] == 1009


def test_a_binary_message_ends_with_1003(echo):
    async def talk(client):
        client.sendMessage(b"x", isBinary=True)

    assert converse(echo, talk)[1] == 1003


def test_text_that_is_not_utf8_ends_with_1007(echo):
    async def talk(client):
        client.sendMessage(b"\xff")

    assert converse(echo, talk)[1] == 1007


def test_a_client_that_does_not_mask_is_failed(echo):
    async def talk(client):
        client.sendMessage(b"x")

    assert converse(echo, talk, maskClientFrames=False)[1] == 1002
