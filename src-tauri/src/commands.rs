//! From the page to the desk: each command runs on a thread of its own, so that none holds up the
//! window.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use tauri::ipc::{Invoke, InvokeBody};
use tauri::{Manager as _, Wry};
use vestige_workbench::desk::Desk;
use vestige_workbench::wire::Problem;

/// What the page sends with a command.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    /// What the command takes.
    input: Value,
    /// The number by which the page hears of its progress.
    #[serde(default)]
    call: Option<String>,
}

/// Hands a command to the desk. Which commands the page may call is in `capabilities/main.json`.
pub fn handle(invoke: Invoke<Wry>) -> bool {
    let Invoke {
        message, resolver, ..
    } = invoke;
    let desk = Arc::clone(&message.webview_ref().state::<Arc<Desk>>());
    let command = message.command().to_owned();
    let InvokeBody::Json(body) = message.payload().clone() else {
        resolver.reject("a message that is no JSON");
        return true;
    };
    tauri::async_runtime::spawn_blocking(move || {
        match serde_json::from_value::<Message>(body) {
            Err(error) => resolver.reject(error.to_string()),
            Ok(Message { input, call }) => {
                // A panic must not leave the page waiting for ever.
                let work = AssertUnwindSafe(|| desk.dispatch(&command, input, call));
                match catch_unwind(work) {
                    Ok(Ok(output)) => resolver.resolve(output),
                    Ok(Err(problem)) => resolver.reject(problem),
                    Err(_) => resolver.reject(Problem::defect()),
                }
            }
        }
    });
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;
    use vestige_workbench::desk::NAMES;

    #[test]
    fn the_window_may_call_every_command_and_nothing_else_but_listen() {
        let capability: Value =
            serde_json::from_str(include_str!("../capabilities/main.json")).unwrap();
        let permissions = capability["permissions"].as_array().unwrap();
        let allowed: BTreeSet<String> = permissions
            .iter()
            .map(|one| one.as_str().unwrap().to_owned())
            .collect();
        let listen = ["core:event:allow-listen", "core:event:allow-unlisten"];
        let wanted: BTreeSet<String> = NAMES
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            .chain(listen.map(str::to_owned))
            .collect();
        assert_eq!(allowed, wanted);
    }
}
