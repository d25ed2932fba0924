//! Tests of several keywords at once.

mod comparing;
