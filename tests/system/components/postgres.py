"""A PostgreSQL server of its own for one test module: in a temporary folder, stopped by its process id."""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import pytest

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
STARTS_WITHIN = 60


def server_account() -> dict:
    """How to start the server: it refuses root, so root starts it as Debian's own account for it."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class Postgres:
    """The server; `psql()` and `address()` reach it as the superuser haul."""

    def __init__(self):
        if not (PROGRAMS / "postgres").is_file():
            pytest.fail("this needs the Debian package postgresql-15: run ./dev setup", pytrace=False)
        self.account = server_account()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="haul-pg-", dir="/tmp"))
        if self.account:
            os.chown(self.folder, self.account["user"], self.account["group"])
        with socket.socket() as chosen:
            chosen.bind(("127.0.0.1", 0))
            self.port = chosen.getsockname()[1]
        self.start()

    def start(self):
        data = self.folder / "data"
        made = [
            PROGRAMS / "initdb",
            "-D",
            data,
            "-U",
            "haul",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        ]
        subprocess.run(made, check=True, capture_output=True, cwd=self.folder, **self.account)
        # Who is called clerk needs a password.
        hba = "host all clerk 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
        (data / "pg_hba.conf").write_text(hba)
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "fsync": "off",
            "shared_buffers": "16MB",
        }
        settings["unix_socket_directories"] = self.folder
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [PROGRAMS / "postgres", "-D", data, *words],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=(self.folder / "log").open("wb"),
            **self.account,
        )
        ends = time.monotonic() + STARTS_WITHIN
        ready = [PROGRAMS / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            log = (self.folder / "log").read_text()
            assert self.process.poll() is None and time.monotonic() < ends, f"no server:\n{log}"
            time.sleep(0.05)

    def address(self, database: str = "postgres", user: str = "haul") -> str:
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}"

    def psql(self, *rest: str, database: str = "postgres", sql: str = "") -> str:
        command = [PROGRAMS / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.address(database), *rest]
        done = subprocess.run(command, input=sql, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self, how=signal.SIGINT):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=30)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
