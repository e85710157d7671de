"""What the directors are stuck on, and what they say they can help with, topic by topic."""

from __future__ import annotations

OFFERS: dict[str, tuple[str, ...]] = {
    "legacy technology": (
        "Switched off a thirty-year-old case system without losing a case; happy to say what nearly went wrong.",
        "Ran old and new systems side by side for a year, and can tell when to stop.",
        "Knows how to describe the risk of an ageing system so that a board acts on it.",
    ),
    "data sharing": (
        "Wrote a data sharing agreement that six organisations signed in eight weeks.",
        "Can help find the one field everybody needs and leave the other two hundred alone.",
        "Has been through a hard conversation with privacy colleagues and come out with better rules.",
    ),
    "procurement": (
        "Let a contract in small pieces, so that leaving a supplier is a decision and not a crisis.",
        "Has read more exit clauses than is healthy.",
        "Can explain what a fair price mechanism looks like after the first bad winter.",
    ),
    "recruitment": (
        "Cut the time to hire by half by letting teams write their own adverts.",
        "Built an apprenticeship that people stay in.",
        "Can share how we fill night shifts without agencies.",
    ),
    "inclusion": (
        "Sat with a panel of disabled staff for a year and changed eleven policies.",
        "Knows which small changes to a promotion board made a difference, and which did not.",
        "Can talk plainly about what went wrong with our first mentoring scheme.",
    ),
    "local delivery": (
        "Opened one front door for four services in a market town.",
        "Spent ten years in councils, and can translate both ways.",
        "Keeps a list of people in places who answer the phone.",
    ),
    "regulation": (
        "Replaced a rule book with six outcomes; inspectors now ask better questions.",
        "Wrote guidance together with the people it was meant for.",
        "Can say when a consultation is not needed and a conversation is.",
    ),
    "risk": (
        "Turned a register of ninety risks into four that the board discusses.",
        "Has told a minister no, with numbers, and stayed friends.",
        "Runs short exercises that show what would fail first.",
    ),
    "funding": (
        "Pooled three budgets across a department and two councils, legally.",
        "Can show a business case of nine pages that passed.",
        "Knows the money calendar and where the quiet weeks are.",
    ),
    "climate": (
        "Put a price on flooding in every estates decision.",
        "Worked out which of our buildings will be too hot to work in by 2040.",
        "Has a method for finding the three changes that matter among sixty pledges.",
    ),
    "user research": (
        "Takes directors to watch people use their services; lends out the kit and the courage.",
        "Can show how eight interviews changed a policy.",
        "Runs research with people who have every reason not to trust us.",
    ),
    "leadership": (
        "Coaches new directors through their first hundred days.",
        "Has learnt to end meetings that decide nothing.",
        "Led a team through a merger, and kept most of it.",
    ),
}

TOPICS = tuple(OFFERS)

