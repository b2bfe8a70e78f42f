"""The materials of a car, by the names that the geometry uses. Needs bpy."""

from assets.make.cars.blender import clouds, material, pane, ribs
from assets.make.cars.car import Finish
from assets.make.cars.kinds import PAINTS


def make_surfaces(finish: Finish) -> dict:
    """{name: Blender's material}"""
    paint = PAINTS[finish.paint]
    tint, clear = finish.tint, finish.windscreen_tint
    surfaces = {
        "paint": material("paint", paint.colour, paint.roughness, paint.metallic, 1.0, 0.12),
        "black": material("black", (0.022, 0.022, 0.023), 0.55, specular=0.4),
        "gloss": material("gloss", (0.006, 0.006, 0.007), 0.18),
        "trim": material("trim", (0.50, 0.51, 0.52), 0.25, 1.0),
        "chrome": material("chrome", (0.72, 0.73, 0.74), 0.09, 1.0),
        "well": material("well", (0.008, 0.008, 0.008), 0.9, specular=0.1),
        "gap": material("gap", (0.006, 0.006, 0.006), 0.8, specular=0.1),
        "grille": material("grille", (0.012, 0.012, 0.013), 0.45),
        "glass": pane("glass", (tint, tint * 1.03, tint), 1.45),
        "windscreen": pane("windscreen", (clear, clear * 1.02, clear), 1.45),
        "lens": pane("lens", (0.93, 0.94, 0.95), 1.45),
        "tail_lens": pane("tail_lens", (0.85, 0.05, 0.04)),
        "clear_lens": pane("clear_lens", (0.9, 0.88, 0.88)),
        "daylight": material("daylight", (0.9, 0.92, 0.95), 0.3, glow=0.9),
        "foglamp": material("foglamp", (0.7, 0.7, 0.72), 0.12, 0.6, 1.0),
        "tail": material("tail", (0.50, 0.008, 0.008), 0.25, 0.2, glow=0.05),
        "tail_strip": material("tail_strip", (0.75, 0.03, 0.02), 0.3, glow=0.5),
        "reversing": material("reversing", (0.75, 0.73, 0.72), 0.2, 0.5),
        "reflector": material("reflector", (0.45, 0.01, 0.01), 0.2, coat=1.0, glow=0.03),
        "tyre": material("tyre", (0.018, 0.018, 0.018), 0.72, specular=0.3),
        "tyre_mark": material("tyre_mark", (0.045, 0.045, 0.046), 0.6, specular=0.3),
        "rim_bright": material("rim_bright", (0.62, 0.63, 0.64), 0.28, 0.95, 0.3),
        "rim_grey": material("rim_grey", (0.40, 0.41, 0.42), 0.32, 0.95, 0.3),
        "rim_black": material("rim_black", (0.03, 0.03, 0.032), 0.25, 0.95, 0.3),
        "rim_polished": material("rim_polished", (0.75, 0.76, 0.77), 0.14, 0.95, 0.3),
        "brake": material("brake", (0.35, 0.34, 0.33), 0.35, 0.9),
        "caliper": material("caliper", (0.35, 0.02, 0.02), 0.35),
        "mirror": material("mirror", (0.72, 0.73, 0.74), 0.03, 1.0),
        "cabin": material("cabin", (0.018, 0.018, 0.02), 0.7),
        "seat": material("seat", finish.seat, 0.65),
        "plate": material("plate", (0.80, 0.80, 0.78), 0.4),
        "plate_yellow": material("plate_yellow", (0.75, 0.55, 0.08), 0.4),
        "plate_blue": material("plate_blue", (0.55, 0.66, 0.78), 0.4),
        "plate_band": material("plate_band", (0.02, 0.12, 0.42), 0.4),
        "plate_ink": material("plate_ink", (0.02, 0.03, 0.12), 0.4),
    }  # fmt: skip
    surfaces["privacy"] = (
        pane("privacy", (0.06, 0.065, 0.065)) if finish.has_privacy_glass else surfaces["glass"]
    )
    bowl = (0.05, 0.05, 0.055) if finish.lamp_is_dark else (0.42, 0.43, 0.45)
    surfaces["lamp"] = material("lamp", bowl, 0.22, 0.9)
    clouds(surfaces["black"], (0.02, 0.02, 0.021), (0.026, 0.026, 0.027), 180, 2)
    ribs(surfaces["tail"], 12)
    ribs(surfaces["reversing"], 10)
    return surfaces
