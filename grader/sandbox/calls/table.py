"""All that a worker can be asked, by name: {name: (code, data, tensors) -> (data, tensors)}."""

from grader.lab.extensions import EXTENSION_FILES
from grader.lab.plan import CORE_FILES
from grader.language import _
from grader.sandbox.calls import extensions, infer, sizes, unet
from grader.sandbox.calls.call import Answer, Call, Code, Facts, Tensors
from grader.sandbox.calls.network import Fault
from grader.sandbox.calls.time_limit import TimeIsUp, time_limit


def _reporting_faults(call: Call) -> Call:
    def answer(code: Code, data: Facts, tensors: Tensors) -> Answer:
        limit_s = data.pop("limit_s", None)
        try:
            with time_limit(limit_s):
                return call(code, data, tensors)
        except Fault as fault:
            return {"fault": fault.kind, "text": str(fault)} | _place(fault) | fault.facts, {}
        except ModuleNotFoundError as error:
            file = f"{error.name}.py"
            if str(error) != f"the submission has no {file}":
                raise  # a module that the student's code imports
            return {
                "fault": "file_missing",
                "text": _("{file} is not there").format(file=file),
                "name": file,
            }, {}
        except TimeIsUp as up:
            said = _("no end after {limit_s:g} seconds of processor time").format(limit_s=limit_s)
            return {"fault": "timeout", "text": said} | _place(up), {}

    return answer


def _place(error: BaseException) -> Facts:
    """The deepest line of the student's that an exception went through, if it went through one."""
    place, step = Facts(), error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename in (*CORE_FILES, *EXTENSION_FILES):
            place = {"file": step.tb_frame.f_code.co_filename, "line": step.tb_lineno}
        step = step.tb_next
    return place


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
