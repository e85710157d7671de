"""Compiles the inner loops ahead of the first round: `python -m service.matching.warming`, said by `make setup`."""

from service.matching.blocks import solve_in_blocks
from service.matching.question import read_question
from service.matching.solve import solve


def warm() -> None:
    """Plays small rounds through, so that what it compiles lies on disk."""
    people = [
        {
            "id": f"{person:02}",
            "problems": [{"id": f"{person:02}", "topics": [str(person % 7), str(person % 5)]}],
            "offers": {"topics": [str(person % 3), str(person % 11)]},
        }
        for person in range(30)
    ]
    question = read_question({"people": people})
    solve(question, seconds=0.1)
    solve_in_blocks(question, seconds=0.1)
    groups = {"people": people, "group_sizes": [[6, 6]] * 5}
    solve(read_question(groups), seconds=0.1)
    solve(read_question(groups | {"help": [], "together": [["00", "01", 1.0]]}), seconds=0.1)


if __name__ == "__main__":
    warm()
