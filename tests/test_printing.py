"""Pages are printed by a real browser, and a browser that is not there or fails costs nothing but a line."""

import os
import select
import stat
from pathlib import Path

import pytest
from real_programs import wanted

from chaos_pizza.errors import UsageError
from chaos_pizza.printing import find_browser, print_page

PAGE = "<!doctype html><title>t</title><h1>To be printed</h1>"


@pytest.fixture
def page(tmp_path):
    file = tmp_path / "a page.html"
    file.write_text(PAGE)
    return file


@pytest.fixture
def only(tmp_path, monkeypatch):
    """Puts a program of one's own on the PATH as the only browser there is."""
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}/usr/bin:/bin")

    def put(script):
        program = programs / "chromium"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    return put


def test_a_page_is_printed(page, tmp_path):
    wanted("chromium")
    pdf = tmp_path / "out.pdf"
    print_page(page, pdf)
    content = pdf.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a page.html", "out.pdf"]


def test_without_a_browser_there_is_a_line_that_says_what_to_install(page, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    if find_browser() is not None:
        pytest.skip("a browser stands at a place that is no matter of the PATH")
    with pytest.raises(
        UsageError, match=r"no browser to print with on the PATH \(looked for chromium, .*\): install one"
    ):
        print_page(page, tmp_path / "out.pdf")


def test_a_browser_that_fails_leaves_the_former_pdf(page, tmp_path, only):
    only("exit 3")
    pdf = tmp_path / "out.pdf"
    pdf.write_bytes(b"%PDF-former")
    with pytest.raises(UsageError, match=r"programs/chromium failed to print the page \(exit code 3\)"):
        print_page(page, pdf)
    assert pdf.read_bytes() == b"%PDF-former"


def test_a_browser_that_prints_nothing_is_found_out(page, tmp_path, only):
    only("exit 0")
    with pytest.raises(UsageError, match="ended without printing"):
        print_page(page, tmp_path / "out.pdf")
    assert not (tmp_path / "out.pdf").exists()


def test_a_browser_that_hangs_is_ended_with_all_it_started(page, tmp_path, only):
    """Both hold a pipe open; it ends when neither is there any more."""
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    only(f'exec 3> "{tmp_path}/pipe"; echo here >&3; sleep 600 & wait')
    with pytest.raises(UsageError, match=r"did not print the page within 0\.5 s; it was ended"):
        print_page(page, tmp_path / "out.pdf", timeout_s=0.5)
    assert os.read(reader, 100) == b"here\n"
    assert select.select([reader], [], [], 10)[0] == [reader]
    assert os.read(reader, 100) == b""
    os.close(reader)


def test_the_browser_has_a_profile_of_its_own_that_is_gone_afterwards(page, tmp_path, only):
    only(f'for each; do echo "$each" >> "{tmp_path}/told"; done; exit 3')
    with pytest.raises(UsageError):
        print_page(page, tmp_path / "out.pdf")
    told = (tmp_path / "told").read_text().splitlines()
    assert told[-1] == page.as_uri()
    assert "--headless" in told
    assert "--disable-background-networking" in told
    assert ("--no-sandbox" in told) == (os.geteuid() == 0)
    profile = next(each.partition("=")[2] for each in told if each.startswith("--user-data-dir="))
    assert not Path(profile).exists()


def test_a_place_that_can_t_be_written_to_is_named(page, tmp_path, only):
    only('for each; do case "$each" in --print-to-pdf=*) printf %%PDF-1.4 > "${each#*=}";; esac; done')
    with pytest.raises(UsageError, match=r"nowhere/out\.pdf can't be written: No such file"):
        print_page(page, tmp_path / "nowhere" / "out.pdf")


def test_a_page_that_is_not_there_is_named(tmp_path, only):
    only("exit 0")
    with pytest.raises(UsageError, match=r"there is no page .*gone\.html to print"):
        print_page(tmp_path / "gone.html", tmp_path / "out.pdf")
