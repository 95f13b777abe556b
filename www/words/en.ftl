# What the page says, in English: the first catalogue, and the one that stands
# in for a message that another catalogue lacks. www/README.md says how a
# language is added.

language = English
direction = ltr

# Who says something, then when, then how far it has come.
name-and-more = { $name }, { $more }

## Before the page runs

boot-wait = Opening clawline…
boot-late = This is taking long. The page needs a browser with JavaScript modules and WebAssembly (Chrome or Edge 123, Firefox 120, Safari 17.5, or newer). Reload it, or try another browser.
boot-no-wasm = This browser has no WebAssembly, or it is switched off. Allow it for this page, or try another browser.
boot-failed = The page could not start: { $reason }. Reload it; if that does not help, the server has only a part of it.

## The top of the page

status-connecting = Connecting
status-connected = Connected
status-reconnecting = Reconnecting
status-waiting = Waiting for approval
status-signed-out = Signed out
status-offline = Offline
# These two follow one of the above at once.
status-place = { " " }to { $gateway }
status-reason = : { $reason }
status-no-gateway = Not connected to a gateway.
status-approval = The gateway's owner has to approve this browser.
status-no-network = This device has no network.
next-try = next try in { $seconds } s
retry-now = Retry now
change-gateway = Change gateway
language-choice = Language
colours-system = Colours: system
colours-light = Colours: light
colours-dark = Colours: dark
reload = Reload
# A chunk of the page's program, which is loaded when it is needed: its code for a screen, or for formatted text.
chunk-late = This part of the page is still loading.
chunk-missing = A part of the page could not be loaded. It is tried again by itself; what you write is kept.
chunk-outdated = The server has another version of this page. Reload it to see everything.
hide = Hide
show = Show
# By which others know a problem.
code = ({ $code })
sign-in-ended = The sign-in in front of this server may have ended.
sign-in-ended-remedy = Reload the page to sign in again.

## The connect form

connect-title = Talk to your claw
connect-intro = Your agent answers through its gateway. Where is it?
gateway-address = Gateway address
token = Token
password = Password
remember = Remember on this device
remember-why = Rarely needed: once approved, this browser has a key of its own. What is remembered can be read by whoever uses this browser.
connect = Connect
back-to-conversation = Back to the conversation
use-address = Use { $address }
link-undecided = The link does not say which gateway its token is for. Check the address, then connect.
secret-taken-out = What you signed in with at { $other } was taken out of the form: it is not sent to { $gateway }.

address-missing = Type the address of your gateway, for example { $example }.
address-too-long = This is too long to be an address.
address-spaces = An address has no spaces in it.
address-scheme = An address begins with ws:// or wss://.
address-other-scheme = An address begins with ws:// or wss://, not with { $scheme }://.
address-odd = “{ $character }” is in no address. Copy it again, without what is around it.
address-of-page = This is the address of a web page. A gateway's begins with { $scheme }://.
address-token = A token does not belong in the address: it would end up in logs. It has its own field.
address-name = Browsers refuse a name or password inside the address. Remove the part before the @.
address-port = “{ $port }” is not a port. A port is a number from 1 to 65535.
address-no-host = The name of the host is missing after ://.
address-host = “{ $host }” is not the name of a host.
address-not-secure = This page came over https, so the browser opens only wss:// addresses from it. Use the gateway's wss:// address, or open this page over http from a relay.

token-spaces = A token has no spaces in it. Copy it again, without the words around it.
token-odd = This is not a token. Copy it again from the gateway's configuration.
password-too-long = This password is too long for a gateway.

policy-not-there = The server of this page does not let it connect to { $gateway }.
policy-started-with = It was started with { $gateways }.
# A command follows.
policy-by-command = Start the relay with this address, then reload:
policy-by-option = Start the relay with this address ({ $option }), then reload.
policy-ipv6 = Browsers let no page like this one connect to an IPv6 address.
policy-use-name = Use its name.
policy-give-name = Give it a name, in DNS or in the hosts file of this device, and use that.

