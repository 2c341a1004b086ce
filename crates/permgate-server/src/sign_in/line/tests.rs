//! The line of sign-in attempts: the order of service, refused clients, and that no turn is lost.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::{Full, Lane, Line, MAX_WAITING, Turn, WORKERS};
use crate::password::PasswordCost;
use crate::sign_in::peer::Peer;

type Waiting = Pin<Box<dyn Future<Output = Result<Turn, Full>>>>;

fn peer(last: u8) -> Peer {
    Peer::of([192, 0, 2, last].into())
}

/// A client that joins the line.
fn joins(line: &Line, lane: Lane, peer: Peer) -> Waiting {
    let line = line.clone();
    let mut waiting: Waiting = Box::pin(async move { line.turn(lane, peer).await });
    assert!(poll(&mut waiting).is_none(), "all workers are busy");
    waiting
}

fn poll(waiting: &mut Waiting) -> Option<Result<Turn, Full>> {
    match waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(turn) => Some(turn),
        Poll::Pending => None,
    }
}

/// A line whose workers are all busy.
fn busy() -> (Line, Vec<Turn>) {
    let line = Line::new(PasswordCost::LEAST);
    let turns = (0..WORKERS).map(|_| {
        let line = line.clone();
        let mut turn: Waiting = Box::pin(async move { line.turn(Lane::Known, peer(0)).await });
        poll(&mut turn).unwrap().unwrap()
    });
    let turns = turns.collect();
    (line, turns)
}

/// The index of the only client that has a turn now; the turn is given back.
fn served(waiting: &mut [Option<Waiting>]) -> usize {
    let mut served = Vec::new();
    for (index, place) in waiting.iter_mut().enumerate() {
        if let Some(one) = place
            && let Some(turn) = poll(one)
        {
            *place = None;
            served.push((index, turn.unwrap()));
        }
    }
    assert_eq!(served.len(), 1);
    served.pop().unwrap().0
}

#[test]
fn lanes_are_served_in_order_and_the_peers_of_a_lane_take_turns() {
    let (line, mut turns) = busy();
    let (flood, other) = (peer(1), peer(2));
    let mut waiting: Vec<_> = [
        (Lane::Suspect, peer(3)),
        (Lane::Ordinary, flood),
        (Lane::Ordinary, flood),
        (Lane::Ordinary, flood),
        (Lane::Ordinary, other),
        (Lane::Known, flood),
    ]
    .map(|(lane, peer)| Some(joins(&line, lane, peer)))
    .into();
    turns.pop();
    let order: Vec<_> = (0..6).map(|_| served(&mut waiting)).collect();
    assert_eq!(order, [5, 1, 4, 2, 3, 0]);
}

#[test]
fn a_full_line_drops_an_attempt_of_the_peer_with_the_most_attempts_for_a_client_with_priority() {
    let (line, _turns) = busy();
    let flood = peer(1);
    let mut crowd: Vec<_> = (0..MAX_WAITING).map(|_| joins(&line, Lane::Ordinary, flood)).collect();
    let refused = |lane, peer| {
        let line = line.clone();
        let mut waiting: Waiting = Box::pin(async move { line.turn(lane, peer).await });
        matches!(poll(&mut waiting), Some(Err(Full)))
    };
    assert!(refused(Lane::Ordinary, flood));
    assert!(refused(Lane::Suspect, peer(2)));
    let _other = joins(&line, Lane::Ordinary, peer(2));
    assert!(
        matches!(poll(&mut crowd[MAX_WAITING - 1]), Some(Err(Full))),
        "the last attempt was refused"
    );
    let _known = joins(&line, Lane::Known, flood);
    assert!(matches!(poll(&mut crowd[MAX_WAITING - 2]), Some(Err(Full))));
    assert_eq!(line.waiting(), MAX_WAITING);
}

#[test]
fn a_client_that_hangs_up_leaves_the_line_and_no_turn_is_lost() {
    let (line, mut turns) = busy();
    let cancelled: Vec<_> =
        (0..MAX_WAITING).map(|_| joins(&line, Lane::Ordinary, peer(1))).collect();
    drop(cancelled);
    let mut waiting = [Some(joins(&line, Lane::Ordinary, peer(1)))];
    assert_eq!(line.waiting(), 1, "clients that hung up are removed when the line is full");
    // A client hangs up after its turn was given, and before the turn was taken.
    let mut late = Some(joins(&line, Lane::Known, peer(2)));
    turns.pop();
    late.take();
    assert_eq!(served(&mut waiting), 0);
    drop(turns);
    for _ in 0..WORKERS {
        let line = line.clone();
        let mut turn: Waiting = Box::pin(async move { line.turn(Lane::Known, peer(0)).await });
        let turn = poll(&mut turn);
        assert!(turn.is_some_and(|turn| turn.is_ok()), "every turn was returned");
    }
}
