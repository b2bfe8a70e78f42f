"""Attacks that want to reach somebody: a listener, a kernel service, memory that is shared."""

from attacks.attack import ABSTRACT, PACKETS, PORT, SOCKET, attack

REFUSED = "PermissionError: .*open no connection"
ONE = ("seccomp",)


@attack(REFUSED, ONE, fast=True)
def a_connection_is_opened():
    import socket

    socket.create_connection(("127.0.0.1", PORT)).sendall(b"the hidden inputs")


@attack(REFUSED, ONE)
def a_packet_is_sent():
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"the hidden inputs", ("127.0.0.1", PACKETS))


@attack(REFUSED, ONE)
def a_local_socket_is_reached():
    import socket

    with socket.socket(socket.AF_UNIX) as one:
        one.connect(SOCKET)


@attack(REFUSED, ONE)
def a_local_socket_without_a_file_is_reached():
    import socket

    with socket.socket(socket.AF_UNIX) as one:
        one.connect(ABSTRACT)


@attack("PermissionError|URLError", ONE)
def a_page_is_asked_for():
    import urllib.request

    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/?inputs", timeout=2)


@attack(REFUSED, ONE)
def a_server_is_started():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as one:
        one.accept()


@attack(REFUSED, ONE)
def ipv6_is_tried():
    import socket

    socket.socket(socket.AF_INET6).connect(("::1", PORT))


@attack(REFUSED, ONE)
def raw_packets_are_tried():
    import socket

    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


@attack(REFUSED, ONE)
def the_kernel_s_own_sockets_are_tried():
    import socket

    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)


@attack(REFUSED, ONE)
def a_pair_of_sockets_is_made():
    import socket

    socket.socketpair()


@attack("PermissionError|OSError", ONE)
def an_event_loop_is_started():
    import asyncio

    asyncio.new_event_loop().run_until_complete(asyncio.open_connection("127.0.0.1", PORT))


@attack("PermissionError|OSError|RuntimeError|DistNetworkError|DistStoreError|it waited", ONE)
def torch_is_to_talk_to_others():
    import torch

    torch.distributed.TCPStore("127.0.0.1", PORT, is_master=False)


@attack("OSError|PermissionError", ONE)
def weights_are_downloaded():
    import torch

    torch.hub.load_state_dict_from_url(f"http://127.0.0.1:{PORT}/model.pth", model_dir="/tmp")


@attack("OSError|PermissionError")
def a_descriptor_is_taken_for_a_socket():
    import socket

    for fd in range(5):
        socket.socket(fileno=fd).sendall(b"x")


@attack("PermissionError|OSError", ONE)
def the_queue_of_the_kernel_is_tried():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(425, 8, ctypes.create_string_buffer(120)) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("PermissionError|OSError", ONE)
def memory_is_shared_with_others():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.shmget(4711, 4096, 0o1666) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    libc.shmctl(libc.shmget(4711, 4096, 0o666), 0, None)


@attack("PermissionError|OSError", ONE)
def a_key_is_left_with_the_kernel():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    number = 248 if os.uname().machine == "x86_64" else 217
    if libc.syscall(number, b"user", b"left", b"behind", 6, -4) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@attack("PermissionError|OSError", ONE)
def a_file_in_memory_is_executed():
    import os

    fd = os.memfd_create("program")
    os.write(fd, b"#!/bin/sh\n")
    os.execve(fd, ["x"], {})


@attack("PermissionError|OSError", ONE)
def the_kernel_is_programmed():
    import ctypes
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    for x86, arm in ((321, 280), (298, 241), (323, 282)):  # bpf, perf_event_open, userfaultfd
        if libc.syscall(x86 if os.uname().machine == "x86_64" else arm, 0, bytes(128), 0, -1, 0) < 0:
            number = ctypes.get_errno()
            if number not in (1, 38):
                raise ValueError(os.strerror(number))
    raise PermissionError("every one was refused")
