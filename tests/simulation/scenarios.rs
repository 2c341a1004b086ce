//! Short stories in the same world, each about one of the faults, with the numbers that a page can
//! be held to.

mod credentials;
mod crowd;
mod streams;
mod tabs;
mod time;

use permgate_core::session::Status;

use crate::setting::{Credentials, Setting};
use crate::world::World;

/// A world with this application, in which nothing goes wrong, and so many tabs of one user.
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

/// Nothing was wrong so far.
#[track_caller]
fn fine(world: &World) {
    if let Some(failure) = &world.failure {
        panic!("tab {}: {}", failure.tab, failure.message);
    }
}

/// What a tab answers is what the server says.
fn is_right(world: &World, id: usize) -> bool {
    world.should(id) == Some(world.answers(id))
}
