//! Where things are: the clone, the cache outside of it, and what is built.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The folders of this clone and of the cache that clones share.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    root: PathBuf,
    cache: PathBuf,
}

impl Project {
    /// Finds the clone that this binary was compiled in, and the cache folder:
    /// `$CLAWLINE_CACHE`, else `$XDG_CACHE_HOME/clawline`, else `~/.cache/clawline`.
    pub(crate) fn locate() -> Result<Self> {
        // Cargo sets the variable for `cargo xtask`; the compiled-in value
        // serves whoever starts target/debug/xtask by hand.
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .filter(|root| root.join("Cargo.lock").is_file())
            .with_context(|| {
                format!(
                    "no workspace above {}: start this as `cargo xtask` inside the clone",
                    manifest.display()
                )
            })?
            .to_path_buf();
        Ok(Self {
            root,
            cache: cache_folder()?,
        })
    }

    /// The root of the clone.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path inside the clone.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(
            || self.root.join("target"),
            |folder| self.root.join(PathBuf::from(folder)),
        )
    }

    /// What xtask itself keeps between runs (stamps, intermediate files).
    pub(crate) fn workshop(&self) -> PathBuf {
        self.target().join("xtask")
    }

    /// The built page.
    pub(crate) fn page(&self) -> PathBuf {
        self.path("dist")
    }

    /// The folder of the npm package; its `dist/` is built.
    pub(crate) fn package(&self) -> PathBuf {
        self.path("pkg")
    }

    /// The root for `cargo install`: pinned tools that all clones share.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// The path of an installed tool.
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.tools()
            .join("bin")
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// A native binary of this workspace as `cargo build` leaves it.
    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.built("debug", name)
    }

    /// The same, as a profile leaves it.
    pub(crate) fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target()
            .join(profile)
            .join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }
}

fn cache_folder() -> Result<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let folder = if let Some(folder) = set("CLAWLINE_CACHE") {
        PathBuf::from(folder)
    } else if let Some(folder) = set("XDG_CACHE_HOME") {
        PathBuf::from(folder).join("clawline")
    } else if let Some(home) = env::home_dir() {
        home.join(".cache").join("clawline")
    } else {
        bail!("no home folder is known: set CLAWLINE_CACHE to a folder for downloaded tools");
    };
    if folder.is_relative() {
        bail!(
            "the cache folder {} is not absolute: set CLAWLINE_CACHE to an absolute path",
            folder.display()
        );
    }
    Ok(folder)
}
