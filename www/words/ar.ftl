# ما تقوله الصفحة، بالعربية.

language = العربية
direction = rtl

name-and-more = { $name }، { $more }

## قبل أن تعمل الصفحة

boot-wait = جارٍ فتح clawline…
boot-late = يستغرق هذا وقتًا طويلًا. تحتاج الصفحة إلى متصفح يدعم وحدات JavaScript وWebAssembly (‏Chrome أو Edge 123، أو Firefox 120، أو Safari 17.5، أو أحدث). أعد تحميل الصفحة أو جرّب متصفحًا آخر.
boot-no-wasm = هذا المتصفح لا يدعم WebAssembly أو أنه موقوف فيه. اسمح به لهذه الصفحة أو جرّب متصفحًا آخر.
boot-failed = تعذّر تشغيل الصفحة: { $reason }. أعد تحميلها؛ وإن لم ينفع ذلك فعلى الخادم جزء منها فقط.

## أعلى الصفحة

status-connecting = جارٍ الاتصال
status-connected = متصل
status-reconnecting = جارٍ إعادة الاتصال
status-waiting = في انتظار الموافقة
status-signed-out = لم يُسجَّل الدخول
status-offline = غير متصل
status-place = { " " }بـ { $gateway }
status-reason = : { $reason }
status-no-gateway = لا اتصال بأي بوابة.
status-approval = يجب أن يوافق مالك البوابة على هذا المتصفح.
status-no-network = لا توجد شبكة على هذا الجهاز.
next-try = المحاولة التالية بعد { $seconds } ث
retry-now = أعد المحاولة الآن
change-gateway = تغيير البوابة
language-choice = اللغة
colours-system = الألوان: حسب النظام
colours-light = الألوان: فاتحة
colours-dark = الألوان: داكنة
reload = إعادة التحميل
chunk-late = ما زال هذا الجزء من الصفحة قيد التحميل.
chunk-missing = تعذّر تحميل جزء من الصفحة. تُعاد المحاولة تلقائيًا، ويبقى ما تكتبه محفوظًا.
chunk-outdated = لدى الخادم إصدار آخر من هذه الصفحة. أعد تحميلها لترى كل شيء.
hide = إخفاء
show = إظهار
code = ({ $code })
sign-in-ended = ربما انتهى تسجيل الدخول المطلوب قبل هذا الخادم.
sign-in-ended-remedy = أعد تحميل الصفحة لتسجيل الدخول من جديد.

## نموذج الاتصال

connect-title = تحدّث إلى وكيلك
connect-intro = يردّ وكيلك عبر بوابته. أين هي؟
gateway-address = عنوان البوابة
token = الرمز
password = كلمة المرور
remember = تذكّر على هذا الجهاز
remember-why = نادرًا ما يلزم: بعد الموافقة يصبح لهذا المتصفح مفتاح خاص به. وما يُحفظ يمكن أن يقرأه كل من يستخدم هذا المتصفح.
connect = اتصال
back-to-conversation = العودة إلى المحادثة
use-address = استخدم { $address }
link-undecided = لا يذكر الرابط أي بوابة يخصّها رمزه. تحقّق من العنوان ثم اتصل.
secret-taken-out = أُزيلت من النموذج بيانات الدخول الخاصة بـ { $other }: لن تُرسل إلى { $gateway }.

address-missing = اكتب عنوان بوابتك، مثل { $example }.
address-too-long = هذا أطول من أن يكون عنوانًا.
address-spaces = لا توجد مسافات في العنوان.
address-scheme = يبدأ العنوان بـ ‎ws://‎ أو ‎wss://‎.
address-other-scheme = يبدأ العنوان بـ ‎ws://‎ أو ‎wss://‎ وليس بـ ‎{ $scheme }://‎.
address-odd = لا يرد «{ $character }» في أي عنوان. انسخه مرة أخرى دون ما حوله.
address-of-page = هذا عنوان صفحة ويب. عنوان البوابة يبدأ بـ ‎{ $scheme }://‎.
address-token = لا يوضع الرمز في العنوان، وإلا ظهر في السجلات. له حقل خاص به.
address-name = ترفض المتصفحات اسم مستخدم أو كلمة مرور داخل العنوان. احذف الجزء الذي قبل @.
address-port = «{ $port }» ليس منفذًا. المنفذ رقم من 1 إلى 65535.
address-no-host = اسم المضيف ناقص بعد ‎://‎.
address-host = «{ $host }» ليس اسم مضيف.
address-not-secure = جاءت هذه الصفحة عبر https، لذلك لا يفتح المتصفح منها إلا عناوين ‎wss://‎. استخدم عنوان ‎wss://‎ للبوابة، أو افتح هذه الصفحة عبر http من مرحّل.

token-spaces = لا توجد مسافات في الرمز. انسخه مرة أخرى دون الكلمات التي حوله.
token-odd = هذا ليس رمزًا. انسخه مرة أخرى من إعدادات البوابة.
password-too-long = كلمة المرور هذه أطول مما تقبله البوابة.

