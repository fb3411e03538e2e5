"""What the titles of sections say: the roles they play, their numbers."""

from __future__ import annotations

import re

from runbook_tui.book.markdown.hinted import Hinted
from runbook_tui.book.markdown.remembered import remembered
from runbook_tui.book.markdown.words import plain, title

ROLLBACK = Hinted(
    r"roll(?:ing)?[\s-]?backs?|back[\s-]?out|\brevert\b|\bundo\b|\bgo(?:ing)? back\b"
    r"|\bfall-?back (?:plan|procedure)|rückfall|rücknahme|zurückrollen|reversi[oó]n|marcha atrás"
    r"|vuelta atrás|retour (?:en )?arrière|revers[aã]o|reverter|ripristino|terugdraai|откат"
    r"|回滚|回退|切り戻し|切戻し|ロールバック|巻き戻し",
    "roll|back|revert|undo|rück|reversi|atrás|arrière|revers|ripristino|terugdraai|откат|"
    "回滚|回退|切り戻|切戻|ロールバ|巻き戻",
)
ONLY_BACK = re.compile(
    r"\W*(?:\d[\d.]*\s+)?(?:roll(?:ing)?[\s-]?back|back[\s-]?out|rückfall|reversi[oó]n|marcha atrás"
    r"|retour (?:en )?arrière|reversão|откат|回滚|回退|切り戻し)"
    r"(?: ?(?:plan|procedure|steps|commands|方案|步骤|手順))?\W*",
    re.IGNORECASE,
)
PREPARES = re.compile(
    r"\b(?:readiness|ready|prepar\w{0,10}|tested|testing|rehears\w{0,5}|check(?:ed|s)? before)\b"
    r"|vorbereit|getestet|preparaci[oó]n|probado|préparation|preparaç[aã]o|подготовк|准备|演练|準備",
    re.IGNORECASE,
)
"""In the title of a section on the way back: it is done before, so that there is one."""

BEFORE = re.compile(
    r"\b(?:prepar\w{0,10}|pre-?flight|prerequisites?|pre-?(?:deploy\w{0,5}|release|migration"
    r"|checks?|change|upgrade|maintenance|requisites?|launch|cutover))\b|vorbereit|voraussetzung"
    r"|preparaci[oó]n|requisitos|préparation|prérequis|preparaç[aã]o|подготовк|准备|前置|準備|前提",
    re.IGNORECASE,
)
"""In the title of a section around one on rollback: what it holds is done before."""

DISASTER = Hinted(
    r"\bdisaster\b|\bemergency\b|recovery (?:plan|procedures?|process|scenarios?)|notfall"
    r"|\bdesastres?\b|\bemergencia\b|catastrophe|\burgence\b|灾难|应急",
    "disaster|emergency|recovery|notfall|desastre|emergencia|catastrophe|urgence|灾难|应急",
)
ACTS = re.compile(
    r"^\W*(?:diagnosis|mitigation|remediation|resolution|solution|procedure|instructions|steps"
    r"|actions?|what to do|how to\b|fix\b|recovery|vorgehen|durchführung|behebung|schritte|lösung"
    r"|procedimiento|pasos|solución|acciones|procédure|étapes|résolution|procedimento|passos"
    r"|execução|порядок|действия|выполнение|处理|解决|步骤|操作|手順|対応)",
    re.IGNORECASE,
)
"""In the title of a section in words: they say what to do."""

RECOVERY = Hinted(
    r"recovery|recover\b|restore|wiederherstell|recuperaci|recuperaç|восстановлен|恢复流程|復旧",
    "recover|restore|wiederher|recuper|восстан|恢复流程|復旧",
)
CRITERIA = Hinted(
    r"(?:success|acceptance|exit|completion)\s+(?:criteria|metrics)|definition of done"
    r"|criterios|métricas de éxito|erfolgskriterien|abnahme|crit[èé]r(?:es|ios) d[e'’]"
    r"|criteri di|критерии|成功标准|验收标准|成功基準|完了条件|判定基準",
    "criteri|metrics|definition|criterios|métricas|kriterien|abnahme|crit|критерии|标准|基準|条件",
)
WHEN = re.compile(
    r"\b(?:triggers?|criteria|conditions?|indicators?|thresholds?|when to|decision|reasons?)\b"
    r"|auslöser|kriterien|bedingungen|\bwann\b|disparador|criterios|condiciones|\bcuándo\b"
    r"|déclencheur|critères|\bquand\b|触发|条件|何时",
    re.IGNORECASE,
)
"""In the title of a section on the way back: it says when to take it, not how."""

