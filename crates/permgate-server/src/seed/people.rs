//! The demo's users and roles. Roles overlap, and some users have a deny that overrides a role.

/// A role of the demo.
#[derive(Clone, Copy, Debug)]
pub struct DemoRole {
    /// Its name.
    pub name: &'static str,
    /// The display name.
    pub title: &'static str,
    /// The patterns that the role allows.
    pub permissions: &'static [&'static str],
}

/// A user of the demo.
#[derive(Clone, Copy, Debug)]
pub struct DemoUser {
    /// The name to sign in with.
    pub username: &'static str,
    /// The name to show.
    pub name: &'static str,
    /// Names of roles.
    pub roles: &'static [&'static str],
    /// Allows in addition to the roles.
    pub allowed: &'static [&'static str],
    /// Denials, which override the roles.
    pub denied: &'static [&'static str],
}

impl DemoUser {
    /// The password, which is public.
    #[must_use]
    pub fn password(&self) -> String {
        format!("{}-demo", self.username)
    }
}

/// The demo's roles.
pub const DEMO_ROLES: &[DemoRole] = &[
    DemoRole { name: "administrator", title: "Administrator", permissions: &["*"] },
    DemoRole {
        name: "accountant",
        title: "Accountant",
        permissions: &[
            "invoice:*",
            "credit-note:*",
            "payment:*",
            "journal-entry:*",
            "ledger:view",
            "bank-statement:view",
            "tax-return:view",
            "fixed-asset:view",
            "budget:view",
            "cost-centre:view",
            "dunning:view",
            "customer:view",
            "supplier:view",
            "supplier-bill:view",
            "cash-flow-report:view",
            "balance-sheet:view",
            "margin-report:view",
            "expense-claim:*",
        ],
    },
    DemoRole {
        name: "sales",
        title: "Sales",
        permissions: &[
            "customer:*",
            "lead:view",
            "quote:*",
            "sales-order:*",
            "invoice:view",
            "invoice:create",
            "contract:view",
            "price-list:view",
            "product:view",
            "stock-level:view",
            "sales-report:view",
            "margin-report:view",
        ],
    },
    DemoRole {
        name: "purchaser",
        title: "Purchaser",
        permissions: &[
            "supplier:*",
            "requisition:view",
            "purchase-order:*",
            "goods-receipt:view",
            "supplier-bill:view",
            "tender:view",
            "product:view",
            "stock-level:view",
            "purchasing-report:view",
        ],
    },
    DemoRole {
        name: "warehouse",
        title: "Warehouse",
        permissions: &[
            "product:*",
            "stock-level:view",
            "stock-movement:view",
            "stock-adjustment:*",
            "shipment:*",
            "bin-location:view",
            "inventory-count:view",
            "goods-receipt:view",
            "purchase-order:view",
            "sales-order:view",
            "stock-report:view",
        ],
    },
    DemoRole {
        name: "project-lead",
        title: "Project lead",
        permissions: &[
            "project:*",
            "task:*",
            "milestone:view",
            "risk:view",
            "resource-plan:view",
            "timesheet:view",
            "budget:view",
        ],
    },
    DemoRole {
        name: "people",
        title: "People and pay",
        permissions: &[
            "employee:view",
            "leave-request:*",
            "expense-claim:view",
            "expense-claim:edit",
            "timesheet:*",
            "payroll:view",
            "applicant:view",
            "training:view",
            "headcount-report:view",
        ],
    },
    DemoRole {
        name: "staff",
        title: "Staff",
        permissions: &[
            "leave-request:view",
            "leave-request:create",
            "expense-claim:view",
            "expense-claim:create",
            "timesheet:view",
            "timesheet:create",
            "training:view",
            "task:view",
            "task:edit",
        ],
    },
    DemoRole { name: "auditor", title: "Auditor", permissions: &["*:view"] },
    DemoRole {
        name: "user-desk",
        title: "User desk",
        permissions: &["user:view", "user:edit", "role:view", "setting:view"],
    },
];

/// The demo's users.
pub const DEMO_USERS: &[DemoUser] = &[
    DemoUser {
        username: "ada",
        name: "Ada Lovelace",
        roles: &["administrator"],
        allowed: &[],
        denied: &[],
    },
    DemoUser {
        username: "grace",
        name: "Grace Hopper",
        roles: &["accountant", "staff"],
        allowed: &["purchasing-report:*"],
        denied: &["journal-entry:delete", "payment:delete"],
    },
    DemoUser {
        username: "linus",
        name: "Linus Pauling",
        roles: &["warehouse", "purchaser", "staff"],
        allowed: &["tender:view"],
        denied: &["stock-adjustment:delete", "supplier:delete"],
    },
    DemoUser {
        username: "margaret",
        name: "Margaret Hamilton",
        roles: &["auditor", "staff"],
        allowed: &[],
        denied: &["*:create", "*:edit", "*:delete"],
    },
    DemoUser {
        username: "alan",
        name: "Alan Turing",
        roles: &["staff"],
        allowed: &["project:view", "product:view"],
        denied: &["expense-claim:create"],
    },
];
