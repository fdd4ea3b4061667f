"""What the status of a plant means, in the words of trackers and registers of five languages.

    >>> meaning("Operating pre-retirement"), meaning("vorübergehend stillgelegt"), meaning("gold")
    ('operating', 'mothballed', '')

The first words that mean something decide ("Operating; expansion planned" operates), but what is cancelled
is cancelled wherever the cell says so. A new word is an entry of its meaning. Touches nothing.
"""

import re
from functools import lru_cache

from atlas.language import gettext, gettext_noop
from atlas.text import fold

MEANINGS = ("operating", "construction", "planned", "mothballed", "closed", "cancelled")
OTHER = "other"
LABELS = {
    "operating": gettext_noop("Operating"),
    "construction": gettext_noop("Construction"),
    "planned": gettext_noop("Planned"),
    "mothballed": gettext_noop("Mothballed"),
    "closed": gettext_noop("Closed"),
    "cancelled": gettext_noop("Cancelled"),
    OTHER: gettext_noop("Other"),
}
"""What a meaning is called in a legend, in English."""
_LONGEST = 80
# "*": any ending. The first meaning of several that begin at the same letter counts.
_WORDS = {
    "cancelled": """
        cancel*; shelved; withdrawn; scrapped; construction (suspended|halted|stopped|on hold|paused);
        annullat*; cancellat*; ritirat* progetto; archiviat*; verworfen; storniert; abgesagt; annulliert;
        annul*; abandon* (du|de) projet; projet abandonn*; cancelad*; anulad*; desechad*; descartad*""",
    "mothballed": """
        mothball*; idle*; suspend*; temporar* \\w+; temp closed; on hold; paused; standby; stand by; stopped;
        inactive; dormant; care (and )?maintenance; shut in; out of (service|order); curtailed; reserve;
        (not|non|no|nicht|pas|plus) (in |en )?(operat*|active|aktiv*|attiv*|activ*|running|open|betrieb|
        servi*|funzion*|exploitation|working|producing|online); nonoperat*; inoperativ*;
        sospes*; inattiv*; temporanea*; ferm[oa]; in riserva; in conservazione;
        vorubergehend \\w+; zeitweise \\w+; zeitweilig \\w+; eingemottet; ruht; ruhend; inaktiv;
        (kalt|netz|sicherheits|kapazitats)?reserve; konserviert; stillstand; pausiert;
        suspendu*; inacti[fv]*; arret temporaire; temporairement; (mis|mise) (en|sous) (cocon|veille);
        en veille; a l arret; en sommeil; en reserve;
        inactiv*; temporalmente; en reserva; paralizad*; hibernad*; parad[oa]; en pausa; detenid*""",
    "closed": """
        closed; closure; closing; shut*; retire*; decommission*; dismantl*; demolish*; ceased; defunct;
        abandon*; no longer; former*; permanently; disused; obsolete; razed; discontinued; depleted;
        dismess*; chius*; demolit*; cessat*; disattivat*; spent[oa]; smantellat*; dismission*; ex;
        stillgelegt*; stilllegung; geschlossen*; schliessung; abgeschaltet; ausser (betrieb|dienst);
        abgerissen; ruckgebaut; ruckbau; eingestellt; ehemalig*; demontiert;
        ferme; fermee*; fermes; fermeture; hors (service|exploitation); demantel*; demoli*; declass*;
        arret; arrete*; desaffect*; cesse; mis a l arret;
        cerrad*; cierre; clausurad*; desmantelad*; retirad*; fuera de (servicio|operacion|uso);
        (dado|dada) de baja; desactivad*; demolid*; cesad*; en desuso""",
    "planned": """
        not yet \\w+; noch nicht; non ancora; pas encore; aun no; todavia no;
        pre (construction|permit*|development|feasibility|fid); preconstruction; prepermit*;
        (construction|build|costruzione|bau) (is )?(planned|approved|permitted|announced|pianificata|geplant);
        plan; plans; planned; planning; plan stage; announce*; propos*; permit*; approved; authori*;
        in development; under development; development; prospect*; project; projected; application;
        applied; feasibility; exploration; future; expected; consented; awarded; pending;
        progett*; in progetto; pianificat*; previst*; autorizzat*; annunciat*; in sviluppo; in autorizzazione;
        in programma; approvat*;
        geplant*; planung; angekundigt; genehmig*; beantragt; vorgesehen; projektiert; in entwicklung;
        vorhaben; in vorbereitung; bewilligt;
        projet; planifi*; prevu*; annonce*; autoris*; a l etude; approuve*; en developpement;
        proyect*; planificad*; anunciad*; propuest*; autorizad*; en (tramite|desarrollo|estudio); aprobad*;
        permisad*""",
    "construction": """
        under construction; construction; constructing; building; being built; (in |pre )?commissioning;
        preoperation*; pre operation*; ramp up; ramping up; expansion under;
        in costruzione; cantiere; costruzione; in realizzazione;
        (in|im) bau; bau; errichtung; im aufbau; bauphase; en chantier; en construccion; construccion;
        en obras?; en montaje; en travaux""",
    "operating": """
        operat*; running; active; open; opened; reopen*; re open*; online; on line; in (service|use);
        produc*; commissioned; working; live; existing; generating; functional; functioning; on stream;
        attiv*; in (funzione|esercizio|servizio|produzione|attivita); apert[oaie]; funzionante; esistente;
        (in|am) (betrieb|netz|dienst); aktiv*; offen; geoffnet; laufend; betriebsbereit; bestehend;
        en (service|exploitation|activite|fonctionnement|marche|production|fonction); actif*; ouvert*;
        existant*; exploite*;
        en (servicio|operacion|funcionamiento|produccion|explotacion|uso|activo); activ[oa]s?; abiert[oa]s?;
        funcionando; operando; existente; vigente""",
}
# A plant whose end is planned still does what the other words say.
_END_PLANNED = re.compile(
    r"\bpre (?:retirement|closure)\b|\b(?:planned|announced|scheduled|expected) (?:for )?"
    r"(?:retirement|closure|shutdown|decommissioning)\b|\b(?:retirement|closure) (?:planned|announced)\b"
)


def _pattern(words: str) -> str:
    entries = (re.sub(r"\s+", " ", entry.strip()).replace("| ", "|") for entry in words.split(";"))
    return "|".join(entry.replace("(", "(?:").replace("*", r"\w*") for entry in entries if entry)


_CANCELLED = re.compile(rf"\b(?:{_pattern(_WORDS['cancelled'])})\b")
_OTHERS = re.compile(
    "|".join(rf"\b(?P<{name}>{_pattern(words)})\b" for name, words in _WORDS.items() if name != "cancelled")
)


@lru_cache(maxsize=20_000)
def meaning(status: str) -> str:
    """Returns which of `MEANINGS` a status has; "" for another word."""
    text = re.sub(r"[\W_]+", " ", fold(status[:_LONGEST])).strip()
    rest = _END_PLANNED.sub(" ", text)
    if rest != text and not rest.strip():
        return "operating"
    if _CANCELLED.search(rest):
        return "cancelled"
    first = _OTHERS.search(rest)
    return str(first.lastgroup) if first else ""


def legend_in_language(words: str) -> str:
    """Returns words of a legend in the current language: "Planned (announced)"; a table's own words stay."""
    label, bracket, own = words.partition(" (")
    return f"{gettext(label)} ({own}" if bracket and label in LABELS.values() else words
