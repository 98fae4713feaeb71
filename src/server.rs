//! Ready snippets for web servers, in `server/` beside the site: security headers, content types, caching.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::model::route::href;
use crate::records::holds::Holds;
use crate::records::replace;
use crate::site::Site;

/// Writes `nginx.conf`, `Caddyfile`, `_headers` and the list of addresses that are gone.
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
        let text = text.replace("{base}", &base).replace("{base_no_slash}", base.trim_end_matches('/'));
        replace(&dir.join(name), text.as_bytes())?;
    }
    write_gone(dir, &base, holds)
}

/// Writes `gone.nginx.conf` and `gone.caddy`: what was taken down answers 410, so that programs learn to delete it.
///
/// Source: RFC 9110, 15.5.11.
/// Errors: when the folder cannot be written.
pub fn write_gone(dir: &Path, base: &str, holds: &Holds) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let (mut nginx, mut caddy) = (String::new(), String::new());
    for (idx, hold) in holds.in_force().enumerate() {
        let page = href(base, &format!("datasets/{}/", hold.dataset));
        let api = href(base, &format!("api/v1/datasets/{}/", hold.dataset));
        // Writing to a String cannot fail. The notice itself stays.
        let _ = writeln!(nginx, "location = {page} {{ }}\nlocation = {page}index.html {{ }}");
        let _ = writeln!(nginx, "location ^~ {page} {{ return 410; }}\nlocation ^~ {api} {{ return 410; }}");
        let _ = writeln!(caddy, "@gone{idx} {{\n\tpath {page}* {api}*\n\tnot path {page} {page}index.html\n}}");
        let _ = writeln!(caddy, "respond @gone{idx} 410");
    }
    replace(&dir.join("gone.nginx.conf"), nginx.as_bytes())?;
    replace(&dir.join("gone.caddy"), caddy.as_bytes())
}
