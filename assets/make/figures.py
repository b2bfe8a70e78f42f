"""Draws what the walkthrough shows of a finished network: `python -m assets.make.figures`.

Run it after the weights have changed. It runs the solution, which a notebook of a
student's must not. In Chinese: NAME.zh-CN.jpg.
"""

import numpy as np
from PIL import Image

from assets.make.extensions_words import suffix
from grader import language
from grader.lab.paths import SOLUTION
from grader.notebook import scenes
from grader.notebook.lab import CAR, FIGURES, INPUT, Lab
from grader.pictures.panel import draw_panel


def save(figure, name: str) -> None:
    path = FIGURES / f"walkthrough_{name}{suffix()}.jpg"
    if isinstance(figure, Image.Image):
        figure.save(path, quality=85)
    else:
        figure.savefig(path, dpi=100, bbox_inches="tight", pil_kwargs={"quality": 85})
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


def main() -> None:
    lab = Lab(SOLUTION)
    np.savez_compressed(INPUT, x=lab.infer.preprocess(lab.picture).numpy().astype(np.float16))
    features = lab.block("down_conv1")(lab.input)[0].detach().numpy()
    run, without, mask = lab.run(), lab.run(skips=False), lab.mask(CAR)
    for one in language.LANGUAGES:
        language.use(one)
        save(scenes.draw_features(features, "down_conv1"), "features")
        save(scenes.draw_skip(run), "skip")
        save(scenes.draw_outlines(lab.square, run.scores, without.scores), "outlines")
        save(scenes.draw_scores(lab.square, run.scores, 0.5), "scores")
        save(draw_panel(lab.picture, mask, lab.truth), "mask")
        save(scenes.draw_worst(lab.picture, mask, lab.truth), "worst")
    for name in lab.cars:
        print(name, scenes.agreement(lab.mask(name), lab.car(name)[1]))


if __name__ == "__main__":
    main()
