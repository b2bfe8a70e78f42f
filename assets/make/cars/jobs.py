"""Draws what an order asks for: car by car, or several cars at once, each in a process of its own.

A small picture does not keep many cores busy, and the shape of a car keeps one.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from assets.make.cars.order import Metadata, Order, Place, Places, Step, open_folder
from grader.errors import LabError

LOOK_S = 0.2  # between two looks at what the processes reported
LOST = "a drawing process was lost: fewer --jobs need less memory; the same command with --resume goes on"


def draw_cars(order: Order, missing: dict[int, Places], jobs: int) -> Iterator[Step]:
    """As draw_car, of every car, `jobs` at a time; the cores are shared out among them.

    Raises LabError where a process dies. Closing the iterator stops the processes.
    """
    threads = max(1, (os.cpu_count() or 1) // jobs)
    if jobs == 1:
        from assets.make.cars.draw import draw_car  # late: see _draw

        for number, places in missing.items():
            yield from draw_car(order, number, places, threads)
        return
    context = multiprocessing.get_context("spawn")
    reports = context.SimpleQueue()  # put() waits until it is written: nothing is missing
    with ProcessPoolExecutor(jobs, context, _begin, (reports,)) as pool:
        drawing = {pool.submit(_draw, order, number, places, threads) for number, places in missing.items()}
        try:
            while drawing:
                ended, drawing = wait(drawing, LOOK_S, FIRST_COMPLETED)
                while not reports.empty():
                    yield reports.get()
                for car in ended:
                    car.result()
        except BrokenProcessPool:
            raise LabError(LOST) from None
        finally:
            if drawing:
                for process in multiprocessing.active_children():
                    process.kill()


def draw(
    order: Order, cars: int, folder: Path, resume: bool, on_step: Callable[[float, int], None], jobs: int = 1
) -> int:
    """Draw the pictures that are missing; on_step(pictures done, of) after each photograph and mask.

    Returns how many were drawn.

    Raises LabError where the folder cannot be used, or a drawing process is lost.
    """
    open_folder(folder, order, resume)
    metadata = Metadata(folder)
    missing = {}
    for number in range(cars):
        places = {
            view: Place(folder, f"{order.car_id(number)}_{view:02d}") for view in order.view_numbers(number)
        }
        missing[number] = {
            view: place
            for view, place in places.items()
            if not (place.is_done() and metadata.knows(place.image.name))
        }
    missing = {number: places for number, places in missing.items() if places}
    total = sum(map(len, missing.values()))
    done = 0.0
    on_step(done, total)
    for share, row in draw_cars(order, missing, jobs):
        if row:
            metadata.add(**row)
        done += share
        on_step(done, total)
    return total


def _begin(reports) -> None:
    global _reports
    _reports = reports
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of them: the first one says it


def _draw(order: Order, number: int, places: Places, threads: int) -> None:
    # late: with bpy loaded before them, new processes would not find it (it puts a folder of its own first)
    from assets.make.cars.draw import draw_car

    for step in draw_car(order, number, places, threads):
        _reports.put(step)