## Waiting for approval

pairing-title = Approve this browser
pairing-new = The gateway does not know this browser yet. Whoever runs the gateway approves it once.
pairing-more-rights = This browser asks for more rights than the gateway has given it so far.
pairing-another-role = This browser asks for a role that the gateway has not given it, or has taken away.
pairing-another-description = The gateway knows this browser by another description and wants it approved again.
# A command follows.
pairing-by-command = On the machine where the gateway runs, type:
pairing-by-request = Approve the request below where the gateway is run: by its own command for devices, or in its dashboard.
pairing-unnamed = The gateway did not name the request. Where it is run, list the devices that wait, and approve this browser.
pairing-request = Request
pairing-browser = This browser
pairing-goes-on = This page goes on by itself as soon as the request is approved.

## Forgetting this device

forget-device = Forget this device
forget-question = Forget this device?
forget-what = Forget this device? The key by which gateways know this browser is deleted. Each of them has to approve it again, as a new one.
forget-lost = { $count ->
    [one] A message that has not been sent is deleted with it.
   *[other] { $count } messages that have not been sent are deleted with it.
}
forget-yes = Yes, forget it
forget-no = Keep it
device-forgotten = This browser's key is deleted. When you connect again, the gateway sees a new device.
forget-failed = The key could not be deleted. { $reason }

## The conversation

conversation-title = Your conversation
conversation = Conversation
older-show = Show older messages
older-loading = Fetching older messages…
older-failed = Older messages could not be fetched. { $reason }
new-messages = New messages
new-messages-counted = { $count ->
    [one] { $count } new
   *[other] { $count } new
}
follow-at-end = New messages: follow at the end
follow-always = New messages: always follow
follow-never = New messages: never follow
empty-title = Say hello
empty-text = This conversation is new. What you write goes to your agent.
loading-title = One moment
loading-text = Fetching the conversation…
unconnected-title = Not connected yet
unconnected-text = You can write already. It is sent as soon as the gateway answers.
kept = As of your last visit. What is new comes with the connection.
conversation-failed = The conversation could not be fetched. { $reason }
no-conversation = There is no conversation yet.
back-to-main = Back to the main one
new-conversation-begun = A new conversation has begun.
new-conversation-failed = No new conversation has begun. { $reason }
new-conversation-later = A new conversation can begin when the connection is back.
new-conversation-with-files = Files go with a message. Begin the new conversation, then send them.

who-you = You
who-assistant = Assistant
who-tool = Tool
who-system = System
who-writing = writing

thinking = Thought it over
# The title of what a tool gave back.
tool-answered = { $tool } answered
tool-failed = { $tool } failed
# In the place of a tool's name.
tool-unnamed = a tool
reply-beginning = The beginning of this long reply is shown when it is complete.
reply-stopped = Stopped.
show-all = Show all
show-all-lines = { $count ->
    [one] Show all
   *[other] Show all { $count } lines
}
fetch-all = Fetch the whole text
full-text-failed = The whole text could not be fetched. { $reason }
trying-again = The model did not answer. Trying again.
trying-again-counted = The model did not answer. Trying again ({ $attempt } of { $of }).
agent-failed = The agent could not answer.
stop-failed = The reply could not be stopped. { $reason }

code-block = Code
code-block-in = Code, { $language }
table = Table
picture = Picture
picture-of = Picture: { $alt }
task-done = done
task-open = open
copy-code = Copy code
copy-command = Copy command
copy-message = Copy message
copied = Copied
copy-by-hand = Select the text and copy it by hand

# Read out when a reply has come to its end.
told-reply = Assistant: { $reply }
told-failure = The reply failed: { $reason }
told-code = A block of code.
told-code-in = A block of { $language } code.
told-table = { $rows ->
    [one] A table of { $rows } row.
   *[other] A table of { $rows } rows.
}
told-goes-on = The message goes on.

## The list of conversations

