//! Announcements reach the listeners of their subject, and channels without listeners are dropped.

use tokio::sync::broadcast::error::TryRecvError;

use super::{Announcement, BACKLOG, Bus as _, LocalBus};

fn changed(subject: &str, version: u64) -> Announcement {
    Announcement::Changed { subject: subject.into(), version, revoked: Vec::new() }
}

#[test]
fn an_announcement_reaches_every_listener_of_its_subject_and_no_other() {
    let bus = LocalBus::new();
    let (mut first, mut second) = (bus.listen("u-1"), bus.listen("u-1"));
    let mut other = bus.listen("u-2");
    bus.announce(changed("u-1", 2));
    bus.announce(changed("u-3", 9));
    for listener in [&mut first, &mut second] {
        assert_eq!(*listener.try_recv().unwrap(), changed("u-1", 2));
        assert_eq!(listener.try_recv().unwrap_err(), TryRecvError::Empty);
    }
    assert_eq!(other.try_recv().unwrap_err(), TryRecvError::Empty);
}

#[test]
fn a_listener_that_falls_behind_is_told_that_it_missed_announcements() {
    let bus = LocalBus::new();
    let mut slow = bus.listen("u-1");
    (0..BACKLOG as u64 + 3).for_each(|version| bus.announce(changed("u-1", version)));
    assert_eq!(slow.try_recv().unwrap_err(), TryRecvError::Lagged(3));
}

#[test]
fn f56_channels_without_listeners_are_removed() {
    let bus = LocalBus::new();
    let listener = bus.listen("kept");
    for number in 0..10_000 {
        drop(bus.listen(&format!("u-{number}")));
    }
    assert!(bus.channels().by_subject.len() < 200, "{}", bus.channels().by_subject.len());
    bus.announce(changed("kept", 2));
    assert_eq!(listener.len(), 1);
}
