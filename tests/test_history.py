"""Earlier versions: a step back and forward gives the same bytes, nothing is lost on the way, however it was cut off."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from killed import killed_everywhere, needs_fork

from nlp.bulletin import HISTORY
from nlp.errors import SubaoError
from nlp.issue import history
from nlp.issue.history import KEPT, Changed, hold, redo, save, steps, undo, version_of


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """That a write reaches the disk is tested in test_filing; here it would cost seconds."""
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


def standing(folder: Path) -> dict[str, bytes]:
    """The files of an issue, without what is kept of earlier ones."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*"))
        if path.is_file() and HISTORY not in path.parts and path.name != "锁"
    }  # fmt: skip


def write(folder: Path, what: str = "改", **files: str) -> None:
    save(folder, {folder / f"{name}.md": text.encode() for name, text in files.items()}, what)


def test_back_to_the_beginning_and_forward_to_the_end_gives_the_same_bytes(tmp_path):
    versions = []
    for n in range(6):
        write(tmp_path, a=f"第{n}版", **({"b": f"{n}"} if n != 3 else {}))
        versions.append(standing(tmp_path))
    for earlier in reversed(versions[:-1]):
        assert undo(tmp_path).what == "改" and standing(tmp_path) == earlier
    with pytest.raises(SubaoError, match="没有可以撤销"):
        undo(tmp_path)
    for later in versions[1:]:
        redo(tmp_path)
        assert standing(tmp_path) == later
    with pytest.raises(SubaoError, match="没有可以重做"):
        redo(tmp_path)


def test_the_first_write_and_one_without_a_change_are_no_steps(tmp_path):
    write(tmp_path, a="甲")
    write(tmp_path, a="甲")
    assert steps(tmp_path) == [] and not (tmp_path / HISTORY).exists()


def test_a_file_that_came_with_a_step_goes_with_it_and_comes_back(tmp_path):
    write(tmp_path, a="甲")
    write(tmp_path, a="乙", b="新")
    undo(tmp_path)
    assert standing(tmp_path) == {"a.md": "甲".encode()}
    redo(tmp_path)
    assert standing(tmp_path) == {"a.md": "乙".encode(), "b.md": "新".encode()}


def test_what_was_changed_by_hand_comes_back_with_redo(tmp_path):
    write(tmp_path, a="甲")
    write(tmp_path, a="乙")
    (tmp_path / "a.md").write_text("手工", encoding="utf-8")
    assert undo(tmp_path).edited == ("a.md",)
    assert standing(tmp_path)["a.md"] == "甲".encode()
    redo(tmp_path)
    assert standing(tmp_path)["a.md"] == "手工".encode()


def test_redo_does_not_run_over_what_was_written_after_the_undo(tmp_path):
    write(tmp_path, a="甲")
    write(tmp_path, a="乙")
    undo(tmp_path)
    (tmp_path / "a.md").write_text("手工", encoding="utf-8")
    with pytest.raises(SubaoError, match="撤销以后又改过"):
        redo(tmp_path)
    assert standing(tmp_path)["a.md"] == "手工".encode()
    write(tmp_path, a="丙")
    with pytest.raises(SubaoError, match="没有可以重做"):
        redo(tmp_path)
    undo(tmp_path)
    assert standing(tmp_path)["a.md"] == "手工".encode()
    kept = {path.read_bytes().decode() for path in (tmp_path / HISTORY).rglob("a.md")}
    assert {"甲", "乙", "手工", "丙"} <= kept


def test_no_step_forward_leads_into_what_was_undone_and_written_over(tmp_path):
    for text in "甲乙丙":
        write(tmp_path, a=text)
    undo(tmp_path)
    write(tmp_path, a="丁")
    for _ in range(2):
        undo(tmp_path)
    assert standing(tmp_path)["a.md"] == "甲".encode()
    for text in "乙丁":
        redo(tmp_path)
        assert standing(tmp_path)["a.md"] == text.encode()
    with pytest.raises(SubaoError, match="没有可以重做"):
        redo(tmp_path)


def test_a_write_over_another_version_is_refused_and_nothing_is_written(tmp_path):
    write(tmp_path, a="甲", b="一")
    seen = version_of("甲".encode())
    (tmp_path / "a.md").write_text("别处改的", encoding="utf-8")
    with pytest.raises(Changed, match="别处改过"):
        save(tmp_path, {tmp_path / "b.md": b"2", tmp_path / "a.md": b"x"}, "改", {tmp_path / "a.md": seen})
    assert standing(tmp_path) == {"a.md": "别处改的".encode(), "b.md": "一".encode()} and steps(tmp_path) == []
    with pytest.raises(Changed):
        save(tmp_path, {tmp_path / "c.md": b"x"}, "改", {tmp_path / "c.md": seen})


