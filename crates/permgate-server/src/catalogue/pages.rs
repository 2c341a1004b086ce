//! The pages, section by section, as a trading company would have them.

use super::page::Action::{Create, Delete, Edit, View};
use super::page::{Action, Page, Sample};

const FULL: &[Action] = &[View, Create, Edit, Delete];
const READ: &[Action] = &[View];

const fn page(
    section: &'static str,
    key: &'static str,
    title: &'static str,
    actions: &'static [Action],
    sample: Sample,
) -> Page {
    Page { key, title, section, actions, sample }
}

const fn of(
    titles: &'static [&'static str],
    statuses: &'static [&'static str],
    amount: i64,
) -> Sample {
    Sample { titles, statuses, amount }
}

const CUSTOMERS: &[&str] =
    &["Northwind Bakery", "Harbour Bikes", "Studio Lindgren", "Alpine Outdoor", "Café Miramar"];
const SUPPLIERS: &[&str] =
    &["Baltic Timber", "Kessler Steel", "Porto Cork", "Lumen Lighting", "Vega Textiles"];
const GOODS: &[&str] =
    &["Oak desk 160 cm", "Task chair, grey", "LED panel 60×60", "Cork board A1", "Shelf, steel"];
const STAFF: &[&str] = &["R. Okafor", "S. Haddad", "J. Virtanen", "M. Castillo"];
const QUARTERS: &[&str] = &["2026 Q1", "2026 Q2", "2026 Q3"];
const ORDERS: &[&str] = &["draft", "confirmed", "shipped", "closed"];
const BILLS: &[&str] = &["draft", "sent", "paid", "overdue"];
const REQUESTS: &[&str] = &["requested", "approved", "rejected"];
const OPEN: &[&str] = &["open", "in progress", "done"];
const LIVE: &[&str] = &["active", "active", "dormant"];
const FINAL: &[&str] = &["final", "final", "preliminary"];
const RUNS: &[&str] = &["completed", "completed", "scheduled"];

