"""The words by which columns are called: one row per role, in English, Italian, German, French, Spanish.

A new word is an entry in a row; the number before it says how certain it makes the role (see `guessing`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from atlas.importing.roles import cell_kinds
from atlas.language import gettext_noop
from atlas.text import fold


@dataclass(frozen=True)
class Role:
    """What a column can be; `label`: in English. `words`: header -> how certain it makes the role, 100 at
    most; `never`: words of headers that mean something else; `fits`: measures the share of cells that can be
    this, None: all can.
    """

    key: str
    label: str
    words: Mapping[str, int]
    never: frozenset[str] = frozenset()
    fits: Callable[[pd.Series], float] | None = None


def plain_words(text: str) -> str:
    """Returns a header to compare: "Länge (°)" -> "lange"."""
    return re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()


def _says(**strengths: str) -> dict[str, int]:
    """Returns {"lat": 100, "latitude": 100, "y": 60} for _says(_100="lat; latitude", _60="y")."""
    return {
        plain_words(word): int(strength.strip("_"))
        for strength, words in strengths.items()
        for word in words.split(";")
    }


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEVER = _set(
    "parent owner owners operator operators headquarters headquarter hq contact person user mailing billing "
    "shipping birth source sources previous former other alternative url wiki link note notes comment "
    "remarks proprietario inhaber eigentumer proprietaire propietario sede origin destination"
)
SECOND_BEST = _set(
    "other alternative previous former local native original language unit phase secondary old"
)
_NAME_NEVER = _set("unit phase company firm file sheet country state city town region street")
_PLACE_NEVER = _set("code id iso accuracy precision share count number no population")

_ROLES = (
    Role(
        "plant_id",
        gettext_noop("Id"),
        _says(
            _100="plant id; plantid; plant_id; id impianto; werksnummer; werk id; id usine; id planta",
            _90="id; uid; uuid; guid; facility id; site id; factory id; mill id; plant code; identifier; "
            "gem plant id; gem phase id; gem unit id; gem unit phase id; codice; codigo; identifiant; "
            "kennung",
            _80="location id; gem location id; facility code; site code; code; ref; reference; gppd idnr; "
            "source id; frs id; registry id; facility inspire id; key; nr; no; num; numero; nummer",
        ),
        fits=cell_kinds.are_different,
    ),
    Role(
        "name",
        gettext_noop("Name"),
        _says(
            _100="plant name; plant; name; facility name; site name; factory name; plant name english; "
            "stabilimento; nome stabilimento; nome impianto; werk; werksname; name des werks; usine; "
            "nom de l usine; nom usine; planta; nombre de la planta; fabrica; mill name; project name",
            _95="facility; factory; site; works; mill; asset name; station name; power station; refinery; "
            "impianto; fabbrica; betriebsstatte; standortname; anlage; anlagenname; fabrik; etablissement; "
            "nom du site; nom de l etablissement; nombre; nom; nome; denominazione; bezeichnung; "
            "instalacion; nombre de la instalacion; establecimiento; centro; installation name; "
            "source name; plant label",
            _70="project; standort; title; titel; titolo; titre; titulo; label; site label; location name; "
            "item label; denominacion; designation; ragione sociale; wiki name; "
            "wikipedia name; wikidata label",
            _50="company name; company; unit name; unit; firma; azienda; entreprise; empresa; organisation; "
            "organization; unternehmen; description; entity name; betrieb",
        ),
        never=_NAME_NEVER,
        fits=cell_kinds.are_no_links,
    ),
    Role(
        "official_name",
        gettext_noop("Official name"),
        _says(
            _100="official name; official_name; nome ufficiale; offizieller name; nom officiel; "
            "nombre oficial; legal name"
        ),
    ),
    Role(
        "country",
        gettext_noop("Country"),
        _says(
            _100="country; country name; country area; country region; country territory; paese; nazione; "
            "stato estero; land; pays; pais; staat des standorts",
            _90="country long; nation; nazioni; staat; country or area; country of location; landname",
            _60="territory; stato; estado",
        ),
        never=_set("code iso iso2 iso3 origin"),
        fits=cell_kinds.are_country_names,
    ),
    Role(
        "country_code",
        gettext_noop("Country code"),
        _says(
            _100="country code; country_code; iso code; iso; iso2; iso3; iso 2; iso 3; iso a 2; iso a 3; "
            "landercode; landerkennung; code pays; codice paese; codigo de pais; codigo pais; "
            "alpha 2; alpha 3",
            _90="iso3 country; iso 3 country; iso2 country; country iso; country iso 2; country iso 3; cc; "
            "country id; land code; landkurzel; country",
        ),
        fits=cell_kinds.are_codes,
    ),
    Role(
        "region",
        gettext_noop("Region"),
        _says(
            _100="state province; province state; state; province; subnational unit; region state; "
            "bundesland; regione; comunidad autonoma; federal state; state name; admin 1; admin1; adm1",
            _85="region; kanton; canton; prefecture; departamento; region name; province name; estado",
            _70="provincia; provinz; st; departement; gouvernorat; governorate; oblast; voivodeship; dpto; "
            "subregion",
        ),
        never=_PLACE_NEVER,
        fits=cell_kinds.are_texts,
    ),
    Role(
        "larger_area",
        gettext_noop("Larger area"),
        _says(
            _100="major area; larger area; larger_area; provincia; regierungsbezirk; departement; "
            "departamento; admin 2; admin2; adm2",
            _85="district; prefecture; provinz; distretto; bezirk; distrito; province",
        ),
        never=_PLACE_NEVER,
        fits=cell_kinds.are_texts,
    ),
    Role(
        "local_area",
        gettext_noop("Local area"),
        _says(
            _100="local area; local_area; county; taluk; landkreis; arrondissement; comarca; admin 3; adm3",
            _85="kreis; county name; subdistrict; commune; gemeinde; concelho; district; parish",
        ),
        never=_PLACE_NEVER,
        fits=cell_kinds.are_texts,
    ),
    Role(
        "town",
        gettext_noop("Town"),
        _says(
            _100="town; city; municipality; stadt; citta; comune; ville; commune; ciudad; municipio; ort; "
            "town city; city town; localita; localite; localidad; poblacion; city name; town name; gemeinde",
            _85="place; place name; settlement; village; luogo; lieu; lugar; ortschaft; locality; suburb; "
            "standort; municipality name; nearest town; nearest city; stadt ort; standortgemeinde",
            _70="location; ubicazione; emplacement; ubicacion; sede; where; wo; dove",
            _55="site",
        ),
        never=_PLACE_NEVER,
        fits=cell_kinds.are_place_names,
    ),
    Role(
        "address",
        gettext_noop("Address"),
        _says(
            _100="address; location address; street address; full address; indirizzo; adresse; anschrift; "
            "direccion; domicilio; site address; plant address; address line 1; address 1; postal address",
            _85="street; strasse; via; rue; calle; street name; location address english; adresse postale; "
            "street1; addr; strasse hausnummer; strasse und hausnummer; street and number",
            _60="location; standort; ubicacion; ubicazione; emplacement; localisation",
        ),
        never=_PLACE_NEVER | {"email", "mail", "web", "ip", "type"},
        fits=cell_kinds.are_texts,
    ),
    Role(
        "postcode",
        gettext_noop("Postcode"),
        _says(
            _100="postcode; postal code; post code; zip code; zipcode; plz; postleitzahl; code postal; "
            "codigo postal; codice postale",
            _70="zip; cap; c a p; cp; c p",
        ),
        fits=cell_kinds.are_postcodes,
    ),
    Role(
        "latitude",
        gettext_noop("Latitude"),
        _says(
            _100="latitude; lat; latitudine; breite; breitengrad; latitud; geographische breite; "
            "utm north; utm n; utm y; northing; hochwert; "
            "lat wgs84; lat wgs 84; latitude wgs84; gps lat; geo lat; gps latitude; y wgs84; lat dd",
            _55="y; y coord; y coordinate; coord y; ykoordinate; geo y; point y; latitude 83",
        ),
        fits=cell_kinds.are_degrees(90),
    ),
    Role(
        "longitude",
        gettext_noop("Longitude"),
        _says(
            _100="longitude; lon; lng; long; longitudine; lange; langengrad; longitud; "
            "utm east; utm e; utm x; easting; rechtswert; "
            "geographische lange; lon wgs84; long wgs84; longitude wgs84; gps lon; gps lng; gps long; "
            "geo lon; geo lng; geo long; gps longitude; lon dd; laenge; laengengrad",
            _55="x; x coord; x coordinate; coord x; xkoordinate; geo x; point x; longitude 83",
        ),
        fits=cell_kinds.are_degrees(180),
    ),
    Role(
        "coordinates",
        gettext_noop("Coordinates"),
        _says(
            _100="coordinates; coordinate; koordinaten; coordonnees; coordenadas; coord; coords; lat lon; "
            "lat lng; lat long; latlon; latlng; latitude longitude; gps; gps coordinates; geo point 2 d; "
            "lon lat; lonlat; longlat; lng lat; longitude latitude; wkt; wkb; ewkt; geometry; the geom; "
            "geo point; geopoint; gps koordinaten; coordonnees gps; coordenadas gps; coordinate gps",
            _70="loc; latlong; pin; map; position; posizione; point; location; geolocation; "
            "geo; geokoordinaten; geom; lage",
        ),
        never=_set("accuracy precision source system type"),
        fits=cell_kinds.are_positions,
    ),
    Role(
        "accuracy_m",
        gettext_noop("Location accuracy (m)"),
        _says(_100="accuracy m; accuracy_m; location accuracy m; accuracy in metres; genauigkeit m"),
        fits=cell_kinds.are_numbers,
    ),
    Role(
        "opened_year",
        gettext_noop("Opened"),
        _says(
            _100="opened year; opened_year; opened; start year; year opened; opening year; anno di apertura; "
            "apertura; eroffnung; eroffnet; eroffnungsjahr; annee d ouverture; ouverture; ano de apertura; "
            "year of opening; commissioning year; year commissioned; commercial operation; "
            "commercial operation date; commercial operation year; operation start; start of operation; "
            "start of operations; operational since; in operation since; in service; in service date; "
            "in service year; first production; messa in esercizio; entrata in esercizio; in betrieb seit; "
            "betriebsbeginn; date de mise en service; entrada en servicio; entrada en operacion; cod",
            _90="start date; commissioned; commissioning date; opening date; operating year; baujahr; "
            "inbetriebnahme; grundungsjahr; gegrundet; mise en service; annee de mise en service; "
            "anno avvio; anno di costruzione; ano de inicio; puesta en marcha; built; year built; founded; "
            "year founded; anno inizio; seit; inception; established; data apertura; fecha de apertura",
            _60="since; start; year; anno; jahr; annee; ano; inizio; debut; inicio; from; dal; opened in; "
            "construction year; year of construction; year construction",
        ),
        never=_set(
            "end closed closing retired retirement planned expected data capacity construction bau status "
            "report reporting reported update updated announced announcement permit permitted approval fid "
            "licence license retrieved accessed fiscal reference"
        ),
        fits=cell_kinds.are_years,
    ),
    Role(
        "closed_year",
        gettext_noop("Closed"),
        _says(
            _100="closed year; closed_year; closed; year closed; closing year; closure year; end year; "
            "retired year; retirement year; anno di chiusura; chiusura; schliessung; stilllegung; "
            "geschlossen; fermeture; annee de fermeture; cierre; ano de cierre; closed in; schliessungsjahr",
            _90="closed date; closing date; retired date; retirement date; end date; decommissioned; "
            "decommissioning year; stillgelegt; fin; fine attivita; dissolved",
        ),
        never=_set("planned"),
        fits=cell_kinds.are_years,
    ),
    Role(
        "status",
        gettext_noop("Status"),
        _says(
            _100="status; stato impianto; estatus; statut; betriebsstatus; "
            "operating status; plant status; capacity operating status; stato attivita; zustand",
            _60="state; "
            "stato; estado; etat; stage; condition; situation; situazione; betriebszustand; lifecycle",
        ),
        fits=cell_kinds.are_statuses,
    ),
    Role(
        "owner",
        gettext_noop("Owner"),
        _says(
            _100="owner; owners; proprietario; eigentumer; besitzer; inhaber; "
            "proprietaire; propietario; owner name; plant owner",
            _70="company; company name; operator; "
            "betreiber; gestore; exploitant; operador; parent; parent company; konzern; azienda; gruppe",
        ),
        fits=cell_kinds.are_texts,
    ),
    Role(
        "role",
        gettext_noop("Role"),
        _says(_100="role; ruolo; rolle", _50="funktion; funzione; fonction; funcion"),
        fits=cell_kinds.are_texts,
    ),
    Role(
        "employees",
        gettext_noop("Employees"),
        _says(
            _100="employees; number of employees; workforce; workforce size; "
            "dipendenti; addetti; mitarbeiter; beschaftigte; mitarbeiterzahl; employes; effectif; effectifs; "
            "empleados; numero dipendenti; salaries; headcount; staff; jobs"
        ),
        fits=cell_kinds.are_numbers,
    ),
    Role(
        "employees_year",
        gettext_noop("Employees in"),
        _says(_100="employees year; employees_year"),
        fits=cell_kinds.are_years,
    ),
    Role(
        "site_area_m2",
        gettext_noop("Site area (m²)"),
        _says(_100="site area m2; site_area_m2; site area; area m2"),
        fits=cell_kinds.are_numbers,
    ),
    Role(
        "wikipedia_url",
        gettext_noop("Wikipedia"),
        _says(
            _100="wikipedia url; wikipedia_url; wikipedia; wiki url; "
            "wiki page; gem wiki page; gem wiki page url; wikipedia link"
        ),
        fits=cell_kinds.are_links,
    ),
)
ROLES: Mapping[str, Role] = {role.key: role for role in _ROLES}