policy-not-there = لا يسمح خادم هذه الصفحة لها بالاتصال بـ { $gateway }.
policy-started-with = شُغّل الخادم مع { $gateways }.
policy-by-command = شغّل المرحّل بهذا العنوان، ثم أعد تحميل الصفحة:
policy-by-option = شغّل المرحّل بهذا العنوان ({ $option })، ثم أعد تحميل الصفحة.
policy-ipv6 = لا تسمح المتصفحات لصفحة كهذه بالاتصال بعنوان IPv6.
policy-use-name = استخدم اسم المضيف بدلًا منه.
policy-give-name = أعطه اسمًا في DNS أو في ملف hosts على هذا الجهاز، واستخدم ذلك الاسم.

## في انتظار الموافقة

pairing-title = الموافقة على هذا المتصفح
pairing-new = لا تعرف البوابة هذا المتصفح بعد. يوافق عليه من يدير البوابة مرة واحدة.
pairing-more-rights = يطلب هذا المتصفح صلاحيات أكثر مما منحته البوابة حتى الآن.
pairing-another-role = يطلب هذا المتصفح دورًا لم تمنحه البوابة أو سحبته منه.
pairing-another-description = تعرف البوابة هذا المتصفح بوصف آخر وتطلب الموافقة عليه من جديد.
pairing-by-command = على الجهاز الذي تعمل عليه البوابة، اكتب:
pairing-by-request = وافق على الطلب أدناه حيث تعمل البوابة: بأمر الأجهزة الخاص بها أو من لوحة التحكم.
pairing-unnamed = لم تذكر البوابة رقم الطلب. حيث تعمل البوابة، اعرض الأجهزة المنتظرة ووافق على هذا المتصفح.
pairing-request = الطلب
pairing-browser = هذا المتصفح
pairing-goes-on = تتابع هذه الصفحة من تلقاء نفسها فور الموافقة على الطلب.

## نسيان هذا الجهاز

forget-device = نسيان هذا الجهاز
forget-question = هل تريد نسيان هذا الجهاز؟
forget-what = هل تريد نسيان هذا الجهاز؟ سيُحذف المفتاح الذي تعرف به البوابات هذا المتصفح، وعلى كل منها أن توافق عليه من جديد كجهاز جديد.
forget-lost = { $count ->
    [zero] لا تُحذف معه أي رسالة.
    [one] وتُحذف معه رسالة واحدة لم تُرسل بعد.
    [two] وتُحذف معه رسالتان لم تُرسلا بعد.
    [few] وتُحذف معه { $count } رسائل لم تُرسل بعد.
    [many] وتُحذف معه { $count } رسالة لم تُرسل بعد.
   *[other] وتُحذف معه { $count } رسالة من الرسائل التي لم تُرسل بعد.
}
forget-yes = نعم، انسه
forget-no = إبقاء
device-forgotten = حُذف مفتاح هذا المتصفح. عند الاتصال مرة أخرى سترى البوابة جهازًا جديدًا.
forget-failed = تعذّر حذف المفتاح. { $reason }

## المحادثة

conversation-title = محادثتك
conversation = المحادثة
older-show = عرض الرسائل الأقدم
older-loading = جارٍ جلب الرسائل الأقدم…
older-failed = تعذّر جلب الرسائل الأقدم. { $reason }
new-messages = رسائل جديدة
new-messages-counted = { $count ->
    [zero] لا جديد
    [one] رسالة جديدة
    [two] رسالتان جديدتان
    [few] { $count } رسائل جديدة
    [many] { $count } رسالة جديدة
   *[other] { $count } رسالة جديدة
}
follow-at-end = الرسائل الجديدة: المتابعة عند النهاية
follow-always = الرسائل الجديدة: المتابعة دائمًا
follow-never = الرسائل الجديدة: بلا متابعة
empty-title = ألقِ التحية
empty-text = هذه محادثة جديدة. ما تكتبه يصل إلى وكيلك.
loading-title = لحظة من فضلك
loading-text = جارٍ جلب المحادثة…
unconnected-title = لا اتصال بعد
unconnected-text = يمكنك الكتابة من الآن. تُرسل الرسالة فور أن تردّ البوابة.
kept = كما كانت في زيارتك الأخيرة. يأتي الجديد مع الاتصال.
conversation-failed = تعذّر جلب المحادثة. { $reason }
no-conversation = لا توجد محادثة بعد.
back-to-main = العودة إلى المحادثة الرئيسية
new-conversation-begun = بدأت محادثة جديدة.
new-conversation-failed = لم تبدأ محادثة جديدة. { $reason }
new-conversation-later = يمكن بدء محادثة جديدة عند عودة الاتصال.
new-conversation-with-files = تُرسل الملفات مع رسالة. ابدأ المحادثة الجديدة أولًا ثم أرسلها.

who-you = أنت
who-assistant = الوكيل
who-tool = أداة
who-system = النظام
who-writing = يكتب

