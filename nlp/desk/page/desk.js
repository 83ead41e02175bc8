// The desk in the browser. The file on the disk is the truth: every action goes to the server with the version it was
// seen in, and is shown only after the answer. All text is set as text; nothing here reads HTML from an article.

const token = new URLSearchParams(location.search).get("token") ?? "";
const byId = (id) => document.getElementById(id);
const wide = matchMedia("(min-width: 821px)");

let house = null;       // name, columns with rules
let issue = null;       // version, articles (rows), highlights
let order = localStorage.getItem("order") ?? "doubt";
let sequence = [];      // keys in the order of the list: for "doubt" it stays as it was, so that rows do not jump
let current = null;     // key of the article on the paper
let article = null;     // its text
let beside = false;     // duplicates laid beside it
let reasons = null;     // what weighed in it
const texts = new Map();    // key -> article, read ahead
const pictures = new Map(); // name -> address of a blob
let acted = false;      // whether the editor has done something: from then on the list keeps its order
const TO_SEE = "要看的";
const REST = "其余，把握小的在前";
const sections = new Map();   // key -> heading in the order of doubt
let work = Promise.resolve(); // actions one after the other

// ---------------------------------------------------------------- small tools

function element(tag, facts = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

async function ask(path, body, headers = {}) {
  const posted = body !== undefined;
  const answer = await fetch(path, {
    method: posted ? "POST" : "GET",
    headers: { "X-Token": token, ...headers },
    body: posted && !(body instanceof Blob) ? JSON.stringify(body) : body,
  }).catch(() => { throw new Refused(0, "联系不上速报：那个黑色窗口可能关了，请重新打开；已经做过的都在文件里"); });
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return answer.blob();
  const value = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, value.error);
  return value;
}

class Refused extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

let fading = 0;
function tell(text, wrong = false) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.className = `notice shown${wrong ? " wrong" : ""}`;
  clearTimeout(fading);
  fading = setTimeout(() => { notice.className = "notice"; }, wrong ? 9000 : 3500);
}

function banner(text) {
  byId("banner").textContent = text ?? "";
  byId("banner").hidden = !text;
}

const rowOf = (key) => issue.articles.find((row) => row.key === key);
const columnOf = (name) => house.columns.find((column) => column.name === name);
const leads = (row) => issue.highlights.some((lead) => lead.title === row.title) && columnOf(row.column)?.printed;
const open = (row) => Boolean(row.doubt || row.fresh);
const short = (title) => (title.length > 22 ? `${title.slice(0, 21)}…` : title);

// ---------------------------------------------------------------- reading

async function reload() {
  try {
    show(await ask("/api/issue"));
    banner(issue.trouble ? `没有模型的意见（${issue.trouble}），其余照常` : "");
    return true;
  } catch (error) {
    banner(error.status === 422 ? `${error.message}。改好存盘，这里会自动读入；在这以前什么也不会写` : error.message);
    return false;
  }
}

function show(answer) {
  const judged = issue?.unread && !answer.unread;
  issue = answer;
  const known = new Set(sequence);
  const others = issue.articles.length !== known.size || issue.articles.some((row) => !known.has(row.key));
  if (order === "issue" || others || judged) arrange(acted);
  drawBar();
  drawList();
  drawSide();
  const verdictNow = byId("paper").querySelector(".verdict");
  if (verdictNow && article && rowOf(article.key) && !verdictNow.contains(document.activeElement)) verdictNow.replaceWith(verdict(rowOf(article.key)));
}

// The order of the list. In the order of doubt what the editor has passed (``keep``) stays where it was.
function arrange(keep = false) {
  if (order === "issue") {
    sequence = issue.articles.map((row) => row.key);
    return;
  }
  const passed = keep ? sequence.slice(0, sequence.indexOf(current) + 1).filter(rowOf) : [];
  const rest = issue.articles.filter((row) => !passed.includes(row.key));
  for (const row of rest) sections.set(row.key, open(row) ? TO_SEE : REST);
  const rank = (row) => (sections.get(row.key) === TO_SEE ? 0 : 1);
  const sure = (row) => row.choices?.[0].share ?? 1;
  const sorted = [...passed.map(rowOf), ...rest.sort((a, b) => sure(a) - sure(b))];
  sequence = sorted.sort((a, b) => rank(a) - rank(b)).map((row) => row.key);
}

async function textOf(key) {
  if (!texts.has(key)) texts.set(key, ask(`/api/article?key=${encodeURIComponent(key)}`));
  try { return await texts.get(key); } catch (error) { texts.delete(key); throw error; }
}

async function select(key, focus = false) {
  if (!key) return;
  const known = key === current && texts.has(key);
  current = key;
  if (!known) { beside = false; reasons = null; }
  markSelected();
  const found = await textOf(key).catch((error) => tell(error.message, true));
  if (current !== key || !found) return;
  article = found;
  drawPaper();
  drawSide();
  if (focus) byId("paper").focus();
  for (const next of neighbours(key)) textOf(next).catch(() => {});
  clearTimeout(asking);
  asking = setTimeout(() => weigh(key), 300); // not of an article that is only passed
}
let asking = 0;

