"""Draws what an order asks for, car by car: first the photographs, then the masks. Needs bpy."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from assets.make.cars.camera import Camera, draw_camera, shaken, stepped_back, turn_of
from assets.make.cars.car import Car, build
from assets.make.cars.film import as_jpeg, draw_film, expose
from assets.make.cars.mask import without_specks
from assets.make.cars.order import Metadata, Order, Place, open_folder, write_atomically
from assets.make.cars.room import Showroom, draw_showroom
from assets.make.cars.scene import Scene
from assets.make.cars.surface import cell_for

MASK_SHARE = 0.15  # of the time that a picture takes


class Shoot:
    """One car in its studio: what stays the same from view to view."""

    def __init__(self, order: Order, number: int, cell: float | None = None):
        self.order, self.number = order, number
        self.car: Car = build(
            order.car_seed(number), order.kind, order.paint, cell or cell_for(order.size[0])
        )
        self.room: Showroom = draw_showroom(order.rng(number, "showroom"))
        self.film = draw_film(order.rng(number, "film"))
        rng = order.rng(number, "camera")
        self._offset = float(rng.normal(0, np.radians(1.5)))
        camera = draw_camera(self.car.length, rng)
        turns = [self.turn(view) for view in range(1, 17)]
        self._camera = stepped_back(camera, self.car.points(), order.size, turns)

    def turn(self, view: int) -> float:
        return turn_of(view, self._offset)

    def camera(self, view: int) -> Camera:
        return shaken(self._camera, self.order.rng(self.number, "shake", view))

    def scene(self) -> Scene:
        return Scene(self.car, self.room, self.order.size, self.order.samples)

    def take(self, scene: Scene, view: int) -> Image.Image:
        scene.aim(self.camera(view), self.turn(view))
        return expose(scene.photograph(), self.film, self.order.rng(self.number, "grain", view))

    def take_mask(self, scene: Scene, view: int) -> np.ndarray:
        """bool (H, W): the pixels of which the car covers more than half."""
        return without_specks(self.take_coverage(scene, view) > 127)

    def take_coverage(self, scene: Scene, view: int) -> np.ndarray:
        scene.aim(self.camera(view), self.turn(view))
        return scene.coverage()


def draw(order: Order, cars: int, folder: Path, resume: bool, on_step: Callable[[float, int], None]) -> int:
    """Draw the pictures that are missing; on_step(pictures done, of) after each photograph and mask.

    Returns how many were drawn.

    Raises LabError where the folder cannot be used.
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
    total = sum(map(len, missing.values()))
    done = 0.0
    on_step(done, total)
    for number, places in missing.items():
        if not places:
            continue
        shoot = Shoot(order, number)
        scene = shoot.scene()
        for view, place in places.items():
            if not place.image.exists():
                write_atomically(place.image, as_jpeg(shoot.take(scene, view)))
            done += 1 - MASK_SHARE
            on_step(done, total)
        for view, place in places.items():  # apart from the photographs: Cycles keeps each scene loaded
            mask = shoot.take_mask(scene, view)
            place.write_mask(mask)
            metadata.add(
                image=place.image.name,
                car=order.car_id(number),
                kind=shoot.car.kind,
                paint=shoot.car.finish.paint,
                view=view,
                word=shoot.room.word,
                seed=order.seed,
                width=order.size[0],
                height=order.size[1],
                samples=order.samples,
                car_pixels=int(mask.sum()),
            )
            done += MASK_SHARE
            on_step(done, total)
    return total
