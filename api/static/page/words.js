// The page's own words, in Chinese and English. The choice is remembered.

const WORDS = {
  zh: {
    name: "报告问答", otherLanguage: "English", switchLanguage: "Switch to English", reports: "报告", newTalk: "新对话",
    skip: "跳到提问", conversation: "对话", source: "原文", question: "问题", send: "提问", close: "关闭",
    placeholder: "问一个关于这些报告的问题……", welcomeTitle: "向政府报告提问",
    welcomeText: "答案只说报告里写着的话：每个数字都附原文，点编号即可核对；报告没写的，直说没有。",
    readerEmpty: "点答案里的编号，这里显示报告原文，并标出被引用的那句话。",
    upload: "添加报告", uploadHint: "点此选择，或把文件拖进来：txt、md、html、pdf、docx、xlsx、csv、pptx、rtf、odt、epub、ofd、zip、扫描件和照片",
    filter: "按名称、地区、年份筛选", noReports: "还没有报告。添加一份就能提问。", thinking: "正在查阅报告……",
    notFound: "报告中没有", sources: "依据", page: "第{0}页", remove: "删除", confirmRemove: "再点一次删除",
    queued: "等待中", running: "读取中", done: "已加入", refused: "未收入", duplicate: "与另一份报告内容相近",
    evidence: "逐句摘证 · 不用语言模型", model: "语言模型 {0} · 逐句核对", switch: "切换：{0}",
    keyTitle: "访问密钥", keyText: "这台服务器需要密钥。密钥只保存在这个浏览器标签页里。", keySave: "保存",
    offline: "连不上服务器，请稍后再试。", helpful: "有用", unhelpful: "有误", thanks: "已记录，谢谢", place: "地区", took: "{0} 毫秒", 
    saveCsv: "下载 CSV", rows: "{0} 行", ocr: "由扫描图像识别，请对照原件",
    meant: "问题的范围", places: "地区", years: "年份", removeChip: "去掉", addChip: "添加{0}", askWithin: "按此范围再问",
    stop: "停止", stopped: "已停止。核对过的部分留在上面。", retry: "重问", copy: "复制", copyLink: "复制链接", copied: "已复制",
    comment: "想补充什么？（可不填）", sendComment: "提交", instead: "报告里有什么", fromBefore: "范围里有前面问题带来的：", askAlone: "只按这一句问", otherYears: "{0}有这些年份：",
    otherPlaces: "没有{0}的报告，有这些地区：", nearest: "查过的最接近的原文（没有回答这个问题）：",
    talks: "对话", noTalks: "还没有对话。", talksText: "对话只保存在这个浏览器里；存满时最早的先删。", numQuestions: "{0} 问",
    rename: "改名", saveMarkdown: "导出", text: "原文", outline: "目录", figures: "数字", previous: "上一处依据", next: "下一处依据",
    trail: "依据 {0} / {1}", noOutline: "这份报告没有小标题。", noFigures: "没有从这份报告里读出数字。", filterFigures: "筛选指标",
    indicator: "指标", result: "结果", target: "目标", plan: "规划", unknown: "其他", reading: "类别", figure: "数字", qualifier: "限定",
    direction: "增减", setupTitle: "还没有语言模型", setupLocal: "在本机下载一个并运行：", setupOpenAI: "任何 OpenAI 兼容的服务：", setupOthers: "其他办法", setupOllama: "用这台机器上的 Ollama：",
    setupText: "现在的答案只摘录最贴近的原句：不归纳、不换算、不换个说法。设一个语言模型，它来理解和作答，每句话仍逐一核对原文。",
    work_report: "政府工作报告", article: "文章", speech: "讲话", communique: "统计公报", other: "其他",
  },
  en: {
    name: "Report Q&A", otherLanguage: "中文", switchLanguage: "切换到中文", reports: "Reports", newTalk: "New chat",
    skip: "Skip to question", conversation: "Conversation", source: "Source", question: "Question", send: "Ask",
    close: "Close", placeholder: "Ask about these reports…", welcomeTitle: "Ask the government reports",
    welcomeText: "Answers say only what a report says: every figure comes with the words it stands in, one click away. What the reports do not tell, you are told so.",
    readerEmpty: "Click a number in an answer: the report opens here, with the quoted words marked.",
    upload: "Add reports", uploadHint: "Click to choose, or drop files here: txt, md, html, pdf, docx, xlsx, csv, pptx, rtf, odt, epub, ofd, zip, scans and photos",
    filter: "Filter by name, place, year", noReports: "No reports yet. Add one to ask about it.",
    thinking: "Looking through the reports…", notFound: "Not in these reports", sources: "Sources", page: "p. {0}",
    remove: "Remove", confirmRemove: "Click again to remove", queued: "waiting", running: "reading", done: "added",
    refused: "not taken in", duplicate: "nearly the same as another report",
    evidence: "Quoting evidence · no language model", model: "Language model {0} · every sentence checked",
    switch: "Switch: {0}", keyTitle: "Access key",
    keyText: "This server needs a key. It is kept in this browser tab only.", keySave: "Save",
    offline: "The server cannot be reached; try again in a moment.", helpful: "Helpful", unhelpful: "Wrong",
    thanks: "Noted, thank you", place: "Place", took: "{0} ms",
    saveCsv: "Download CSV", rows: "{0} rows", ocr: "read by OCR, check it against the scan",
    meant: "What the question is about", places: "Place", years: "Year", removeChip: "Remove", addChip: "Add: {0}",
    askWithin: "Ask again within this", stop: "Stop", stopped: "Stopped. What was verified stands above.", retry: "Ask again",
    copy: "Copy", copyLink: "Copy link", copied: "Copied", comment: "Anything to add? (optional)", sendComment: "Send",
    instead: "What there is instead", fromBefore: "Some of the scope came from earlier questions:", askAlone: "Ask this alone", otherYears: "{0}, other years:", otherPlaces: "No report of {0}; there are reports of:",
    nearest: "The nearest words that were looked at (they do not answer this):", talks: "Chats", noTalks: "No chats yet.",
    talksText: "Chats are kept in this browser only; when it is full, the oldest go first.", numQuestions: "questions: {0}",
    rename: "Rename", saveMarkdown: "Export", text: "Text", outline: "Outline", figures: "Figures", previous: "Previous source",
    next: "Next source", trail: "Source {0} / {1}", noOutline: "This report has no headings.",
    noFigures: "No figures were read from this report.", filterFigures: "Filter indicators", indicator: "Indicator",
    result: "Result", target: "Target", plan: "Plan", unknown: "Other", reading: "Kind", figure: "Figure", qualifier: "Qualifier",
    direction: "Direction", setupTitle: "No language model is set", setupLocal: "Fetch one to this machine and run it:",
    setupOpenAI: "Any OpenAI-compatible server:", setupOthers: "Other ways", setupOllama: "Use the Ollama on this machine:",
    setupText: "Answers now only quote the sentences that fit best; nothing is summed up, computed or put in other words. With a language model, it understands and answers, and every sentence is still checked against the reports.",
    work_report: "Work report", article: "Article", speech: "Speech", communique: "Communiqué", other: "Other",
  },
};

const KEY = "report-qa.language";
let language = localStorage.getItem(KEY) || (navigator.language.startsWith("zh") ? "zh" : "en");
if (!(language in WORDS)) language = "zh";

export const currentLanguage = () => language;

export function word(name, ...values) {
  return values.reduce((text, value, index) => text.replace(`{${index}}`, value), WORDS[language][name] ?? name);
}

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem(KEY, language);
}

/** Write the words into every element that asks for them by data-text, data-label or data-placeholder. */
export function writeWords() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  document.title = word("name");
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = word(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = word(element.dataset.label);
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = word(element.dataset.placeholder);
}
