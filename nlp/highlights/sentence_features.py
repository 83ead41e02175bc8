"""What can be said of a sentence by rule, each feature by a name that an editor understands, all between −1 and 1.

It describes a sentence among its neighbours and under its headline; what each feature counts is learnt elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ..text.places import cities
from ..text.sentences import bigrams, dice, ending
from .candidates import Candidate

FIGURE = re.compile(  # no date, no number of a document, no 5G
    r"(?<![\d.A-Za-z第-])\d[\d.,]*(?![\d.,]|[GD](?![A-Za-z])|\s*(?:[-—~～至年月日号时点分期届条章版型〕]|周年))|[一二三四五六七八九十百千万两]+[万亿多]?(?:个|项|家|倍|成)(?!人)"
)
PATTERNS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "增减": "同比|环比|增长|下降|提高|降低|减少|缩短|超过|达到?|突破|增至|降至|升至|占比|翻[一两]?番|回升|增加|压缩",
        "钱数": r"[\d万亿]\s*元|[\d万亿]\s*(?:美元|欧元|人民币)",
        "比率": "%|％|百分之|个百分点|[‰]|倍",
        "数量": r"[\d万亿]\s*(?:吨|千瓦|兆瓦|亩|平方|公里|千米|台|辆|套|件|家|个|项|人|次|户|艘|架|颗|批|条|米|GW|MW|小时|时)",
        "目标": r"到?20\d\d年(?:底|末)?前?[，,]?.{0,40}(?:达到|实现|建成|超过|形成|完成|力争|培育|打造)|力争|目标|[未今]来\w?年|到“?十[四五]五”?末",
        "措施": "支持|奖励|补贴|补助|给予|不得|应当|禁止|取消|试点|建立|允许|减免|免征|免收|资助|设立|安排|下调|上调|最高|不低于|不超过|不少于|以上的",
        "要求": "要求|必须|确保|严禁|严格|提出|明确|规定|部署|强调|决定|指出",
        "发布": "发布|印发|出台|公布|推出|通过|实施|施行|生效|批准|启动|启用|签署|签约|揭牌|成立",
        "成果": "建成|投产|投用|下线|交付|上线|开工|竣工|通车|首飞|发射|研制|研发|攻克|实现|完成|获得?|中标|认定|入选|落户",
        "首次": "首[次个台飞条架艘创发套批例家单张款颗]|填补|领先|前列|里程碑|纪录|第一[，。；个]|位居|居首|最[大高长快多早]|唯一|率先|全球.{0,6}首",
        "谁": r"^[^，。；]{0,30}(?:部|委|局|院|厅|省|市|县|区|公司|集团|大学|研究所|中心|协会|政府|企业|团队|法院|银行|海关|会议|我国|中国|全国)",
        "文件": "《[^》]{3,}》|通知|办法|意见|规划|方案|条例|标准",
        "文件说": "^《?[^，。]{0,20}(?:通知|办法|意见|规划|方案|条例|标准|公告|计划|指南|规定|措施|行动|报告|协议|批复)》?(?:还|也)?(?:提出|明确|要求|规定|指出|强调|显示|说|称)",
        "悬空": "^(?:这(?!个.[天季])|该|其(?!中)|此|同时|与此|对此|因此|为此|另外|会上|但|不过|然而|而|随后|于是|双方|并|也|还|又|再|则|因而|所以|可|就|更|否则|据此|如此|那|[他她它])",
        "其中": "^(?:其中|此外|特别是|尤其|包括|例如|比如|像|以及|相比|相较|除了)",
        "无主语": "^(?:将(?!来)|把(?!握)|要(?!闻|素)|持续|继续|并|(?:进一步|深入|全面|积极|大力|加快|着力|切实|认真|严格|充分|切实)?(?:推[动进]|加[快强大]|坚持|强化|优化|修[编订]|完善|健全|支持|鼓励|引导|开展|组织|落实|严格|建立|构建|打造|培育|深化|提升|提高|实施|促进|聚焦|围绕|做好|发挥|探索|推广|规范|制定|按照|根据|通过|对|在|为|以))",
        "场景": "^(?:走进|走在|来到|步入|站在|推开|清晨|凌晨|傍晚|夜幕|午后|一大早|初春|盛夏|深秋|寒冬|眼下|这[几两]天|最近|[^，。]{1,8}(?:时节|季节)|没有[^。]{0,40}只有|一开年|新春|在.{2,20}(?:里|上|内|中|旁|边)，)|记者(?:看到|来到|在现场)|映入眼帘|热火朝天",
        "个人": "今年\\d+岁|村民|居民|市民|老人|大爷|大妈|师傅|女士|先生|一家|孩子|小[王李张刘陈]",
        "引述": "(?:说|表示|介绍|写道|告诉记者|认为|坦言|透露|称)[：:，,。]",
        "以话结": "(?:说|表示|介绍|写道|告诉记者|介绍道|坦言)。?$",
        "引语": "^[“「‘『\"]",
        "记者问答": r"^(?:记者|主持人|问|答|[QA])\s*[:：]",
        "背景": "近年来|一直以来|长期以来|以来[，,]|据了解|据悉|此前|随着|[历]史|早在|过去|曾|当时|原[先来本]|以往|\\d{4}年[，,].{0,30}(?:成立|始建|启动)",
        "意义": "意义|标志着|奠定|贡献|助力|彰显|体现了|注入|支撑|保障|夯实|赋能|谱写|新篇章|示范|重要作用|有助于|有利于|将为|力量",
        "口号": "以习近平|为指导|贯彻|落实|高质量发展|精神|重大决策|统筹|坚持|新发展|新时代|现代化|奋斗|思想",
        "总书记说": "总书记|习近平",
        "仪式": "出席|举行|召开|座谈|致辞|讲话|参加|主持|会见|考察|调研|致贺信|贺信|祝贺|欢迎|感谢|揭幕|仪式|座谈会|参观|发言|表决",
        "公文套话": "印发给|请.{0,20}(?:执行|落实|实施|联系|遵照)|现将|现予|特此|为您解答|意见反馈|制[定订]本|如下[：:。]|附件|联系[人电方]|解释|自.{0,20}(?:起|之日).{0,6}(?:施行|实施|执行)|同时废止|有效期|抄送",
        "适用范围": "适用于|本(?:规定|办法|条例|通知|意见|细则|标准|方案|措施)|所称|是指|指的是|依据|根据《|按照《|为(?:了|深入|进一步|加强|规范|贯彻|做好|推动|促进|加快|全面)",
        "署名": "^(?:编辑|责编|责任编辑|来源|作者|记者|文[:：/]|图[:：/]|监制|编审|校对|审核)|记者.{0,12}(?:摄|报道)|版权|转载|联系方式|@|www|http|公众号|扫码|[（(](?:选自|来源|完|记者|编辑|澎湃|新华)",
        "编号": r"^(?:[一二三四五六七八九十]+是|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|第[一二三四五六七八九十百]+[条章]|\d+[.、．])",
        "序词": "^(?:首先|其次|再次|最后|第一|第二|第三|一方面|另一方面|具体来看|从.{2,10}看)",
        "今日": "今[天日年]|近日|日前|昨[天日]|\\d月\\d+日|\\d日|上半年|前[一二三三四五六七八九十\\d]+个?月|截至",
        "将": "将(?!来)|计划|预计|拟|有望|未来|明年|下一步",
        "计划数": "(?:将|计划|预计|拟|有望|力争|总投资).{0,40}\\d",
        "效果": "有效|解决|缓解|提升|节约|节省|带动|惠及|受益|服务|满足|降本|效率|成本|缩短|减少",
        "企业": "公司|集团|企业|厂|股份",
        "股市": "股|涨停|公告称|债|融资|净利|营收",
        "疑问": "[？?]|吗|为何|怎么|什么",
        "感叹": "[！!]",
        "省略": "……|…|等等",
        "冒号尾": "[：:]$",
        "残句": "[，、]$|^[，。、；：）”]",
        "目前": r"^(?:但|而)?(?:目前|截至|截止|如今|现在|今年|上半年|去年|到目前|到[去今]年|\d{4}年|[一二三四五六七八九十]+年来|\d+年来|.{0,8}(?:至今|以来|期间|时期))",
        "目前有数": r"^.{0,12}(?:目前|截至|截止|如今|现在|今年|上半年|去年|年来|以来|至今|期间).{0,60}\d",
        "据统计": "数据显示|据.{0,12}(?:统计|测算|监测)|统计显示|核算|预计|统计局",
        "全国": "全国|我国|中国|全球|世界|全省|全市|全区|国内|全行业|各地|全县",
        "累计": r"累计|总[额量数值计]|共(?:有|计|建|安排|投)?|合计|已有|已经|达到?了?\d|超过?\d|近\d|突破\d",
        "罪罚": "判处|罚款|罚金|赔偿|有期徒刑|处以|责令|没收",
        "禁止": "不得|严禁|禁止|取消|应当|必须",
        "时限": r"\d月底前|年底前|日前完成|日起|之日起|\d个工作日|前完成|期限|有效期",
        "多分句": "，.{4,40}，.{4,40}，",
        "列举": "、.{1,12}、.{1,12}、",
        "解释": "原因|因为|由于|主要是|指的是|意味着|也就是|换句话说|就是说",
        "问题": "问题|困难|不足|风险|隐患|挑战|瓶颈|短板|违规|下滑|亏损",
    }.items()
}
_PLACE = re.compile(
    "北京|天津|上海|重庆|河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|"
    + "|".join(cities())
)
_ANNOUNCES = re.compile("(?:发布|印发|公布|召开|举行|出台|审议|通过)[^，。；]{0,40}[。]$|[：:]$")
NUMBERS = (
    "首句", "第二句", "第三句", "靠前", "后半", "末句", "标题重合", "复述标题", "标题之外", "无标题重合", "首句复述", "首句有数", "首句无数", "有数字", "数字多",
    "唯一数字", "标题已有数字", "新数字", "短", "太短", "长", "太长", "长度", "半截", "分号起", "分号止", "像小标题", "合全文", "有时间首句", "数字与增减", "悬空有数", "前句无数",
    "标题略同", "标题半同", "主角同标题", "主角常见", "异地", "同地", "比全文数字多", "百字", "前句提要", "同题词最多",
)  # fmt: skip
NAMES = (*PATTERNS, *NUMBERS)


def features_of(sentences: Sequence[Candidate], headline: str) -> list[list[float]]:
    """A row for each sentence of an article, in order, the figures in the order of ``NAMES``."""
    title = bigrams(headline)
    told = set(re.findall(r"\d[\d.]*", headline))
    pairs = [bigrams(one.line) for one in sentences]
    everything: dict[str, int] = {}
    for one in pairs:
        for pair in one:
            everything[pair] = everything.get(pair, 0) + 1
    often = [sum(everything[pair] > 2 for pair in bigrams(one.line[:12])) / 10 for one in sentences]
    here = set(_PLACE.findall(headline))
    most_title = max((len(own & title) for own in pairs), default=0)
    counts = [len(FIGURE.findall(one.line)) for one in sentences]
    rows = []
    for nth, (one, own) in enumerate(zip(sentences, pairs, strict=True)):
        line = one.line
        size, n = len(line), counts[nth]
        of_title = len(own & title) / max(1, len(title))
        alike = dice(own, title)
        figures = set(re.findall(r"\d[\d.]*", line))
        first = nth == 0
        central = sum(everything[pair] > 1 for pair in own) / max(1, len(own))
        found = {name: float(bool(pattern.search(line))) for name, pattern in PATTERNS.items()}
        numbers = (
            first, nth == 1, nth == 2, 1 / (1 + nth), nth / max(1, len(sentences) - 1), nth == len(sentences) - 1 and nth > 1,
            of_title, alike >= 0.45, len(own - title) / max(1, len(own)), of_title < 0.1, first * of_title, first and n > 0, first and not n, n > 0, min(n, 5) / 5,
            n > 0 and sum(c > 0 for c in counts) == 1, bool(figures & told), bool(figures - told) and n > 0, size < 30, size < 18, size > 90, size > 150,
            min(1.0, math.log(max(1, size)) / 6), not one.whole, one.after.endswith(("；", ";")), line.endswith(("；", ";")),
            size < 26 and not n and not re.search("[，,]", line), central, first and bool(found["今日"]), n > 0 and bool(found["增减"]),
            bool(found["悬空"]) and n > 0, nth > 0 and not counts[nth - 1] and n > 0,
            0.08 <= of_title < 0.25, 0.25 <= of_title < 0.5, min(1.0, len(bigrams(line[:16]) & title) / 4), often[nth],
            bool(set(_PLACE.findall(line)) - here) and not first, bool(set(_PLACE.findall(line)) & here), n > 0 and n == max(counts),
            50 <= size <= 110, nth > 0 and bool(_ANNOUNCES.search(sentences[nth - 1].line)), bool(title) and len(own & title) == most_title,
        )  # fmt: skip
        found["残句"] = float(bool(found["残句"]) or not (ending(line) or line.endswith(("；", ";"))))
        rows.append([*found.values(), *map(float, numbers)])
    return rows
