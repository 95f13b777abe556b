//! Puts the built WhatsApp bridge into the binary, where there is one: what
//! `cargo xtask build` leaves in `bridge/dist/`. A binary without it says so when
//! somebody wants WhatsApp.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What npm needs to fetch the rest.
const ABOUT: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

fn main() -> io::Result<()> {
    let var = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .ok_or(io::ErrorKind::NotFound)
    };
    let bridge = var("CARGO_MANIFEST_DIR")?.join("bridge");
    let mut files: Vec<String> = Vec::new();
    modules(&bridge, Path::new("dist"), &mut files)?;
    if files.iter().any(|file| file == "dist/main.js") {
        files.extend(ABOUT.map(str::to_owned));
    } else {
        files.clear();
    }
    files.sort();
    let mut code = String::from("&[");
    for file in &files {
        let path = bridge.join(file);
        // Writing into a String cannot fail.
        let _ = write!(
            code,
            "\n    ({file:?}, include_bytes!({path:?}).as_slice()),"
        );
    }
    code.push_str("\n]");
    // The folder is always there, so that cargo sees a first build of the bridge
    // and asks for nothing otherwise.
    println!("cargo::rerun-if-changed=bridge/dist");
    for file in ABOUT {
        println!("cargo::rerun-if-changed=bridge/{file}");
    }
    fs::write(var("OUT_DIR")?.join("bridge_files.rs"), code)
}

/// The modules below a folder, by their paths with `/`.
fn modules(bridge: &Path, folder: &Path, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(bridge.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            modules(bridge, &path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "js") {
            files.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
