# 页面上的文字，简体中文。

language = 简体中文
direction = ltr

name-and-more = { $name }，{ $more }

## 页面运行之前

boot-wait = 正在打开 clawline…
boot-late = 打开时间过长。此页面需要支持 JavaScript 模块和 WebAssembly 的浏览器（Chrome 或 Edge 123、Firefox 120、Safari 17.5 及以上版本）。请刷新，或换一个浏览器。
boot-no-wasm = 此浏览器不支持 WebAssembly，或已将其关闭。请为此页面启用，或换一个浏览器。
boot-failed = 页面无法启动：{ $reason }。请刷新；如果仍然不行，说明服务器上的页面文件不完整。

## 页面顶部

status-connecting = 正在连接
status-connected = 已连接
status-reconnecting = 正在重新连接
status-waiting = 等待批准
status-signed-out = 未登录
status-offline = 离线
status-place = { " " }{ $gateway }
status-reason = ：{ $reason }
status-no-gateway = 尚未连接网关。
status-approval = 需要网关的管理者批准此浏览器。
status-no-network = 此设备没有网络。
next-try = { $seconds } 秒后重试
retry-now = 立即重试
change-gateway = 更换网关
language-choice = 语言
colours-system = 配色：跟随系统
colours-light = 配色：浅色
colours-dark = 配色：深色
reload = 刷新
chunk-late = 页面的这一部分仍在加载。
chunk-missing = 页面的一部分无法加载，将自动重试；您写的内容会保留。
chunk-outdated = 服务器上的页面版本不同。请刷新以查看全部内容。
hide = 隐藏
show = 显示
code = （{ $code }）
sign-in-ended = 此服务器前的登录可能已经过期。
sign-in-ended-remedy = 请刷新页面重新登录。

## 连接表单

connect-title = 和你的智能体聊聊
connect-intro = 智能体通过网关与你对话。网关在哪里？
gateway-address = 网关地址
token = 令牌
password = 密码
remember = 在此设备上记住
remember-why = 一般不需要：批准之后，此浏览器就有了自己的密钥。任何使用此浏览器的人都能看到记住的内容。
connect = 连接
back-to-conversation = 返回对话
use-address = 使用 { $address }
link-undecided = 链接没有说明令牌属于哪个网关。请核对地址，然后连接。
secret-taken-out = 你在 { $other } 使用的登录信息已从表单中移除，不会发送到 { $gateway }。

address-missing = 请输入网关的地址，例如 { $example }。
address-too-long = 地址不会这么长。
address-spaces = 地址中不能有空格。
address-scheme = 地址以 ws:// 或 wss:// 开头。
address-other-scheme = 地址以 ws:// 或 wss:// 开头，而不是 { $scheme }://。
address-odd = 地址中不会出现“{ $character }”。请重新复制，不要带上前后的内容。
address-of-page = 这是网页的地址。网关的地址以 { $scheme }:// 开头。
address-token = 令牌不要写在地址里，否则会留在日志中。请填入单独的令牌栏。
address-name = 浏览器不接受地址中的用户名或密码。请删除 @ 前面的部分。
address-port = “{ $port }”不是端口。端口是 1 到 65535 之间的数字。
address-no-host = :// 后面缺少主机名。
address-host = “{ $host }”不是主机名。
address-not-secure = 此页面通过 https 打开，浏览器只允许它连接 wss:// 地址。请使用网关的 wss:// 地址，或从中继通过 http 打开此页面。

token-spaces = 令牌中没有空格。请重新复制，不要带上前后的文字。
token-odd = 这不是令牌。请从网关的配置中重新复制。
password-too-long = 对网关来说，这个密码太长了。

policy-not-there = 此页面的服务器不允许页面连接 { $gateway }。
policy-started-with = 它启动时允许的是 { $gateways }。
policy-by-command = 请用此地址启动中继，然后刷新页面：
policy-by-option = 请用此地址（{ $option }）启动中继，然后刷新页面。
policy-ipv6 = 浏览器不允许这样的页面连接 IPv6 地址。
policy-use-name = 请改用它的主机名。
policy-give-name = 请在 DNS 或此设备的 hosts 文件中给它起一个名字，然后使用这个名字。

## 等待批准

