"""The settings of the production server that do work of their own."""

import ctypes
import subprocess
import sys

import pytest

from config import ROOT

PROGRAM = """
import runpy
settings = runpy.run_path("deploy/gunicorn.conf.py")
blocks = [bytes(700 + number % 3000) for number in range(20_000)]
kept = blocks[::2]
del blocks

ctypes = settings["ctypes"]
libc = ctypes.CDLL(None)
libc.mallinfo2.restype = settings["MallocFigures"]

def free_between_blocks():
    figures = libc.mallinfo2()
    return figures.fordblks - figures.keepcost

settings["fill_gaps"]()
first = free_between_blocks()
del kept
second = free_between_blocks()
filled = settings["fill_gaps"]()
print(first, second, filled, free_between_blocks())
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="only glibc 2.33 or newer tells its gaps")
def test_gaps_of_the_heap_are_filled_before_workers_share_it():
    told = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    first, with_gaps, filled, left = map(int, told.stdout.split())
    assert first < 100_000
    assert with_gaps > 10_000_000
    assert filled > 1_000
    assert left < 100_000
