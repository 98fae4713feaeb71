//! A site folder in a temporary place, and the program run over it.

use std::collections::BTreeMap;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The day that every test builds for, unless it says otherwise.
pub const AS_OF: &str = "2026-11-21";

/// A site folder that goes away with the test.
pub struct Project {
    dir: tempfile::TempDir,
}

/// How a run ended.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Project {
    /// A site of two open datasets (one with a table) and one closed one.
    pub fn new() -> Self {
        let project = Self::empty();
        project.write(
            "site.toml",
            "title = \"测试市公共数据开放网站\"\nbase_url = \"https://data.example.invalid\"\nregime = \"yancheng-2022\"\n",
        );
        project.write("datasets/catalog.csv", CATALOG);
        project.write("datasets/files/stops.csv", "编号,名称\r\n007,东站\r\n008,\"西站,北口\"\r\n");
        project.write("datasets/files/secret.csv", "编号,ZZSECRETCELL\r\n1,ZZSECRETVALUE\r\n");
        project
    }

    /// An empty folder.
    pub fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// A copy of a fixture folder whose catalog is compressed.
    pub fn from_catalog_fixture(name: &str) -> Self {
        let project = Self::empty();
        let fixture = repository().join("tests/fixtures/catalogs").join(name);
        project.write_bytes("site.toml", &std::fs::read(fixture.join("site.toml")).unwrap());
        let packed = std::fs::File::open(fixture.join("catalog.json.gz")).unwrap();
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
        project.write_bytes("datasets/catalog.json", &bytes);
        project
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn append(&self, name: &str, text: &str) {
        self.write(name, &format!("{}{text}", self.read(name)));
    }

    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from}");
        self.write(name, &text.replace(from, to));
    }

    /// Runs the program with this folder as the site.
    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).output().unwrap())
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = kaishu();
        command.args(args).arg("--site").arg(self.dir.path());
        self.drop_privileges(&mut command);
        command
    }

    /// The superuser may read every file, so that a test of unreadable files needs another user.
    fn drop_privileges(&self, command: &mut Command) {
        const NOBODY: u32 = 65_534;
        let is_root = self.dir.path().metadata().unwrap().uid() == 0;
        let shut = |item: &walkdir::DirEntry| {
            item.file_type().is_file() && item.metadata().is_ok_and(|meta| meta.mode().trailing_zeros() >= 9)
        };
        // A file may go while an endpoint works beside.
        let items = || walkdir::WalkDir::new(self.dir.path()).into_iter().filter_map(Result::ok);
        if is_root && items().any(|item| shut(&item)) {
            for item in items().filter(|item| item.file_type().is_dir()) {
                std::fs::set_permissions(item.path(), PermissionsExt::from_mode(0o777)).unwrap();
            }
            command.uid(NOBODY);
        }
    }

    /// Builds for the tests' day, with messages in English.
    pub fn build(&self) -> Ran {
        self.run(&["build", "--lang", "en", "--as-of", AS_OF])
    }

    /// Builds and expects exit code 0.
    pub fn build_well(&self) {
        let ran = self.build();
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    }

    /// Records an approval that a published dataset is lowered or leaves.
    pub fn approve(&self, dataset: &str, change: &str) {
        let file = "datasets/approvals.toml";
        let before = if self.path(file).exists() { self.read(file) } else { String::new() };
        let approval = format!(
            "[[approval]]\ndataset = \"{dataset}\"\nchange = \"{change}\"\nbody = \"测试市数据局\"\nreference = \"测数〔2026〕1号\"\n\
             date = \"{AS_OF}\"\narticle = \"测试条款\"\nreason = \"测试\"\n"
        );
        self.write(file, &format!("{before}{approval}"));
    }

    /// Every finding of a check, as code names.
    pub fn codes(&self) -> Vec<String> {
        let ran = self.run(&["check", "--json", "--as-of", AS_OF]);
        let mut codes: Vec<String> = ran
            .stdout
            .lines()
            .filter_map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["code"].as_str().map(str::to_owned)
            })
            .collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// The site as path and bytes.
    pub fn site(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path("public"))
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The program.
pub fn kaishu() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kaishu"));
    command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "C.UTF-8");
    command
}

/// The repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, as path with `/` and bytes.
pub fn tree(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(dir)
        .into_iter()
        .map(Result::unwrap)
        .filter(|item| item.file_type().is_file())
        .map(|item| {
            let name = item.path().strip_prefix(dir).unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(item.path()).unwrap())
        })
        .collect()
}

/// The catalog of [`Project::new`].
pub const CATALOG: &str = "\
数据资源标识,数据资源名称,摘要,数据格式,领域分类,关键字,更新频率,更新日期,提供方名称,收集机构,审核机构,开放类型,数据项名称,文件
stops,公交站点,全市公交站点,CSV,交通运输,公交、站点,每年,2026-03-01,市交通运输局,市交通运输局,市数据局,无条件开放,编号；名称,files/stops.csv
schools,学校名单,全市学校,CSV,教育,学校,每月,2026-01-01,市教育局,市教育局,市数据局,无条件开放,校名,
zzclosed,ZZCLOSEDTITLE,ZZCLOSEDTEXT,CSV,ZZCLOSEDTHEME,ZZCLOSEDTAG,每年,2026-03-01,ZZCLOSEDORG,市局,市局,有条件开放,ZZCLOSEDITEM,files/secret.csv
";
