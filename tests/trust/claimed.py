"""Malformed answers: a right one in, one that no honest submission would send out."""

import numpy as np

HUGE = "\u202eA" * 40_000


def nested(depth: int) -> dict:
    value: dict = {}
    for _ in range(depth):
        value = {"a": value}
    return value


VALUES = (
    *(None, True, False, 0, -1, 1 << 80, -0.5, float("nan"), float("inf"), "", "{0.__class__}", HUGE),
    *([], {}, [None], [[]], [-1], [1, [2]], "all of them", {"a": 1}, {"": None}, {1: 2}, b"bytes", 1j),
    *(nested(50), nested(5_000), list(range(20_000)), {str(i): [i] for i in range(20_000)}, object()),
)
FAULTS = (
    *("unfilled", "class_missing", "function_missing", "part_missing", "raised", "returned_none"),
    *("does_not_fit", "wrong_rank", "timeout", "nonsense", "", HUGE, None, 3, ["raised"]),
)
GRAPHS = {
    "a loop": [["input", [0]], ["down_conv1", [2]], ["add", [1, 1]]],
    "of itself": [["input", []], ["down_conv1", [1]]],
    "bad indices": [["input", []], ["down_conv1", [-1]], ["down_sample1", [7]]],
    "no indices": [["input", []], ["down_conv1", ["0"]], ["add", [None, 1.5, True]]],
    "no nodes": [],
    "no pairs": [["input"], "ab", 3, None, ["a", [], []]],
    "names of any type": [["input", []], [7, [0]], [None, [0]], [["x"], [0]], ["{0}", [0]]],
    "poolings only": [["max_pool2d", [max(i - 1, 0)] if i else []] for i in range(1_900)],
    "a long chain": [["relu", [i - 1] if i else []] for i in range(9_000)],
    "many edges": [["add", [max(i - 1, 0), max(i - 2, 0), 0][: 3 * (i > 0)]] for i in range(9_000)],
    "one node with many edges": [["input", []], ["concat1", [0] * 24_000], ["up_conv1", [1]]],
    "every part, in any order": [
        [name, [i - 1] if i else []]
        for i, name in enumerate(["input", "final_conv", "concat2", "up_conv1", "concat4", "middle_conv"])
    ],
}
DTYPES = ("f8", "f2", "i8", "i4", "u1", "?", "c8", "c16", "U4", "S2", "O", "M8[s]", "m8[s]")


def as_type(array: np.ndarray, dtype: str) -> np.ndarray:
    with np.errstate(all="ignore"):
        finite = np.nan_to_num(array)
        return (finite.astype("i8") if dtype[0] in "Mm" else finite).astype(dtype)


def another_value(array: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    changed = array.copy()
    if changed.size:
        changed.flat[random.randint(changed.size)] += 1
    return changed


def no_array(array: np.ndarray, random: np.random.RandomState) -> object:
    return (None, [], "y", 3.5, {}, [[1.0]])[random.randint(6)]


def any_type(array: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    return as_type(array, DTYPES[random.randint(len(DTYPES))])


# {what is wrong: (a right array, a source of chance) -> what comes instead}
WRONG_ARRAYS = {
    "no array": no_array,
    "another type": any_type,
    "another type and rank": lambda array, random: any_type(array, random)[None],
    "squeezed": lambda array, random: array.squeeze(),
    "without its first axis": lambda array, random: array[0] if array.ndim else array[None],
    "more axes": lambda array, random: array[..., None, None],
    "transposed": lambda array, random: array.T,
    "no columns": lambda array, random: array[..., :0] if array.ndim else array.ravel()[:0],
    "flat": lambda array, random: array.reshape(-1),
    "a scalar": lambda array, random: np.array(1.0, np.float32),
    "empty": lambda array, random: np.zeros((0,) * array.ndim, array.dtype),
    "many axes": lambda array, random: np.zeros((1,) * random.randint(5, 30), array.dtype),
    "nan": lambda array, random: np.full(array.shape, np.nan, np.float32),
    "inf": lambda array, random: np.full(array.shape, random.choice([np.inf, -np.inf]), np.float32),
    "extreme": lambda array, random: np.full(array.shape, random.choice([3e38, -1.0, 1e-45]), np.float32),
    "too large": lambda array, random: np.repeat(array, 2, axis=-1) if array.ndim else array,
    "records": lambda array, random: np.zeros(array.shape, [("a", "f4"), ("b", "i4")]),
    "another value": another_value,
    "negative": lambda array, random: -array.astype(np.float32),
}


def array_like(array: np.ndarray, random: np.random.RandomState) -> object:
    """An array that is wrong in rank, size, type or values, or is no array at all."""
    return list(WRONG_ARRAYS.values())[random.randint(len(WRONG_ARRAYS))](array, random)


def malformed(facts: dict, tensors: dict, random: np.random.RandomState) -> tuple[object, object]:
    """The answer, with one thing or several wrong with it."""
    facts, tensors = dict(facts), dict(tensors)
    kind = random.randint(10)
    if kind == 0:
        return ((None, {}), ({}, None), ([], []), ({}, {}))[random.randint(4)]
    if kind == 1:
        values = [VALUES[random.randint(len(VALUES))] for _ in range(6)]
        names = ("text", "name", "near", "file", "line", "expected")
        return {"fault": FAULTS[random.randint(len(FAULTS))], **dict(zip(names, values))}, tensors
    if kind == 2:
        tensors |= {f"extra{i}": np.zeros(100, np.float32) for i in range(5)} | {HUGE: np.zeros(1)}
        facts |= {"extra": nested(5_000), HUGE: HUGE}
    if kind == 3:
        facts["unreadable"] = VALUES[random.randint(len(VALUES))] if random.randint(2) else {"y": "bfloat16"}
        tensors.clear()
    for name in list(tensors):
        if random.randint(3):
            tensors[name] = array_like(tensors[name], random)
        elif random.randint(2):
            del tensors[name]
    for name in list(facts):
        if random.randint(2):
            facts[name] = VALUES[random.randint(len(VALUES))]
        elif random.randint(4) == 0:
            del facts[name]
    if "nodes" in facts and random.randint(4):
        facts["nodes"] = list(GRAPHS.values())[random.randint(len(GRAPHS))]
        facts["output"] = [None, 0, 2, 5, 8_999, -1, "2"][random.randint(7)]
        facts["random"], facts["input_changed"] = False, False
    if isinstance(facts.get("layers"), list) and facts["layers"]:
        layers = [dict(layer) for layer in facts["layers"]]
        name = ("type", "bias", "in_sequence", "kernel_size", "in_channels", "padding")[random.randint(6)]
        layers[0][name] = VALUES[random.randint(len(VALUES))]
        facts["layers"] = layers * (1 if random.randint(5) else 3_000)
    return facts, tensors
