"""`unstuck match`: a question in, an answer out, and the checker that believes neither."""

import json
import random
import time
from pathlib import Path

import pytest
from distributed import LocalCluster

from service.matching.blocks import running
from tests.service_process import unstuck
from tests.test_command_line import refused, say, told


def question(people: int = 12, seed: int = 1, **more: object) -> dict[str, object]:
    """People of different organisations, each stuck on something that somebody else offers."""
    draw = random.Random(seed)
    topics = ("risk", "housing", "digital", "grants")
    return {
        "people": [
            {
                "id": f"p{number}",
                "organisation": f"org {number % 5}",
                "slots": draw.sample(["mon-am", "tue-pm", "wed-am"], 2),
                "problems": [{"id": f"problem {number}", "topics": [draw.choice(topics)], "text": "We are stuck."}],
                "offers": {"topics": [draw.choice(topics)], "text": "I have done this."},
            }
            for number in range(people)
        ],
        **more,
    }


def asked(folder: Path, about: object) -> Path:
    path = folder / "input.json"
    path.write_text(about if isinstance(about, str) else json.dumps(about))
    return path


def answered(folder: Path, about: object, *options: object) -> Path:
    output = folder / "output.json"
    result = say("match", asked(folder, about), "--seconds", "0.2", "--output", output, *options)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    return output


def test_an_answer_places_people_and_passes_the_check(tmp_path):
    output = answered(tmp_path, question())
    answer = json.loads(output.read_text())
    assert answer["status"] in ("optimal", "feasible")
    assert answer["placed"] == sum(len(each["people"]) for each in answer["sets"]) > 0
    assert answer["value"] == pytest.approx(sum(sum(each["terms"].values()) for each in answer["sets"]))
    result = say("match", "--check", tmp_path / "input.json", output)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_without_output_the_answer_is_printed(tmp_path):
    assert told(say("match", asked(tmp_path, question(8)), "--seconds", "0.1"))["sets"]


def test_the_order_of_the_lists_changes_nothing(tmp_path):
    about = question()
    first = json.loads(answered(tmp_path, about).read_text())
    assert isinstance(about["people"], list)
    about["people"].reverse()
    assert json.loads(answered(tmp_path, about).read_text())["result_hash"] == first["result_hash"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.update(value=answer["value"] + 1),
        lambda answer: answer["sets"][0]["people"].pop(),
        lambda answer: answer["sets"][0]["people"].append(answer["sets"][-1]["people"][0]),
        lambda answer: answer["sets"][0].update(slots=["sun-pm"]),
        lambda answer: answer.update(placed=answer["placed"] + 1),
        lambda answer: answer.update(upper_bound=answer["value"] - 5),
        lambda answer: answer.update(result_hash="0" * 64),
    ],
)
def test_whatever_is_wrong_with_an_answer_is_found(tmp_path, spoil):
    output = answered(tmp_path, question())
    answer = json.loads(output.read_text())
    spoil(answer)
    output.write_text(json.dumps(answer))
    result = say("match", "--check", tmp_path / "input.json", output)
    assert isinstance(result.exception, SystemExit), f"a traceback: {result.exception!r}"
    assert result.exit_code == 1
    assert result.stdout.strip()


def test_what_cannot_be_is_an_answer_and_names_the_rules(tmp_path):
    people = [{"id": each, "organisation": "the only one"} for each in "abcd"]
    answer = json.loads(answered(tmp_path, {"people": people, "rules": {"place_everyone": True}}).read_text())
    assert answer["status"] == "infeasible"
    assert answer["clashing_rules"]
    assert all(" " in sentence for sentence in answer["clashing_rules"])