pairing-title = 批准此浏览器
pairing-new = 网关还不认识此浏览器。请网关的管理者批准一次。
pairing-more-rights = 此浏览器请求的权限超过了网关目前给它的权限。
pairing-another-role = 此浏览器请求的角色，网关没有授予或已经收回。
pairing-another-description = 网关记录的此浏览器信息有变化，需要重新批准。
pairing-by-command = 在运行网关的机器上输入：
pairing-by-request = 请在运行网关的地方批准下面的请求：用它的设备管理命令，或在它的控制台中批准。
pairing-unnamed = 网关没有给出请求的编号。请在运行网关的地方列出等待批准的设备，然后批准此浏览器。
pairing-request = 请求
pairing-browser = 此浏览器
pairing-goes-on = 请求获得批准后，此页面会自动继续。

## 忘记此设备

forget-device = 忘记此设备
forget-question = 忘记此设备？
forget-what = 要忘记此设备吗？网关用来识别此浏览器的密钥将被删除。之后每个网关都要把它当作新设备重新批准。
forget-lost = { $count ->
   *[other] { $count } 条尚未发送的消息也会一并删除。
}
forget-yes = 是的，忘记
forget-no = 保留
device-forgotten = 此浏览器的密钥已删除。再次连接时，网关会看到一台新设备。
forget-failed = 无法删除密钥。{ $reason }

## 对话

conversation-title = 你的对话
conversation = 对话
older-show = 显示更早的消息
older-loading = 正在加载更早的消息…
older-failed = 无法加载更早的消息。{ $reason }
new-messages = 新消息
new-messages-counted = { $count ->
   *[other] { $count } 条新消息
}
follow-at-end = 新消息：在末尾时跟随
follow-always = 新消息：始终跟随
follow-never = 新消息：不跟随
empty-title = 打个招呼吧
empty-text = 这是一段新对话。你写的内容会发给智能体。
loading-title = 请稍候
loading-text = 正在加载对话…
unconnected-title = 尚未连接
unconnected-text = 现在就可以写。网关一有回应，消息就会发出。
kept = 这是上次访问时的内容，连接后会更新。
conversation-failed = 无法加载对话。{ $reason }
no-conversation = 还没有对话。
back-to-main = 返回主对话
new-conversation-begun = 新对话已开始。
new-conversation-failed = 未能开始新对话。{ $reason }
new-conversation-later = 连接恢复后才能开始新对话。
new-conversation-with-files = 文件要随消息一起发送。请先开始新对话，再发送文件。

who-you = 我
who-assistant = 智能体
who-tool = 工具
who-system = 系统
who-writing = 正在输入

thinking = 思考过程
tool-answered = { $tool } 的结果
tool-failed = { $tool } 失败
tool-unnamed = 工具
reply-beginning = 这条回复较长，完成后会显示开头部分。
reply-stopped = 已停止。
show-all = 显示全部
show-all-lines = { $count ->
   *[other] 显示全部 { $count } 行
}
fetch-all = 加载全文
full-text-failed = 无法加载全文。{ $reason }
trying-again = 模型没有回应，正在重试。
trying-again-counted = 模型没有回应，正在重试（第 { $attempt } 次，共 { $of } 次）。
agent-failed = 智能体无法回复。
stop-failed = 无法停止回复。{ $reason }

code-block = 代码
code-block-in = { $language } 代码
table = 表格
picture = 图片
picture-of = 图片：{ $alt }
task-done = 已完成
task-open = 未完成
copy-code = 复制代码
copy-command = 复制命令
copy-message = 复制消息
copied = 已复制
copy-by-hand = 请选中文字手动复制

told-reply = 智能体：{ $reply }
told-failure = 回复失败：{ $reason }
told-code = 一段代码。
told-code-in = 一段 { $language } 代码。
told-table = { $rows ->
   *[other] 一个 { $rows } 行的表格。
}
told-goes-on = 消息还有后文。

## 对话列表