sessions = Conversations
sessions-show = Show conversations
sessions-hide = Hide conversations
sessions-loading = Fetching the conversations…
sessions-failed = The conversations could not be fetched. { $reason }
main-conversation = Main conversation
new-conversation = New conversation
close = Close
show-more = Show more
archived = Archived
none-archived = Nothing is archived.
session-running = Writing…
pinned = Pinned
pin = Pin
unpin = Unpin
archive = Archive
unarchive = Take out of the archive
rename = Rename
session-name = Name of the conversation
delete = Delete
start-over = Start over
start-over-question = Start “{ $title }” over? Your agent forgets what was said in it.
start-over-scope = The gateway lets only { $scope } do this: it is asked for that, once.
scope-approve = Approve it at the gateway first: { $command }
scope-refused = The gateway did not grant { $scope }.
session-actions = Actions for { $title }
session-deleted = “{ $title }” is deleted.
session-not-renamed = “{ $title }” could not be renamed. { $reason }
session-not-pinned = “{ $title }” could not be pinned or unpinned. { $reason }
session-not-archived = “{ $title }” could not be archived or taken out of the archive. { $reason }
session-not-deleted = “{ $title }” could not be deleted. { $reason }
session-not-started-over = “{ $title }” could not be started over. { $reason }
session-not-changed = “{ $title }” could not be changed. { $reason }
present-alone = Only this browser is here
# Beside this browser.
present = { $others ->
    [one] This browser and one other are here
   *[other] This browser and { $others } others are here
}

## A message and what becomes of it

state-queued = Waiting to be sent
state-sending = Sending…
state-checking = Checking whether it arrived…
state-accepted = Delivered
state-parked = Not sent
state-unconfirmed = Not confirmed
state-unconfirmed-why = The connection broke after this was sent, and the gateway cannot say whether it arrived. Sending it again may make the agent do it twice.

parked-expired = It waited longer than it was allowed to, and was not sent.
parked-no-row = The gateway took it and never showed it. It may have arrived: look into the conversation before you send it again.
parked-too-large = Something between here and the gateway does not let a message of this size through. Edit it, or send it in parts.
parked-never-answered = The connection ended each time this message was sent. It may be too large or odd for something on the way: edit it, or send it again.
parked-not-kept = This browser could not keep it, so it was not sent. Make room in the browser's storage, then send it again.
parked-other-gateway = It was written for another gateway, and was not sent to this one.
parked-unreadable = What this browser has kept of it cannot be read. Discard it, and write it again.
parked-refused = The gateway did not take it, and did not say why. Edit it, or send it again.
parked-missing-scope = The gateway does not allow this browser to do that ({ $scope }). It goes out by itself once it does.
parked-file-unreadable = { $name } cannot be read any more: it was changed, moved or deleted after it was chosen. Discard this, and send it again with the file as it is now.
parked-file-empty = { $name } is empty, and a gateway takes no empty file. Discard this, and send it without it.

send-again = Send again
edit = Edit
discard = Discard
dismiss = Dismiss
dismiss-why = Follow this message no longer. It may have arrived.
edit-message = Edit message
send-as-new = Send as a new one
save = Save
cancel = Cancel
edit-empty = There are no words in it. To take the message back, discard it.
edit-too-late = Meanwhile the message has gone out as it was.

## Writing

message = Message
send = Send
stop = Stop
write = Write to your agent
write-for-later = Write now, it is sent when the connection is back
write-to = Write to { $name }
goes-to = To { $name }
ask-agent = Ask the agent instead
ask-aside = To your agent. { $name } does not see it.
to-agent = To your agent.
not-to-agent = Not to the agent
recipient-unknown = Nobody knows yet whom this conversation leads to: nothing can be sent to them.
words-only = Only words can be sent to them, no files.
composer-hint = Enter sends, Shift + Enter begins a new line.
draft-at-risk = This browser has no room for a draft like this: it is lost if you close the page before you send it.
draft-of-another-tab = Another tab had other words here.
undo = Undo
keep-these = Keep these
send-empty = There is nothing to send.
send-too-many = { $limit } messages wait to be sent already. Let some go out first.
send-too-large = This is more than the gateway takes at once ({ $limit }). Send it in parts.
send-file-too-large = { $name } is larger than the gateway takes ({ $limit }). Remove it, or send a smaller one.