ESCALATES = Hinted(r"es[ck]al|эскал|エスカレ|上报", "escal|eskal|эскал|エスカレ|上报")
ESCALATION = re.compile(
    r"^\W*(?:\d{1,2}(?:\.\d{1,2})*[.)]?\s+)?(?:[\w-]+ ){0,3}"
    r"(?:(?:escalations?|eskalation|escalaci[oó]n|escalamiento|escalade|escalaç[aã]o|escalonamento"
    r"|эскалаци[яи])\b|エスカレーション|上报)",
    re.IGNORECASE,
)
ASIDE = Hinted(
    r"appendi|additional information|further (?:reading|information)|bibliograph|literatur"
    r"|trouble[- ]?shoot|\bfaq\b|see also|glossary|\banhang\b|fehlerbehebung|ap[ée]ndice"
    r"|\banexo|solu(?:ci[oó]n|[cç][aã]o) de problemas|\bannexe|dépannage|приложени[ея]"
    r"|附录|常见问题|付録|参考資料|故障排除|トラブルシュー"
    r"|\bexamples?\b|\bsamples?\b|\bbeispiele?\b|\bejemplos?\b|\bexemples?\b|示例|案例"
    r"|\bfind out more\b|\blearn more\b|\bmore information\b|weitere informationen|más información"
    r"|en savoir plus|mais informações|\bcommon (?:failures?|issues|problems|errors|pitfalls)"
    r"|häufige (?:fehler|probleme)|problemas (?:comunes|comuns)|problèmes (?:courants|fréquents)"
    r"|常见(?:故障|错误)|よくある",
    "find out|learn more|information|savoir|informaç|informaci|common|häufige|comun|courants|"
    "fréquents|常见|よくある|append|additional|further|bibliogr|literatur|shoot|faq|see also|"
    "glossary|anhang|fehlerbeh|apendice|apéndice|anexo|problemas|annexe|dépannage|прилож|附录|故障排|トラブル|"
    "常见问题|付録|参考|exampl|sampl|beispiel|ejemplo|exempl|示例|案例",
)
DESCRIBES = re.compile(
    r"\b(?:approach|strategy|background|overview|assumptions?|goals?|objectives?|benefits"
    r"|advantages|considerations|risks?|limitations|scope|purpose|principles|known issues|notes?"
    r"|rules|guidelines|best practices|reminders|warnings|lessons|regeln|reglas|règles"
    r"|ansatz|strategie|ziele?|annahmen|risiken|überblick|hintergrund|enfoque|estrategia|objetivos?"
    r"|supuestos|riesgos|ventajas|approche|stratégie|objectifs?|hypothèses|risques|contexte)\b"
    r"|\b(?:beneficios|bénéfices|vorteile|nachteile|benefícios|ventajas|avantages|disadvantages)\b"
    r"|^\W*(?:(?:recommended )?next steps|what['’]?s next|(?:próximos|proximos|siguientes) pasos"
    r"|pasos siguientes|nächste schritte|prochaines étapes|étapes suivantes|próximos passos"
    r"|lay of the land)\b|后续步骤|下一步|次のステップ"
    r"|^\W*(?:required )?inputs?\W*$|\bexpected (?:results?|outcomes?|behaviou?rs?)\b"
    r"|résultats? attendus?|resultados? esperados?|erwartete ergebnisse|(?:预期|期望)结果|期待結果"
    r"|points? d['’]attention|puntos? de atención|pontos? de atenção|注意事项|注意点"
    r"|概述|背景|策略|目标|风险|假设|规则|优势|优点|缺点|^\W*(?:适用|演练)?范围\W*$",
    re.IGNORECASE,
)
"""In the title of a section: it says how things are meant, not what to do."""

