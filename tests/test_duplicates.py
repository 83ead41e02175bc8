"""Copies of a story are found, look-alikes are not: on fourteen stories written for this test and edited by rule."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nlp.bulletin import Article
from nlp.duplicates import clusters, find_duplicates

ROOT = Path(__file__).resolve().parents[1]

# title, another title for it, the place, another place, the body
STORIES = [
    (
        "无锡出台智能制造三年行动计划",
        "两千家工厂要“上云用智”，路线图来了",
        "无锡",
        "南通",
        "无锡市政府近日印发《智能制造三年行动计划（2023—2025年）》，提出到2025年全市规模以上工业企业数字化改造全覆盖。\n"
        "计划明确，三年内建成省级以上智能工厂120家、智能车间600个，培育系统解决方案供应商80家，关键工序数控化率达到68%以上。"
        "对评为国家级示范的企业，市级财政给予最高300万元奖励；对购买诊断服务的中小企业，按合同金额的40%给予补贴，单家不超过20万元。\n"
        "市工信局有关负责人介绍，去年全市已完成技术改造投资938亿元，装备更新明显加快，但中小企业“不敢转、不会转”的问题仍然突出。"
        "为此，计划专门设立诊断服务券，由专家团队上门把脉，先开方子再动手术。\n"
        "下一步，无锡还将依托物联网产业集群，建设一批面向行业的工业互联网平台，让改造经验在产业链上下游之间可复制、可推广。",
    ),
    (
        "省科技厅下达2024年度重点研发计划项目",
        "一批产业“卡点”项目立项，企业挑大梁",
        "江苏",
        "浙江",
        "记者从江苏省科技厅获悉，2024年度省重点研发计划（产业前瞻与共性关键技术）项目日前下达，共立项186项，安排经费4.2亿元。\n"
        "本批项目由企业牵头承担的占比达到83%，聚焦第三代半导体、工业母机、生物制造、氢能等12个方向，其中“揭榜挂帅”项目24项，"
        "单项支持强度最高2000万元。项目实施期一般为三年，要求牵头单位自筹经费不低于财政资助的两倍。\n"
        "科技厅有关负责人表示，今年的项目组织方式有较大变化：需求由企业提出，指南由产业专家与技术专家共同编制，"
        "评审时增加现场考察环节，验收时看产品、看市场、看带动，不再单纯数论文。对探索性强、风险高的项目，建立尽职免责机制。\n"
        "据介绍，近五年来全省重点研发计划累计支持项目2300余项，带动社会投入超过150亿元，形成了一批填补空白的首台套装备。",
    ),
    (
        "温州乐清电气产业集群加快数字化转型",
        "一个开关的“数字之旅”：电气之都换挡",
        "温州",
        "嘉兴",
        "在温州一家低压电器企业的车间里，36台机械臂正在装配小型断路器，平均每1.8秒下线一只，产品合格率稳定在99.6%。\n"
        "这样的场景在当地越来越常见。温州电气产业集群现有生产企业1.4万家，去年产值突破1700亿元，占全国低压电器市场六成以上份额。"
        "近两年，当地以“产业大脑”为抓手，汇集研发设计、物料采购、检验检测等数据，累计接入设备11万台套，服务企业5200家次。\n"
        "“以前找一个模具要跑三四家，现在在平台上一搜就有报价。”企业负责人林建说，平台还能按订单自动排产，交货周期从15天缩短到9天。\n"
        "温州市经信局表示，将继续推进轻量化改造，对年产值2000万元以下的小企业推出“小快轻准”产品包，单个改造成本控制在10万元以内，"
        "力争用两年时间实现集群内规上企业改造全覆盖。",
    ),
    (
        "国产五轴联动加工中心交付航空企业",
        "航空叶片有了“国产刻刀”",
        "沈阳",
        "大连",
        "日前，由沈阳精工机床研究院研制的五轴联动叶片加工中心在用户现场通过验收，首批8台设备正式交付，合同金额9600万元。\n"
        "该机型主轴最高转速2.4万转/分钟，定位精度达到0.003毫米，可一次装夹完成叶片型面、榫齿和缘板的加工，"
        "与进口设备相比，单件加工时间缩短27%，购置成本下降约四成。设备采用自主研发的数控系统和双驱转台，国产化率超过92%。\n"
        "项目负责人赵晓东介绍，团队历时五年攻克了热误差补偿、振动抑制等17项技术难题，申请发明专利43件。"
        "在为期半年的考核中，样机连续切削3000小时，尺寸一致性满足航空发动机批产要求。\n"
        "据了解，研究院已与沈阳多家整机厂签订后续订单26台，并启动二期厂房建设，建成后年产能将达到200台，可带动本地配套企业30余家。",
    ),
    (
        "知识产权质押融资惠及科技型小微企业",
        "专利变“红利”：小微企业贷款不再难",
        "合肥",
        "南昌",
        "手握15件发明专利，却没有厂房可抵押，合肥一家传感器企业一度为流动资金犯愁。今年3月，企业以专利质押获得银行贷款800万元，利率仅3.45%。\n"
        "这得益于合肥推出的知识产权质押融资风险补偿机制。按照办法，贷款出现损失的，由市级风险补偿资金承担40%，担保公司承担30%，银行承担30%。"
        "企业按期还本付息后，还可享受评估费全额补助和贴息，贴息比例为实际利息的50%，每年最高30万元。\n"
        "截至9月底，全市知识产权质押融资登记金额达76.5亿元，惠及企业1130家，其中首次获得贷款的企业占42%，平均单笔金额420万元。\n"
        "市知识产权局相关负责人说，下一步将建设专利价值评估系统，把授权时间、被引次数、同族规模等指标纳入模型，"
        "让银行看得懂、估得准、放得出，并探索知识产权证券化产品，首期发行规模拟为3亿元。",
    ),
    (
        "《工业机器人可靠性测试规范》团体标准发布",
        "机器人“体检”有了统一标尺",
        "深圳",
        "东莞",
        "由深圳机器人协会牵头、21家单位共同起草的《工业机器人可靠性测试规范》团体标准日前发布，编号T/SZROB 012—2023，自12月1日起实施。\n"
        "标准规定了六轴工业机器人平均无故障时间的试验条件、负载谱、采样间隔和判定方法，要求样机在额定负载下连续运行不少于5000小时，"
        "期间重复定位精度漂移不超过0.05毫米。标准还首次给出了加速试验的折算公式，可把测试周期压缩到原来的三分之一。\n"
        "起草组组长陈立表示，过去各家企业自定测试方法，数据难以比较，用户采购时心里没底。统一标准后，检测报告可以互认，"
        "预计每年为企业节省重复检测费用1200万元以上。\n"
        "目前已有14家整机企业和6家检测机构声明采用该标准，深圳市市场监管局将其纳入“标准领跑者”培育名单，给予每项20万元的资助，"
        "并支持其向国家标准转化。",
    ),
    (
        "常州科教城举办青年科学家创新创业大赛",
        "96个项目角逐，青年科学家来“赶考”",
        "常州",
        "苏州",
        "11月8日，第六届青年科学家创新创业大赛总决赛在常州科教城举行，来自全国的96个项目经过初赛、复赛，最终12个项目进入决赛。\n"
        "经过现场路演和答辩，柔性压力传感器项目获得一等奖，奖金100万元；固态电池电解质膜、手术导航机器人等3个项目获得二等奖。"
        "本届大赛首次设立概念验证专场，由常州科教城出资2000万元设立概念验证基金，对入选项目给予50万元至200万元支持，不占股份。\n"
        "大赛自创办以来，累计吸引项目2100余个，已有78个项目在常州落户，其中9家企业估值过亿元，3家入选国家级专精特新“小巨人”企业。\n"
        "科教城管委会负责人介绍，落户项目可享受三年免租、设备共享、人才公寓等一揽子服务，园区内45家科研院所的4300台（套）仪器设备"
        "向创业团队开放，机时费减免一半。",
    ),
    (
        "前三季度新能源商用车销量创新高",
        "新能源重卡跑出加速度",
        "北京",
        "上海",
        "行业协会10日在北京发布的数据显示，前三季度全国新能源商用车累计销售38.6万辆，同比增长52.4%，市场渗透率升至14.7%。\n"
        "分车型看，新能源轻型货车销售24.1万辆，增长61%；重型货车销售4.9万辆，增长138%，其中换电车型占比36%；客车销售3.2万辆，与上年同期基本持平。"
        "从技术路线看，纯电动占91%，燃料电池车型销售5200辆，主要集中在五个示范城市群。\n"
        "分析认为，销量走高有三方面原因：动力电池价格较年初下降三成，整车全生命周期成本已低于柴油车；港口、矿山、钢厂等短途倒运场景"
        "的充换电设施加快布局，累计建成重卡换电站780座；多地对新能源货车放宽路权。\n"
        "协会预计，全年新能源商用车销量有望超过55万辆。与此同时，行业竞争加剧，前十家企业市场份额合计达到71%，部分小企业面临退出压力。",
    ),
    (
        "工业互联网标识解析二级节点上线",
        "一码查全程：标识解析落地化工园",
        "宁波",
        "绍兴",
        "6月18日，面向化工新材料行业的工业互联网标识解析二级节点在宁波上线，首批接入企业65家，标识注册量突破8000万个。\n"
        "标识相当于机器和物品的“身份证”。上线后，企业给每一桶原料赋码，从出厂、运输到入库、投料，扫一扫就能查到批次、质检报告和危化品信息。"
        "试点企业统计显示，收发货差错率下降80%，召回时间由3天缩短到4小时，每年节约管理成本260万元。\n"
        "节点由一家本地软件企业投资3500万元建设，日均解析能力达到1000万次，并与国家顶级节点实现数据同步，响应时间小于50毫秒。\n"
        "宁波市经信局表示，到明年年底，全市将建成二级节点10个，接入企业1500家，覆盖石化、汽车零部件、家电、纺织等行业，"
        "对接入并深度应用的企业，按实际投入的20%给予补助，最高100万元。",
    ),
    (
        "钠离子电池储能电站并网运行",
        "用“盐”储电：百兆瓦时电站投运",
        "南宁",
        "海口",
        "9月12日，位于南宁伏林的钠离子电池储能电站完成168小时试运行并网，一期规模10兆瓦/40兆瓦时，是当地首个规模化应用项目。\n"
        "电站安装电池舱22个，单体容量210安时，共使用电芯5.6万只，能量转换效率超过88%，在零下20摄氏度时仍可保持85%以上的容量。"
        "与锂电池相比，钠资源储量丰富、分布广泛，规模化后成本有望下降两到三成。\n"
        "项目技术负责人韦明介绍，团队重点解决了大容量电芯产气和一致性控制两个难题，循环寿命达到8000次以上。"
        "电站每年可消纳风电、光伏电量7300万千瓦时，相当于减少二氧化碳排放5万吨，满足3.5万户居民一年用电。\n"
        "二期工程计划明年3月开工，总规模将扩大到100兆瓦/200兆瓦时，总投资约6亿元。南宁电网调度中心表示，"
        "电站将参与调峰和调频服务，缓解晚高峰供电压力。",
    ),
    (
        "海洋装备产业园招商签约仪式举行",
        "向海图强：一批海工项目集中落户",
        "烟台",
        "青岛",
        "4月26日，烟台海洋装备产业园举行招商签约仪式，集中签约项目19个，协议总投资142亿元，涵盖深远海养殖装备、海上风电安装船、水下机器人等领域。\n"
        "其中投资最大的海上风电一体化基地项目总投资38亿元，占地650亩，建成后可年产大型塔筒300套、导管架80套，预计实现年产值60亿元。"
        "水下机器人项目由一家海归团队创办，产品下潜深度可达6000米，已在3个油气田完成试用。\n"
        "烟台海工装备产业起步较早，现有规模以上企业86家，交付的半潜式钻井平台占全国七成。近年来，随着油气市场波动，"
        "企业纷纷转向新能源和海洋牧场，去年非油气装备订单占比首次超过55%。\n"
        "产业园管委会主任孙海波表示，园区实行“拿地即开工”，项目从签约到开工平均用时75天，并设立规模20亿元的产业基金，"
        "已投资项目13个，带动社会资本48亿元。",
    ),
    (
        "数据知识产权登记试点首批证书发放",
        "给数据“上户口”，首批证书来了",
        "杭州",
        "成都",
        "杭州市知识产权保护中心日前发放首批数据知识产权登记证书，共有32家企业的58件数据集合获得登记，涉及电商、交通、医疗等9个行业。\n"
        "登记的数据须依法获取、经过一定算法加工、具有商业价值且未公开。申请人通过平台提交数据样本和存证信息，审查期限为10个工作日，公示5个工作日无异议后发证，"
        "证书有效期三年，期满可续展。登记不收取任何费用。\n"
        "一家骑行服务企业将2.3亿条轨迹数据加工成客流热力模型，登记后以许可方式提供给6家商业综合体，每年许可费180万元，"
        "并凭证书获得银行授信500万元。\n"
        "据统计，试点开展一年来，杭州累计受理登记申请740件，通过率61%，促成数据交易与许可合同金额1.9亿元。"
        "下一步，当地将探索数据知识产权纠纷快速调解机制，首批聘请调解员25名，力争两个月内办结。",
    ),
    (
        "制造业中试平台建设指引印发",
        "跨越“死亡之谷”，中试平台怎么建",
        "湖北",
        "湖南",
        "湖北省经信厅等五部门近日联合印发《制造业中试平台建设指引（2024版）》（鄂经信科技〔2024〕17号），明确平台建设条件、运行机制和支持政策。\n"
        "指引提出，到2027年建成省级中试平台50个以上，服务企业3000家次，转化科技成果1000项。申报平台应具备独立场地3000平方米以上、"
        "设备原值不低于2000万元、专职人员20人以上，近两年对外服务收入占比不低于三成。\n"
        "支持政策包括：对新认定的平台一次性给予300万元奖补，每年按服务绩效再给予最高200万元；对使用中试服务的企业，按费用的30%给予后补助；"
        "鼓励保险机构推出中试综合险，保费补贴50%。\n"
        "省经信厅科技处负责人解释，实验室成果到工厂量产之间存在“死亡之谷”，成果经过中试的产业化成功率可由30%提高到80%。"
        "目前湖北已在光电子、生物医药、磷化工等领域布局备案平台124家。",
    ),
    (
        "高新区上半年高新技术企业产值增长12.3%",
        "半年报出炉：这个园区创新含量更足",
        "武汉",
        "长沙",
        "武汉高新区7月20日发布的数据显示，上半年全区完成高新技术产业产值1846亿元，同比增长12.3%，占规模以上工业比重达到67.8%，比年初提高1.5个百分点。\n"
        "上半年全区新增高新技术企业受理申报412家，评价入库科技型中小企业2350家，技术合同成交额318亿元，增长21%。"
        "企业研发费用加计扣除金额93亿元，惠及企业3100户，其中制造业企业占七成。\n"
        "光电子信息仍是第一支柱，产值增长16.9%；生物医药受集采影响增速回落到4.2%；人工智能和空天信息两个新赛道合计产值突破200亿元。\n"
        "高新区管委会表示，下半年将实施企业梯度培育工程，力争全年净增高新技术企业600家，新认定研发机构80家，"
        "并推动12个重大产业项目竣工投产。分析人士指出，武汉高新区研发投入强度已达10.6%，但龙头企业外迁风险值得关注。",
    ),
]
FULL_WIDTH = str.maketrans({chr(c): chr(c + 0xFEE0) for c in b"0123456789%"} | {"，": ",", "。": ".", "；": ";"})


def sentences(body: str) -> list[str]:
    return re.findall(r"[^。\n]*[。\n]+", body + "\n")


def copies(title: str, retitle: str, place: str, body: str) -> list[tuple[str, str]]:
    """Eight ways in which one story comes in a second time."""
    pieces = sentences(body)
    fifth = len(body) // 5
    middle = next(i for i in range(len(pieces)) if sum(map(len, pieces[: i + 1])) > len(body) // 2)
    return [
        (retitle, body),
        (title, body[: len(body) - fifth]),
        (retitle, "".join(pieces[:middle] + pieces[middle + 1 :])),
        (title, f"新华社{place}5月15日电（记者王小明）{body}"),
        (retitle, f"本报讯（通讯员 李华）{body[:-fifth]}"),
        (title, body.translate(FULL_WIDTH).replace("\n", "\r\n\r\n　　")),
        (retitle, body.replace("，", " ").replace("“", '"').replace("”", '"')[fifth:]),
        (retitle, body[: int(len(body) * 0.45)] + "……"),
    ]


def look_alikes(title: str, place: str, other_place: str, body: str) -> list[tuple[str, str]]:
    """Eight other stories made from the same words: another number, year, quarter or place."""
    numbers = [m for m in re.finditer(r"\d+(\.\d+)?", body)]

    def with_number(match: re.Match[str], change: int) -> str:
        return body[: match.start()] + str(int(float(match.group())) + change) + body[match.end() :]

    return [
        (title, with_number(numbers[0], 1)),
        (title, with_number(numbers[len(numbers) // 2], 7)),
        (title, with_number(numbers[-1], 3)[len(body) // 8 :]),
        (title, re.sub(r"\d+(\.\d+)?", lambda m: str(int(float(m.group())) + 2), body)),
        (title.replace(place, other_place), body.replace(place, other_place)),
        (title, body.replace(place, other_place)),
        ("第46期：" + title, "第四十六期（2022年）通报。" + body),
        ("第一季度" + title, f"今年第一季度，{body}"),
    ]


def pairs_found(pairs: list[tuple[Article, Article]]) -> int:
    return sum(bool(find_duplicates(pair)) for pair in pairs)


def test_of_112_copies_at_least_95_percent_are_found():
    pairs = [
        (Article(title, body), Article(*copy))
        for title, retitle, place, _, body in STORIES
        for copy in copies(title, retitle, place, body)
    ]
    assert len(pairs) == 112 and pairs_found(pairs) / len(pairs) >= 0.95


def test_among_112_copies_and_112_look_alikes_precision_is_at_least_98_percent():
    false = []
    found = 0
    for title, retitle, place, other, body in STORIES:
        found += pairs_found([(Article(title, body), Article(*copy)) for copy in copies(title, retitle, place, body)])
        changed = look_alikes(title, place, other, body)
        of_the_first = [
            *[Article(title, body)] * 6,
            Article("第47期：" + title, "第四十七期（2022年）通报。" + body),
            Article("第二季度" + title, f"今年第二季度，{body}"),
        ]
        false += [c for first, c in zip(of_the_first, changed, strict=True) if find_duplicates([first, Article(*c)])]
    assert found / (found + len(false)) >= 0.98, false


def test_in_one_inbox_all_copies_go_to_the_fullest_and_no_look_alike_does():
    inbox, story = [], []
    for n, (title, retitle, place, other, body) in enumerate(STORIES):
        for copy in [(title, body), *copies(title, retitle, place, body)]:
            inbox.append(Article(*copy))
            story.append(n)
        for changed in look_alikes(title, place, other, body)[:5]:
            inbox.append(Article(*changed))
            story.append(-len(inbox))
    found = find_duplicates(inbox)
    assert [(inbox[copy], inbox[kept]) for copy, kept in found.items() if story[copy] != story[kept]] == []
    assert not set(found.values()) & set(found)
    assert len(found) >= 0.95 * 8 * len(STORIES)
    assert all(len(inbox[kept].body) >= 0.9 * len(inbox[copy].body) for copy, kept in found.items())


def test_the_order_of_the_inbox_does_not_change_the_groups():
    inbox = [Article(*copy) for t, r, p, _, b in STORIES for copy in [(t, b), *copies(t, r, p, b)]]
    inbox += [Article(*changed) for t, _, p, o, b in STORIES for changed in look_alikes(t, p, o, b)]

    def groups(order: list[int]) -> set[frozenset[int]]:
        together: dict[int, set[int]] = {}
        for copy, kept in find_duplicates([inbox[i] for i in order]).items():
            together.setdefault(kept, {order[kept]}).add(order[copy])
        return {frozenset(group) for group in together.values()}

    order = list(range(len(inbox)))
    expected = groups(order)
    for seed in range(3):
        random.Random(seed).shuffle(order)
        assert groups(order) == expected


def test_equal_articles_keep_the_earlier_one():
    title, _, _, _, body = STORIES[0]
    assert find_duplicates([Article(title, body)] * 3) == {1: 0, 2: 0}


def test_a_digest_does_not_swallow_its_items():
    digest = Article("要闻汇总", "\n".join(body for *_, body in STORIES))
    assert find_duplicates([digest, Article(STORIES[0][0], STORIES[0][4])]) == {}


@pytest.mark.parametrize("text", ["", "。", "常州", "\ud800", "啊，" * 50_000])
def test_odd_texts_neither_fail_nor_hang(text: str):
    articles = [Article(text, text), Article("", text), Article(*STORIES[0][:2]), Article(text, "")]
    assert set(find_duplicates(articles)) <= {0, 1, 3}
    assert len(clusters([text, text, "其他"])) == 3


def test_no_articles_have_no_duplicates():
    assert find_duplicates([]) == {} and clusters([]) == []


def test_clusters_keep_copies_and_look_alikes_together_and_stories_apart():
    texts, story = [], []
    for n, (title, retitle, place, other, body) in enumerate(STORIES):
        for t, b in [(title, body), *copies(title, retitle, place, body), *look_alikes(title, place, other, body)]:
            texts.append(f"{t}\n{b}")
            story.append(n)
    assert clusters(texts) == story


def test_every_process_gives_the_same_hashes():
    code = "from nlp.duplicates import _shingles; print(*_shingles('常州发布智能制造计划'))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(runs) == 1 and len(runs.pop().split()) == 7