const neighbours = (key) => [1, -1, 2].map((step) => sequence[sequence.indexOf(key) + step]).filter(Boolean);

async function weigh(key) {
  const [why, same] = await Promise.allSettled([
    ask(`/api/why?key=${encodeURIComponent(key)}`), ask(`/api/same?key=${encodeURIComponent(key)}`),
  ]);
  if (current !== key) return;
  if (why.value?.passed) { asking = setTimeout(() => weigh(key), 1000); return; } // the editor did something meanwhile
  reasons = { why: why.value, same: same.value ?? [] };
  if (why.value && rowOf(key)) rowOf(key).choices = why.value.choices;
  if (!editing()) { drawPaper(); drawSide(); }
}

const editing = () => byId("paper").contains(document.activeElement) && /INPUT|TEXTAREA/.test(document.activeElement.tagName);

// ---------------------------------------------------------------- doing

// One after the other: a key pressed before the last answer waits and then sees what that answer changed.
function queue(step) {
  work = work.then(step).catch((error) => { tell(error.message, true); });
  return work;
}

async function act(action, said) {
  const before = action.key ? rowOf(action.key) : null;
  const was = JSON.stringify([before?.column, before?.title, before?.doubt]);
  for (let tries = 0; tries < 20; tries++) {
    try {
      const answer = await ask("/api/act", { version: issue.version, ...action });
      acted = true;
      texts.delete(action.key);
      if (answer.key !== action.key) {
        sequence = sequence.map((key) => (key === action.key ? answer.key : key));
        sections.set(answer.key, sections.get(action.key));
        if (current === action.key) current = answer.key;
      }
      show(answer);
      if (said) tell(said);
      return answer;
    } catch (error) {
      if (error.status !== 409) throw error;
      texts.clear();
      if (!(await reload())) return null;
      tell("稿件文件刚在别处改过，已读入，这一步接着做");
      const now = action.key ? rowOf(action.key) : null;
      if (action.key && !now) { tell("这一篇在别处撤掉了，这一步没有做", true); return null; }
      const same = JSON.stringify([now?.column, now?.title, now?.doubt]) === was && (await untouched(action));
      if (!same && !(await settle(action, before, now))) { await select(current); return null; }
    }
  }
  throw new Error("稿件文件一直在被别的程序改写；请关掉那个程序再试");
}

// An edit goes on by itself only if the words it replaces are still the words in the file.
async function untouched(action) {
  if (action.do !== "edit" || action.was === undefined) return true;
  return (await textOf(action.key))[action.field] === action.was;
}

async function settle(action, before, now) {
  const said = action.do === "edit" ? action.to : action.column ?? "";
  const there = action.do === "edit" ? (await textOf(action.key))[action.field] : now.column;
  const both = element("div", { class: "both" },
    element("section", {}, element("h3", {}, "别处改成了"), element("div", {}, there)),
    element("section", {}, element("h3", {}, "您要改成"), element("div", {}, said || "看过了")));
  return (await choose(`《${short(now.title)}》在别处也改过`, both, [["", "留别处的"], ["mine", "用我的"]])) === "mine";
}

