"""Letters as triangles, in the fonts that Blender brings. Needs bpy."""

from pathlib import Path

import bpy
import numpy as np

from assets.make.cars.blender import add

FONTS = Path(bpy.utils.system_resource("DATAFILES")) / "fonts"


def letters(text: str, font: str | None = None, bold=0.0, spacing=1.1, slant=0.0, cuts=0):
    """(vertices (N, 3) of height 1 in the xy plane, centred in x, feet at y = 0; triangles (M, 3)).

    font: a file of Blender's own folder of fonts; cuts: vertical slices, so that a word can be bent.
    """
    curve = bpy.data.curves.new("letters", "FONT")
    curve.body, curve.align_x = text, "CENTER"
    curve.space_character, curve.shear, curve.resolution_u = spacing, slant, 6
    if font:
        curve.font = bpy.data.fonts.load(str(FONTS / font), check_existing=True)
    thing = add(bpy.data.objects.new("letters", curve))
    mesh = bpy.data.meshes.new_from_object(thing.evaluated_get(bpy.context.evaluated_depsgraph_get()))
    bpy.data.objects.remove(thing)
    if cuts:
        _slice(mesh, cuts)
    mesh.calc_loop_triangles()
    vertices = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", vertices)
    triangles = np.empty(len(mesh.loop_triangles) * 3, np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    bpy.data.meshes.remove(mesh)
    vertices = vertices.reshape(-1, 3).astype(float)
    low, high = vertices[:, 1].min(), vertices[:, 1].max()
    vertices[:, 1] -= low
    vertices /= high - low
    vertices[:, 0] -= (vertices[:, 0].min() + vertices[:, 0].max()) / 2
    triangles = triangles.reshape(-1, 3)
    # Bold by copies side by side: Blender's own offset of an outline tears acute corners, as in N and K.
    shifts = np.linspace(-bold, bold, 3) if bold else [0.0]
    copies = [vertices + np.array((shift, 0, 0)) for shift in shifts]
    numbered = [triangles + i * len(vertices) for i in range(len(shifts))]
    return np.concatenate(copies), np.concatenate(numbered)


def _slice(mesh, cuts: int) -> None:
    import bmesh  # exists only once bpy has been imported

    work = bmesh.new()
    work.from_mesh(mesh)
    bmesh.ops.triangulate(work, faces=work.faces[:])  # a cut through a letter's many-sided face tangles it
    xs = [vertex.co.x for vertex in work.verts]
    for x in np.linspace(min(xs), max(xs), cuts + 2)[1:-1]:
        everything = work.verts[:] + work.edges[:] + work.faces[:]
        bmesh.ops.bisect_plane(work, geom=everything, plane_co=(x, 0, 0), plane_no=(1, 0, 0))
    work.to_mesh(mesh)
    work.free()
