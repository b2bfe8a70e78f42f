"""The knives and shapes behind the cars, against cases that can be worked out on paper."""

import numpy as np

from assets.make.cars.camera import SENSOR, Camera, turn_of
from assets.make.cars.fields import polygon, ramp, smooth_curve, smooth_max, smooth_min
from assets.make.cars.film import Film, as_jpeg, expose
from assets.make.cars.mask import bodies, without_specks
from assets.make.cars.mesh import Mesh
from assets.make.cars.parts import turned
from assets.make.cars.solids import lathe, rounded_box, tube


def square(n: int = 7) -> Mesh:
    """[0, 1] x [0, 1] in the plane z = 0, of n x n quads."""
    x, y = np.meshgrid(np.linspace(0, 1, n + 1), np.linspace(0, 1, n + 1), indexing="ij")
    vertices = np.stack([x, y, 0 * x], -1).reshape(-1, 3)
    i, j = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    a = (i * (n + 1) + j).ravel()
    quads = np.stack([a, a + n + 1, a + n + 2, a + 1], 1)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return Mesh(vertices, np.tile([0.0, 0.0, 1.0], (len(vertices), 1)), triangles)


def area(mesh: Mesh, material: str) -> float:
    a, b, c = np.moveaxis(mesh.vertices[mesh.triangles[mesh.faces_of(material)]], 1, 0)
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def test_paint_cuts_along_the_line():
    mesh = square()
    mesh.paint("glass", lambda v: v[:, 0] - 0.4321)
    assert np.isclose(area(mesh, "glass"), 0.4321, atol=1e-9)
    assert np.isclose(area(mesh, "paint"), 1 - 0.4321, atol=1e-9)


def test_paint_wants_every_region_and_the_right_material():
    mesh = square()
    mesh.paint("glass", lambda v: v[:, 0] - 0.5, lambda v: v[:, 1] - 0.3)
    assert np.isclose(area(mesh, "glass"), 0.15, atol=1e-9)
    mesh.paint("bar", lambda v: v[:, 1] - 0.1, on="glass")
    assert np.isclose(area(mesh, "bar"), 0.05, atol=1e-9)
    mesh.line("seam", lambda v: v[:, 0] - 0.75, 0.01)
    assert np.isclose(area(mesh, "seam"), 0.02, atol=1e-9)


def test_sunk_region_has_a_floor_walls_and_a_pane():
    mesh = square()
    mesh.paint("lamp", lambda v: v[:, 0] - 0.5)
    mesh.sink("lamp", 0.1, "wall", cover="lens")
    assert np.isclose(area(mesh, "lamp"), 0.5)
    assert np.isclose(area(mesh, "lens"), 0.5)
    assert np.isclose(area(mesh, "wall"), 0.1 * 3, atol=1e-9)  # its edge is 0.5 + 1 + 0.5 + 1 long
    assert np.allclose(mesh.vertices[mesh.triangles[mesh.faces_of("lamp")]][..., 2], -0.1)


def test_mirror_doubles():
    mesh = square()
    mesh.mirror()
    assert np.isclose(area(mesh, "paint"), 2)
    assert mesh.vertices[:, 1].min() == -1


def test_smooth_maximum_is_exact_away_from_the_edge_and_rounded_on_it():
    assert smooth_max(1.0, 0.0, 0.5) == 1
    assert np.isclose(smooth_max(1.0, 1.0, 0.6), 1 + 0.6 / 6)
    assert np.isclose(smooth_min(1.0, 1.0, 0.6), 1 - 0.6 / 6)
    assert ramp(0, 2, np.array([-1, 1, 3])).tolist() == [0, 0.5, 1]


def test_polygon_measures_distance():
    corners = [(0, 0), (2, 0), (2, 1), (0, 1)]
    u, v = np.array([1.0, 3.0, 1.0]), np.array([0.5, 0.5, -2.0])
    assert np.allclose(polygon(corners, u, v), [-0.5, 1, 2])
    assert np.isclose(polygon(corners, np.array([0.0]), np.array([0.0]), 0.2)[0], 0.2 * (np.sqrt(2) - 1))


def test_smooth_curve_keeps_straight_lines():
    curve = smooth_curve([(0, 0), (1, 1), (2, 2)], 0.1)
    assert np.allclose(curve(np.array([0.3, 1.0, 1.7])), [0.3, 1.0, 1.7], atol=1e-3)


def test_camera_projects_like_a_pinhole():
    camera = Camera(np.array([0.0, -10.0, 1.0]), np.array([0.0, 0.0, 1.0]), lens=36.0)
    seen = camera.project(np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 10.0, 3.0]]))
    rolled = Camera(camera.position, camera.target, camera.lens, roll=np.pi / 2)
    assert np.allclose(rolled.project(np.array([[1.0, 0.0, 1.0]])), [[0.5, 0.1]]), "turned to the left"
    assert SENSOR == 36
    assert np.allclose(seen, [[0.5, 0.0], [0.6, 0.0], [0.5, -0.1]])
    assert np.isclose(turn_of(5) - turn_of(1), -np.pi / 2), "four views are a quarter turn"


def test_turned_is_about_x_then_y_then_z():
    assert np.allclose(turned((np.pi / 2, 0, 0)) @ [0, 1, 0], [0, 0, 1])
    assert np.allclose(turned((np.pi / 2, 0, np.pi / 2)) @ [0, 0, 1], [1, 0, 0])


def test_solids_have_their_sizes():
    vertices, faces = rounded_box((2, 4, 6), 0.2)
    assert np.allclose(np.ptp(vertices, axis=0), [2, 4, 6], atol=1e-6)
    assert faces.max() == len(vertices) - 1
    vertices, _ = lathe([(1, 0), (1, 2)], 8)
    assert np.allclose(np.hypot(vertices[:, 0], vertices[:, 2]), 1)
    path = np.stack([np.linspace(0, 1, 5), np.zeros(5), np.zeros(5)], 1)
    assert np.allclose(np.hypot(*tube(path, 0.1)[0][:, 1:].T), 0.1)


def test_bodies_join_at_corners_and_specks_go():
    mask = np.zeros((40, 300), bool)
    mask[5:35, 10:250] = True
    mask[4, 250] = mask[4, 9] = True  # touch at a corner only
    mask[20, 270] = True  # apart
    mask[10:12, 10:250] = False
    mask[10:12, 100] = True  # holds both halves together
    assert [int(piece.sum()) for piece in bodies(mask)] == [int(mask.sum()) - 1, 1]
    kept = without_specks(mask)
    assert not kept[20, 270]
    assert kept[4, 250]
    assert kept[4, 9]
    mask[10:12, 100] = False
    assert len(bodies(mask)) == 3, "a large piece that hangs on nothing stays, for the tests to find"
    assert without_specks(mask).sum() == mask.sum() - 1


def test_film_keeps_the_light_and_repeats_itself():
    from PIL import Image

    grey = Image.new("RGB", (192, 128), (120, 120, 120))
    film = Film(0.7, 0.1, 1.2, 0.5, (1.0, 1.0, 1.0))
    shot, again, other = (expose(grey, film, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert shot.tobytes() == again.tobytes() != other.tobytes()
    pixels = np.asarray(shot, float)
    assert abs(pixels[54:74, 86:106].mean() - 120) < 0.5
    assert 106 < pixels[:4, :4].mean() < 112, "a tenth less light in the corner"
    assert 0.2 < pixels[54:74, 86:106].std() < 2
    assert as_jpeg(shot)[:2] == b"\xff\xd8"