function choose(title, body, buttons) {
  const dialog = byId("ask");
  byId("ask-title").textContent = title;
  byId("ask-body").replaceChildren(body);
  byId("ask-buttons").replaceChildren(...buttons.map(([value, label], i) =>
    element("button", { class: i === buttons.length - 1 && value ? "main-button" : "", onclick: () => dialog.close(value) }, label)));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

function after(key) {
  return sequence[sequence.indexOf(key) + 1] ?? key;
}

const place = (key, column) => queue(async () => {
  const row = rowOf(key ?? current);
  if (!row) return;
  const next = after(row.key);
  const said = row.column === column ? `《${short(row.title)}》留在${column}` : `《${short(row.title)}》 → ${column}`;
  if (await act({ do: "place", key: row.key, column }, said)) await select(next);
});

const accept = () => queue(async () => {
  const row = rowOf(current);
  if (!row) return;
  const next = after(row.key);
  if (!open(row) || (await act({ do: "accept", key: row.key }, `《${short(row.title)}》看过了`))) await select(next);
});

const toggleLead = (key) => queue(async () => {
  const row = rowOf(key ?? current);
  if (!row) return;
  const on = !leads(row);
  await act({ do: "highlight", key: row.key, on }, on ? `列为重点：《${short(row.title)}》；点一句，作它的要点` : `不再列为重点：《${short(row.title)}》`);
  if (row.key === current || !key) await select(current);
});

const pick = (number) => queue(async () => {
  const key = current;
  const chosen = article.paragraphs.flat().filter((piece) => piece.sentence === number).map((piece) => piece.text).join("");
  const again = article.sentence && article.sentence.replaceAll("\n", "") === chosen;
  await act(again ? { do: "sentence", key, sentence: "" } : { do: "sentence", key, number }, again ? "不用这一句作要点" : "这一句作要点");
  await select(current);
});

const move = (key, before, column) => queue(async () => {
  const row = rowOf(key);
  if (!row || key === before) return;
  await act({ do: "place", key, column, before }, `《${short(row.title)}》 → ${column}`);
  await select(current ?? key);
});

function shift(step) { // one place up or down among its column
  const row = rowOf(current);
  const peers = issue.articles.filter((other) => other.column === row?.column).map((other) => other.key);
  const at = peers.indexOf(current) + step;
  if (!row || at < 0 || at >= peers.length) return;
  move(current, peers[step > 0 ? at + 1 : at] ?? null, row.column);
}

const orderLeads = (titles, said) => queue(() => act({ do: "order-highlights", titles }, said));

const step = (path, said) => queue(async () => {
  const was = new Map(issue.articles.map((row) => [row.key, JSON.stringify({ ...row, choices: 0 })]));
  for (let tries = 0; tries < 3; tries++) {
    try {
      const answer = await ask(path, { version: issue.version });
      texts.clear();
      show(answer);
      break;
    } catch (error) {
      if (error.status !== 409 || !(await reload())) throw error;
    }
  }
  const other = issue.articles.find((row) => was.get(row.key) !== JSON.stringify({ ...row, choices: 0 }));
  tell([said, issue.what, other && `《${short(other.title)}》`].filter(Boolean).join("："));
  await select(other?.key ?? (rowOf(current) ? current : sequence[0]));
});

const edit = (key, field, to, was) => queue(async () => {
  if (to === was) return;
  await act({ do: "edit", key, field, to, was }, "改好了，已写进稿件文件");
  await select(current);
});

async function takeFiles(list) {
  const files = [...list];
  if (!files.length) return;
  await queue(async () => {
    tell(`收 ${files.length} 个文件……`);
    const names = [];
    for (const file of files) {
      const answer = await ask("/api/file", file, { "X-Name": encodeURIComponent(file.name) });
      names.push(answer.name);
    }
    const answer = await ask("/api/merge", {});
    texts.clear();
    show(answer);
    tell(`收下 ${names.length} 个文件`);
    if (answer.lines.length) await choose("新来的稿件", lines(answer.lines), [["", "好"]]);
    await select(issue.articles.find((row) => row.fresh)?.key ?? current);
  });
}

const lines = (texts) => element("div", {}, ...texts.map((text) => element("p", {}, text)));

const printIssue = (anyway = false) => queue(async () => {
  tell("正在排 Word……");
  const answer = await ask("/api/print", { anyway });
  if (answer.stopped) {
    const body = element("div", {}, ...answer.stopped.map(remark));
    if ((await choose("付印以前要先改好", body, [["", "回去改"], ["anyway", "照样排"]])) === "anyway") printIssue(true);
    return;
  }
  tell(answer.lines.at(-1) ?? "排好了");
  if (answer.lines.length > 1) await choose("Word 文件排好了", lines(answer.lines), [["", "好"]]);
});

const remark = (found) => element("p", { class: found.error ? "remark error" : "remark" }, `${found.line ? `第 ${found.line} 行：` : ""}${found.text}`);

// ---------------------------------------------------------------- drawing: bar and list

function drawBar() {
  const toDo = issue.articles.filter(open).length;
  const all = issue.articles.length;
  byId("left-text").textContent = issue.unread ? `还有 ${toDo} 篇要看 · 模型在读，剩 ${issue.unread} 篇` : toDo ? `还有 ${toDo} 篇要看，共 ${all} 篇` : `都看过了，共 ${all} 篇`;
  byId("left-done").style.width = `${all ? (100 * (all - toDo)) / all : 100}%`;
  const left = byId("left");
  left.setAttribute("aria-valuemax", all);
  left.setAttribute("aria-valuenow", all - toDo);
  left.setAttribute("aria-valuetext", byId("left-text").textContent);
  byId("undo").disabled = !issue.undo;
  byId("redo").disabled = !issue.redo;
  for (const [id, value] of [["number", issue.number], ["date", issue.date]]) {
    if (document.activeElement !== byId(id)) byId(id).value = value;
  }
  document.title = `${issue.number ? `第${issue.number}期` : house.file} · ${house.name}`;
}

const rows = new Map(); // key -> {node, drawn}
function drawList() {
  for (const button of document.querySelectorAll("[data-order]")) {
    button.setAttribute("aria-checked", button.dataset.order === order);
    button.tabIndex = button.dataset.order === order ? 0 : -1;
  }
  const groups = new Map(order === "issue" ? house.columns.map((column) => [column.name, []]) : []);
  for (const key of sequence) {
    const row = rowOf(key);
    if (!row) continue;
    const name = order === "issue" ? row.column : sections.get(key);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(rowNode(row));
  }
  const wanted = [...groups].filter(([name, nodes]) => nodes.length || columnOf(name)?.printed);
  const list = byId("rows");
  const seen = wanted.map(([name, nodes]) => `${name}:${nodes.map((node) => node.dataset.key).join("\t")}`).join("\n");
  if (list.dataset.seen !== seen) {
    list.dataset.seen = seen;
    list.replaceChildren(...wanted.map(([name, nodes]) => {
      const heading = element("h3", { "aria-hidden": "true" }, name, element("span", {}, String(nodes.length)));
      if (order === "issue") dropTarget(heading, () => true, (key) => move(key, nodes[0]?.dataset.key ?? null, name), "over");
      return element("div", { role: "group", "aria-label": `${name}，${nodes.length} 篇` }, heading, ...nodes);
    }));
  }
  for (const key of rows.keys()) if (!rowOf(key)) rows.delete(key);
  markSelected();
}

function rowNode(row) {
  const known = rows.get(row.key);
  const drawn = JSON.stringify([row, leads(row), order]);
  if (known?.drawn === drawn) return known.node;
  const node = known?.node ?? newRow(row.key);
  const first = row.choices?.[0];
  const kept = order === "doubt" && sections.get(row.key) === TO_SEE && !open(row);
  node.className = `row${kept ? " settled" : ""}`;
  node.replaceChildren(
    element("div", { class: "title" }, row.title || "（无标题）"),
    element("div", { class: "facts" },
      kept ? "✓" : null,
      element("span", { class: "column" }, row.column),
      row.fresh ? element("span", { class: "tag" }, "新到") : null,
      row.doubt ? element("span", { class: "tag" }, "请核对") : null,
      leads(row) ? element("span", { class: "tag lead" }, "重点") : null,
      row.copy ? element("span", { class: "tag quiet" }, "重复") : null,
      first ? element("span", { class: "share", title: `模型的首选：${first.name}` }, first.name === row.column ? first.percent : `${first.name} ${first.percent}`) : null));
  node.setAttribute("aria-label", [row.title || "无标题", row.column, row.fresh && "新到", row.doubt && `请核对，${row.doubt}`, leads(row) && "重点", row.copy && "重复"].filter(Boolean).join("，"));
  rows.set(row.key, { node, drawn });
  return node;
}

function newRow(key) {
  const node = element("div", { role: "option", id: `row-${rows.size}-${Math.random().toString(36).slice(2, 8)}`, draggable: "true", "data-key": key });
  node.addEventListener("click", () => { document.body.classList.add("reading"); select(key); scrollTo(0, 0); });
  dragged(node, () => key);
  dropTarget(node, (other) => order === "issue" && other !== key, (other) => move(other, key, rowOf(key).column), "above");
  return node;
}

function markSelected() {
  for (const { node } of rows.values()) node.setAttribute("aria-selected", String(node.dataset.key === current));
  const node = rows.get(current)?.node;
  if (!node) return;
  byId("rows").setAttribute("aria-activedescendant", node.id);
  if (wide.matches) node.scrollIntoView({ block: "nearest" });
}

// ---------------------------------------------------------------- drawing: the paper

function drawPaper() {
  const paper = byId("paper");
  const at = paper.scrollTop;
  const turned = paper.dataset.key !== article.key;
  paper.dataset.key = article.key;
  paper.classList.toggle("beside", beside && Boolean(reasons?.same.length));
  const others = beside ? reasons?.same ?? [] : [];
  paper.replaceChildren(
    element("button", { class: "back", onclick: () => document.body.classList.remove("reading") }, "‹ 全部稿件"),
    element("div", { class: "sheets" }, sheet(others), ...others.map((other) => copySheet(other))));
  paper.scrollTop = turned ? 0 : at;
  for (const area of paper.querySelectorAll("textarea.title")) fit(area);
}

function sheet(others) {
  const row = rowOf(article.key) ?? article;
  const marked = (reasons?.why?.title ?? 0) >= 0.5;
  const made = element("div", { class: `sheet${marked ? " title-marked" : ""}` },
    verdict(row),
    field("title", "标题", true),
    element("div", { class: "origin" },
      field("source", "来源"), field("date", "日期"),
      element("span", { class: "length" }, `${article.body.length.toLocaleString()} 字${article.path ? ` · ${article.path}` : ""}`)),
    bodyOf(article, { marks: true, row, against: others[0]?.body }),
    element("div", { class: "text-tools" },
      element("button", { onclick: editText, "aria-keyshortcuts": "e" }, "改正文 ", element("kbd", {}, "e")),
      element("span", { class: "moves" }, `在${row.column}里`,
        element("button", { title: "Alt + ↑", "aria-label": "在本栏里上移", onclick: () => shift(-1) }, "上移"),
        element("button", { title: "Alt + ↓", "aria-label": "在本栏里下移", onclick: () => shift(1) }, "下移"))),
    legend(row));
  return made;
}

function verdict(row) {
  const [first, second] = row.choices ?? [];
  const why = first
    ? element("span", {}, "模型：", element("b", {}, `${first.name} ${first.percent}`), second ? `，次选 ${second.name} ${second.percent}` : "")
    : element("span", { class: "waiting" }, issue.trouble ? "没有模型的意见" : "模型还没有读到这一篇");
  const same = reasons?.same ?? [];
  return element("div", { class: "verdict" },
    element("span", {}, "现在在 ", element("b", {}, row.column)), why,
    row.doubt ? element("span", { class: "tag" }, "请核对") : null,
    row.fresh ? element("span", { class: "tag" }, "新到") : null,
    row.copy ? element("span", { class: "tag quiet" }, `与《${short(row.copy)}》重复`) : null,
    element("span", { class: "tools-right" },
      same.length ? element("button", { "aria-pressed": String(beside), onclick: layBeside, "aria-keyshortcuts": "d" }, `并排看同一件事的 ${same.length} 篇 `, element("kbd", {}, "d")) : null,
      open(row) ? element("button", { onclick: accept, "aria-keyshortcuts": "Enter" }, "看过了 ", element("kbd", {}, "⏎")) : null,
      element("button", { "aria-pressed": String(leads(row)), onclick: () => toggleLead(), "aria-keyshortcuts": "h" }, "重点 ", element("kbd", {}, "h"))));
}

function field(name, label, tall = false) {
  const key = article.key;
  const was = article[name];
  const input = element(tall ? "textarea" : "input", { class: `edit ${name === "date" ? "when" : name}`, "aria-label": label, placeholder: label, rows: tall ? 1 : null, spellcheck: "false" });
  input.value = was;
  if (!tall && name === "source") input.size = Math.max(6, 2 * was.length);
  input.addEventListener("input", () => tall && fit(input));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { input.value = was; input.blur(); }
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); input.blur(); }
  });
  input.addEventListener("blur", () => { if (input.value.trim() !== was) edit(key, name, input.value.trim(), was).then(() => { if (current === key && article?.[name] === was) input.value = was; }); });
  return input;
}

