"""Domains of free mail: an address there says nothing about a company."""

FREE_MAIL = (
    "126.com", "163.com", "aim.com", "aol.com", "btinternet.com", "comcast.net", "duck.com", "fastmail.com",
    "foxmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.com", "gmx.de", "gmx.net", "googlemail.com", "hey.com",
    "hotmail.co.uk", "hotmail.com", "hotmail.es", "hotmail.fr", "hotmail.it", "icloud.com", "laposte.net",
    "libero.it", "live.co.uk", "live.com", "live.fr", "live.nl", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com",
    "naver.com", "orange.fr", "outlook.com", "outlook.es", "outlook.fr", "pm.me", "proton.me", "protonmail.com",
    "qq.com", "rediffmail.com", "rocketmail.com", "seznam.cz", "sfr.fr", "t-online.de", "telefonica.net", "terra.es",
    "tutanota.com", "uol.com.br", "wanadoo.fr", "web.de", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com",
    "yahoo.com.ar", "yahoo.com.br", "yahoo.com.mx", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.it", "yandex.com",
    "yandex.ru", "ymail.com", "zoho.com",
)  # fmt: skip
