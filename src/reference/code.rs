//! The rows of the general error table that matter here: code, HTTP status, description.
//!
//! The table leaves most HTTP statuses empty; 400 is its stated default.

/// One row of the error table.
struct Row {
    code: u32,
    status: u16,
    description: &'static str,
}

const TABLE: &[Row] = &[
    Row { code: 1, status: 500, description: "Database error" },
    Row { code: 2, status: 403, description: "Service Auth error" },
    Row { code: 3, status: 400, description: "Wrong hash" },
    Row { code: 4, status: 400, description: "User or API key not found or session ended" },
    Row { code: 5, status: 400, description: "Wrong request format" },
    Row { code: 6, status: 500, description: "Unexpected error" },
    Row { code: 7, status: 400, description: "Invalid parameters" },
    Row { code: 8, status: 503, description: "Queue service error, try again later" },
    Row { code: 9, status: 412, description: "Too large request" },
    Row { code: 11, status: 403, description: "Access denied" },
    Row { code: 12, status: 400, description: "Dealer not found" },
    Row { code: 13, status: 403, description: "Operation not permitted" },
    Row { code: 14, status: 503, description: "Database unavailable" },
    Row { code: 15, status: 429, description: "Too many requests (rate limit exceeded)" },
    Row { code: 101, status: 403, description: "In demo mode this function is disabled" },
    Row { code: 102, status: 400, description: "Wrong login or password" },
    Row { code: 103, status: 400, description: "User not activated" },
    Row { code: 105, status: 400, description: "Attempts limit exceeded" },
    Row { code: 111, status: 400, description: "Wrong handler" },
    Row { code: 112, status: 400, description: "Wrong method" },
    Row { code: 201, status: 400, description: "Not found in database" },
    Row { code: 204, status: 404, description: "Entity not found" },
];

/// The HTTP status that goes with a code.
pub(crate) fn status(code: u32) -> u16 {
    row(code).map_or(400, |row| row.status)
}

/// The words that go with a code.
pub(crate) fn description(code: u32) -> &'static str {
    row(code).map_or("Error", |row| row.description)
}

fn row(code: u32) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.code == code)
}
