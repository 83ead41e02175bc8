"""Sentences of a news item that several tests tell, and texts of any kind to break what reads them."""

from __future__ import annotations

from hypothesis import strategies as st

LEAD = "常州市发布智能制造三年行动计划，提出到2025年建成100家智能工厂。"
NEXT = "计划明确，市财政每年安排两亿元支持企业改造生产线。"
LAST = "下一步，各区将在年底以前公布本区的实施细则和名单。"
PIECES = ["。", "！", "？", "；", "……", "，", "“", "”", "‘", "’", '"', "（", "）", "\n", "\r", " ", "　", "### ", "：", "1）", "本报讯（记者 李明）",
          "新华社南京5月15日电", LEAD, NEXT, LAST, "科技", "a", "\x00", "𠮷"]  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
