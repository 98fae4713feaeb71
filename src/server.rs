//! Ready snippets for web servers, in `server/` beside the site: security headers, content types, caching.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::model::format::MEDIA_TYPES;
use crate::model::route::href;
use crate::pages::plan::ckan_name;
use crate::records::holds::Holds;
use crate::records::replace;
use crate::site::Site;

/// Writes `nginx.conf`, `Caddyfile`, `_headers`, what the endpoint needs where there is one, and the list of addresses that are gone.
///
/// Errors: when the folder cannot be written.
pub fn write(dir: &Path, site: &Site, holds: &Holds) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let base = site.base_path();
    let files = [
        ("nginx.conf", include_str!("server/nginx.conf")),
        ("Caddyfile", include_str!("server/Caddyfile")),
        ("_headers", include_str!("server/_headers")),
    ];
    for (name, text) in files {
        let text = text
            .replace("{types}", &types(name))
            .replace("{base}", &base)
            .replace("{base_no_slash}", base.trim_end_matches('/'));
        replace(&dir.join(name), text.as_bytes())?;
    }
    if let Some(endpoint) = &site.endpoint {
        write_endpoint(dir, endpoint.path())?;
    }
    write_gone(dir, &base, holds)
}

/// The media types of the site's files as a web server wants to be told.
fn types(name: &str) -> String {
    let mut res = String::new();
    // Writing to a String cannot fail.
    for (ending, media_type) in MEDIA_TYPES {
        let _ = match name {
            // Hosts that read this file join what several lines say; of XML they know the type themselves.
            "_headers" if *ending == "xml" => Ok(()),
            "nginx.conf" => writeln!(res, "        {media_type} {ending};"),
            "Caddyfile" => writeln!(res, "{}", caddy_type(ending, media_type)),
            _ => writeln!(res, "{{base}}*.{ending}\n  Content-Type: {}", with_charset(media_type)),
        };
    }
    res.trim_end().to_owned()
}

/// Deferred, else the file server puts its own type over it.
fn caddy_type(ending: &str, media_type: &str) -> String {
    // Of two lines that fit a file either may win: those with a type of their own are left out.
    let but = if ending == "xml" { "\n\tnot path */feed.xml */opensearch.xml" } else { "" };
    let kind = with_charset(media_type);
    format!("@{ending} {{\n\tpath *.{ending}{but}\n}}\nheader @{ending} {{\n\tContent-Type \"{kind}\"\n\tdefer\n}}")
}

fn with_charset(media_type: &str) -> String {
    let is_text = media_type.starts_with("text/") || media_type == "application/javascript";
    if is_text { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() }
}

/// Writes what the endpoint needs: proxies that buffer or pass its requests, and a unit that shuts it in.
fn write_endpoint(dir: &Path, path: &str) -> Result<()> {
    let site = dir.parent().unwrap_or(dir);
    let site = site.canonicalize().with_context(|| format!("finding {}", site.display()))?;
    // A percent sign begins a specifier in a unit.
    let site = site.to_string_lossy().replace('%', "%%");
    let files = [
        ("endpoint.nginx.conf", include_str!("server/endpoint.nginx.conf")),
        ("endpoint.caddy", include_str!("server/endpoint.caddy")),
        ("kaishu-endpoint.service", include_str!("server/kaishu-endpoint.service")),
    ];
    for (name, text) in files {
        replace(&dir.join(name), text.replace("{path}", path).replace("{site}", &site).as_bytes())?;
    }
    Ok(())
}

/// Writes `gone.nginx.conf` and `gone.caddy`: what was taken down answers 410, so that programs learn to delete it.
///
/// Source: RFC 9110, 15.5.11.
/// Errors: when the folder cannot be written.
pub fn write_gone(dir: &Path, base: &str, holds: &Holds) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    // Caddy does not start on an empty import.
    let head = "# What was taken down answers 410. Made by kaishu.\n";
    let (mut nginx, mut caddy) = (head.to_owned(), head.to_owned());
    for (idx, hold) in holds.in_force().enumerate() {
        let page = href(base, &format!("datasets/{}/", hold.dataset));
        let api = href(base, &format!("api/v1/datasets/{}/", hold.dataset));
        let entry = href(base, &format!("api/v1/datasets/{}.json", hold.dataset));
        let ckan = href(base, &format!("api/3/action/package_show/{}", ckan_name(&hold.dataset)));
        // Writing to a String cannot fail. The notice itself stays.
        let _ = writeln!(nginx, "location = {page} {{ }}\nlocation = {page}index.html {{ }}");
        let _ = writeln!(nginx, "location ^~ {page} {{ return 410; }}\nlocation ^~ {api} {{ return 410; }}");
        let _ = writeln!(nginx, "location = {entry} {{ return 410; }}\nlocation = {ckan} {{ return 410; }}");
        let _ = writeln!(
            caddy,
            "@gone{idx} {{\n\tpath {page}* {api}* {entry} {ckan}\n\tnot path {page} {page}index.html\n}}"
        );
        let _ = writeln!(caddy, "respond @gone{idx} 410");
    }
    replace(&dir.join("gone.nginx.conf"), nginx.as_bytes())?;
    replace(&dir.join("gone.caddy"), caddy.as_bytes())
}
