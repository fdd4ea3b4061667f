"""What a person decides about base map and gazetteer: rows, not code. Whoever changes a row builds again."""

# ---- the base map ---------------------------------------------------------------------------------

# Areas of Natural Earth that are drawn as part of another one: no border between them.
MERGED = {
    "Baikonur": "Kazakhstan",
    "USNB Guantanamo Bay": "Cuba",
    "Cyprus U.N. Buffer Zone": "Cyprus",
}
# Areas without an ISO code of their own: the code they are coloured with ("" = none).
CODES = {
    "Kosovo": "XK",
    "N. Cyprus": "CY",
    "Somaliland": "SO",
    "Siachen Glacier": "",
    "Dhekelia": "",
    "Akrotiri": "",
    "Indian Ocean Ter.": "AU",
    "Coral Sea Is.": "AU",
    "Clipperton I.": "FR",
    "Spratly Is.": "",
    "Bajo Nuevo Bank": "",
    "Serranilla Bank": "",
    "Scarborough Reef": "",
}
# Borders of these areas (or between these two) are drawn dashed.
DISPUTED_AREAS = {"N. Cyprus", "Somaliland", "Siachen Glacier", "Kosovo", "Dhekelia", "Akrotiri"}
DISPUTED_PAIRS = [{"Morocco", "W. Sahara"}, {"Israel", "Palestine"}]
# Natural Earth 4.1 shows who controls a place. Where the General Assembly of the United Nations has
# said otherwise (resolution 68/262), this atlas follows it: (from, to, a point inside).
REASSIGNED = [("Russia", "Ukraine", (34.2, 45.2))]
# No name on the map: part of another country's name, or nobody lives there.
UNNAMED = {"N. Cyprus", "Somaliland", "Siachen Glacier", "Dhekelia", "Akrotiri", "Antarctica"}
# Better short names than the sources have.
SHORT_NAMES = {
    "US": "United States",
    "CD": "DR Congo",
    "CG": "Congo",
    "PS": "Palestine",
    "CZ": "Czechia",
    "MK": "North Macedonia",
    "BA": "Bosnia & Herzegovina",
    "CI": "Ivory Coast",
    "SZ": "Eswatini",
    "CV": "Cape Verde",
    "TL": "Timor-Leste",
    "VA": "Vatican City",
    "FM": "Micronesia",
    "NL": "Netherlands",
    "TR": "Türkiye",
    "GS": "South Georgia",
    "TF": "French Southern Lands",
}
# Towns of the plants: shown from zoom 8 where there is room, before larger neighbours.
FAVOURED = {("Cassino", "IT"), ("Pomigliano d'Arco", "IT"), ("Modena", "IT"), ("Melfi", "IT")}
FAVOURED |= {("Arese", "IT"), ("Toluca", "MX")}
# Towns that GeoNames makes far larger than they are.
SKIPPED = {"New South Memphis", "Meads"}
# Where a name reads better than at the middle of the widest part.
NAME_AT = {
    "AT": (13.7, 47.3),
    "SK": (19.9, 48.75),
    "IT": (12.55, 43.05),
    "HR": (16.2, 45.55),
    "NO": (9.3, 61.2),
    "SE": (15.4, 62.5),
    "FI": (26.2, 63.2),
    "VN": (107.9, 14.2),
    "CL": (-70.4, -27.5),
    "US": (-99.5, 39.6),
    "CA": (-103.0, 57.5),
    "RU": (96.0, 62.5),
    "NZ": (172.4, -42.3),
    "GB": (-1.9, 53.3),
    "JP": (138.4, 36.2),
    "MX": (-102.6, 24.2),
    "ID": (114.0, -0.6),
    "PH": (121.5, 16.6),
    "FR": (2.4, 46.7),
    "PT": (-8.1, 39.7),
    "GR": (22.2, 39.4),
    "MY": (102.5, 4.0),
}
# Seas: name (| starts a new line), longitude, latitude, first and last zoom.
SEAS = [
    ("North Atlantic Ocean", -42, 32, 2, 5),
    ("South Atlantic Ocean", -14, -27, 2, 5),
    ("North Pacific Ocean", -152, 32, 2, 5),
    ("South Pacific Ocean", -122, -30, 2, 5),
    ("Indian Ocean", 78, -25, 2, 5),
    ("Southern Ocean", 20, -61, 2, 5),
    ("Arctic Ocean", -160, 79.5, 2, 4),
    ("Mediterranean Sea", 18.6, 34.6, 4, 7),
    ("Tyrrhenian Sea", 12.1, 39.9, 5, 8),
    ("Adriatic Sea", 15.5, 43.0, 5, 8),
    ("Ionian Sea", 18.5, 38.4, 5, 8),
    ("Ligurian Sea", 8.9, 43.6, 6, 8),
    ("Aegean Sea", 25.0, 38.4, 6, 8),
    ("Balearic Sea", 2.3, 40.3, 6, 8),
    ("Alboran Sea", -3.3, 36.0, 7, 8),
    ("Sea of Sardinia", 6.6, 40.3, 6, 8),
    ("Sea of Crete", 25.0, 35.9, 7, 8),
    ("Black Sea", 34.2, 43.2, 4, 7),
    ("Sea of Azov", 36.6, 46.1, 6, 8),
    ("Caspian Sea", 50.6, 42.0, 4, 7),
    ("Red Sea", 37.7, 21.0, 4, 7),
    ("Persian Gulf", 51.5, 27.2, 5, 7),
    ("Gulf of Aden", 48.0, 12.5, 5, 7),
    ("Arabian Sea", 63.5, 15.0, 3, 6),
    ("Bay of Bengal", 88.5, 14.0, 3, 6),
    ("South China Sea", 114.2, 14.5, 4, 6),
    ("East China Sea", 125.0, 29.5, 5, 7),
    ("Yellow Sea", 123.4, 35.6, 5, 7),
    ("Sea of Japan", 134.6, 40.4, 4, 6),
    ("Sea of Okhotsk", 149.0, 54.5, 4, 6),
    ("Bering Sea", -177.5, 58.0, 3, 6),
    ("Philippine Sea", 133.0, 19.0, 4, 6),
    ("Coral Sea", 154.0, -15.5, 4, 6),
    ("Tasman Sea", 160.5, -37.5, 3, 6),
    ("Gulf of Mexico", -90.3, 25.3, 4, 6),
    ("Caribbean Sea", -75.0, 14.6, 3, 6),
    ("Sargasso Sea", -62.0, 27.0, 5, 6),
    ("Labrador Sea", -53.5, 57.5, 4, 6),
    ("Hudson Bay", -85.5, 59.8, 4, 6),
    ("Baffin Bay", -66.0, 73.4, 4, 6),
    ("Beaufort Sea", -139.0, 71.8, 4, 6),
    ("Gulf of Alaska", -145.0, 57.2, 4, 6),
    ("Norwegian Sea", 2.0, 67.0, 4, 6),
    ("Greenland Sea", -8.0, 75.0, 4, 6),
    ("Barents Sea", 38.0, 74.5, 4, 6),
    ("Kara Sea", 70.0, 75.8, 4, 6),
    ("Laptev Sea", 126.0, 75.8, 4, 6),
    ("East Siberian Sea", 161.0, 72.5, 4, 6),
    ("North Sea", 3.2, 56.2, 4, 7),
    ("Celtic Sea", -8.2, 50.2, 6, 7),
    ("English Channel", -2.2, 49.95, 6, 8),
    ("Irish Sea", -4.9, 53.7, 7, 8),
    ("Bay of Biscay", -4.8, 45.3, 5, 7),
    ("Baltic Sea", 19.4, 57.0, 5, 7),
    ("Gulf of Bothnia", 19.5, 61.6, 6, 7),
    ("Gulf of Guinea", 2.5, 2.5, 4, 6),
    ("Mozambique Channel", 41.2, -19.0, 5, 6),
    ("Great Australian Bight", 130.5, -34.2, 5, 6),
    ("Arafura Sea", 135.5, -9.8, 5, 6),
    ("Timor Sea", 126.3, -11.3, 5, 6),
    ("Java Sea", 111.5, -5.1, 5, 6),
    ("Celebes Sea", 122.5, 3.4, 5, 6),
    ("Gulf of California", -111.6, 27.4, 6, 7),
    ("Gulf of Campeche", -94.0, 20.0, 6, 7),
    ("Gulf of Thailand", 101.3, 9.6, 6, 7),
    ("Scotia Sea", -46.0, -57.0, 4, 6),
    ("Weddell Sea", -42.0, -72.5, 3, 6),
    ("Ross Sea", -173.0, -75.0, 3, 6),
]
# Towns: text size in pixels by rank; rank 0 is a capital or a very large city.
TOWN_SIZES = [13.5, 12.5, 12, 11.5, 11]
RANK_FROM = [4_000_000, 700_000, 100_000, 15_000]
# From which population on a town may be shown at a zoom; capitals one zoom earlier than others.
POPULATION_FROM = {3: 9_000_000, 4: 1_800_000, 5: 450_000, 6: 120_000, 7: 50_000, 8: 18_000, 9: 7_000}
POPULATION_FROM |= {10: 3_000, 11: 1_000, 12: 0, 13: 0}
CAPITAL_FROM = {3: 5_000_000, 4: 300_000, 5: 70_000, 6: 20_000}
# Free space around a name, in pixels: airy when zoomed out, where plants need the room.
SPACING = {3: 22, 4: 16, 5: 14, 6: 12, 7: 11, 8: 11, 9: 11, 10: 11, 11: 10, 12: 8, 13: 6}