function fit(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
}

function editText() {
  const key = article.key;
  const was = article.body;
  const area = element("textarea", { "aria-label": "正文", spellcheck: "false" });
  area.value = was;
  let left = false;
  const close = (keep) => {
    if (left) return;
    left = true;
    if (keep && area.value !== was) edit(key, "body", area.value, was).then(() => current === key && select(key));
    else drawPaper();
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(false);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) close(true);
  });
  byId("paper").querySelector(".text").replaceChildren(area);
  byId("paper").querySelector(".text-tools").replaceChildren(
    element("button", { class: "main-button", onclick: () => close(true) }, "写进文件 ", element("kbd", {}, "Ctrl ⏎")),
    element("button", { onclick: () => close(false) }, "不改了 ", element("kbd", {}, "Esc")), "一段一行；小标题前面写 ### 和空格");
  area.focus();
}

function bodyOf(found, { marks, row, against }) {
  const carried = new Map(marks ? reasons?.why?.sentences.map(([number], rank) => [number, rank]) : []);
  const words = marks ? reasons?.why?.words ?? [] : [];
  const picking = marks && leads(row);
  const text = element("div", { class: `text${picking ? " picking" : ""}` });
  const whole = sentencesOf(found);
  let table = [];
  for (const pieces of [...found.paragraphs, []]) {
    const line = pieces.map((piece) => piece.text).join("");
    if (line.startsWith("|")) { table.push(line); continue; }
    if (table.length) { text.append(tableOf(table)); table = []; }
    const picture = line.match(/^!\[(.*)\]\((?:图\/)([^()/]+)\)$/);
    if (picture) { text.append(figure(picture[1], picture[2])); continue; }
    if (line.startsWith("### ")) { text.append(element("h4", {}, line.slice(4))); continue; }
    if (!line) continue;
    text.append(element("p", {}, ...pieces.map((piece) => {
      if (piece.sentence === null) return document.createTextNode(piece.text);
      const sentence = whole.get(piece.sentence);
      const kinds = ["sentence"];
      if (carried.has(piece.sentence)) kinds.push("carried", carried.get(piece.sentence) ? "faint" : "heavy");
      if (picking && sentence === found.sentence.replaceAll("\n", "")) kinds.push("picked");
      if (picking && !found.sentence && sentence === found.proposed.replaceAll("\n", "")) kinds.push("proposed");
      if (against !== undefined && !against.replaceAll("\n", "").includes(sentence.trim())) kinds.push("only-here");
      const span = element("span", { class: kinds.join(" ") }, ...withWords(piece.text, words));
      if (picking) {
        span.setAttribute("role", "button");
        span.setAttribute("aria-pressed", String(kinds.includes("picked")));
        span.tabIndex = 0;
        span.addEventListener("click", () => getSelection().isCollapsed && pick(piece.sentence));
        span.addEventListener("keydown", (event) => pickByKey(event, piece.sentence));
      }
      return span;
    })));
  }
  if (!found.body) text.append(element("p", { class: "empty" }, "（没有正文）"));
  return text;
}

