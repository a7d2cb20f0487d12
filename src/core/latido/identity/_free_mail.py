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

SHARED_SITES = (
    "about.me", "amazon.com", "amazon.de", "amazon.es", "bit.ly", "blogspot.com", "ebay.com", "ebay.es", "etsy.com",
    "facebook.com", "fb.com", "github.com", "gitlab.com", "google.com", "instagram.com", "linkedin.com", "linktr.ee",
    "medium.com", "pinterest.com", "t.me", "telegram.me", "tiktok.com", "tumblr.com", "twitter.com", "wa.me",
    "weebly.com", "whatsapp.com", "wikipedia.org", "wix.com", "wordpress.com", "x.com", "xing.com", "yelp.com",
    "youtu.be", "youtube.com",
)  # fmt: skip
"""Domains under which everybody has a page: a website there says nothing about a company either."""
