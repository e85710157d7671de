"""An invented network: sixty directors of twenty organisations. No name in it is anybody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from random import Random

from service.demo.stuck import OFFERS, TOPICS

WEEK = tuple(f"{day}-{half}" for day in ("mon", "tue", "wed", "thu", "fri") for half in ("am", "pm"))

# Name, type, and the department an agency belongs to.
ORGANISATIONS = (
    ("Department for Rivers and Coasts", "department", None),
    ("Department for Homes and Places", "department", None),
    ("Ministry of Skills and Work", "department", None),
    ("Department for Travel and Roads", "department", None),
    ("Department for Care and Wellbeing", "department", None),
    ("Ministry for Courts and Rights", "department", None),
    ("Department for Farming and Landscape", "department", None),
    ("Department for Trade and Ports", "department", None),
    ("Permits and Licences Agency", "agency", "Department for Rivers and Coasts"),
    ("National Archive of Decisions", "agency", None),
    ("Vehicle Standards Agency", "agency", "Department for Travel and Roads"),
    ("Public Buildings Agency", "agency", None),
    ("Food and Water Inspectorate", "agency", "Department for Farming and Landscape"),
    ("Family Payments Agency", "agency", "Ministry of Skills and Work"),
    ("Learning Inspectorate", "agency", None),
    ("Northmoor City Council", "council", None),
    ("Ashcombe Vale District Council", "council", None),
    ("Saltmarsh County Council", "council", None),
    ("Eastferry Borough Council", "council", None),
    ("Institute for Public Leadership", "other", None),
)

# Name, organisation (by its place above), profession, region.
PEOPLE = (
    ("Amara Nwosu", 0, "Operations", "South West"),
    ("Tobias Hale", 0, "Digital", "London"),
    ("Meera Vadgama", 0, "Policy", "London"),
    ("Owain Prydderch", 0, "Finance", "Wales"),
    ("Helena Brandreth", 1, "Policy", "London"),
    ("Kwabena Osei-Lartey", 1, "Commercial", "Midlands"),
    ("Sunniva Rowntree", 1, "Analysis", "Yorkshire"),
    ("Daniel Achterberg", 1, "People", "London"),
    ("Farida Qureshi-Bell", 2, "Operations", "North West"),
    ("Callum Strathdee", 2, "Digital", "Scotland"),
    ("Ngozi Adeyinka", 2, "People", "London"),
    ("Peter Wolstencroft", 2, "Finance", "Yorkshire"),
    ("Ines Carvalhal", 3, "Policy", "London"),
    ("Raymond Tulloch", 3, "Operations", "Midlands"),
    ("Shabnam Iravani", 3, "Legal", "London"),
    ("Jonty Ravensdale", 3, "Commercial", "North East"),
    ("Oluwaseun Fakunle", 4, "Policy", "London"),
    ("Catrin Llewhelin", 4, "Analysis", "Wales"),
    ("Miriam Goldacker", 4, "Operations", "North West"),
    ("Harpreet Sandhawalia", 4, "Digital", "Midlands"),
    ("Benedict Okonjo", 5, "Legal", "London"),
    ("Alison Tremlow", 5, "Operations", "South East"),
    ("Yusuf Karadeniz", 5, "Digital", "London"),
    ("Rosalind Peverell", 5, "People", "North East"),
    ("Gethin Morgannwg", 6, "Policy", "Wales"),
    ("Lucinda Marchbanks", 6, "Analysis", "East"),
    ("Chidi Ezeanya", 6, "Finance", "London"),
    ("Xiulan Feng", 7, "Commercial", "London"),
    ("Duncan Abercairney", 7, "Policy", "Scotland"),
    ("Parveen Mahmoodi", 7, "Operations", "South East"),
    ("Tamsin Penhallick", 8, "Digital", "South West"),
    ("Idris Bello-Grant", 8, "Operations", "South West"),
    ("Judith Hollingbery", 8, "Legal", "London"),
    ("Marek Wisniowski", 9, "Digital", "Wales"),
    ("Constance Adjei", 9, "Analysis", "London"),
    ("Leonard Fairburne", 9, "People", "London"),
    ("Sadia Rahmatullah", 10, "Operations", "Midlands"),
    ("Iain Crosbie", 10, "Commercial", "Scotland"),
    ("Beatrix Holloway-Diaz", 10, "Digital", "Midlands"),
    ("Vikram Dhanjal", 11, "Commercial", "London"),
    ("Philippa Stainthorpe", 11, "Finance", "Yorkshire"),
    ("Emeka Obiora", 11, "Operations", "North West"),
    ("Freya Lindqvist-Moss", 12, "Policy", "East"),
    ("Anthony Greatorex", 12, "Operations", "South West"),
    ("Zainab Toure", 13, "Operations", "North East"),
    ("Robin Cattermole", 13, "Digital", "North East"),
    ("Siobhan Geraghty", 13, "Finance", "North West"),
    ("Nathaniel Amponsah", 14, "People", "Midlands"),
    ("Verity Oakeshott", 14, "Analysis", "London"),
    ("Hamza Siddiqui-Ross", 15, "Operations", "North East"),
    ("Dorothy Entwhistle", 15, "Finance", "North East"),
    ("Lakshmi Narasimhan", 15, "Digital", "North East"),
    ("Edmund Thackray", 16, "Policy", "South East"),
    ("Marguerite Delacourt", 16, "People", "South East"),
    ("Winston Baptiste", 17, "Operations", "East"),
    ("Heledd Rhydderch", 17, "Analysis", "East"),
    ("Aoife Kinsella", 18, "Policy", "London"),
    ("Samuel Oyelaran", 18, "Operations", "London"),
    ("Katarzyna Mazurek", 19, "People", "London"),
    ("Gregory Standish", 19, "Analysis", "Yorkshire"),
)

# What people of a profession can usually help with.
KNOWS = {
    "Operations": ("local delivery", "leadership", "recruitment"),
    "Digital": ("legacy technology", "user research", "data sharing"),
    "Policy": ("regulation", "climate", "local delivery"),
    "Finance": ("funding", "risk", "procurement"),
    "Commercial": ("procurement", "risk", "climate"),
    "Analysis": ("data sharing", "user research", "funding"),
    "People": ("recruitment", "inclusion", "leadership"),
    "Legal": ("regulation", "inclusion", "data sharing"),
}

# Who answers to whom, where both are in the network.
LINES = {"Tobias Hale": "Amara Nwosu", "Callum Strathdee": "Farida Qureshi-Bell", "Robin Cattermole": "Zainab Toure"}
# Who would rather not sit in a set with whom, and why: nobody reads it but the matching.
AVOIDS = (
    ("Jonty Ravensdale", "Iain Crosbie", "We are on two sides of a contract that is in dispute."),
    ("Aoife Kinsella", "Edmund Thackray", None),
)

DIRECTOR, CONVENOR, LEAD = "Amara Nwosu", "Katarzyna Mazurek", "Gregory Standish"
ROLES = {CONVENOR: ("convenor",), LEAD: ("lead",)}
LATECOMERS = ("Samuel Oyelaran", "Heledd Rhydderch", "Lucinda Marchbanks", "Marguerite Delacourt", "Emeka Obiora")
PAUSES, LEAVES, IS_FORGOTTEN = "Philippa Stainthorpe", "Peter Wolstencroft", "Judith Hollingbery"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody invented, and what they bring."""

    name: str
    organisation: str
    organisation_type: str
    department: str | None
    profession: str
    region: str
    offers: tuple[str, ...]
    offer_text: str
    stuck_on: str
    slots: tuple[str, ...]
    keenness: float
    """How likely they are to come to a call."""

    @property
    def email(self) -> str:
        """An address that reaches nobody."""
        domain = "".join(letter for letter in self.organisation.lower() if letter.isalpha())
        return f"{self.name.lower().replace(' ', '.')}@{domain}.example"


def cast(chance: Random) -> Iterator[Person]:
    """Everybody: what they offer follows from their profession, and they are stuck on something else."""
    sentences = {topic: cycle(said) for topic, said in OFFERS.items()}
    troubled: Counter[str] = Counter()
    met: Counter[str] = Counter()
    for name, place, profession, region in PEOPLE:
        organisation, kind, department = ORGANISATIONS[place]
        knows = KNOWS[profession]
        offers = (knows[met[profession] % 3], knows[(met[profession] + 1) % 3])
        met[profession] += 1
        elsewhere = [topic for topic in TOPICS if topic not in knows]
        stuck_on = min(elsewhere, key=lambda topic: (troubled[topic], chance.random()))
        troubled[stuck_on] += 1
        yield Person(
            name=name,
            organisation=organisation,
            organisation_type=kind,
            department=department,
            profession=profession,
            region=region,
            offers=offers,
            offer_text=next(sentences[offers[0]]),
            stuck_on=stuck_on,
            slots=tuple(slot for slot in WEEK if slot in chance.sample(WEEK, 6)),
            keenness=chance.choice((0.15, 0.3, 0.45, 0.6, 0.85)),
        )