thinking = التفكير
tool-answered = نتيجة { $tool }
tool-failed = فشل { $tool }
tool-unnamed = أداة
reply-beginning = تظهر بداية هذا الرد الطويل عند اكتماله.
reply-stopped = أُوقف الرد.
show-all = عرض الكل
show-all-lines = { $count ->
    [zero] عرض الكل
    [one] عرض الكل
    [two] عرض السطرين كليهما
    [few] عرض الأسطر كلها ({ $count } أسطر)
    [many] عرض الأسطر كلها ({ $count } سطرًا)
   *[other] عرض الأسطر كلها ({ $count } سطر)
}
fetch-all = جلب النص كاملًا
full-text-failed = تعذّر جلب النص كاملًا. { $reason }
trying-again = لم يردّ النموذج. تجري محاولة جديدة.
trying-again-counted = لم يردّ النموذج. تجري محاولة جديدة ({ $attempt } من { $of }).
agent-failed = لم يتمكن الوكيل من الرد.
stop-failed = تعذّر إيقاف الرد. { $reason }

code-block = شيفرة
code-block-in = شيفرة، { $language }
table = جدول
picture = صورة
picture-of = صورة: { $alt }
task-done = منجز
task-open = غير منجز
copy-code = نسخ الشيفرة
copy-command = نسخ الأمر
copy-message = نسخ الرسالة
copied = تم النسخ
copy-by-hand = حدّد النص وانسخه يدويًا

told-reply = الوكيل: { $reply }
told-failure = فشل الرد: { $reason }
told-code = مقطع شيفرة.
told-code-in = مقطع شيفرة بلغة { $language }.
told-table = { $rows ->
    [zero] جدول بلا صفوف.
    [one] جدول من صف واحد.
    [two] جدول من صفين.
    [few] جدول من { $rows } صفوف.
    [many] جدول من { $rows } صفًا.
   *[other] جدول من { $rows } صف.
}
told-goes-on = للرسالة بقية.

## قائمة المحادثات

sessions = المحادثات
sessions-show = إظهار المحادثات
sessions-hide = إخفاء المحادثات
sessions-loading = جارٍ جلب المحادثات…
sessions-failed = تعذّر جلب المحادثات. { $reason }
main-conversation = المحادثة الرئيسية
new-conversation = محادثة جديدة
close = إغلاق
show-more = عرض المزيد
archived = المؤرشفة
none-archived = لا توجد محادثات مؤرشفة.
session-running = يكتب…
pinned = مثبّتة
pin = تثبيت
unpin = إلغاء التثبيت
archive = أرشفة
unarchive = إخراج من الأرشيف
rename = إعادة التسمية
session-name = اسم المحادثة
delete = حذف
start-over = البدء من جديد
start-over-question = هل تريد بدء «{ $title }» من جديد؟ سينسى وكيلك ما قيل فيها.
start-over-scope = لا تسمح البوابة بهذا إلا بصلاحية { $scope }: ستُطلب منها مرة واحدة.
scope-approve = وافق عليه في البوابة أولًا: { $command }
scope-refused = لم تمنح البوابة { $scope }.
session-actions = إجراءات { $title }
session-deleted = حُذفت «{ $title }».
session-not-renamed = تعذّرت إعادة تسمية «{ $title }». { $reason }
session-not-pinned = تعذّر تغيير تثبيت «{ $title }». { $reason }
session-not-archived = تعذّر تغيير أرشفة «{ $title }». { $reason }
session-not-deleted = تعذّر حذف «{ $title }». { $reason }
session-not-started-over = تعذّر بدء «{ $title }» من جديد. { $reason }
session-not-changed = تعذّر تغيير «{ $title }». { $reason }
present-alone = لا أحد هنا غير هذا المتصفح
present = { $others ->
    [zero] لا أحد هنا غير هذا المتصفح
    [one] هنا هذا المتصفح ومتصفح آخر
    [two] هنا هذا المتصفح ومتصفحان آخران
    [few] هنا هذا المتصفح و{ $others } متصفحات أخرى
    [many] هنا هذا المتصفح و{ $others } متصفحًا آخر
   *[other] هنا هذا المتصفح و{ $others } متصفح آخر
}

## الرسالة وما يصير إليها

state-queued = في انتظار الإرسال
state-sending = جارٍ الإرسال…
state-checking = جارٍ التحقق من وصولها…
state-accepted = وصلت
state-parked = لم تُرسل
state-unconfirmed = غير مؤكدة
state-unconfirmed-why = انقطع الاتصال بعد الإرسال، ولا تستطيع البوابة أن تعرف هل وصلت الرسالة. إرسالها مرة أخرى قد يجعل الوكيل ينفّذها مرتين.

