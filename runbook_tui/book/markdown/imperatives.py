"""Whether bullets say what to do: they begin with a verb, or end with one, as orders do."""

from __future__ import annotations

import re
from collections.abc import Iterable

from runbook_tui.book.markdown.commands import types
from runbook_tui.book.markdown.words import title

VERBS = (
    "add|adjust|announce|apply|approve|archive|ask|assign|attach|backup|back|block|build|bump|call"
    "|cancel|change|check|cherry-pick|choose|clean|clear|clone|close|collect|commit|communicate"
    "|compare|configure|confirm|connect|contact|copy|create|decide|delete|deploy|destroy|determine"
    "|disable|disconnect|document|download|drain|drop|edit|email|enable|ensure|escalate|examine"
    "|execute|export|fetch|file|fill|find|fix|flush|follow|force|freeze|generate|get|give|go|grant"
    "|identify|import|increase|inform|insert|inspect|install|investigate|invite|isolate|kill|launch"
    "|let|list|lock|log|look|mail|make|mark|merge|migrate|modify|monitor|mount|move|notify|obtain"
    "|open|patch|pause|perform|pick|ping|plan|post|prepare|promote|publish|pull|push|put|quarantine"
    "|read|rebase|reboot|rebuild|record|redeploy|reduce|remind|remove|rename|repeat|replace"
    "|report|request|reset|resolve|restart|restore|resume|review|revert|revoke|rotate|run|save"
    "|scale|schedule|see|select|send|set|share|ship|shut|sign|silence|start|stop|submit|switch|sync"
    "|tag|take|tell|test|trigger|turn|unblock|unlock|update|upgrade|upload|use|validate|verify|wait"
    "|watch|write|navigate|click|enter|type|press|paste|proceed|continue|unset|mute|unmute|page"
    "|bring|extend|recreate|re-?enable|re-?run|re-?apply|re-?deploy|re-?sync|re-?index|re-?try|rejoin"
    "|reload|reinstall|wipe|unpause|taint|untaint|cordon|uncordon|evict|fail over|failover"
    "|fall back|roll|extract|unmount|ssh|access|authenticate|encrypt|decrypt|convert"
    "|retire|decommission|tidy"
    "|prune|purge|acknowledge|assess|gather|capture|snapshot|double-check|sanity-check|smoke-test|cut"
    "|declare|hand|join|leave|raise|lower|resize|repair|replicate|terminate|tear|toggle|transfer"
    "|try|uninstall|uncomment|vacuum|visit|keep|allow|apply|assume|bind|boot|bootstrap|calculate"
    "|catch|clarify|complete|compile|compress|consider|consult|coordinate|correct|count|cross-check"
    "|declare|define|delegate|describe|detach|detect|develop|discuss|distribute|draft|dump|dry-run"
    "|edit|elect|eliminate|estimate|evaluate|exclude|expand|expose|figure|finali[sz]e|finish|format"
    "|grab|hold|implement|initiali[sz]e|initiate|interview|keep|label|look|maintain|map|measure|meet"
    "|obtain|organi[sz]e|override|perform|persist|preserve|prevent|provision|provide|query|quit"
    "|re-?evaluate|recover|redirect|reduce|refer|refresh|reinforce|reject|remember|reopen|resubmit"
    "|retain|retrieve|return|scan|schedule|scrub|secure|setup|simulate|skip|solve|spin|start"
    "|stash|store|summari[sz]e|suspend|swap|tighten|trace|track|transition|understand|unlink"
    "|unlock|unsubscribe|untar|unzip|use|wait|walk|warm|warn|whitelist|work"
)
OTHERS = (
    "prüfe|prüfen|starte|starten|stoppe|stoppen|führe|erstelle|lösche|sichere|informiere|öffne"
    "|verificar|verifique|comprobar|ejecutar|ejecute|crear|borrar|eliminar|actualizar|reiniciar"
    "|detener|iniciar|revisar|notificar|avisar|desplegar|obtener|parar|copiar|arrancar|restaurar"
    "|vérifier|vérifiez|exécuter|exécutez|créer|verifique|verificar|execute|executar|crie|criar"
    "|remova|remover|atualize|atualizar|reinicie|pare|inicie|copie|copiar|avise|recarregue|restaure"
    "|obtenha|confirme|проверить|проверьте|выполнить|выполните|создать|создайте|удалить|удалите"
    "|realizar|realice|aplicar|aplique|configurar|configure|validar|valide|confirmar|monitorear"
    "|supervisar|habilitar|deshabilitar|instalar|instale|descargar|migrar|respaldar|hacer|haga|abrir"
    "|abra|cerrar|activar|desactivar|asegurar(?:se)?|preparar|ejecuta|verifica|comprueba|crea|elimina"
    "|reinicia|restaura|revisa|consultar|documentar|comunicar|informar|navegar|seleccion(?:ar|e)|vaya"
    "|sauvegarder|sauvegardez|mettre|mettez|configurer|configurez|valider|validez|tester|testez"
    "|déployer|déployez|migrer|restaurer|restaurez|informer|informez|activer|activez|désactiver"
    "|désactivez|accéder|accédez|ouvrir|ouvrez|cloner|clonez|copier|copiez|télécharger|téléchargez"
    "|contrôler|contrôlez|s'assurer|assurez|ajouter|ajoutez|modifier|modifiez|arrêtez|redémarrez"
    "|supprimez|communiquer|documenter|planifier|préparer|préparez|surveiller|basculer|faire|faites"
    "|aplicar|aplique|validar|instalar|instale|baixar|migrar|fazer|faça|abrir|abra|fechar|desativar"
    "|ativar|garantir|garanta|preparar|monitorar|comunicar|testar|teste|selecionar|acesse|configure"
    "|stelle|stellen|sperre|setze|setzen|melde|warte|öffnen|beende|trenne|aktualisiere|deaktiviere"
    "|обновить|остановить|остановите|запустить|запустите|перезапустить|сообщить|предупредить"
    "|убедиться|убедитесь|подготовить|восстановить|сделать"
    "|créez|supprimer|redémarrer|arrêter|démarrer|lancer|lancez|installer|installez|prévenir"
)
FIRST = re.compile(
    rf"^(?:please |then |now |finally |also |first,? |next,? )?(?:(?-i:[A-Z]{{2,5}}) )?"
    rf"(?:{VERBS})\b"
    rf"|^(?:{OTHERS})\b"
    r"|^(?:检查|执行|创建|删除|更新|重启|停止|启动|运行|确认|通知|备份|部署|安装|登录|修改|恢复|切换)",
    re.IGNORECASE,
)

