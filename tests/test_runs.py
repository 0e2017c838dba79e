import pytest

from adamlib.runs import collect, size


@pytest.fixture
def shown(monkeypatch):
    """What the page shows, in order."""
    pages = []

    class Handle:
        def update(self, page):
            pages.append(page.data)

    def display(page, display_id):
        pages.append(page.data)
        return Handle()

    monkeypatch.setattr("adamlib.runs.display", display)
    return pages


def test_the_size_of_an_experiment(monkeypatch):
    monkeypatch.delenv("ADAMLIB_SIZE", raising=False)
    assert size() == size(False) == "laptop" and size(True) == "full"
    monkeypatch.setenv("ADAMLIB_SIZE", "smoke")
    assert size() == size(True) == "smoke"
    monkeypatch.setenv("ADAMLIB_SIZE", "tiny")
    with pytest.raises(ValueError, match="ADAMLIB_SIZE is 'tiny'; it may be smoke, laptop, full"):
        size()


def test_each_job_is_run_once(shown):
    calls = []
    jobs = {("adam", seed): lambda seed=seed: calls.append(seed) or seed**2 for seed in range(3)}
    done = {}
    assert collect(jobs, done) is done == {("adam", 0): 0, ("adam", 1): 1, ("adam", 2): 4}
    assert collect(jobs, done) == done and calls == [0, 1, 2]
    assert '1 of 3 trainings done, now adam, 1 <progress value="1" max="3">' in shown[2]
    assert shown[-1] == "<p>3 of 3 trainings done</p>"


def test_an_interrupt_keeps_what_is_done(shown, capsys):
    def stop():
        raise KeyboardInterrupt

    done = collect({"a": lambda: 1, "b": stop, "c": lambda: 3}, {})
    assert done == {"a": 1} and shown[-1] == "<p>1 of 3 trainings done</p>"
    assert "Run the cell again for the rest" in capsys.readouterr().out
    assert collect({"a": stop, "b": lambda: 2, "c": lambda: 3}, done) == {"a": 1, "b": 2, "c": 3}


def test_an_error_in_a_job_is_not_swallowed(shown):
    with pytest.raises(ZeroDivisionError):
        collect({"a": lambda: 1 / 0}, {})
    assert shown[-1] == "<p>0 of 1 trainings done</p>"
