//! Whole renderings in Markdown.

use super::{cell, prose, render};
use crate::report::escape::is_safe;
use crate::report::sample::Sample;
use rstest::rstest;

#[test]
fn the_sample_is_told() {
    let mut sample = Sample::new().keep(|check| {
        ["AUTH-E11", "ERR-CODE-INT", "ERR-CT", "PERM-VERSION", "SES-OWN"]
            .contains(&check.requirement.as_str())
    });
    sample.suite.ledger = crate::model::requirement::Ledger::new(
        sample.suite.ledger.iter().take(2).cloned().collect(),
    );
    let actual = render(sample.context());
    assert!(actual == EXPECTED, "this was told:\n{actual}");
}

const EXPECTED: &str = r##"# ❌ NONCONFORMANT, 2 requirements not kept

`http://localhost:8080/v2`, 10 requests in 2.1 s, panel-conformance 0\.1.0, 2026-11-25T19:00:00Z

| | passed | failed | unjudged | skipped | not applicable |
|---|---:|---:|---:|---:|---:|
| must | 0 | 2 | 1 | 0 | 0 |
| should | 0 | 3 | 0 | 0 | 0 |
| may | 0 | 1 | 0 | 0 | 0 |

Run only what failed: `panel-conformance run "$URL" --case refusals/a-blocked-dealer-is-refused`

## What must be mended

### AUTH-E11 · must: A blocked dealer gives code 11.

Account page, auth, errors (seed-b.txt:102)

- `refusals/a-blocked-dealer-is-refused`, step `blocked`: `POST /panel/account/auth → 200 in 3 ms`
- expects `a refusal with code 11`
- `body /success`: expected `anything but true`, got `true`
- `body /status/code`: expected `an integer`, got `"11"`
- breaks ERR-CODE-INT (must): `body /status/code`: expected `an integer`, got `"11"`

The answer (-) and `the nearest answer that would do` (+):

```diff
  {
-   "success": true,
+   "success": false,
    "status": {
-     "code": "11",
+     "code": 11,
      "description": "blocked"
    }
…
```

<details><summary>Repeat it</summary>

```sh
URL=http://localhost:8080/v2
panel-conformance run "$URL" --case refusals/a-blocked-dealer-is-refused
json() { printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'; }
curl -i -X POST "$URL/panel/account/auth" -H 'Content-Type: application/json' -d '{"login":"20412","password":"'"$(json "$PANEL_BLOCKED_DEALER_PASSWORD")"'"}'
```

</details>

## What should be mended

### ERR-CT · should

- `auth/opens-a-session`, step `sign-in`: `POST /panel/account/auth → 200 in 3 ms`
- expects `` the header Content-Type to match `(?i)^application/json *(;|$)` ``
- `header content-type`: expected `` a value that matches `(?i)^application/json *(;|$)` ``, got `` `text/plain` ``
- also in `refusals/a-blocked-dealer-is-refused (blocked)`, `parity/every-encoding-gives-the-same-answer@form (form)`

<details><summary>Repeat it</summary>

```sh
URL=http://localhost:8080/v2
panel-conformance run "$URL" --case auth/opens-a-session
json() { printf '%s\n' "$1" | sed 's/[\\"]/\\&/g'; }
curl -i -X POST "$URL/panel/account/auth" -H 'Content-Type: application/json' -d '{"login":"20410","password":"'"$(json "$PANEL_DEALER_PASSWORD")"'"}'
```

</details>

## Notes

- PERM-VERSION (may): `body /version`: expected `1`, got `2` in `permissions/are-reported (ask)`

## What could not be judged

- 1 check (1 must): `no complete answer within 10s`, in `sessions/are-of-one-dealer`. Look into the target's log, or give it more time with --timeout.

<details><summary>0 of 1 judged requirement kept, 1 not judged</summary>

| requirement | level | passed | failed | unjudged | skipped | not applicable | |
|---|---|---:|---:|---:|---:|---:|---|
| AUTH-OK | must | 0 | 0 | 0 | 0 | 0 | Auth gives a hash and permissions. |
| AUTH-E11 | must | 0 | 1 | 0 | 0 | 0 | A blocked dealer gives code 11. |

</details>
"##;

#[rstest]
#[case("In `a|b` it *is*.", "In `a|b` it \\*is\\*.", "In \\`a\\|b\\` it \\*is\\*.")]
#[case("One ` alone", "One \\` alone", "One \\` alone")]
fn sentences_keep_their_code(#[case] text: &str, #[case] line: &str, #[case] in_cell: &str) {
    assert_eq!(prose(text), line);
    assert_eq!(cell(text), in_cell);
}

/// What is left of Markdown without code, in which nothing is ever interpreted.
fn without_code(text: &str) -> String {
    let mut fence: Option<String> = None;
    let mut left = String::new();
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if ticks.len() >= 3 && !line[ticks.len()..].contains('`') => fence = Some(ticks),
            None => left.push_str(&format!("{}\n", without_spans(line))),
        }
    }
    assert_eq!(fence, None, "a fence is open");
    left
}

fn without_spans(line: &str) -> String {
    let mut left = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`').filter(|at| !rest[..*at].ends_with('\\')) {
        let ticks = rest[start..].chars().take_while(|c| *c == '`').count();
        let fence = "`".repeat(ticks);
        let inner = &rest[start + ticks..];
        let ends = |(at, _): &(usize, &str)| {
            !inner[..*at].ends_with('`') && !inner[at + ticks..].starts_with('`')
        };
        let (end, _) = inner.match_indices(&fence).find(ends).expect("a span is closed");
        left.push_str(&rest[..start]);
        rest = &inner[end + ticks..];
    }
    left + rest
}

#[test]
fn a_hostile_target_stays_inside_code() {
    let text = render(Sample::hostile().context());
    assert_eq!(text.chars().find(|c| *c != '\n' && !is_safe(*c)), None);
    let text = without_code(&text);
    for trace in ["script", "@team", "evil", "owned", "]]>", "*b*"] {
        assert!(!text.contains(trace), "`{trace}` is left in:\n{text}");
    }
}

#[test]
fn a_way_round_is_told() {
    let mut sample = Sample::new();
    sample.findings.target.overrides = vec!["--insecure".to_owned(), "--header X-Key".to_owned()];
    let told = render(sample.context());
    assert!(
        told.contains("\n`http://localhost:8080/v2`, reached with `--insecure --header X-Key`, "),
        "{told}"
    );
}