function sentencesOf(found) {
  const whole = new Map();
  for (const piece of found.paragraphs.flat()) if (piece.sentence !== null) whole.set(piece.sentence, (whole.get(piece.sentence) ?? "") + piece.text);
  return whole;
}

function pickByKey(event, number) {
  if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); pick(number); }
  const all = [...byId("paper").querySelectorAll(".picking .sentence")];
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step && !event.altKey) { event.preventDefault(); event.stopPropagation(); all[all.indexOf(event.target) + step]?.focus(); }
  if (event.key === "Escape") byId("paper").focus();
}

function withWords(text, words) {
  if (!words.length) return [text];
  const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
  const parts = [];
  let at = 0;
  for (const hit of text.matchAll(pattern)) {
    parts.push(text.slice(at, hit.index), element("span", { class: "word" }, hit[0]));
    at = hit.index + hit[0].length;
  }
  return [...parts, text.slice(at)];
}

function tableOf(lines) {
  const cells = (line) => line.replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
  const [head, ...rest] = lines.filter((line) => !/^\|(\s*:?-+:?\s*\|)+$/.test(line)).map(cells);
  return element("table", {},
    element("thead", {}, element("tr", {}, ...head.map((cell) => element("th", {}, cell)))),
    element("tbody", {}, ...rest.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))))));
}

