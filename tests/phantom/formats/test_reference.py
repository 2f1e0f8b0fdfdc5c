from phantom.formats.reference import render_reference
from phantom.registry import phantom_registry


def test_every_format_says_what_it_reads_and_writes() -> None:
    page = render_reference()
    for name, kind in phantom_registry.phantom_formats.get_all().items():
        assert f"\n## {name}\n\n{(kind.__doc__ or '').splitlines()[0]}" in page
        does = "reads, writes" if kind.can_write() else "reads"
        assert f"| [`{name}`](#{name}) | {does} |" in page
    assert "- `id_separator` (Optional[str]): " in page
    assert "`rejected: false`" in page
