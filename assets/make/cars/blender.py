"""The little of Blender that the scene needs: objects from arrays, materials from numbers."""

import contextlib
import os
import sys

import bpy
import numpy as np

# What a pane mirrors: upward part of the direction, light. Floor and band, wall, ceiling, soft box.
MIRRORED = (
    (0.0, 0.35),
    (0.12, 0.42),
    (0.2, 0.78),
    (0.45, 0.70),
    (0.58, 0.45),
    (0.72, 0.55),
    (0.82, 2.4),
    (1.0, 2.8),
)


@contextlib.contextmanager
def silence():
    """Blender reports every tile on stdout, past Python: send that nowhere."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def add_mesh(name, vertices, faces, materials, parent=None, normals=None, face_material=None, smooth=True):
    """An object of triangles or quads; materials: one, or a list that face_material counts in."""
    faces = np.ascontiguousarray(faces, np.int32)
    corners = faces.shape[1]
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", np.ascontiguousarray(vertices, np.float32).ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.ravel())
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, corners, dtype=np.int32))
    for material in materials if isinstance(materials, list) else [materials]:
        mesh.materials.append(material)
    if face_material is not None:
        mesh.polygons.foreach_set("material_index", face_material.astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", np.full(len(faces), smooth))
    mesh.update(calc_edges=True)
    if normals is not None:
        mesh.normals_split_custom_set_from_vertices(np.ascontiguousarray(normals, np.float32))
    return add(bpy.data.objects.new(name, mesh), parent)


def add(thing, parent=None):
    bpy.context.scene.collection.objects.link(thing)
    thing.parent = parent
    return thing


def empty(name: str, parent=None):
    return add(bpy.data.objects.new(name, None), parent)


def material(name, colour, roughness=0.5, metallic=0.0, coat=0.0, specular=0.5, glow=0.0):
    """Blender's principled surface; colour as linear RGB."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    inputs = made.node_tree.nodes["Principled BSDF"].inputs
    inputs["Base Color"].default_value = (*colour, 1)
    inputs["Roughness"].default_value = roughness
    inputs["Metallic"].default_value = metallic
    inputs["Coat Weight"].default_value = coat
    inputs["Coat Roughness"].default_value = 0.015
    inputs["Specular IOR Level"].default_value = specular
    if glow:
        inputs["Emission Color"].default_value = (*colour, 1)
        inputs["Emission Strength"].default_value = glow
    return made


def pane(name: str, tint, ior: float = 1.5):
    """A thin pane: what is behind it, tinted, plus what it mirrors by Fresnel.

    The mirrored studio is a table of brightness over height, not traced: with a few paths per pixel,
    choosing at random between looking through and mirroring a soft box gives grain that no denoiser removes.
    """
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    tree = made.node_tree
    tree.nodes.clear()
    fresnel, through, glow, both, out, place, parts, ramp, share = (
        tree.nodes.new(f"ShaderNode{kind}")
        for kind in ("Fresnel", "BsdfTransparent", "Emission", "AddShader", "OutputMaterial", "TexCoord",
                     "SeparateXYZ", "ValToRGB", "Math")
    )  # fmt: skip
    fresnel.inputs["IOR"].default_value = ior
    through.inputs["Color"].default_value = (*np.broadcast_to(tint, 3), 1)
    share.operation = "MULTIPLY"
    elements = ramp.color_ramp.elements
    while len(elements) < len(MIRRORED):
        elements.new(0.5)
    for element, (height, light) in zip(elements, MIRRORED):
        element.position, element.color = height, (light / 4, light / 4, light / 4, 1)
    for source, sink in (
        (place.outputs["Reflection"], parts.inputs[0]), (parts.outputs["Z"], ramp.inputs[0]),
        (fresnel.outputs[0], share.inputs[0]), (ramp.outputs[0], glow.inputs["Color"]),
        (share.outputs[0], glow.inputs["Strength"]), (through.outputs[0], both.inputs[0]),
        (glow.outputs[0], both.inputs[1]), (both.outputs[0], out.inputs["Surface"]),
    ):  # fmt: skip
        tree.links.new(source, sink)
    share.inputs[1].default_value = 4.0  # a colour ramp's own values end at 1
    return made


def flat(name: str):
    """White whatever the light: no shadow is traced, and no pixel but those of the outline is noisy."""
    made = bpy.data.materials.new(name)
    made.use_nodes = True
    tree = made.node_tree
    tree.nodes.clear()
    white, out = tree.nodes.new("ShaderNodeEmission"), tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(white.outputs[0], out.inputs["Surface"])
    return made


def clouds(made, dark, light, scale, detail=5.0, distortion=0.6, low=0.35, high=0.68):
    """Mottle a material between two colours; returns the noise's node."""
    tree = made.node_tree
    place, noise, colours = (
        tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexCoord", "TexNoise", "ValToRGB")
    )
    noise.inputs["Scale"].default_value = scale
    noise.inputs["Detail"].default_value = detail
    noise.inputs["Distortion"].default_value = distortion
    for element, position, colour in zip(colours.color_ramp.elements, (low, high), (dark, light)):
        element.position, element.color = position, (*colour, 1)
    tree.links.new(place.outputs["Object"], noise.inputs["Vector"])
    tree.links.new(noise.outputs[0], colours.inputs[0])
    tree.links.new(colours.outputs[0], tree.nodes["Principled BSDF"].inputs["Base Color"])
    return noise


def ribs(made, scale: float):
    """Horizontal ribs, as on the inside of a tail lamp."""
    tree = made.node_tree
    place, wave, bump = (tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexCoord", "TexWave", "Bump"))
    wave.bands_direction = "Z"
    wave.inputs["Scale"].default_value = scale
    bump.inputs["Strength"].default_value = 0.6
    bump.inputs["Distance"].default_value = 0.01
    tree.links.new(place.outputs["Object"], wave.inputs["Vector"])
    tree.links.new(wave.outputs["Fac"], bump.inputs["Height"])
    tree.links.new(bump.outputs[0], tree.nodes["Principled BSDF"].inputs["Normal"])
