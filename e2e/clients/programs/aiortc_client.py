"""aiortc: two ends in one program, a data channel between them. It has no relay-only policy, so each end is told of the other's
relayed candidates alone, and the firewall leaves no other way to those."""

import asyncio

import aiortc
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from task_io import ProgramTask, run


def relayed_only(description: RTCSessionDescription) -> RTCSessionDescription:
    lines = [
        line
        for line in description.sdp.splitlines(keepends=True)
        if not line.startswith("a=candidate:") or " typ relay" in line
    ]
    return RTCSessionDescription(sdp="".join(lines), type=description.type)


def selected_pair(end: RTCPeerConnection, protocol: str) -> dict:
    # There is no public way to ask for the nominated pair.
    pair = end.sctp.transport.transport._connection._nominated[1]
    return {"localType": pair.local_candidate.type, "remoteType": pair.remote_candidate.type}


async def client(task: ProgramTask) -> dict:
    server = RTCIceServer(urls=task.url, username=task.username, credential=task.password)
    ends = [RTCPeerConnection(RTCConfiguration(iceServers=[server])) for _ in range(2)]
    offerer, answerer = ends
    try:
        received = await echo(task, offerer, answerer)
        pairs = [selected_pair(end, task.transport) for end in ends]
    finally:
        await asyncio.gather(*(end.close() for end in ends))
    return {"version": aiortc.__version__, **task.counts(received), "ends": pairs}


async def echo(task: ProgramTask, offerer: RTCPeerConnection, answerer: RTCPeerConnection) -> list[bytes]:
    @answerer.on("datachannel")
    def _(channel) -> None:
        channel.on("message", channel.send)

    channel = offerer.createDataChannel("echo")
    received: asyncio.Queue[bytes] = asyncio.Queue()
    opened = asyncio.Event()
    channel.on("open", opened.set)
    channel.on("message", received.put_nowait)
    await offerer.setLocalDescription(await offerer.createOffer())
    await answerer.setRemoteDescription(relayed_only(offerer.localDescription))
    await answerer.setLocalDescription(await answerer.createAnswer())
    await offerer.setRemoteDescription(relayed_only(answerer.localDescription))
    await opened.wait()
    for message in task.all_messages():
        channel.send(message)
    return [await received.get() for _ in range(task.messages)]


run(client)