attach-files = Attach files
attached-files = Attached files
remove-file = Remove { $name }
attached = { $name } is attached.
attached-many = { $count ->
    [one] { $count } file is attached.
   *[other] { $count } files are attached.
}
detached = { $name } is removed.
file-unnamed = file
file-with-size = { $name } ({ $size })
# The kind may be any word of the gateway.
file-at-gateway = A file ({ $kind }), kept at the gateway
unfit-folder = { $name } is a folder: choose the files in it instead.
unfit-empty = { $name } is empty, and is not attached.
unfit-unreadable = { $name } cannot be read: it is a folder, or it is gone.
size-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
size-kilobytes = { $count } KB
size-megabytes = { NUMBER($count, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB

## WhatsApp

wa-loading = Asking the gateway…
wa-absent = This gateway has no WhatsApp.
wa-absent-advice = Whoever runs it can add it: on a clawline relay by the section channel.whatsapp_baileys of its settings, on an OpenClaw gateway by a plugin.
wa-not-done = That did not work. { $reason }
wa-unread = How WhatsApp stands cannot be told. { $reason }

wa-off = It is switched off.
wa-off-advice = Connect it again, or look into the gateway's log.
wa-installing = Installing what connects to WhatsApp…
wa-starting = Starting…
wa-not-linked = No phone is linked.
wa-pairing = A code waits for the phone.
wa-pairing-advice = It was asked for elsewhere. You can have it shown here.
wa-linking = The phone has agreed. Linking…
wa-connecting = Connecting…
wa-open = Linked and connected.
wa-waiting = Not connected.
wa-waiting-advice = It is tried again by itself. The phone must have been online in the last two weeks.
wa-conflict = In use elsewhere.
wa-conflict-advice = Another program uses this link to your phone. End it there, then connect again.
wa-logged-out = The link is gone.
wa-logged-out-advice = The phone or WhatsApp has taken it back. Nothing is tried any more; link the phone again.
wa-forbidden = WhatsApp refuses this account.
wa-forbidden-advice = It may be banned. Open WhatsApp on your phone: it says why.
wa-too-old = WhatsApp wants a newer program.
wa-no-node = WhatsApp needs Node.js, which is missing or too old where the gateway runs.
wa-too-old-advice = Update the gateway, then connect again.
wa-no-node-advice = Install Node.js 20 or newer there, with npm, then connect again.
wa-failed = It does not work.

wa-intro = Link your phone, and what people write to you on WhatsApp comes to this gateway.
wa-risk = This is not a client of WhatsApp's own: WhatsApp does not support it and may ban the account.
wa-show-qr = Show QR code
wa-use-code = Use a code instead
wa-connect = Connect again
wa-unlink = Unlink
wa-unlink-question = Unlink this phone? To link it again, you need it at hand.
wa-unlink-question-number = Unlink { $number }? To link it again, you need the phone at hand.
wa-unlink-yes = Yes, unlink
wa-untold = The phone may still list this link. Remove it there, under Linked devices.

wa-login-title = Link a phone
wa-login-asking = Fetching a code…
wa-login-waiting = Waiting for the phone…
wa-login-offline = The connection to the gateway is lost. This goes on when it is back.
wa-login-over = No phone was linked this time.
wa-new-code = New code
wa-new-in = another one in { $seconds } s
wa-steps-scan =
    1. On the phone, open WhatsApp.
    2. Go to Settings, Linked devices, and choose Link a device.
    3. Point the phone at this picture.
wa-steps-type =
    1. On the phone, open WhatsApp.
    2. Go to Settings, Linked devices, and choose Link a device.
    3. Choose Link with phone number instead, and type this code.
wa-qr = QR code that links a phone

wa-phone = Number of the phone, with its country's code
wa-get-code = Get the code
wa-phone-missing = Type the number of the phone on which WhatsApp is.
wa-phone-odd = “{ $character }” is in no number.
wa-phone-no-country = Begin with the country's code instead of 0.
wa-phone-short = This is too short for a number with its country's code.
wa-phone-long = This is too long for a number.

## What the page notices about this browser

notice-key-readable = This page came over plain http: what you write can be read on the way, and this browser's key by other programs of this page. Prefer https or localhost.
notice-no-web-crypto = This browser cannot hide a key from the programs of this page (it has no Ed25519). The chat works; a newer browser keeps the key safer.
notice-nothing-kept = This browser keeps nothing for this page (a private window, or a full disk): it counts as a new one at each visit, and a message that has not been sent is lost when you close it.
notice-not-kept = This browser keeps no messages at the moment (a private window, or a full disk): one that has not been sent is lost when you close this page.
notice-newer-outbox = A newer version of this page keeps messages here. This one leaves them alone, and keeps its own only until you close it. Reload to get the newer version.
notice-set-aside = Messages of an earlier visit could not be read. They are kept in this browser, out of the way.
notice-unreadable = Some messages of an earlier visit cannot be read. They are kept in this browser.

## Why a request failed

request-not-connected = There is no connection to the gateway.
request-interrupted = The connection was lost before the answer came; it may have run.
request-interrupted-accepted = The connection was lost after it was accepted; it runs, or has run.
request-timeout = The gateway did not answer in time; it may have run.
request-timeout-unsent = There was no connection in time; nothing was sent.
request-timeout-accepted = It was accepted, but its last answer did not come in time.
request-cancelled = It was given up.
request-too-many = Too many requests wait for an answer.
request-unreadable = The gateway answered something else than it was asked for.
request-too-large = It is larger than the gateway takes ({ $limit }).
request-invalid-params = It cannot be asked for: { $reason }
request-missing-scope = The gateway does not allow this browser to do that.
answer-unreadable = The gateway's answer cannot be read.
cannot-be-asked = It cannot be asked for.

## Why there is no connection, by the code; then what to do

cause-AUTH_REQUIRED = The gateway wants a token or a password.
advice-AUTH_REQUIRED = Enter the gateway's token or password.
cause-AUTH_UNAUTHORIZED = The gateway did not accept the sign-in.
advice-AUTH_UNAUTHORIZED = Check the token or password.
cause-AUTH_TOKEN_MISSING = The gateway wants a token.
advice-AUTH_TOKEN_MISSING = Enter the gateway's token.
cause-AUTH_TOKEN_MISMATCH = The token is not the gateway's.
advice-AUTH_TOKEN_MISMATCH = Enter the token from the gateway's configuration.
cause-AUTH_TOKEN_NOT_CONFIGURED = The gateway has no token to compare with.
advice-AUTH_TOKEN_NOT_CONFIGURED = Set gateway.auth.token on the gateway, or sign in without a token.
cause-AUTH_PASSWORD_MISSING = The gateway wants a password.
advice-AUTH_PASSWORD_MISSING = Enter the gateway's password.
cause-AUTH_PASSWORD_MISMATCH = The password is not the gateway's.
advice-AUTH_PASSWORD_MISMATCH = Enter the password from the gateway's configuration.
cause-AUTH_PASSWORD_NOT_CONFIGURED = The gateway has no password to compare with.
advice-AUTH_PASSWORD_NOT_CONFIGURED = Set gateway.auth.password on the gateway, or sign in with a token.
cause-AUTH_BOOTSTRAP_TOKEN_INVALID = The set-up code is used up or has expired.
advice-AUTH_BOOTSTRAP_TOKEN_INVALID = Ask for a new set-up code on the gateway.
cause-AUTH_DEVICE_TOKEN_MISMATCH = This device's approval was withdrawn or replaced.
advice-AUTH_DEVICE_TOKEN_MISMATCH = Sign in with the gateway's token or password.
cause-AUTH_SCOPE_MISMATCH = This device asks for more than it was approved for.
advice-AUTH_SCOPE_MISMATCH = Sign in with the gateway's token or password to ask for it.
cause-AUTH_RATE_LIMITED = Too many failed sign-ins; the gateway refuses all for a while.
advice-AUTH_RATE_LIMITED = Wait, or check the token meanwhile.
cause-AUTH_TAILSCALE_IDENTITY_MISSING = The gateway wants a Tailscale identity.
advice-AUTH_TAILSCALE_IDENTITY_MISSING = Open the gateway's Tailscale address.
cause-AUTH_TAILSCALE_PROXY_MISSING = The gateway expects to be reached through Tailscale Serve.
advice-AUTH_TAILSCALE_PROXY_MISSING = { advice-AUTH_TAILSCALE_IDENTITY_MISSING }
cause-AUTH_TAILSCALE_WHOIS_FAILED = The gateway could not look up your Tailscale identity.
advice-AUTH_TAILSCALE_WHOIS_FAILED = Check Tailscale on the gateway, then try again.
cause-AUTH_TAILSCALE_IDENTITY_MISMATCH = Your Tailscale identity is not one that the gateway allows.
advice-AUTH_TAILSCALE_IDENTITY_MISMATCH = Ask the gateway's owner to allow it.
cause-AUTH_IDENTITY_HEADER_REQUIRED = The proxy before the gateway did not say who you are.
advice-AUTH_IDENTITY_HEADER_REQUIRED = Sign in at the proxy, then try again.
cause-AUTH_VERIFIED_USER_REQUIRED = The gateway wants a verified user.
advice-AUTH_VERIFIED_USER_REQUIRED = Sign in at the proxy with a verified account.
cause-AUTHENTICATED_PROFILE_UNAVAILABLE = The gateway could not load your profile.
cause-CONTROL_UI_BUILD_MISMATCH = The gateway serves another build of its own page.
advice-CONTROL_UI_BUILD_MISMATCH = Reload the page.
cause-CONTROL_UI_ORIGIN_NOT_ALLOWED = The gateway does not allow pages from this address.
advice-CONTROL_UI_ORIGIN_NOT_ALLOWED = Add this page's origin to gateway.controlUi.allowedOrigins on the gateway.
cause-PROTOCOL_MISMATCH = The gateway speaks another version of the protocol.
advice-PROTOCOL_MISMATCH = Update the gateway or this page.
cause-CONTROL_UI_DEVICE_IDENTITY_REQUIRED = The gateway wants a device identity.
advice-CONTROL_UI_DEVICE_IDENTITY_REQUIRED = Open the page over https or on localhost, where the browser can keep a key.
cause-DEVICE_IDENTITY_REQUIRED = The gateway wants a device identity.
advice-DEVICE_IDENTITY_REQUIRED = { advice-CONTROL_UI_DEVICE_IDENTITY_REQUIRED }
cause-DEVICE_AUTH_INVALID = The gateway did not accept this device's proof.
advice-DEVICE_AUTH_INVALID = Press "Forget this device", then connect again.
cause-DEVICE_AUTH_DEVICE_ID_MISMATCH = This device's id does not belong to its key.
advice-DEVICE_AUTH_DEVICE_ID_MISMATCH = { advice-DEVICE_AUTH_INVALID }
cause-DEVICE_AUTH_SIGNATURE_EXPIRED = The proof arrived too late.
cause-DEVICE_AUTH_NONCE_REQUIRED = The proof lacked the gateway's challenge.
cause-DEVICE_AUTH_NONCE_MISMATCH = The proof was for another challenge.
cause-DEVICE_AUTH_SIGNATURE_INVALID = The gateway did not accept this device's signature.
advice-DEVICE_AUTH_SIGNATURE_INVALID = { advice-DEVICE_AUTH_INVALID }
cause-DEVICE_AUTH_PUBLIC_KEY_INVALID = The gateway did not accept this device's key.
advice-DEVICE_AUTH_PUBLIC_KEY_INVALID = { advice-DEVICE_AUTH_INVALID }
cause-PAIRING_REQUIRED = The gateway's owner must approve this device.
advice-PAIRING_REQUIRED = Approve the request on the gateway; this page goes on by itself.
cause-CLIENT_VERSION_MISMATCH = The gateway wants another version of this page.
advice-CLIENT_VERSION_MISMATCH = { advice-PROTOCOL_MISMATCH }
cause-NOT_PAIRED = The gateway's owner must approve this device.
advice-NOT_PAIRED = { advice-PAIRING_REQUIRED }
cause-UNAVAILABLE = The gateway is starting or restarting.
cause-FORBIDDEN = The gateway does not allow this client.
advice-FORBIDDEN = { advice-AUTH_TAILSCALE_IDENTITY_MISMATCH }
cause-INVALID_REQUEST = The gateway did not understand the sign-in.
advice-INVALID_REQUEST = Check what is named there; else update the gateway or this page.
cause-opening-timeout = The gateway did not answer in time.
advice-opening-timeout = Check the address, and that the gateway runs.
cause-challenge-timeout = The other side did not begin the handshake; it may not be a gateway.
advice-challenge-timeout = Check the address.
cause-frames-unreadable = What came cannot be read; it may not be a gateway, or something on the way changes the frames.
advice-frames-unreadable = Check the address, and any proxy, antivirus or VPN on the way.
cause-limits-unusable = The gateway says that it takes no messages at all.
advice-limits-unusable = Check `maxPayload` in the gateway's configuration, and any proxy before it.
cause-challenge-invalid = The other side's challenge cannot be signed; it may not be a gateway of protocol 4.
advice-challenge-invalid = Check the address; update the gateway.
cause-hello-timeout = The gateway did not finish the handshake in time.
cause-hello-invalid = The gateway's greeting cannot be read.
advice-hello-invalid = { advice-PROTOCOL_MISMATCH }
cause-no-scopes = The gateway signed this page in but allows it nothing.
advice-no-scopes = Open the page over https or on localhost, or approve this device on the gateway.
cause-signing-failed = This browser could not sign with the device's key.
advice-signing-failed = { advice-DEVICE_AUTH_INVALID }
cause-address-invalid = The address cannot be opened as a WebSocket.
advice-address-invalid = Check the address; it begins with ws:// or wss://.
cause-certificate-untrusted = The gateway's certificate is not one that is trusted here; no credential was sent.
advice-certificate-untrusted = Check the address and the gateway's certificate; on a relay, ca_file or the pinned fingerprint.
cause-credentials-failed = The sign-in data could not be obtained.
cause-silent = The gateway fell silent.
cause-page-restored = The page was restored.
cause-unreachable = Nothing answered at that address.
advice-unreachable = Check the address, and that the gateway runs and allows this page.
cause-gave-up = Every allowed attempt failed.
advice-gave-up = Try again.
cause-1000 = The gateway closed the connection.
cause-1001 = The gateway went away.
cause-1002 = The gateway reported a protocol error.
cause-1006 = The connection was lost.
cause-1008 = The gateway closed the connection by its policy.
cause-1009 = A message was too large for the gateway.
advice-1009 = Send it in smaller parts.
cause-1011 = The gateway failed.
cause-1012 = The gateway restarts.
cause-1013 = The gateway is starting.
cause-4001 = This device's approval was withdrawn, or the gateway's sign-in changed.

# What the other side said, in its own words, follows in brackets.
cause-in-words = { $cause } ({ $said })
closed = The connection was closed (code { $code }).
closed-in-words = The connection was closed: { $said } (code { $code }).

# What a gateway recommends when its code is not known here.
step-update_auth_credentials = Enter the gateway's token or password anew.
step-update_auth_configuration = Check gateway.auth in the gateway's configuration.
step-review_auth_configuration = Check gateway.auth in the gateway's configuration, and the token or password here.

# A conversation that goes through a channel

state-sent = Sent
state-read = Read
typing = { $count ->
    [one] { $names } is typing…
   *[other] { $names } are typing…
}