parked-expired = انتظرت أطول من المسموح به ولم تُرسل.
parked-no-row = قبلتها البوابة ولم تعرضها. ربما وصلت: راجع المحادثة قبل إرسالها مرة أخرى.
parked-too-large = شيء ما بينك وبين البوابة لا يسمح بمرور رسالة بهذا الحجم. عدّلها أو أرسلها على أجزاء.
parked-never-answered = انقطع الاتصال في كل مرة أُرسلت فيها هذه الرسالة. ربما هي كبيرة أو غير مألوفة لشيء ما في الطريق: عدّلها أو أرسلها مرة أخرى.
parked-not-kept = لم يتمكن هذا المتصفح من حفظها فلم تُرسل. أفسح مكانًا في تخزين المتصفح ثم أرسلها مرة أخرى.
parked-other-gateway = كُتبت لبوابة أخرى ولم تُرسل إلى هذه البوابة.
parked-unreadable = تعذّرت قراءة ما حفظه هذا المتصفح منها. تجاهلها واكتبها من جديد.
parked-refused = لم تقبلها البوابة ولم تذكر السبب. عدّلها أو أرسلها مرة أخرى.
parked-missing-scope = لا تسمح البوابة لهذا المتصفح بذلك ({ $scope }). ستُرسل الرسالة من تلقاء نفسها عندما تسمح به.
parked-file-unreadable = تعذّرت قراءة { $name }: عُدّل الملف أو نُقل أو حُذف بعد اختياره. تجاهل هذه الرسالة وأرسلها مرة أخرى مع الملف كما هو الآن.
parked-file-empty = الملف { $name } فارغ، ولا تقبل البوابة ملفات فارغة. تجاهل هذه الرسالة وأرسلها من دونه.

send-again = إعادة الإرسال
edit = تعديل
discard = تجاهل
dismiss = إيقاف المتابعة
dismiss-why = لا تتابع هذه الرسالة بعد الآن. ربما وصلت.
edit-message = تعديل الرسالة
send-as-new = إرسال كرسالة جديدة
save = حفظ
cancel = إلغاء
edit-empty = الرسالة فارغة. لسحبها، تجاهلها.
edit-too-late = في هذه الأثناء أُرسلت الرسالة كما كانت.

## الكتابة

message = الرسالة
send = إرسال
stop = إيقاف
write = اكتب إلى وكيلك
write-for-later = اكتب الآن، وتُرسل عند عودة الاتصال
write-to = اكتب إلى { $name }
goes-to = إلى { $name }
ask-agent = اسأل الوكيل بدلًا من ذلك
ask-aside = إلى وكيلك. لا يراها { $name }.
to-agent = إلى وكيلك.
not-to-agent = ليس إلى الوكيل
recipient-unknown = لا يُعرف بعد إلى من تؤدي هذه المحادثة: لا يمكن إرسال شيء إليه.
words-only = لا يمكن أن يُرسل إليه إلا الكلمات، دون ملفات.
composer-hint = ‏Enter للإرسال، و‎Shift + Enter‎ لسطر جديد.
draft-at-risk = لا يتسع هذا المتصفح لمسودة كهذه: ستُفقد إن أغلقت الصفحة قبل إرسالها.
draft-of-another-tab = كُتب هنا نص آخر في تبويب آخر.
undo = تراجع
keep-these = إبقاء هذا النص
send-empty = لا يوجد ما يُرسل.
send-too-many = { $limit ->
    [zero] لا يمكن أن تنتظر أي رسالة هنا.
    [one] هناك رسالة واحدة تنتظر الإرسال. انتظر حتى تُرسل.
    [two] هناك رسالتان تنتظران الإرسال. انتظر حتى تُرسلا.
    [few] هناك { $limit } رسائل تنتظر الإرسال. انتظر حتى يُرسل بعضها.
    [many] هناك { $limit } رسالة تنتظر الإرسال. انتظر حتى يُرسل بعضها.
   *[other] هناك { $limit } رسالة تنتظر الإرسال. انتظر حتى يُرسل بعضها.
}
send-too-large = هذا أكثر مما تقبله البوابة دفعة واحدة ({ $limit }). أرسله على أجزاء.
send-file-too-large = حجم { $name } أكبر مما تقبله البوابة ({ $limit }). أزله أو أرسل ملفًا أصغر.

attach-files = إرفاق ملفات
attached-files = الملفات المرفقة
remove-file = إزالة { $name }
attached = أُرفق { $name }.
attached-many = { $count ->
    [zero] لم يُرفق أي ملف.
    [one] أُرفق ملف واحد.
    [two] أُرفق ملفان.
    [few] أُرفقت { $count } ملفات.
    [many] أُرفق { $count } ملفًا.
   *[other] أُرفق { $count } ملف.
}
detached = أُزيل { $name }.
file-unnamed = ملف
file-with-size = { $name } ({ $size })
file-at-gateway = { $kind ->
    [image] صورة محفوظة في البوابة
    [audio] تسجيل صوتي محفوظ في البوابة
    [video] مقطع فيديو محفوظ في البوابة
    [document] مستند محفوظ في البوابة
    [file] ملف محفوظ في البوابة
   *[other] ملف ({ $kind }) محفوظ في البوابة
}
unfit-folder = { $name } مجلد: اختر الملفات التي فيه بدلًا منه.
unfit-empty = { $name } ملف فارغ ولم يُرفق.
unfit-unreadable = تعذّرت قراءة { $name }: إنه مجلد أو لم يعد موجودًا.
size-bytes = { $count ->
    [zero] { $count } بايت
    [one] بايت واحد
    [two] بايتان
    [few] { $count } بايتات
    [many] { $count } بايتًا
   *[other] { $count } بايت
}
size-kilobytes = { $count } ك.ب
size-megabytes = { NUMBER($count, minimumFractionDigits: 1, maximumFractionDigits: 1) } م.ب

