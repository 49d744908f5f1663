"""`haul serve`: the real binary, driven by real clients."""

import signal
import subprocess
import time

import pytest

from conftest import Haul


class Serve:
    """A running `haul serve`; `lines` is what it has said so far."""

    def __init__(self, haul: Haul, *options: str):
        self.haul = haul
        self.stderr = haul.project / "serve.log"
        with open(self.stderr, "ab") as stderr:
            self.process = subprocess.Popen(
                haul.arguments("serve", *options), stdout=subprocess.PIPE, stderr=stderr, text=True
            )

    def said(self, event: str) -> bool:
        return any(f" {event}" in line for line in self.stderr.read_text().splitlines())

    def wait_for(self, event: str, timeout_s: float = 30) -> None:
        until = time.monotonic() + timeout_s
        while not self.said(event):
            assert self.process.poll() is None, self.stderr.read_text()
            assert time.monotonic() < until, f"no {event} in {self.stderr.read_text()}"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=60)


@pytest.fixture
def serve(project):
    """Starts the server of `project`; whatever still runs at the end is killed."""
    started = []

    def start(*options: str) -> Serve:
        started.append(Serve(project, *options))
        started[-1].wait_for("serving")
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop(signal.SIGKILL)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_when_it_is_asked_to(serve, how):
    server = serve()
    server.wait_for("flow_started")

    assert server.stop(how) == 0

    assert server.said("flow_drained")
    assert server.said("stopped")


def test_others_learn_who_owns_the_log_and_may_read_tables(serve, project):
    server = serve()

    status = project.run("status", "--format", "json")
    refused = project.run("run", exit_codes=(1,))

    assert f"process {server.process.pid}" in status.stderr
    assert f"process {server.process.pid}" in refused.stderr
    assert project.value("SELECT 1 AS one") == 1
