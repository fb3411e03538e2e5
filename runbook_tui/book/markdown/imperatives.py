"""Whether bullets say what to do: they begin with a verb, or end with one, as orders do."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    "|watch|write"
)
OTHERS = (
    "prüfe|prüfen|starte|starten|stoppe|stoppen|führe|erstelle|lösche|sichere|informiere|öffne"
    "|verificar|verifique|comprobar|ejecutar|ejecute|crear|borrar|eliminar|actualizar|reiniciar"
    "|detener|iniciar|revisar|notificar|avisar|desplegar|vérifier|vérifiez|exécuter|exécutez|créer"
    "|créez|supprimer|redémarrer|arrêter|démarrer|lancer|lancez|installer|installez|prévenir"
)
FIRST = re.compile(
    rf"^(?:please |then |now |finally |also |first,? |next,? )?(?:(?-i:[A-Z]{{2,5}}) )?"
    rf"(?:{VERBS})\b"
    rf"|^(?:{OTHERS})\b|(?:\w{{2,30}}(?:ieren|üfen|öschen|tellen|arten|oppen|ühren|ichern))\.?$"
    r"|^(?:检查|执行|创建|删除|更新|重启|停止|启动|运行|确认|通知|备份|部署|安装)",
    re.IGNORECASE,
)


def are_asked(texts: Iterable[str]) -> bool:
    """Whether at least half of some bullets say what to do."""
    found = [FIRST.search(title(text.split("\n", 1)[0][:400])) is not None for text in texts]
    return bool(found) and sum(found) * 2 >= len(found)
