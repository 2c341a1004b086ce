//! Bytes against budgets: what a visitor downloads, raw, gzip and brotli.

use crate::dist;
use crate::error::{Result, TaskError};
use crate::npm;
use crate::paths;
use crate::shell::command;
use crate::tools;
use serde_json::{Value, json};

const BUDGETS: &str = "xtask/size-budgets.json";
const LISTED_ITEMS: &str = "40";

pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<()> {
    use lexopt::prelude::Long;
    let mut twiggy = false;
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("twiggy") => twiggy = true,
            other => return Err(other.unexpected().into()),
        }
    }
    dist::build()?;
    println!("== size");
    let result = check();
    if twiggy {
        biggest_items()?;
    }
    result.map(|_| ())
}

/// Raw bytes, and bytes after compression as servers do it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl std::ops::AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        self.raw += other.raw;
        self.gzip += other.gzip;
        self.brotli += other.brotli;
    }
}

/// Some files that are downloaded together, and how many bytes of brotli they may have.
#[derive(Debug, PartialEq)]
struct Budget {
    name: String,
    files: Vec<String>,
    brotli: u64,
}

/// Measures what `dist` left behind, writes target/size.json, and fails over budget.
pub(crate) fn check() -> Result<String> {
    let budgets = budgets(&paths::read(&paths::in_root(BUDGETS))?)?;
    println!("  {:<34} {:>9} {:>9} {:>9} {:>9}", "bytes", "raw", "gzip", "brotli", "budget");
    let mut report = Vec::new();
    let mut over = Vec::new();
    let mut found = Vec::new();
    for budget in &budgets {
        let mut total = Size::default();
        let mut files = Vec::new();
        for (path, size) in budget.files.iter().zip(measure(&budget.files)?) {
            print_row(&format!("  {path}"), size, None);
            files.push(entry("path", path, size));
            total += size;
        }
        print_row(&budget.name, total, Some(budget.brotli));
        let mut group = entry("name", &budget.name, total);
        if let Value::Object(group) = &mut group {
            group.insert("budget".to_owned(), budget.brotli.into());
            group.insert("files".to_owned(), files.into());
        }
        report.push(group);
        found.push(format!("{} {} of {}", budget.name, total.brotli, budget.brotli));
        if total.brotli > budget.brotli {
            let excess = total.brotli - budget.brotli;
            over.push(format!("`{}` is {excess} bytes of brotli over its budget", budget.name));
        }
    }
    paths::write(&paths::target().join("size.json"), format!("{:#}\n", json!(report)))?;
    if over.is_empty() {
        return Ok(found.join(", "));
    }
    Err(TaskError::new(over.join("; ")).advice(format!(
        "`cargo xtask size --twiggy` lists the largest items: remove code that is not worth its \
         bytes (formatting, generics, panics with messages), or raise the budget in {BUDGETS} \
         and say why in the commit"
    )))
}

fn print_row(name: &str, size: Size, budget: Option<u64>) {
    let budget = budget.map(|bytes| bytes.to_string()).unwrap_or_default();
    let line =
        format!("  {name:<34} {:>9} {:>9} {:>9} {budget:>9}", size.raw, size.gzip, size.brotli);
    println!("{}", line.trim_end());
}

fn entry(key: &str, name: &str, size: Size) -> Value {
    json!({ key: name, "raw": size.raw, "gzip": size.gzip, "brotli": size.brotli })
}

/// Reads the budgets: `[{"name": .., "files": [..], "brotli": bytes}]`.
fn budgets(text: &str) -> Result<Vec<Budget>> {
    let wrong = |what: &str| {
        TaskError::new(format!("{BUDGETS}: {what}"))
            .advice("give each entry `name`, `files` and `brotli` (bytes)")
    };
    let value: Value = serde_json::from_str(text).map_err(|error| wrong(&error.to_string()))?;
    let entries = value.as_array().filter(|entries| !entries.is_empty());
    let entries = entries.ok_or_else(|| wrong("there are no entries"))?;
    entries
        .iter()
        .map(|entry| {
            let name = entry.get("name").and_then(Value::as_str);
            let files = entry.get("files").and_then(Value::as_array);
            let files: Option<Vec<String>> = files.and_then(|files| {
                files.iter().map(|file| file.as_str().map(str::to_owned)).collect()
            });
            let brotli = entry.get("brotli").and_then(Value::as_u64);
            match (name, files, brotli) {
                (Some(name), Some(files), Some(brotli)) if !files.is_empty() => {
                    Ok(Budget { name: name.to_owned(), files, brotli })
                }
                _ => Err(wrong(&format!("cannot read {entry}"))),
            }
        })
        .collect()
}

/// Compresses the files with Node.js, which has both methods built in.
fn measure(files: &[String]) -> Result<Vec<Size>> {
    let mut script = npm::node().arg("xtask/measure.mjs");
    for file in files {
        script = script.arg(file);
    }
    let output = script
        .advice("run `cargo xtask dist`, which writes these files; if their names changed, correct the budgets")
        .text()?;
    let sizes: Option<Vec<Size>> = output.lines().map(size).collect();
    sizes
        .filter(|sizes| sizes.len() == files.len())
        .ok_or_else(|| TaskError::new(format!("cannot read what measure.mjs printed: `{output}`")))
}

/// Reads one line: raw, gzip and brotli, separated by white space.
fn size(line: &str) -> Option<Size> {
    let mut numbers = line.split_whitespace().map(str::parse::<u64>);
    let mut number = || numbers.next()?.ok();
    Some(Size { raw: number()?, gzip: number()?, brotli: number()? })
}

/// Lists the biggest items of the module, from a build that keeps the names.
fn biggest_items() -> Result<()> {
    println!("== largest items");
    let advice = "run `cargo install twiggy`";
    if !command("twiggy").arg("--version").succeeds() {
        return Err(TaskError::new("`twiggy` is not installed").advice(advice));
    }
    for (title, module) in [("default", dist::Module::Default), ("whole", dist::Module::Whole)] {
        println!("the {title} module:");
        let folder = paths::target().join("twiggy").join(title);
        let raw = dist::compile(module)?;
        dist::bind(&tools::wasm_bindgen()?, &raw, &folder)?;
        dist::optimise(&folder, "--debuginfo")?;
        command("twiggy")
            .words("top -n")
            .arg(LISTED_ITEMS)
            .arg(folder.join("permgate_bg.wasm"))
            .advice(advice)
            .run()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
