"""Where travellers come from: the provinces of Thailand and the countries of the world, by their ISO 3166 codes."""

from functools import cache

from babel import Locale

PROVINCES: dict[str, tuple[str, str]] = {
    "TH-10": ("Bangkok", "กรุงเทพมหานคร"), "TH-11": ("Samut Prakan", "สมุทรปราการ"),
    "TH-12": ("Nonthaburi", "นนทบุรี"), "TH-13": ("Pathum Thani", "ปทุมธานี"),
    "TH-14": ("Phra Nakhon Si Ayutthaya", "พระนครศรีอยุธยา"), "TH-15": ("Ang Thong", "อ่างทอง"),
    "TH-16": ("Lop Buri", "ลพบุรี"), "TH-17": ("Sing Buri", "สิงห์บุรี"), "TH-18": ("Chai Nat", "ชัยนาท"),
    "TH-19": ("Saraburi", "สระบุรี"), "TH-20": ("Chon Buri", "ชลบุรี"), "TH-21": ("Rayong", "ระยอง"),
    "TH-22": ("Chanthaburi", "จันทบุรี"), "TH-23": ("Trat", "ตราด"), "TH-24": ("Chachoengsao", "ฉะเชิงเทรา"),
    "TH-25": ("Prachin Buri", "ปราจีนบุรี"), "TH-26": ("Nakhon Nayok", "นครนายก"), "TH-27": ("Sa Kaeo", "สระแก้ว"),
    "TH-30": ("Nakhon Ratchasima", "นครราชสีมา"), "TH-31": ("Buri Ram", "บุรีรัมย์"), "TH-32": ("Surin", "สุรินทร์"),
    "TH-33": ("Si Sa Ket", "ศรีสะเกษ"), "TH-34": ("Ubon Ratchathani", "อุบลราชธานี"), "TH-35": ("Yasothon", "ยโสธร"),
    "TH-36": ("Chaiyaphum", "ชัยภูมิ"), "TH-37": ("Amnat Charoen", "อำนาจเจริญ"), "TH-38": ("Bueng Kan", "บึงกาฬ"),
    "TH-39": ("Nong Bua Lam Phu", "หนองบัวลำภู"), "TH-40": ("Khon Kaen", "ขอนแก่น"),
    "TH-41": ("Udon Thani", "อุดรธานี"), "TH-42": ("Loei", "เลย"), "TH-43": ("Nong Khai", "หนองคาย"),
    "TH-44": ("Maha Sarakham", "มหาสารคาม"), "TH-45": ("Roi Et", "ร้อยเอ็ด"), "TH-46": ("Kalasin", "กาฬสินธุ์"),
    "TH-47": ("Sakon Nakhon", "สกลนคร"), "TH-48": ("Nakhon Phanom", "นครพนม"), "TH-49": ("Mukdahan", "มุกดาหาร"),
    "TH-50": ("Chiang Mai", "เชียงใหม่"), "TH-51": ("Lamphun", "ลำพูน"), "TH-52": ("Lampang", "ลำปาง"),
    "TH-53": ("Uttaradit", "อุตรดิตถ์"), "TH-54": ("Phrae", "แพร่"), "TH-55": ("Nan", "น่าน"),
    "TH-56": ("Phayao", "พะเยา"), "TH-57": ("Chiang Rai", "เชียงราย"), "TH-58": ("Mae Hong Son", "แม่ฮ่องสอน"),
    "TH-60": ("Nakhon Sawan", "นครสวรรค์"), "TH-61": ("Uthai Thani", "อุทัยธานี"),
    "TH-62": ("Kamphaeng Phet", "กำแพงเพชร"), "TH-63": ("Tak", "ตาก"), "TH-64": ("Sukhothai", "สุโขทัย"),
    "TH-65": ("Phitsanulok", "พิษณุโลก"), "TH-66": ("Phichit", "พิจิตร"), "TH-67": ("Phetchabun", "เพชรบูรณ์"),
    "TH-70": ("Ratchaburi", "ราชบุรี"), "TH-71": ("Kanchanaburi", "กาญจนบุรี"), "TH-72": ("Suphan Buri", "สุพรรณบุรี"),
    "TH-73": ("Nakhon Pathom", "นครปฐม"), "TH-74": ("Samut Sakhon", "สมุทรสาคร"),
    "TH-75": ("Samut Songkhram", "สมุทรสงคราม"), "TH-76": ("Phetchaburi", "เพชรบุรี"),
    "TH-77": ("Prachuap Khiri Khan", "ประจวบคีรีขันธ์"), "TH-80": ("Nakhon Si Thammarat", "นครศรีธรรมราช"),
    "TH-81": ("Krabi", "กระบี่"), "TH-82": ("Phangnga", "พังงา"), "TH-83": ("Phuket", "ภูเก็ต"),
    "TH-84": ("Surat Thani", "สุราษฎร์ธานี"), "TH-85": ("Ranong", "ระนอง"), "TH-86": ("Chumphon", "ชุมพร"),
    "TH-90": ("Songkhla", "สงขลา"), "TH-91": ("Satun", "สตูล"), "TH-92": ("Trang", "ตรัง"),
    "TH-93": ("Phatthalung", "พัทลุง"), "TH-94": ("Pattani", "ปัตตานี"), "TH-95": ("Yala", "ยะลา"),
    "TH-96": ("Narathiwat", "นราธิวาส"),
}  # fmt: skip
"""ISO 3166-2:TH without Pattaya (TH-S), which is a city: code -> name in English and in Thai."""


def name_of(code: str, language: str) -> str:
    """Name of a province (`TH-10`) or a country (`DE`); the code itself when nobody knows it."""
    if code in PROVINCES:
        return PROVINCES[code][language == "th"]
    return countries(language).get(code, code)


@cache
def countries(language: str) -> dict[str, str]:
    """ISO 3166-1 alpha-2 code -> name; areas of statistics and codes of no country are left out."""
    names = Locale(language).territories
    return {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NONE}


_NONE = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))
"""Groups of countries, and codes for tests."""
