"""The words of a world: names, subjects, sentences. Every one is made up."""

# ruff: noqa: RUF001, PLE2502, Q003 - awkward on purpose

from __future__ import annotations

FIRST_NAMES = (
    "Ana", "Luis", "María", "José", "Lucía", "Iñigo", "Begoña", "Pau", "Núria", "Jürgen", "Zoë", "Søren", "Chloé",
    "Łukasz", "Aylin", "João", "Inês", "Mateo", "Valentina", "Ximena", "Oliver", "Amelia", "Noah", "Grace", "Akira",
    "Mei", "Fatima", "Omar", "Nikolai", "Élodie", "Siobhán", "D'Arcy", "Jean-Luc", "Ángel", "Rocío", "Tomás",
)  # fmt: skip
LAST_NAMES = (
    "García", "Muñoz", "Núñez", "Ibáñez", "Peña", "Etxeberria", "Puig", "Ferrer", "Müller", "Groß", "Sørensen",
    "Lefèvre", "Kowalski", "Yılmaz", "Gonçalves", "O'Neill", "Smith", "Johnson", "van der Berg", "de la Fuente",
    "Tanaka", "Wang", "Al-Sayed", "Petrov", "Quispe", "Rojas", "Fernández", "Castro", "Vidal", "Serrano", "Ortíz",
)  # fmt: skip
COMPANY_HEADS = (
    "Aurora", "Bodegas Río", "Cantábrica", "Delta", "Élan", "Fjord", "Granada", "Hispania", "Ígnea", "Jacaranda",
    "Kontur", "Lumière", "Meseta", "Nexo", "Ñandú", "Oporto", "Pirineo", "Quetzal", "Ronda", "Sierra", "Tajo",
    "Umbral", "Vértice", "Westfalen", "Xaloc", "Yunque", "Zafiro", "Almendra", "Brújula", "Cumbre", "Dársena",
)  # fmt: skip
COMPANY_TAILS = (
    "Logística", "Software", "Seguros", "Foods", "Energía", "Textil", "Salud", "Hotels", "Media", "Consulting",
    "Maquinaria", "Farma", "Legal", "Motor", "Viajes", "Education", "Retail", "Biotech", "Construcción", "Pay",
)  # fmt: skip
COMPANY_FORMS = ("S.L.", "S.A.", "GmbH", "Ltd", "Inc.", "Lda.", "SAS", "")
COUNTRIES = ("ES", "ES", "ES", "ES", "MX", "AR", "CO", "CL", "DE", "FR", "PT", "GB", "US")
INDUSTRIES = ("Retail", "Software", "Manufacturing", "Hospitality", "Health", "Finance", "Logistics", "Education")
TEAMS = ("Soporte", "Facturación", "Técnico", "VIP", "Onboarding", "After hours")
PRODUCTS = ("facturas", "app_movil", "integraciones", "portal", "hardware", "api")
FEATURES = ("sso", "exports", "webhooks", "offline", "dark_mode", "roles")

SUBJECTS = (
    "No puedo entrar en mi cuenta", "La factura de este mes está duplicada", "Error 500 al exportar el informe",
    "¿Cómo añado un usuario?", "Solicitud de devolución", "Cambio de titular y de IBAN", "El pedido no ha llegado",
    "La aplicación se cierra sola en Android", "Invoice shows the wrong VAT number", "Cannot reset my password",
    "Feature request: bulk edit", "Integration stopped syncing last night", "How do I cancel a seat?",
    "Webhook delivers every event twice", "Rechnung für März fehlt", "Zugriff für neue Kollegin",
    "Não consigo anexar ficheiros", "Erreur lors du paiement par carte", "Consulta sobre el contrato",
    "Retraso en la entrega de hardware", "Teléfono sin línea desde ayer", "Petición de datos (RGPD)",
)  # fmt: skip
AWKWARD_SUBJECTS = (
    'He said "it\'s broken" \\ and left', "🔥🔥 URGENTE 🔥🔥 nada funciona 😭", "مرحبا، لا أستطيع تسجيل الدخول",
    "שלום, החשבונית שגויה", "にゃー", "<script>alert('hola')</script>", "=HYPERLINK(\"x\";\"y\")", "ñÑüÜ¿¡çÇ·l·l·",
    "  spaces   everywhere  ", "Ünïcödé ‮reversed‬ text", "NULL", "-1", "línea\tcon\ttabuladores",
    "👩‍👩‍👧‍👦 family plan", "Robert'); DROP TABLE tickets;--", "très long: " + "muy " * 60 + "largo",
)  # fmt: skip
SENTENCES = (
    "Buenos días, os escribo porque desde ayer por la tarde no consigo terminar el proceso.",
    "Adjunto una captura de pantalla con el mensaje que aparece al pulsar el botón de guardar.",
    "Ya he probado a cerrar la sesión, borrar la caché y entrar con otro navegador, sin éxito.",
    "Nos corre bastante prisa porque el cierre contable es este viernes.",
    "The report that we schedule every Monday arrived empty, although there were orders last week.",
    "Could you please confirm whether this is a known problem and when it will be fixed?",
    "Our colleagues in Lisbon and in Köln see the same behaviour since the last update.",
    "Wir haben alles versucht, was in der Anleitung steht, leider ohne Erfolg.",
    "Quedo a la espera de vuestra respuesta; si hace falta, podéis llamarme por teléfono.",
    "Número de pedido 4711-ñ, importe 129,90 €, fecha 31/12, cliente «Peña & Hijos».",
    "Thanks a lot in advance 🙏 and sorry for the long message…",
    "El usuario dice textualmente: \"no me deja\", y no tengo más detalles por ahora.",
    "C'est la troisième fois cette année, merci de vérifier votre côté.",
    "Muito obrigado pela ajuda rápida da última vez, foi impecável.",
    "Pasos para repetirlo: 1) entrar, 2) abrir Informes > Exportar, 3) elegir CSV, 4) esperar.",
    "Un saludo cordial y gracias por vuestro tiempo.",
)  # fmt: skip
REMARKS = ("Muy rápidos, gracias", "Ok", "No resolvió nada 😡", "Great support!", "  ", "Перезвоните мне", "«Bien»")
REASONS = ("The issue was not resolved", "It took too long to resolve", "The agent was unhelpful", "Some other reason")


def prose(key: int, sentences: int) -> str:
    """Return a text of *sentences* sentences; the same *key* gives the same text."""
    stride = 1 + key // len(SENTENCES) % (len(SENTENCES) - 1)
    return "\n".join(SENTENCES[(key + turn * stride + turn // 4) % len(SENTENCES)] for turn in range(sentences))
