"""The two interfaces for programs: the static API that openapi.json describes, and CKAN's as its client reads it."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote, urljoin
from urllib.request import urlopen

from built_site import Report, Site

DOCUMENT = "urn:openapi"
PACKAGE = set("id title notes resources tags organization license_id metadata_modified".split())


def fetch(url: str) -> tuple[str, bytes]:
    """Gets an address; answers media type and body. Raises where the status is not 200."""
    with urlopen(url, timeout=30) as answer:
        return answer.headers.get_content_type(), answer.read()


def values(site: Site, path: str, parameter: dict[str, Any], dataset: str) -> list[str]:
    """The values to try for a parameter of a path: a dataset and its tables, else the document's own examples."""
    name = parameter["name"]
    if any(f"{before}/{{{name}}}" in path for before in ("datasets", "package_show")) and name != "page":
        return [dataset]
    if name == "table":
        tables = site.find(f"api/v1/datasets/{dataset}/*/schema.json")
        return [table.split("/")[-2] for table in tables[:1]]
    examples = [item["value"] for item in parameter.get("examples", {}).values()]
    examples += [holder["example"] for holder in (parameter, parameter.get("schema", {})) if "example" in holder]
    examples += parameter.get("schema", {}).get("examples", [])[:1]
    return [str(example) for example in examples[:1]]


def resolve(document: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """Follows a reference inside the document."""
    for part in value.get("$ref", "#").removeprefix("#").split("/")[1:]:
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document if "$ref" in value else value


def calls(site: Site, document: dict[str, Any], path: str) -> Iterator[str]:
    """The paths to call for a template: with the first, the middle and the last dataset that have what it asks for."""
    item = document["paths"][path]
    stated = item.get("parameters", []) + item["get"].get("parameters", [])
    parameters = [resolve(document, parameter) for parameter in stated]
    parameters = [parameter for parameter in parameters if parameter["in"] == "path"]
    fitting: dict[str, None] = {}
    for dataset in site.dataset_ids:
        for choice in product(*(values(site, path, parameter, dataset) for parameter in parameters)):
            filled = path
            for parameter, value in zip(parameters, choice):
                filled = filled.replace("{" + parameter["name"] + "}", quote(value, safe=""))
            fitting[filled] = None
    yield from (filled for filled in site.sample(list(fitting), 3) if "{" not in filled)


def check_openapi(site: Site, report: Report) -> None:
    """openapi.json is OpenAPI 3.1, and what it promises is what the site answers."""
    from jsonschema import Draft202012Validator
    from openapi_spec_validator import OpenAPIV31SpecValidator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    document = site.json("openapi.json")
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        report.fail("openapi.json", f"{error.json_path}: {error.message[:300]}")
    servers = [server["url"].rstrip("/") for server in document.get("servers", [])]
    report.demand(servers == [site.base_url], "openapi.json", f"servers {servers}")
    registry = Registry().with_resource(DOCUMENT, Resource.from_contents(document, DRAFT202012))
    for path, item in document["paths"].items():
        filled = list(calls(site, document, path))
        report.demand(filled, "openapi.json", f"{path}: no dataset and no example to try it with")
        report.saw("paths")
        contents = resolve(document, item["get"]["responses"]["200"]).get("content", {})
        for call in filled:
            with report.guard(f"openapi.json: {call}"):
                kind, body = fetch(site.address + call)
                report.demand(kind in contents, call, f"{kind} is sent, {sorted(contents)} promised")
                schema = contents.get(kind, {}).get("schema")
                if schema and kind == "application/json":
                    validator = Draft202012Validator(located(schema), registry=registry)
                    check_answer(report, call, json.loads(body), validator)
            report.saw("calls")


def located(schema: Any) -> Any:
    """Makes references inside the document absolute, so that the registry finds them."""
    if isinstance(schema, dict):
        return {key: DOCUMENT + value if key == "$ref" else located(value) for key, value in schema.items()}
    return [located(item) for item in schema] if isinstance(schema, list) else schema


def check_answer(report: Report, call: str, answer: Any, validator: Any) -> None:
    """An answer fits its schema."""
    for error in list(validator.iter_errors(answer))[:3]:
        report.fail(call, f"{error.json_path}: {error.message[:300]}")


def check_paging(site: Site, report: Report) -> None:
    """Following `next` from the first page of datasets gives every dataset once."""
    found, seen, url = [], set(), f"{site.address}/api/v1/datasets/page/1.json"
    while url and url not in seen:
        seen.add(url)
        page = json.loads(fetch(url)[1])
        found += [item["id"] for item in page["items"]]
        url = page.get("next") and urljoin(url, page["next"])
    report.demand(not url, "api/v1/datasets/", "`next` leads in a circle")
    report.saw("pages", len(seen))
    report.saw("datasets", len(found))
    known = sorted(site.dataset_ids)
    report.demand(sorted(found) == known, "api/v1/datasets/", f"{len(found)} items, {len(known)} datasets on the site")


def check_ckan(site: Site, report: Report) -> None:
    """CKAN's own client finds everything; showing one by `?id=` needs the rewrite of the server snippets."""
    from ckanapi import RemoteCKAN

    client = RemoteCKAN(site.address, get_only=True, user_agent="kaishu")
    folder = "api/3/action"
    for name in ("site_read", "status_show", "package_list", "package_search", "organization_list", "tag_list",
                 "license_list"):
        with report.guard(f"{folder}/{name}"):
            answer = client.call_action(name)
            report.demand(answer, f"{folder}/{name}", f"answers {answer!r}")
            report.saw("actions")
    known = sorted(site.dataset_ids)
    listed = client.action.package_list()
    report.demand(sorted(listed) == known, f"{folder}/package_list", f"{len(listed)} names, {len(known)} datasets")
    check_search(site, report, client.action.package_search())
    for name in site.sample(known, 6):
        with report.guard(f"{folder}/package_show/{name}"):
            report.demand(client.action.package_show(id=name)["name"] == name, name, "another one is shown")
            report.saw("datasets shown")
    for name in site.sample(client.action.organization_list(), 6):
        with report.guard(f"{folder}/organization_show/{name}"):
            report.demand(client.action.organization_show(id=name)["name"] == name, name, "another one is shown")


def check_search(site: Site, report: Report, found: dict[str, Any]) -> None:
    """The one answer of a search that harvesters read holds every dataset with its files."""
    name, known = "api/3/action/package_search", sorted(site.dataset_ids)
    report.demand(found["count"] == len(known), name, f"count {found['count']}, {len(known)} datasets")
    names = sorted(package["name"] for package in found["results"])
    report.demand(names == known, name, f"{len(names)} results, {len(known)} datasets")
    for package in found["results"]:
        is_name = re.fullmatch(r"[a-z0-9_-]{2,100}", package["name"])
        report.demand(is_name, name, f"CKAN refuses the name {package['name']}")
        lacking = PACKAGE - package.keys()
        report.demand(not lacking, name, f"{package['name']} lacks {sorted(lacking)}")
        for resource in package["resources"]:
            url = resource["url"].replace(site.address, site.base_url)
            report.demand(not site.owns(url) or site.file_of(url).is_file(), name, f"{url} does not exist")
            report.saw("resources")