DAY = Hinted(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|day \d{1,3}|week \d{1,3}"
    r"|[TD] ?[-+] ?\d{1,4}[dhmw]?"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|tag \d{1,3}|woche \d{1,3}"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo|día \d{1,3}|semana \d{1,3}"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jour \d{1,3}|semaine \d{1,3})\b"
    r"|星期.|周[一二三四五六日]|第.天",
    "day|week|t-|t+|t -|t +|d-|d+|d -|d +|tag|woch|lunes|martes|miércoles|jueves|viernes|sábado|"
    "domingo|día|semana|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jour|semaine|星期|周|第",
)
REFERENCE = Hinted(
    rf"{ASIDE.pattern}|\breference|\buseful\b|\bkey commands\b|cheat ?sheet|\bexamples?\b"
    r"|\b(?:comandos [uú]t(?:eis|iles)|commandes utiles|nützliche befehle)\b"
    r"|(?:常用|实用)命令|命令(?:参考|速查)|(?:便利な|よく使う)コマンド|コマンド(?:一覧|集)"
    r"|kurzreferenz|befehlsübersicht|aide-mémoire|référence rapide|referencia rápida"
    r"|\bresources\b|\bbackground\b|\boverview\b|\bcontacts?\b",
    "append|additional|further|bibliogr|literatur|shoot|faq|see also|glossary|anhang|"
    "fehlerbeh|apendice|apéndice|anexo|problemas|annexe|dépannage|прилож|附录|常见问题|付録|参考|"
    "故障排|トラブル|exampl|sampl|beispiel|ejemplo|exempl|示例|案例|find out|learn more|"
    "kurzref|befehlsüber|aide-m|rapide|rápida|comandos |commandes utiles|nützliche |命令|コマンド|"
    "information|savoir|informaç|informaci|"
    "common|häufige|comun|courants|fréquents|常见|よくある|reference|useful|key commands|cheat|"
    "resources|background|overview|contact",
)
PHASE = Hinted(
    r"\b(?:phase|stage|fase|etapa|étape|schritt|step|paso|part|teil|passo|этап|шаг|фаза)"
    r"\s{0,3}[-#№]?\s{0,3}(\d{1,4})\b|第.{1,2}[步阶]|(?:阶段|フェーズ|段階)\s?\d",
    "phase|stage|fase|etapa|étape|schritt|step|paso|part|teil|passo|этап|шаг|фаза|第|阶段|"
    "フェーズ|段階",
)
PHASE_ONLY = re.compile(
    r"^\W*(?:phase|stage|fase|etapa|part|teil|этап|фаза|阶段|フェーズ)\s{0,3}[-#№]?\s{0,3}\w",
    re.IGNORECASE,
)
STEP_WORD = re.compile(
    r"^\W*(?:optional:? )?(?:step|paso|schritt|étape|passo|stap|шаг|步骤|手順|ステップ)"
    r"\s{0,3}[-#№]?\s{0,3}\d|^\W*第.{1,2}步|^\W*步骤[一二三四五六七八九十]",
    re.IGNORECASE,
)
BARE = re.compile(
    r"^\W*(?P<number>\d{1,3}(?:\.\d{1,3}){0,4})(?:[.):](?=\s)|\ufe0f?\u20e3|(?=\s{1,2}[—–-]\s)"
    r"|(?<=\.\d)(?=\s)|(?<=\.\d\d)(?=\s))\s*(?:[—–-]\s)?\s*(?P<rest>\S.*)$",
    re.DOTALL,
)
NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,4}")


FORWARD = re.compile(
    r"deploy|releas|upgrad|updat|migrat|roll-?out|install|maint|cut-?over|switch|launch|bereitstell"
    r"|aktualisier|wartung|einführ|despliegue|implant|lanzamiento|actualiz|atualiz|migra|déploi"
    r"|mise (?:en|à)|развёрт|развер|обновл|выкат|миграц"
    r"|部署|升级|上线|发布|迁移|变更|リリース|移行|更新",
    re.IGNORECASE,
)
"""In the title of a plan: it is of the way forth, too."""
JOINED = re.compile(r"[&/+,，、]|\b(?:and|with|y|et|und|mit|e|con|com|avec|и)\b|和|与|及|と")