/// All pages.
pub const PAGES: &[Page] = &[
    page("Sales", "customer", "Customers", FULL, of(CUSTOMERS, LIVE, 0)),
    page(
        "Sales",
        "lead",
        "Leads",
        READ,
        of(&["Hotel Aurora", "City Library", "Dr. Novak"], OPEN, 0),
    ),
    page("Sales", "quote", "Quotes", FULL, of(CUSTOMERS, REQUESTS, 412_000)),
    page("Sales", "sales-order", "Sales orders", FULL, of(CUSTOMERS, ORDERS, 388_500)),
    page("Sales", "invoice", "Invoices", FULL, of(CUSTOMERS, BILLS, 127_350)),
    page("Sales", "credit-note", "Credit notes", FULL, of(CUSTOMERS, BILLS, 18_900)),
    page("Sales", "contract", "Contracts", READ, of(CUSTOMERS, LIVE, 1_200_000)),
    page("Sales", "price-list", "Price lists", READ, of(&["Retail 2026", "Trade 2026"], LIVE, 0)),
    page("Purchasing", "supplier", "Suppliers", FULL, of(SUPPLIERS, LIVE, 0)),
    page("Purchasing", "requisition", "Requisitions", READ, of(GOODS, REQUESTS, 64_000)),
    page("Purchasing", "purchase-order", "Purchase orders", FULL, of(SUPPLIERS, ORDERS, 295_000)),
    page("Purchasing", "goods-receipt", "Goods receipts", READ, of(GOODS, RUNS, 0)),
    page("Purchasing", "supplier-bill", "Supplier bills", READ, of(SUPPLIERS, BILLS, 241_700)),
    page("Purchasing", "tender", "Tenders", READ, of(&["Lighting 2027", "Freight 2027"], OPEN, 0)),
    page(
        "Accounting",
        "journal-entry",
        "Journal entries",
        FULL,
        of(&["Rent October", "Depreciation Q3", "Accrued freight", "Bank charges"], FINAL, 85_000),
    ),
    page("Accounting", "payment", "Payments", FULL, of(SUPPLIERS, REQUESTS, 241_700)),
    page(
        "Accounting",
        "ledger",
        "General ledger",
        READ,
        of(&["1000 Bank", "1400 Receivables", "3300 Payables", "8400 Revenue"], FINAL, 9_410_000),
    ),
    page(
        "Accounting",
        "bank-statement",
        "Bank statements",
        READ,
        of(&["Statement 2026-08", "Statement 2026-09", "Statement 2026-10"], FINAL, 5_512_000),
    ),
    page("Accounting", "tax-return", "Tax returns", READ, of(QUARTERS, FINAL, 1_803_000)),
    page(
        "Accounting",
        "fixed-asset",
        "Fixed assets",
        READ,
        of(&["Forklift", "Delivery van", "Server rack"], LIVE, 2_650_000),
    ),
    page("Accounting", "budget", "Budgets", READ, of(QUARTERS, REQUESTS, 12_000_000)),
    page(
        "Accounting",
        "cost-centre",
        "Cost centres",
        READ,
        of(&["100 Sales", "200 Warehouse", "300 Administration"], LIVE, 0),
    ),
    page("Accounting", "dunning", "Dunning", READ, of(CUSTOMERS, OPEN, 127_350)),
    page("Warehouse", "product", "Products", FULL, of(GOODS, LIVE, 24_900)),
    page(
        "Warehouse",
        "stock-level",
        "Stock levels",
        READ,
        of(GOODS, &["in stock", "low", "out"], 0),
    ),
    page("Warehouse", "stock-movement", "Stock movements", READ, of(GOODS, RUNS, 0)),
    page("Warehouse", "stock-adjustment", "Stock adjustments", FULL, of(GOODS, REQUESTS, 3_200)),
    page(
        "Warehouse",
        "shipment",
        "Shipments",
        FULL,
        of(CUSTOMERS, &["packed", "shipped", "delivered"], 0),
    ),
    page(
        "Warehouse",
        "bin-location",
        "Bin locations",
        READ,
        of(&["A-01-1", "A-01-2", "B-07-3", "C-02-1"], &["free", "occupied"], 0),
    ),
    page(
        "Warehouse",
        "inventory-count",
        "Inventory counts",
        READ,
        of(&["Aisle A", "Aisle B", "Yard"], OPEN, 0),
    ),
    page("People", "employee", "Employees", READ, of(STAFF, LIVE, 0)),
    page("People", "leave-request", "Leave requests", FULL, of(STAFF, REQUESTS, 0)),
    page("People", "expense-claim", "Expense claims", FULL, of(STAFF, REQUESTS, 8_640)),
    page("People", "timesheet", "Timesheets", &[View, Create], of(STAFF, REQUESTS, 0)),
    page(
        "People",
        "payroll",
        "Payroll",
        READ,
        of(&["September 2026", "October 2026"], FINAL, 6_230_000),
    ),
    page("People", "applicant", "Applicants", READ, of(&["L. Moreau", "T. Brandt"], OPEN, 0)),
    page(
        "People",
        "training",
        "Training",
        READ,
        of(&["Forklift licence", "Data protection"], RUNS, 45_000),
    ),
    page(
        "Projects",
        "project",
        "Projects",
        FULL,
        of(&["Web shop relaunch", "New warehouse aisle", "ISO 27001"], OPEN, 4_800_000),
    ),
    page(
        "Projects",
        "task",
        "Tasks",
        FULL,
        of(&["Draw floor plan", "Order racking", "Write policy", "Migrate prices"], OPEN, 0),
    ),
    page(
        "Projects",
        "milestone",
        "Milestones",
        READ,
        of(&["Kick-off", "Go-live", "Audit"], OPEN, 0),
    ),
    page("Projects", "risk", "Risks", READ, of(&["Racking late", "Key person leaves"], OPEN, 0)),
    page("Projects", "resource-plan", "Resource plan", READ, of(STAFF, LIVE, 0)),
    page("Reports", "sales-report", "Sales report", READ, of(QUARTERS, FINAL, 38_120_000)),
    page(
        "Reports",
        "purchasing-report",
        "Purchasing report",
        READ,
        of(QUARTERS, FINAL, 17_450_000),
    ),
    page("Reports", "cash-flow-report", "Cash flow", READ, of(QUARTERS, FINAL, 6_900_000)),
    page("Reports", "balance-sheet", "Balance sheet", READ, of(QUARTERS, FINAL, 81_300_000)),
    page("Reports", "stock-report", "Stock report", READ, of(QUARTERS, FINAL, 9_120_000)),
    page("Reports", "headcount-report", "Headcount", READ, of(QUARTERS, FINAL, 0)),
    page("Reports", "margin-report", "Margins", READ, of(QUARTERS, FINAL, 11_080_000)),
    page(
        "Administration",
        "user",
        "Users",
        FULL,
        of(&["Account request: L. Moreau", "Account review 2026 Q3"], REQUESTS, 0),
    ),
    page(
        "Administration",
        "role",
        "Roles",
        FULL,
        of(&["Role request: night shift", "Role review 2026 Q3"], REQUESTS, 0),
    ),
    page(
        "Administration",
        "audit",
        "Audits",
        READ,
        of(&["Audit of access rights 2026 Q2", "Audit of sign-ins 2026 Q3"], FINAL, 0),
    ),
    page(
        "Administration",
        "setting",
        "Settings",
        &[View, Edit],
        of(&["Company name", "Fiscal year", "Time zone"], LIVE, 0),
    ),
    page(
        "Administration",
        "integration",
        "Integrations",
        READ,
        of(&["Bank feed", "Parcel carrier", "Tax office"], LIVE, 0),
    ),
];