sessions = 对话列表
sessions-show = 显示对话列表
sessions-hide = 隐藏对话列表
sessions-loading = 正在加载对话列表…
sessions-failed = 无法加载对话列表。{ $reason }
main-conversation = 主对话
new-conversation = 新对话
close = 关闭
show-more = 显示更多
archived = 已归档
none-archived = 没有已归档的对话。
session-running = 正在输入…
pinned = 已置顶
pin = 置顶
unpin = 取消置顶
archive = 归档
unarchive = 取消归档
rename = 重命名
session-name = 对话名称
delete = 删除
start-over = 重新开始
start-over-question = 要重新开始“{ $title }”吗？智能体会忘记其中的内容。
start-over-scope = 网关要求具备 { $scope } 权限：将为此申请一次。
scope-approve = 请先在网关上批准：{ $command }
scope-refused = 网关没有授予 { $scope }。
session-actions = “{ $title }”的操作
session-deleted = “{ $title }”已删除。
session-not-renamed = 无法重命名“{ $title }”。{ $reason }
session-not-pinned = 无法更改“{ $title }”的置顶状态。{ $reason }
session-not-archived = 无法更改“{ $title }”的归档状态。{ $reason }
session-not-deleted = 无法删除“{ $title }”。{ $reason }
session-not-started-over = 无法重新开始“{ $title }”。{ $reason }
session-not-changed = 无法更改“{ $title }”。{ $reason }
present-alone = 目前只有此浏览器在线
present = { $others ->
   *[other] 此浏览器和另外 { $others } 个在线
}

## 消息及其状态

state-queued = 等待发送
state-sending = 正在发送…
state-checking = 正在确认是否送达…
state-accepted = 已送达
state-parked = 未发送
state-unconfirmed = 未确认
state-unconfirmed-why = 发送之后连接中断，网关无法确定消息是否送达。再次发送可能会让智能体重复执行。

parked-expired = 等待时间超过了上限，没有发送。
parked-no-row = 网关收下了消息，但一直没有显示。它可能已经送达：再次发送前请先查看对话。
parked-too-large = 从这里到网关的途中，有环节不允许这么大的消息通过。请编辑，或分几次发送。
parked-never-answered = 每次发送这条消息，连接都会断开。它对途中的某个环节来说可能太大或太特殊：请编辑，或再次发送。
parked-not-kept = 此浏览器无法保存这条消息，所以没有发送。请清理浏览器的存储空间，然后再次发送。
parked-other-gateway = 这条消息是写给另一个网关的，没有发送到这里。
parked-unreadable = 此浏览器保存的内容无法读取。请丢弃并重新编写。
parked-refused = 网关没有接受，也没有说明原因。请编辑，或再次发送。
parked-missing-scope = 网关不允许此浏览器这样做（{ $scope }）。一旦允许，消息会自动发出。
parked-file-unreadable = { $name } 已无法读取：选择之后文件被修改、移动或删除了。请丢弃这条消息，用现在的文件重新发送。
parked-file-empty = { $name } 是空文件，网关不接受空文件。请丢弃这条消息，去掉该文件后发送。

send-again = 再次发送
edit = 编辑
discard = 丢弃
dismiss = 不再跟踪
dismiss-why = 不再跟踪这条消息。它可能已经送达。
edit-message = 编辑消息
send-as-new = 作为新消息发送
save = 保存
cancel = 取消
edit-empty = 消息是空的。如果想收回这条消息，请丢弃它。
edit-too-late = 这条消息已经按原样发出。

## 编写消息

message = 消息
send = 发送
stop = 停止
write = 给智能体发消息
write-for-later = 现在写好，连接恢复后发送
write-to = 给 { $name } 发消息
goes-to = 发给 { $name }
ask-agent = 改为询问智能体
ask-aside = 发给智能体，{ $name } 看不到。
to-agent = 发给智能体。
not-to-agent = 不发给智能体
recipient-unknown = 还不知道这个会话通向谁，因此无法发送。
words-only = 只能给对方发送文字，不能发送文件。
composer-hint = Enter 发送，Shift + Enter 换行。
draft-at-risk = 此浏览器放不下这么长的草稿：如果发送前关闭页面，草稿会丢失。
draft-of-another-tab = 另一个标签页在这里写了别的内容。
undo = 撤销
keep-these = 保留现在的
send-empty = 没有可发送的内容。
send-too-many = 已有 { $limit } 条消息等待发送。请先等一些消息发出。
send-too-large = 超过了网关一次能接收的大小（{ $limit }）。请分几次发送。
send-file-too-large = { $name } 超过了网关允许的大小（{ $limit }）。请移除，或发送小一点的文件。

