"""The cars' geometry: closed, symmetric, nothing in the air, nothing outside the frame. No bpy needed."""

import numpy as np
import pytest

from assets.make.cars.body import Body
from assets.make.cars.camera import draw_camera, fits, stepped_back, turn_of
from assets.make.cars.car import build
from assets.make.cars.kinds import KINDS, PAINTS
from assets.make.cars.surface import half_surface

COARSE = 0.05  # metres; a car in about a second


@pytest.fixture(scope="module")
def cars():
    """{kind: (car, its body)}, coarse."""
    return {kind: (build(11, kind, cell=COARSE), _body(11, kind)) for kind in KINDS}


def _body(seed, kind) -> Body:
    """The body that build() gives this seed, whose middle lies over x = 0 only after build() moved it."""
    return Body(kind, _after_the_kind(np.random.default_rng(np.random.SeedSequence(seed).spawn(4)[0])))


def _after_the_kind(rng):
    rng.integers(len(KINDS))
    return rng


@pytest.mark.parametrize("kind", KINDS)
def test_body_is_closed(kind):
    """Every edge off the middle plane belongs to two triangles, or to four where sheets touch."""
    vertices, _, triangles = half_surface(_body(5, kind), COARSE)
    edges = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1
    )
    unique, count = np.unique(edges, axis=0, return_counts=True)
    open_edges = unique[count % 2 == 1]
    assert np.abs(vertices[open_edges][..., 1]).max() < COARSE, "a hole away from the middle plane"


@pytest.mark.parametrize("kind", KINDS)
def test_body_has_its_kinds_measures(cars, kind):
    car, body = cars[kind]
    size = np.ptp(car.mesh.vertices, axis=0)
    low, high = KINDS[kind].length
    assert low - 0.2 < size[0] < high + 0.1
    assert abs(size[1] - body.width) < 0.12
    assert abs(car.mesh.vertices[:, 2].max() - body.height) < 0.05
    assert np.allclose(car.mesh.vertices[:, 1].max(), -car.mesh.vertices[:, 1].min())


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_floats(cars, kind):
    """Whatever is screwed on the outside reaches into the body or into a part that does."""
    car, body = cars[kind]
    middle = (body.front + body.rear) / 2
    floating = []
    for part in car.parts:
        x, y, z = part.vertices.T
        if _is_wheel(body, x + middle, z):
            continue
        if not (body(x + middle, np.abs(y), z) < 0.004).any():
            floating.append(part)
    held = [part for part in car.parts if not any(part is other for other in floating)]
    while floating:
        near = [part for part in floating if _gap(part, held) < 0.005]
        assert near, "in the air: " + ", ".join(f"{p.material}, {_gap(p, held):.3f} m" for p in floating)
        floating = [part for part in floating if not any(part is other for other in near)]
        held += near


def _gap(part, held: list) -> float:
    """Metres to the box round the nearest part that is held."""
    return min(_distance(part.vertices, other.vertices) for other in held)


def _is_wheel(body: Body, x: np.ndarray, z: np.ndarray) -> bool:
    """Inside an arch: it hangs on an axle that nobody sees."""
    return any(
        (np.hypot(x - axle, z - body.wheel_radius) < body.arch).all()
        for axle in (body.front_axle, body.rear_axle)
    )


def _distance(a: np.ndarray, b: np.ndarray) -> float:
    """Smallest distance of a's vertices to b's box."""
    low, high = b.min(0), b.max(0)
    return float(np.linalg.norm(np.maximum(np.maximum(low - a, a - high), 0), axis=1).min())


def test_rails_are_the_same_on_both_sides_and_stand_on_the_roof():
    from assets.make.cars.fittings import rails_and_rack

    seen = 0
    for seed in range(12):
        body = _body(seed, "suv")
        tubes = [
            p for p in rails_and_rack(body, np.random.default_rng(seed)) if np.ptp(p.vertices[:, 0]) > 0.8
        ]
        if not tubes:
            continue
        left, right = tubes
        seen += 1
        assert left.material == right.material
        assert np.allclose(np.sort(left.vertices[:, 2]), np.sort(right.vertices[:, 2]))
        for rail in tubes:
            x, y, z = rail.vertices.T
            ends = (x < x.min() + 0.02) | (x > x.max() - 0.02)
            gap = z - body.z_on_top(x, np.abs(y))
            assert (gap[ends] < 0).any(), "the ends go into the roof"
            assert gap.max() < 0.09
    assert seen >= 4


def test_same_seed_same_car_and_another_seed_another():
    first, again, other = (build(seed, "coupe", cell=0.08) for seed in (3, 3, 4))
    assert np.array_equal(first.points(), again.points())
    assert first.finish == again.finish
    assert first.letters == again.letters
    assert first.mesh.vertices.shape != other.mesh.vertices.shape or not np.array_equal(
        first.mesh.vertices, other.mesh.vertices
    )


def test_a_kind_and_a_paint_can_be_asked_for_without_changing_the_shape():
    drawn = build([9, 2], cell=0.08)
    asked = build([9, 2], kind=drawn.kind, paint="gold", cell=0.08)
    assert asked.finish.paint == "gold"
    assert np.array_equal(drawn.mesh.vertices, asked.mesh.vertices)


def test_twelve_paints_with_the_usual_ones():
    assert len(PAINTS) >= 12
    assert {"white", "silver", "black"} <= PAINTS.keys()
    assert len(KINDS) == 6


@pytest.mark.parametrize("size", [(1918, 1280), (512, 512)])
def test_no_car_leaves_the_frame(cars, size):
    """However the rig is drawn; a margin for its shaking is kept."""
    turns = [turn_of(view) for view in range(1, 17)]
    for kind, (car, _) in cars.items():
        points = car.points()
        camera = stepped_back(draw_camera(car.length, np.random.default_rng(7)), points, size, turns)
        assert all(fits(camera, points, size, turn) for turn in turns), kind


def test_every_region_of_a_car_is_painted(cars):
    """Each car has glass, lamps, tyres and dark parts; none is made of one material."""
    for kind, (car, _) in cars.items():
        painted = {name for name in car.mesh.materials if car.mesh.faces_of(name).any()}
        assert {"paint", "glass", "windscreen", "lamp", "lens", "tail", "gap", "well", "black"} <= painted, (
            kind
        )
        assert "tyre" in {part.material for part in car.parts}
