# Was die Seite sagt, auf Deutsch.

language = Deutsch
direction = ltr

name-and-more = { $name }, { $more }

## Bevor die Seite läuft

boot-wait = clawline wird geöffnet …
boot-late = Das dauert ungewöhnlich lange. Die Seite braucht einen Browser mit JavaScript-Modulen und WebAssembly (ab Chrome oder Edge 123, Firefox 120, Safari 17.5). Bitte neu laden oder einen anderen Browser verwenden.
boot-no-wasm = Dieser Browser hat kein WebAssembly, oder es ist abgeschaltet. Bitte für diese Seite erlauben oder einen anderen Browser verwenden.
boot-failed = Die Seite konnte nicht starten: { $reason }. Bitte neu laden. Hilft das nicht, liegt auf dem Server nur ein Teil der Seite.

## Der Kopf der Seite

status-connecting = Wird verbunden
status-connected = Verbunden
status-reconnecting = Wird neu verbunden
status-waiting = Wartet auf Freigabe
status-signed-out = Abgemeldet
status-offline = Offline
status-place = { " " }mit { $gateway }
status-reason = : { $reason }
status-no-gateway = Mit keinem Gateway verbunden.
status-approval = Dieser Browser muss auf dem Gateway freigegeben werden.
status-no-network = Dieses Gerät hat kein Netz.
next-try = nächster Versuch in { $seconds } s
retry-now = Jetzt versuchen
change-gateway = Gateway wechseln
language-choice = Sprache
colours-system = Farben: wie das System
colours-light = Farben: hell
colours-dark = Farben: dunkel
reload = Neu laden
chunk-late = Dieser Teil der Seite wird noch geladen.
chunk-missing = Ein Teil der Seite konnte nicht geladen werden. Es wird von selbst wieder versucht; Geschriebenes bleibt erhalten.
chunk-outdated = Der Server hat eine andere Version dieser Seite. Neu laden, um alles zu sehen.
hide = Ausblenden
show = Anzeigen
code = ({ $code })
sign-in-ended = Die Anmeldung vor diesem Server ist vermutlich abgelaufen.
sign-in-ended-remedy = Seite neu laden, um sich wieder anzumelden.

## Das Formular zum Verbinden

connect-title = Mit dem Agenten sprechen
connect-intro = Der Agent antwortet über sein Gateway. Wo ist es?
gateway-address = Adresse des Gateways
token = Token
password = Passwort
remember = Auf diesem Gerät merken
remember-why = Selten nötig: Nach der Freigabe hat dieser Browser einen eigenen Schlüssel. Was gemerkt wird, können alle lesen, die diesen Browser benutzen.
connect = Verbinden
back-to-conversation = Zurück zur Unterhaltung
use-address = { $address } verwenden
link-undecided = Der Link sagt nicht, für welches Gateway sein Token ist. Bitte die Adresse prüfen, dann verbinden.
secret-taken-out = Die Anmeldedaten für { $other } wurden aus dem Formular entfernt: Sie werden nicht an { $gateway } gesendet.

address-missing = Bitte die Adresse des Gateways eingeben, zum Beispiel { $example }.
address-too-long = Das ist zu lang für eine Adresse.
address-spaces = Eine Adresse enthält keine Leerzeichen.
address-scheme = Eine Adresse beginnt mit ws:// oder wss://.
address-other-scheme = Eine Adresse beginnt mit ws:// oder wss://, nicht mit { $scheme }://.
address-odd = „{ $character }“ kommt in keiner Adresse vor. Bitte noch einmal kopieren, ohne das Drumherum.
address-of-page = Das ist die Adresse einer Webseite. Die eines Gateways beginnt mit { $scheme }://.
address-token = Ein Token gehört nicht in die Adresse, sonst steht es später in Protokollen. Dafür gibt es ein eigenes Feld.
address-name = Browser lehnen Namen und Passwörter in einer Adresse ab. Bitte den Teil vor dem @ entfernen.
address-port = „{ $port }“ ist kein Port. Ein Port ist eine Zahl von 1 bis 65535.
address-no-host = Nach :// fehlt der Name des Rechners.
address-host = „{ $host }“ ist kein Name eines Rechners.
address-not-secure = Diese Seite kam über https, deshalb öffnet der Browser von ihr aus nur Adressen mit wss://. Bitte die wss://-Adresse des Gateways verwenden oder diese Seite über http von einem Relay öffnen.

token-spaces = Ein Token enthält keine Leerzeichen. Bitte noch einmal kopieren, ohne die Wörter drum herum.
token-odd = Das ist kein Token. Bitte noch einmal aus der Konfiguration des Gateways kopieren.
password-too-long = Dieses Passwort ist zu lang für ein Gateway.

