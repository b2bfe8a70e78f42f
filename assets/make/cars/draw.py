"""Draws one car of an order: first its photographs, then its masks. Needs bpy. Next file: jobs.py."""

from collections.abc import Iterator

import numpy as np
from PIL import Image

from assets.make.cars.camera import Camera, draw_camera, shaken, stepped_back, turn_of
from assets.make.cars.car import Car, build
from assets.make.cars.film import as_jpeg, draw_film, expose
from assets.make.cars.mask import without_specks
from assets.make.cars.order import Order, Places, Step
from assets.make.cars.room import Showroom, draw_showroom
from assets.make.cars.scene import Scene
from assets.make.cars.surface import cell_for
from grader.lab.files import write_bytes

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

    def scene(self, threads: int | None = None) -> Scene:
        return Scene(self.car, self.room, self.order.size, self.order.samples, threads)

    def take(self, scene: Scene, view: int) -> Image.Image:
        scene.aim(self.camera(view), self.turn(view))
        return expose(scene.photograph(), self.film, self.order.rng(self.number, "grain", view))

    def take_mask(self, scene: Scene, view: int) -> np.ndarray:
        """bool (H, W): the pixels of which the car covers more than half."""
        return without_specks(self.take_coverage(scene, view) > 127)

    def take_coverage(self, scene: Scene, view: int) -> np.ndarray:
        scene.aim(self.camera(view), self.turn(view))
        return scene.coverage()


def draw_car(order: Order, number: int, places: Places, threads: int | None = None) -> Iterator[Step]:
    """Draw these views of one car, reporting each step."""
    shoot = Shoot(order, number)
    scene = shoot.scene(threads)
    for view, place in places.items():
        if not place.image.exists():
            write_bytes(place.image, as_jpeg(shoot.take(scene, view)))
        yield 1 - MASK_SHARE, None
    for view, place in places.items():  # apart from the photographs: Cycles keeps each scene loaded
        mask = shoot.take_mask(scene, view)
        place.write_mask(mask)
        yield (
            MASK_SHARE,
            {
                "image": place.image.name,
                "car": order.car_id(number),
                "kind": shoot.car.kind,
                "paint": shoot.car.finish.paint,
                "view": view,
                "word": shoot.room.word,
                "seed": order.seed,
                "width": order.size[0],
                "height": order.size[1],
                "samples": order.samples,
                "car_pixels": int(mask.sum()),
            },
        )
