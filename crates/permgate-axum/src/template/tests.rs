//! Resources with path parameters: which templates are valid, and the resources made of them.

use permgate_core::ResourceError;

use super::{Template, TemplateError};
use crate::params::{Params, ParamsError};

#[test]
fn each_parameter_becomes_one_segment() {
    let template = Template::parse("tenants/{tenant}/invoices/{id}").unwrap();
    let params: Params = [("id", "42"), ("tenant", "acme")].into_iter().collect();
    assert_eq!(template.fill(&params).unwrap().as_str(), "tenants/acme/invoices/42");
    let params: Params = [("id", "42"), ("tenant", "..")].into_iter().collect();
    assert_eq!(template.fill(&params), Err(ParamsError::NoSegment("tenant".into())));
    let params: Params = [("id", "42")].into_iter().collect();
    assert_eq!(template.fill(&params), Err(ParamsError::Missing("tenant".into())));
}

#[test]
fn a_resource_that_is_too_long_once_it_is_filled_is_an_error() {
    let template = Template::parse("invoices/{id}").unwrap();
    let params: Params = [("id", "4".repeat(2048))].into_iter().collect();
    let error = Err(ParamsError::NoResource(ResourceError::TooLong));
    assert_eq!(template.fill(&params), error);
}

#[test]
fn a_template_that_is_no_resource_or_has_stray_braces_is_refused() {
    for (text, expected) in [
        ("", TemplateError::NoResource(ResourceError::Empty)),
        ("invoices/*", TemplateError::NoResource(ResourceError::Wildcard)),
        ("invoices/{*rest}", TemplateError::NoResource(ResourceError::Wildcard)),
        ("invoices//{id}", TemplateError::Segment(String::new())),
        ("/invoices", TemplateError::Segment(String::new())),
        ("invoices/{}", TemplateError::Segment("{}".into())),
        ("invoices/{id", TemplateError::Segment("{id".into())),
        ("invoices/id}", TemplateError::Segment("id}".into())),
        ("invoices/n{id}", TemplateError::Segment("n{id}".into())),
        ("invoices/{{id}}", TemplateError::Segment("{{id}}".into())),
    ] {
        assert_eq!(Template::parse(text), Err(expected), "{text}");
    }
}