def test_only_the_last_thirty_steps_are_kept(tmp_path):
    for n in range(KEPT + 3):
        write(tmp_path, a=str(n))
    assert len(steps(tmp_path)) == KEPT == len(list((tmp_path / HISTORY).iterdir()))
    for _ in range(KEPT):
        undo(tmp_path)
    assert standing(tmp_path)["a.md"] == b"2"


def test_a_file_that_another_program_holds_open_may_wait(tmp_path):
    write(tmp_path, a="甲")
    (tmp_path / "b.md").mkdir()
    with pytest.raises(SubaoError, match=r"b\.md"):
        save(tmp_path, {tmp_path / "a.md": b"1", tmp_path / "b.md": b"1"}, "改")
    (tmp_path / "b.md").rmdir()
    (tmp_path / "b.md").write_bytes(b"0")
    real = history.write_file

    def busy(path, data, **more):
        if path == tmp_path / "b.md":
            raise SubaoError("正被 Excel 打开")
        return real(path, data, **more)

    history.write_file = busy
    try:
        saved = save(tmp_path, {tmp_path / "b.md": b"1", tmp_path / "a.md": b"2"}, "改", may_wait=[tmp_path / "b.md"])
    finally:
        history.write_file = real
    assert [str(error) for error in saved.refused] == ["正被 Excel 打开"] and saved.written == (tmp_path / "a.md",)


def test_two_writers_wait_for_each_other_and_lose_nothing(tmp_path):
    write(tmp_path, a="")

    def add(letter: str) -> None:
        for _ in range(20):
            with hold(tmp_path):
                text = (tmp_path / "a.md").read_text(encoding="utf-8")
                write(tmp_path, a=text + letter)

    writers = [threading.Thread(target=add, args=(letter,)) for letter in "甲乙"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    text = (tmp_path / "a.md").read_text(encoding="utf-8")
    assert text.count("甲") == text.count("乙") == 20


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("save"), st.dictionaries(st.sampled_from("abc"), st.sampled_from("甲乙丙丁"), min_size=1)),
        st.tuples(st.sampled_from(["undo", "redo"]), st.none()),
        st.tuples(st.just("hand"), st.sampled_from("戊己")),
    ),
    max_size=12,
)


@settings(max_examples=20, deadline=None)
@given(OPERATIONS)
def test_no_text_is_ever_lost_whatever_is_done(tmp_path_factory, operations):
    folder, seen = tmp_path_factory.mktemp("issue"), set()
    for kind, argument in operations:
        try:
            if kind == "save":
                write(folder, **argument)
            elif kind == "hand":
                seen.discard(standing(folder).get("a.md", b"").decode())  # the editor's own loss
                (folder / "a.md").write_text(argument, encoding="utf-8")
            else:
                (undo if kind == "undo" else redo)(folder)
        except SubaoError:
            pass
        assert seen <= {path.read_text(encoding="utf-8") for path in folder.rglob("?.md")}
        seen |= {data.decode() for data in standing(folder).values()}


SETTING = "from nlp.issue.history import hold, redo, save, undo"
WORK = {
    "save": 'save(folder, {folder / "a.md": b"3", folder / "b.md": b"3", folder / "c.md": b"3"}, "3")',
    "undo": "undo(folder)",
    "redo": "redo(folder)",
}


@needs_fork
@pytest.mark.parametrize("kind", WORK)
def test_killed_at_any_write_it_is_as_before_or_finished_by_the_next(tmp_path, kind):
    """Each file is whole; undo and redo are finished by whoever comes next; a save can be undone or done again."""
    begin = tmp_path / "begin"
    for n in "12":
        write(begin, a=n, b=n)
    if kind == "redo":
        undo(begin)
    first, second = ({"a.md": n, "b.md": n} for n in (b"1", b"2"))
    before = first if kind == "redo" else second
    after = {"save": dict.fromkeys(("a.md", "b.md", "c.md"), b"3"), "undo": first, "redo": second}[kind]
    folders = killed_everywhere(begin, SETTING, WORK[kind])
    assert len(folders) >= 10
    for folder in folders:
        if kind == "save":
            found = standing(folder)
            assert all(found.get(name) in (before.get(name), after[name]) for name in after)
            save(folder, {folder / name: data for name, data in after.items()}, "3")  # the same again finishes it
            assert standing(folder).items() >= after.items()
            undo(folder)
            if not standing(folder).items() >= before.items():  # the killed save is a step of its own
                undo(folder)
            assert standing(folder).items() >= before.items() and "c.md" not in standing(folder)
            continue
        history.settle(folder)
        found = standing(folder)
        assert before.items() <= found.items() or after.items() <= found.items()
        if before.items() <= found.items():
            (undo if kind == "undo" else redo)(folder)
        (redo if kind == "undo" else undo)(folder)
        assert standing(folder).items() >= before.items()
