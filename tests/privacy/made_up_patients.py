"""Made-up patients and the ways their identifiers are written in notes, from a fixed seed.

Every mention is what a hurried, formatted or damaged text makes of an identifier: other separators,
nicknames, initials, misspellings, zero-width signs, broken lines. No real person is meant.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.records.exports import ChartIdentifier, ChartIdentifiers

GIVEN = [
    "Robert",
    "Katherine",
    "William",
    "Bob965",
    "Shyla233",
    "Anne-Marie",
    "Zoë",
    "José",
    "Guadalupe",
    "Terrence",
    "Margaret",
    "Ifeoma",
    "Wojciech",
    "Dolores",
    "Ngozi",
    "Yusuf",
    "Thandiwe",
    "Siobhán",
    "Michael",
    "Elizabeth",
]
FAMILY = [
    "Keeling57",
    "O'Connell",
    "Whittenbury",
    "Vossberg-Lund",
    "de la Cruz",
    "Nakashimura",
    "Bartholomew",
    "Okonkwo",
    "Fernsworth",
    "Müller",
    "Reinger292",
    "Szabolcsi",
    "MacAllister",
    "Thistlewood",
    "Achterberg",
    "Marchetti",
]
NICKNAMES = {
    "Robert": "Bob",
    "Katherine": "Kathy",
    "William": "Bill",
    "Margaret": "Peggy",
    "Guadalupe": "Lupe",
    "Michael": "Mike",
    "Elizabeth": "Betty",
    "Dolores": "Lola",
    "José": "Pepe",
    "Terrence": "Terry",
}
STREETS = [
    "Maple Street",
    "Nikolaus Heights",
    "Old Mill Road",
    "Quincy Avenue",
    "Hartwell Boulevard",
]
CITIES = ["Chelsea", "Falmouth", "New Bedford", "Westborough", "Pittsfield"]
CLINICS = [
    "HALLMARK HEALTH SYSTEM",
    "Fernbrook Family Practice LLC",
    "Saint Odile Medical Center",
    "Ashby Dialysis Center",
]
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
ORDINALS = {
    1: "first",
    2: "second",
    3: "third",
    5: "fifth",
    12: "twelfth",
    20: "twentieth",
    31: "thirty-first",
}


@dataclass(frozen=True)
class MadeUp:
    """One made-up patient: what the chart holds, and the pieces that mentions are made of."""

    given: str
    middle: str
    family: str
    maiden: str
    born: date
    record: str
    phone: str
    house: int
    street: str
    city: str
    clinic: str
    fhir_id: str

    @property
    def identifiers(self) -> ChartIdentifiers:
        """The chart layer's input."""
        born, phone = (
            self.born.isoformat(),
            f"({self.phone[:3]}) {self.phone[3:6]}-{self.phone[6:]}",
        )
        rows = [
            ("NAME", f"Mx. {self.given} {self.middle} {self.family}", "Patient.name"),
            ("NAME", f"{self.given} {self.maiden}", "Patient.name[1]"),
            ("DATE", born, "Patient.birthDate"),
            ("ID", self.record, "Patient.identifier[1].value"),
            ("ID", self.fhir_id, "Patient.id"),
            ("PHONE", phone, "Patient.telecom[0].value"),
            (
                "EMAIL",
                f"{plain(self.given)}.{plain(self.family)}@mail.example",
                "Patient.telecom[1].value",
            ),
            ("ADDRESS", f"{self.house} {self.street} Apt 4B", "Patient.address.line"),
            ("CITY", self.city, "Patient.address.city"),
            ("ZIP", "02150-1234", "Patient.address.postalCode"),
            ("ORGANIZATION", self.clinic, "Organization.name"),
            ("DEVICE", "SN-88X-20417", "Device.serialNumber"),
        ]
        words = frozenset({"potassium", "metoprolol", "hypertension"})
        return ChartIdentifiers(tuple(ChartIdentifier(*row) for row in rows), words)


def patients(count: int, seed: int = 20) -> Iterator[MadeUp]:
    """So many made-up patients, always the same ones."""
    chance = random.Random(seed)
    for number in range(count):
        yield MadeUp(
            given=chance.choice(GIVEN),
            middle=chance.choice(["James", "Quentin", "Wren"]),
            family=chance.choice(FAMILY),
            maiden=chance.choice(["Halloran", "Penhaligon", "Stavrakis"]),
            born=date(1932, 1, 1) + timedelta(days=chance.randrange(29000)),
            record=f"SYN-{chance.randrange(10**6, 10**7)}",
            phone=f"617555{chance.randrange(1000, 9999)}",
            house=chance.randrange(11, 990),
            street=chance.choice(STREETS),
            city=chance.choice(CITIES),
            clinic=chance.choice(CLINICS),
            fhir_id=f"pt{number}-{chance.randrange(16**8):08x}",
        )


def plain(name: str) -> str:
    """A name as a user name has it."""
    accents = str.maketrans("üëéáÜ", "ueeaU")
    return "".join(c for c in name.translate(accents) if c.isalpha()).lower()


def no_digits(name: str) -> str:
    """Keeling57 as people say it."""
    return name.rstrip("0123456789")


def misspelt(word: str, chance: random.Random) -> Iterator[str]:
    """One letter left out, doubled, exchanged with its neighbour, and another one."""
    place = chance.randrange(2, len(word) - 1)
    yield word[:place] + word[place + 1 :]
    yield word[:place] + word[place] + word[place:]
    yield word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]
    yield word[:place] + ("x" if word[place] != "x" else "y") + word[place + 1 :]


