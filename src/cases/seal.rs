//! Sealing what is personal to the staff's public keys, so that whoever gets hold of the store cannot read it.
//!
//! Format: age (<https://age-encryption.org/v1>), X25519 keys; without keys nothing is sealed. The private key stays with
//! the staff, never on the machine of the endpoint.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use age::x25519::{Identity, Recipient};
use anyhow::{Context, Result, anyhow, bail};

/// The staff's public keys.
#[derive(Clone, Default)]
pub struct Seal {
    recipients: Vec<Recipient>,
}

impl Seal {
    /// Reads public keys such as `age1…`.
    ///
    /// Errors: the first that is none.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let parse = |key: &str| key.parse().map_err(|error| anyhow!("{key}: {error}"));
        Ok(Self { recipients: keys.into_iter().map(parse).collect::<Result<_>>()? })
    }

    /// Whether anything is sealed.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.recipients.is_empty()
    }

    /// Seals what a reader gives.
    ///
    /// Errors: when there is no key, or reading or writing fails.
    fn seal(&self, source: &mut dyn Read, target: &mut dyn Write) -> Result<()> {
        let recipients = self.recipients.iter().map(|key| key as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(recipients).context("sealing")?;
        let mut writer = encryptor.wrap_output(target).context("sealing")?;
        std::io::copy(source, &mut writer).context("sealing")?;
        writer.finish().context("sealing")?;
        Ok(())
    }

    /// Seals bytes.
    ///
    /// Errors: as [`Seal::seal`].
    pub fn bytes(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let mut res = Vec::new();
        self.seal(&mut &*bytes, &mut res)?;
        Ok(res)
    }

    /// Seals a file into a nameless one in a folder, from its beginning.
    ///
    /// Errors: as [`Seal::seal`].
    pub fn file(&self, source: &mut File, dir: &Path) -> Result<File> {
        source.seek(SeekFrom::Start(0)).context("sealing")?;
        let mut target = tempfile::tempfile_in(dir).context("sealing")?;
        self.seal(source, &mut target)?;
        Ok(target)
    }
}

/// The staff's private keys, for reading.
#[derive(Default)]
pub struct Keys(Vec<Identity>);

impl Keys {
    /// Reads a key file as `age-keygen` writes it: a line each, `#` begins a comment.
    ///
    /// Errors: when it cannot be read or holds no key.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = lines
            .map(|line| line.parse().map_err(|error| anyhow!("{}: {error}", path.display())))
            .collect::<Result<Vec<Identity>>>()?;
        if keys.is_empty() {
            bail!("{}: 没有密钥 / there is no key in it", path.display());
        }
        Ok(Self(keys))
    }

    /// Opens what was sealed to one of the keys.
    ///
    /// Errors: when it was sealed to others, or is damaged.
    pub fn open(&self, sealed: &mut dyn Read, target: &mut dyn Write) -> Result<()> {
        let opening =
            "内容已加密：请用 --key 指明工作人员的私钥文件 / it is sealed: name the staff's key file with --key";
        let decryptor = age::Decryptor::new(sealed).context(opening)?;
        let keys = self.0.iter().map(|key| key as &dyn age::Identity);
        let mut reader = decryptor.decrypt(keys).context(opening)?;
        std::io::copy(&mut reader, target).context("opening what was sealed")?;
        Ok(())
    }
}

/// A new key pair: the line for the key file, and the public key for `site.toml`.
#[must_use]
pub fn generate() -> (String, String) {
    use age::secrecy::ExposeSecret;
    let key = Identity::generate();
    (key.to_string().expose_secret().to_owned(), key.to_public().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_keys_open_what_was_sealed() {
        let dir = tempfile::tempdir().unwrap();
        let (private, public) = generate();
        let path = dir.path().join("key");
        crate::records::replace(&path, format!("# staff\n{private}\n").as_bytes()).unwrap();
        let keys = Keys::load(&path).unwrap();
        let seal = Seal::new([public.as_str()]).unwrap();
        let text = "第3列含有住址".repeat(20_000);
        let sealed = seal.bytes(text.as_bytes()).unwrap();
        assert!(!sealed.windows(9).any(|window| window == "住址第".as_bytes()));
        let mut opened = Vec::new();
        keys.open(&mut sealed.as_slice(), &mut opened).unwrap();
        assert_eq!(opened, text.as_bytes());
        assert!(Keys::default().open(&mut sealed.as_slice(), &mut Vec::new()).is_err());
        let cut = &sealed[..sealed.len() - 10];
        assert!(keys.open(&mut &*cut, &mut Vec::new()).is_err());
        assert!(Seal::new(["age1x"]).is_err());
    }
}
