//! The objects that JavaScript sees. The whole build makes them with serde; the smaller build sets
//! each member itself, since serde would add three kilobytes to it. A test of the package compares
//! the two.

#[cfg(feature = "whole")]
use serde::Serialize;

#[derive(Default)]
#[cfg_attr(feature = "whole", derive(Serialize), serde(rename_all = "camelCase"))]
pub(crate) struct Snapshot<'a> {
    pub(crate) status: &'static str,
    pub(crate) subject: Option<&'a str>,
    pub(crate) tenant: Option<&'a str>,
    pub(crate) version: Option<f64>,
    pub(crate) permissions: Vec<&'a str>,
    pub(crate) denied: Vec<&'a str>,
    pub(crate) grants: Vec<ShownGrant<'a>>,
    pub(crate) roles: Option<&'a [String]>,
    pub(crate) groups: Option<&'a [String]>,
    pub(crate) scopes: Option<&'a [String]>,
    pub(crate) fresh_until: Option<f64>,
    pub(crate) expires_at: Option<f64>,
    pub(crate) source: Option<&'static str>,
    pub(crate) asked_at: Option<f64>,
}

/// A grant in the words of the permission document.
#[cfg_attr(feature = "whole", derive(Serialize))]
pub(crate) struct ShownGrant<'a> {
    pub(crate) permission: &'a str,
    #[cfg_attr(feature = "whole", serde(skip_serializing_if = "Option::is_none"))]
    pub(crate) resource: Option<&'a str>,
    pub(crate) effect: &'static str,
}

#[cfg_attr(feature = "whole", derive(Serialize), serde(rename_all = "camelCase"))]
pub(crate) struct ShownDecision<'a> {
    pub(crate) outcome: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) permission: Option<String>,
    pub(crate) grant: Option<ShownGrant<'a>>,
    pub(crate) message: String,
    pub(crate) source: Option<&'static str>,
    pub(crate) asked_at: Option<f64>,
    pub(crate) version: Option<f64>,
}

#[cfg(feature = "whole")]
mod by_serde {
    use serde::Serialize;
    use wasm_bindgen::JsValue;

    use super::{ShownDecision, Snapshot};

    impl Snapshot<'_> {
        pub(crate) fn to_js(&self) -> JsValue {
            serialized(self)
        }
    }

    impl ShownDecision<'_> {
        pub(crate) fn to_js(&self) -> JsValue {
            serialized(self)
        }
    }

    fn serialized(value: &impl Serialize) -> JsValue {
        let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
        value.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
    }
}

#[cfg(not(feature = "whole"))]
mod by_hand {
    use js_sys::{Array, Object, Reflect};
    use wasm_bindgen::JsValue;

    use super::{ShownDecision, ShownGrant, Snapshot};

    impl Snapshot<'_> {
        pub(crate) fn to_js(&self) -> JsValue {
            let grants: Array = self.grants.iter().map(ShownGrant::to_js).collect();
            object(&[
                ("status", text(self.status)),
                ("subject", optional(self.subject)),
                ("tenant", optional(self.tenant)),
                ("version", number(self.version)),
                ("permissions", texts(&self.permissions)),
                ("denied", texts(&self.denied)),
                ("grants", grants.into()),
                ("roles", members(self.roles)),
                ("groups", members(self.groups)),
                ("scopes", members(self.scopes)),
                ("freshUntil", number(self.fresh_until)),
                ("expiresAt", number(self.expires_at)),
                ("source", optional(self.source)),
                ("askedAt", number(self.asked_at)),
            ])
        }
    }

    impl ShownGrant<'_> {
        fn to_js(&self) -> JsValue {
            let permission = ("permission", text(self.permission));
            let effect = ("effect", text(self.effect));
            match self.resource {
                Some(resource) => object(&[permission, ("resource", text(resource)), effect]),
                None => object(&[permission, effect]),
            }
        }
    }

    impl ShownDecision<'_> {
        pub(crate) fn to_js(&self) -> JsValue {
            object(&[
                ("outcome", text(self.outcome)),
                ("reason", text(self.reason)),
                ("permission", optional(self.permission.as_deref())),
                ("grant", self.grant.as_ref().map_or(JsValue::NULL, ShownGrant::to_js)),
                ("message", text(&self.message)),
                ("source", optional(self.source)),
                ("askedAt", number(self.asked_at)),
                ("version", number(self.version)),
            ])
        }
    }

    fn object(members: &[(&str, JsValue)]) -> JsValue {
        let object = Object::new();
        for (key, value) in members {
            // Setting a member of a fresh object cannot fail.
            let _ = Reflect::set(&object, &text(key), value);
        }
        object.into()
    }

    fn text(text: &str) -> JsValue {
        JsValue::from_str(text)
    }

    fn optional(value: Option<&str>) -> JsValue {
        value.map_or(JsValue::NULL, text)
    }

    fn number(value: Option<f64>) -> JsValue {
        value.map_or(JsValue::NULL, JsValue::from_f64)
    }

    fn texts(values: &[&str]) -> JsValue {
        values.iter().map(|value| text(value)).collect::<Array>().into()
    }

    fn members(names: Option<&[String]>) -> JsValue {
        let Some(names) = names else { return JsValue::NULL };
        names.iter().map(|name| text(name)).collect::<Array>().into()
    }
}