def about(title: str) -> str:
    """What a whole plan is there for by its title: ``rollback``, ``recovery``, or "" for a change.

    In a plan that is a rollback the sections on rollback are its steps.
    """
    forth = FORWARD.search(title) is not None
    if ROLLBACK.search(title) and not (forth and JOINED.search(title)):
        return "rollback" if not PREPARES.search(plain(title)) else ""
    # What is there for a disaster is a collection, of which each part is done when it has come.
    restores = RECOVERY.search(title) and not DISASTER.search(title)
    return "recovery" if restores and not forth else ""


def is_escalation(text: str) -> bool:
    """Whether a title is that of who is called next; one that counts as a step is none."""
    if not ESCALATES.search(text):
        return False  # Asked of every section, and seldom so.
    clean = plain(text)
    counted = PHASE.search(clean) or STEP_WORD.match(clean)
    return not counted and ESCALATION.match(clean) is not None


def is_way_back(text: str) -> bool:
    """Whether a title is that of a rollback, not of what is done before so that there is one."""
    return ROLLBACK.search(text) is not None and not PREPARES.search(plain(text))


def is_only_way_back(text: str) -> bool:
    """Whether a title says nothing but that it is the way back."""
    return ONLY_BACK.fullmatch(plain(text)) is not None


def is_before(text: str) -> bool:
    """Whether a title is that of what is done before the work begins."""
    return BEFORE.search(text) is not None and ROLLBACK.search(text) is None


OPTIONAL = re.compile(
    r"^\W*(?:(?:optional(?:ly)?|opcional|optionnel|facultatif)\b|可选)"
    r"|^\W*(?:if|otherwise|or,? you can|alternatively|wenn|falls|andernfalls|alternativ"
    r"|im (?:fehler|not)fall|en cas(?:o)?|em caso|si|se|de lo contrario|caso contrário|sinon|если"
    r"|в случае)\b|^(?:如果|否则|もし)",
    re.IGNORECASE,
)
SAID_OPTIONAL = re.compile(
    r"[(（\[](?:optional|opcional|optionnel|facultatif|опционально"
    r"|任意|可选|オプション|省略可能?|可跳过"
    r"|if (?:needed|necessary|required|applicable)|falls nötig|bei bedarf"
    r"|si (?:es necesario|aplica|nécessaire))[)）\]]",
    re.IGNORECASE,
)
"""Behind a title, in brackets."""


FAILS = re.compile(
    r"^\W*(?:\d[\d.]*\s+)?(?:(?:what )?(?:if|when|should|in case"
    r"|in the event)\b.{0,40}?\b(?:go(?:es)? wrong"
    r"|(?:it|this|that|anything|something|everything|deploy\w*|upgrade|migration|release"
    r"|rollout|build"
    r"|update|change|step|switch\w*|cutover|installation|restart) (?:fails?|breaks?)"
    r"|(?:issues?|problems?|errors?|failures?) (?:\w+ )?"
    r"(?:arise|occur|persist|appear|happen|come up|detected|found|seen)"
    r"|of (?:a )?(?:failures?"
    r"|problems?|errors?|trouble|issues?))|(?:on|upon) (?:failure|errors?)\b"
    r"|(?:wenn|falls) .{0,30}\b(?:schief|fehlschlägt|scheitert)|im fehlerfall"
    r"|bei (?:problemen|fehlern?\b|störungen)"
    r"|si (?:algo|todo|la \w+|el \w+) (?:sale mal|falla)|en caso de (?:fallo|error|problemas?)"
    r"|en cas (?:d['’](?:échec|erreur)|de (?:problème|panne))|si (?:quelque chose|ça"
    r"|cela) .{0,20}mal"
    r"|(?:se|caso) algo (?:der errado|falhar)|em caso de (?:falha|erro|problemas?)"
    r"|(?:если|в случае) .{0,30}(?:не так|ошибк|сбо|неудач|проблем)|如果?(?:失败|出错|出现问题)"
    r"|失败时|(?:失敗|問題|異常)(?:した場合|が発生|時))",
    re.IGNORECASE,
)
"""The title of what is done only where the work went wrong: no part of the way forth."""


