"""State and nationality codes that a zone may carry (ISO 3166-1 alpha-3, and ICAO Doc 9303-3, section 5)."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ISO_3166 = _words(
    """ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM
    BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR
    CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB
    GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA
    JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA
    MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR
    NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS
    SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON
    TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE"""
)
"""All 249 of ISO 3166-1. Documents of Germany say `D`, never DEU; other states' documents may."""

DOC_9303 = {
    "A": _words("D GBD GBN GBO GBP GBS RKS"),
    "B": _words("EUE"),
    "C": _words("UNA UNK UNO"),
    "D": _words("XBA XCC XCE XCO XDC XEC XES XIM XMP XOM XPO"),
    "E": _words("XXA XXB XXC XXX"),
    "F": _words("ANT NTZ"),
    "G": _words("UTO"),
    "H": _words("IAO"),
}
"""What Doc 9303-3, section 5 adds, by its parts: letter codes, reserved by ISO, United Nations, other authorities,
persons without a nationality, deprecated, specimens, ICAO itself."""

_SEEN = _words("BDR CMW ROM SI XKX ZAR")
"""Of no list: on specimens (BDR of Germany, CMW, SI of Slovenia) and on old or unusual documents."""

STATES = tuple(
    code
    for code in (*ISO_3166, *(code for part in DOC_9303.values() for code in part))
    if code not in ("DEU", "ANT", "NTZ", "IAO")
)
"""Codes that issued documents carry; the specimens are of these."""

KNOWN = frozenset(
    code.ljust(3, "<") for code in (*ISO_3166, *(code for part in DOC_9303.values() for code in part), *_SEEN)
)
"""All codes as they stand in the zone, filled to three."""