## WhatsApp

wa-loading = جارٍ سؤال البوابة…
wa-absent = لا يوجد WhatsApp في هذه البوابة.
wa-absent-advice = يستطيع من يشغّلها إضافته: في مرحّل clawline بالقسم channel.whatsapp_baileys من إعداداته، وفي بوابة OpenClaw بإضافة.
wa-not-done = لم ينجح ذلك. { $reason }
wa-unread = تتعذر معرفة حالة WhatsApp. { $reason }

wa-off = إنه متوقف.
wa-off-advice = أعد الاتصال، أو انظر في سجل البوابة.
wa-installing = جارٍ تثبيت ما يتصل بـ WhatsApp…
wa-starting = جارٍ البدء…
wa-not-linked = لا يوجد هاتف مرتبط.
wa-pairing = يوجد رمز ينتظر الهاتف.
wa-pairing-advice = طُلب من مكان آخر. يمكنك عرضه هنا.
wa-linking = وافق الهاتف. جارٍ الربط…
wa-connecting = جارٍ الاتصال…
wa-open = مرتبط ومتصل.
wa-waiting = غير متصل.
wa-waiting-advice = تُعاد المحاولة تلقائيًا. يجب أن يكون الهاتف قد اتصل بالإنترنت في الأسبوعين الأخيرين.
wa-conflict = مستخدم في مكان آخر.
wa-conflict-advice = يستخدم برنامج آخر هذا الربط بهاتفك. أنهِه هناك، ثم أعد الاتصال.
wa-logged-out = لم يعد الربط موجودًا.
wa-logged-out-advice = ألغاه الهاتف أو WhatsApp. لن تُعاد المحاولة؛ اربط الهاتف من جديد.
wa-forbidden = يرفض WhatsApp هذا الحساب.
wa-forbidden-advice = ربما حُظر. افتح WhatsApp على هاتفك: سيخبرك بالسبب.
wa-too-old = يطلب WhatsApp برنامجًا أحدث.
wa-no-node = يحتاج WhatsApp إلى Node.js، وهو غير موجود أو قديم جدًّا حيث تعمل البوابة.
wa-too-old-advice = حدّث البوابة، ثم أعد الاتصال.
wa-no-node-advice = ثبّت هناك Node.js 20 أو أحدث مع npm، ثم اتصل مرة أخرى.
wa-failed = إنه لا يعمل.

wa-intro = اربط هاتفك، فيصل ما يكتبه الناس إليك على WhatsApp إلى هذه البوابة.
wa-risk = هذا ليس برنامجًا من WhatsApp: لا يدعمه WhatsApp وقد يحظر الحساب.
wa-show-qr = عرض رمز QR
wa-use-code = استخدام رمز مكتوب
wa-connect = إعادة الاتصال
wa-unlink = إلغاء الربط
wa-unlink-question = هل تريد إلغاء ربط هذا الهاتف؟ لربطه من جديد يجب أن يكون في متناولك.
wa-unlink-question-number = هل تريد إلغاء ربط { $number }؟ لربطه من جديد يجب أن يكون الهاتف في متناولك.
wa-unlink-yes = نعم، ألغِ الربط
wa-untold = قد يظل هذا الربط ظاهرًا على الهاتف. احذفه هناك من الأجهزة المرتبطة.

wa-login-title = ربط هاتف
wa-login-asking = جارٍ جلب رمز…
wa-login-waiting = في انتظار الهاتف…
wa-login-offline = انقطع الاتصال بالبوابة. يستمر هذا عند عودته.
wa-login-over = لم يُربط أي هاتف هذه المرة.
wa-new-code = رمز جديد
wa-new-in = رمز آخر بعد { $seconds } ث
wa-steps-scan =
    1. افتح WhatsApp على الهاتف.
    2. اذهب إلى الإعدادات، ثم الأجهزة المرتبطة، واختر ربط جهاز.
    3. وجّه الهاتف نحو هذه الصورة.
wa-steps-type =
    1. افتح WhatsApp على الهاتف.
    2. اذهب إلى الإعدادات، ثم الأجهزة المرتبطة، واختر ربط جهاز.
    3. اختر الربط برقم الهاتف بدلًا من ذلك، واكتب هذا الرمز.
wa-qr = رمز QR لربط هاتف

wa-phone = رقم الهاتف مع رمز البلد
wa-get-code = الحصول على الرمز
wa-phone-missing = اكتب رقم الهاتف الذي عليه WhatsApp.
wa-phone-odd = لا يوجد «{ $character }» في أي رقم.
wa-phone-no-country = ابدأ برمز البلد بدلًا من 0.
wa-phone-short = هذا أقصر من أن يكون رقمًا مع رمز البلد.
wa-phone-long = هذا أطول من أن يكون رقمًا.

## ما تلاحظه الصفحة في هذا المتصفح

