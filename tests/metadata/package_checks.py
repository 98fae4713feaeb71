"""What lies beside the data: Data Packages, CSV on the Web, Croissant, DataCite, archives; the catalog as tables."""

import csv
import gzip
import hashlib
import io
import json
import logging
import os
import tempfile
import warnings
import zipfile
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from built_site import STANDARDS, Report, Site

SMALL_BYTES = 200_000
SAMPLE = 4  # of archives: the validator of RO-Crate takes six seconds for each
CRATE_CONTEXT = "https://w3id.org/ro/crate/1.2/context"


def read_standard(path: str) -> Any:
    """Reads a JSON schema from the copies beside this file."""
    return json.loads((STANDARDS / path).read_bytes())


def check_data_json(site: Site, report: Report) -> None:
    """`data.json` satisfies data.gov's schemas of DCAT-US 1.1, the catalog's and the one of datasets."""
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    schemas = {name: read_standard(f"dcat-us-1.1/{name}.json") for name in ("catalog", "non-federal_dataset")}
    # The catalog's schema names the other one `dataset.json`; it is the harvester's choice which one that is.
    name = schemas["catalog"]["$id"].rpartition("/")[0] + "/dataset.json"
    registry = Registry().with_resource(name, Resource.from_contents(schemas["non-federal_dataset"]))
    catalog = site.json("data.json")
    for error in Draft202012Validator(schemas["catalog"], registry=registry).iter_errors(catalog):
        report.fail("data.json", f"{error.json_path}: {error.message[:300]}")
    report.saw("datasets", len(catalog["dataset"]))
    n_expected = len(site.dataset_ids)
    report.demand(len(catalog["dataset"]) == n_expected, "data.json", f"{n_expected} datasets are on the site")


