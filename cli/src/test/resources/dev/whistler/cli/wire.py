"""Two ends of a wire, eth0 and far0, in this network namespace.

Each line of the input, "FROM TO FRAME" with the frame in hexadecimal, is sent, and answered by
"passed" or "dropped": a second frame that every filter passes is sent after it, and what has
not arrived before that one never will.
"""

import errno
import socket
import subprocess
import sys

ALL_PROTOCOLS = 3
LOCAL_EXPERIMENT = b"\x88\xb5"
MARK_BYTES = 8
PATIENCE_S = 60


def packets_of(interface, protocol):
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
    opened.bind((interface, protocol))
    opened.settimeout(PATIENCE_S)
    return opened


def send(sender, frame):
    try:
        sender.send(frame)
    except OSError as e:
        # How a sender is told that tc dropped what he sends.
        if e.errno != errno.ENOBUFS:
            raise


def arrives(sender, receiver, frame, number):
    last = bytes(12) + LOCAL_EXPERIMENT + number.to_bytes(8, "big") + bytes(60)
    send(sender, frame)
    send(sender, last)
    seen = False
    while True:
        data, address = receiver.recvfrom(65536)
        if address[2] == socket.PACKET_OUTGOING:
            continue
        if data == last:
            return seen
        seen = seen or data[-MARK_BYTES:] == frame[-MARK_BYTES:]


mtu = sys.argv[1]
for command in (
    f"link add eth0 mtu {mtu} type veth peer name far0 mtu {mtu}",
    "link set eth0 addrgenmode none up",
    "link set far0 addrgenmode none up",
):
    subprocess.run(["ip", *command.split()], check=True)
senders = {name: packets_of(name, 0) for name in ("eth0", "far0")}
receivers = {name: packets_of(name, ALL_PROTOCOLS) for name in ("eth0", "far0")}
print("ready", flush=True)
for number, line in enumerate(sys.stdin):
    sent, received, frame = line.split()
    passed = arrives(senders[sent], receivers[received], bytes.fromhex(frame), number)
    print("passed" if passed else "dropped", flush=True)