def name_mentions(who: MadeUp, chance: random.Random) -> Iterator[tuple[str, str]]:
    """What is called how, and the mention itself."""
    first, last = no_digits(who.given), no_digits(who.family)
    yield "as in the chart", f"{who.given} {who.family}"
    yield "without digits", f"{first} {last}"
    yield "middle name in between", f"{first} {who.middle} {last}"
    yield "unknown middle initial", f"{first} {who.middle[0]}. {last}"
    yield "family name first", f"{last}, {first}"
    yield "family name first, no blank", f"{last.upper()},{first.upper()}"
    yield "capitals", f"{first} {last}".upper()
    yield "family name alone", last.split()[-1]
    yield "initial and family name", f"{first[0]}. {last}"
    yield "given name and initial", f"{first} {last.split()[-1][0].upper()}."
    yield "initials with points", f"{first[0]}.{who.middle[0]}.{last.split()[-1][0].upper()}."
    yield "initials after patient", f"pt {first[0]}{who.middle[0]}{last.split()[-1][0].upper()}"
    yield "maiden name", who.maiden
    yield "user name", f"{plain(first)[0]}{plain(last.split()[-1])}"
    yield "user name with a point", f"{plain(first)}.{plain(last.split()[-1])}"
    yield "without accents", f"{first.translate(str.maketrans('üëéá', 'ueea'))}"
    if who.given in NICKNAMES:
        yield "nickname", f"{NICKNAMES[who.given]} {last}"
    longest = max(last.replace("'", "-").split("-"), key=len).split()[-1]
    if len(longest) >= 5:
        for wrong in misspelt(longest, chance):
            yield "misspelt", wrong
        cut = len(longest) // 2
        yield "zero-width sign inside", f"{longest[:cut]}\u200b{longest[cut:]}"
        yield "soft hyphen inside", f"{longest[:cut]}\u00ad{longest[cut:]}"
        yield "line break inside", f"{longest[:cut]}\n{longest[cut:]}"
        yield "hyphen and line break inside", f"{longest[:cut]}-\n{longest[cut:]}"
        yield "bold inside", f"{longest[:cut]}**{longest[cut:]}**"
        yield (
            "full-width letters",
            "".join(chr(ord(c) + 0xFEE0) if c.isascii() else c for c in longest),
        )


def date_mentions(born: date) -> Iterator[tuple[str, str]]:
    """A birth date in the forms people write."""
    month = MONTHS[born.month - 1]
    ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(born.day, "th")
    yield "ISO", born.isoformat()
    yield "month/day/year", f"{born.month}/{born.day}/{born.year}"
    yield "padded, short year", born.strftime("%m/%d/%y")
    yield "with dashes", born.strftime("%m-%d-%Y")
    yield "with points, day first", f"{born.day}.{born.month}.{born.year}"
    yield "month, day, year", f"{month} {born.day}, {born.year}"
    yield "ordinal", f"{month} {born.day}{ending}, {born.year}"
    yield "short month", f"{month[:3]} {born.day} {born.year}"
    yield "day first", f"{born.day} {month} {born.year}"
    yield "day of month", f"the {born.day}{ending} of {month}, {born.year}"
    yield "military", f"{born.day:02d}{month[:3].upper()}{born.year}"
    yield "with dashes and letters", f"{born.day:02d}-{month[:3]}-{born.year}"
    yield "compact", born.strftime("%Y%m%d")
    yield "compact, month first", born.strftime("%m%d%Y")
    yield "no year", f"{month} {born.day}"
    yield "ISO with time", f"{born.isoformat()}T08:30:00Z"
    if born.day in ORDINALS:
        yield "in words", f"{month} the {ORDINALS[born.day]}"


def code_mentions(who: MadeUp) -> Iterator[tuple[str, str]]:
    """Numbers, addresses and organizations with other separators and shorter words."""
    digits = who.record.removeprefix("SYN-")
    yield "record number", who.record
    yield "record number, small letters", who.record.lower()
    yield "record number, digits alone", digits
    yield "record number with blanks", f"{digits[:3]} {digits[3:5]} {digits[5:]}"
    yield "record number with dashes", f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"
    yield "record number over a line", f"{digits[:3]}\n{digits[3:]}"
    yield "FHIR id", who.fhir_id
    yield "FHIR reference", f"Patient/{who.fhir_id}"
    yield "telephone, points", f"{who.phone[:3]}.{who.phone[3:6]}.{who.phone[6:]}"
    yield "telephone, bare", who.phone
    yield "telephone, local", f"{who.phone[3:6]}-{who.phone[6:]}"
    yield "telephone, abroad", f"+1 {who.phone[:3]} {who.phone[3:6]} {who.phone[6:]}"
    yield "e-mail in capitals", f"{plain(who.given)}.{plain(who.family)}@mail.example".upper()
    yield "street and number", f"{who.house} {who.street}"
    short = who.street
    for long, abbreviation in (
        ("Street", "St."),
        ("Heights", "Hts"),
        ("Road", "Rd"),
        ("Avenue", "Ave"),
    ):
        short = short.replace(long, abbreviation)
    yield "street shortened", f"{who.house} {short}, #4B"[: len(f"{who.house} {short}")]
    yield "street in small letters", f"{who.house} {who.street.lower()}"
    yield "street alone", who.street
    yield "city", who.city
    yield "zip", "02150"
    yield "zip plus four", "021501234"
    yield "organization", who.clinic.title()
    yield "serial number", "sn 88x 20417"


def mentions(who: MadeUp, seed: int) -> Iterator[tuple[str, str]]:
    """Every mention of one patient."""
    yield from name_mentions(who, random.Random(seed))
    yield from date_mentions(who.born)
    yield from code_mentions(who)