TROUBLE = Hinted(
    r"\btrouble[- ]?shoot|\bcommon (?:failures?|issues|problems|errors|pitfalls)\b|fehlerbehebung"
    r"|\bhäufige (?:fehler|probleme)|solu(?:ci[oó]n|[cç][aã]o) de problemas"
    r"|\bproblemas (?:comunes|comuns)"
    r"|dépannage|\bproblèmes (?:courants|fréquents)|故障(?:排除|处理|排查)"
    r"|常见(?:故障|错误|问题)|トラブルシュー|障害対応",
    "shoot|common |fehlerbehebung|häufige |problemas|dépannage|problèmes |故障|常见|トラブル|障害",
)
"""The title of what may go wrong with the work, and what helps then."""


def is_for_failures(text: str) -> bool:
    """Whether a title is that of what to do when the work went wrong."""
    return FAILS.search(plain(text)) is not None


def is_optional(text: str) -> bool:
    """Whether a title says that its step may not be needed: “If …”, “Otherwise …”, “(optional)”."""
    said = plain(text)
    return OPTIONAL.match(said) is not None or SAID_OPTIONAL.search(said) is not None


def asks_when(text: str) -> bool:
    """Whether a title is that of when to roll back, not of how."""
    return WHEN.search(plain(text)) is not None


@remembered
def is_numbered(text: str) -> bool:
    """Whether a title is that of a step in a row: ``Step 1: …``, ``1. …``, ``2) …``, ``1.1 …``."""
    clean = plain(text)
    return bool(STEP_WORD.match(clean) or BARE.match(clean)) and not PHASE_ONLY.match(clean)


def number(text: str) -> str:
    """The number in a numbered title, as written: ``2``, ``1.1``; else ""."""
    clean = plain(text)
    bare = BARE.match(clean)
    if bare:
        return bare.group("number")
    if STEP_WORD.match(clean) or PHASE.search(clean):
        found = NUMBER.search(clean)
        return found.group(0) if found else ""
    return ""


CHOICE = re.compile(
    r"^\W*(?:option|alternative|method|variant|variante|opción|opção|möglichkeit|méthode|método|weg"
    r"|вариант|方案|方法|选项|方式|案)\s{0,2}(?P<number>[A-H]|\d{1,2}|[一二三四五])\b\s{0,2}"
    r"(?P<behind>[^\w\s]*)\s*",
    re.IGNORECASE,
)
"""``Option A: …``, ``Method 2 - …``: one of several ways to do the same."""


def unchosen(text: str) -> str:
    """A title without ``Option A:`` before it."""
    return CHOICE.sub("", plain(text)) or plain(text)


CHECKS = re.compile(
    r"(?:\d[\d.]*\s+)?(?:(?:final|post|smoke|post[- ]?\w{2,12}) )?(?:verifications?|validations?"
    r"|checks?|checklist|tests?|prüfung(?:en)?|kontrollen?|vérifications?|contrôles?"
    r"|comprobaci[oó]n(?:es)?"
    r"|verificaci[oó]n(?:es)?|validaci[oó]n(?:es)?|verificaç[aã]o|verificações|validação"
    r"|проверк[аи]"
    r"|验证|检查|確認(?:事項|項目)?|動作確認)\W*",
    re.IGNORECASE,
)
"""The title of what is looked at: its bullets are ticked, whatever they say."""


def is_verifying(text: str) -> bool:
    """Whether a title says that something is looked at, and nothing else."""
    return CHECKS.fullmatch(STEP_WORD.sub("", plain(text)).lstrip(" .:)–—-")) is not None


def unnumbered(text: str) -> str:
    """A title without a bare number before it; ``Step 1: …`` stays as it is."""
    bare = BARE.match(plain(text))
    return title(bare.group("rest")) if bare else title(text)
