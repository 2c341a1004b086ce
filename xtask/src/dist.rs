//! Builds, optimises and packs the npm package to `dist/permgate.tgz`.

mod low_memory;
mod order;
mod rename;
mod sections;
mod shims;

use crate::arguments;
use crate::clock::Stopwatch;
use crate::error::{Result, TaskError};
use crate::npm;
use crate::paths;
use crate::shell::{Shell, cargo, command};
use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};

/// The features that rustc lets LLVM use for wasm32, and that wasm-opt must accept.
const WASM_FEATURES: &str = "--enable-bulk-memory --enable-bulk-memory-opt \
    --enable-call-indirect-overlong --enable-multivalue --enable-mutable-globals \
    --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext";

/// The passes of wasm-opt. Structured anew, the code has fewer and more regular blocks; the second
/// time finds what the first one left. `low_memory` says why low memory is unused.
const PASSES: &str = "-Oz --flatten --rereloop -Oz --flatten --rereloop -Oz";
const LIMITS: &str = "--one-caller-inline-max-function-size 1000 --low-memory-unused";

/// The last passes, when functions have the names by which they are sorted (`order`).
const LAST_PASSES: &str = "-Oz --reorder-functions-by-name \
    --strip-producers --strip-target-features --minify-imports-and-exports-and-modules";

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    arguments::no_more(arguments)?;
    let stopwatch = Stopwatch::start();
    build()?;
    println!("dist/permgate.tgz is packed ({})", stopwatch.elapsed());
    Ok(())
}

/// The standard library is built with the module, for size, and a panic is a trap without a
/// message: 3.8 kB less to download. These flags are unstable, and allowed by `RUSTC_BOOTSTRAP` for
/// this build alone; the compiler is the pinned one.
const SMALL_STD: &str = "-Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size \
    -Zpanic-immediate-abort --config profile.wasm.panic=\"immediate-abort\"";

/// The two builds of the module.
#[derive(Clone, Copy)]
pub(crate) enum Module {
    /// The build that most pages download: sets come from an endpoint, in permission documents.
    Default,
    /// Everything: claims of tokens, catalogues, role maps, other layouts and dialects.
    Whole,
}

impl Module {
    const ALL: [Self; 2] = [Self::Default, Self::Whole];

    fn features(self) -> &'static str {
        match self {
            Self::Default => "--no-default-features",
            Self::Whole => "--features whole",
        }
    }

    /// The folder that wasm-bindgen writes into and the build of `js/` reads from.
    fn bindings(self) -> PathBuf {
        paths::target().join(match self {
            Self::Default => "wasm-bindgen-default",
            Self::Whole => "wasm-bindgen",
        })
    }
}

/// Runs all steps, each time: cargo and npm detect themselves what is unchanged.
pub(crate) fn build() -> Result<()> {
    println!("[1/5] tools");
    npm::require_node()?;
    tools::target(tools::WASM)?;
    tools::std_sources()?;
    let wasm_bindgen = tools::wasm_bindgen()?;
    npm::install("js")?;

    println!("[2/5] the two builds of the module");
    for module in Module::ALL {
        // Both builds are written to the same place, one after the other.
        bind(&wasm_bindgen, &compile(module)?, &module.bindings())?;
    }

    println!("[3/5] optimising");
    for module in Module::ALL {
        optimise(&module.bindings(), "")?;
    }

    println!("[4/5] the package");
    npm::script("js", "build")?.run()?;
    no_machine_paths(&paths::in_root("js/dist"))?;

    println!("[5/5] packing");
    pack()
}

/// Compiles the root crate for browsers and returns the raw module.
pub(crate) fn compile(module: Module) -> Result<PathBuf> {
    compile_in(module, &paths::root(), &paths::target(), &tools::sysroot()?, cargo())
}

/// Compiles the root crate of a checkout into a build folder, with the standard library of a
/// sysroot, and returns the raw module. Its bytes depend on none of the three paths.
///
/// It is compiled as a module alone: Cargo.toml declares a library for Rust beside it, for the tests,
/// and cargo leaves out the optimisation of the whole program (`lto`) where both are made at once.
pub(crate) fn compile_in(
    module: Module,
    checkout: &Path,
    target: &Path,
    sysroot: &Path,
    cargo: Shell,
) -> Result<PathBuf> {
    cargo
        .folder(checkout)
        .words(
            "rustc --package permgate --lib --crate-type cdylib --locked --profile wasm --target",
        )
        .arg(tools::WASM)
        .words(module.features())
        .words(SMALL_STD)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_ENCODED_RUSTFLAGS", remapping(checkout, sysroot)?)
        .advice("the compiler's message above gives the reason")
        .run()?;
    Ok(target.join(tools::WASM).join("wasm/permgate.wasm"))
}