function figure(caption, name) {
  const image = element("img", { alt: caption || "图" });
  if (!pictures.has(name)) pictures.set(name, ask(`/api/picture?name=${encodeURIComponent(name)}`).then((blob) => URL.createObjectURL(blob)));
  pictures.get(name).then((address) => { image.src = address; }, () => { image.alt = `（图 ${name} 不在“图”文件夹里）${caption}`; });
  return element("figure", {}, image, element("figcaption", {}, caption));
}

function copySheet(other) {
  return element("div", { class: "sheet copy" },
    element("div", { class: "verdict" }, element("span", {}, "在 ", element("b", {}, other.column)), `${other.body.length.toLocaleString()} 字`,
      element("span", { class: "tools-right" }, element("button", { onclick: () => select(other.key) }, "看这一篇"))),
    element("h3", { class: "edit title" }, other.title),
    element("div", { class: "origin" }, [other.source, other.date].filter(Boolean).join("　")),
    bodyOf(other, { marks: false, row: other, against: article.body }));
}

function legend(row) {
  const parts = [];
  if (reasons?.why?.sentences.length) parts.push(element("span", {}, element("mark", {}, "黄底"), " 定这一栏的句子：去掉它，把握掉得最多"));
  if (reasons?.why?.words.length) parts.push(element("span", {}, element("u", {}, "红点"), " 分量最重的词"));
  if (leads(row)) parts.push(element("span", {}, element("i", {}, "绿底"), " 要点；点另一句就换，再点一次取消（绿线是建议的一句）"));
  if (beside) parts.push(element("span", {}, "红底 另一篇没有的句子"));
  return parts.length ? element("div", { class: "legend" }, ...parts) : "";
}

const layBeside = () => {
  if (!reasons?.same.length) return;
  beside = !beside;
  drawPaper();
};

// ---------------------------------------------------------------- drawing: the side

function drawSide() {
  const row = rowOf(current);
  const counts = new Map();
  for (const other of issue.articles) counts.set(other.column, (counts.get(other.column) ?? 0) + 1);
  const shares = new Map(row?.choices?.map((choice, rank) => [choice.name, { ...choice, rank }]));
  const focused = document.activeElement?.closest?.(".to")?.dataset.name;
  byId("columns").replaceChildren(...house.columns.map((column) => {
    const choice = shares.get(column.name);
    const behind = element("span", { class: "bar-behind" });
    behind.style.width = `${choice ? 100 * choice.share : 0}%`;
    const button = element("button", { class: `to${choice?.rank === 0 ? " first" : ""}${!column.printed && column.sign === "b" ? " apart" : ""}`, "data-name": column.name, "aria-pressed": String(row?.column === column.name), "aria-keyshortcuts": column.sign || null, disabled: !row, onclick: () => place(null, column.name) },
      behind, element("kbd", {}, column.sign || "·"), element("span", {}, column.name),
      choice ? element("span", { class: "share" }, choice.percent) : null,
      element("span", { class: "count", title: "本期这一栏现有几篇" }, String(counts.get(column.name) ?? 0)));
    dropTarget(button, () => true, (key) => place(key, column.name), "over");
    return button;
  }));
  if (focused) byId("columns").querySelector(`[data-name="${focused}"]`)?.focus();
  const names = [...new Set([row?.column, ...(row?.choices ?? []).map((choice) => choice.name)])].filter(Boolean).slice(0, 3);
  byId("rules").replaceChildren(...names.map(columnOf).filter(Boolean).map((column) => element("section", {},
    element("h3", {}, column.name),
    element("dl", {}, element("dt", {}, "是"), element("dd", {}, column.include), element("dt", {}, "不是"), element("dd", {}, column.exclude)))));
  drawLeads();
}