policy-not-there = Der Server dieser Seite erlaubt ihr keine Verbindung zu { $gateway }.
policy-started-with = Gestartet wurde er mit { $gateways }.
policy-by-command = Das Relay mit dieser Adresse starten, dann neu laden:
policy-by-option = Das Relay mit dieser Adresse starten ({ $option }), dann neu laden.
policy-ipv6 = Browser lassen Seiten wie diese nicht mit einer IPv6-Adresse sprechen.
policy-use-name = Der Name des Rechners funktioniert.
policy-give-name = Bitte dem Rechner einen Namen geben, im DNS oder in der hosts-Datei dieses Geräts, und diesen verwenden.

## Warten auf Freigabe

pairing-title = Diesen Browser freigeben
pairing-new = Das Gateway kennt diesen Browser noch nicht. Wer das Gateway betreibt, gibt ihn einmal frei.
pairing-more-rights = Dieser Browser möchte mehr Rechte, als ihm das Gateway bisher gegeben hat.
pairing-another-role = Dieser Browser möchte eine Rolle, die ihm das Gateway nicht gegeben oder wieder entzogen hat.
pairing-another-description = Das Gateway kennt diesen Browser unter einer anderen Beschreibung und verlangt eine neue Freigabe.
pairing-by-command = Auf dem Rechner, auf dem das Gateway läuft, eingeben:
pairing-by-request = Die folgende Anfrage dort freigeben, wo das Gateway läuft: mit seinem Befehl für Geräte oder in seiner Oberfläche.
pairing-unnamed = Das Gateway hat die Anfrage nicht benannt. Bitte dort, wo es läuft, die wartenden Geräte auflisten und diesen Browser freigeben.
pairing-request = Anfrage
pairing-browser = Dieser Browser
pairing-goes-on = Nach der Freigabe geht es auf dieser Seite von selbst weiter.

## Dieses Gerät vergessen

forget-device = Dieses Gerät vergessen
forget-question = Dieses Gerät vergessen?
forget-what = Dieses Gerät vergessen? Der Schlüssel, an dem Gateways diesen Browser erkennen, wird gelöscht. Jedes von ihnen muss ihn als neues Gerät wieder freigeben.
forget-lost = { $count ->
    [one] Eine Nachricht, die noch nicht gesendet ist, wird mit gelöscht.
   *[other] { $count } Nachrichten, die noch nicht gesendet sind, werden mit gelöscht.
}
forget-yes = Ja, vergessen
forget-no = Behalten
device-forgotten = Der Schlüssel dieses Browsers ist gelöscht. Bei der nächsten Verbindung sieht das Gateway ein neues Gerät.
forget-failed = Der Schlüssel konnte nicht gelöscht werden. { $reason }

## Die Unterhaltung

conversation-title = Die Unterhaltung
conversation = Unterhaltung
older-show = Ältere Nachrichten zeigen
older-loading = Ältere Nachrichten werden geladen …
older-failed = Ältere Nachrichten konnten nicht geladen werden. { $reason }
new-messages = Neue Nachrichten
new-messages-counted = { $count ->
    [one] { $count } neue
   *[other] { $count } neue
}
follow-at-end = Neue Nachrichten: am Ende mitlaufen
follow-always = Neue Nachrichten: immer mitlaufen
follow-never = Neue Nachrichten: nie mitlaufen
empty-title = Hallo sagen
empty-text = Diese Unterhaltung ist neu. Was hier geschrieben wird, geht an den Agenten.
loading-title = Einen Moment
loading-text = Die Unterhaltung wird geladen …
unconnected-title = Noch nicht verbunden
unconnected-text = Schreiben geht schon. Gesendet wird, sobald das Gateway antwortet.
kept = Stand des letzten Besuchs. Neues kommt mit der Verbindung.
conversation-failed = Die Unterhaltung konnte nicht geladen werden. { $reason }
no-conversation = Es gibt noch keine Unterhaltung.
back-to-main = Zurück zur Hauptunterhaltung
new-conversation-begun = Eine neue Unterhaltung hat begonnen.
new-conversation-failed = Es hat keine neue Unterhaltung begonnen. { $reason }
new-conversation-later = Eine neue Unterhaltung kann beginnen, sobald die Verbindung wieder steht.
new-conversation-with-files = Dateien gehören zu einer Nachricht. Bitte erst die neue Unterhaltung beginnen, dann die Dateien senden.

who-you = Ich
who-assistant = Agent
who-tool = Werkzeug
who-system = System
who-writing = schreibt

thinking = Nachgedacht
tool-answered = { $tool }: Ergebnis
tool-failed = { $tool }: fehlgeschlagen
tool-unnamed = Werkzeug
reply-beginning = Der Anfang dieser langen Antwort erscheint, wenn sie vollständig ist.
reply-stopped = Angehalten.
show-all = Alles zeigen
show-all-lines = { $count ->
    [one] Alles zeigen
   *[other] Alle { $count } Zeilen zeigen
}
fetch-all = Ganzen Text laden
full-text-failed = Der ganze Text konnte nicht geladen werden. { $reason }
trying-again = Das Modell hat nicht geantwortet. Neuer Versuch.
trying-again-counted = Das Modell hat nicht geantwortet. Neuer Versuch ({ $attempt } von { $of }).
agent-failed = Der Agent konnte nicht antworten.
stop-failed = Die Antwort konnte nicht angehalten werden. { $reason }

