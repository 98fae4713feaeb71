//! Ready snippets for web servers, in `server/` beside the site: security headers, content types, caching.

use std::path::Path;

use anyhow::{Context, Result};

use crate::records::replace;
use crate::site::Site;

/// Writes `nginx.conf`, `Caddyfile` and `_headers`.
///
/// Errors: when the folder cannot be written.
pub fn write(dir: &Path, site: &Site) -> Result<()> {
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
    Ok(())
}