function drawLeads() {
  byId("lead-count").textContent = issue.highlights.length ? `${issue.highlights.length} 条` : "";
  const titles = issue.highlights.map((lead) => lead.title);
  const focused = document.activeElement?.closest?.(".leads li")?.dataset.title;
  const swap = (i, j) => { const moved = [...titles]; moved.splice(j, 0, ...moved.splice(i, 1)); return moved; };
  byId("leads").replaceChildren(...issue.highlights.map((lead, i) => {
    const node = element("li", { tabindex: 0, draggable: "true", "data-title": lead.title, "aria-label": `第 ${i + 1} 条：${lead.title}` }, lead.title, lead.sentence ? element("p", {}, lead.sentence) : null);
    node.addEventListener("click", () => lead.key && select(lead.key));
    node.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (step && event.altKey && titles[i + step] !== undefined) { event.preventDefault(); event.stopPropagation(); orderLeads(swap(i, i + step), `第 ${i + step + 1} 条`); }
      if (event.key === "Enter" && lead.key) { event.stopPropagation(); select(lead.key); }
    });
    dragged(node, () => `lead:${i}`);
    dropTarget(node, (what) => what !== `lead:${i}`, (what) => {
      if (what.startsWith("lead:")) orderLeads(swap(Number(what.slice(5)), i), "本期重点排好了");
      else if (!leads(rowOf(what))) toggleLead(what);
    }, "above", true);
    return node;
  }), ...(issue.highlights.length ? [] : [element("li", { class: "none" }, "还没有。看稿件时按 h 列为重点")]));
  if (focused) byId("leads").querySelector(`[data-title="${CSS.escape(focused)}"]`)?.focus();
}

// ---------------------------------------------------------------- dragging

let carried = null; // the key of the article, or "lead:2"
function dragged(node, name) {
  node.addEventListener("dragstart", (event) => { carried = name(); event.dataTransfer.setData("text/plain", ""); event.dataTransfer.effectAllowed = "move"; node.classList.add("dragged"); });
  node.addEventListener("dragend", () => { carried = null; node.classList.remove("dragged"); });
}

function dropTarget(node, fits, take, look, leadsToo = false) {
  const mine = () => carried !== null && (leadsToo || !carried.startsWith("lead:")) && fits(carried);
  node.addEventListener("dragover", (event) => { if (mine()) { event.preventDefault(); node.classList.add(look); } });
  node.addEventListener("dragleave", () => node.classList.remove(look));
  node.addEventListener("drop", (event) => { node.classList.remove(look); if (mine()) { event.preventDefault(); take(carried); } });
}

const bringsFiles = (event) => carried === null && event.dataTransfer?.types.includes("Files");
addEventListener("dragover", (event) => { if (bringsFiles(event)) { event.preventDefault(); byId("drop").hidden = false; } });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) byId("drop").hidden = true; });
addEventListener("drop", (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  byId("drop").hidden = true;
  takeFiles(event.dataTransfer.files);
});

// ---------------------------------------------------------------- searching, statistics, help

let searching = 0;
byId("search-input").addEventListener("input", () => { clearTimeout(searching); searching = setTimeout(find, 120); });
byId("search-input").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") { event.preventDefault(); byId("found").querySelector("button, summary")?.focus(); }
  if (event.key === "Enter") { event.preventDefault(); byId("found").querySelector("button")?.click(); }
});

async function find() {
  const said = byId("search-input").value.trim();
  const words = said.toLowerCase().split(/\s+/).filter(Boolean);
  const here = words.length ? issue.articles.filter((row) => words.every((word) => [row.title, row.source, row.column, row.date].join(" ").toLowerCase().includes(word))) : [];
  const earlier = words.length && house.archive ? await ask(`/api/find?q=${encodeURIComponent(said)}`).catch(() => []) : [];
  if (said !== byId("search-input").value.trim()) return;
  byId("found").replaceChildren(...(!words.length ? [] : [
    element("h3", {}, `这一期 ${here.length} 篇`),
    ...here.slice(0, 30).map((row) => element("button", { onclick: () => { byId("search").close(); document.body.classList.add("reading"); select(row.key, true); } }, row.title, element("div", { class: "where" }, [row.column, row.source, row.date].filter(Boolean).join(" · ")))),
    element("h3", {}, house.archive ? `以前各期 ${earlier.length} 篇` : "没有以前各期（打开时用 --archive 写明存档的文件夹）"),
    ...earlier.map((hit) => element("details", {},
      element("summary", {}, hit.title, element("div", { class: "where" }, [hit.issue, hit.issue_date, hit.column, hit.source].filter(Boolean).join(" · ")),
        element("div", { class: "where" }, hit.excerpt[0], element("mark", {}, hit.excerpt[1]), hit.excerpt[2])),
      element("p", {}, hit.body))),
  ]));
}

async function openStatistics() {
  const picture = await ask("/api/statistics").catch((error) => error);
  if (!(picture instanceof Blob)) { tell("还没有可统计的：印过几期、改过几篇以后再看", picture.status !== 404); return; }
  await choose("统计", element("img", { src: URL.createObjectURL(picture), alt: "收到、登出和改动的统计图" }), [["", "关上"]]);
}

async function openCheck() {
  const found = await ask("/api/check");
  await choose("付印以前", found.length ? element("div", {}, ...found.map(remark)) : lines(["没有发现要改的。"]), [["", "关上"]]);
}