notice-key-readable = جاءت هذه الصفحة عبر http غير المشفّر: يمكن قراءة ما تكتبه في الطريق، ويمكن لبرامج أخرى في هذه الصفحة قراءة مفتاح هذا المتصفح. الأفضل استخدام https أو localhost.
notice-no-web-crypto = لا يستطيع هذا المتصفح إخفاء مفتاح عن برامج هذه الصفحة (لا يدعم Ed25519). المحادثة تعمل؛ ومتصفح أحدث يحفظ المفتاح بأمان أكبر.
notice-nothing-kept = لا يحفظ هذا المتصفح شيئًا لهذه الصفحة (نافذة خاصة أو قرص ممتلئ): يُعدّ جهازًا جديدًا في كل زيارة، وتُفقد الرسالة التي لم تُرسل عند إغلاق الصفحة.
notice-not-kept = لا يحفظ هذا المتصفح الرسائل في الوقت الحالي (نافذة خاصة أو قرص ممتلئ): تُفقد الرسالة التي لم تُرسل عند إغلاق هذه الصفحة.
notice-newer-outbox = هناك إصدار أحدث من هذه الصفحة يحفظ رسائل هنا. هذا الإصدار لا يمسّها ويحتفظ برسائله حتى إغلاق الصفحة فقط. أعد التحميل للحصول على الإصدار الأحدث.
notice-set-aside = تعذّرت قراءة رسائل من زيارة سابقة. هي محفوظة جانبًا في هذا المتصفح.
notice-unreadable = تعذّرت قراءة بعض الرسائل من زيارة سابقة. هي محفوظة في هذا المتصفح.

## لماذا فشل الطلب

request-not-connected = لا يوجد اتصال بالبوابة.
request-interrupted = انقطع الاتصال قبل وصول الرد؛ ربما نُفّذ الطلب.
request-interrupted-accepted = انقطع الاتصال بعد قبول الطلب؛ هو قيد التنفيذ أو نُفّذ.
request-timeout = لم تردّ البوابة في الوقت المحدد؛ ربما نُفّذ الطلب.
request-timeout-unsent = لم يتوفر اتصال في الوقت المحدد؛ لم يُرسل شيء.
request-timeout-accepted = قُبل الطلب، لكن رده الأخير لم يصل في الوقت المحدد.
request-cancelled = أُلغي الطلب.
request-too-many = عدد كبير جدًا من الطلبات ينتظر الرد.
request-unreadable = ردّت البوابة بغير ما طُلب منها.
request-too-large = هذا أكبر مما تقبله البوابة ({ $limit }).
request-invalid-params = لا يمكن إرسال هذا الطلب: { $reason }
request-missing-scope = لا تسمح البوابة لهذا المتصفح بذلك.
answer-unreadable = تعذّرت قراءة رد البوابة.
cannot-be-asked = لا يمكن إرسال هذا الطلب.

## لماذا لا يوجد اتصال، حسب الرمز؛ ثم ما العمل

