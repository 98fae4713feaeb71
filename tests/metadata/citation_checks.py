"""Citations: every form of one is read by the program that people would give it to, and all say the same."""

import json
from typing import Any

from built_site import STANDARDS, Report, Site

STYLE = STANDARDS / "csl/gb-t-7714-2025-numeric-bilingual.csl"


def render(item: dict[str, Any]) -> str:
    """Writes a reference by GB/T 7714-2025, as reference managers do."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    style = CitationStylesStyle(str(STYLE), validate=False)  # the style is CSL-M in parts
    bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    return str(bibliography.bibliography()[0])


def essentials(item: dict[str, Any]) -> list[str]:
    """The texts that every form of a reference must have."""
    names = [author.get("literal") or author.get("family", "") for author in item["author"]]
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    day = "-".join(f"{int(part):02}" for part in parts)
    return [*names, item["title"], item["URL"], *([day] if day else [])]


def lacking(text: str, wanted: list[str]) -> list[str]:
    """The texts that another text does not have; spaces aside, which styles set by script."""
    squeezed = "".join(text.split())
    return [part for part in wanted if "".join(part.split()) not in squeezed]


def check_bibtex(site: Site, report: Report, file: str, item: dict[str, Any]) -> None:
    """BibTeX parses into one entry with the title and address."""
    import bibtexparser

    library = bibtexparser.parse_string(site.text(file))
    report.demand(not library.failed_blocks and len(library.entries) == 1, file,
                  f"{len(library.entries)} entries, {len(library.failed_blocks)} broken")
    fields = {field.key.lower(): str(field.value) for field in library.entries[0].fields}
    report.demand({"title", "url"} <= fields.keys(), file, f"fields {sorted(fields)}")
    bare = fields["title"].translate(str.maketrans("", "", "{}\\"))
    report.demand(not lacking(bare, [item["title"].translate(str.maketrans("", "", "{}\\"))]), file, f"title {bare}")


def check_ris(site: Site, report: Report, file: str, item: dict[str, Any]) -> None:
    """RIS parses into one reference with the title and address."""
    import rispy

    entries = rispy.loads(site.text(file))
    report.demand(len(entries) == 1, file, f"{len(entries)} references")
    values = [*entries[0].values(), *entries[0].get("urls", [])]
    missing = [text for text in (item["title"], item["URL"]) if text not in values]
    report.demand(not missing, file, f"without {missing}")


def check_cff(site: Site, report: Report, file: str, item: dict[str, Any]) -> None:
    """CITATION.cff satisfies its schema."""
    from cffconvert import Citation

    citation = Citation(site.text(file))
    citation.validate()
    report.demand(citation.cffobj["title"] == item["title"], file, f"title {citation.cffobj['title']}")


FORMS = {"citation.bib": check_bibtex, "citation.ris": check_ris, "CITATION.cff": check_cff}


def check_citations(site: Site, report: Report) -> None:
    """BibTeX, RIS, CSL-JSON, CITATION.cff and the text of each dataset; a sample is rendered by GB/T 7714-2025."""
    from jsonschema import Draft7Validator

    schema = Draft7Validator(json.loads((STANDARDS / "csl/csl-data.json").read_bytes()))
    sample = site.sample(site.dataset_ids, 40)
    report.notes.append(f"{len(sample)} rendered")
    for dataset in site.dataset_ids:
        folder = f"datasets/{dataset}/cite"
        csl, text = f"{folder}/citation.csl.json", f"{folder}/citation.txt"
        with report.guard(csl):
            items = site.json(csl)
            for error in schema.iter_errors(items):
                report.fail(csl, f"{error.json_path}: {error.message[:300]}")
            report.demand(len(items) == 1, csl, f"{len(items)} references")
            for name, check in FORMS.items():
                with report.guard(f"{folder}/{name}"):
                    check(site, report, f"{folder}/{name}", items[0])
                report.saw(name)
            missing = lacking(site.text(text), [*essentials(items[0]), "[DS/OL]"])
            report.demand(not missing, text, f"without {missing}")
            if dataset in sample:
                rendered = render(items[0])
                missing = lacking(rendered, essentials(items[0]))
                report.demand(not missing, csl, f"rendered without {missing}: {rendered}")
        report.saw("datasets")