def as_text(value: object) -> str:
    """Writes a cell of a workbook as CSV would hold it."""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def check_catalog_tables(site: Site, report: Report) -> None:
    """`catalog.csv` and `catalog.xlsx` hold the same rows, one for each dataset at least."""
    import openpyxl

    rows = list(csv.reader(io.StringIO(site.text("catalog.csv").removeprefix("\ufeff"), newline=""), strict=True))
    sheet = openpyxl.load_workbook(site.root / "catalog.xlsx", read_only=True).worksheets[0]
    cells = [[as_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    report.saw("rows", len(rows) - 1)
    report.demand(len({len(row) for row in rows}) == 1, "catalog.csv", "rows of several widths")
    report.demand(len(rows) - 1 >= len(site.dataset_ids), "catalog.csv", "fewer rows than datasets")
    report.demand(len(rows) == len(cells), "catalog.xlsx", f"{len(cells)} rows, the CSV has {len(rows)}")
    for idx, (one, other) in enumerate(zip(rows, cells), 1):
        other = other + [""] * (len(one) - len(other))
        report.demand(one == other, "catalog.xlsx", f"row {idx} differs from the CSV: {other} and {one}")


def package_errors(file: Path, report: Report) -> list[str]:
    """Validates a Data Package: the tables row by row, the other resources by their size and digest.

    A resource without a type is no table, says the profile; frictionless would take providers' own files for tables.
    """
    import frictionless

    package = json.loads(file.read_bytes())
    for resource in package["resources"]:
        resource.setdefault("type", "file")
    found = frictionless.validate(package, basepath=str(file.parent))
    report.saw("resources", len(found.tasks))
    errors = [f"{task.name}: {error.type}: {error.message}" for task in found.tasks for error in task.errors]
    return [f"{error.type}: {error.message}" for error in found.errors] + errors


def check_data_package(site: Site, report: Report) -> None:
    """Data Packages satisfy the 2.0 profile; frictionless reads their tables, all small ones and some large ones."""
    from jsonschema import Draft7Validator

    profile = Draft7Validator(read_standard("datapackage-2.0/datapackage.json"))
    small: list[str] = []
    large: list[str] = []
    for file in site.find("datasets/*/datapackage.json"):
        package = site.json(file)
        for error in profile.iter_errors(package):
            report.fail(file, f"{error.json_path}: {error.message[:300]}")
        sizes = [item.get("bytes", 0) for item in package["resources"] if item.get("type") == "table"]
        (small if sum(sizes) <= SMALL_BYTES else large).append(file)
        report.saw("profiles")
    sample = site.sample(large, 6)
    report.notes.append(f"tables of {len(small)} small and {len(sample)} of {len(large)} large packages read")
    for file in small + sample:
        with report.guard(file):
            for message in package_errors(site.root / file, report):
                report.fail(file, message)


def check_csvw(site: Site, report: Report) -> None:
    """Each CSV has its description, and a reader of CSV on the Web finds the columns that the CSV has."""
    from csvw import CSVW

    tables = site.find("datasets/*/data/*.csv")
    deep = set(site.sample([table for table in tables if (site.root / table).stat().st_size <= SMALL_BYTES], 48))
    report.notes.append(f"all rows of {len(deep)} read")
    for table in tables:
        file = f"{table}-metadata.json"
        if not report.demand((site.root / file).is_file(), file, "is missing"):
            continue
        with report.guard(file), warnings.catch_warnings():
            warnings.simplefilter("always")  # by warnings it tells what is wrong
            package = CSVW(str(site.root / file), validate=True)
            is_valid = table not in deep or package.is_valid
            report.demand(is_valid and not package.warnings, file, [str(item.message) for item in package.warnings[:3]])
            columns = [column for column in package.tables[0].tableSchema.columns if not column.virtual]
            names = [column.titles.getfirst() if column.titles else column.name for column in columns]
            with (site.root / table).open(encoding="utf-8-sig", newline="") as lines:
                header = next(csv.reader(lines))
            report.demand(names == header, file, f"columns {names}, the CSV has {header}")
            report.saw("descriptions")


def croissant_records(site: Site, report: Report, file: str) -> None:
    """Loads a Croissant file as a client would, over HTTP, and reads the first records of each record set."""
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=f"{site.address}/{file}")
    for warning in dataset.metadata.ctx.issues.warnings:
        report.fail(file, f"warning: {warning}")
    tables = site.find(f"{Path(file).parents[1]}/data/*.csv")
    sets = dataset.metadata.record_sets
    report.demand(bool(sets) == bool(tables), file, f"{len(sets)} record sets, {len(tables)} tables")
    for record_set in sets:
        records = list(islice(dataset.records(record_set.uuid), 5))
        report.saw("record sets")
        report.saw("records", len(records))
        n_fields = len(record_set.fields)
        report.demand(records and all(len(record) == n_fields for record in records), file,
                      f"{record_set.uuid}: {len(records)} records read, {n_fields} fields each expected")


def check_croissant(site: Site, report: Report) -> None:
    """Croissant files load without an error or a warning, and their record sets give records."""
    with tempfile.TemporaryDirectory() as cache_folder:
        # Both are read at import: downloads must not come from an older run, and their progress is of no interest.
        os.environ |= {"CROISSANT_CACHE": cache_folder, "TQDM_DISABLE": "1"}
        logging.getLogger("absl").setLevel(logging.ERROR)
        for file in site.find("datasets/*/metadata/croissant.jsonld"):
            with report.guard(file):
                croissant_records(site, report, file)
            report.saw("files")
    with_tables = {Path(table).parts[1] for table in site.find("datasets/*/data/*.csv")}
    described = {Path(file).parts[1] for file in site.find("datasets/*/metadata/croissant.jsonld")}
    report.demand(with_tables <= described, "datasets", f"tables but no Croissant: {sorted(with_tables - described)}")


def check_datacite(site: Site, report: Report) -> None:
    """DataCite XML satisfies the XSD of 4.7, DataCite JSON the package's schema of 4.5."""
    from datacite import schema45
    from lxml import etree

    xsd = etree.XMLSchema(etree.parse(str(STANDARDS / "datacite-4.7/metadata.xsd")))
    for dataset in site.dataset_ids:
        xml, jsonfile = (f"datasets/{dataset}/metadata/datacite.{ending}" for ending in ("xml", "json"))
        with report.guard(xml):
            if not xsd.validate(etree.fromstring(site.read(xml)).getroottree()):
                report.fail(xml, xsd.error_log.last_error)
            report.saw("XML")
        with report.guard(jsonfile):
            for error in schema45.validator.iter_errors(site.json(jsonfile)):
                report.fail(jsonfile, f"{error.json_path}: {error.message[:300]}")
            report.saw("JSON")


def check_sums(report: Report, file: str, archive: zipfile.ZipFile) -> None:
    """The digests inside an archive are true, and no file of data goes without one."""
    names = set(archive.namelist())
    lines = [line.split("  ", 1) for line in archive.read("SHA256SUMS").decode().splitlines()]
    listed = {name: digest for digest, name in lines}
    report.demand(listed.keys() <= names, file, f"SHA256SUMS names {sorted(listed.keys() - names)}")
    without = {name for name in names - listed.keys() if name.startswith(("files/", "data/"))}
    report.demand(not without, file, f"without a digest: {sorted(without)}")
    for name in listed.keys() & names:
        is_true = hashlib.sha256(archive.read(name)).hexdigest() == listed[name]
        report.demand(is_true, file, f"{name} is not what SHA256SUMS says")
        report.saw("digests")


def fill_cache(path: Path) -> None:
    """Puts the copy of RO-Crate's context where the validator keeps web pages: it needs no network then."""
    from requests import Request, Response
    from requests_cache import CachedSession
    from urllib3 import HTTPResponse

    body = gzip.decompress((STANDARDS / "ro-crate/context-1.2.jsonld.gz").read_bytes())
    response = Response()
    response.url, response.status_code, response._content = CRATE_CONTEXT, 200, body
    response.headers["Content-Type"] = "application/ld+json"
    response.raw = HTTPResponse(io.BytesIO(body), request_url=CRATE_CONTEXT, preload_content=False)
    response.request = Request("GET", CRATE_CONTEXT).prepare()
    with CachedSession(str(path), expire_after=-1) as session:
        session.cache.save_response(response)


def check_crate(report: Report, file: str, folder: Path, cache_path: Path) -> None:
    """Two readers of RO-Crate take an unpacked archive."""
    from rocrate.rocrate import ROCrate
    from rocrate_validator import services

    crate = ROCrate(folder)
    report.demand(crate.root_dataset.get("name"), file, "the RO-Crate has no name")
    described = {unquote(entity.id) for entity in crate.data_entities if "://" not in entity.id}
    missing = sorted(name for name in described if not (folder / name).exists())
    report.demand(not missing, file, f"the RO-Crate describes what is not there: {missing}")
    held = {str(path.relative_to(folder)) for part in ("files", "data") for path in folder.glob(f"{part}/**/*.*")}
    report.demand(held <= described, file, f"the RO-Crate does not describe {sorted(held - described)}")
    settings = services.ValidationSettings(
        rocrate_uri=str(folder), profile_identifier="ro-crate-1.2", requirement_severity="REQUIRED", offline=True,
        cache_path=cache_path, skip_availability_check=True)
    for issue in services.validate(settings).get_issues():
        report.fail(file, f"RO-Crate: {issue.check.identifier}: {issue.message}")
    report.saw("crates")


def check_archives(site: Site, report: Report) -> None:
    """Archives hold what they say; in a sample the Data Package and the RO-Crate are read from the unpacked folder."""
    archives = site.find("datasets/*/*.zip")
    sizes = {file: (site.root / file).stat().st_size for file in archives}
    sample = site.sample([file for file in archives if sizes[file] <= SMALL_BYTES], SAMPLE)
    report.notes.append(f"{len(sample)} unpacked and read")
    with tempfile.TemporaryDirectory() as work:
        fill_cache(Path(work) / "pages")
        for file in archives:
            with report.guard(file), zipfile.ZipFile(site.root / file) as archive:
                unflagged = [item.filename for item in archive.infolist()
                             if not item.filename.isascii() and not item.flag_bits & 0x800]
                report.demand(not unflagged, file, f"no UTF-8 flag: {unflagged}")
                check_sums(report, file, archive)
                json.loads(archive.read("ro-crate-metadata.json"))
                report.saw("archives")
                if file in sample:
                    folder = Path(work) / "unpacked" / Path(file).stem
                    archive.extractall(folder)
                    read_unpacked(report, file, folder, Path(work) / "pages")


def read_unpacked(report: Report, file: str, folder: Path, cache_path: Path) -> None:
    """Reads an archive as one who unpacked it."""
    with report.guard(f"{file}: datapackage.json"):
        for message in package_errors(folder / "datapackage.json", report):
            report.fail(file, message)
    with report.guard(f"{file}: ro-crate-metadata.json"):
        check_crate(report, file, folder, cache_path)
