"""A test build of the worker in which native code has been taken over.

A job whose text names an attack makes it with the C library, past the engine and past Python, and
its value tells what the kernel said. Any other job runs as in the real worker.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import socket
import struct
import sys
import time
from collections.abc import Callable

from vmgit import kernel
from vmgit.engine import protocol
from vmgit.engine.api import Job
from vmgit.engine.link import Link
from vmgit.engine.runner import Runner
from vmgit.outcome import Value

#: How a test starts it: `refused` goes to `refusing.refuse`, `folder` holds the file `victim`, and
#: its name is that of an abstract socket; `lies` has it forge forks. An attack that works does no
#: harm beyond them.
BOOT = """\
import sys
sys.path[:0] = sys.argv[2:]
sys.modules["typing_extensions"] = None
sys.path.append({root!r})
from tests.engine.refusing import refuse
refuse({refused!r})
from tests.engine import hostile_worker
from vmgit.engine import worker
hostile_worker.FOLDER = {folder!r}.encode()
worker.Runner = hostile_worker.HostileRunner
if {lies!r}:
    worker._fork = hostile_worker.lying_fork
worker.main(int(sys.argv[1]))
"""

FOLDER = b""
_X86 = kernel.machine() == "x86_64"
_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.mmap.restype = ctypes.c_void_p
_LIBC.syscall.restype = ctypes.c_long
_PARENT = os.getppid()
_PAGE = ctypes.create_string_buffer(4096)
_FD, _NEW_USER, _NEW_NET, _THREAD = 0, 0x10000000, 0x40000000, 0x10F00
_ARGV = (ctypes.c_char_p * 2)(b"/bin/true", None)
#: Shared with forked children.
_NOTE = mmap.mmap(-1, 4096)
_VECTOR = struct.pack("@PN", ctypes.addressof(_PAGE), 8)


def _number(x86: int, other: int) -> int:
    return x86 if _X86 else other


def _call(x86: int, other: int, *arguments: int | bytes) -> Callable[[], int]:
    return lambda: _LIBC.syscall(_number(x86, other), *arguments)


def _foreign() -> Callable[[], int]:
    """Return machine code, made while that was allowed, that calls the kernel as 32 bits do."""
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\x53\xb8\x14\x00\x00\x00\xcd\x80\x5b\xc3")  # getpid by int 0x80
    function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return lambda: function() if page else -1


def _in(name: bytes) -> bytes:
    return FOLDER + b"/" + name


def _kill_by_descriptor() -> int:
    found = _LIBC.syscall(434, _PARENT, 0)
    return found if found < 0 else _LIBC.syscall(424, found, 0, 0, 0)


def _connect(family: int, address: Callable[[], bytes]) -> Callable[[], int]:
    def attack() -> int:
        found = _LIBC.socket(family, socket.SOCK_STREAM, 0)
        return found if found < 0 else _LIBC.connect(found, address(), len(address()))

    return attack


def _abstract() -> bytes:
    return struct.pack("@H", socket.AF_UNIX) + b"\0" + os.path.basename(FOLDER)


def _fork_and_run() -> int:
    """Have a child try to become a program; nobody may wait for it, so it leaves a note."""
    if os.fork() == 0:
        _LIBC.execve(b"/bin/true", _ARGV, None)
        _NOTE[0] = ctypes.get_errno()
        os._exit(0)
    deadline = time.monotonic() + 5
    while not _NOTE[0] and time.monotonic() < deadline:
        time.sleep(0.001)
    ctypes.set_errno(_NOTE[0])
    return -1 if _NOTE[0] else 0


#: Calls that reach files: Landlock refuses them alone, too.
FILES: dict[str, Callable[[], int]] = {
    "open": lambda: _LIBC.open(b"/etc/passwd", os.O_RDONLY),
    "open own memory": lambda: _LIBC.open(b"/proc/self/mem", os.O_RDWR),
    "open parent's memory": lambda: _LIBC.open(b"/proc/%d/mem" % _PARENT, os.O_RDWR),
    "open a device": lambda: _LIBC.open(b"/dev/null", os.O_RDWR),
    "openat": lambda: _LIBC.openat(-100, b"etc/passwd", os.O_RDONLY),
    "create": lambda: _LIBC.open(_in(b"new"), os.O_CREAT | os.O_WRONLY, 0o600),
    "list": lambda: _LIBC.open(b"/", os.O_RDONLY | os.O_DIRECTORY),
    "openat2": lambda: _LIBC.syscall(437, -100, b"/etc/passwd", _PAGE, 24),
    "mkdir": lambda: _LIBC.mkdir(_in(b"new"), 0o700),
    "symlink": lambda: _LIBC.symlink(b"victim", _in(b"new")),
    "mkfifo": lambda: _LIBC.mkfifo(_in(b"new"), 0o600),
    "unlink": lambda: _LIBC.unlink(_in(b"victim")),
    "rename": lambda: _LIBC.rename(_in(b"victim"), _in(b"new")),
    "truncate": lambda: _LIBC.truncate(_in(b"victim"), 0),
    "execve": lambda: _LIBC.execve(b"/bin/true", _ARGV, None),
}
#: Calls that reach processes and sockets outside: the same, by its part `landlock_scope`.
OUTSIDE: dict[str, Callable[[], int]] = {
    "connect to a socket": _connect(socket.AF_UNIX, _abstract),
    "kill the parent": lambda: _LIBC.kill(_PARENT, 0),
    "kill by descriptor": _kill_by_descriptor,
    "ptrace the parent": lambda: _LIBC.ptrace(0x4206, _PARENT, None, None),
    "read the parent's memory": lambda: _LIBC.process_vm_readv(_PARENT, _VECTOR, 1, _VECTOR, 1, 0),
}
#: Calls that reach the network: the same, by its part `landlock_tcp`.
NETWORK: dict[str, Callable[[], int]] = {
    "connect to a port": _connect(
        socket.AF_INET, lambda: struct.pack("=HH4s8x", socket.AF_INET, 0x0900, b"\x7f\0\0\1")
    ),
}
#: Everything else that a worker has no business with.
OTHERS: dict[str, Callable[[], int]] = {
    "stat": lambda: _LIBC.access(b"/etc/passwd", 0),
    "statx": lambda: _LIBC.statx(-100, b"/etc/passwd", 0, 0xFFF, _PAGE),
    "readlink": lambda: _LIBC.readlink(b"/proc/self/exe", _PAGE, 100),
    "chdir": lambda: _LIBC.chdir(b"/tmp"),
    "chroot": lambda: _LIBC.chroot(FOLDER),
    "chmod": lambda: _LIBC.chmod(_in(b"victim"), 0o777),
    "socket tcp": lambda: _LIBC.socket(socket.AF_INET, socket.SOCK_STREAM, 0),
    "socket udp": lambda: _LIBC.socket(socket.AF_INET6, socket.SOCK_DGRAM, 0),
    "socket unix": lambda: _LIBC.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0),
    "socket netlink": lambda: _LIBC.socket(16, socket.SOCK_RAW, 0),
    "socketpair": lambda: _LIBC.socketpair(socket.AF_UNIX, socket.SOCK_STREAM, 0, _PAGE),
    "connect": lambda: _LIBC.connect(0, _abstract(), len(_abstract())),
    "bind": lambda: _LIBC.bind(0, _abstract(), len(_abstract())),
    "accept": lambda: _LIBC.accept(0, None, None),
    "fork and execve": _fork_and_run,
    "execveat": _call(322, 281, 0, b"", 0, 0, 0x1000),
    "pidfd_open": lambda: _LIBC.syscall(434, _PARENT, 0),
    "tgkill": _call(234, 131, _PARENT, _PARENT, 0),
    "process_vm_writev": lambda: _LIBC.process_vm_writev(_PARENT, _VECTOR, 1, _VECTOR, 1, 0),
    "prlimit of the parent": lambda: _LIBC.prlimit(_PARENT, 7, None, _PAGE),
    "unshare user": lambda: _LIBC.unshare(_NEW_USER),
    "unshare net": lambda: _LIBC.unshare(_NEW_NET),
    "setns": lambda: _LIBC.setns(0, 0),
    "clone into a user namespace": _call(56, 220, _NEW_USER | 17, 0, 0, 0, 0),
    "clone a thread": _call(56, 220, _THREAD, 0, 0, 0, 0),
    "clone3": lambda: _LIBC.syscall(435, _PAGE, 64),
    "mount": lambda: _LIBC.mount(b"none", _in(b"none"), b"tmpfs", 0, None),
    "umount": lambda: _LIBC.umount2(_in(b"none"), 2),
    "pivot_root": _call(155, 41, b"/none", b"/none"),
    "bpf": _call(321, 280, 0, _PAGE.raw, 64),
    "perf_event_open": _call(298, 241, _PAGE.raw, 0, -1, -1, 0),
    "io_uring_setup": lambda: _LIBC.syscall(425, 8, _PAGE),
    "userfaultfd": _call(323, 282, 1),
    "keyctl": _call(250, 219, 0, -3, 0),
    "init_module": _call(175, 105, _PAGE.raw, 0, b""),
    "kexec_load": _call(246, 104, 0, 0, 0, 0),
    "reboot": lambda: _LIBC.reboot(0),
    "memfd_create": lambda: _LIBC.memfd_create(b"x", 0),
    "shmget": lambda: _LIBC.shmget(0, 4096, 0o1600),
    "inotify": lambda: _LIBC.inotify_init1(0),
    "pipe": lambda: _LIBC.pipe(_PAGE),
    "dup": lambda: _LIBC.dup(0),
    "ioctl": lambda: _LIBC.ioctl(0, 0x5401, _PAGE),
    "setuid": lambda: _LIBC.setuid(0),
    "setgroups": lambda: _LIBC.setgroups(0, None),
    "capset": _call(126, 91, _PAGE.raw, _PAGE.raw),
    "prctl": lambda: _LIBC.prctl(4, 1, 0, 0, 0),
    "personality": lambda: _LIBC.personality(0x0400000),
    "map executable": lambda: _LIBC.mmap(None, 4096, 7, 0x22, -1, 0) or 0,
    "protect executable": lambda: _LIBC.mprotect(ctypes.addressof(_PAGE) & ~4095, 4096, 7),
    "setpriority": lambda: _LIBC.setpriority(0, _PARENT, 19),
    "sched_setaffinity": lambda: _LIBC.sched_setaffinity(_PARENT, 128, _PAGE),
    "syslog": _call(103, 116, 3, 0, 0),
}
#: Calls that no honest worker makes at all: they end it.
DEADLY: dict[str, Callable[[], int]] = {}
if _X86:
    DEADLY = {
        "x32": lambda: _LIBC.syscall(0x40000000 | 39),
        "32 bits": _foreign(),
    }
ATTACKS = {**FILES, **OUTSIDE, **NETWORK, **OTHERS, **DEADLY}


class HostileRunner(Runner):
    """Makes attacks; what it knows besides is for tests that look into a worker."""

    def run(self, job: Job) -> protocol.Done:
        attack = ATTACKS.get(job.text)
        if attack is not None:
            return _said(_outcome(attack))
        if job.text == "lose figures":
            self._link.guard.measure_by(-1)
            return _said("lost")
        if job.text == "modules":
            return _said(" ".join(sorted(sys.modules)))
        if job.text == "raise":
            raise RuntimeError("a bug in the worker")
        return super().run(job)


def lying_fork(link: Link) -> None:
    """Name the parent as the forked child, so that it signals itself when it ends that one."""
    os.close(link.take_descriptor())
    link.send(protocol.Forked(_PARENT))


def _outcome(attack: Callable[[], int]) -> str:
    ctypes.set_errno(0)
    result = attack()
    if result in (-1, ctypes.c_void_p(-1).value):
        return errno.errorcode.get(ctypes.get_errno(), "no errno")
    return f"worked: {result}"


def _said(text: str) -> protocol.Done:
    return protocol.Done(cpu_us=0, value=Value("string", text))
