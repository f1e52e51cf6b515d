"""libnice: two ICE agents in one program, both with nothing but their relayed candidates; one returns what the other sends."""

import ctypes
import json
import subprocess
import sys

import gi

gi.require_version("Nice", "0.1")
from gi.repository import GLib, Nice  # noqa: E402
from task_io import ProgramTask, read_task  # noqa: E402

# The two functions that take bytes are not usable through introspection.
libnice = ctypes.CDLL("libnice.so.10")
Receive = ctypes.CFUNCTYPE(
    None, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint, ctypes.POINTER(ctypes.c_char), ctypes.c_void_p
)
libnice.nice_agent_attach_recv.argtypes = [
    ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, Receive, ctypes.c_void_p,
]
libnice.nice_agent_send.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint, ctypes.c_uint, ctypes.c_char_p]

RELAY_TYPES = {"udp": Nice.RelayType.UDP, "tcp": Nice.RelayType.TCP, "tls": Nice.RelayType.TLS}
COMPONENT = 1


class End:
    def __init__(self, task: ProgramTask, controlling: bool, receive) -> None:
        self.agent = Nice.Agent.new(GLib.MainContext.default(), Nice.Compatibility.RFC5245)
        self.agent.props.controlling_mode = controlling
        self.agent.props.force_relay = True
        self.agent.props.ice_tcp = False
        self.agent.props.upnp = False
        self.stream = self.agent.add_stream(1)
        self.agent.set_stream_name(self.stream, "application")
        self.agent.set_relay_info(
            self.stream, COMPONENT, task.server["ip"], task.server["port"], task.username, task.password,
            RELAY_TYPES[task.transport],
        )
        self.pair = None
        self.agent.connect("new-selected-pair-full", self.on_pair)
        self.receive = Receive(lambda _a, _s, _c, length, data, _u: receive(data[:length]))
        libnice.nice_agent_attach_recv(hash(self.agent), self.stream, COMPONENT, None, self.receive, None)

    def on_pair(self, _agent, _stream, _component, local, remote) -> None:
        names = {Nice.CandidateType.RELAYED: "relay", Nice.CandidateType.HOST: "host"}
        self.pair = {
            "localType": names.get(local.type, local.type.value_nick),
            "remoteType": names.get(remote.type, remote.type.value_nick),
        }

    def send(self, data: bytes) -> None:
        if libnice.nice_agent_send(hash(self.agent), self.stream, COMPONENT, len(data), data) < 0:
            raise RuntimeError("nice_agent_send failed")


class Call:
    def __init__(self, task: ProgramTask) -> None:
        self.task = task
        self.loop = GLib.MainLoop()
        self.received: list[bytes] = []
        self.gathered = 0
        self.started = False
        self.offerer = End(task, True, self.on_echo)
        self.answerer = End(task, False, lambda data: self.answerer.send(data))
        self.ends = [self.offerer, self.answerer]

    def run(self) -> None:
        for end in self.ends:
            end.agent.connect("candidate-gathering-done", self.on_gathered)
            end.agent.connect("component-state-changed", self.on_state)
            end.agent.gather_candidates(end.stream)
        timer = GLib.timeout_add(int(self.task.timeout * 1000), self.loop.quit)
        self.loop.run()
        GLib.source_remove(timer) if len(self.received) == self.task.messages else None

    def on_gathered(self, _agent, _stream) -> None:
        self.gathered += 1
        if self.gathered < 2:
            return
        offer, answer = (end.agent.generate_local_sdp() for end in self.ends)
        self.answerer.agent.parse_remote_sdp(offer)
        self.offerer.agent.parse_remote_sdp(answer)

    def on_state(self, _agent, _stream, _component, _state) -> None:
        ready = all(end.agent.get_component_state(end.stream, COMPONENT) == Nice.ComponentState.READY for end in self.ends)
        if ready and not self.started:
            self.started = True
            self.offerer.send(self.task.message(0))

    def on_echo(self, data: bytes) -> None:
        self.received.append(data)
        if len(self.received) == self.task.messages:
            self.loop.quit()
        else:
            self.offerer.send(self.task.message(len(self.received)))

    def close(self) -> None:
        """Closing an agent asks the server to end its allocations and waits for the answers."""
        closed = []
        for end in self.ends:
            end.agent.close_async(lambda *_: (closed.append(1), len(closed) == 2 and self.loop.quit()))
        GLib.timeout_add(3000, self.loop.quit)
        self.loop.run()


def main() -> None:
    task = read_task()
    call = Call(task)
    call.run()
    if len(call.received) < task.messages:
        states = [end.agent.get_component_state(end.stream, COMPONENT).value_nick for end in call.ends]
        print(f"not done in time: {states}, {call.ends[0].agent.generate_local_sdp()!r}", file=sys.stderr)
        sys.exit(1)
    pairs = [end.pair for end in call.ends]
    call.close()
    query = ["dpkg-query", "--show", "--showformat=${Version}", "libnice10"]
    version = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    print(json.dumps({"version": version, **task.counts(call.received), "ends": pairs}))


main()
