"""Sentences and names that faults put into passages."""

FRENCH = (
    "Les patients ont été suivis pendant deux ans et la pression artérielle a été "
    "mesurée à chaque visite par une infirmière qui ne connaissait pas le traitement."
)
GERMAN = (
    "Die Untersuchung wurde an zwölf Tagen mit der gleichen Dosis wiederholt, und die "
    "Werte lagen nicht über denen, die vor der Behandlung gemessen wurden."
)
# Names of the medicine pack's lexicons, unlikely in the recording.
LEXICON = """
    nephrolithiasis anaphylaxis cystinuria blastomycosis trachoma pinguecula
    brucellosis onychomycosis hemochromatosis sialadenitis strongyloidiasis
    paronychia leptospirosis coccidioidomycosis hypertrichosis dracunculiasis
    cholesteatoma psittacosis histoplasmosis bronchiectasis
""".split()
CANARY = "Quinbury-7714-Larkspur"
PRIVATE = (
    "The ward round on the morning of the transfer found him walking unaided to the "
    "window seat, with the chart still marked for twice-daily readings."
)