LAST = re.compile(
    r"\w(?:ieren|üfen|öschen|tellen|arten|oppen|ühren|ichern|ließen|ffnen|lanen|etzen|nehmen|hmen"
    r"|olen|iehen|enden|pielen|halten|elden|inden|aden|ählen|ändern|fernen|essen|ahren|ragen|reiben"
    r"|assen|auen|rdnen|reiten|eiten|trennen|weisen|perren|lären|timmen|ammeln|wechseln|eben|ösen)\.?$"
    r"|(?:する|すること|してください|を?(?:確認|実施|実行|停止|起動|連絡|通知|取得|切替|適用|削除|作成))。?$",
    re.IGNORECASE,
)
"""How an order ends in languages that have the verb there."""


STATES = re.compile(
    r"\b(?:passed|passes|pass|merged|completed?|created|succeeded|successful(?:ly)?|verified"
    r"|confirmed|notified|taken|tested|reviewed|approved|available|healthy|green|running|ready|done|ok|working"
    r"|works|works? as expected|empty|enabled|disabled|stopped|reachable|up to date|in place"
    r"|correct|updated|deployed|restored|documented|exists?|loads?|synced|in sync|active"
    r"|erfolgreich|erstellt|geprüft|informiert|bereit|verfügbar|grün|läuft|abgeschlossen"
    r"|creado|verificado|aplicad[oa]|completad[oa]|correct[oa]|disponible|funciona|realizado"
    r"|créée?|vérifiée?|effectuée?|terminée?|fonctionnel(?:le)?s?|testée?s?)[.!]?$"
    r"|^(?!(?:if|when|whether|who|what|how|any|where|why|which)\b)(?:\S+ ){1,4}"
    r"(?:is|are|was|were|has|have|can|cannot|does|ist|sind|está|están|est|sont)(?: \S+){1,4}$"
    r"|^\w+ [a-z]+s[.!]?$"
    r"|^(?:no|all|every|alle|keine|todos|todas|ningún|aucune?|tous|toutes|нет|все|sin|nenhum) \w"
    r"|(?:正常|成功|通过|完成|就绪|可用|無し|なし|完了)。?$",
    re.IGNORECASE,
)
"""How a bullet ends or begins that says what must be so."""

DEEDS = re.compile(
    r"\b(?:verifications?|validations?|tests?|testing|test suites?|checks?|audits?|reviews?|scans?"
    r"|benchmarks?|assessments?|inspections?|comparisons?|drills?|rehearsals?|restarts?|clean-?ups?"
    r"|\w*(?:prüfung(?:en)?|abgleich|neustart)|vérifications?|contrôles?|revue|essais?"
    r"|verificaci(?:ón|ones)|validaci(?:ón|ones)|comprobaci(?:ón|ones)|pruebas?|revisi(?:ón|ones)"
    r"|verificaç(?:ão|ões)|validaç(?:ão|ões)|testes?|revis(?:ão|ões)"
    r"|проверк[аи]|тестирование|сверка)[.!]?$"
    r"|(?:验证|测试|检查|校验|確認|検証|テスト)。?$"
    r"|^(?:complete|optimi[sz]e|fine-tune|tune|address|assess|measure|analy[sz]e) \w",
    re.IGNORECASE,
)
"""How a bullet ends that names what is done without a verb; and verbs that begin few others."""


def _asks(line: str) -> bool:
    said = title(line)
    return bool(FIRST.match(said) or LAST.search(said[-40:]) or types(line.strip("`* ")))


def are_checked(texts: Iterable[str]) -> bool:
    """Whether at least half of some bullets say or name what to do or what must be so; else they
    tell."""
    lines = [text.split("\n", 1)[0][:400] for text in texts]
    found = [
        _asks(line) or any(kind.search(title(line)) for kind in (STATES, DEEDS)) for line in lines
    ]
    return sum(found) >= 0.5 * len(found) > 0


def are_asked(texts: Iterable[str]) -> bool:
    """Whether at least half of some bullets say what to do."""
    return share_asked(texts) >= 0.5


def share_asked(texts: Iterable[str]) -> float:
    """How many of some bullets say what to do, from 0 to 1; 0 of none."""
    found = [_asks(text.split("\n", 1)[0][:400]) for text in texts]
    return sum(found) / len(found) if found else 0.0
