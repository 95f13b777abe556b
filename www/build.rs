//! What the linker is told for a program that is to be cut into chunks: to keep
//! what it knows of each place, which the tool that cuts reads.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
