"""The studio round the car: turntable, floor, a wall with a word bent on it, lamps. Needs bpy."""

import math

import bpy
import numpy as np
from mathutils import Vector

from assets.make.cars.blender import add, add_mesh, clouds, empty, material
from assets.make.cars.lettering import letters
from assets.make.cars.room import Showroom
from assets.make.cars.solids import lathe, rounded_box, upright

WALL, COVE, TABLE = 5.6, 0.55, 3.75  # radii of the round wall, of its foot, and of the turntable, metres


def build_showroom(room: Showroom):
    """Everything but the car and the camera; returns the turntable, an empty to be rotated."""
    table = empty("turntable")
    _wall(room)
    _floor(room, table)
    if room.word:
        _word(room)
    _lamps(room)
    return table


def _scaled(colour, by: float):
    return tuple(min(c * by, 0.9) for c in colour)


def _stained(colour, by: float):
    """Darker, and browner: dust and tyres."""
    return tuple(c * by * share for c, share in zip(colour, (1.0, 0.98, 0.93)))


def _wall(room: Showroom) -> None:
    """Floor, cove, band and wall in one sweep behind the car; in front, a dim wall for reflections."""
    bend = [
        (WALL - COVE + COVE * math.sin(a), COVE - COVE * math.cos(a))
        for a in np.linspace(0.1, math.pi / 2, 12)
    ]
    profile = np.array(
        [
            (0.0, 0.0),
            (WALL - COVE, 0.0),
            *bend,
            (WALL, room.band_height),
            (WALL, room.band_height),
            (WALL, 5.2),
        ]
    )
    angles = np.linspace(-math.radians(118), math.radians(118), 160)
    vertices, faces = _sweep(profile, angles)
    row = np.repeat(np.arange(len(profile) - 1), len(angles) - 1)
    part = np.where(row == 0, 2, np.where(row == len(profile) - 2, 1, 0))
    band = material("band", room.band, 0.6)
    clouds(band, _scaled(room.band, 0.97), _scaled(room.band, 1.03), 0.6, 3)
    surfaces = [band, material("wall", (0.84, 0.84, 0.83), 0.75, specular=0.2), _ground(room)]
    add_mesh("wall", vertices, faces, surfaces, face_material=part)
    angles = np.linspace(-math.radians(75), math.radians(75), 40)
    front = np.array([[9.5 * math.sin(a), -9.5 * math.cos(a), z] for z in (0, 2.6) for a in angles])
    quads = np.array([[i, i + 1, 41 + i, 40 + i] for i in range(39)])
    add_mesh("front", front, quads, material("front", (0.32, 0.32, 0.33), 0.8))


def _sweep(profile: np.ndarray, angles: np.ndarray):
    """The profile (K, 2) of radius and height, swept over the angles about z, the middle at +y."""
    radius, height = profile.T[:, :, None]
    parts = (radius * np.sin(angles), radius * np.cos(angles), height)
    vertices = np.stack(np.broadcast_arrays(*parts), -1).reshape(-1, 3)
    n = len(angles)
    i, j = np.meshgrid(np.arange(len(profile) - 1), np.arange(n - 1), indexing="ij")
    corners = (i * n + j, i * n + j + 1, (i + 1) * n + j + 1, (i + 1) * n + j)
    return vertices, np.stack(corners, -1).reshape(-1, 4)


def _ground(room: Showroom):
    if "ground" in bpy.data.materials:
        return bpy.data.materials["ground"]
    ground = material("ground", room.floor, 0.42, specular=0.35)
    clouds(ground, _stained(room.floor, 0.95 - 0.15 * room.stains), _scaled(room.floor, 1.04), 0.9, 4)
    return ground