PROBLEMS: dict[str, tuple[tuple[str, str], ...]] = {
    "legacy technology": (
        (
            "Nobody left who understands the payments system",
            "Two of the three people who can change it retire this year.",
        ),
        ("We are afraid to switch the old case system off", "Everything new still depends on a nightly file from it."),
        ("Three systems hold three different addresses", "Every letter that goes astray costs somebody a benefit."),
        ("The supplier ends support in eighteen months", "Replacing it properly takes three years."),
        ("A temporary spreadsheet now runs the winter plan", "It is emailed round every morning at six."),
    ),
    "data sharing": (
        ("Two departments ask the same family the same questions", "Each has the answer the other one needs."),
        ("Our sharing agreement has been with lawyers for a year", "Nobody objects and nobody signs."),
        ("Councils send us forty layouts of the same return", "Cleaning takes longer than using it."),
        (
            "We cannot tell whether people we helped are still well",
            "The answer sits in another organisation's records.",
        ),
        ("Everybody wants our data and nobody our warnings", "It is used for things it cannot say."),
    ),
    "procurement": (
        ("One supplier, nine years, no way out", "The exit plan is a page with a heading."),
        ("Small firms do not bid for our work", "Our insurance demands alone rule most of them out."),
        ("The contract rewards the wrong thing", "We pay for calls answered, so calls go up."),
        ("Four of us buy the same thing separately", "Each gets a worse price than the others think."),
        ("Our framework ends before the new one is ready", "There is a gap of five months."),
    ),
    "recruitment": (
        ("Analysts leave after eleven months", "Just as they become useful."),
        ("It takes us seven months to hire an inspector", "By then the good ones have gone elsewhere."),
        ("Nobody applies for our jobs on the coast", "We advertise posts in London and hope."),
        ("Half of operations could retire by next spring", "There is no plan that anybody believes."),
        ("Our apprentices stay, and then have nowhere to go", "The next grade asks for a degree."),
    ),
    "inclusion": (
        ("Our promotion panels keep choosing the same kind of person", "Everybody on them means well."),
        ("Deaf customers cannot reach us", "The relay works in the pilot and fails in the queue."),
        ("People stop telling us about harassment", "The numbers look better and the building feels worse."),
        ("Our forms assume a family that few people have", "Staff write in the margins to get round it."),
        ("Part-time directors are left out of decisions", "The meetings that matter are on Mondays."),
    ),
    "local delivery": (
        ("Our new service works everywhere but in villages", "No signal, no bus, no branch."),
        ("Councils hear of our plans from the newspaper", "Then they have a fortnight to deliver them."),
        ("Four services visit the same street on four days", "None of them knows the other three."),
        ("The pilot worked because of one person", "Now we are asked to do it in forty places."),
        ("Two areas solve the same problem in opposite ways", "Both are proud of it, and one must be wrong."),
    ),
    "regulation": (
        ("Our rule is older than what it regulates", "Good firms ask us to change it; bad ones do not."),
        ("Inspections find paperwork instead of harm", "We count what can be counted in a day."),
        ("Two regulators tell the same firm opposite things", "We are one of the two."),
        ("Nobody reads our guidance", "It is right, complete and two hundred pages long."),
        ("Permits take nine months for no good reason", "Each step is quick; the waiting is between them."),
    ),
    "risk": (
        ("Everything is amber", "The register has not changed a decision in two years."),
        ("We cannot say out loud what might fail this winter", "Whoever says it owns it."),
        ("The board asks for certainty we do not have", "So we make some up, to one decimal place."),
        ("A cyber exercise that nobody will run", "It might show something."),
        ("Our risk appetite is a sentence nobody understands", "Teams read it whichever way suits them."),
    ),
    "funding": (
        ("Savings fall to one department and costs to another", "So nothing happens, though everybody agrees."),
        ("We spend a third of the budget in March", "On what can be bought in March."),
        ("Business cases take longer than the work", "Nine months of approvals for a six-month project."),
        ("A good pilot ends when its money ends", "The evaluation arrives a quarter later."),
        ("Nobody funds maintenance", "It is cheaper to wait until it breaks, for whoever decides."),
    ),
    "climate": (
        ("Half our depots will flood within twenty years", "They are also where the flood equipment is kept."),
        ("Net zero is one person's job", "She is very good, and there are nine thousand of us."),
        ("The greener option loses every appraisal", "We discount the years in which it pays."),
        ("Our heat plan stops at the front door", "Most people who are at risk never come through it."),
        ("We report on carbon and do not decide with it", "The figures arrive after the decision."),
    ),
    "user research": (
        ("Ministers trust one letter more than our research", "The letter is moving, and not typical."),
        ("We design with people who already manage well", "Those who do not are hard to find and easy to miss."),
        ("Our directors have not met a user this year", "They read summaries of summaries."),
        ("The call centre knows everything and is never asked", "What they hear is thrown away each night."),
        ("We test a form, not the reason it exists", "It is now an excellent form."),
    ),
    "leadership": (
        ("My team waits for permission that nobody has to give", "Including mine."),
        ("We reorganise instead of deciding", "The third time in four years."),
        ("Two of my deputies do not speak", "The work is split along the silence."),
        ("I chair eleven boards", "I prepare for none of them."),
        ("After the merger we are still two organisations", "With one logo."),
    ),
}
"""Five for each topic: a title that would do by itself, and a sentence more."""
