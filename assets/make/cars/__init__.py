"""The studio: cars drawn as on a turntable, with their exact masks. `python -m assets.make.cars --help`.

Geometry is plain numpy (read body.py, then car.py); only scene.py and what it imports need Blender's bpy.
"""