function openSearch() { byId("search").showModal(); byId("search-input").select(); find(); }

const KEYS = [
  ["1 – 7", "放进那一栏，看下一篇"], ["0", "不收录"], ["b", "备选"], ["Enter", "就在这一栏：看过了，下一篇"], ["j　k", "下一篇，上一篇"],
  ["h", "列为重点，或不列"], ["s", "在正文里选要点：方向键换句，Enter 选定"], ["d", "同一件事的几篇并排看"], ["t　e", "改标题，改正文（Ctrl + Enter 写进文件）"],
  ["Alt + ↑ ↓", "在本栏里上移、下移；在本期重点里换次序"], ["z　Shift + z", "撤销，重做"], ["/", "找稿件和以前各期"], ["?", "这份说明"],
];

// ---------------------------------------------------------------- keys

function go(step) {
  queue(() => select(sequence[Math.min(sequence.length - 1, Math.max(0, sequence.indexOf(current) + step))]));
}

function pickMode() {
  const spans = [...byId("paper").querySelectorAll(".picking .sentence")];
  if (!spans.length) return tell("先按 h 列为重点，再选要点");
  (spans.find((span) => span.matches(".picked, .proposed")) ?? spans[0]).focus();
}

const DO = {
  j: () => go(1), k: () => go(-1), ArrowDown: () => go(1), ArrowUp: () => go(-1), h: () => toggleLead(), Enter: accept, s: pickMode, d: layBeside,
  t: () => byId("paper").querySelector("textarea.title")?.focus(), e: () => article && editText(),
  z: () => step("/api/undo", "撤销了"), Z: () => step("/api/redo", "重做了"), "/": openSearch, "?": () => byId("help").showModal(),
};

addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
  if (/INPUT|TEXTAREA/.test(event.target.tagName)) return;
  if (event.altKey) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) { event.preventDefault(); shift(step); }
    return;
  }
  const column = house?.columns.find((other) => other.sign && other.sign === event.key);
  const onButton = event.target.closest("button, summary, .leads li");
  if ((event.key === "Enter" || event.key === " ") && onButton) return;
  if (event.key.startsWith("Arrow") && !byId("rows").contains(event.target) && event.target !== document.body) return;
  const does = column ? () => place(null, column.name) : Object.hasOwn(DO, event.key) ? DO[event.key] : null;
  if (!does || !issue) return;
  event.preventDefault();
  does();
});

// After the mouse the keys go to the list again, so that Enter never presses a button a second time.
addEventListener("click", (event) => {
  if (event.detail && event.target.closest("button") && !document.querySelector("dialog[open]") && !editing()) byId("rows").focus({ preventScroll: true });
});

// ---------------------------------------------------------------- beginning

async function watch() {
  try {
    const state = await ask("/api/state");
    if (state.version !== issue?.version) {
      await queue(async () => {
        if (state.version === issue?.version) return; // our own action, answered meanwhile
        const known = issue;
        texts.clear();
        if ((await reload()) && known && known.version !== issue.version) tell("稿件文件在别处改过，已读入");
        if (current && rowOf(current) && !editing()) await select(current);
      });
    } else if (issue.unread !== state.unread || issue.trouble !== state.trouble) await queue(reload);
  } catch (error) { banner(error.message); }
  setTimeout(watch, issue?.unread ? 800 : 2000);
}

async function begin() {
  house = await ask("/api/house");
  byId("house-name").textContent = house.name;
  byId("keys").append(...KEYS.flatMap(([keys, says]) => [element("dt", {}, ...keys.split("　").map((key) => element("kbd", {}, key)).flatMap((key) => [key, " "])), element("dd", {}, says)]));
  for (const button of document.querySelectorAll("[data-order]")) button.addEventListener("click", () => {
    order = button.dataset.order;
    localStorage.setItem("order", order);
    arrange();
    drawList();
  });
  byId("undo").addEventListener("click", DO.z);
  byId("redo").addEventListener("click", DO.Z);
  byId("print").addEventListener("click", () => printIssue());
  byId("open-help").addEventListener("click", DO["?"]);
  byId("open-search").addEventListener("click", openSearch);
  byId("open-statistics").addEventListener("click", openStatistics);
  byId("open-check").addEventListener("click", () => openCheck().catch((error) => tell(error.message, true)));
  byId("pick-files").addEventListener("change", (event) => { takeFiles(event.target.files).then(() => { event.target.value = ""; }); });
  dropTarget(byId("leads"), (what) => !what.startsWith("lead:") && !leads(rowOf(what)), (what) => toggleLead(what), "over");
  for (const id of ["number", "date"]) byId(id).addEventListener("change", (event) => queue(() => act({ do: "edit-issue", field: id, to: event.target.value }, "改好了").finally(() => { event.target.value = issue[id]; })));
  if (await reload()) await select(sequence[0]);
  document.body.dataset.ready = "true";
  byId("rows").focus({ preventScroll: true });
  setTimeout(watch, 400);
}

begin().catch((error) => banner(error.message));