def _floor(room: Showroom, table) -> None:
    seam = material("seam", _scaled(room.floor, 0.45), 0.7)
    corners = np.array([[-14, -14, -0.012], [14, -14, -0.012], [14, 6, -0.012], [-14, 6, -0.012]])
    add_mesh("ground", corners, np.array([[0, 1, 2, 3]]), _ground(room), smooth=False)
    top = material("table", room.floor, 0.36, specular=0.4)
    clouds(
        top,
        _stained(room.floor, 0.96 - 0.4 * room.stains),
        _scaled(room.floor, 1.05),
        0.7,
        5,
        0.8,
        0.28,
        0.62,
    )
    _disc([(0.0, 0.004), (TABLE, 0.004)], top, table)
    _disc([(TABLE, 0.0025), (TABLE + 0.018, 0.0025)], seam, None)
    _disc([(1.25, 0.0055), (1.256, 0.0055)], seam, table)
    for angle in np.arange(8) * math.pi / 4 + room.panels:
        along = np.array([math.cos(angle), math.sin(angle)])
        across = np.array([-along[1], along[0]]) * 0.0032
        edge = [along * 1.25 + across, along * 1.25 - across, along * TABLE - across, along * TABLE + across]
        add_mesh(
            "seam",
            np.array([[*point, 0.0055] for point in edge]),
            np.array([[0, 1, 2, 3]]),
            seam,
            table,
            smooth=False,
        )
    bolt = material("bolt", (0.25, 0.24, 0.22), 0.5, 0.5)
    for angle in np.arange(24) * math.pi / 12 + room.panels:
        _disc(
            [(0.001, 0.006), (0.014, 0.006)], bolt, table, (3.4 * math.cos(angle), 3.4 * math.sin(angle), 0)
        )
    if room.has_kerb:
        vertices, faces = rounded_box((9.0, 0.10, 0.05), 0.2)
        add_mesh(
            "kerb",
            vertices + np.array((0, -TABLE - 0.16, 0.01)),
            faces,
            material("kerb", (0.55, 0.53, 0.5), 0.6),
        )
        vertices, faces = rounded_box((9.0, 0.03, 0.02), 0.2)
        add_mesh(
            "rust",
            vertices + np.array((0, -TABLE - 0.10, 0.005)),
            faces,
            material("rust", (0.20, 0.10, 0.06), 0.7),
        )


def _disc(profile, surface, table, at=(0, 0, 0)) -> None:
    vertices, faces = upright(lathe(profile, 256 if profile[-1][0] > 1 else 12))
    add_mesh("disc", vertices + np.array(at), faces[:, ::-1], surface, table)


def _word(room: Showroom) -> None:
    """The word, standing on the band, bent on the wall."""
    vertices, triangles = letters(room.word, room.font, room.bold, room.spacing, room.slant, cuts=96)
    vertices *= room.word_height
    width = vertices[:, 0].max() - vertices[:, 0].min()
    stretch = min(1.25, 9.0 / width)
    angle = vertices[:, 0] * stretch / WALL + room.word_place
    bent = [
        (WALL - 0.012) * np.sin(angle),
        (WALL - 0.012) * np.cos(angle),
        room.band_height + 0.03 + vertices[:, 1],
    ]
    ink = material("ink", (room.ink, room.ink, room.ink * 1.1), 0.6)
    add_mesh("word", np.stack(bent, 1), triangles, ink, smooth=False)


def _lamps(room: Showroom) -> None:
    """Soft boxes overhead, in front and on both sides: large and dim, or they sparkle in the glass."""
    colour = (1 + room.warmth, 1.0, 1 - room.warmth)
    side = 125 * room.side_light
    for place, size, power, target in (
        ((0, -0.3, 5.0), (6.5, 5.0), 380, (0, -0.3, 0)),
        ((0, -6.8, 4.6), (10, 3.0), 290, (0, 0, 0.8)),
        ((-6.5, -2, 3.8), (3.5, 6), side, (0, 0, 0.8)),
        ((6.5, -2, 3.8), (3.5, 6), side, (0, 0, 0.8)),
    ):
        lamp = bpy.data.lights.new("lamp", "AREA")
        lamp.shape, (lamp.size, lamp.size_y) = "RECTANGLE", size
        lamp.energy, lamp.color = power * room.light, colour
        thing = add(bpy.data.objects.new("lamp", lamp))
        thing.location = place
        thing.rotation_euler = (Vector(target) - Vector(place)).to_track_quat("-Z", "Y").to_euler()
        thing.visible_camera = False
    world = bpy.data.worlds.new("world")
    bpy.context.scene.world = world
    world.use_nodes = True
    sky = world.node_tree.nodes["Background"]
    sky.inputs["Color"].default_value = (0.95, 0.97, 1.0, 1)
    sky.inputs["Strength"].default_value = room.world
