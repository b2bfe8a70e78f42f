"""What a worker can be asked about the extensions; as in core.py, none of it is an answer."""

from grader.sandbox.calls.extensions import (
    batchnorm_unet,
    elastic,
    find_the_bugs,
    paper_unet,
    train,
    weight_map,
)

CALLS = (
    *paper_unet.CALLS,
    *elastic.CALLS,
    *weight_map.CALLS,
    *batchnorm_unet.CALLS,
    *find_the_bugs.CALLS,
    *train.CALLS,
)