attach-files = 添加文件
attached-files = 已添加的文件
remove-file = 移除 { $name }
attached = 已添加 { $name }。
attached-many = { $count ->
   *[other] 已添加 { $count } 个文件。
}
detached = 已移除 { $name }。
file-unnamed = 文件
file-with-size = { $name }（{ $size }）
file-at-gateway = { $kind ->
    [image] 图片，保存在网关上
    [audio] 音频，保存在网关上
    [video] 视频，保存在网关上
    [document] 文档，保存在网关上
    [file] 文件，保存在网关上
   *[other] 文件（{ $kind }），保存在网关上
}
unfit-folder = { $name } 是文件夹：请选择其中的文件。
unfit-empty = { $name } 是空文件，没有添加。
unfit-unreadable = { $name } 无法读取：它是文件夹，或者已不存在。
size-bytes = { $count ->
   *[other] { $count } 字节
}
size-kilobytes = { $count } KB
size-megabytes = { NUMBER($count, minimumFractionDigits: 1, maximumFractionDigits: 1) } MB

## WhatsApp

wa-loading = 正在询问网关…
wa-absent = 此网关没有 WhatsApp。
wa-absent-advice = 网关的运行者可以添加：在 clawline 中继的设置中加入 channel.whatsapp_baileys 一节，或为 OpenClaw 网关安装插件。
wa-not-done = 没有成功。{ $reason }
wa-unread = 无法得知 WhatsApp 的状态。{ $reason }

wa-off = 已关闭。
wa-off-advice = 请重新连接，或查看网关的日志。
wa-installing = 正在安装连接 WhatsApp 所需的程序…
wa-starting = 正在启动…
wa-not-linked = 没有关联手机。
wa-pairing = 有一个代码在等待手机。
wa-pairing-advice = 它是在别处请求的。您可以在这里显示它。
wa-linking = 手机已同意，正在关联…
wa-connecting = 正在连接…
wa-open = 已关联并已连接。
wa-waiting = 未连接。
wa-waiting-advice = 会自动重试。手机须在最近两周内上过网。
wa-conflict = 正在别处使用。
wa-conflict-advice = 另一个程序正在使用与您手机的这个关联。请先在那里结束，再重新连接。
wa-logged-out = 关联已失效。
wa-logged-out-advice = 手机或 WhatsApp 已撤销关联。不会再重试；请重新关联手机。
wa-forbidden = WhatsApp 拒绝此账号。
wa-forbidden-advice = 它可能已被封禁。请在手机上打开 WhatsApp 查看原因。
wa-too-old = WhatsApp 要求更新的程序。
wa-no-node = WhatsApp 需要 Node.js，而网关所在的机器上没有它，或版本过旧。
wa-too-old-advice = 请更新网关，然后重新连接。
wa-no-node-advice = 请在那里安装 Node.js 20 或更新版本（含 npm），然后重新连接。
wa-failed = 无法工作。

wa-intro = 关联您的手机，别人在 WhatsApp 上写给您的消息就会来到此网关。
wa-risk = 这不是 WhatsApp 官方的程序：WhatsApp 不支持它，并可能封禁该账号。
wa-show-qr = 显示二维码
wa-use-code = 改用代码
wa-connect = 重新连接
wa-unlink = 取消关联
wa-unlink-question = 要取消关联这部手机吗？再次关联时需要手机在身边。
wa-unlink-question-number = 要取消关联 { $number } 吗？再次关联时需要手机在身边。
wa-unlink-yes = 是，取消关联
wa-untold = 手机上可能仍列有此关联。请在手机的“已关联的设备”中移除。

wa-login-title = 关联手机
wa-login-asking = 正在获取代码…
wa-login-waiting = 正在等待手机…
wa-login-offline = 与网关的连接已断开。恢复后会继续。
wa-login-over = 这次没有关联手机。
wa-new-code = 新代码
wa-new-in = { $seconds } 秒后更换
wa-steps-scan =
    1. 在手机上打开 WhatsApp。
    2. 进入“设置”、“已关联的设备”，选择“关联设备”。
    3. 将手机对准此图。
