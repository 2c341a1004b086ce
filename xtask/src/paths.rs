//! Where things are: the repository, its build folder, and the cache that checkouts share.

use crate::error::{Result, TaskError};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository that this was started from.
pub(crate) fn root() -> PathBuf {
    // `cargo run` sets the variable; the value from compile time serves a binary started by hand.
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest.parent().map_or_else(|| manifest.clone(), Path::to_path_buf)
}

/// A path inside the repository, written with slashes.
pub(crate) fn in_root(path: &str) -> PathBuf {
    root().join(path)
}

/// The build folder. Always this one, so that every command finds what another left there.
pub(crate) fn target() -> PathBuf {
    in_root("target")
}

/// The user's home folder, if there is one.
pub(crate) fn home() -> Option<PathBuf> {
    env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")).map(PathBuf::from)
}

/// Where tools that take minutes to build are kept, by name and version.
pub(crate) fn tool_cache() -> PathBuf {
    env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| home().map(|home| home.join(".cache")))
        .map_or_else(|| target().join("tools"), |cache| cache.join("permgate/tools"))
}

/// Where cargo keeps the sources it downloaded.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| home().map(|home| home.join(".cargo")))
}

/// The first of these programs that is on the search path.
pub(crate) fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| {
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        folders.iter().map(|folder| folder.join(&name)).find(|candidate| candidate.is_file())
    })
}

/// Reads a text file of the repository.
pub(crate) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| TaskError::file("read", path, &error))
}

/// Writes a file and the folders that lead to it.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    fs::write(path, content).map_err(|error| TaskError::file("write", path, &error))
}

/// Makes a folder and the folders that lead to it.
pub(crate) fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| TaskError::file("create", path, &error))
}

/// Makes sure that a folder is there and empty.
pub(crate) fn empty_folder(path: &Path) -> Result<()> {
    remove(path)?;
    create_folder(path)
}

/// Removes a file or a folder with all it holds, if it is there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    let result = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(TaskError::file("remove", path, &error))
        }
        _ => Ok(()),
    }
}

/// All files below a folder, in a fixed order; none if the folder is not there.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