code-block = Code
code-block-in = Code, { $language }
table = Tabelle
picture = Bild
picture-of = Bild: { $alt }
task-done = erledigt
task-open = offen
copy-code = Code kopieren
copy-command = Befehl kopieren
copy-message = Nachricht kopieren
copied = Kopiert
copy-by-hand = Bitte den Text markieren und von Hand kopieren

told-reply = Agent: { $reply }
told-failure = Die Antwort ist fehlgeschlagen: { $reason }
told-code = Ein Block Code.
told-code-in = Ein Block Code in { $language }.
told-table = { $rows ->
    [one] Eine Tabelle mit { $rows } Zeile.
   *[other] Eine Tabelle mit { $rows } Zeilen.
}
told-goes-on = Die Nachricht geht weiter.

## Die Liste der Unterhaltungen

sessions = Unterhaltungen
sessions-show = Unterhaltungen zeigen
sessions-hide = Unterhaltungen ausblenden
sessions-loading = Die Unterhaltungen werden geladen …
sessions-failed = Die Unterhaltungen konnten nicht geladen werden. { $reason }
main-conversation = Hauptunterhaltung
new-conversation = Neue Unterhaltung
close = Schließen
show-more = Mehr zeigen
archived = Archiviert
none-archived = Das Archiv ist leer.
session-running = Schreibt …
pinned = Angeheftet
pin = Anheften
unpin = Loslösen
archive = Archivieren
unarchive = Aus dem Archiv holen
rename = Umbenennen
session-name = Name der Unterhaltung
delete = Löschen
start-over = Neu beginnen
start-over-question = „{ $title }“ neu beginnen? Der Agent vergisst, was darin gesagt wurde.
start-over-scope = Das Gateway erlaubt das nur mit { $scope }: Darum wird es einmal gebeten.
scope-approve = Bitte zuerst auf dem Gateway freigeben: { $command }
scope-refused = Das Gateway hat { $scope } nicht gewährt.
session-actions = Aktionen für { $title }
session-deleted = „{ $title }“ ist gelöscht.
session-not-renamed = „{ $title }“ konnte nicht umbenannt werden. { $reason }
session-not-pinned = „{ $title }“ konnte nicht angeheftet oder losgelöst werden. { $reason }
session-not-archived = „{ $title }“ konnte nicht archiviert oder aus dem Archiv geholt werden. { $reason }
session-not-deleted = „{ $title }“ konnte nicht gelöscht werden. { $reason }
session-not-started-over = „{ $title }“ konnte nicht neu begonnen werden. { $reason }
session-not-changed = „{ $title }“ konnte nicht geändert werden. { $reason }
present-alone = Nur dieser Browser ist hier
present = { $others ->
    [one] Dieser Browser und ein weiterer sind hier
   *[other] Dieser Browser und { $others } weitere sind hier
}

## Eine Nachricht und was aus ihr wird

state-queued = Wartet auf das Senden
state-sending = Wird gesendet …
state-checking = Es wird geprüft, ob sie ankam …
state-accepted = Zugestellt
state-parked = Nicht gesendet
state-unconfirmed = Nicht bestätigt
state-unconfirmed-why = Nach dem Senden brach die Verbindung ab, und das Gateway kann nicht sagen, ob die Nachricht ankam. Wird sie erneut gesendet, handelt der Agent vielleicht doppelt.

parked-expired = Sie hat länger gewartet als erlaubt und wurde nicht gesendet.
parked-no-row = Das Gateway hat sie angenommen und nie gezeigt. Vielleicht ist sie angekommen: Bitte in der Unterhaltung nachsehen, bevor sie erneut gesendet wird.
parked-too-large = Etwas auf dem Weg zum Gateway lässt eine Nachricht dieser Größe nicht durch. Bitte bearbeiten oder in Teilen senden.
parked-never-answered = Bei jedem Senden dieser Nachricht endete die Verbindung. Vielleicht ist sie für etwas auf dem Weg zu groß oder zu ungewöhnlich: bearbeiten oder erneut senden.
parked-not-kept = Dieser Browser konnte sie nicht speichern, deshalb wurde sie nicht gesendet. Bitte im Speicher des Browsers Platz schaffen, dann erneut senden.
parked-other-gateway = Sie wurde für ein anderes Gateway geschrieben und nicht an dieses gesendet.
parked-unreadable = Was dieser Browser davon gespeichert hat, lässt sich nicht lesen. Bitte verwerfen und neu schreiben.
parked-refused = Das Gateway hat sie nicht angenommen und keinen Grund genannt. Bitte bearbeiten oder erneut senden.
parked-missing-scope = Das Gateway erlaubt diesem Browser das nicht ({ $scope }). Sobald es das tut, wird die Nachricht von selbst gesendet.
parked-file-unreadable = { $name } lässt sich nicht mehr lesen: Die Datei wurde nach dem Auswählen geändert, verschoben oder gelöscht. Bitte diese Nachricht verwerfen und mit der jetzigen Datei neu senden.
parked-file-empty = { $name } ist leer, und ein Gateway nimmt keine leeren Dateien an. Bitte diese Nachricht verwerfen und ohne die Datei senden.