wa-steps-type =
    1. 在手机上打开 WhatsApp。
    2. 进入“设置”、“已关联的设备”，选择“关联设备”。
    3. 选择“改用手机号码关联”，然后输入此代码。
wa-qr = 用于关联手机的二维码

wa-phone = 手机号码，包含国家/地区代码
wa-get-code = 获取代码
wa-phone-missing = 请输入装有 WhatsApp 的手机的号码。
wa-phone-odd = 号码中没有“{ $character }”。
wa-phone-no-country = 请以国家/地区代码开头，而不是 0。
wa-phone-short = 作为带国家/地区代码的号码，这太短了。
wa-phone-long = 作为号码，这太长了。

## 关于此浏览器的提示

notice-key-readable = 此页面通过未加密的 http 打开：你写的内容可能在途中被读取，此浏览器的密钥也可能被此页面的其他程序读取。建议使用 https 或 localhost。
notice-no-web-crypto = 此浏览器无法对页面中的程序隐藏密钥（不支持 Ed25519）。聊天可以正常使用；较新的浏览器能更安全地保管密钥。
notice-nothing-kept = 此浏览器不为此页面保存任何内容（无痕窗口，或磁盘已满）：每次访问都算作新设备，关闭页面后未发送的消息会丢失。
notice-not-kept = 此浏览器目前无法保存消息（无痕窗口，或磁盘已满）：关闭此页面后，未发送的消息会丢失。
notice-newer-outbox = 此页面的更新版本在这里保存了消息。当前版本不会动它们，自己的消息只保留到关闭页面为止。请刷新以使用更新版本。
notice-set-aside = 之前访问时的一些消息无法读取。它们仍保存在此浏览器中，已另外存放。
notice-unreadable = 之前访问时的部分消息无法读取。它们仍保存在此浏览器中。

## 请求失败的原因

request-not-connected = 没有连接到网关。
request-interrupted = 收到答复前连接中断；请求可能已经执行。
request-interrupted-accepted = 请求被接受后连接中断；它正在执行，或已经执行。
request-timeout = 网关没有及时答复；请求可能已经执行。
request-timeout-unsent = 未能及时建立连接；没有发送任何内容。
request-timeout-accepted = 请求已被接受，但最后的答复没有及时到达。
request-cancelled = 请求已放弃。
request-too-many = 等待答复的请求太多。
request-unreadable = 网关的答复与请求不符。
request-too-large = 超过了网关能接收的大小（{ $limit }）。
request-invalid-params = 无法发出请求：{ $reason }
request-missing-scope = 网关不允许此浏览器这样做。
answer-unreadable = 无法读取网关的答复。
cannot-be-asked = 无法发出请求。

## 没有连接的原因（按代码），以及该怎么办

