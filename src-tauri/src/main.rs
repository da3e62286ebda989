//! The window: a Tauri shell over the workbench. What it does stands in `vestige_workbench::desk`.

mod arguments;
mod commands;
mod display;
mod surface;

use std::process::ExitCode;
use std::sync::Arc;

use tauri::plugin::{Builder, TauriPlugin};
use tauri::{DragDropEvent, Manager as _, RunEvent, WindowEvent, Wry};
use vestige_workbench::desk::Desk;
use vestige_workbench::machine;

use surface::Window;

/// The window shows its own page and goes nowhere else: nothing leaves the machine by an address.
fn own_pages() -> TauriPlugin<Wry> {
    Builder::new("own-pages")
        .on_navigation(|_, address| matches!(address.scheme(), "tauri" | "about"))
        .build()
}

fn main() -> ExitCode {
    let start = match arguments::read(std::env::args_os().skip(1)) {
        Ok(start) => start,
        Err(told) => {
            eprintln!("{told}");
            return ExitCode::from(2);
        }
    };
    if !display::has_display() {
        eprintln!(
            "vestige-desktop: expected a display (DISPLAY or WAYLAND_DISPLAY), found none; the command line, vestige, needs none"
        );
        return ExitCode::FAILURE;
    }
    // Custody entries name the build: a program that cannot read its own file must not write one.
    if let Err(error) = machine::build_sha256() {
        eprintln!("vestige-desktop: {error}");
        return ExitCode::FAILURE;
    }
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .plugin(own_pages())
        .setup(move |app| {
            let surface = Arc::new(Window::new(app.handle().clone()));
            app.manage(Arc::new(Desk::new(surface, start)));
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
                let (desk, paths) = (Arc::clone(&window.state::<Arc<Desk>>()), paths.clone());
                // A zip's directory is looked at; the window must not wait for it.
                std::thread::spawn(move || desk.dropped(paths));
            }
        })
        .invoke_handler(commands::handle)
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event {
                    app.state::<Arc<Desk>>().stop_all();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("vestige-desktop: the window could not be opened: {error}");
            ExitCode::FAILURE
        }
    }
}
