//! Which reports are accepted, and how they are printed.

use super::{Row, rows, table};

fn row() -> Row {
    Row { name: "can, burst".to_owned(), ours: 9.0, p99: None, peer: Some(6.0), ratio: Some(1.5) }
}

#[test]
fn rows_are_read_from_an_array_or_from_the_member_rows() {
    let bare = r#"[{"name":"can, burst","ours":9,"peer":6,"ratio":1.5,"unit":"ns"}]"#;
    assert_eq!(rows(bare).unwrap(), [row()]);
    assert_eq!(rows(&format!("{{\"rows\":{bare}}}")).unwrap(), [row()]);
}

#[test]
fn a_row_whose_peer_and_ratio_are_null_is_read() {
    let report = r#"[{"name":"hidden","ours":9,"p99":30,"peer":null,"ratio":null}]"#;
    let alone =
        Row { name: "hidden".to_owned(), ours: 9.0, p99: Some(30.0), peer: None, ratio: None };
    assert_eq!(rows(report).unwrap(), [alone]);
}

#[test]
fn a_report_without_rows_or_numbers_is_an_error() {
    for report in [
        "",
        "[]",
        "{}",
        r#"[{"name":"x"}]"#,
        r#"[{"ours":1,"peer":1,"ratio":1}]"#,
        r#"[{"name":"x","ours":1}]"#,
        r#"[{"name":"x","ours":1,"peer":1,"ratio":null}]"#,
        r#"[{"name":"x","peer":null,"ratio":null}]"#,
    ] {
        assert!(rows(report).is_err(), "{report}");
    }
}

#[test]
fn the_columns_of_the_printed_table_are_aligned() {
    let hidden = Row { p99: Some(30.0), peer: None, ratio: None, name: "hidden".into(), ..row() };
    let table = table(&[row(), hidden]);
    assert_eq!(
        table,
        "name               ours          p99         peer    ratio\n\
         can, burst         9.00                      6.00     1.50\n\
         hidden             9.00        30.00"
    );
}