def test_nobody_placeable_is_no_failure(tmp_path):
    people = [{"id": each, "organisation": "the only one"} for each in "abcd"]
    answer = json.loads(answered(tmp_path, {"people": people}).read_text())
    assert (answer["status"], answer["placed"]) == ("optimal", 0)
    assert len(answer["unplaced"]) == 4


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ("{", "JSON"),
        ("[]", ""),
        ("{}", "people"),
        ({"people": "everybody"}, "people"),
        ({"people": [{"id": "a", "organisation": "x"}, {"id": "a", "organisation": "y"}]}, "a"),
        (question(4, help=[["p0", "nothing", 3.0]]), "nothing"),
        (question(4, together=[["p0", "nobody", 3.0]]), "nobody"),
        (question(4, size={"min": 5, "max": 3}), "size"),
        (question(4, help=[["p0", "problem 1", "much"]]), "help"),
        (question(4, sizes={}), "sizes"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_a_sentence(tmp_path, about, sentence):
    assert sentence in refused(say("match", asked(tmp_path, about), "--seconds", "0.1"))


def test_unknown_people_in_the_past_are_counted_and_ignored(tmp_path):
    about = question(8, past=[{"people": ["p0", "gone"], "rounds_ago": 1}], avoid=[["p0", "gone"]])
    assert say("match", asked(tmp_path, about), "--seconds", "0.1").exit_code == 0


def test_files_that_are_not_there_are_named(tmp_path):
    asked(tmp_path, question(4))
    assert "none.json" in refused(say("match", tmp_path / "none.json"))
    assert "none.json" in refused(say("match", "--check", tmp_path / "input.json", tmp_path / "none.json"))
    (tmp_path / "bad.json").write_bytes(b"\xff{")
    assert "bad.json" in refused(say("match", "--check", tmp_path / "input.json", tmp_path / "bad.json"))
    for deep in ("[" * 100_000, '{"status": ' + "[" * 985 + "{}" + "]" * 985 + "}"):
        (tmp_path / "deep.json").write_text(deep)
        assert "deep.json" in refused(say("match", "--check", tmp_path / "input.json", tmp_path / "deep.json"))
    (tmp_path / "twice.json").write_text('{"status": "optimal", "status": "feasible"}')
    assert "each field once" in refused(say("match", "--check", tmp_path / "input.json", tmp_path / "twice.json"))
    (tmp_path / "list.json").write_text("[]")
    refused(say("match", "--check", tmp_path / "input.json", tmp_path / "list.json"))


def test_an_answer_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    nowhere = tmp_path / "nowhere" / "output.json"
    assert "cannot be written" in refused(
        say("match", asked(tmp_path, question(4)), "--seconds", "0.1", "--output", nowhere, "--scheduler", "no:address")
    )


def test_that_the_answer_can_be_written_is_tried_first_and_changes_nothing(tmp_path):
    kept, new = tmp_path / "kept.json", tmp_path / "new.json"
    kept.write_text("what was there")
    for output in (kept, new):
        refused(say("match", asked(tmp_path, question(4)), "--output", output, "--scheduler", "no:address"))
    assert kept.read_text() == "what was there"
    assert not new.exists()


@pytest.fixture
def hurried(monkeypatch):
    """A scheduler is waited for less long."""
    monkeypatch.setattr(running, "PATIENCE", 1)


def test_workers_of_a_scheduler_that_runs_share_the_work(hurried, tmp_path):
    how = {"processes": False, "protocol": "tcp", "host": "127.0.0.1", "dashboard_address": None}
    with LocalCluster(n_workers=1, **how) as cluster:
        there = cluster.scheduler_address
        answer = json.loads(answered(tmp_path, question(460), "--scheduler", there).read_text())
        cluster.scale(0)
        assert "has no workers" in refused(say("match", asked(tmp_path, question(4)), "--scheduler", there))
    alone = json.loads(answered(tmp_path, question(460)).read_text())
    assert answer["result_hash"] == alone["result_hash"]


def test_a_scheduler_that_is_not_there_is_said_in_a_sentence(tmp_path):
    file = asked(tmp_path, question(4))
    for address in ("nonsense://here:80", "tcp://here", "here:8786", ""):
        assert "no address of a Dask scheduler" in refused(say("match", file, "--scheduler", address))
    nobody = unstuck("match", file, "--scheduler", "tcp://127.0.0.1:1")  # a process of its own, for Dask keeps threads
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert nobody.stderr.startswith("unstuck: No Dask scheduler answers at tcp://127.0.0.1:1")


TEN = question(10)["people"]
CROWD = [{"id": str(n)} for n in range(300)]
ODD: dict[str, dict[str, object]] = {
    "nobody": {"people": []},
    "one person": {"people": [{"id": "a"}]},
    "one person, whom everybody has to be": {"people": [{"id": "a"}], "rules": {"place_everyone": True}},
    "one organisation": {"people": [{"id": str(n), "organisation": "x"} for n in range(40)]},
    "one organisation, everybody to be placed": {
        "people": [{"id": str(n), "organisation": "x"} for n in range(14)],
        "rules": {"place_everyone": True},
    },
    "everybody avoids everybody": {
        "people": [{"id": str(n)} for n in range(40)],
        "avoid": [[str(n), str(m)] for n in range(40) for m in range(n)],
    },
    "sets larger than any round": {"people": TEN, "size": {"min": 1, "max": 1_000_000_000, "target": 5}},
    "sets of any size for many": {"people": CROWD, "size": {"min": 1, "max": 1_000_000_000, "target": 5}},
    "sets of a hundred and more": {"people": CROWD, "size": {"min": 100, "max": 200, "target": 150}},
    "groups of any size": {"people": CROWD[:60], "group_sizes": [[1, 1_000_000_000]] * 5},
    "more groups than people": {"people": TEN, "group_sizes": [[1, 1]] * 1000},
    "everybody to be placed, of two organisations": {
        "people": [{"id": str(n), "organisation": str(n % 2)} for n in range(150)],
        "rules": {"place_everyone": True},
    },
    "groups larger than there are organisations": {
        "people": [{"id": str(n), "organisation": str(n % 4)} for n in range(150)],
        "group_sizes": [[5, 5]] * 30,
    },
    "groups that nobody fills": {"people": [], "group_sizes": [[1, 1]]},
    "nobody is free when anybody is": {"people": [{"id": str(n), "slots": [str(n)]} for n in range(40)]},
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_but_can_be_meant_is_answered_in_good_time_and_passes_the_check(tmp_path, name):
    began = time.process_time()
    output = answered(tmp_path, ODD[name])
    assert time.process_time() - began < 10
    assert say("match", "--check", tmp_path / "input.json", output).exit_code == 0
    answer = json.loads(output.read_text())
    assert answer["placed"] == sum(len(each["people"]) for each in answer["sets"])
    if answer["status"] == "infeasible":
        assert answer["clashing_rules"]


@pytest.mark.parametrize(
    "about",
    [
        "",
        "null",
        "hello",
        "[" * 100_000,
        '{"people": [{"id": "a"}, {"id": "b"}], "together": [["a", "b", NaN]]}',
        '{"people": [{"id": "a"}, {"id": "b"}], "together": [["a", "b", 1e999]]}',
        '{"people": [{"id": "a"}, {"id": "b"}], "together": [["a", "b", -Infinity]]}',
        '{"people": [{"id": "a"}, {"id": "b"}], "weights": {"help": 1e300}}',
        '{"people": [{"id": "a"}], "size": {"min": -1}}',
        '{"people": [{"id": "a"}], "size": {"penalty": -1}}',
        '{"people": [{"id": "a"}], "size": {"min": 2.5}}',
        '{"people": [{"id": "a"}], "rules": {"max_per_organisation": 0}}',
        '{"people": [{"id": "a"}], "rules": {"cooldown_rounds": -1}}',
        '{"people": [{"id": "a", "waited_rounds": -1}]}',
        '{"people": [{"id": "a", "waited_rounds": 1000000000000000000}]}',
        '{"people": [{"id": "a"}], "group_sizes": [[-1, 2]]}',
        '{"people": [{"id": ""}]}',
        '{"people": [{"id": "a", "problems": [{"id": "p"}]}, {"id": "b", "problems": [{"id": "p"}]}]}',
    ],
)
def test_what_no_round_can_mean_is_refused_in_one_sentence(tmp_path, about):
    said = refused(say("match", asked(tmp_path, about), "--seconds", "0.1"))
    assert len(said.strip().splitlines()) == 1
    assert len(said) < 300


def test_a_file_of_two_hundred_megabytes_is_refused_unread(tmp_path):
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    began = time.process_time()
    assert "200 MB" in refused(say("match", large))
    assert time.process_time() - began < 2
