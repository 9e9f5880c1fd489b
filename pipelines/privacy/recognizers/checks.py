"""Second looks at what a rule's pattern matched: trim it, or let it stay in the text.

A check gets the reading and the offsets of the match and gives back the part that is an identifier,
or nothing. Patterns say where a name or number may stand; checks know what is no name and no number
of a person (`guard.toml`). Every check is named in the rule files.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.privacy.recognizers import guard
from pipelines.privacy.replacements import tells_age_over_89

_TITLE = re.compile(
    r"(?i)(?:drs?|mr|mrs|ms|mx|miss|prof|rev|fr|sr|sgt|capt|lt|col|hon|atty|doctor|professor|nurse|sister|reverend|father|pastor|"
    r"rabbi|judge|officer|madam|sir|uncle|aunt|auntie|grandma|grandpa)\b\.?\s*"
)
Part = tuple[int, int] | None
Check = Callable[[str, int, int], Part]

_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|['.-](?=[^\W\d_]))*\.?|\d+")
_DRUG = re.compile(
    r"(?i)(?:mab|nib|pril|sartan|olol|statin|azole|cillin|mycin|micin|cycline|oxacin|prazole|tidine|dipine|zosin|"
    r"setron|triptan|gliptin|gliflozin|glutide|parin|xaban|gatran|tinib|ciclib|afil|vir|vudine|caine|barbital|azepam|"
    r"zolam|codone|morphone|fentanil|tyline|oxetine|pramine|azine|idone|apine|lukast|terol|sone|solone|nide|thiazide|"
    r"semide|lactone|formin|zide|glitazone|dronate|platin|taxel|rubicin|bicin|tecan|amide|phylline|cef\w+|sulfa\w*|"
    r"emia|itis|osis|oma|pathy|uria|algia|ectomy|otomy|plasty|scopy|graphy|gram|penia|plegia|paresis|rrhea|rrhage|"
    r"esthesia|trophy|megaly|lysis|cardia|pnea|phagia|tension|sclerosis|stenosis|iasis|logy|trics|urgery|therapy|sulfate|chloride|"
    r"acetate|sodium|citrate|tartrate|vaccine|toxin|globulin|dopa|amine|olone|oids?|ase|ine|idine|arone|oxin|ulin|opril)$"
)  # fmt: skip
_ORGANISM = re.compile(
    r"(?i)\b(?:coli|aureus|difficile|pneumoniae?|aeruginosa|faecalis|faecium|epidermidis|pyogenes|albicans|influenzae|"
    r"meningitidis|gonorrhoeae|pylori|jejuni|baumannii|cloacae|mirabilis|monocytogenes|tuberculosis|burgdorferi|diff)\b"
)
_SURE_OF_PLACE = re.compile(
    r"(?i)\b(?:hospital|hosp|clinic|center|health|medical|med|university|institute|office|facility|practice|campus|branch)\b"
)
_CLINICAL_UNITS = frozenset(
    "icu ed er or pacu micu sicu ccu cvicu nicu picu ward floor unit emergency telemetry surgery cardiology"
    " oncology radiology neurology medicine pediatrics urology nephrology orthopedics trauma step wound pain"
    " outpatient inpatient primary urgent intensive coronary heart stroke dialysis infusion endoscopy burn"
    " sleep women's men's eye memory anticoagulation coumadin community local academic tertiary teaching"
    " general university mental behavioral public home nursing skilled long short cancer breast vein spine"
    " family internal sports physical occupational speech respiratory palliative day walk-in same flu covid"
    " travel diabetes asthma hypertension pre post new old rehab rehabilitation hospice maternity birth labor"
    " children's childrens va laboratory lab imaging diagnostic medical surgical rural city county state"
    " national federal free health the a an our".split()
)


def name(text: str, start: int, end: int) -> Part:
    """Cut before the first word that is no name; nothing left is no name."""
    if guard.names_a_thing(text, start, end):
        return None
    return _trimmed(text, start, end)


def titled(text: str, start: int, end: int) -> Part:
    """After a title even an eponym is a person; the title goes with the name."""
    title = _TITLE.match(text, start, end)
    part = _trimmed(text, title.end() if title else start, end)
    return (start, part[1]) if part else None


def small(text: str, start: int, end: int) -> Part:
    """A title and a name in small letters, none of its words a word of notes."""
    return titled(text, start, end)


def label(text: str, start: int, end: int) -> Part:
    """After a label: a word that is no name at the start means that the label is prose."""
    return _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Part:
    kept: list[tuple[int, int]] = []
    for word in _WORDS.finditer(text, start, end):
        plain = word[0].rstrip(".").removesuffix("'s")
        if guard.is_no_name(plain) and not (len(plain) == 1 and kept):
            break
        kept.append(word.span())
    while kept and text[kept[-1][0] : kept[-1][1]].islower() and not text[start:end].islower():
        kept.pop()
    if not kept:
        return None
    stop = kept[-1][1]
    if text[stop - 1] == "." and not re.search(r"(?:\b|')[A-Z]\.$", text[kept[0][0] : stop]):
        stop -= 1
    return (kept[0][0], stop) if any(c.isalpha() for c in text[kept[0][0] : stop]) else None


def place(text: str, start: int, end: int) -> Part:
    """A place: not a ward, not a thing named after somebody, not a word of notes."""
    if _REGION.fullmatch(text[start:end]) or text[start:end].split()[0] in _PUBLIC:
        return None
    if not _SURE_OF_PLACE.search(text[start:end]) and guard.names_a_thing(text, start, end):
        return None
    words = list(_WORDS.finditer(text, start, end))
    while words and _is_ward_or_word(words[0][0]):
        words.pop(0)
    if not words or (len(words[0][0]) < 3 and not words[1:]):
        return None
    last = len(words)
    for position, word in enumerate(words):
        plain = word[0].rstrip(".")
        if (
            guard.is_no_name(plain)
            and not _SURE_OF_PLACE.fullmatch(plain)
            and plain.lower() not in _LINKS
        ):
            last = position
            break
    while last and words[last - 1][0].lower() in _LINKS:
        last -= 1
    named = [
        w[0]
        for w in words[:last]
        if not _is_ward_or_word(w[0]) and not _SURE_OF_PLACE.fullmatch(w[0])
    ]
    if not named:
        return None
    return words[0].start(), max(words[last - 1].end(), end if last == len(words) else 0)


_LINKS = frozenset("of and the for at in de la del".split())


def _is_ward_or_word(word: str) -> bool:
    plain = word.rstrip(".").removesuffix("'s")
    return guard.is_no_name(plain) or plain.lower() in _CLINICAL_UNITS or plain in _LINKS


def facility(text: str, start: int, end: int) -> Part:
    """A facility with a name of its own: "Wound Clinic" and "the Heart Center" have none."""
    words = [word[0] for word in _WORDS.finditer(text, start, end)]
    if words[0] in _PUBLIC and not re.search(r"(?i)hosp|clinic", text[start:end]):
        return None
    own = [w for w in words if not _is_ward_or_word(w) and not _SURE_OF_PLACE.fullmatch(w)]
    general = len(words) > 1 and words[0].lower() in _GENERAL_NAMES
    return (start, end) if own or general else None


_PUBLIC = frozenset(
    "American National European World British International Canadian Royal Centers Joint Global Federal".split()
)
_REGION = re.compile(
    r"(?i)(?:the )?(?:(?:mid|north|south|far)?-?(?:east|west|north|south)(?:ern)?|midwest|pacific|coast|states?|united states|usa?|[ ])+"
)
_GENERAL_NAMES = frozenset(
    "general university community city county memorial regional veterans".split()
)


def named_after(text: str, start: int, end: int) -> Part:
    """ "University of Springfield", not "School of Medicine" or "Center for Disease Control"."""
    last = text[start:end].split()[2:]
    return None if all(_is_ward_or_word(word) for word in last) else (start, end)


def number(text: str, start: int, end: int) -> Part:
    """A number that is no amount, no measured value and no code of a vocabulary."""
    return None if guard.is_clinical_number(text, start, end) else (start, end)


_VALUE_WORDS = re.compile(
    r"(?i)\d{1,3}(?:[.,]\d+)?(?:-\d{1,3}(?:[.,]\d+)?)?|\d+(?:st|nd|rd|th|mg|ml|mcg|kg|cm|mm|%|x|h|hrs?|d|days?|weeks?|yo|yrs?|y/o|am|pm)|\d{1,2}:\d\d|(?:19|20)\d\d|\d{1,3}/\d{1,3}|[a-z]\d{1,2}|\d{1,2}[a-z]|v\d.*|[ivx]+"
)


def value(text: str, start: int, end: int) -> Part:
    """The value after a label: not a count, a dose, a year, a ratio or a ward's number."""
    written = text[start:end].lstrip("# ")
    if _VALUE_WORDS.fullmatch(written) or not any(c.isdigit() for c in written):
        return None
    if guard.is_clinical_number(text, start, end) and not re.search(r"[A-Za-z-]", written):
        return None
    return start, end


