//! Scenarios in the same world, each about one fault, with limits that a page must not exceed.

mod credentials;
mod crowd;
mod streams;
mod tabs;
mod time;

use permgate_core::session::Status;

use crate::setting::{Credentials, Setting};
use crate::world::World;

/// A world with these settings and without faults, in which one user has this many tabs.
fn world(setting: Setting, tabs: usize) -> World {
    let mut world = World::new(1, setting, false);
    world.is_calm = true;
    world.network.delay = 100;
    let credential = world.server.sign_in(0, 0, u64::MAX / 4);
    if world.setting.credentials == Credentials::Cookie {
        world.browser.jar = Some(credential);
    }
    world.change(0, 0, 0b01011, 0b01);
    for _ in 0..tabs {
        world.open_tab(Some(credential), 0, None);
    }
    world.pass(10_000);
    for id in 0..tabs {
        assert_eq!(world.tabs[id].session.status(), Status::Fresh);
    }
    world
}

/// Asserts that nothing has failed so far.
#[track_caller]
fn fine(world: &World) {
    if let Some(failure) = &world.failure {
        panic!("tab {}: {}", failure.tab, failure.message);
    }
}

/// Whether a tab gives the same answer as the server.
fn is_right(world: &World, id: usize) -> bool {
    world.should(id) == Some(world.answers(id))
}