/// Generates the bindings of a raw module into a folder, which is emptied first.
pub(crate) fn bind(tools: &tools::WasmBindgen, module: &Path, folder: &Path) -> Result<()> {
    paths::empty_folder(folder)?;
    command(&tools.bindgen)
        .words("--target web --omit-default-module-path --out-name permgate --out-dir")
        .arg(folder)
        .arg(module)
        .advice("give `wasm-bindgen` in Cargo.toml the version of the tool")
        .run()?;
    let module = folder.join("permgate_bg.wasm");
    let bound = fs::read(&module).map_err(|error| TaskError::file("read", &module, &error))?;
    low_memory::check(&bound)?;
    let bound = shims::without_shims(&bound)?;
    fs::write(&module, bound).map_err(|error| TaskError::file("write", &module, &error))
}

/// Makes a bound module smaller, in place.
pub(crate) fn optimise(folder: &Path, extra: &str) -> Result<()> {
    let wasm_opt = paths::in_root("js/node_modules/binaryen/bin/wasm-opt");
    if !wasm_opt.is_file() {
        return Err(TaskError::new("the npm package `binaryen` is not installed in js/")
            .advice("add it to \"devDependencies\" in js/package.json: it contains wasm-opt"));
    }
    let module = folder.join("permgate_bg.wasm");
    let before = size(&module)?;
    let run = |passes: &str| {
        npm::node()
            .arg(&wasm_opt)
            .words(passes)
            .words(LIMITS)
            .words(WASM_FEATURES)
            .arg(&module)
            .arg("-o")
            .arg(&module)
            .advice("if wasm-opt refuses a feature, add it to WASM_FEATURES in xtask/src/dist.rs")
            .text()
    };
    run(&format!("{PASSES} --debuginfo"))?;
    let named = fs::read(&module).map_err(|error| TaskError::file("read", &module, &error))?;
    let named = order::ordered(&named)?;
    fs::write(&module, named).map_err(|error| TaskError::file("write", &module, &error))?;
    let mapping = run(&format!("{LAST_PASSES} {extra}"))?;
    let glue = folder.join("permgate.js");
    let renamed = rename::rename(&paths::read(&glue)?, &mapping)?;
    fs::write(&glue, renamed).map_err(|error| TaskError::file("write", &glue, &error))?;
    println!("    {before} bytes before, {} after", size(&module)?);
    Ok(())
}

fn size(path: &Path) -> Result<u64> {
    let metadata = fs::metadata(path).map_err(|error| TaskError::file("read", path, &error))?;
    Ok(metadata.len())
}

/// Compiler flags that keep this machine's paths out of panic messages, separated by `\x1f`.
///
/// The standard library is compiled from the sources in the sysroot; `/rustc/<commit>` stands in
/// their place, as in the standard library that rustup installs.
fn remapping(checkout: &Path, sysroot: &Path) -> Result<String> {
    let sources = format!("/rustc/{}", tools::rustc_commit()?);
    let mut flags =
        vec![remap(checkout, "permgate"), remap(&sysroot.join(tools::RUST_SRC), &sources)];
    if let Some(cargo_home) = paths::cargo_home() {
        flags.push(remap(&cargo_home, "cargo"));
        // The folder is named after the registry's address; later flags win over earlier ones.
        let registries = fs::read_dir(cargo_home.join("registry/src"));
        let mut registries: Vec<PathBuf> =
            registries.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        registries.sort();
        flags.extend(registries.iter().map(|registry| remap(registry, "crates")));
    }
    Ok(flags.join("\u{1f}"))
}

fn remap(from: &Path, to: &str) -> String {
    format!("--remap-path-prefix={}={to}", from.display())
}

/// Fails if a file of the package contains a path of this machine.
fn no_machine_paths(folder: &Path) -> Result<()> {
    let needles: Vec<String> = [
        Some(paths::root()),
        Some(tools::sysroot()?),
        paths::cargo_home(),
        paths::home().map(|home| home.join("")),
    ]
    .into_iter()
    .flatten()
    .map(|path| path.to_string_lossy().into_owned())
    .filter(|path| path.len() > 2)
    .collect();
    for file in paths::files_below(folder) {
        let content = fs::read(&file).map_err(|error| TaskError::file("read", &file, &error))?;
        if let Some(needle) = needles.iter().find(|needle| contains(&content, needle.as_bytes())) {
            return Err(TaskError::new(format!(
                "`{}` contains the path `{needle}`",
                file.display()
            ))
            .advice("remap the path in xtask/src/dist.rs, or keep it out of the build of js/"));
        }
    }
    Ok(())
}

fn contains(content: &[u8], needle: &[u8]) -> bool {
    content.windows(needle.len()).any(|window| window == needle)
}

/// Packs `js/` and moves the tarball to `dist/`.
fn pack() -> Result<()> {
    let folder = paths::target().join("pack");
    paths::empty_folder(&folder)?;
    npm::npm().folder(paths::in_root("js")).words("pack --pack-destination").arg(&folder).run()?;
    let packed = paths::files_below(&folder);
    let [packed] = packed.as_slice() else {
        return Err(TaskError::new(format!(
            "npm pack wrote {} files instead of one",
            packed.len()
        )));
    };
    let tarball = npm::tarball();
    if let Some(folder) = tarball.parent() {
        paths::create_folder(folder)?;
    }
    fs::copy(packed, &tarball).map_err(|error| TaskError::file("write", &tarball, &error))?;
    println!("    dist/permgate.tgz, {} bytes", size(&tarball)?);
    Ok(())
}