def phone(text: str, start: int, end: int) -> Part:
    """The number after "phone" or "pager": at least four digits that are no amount and no time."""
    digits = sum(c.isdigit() for c in text[start:end])
    if digits < 4 or re.fullmatch(r"(?:19|20)\d\d|\d{1,2}:\d\d.*", text[start:end]):
        return None
    return None if guard.is_clinical_number(text, start, end) else (start, end)


_FRACTION_AFTER = re.compile(
    r"(?i)^\s*(?:-\s*)?(?:\d/\d\s*)?(?:systolic|diastolic|murmur|sem\b|m\b|holosystolic|ejection|crescendo|strength|motor|power|pain|"
    r"tab|pill|dose|strength|normal|ns\b|saline|cc\b|ml\b|mg\b|cup|pack|ppd|inch|mile|hour|positive|negative|blood cultures|bottles|"
    r"sets|criteria|points|stars|cm\b|mm\b|of\s|sirs|lobes|nodes|lymph|in\s(?:all|both|the\s(?:upper|lower|right|left))|on\s(?:the\s)?(?:pain|scale|mmse|moca|gcs)|hpf|nerves|ln\b|patients|apgar|b/l|bilat|radial|dp\b|pulses|throughout|reflexes|level|severity|intensity|x\d)"
)
_FRACTION_BEFORE = re.compile(
    r"(?i)(?:strength|motor|power|pain|murmur|grade|gcs|mmse|moca|apgars?|score|scored|reflexes|dtrs?|pulses|grip|muscle|nodes|cores|bp|pressure|scale|severity|rated?|intensity|level|iii?|levine|visual acuity|vision|va|ratio|ns|saline|d5|takes?|tab|odds|gravida|ul|ll|le|ue|deltoids?|biceps|triceps|quads?)\s*(?:is|was|of|:|=|to|from|at|on|,|and)?\s*(?:\d{1,2}/\d{1,2},?\s*(?:to|-|and|→|->)?\s*)?$"
)


