"""Two graphs of forward side by side: the first thing that the student's does differently."""

from grader.explain.found import Found
from grader.explain.graph import INPUT, Graph
from grader.language import N_, _

PLAIN = N_({"__getitem__": "a slice", "mul": "a multiplication", "add": "an addition"})


def plain(operation: str) -> str:
    """An operation in words, where Python's name for it is none."""
    return _(PLAIN[operation]) if operation in PLAIN else operation


class Comparison:
    """Walks along the expected graph, from the input on, until the student's differs."""

    def __init__(self, seen: Graph, expected: Graph):
        self.seen, self.expected = seen, expected
        self.order = [i for i in sorted(expected.live) if expected.name(i) not in (INPUT, "pool")]

    def first_difference(self) -> Found:
        """The mistake that it comes from, if it is a known one."""
        return self._of_end() or self._of_repeats() or self._of_stages() or self._of_stop()

    def in_between(self) -> Found:
        """Where nothing else is known: an operation of its own between two layers, which may do no harm."""
        for node in self.order:
            name, wanted = self.expected.name(node), self.expected.inputs(node)[:1]
            for call in self.seen.calls(name)[:1]:
                for seen, right in zip(self.seen.inputs(call), wanted):
                    if not self.seen.is_layer(seen) and self._same(self.seen.layer_behind(seen), right):
                        facts = {"found": plain(self.seen.name(seen)), "name": name}
                        return "forward.in_between", facts | {"expected": self._label(right, self.expected)}
        return None

    def _of_stop(self) -> Found:
        """Where forward raised: the operation that it raised in may stand in the place of a layer."""
        seen = self.seen
        if seen.is_complete or seen.is_layer(len(seen.nodes) - 1):
            return None
        taken = seen.inputs(len(seen.nodes) - 1)
        for node in self.order:
            wanted = self.expected.inputs(node)
            if len(taken) == len(wanted) > 1 and all(self._same(*pair) for pair in zip(taken, wanted)):
                return "forward.other_operation", {
                    "found": plain(seen.name(len(seen.nodes) - 1)),
                    "expected": self.expected.name(node),
                }
        return None

    def _of_end(self) -> Found:
        seen = self.seen
        if seen.output is None:
            return None
        if not seen.calls("final_conv"):
            last = seen.layer_behind(seen.output)
            if seen.name(last).startswith("up_conv"):
                return "forward.features_returned", {"found": seen.name(last)}
        elif (
            seen.name(seen.output) != "final_conv"
            and seen.name(seen.layer_behind(seen.output)) == "final_conv"
        ):
            return "forward.activation", {"found": plain(seen.name(seen.output))}
        return None

    def _of_repeats(self) -> Found:
        for name in {self.expected.name(i): None for i in self.order}:
            if not name.startswith("concat") and len(self.seen.calls(name)) > 1:
                return "forward.used_twice", {"name": name}
        pools = self.seen.calls("pool")
        for pool in pools if len(pools) > len(self.expected.calls("pool")) else []:
            if self.seen.name(self.seen.inputs(pool)[0]) == "pool":
                return "forward.used_twice", {"name": _("a pooling")}
        return None

    def _of_stages(self) -> Found:
        for node in self.order:
            name = self.expected.name(node)
            if name.startswith("concat"):
                found = self._of_concat(node)
            elif self.seen.calls(name):
                found = self._of_input(self.seen.calls(name)[0], node)
            else:
                found = self._of_missing(node)
            if found:
                return found
        return None

    def _of_input(self, call: int, node: int) -> Found:
        """Whether a layer that is used once gets what it should."""
        producer, wanted = self.seen.inputs(call)[:1], self.expected.inputs(node)[0]
        if not producer:
            return None
        if self._same(producer[0], wanted) or self.expected.name(wanted).startswith("concat"):
            return None  # what a concat gets, and what stands in its place, is looked at with the concat
        return self._instead(producer[0], wanted, self.expected.name(node))

    def _same(self, seen: int, wanted: int) -> bool:
        """Whether the student's node is the expected one: a pooling is known by what it pools."""
        if self.seen.name(seen) != self.expected.name(wanted):
            return False
        if self.seen.name(seen) == "pool":
            return self._same(self.seen.inputs(seen)[0], self.expected.inputs(wanted)[0])
        return True

    def _instead(self, seen: int, wanted: int, consumer: str) -> Found:
        """What it means that `consumer` gets `seen` where it should get `wanted`."""
        source = self.expected.inputs(wanted)[:1]
        label = (
            _("the pooling of {name}").format(name=self.expected.name(source[0]))
            if self.expected.name(wanted) == "pool"
            else self._label(wanted, self.expected)
        )
        if not self.seen.is_layer(seen):
            behind = self.seen.layer_behind(seen)
            if source and self._same(behind, source[0]):
                return "forward.other_operation", {"found": plain(self.seen.name(seen)), "expected": label}
            return None
        if source and self._same(seen, source[0]) and not self._used_elsewhere(wanted):
            return "forward.stage_skipped", {"name": label}
        return "forward.order", {"name": consumer, "found": self._label(seen), "expected": label}

    def _used_elsewhere(self, wanted: int) -> bool:
        if self.expected.name(wanted) == "pool":
            return len(self.seen.calls("pool")) >= len(self.expected.calls("pool"))
        return bool(self.seen.calls(self.expected.name(wanted)))

    def _label(self, node: int, graph: Graph | None = None) -> str:
        name = (graph or self.seen).name(node)
        return {INPUT: _("the input"), "pool": _("a pooling")}.get(name, name)

    def _of_missing(self, node: int) -> Found:
        """What stands in the place of a layer that is never used."""
        name = self.expected.name(node)
        if not self.seen.is_complete and self._stopped_before(node):
            return None
        for consumer in (i for i in self.order if node in self.expected.inputs(i)):
            for call in self._calls_like(consumer):
                for taken in self.seen.inputs(call):
                    if not self.seen.is_layer(taken) and self._same(
                        self.seen.layer_behind(taken), self.expected.inputs(node)[0]
                    ):
                        found = plain(self.seen.name(taken))
                        return "forward.other_operation", {"found": found, "expected": name}
        return "forward.stage_skipped", {"name": name}

    def _stopped_before(self, node: int) -> bool:
        """Whether forward raised before it came to the place of this layer."""
        later = self.order[self.order.index(node) + 1 :]
        return not any(
            self.seen.calls(self.expected.name(i))
            for i in later
            if not self.expected.name(i).startswith("concat")
        )

    def _calls_like(self, node: int) -> list[int]:
        """The student's calls at the place of an expected one; a concat is known by who takes it."""
        name = self.expected.name(node)
        if not name.startswith("concat"):
            return self.seen.calls(name)
        (taker,) = [i for i in self.order if node in self.expected.inputs(i)]
        return [
            i
            for call in self.seen.calls(self.expected.name(taker))
            for i in self.seen.inputs(call)[:1]
            if self.seen.name(i).startswith("concat")
        ]

    def _of_concat(self, node: int) -> Found:
        name = self.expected.name(node)
        up, kept = self.expected.inputs(node)
        (taker,) = [i for i in self.order if node in self.expected.inputs(i)]
        takers = self.seen.calls(self.expected.name(taker))
        if not takers or not self.seen.inputs(takers[0]):
            return None
        given = self.seen.inputs(takers[0])[0]
        if not self.seen.name(given).startswith("concat"):
            if self._same(given, up):
                return "forward.skip_dropped", {"concat": name}
            if self.seen.is_layer(given):
                return None
            behind = [self.seen.layer_behind(i) for i in self.seen.inputs(given)]
            is_pair = len(behind) == 2 and self._same(behind[0], up) and self._same(behind[1], kept)
            if is_pair and self.seen.name(given) not in ("cat", "concat", "concatenate"):
                return "forward.other_operation", {"found": plain(self.seen.name(given)), "expected": name}
            return None
        arguments = self.seen.inputs(given)
        if len(arguments) == 2 and self._same(arguments[0], kept) and self._same(arguments[1], up):
            return "forward.concat_arguments", {"concat": name}
        if arguments and not self._same(arguments[0], up) and self.expected.name(up) not in self._missing():
            return self._instead(arguments[0], up, name)
        if len(arguments) < 2 or arguments[0] == arguments[1]:
            return "forward.skip_dropped", {"concat": name}
        return self._of_kept(arguments[1], kept, name)

    def _missing(self) -> set[str]:
        return {self.expected.name(i) for i in self.order if not self.seen.calls(self.expected.name(i))}

    def _of_kept(self, seen: int, wanted: int, concat: str) -> Found:
        """What a concat gets as second argument."""
        if self._same(seen, wanted):
            return None
        if self.seen.name(seen) == "pool" and self._same(self.seen.inputs(seen)[0], wanted):
            return "forward.skip_after_pooling", {"concat": concat}
        if self.seen.is_layer(seen):
            facts = {"concat": concat, "expected": self.expected.name(wanted), "found": self._label(seen)}
            return "forward.wrong_level", facts
        if self.seen.name(seen).startswith(("zeros", "ones", "empty", "full")):
            return "forward.skip_dropped", {"concat": concat}
        return self._of_changed(seen, wanted, concat)

    def _of_changed(self, seen: int, wanted: int, concat: str) -> Found:
        """What became of a skip on its way: something was done to it, or to that of another level."""
        behind, found = self.seen.layer_behind(seen), self.seen.name(seen)
        if self.seen.name(behind) == "pool" and self._same(self.seen.inputs(behind)[0], wanted):
            return "forward.skip_after_pooling", {"concat": concat}
        facts = {"concat": concat, "expected": self.expected.name(wanted), "found": self._label(behind)}
        if self._same(behind, wanted):
            return "forward.skip_changed", facts | {"found": plain(found)}
        return "forward.wrong_level", facts
