//! What is accepted as a report, and how it is printed.

use super::{Row, rows, table};

fn row() -> Row {
    Row { name: "can, burst".to_owned(), ours: 9.0, peer: 6.0, ratio: 1.5 }
}

#[test]
fn rows_are_read_bare_or_under_their_key() {
    let bare = r#"[{"name":"can, burst","ours":9,"peer":6,"ratio":1.5,"unit":"ns"}]"#;
    assert_eq!(rows(bare).unwrap(), [row()]);
    assert_eq!(rows(&format!("{{\"rows\":{bare}}}")).unwrap(), [row()]);
}

#[test]
fn a_report_without_rows_or_numbers_is_an_error() {
    for report in ["", "[]", "{}", r#"[{"name":"x"}]"#, r#"[{"ours":1,"peer":1,"ratio":1}]"#] {
        assert!(rows(report).is_err(), "{report}");
    }
}

#[test]
fn the_table_is_aligned() {
    let table = table(&[row()]);
    assert_eq!(
        table,
        "name               ours         peer    ratio\n\
         can, burst         9.00         6.00     1.50"
    );
}