def fraction(text: str, start: int, end: int) -> Part:
    """Day and month, not a murmur's grade, a strength, a pain score or half a tablet."""
    first, _, second = text[start:end].partition("/")
    after, before = text[end : end + 40], text[max(0, start - 40) : start]
    if _FRACTION_AFTER.match(after) or _FRACTION_BEFORE.search(before):
        return None
    # 5/5 and 10/10 are full marks far more often than a day.
    same = first.strip().lstrip("0") == second.strip().lstrip("0")
    return (
        None
        if same and not re.search(r"(?i)(?:on|since|date|dated|by|until)[: ]+\(?$", before)
        else (start, end)
    )


def old_year(text: str, start: int, end: int) -> Part:
    """A birth year, where it tells an age over 89."""
    return (start, end) if tells_age_over_89(int(text[start:end])) else None


CHECKS: dict[str, Check] = {
    "name": name,
    "titled": titled,
    "small": small,
    "label": label,
    "place": place,
    "named after a place": named_after,
    "facility": facility,
    "number": number,
    "value": value,
    "phone": phone,
    "fraction": fraction,
    "old year": old_year,
}


def _is_drug(text: str, start: int, end: int) -> bool:
    """One word with the ending of a drug or of a disease, or any such word in what was matched."""
    words = [word[0].rstrip(".") for word in _WORDS.finditer(text, start, end)]
    long = [word for word in words if len(word) > 4]
    return bool(long) and any(_DRUG.search(w) and w not in _NAMES_LIKE_DRUGS for w in long[:2])


