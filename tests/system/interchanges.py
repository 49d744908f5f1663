"""Interchanges for tests: those of examples/partners, and made ones."""

import pathlib

from conftest import ROOT, Haul

DATA = ROOT / "examples" / "partners" / "data"
CARRIERS = (DATA / "carrier_status.edi").read_text()
OCEAN = (DATA / "ocean_status.edi").read_text()


def answers(project: Haul) -> list[pathlib.Path]:
    return sorted((project.project / "acks").glob("[!.]*"))


def transaction(control: str, shipment: str, count: int = 6) -> str:
    return (
        f"ST*214*{control}~\nB10*PRO1*{shipment}*SWFT~\nLX*1~\nAT7*X1*NS***20240301*1145*PT~\n"
        f"MS1*Reno*NV*US~\nSE*{count}*{control}~\n"
    )


def interchange(transactions: list[str], control="000000906", stated=None) -> str:
    isa = CARRIERS.splitlines()[0].replace("000000905", control)
    group = "GS*QM*SWFT*HAULSHIPPER*20240301*1405*78*X*004010~"
    trailers = f"GE*{len(transactions) if stated is None else stated}*78~\nIEA*1*{control}~\n"
    return f"{isa}\n{group}\n{''.join(transactions)}{trailers}"