# ---- the gazetteer --------------------------------------------------------------------------------

# Names of countries that the sources do not have.
OTHER_COUNTRY_NAMES = {
    "BO": ["Bolivia"],
    "CD": ["DR Congo", "DRC", "Congo Kinshasa", "Democratic Republic of Congo", "Zaire"],
    "CG": ["Congo", "Republic of Congo", "Republic of the Congo", "Congo Brazzaville"],
    "CI": ["Ivory Coast", "Cote d'Ivoire"],
    "CV": ["Cape Verde"],
    "CZ": ["Czech Republic", "Czechia"],
    "GB": ["UK", "U.K.", "Great Britain", "Britain"],
    "HK": ["Hong Kong", "Hongkong"],
    "IR": ["Iran"],
    "KP": ["North Korea", "DPRK"],
    "KR": ["South Korea", "Korea"],
    "LA": ["Laos"],
    "MD": ["Moldova"],
    "MK": ["Macedonia", "North Macedonia"],
    "MM": ["Burma", "Myanmar"],
    "MO": ["Macau", "Macao"],
    "NL": ["Holland", "The Netherlands"],
    "PS": ["Palestine", "West Bank", "Gaza", "Palestinian Authority"],
    "RU": ["Russia"],
    "SY": ["Syria"],
    "SZ": ["Swaziland"],
    "TL": ["East Timor"],
    "TR": ["Turkey", "Turkiye"],
    "TW": ["Taiwan", "Chinese Taipei"],
    "TZ": ["Tanzania"],
    "US": ["USA", "U.S.A.", "U.S.", "United States", "America"],
    "VA": ["Vatican"],
    "VE": ["Venezuela"],
    "VN": ["Vietnam", "Viet Nam"],
    "XK": ["Kosovo"],
}
# Regions that were merged into others: country, today's region, former ones.
FORMER_REGIONS = [
    ("FR", "Grand Est", "Alsace|Lorraine|Champagne-Ardenne"),
    ("FR", "Hauts-de-France", "Nord-Pas-de-Calais|Picardie|Picardy"),
    ("FR", "Normandie", "Haute-Normandie|Basse-Normandie|Upper Normandy|Lower Normandy"),
    ("FR", "Bourgogne-Franche-Comté", "Bourgogne|Burgundy|Franche-Comté"),
    ("FR", "Auvergne-Rhône-Alpes", "Auvergne|Rhône-Alpes"),
    ("FR", "Nouvelle-Aquitaine", "Aquitaine|Limousin|Poitou-Charentes"),
    ("FR", "Occitanie", "Languedoc-Roussillon|Midi-Pyrénées"),
    ("FR", "Centre-Val de Loire", "Centre"),
    ("VN", "Tuyên Quang", "Hà Giang"),
    ("VN", "Lào Cai", "Yên Bái"),
    ("VN", "Thái Nguyên", "Bắc Kạn"),
    ("VN", "Phú Thọ", "Vĩnh Phúc|Hòa Bình"),
    ("VN", "Bắc Ninh", "Bắc Giang"),
    ("VN", "Hưng Yên", "Thái Bình"),
    ("VN", "Hải Phòng", "Hải Dương"),
    ("VN", "Ninh Bình", "Hà Nam|Nam Định"),
    ("VN", "Quảng Trị", "Quảng Bình"),
    ("VN", "Đà Nẵng", "Quảng Nam"),
    ("VN", "Quảng Ngãi", "Kon Tum"),
    ("VN", "Gia Lai", "Bình Định"),
    ("VN", "Khánh Hòa", "Ninh Thuận"),
    ("VN", "Lâm Đồng", "Đắk Nông|Bình Thuận"),
    ("VN", "Đắk Lắk", "Phú Yên"),
    ("VN", "Hồ Chí Minh", "Bà Rịa-Vũng Tàu|Bình Dương|Ho Chi Minh City|Saigon|Vung Tau"),
    ("VN", "Đồng Nai", "Bình Phước"),
    ("VN", "Tây Ninh", "Long An"),
    ("VN", "Cần Thơ", "Sóc Trăng|Hậu Giang"),
    ("VN", "Vĩnh Long", "Bến Tre|Trà Vinh"),
    ("VN", "Đồng Tháp", "Tiền Giang"),
    ("VN", "Cà Mau", "Bạc Liêu"),
    ("VN", "An Giang", "Kiên Giang"),
]
# Names of regions that the sources do not have: country, name there, names in tables.
OTHER_REGION_NAMES = [
    ("FR", "Occitanie", "Occitania"),
    ("RU", "Leningradskaya Oblast'", "Leningrad Oblast|Leningrad"),
    ("KZ", "Abay oblysy", "East Kazakhstan"),
    ("KZ", "Zhetisū oblysy", "Almaty"),
    ("KZ", "Ulytaū oblysy", "Karaganda|Karagandy"),
    ("NO", "Akershus", "Viken"),
    ("NO", "Østfold", "Viken"),
    ("NO", "Buskerud", "Viken"),
    ("NP", "Koshi", "Province No. 1|Province 1"),
    ("NP", "Madhesh", "Province No. 2|Province 2"),
    ("NP", "Bagmati", "Province No. 3"),
    ("NP", "Gandaki", "Province No. 4|Province 4"),
    ("NP", "Lumbini", "Province No. 5"),
    ("NP", "Karnali", "Province No. 6"),
    ("NP", "Sudurpashchim", "Province No. 7|Province 7"),
    ("KP", "Phyeonganpukto", "North Pyongan"),
    ("KP", "Phyeongannamto", "South Pyongan"),
    ("KP", "Hamkyeongpukto", "North Hamgyong"),
    ("KP", "Hamkyeongnamto", "South Hamgyong"),
    ("KP", "Hwanghaipukto", "North Hwanghae"),
    ("KP", "Hwanghainamto", "South Hwanghae"),
    ("KP", "Ryangkangto", "Ryanggang"),
    ("LA", "Xékong", "Sekong"),
    ("LA", "Xaignabouli", "Sainyabuli|Xayaboury"),
    ("KR", "Gyeongsangbuk-do", "North Gyeongsang"),
    ("KR", "Gyeongsangnam-do", "South Gyeongsang"),
    ("KR", "Jeollabuk-do", "North Jeolla"),
    ("KR", "Jeollanam-do", "South Jeolla"),
    ("KR", "Chungcheongbuk-do", "North Chungcheong"),
    ("KR", "Chungcheongnam-do", "South Chungcheong"),
]