cause-AUTH_REQUIRED = 网关需要令牌或密码。
advice-AUTH_REQUIRED = 请输入网关的令牌或密码。
cause-AUTH_UNAUTHORIZED = 网关没有接受登录。
advice-AUTH_UNAUTHORIZED = 请检查令牌或密码。
cause-AUTH_TOKEN_MISSING = 网关需要令牌。
advice-AUTH_TOKEN_MISSING = 请输入网关的令牌。
cause-AUTH_TOKEN_MISMATCH = 令牌与网关的不符。
advice-AUTH_TOKEN_MISMATCH = 请输入网关配置中的令牌。
cause-AUTH_TOKEN_NOT_CONFIGURED = 网关没有设置可供核对的令牌。
advice-AUTH_TOKEN_NOT_CONFIGURED = 请在网关上设置 gateway.auth.token，或不使用令牌登录。
cause-AUTH_PASSWORD_MISSING = 网关需要密码。
advice-AUTH_PASSWORD_MISSING = 请输入网关的密码。
cause-AUTH_PASSWORD_MISMATCH = 密码与网关的不符。
advice-AUTH_PASSWORD_MISMATCH = 请输入网关配置中的密码。
cause-AUTH_PASSWORD_NOT_CONFIGURED = 网关没有设置可供核对的密码。
advice-AUTH_PASSWORD_NOT_CONFIGURED = 请在网关上设置 gateway.auth.password，或使用令牌登录。
cause-AUTH_BOOTSTRAP_TOKEN_INVALID = 设置码已用完或已过期。
advice-AUTH_BOOTSTRAP_TOKEN_INVALID = 请在网关上申请新的设置码。
cause-AUTH_DEVICE_TOKEN_MISMATCH = 此设备的批准已被撤销或替换。
advice-AUTH_DEVICE_TOKEN_MISMATCH = 请用网关的令牌或密码登录。
cause-AUTH_SCOPE_MISMATCH = 此设备请求的权限超过了批准的范围。
advice-AUTH_SCOPE_MISMATCH = 请用网关的令牌或密码登录，以申请这些权限。
cause-AUTH_RATE_LIMITED = 登录失败次数过多，网关暂时拒绝所有登录。
advice-AUTH_RATE_LIMITED = 请稍等，同时可以检查令牌。
cause-AUTH_TAILSCALE_IDENTITY_MISSING = 网关需要 Tailscale 身份。
advice-AUTH_TAILSCALE_IDENTITY_MISSING = 请打开网关的 Tailscale 地址。
cause-AUTH_TAILSCALE_PROXY_MISSING = 网关需要通过 Tailscale Serve 访问。
advice-AUTH_TAILSCALE_PROXY_MISSING = { advice-AUTH_TAILSCALE_IDENTITY_MISSING }
cause-AUTH_TAILSCALE_WHOIS_FAILED = 网关无法查询你的 Tailscale 身份。
advice-AUTH_TAILSCALE_WHOIS_FAILED = 请检查网关上的 Tailscale，然后重试。
cause-AUTH_TAILSCALE_IDENTITY_MISMATCH = 网关不允许你的 Tailscale 身份。
advice-AUTH_TAILSCALE_IDENTITY_MISMATCH = 请让网关的管理者允许它。
cause-AUTH_IDENTITY_HEADER_REQUIRED = 网关前的代理没有说明你是谁。
advice-AUTH_IDENTITY_HEADER_REQUIRED = 请先在代理登录，然后重试。
cause-AUTH_VERIFIED_USER_REQUIRED = 网关需要经过验证的用户。
advice-AUTH_VERIFIED_USER_REQUIRED = 请用经过验证的账号在代理登录。
cause-AUTHENTICATED_PROFILE_UNAVAILABLE = 网关无法加载你的个人资料。
cause-CONTROL_UI_BUILD_MISMATCH = 网关提供的页面版本与此不同。
advice-CONTROL_UI_BUILD_MISMATCH = 请刷新页面。
cause-CONTROL_UI_ORIGIN_NOT_ALLOWED = 网关不允许来自此地址的页面。
advice-CONTROL_UI_ORIGIN_NOT_ALLOWED = 请在网关上把此页面的来源加入 gateway.controlUi.allowedOrigins。
cause-PROTOCOL_MISMATCH = 网关使用的协议版本不同。
advice-PROTOCOL_MISMATCH = 请更新网关或此页面。
cause-CONTROL_UI_DEVICE_IDENTITY_REQUIRED = 网关需要设备身份。
advice-CONTROL_UI_DEVICE_IDENTITY_REQUIRED = 请通过 https 或在 localhost 上打开此页面，这样浏览器才能保存密钥。
cause-DEVICE_IDENTITY_REQUIRED = 网关需要设备身份。
advice-DEVICE_IDENTITY_REQUIRED = { advice-CONTROL_UI_DEVICE_IDENTITY_REQUIRED }
cause-DEVICE_AUTH_INVALID = 网关没有接受此设备的证明。
advice-DEVICE_AUTH_INVALID = 请按“忘记此设备”，然后重新连接。
cause-DEVICE_AUTH_DEVICE_ID_MISMATCH = 此设备的编号与它的密钥不符。
advice-DEVICE_AUTH_DEVICE_ID_MISMATCH = { advice-DEVICE_AUTH_INVALID }
cause-DEVICE_AUTH_SIGNATURE_EXPIRED = 证明到达得太晚。
cause-DEVICE_AUTH_NONCE_REQUIRED = 证明中缺少网关的质询。
cause-DEVICE_AUTH_NONCE_MISMATCH = 证明对应的是另一个质询。
cause-DEVICE_AUTH_SIGNATURE_INVALID = 网关没有接受此设备的签名。
advice-DEVICE_AUTH_SIGNATURE_INVALID = { advice-DEVICE_AUTH_INVALID }
cause-DEVICE_AUTH_PUBLIC_KEY_INVALID = 网关没有接受此设备的密钥。
advice-DEVICE_AUTH_PUBLIC_KEY_INVALID = { advice-DEVICE_AUTH_INVALID }
cause-PAIRING_REQUIRED = 需要网关的管理者批准此设备。
advice-PAIRING_REQUIRED = 请在网关上批准请求，此页面会自动继续。
cause-CLIENT_VERSION_MISMATCH = 网关需要此页面的另一个版本。
advice-CLIENT_VERSION_MISMATCH = { advice-PROTOCOL_MISMATCH }
cause-NOT_PAIRED = { cause-PAIRING_REQUIRED }
advice-NOT_PAIRED = { advice-PAIRING_REQUIRED }
cause-UNAVAILABLE = 网关正在启动或重启。
cause-FORBIDDEN = 网关不允许此客户端。
advice-FORBIDDEN = 请让网关的管理者允许它。
cause-INVALID_REQUEST = 网关无法理解登录请求。
advice-INVALID_REQUEST = 请检查其中提到的内容；否则请更新网关或此页面。
cause-opening-timeout = 网关没有及时回应。
advice-opening-timeout = 请检查地址，以及网关是否在运行。
cause-challenge-timeout = 对方没有开始握手；它可能不是网关。
advice-challenge-timeout = 请检查地址。
cause-frames-unreadable = 收到的内容无法读取；对方可能不是网关，或途中有环节改动了数据。
advice-frames-unreadable = 请检查地址，以及途中的代理、杀毒软件或 VPN。
cause-limits-unusable = 网关表示它不接收任何消息。
advice-limits-unusable = 请检查网关配置中的 maxPayload，以及它前面的代理。
cause-challenge-invalid = 无法对对方的质询签名；它可能不是协议 4 的网关。
advice-challenge-invalid = 请检查地址，并更新网关。
cause-hello-timeout = 网关没有及时完成握手。
cause-hello-invalid = 无法读取网关的问候信息。
advice-hello-invalid = { advice-PROTOCOL_MISMATCH }
cause-no-scopes = 网关让此页面登录了，但没有给它任何权限。
advice-no-scopes = 请通过 https 或在 localhost 上打开此页面，或在网关上批准此设备。
cause-signing-failed = 此浏览器无法用设备的密钥签名。
advice-signing-failed = { advice-DEVICE_AUTH_INVALID }
cause-address-invalid = 此地址无法作为 WebSocket 打开。
advice-address-invalid = 请检查地址；它以 ws:// 或 wss:// 开头。
cause-certificate-untrusted = 此处不信任网关的证书；没有发送任何登录信息。
advice-certificate-untrusted = 请检查地址和网关的证书；在中继上请检查 ca_file 或固定的指纹。
cause-credentials-failed = 无法取得登录信息。
cause-silent = 网关没有了回应。
cause-page-restored = 页面已恢复。
cause-unreachable = 此地址没有任何回应。
advice-unreachable = 请检查地址，以及网关是否在运行、是否允许此页面。
cause-gave-up = 允许的尝试全部失败。
advice-gave-up = 请重试。
cause-1000 = 网关关闭了连接。
cause-1001 = 网关已离开。
cause-1002 = 网关报告协议错误。
cause-1006 = 连接已断开。
cause-1008 = 网关按其策略关闭了连接。
cause-1009 = 有一条消息对网关来说太大。
advice-1009 = 请分成小段发送。
cause-1011 = 网关出现故障。
cause-1012 = 网关正在重启。
cause-1013 = 网关正在启动。
cause-4001 = 此设备的批准已被撤销，或网关的登录方式已更改。

cause-in-words = { $cause }（{ $said }）
closed = 连接已关闭（代码 { $code }）。
closed-in-words = 连接已关闭：{ $said }（代码 { $code }）。

step-update_auth_credentials = 请重新输入网关的令牌或密码。
step-update_auth_configuration = 请检查网关配置中的 gateway.auth。
step-review_auth_configuration = 请检查网关配置中的 gateway.auth，以及这里的令牌或密码。

# A conversation that goes through a channel

state-sent = 已发送
state-read = 已读
typing = { $count ->
   *[other] { $names }正在输入…
}