send-again = Erneut senden
edit = Bearbeiten
discard = Verwerfen
dismiss = Nicht mehr verfolgen
dismiss-why = Diese Nachricht nicht weiter verfolgen. Vielleicht ist sie angekommen.
edit-message = Nachricht bearbeiten
send-as-new = Als neue Nachricht senden
save = Speichern
cancel = Abbrechen
edit-empty = Die Nachricht ist leer. Um sie zurückzunehmen, bitte verwerfen.
edit-too-late = Inzwischen ist die Nachricht so hinausgegangen, wie sie war.

## Schreiben

message = Nachricht
send = Senden
stop = Anhalten
write = Nachricht an den Agenten
write-for-later = Jetzt schreiben, später senden
write-to = Nachricht an { $name }
goes-to = An { $name }
ask-agent = Stattdessen den Agenten fragen
ask-aside = An den Agenten. { $name } sieht es nicht.
to-agent = An den Agenten.
not-to-agent = Nicht an den Agenten
recipient-unknown = Noch ist nicht bekannt, zu wem diese Unterhaltung führt: Es kann nichts dorthin gesendet werden.
words-only = Dorthin können nur Worte gesendet werden, keine Dateien.
composer-hint = Enter sendet, Umschalt + Enter beginnt eine neue Zeile.
draft-at-risk = Für einen so langen Entwurf hat dieser Browser keinen Platz: Er geht verloren, wenn die Seite vor dem Senden geschlossen wird.
draft-of-another-tab = In einem anderen Tab stand hier etwas anderes.
undo = Rückgängig
keep-these = So lassen
send-empty = Es gibt nichts zu senden.
send-too-many = Es warten schon { $limit } Nachrichten auf das Senden. Bitte erst einige hinausgehen lassen.
send-too-large = Das ist mehr, als das Gateway auf einmal annimmt ({ $limit }). Bitte in Teilen senden.
send-file-too-large = { $name } ist größer, als das Gateway erlaubt ({ $limit }). Bitte entfernen oder eine kleinere Datei senden.

