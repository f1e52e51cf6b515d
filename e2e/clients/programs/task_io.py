"""How a client program in Python gets its task and says its outcome; the shapes are in client-task.ts."""

import asyncio
import json
import ssl
import sys
from collections.abc import Awaitable, Callable, Iterable


class ProgramTask:
    def __init__(self, given: dict) -> None:
        self.transport: str = given["transport"]
        self.url: str = given["url"]
        self.server: dict = given["server"]
        self.username: str = given["username"]
        self.password: str = given["password"]
        self.ca_file: str = given["caFile"]
        self.peer: dict = given["peer"]
        self.messages: int = given["messages"]
        self.message_bytes: int = given["messageBytes"]
        self.timeout: float = given["timeoutMs"] / 1000

    def tls_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    def message(self, index: int) -> bytes:
        return bytes((index * 31 + place * 7) % 256 for place in range(self.message_bytes))

    def all_messages(self) -> Iterable[bytes]:
        return (self.message(index) for index in range(self.messages))

    def counts(self, received: list[bytes]) -> dict:
        return {
            "sentMessages": self.messages,
            "sentBytes": self.messages * self.message_bytes,
            "echoedMessages": len(received),
            "echoedBytes": sum(map(len, received)),
            "identical": received == list(self.all_messages()),
        }


def read_task() -> ProgramTask:
    return ProgramTask(json.load(sys.stdin))


def run(client: Callable[[ProgramTask], Awaitable[dict]]) -> None:
    task = read_task()
    print(json.dumps(asyncio.run(asyncio.wait_for(client(task), task.timeout))))
