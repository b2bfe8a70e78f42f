"""What stands in the pictures of the extensions, in Chinese. English stands in the code, and is the key."""

from grader.language import current
from grader.language.catalogue import KEY

CHINESE = {
    "the picture": "图片",
    "what the network sees of one tile": "网络为一个图块看到的范围",
    "the scores that it gives": "它给出的分数",
    "seed {seed}, sigma 10 px": "种子 {seed}，sigma 为 10 像素",
    "cells (drawn)": "细胞（画出来的）",
    "labels": "编号",
    "weights, w0 = 10, sigma = 5 px": "权重，w0 = 10，sigma = 5 像素",
    "plain": "普通",
    "checkpointed": "用检查点",
    "kept for the backward pass, one picture of 572 x 572": "为反向传播保留的内存，一张 572 x 572 的图片",
    "published": "发表的",
    "mended": "修好的",
    "parameters that an optimiser finds": "优化器能找到的参数",
    "published, asked once": "发表的，第一次回答",
    "published, asked again": "发表的，第二次回答",
    "mended: the difference of two answers": "修好的：两次回答之差",
    "a car that none has seen": "谁也没见过的一辆车",
    "{name}: {steps:,} steps, Dice {dice:.3f}": "{name}：{steps:,} 步，Dice {dice:.3f}",
    "the lab's": "本实验的",
    "the paper's, unpadded": "论文的，不填充",
    "BatchNorm": "BatchNorm",
    "BatchNorm, bilinear": "BatchNorm，双线性",
    "the mended one": "修好的博客版",
}
SUFFIXES = {"en": "", "zh": ".zh-CN"}  # of a picture's name


def say(text: str) -> str:
    """The text in the present language. Raises KeyError where it is not here."""
    return text if current() == KEY else CHINESE[text]


def suffix() -> str:
    """What the name of a picture ends with in the present language."""
    return SUFFIXES[current()]
