"""The summary of a step."""

from markdown_it import MarkdownIt
from reports import made_up

from grader.platforms.github.summary import summary

MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})


def test_the_summary_has_a_table_for_each_todo_and_where_to_start():
    text = summary(made_up())
    assert text.startswith("## 35 of 60 points\n\n**Start here:** TODO 2&#58; CropAndConcat")
    start = text.splitlines()[2]
    assert "title of crop" in start
    assert "expected 1&#44; not 2" in start
    assert "Look there&#46;" in start
    rendered = MARKDOWN.render(text)
    assert rendered.count("<table>") == 3
    assert "<summary>✅ TODO 1&#58; the blocks: 30 of 30</summary>" in text
    assert "<h3>TODO 2: CropAndConcat: 5 of 15</h3>" in rendered
    assert "<h3>TODO 3: forward: 0 of 5</h3>\n<p>Still to be written.</p>" in rendered
    assert "waits for: title of" in rendered
    assert "IoU 0.900" in text
