"""The page that holds the last run's table: what a run writes stands between two marks, all else is people's."""

BEGIN = "<!-- benchmarks -->"
END = "<!-- end of benchmarks -->"


def with_report(page: str, report: str) -> str:
    """Return the page with a run's report in place of the former one's; `ValueError` where a mark isn't there once."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"the page needs {BEGIN} and after it {END}, each of them once")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{report.strip()}\n\n{END}{after}"
