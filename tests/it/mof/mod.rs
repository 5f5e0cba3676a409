mod grammar;
mod schema;
mod schemas;
