"""Sends STUN requests with forged sources, as whole frames, for a bounded time. Only for use inside the lab.

usage: spoofed_flood.py INTERFACE DESTINATION_MAC DESTINATION_IP PORT PACKETS_PER_SECOND SECONDS
"""
import json
import os
import random
import socket
import struct
import sys
import time

FRAMES = 8192
MOST_SECONDS = 60
BINDING, ALLOCATE = 0x0001, 0x0003
REQUESTED_TRANSPORT_UDP = bytes.fromhex("0019000411000000")


def checksum(header):
    total = sum(struct.unpack("!10H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def stun(method):
    body = REQUESTED_TRANSPORT_UDP if method == ALLOCATE else b""
    return struct.pack("!HHI", method, len(body), 0x2112A442) + os.urandom(12) + body


def frame(destination_mac, destination_ip, port, index):
    payload = stun(BINDING if index % 2 else ALLOCATE)
    # 198.18.0.0/15 is set aside for such tests (RFC 2544).
    source = bytes([198, 18 + random.getrandbits(1), random.getrandbits(8), random.getrandbits(8)])
    udp = struct.pack("!HHHH", 1024 + random.getrandbits(15), port, 8 + len(payload), 0) + payload
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), index & 0xFFFF, 0, 64, 17, 0) + source + destination_ip
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return destination_mac + bytes.fromhex("020000000001") + b"\x08\x00" + ip + udp


def main():
    interface, mac, address, port, rate, seconds = sys.argv[1:]
    rate, seconds = int(rate), min(float(seconds), MOST_SECONDS)
    random.seed(1)
    destination = bytes.fromhex(mac.replace(":", "")), socket.inet_aton(address), int(port)
    frames = [frame(*destination, index) for index in range(FRAMES)]
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    link.bind((interface, 0))
    start = time.monotonic()
    sent = refused = 0
    while (elapsed := time.monotonic() - start) < seconds:
        due = int(elapsed * rate)
        if due <= sent:
            time.sleep(0.0005)
            continue
        for index in range(sent, min(due, sent + 256)):
            try:
                link.send(frames[index % FRAMES])
            except OSError:
                refused += 1
        sent = min(due, sent + 256)
    print(json.dumps({"sent": sent - refused, "seconds": time.monotonic() - start}))


main()
