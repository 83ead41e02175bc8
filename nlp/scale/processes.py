"""Parts dealt out to processes by Ray, on this machine or on all of a cluster: the only module that imports it.

A part is a task of its own that comes back as two numbers. A process killed in its midst is replaced and the part made
again; the order is that of the plan, whoever is done first. Not Ray Data: it streams blocks and writes them at the end of
a chain, so its files follow from the run and not from the plan, and a retried write is not atomic.
"""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice

import numpy as np

from ..errors import SubaoError
from .plan import Plan, Task
from .work import Done, do_part

AHEAD = 2  # parts for each core that wait at Ray's door
RETRIES = 4  # of a part whose process was killed
PATIENCE = 5.0  # seconds for a cluster to answer


def make(
    plan: Plan, model: Mapping[str, np.ndarray], address: str = "", workers: int | None = None,
    progress: Callable[[Done], object] = lambda done: None,
) -> list[Done]:  # fmt: skip
    """Make the parts of a plan that are missing; without an ``address`` on this machine, by ``workers`` (default: one a core).

    SubaoError: the cluster does not answer; a part cannot be read or written; processes died of one again and again.
    The parts made until then stand.
    """
    missing = plan.missing()
    if not missing:
        plan.sweep()
        return []
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing leaves the machines
    with _connected(address, workers, sum(array.nbytes for array in model.values())):
        made, crashed = _deal(missing, model, progress)
    if crashed:
        part, name = crashed[0].part, crashed[0].source.name
        raise SubaoError(
            f"{len(crashed)} 份没有做成：做 {name} 第 {part.first} 行起 {part.rows} 行的进程停了 {RETRIES + 1} 次，多半是内存不够；"
            "其余都写好了，请加内存或用 --workers 减少进程，再运行一次"
        )
    plan.sweep()
    return made


def _deal(
    tasks: Sequence[Task], model: Mapping[str, np.ndarray], progress: Callable[[Done], object]
) -> tuple[list[Done], list[Task]]:
    """What was made, and what killed its processes; no more is dealt at once than the cores can soon take up."""
    import ray

    deal = ray.remote(num_cpus=1, max_retries=RETRIES)(do_part)
    sent, waiting = ray.put(dict(model)), iter(tasks)
    running: dict[object, Task] = {}
    made: list[Done] = []
    crashed: list[Task] = []
    while True:
        cores = max(1, int(ray.cluster_resources().get("CPU", 1)))  # machines come and go
        running |= {deal.remote(sent, task): task for task in islice(waiting, max(0, AHEAD * cores - len(running)))}
        if not running:
            return made, crashed
        for ready in ray.wait(list(running))[0]:
            task = running.pop(ready)
            try:
                done = ray.get(ready)
            except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError, ray.exceptions.NodeDiedError):
                crashed.append(task)
                continue
            except ray.exceptions.RayTaskError as error:
                if "No module named" not in str(error):
                    raise
                raise SubaoError('有的机器上没有装 subao；请在每台机器上用同一份仓库运行 pip install ".[scale]"') from error
            if done.failure:
                raise SubaoError(done.failure)
            made.append(done)
            progress(done)


@contextmanager
def _connected(address: str, workers: int | None, model: int) -> Iterator[None]:
    """Ray at work: a cluster's, or one of our own that hears this machine only and ends with us."""
    with tempfile.TemporaryDirectory(prefix="subao-ray-", ignore_cleanup_errors=True) as logs:
        if not address:
            os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}  # it listens to more than us
        import ray

        here = {
            "address": "local", "num_cpus": workers or _cores(), "include_dashboard": False, "_node_ip_address": "127.0.0.1",
            "object_store_memory": 4 * model + (128 << 20), "_temp_dir": f"{logs}/ray",
        }  # fmt: skip
        if address:
            _knock(address)
        where = {"address": address} if address else here
        try:
            ray.init(**where, log_to_driver=False, logging_level="ERROR")
        except (OSError, RuntimeError, ValueError, TimeoutError) as error:
            reason = next(iter(str(error).strip().splitlines()), type(error).__name__)[:160]
            what = f"Ray（{address}）连不上" if address else "这台机器上的 Ray 启动不了"
            raise SubaoError(f"{what}：{reason}；请检查地址和 ray start，各台机器的 Python 和 Ray 要同一版本") from error
        try:
            yield
        finally:
            ray.shutdown()


def _knock(address: str) -> None:
    """Say at once that nobody is there, where Ray would wait for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if address == "auto":
        return
    if not (host and port.isdecimal()):
        raise SubaoError(f"--ray 后面要写集群的地址，如 10.0.0.1:6379，或 auto（本机所在的集群），不能是 {address!r}")
    try:
        socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
    except (OSError, OverflowError, UnicodeError) as error:
        raise SubaoError(f"{address}：{PATIENCE:.0f} 秒内连不上；请检查地址，并在那台机器上运行 ray start --head --port=6379") from error


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
