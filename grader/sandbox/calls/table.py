"""All that a worker can be asked, by name: {name: (code, data, tensors) -> (data, tensors)}."""

from grader.sandbox.calls import extensions, infer, sizes, unet
from grader.sandbox.calls import trace as traces
from grader.sandbox.calls.call import Answer, Call, Code, Facts, Tensors
from grader.sandbox.calls.network import Fault


def _reporting_faults(call: Call) -> Call:
    def answer(code: Code, data: Facts, tensors: Tensors) -> Answer:
        try:
            return call(code, data, tensors)
        except Fault as fault:
            return {"fault": fault.kind, "text": str(fault)} | fault.facts, {}

    return answer


def warm_up() -> None:
    """Trace something, so that what torch imports for it is there before a worker may write no file."""
    traces.warm_up()


def walk() -> None:
    """Use all that calls may use of torch, so that it is there before a worker may open no file."""
    from grader.sandbox.calls.walk import walk as go  # late: only such a worker needs it

    go()


CALLS: dict[str, Call] = {
    call.__name__: _reporting_faults(call)
    for call in (
        unet.can_be_built,
        unet.load,
        unet.keys,
        unet.layers,
        unet.block,
        unet.crop_and_concat,
        unet.crop_wiring,
        unet.forward,
        unet.wiring,
        unet.scores,
        unet.trace,
        sizes.sizes,
        infer.import_file,
        infer.can_be_imported,
        infer.preprocess,
        infer.picture_scores,
        infer.served_mask,
        infer.mask,
        *extensions.CALLS,
    )
}
