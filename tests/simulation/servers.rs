//! The faults of the server: the server is down, its nodes lag, its counters restart, its streams fail.

use crate::stream::Way;
use crate::world::World;

/// F27, F30: the server is down for a while, and all its streams end.
pub(crate) fn restart(world: &mut World) {
    let time = *world.random.pick(&[1_000, 10_000, 60_000, 400_000]);
    world.note(usize::MAX, || format!("the server restarts, for {time} ms"));
    world.server.down_until = world.time + time;
    world.break_streams(25, None);
}

pub(crate) fn change_server(world: &mut World) {
    let nodes = *world.random.pick(&[[0; 3], [0, 500, 3_000], [0, 0, 20_000]]);
    world.server.lags = nodes;
    world.server.overload = *world.random.pick(&[0, 0, 10, 50, 100]);
    world.server.bad_documents = *world.random.pick(&[0, 0, 10, 60]);
    world.server.ttl = *world.random.pick(&[None, None, Some(5_000), Some(3_600_000)]);
    let (overload, bad) = (world.server.overload, world.server.bad_documents);
    world
        .note(usize::MAX, || format!("server: lags {nodes:?}, overload {overload} %, bad {bad} %"));
}

/// F65: a restored backup, or a counter in memory.
pub(crate) fn restart_counters(world: &mut World) {
    if world.setting.tells_version && world.server.restart_counters(world.time) {
        world.note(usize::MAX, || "the counters of versions begin anew".into());
    }
}

/// F26, F28.
pub(crate) fn change_ways(world: &mut World) {
    let ways = [
        Way::Works,
        Way::Works,
        Way::Works,
        Way::Buffers,
        Way::Cuts,
        Way::NotAStream,
        Way::Status(204),
        Way::Status(403),
        Way::Status(404),
        Way::Status(500),
    ];
    world.browser.ways = [(); 3].map(|()| *world.random.pick(&ways));
    let ways = world.browser.ways;
    world.note(usize::MAX, || format!("streams: {ways:?}"));
}
