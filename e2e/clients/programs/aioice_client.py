"""aioice: a TURN client alone. Sends to the echo server through the relay, and counts what comes back."""

import asyncio

import aioice
from aioice import turn
from task_io import ProgramTask, run


class Echoes(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.received: asyncio.Queue[bytes] = asyncio.Queue()
        self.closed: asyncio.Future[None] = asyncio.get_event_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple) -> None:
        self.received.put_nowait(data)

    def connection_lost(self, exc) -> None:
        if not self.closed.done():
            self.closed.set_result(None)


async def client(task: ProgramTask) -> dict:
    transport, echoes = await turn.create_turn_endpoint(
        Echoes,
        server_addr=(task.server["ip"], task.server["port"]),
        username=task.username,
        password=task.password,
        transport="udp" if task.transport == "udp" else "tcp",
        ssl=task.tls_context() if task.transport == "tls" else False,
    )
    received = []
    for message in task.all_messages():
        transport.sendto(message, (task.peer["ip"], task.peer["port"]))
        received.append(await echoes.received.get())
    transport.close()
    await echoes.closed
    return {
        "version": aioice.__version__,
        **task.counts(received),
        "ends": [{"localType": "relay", "remoteType": "host", "relayProtocol": task.transport}],
    }


run(client)
