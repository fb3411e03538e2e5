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
)
OTHERS = (
    "prüfe|prüfen|starte|starten|stoppe|stoppen|führe|erstelle|lösche|sichere|informiere|öffne"
    "|verificar|verifique|comprobar|ejecutar|ejecute|crear|borrar|eliminar|actualizar|reiniciar"
    "|detener|iniciar|revisar|notificar|avisar|desplegar|obtener|parar|copiar|arrancar|restaurar"
    "|vérifier|vérifiez|exécuter|exécutez|créer|verifique|verificar|execute|executar|crie|criar"
    "|remova|remover|atualize|atualizar|reinicie|pare|inicie|copie|copiar|avise|recarregue|restaure"
    "|obtenha|confirme|проверить|проверьте|выполнить|выполните|создать|создайте|удалить|удалите"
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
    r"\w(?:ieren|üfen|öschen|tellen|arten|oppen|ühren|ichern)\.?$"
    r"|(?:する|すること|してください|を?(?:確認|実施|実行|停止|起動|連絡|通知|取得|切替|適用|削除|作成))。?$",
    re.IGNORECASE,
)
"""How an order ends in languages that have the verb there."""


def _asks(line: str) -> bool:
    said = title(line)
    return bool(FIRST.match(said) or LAST.search(said[-40:]) or types(line.strip("`* ")))


def are_asked(texts: Iterable[str]) -> bool:
    """Whether at least half of some bullets say what to do."""
    return share_asked(texts) >= 0.5


def share_asked(texts: Iterable[str]) -> float:
    """How many of some bullets say what to do, from 0 to 1; 0 of none."""
    found = [_asks(text.split("\n", 1)[0][:400]) for text in texts]
    return sum(found) / len(found) if found else 0.0
