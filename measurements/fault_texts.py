"""Sentences and names that faults put into passages, by the language of the pack."""

from dataclasses import dataclass

FRENCH = (
    "Les patients ont été suivis pendant deux ans et la pression artérielle a été "
    "mesurée à chaque visite par une infirmière qui ne connaissait pas le traitement."
)
GERMAN = (
    "Die Untersuchung wurde an zwölf Tagen mit der gleichen Dosis wiederholt, und die "
    "Werte lagen nicht über denen, die vor der Behandlung gemessen wurden."
)
ENGLISH = (
    "The measurements were repeated on twelve days at the same dose, and the values "
    "were not above those that had been taken before the treatment was begun."
)
CANARY = "Quinbury-7714-Larkspur"


@dataclass(frozen=True)
class FaultWords:
    """What the faults say in one language.

    disease, chemical, gene, induces (str): The pack's labels.
    again, also, history, mail, record, born, phone, card, extra, refusal, left_out,
    implausible, signed (str): Sentences with a gap each or none.
    lexicon (List[str]): Names of the pack's lexicons, unlikely in its recording.
    articles, trailing, generic, dangling (str, List[str]): Words and patterns that
        spans or passages must not begin or end in.
    co_mentioned (str): Found in kinds that forbid relations.
    stigma (Tuple[str, ...]): Words that name people by a condition.
    cancer (str): A cancer of men. men (str): Words for them.
    private (str): A sentence of private text. filler (str): A word to edit copies with.
    foreign (Tuple[str, ...]): Sentences in other languages.
    template (str): A sentence with the gaps n, gene, year and m.
    """

    disease: str
    chemical: str
    gene: str
    induces: str
    again: str
    also: str
    history: str
    mail: str
    record: str
    born: str
    phone: str
    card: str
    extra: str
    refusal: str
    left_out: str
    implausible: str
    signed: str
    lexicon: list[str]
    articles: tuple[str, ...]
    trailing: str
    trailing_gene: str
    generic: str
    dangling: tuple[str, ...]
    co_mentioned: str
    stigma: tuple[str, ...]
    cancer: str
    men: str
    private: str
    filler: str
    foreign: tuple[str, ...]
    template: str


IN_ENGLISH = FaultWords(
    disease="DISEASE",
    chemical="CHEMICAL",
    gene="GENE",
    induces="INDUCES",
    again="In two of them {} was noted again.",
    also="Later reports name {} as well.",
    history="A history of {} was given.",
    mail="Questions went to {}@st-olaf-clinic.org before closing.",
    record="He was seen under MRN {} twice.",
    born="One of them, born on {day:02}/07/{year}, left early.",
    phone="Calls to +44 20 7946 0{} were logged.",
    card="The fee was charged to 4111 1111 1111 1111 in advance.",
    extra="A <DISEASE id={}>rash</DISEASE> came later.",
    refusal="I'm sorry, but I cannot write passage {}.",
    left_out="{} were left out of the count.",
    implausible="A woman of {} had prostate cancer.",
    signed="The sheet was signed {}.",
    lexicon="""
        nephrolithiasis anaphylaxis cystinuria blastomycosis trachoma pinguecula
        brucellosis onychomycosis hemochromatosis sialadenitis strongyloidiasis
        paronychia leptospirosis coccidioidomycosis hypertrichosis dracunculiasis
        cholesteatoma psittacosis histoplasmosis bronchiectasis
    """.split(),
    articles=("the ", "a ", "an "),
    trailing=r" (?:patients|families|cases|genes?|mRNA)\b",
    trailing_gene="gene",
    generic=r"\b(?:symptoms|syndrome|disease|condition)\b",
    dangling=("the", "of", "and", "with", "in", "by"),
    co_mentioned="co-mentioned",
    stigma=("Drug abusers", "Known alcoholics", "The mentally ill"),
    cancer="prostate cancer",
    men="men man male males he his boys boy sons brothers",
    private=(
        "The ward round on the morning of the transfer found him walking unaided to "
        "the window seat, with the chart still marked for twice-daily readings."
    ),
    filler="indeed",
    foreign=(FRENCH, GERMAN),
    template=(
        "Of {n} carriers of {gene} screened in {year}, only {m} went on to a second "
        "visit."
    ),
)
IN_GERMAN = FaultWords(
    disease="KRANKHEIT",
    chemical="WIRKSTOFF",
    gene="GEN",
    induces="VERURSACHT",
    again="Bei zweien wurde {} später noch einmal vermerkt.",
    also="Spätere Berichte nennen {} ebenfalls.",
    history="In der Vorgeschichte wurde {} angegeben.",
    mail="Rückfragen gingen an {}@klinik-am-see.de vor Dienstschluss.",
    record="Er war unter der Patientennummer {} schon zweimal vorgestellt worden.",
    born="Einer von ihnen, geb. {day:02}.07.{year}, ging früher nach Hause.",
    phone="Ein Rückruf unter 0761 270-45{} wurde vereinbart.",
    card="Die Gebühr wurde vorab von 4111 1111 1111 1111 abgebucht.",
    extra="Später kam ein <KRANKHEIT id={}>Ausschlag</KRANKHEIT> hinzu.",
    refusal="Es tut mir leid, aber ich kann Text {} nicht schreiben.",
    left_out="{} blieben bei der Zählung unberücksichtigt.",
    implausible="Eine Patientin von {} Jahren hatte ein Prostatakarzinom.",
    signed="Das Blatt war mit {} unterzeichnet.",
    lexicon="""
        Akromegalie Narkolepsie Galaktosämie Röteln Windpocken Katarakt Uveitis
        Toxoplasmose Gonorrhö Syphilis Sarkoidose Phenylketonurie Hydrozephalus
        Bronchiektasen Lungenemphysem Pneumothorax Varikose Myokarditis Panzytopenie
    """.split(),
    articles=(
        *("der ", "die ", "das ", "den ", "dem ", "des ", "ein ", "eine ", "einen "),
        *("einem ", "einer ", "eines "),
    ),
    trailing=r"[- ](?:Patienten|Patientin|Patientinnen|Familien|Mutation|Varianten?)\b",
    trailing_gene="mut",
    generic=r"\b(?:Beschwerden|Befunde?|Erkrankung|Nebenwirkungen|Komplikationen)\b",
    dangling=("der", "die", "das", "und", "mit", "von", "bei", "in"),
    co_mentioned="nur erwähnt",
    stigma=("Drogenabhängige", "Alkoholiker", "Geisteskranke"),
    cancer="Prostatakarzinom",
    men="mann männer mannes männlich herr herrn junge jungen sohn bruder vater er",
    private=(
        "Bei der Visite am Morgen der Verlegung ging er ohne Hilfe bis zum "
        "Fensterplatz, während auf der Kurve noch zwei Messungen am Tag "
        "angeordnet standen."
    ),
    filler="tatsächlich",
    foreign=(FRENCH, ENGLISH),
    template=(
        "Von {n} Trägern von {gene}, die {year} getestet wurden, kamen nur {m} zu "
        "einem zweiten Termin."
    ),
)
SAID = {"en": IN_ENGLISH, "de": IN_GERMAN}
