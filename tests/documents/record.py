"""A document with a bit of everything, as a school files it."""

from handlers.documents.document import Bullets, Document, Fields, Heading, Note, Paragraph, Quotation, Table
from tests.documents.reading import MADE_AT

RECORD = Document(
    "Incidentmelding sociale media",
    "nl",
    MADE_AT,
    (
        Heading("Wat er is gebeurd"),
        Paragraph("Een ouder plaatste een foto.\nDe directeur zag dat op 3 maart.\n\nDaarna was het stil."),
        Heading("Regels", 2),
        Quotation("Verslag van incidenten en voortgang worden vastgelegd.", "Bepalingen, alinea 7"),
        Note("De wet kan strenger zijn.", "Niet uit het protocol"),
        Table(("Stap", "Wie"), (("Bellen", "bestuur"), ("Vastleggen", "directie"))),
        Fields((("Waar", "WhatsApp"), ("Bewijs", "in de kluis"))),
        Bullets(("eerste punt", "tweede punt")),
        Bullets(("stap een", "stap twee"), numbered=True),
        Paragraph("Read this in English.", language="en"),
    ),
    reference="2026-0001",
    header_fields=(("School", "De Ark"), ("Editie", "LOVS")),
    footer="Stichting Allure",
)
