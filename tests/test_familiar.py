"""What the model has hardly seen is doubtful whatever its percentage."""

from __future__ import annotations

import dataclasses

import pytest

from nlp.bulletin import Article
from nlp.model.classifier import ColumnClassifier
from nlp.model.familiar import strange

NEWS = "市科技局昨天发布办法，对首次认定的企业给予奖励，办法自六月一日起施行。今年以来，全市新增研发机构四十二家，企业投入同比增长一成五。"


@pytest.mark.parametrize(
    ("title", "body", "why"),
    [
        ("新标准发布", "", "没有正文"),
        ("New standard released", "The committee published the standard on Monday. " * 5, "中文太少"),
        ("快讯", "指数涨了。", "文字太短"),
        ("友情链接", "\n".join(["首页", "新闻中心", "政务公开", "办事服务", "互动交流", "数据发布", "专题专栏", "网站地图与无障碍浏览", "关于我们和联系方式"] * 2), "像一列链接或目录"),
        ("市科技局发布办法", NEWS, ""),
        ("会议议程", "\n".join([NEWS] * 9), ""),
    ],
)
def test_what_is_no_ordinary_article_is_said(title, body, why):
    assert strange(title, body) == why


def test_a_strange_article_is_doubtful_even_where_the_threshold_is_nothing(tiny_model):
    classifier = ColumnClassifier.load(tiny_model)
    classifier.card = dataclasses.replace(classifier.card, threshold=0.0)
    odd, plain = classifier.predict([Article("Industry report", "Prices rose in May. " * 20), Article("市科技局发布办法", NEWS)])
    assert odd.doubtful and not plain.doubtful
