"""The machine that figures are told of."""

from bench_machine import PROGRAMS, processor_of, this_machine


def test_the_processor_is_the_model_that_linux_names():
    assert processor_of("processor\t: 0\nmodel name\t: AMD  EPYC \nmodel name\t: B\n") == "AMD EPYC"
    assert processor_of("processor : 0\nmodel name :\n") is None


def test_everything_that_a_figure_depends_on_is_told():
    told = this_machine().told()
    assert all(told.values())
    assert all(program in told["Versions"] for program in PROGRAMS)
