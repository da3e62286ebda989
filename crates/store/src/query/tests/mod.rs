//! Reading queries: precedence, forms and the messages for what is wrong.

mod messages;
mod precedence;
mod reading;