cause-AUTH_REQUIRED = تطلب البوابة رمزًا أو كلمة مرور.
advice-AUTH_REQUIRED = أدخل رمز البوابة أو كلمة مرورها.
cause-AUTH_UNAUTHORIZED = لم تقبل البوابة تسجيل الدخول.
advice-AUTH_UNAUTHORIZED = تحقّق من الرمز أو كلمة المرور.
cause-AUTH_TOKEN_MISSING = تطلب البوابة رمزًا.
advice-AUTH_TOKEN_MISSING = أدخل رمز البوابة.
cause-AUTH_TOKEN_MISMATCH = الرمز ليس رمز البوابة.
advice-AUTH_TOKEN_MISMATCH = أدخل الرمز الموجود في إعدادات البوابة.
cause-AUTH_TOKEN_NOT_CONFIGURED = ليس لدى البوابة رمز تقارن به.
advice-AUTH_TOKEN_NOT_CONFIGURED = اضبط gateway.auth.token على البوابة، أو سجّل الدخول بلا رمز.
cause-AUTH_PASSWORD_MISSING = تطلب البوابة كلمة مرور.
advice-AUTH_PASSWORD_MISSING = أدخل كلمة مرور البوابة.
cause-AUTH_PASSWORD_MISMATCH = كلمة المرور ليست كلمة مرور البوابة.
advice-AUTH_PASSWORD_MISMATCH = أدخل كلمة المرور الموجودة في إعدادات البوابة.
cause-AUTH_PASSWORD_NOT_CONFIGURED = ليس لدى البوابة كلمة مرور تقارن بها.
advice-AUTH_PASSWORD_NOT_CONFIGURED = اضبط gateway.auth.password على البوابة، أو سجّل الدخول برمز.
cause-AUTH_BOOTSTRAP_TOKEN_INVALID = رمز الإعداد مستخدم أو منتهي الصلاحية.
advice-AUTH_BOOTSTRAP_TOKEN_INVALID = اطلب رمز إعداد جديدًا من البوابة.
cause-AUTH_DEVICE_TOKEN_MISMATCH = سُحبت الموافقة على هذا الجهاز أو استُبدلت.
advice-AUTH_DEVICE_TOKEN_MISMATCH = سجّل الدخول برمز البوابة أو كلمة مرورها.
cause-AUTH_SCOPE_MISMATCH = يطلب هذا الجهاز أكثر مما تمت الموافقة عليه.
advice-AUTH_SCOPE_MISMATCH = سجّل الدخول برمز البوابة أو كلمة مرورها لطلب ذلك.
cause-AUTH_RATE_LIMITED = محاولات دخول فاشلة كثيرة؛ ترفض البوابة كل المحاولات لبعض الوقت.
advice-AUTH_RATE_LIMITED = انتظر، وتحقّق من الرمز في هذه الأثناء.
cause-AUTH_TAILSCALE_IDENTITY_MISSING = تطلب البوابة هوية Tailscale.
advice-AUTH_TAILSCALE_IDENTITY_MISSING = افتح عنوان Tailscale الخاص بالبوابة.
cause-AUTH_TAILSCALE_PROXY_MISSING = تتوقع البوابة الوصول إليها عبر Tailscale Serve.
advice-AUTH_TAILSCALE_PROXY_MISSING = { advice-AUTH_TAILSCALE_IDENTITY_MISSING }
cause-AUTH_TAILSCALE_WHOIS_FAILED = لم تتمكن البوابة من التحقق من هويتك في Tailscale.
advice-AUTH_TAILSCALE_WHOIS_FAILED = تحقّق من Tailscale على البوابة ثم أعد المحاولة.
cause-AUTH_TAILSCALE_IDENTITY_MISMATCH = هويتك في Tailscale ليست من الهويات التي تسمح بها البوابة.
advice-AUTH_TAILSCALE_IDENTITY_MISMATCH = اطلب من مالك البوابة السماح بها.
cause-AUTH_IDENTITY_HEADER_REQUIRED = لم يذكر الخادم الوسيط الذي أمام البوابة من تكون.
advice-AUTH_IDENTITY_HEADER_REQUIRED = سجّل الدخول لدى الخادم الوسيط ثم أعد المحاولة.
cause-AUTH_VERIFIED_USER_REQUIRED = تطلب البوابة مستخدمًا موثّقًا.
advice-AUTH_VERIFIED_USER_REQUIRED = سجّل الدخول لدى الخادم الوسيط بحساب موثّق.
cause-AUTHENTICATED_PROFILE_UNAVAILABLE = لم تتمكن البوابة من تحميل ملفك الشخصي.
cause-CONTROL_UI_BUILD_MISMATCH = تقدّم البوابة إصدارًا آخر من صفحتها.
advice-CONTROL_UI_BUILD_MISMATCH = أعد تحميل الصفحة.
cause-CONTROL_UI_ORIGIN_NOT_ALLOWED = لا تسمح البوابة بصفحات من هذا العنوان.
advice-CONTROL_UI_ORIGIN_NOT_ALLOWED = أضف مصدر هذه الصفحة إلى gateway.controlUi.allowedOrigins على البوابة.
cause-PROTOCOL_MISMATCH = تستخدم البوابة إصدارًا آخر من البروتوكول.
advice-PROTOCOL_MISMATCH = حدّث البوابة أو هذه الصفحة.
cause-CONTROL_UI_DEVICE_IDENTITY_REQUIRED = تطلب البوابة هوية جهاز.
advice-CONTROL_UI_DEVICE_IDENTITY_REQUIRED = افتح الصفحة عبر https أو على localhost حيث يستطيع المتصفح حفظ مفتاح.
cause-DEVICE_IDENTITY_REQUIRED = تطلب البوابة هوية جهاز.
advice-DEVICE_IDENTITY_REQUIRED = { advice-CONTROL_UI_DEVICE_IDENTITY_REQUIRED }
cause-DEVICE_AUTH_INVALID = لم تقبل البوابة إثبات هذا الجهاز.
advice-DEVICE_AUTH_INVALID = اضغط «نسيان هذا الجهاز» ثم اتصل من جديد.
cause-DEVICE_AUTH_DEVICE_ID_MISMATCH = معرّف هذا الجهاز لا يطابق مفتاحه.
advice-DEVICE_AUTH_DEVICE_ID_MISMATCH = { advice-DEVICE_AUTH_INVALID }
cause-DEVICE_AUTH_SIGNATURE_EXPIRED = وصل الإثبات متأخرًا.
cause-DEVICE_AUTH_NONCE_REQUIRED = نقص الإثبات تحدّي البوابة.
cause-DEVICE_AUTH_NONCE_MISMATCH = كان الإثبات لتحدٍّ آخر.
cause-DEVICE_AUTH_SIGNATURE_INVALID = لم تقبل البوابة توقيع هذا الجهاز.
advice-DEVICE_AUTH_SIGNATURE_INVALID = { advice-DEVICE_AUTH_INVALID }
cause-DEVICE_AUTH_PUBLIC_KEY_INVALID = لم تقبل البوابة مفتاح هذا الجهاز.
advice-DEVICE_AUTH_PUBLIC_KEY_INVALID = { advice-DEVICE_AUTH_INVALID }
cause-PAIRING_REQUIRED = يجب أن يوافق مالك البوابة على هذا الجهاز.
advice-PAIRING_REQUIRED = وافق على الطلب في البوابة؛ وتتابع هذه الصفحة من تلقاء نفسها.
cause-CLIENT_VERSION_MISMATCH = تطلب البوابة إصدارًا آخر من هذه الصفحة.
advice-CLIENT_VERSION_MISMATCH = { advice-PROTOCOL_MISMATCH }
cause-NOT_PAIRED = { cause-PAIRING_REQUIRED }
advice-NOT_PAIRED = { advice-PAIRING_REQUIRED }
cause-UNAVAILABLE = البوابة قيد التشغيل أو إعادة التشغيل.
cause-FORBIDDEN = لا تسمح البوابة بهذا البرنامج.
advice-FORBIDDEN = اطلب من مالك البوابة السماح به.
cause-INVALID_REQUEST = لم تفهم البوابة طلب تسجيل الدخول.
advice-INVALID_REQUEST = تحقّق مما ذُكر هناك؛ وإلا فحدّث البوابة أو هذه الصفحة.
cause-opening-timeout = لم تردّ البوابة في الوقت المحدد.
advice-opening-timeout = تحقّق من العنوان ومن أن البوابة تعمل.
cause-challenge-timeout = لم يبدأ الطرف الآخر المصافحة؛ ربما ليس بوابة.
advice-challenge-timeout = تحقّق من العنوان.
cause-frames-unreadable = تعذّرت قراءة ما وصل؛ ربما ليس بوابة، أو أن شيئًا في الطريق يغيّر البيانات.
advice-frames-unreadable = تحقّق من العنوان ومن أي خادم وسيط أو مضاد فيروسات أو VPN في الطريق.
cause-limits-unusable = تقول البوابة إنها لا تقبل أي رسائل.
advice-limits-unusable = تحقّق من maxPayload في إعدادات البوابة ومن أي خادم وسيط أمامها.
cause-challenge-invalid = تعذّر توقيع تحدّي الطرف الآخر؛ ربما ليس بوابة بالبروتوكول 4.
advice-challenge-invalid = تحقّق من العنوان وحدّث البوابة.
cause-hello-timeout = لم تُنهِ البوابة المصافحة في الوقت المحدد.
cause-hello-invalid = تعذّرت قراءة تحية البوابة.
advice-hello-invalid = { advice-PROTOCOL_MISMATCH }
cause-no-scopes = سجّلت البوابة دخول هذه الصفحة لكنها لا تسمح لها بشيء.
advice-no-scopes = افتح الصفحة عبر https أو على localhost، أو وافق على هذا الجهاز في البوابة.
cause-signing-failed = لم يتمكن هذا المتصفح من التوقيع بمفتاح الجهاز.
advice-signing-failed = { advice-DEVICE_AUTH_INVALID }
cause-address-invalid = لا يمكن فتح العنوان كاتصال WebSocket.
advice-address-invalid = تحقّق من العنوان؛ يبدأ بـ ‎ws://‎ أو ‎wss://‎.
cause-certificate-untrusted = شهادة البوابة غير موثوقة هنا؛ لم تُرسل أي بيانات دخول.
advice-certificate-untrusted = تحقّق من العنوان ومن شهادة البوابة؛ وعلى المرحّل من ca_file أو البصمة المثبّتة.
cause-credentials-failed = تعذّر الحصول على بيانات الدخول.
cause-silent = صمتت البوابة.
cause-page-restored = استُعيدت الصفحة.
cause-unreachable = لا ردّ من هذا العنوان.
advice-unreachable = تحقّق من العنوان، ومن أن البوابة تعمل وتسمح بهذه الصفحة.
cause-gave-up = فشلت كل المحاولات المسموح بها.
advice-gave-up = حاول مرة أخرى.
cause-1000 = أغلقت البوابة الاتصال.
cause-1001 = غادرت البوابة.
cause-1002 = أبلغت البوابة عن خطأ في البروتوكول.
cause-1006 = انقطع الاتصال.
cause-1008 = أغلقت البوابة الاتصال وفق سياستها.
cause-1009 = كانت إحدى الرسائل أكبر مما تقبله البوابة.
advice-1009 = أرسلها على أجزاء أصغر.
cause-1011 = تعطّلت البوابة.
cause-1012 = تُعيد البوابة التشغيل.
cause-1013 = البوابة قيد التشغيل.
cause-4001 = سُحبت الموافقة على هذا الجهاز، أو تغيّر تسجيل الدخول في البوابة.

cause-in-words = { $cause } ({ $said })
closed = أُغلق الاتصال (الرمز { $code }).
closed-in-words = أُغلق الاتصال: { $said } (الرمز { $code }).

step-update_auth_credentials = أدخل رمز البوابة أو كلمة مرورها من جديد.
step-update_auth_configuration = تحقّق من gateway.auth في إعدادات البوابة.
step-review_auth_configuration = تحقّق من gateway.auth في إعدادات البوابة، ومن الرمز أو كلمة المرور هنا.

# A conversation that goes through a channel

state-sent = أُرسلت
state-read = قُرئت
typing = { $count ->
    [zero] لا أحد يكتب
    [one] { $names } يكتب الآن…
    [two] { $names } يكتبان الآن…
    [few] { $names } يكتبون الآن…
    [many] { $names } يكتبون الآن…
   *[other] { $names } يكتبون الآن…
}