attach-files = Dateien anhängen
attached-files = Angehängte Dateien
remove-file = { $name } entfernen
attached = { $name } ist angehängt.
attached-many = { $count ->
    [one] { $count } Datei ist angehängt.
   *[other] { $count } Dateien sind angehängt.
}
detached = { $name } ist entfernt.
file-unnamed = Datei
file-with-size = { $name } ({ $size })
file-at-gateway = { $kind ->
    [image] Ein Bild, liegt auf dem Gateway
    [audio] Eine Tonaufnahme, liegt auf dem Gateway
    [video] Ein Video, liegt auf dem Gateway
    [document] Ein Dokument, liegt auf dem Gateway
    [file] Eine Datei, liegt auf dem Gateway
   *[other] Eine Datei ({ $kind }), liegt auf dem Gateway
}
unfit-folder = { $name } ist ein Ordner: bitte stattdessen die Dateien darin auswählen.
unfit-empty = { $name } ist leer und wird nicht angehängt.
unfit-unreadable = { $name } lässt sich nicht lesen: Es ist ein Ordner oder nicht mehr da.
size-bytes = { $count ->
    [one] { $count } Byte
   *[other] { $count } Byte
}
size-kilobytes = { $count } KB
size-megabytes = { NUMBER($count, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB

## WhatsApp

wa-loading = Das Gateway wird gefragt…
wa-absent = Dieses Gateway hat kein WhatsApp.
wa-absent-advice = Wer es betreibt, kann es hinzufügen: in einem clawline-Relay durch den Abschnitt channel.whatsapp_baileys der Einstellungen, in einem OpenClaw-Gateway durch ein Plugin.
wa-not-done = Das ging nicht. { $reason }
wa-unread = Wie es um WhatsApp steht, ist nicht zu erfahren. { $reason }

wa-off = Es ist ausgeschaltet.
wa-off-advice = Verbinde es wieder, oder sieh in das Protokoll des Gateways.
wa-installing = Was zu WhatsApp verbindet, wird installiert…
wa-starting = Es startet…
wa-not-linked = Kein Telefon ist verknüpft.
wa-pairing = Ein Code wartet auf das Telefon.
wa-pairing-advice = Er wurde anderswo angefordert. Du kannst ihn dir hier zeigen lassen.
wa-linking = Das Telefon hat zugestimmt. Es wird verknüpft…
wa-connecting = Es verbindet…
wa-open = Verknüpft und verbunden.
wa-waiting = Nicht verbunden.
wa-waiting-advice = Es wird von selbst wieder versucht. Das Telefon muss in den letzten zwei Wochen im Netz gewesen sein.
wa-conflict = Anderswo in Gebrauch.
wa-conflict-advice = Ein anderes Programm benutzt diese Verknüpfung mit deinem Telefon. Beende es dort, und verbinde dann wieder.
wa-logged-out = Die Verknüpfung ist weg.
wa-logged-out-advice = Das Telefon oder WhatsApp hat sie zurückgenommen. Es wird nichts mehr versucht; verknüpfe das Telefon neu.
wa-forbidden = WhatsApp weist dieses Konto ab.
wa-forbidden-advice = Vielleicht ist es gesperrt. Öffne WhatsApp auf dem Telefon: Dort steht, warum.
wa-too-old = WhatsApp will ein neueres Programm.
wa-no-node = WhatsApp braucht Node.js; wo das Gateway läuft, fehlt es oder ist zu alt.
wa-too-old-advice = Bring das Gateway auf den neuesten Stand, und verbinde dann wieder.
wa-no-node-advice = Installiere dort Node.js 20 oder neuer, mit npm, und verbinde dann wieder.
wa-failed = Es geht nicht.

wa-intro = Verknüpfe dein Telefon, dann kommt zu diesem Gateway, was man dir auf WhatsApp schreibt.
wa-risk = Das ist kein Programm von WhatsApp: WhatsApp unterstützt es nicht und kann das Konto sperren.
wa-show-qr = QR-Code zeigen
wa-use-code = Lieber einen Code tippen
wa-connect = Wieder verbinden
wa-unlink = Verknüpfung lösen
wa-unlink-question = Die Verknüpfung mit diesem Telefon lösen? Um es wieder zu verknüpfen, musst du es zur Hand haben.
wa-unlink-question-number = Die Verknüpfung mit { $number } lösen? Um es wieder zu verknüpfen, musst du das Telefon zur Hand haben.
wa-unlink-yes = Ja, lösen
wa-untold = Das Telefon führt diese Verknüpfung vielleicht noch auf. Entferne sie dort, unter Verknüpfte Geräte.

wa-login-title = Ein Telefon verknüpfen
wa-login-asking = Ein Code wird geholt…
wa-login-waiting = Das Telefon ist dran…
wa-login-offline = Die Verbindung zum Gateway ist weg. Hier geht es weiter, sobald sie wieder da ist.
wa-login-over = Diesmal wurde kein Telefon verknüpft.
wa-new-code = Neuer Code
wa-new-in = ein anderer in { $seconds } s
wa-steps-scan =
    1. Öffne auf dem Telefon WhatsApp.
    2. Geh zu Einstellungen, Verknüpfte Geräte, und wähle Gerät hinzufügen.
    3. Halte das Telefon auf dieses Bild.
wa-steps-type =
    1. Öffne auf dem Telefon WhatsApp.
    2. Geh zu Einstellungen, Verknüpfte Geräte, und wähle Gerät hinzufügen.
    3. Wähle Stattdessen mit Telefonnummer verknüpfen, und tippe diesen Code ein.
wa-qr = QR-Code, der ein Telefon verknüpft

wa-phone = Nummer des Telefons, mit der Vorwahl des Landes
wa-get-code = Code holen
wa-phone-missing = Gib die Nummer des Telefons ein, auf dem WhatsApp ist.
wa-phone-odd = „{ $character }“ ist in keiner Nummer.
wa-phone-no-country = Beginne mit der Vorwahl des Landes statt mit 0.
wa-phone-short = Das ist zu kurz für eine Nummer mit der Vorwahl des Landes.
wa-phone-long = Das ist zu lang für eine Nummer.

## Was der Seite an diesem Browser auffällt

notice-key-readable = Diese Seite kam unverschlüsselt über http: Was hier geschrieben wird, kann unterwegs gelesen werden, und der Schlüssel dieses Browsers von anderen Programmen dieser Seite. Besser sind https oder localhost.
notice-no-web-crypto = Dieser Browser kann einen Schlüssel nicht vor den Programmen dieser Seite verbergen (ihm fehlt Ed25519). Der Chat funktioniert; ein neuerer Browser bewahrt den Schlüssel sicherer auf.
notice-nothing-kept = Dieser Browser speichert nichts für diese Seite (privates Fenster oder volle Festplatte): Er gilt bei jedem Besuch als neues Gerät, und eine nicht gesendete Nachricht ist nach dem Schließen verloren.
notice-not-kept = Dieser Browser speichert zurzeit keine Nachrichten (privates Fenster oder volle Festplatte): Eine nicht gesendete Nachricht ist nach dem Schließen dieser Seite verloren.
notice-newer-outbox = Eine neuere Version dieser Seite speichert hier Nachrichten. Diese Version lässt sie in Ruhe und behält ihre eigenen nur bis zum Schließen. Neu laden, um die neuere Version zu bekommen.
notice-set-aside = Nachrichten eines früheren Besuchs ließen sich nicht lesen. Sie liegen noch in diesem Browser, beiseitegelegt.
notice-unreadable = Einige Nachrichten eines früheren Besuchs lassen sich nicht lesen. Sie liegen noch in diesem Browser.

## Warum eine Anfrage fehlschlug

request-not-connected = Es gibt keine Verbindung zum Gateway.
request-interrupted = Die Verbindung ging vor der Antwort verloren; vielleicht wurde die Anfrage ausgeführt.
request-interrupted-accepted = Die Verbindung ging nach der Annahme verloren; die Anfrage läuft oder ist ausgeführt.
request-timeout = Das Gateway hat nicht rechtzeitig geantwortet; vielleicht wurde die Anfrage ausgeführt.
request-timeout-unsent = Es gab nicht rechtzeitig eine Verbindung; nichts wurde gesendet.
request-timeout-accepted = Die Anfrage wurde angenommen, aber die letzte Antwort kam nicht rechtzeitig.
request-cancelled = Die Anfrage wurde aufgegeben.
request-too-many = Zu viele Anfragen warten auf eine Antwort.
request-unreadable = Das Gateway hat etwas anderes geantwortet, als gefragt war.
request-too-large = Das ist größer, als das Gateway annimmt ({ $limit }).
request-invalid-params = Danach lässt sich nicht fragen: { $reason }
request-missing-scope = Das Gateway erlaubt diesem Browser das nicht.
answer-unreadable = Die Antwort des Gateways lässt sich nicht lesen.
cannot-be-asked = Danach lässt sich nicht fragen.

## Warum es keine Verbindung gibt, nach dem Code; dann, was zu tun ist

cause-AUTH_REQUIRED = Das Gateway verlangt ein Token oder ein Passwort.
advice-AUTH_REQUIRED = Bitte Token oder Passwort des Gateways eingeben.
cause-AUTH_UNAUTHORIZED = Das Gateway hat die Anmeldung nicht angenommen.
advice-AUTH_UNAUTHORIZED = Bitte Token oder Passwort prüfen.
cause-AUTH_TOKEN_MISSING = Das Gateway verlangt ein Token.
advice-AUTH_TOKEN_MISSING = Bitte das Token des Gateways eingeben.
cause-AUTH_TOKEN_MISMATCH = Das Token ist nicht das des Gateways.
advice-AUTH_TOKEN_MISMATCH = Bitte das Token aus der Konfiguration des Gateways eingeben.
cause-AUTH_TOKEN_NOT_CONFIGURED = Auf dem Gateway ist kein Token eingerichtet.
advice-AUTH_TOKEN_NOT_CONFIGURED = Auf dem Gateway gateway.auth.token setzen oder ohne Token anmelden.
cause-AUTH_PASSWORD_MISSING = Das Gateway verlangt ein Passwort.
advice-AUTH_PASSWORD_MISSING = Bitte das Passwort des Gateways eingeben.
cause-AUTH_PASSWORD_MISMATCH = Das Passwort ist nicht das des Gateways.
advice-AUTH_PASSWORD_MISMATCH = Bitte das Passwort aus der Konfiguration des Gateways eingeben.
cause-AUTH_PASSWORD_NOT_CONFIGURED = Auf dem Gateway ist kein Passwort eingerichtet.
advice-AUTH_PASSWORD_NOT_CONFIGURED = Auf dem Gateway gateway.auth.password setzen oder mit einem Token anmelden.
cause-AUTH_BOOTSTRAP_TOKEN_INVALID = Der Einrichtungscode ist verbraucht oder abgelaufen.
advice-AUTH_BOOTSTRAP_TOKEN_INVALID = Bitte auf dem Gateway einen neuen Einrichtungscode anfordern.
cause-AUTH_DEVICE_TOKEN_MISMATCH = Die Freigabe dieses Geräts wurde zurückgezogen oder ersetzt.
advice-AUTH_DEVICE_TOKEN_MISMATCH = Bitte mit dem Token oder Passwort des Gateways anmelden.
cause-AUTH_SCOPE_MISMATCH = Dieses Gerät verlangt mehr, als ihm freigegeben ist.
advice-AUTH_SCOPE_MISMATCH = Bitte mit dem Token oder Passwort des Gateways anmelden, um das zu erhalten.
cause-AUTH_RATE_LIMITED = Zu viele fehlgeschlagene Anmeldungen; das Gateway lehnt eine Weile alle ab.
advice-AUTH_RATE_LIMITED = Bitte warten und inzwischen das Token prüfen.
cause-AUTH_TAILSCALE_IDENTITY_MISSING = Das Gateway verlangt eine Tailscale-Identität.
advice-AUTH_TAILSCALE_IDENTITY_MISSING = Bitte die Tailscale-Adresse des Gateways öffnen.
cause-AUTH_TAILSCALE_PROXY_MISSING = Das Gateway erwartet, über Tailscale Serve erreicht zu werden.
advice-AUTH_TAILSCALE_PROXY_MISSING = { advice-AUTH_TAILSCALE_IDENTITY_MISSING }
cause-AUTH_TAILSCALE_WHOIS_FAILED = Das Gateway konnte die Tailscale-Identität nicht nachschlagen.
advice-AUTH_TAILSCALE_WHOIS_FAILED = Bitte Tailscale auf dem Gateway prüfen, dann noch einmal versuchen.
cause-AUTH_TAILSCALE_IDENTITY_MISMATCH = Diese Tailscale-Identität lässt das Gateway nicht zu.
advice-AUTH_TAILSCALE_IDENTITY_MISMATCH = Wer das Gateway betreibt, kann sie zulassen.
cause-AUTH_IDENTITY_HEADER_REQUIRED = Der Proxy vor dem Gateway hat nicht gesagt, wer sich anmeldet.
advice-AUTH_IDENTITY_HEADER_REQUIRED = Bitte am Proxy anmelden, dann noch einmal versuchen.
cause-AUTH_VERIFIED_USER_REQUIRED = Das Gateway verlangt ein bestätigtes Konto.
advice-AUTH_VERIFIED_USER_REQUIRED = Bitte am Proxy mit einem bestätigten Konto anmelden.
cause-AUTHENTICATED_PROFILE_UNAVAILABLE = Das Gateway konnte das Profil nicht laden.
cause-CONTROL_UI_BUILD_MISMATCH = Das Gateway liefert einen anderen Stand seiner eigenen Seite aus.
advice-CONTROL_UI_BUILD_MISMATCH = Bitte die Seite neu laden.
cause-CONTROL_UI_ORIGIN_NOT_ALLOWED = Das Gateway lässt keine Seiten von dieser Adresse zu.
advice-CONTROL_UI_ORIGIN_NOT_ALLOWED = Auf dem Gateway die Herkunft dieser Seite zu gateway.controlUi.allowedOrigins hinzufügen.
cause-PROTOCOL_MISMATCH = Das Gateway spricht eine andere Version des Protokolls.
advice-PROTOCOL_MISMATCH = Bitte das Gateway oder diese Seite aktualisieren.
cause-CONTROL_UI_DEVICE_IDENTITY_REQUIRED = Das Gateway verlangt eine Geräteidentität.
advice-CONTROL_UI_DEVICE_IDENTITY_REQUIRED = Bitte die Seite über https oder auf localhost öffnen: Dort kann der Browser einen Schlüssel aufbewahren.
cause-DEVICE_IDENTITY_REQUIRED = Das Gateway verlangt eine Geräteidentität.
advice-DEVICE_IDENTITY_REQUIRED = { advice-CONTROL_UI_DEVICE_IDENTITY_REQUIRED }
cause-DEVICE_AUTH_INVALID = Das Gateway hat den Nachweis dieses Geräts nicht angenommen.
advice-DEVICE_AUTH_INVALID = „Dieses Gerät vergessen“ drücken, dann neu verbinden.
cause-DEVICE_AUTH_DEVICE_ID_MISMATCH = Die Kennung dieses Geräts gehört nicht zu seinem Schlüssel.
advice-DEVICE_AUTH_DEVICE_ID_MISMATCH = { advice-DEVICE_AUTH_INVALID }
cause-DEVICE_AUTH_SIGNATURE_EXPIRED = Der Nachweis kam zu spät an.
cause-DEVICE_AUTH_NONCE_REQUIRED = Im Nachweis fehlte die Aufgabe des Gateways.
cause-DEVICE_AUTH_NONCE_MISMATCH = Der Nachweis galt einer anderen Aufgabe.
cause-DEVICE_AUTH_SIGNATURE_INVALID = Das Gateway hat die Unterschrift dieses Geräts nicht angenommen.
advice-DEVICE_AUTH_SIGNATURE_INVALID = { advice-DEVICE_AUTH_INVALID }
cause-DEVICE_AUTH_PUBLIC_KEY_INVALID = Das Gateway hat den Schlüssel dieses Geräts nicht angenommen.
advice-DEVICE_AUTH_PUBLIC_KEY_INVALID = { advice-DEVICE_AUTH_INVALID }
cause-PAIRING_REQUIRED = Dieses Gerät muss auf dem Gateway freigegeben werden.
advice-PAIRING_REQUIRED = Bitte die Anfrage auf dem Gateway freigeben; danach geht es hier von selbst weiter.
cause-CLIENT_VERSION_MISMATCH = Das Gateway verlangt eine andere Version dieser Seite.
advice-CLIENT_VERSION_MISMATCH = { advice-PROTOCOL_MISMATCH }
cause-NOT_PAIRED = { cause-PAIRING_REQUIRED }
advice-NOT_PAIRED = { advice-PAIRING_REQUIRED }
cause-UNAVAILABLE = Das Gateway startet gerade.
cause-FORBIDDEN = Das Gateway lässt dieses Programm nicht zu.
advice-FORBIDDEN = Wer das Gateway betreibt, kann es zulassen.
cause-INVALID_REQUEST = Das Gateway hat die Anmeldung nicht verstanden.
advice-INVALID_REQUEST = Bitte prüfen, was dort genannt ist; sonst das Gateway oder diese Seite aktualisieren.
cause-opening-timeout = Das Gateway hat nicht rechtzeitig geantwortet.
advice-opening-timeout = Bitte die Adresse prüfen, und ob das Gateway läuft.
cause-challenge-timeout = Die Gegenseite hat die Anmeldung nicht begonnen; vielleicht ist sie kein Gateway.
advice-challenge-timeout = Bitte die Adresse prüfen.
cause-frames-unreadable = Was ankommt, lässt sich nicht lesen; vielleicht ist es kein Gateway, oder etwas auf dem Weg verändert die Daten.
advice-frames-unreadable = Bitte die Adresse prüfen, und jeden Proxy, Virenschutz oder VPN auf dem Weg.
cause-limits-unusable = Das Gateway sagt, dass es gar keine Nachrichten annimmt.
advice-limits-unusable = Bitte maxPayload in der Konfiguration des Gateways prüfen, und jeden Proxy davor.
cause-challenge-invalid = Die Aufgabe der Gegenseite lässt sich nicht unterschreiben; vielleicht ist sie kein Gateway mit Protokoll 4.
advice-challenge-invalid = Bitte die Adresse prüfen und das Gateway aktualisieren.
cause-hello-timeout = Das Gateway hat die Anmeldung nicht rechtzeitig abgeschlossen.
cause-hello-invalid = Die Begrüßung des Gateways lässt sich nicht lesen.
advice-hello-invalid = { advice-PROTOCOL_MISMATCH }
cause-no-scopes = Das Gateway hat diese Seite angemeldet, erlaubt ihr aber nichts.
advice-no-scopes = Bitte die Seite über https oder auf localhost öffnen oder dieses Gerät auf dem Gateway freigeben.
cause-signing-failed = Dieser Browser konnte nicht mit dem Schlüssel des Geräts unterschreiben.
advice-signing-failed = { advice-DEVICE_AUTH_INVALID }
cause-address-invalid = Die Adresse lässt sich nicht als WebSocket öffnen.
advice-address-invalid = Bitte die Adresse prüfen; sie beginnt mit ws:// oder wss://.
cause-certificate-untrusted = Dem Zertifikat des Gateways wird hier nicht vertraut; es wurden keine Anmeldedaten gesendet.
advice-certificate-untrusted = Bitte die Adresse und das Zertifikat des Gateways prüfen; auf einem Relay ca_file oder den hinterlegten Fingerabdruck.
cause-credentials-failed = Die Anmeldedaten waren nicht zu bekommen.
cause-silent = Das Gateway ist verstummt.
cause-page-restored = Die Seite wurde wiederhergestellt.
cause-unreachable = Unter dieser Adresse antwortet nichts.
advice-unreachable = Bitte die Adresse prüfen, ob das Gateway läuft und ob es diese Seite zulässt.
cause-gave-up = Alle erlaubten Versuche sind fehlgeschlagen.
advice-gave-up = Bitte noch einmal versuchen.
cause-1000 = Das Gateway hat die Verbindung geschlossen.
cause-1001 = Das Gateway ist gegangen.
cause-1002 = Das Gateway meldet einen Fehler im Protokoll.
cause-1006 = Die Verbindung ging verloren.
cause-1008 = Das Gateway hat die Verbindung nach seinen Regeln geschlossen.
cause-1009 = Eine Nachricht war zu groß für das Gateway.
advice-1009 = Bitte in kleineren Teilen senden.
cause-1011 = Im Gateway ist ein Fehler aufgetreten.
cause-1012 = Das Gateway startet neu.
cause-1013 = Das Gateway startet gerade.
cause-4001 = Die Freigabe dieses Geräts wurde zurückgezogen, oder die Anmeldung des Gateways hat sich geändert.

cause-in-words = { $cause } ({ $said })
closed = Die Verbindung wurde geschlossen (Code { $code }).
closed-in-words = Die Verbindung wurde geschlossen: { $said } (Code { $code }).

step-update_auth_credentials = Bitte Token oder Passwort des Gateways neu eingeben.
step-update_auth_configuration = Bitte gateway.auth in der Konfiguration des Gateways prüfen.
step-review_auth_configuration = Bitte gateway.auth in der Konfiguration des Gateways prüfen, und hier das Token oder Passwort.

# A conversation that goes through a channel

state-sent = Gesendet
state-read = Gelesen
typing = { $count ->
    [one] { $names } schreibt …
   *[other] { $names } schreiben …
}