_NAMES_LIKE_DRUGS = frozenset(
    "Christine Catherine Katherine Josephine Jacqueline Madeline Pauline Caroline Clementine Celine Valentine Augustine"
    " Justine Maxine Nadine Francine Elaine Lorraine Blaine Charmaine Jermaine Geraldine Marine Delphine Madeleine Pauline"
    " Levine Devine Racine Chase Case Rase Thomas Germaine Earnestine Ernestine Evangeline Adeline Angeline Emmeline Rose"
    " Thomasine Ambrose Montrose Rasheed Antoine Regine Martine Sabine Janine Corine Corinne Nicoma Oklahoma Tacoma Paloma"
    " Sonoma Roma Coma Jerome Romaine Irvine Ozias Elias Tobias Matias Mathias Azaria Levis Davis Travis Jarvis Purvis Virginia".split()
)


def _is_pair_of_words(text: str, start: int, end: int) -> bool:
    """ "Medication/dose" is two words; "Medication/abc-1" a reference."""
    return text[start:end].partition("/")[2].isalpha() and text[start:end].partition("/")[2].lower() in (
        "visit", "dose", "doses", "route", "order", "orders", "plan", "date", "type", "name", "status", "result",
        "results", "procedure", "procedures", "device", "allergy", "medication", "condition", "observation", "or", "and",
    )  # fmt: skip


EXCEPTIONS: dict[str, Callable[[str, int, int], bool]] = {
    "drug": _is_drug,
    "organism": lambda text, start, end: bool(_ORGANISM.search(text[start:end])),
    "may": lambda text, start, end: bool(
        re.match(r"(?:may|mar|dec|sep)\b", text[start:end])
        or re.match(r"(?:May|MAY)\s+\d{1,2}\s+(?:tab|pill|dose|cap|mg|ml)", text[start : end + 12])
    ),
    "wort": lambda text, start, end: text[end : end + 8].lstrip("'s ").startswith("wort"),
    "classification": lambda text, start, end: bool(
        re.match(
            r"(?i)'?s? (?:type|class|classification|criteria|score|scale|model|risk|stage|brace)\b",
            text[end : end + 20],
        )
    ),
    "abbreviation": lambda text, start, end: any(
        part in guard.abbreviations() or len(part) < 2
        for part in re.split(r"[/:]", text[start:end])
    ),
    "trial": lambda text, start, end: bool(
        re.match(
            r"#?(?:NCT|PMC|PMID|ISO|ICD|CPT|RFC|GSE|CYP|HLA|SARS|DSM|LOINC|ORPHA|GO|HP|DOID|MONDO)-?\d",
            text[start:end],
        )
        or re.search(r"\d(?:MG|ML|MCG|IU|UNITS?|KG|MEQ|CC|K|CM|MM|HZ|KCAL|BPM)$", text[start:end])
    ),
    "pair of words": _is_pair_of_words,
}
