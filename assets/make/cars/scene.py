"""Puts a car, its studio and the camera into Blender, and takes photographs and masks. Needs bpy.

Cycles on the processor gives the same pixels for the same scene, whatever the number of cores.
"""

import contextlib
import os
import tempfile
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix
from PIL import Image

from assets.make.cars.blender import add, add_mesh, empty, flat, silence
from assets.make.cars.camera import SENSOR, Camera
from assets.make.cars.car import Car
from assets.make.cars.lettering import letters
from assets.make.cars.parts import Letters
from assets.make.cars.room import Showroom
from assets.make.cars.showroom import build_showroom
from assets.make.cars.surfaces import make_surfaces

TABLE_TOP = 0.004  # metres
MASK_SETTINGS = {
    "samples": 256,  # where the outline is; elsewhere Cycles stops at the least
    "adaptive_min_samples": 16,
    "adaptive_threshold": 0.002,
    "use_denoising": False,
    "pixel_filter_type": "BOX",
    "max_bounces": 0,
}


class Scene:
    """One car on the turntable of one studio."""

    def __init__(
        self, car: Car, room: Showroom, size: tuple[int, int], samples: int, threads: int | None = None
    ):
        with silence():  # of what Cycles does not find on this machine
            self._build(car, room)
            _set_up(size, samples, room.exposure, threads or os.cpu_count() or 1)

    def _build(self, car: Car, room: Showroom) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self.table = build_showroom(room)
        self.car = empty("car", self.table)
        self.car.location = (0, 0, TABLE_TOP)
        self._add_car(car)
        self._camera = add(bpy.data.objects.new("camera", bpy.data.cameras.new("camera")))
        bpy.context.scene.camera = self._camera
        self._opaque = flat("opaque")

    def _add_car(self, car: Car) -> None:
        surfaces = make_surfaces(car.finish)
        mesh = car.mesh
        body = [surfaces[name] for name in mesh.materials]
        add_mesh("body", mesh.vertices, mesh.triangles, body, self.car, mesh.normals, mesh.face_material)
        for part in car.parts:
            add_mesh(
                part.material, part.vertices, part.faces, surfaces[part.material], self.car, part.normals
            )
        for word in car.letters:
            vertices, triangles = _placed(word)
            add_mesh("letters", vertices, triangles, surfaces[word.material], self.car, smooth=False)

    def aim(self, camera: Camera, turn: float) -> None:
        """Place the camera and turn the table (radians)."""
        pose = np.eye(4)
        pose[:3, :3], pose[:3, 3] = camera.axes().T, camera.position
        self._camera.matrix_world = Matrix(pose.tolist())
        self._camera.data.sensor_width, self._camera.data.lens = SENSOR, camera.lens
        self.table.rotation_euler = (0, 0, turn)

    def photograph(self) -> Image.Image:
        """The clean drawing, RGB."""
        return _render("RGB")

    def coverage(self) -> np.ndarray:
        """uint8 (H, W): how much of each pixel the car covers, glass and aerial included."""
        with self._only_the_car():
            return np.asarray(_render("RGBA").getchannel("A"))

    @contextlib.contextmanager
    def _only_the_car(self):
        """Everything else hidden, every surface opaque, a transparent background, square pixels."""
        scene, layer = bpy.context.scene, bpy.context.view_layer
        own = set(self.car.children_recursive)
        hidden = [thing for thing in scene.objects if thing.type in ("MESH", "LIGHT") and thing not in own]
        cycles = scene.cycles
        settings = [
            *((cycles, name, value) for name, value in MASK_SETTINGS.items()),
            (scene.render, "film_transparent", True),
            (layer, "material_override", self._opaque),
            *((thing, "hide_render", True) for thing in hidden),
        ]
        before = [(owner, name, getattr(owner, name)) for owner, name, _ in settings]
        for owner, name, value in settings:
            setattr(owner, name, value)
        try:
            yield
        finally:
            for owner, name, value in before:
                setattr(owner, name, value)


def _placed(word: Letters) -> tuple[np.ndarray, np.ndarray]:
    """Letters in the car's coordinates: (vertices (N, 3), triangles (M, 3))."""
    flat, triangles = letters(word.text, bold=0.01, cuts=40 if word.ring else 0)
    flat = flat * word.size
    if word.ring:  # feet towards the hub, read clockwise from outside
        radius, start = word.ring
        angle = start - word.side * flat[:, 0] / radius
        out = radius - word.size / 2 + flat[:, 1]
        placed = np.stack([out * np.cos(angle), np.zeros(len(flat)), out * np.sin(angle)], 1)
        if word.side > 0:  # seen from +y, the x axis points to the left
            placed[:, 0] *= -1
        return placed + np.array(word.at), triangles
    across = word.end * flat[:, 0] * min(1.0, word.width / np.ptp(flat[:, 0]))
    placed = np.stack([word.slope * across, across, flat[:, 1] - word.size / 2], 1)
    return placed + np.array(word.at), triangles


def _set_up(size: tuple[int, int], samples: int, exposure: float, threads: int) -> None:
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    cycles = scene.cycles
    for name, value in {
        "device": "CPU", "samples": samples, "seed": 1, "use_light_tree": False,
        "use_adaptive_sampling": True, "adaptive_threshold": 0.06, "adaptive_min_samples": 8,
        "use_denoising": True, "denoiser": "OPENIMAGEDENOISE", "denoising_input_passes": "RGB_ALBEDO_NORMAL",
        "denoising_prefilter": "ACCURATE", "denoising_quality": "BALANCED",
        "max_bounces": 5, "diffuse_bounces": 1, "glossy_bounces": 3, "transmission_bounces": 2,
        "transparent_max_bounces": 8, "caustics_reflective": False, "caustics_refractive": False,
        "sample_clamp_direct": 8.0, "sample_clamp_indirect": 3.0,
    }.items():  # fmt: skip
        setattr(cycles, name, value)
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.resolution_percentage = 100
    scene.render.use_persistent_data = True
    scene.render.threads_mode, scene.render.threads = "FIXED", threads
    scene.view_settings.view_transform, scene.view_settings.look = "Standard", "None"
    scene.view_settings.exposure = exposure


def _render(mode: str) -> Image.Image:
    settings = bpy.context.scene.render
    settings.image_settings.file_format, settings.image_settings.color_mode = "PNG", mode
    with tempfile.TemporaryDirectory() as folder:
        settings.filepath = str(Path(folder) / "drawn.png")
        with silence():
            bpy.ops.render.render(write_still=True)
        with Image.open(settings.filepath) as image:
            return image.convert(mode)
