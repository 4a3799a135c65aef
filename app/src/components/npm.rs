//! What npm has to be told.

pub(crate) use model::connect::{
    VARIABLE,
    npm::{npmrc, source, take_token, yarnrc},
};
