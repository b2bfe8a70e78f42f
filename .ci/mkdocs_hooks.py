"""The site shares the pictures in assets/figures with the pages that name them ../assets/figures/."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

FIGURES = Path(__file__).parents[1] / "assets" / "figures"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add them, below figures/."""
    for path in sorted(FIGURES.iterdir()):
        if path.suffix in (".jpg", ".png", ".svg"):
            files.append(File.generated(config, f"figures/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Name them by their place in the site."""
    return markdown.replace("](../assets/figures/", "](figures/")
