"""Countries by the names that people write, in English, in Spanish and at home."""

NAMES = {
    "AD": ("andorra",), "AE": ("united arab emirates", "emiratos arabes unidos", "uae"), "AR": ("argentina",),
    "AT": ("austria", "osterreich"), "AU": ("australia",), "BE": ("belgium", "belgica", "belgique", "belgie"),
    "BG": ("bulgaria",), "BO": ("bolivia",), "BR": ("brazil", "brasil"), "CA": ("canada",),
    "CH": ("switzerland", "suiza", "schweiz", "suisse", "svizzera"), "CL": ("chile",), "CN": ("china",),
    "CO": ("colombia",), "CR": ("costa rica",), "CU": ("cuba",), "CY": ("cyprus", "chipre"),
    "CZ": ("czech republic", "czechia", "republica checa", "chequia"),
    "DE": ("germany", "alemania", "deutschland"), "DK": ("denmark", "dinamarca", "danmark"),
    "DO": ("dominican republic", "republica dominicana"), "EC": ("ecuador",), "EE": ("estonia",),
    "EG": ("egypt", "egipto"), "ES": ("spain", "espana", "espanya"), "FI": ("finland", "finlandia", "suomi"),
    "FR": ("france", "francia"),
    "GB": ("united kingdom", "reino unido", "great britain", "gran bretana", "uk", "england", "inglaterra"),
    "GR": ("greece", "grecia"), "GT": ("guatemala",), "HN": ("honduras",), "HR": ("croatia", "croacia"),
    "HU": ("hungary", "hungria"), "IE": ("ireland", "irlanda"), "IL": ("israel",), "IN": ("india",),
    "IT": ("italy", "italia"), "JP": ("japan", "japon"), "KR": ("south korea", "corea del sur"),
    "LT": ("lithuania", "lituania"), "LU": ("luxembourg", "luxemburgo"), "LV": ("latvia", "letonia"),
    "MA": ("morocco", "marruecos"), "MT": ("malta",), "MX": ("mexico",), "NI": ("nicaragua",),
    "NL": ("netherlands", "the netherlands", "paises bajos", "holanda", "nederland"),
    "NO": ("norway", "noruega", "norge"), "NZ": ("new zealand", "nueva zelanda"), "PA": ("panama",),
    "PE": ("peru",), "PL": ("poland", "polonia", "polska"), "PR": ("puerto rico",), "PT": ("portugal",),
    "PY": ("paraguay",), "RO": ("romania", "rumania"), "RU": ("russia", "rusia"), "SA": ("saudi arabia",),
    "SE": ("sweden", "suecia", "sverige"), "SG": ("singapore", "singapur"), "SI": ("slovenia", "eslovenia"),
    "SK": ("slovakia", "eslovaquia"), "SV": ("el salvador",), "TR": ("turkey", "turquia", "turkiye"),
    "UA": ("ukraine", "ucrania"),
    "US": ("united states", "estados unidos", "usa", "united states of america", "eeuu"),
    "UY": ("uruguay",), "VE": ("venezuela",), "ZA": ("south africa", "sudafrica"),
}  # fmt: skip
"""Lower case, without accents and dots, by ISO 3166 code."""

VAT_PREFIXES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "GB", "HR", "HU", "IE", "IT", "LT", "LU",
    "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI",
)  # fmt: skip
"""What tax ids begin with in trade between European countries, and often do not at home."""
