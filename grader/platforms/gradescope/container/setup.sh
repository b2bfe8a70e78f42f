#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: a Python of our own, outside /autograder,
# which is closed to the student's process. CPU wheels of torch, for the image and the memory stay small.
set -euo pipefail
source=${AUTOGRADER_ROOT:-/autograder}/source

apt-get update
apt-get install -y --no-install-recommends python3 python3-venv
python3 -m venv /opt/unet-lab
/opt/unet-lab/bin/pip install --no-cache-dir --disable-pip-version-check uv
/opt/unet-lab/bin/uv pip install --no-cache --python /opt/unet-lab --torch-backend cpu -r "$source/requirements.txt"
/opt/unet-lab/bin/python -c "import torch, torchvision; print('torch', torch.__version__)"
